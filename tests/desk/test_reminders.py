"""Reminders: who gets one, when, and never twice."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select
from time_machine import travel

from hackathon.competitions.models import Audience, Competition, Gate, Reminded, Reminder
from hackathon.competitions.queries import opening_of
from hackathon.desk import actions
from hackathon.desk.reminders import AUDIENCES, Readers, plans_of
from hackathon.extensions import db
from hackathon.ground.i18n import LOCALES, moment_text, own_moment
from hackathon.ground.localized import Localized
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.registrations.states import State
from hackathon.teams.actions import grant
from tests.apps import own_app
from tests.counting import cost, queries
from tests.world import World, both

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def competition(world: World) -> Competition:
    return world.competition("c")


def close_of(competition: Competition, gate: Gate) -> datetime:
    closes_at = opening_of(competition, gate).closes_at
    assert closes_at is not None
    return closes_at


def letters() -> list[str]:
    """To whom reminders were written."""
    rows = db.session.scalars(select(Letter).where(Letter.name == "deadline_reminder"))
    return sorted(letter.address for letter in rows)


def own_moment_in(language: str, at: datetime) -> str:
    with force_locale(LOCALES[language]):
        return own_moment(at, "America/Toronto", "America/Vancouver")


def reached(reminder: Reminder) -> set[str]:
    return {reader.user.email for reader in Readers(reminder.competition).of(reminder)}


# -- to whom ---------------------------------------------------------------------------------


def test_who_has_not_found_a_team(world: World, competition: Competition) -> None:
    alone, full, small = (
        world.participant(competition),
        world.team(competition, 2),
        world.team(competition, 1),
    )
    world.participant(world.competition())
    world.registration(world.person(), competition, State.WITHDRAWN)
    organizer = world.organizer(competition)
    gate = Gate.TEAM_CHANGES
    assert full.members
    for audience, people in (
        (Audience.TEAMLESS, {alone.email}),
        (Audience.SMALL_TEAMS, {small.members[0].email}),
        (Audience.ORGANIZERS, {organizer.email}),
    ):
        assert reached(world.reminder(competition, gate, audience)) == people
    everyone = world.reminder(competition, gate, *AUDIENCES[gate])
    assert reached(everyone) == {alone.email, small.members[0].email, organizer.email}


def test_whose_place_is_not_confirmed(world: World, competition: Competition) -> None:
    people = {state: world.registration(world.person(), competition, state) for state in State}
    world.registration(world.person(), world.competition(), State.OFFERED)
    reminder = world.reminder(competition, Gate.REGISTRATION, Audience.UNCONFIRMED)
    offered, lapsed = people[State.OFFERED].user, people[State.LAPSED].user
    assert reached(reminder) == {offered.email, lapsed.email}
    with travel(close_of(competition, Gate.REGISTRATION) - DAY, tick=False):
        assert actions.send_due_reminders() == 2
    text = db.session.scalars(select(Letter.text)).first()
    assert text and "You were offered a place" in text
    assert "http://localhost/en/c/registration" in text


@pytest.mark.parametrize("gate", [Gate.CHALLENGE_CHOICE, Gate.SUBMISSION])
def test_whose_team_has_not_done_it(world: World, competition: Competition, gate: Gate) -> None:
    done, waiting = world.team(competition, 2), world.team(competition, 2)
    world.submission(done)
    world.submission(waiting, handed_in=False)
    captain, member = waiting.members
    assert reached(world.reminder(competition, gate, Audience.CAPTAINS)) == {captain.email}
    both_kinds = world.reminder(competition, gate, Audience.CAPTAINS, Audience.MEMBERS)
    assert reached(both_kinds) == {captain.email, member.email}


def test_which_mentors_and_judges_still_have_something_to_do(
    world: World, competition: Competition
) -> None:
    team, other, idle = (world.team(competition) for _ in range(3))
    submission, others = world.submission(team), world.submission(other)
    done, waiting = world.mentor(competition, team), world.mentor(competition, team, other)
    world.mentor(competition, idle)  # its team has nothing to read
    world.feedback(done, submission)
    world.feedback(waiting, submission)
    world.feedback(waiting, others, sent=False)
    world.criterion(competition)
    criteria = len(competition.criteria)
    db.session.expire(competition, ["criteria"])
    busy, ready = world.judge(competition), world.judge(competition)
    gone = world.judge(competition, dismissed_at=datetime.now(UTC))
    world.judge(competition)  # with nothing to read
    world.review(busy, submission)
    world.review(gone, submission)
    world.review(ready, submission, *[3] * len(competition.criteria))
    assert criteria
    feedback = world.reminder(competition, Gate.FEEDBACK, Audience.MENTORS)
    (reader,) = Readers(competition).of(feedback)
    assert (reader.user, reader.teams) == (waiting.user, [other])
    assert reached(world.reminder(competition, Gate.JUDGING, Audience.JUDGES)) == {busy.user.email}


# -- when ------------------------------------------------------------------------------------


def test_once_for_each_person_and_close(world: World, competition: Competition) -> None:
    ana, luc = world.participant(competition), world.participant(competition)
    luc.language, luc.zone = "fr", "America/Vancouver"
    reminder = world.reminder(competition, Gate.TEAM_CHANGES, Audience.TEAMLESS)
    close = close_of(competition, Gate.TEAM_CHANGES)
    with travel(close - DAY - SECOND, tick=False):
        assert actions.send_due_reminders() == 0
    with travel(close - DAY, tick=False):
        assert actions.send_due_reminders() == 2
        assert actions.send_due_reminders() == 0
    with travel(close - SECOND, tick=False):
        late = world.participant(competition)  # who came after it had gone out
        assert actions.send_due_reminders() == 0
    assert letters() == sorted([ana.email, luc.email])
    assert late.email not in letters()
    english, french = db.session.scalars(select(Letter).order_by(Letter.language))
    toronto = moment_text(close, "America/Toronto")
    assert english.subject == f"To do before {toronto}"
    assert "not in a team yet" in english.text and "⟦words⟧" in english.text
    assert "http://localhost/en/c/teams" in english.text
    assert "Where you are" not in english.text
    assert french.subject.startswith("À faire avant")
    assert "⟦words (fr)⟧" in french.text and "http://localhost/fr/c/teams" in french.text
    assert f"Là où vous êtes\u00a0: {own_moment_in('fr', close)}" in french.text
    entry = db.session.scalars(select(Entry)).one()
    assert (entry.deed, entry.actor, entry.details) == (
        "reminder_sent",
        None,
        {"gate": "team_changes", "letters": 2},
    )
    assert [row.finished_at is not None for row in reminder.rounds] == [True]


def test_nobody_is_reminded_of_a_close_that_has_passed(
    world: World, competition: Competition
) -> None:
    world.participant(competition)
    world.reminder(competition, Gate.TEAM_CHANGES, Audience.TEAMLESS)
    with travel(close_of(competition, Gate.TEAM_CHANGES), tick=False):
        assert actions.send_due_reminders() == 0


def test_nothing_goes_out_of_a_draft(world: World) -> None:
    competition = world.competition("draft", published_at=None)
    world.participant(competition)
    world.reminder(competition, Gate.TEAM_CHANGES, Audience.TEAMLESS)
    with travel(close_of(competition, Gate.TEAM_CHANGES) - DAY, tick=False):
        assert actions.send_due_reminders() == 0


def test_an_extension_moves_it_and_undoing_moves_it_back(
    world: World, competition: Competition
) -> None:
    world.participant(competition)
    world.reminder(competition, Gate.TEAM_CHANGES, Audience.TEAMLESS)
    close = close_of(competition, Gate.TEAM_CHANGES)
    extension = world.extension(competition, Gate.TEAM_CHANGES, 3 * DAY)
    with travel(close - DAY, tick=False):
        assert actions.send_due_reminders() == 0
        extension.undone_at = datetime.now(UTC)
        db.session.flush()
        assert actions.send_due_reminders() == 1


def test_an_extension_lets_what_was_sent_go_out_again(
    world: World, competition: Competition
) -> None:
    ana = world.participant(competition)
    reminder = world.reminder(competition, Gate.TEAM_CHANGES, Audience.TEAMLESS)
    close = close_of(competition, Gate.TEAM_CHANGES)
    with travel(close - DAY, tick=False):
        assert actions.send_due_reminders() == 1
    world.extension(competition, Gate.TEAM_CHANGES, 3 * DAY, created_at=close - DAY / 2)
    with travel(close + 2 * DAY, tick=False):
        assert actions.send_due_reminders() == 1
        assert actions.send_due_reminders() == 0
    assert letters() == [ana.email, ana.email]
    assert [row.closes_at for row in reminder.rounds] == [close, close + 3 * DAY]


def test_who_has_just_read_of_an_extension_gets_no_reminder_at_once(
    world: World, competition: Competition
) -> None:
    world.participant(competition)
    world.reminder(competition, Gate.TEAM_CHANGES, Audience.TEAMLESS)
    close = close_of(competition, Gate.TEAM_CHANGES)
    with travel(close - DAY, tick=False):
        assert actions.send_due_reminders() == 1
    hour = timedelta(hours=1)
    world.extension(competition, Gate.TEAM_CHANGES, hour, created_at=close - hour)
    with travel(close, tick=False):
        assert actions.send_due_reminders() == 0
        assert plans_of(competition)[0].due_at is None


def test_a_team_with_more_time_is_reminded_before_its_own_close(
    world: World, competition: Competition
) -> None:
    team, own = world.team(competition, 1), world.team(competition, 1)
    world.reminder(competition, Gate.SUBMISSION, Audience.MEMBERS)
    close = close_of(competition, Gate.SUBMISSION)
    grant(own, Gate.SUBMISSION, closes_at=close + 2 * DAY, reason=both("reason"), by=None)
    with travel(close - DAY, tick=False):
        assert actions.send_due_reminders() == 1
        assert letters() == [team.members[0].email]
    with travel(close + DAY, tick=False):
        assert actions.send_due_reminders() == 1
        assert actions.send_due_reminders() == 0
    assert letters() == sorted([team.members[0].email, own.members[0].email])
    last = db.session.scalars(select(Letter).where(Letter.address == own.members[0].email)).all()
    assert moment_text(close + 2 * DAY, "America/Toronto") in last[-1].subject


def test_a_long_list_goes_out_in_batches(
    world: World, competition: Competition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    people = [world.participant(competition) for _ in range(5)]
    reminder = world.reminder(competition, Gate.TEAM_CHANGES, Audience.TEAMLESS)
    with travel(close_of(competition, Gate.TEAM_CHANGES) - DAY, tick=False):
        written = [actions.send_due_reminders() for _ in range(4)]
    assert written == [2, 2, 1, 0]
    assert letters() == sorted(person.email for person in people)
    assert reminder.rounds[0].finished_at is not None


def test_looking_for_what_is_due_costs_one_query_when_nothing_is_announced(
    app: Flask, world: World
) -> None:
    competition = world.competition(gates="closed")
    world.reminder(competition, Gate.TEAM_CHANGES, Audience.TEAMLESS)
    db.session.flush()
    with queries(app) as sent:
        assert actions.send_due_reminders() == 0
    assert len(sent) == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_workers_write_each_letter_once(tmp_path: Path, kind: str) -> None:
    with own_app(tmp_path, kind) as app:
        world = World(app)
        competition = world.competition("c")
        window = next(w for w in competition.windows if w.gate is Gate.TEAM_CHANGES)
        window.closes_at = datetime.now(UTC) + timedelta(hours=12)
        for _ in range(30):
            world.participant(competition)
        world.reminder(competition, Gate.TEAM_CHANGES, Audience.TEAMLESS)
        db.session.commit()
        db.session.remove()
        together = threading.Barrier(3)

        def work() -> None:
            with app.app_context():
                together.wait(20)
                for _ in range(3):
                    actions.send_due_reminders()
                    db.session.commit()
                db.session.remove()

        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert len(letters()) == 30 == len(set(letters()))
        assert len(db.session.scalars(select(Reminded)).all()) == 30
        assert [e.details["letters"] for e in db.session.scalars(select(Entry))] == [30]


# -- the organizers' pages -------------------------------------------------------------------

MANAGE = "/en/c/manage"


def test_planning_a_reminder_looking_at_it_and_removing_it(
    world: World, competition: Competition
) -> None:
    user = world.organizer(competition)
    organizer = world.client(user)
    world.participant(competition)
    here = f"{MANAGE}/dates/team_changes/reminder"
    assert "Participants without a team" in organizer.get(here).text
    typed = {"number": "3", "unit": "days", "audience": ["teamless", "small_teams"]}
    for change, field in (
        ({"number": "0"}, "number"),
        ({"number": "31"}, "number"),
        ({"number": "25"}, "number"),  # five days ago
        ({"audience": []}, "audience"),
        ({"audience": ["judges"]}, "audience"),
        ({"words-en": "Hurry."}, "words"),
    ):
        answer = organizer.post(here, data={**typed, **change})
        assert answer.status_code == 422, change
        assert "Hurry." in answer.text or field != "words"
    assert db.session.scalars(select(Reminder)).all() == []

    words = {"words-en": "Hurry.", "words-fr": "Vite."}
    assert organizer.post(here, data=typed | words).location == f"{MANAGE}/reminders"
    reminder = db.session.scalars(select(Reminder)).one()
    assert (reminder.before, reminder.audience, reminder.words) == (
        3 * DAY,
        ["teamless", "small_teams"],
        Localized(en="Hurry.", fr="Vite."),
    )
    page = organizer.get(f"{MANAGE}/reminders").text
    due = close_of(competition, Gate.TEAM_CHANGES) - 3 * DAY
    assert "3 days before" in page and moment_text(due, "America/Toronto") in page
    assert "it would reach 1 person" in page and "Hurry." in page

    there = f"{MANAGE}/reminders/{reminder.id}"
    assert organizer.post(f"{there}/sample").status_code == 302
    assert letters() == [user.email]
    assert organizer.post(f"{there}/removal").status_code == 302
    assert db.session.scalars(select(Reminder)).all() == []
    assert "team changes" in organizer.get(f"{MANAGE}/journal").text


def test_a_reminder_by_the_clock_of_what_is_not_announced(
    world: World, competition: Competition
) -> None:
    organizer = world.client(world.organizer(competition))
    for window in list(competition.windows):
        competition.windows.remove(window)
    db.session.flush()
    assert organizer.get(f"{MANAGE}/reminders").status_code == 200
    typed = {"number": "3", "unit": "days", "audience": ["organizers"]}
    answer = organizer.post(f"{MANAGE}/dates/judging/reminder", data=typed)
    assert (answer.status_code, "Set the dates" in answer.text) == (422, True)


def test_the_list_costs_the_same_however_long(
    app: Flask, world: World, competition: Competition
) -> None:
    organizer = world.client(world.organizer(competition))
    world.team(competition)

    def more() -> None:
        world.participant(competition)
        world.reminder(competition, Gate.TEAM_CHANGES, Audience.TEAMLESS, Audience.SMALL_TEAMS)
        world.reminder(competition, Gate.SUBMISSION)

    more()
    one = cost(app, organizer, f"{MANAGE}/reminders")
    for _ in range(4):
        more()
    assert cost(app, organizer, f"{MANAGE}/reminders") == one < 20
