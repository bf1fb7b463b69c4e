"""Changing the address, turning codes on and off, passkeys: what matters, asked for anew."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_security import hash_password
from passlib.totp import TOTP
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hackathon.accounts import actions
from hackathon.accounts.models import AddressChange, Passkey, User
from hackathon.accounts.queries import (
    authenticator_of,
    codes_left,
    open_change_of,
    passkeys_of,
    person_with,
    sign_ins_of,
)
from hackathon.extensions import db
from hackathon.ground import clock
from tests.accounts.test_presence import Codes, answer_of, enter, later, names, with_passkey
from tests.accounts.test_views import deeds, letters, link, signed_in
from tests.counting import cost
from tests.passkey import Device
from tests.world import PASSWORD, World

SECURITY = "/en/account/security"
SENSITIVE = (
    ("post", "/sign-ins/end-others"),
    ("post", "/sign-ins/end-all"),
    ("get", "/address"),
    ("post", "/address"),
    ("get", "/codes/on"),
    ("post", "/codes/off"),
    ("get", "/codes/recovery"),
    ("get", "/passkeys/new"),
    ("post", "/passkeys/invitation"),
)


def stale(world: World, user: User) -> Any:
    """A browser of someone who signed in an hour ago."""
    return world.client(user, proved_at=clock.now() - timedelta(hours=1))


# -- proving it anew -------------------------------------------------------------------------


@pytest.mark.parametrize("method, path", SENSITIVE)
def test_what_matters_asks_who_one_is(world: World, method: str, path: str) -> None:
    client = stale(world, user := world.person())
    answer = getattr(client, method)(SECURITY + path, data={"email": "new@example.org"})
    assert answer.location.startswith(f"{SECURITY}/proof")
    assert (names(), deeds(), len(sign_ins_of(user))) == ([], [], 1)


def test_the_password_is_enough_and_the_way_goes_on(world: World) -> None:
    client = stale(world, world.person())
    answer = client.get(f"{SECURITY}/address")
    assert answer.location == f"{SECURITY}/proof?next={SECURITY}/address"
    page = client.get(answer.location)
    assert f'name="next" value="{SECURITY}/address"' in page.text
    wrong = client.post(f"{SECURITY}/proof", data={"password": "wrong"})
    assert wrong.status_code == 422
    assert re.findall(r'id="(\w+)-error"', wrong.text) == ["password"]
    typed = {"password": PASSWORD, "next": f"{SECURITY}/address"}
    assert client.post(f"{SECURITY}/proof", data=typed).location == f"{SECURITY}/address"
    assert client.get(f"{SECURITY}/address").status_code == 200
    with later(minutes=16):
        assert client.get(f"{SECURITY}/address").status_code == 302


def test_a_passkey_proves_it_too_and_another_s_does_not(world: World) -> None:
    user, device = with_passkey(world)
    _, foreign = with_passkey(world)
    client = stale(world, user)
    for wrong in (answer_of(client, foreign), "{}"):
        client.post(f"{SECURITY}/proof/passkey", data={"credential": wrong})
        assert client.get(f"{SECURITY}/address").status_code == 302
    typed = {"credential": answer_of(client, device), "next": f"{SECURITY}/address"}
    assert client.post(f"{SECURITY}/proof/passkey", data=typed).location == typed["next"]
    assert client.get(f"{SECURITY}/address").status_code == 200


WAYS_IN = ("/codes/on", "/codes/off", "/codes/recovery", "/passkeys/new")


@pytest.mark.parametrize("path", WAYS_IN)
def test_a_password_alone_changes_no_way_in_beside_a_passkey(world: World, path: str) -> None:
    """Else who knows it would give themself a second factor, and organize with it."""
    user, device = with_passkey(world)
    client = world.client(user)
    assert client.get(SECURITY + path).location == f"{SECURITY}/factor?next={SECURITY}{path}"
    page = client.get(f"{SECURITY}/factor").text
    assert "data-passkey" in page and "Write to whoever runs this site" in page
    typed = {"credential": answer_of(client, device)}
    assert client.post(f"{SECURITY}/proof/passkey", data=typed).location == SECURITY
    assert "/factor" not in (client.get(SECURITY + path).location or "")


def test_a_password_alone_removes_no_passkey(world: World) -> None:
    user, _ = with_passkey(world)
    (passkey,) = passkeys_of(user)
    client = world.client(user)
    for post in (f"/passkeys/{passkey.id}/removal", "/passkeys/invitation"):
        assert client.post(SECURITY + post).location == f"{SECURITY}/factor"
    assert passkeys_of(user) == [passkey]


# -- another address -------------------------------------------------------------------------


def move(world: World, user: User, address: str = "New@Example.org ") -> tuple[str, str]:
    """Ask for another address; the links that went to the old mailbox and to the new one."""
    answer = world.client(user).post(f"{SECURITY}/address", data={"email": address})
    assert answer.location == SECURITY
    return link("address_change_asked"), link("address_change_confirm")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["old first", "new first"])
def test_the_account_moves_when_both_mailboxes_say_yes(
    client: Any, world: World, order: tuple[int, int]
) -> None:
    user = world.person(email="old@example.org")
    inside = world.client(user)
    links = move(world, user)
    assert {(letter.name, letter.address) for letter in letters()} == {
        ("address_change_asked", "old@example.org"),
        ("address_change_confirm", "new@example.org"),
    }
    for path in links:
        assert client.get(path).status_code == 200  # mail scanners open links
    assert "Half done" in client.post(links[order[0]]).text
    client.post(links[order[0]])  # twice is once
    assert person_with("old@example.org") is not None
    assert "Your address has changed" in client.post(links[order[1]]).text
    assert person_with("old@example.org") is None
    moved = person_with("new@example.org")
    assert moved is not None and moved.id == user.id
    assert names()[2:] == ["address_changed"] * 2
    assert {letter.address for letter in letters()[2:]} == {"new@example.org", "old@example.org"}
    assert deeds() == ["address_change_asked", "address_changed"]
    assert signed_in(inside)
    enter(client, moved)
    assert signed_in(client)
    assert "does not work" in client.get(links[0]).text


def test_either_mailbox_stops_it(client: Any, world: World) -> None:
    for which in (0, 1):
        user = world.person(email=f"old{which}@example.org")
        links = move(world, user, f"new{which}@example.org")
        client.post(links[1 - which])
        assert "Stopped" in client.post(links[which] + "/stop").text
        for path in links:
            assert "does not work" in client.post(path).text
        db.session.refresh(user)
        assert user.email == f"old{which}@example.org"
    assert deeds() == ["address_change_asked", "address_change_stopped"] * 2


def test_what_was_done_meanwhile_is_not_said_to_be_stopped(client: Any, world: World) -> None:
    """Somebody presses Stop while the last yes is on its way."""
    user = world.person()
    links = move(world, user)
    change = open_change_of(user)
    assert change is not None
    db.session.execute(
        update(AddressChange)
        .values(ended_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    with pytest.raises(actions.ChangeOver):
        actions.stop_change(change)
    assert deeds() == ["address_change_asked"]
    assert "does not work" in client.post(links[0] + "/stop").text


def test_an_altered_or_old_link_moves_nothing(client: Any, world: World) -> None:
    user = world.person()
    links = move(world, user)
    client.post(links[0])
    for path in (links[1][:-4] + "aaaa", links[1][:-4] + "aaaa/stop"):
        assert "does not work" in client.post(path).text
    with later(days=2, minutes=1):
        assert "does not work" in client.post(links[1]).text
        assert open_change_of(user) is None
    assert person_with("new@example.org") is None


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "This link does not work any more"), ("fr", "Ce lien ne fonctionne plus")],
)
def test_a_used_link_moves_nothing_and_says_so(
    client: Any, world: World, language: str, words: str
) -> None:
    user, other = world.person(), world.person()
    paths = [path.replace("/en/", f"/{language}/") for path in move(world, user)]
    for path in paths:
        client.post(path)
    for path in paths:
        for browser in (client, world.client(other)):
            assert words in browser.post(path).text
    db.session.refresh(user)
    assert (user.email, other.email != user.email) == ("new@example.org", True)


def test_asking_again_ends_the_first_wish(client: Any, world: World) -> None:
    user = world.person()
    first = move(world, user, "first@example.org")
    second = move(world, user, "second@example.org")
    for path in first:
        assert "does not work" in client.post(path).text
    for path in second:
        client.post(path)
    assert person_with("second@example.org") is not None


def test_one_open_change_per_person(world: World) -> None:
    user = world.person()
    for number in (1, 2):
        change = AddressChange(
            user=user, address="a@b.example", old_digest=f"o{number}", new_digest=f"n{number}"
        )
        if number == 1:
            world.add(change)
        else:
            with pytest.raises(IntegrityError), db.session.begin_nested():
                world.add(change)


def test_nobody_learns_who_has_an_account_by_moving(world: World) -> None:
    known = world.person(email="known@example.org", language="fr")
    pages = []
    for address in ("known@example.org", "nobody@example.org"):
        client = world.client(user := world.person(email="asks@example.org"))
        answer = client.post(f"{SECURITY}/address", data={"email": address})
        page = client.get(SECURITY).text.replace(address, "").replace(str(user.id), "")
        pages.append((answer.status_code, answer.location, re.findall(r"<li>.*?</li>", page)))
        user.email = f"asked-{address}"
    assert pages[0] == pages[1]
    assert [(letter.name, letter.address, letter.language) for letter in letters()] == [
        ("address_change_asked", "asks@example.org", "en"),
        ("address_in_use", known.email, "fr"),
        ("address_change_asked", "asks@example.org", "en"),
        ("address_change_confirm", "nobody@example.org", "en"),
    ]


def test_an_address_taken_meanwhile_is_refused_kindly(client: Any, world: World) -> None:
    user = world.person(email="old@example.org")
    links = move(world, user)
    other = world.person(email="new@example.org")
    client.post(links[0])
    refused = client.post(links[1])
    assert refused.status_code == 422
    assert "This address cannot be used any more." in refused.text
    assert (person_with("old@example.org"), person_with("new@example.org")) == (user, other)


def test_the_same_address_is_no_change(world: World) -> None:
    user = world.person()
    answer = world.client(user).post(f"{SECURITY}/address", data={"email": user.email.upper()})
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-error"', answer.text) == ["email"]


def test_a_new_password_or_a_move_voids_older_letters(client: Any, world: World) -> None:
    user = world.person()
    links = move(world, user)
    client.post("/en/account/reset", data={"email": user.email})
    reset = link("password_reset")
    for path in links:
        client.post(path)
    client.post(reset, data={"password": "another good one"})
    db.session.refresh(user)
    assert user.password == PASSWORD
    links = move(world, user, "third@example.org")
    actions.set_password(user, hash_password("another good one"))
    for path in links:
        assert "does not work" in client.post(path).text


def test_stopping_it_oneself(world: World) -> None:
    user = world.person()
    move(world, user)
    client = world.client(user)
    assert "New mailbox: not confirmed yet" in client.get(SECURITY).text
    client.post(f"{SECURITY}/address/stop")
    client.post(f"{SECURITY}/address/stop")  # nothing more to stop
    assert open_change_of(user) is None
    assert deeds() == ["address_change_asked", "address_change_stopped"]


# -- codes -----------------------------------------------------------------------------------


def test_turning_codes_on(world: World) -> None:
    user = world.person()
    here, elsewhere = world.client(user), world.client(user)
    shown = here.get(f"{SECURITY}/codes/on")
    assert shown.headers["Cache-Control"] == "no-store"
    page = shown.text
    secret = "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", page))
    assert len(secret) == 32 and f"secret={secret}" in page and "<svg" in page
    assert secret in here.get(f"{SECURITY}/codes/on").text.replace("</span> <span>", "")  # two tabs
    wrong = here.post(f"{SECURITY}/codes/on", data={"code": "000000"})
    assert (wrong.status_code, authenticator_of(user)) == (422, None)
    assert re.findall(r'id="(\w+)-error"', wrong.text) == ["code"]
    code = TOTP(key=secret).generate(time=clock.now()).token
    done = here.post(f"{SECURITY}/codes/on", data={"code": f"{code[:3]} {code[3:]}"})
    codes = re.findall(r"<code[^>]*>(\w{5}-\w{5})</code>", done.text)
    assert (done.status_code, len(codes), codes_left(user)) == (200, 10, 10)
    kept = authenticator_of(user)
    assert kept is not None and secret not in kept.secret
    assert (signed_in(here), signed_in(elsewhere)) == (True, False)
    assert (names(), deeds()) == (["second_factor_on"], ["second_factor_on"])
    assert sign_ins_of(user)[0].factor_at is not None
    # What proved the app does not sign in again.
    again = here.application.test_client()
    enter(again, user)
    assert again.post("/en/account/code", data={"code": code}).status_code == 422
    # And a second time there is nothing to turn on.
    assert here.get(f"{SECURITY}/codes/on").location == SECURITY


def test_two_tabs_turn_codes_on_once(world: World) -> None:
    user = world.person()
    secret = TOTP(new=True).base32_key
    code = TOTP(key=secret).generate(time=clock.now()).token
    actions.turn_on_codes(user, secret, code, here=None)
    with pytest.raises(actions.AlreadyOn):
        actions.turn_on_codes(user, secret, code, here=None)


def test_a_secret_of_one_s_own_making_is_not_taken(world: World) -> None:
    """The cookie that holds it is sealed; somebody else's words in it are replaced."""
    client = world.client(world.person())
    with client.session_transaction() as session:
        session["new_secret"] = "GEZDGNBVGY3TQOJQ"
    assert "GEZD" not in client.get(f"{SECURITY}/codes/on").text


def test_turning_codes_off_asks_for_one(world: World) -> None:
    codes = Codes(world)
    client = world.client(codes.user, factor_at=clock.now())
    assert client.post(f"{SECURITY}/codes/off", data={"code": "1"}).status_code == 422
    assert authenticator_of(codes.user) is not None
    assert client.post(f"{SECURITY}/codes/off", data={"code": codes.code}).location == SECURITY
    assert (authenticator_of(codes.user), codes_left(codes.user)) == (None, 0)
    assert names() == ["second_factor_on", "second_factor_off"]
    assert deeds() == ["second_factor_on", "second_factor_off"]
    assert client.get(f"{SECURITY}/codes/off").location == SECURITY
    enter(fresh := client.application.test_client(), codes.user)
    assert signed_in(fresh)


def test_new_recovery_codes_end_the_old(client: Any, world: World) -> None:
    codes = Codes(world)
    page = world.client(codes.user, factor_at=clock.now()).post(f"{SECURITY}/codes/recovery")
    assert page.headers["Cache-Control"] == "no-store"
    new = re.findall(r"<code[^>]*>(\w{5}-\w{5})</code>", page.text)
    assert len(new) == 10 and not set(new) & set(codes.recovery)
    enter(client, codes.user)
    assert client.post("/en/account/code", data={"code": codes.recovery[1]}).status_code == 422
    client.post("/en/account/code", data={"code": new[1]})
    assert signed_in(client)


# -- passkeys --------------------------------------------------------------------------------


def test_adding_and_removing_a_passkey(client: Any, world: World) -> None:
    user, device = with_passkey(world)
    (passkey,) = passkeys_of(user)
    assert (passkey.name, passkey.used_at) == ("Phone", None)
    inside = world.client(user, factor_at=clock.now())
    assert "Phone" in inside.get(SECURITY).text
    assert inside.post(f"{SECURITY}/passkeys/{passkey.id}/removal").location == SECURITY
    assert passkeys_of(user) == []
    refused = client.post("/en/account/passkey", data={"credential": answer_of(client, device)})
    assert refused.status_code == 422
    assert (names(), deeds()) == (["passkey_added", "passkey_removed"],) * 2


def test_the_passkeys_of_others_are_not_there(world: World) -> None:
    user, _ = with_passkey(world)
    (passkey,) = passkeys_of(user)
    other = world.client(world.person())
    assert other.post(f"{SECURITY}/passkeys/{passkey.id}/removal").status_code == 404
    assert passkeys_of(user) == [passkey]


@pytest.mark.parametrize("how", ["twice", "unasked", "late", "nonsense", "unverified", "long name"])
def test_a_passkey_that_is_not_right_is_refused(app: Flask, world: World, how: str) -> None:
    user, device = world.person(), Device()
    client = world.client(user)
    device.verified = how != "unverified"
    sent = device.makes(client.post(f"{SECURITY}/passkeys/invitation").json)
    typed = {"credential": "{}" if how == "nonsense" else sent, "name": "Phone"}
    if how == "twice":
        _, same = with_passkey(world)
        device.id = same.id
        typed["credential"] = device.makes(client.post(f"{SECURITY}/passkeys/invitation").json)
    if how == "long name":
        typed["name"] = "x" * 61
    if how == "unasked":
        with client.session_transaction() as session:
            del session["challenge"]
    with time_machine.travel(
        clock.now() + timedelta(minutes=6 if how == "late" else 0), tick=False
    ):
        refused = client.post(f"{SECURITY}/passkeys/new", data=typed)
    assert (refused.status_code, passkeys_of(user)) == (422, [])


def test_a_passkey_without_a_name_gets_one(world: World) -> None:
    client = world.client(user := world.person())
    sent = Device().makes(client.post(f"{SECURITY}/passkeys/invitation").json)
    client.post(f"{SECURITY}/passkeys/new", data={"credential": sent, "name": " "})
    assert [passkey.name for passkey in passkeys_of(user)] == ["Passkey"]


# -- the page --------------------------------------------------------------------------------


def test_the_page_costs_the_same_for_many(app: Flask, world: World) -> None:
    user = world.person()
    client = world.client(user)
    world.passkey(user)
    few = cost(app, client, SECURITY)
    for _ in range(5):
        world.passkey(user)
        world.sign_in(user)
    assert cost(app, client, SECURITY) == few
    assert len(db.session.scalars(select(Passkey)).all()) == 6
