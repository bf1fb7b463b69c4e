"""As in production: cookies, tokens of forms, hashes, limits, headers."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.accounts.models import User
from hackathon.extensions import db
from tests.apps import own_app
from tests.doors import address, doors
from tests.world import Story, World

NEW = {"name": "Ana", "email": "ana@example.org", "password": "three words together"}


def test_cookies_and_hashes_of_production(tmp_path: Path) -> None:
    settings = {"mode": "production", "base_url": "https://example.org"}
    with own_app(tmp_path, mail_url="smtp://localhost", **settings) as app:
        client = app.test_client()
        page = client.get("/en/account/new", base_url="https://example.org")
        cookie = page.headers["Set-Cookie"]
        assert set(cookie.split("; ")[1:]) >= {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
        assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert token is not None
        sent = {**NEW, "csrf_token": token[1]}
        here = {"base_url": "https://example.org"}
        refused = client.post("/en/account/new", data=sent, **here)
        assert refused.status_code == 409  # no Referer
        evil = {"Referer": "https://evil.example/"}
        assert client.post("/en/account/new", data=sent, headers=evil, **here).status_code == 409
        referer = {"Referer": "https://example.org/en/account/new"}
        answer = client.post("/en/account/new", data=sent, headers=referer, **here)
        assert answer.location == "/en/account/letter-sent"
        user = db.session.scalars(select(User)).one()
        assert user.password.startswith("$argon2id$")
        # An account made here signs in with what was typed.
        user.confirmed_at = user.created_at
        answer = client.post("/en/account/sign-in", data=sent, headers=referer, **here)
        assert answer.location == "/en/home"


def test_too_many_tries_are_refused(tmp_path: Path) -> None:
    with own_app(tmp_path, mode="demo") as app:
        app.config["WTF_CSRF_ENABLED"] = False
        client = app.test_client()
        typed = {"email": "nobody@example.org", "password": "wrong"}
        tries = [client.post("/en/account/reset", data=typed).status_code for _ in range(12)]
        assert tries == [302] * 10 + [429] * 2
        # One limit for all the doors of accounts; reading is free, and so is everyone else.
        refused = client.post("/fr/account/sign-in", data=typed)
        assert refused.status_code == 429
        assert "<h1>" in refused.text and '<html lang="fr"' in refused.text
        assert client.get("/en/account/sign-in").status_code == 200
        elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
        other = client.post("/en/account/reset", data=typed, environ_overrides=elsewhere)
        assert other.status_code == 302


OLD = {
    "en": "You signed in or out since this page was opened",
    "fr": "Vous avez ouvert ou fermé une session depuis l’ouverture de cette page",
}


@pytest.fixture
def guarded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_no_form_is_taken_without_its_token(
    app: Flask, world: World, connection: Any, guarded: None
) -> None:
    """At every door that takes a POST, as an administrator and as a visitor."""
    story = Story(world)
    posts = [route for method, route in doors(app) if method == "POST"]
    assert len(posts) > 20
    taken = set()
    for route in posts:
        path = address(app, route, story)
        for role in ("visitor", "administrator"):
            client = story.client(role)
            for token in ({}, {"csrf_token": "made-up"}):
                with story.undone(connection):
                    answer = client.post(path, data=token)
                    if answer.status_code != 409 or OLD["en"] not in answer.text:
                        taken.add((route.endpoint, role, bool(token)))
    assert taken == set()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_a_form_with_its_token_is_taken(
    app: Flask, world: World, connection: Any, guarded: None
) -> None:
    story = Story(world)
    refused = set()
    for method, route in doors(app):
        if method == "POST":
            client = story.client("administrator")
            page = client.get("/en/account/profile").text
            token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[0]
            with story.undone(connection):
                answer = client.post(address(app, route, story), data={"csrf_token": token})
                if OLD["en"] in answer.text:
                    refused.add(route.endpoint)
    assert refused == set()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_form_of_an_earlier_session_gives_back_what_was_typed(
    world: World, guarded: None, language: str
) -> None:
    """In the other tab the person signed in anew. Passwords are not shown."""
    typed = {"name": "Ada <b>Lovelace</b>", "password": "a secret of some words"}
    answer = world.client(world.person()).post(f"/{language}/account/profile", data=typed)
    assert (answer.status_code, OLD[language] in answer.text) == (409, True)
    assert "\nAda &lt;b&gt;Lovelace&lt;/b&gt;</textarea>" in answer.text
    assert "a secret" not in answer.text
