"""The seconds after a close: a form begun in time is taken, no page says so, the journal does."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from time_machine import travel

from hackathon.competitions.models import Competition, Gate
from hackathon.competitions.queries import opening_of
from hackathon.extensions import db
from hackathon.ground.merging import fingerprint
from hackathon.journal.models import Entry
from hackathon.submissions.models import Submission
from hackathon.teams.actions import grant
from tests.browser import Site
from tests.world import PASSWORD, World, both

GRACE = 30
SECOND = timedelta(seconds=1)


@pytest.fixture
def competition(world: World) -> Competition:
    return world.competition("c", grace_seconds=GRACE)


def close_of(competition: Competition, gate: Gate) -> datetime:
    closes_at = opening_of(competition, gate).closes_at
    assert closes_at is not None
    return closes_at


def late_entries() -> list[tuple[Any, dict[str, Any]]]:
    rows = db.session.scalars(select(Entry).where(Entry.deed == "let_in_late"))
    return [(entry.actor, entry.details) for entry in rows]


def test_a_form_is_taken_but_no_page_is_opened(world: World, competition: Competition) -> None:
    team = world.team(competition)
    captain = team.members[0]
    client, here = world.client(captain), f"/en/c/teams/{team.id}/edit"
    typed = {"name": "Late but in time", "languages": ["en"], "about": ""}
    close = close_of(competition, Gate.TEAM_CHANGES)
    with travel(close + 12 * SECOND, tick=False):
        assert client.get(here).status_code == 403
        assert here not in client.get(f"/en/c/teams/{team.id}").text
        refused = client.post(here, data={**typed, "name": ""})
        assert refused.status_code == 422  # the form again, with what was typed
        assert late_entries() == []  # nothing was done
        assert client.post(here, data=typed).status_code == 302
    assert team.name == "Late but in time"
    assert late_entries() == [(captain, {"gate": "team_changes", "seconds": 12})]
    with travel(close + GRACE * SECOND, tick=False):
        assert client.post(here, data=typed | {"name": "Too late"}).status_code == 403
    assert team.name == "Late but in time"
    organizer = world.client(world.organizer(competition))
    assert "Let in 12 s after a deadline (team changes)" in (
        organizer.get("/en/c/manage/journal").text
    )


def test_without_grace_a_second_is_too_late(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    client, here = world.client(team.members[0]), f"/en/c/teams/{team.id}/edit"
    typed = {"name": "Late", "languages": ["en"], "about": ""}
    close = close_of(competition, Gate.TEAM_CHANGES)
    with travel(close - SECOND / 1000, tick=False):
        assert client.post(here, data=typed).status_code == 302
    with travel(close, tick=False):
        assert client.post(here, data=typed).status_code == 403
    assert late_entries() == []


def test_the_grace_follows_a_teams_own_close(world: World, competition: Competition) -> None:
    team = world.team(competition)
    client, here = world.client(team.members[0]), f"/en/c/teams/{team.id}/edit"
    typed = {"name": "Late", "languages": ["en"], "about": ""}
    close = close_of(competition, Gate.TEAM_CHANGES) + timedelta(days=2)
    grant(team, Gate.TEAM_CHANGES, closes_at=close, reason=both("reason"), by=None)
    with travel(close + SECOND, tick=False):
        assert client.post(here, data=typed).status_code == 302
    assert [details["seconds"] for _, details in late_entries()] == [1]


@pytest.mark.parametrize("seconds, status", [(0, 302), (GRACE - 1, 302), (GRACE, 403)])
def test_registering_feedback_needs_and_reviews_have_it_too(
    world: World, competition: Competition, seconds: int, status: int
) -> None:
    team = world.team(competition)
    submission = world.submission(team)
    mentor = world.mentor(competition, team)
    world.criterion(competition)
    judge = world.judge(competition)
    review = world.review(judge, submission)
    stranger = world.client(world.person())
    people = {
        f"/en/c/teams/{team.id}/submission/feedback": (world.client(mentor.user), {"overall": "x"}),
        f"/en/c/teams/{team.id}/needs": (world.client(team.members[0]), {}),
        f"/en/c/judging/{review.id}/conflict": (world.client(judge.user), {"reason": "A friend."}),
        "/en/c/registration/new": (stranger, {}),
    }
    with travel(close_of(competition, Gate.JUDGING) + seconds * SECOND, tick=False):
        for path, (client, typed) in people.items():
            assert client.get(path).status_code in (403, 404), path
            answer = client.post(path, data=typed)
            # Whatever the form says of what was typed: it is the form that answers.
            assert (answer.status_code == 403) == (status == 403), (path, answer.status_code)


def test_a_review_that_needs_mending_is_still_in_its_form(
    world: World, competition: Competition
) -> None:
    submission = world.submission(world.team(competition))
    world.criterion(competition)
    judge = world.judge(competition)
    review = world.review(judge, submission)
    client, here = world.client(judge.user), f"/en/c/judging/{review.id}"
    with travel(close_of(competition, Gate.JUDGING) + SECOND, tick=False):
        assert ' name="comment"' not in client.get(here).text
        answer = client.post(here, data={"comment": "Long words.", "deed": "complete"})
        assert answer.status_code == 422
        assert "Long words." in answer.text and ' name="comment"' in answer.text


# -- a slow upload, on a real server ---------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    site = Site(tmp_path, monkeypatch)
    site.app.config["WTF_CSRF_ENABLED"] = False
    yield site
    site.close()


@pytest.mark.parametrize("begun_late, status", [(False, b"302"), (True, b"403")])
def test_an_upload_begun_in_time_is_in_time(site: Site, begun_late: bool, status: bytes) -> None:
    """The head of the request arrives before the close, its body after it."""
    with site.app.app_context():
        world = World(site.app)
        competition = world.competition("c")
        team = world.team(competition)
        begun = fingerprint(world.submission(team, handed_in=False).title)
        window = next(w for w in competition.windows if w.gate is Gate.SUBMISSION)
        window.closes_at = datetime.now(UTC) + timedelta(seconds=8)
        address, team_id, closes_at = team.members[0].email, team.id, window.closes_at
        db.session.commit()
        db.session.remove()
    with site.app.test_client() as client:
        answer = client.post("/en/account/sign-in", data={"email": address, "password": PASSWORD})
        assert answer.status_code == 302
        cookie = client.get_cookie("session")
    fields = {"title": "Sent slowly", "base-title": begun}
    body = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in fields.items()).encode()
    head = (
        f"POST /en/c/teams/{team_id}/submission/draft HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: session={cookie.value}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode()

    def wait() -> None:
        time.sleep(max(0, (closes_at - datetime.now(UTC)).total_seconds()) + 0.3)

    with socket.create_connection(("127.0.0.1", site.server.server_port), timeout=30) as line:
        if begun_late:
            wait()
        line.sendall(head + body[:5])
        if not begun_late:
            wait()
        line.sendall(body[5:])
        assert line.recv(100).split()[1] == status
    with site.app.app_context():
        title = db.session.scalars(select(Submission.title)).one()
        assert (title == "Sent slowly") == (status == b"302")
        db.session.remove()
