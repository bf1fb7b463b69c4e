"""Where one is signed in; links that sign in; the second step. Also as someone hostile would."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_security import hash_password
from passlib.totp import TOTP
from sqlalchemy import select

from hackathon.accounts import actions
from hackathon.accounts.models import Manner, SignIn, SignInLink, User
from hackathon.accounts.queries import (
    authenticator_of,
    codes_left,
    passkeys_of,
    sign_in_with,
    sign_ins_of,
)
from hackathon.extensions import db
from hackathon.ground import clock
from tests.accounts.test_views import SENT, deeds, letters, link, signed_in
from tests.apps import own_app
from tests.passkey import Device
from tests.world import PASSWORD, World

FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0"
SECURITY = "/en/account/security"


def enter(client: Any, user: User, **more: Any) -> Any:
    typed = {"email": user.email, "password": PASSWORD, **more}
    return client.post("/en/account/sign-in", data=typed, headers={"User-Agent": FIREFOX})


def names() -> list[str]:
    return [letter.name for letter in letters()]


def later(**how: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(**how), tick=False)


# -- where one is signed in ------------------------------------------------------------------


def test_a_sign_in_is_a_row_and_signing_out_ends_it(client: Any, world: World) -> None:
    user = world.person()
    enter(client, user)
    (row,) = sign_ins_of(user)
    assert (row.manner, row.browser, row.system) == (Manner.PASSWORD, "Firefox", "Android")
    assert row.factor_at is None
    page = client.get(SECURITY).text
    assert "Firefox on Android" in page and "with the password" in page
    kept = client.get_cookie("session").value
    client.post("/en/account/sign-out")
    assert sign_ins_of(user) == []
    client.set_cookie("session", kept)  # a copy of the cookie opens nothing any more
    assert not signed_in(client)


def test_nothing_of_the_network_is_kept() -> None:
    kept = {column.name for column in SignIn.__table__.columns} - {"id", "created_at", "user_id"}
    moments = {"seen_at", "proved_at", "factor_at", "ended_at"}
    assert kept - moments == {"manner", "browser", "system", "device"}


def test_the_session_is_renewed_at_sign_in(client: Any, world: World) -> None:
    """What somebody planted in the browser before is gone after."""
    with client.session_transaction() as session:
        session["planted"] = "by somebody"
        session["csrf_token"] = "known"
        session["sign_in"] = str(world.sign_in(world.person()).id)
    enter(client, user := world.person())
    with client.session_transaction() as session:
        assert "planted" not in session and session.get("csrf_token") != "known"
        assert session["sign_in"] == str(sign_ins_of(user)[0].id)


@pytest.mark.parametrize("key", ["", "x", "00000000-0000-0000-0000-000000000000", 7, None])
def test_a_cookie_that_names_no_sign_in_opens_nothing(
    client: Any, world: World, key: object
) -> None:
    user = world.person()
    with client.session_transaction() as session:
        session["_user_id"] = user.fs_uniquifier
        session["sign_in"] = key
    assert not signed_in(client)


def test_a_sign_in_lasts_ninety_days(world: World) -> None:
    row = world.sign_in(world.person())
    db.session.commit()
    with later(days=89):
        assert sign_in_with(str(row.id)) is not None
    with later(days=91):
        assert sign_in_with(str(row.id)) is None


def test_one_ends_ones_own_sign_ins_alone(world: World) -> None:
    user, other = world.person(), world.person()
    here, there = world.client(user), world.client(user)
    foreign = world.client(other)
    mine, theirs = sign_ins_of(user)[0], sign_ins_of(other)[0]
    assert here.post(f"{SECURITY}/sign-ins/{theirs.id}/end").status_code == 404
    assert signed_in(foreign)
    assert here.post(f"{SECURITY}/sign-ins/{mine.id}/end").location == SECURITY
    assert (signed_in(here), signed_in(there)) == (True, False)


def test_signing_out_elsewhere_and_everywhere(world: World) -> None:
    user = world.person()
    here, there, other = world.client(user), world.client(user), world.client(world.person())
    here.post(f"{SECURITY}/sign-ins/end-others")
    assert (signed_in(here), signed_in(there), signed_in(other)) == (True, False, True)
    here.post(f"{SECURITY}/sign-ins/end-all")
    assert (signed_in(here), signed_in(other)) == (False, True)
    assert deeds() == ["signed_out_elsewhere"] * 2


def test_reading_leaves_no_trace_and_saving_does(world: World) -> None:
    user = world.person()
    client = world.client(user)
    (row,) = sign_ins_of(user)
    before = row.seen_at
    with later(hours=2):
        client.get(SECURITY)
        db.session.refresh(row)
        assert row.seen_at == before
        client.post("/en/account/profile", data={"name": "", "language": "en"})  # refused: nothing
        db.session.refresh(row)
        assert row.seen_at == before
        client.post("/en/account/profile", data={"name": "Ana", "language": "en"})
        db.session.refresh(row)
        assert row.seen_at == clock.now()


def test_a_letter_tells_of_a_new_device(app: Flask, client: Any, world: World) -> None:
    user = world.person(language="fr", zone="America/Toronto")
    enter(client, user)
    client.post("/en/account/sign-out")
    enter(client, user)  # the same browser again
    assert names() == []
    new = app.test_client()
    enter(new, user)
    assert names() == ["new_device"]
    assert "Firefox sur Android" in letters()[0].text
    enter(app.test_client(), user)
    enter(new, user)
    assert names() == ["new_device"] * 2


def test_old_rows_are_forgotten(world: World) -> None:
    user = world.person()
    long_ago = clock.now() - timedelta(days=366)
    for when in (long_ago, clock.now() - timedelta(days=300)):
        world.sign_in(user, created_at=when)
        world.add(SignInLink(user=user, digest=str(when), created_at=when))
    assert actions.forget_what_is_over() == 3
    assert actions.forget_what_is_over() == 0
    assert len(db.session.scalars(select(SignIn)).all()) == 1


def test_the_letter_to_a_new_address_is_forgotten_with_the_change(world: World) -> None:
    actions.ask_for_address(world.person(), "new@example.org")
    db.session.flush()
    for letter in letters():
        letter.sent_at = clock.now()
    with later(days=31):
        assert actions.forget_what_is_over() == 1
    db.session.expire_all()
    kept = {letter.name: (letter.address, letter.text != "") for letter in letters()}
    assert kept["address_change_confirm"] == ("", False)
    assert kept["address_change_asked"][1]


# -- links that sign in ----------------------------------------------------------------------


def ask(client: Any, user: User, **more: str) -> str:
    typed = {"email": user.email, **more}
    assert client.post("/en/account/link", data=typed).location == SENT
    return link("sign_in_link")


def test_a_link_signs_in_once_and_goes_on(app: Flask, client: Any, world: World) -> None:
    path = ask(client, user := world.person(), next="/en/c/")
    page = client.get(path)
    assert 'name="next" value="/en/c/"' in page.text
    assert not signed_in(client)  # mail scanners open links
    assert client.post(path, data={"next": "/en/c/"}).location == "/en/c/"
    assert signed_in(client)
    assert sign_ins_of(user)[0].manner == Manner.LETTER
    again = app.test_client()
    assert "This link does not work any more" in again.post(path).text
    assert not signed_in(again)


@pytest.mark.parametrize("language, words", [("en", "does not work"), ("fr", "ne fonctionne plus")])
def test_a_link_that_is_old_or_altered_says_so(
    client: Any, world: World, language: str, words: str
) -> None:
    path = ask(client, world.person()).replace("/en/", f"/{language}/")
    altered = path[:-3] + ("abc" if not path.endswith("abc") else "xyz")
    for method in (client.get, client.post):
        assert words in method(altered).text
    with later(minutes=16):
        for method in (client.get, client.post):
            assert words in method(path).text
    assert not signed_in(client)
    with later(minutes=14):
        client.post(path)
        assert signed_in(client)


def test_nobody_learns_who_has_an_account_by_a_link(client: Any, world: World) -> None:
    known, waiting = world.person(), world.person(confirmed_at=None)
    shut = world.person(active=False)
    answers = {
        (a.status_code, a.location, a.data)
        for a in (
            client.post("/en/account/link", data={"email": email})
            for email in (known.email, waiting.email, shut.email, "nobody@example.org")
        )
    }
    assert len(answers) == 1
    assert [(letter.name, letter.address) for letter in letters()] == [
        ("sign_in_link", known.email),
        ("confirm_address", waiting.email),
    ]


def test_a_mailbox_is_not_filled_with_links(client: Any, world: World) -> None:
    user = world.person()
    for _ in range(5):
        ask(client, user)
    assert names() == ["sign_in_link"] * 3


def test_a_new_password_voids_the_links(client: Any, world: World) -> None:
    user = world.person()
    path = ask(client, user)
    actions.set_password(user, hash_password("another good one"))
    client.post(path)
    assert not signed_in(client)


# -- the second step -------------------------------------------------------------------------


class Codes:
    """A person with codes on, and their app."""

    def __init__(self, world: World, **person: Any) -> None:
        self.user = world.person(**person)
        self.app = TOTP(new=True)
        with later(minutes=-5):
            self.recovery = actions.turn_on_codes(
                self.user, self.app.base32_key, self.code, here=None
            )
        db.session.commit()

    @property
    def code(self) -> str:
        return str(self.app.generate(time=clock.now()).token)


def test_signing_in_asks_for_the_code(client: Any, world: World) -> None:
    codes = Codes(world)
    answer = enter(client, codes.user, next="/en/c/")
    assert answer.location == "/en/account/code?next=/en/c/"
    assert not signed_in(client)
    assert sign_ins_of(codes.user) == []
    assert client.get(answer.location).status_code == 200
    wrong = client.post("/en/account/code", data={"code": "000000"})
    assert (wrong.status_code, signed_in(client)) == (422, False)
    right = client.post("/en/account/code", data={"code": codes.code, "next": "/en/c/"})
    assert right.location == "/en/c/"
    assert signed_in(client)
    (row,) = sign_ins_of(codes.user)
    assert row.factor_at is not None


def test_a_code_opens_one_door_only(app: Flask, world: World) -> None:
    codes = Codes(world)
    code = codes.code
    first, second = app.test_client(), app.test_client()
    for client in (first, second):
        enter(client, codes.user)
    assert first.post("/en/account/code", data={"code": code}).status_code == 302
    assert second.post("/en/account/code", data={"code": code}).status_code == 422
    assert (signed_in(first), signed_in(second)) == (True, False)


def test_half_signed_in_opens_no_door_and_ends(client: Any, world: World) -> None:
    codes = Codes(world)
    enter(client, codes.user)
    for path in ("/en/home", SECURITY, "/en/account/profile", f"{SECURITY}/factor"):
        assert "/account/sign-in" in client.get(path).location
    with later(minutes=11):
        answer = client.post("/en/account/code", data={"code": codes.code})
        assert "/account/sign-in" in answer.location
        assert not signed_in(client)


def test_nobody_gives_a_code_without_the_first_step(client: Any, world: World) -> None:
    codes = Codes(world)
    for method in (client.get, client.post):
        assert "/account/sign-in" in method("/en/account/code", data={"code": codes.code}).location
    enter(client, codes.user)
    actions.set_password(
        codes.user, hash_password("another good one")
    )  # whoever knew the old one begins again
    answer = client.post("/en/account/code", data={"code": codes.code})
    assert "/account/sign-in" in answer.location
    assert not signed_in(client)


def test_every_way_in_asks_for_the_code(app: Flask, world: World) -> None:
    codes = Codes(world)
    by_link = app.test_client()
    by_link.post(ask(by_link, codes.user))
    by_reset = app.test_client()
    by_reset.post("/en/account/reset", data={"email": codes.user.email})
    answer = by_reset.post(link("password_reset"), data={"password": "another good one"})
    assert answer.location == "/en/account/code"
    assert (signed_in(by_link), signed_in(by_reset)) == (False, False)
    by_reset.post("/en/account/code", data={"code": codes.code})
    assert signed_in(by_reset)


def test_a_recovery_code_stands_in_once(app: Flask, world: World) -> None:
    codes = Codes(world)
    first, second = app.test_client(), app.test_client()
    typed = {"code": codes.recovery[0].upper().replace("-", " ")}
    for client in (first, second):
        enter(client, codes.user)
        client.post("/en/account/code", data=typed)
    assert (signed_in(first), signed_in(second)) == (True, False)
    assert codes_left(codes.user) == 9
    assert names() == ["second_factor_on", "recovery_code_used"]
    assert "Unused recovery codes: 9." in letters()[1].text


def test_codes_of_others_do_not_count(client: Any, world: World) -> None:
    codes, other = Codes(world), Codes(world)
    enter(client, codes.user)
    for code in (other.code, other.recovery[0]):
        assert client.post("/en/account/code", data={"code": code}).status_code == 422
    assert codes_left(other.user) == 10


def test_a_changed_key_of_the_site_lets_nobody_in(
    app: Flask, client: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = Codes(world)
    monkeypatch.setattr(actions, "site_key", lambda: "another key")
    enter(client, codes.user)
    for code in (codes.code, codes.recovery[0]):
        assert client.post("/en/account/code", data={"code": code}).status_code == 422


def test_the_operator_turns_codes_off(app: Flask, world: World) -> None:
    codes = Codes(world)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["codes-off", "nobody@example.org"]).exit_code == 1
    assert runner.invoke(args=["codes-off", codes.user.email]).exit_code == 0
    assert authenticator_of(codes.user) is None
    assert names() == ["second_factor_on", "second_factor_off"]
    assert deeds() == ["second_factor_on", "second_factor_off"]


def test_the_operator_removes_lost_passkeys(app: Flask, world: World) -> None:
    user, _ = with_passkey(world)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["codes-off", user.email]).exit_code == 1
    assert runner.invoke(args=["codes-off", "--passkeys", user.email]).exit_code == 0
    assert passkeys_of(user) == []
    assert (names(), deeds()) == (["passkey_added", "passkey_removed"],) * 2


def test_passwords_at_the_proof_are_counted_for_the_person(tmp_path: Any) -> None:
    with own_app(tmp_path, mode="demo") as app:
        app.config["WTF_CSRF_ENABLED"] = False
        world = World(app)
        clients = [world.client(world.person(password=hash_password("a b c d e"))) for _ in "ab"]

        def tried(client: Any, number: int) -> int:
            where = {"REMOTE_ADDR": f"192.0.2.{number}"}
            typed = {"password": "wrong"}
            return client.post(f"{SECURITY}/proof", data=typed, environ_overrides=where).status_code

        assert [tried(clients[0], n) for n in range(11)] == [422] * 10 + [429]
        assert tried(clients[1], 0) == 422


def test_tries_are_counted_for_the_person(tmp_path: Any) -> None:
    with own_app(tmp_path, mode="demo") as app:
        app.config["WTF_CSRF_ENABLED"] = False
        codes = Codes(World(app))
        codes.user.password = hash_password(PASSWORD)  # as this mode keeps it
        seen = []
        for number in range(7):
            client = app.test_client()
            elsewhere = {"REMOTE_ADDR": f"192.0.2.{number}"}
            typed = {"email": codes.user.email, "password": PASSWORD}
            client.post("/en/account/sign-in", data=typed, environ_overrides=elsewhere)
            answer = client.post(
                "/en/account/code", data={"code": "1"}, environ_overrides=elsewhere
            )
            seen.append(answer.status_code)
        assert seen == [422] * 5 + [429] * 2


# -- passkeys --------------------------------------------------------------------------------


def with_passkey(world: World, user: User | None = None) -> tuple[User, Device]:
    """A person who has added one, by the page."""
    user, device = user or world.person(), Device()
    client = world.client(user, factor_at=clock.now())
    options = client.post(f"{SECURITY}/passkeys/invitation").json
    answer = client.post(
        f"{SECURITY}/passkeys/new", data={"credential": device.makes(options), "name": "Phone"}
    )
    assert answer.location == SECURITY
    return user, device


def answer_of(client: Any, device: Device) -> str:
    return device.answers(client.post("/en/account/passkey/question").json)


def test_a_passkey_signs_in_and_counts_twice(client: Any, world: World) -> None:
    user, device = with_passkey(world)
    typed = {"credential": answer_of(client, device), "next": "/en/c/"}
    assert client.post("/en/account/passkey", data=typed).location == "/en/c/"
    assert signed_in(client)
    row = sign_ins_of(user)[0]
    assert (row.manner, row.factor_at is not None) == (Manner.PASSKEY, True)


def test_a_passkey_needs_no_code(client: Any, world: World) -> None:
    codes = Codes(world)
    _, device = with_passkey(world, codes.user)
    enter(client, codes.user)
    client.post("/en/account/passkey", data={"credential": answer_of(client, device)})
    assert signed_in(client)


def test_an_answer_counts_once(app: Flask, world: World) -> None:
    """Even where both the cookie and the answer were copied."""
    _, device = with_passkey(world)
    client, copy = app.test_client(), app.test_client()
    answer = answer_of(client, device)
    copy.set_cookie("session", client.get_cookie("session").value)
    client.post("/en/account/passkey", data={"credential": answer})
    again = copy.post("/en/account/passkey", data={"credential": answer})
    assert (again.status_code, signed_in(client), signed_in(copy)) == (422, True, False)
    assert "This passkey did not work here." in again.text
    client.post("/en/account/sign-out")
    assert client.post("/en/account/passkey", data={"credential": answer}).status_code == 422


@pytest.mark.parametrize("how", ["late", "unasked", "unknown", "unverified", "elsewhere", "shut"])
def test_other_answers_sign_nobody_in(client: Any, world: World, how: str) -> None:
    user, device = with_passkey(world)
    if how == "unknown":
        device = Device()
    device.verified = how != "unverified"
    device.origin = "https://evil.example" if how == "elsewhere" else device.origin
    answer = answer_of(client, device)
    if how == "unasked":
        client.delete_cookie("session")
    user.active = how != "shut"
    with later(minutes=6 if how == "late" else 0):
        refused = client.post("/en/account/passkey", data={"credential": answer})
    assert (refused.status_code, signed_in(client)) == (422, False)


@pytest.mark.parametrize("sent", ["", "{}", "[]", "x" * 30_000, '{"id": 7}', '{"id": "\\u0000"}'])
def test_nonsense_is_refused_kindly(client: Any, sent: str) -> None:
    client.post("/en/account/passkey/question")
    refused = client.post("/en/account/passkey", data={"credential": sent})
    assert refused.status_code == 422
    assert re.search("This passkey did not work here", refused.text)
