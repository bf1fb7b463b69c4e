"""Complete drafts handed in at the deadline, where both sides wanted it."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import travel

from hackathon.competitions.models import Competition, Gate
from hackathon.competitions.queries import opening_of
from hackathon.extensions import db
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.submissions import actions, automatic
from hackathon.submissions.models import Submission, Version
from hackathon.submissions.queries import rows_of
from hackathon.teams.actions import grant
from hackathon.teams.models import Team
from tests.apps import own_app
from tests.counting import queries
from tests.world import World, both

MINUTE = timedelta(minutes=1)


@pytest.fixture
def competition(world: World) -> Competition:
    return world.competition("c", automatic_submission=True)


def draft(world: World, competition: Competition, *, asked: bool = True, size: int = 2) -> Team:
    """A team with a complete draft."""
    team = world.team(competition, size, challenge=world.challenge(competition))
    submission = world.submission(team, handed_in=False)
    if asked:
        submission.automatic_at = datetime.now(UTC)
    return team


def close_of(competition: Competition) -> datetime:
    closes_at = opening_of(competition, Gate.SUBMISSION).closes_at
    assert closes_at is not None
    return closes_at


def letters() -> list[tuple[str, str]]:
    return sorted((x.name, x.address) for x in db.session.scalars(select(Letter)))


def deeds() -> list[str]:
    return list(db.session.scalars(select(Entry.deed).order_by(Entry.id)))


def handed_in(team: Team) -> Version | None:
    db.session.expire_all()
    return db.session.scalar(select(Version).join(Submission).where(Submission.team_id == team.id))


def test_a_complete_draft_is_handed_in_a_little_after_the_close(
    world: World, competition: Competition
) -> None:
    team, other = draft(world, competition), draft(world, competition, asked=False)
    close = close_of(competition)
    for moment in (close - MINUTE, close, close + MINUTE - timedelta(seconds=1)):
        with travel(moment, tick=False):
            assert automatic.hand_in_drafts() == 0
    with travel(close + MINUTE, tick=False):
        assert automatic.hand_in_drafts() == 1
        assert automatic.hand_in_drafts() == 0
        (row,) = rows_of([team])
        assert row.late is None  # nobody was late
    version = handed_in(team)
    assert version is not None
    assert (version.number, version.automatic, version.by) == (1, True, None)
    assert handed_in(other) is None
    assert letters() == sorted(("submission_received", person.email) for person in team.members)
    assert "By itself, at the deadline" in db.session.scalars(select(Letter.text)).first()
    assert deeds() == ["draft_handed_in"]


def test_an_incomplete_draft_is_not_and_the_team_reads_why(
    world: World, competition: Competition
) -> None:
    team = draft(world, competition)
    submission = db.session.scalars(select(Submission)).one()
    submission.title, team.challenge = "", None
    with travel(close_of(competition) + MINUTE, tick=False):
        assert automatic.hand_in_drafts() == 1
        assert automatic.hand_in_drafts() == 0
    assert handed_in(team) is None
    assert letters() == sorted(("draft_incomplete", person.email) for person in team.members)
    text = db.session.scalars(select(Letter.text)).first()
    assert "- A title" in text and "- A challenge chosen" in text and "summary" not in text
    assert deeds() == ["draft_incomplete"]


def test_what_the_team_handed_in_is_never_replaced(world: World, competition: Competition) -> None:
    team = draft(world, competition)
    first = actions.submit(team, by=team.captain)
    first.submission.title = "Changed since"
    with travel(close_of(competition) + MINUTE, tick=False):
        assert automatic.hand_in_drafts() == 0
    assert handed_in(team) == first


def test_where_organizers_do_not_allow_it_nothing_happens(
    world: World, competition: Competition
) -> None:
    team, organizer = draft(world, competition), world.organizer(competition)
    automatic.allow(competition, allowed=False, by=organizer)
    automatic.allow(competition, allowed=False, by=organizer)
    with travel(close_of(competition) + MINUTE, tick=False):
        assert automatic.hand_in_drafts() == 0
    assert handed_in(team) is None
    with pytest.raises(automatic.NotOffered):
        automatic.ask(team, wanted=True, by=team.captain)
    automatic.ask(team, wanted=False, by=team.captain)
    automatic.allow(competition, allowed=True, by=organizer)
    assert deeds() == ["automatic_ended", "automatic_not_asked", "automatic_allowed"]


def test_a_team_with_more_time_is_waited_for_and_an_extension_too(
    world: World, competition: Competition
) -> None:
    team, patient = draft(world, competition), draft(world, competition)
    close = close_of(competition)
    later = {"closes_at": close + 60 * MINUTE, "reason": both("why"), "by": patient.captain}
    grant(patient, Gate.SUBMISSION, **later)
    with travel(close + MINUTE, tick=False):
        assert automatic.hand_in_drafts() == 1
    assert (handed_in(team) is None, handed_in(patient) is None) == (False, True)
    with travel(close + 61 * MINUTE, tick=False):
        assert automatic.hand_in_drafts() == 1
    assert handed_in(patient) is not None


def test_grace_passes_first(world: World, competition: Competition) -> None:
    competition.grace_seconds = 300
    team = draft(world, competition)
    with travel(close_of(competition) + 4 * MINUTE, tick=False):
        assert automatic.hand_in_drafts() == 0
    with travel(close_of(competition) + 5 * MINUTE, tick=False):
        assert automatic.hand_in_drafts() == 1
    assert handed_in(team) is not None


def test_the_team_asks_and_asks_no_more_by_its_page(world: World, competition: Competition) -> None:
    team = draft(world, competition, asked=False)
    client, page = world.client(team.captain), f"/en/c/teams/{team.id}/submission"
    assert "Hand it in by itself" in client.get(page).text
    client.post(f"{page}/automatic", data={"wanted": "yes"})
    client.post(f"{page}/automatic", data={"wanted": "yes"})
    assert "Do not hand it in by itself" in client.get(page).text
    client.post(f"{page}/automatic", data={})
    assert db.session.scalars(select(Submission.automatic_at)).one() is None
    assert deeds() == ["automatic_asked", "automatic_not_asked"]
    actions.submit(team, by=team.captain)
    assert "/automatic" not in client.get(page).text
    assert client.post(f"{page}/automatic", data={"wanted": "yes"}).status_code == 409


def test_organizers_allow_it_by_their_page(world: World) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    assert "Let teams ask for it" in client.get("/en/c/manage/submissions").text
    client.post("/en/c/manage/submissions/automatic", data={"allowed": "yes"})
    db.session.expire_all()
    assert competition.automatic_submission
    client.post("/en/c/manage/submissions/automatic", data={})
    db.session.expire_all()
    assert not competition.automatic_submission


def test_drafts_that_wait_cost_one_look(app: Flask, world: World, competition: Competition) -> None:
    for _ in range(3):
        draft(world, competition)
    db.session.commit()
    db.session.expire_all()
    with queries(app) as sent:
        assert automatic.hand_in_drafts() == 0
    assert len(sent) <= 3


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_workers_hand_in_once(tmp_path: Path, kind: str) -> None:
    data_dir = tmp_path / f"automatic-{kind}"
    data_dir.mkdir()
    with own_app(data_dir, kind) as app:
        world = World(app)
        competition = world.competition("c", automatic_submission=True)
        draft(world, competition)
        for window in competition.windows:
            window.closes_at = datetime.now(UTC) - 2 * MINUTE
            window.opens_at = window.closes_at - timedelta(days=1)
        db.session.commit()
        start = threading.Barrier(2)

        def work() -> None:
            with app.app_context():
                start.wait()
                automatic.hand_in_drafts()
                db.session.commit()
                db.session.remove()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        db.session.expire_all()
        assert len(db.session.scalars(select(Version)).all()) == 1
        assert len(letters()) == 2
