"""Nobody waits for a password that is being hashed: nothing is held meanwhile."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from hackathon.accounts.queries import person_with
from hackathon.extensions import db
from tests.accounts.test_views import link
from tests.apps import own_app
from tests.world import PASSWORD, World

NEW = "another good one"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Flask]:
    with own_app(tmp_path) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        World(app).person(email="known@example.org")
        db.session.commit()
        yield app


@pytest.fixture
def others(site: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whether another writer came through, at each look at a password and each hash."""
    seen: list[str] = []
    passwords = site.extensions["security"].pwd_context
    file = db.engine.url.database

    def watched(name: str) -> Any:
        real = getattr(passwords, name)

        def watch(*args: Any, **kwargs: Any) -> Any:
            other = sqlite3.connect(str(file), timeout=0, isolation_level=None)
            try:
                other.execute("BEGIN IMMEDIATE")
                seen.append("through")
            except sqlite3.OperationalError:
                seen.append("kept waiting")
            finally:
                other.close()
            return real(*args, **kwargs)

        return watch

    for name in ("verify", "hash"):
        monkeypatch.setattr(passwords, name, watched(name))
    return seen


@pytest.mark.parametrize(
    ("email", "password"),
    [("known@example.org", PASSWORD), ("known@example.org", "wrong"), ("no@example.org", "wrong")],
)
def test_while_somebody_signs_in(site: Flask, others: list[str], email: str, password: str) -> None:
    site.test_client().post("/en/account/sign-in", data={"email": email, "password": password})
    assert others == ["through"]


def test_while_somebody_signs_up(site: Flask, others: list[str]) -> None:
    sent = {"email": "new@example.org", "name": "New", "password": NEW}
    site.test_client().post("/en/account/new", data=sent)
    assert person_with("new@example.org") is not None
    assert others == ["through"]


def test_while_somebody_changes_their_password(site: Flask, others: list[str]) -> None:
    user = person_with("known@example.org")
    client = World(site).client(user)
    client.post("/en/account/password", data={"current": PASSWORD, "password": NEW})
    assert others == ["through", "through"]
    assert user is not None
    assert user.password == NEW


def test_while_somebody_resets_their_password(site: Flask, others: list[str]) -> None:
    client = site.test_client()
    client.post("/en/account/reset", data={"email": "known@example.org"})
    client.post(link("password_reset"), data={"password": NEW})
    user = person_with("known@example.org")
    assert user is not None
    assert user.password == NEW
    assert others == ["through"]


def test_a_password_that_changed_meanwhile_opens_nothing(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = site.extensions["security"].pwd_context
    real = passwords.verify

    def changes(*args: Any, **kwargs: Any) -> Any:
        user = person_with("known@example.org")
        assert user is not None
        user.password = NEW
        db.session.commit()
        return real(*args, **kwargs)

    monkeypatch.setattr(passwords, "verify", changes)
    client = site.test_client()
    answer = client.post(
        "/en/account/sign-in", data={"email": "known@example.org", "password": PASSWORD}
    )
    assert "This address and password do not go together." in answer.text
    assert client.get("/en/home").status_code == 302
