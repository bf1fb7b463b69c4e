"""How long an answer takes tells nobody who has an account here."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from hackathon.extensions import db
from hackathon.ground import pace
from hackathon.post.models import Letter
from tests.world import World


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, bool]]:
    """Each wait in seconds, and whether the transaction was over by then."""
    found: list[tuple[float, bool]] = []

    def sleep(seconds: float) -> None:
        found.append((seconds, not db.session().in_transaction()))

    monkeypatch.setattr(pace, "sleep", sleep)
    return found


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock says, one after the other."""
    moments: list[float] = []
    monkeypatch.setattr(pace, "monotonic", lambda: moments.pop(0))
    return moments


@pytest.mark.parametrize("path", ["link", "reset", "confirmation"])
def test_known_and_unknown_addresses_are_answered_after_the_same_time(
    client: FlaskClient, world: World, path: str, waits: list[Any], clock: list[float]
) -> None:
    known = world.person(confirmed_at=None) if path == "confirmation" else world.person()
    for email, took in ((known.email, 0.04), ("nobody@example.org", 0.001)):
        clock[:] = [10.0, 10.0 + took]
        before = db.session.scalar(select(func.count(Letter.id)))
        answer = client.post(f"/en/account/{path}", data={"email": email})
        assert (answer.status_code, answer.location) == (302, "/en/account/letter-sent")
        written = db.session.scalar(select(func.count(Letter.id))) - before
        assert written == (email == known.email)
        waited, over = waits.pop()
        assert over
        assert waited + took == pytest.approx(pace.FLOOR)


def test_a_slow_answer_waits_no_more_and_a_page_never(
    client: FlaskClient, waits: list[Any], clock: list[float]
) -> None:
    clock[:] = [10.0, 10.0 + 2 * pace.FLOOR]
    client.post("/en/account/link", data={"email": "nobody@example.org"})
    assert [seconds for seconds, _ in waits] == [0.0]
    clock[:] = [10.0]
    client.get("/en/account/link")
    assert len(waits) == 1
