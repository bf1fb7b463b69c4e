"""One transaction per request: success is kept whole, the rest is as if it never was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, abort
from sqlalchemy import func, select

from hackathon.accounts.models import User
from hackathon.extensions import db
from hackathon.ground.obstacle import Obstacle
from hackathon.post.actions import write
from hackathon.post.models import Letter
from tests.apps import own_app
from tests.world import World

DOOR = "healthz"  # an endpoint that everyone may use, whose view these tests replace


class Blocked(Obstacle):
    sentence = "It is <blocked>."


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Flask]:
    data_dir: Path = tmp_path_factory.mktemp(f"transaction-{request.param}")
    with own_app(data_dir, request.param) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        app.config["PROPAGATE_EXCEPTIONS"] = False
        app.url_map._rules_by_endpoint[DOOR][0].methods |= {"POST"}
        yield app


def knock(site: Flask, method: str, then: Any) -> Any:
    """A request that makes a person and a letter, then does what the test says."""

    def view() -> Any:
        person = World(site).person(email=f"p{people()}@example.org", fs_uniquifier=f"p{people()}")
        write("password_changed", to=person)
        return then()

    view_before = site.view_functions[DOOR]
    site.view_functions[DOOR] = view
    try:
        return site.test_client().open("/healthz", method=method)
    finally:
        site.view_functions[DOOR] = view_before


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(User)) or 0


def letters() -> int:
    return db.session.scalar(select(func.count()).select_from(Letter)) or 0


def fail() -> Any:
    raise ZeroDivisionError


def obstruct() -> Any:
    raise Blocked


def twice() -> Any:
    """Two people with one address: the commit itself fails."""
    first = db.session.scalars(select(User)).first()
    assert first is not None
    db.session.add(
        User(email=first.email, name="x", password="x", fs_uniquifier="x", language="en")
    )
    return "never seen"


def gone() -> Any:
    abort(410)


@pytest.mark.parametrize(
    "method, then, status, kept",
    [
        ("POST", lambda: "yes", 200, 1),
        ("POST", lambda: ("", 302, {"Location": "/"}), 302, 1),
        ("POST", lambda: ("form with errors", 422), 422, 0),
        ("POST", gone, 410, 0),
        ("POST", fail, 500, 0),
        ("POST", obstruct, 409, 0),
        ("POST", twice, 409, 0),
        ("GET", lambda: "page", 200, 0),
        ("GET", fail, 500, 0),
        ("HEAD", lambda: "page", 200, 0),
    ],
)
def test_what_is_kept(site: Flask, method: str, then: Any, status: int, kept: int) -> None:
    before = (people(), letters())
    answer = knock(site, method, then)
    db.session.rollback()
    assert answer.status_code == status
    assert (people(), letters()) == (before[0] + kept, before[1] + kept)


def test_a_refusal_says_why(site: Flask) -> None:
    knock(site, "POST", lambda: "yes")
    assert "It is &lt;blocked&gt;." in knock(site, "POST", obstruct).text
    assert "Someone changed this before you" in knock(site, "POST", twice).text
    failed = knock(site, "POST", fail).text
    assert "ZeroDivisionError" not in failed and "<h1>" in failed
