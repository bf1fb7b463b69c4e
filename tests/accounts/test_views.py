"""Signing up, in and out, resetting, one's own profile: as a browser meets them."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from hackathon.accounts.models import User
from hackathon.accounts.queries import person_with
from hackathon.extensions import db
from hackathon.ground import clock
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from tests.world import PASSWORD, World

NEW = {"name": "Ana Lee", "email": "Ana@Example.org ", "password": "three words together"}
SENT = "/en/account/letter-sent"


def letters() -> list[Letter]:
    return list(db.session.scalars(select(Letter).order_by(Letter.id)))


def link(name: str) -> str:
    """The path that the newest letter of this name leads to."""
    letter = [letter for letter in letters() if letter.name == name][-1]
    found = re.search(r"^http://localhost(/\S+)$", letter.text, re.M)
    assert found is not None
    return found[1]


def signed_in(client: Any) -> bool:
    return bool(client.get("/en/home").status_code == 200)


def deeds() -> list[str]:
    return list(db.session.scalars(select(Entry.deed).order_by(Entry.id)))


# -- signing up ------------------------------------------------------------------------------


def test_signing_up_confirming_and_going_on(client: Any) -> None:
    answer = client.post("/fr/account/new?next=/fr/c/", data=NEW)
    assert answer.location == "/fr/account/letter-sent"
    assert client.get(answer.location).status_code == 200
    user = person_with("ana@example.org")
    assert user is not None
    assert (user.name, user.language, user.confirmed_at) == ("Ana Lee", "fr", None)
    assert [(letter.name, letter.address, letter.language) for letter in letters()] == [
        ("confirm_address", "ana@example.org", "fr")
    ]
    path = link("confirm_address")
    assert path.startswith("/fr/account/confirmation/")

    # Opening the link confirms nothing: mail scanners open links.
    page = client.get(path)
    assert page.status_code == 200
    assert 'name="next" value="/fr/c/"' in page.text
    assert not signed_in(client)
    db.session.refresh(user)
    assert user.confirmed_at is None

    answer = client.post(path)
    assert answer.location == "/fr/c/"
    assert signed_in(client)
    db.session.refresh(user)
    assert user.confirmed_at is not None
    assert deeds() == ["account_created", "account_confirmed"]


def test_a_known_address_gets_the_same_page_and_a_letter_that_helps(
    client: Any, world: World
) -> None:
    known = world.person(email="ana@example.org", language="fr")
    answers = [
        client.post("/en/account/new", data={**NEW, "email": email})
        for email in ("new@example.org", "ANA@example.org")
    ]
    assert [(a.status_code, a.location, a.data) for a in answers[:1]] == [
        (a.status_code, a.location, a.data) for a in answers[1:]
    ]
    assert [(letter.name, letter.address) for letter in letters()] == [
        ("confirm_address", "new@example.org"),
        ("account_exists", "ana@example.org"),
    ]
    db.session.refresh(known)
    assert (known.password, known.language, letters()[1].language) == (PASSWORD, "fr", "fr")


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"email": "nobody"}, "email"),
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 201}, "password"),
        ({"password": ""}, "password"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_the_rest_is_kept(
    client: Any, wrong: dict[str, str], field: str
) -> None:
    answer = client.post("/en/account/new", data={**NEW, **wrong})
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-error"', answer.text) == [field]
    for name, typed in {"name": "Ana Lee", "email": "ana@example.org"}.items():
        assert (f'value="{typed}"' in answer.text) == (name != field)
    assert NEW["password"] not in answer.text
    assert db.session.scalar(select(func.count()).select_from(User)) == 0
    assert letters() == []


def test_asking_for_the_confirmation_letter_again(client: Any, world: World) -> None:
    waiting, done = world.person(confirmed_at=None), world.person()
    for address in (waiting.email, done.email, "nobody@example.org"):
        answer = client.post("/en/account/confirmation", data={"email": address})
        assert answer.location == SENT
    assert [(letter.name, letter.address) for letter in letters()] == [
        ("confirm_address", waiting.email)
    ]
    client.post(link("confirm_address"))
    assert signed_in(client)


@pytest.mark.parametrize("kind", ["confirmation", "reset"])
@pytest.mark.parametrize("token", ["x", "x" * 2000, "a.b.c", "%00", "é", "WyIxIl0.abc.def"])
def test_a_made_up_link_opens_nothing(client: Any, kind: str, token: str) -> None:
    for method in ("get", "post"):
        answer = getattr(client, method)(f"/en/account/{kind}/{token}")
        assert answer.status_code == 200
        assert "/en/account/" + {"confirmation": "confirmation", "reset": "reset"}[kind] in (
            answer.text
        )
        assert "<form" not in answer.text.split("<main")[1].split("</main")[0]


@pytest.mark.parametrize("kind", ["confirmation", "reset"])
def test_an_altered_or_expired_link_opens_nothing(client: Any, world: World, kind: str) -> None:
    user = world.person(confirmed_at=None)
    client.post(f"/en/account/{kind}", data={"email": user.email})
    path = link({"confirmation": "confirm_address", "reset": "password_reset"}[kind])
    base, _, token = path.rpartition("/")
    altered = f"{base}/{token[:10]}{'A' if token[10] != 'A' else 'B'}{token[11:]}"
    other = path.replace(kind, {"confirmation": "reset", "reset": "confirmation"}[kind])
    typed = {"password": "another good one"}
    for wrong in (altered, other):
        client.post(wrong, data=typed)
        db.session.refresh(user)
        assert (user.confirmed_at, user.password, signed_in(client)) == (None, PASSWORD, False)
    with time_machine.travel(clock.now() + timedelta(days=5, minutes=1), tick=False):
        client.post(path, data=typed)
        db.session.refresh(user)
        assert (user.confirmed_at, user.password) == (None, PASSWORD)
    with time_machine.travel(clock.now() + timedelta(days=4), tick=False):
        client.post(path, data=typed)
        db.session.refresh(user)
        assert user.confirmed_at is not None


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "This link does not work any more"), ("fr", "Ce lien ne fonctionne plus")],
)
@pytest.mark.parametrize("kind", ["confirmation", "reset"])
@pytest.mark.parametrize("wrong", ["altered", "of another kind", "expired", "used"])
def test_a_link_that_does_not_work_says_so(
    app: Flask, client: Any, world: World, language: str, words: str, kind: str, wrong: str
) -> None:
    user = world.person(confirmed_at=None)
    client.post(f"/en/account/{kind}", data={"email": user.email})
    name, other = {
        "confirmation": ("confirm_address", "reset"),
        "reset": ("password_reset", "confirmation"),
    }[kind]
    path, days = link(name).replace("/en/", f"/{language}/"), 0
    match wrong:
        case "altered":
            path = path[:-4] + ("aaaa" if path[-4:] != "aaaa" else "bbbb")
        case "of another kind":
            path = path.replace(kind, other)
        case "expired":
            days = 6
        case "used" if kind == "reset":
            client.post(path, data={"password": "another good one"})
        case "used":  # what is confirmed stays so: whoever clicks again is not told off
            client.post(path)
            assert app.test_client().post(path).location == f"/{language}/home"
            return
    with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
        other_client = app.test_client()
        for method in (other_client.get, other_client.post):
            assert words in method(path).text
        assert not signed_in(other_client)


def test_confirming_twice_signs_nobody_in(app: Flask, client: Any, world: World) -> None:
    user = world.person(confirmed_at=None)
    client.post("/en/account/confirmation", data={"email": user.email})
    path = link("confirm_address")
    client.post(path)
    second = app.test_client()
    second.post(path)
    assert (signed_in(client), signed_in(second)) == (True, False)
    assert deeds() == ["account_confirmed"]


# -- signing in and out ----------------------------------------------------------------------


def test_signing_in_and_out(client: Any, world: World) -> None:
    user = world.person()
    answer = client.post(
        "/en/account/sign-in", data={"email": user.email.upper(), "password": PASSWORD}
    )
    assert answer.location == "/en/home"
    assert signed_in(client)
    assert client.get("/en/account/sign-in").status_code == 403
    assert client.get("/en/account/sign-out").status_code == 405
    assert signed_in(client)
    assert client.post("/en/account/sign-out").location == "/en/"
    assert not signed_in(client)


@pytest.mark.parametrize("address", ["known", "unknown"])
def test_a_wrong_pair_says_the_same_whatever_is_wrong(
    client: Any, world: World, address: str
) -> None:
    user = world.person()
    email = user.email if address == "known" else "nobody@example.org"
    answer = client.post("/en/account/sign-in", data={"email": email, "password": "wrong"})
    assert answer.status_code == 422
    assert "This address and password do not go together." in answer.text
    assert "wrong" not in answer.text.split("<form")[1]
    assert not signed_in(client)


def test_someone_unconfirmed_gets_the_letter_again(client: Any, world: World) -> None:
    user = world.person(confirmed_at=None)
    typed = {"email": user.email, "password": PASSWORD, "next": "/en/c/"}
    assert client.post("/en/account/sign-in", data=typed).location == SENT
    assert not signed_in(client)
    assert client.post(link("confirm_address"), data={"next": "/en/c/"}).location == "/en/c/"


def test_a_shut_account_stays_outside(app: Flask, world: World) -> None:
    user = world.person()
    inside = world.client(user)
    assert signed_in(inside)
    user.active = False
    db.session.flush()
    assert not signed_in(inside)
    client = app.test_client()
    typed = {"email": user.email, "password": PASSWORD}
    assert client.post("/en/account/sign-in", data=typed).status_code == 422


# -- passwords -------------------------------------------------------------------------------


def test_a_reset_link_works_once_and_ends_other_sessions(
    app: Flask, client: Any, world: World
) -> None:
    user = world.person(confirmed_at=None)
    elsewhere = world.client(user)
    assert signed_in(elsewhere)
    answer = client.post("/en/account/reset", data={"email": user.email})
    assert answer.location == SENT
    path = link("password_reset")
    assert client.get(path).status_code == 200
    assert client.post(path, data={"password": "short"}).status_code == 422
    assert client.post(path, data={"password": "another good one"}).location == "/en/home"
    assert (signed_in(client), signed_in(elsewhere)) == (True, False)
    db.session.refresh(user)
    assert (user.password, user.confirmed_at is not None) == ("another good one", True)
    assert [letter.name for letter in letters()] == [
        "password_reset",
        "password_changed",
        "new_device",
    ]
    assert deeds() == ["account_confirmed", "password_changed"]

    again = app.test_client()
    again.post(path, data={"password": "a third one, please"})
    db.session.refresh(user)
    assert (user.password, signed_in(again)) == ("another good one", False)


def test_nobody_learns_who_has_an_account_by_resetting(client: Any, world: World) -> None:
    user = world.person()
    answers = [
        client.post("/en/account/reset", data={"email": email})
        for email in (user.email, "nobody@example.org")
    ]
    assert (answers[0].status_code, answers[0].location, answers[0].data) == (
        answers[1].status_code,
        answers[1].location,
        answers[1].data,
    )
    assert [letter.address for letter in letters()] == [user.email]


def test_changing_the_password(client: Any, world: World) -> None:
    user = world.person()
    here, elsewhere = world.client(user), world.client(user)
    typed = {"current": "wrong", "password": "another good one"}
    answer = here.post("/en/account/password", data=typed)
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-error"', answer.text) == ["current"]
    answer = here.post("/en/account/password", data={**typed, "current": PASSWORD})
    assert answer.location == "/en/account/profile"
    assert (signed_in(here), signed_in(elsewhere)) == (True, False)
    assert [letter.name for letter in letters()] == ["password_changed"]


# -- the profile -----------------------------------------------------------------------------


def test_the_profile(world: World) -> None:
    user = world.person()
    client = world.client(user)
    typed = {"name": " Ana  Lee ", "organization": "", "language": "fr", "zone": "Asia/Tokyo"}
    typed |= {"pronouns": " she/her ", "accessibility": "captions\r\nand pauses"}
    assert client.post("/en/account/profile", data=typed).location == "/en/account/profile"
    db.session.refresh(user)
    assert (user.pronouns, user.accessibility) == ("she/her", "captions\nand pauses")
    assert (user.name, user.organization, user.language, user.zone) == (
        "Ana Lee",
        None,
        "fr",
        "Asia/Tokyo",
    )
    assert 'value="Ana Lee"' in client.get("/en/account/profile").text


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"zone": "Moon/Base"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"language": "de"}, "language"),
        ({"name": ""}, "name"),
        ({"organization": "x" * 201}, "organization"),
        ({"pronouns": "x" * 61}, "pronouns"),
        ({"accessibility": "x" * 1001}, "accessibility"),
    ],
)
def test_a_wrong_profile_changes_nothing(world: World, wrong: dict[str, str], field: str) -> None:
    user = world.person("Before")
    typed = {"name": "After", "organization": "", "language": "fr", "zone": "", **wrong}
    answer = world.client(user).post("/en/account/profile", data=typed)
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-error"', answer.text) == [field]
    db.session.refresh(user)
    assert (user.name, user.language) == ("⟦Before⟧", "en")


def test_nobody_makes_themself_administrator(world: World) -> None:
    user = world.person()
    typed = {
        "name": "Ana",
        "language": "en",
        "administrator_since": "2026-01-01T00:00",
        "email": "other@example.org",
        "active": "",
    }
    world.client(user).post("/en/account/profile", data=typed)
    db.session.refresh(user)
    assert (user.name, user.administrator, user.active) == ("Ana", False, True)
    assert user.email != "other@example.org"
