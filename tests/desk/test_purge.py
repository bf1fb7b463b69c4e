"""What is past its time is forgotten, once, and the journal says how much."""

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.accounts.models import User
from hackathon.competitions.models import Competition, Inquiry
from hackathon.desk import forgetting
from hackathon.desk.models import DailyChore
from hackathon.extensions import db
from hackathon.journal.deeds import Deed, sentence
from hackathon.journal.models import Entry
from hackathon.mentoring.models import Conflict
from hackathon.post.models import Letter
from hackathon.questions.models import Questionnaire
from hackathon.registrations.models import Answer, Registration, RegistrationChange
from hackathon.registrations.states import State
from hackathon.submissions.models import SubmissionAnswer
from hackathon.teams.models import (
    ChallengeRequest,
    Invitation,
    JoinRequest,
    Merger,
    Seeker,
    TeamAnswer,
    Vacancy,
)
from hackathon.workshops.models import SignUp
from tests.apps import own_app
from tests.world import World

NOW = datetime.now(UTC)


def rows(kind: Any) -> list[Any]:
    return list(db.session.scalars(select(kind).order_by(kind.id)))


def ended(world: World, days: float, **others: Any) -> Competition:
    """A competition that ended so many days ago, with something of everything personal."""
    competition = world.competition(gates="closed", **others)
    for window in competition.windows:
        window.opens_at = NOW - timedelta(days=days + 30)
        window.closes_at = NOW - timedelta(days=days)
    team = world.team(competition, 2)
    world.invitation(team, "friend@example.org")
    entry = team.memberships[0].registration
    work = world.submission(team, handed_in=False)
    entry.birth_date, entry.changes[0].reason = date(1990, 4, 17), "a reason"
    for personal in (True, False):
        world.answer(entry, world.question(competition, personal=personal), "word")
        asked = {"questionnaire": Questionnaire.TEAM, "personal": personal}
        world.team_answer(team, world.question(competition, **asked), "word")
        asked["questionnaire"] = Questionnaire.SUBMISSION
        world.submission_answer(work, world.question(competition, **asked), "word")
    challenge = world.challenge(competition)
    world.inquiry(challenge, asker=team.captain)
    world.inquiry(challenge, asker=team.captain, answered_at=NOW, published_at=NOW)
    world.seeker(entry)
    world.vacancy(team)
    other = world.team(competition, 0)
    world.join_request(entry, other)
    world.challenge_request(team, challenge)
    world.merger(team, other)
    session = world.session(competition)
    world.sign_up(session)
    world.sign_up(session, team.captain)
    world.conflict(world.judge(competition).user, team)
    world.letter(competition, sent_at=NOW)
    world.letter(competition)
    return competition


WHOLE = {
    **{"registrations": 4, "birth_dates": 1, "answers": 1, "team_answers": 1},
    **{"submission_answers": 1, "reasons": 1},
    **{"inquiries": 2, "invitations": 1, "searches": 2, "requests": 1},
    **{"wishes": 1, "mergers": 1},
    **{"sign_ups": 1, "conflicts": 1, "letters": 1},
}


def test_what_is_past_its_time_goes_and_the_rest_stays(app: Flask, world: World) -> None:
    past, lately = ended(world, 366), ended(world, 364)
    assert forgetting.purge() == {past: WHOLE}
    assert [r.residence for r in rows(Registration)] == [None] * 4 + ["QC"] * 4
    assert [r.birth_date is None for r in rows(Registration)] == [True] * 4 + [
        *(False, True, True, True)
    ]
    assert [change.reason for change in rows(RegistrationChange)] == [""] * 4 + [
        *("a reason", "", "", "")
    ]
    for kind in (Answer, TeamAnswer, SubmissionAnswer):
        assert [row.question.personal for row in rows(kind)] == [False, True, False]
    assert [(i.text, i.asker is None) for i in rows(Inquiry)] == [
        ("", True),
        *[("⟦text⟧", False)] * 2,
    ]
    assert [i.team.competition_id for i in rows(Invitation)] == [lately.id]
    assert [len(rows(kind)) for kind in (Seeker, Vacancy, JoinRequest, Merger)] == [1, 1, 1, 1]
    assert [wish.reason for wish in rows(ChallengeRequest)] == ["", "⟦why another⟧"]
    assert len(rows(SignUp)) == 3  # two of the later one, and the seat of an account
    assert [c.reason for c in rows(Conflict)] == ["", "⟦reason⟧"]
    letters = sorted((x.competition_id == past.id, x.text, x.address) for x in rows(Letter))
    assert letters == [
        (False, "⟦text⟧", "someone@example.org"),
        (False, "⟦text⟧", "someone@example.org"),
        (True, "", ""),
    ]
    (entry,) = rows(Entry)
    assert (entry.deed, entry.competition_id) == (Deed.PERSONAL_DATA_PURGED.value, past.id)
    assert (entry.details, entry.actor_id) == ({"counts": WHOLE}, None)
    with app.test_request_context("/en/"):
        assert sentence(entry, "UTC") == (
            "Personal data was forgotten because its time had come: registrations (4), "
            "dates of birth (1), personal answers at registration (1), personal answers of teams "
            "(1), personal answers about submissions (1), reasons of decisions on registrations "
            "(1), questions about challenges (2), "
            "invitations (1), searches for teams and people (2), requests to join a team (1), "
            "reasons of requests for another challenge (1), proposals to merge teams (1), "
            "sign-ups of guests (1), reasons of conflicts of interest (1), letters (1)."
        )


def test_a_second_purge_finds_nothing(world: World) -> None:
    ended(world, 400)
    assert len(forgetting.purge()) == 1
    assert forgetting.purge() == {}
    assert len(rows(Entry)) == 1


def test_organizers_choose_how_long(world: World) -> None:
    short = ended(world, 11, personal_days=10)
    ended(world, 11, personal_days=12)
    assert list(forgetting.purge()) == [short]


def test_an_extension_moves_the_end(world: World) -> None:
    competition = ended(world, 366)
    world.extension(competition, competition.windows[0].gate, closes_at=NOW - timedelta(days=300))
    db.session.expire_all()
    assert forgetting.purge() == {}


def test_without_dates_there_is_no_end(world: World) -> None:
    competition = ended(world, 5000)
    for window in list(competition.windows):
        db.session.delete(window)
    db.session.flush()
    db.session.expire_all()
    assert forgetting.purge() == {}


def test_needs_go_once_a_person_takes_part_in_nothing_any_more(world: World) -> None:
    past, lately = ended(world, 366), ended(world, 364)
    people = [world.person(accessibility="captions", pronouns="they") for _ in range(5)]
    gone, in_both, left, only_lately, new = people
    for person, competition, state in (
        (gone, past, State.REGISTERED),
        (in_both, past, State.REGISTERED),
        (in_both, lately, State.REGISTERED),
        (left, past, State.REGISTERED),
        (left, lately, State.WITHDRAWN),
        (only_lately, lately, State.REGISTERED),
    ):
        world.registration(person, competition, state)
    assert forgetting.purge()[None] == {"needs": 2}
    kept = [person for person in people if person.accessibility]
    assert kept == [in_both, only_lately, new]
    assert {person.pronouns for person in people} == {"they"}


def test_accounts_never_confirmed_go_after_thirty_days(world: World) -> None:
    old = NOW - timedelta(days=31)
    gone = world.person(confirmed_at=None, created_at=old)
    world.person(confirmed_at=None, created_at=NOW - timedelta(days=29))
    world.person(created_at=old)
    with_a_part = world.person(confirmed_at=None, created_at=old)
    world.judge(world.competition(), user=with_a_part)
    world.letter(world.competition(), address=gone.email, recipient_id=gone.id)
    before, key = set(db.session.scalars(select(User.id))), gone.id
    assert forgetting.purge() == {None: {"accounts": 1}}
    assert before - set(db.session.scalars(select(User.id))) == {key}
    assert rows(Letter) == []


def test_the_text_of_letters_is_kept_for_a_while(world: World) -> None:
    competition = world.competition()
    reader = world.person()
    old = NOW - timedelta(days=181)
    emptied = world.letter(competition, created_at=old, sent_at=old, recipient_id=reader.id)
    guest = world.letter(competition, created_at=old, sent_at=old)
    world.letter(competition, created_at=old)  # still tried
    world.letter(competition, created_at=NOW - timedelta(days=179), sent_at=NOW)
    assert forgetting.purge() == {None: {"letters": 2}}
    db.session.expire_all()
    assert sorted(bool(letter.text) for letter in rows(Letter)) == [False, False, True, True]
    assert (emptied.address, guest.address) == ("someone@example.org", "")


def test_the_last_letter_of_a_deleted_account_goes_once_sent(world: World) -> None:
    forgetting.delete_account(world.person())
    forgetting.purge()
    (letter,) = rows(Letter)
    letter.sent_at = NOW
    forgetting.purge()
    assert rows(Letter) == []


def test_emptied_letters_say_so(world: World) -> None:
    competition = ended(world, 400)
    forgetting.purge()
    client = world.client(world.organizer(competition))
    assert "Forgotten" in client.get(f"/en/{competition.slug}/manage/letters").text
    (letter,) = rows(Letter)
    page = client.get(f"/en/{competition.slug}/manage/letters/{letter.id}").text
    assert "The text of this letter was forgotten" in page
    people = client.get(f"/en/{competition.slug}/manage/people")
    assert people.status_code == 200
    assert client.get(f"/en/{competition.slug}/manage/people.csv").status_code == 200


# -- once a day ------------------------------------------------------------------------------


def test_once_a_day(world: World) -> None:
    ended(world, 400)
    assert forgetting.purge_daily() == sum(WHOLE.values())
    ended(world, 400)
    assert forgetting.purge_daily() == 0
    (row,) = rows(DailyChore)
    row.done_at = NOW - timedelta(days=1, seconds=1)
    db.session.flush()
    assert forgetting.purge_daily() == sum(WHOLE.values())
    assert forgetting.purge_daily() == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("first_time", [True, False])
def test_two_workers_take_one_turn(tmp_path: Path, kind: str, first_time: bool) -> None:
    """Both start at once; the second waits for the first and finds that it was done."""
    with own_app(tmp_path, kind) as app:
        if not first_time:
            db.session.add(DailyChore(name="purge", done_at=NOW - timedelta(days=2)))
        db.session.commit()
        turns = both_at_once(app)
    assert sorted(turns) == [False, True]


def both_at_once(app: Flask) -> list[bool]:
    ready, turns = threading.Barrier(2), []

    def work() -> None:
        with app.app_context():
            ready.wait()
            turns.append(forgetting._today("purge"))
            db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return turns


def test_the_demo_forgets_nothing_by_itself(tmp_path: Path) -> None:
    with own_app(tmp_path, mode="demo") as app:
        ended(World(app), 400)
        assert forgetting.purge_daily() == 0
        assert rows(DailyChore) == []


# -- the command -----------------------------------------------------------------------------


def test_the_command(app: Flask, world: World) -> None:
    competition = ended(world, 400)
    slug = competition.slug
    db.session.commit()
    run = app.test_cli_runner().invoke
    said = ", ".join(f"{number} {what.replace('_', '-')}" for what, number in WHOLE.items())
    dry = run(args=["purge", "--dry-run"])
    assert (dry.exit_code, dry.output) == (0, f"{slug}: {said} would be forgotten.\n")
    assert rows(Registration)[0].residence == "QC"
    real = run(args=["purge"])
    assert real.output == f"{slug}: {said} are forgotten.\n"
    db.session.expire_all()
    assert rows(Registration)[0].residence is None
    assert run(args=["purge"]).output == "Nothing is past its time.\n"


# -- what is said of it ----------------------------------------------------------------------


def test_the_page_about_it_names_the_days(world: World) -> None:
    competition = world.competition(personal_days=90)
    page = world.client().get(f"/en/{competition.slug}/privacy").text
    assert "kept for 90 days after the end" in page
    assert "By the present dates" in page
    world.competition(personal_days=1)


def test_organizers_set_the_days(world: World) -> None:
    competition = world.competition()
    client = world.client(world.organizer(competition))
    edit = f"/en/{competition.slug}/manage/edit"
    given = {
        "slug": competition.slug,
        **{"zone": "America/Toronto", "team_min": "1", "team_max": "5", "country": ""},
        "size_warning_hours": "48",
        **{
            f"{name}-{language}": "word"
            for name in ("name", "tagline", "summary", "description", "how_to_enter")
            for language in ("en", "fr")
        },
    }
    for wrong in ("0", "3651", "", "many"):
        assert client.post(edit, data={**given, "personal_days": wrong}).status_code == 422
    assert client.post(edit, data={**given, "personal_days": "30"}).status_code == 302
    db.session.expire_all()
    assert competition.personal_days == 30
