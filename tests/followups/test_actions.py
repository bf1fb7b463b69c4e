"""Letters that ask what became of a project: when, to whom, once; and what comes of the answers."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from hackathon import create_app
from hackathon.desk.forgetting import delete_account
from hackathon.extensions import db
from hackathon.followups import actions
from hackathon.followups.actions import ask_what_became
from hackathon.followups.models import (
    FollowUp,
    FollowUpAnswer,
    FollowUpLink,
    FollowUpRefusal,
    Outcome,
)
from hackathon.followups.personal import SHARE
from hackathon.followups.queries import answers_shown, due_at, link_with, months_later
from hackathon.ground.localized import Localized
from hackathon.ground.model import Model
from hackathon.post.models import Letter
from hackathon.teams.models import Membership
from tests.conftest import new_database, settings_for
from tests.world import World

SAID = {
    "outcome": Outcome.USED,
    "words": "A city uses it.",
    "language": "en",
    "address": "https://example.org/",
    "agreed": True,
}


def ended(world: World, days: int = 200, **others: Any) -> Any:
    """A competition that ended so long ago, with its results, and a team of two that handed in."""
    competition = world.competition(gates="closed", **{"personal_days": 400, **others})
    for window in competition.windows:
        window.opens_at -= timedelta(days=days)
        window.closes_at -= timedelta(days=days)
    world.announcement(competition, datetime.now(UTC) - timedelta(days=days))
    world.submission(world.team(competition, 2))
    return competition


def letters() -> list[Letter]:
    return list(db.session.scalars(select(Letter).where(Letter.name == "follow_up")))


def test_months_are_those_of_the_calendar_and_the_clock() -> None:
    end = datetime(2021, 8, 31, 3, 59, tzinfo=UTC)  # 23:59 on the 30th in Toronto
    assert months_later(end, 6, "America/Toronto") == datetime(2022, 3, 1, 4, 59, tzinfo=UTC)
    assert months_later(end, 12, "America/Toronto") == datetime(2022, 8, 31, 3, 59, tzinfo=UTC)


def test_everyone_in_a_team_whose_work_counts_is_asked_once_in_their_language(
    world: World,
) -> None:
    competition = ended(world)
    world.team(competition, 1)  # handed in nothing
    captain, member = db.session.scalars(select(Membership)).all()[0].team.members
    member.language = "fr"
    world.follow_up(competition, 6)
    assert ask_what_became() == 2
    assert ask_what_became() == 0
    by_address = {letter.address: letter for letter in letters()}
    assert set(by_address) == {captain.email, member.email}
    assert "/fr/" in by_address[member.email].text
    assert "projet" in by_address[member.email].subject
    assert all(letter.competition_id is None for letter in by_address.values())
    assert db.session.scalars(select(FollowUp)).one().finished_at is not None


@pytest.mark.parametrize(
    ("days", "others", "written"),
    [
        (100, {}, 0),  # not six months yet
        (200, {}, 2),
        (200, {"personal_days": 210}, 0),  # too little time to answer
    ],
)
def test_letters_wait_for_their_month_and_leave_time_to_answer(
    world: World, days: int, others: dict[str, int], written: int
) -> None:
    world.follow_up(ended(world, days, **others), 6)
    assert ask_what_became() == written


def test_nobody_is_asked_before_the_results_are_public(world: World) -> None:
    competition = ended(world)
    world.follow_up(competition, 6)
    db.session.execute(
        Model.metadata.tables["announcement"]
        .update()
        .values(publish_at=datetime.now(UTC) + timedelta(days=1))
    )
    db.session.expire_all()
    assert ask_what_became() == 0


def test_who_left_deleted_or_wants_none_gets_no_letter(world: World) -> None:
    competition = ended(world)
    team = world.team(competition, 3)
    world.submission(team)
    stays, leaves, refuses = team.members
    world.add(FollowUpRefusal(competition=competition, user_id=refuses.id))
    db.session.execute(
        delete(Membership).where(
            Membership.registration_id.in_(
                [m.registration_id for m in team.memberships if m.registration.user == leaves]
            )
        )
    )
    db.session.expire_all()
    world.follow_up(competition, 6)
    assert ask_what_became() == 3
    told = {letter.address for letter in letters()}
    assert stays.email in told
    assert not told & {leaves.email, refuses.email}


def test_a_plan_that_meets_forgotten_data_is_refused_and_says_so(world: World) -> None:
    competition = ended(world, 1, personal_days=365)
    organizer = world.organizer(competition)
    with pytest.raises(actions.DataGone) as refusal:
        actions.plan(competition, months=12, words=Localized(), by=organizer)
    assert "30 days" in str(refusal.value)
    actions.plan(competition, months=6, words=Localized(), by=organizer)
    with pytest.raises(actions.AlreadyPlanned):
        actions.plan(competition, months=6, words=Localized(), by=organizer)
    competition.personal_days = 400
    assert actions.plan(competition, months=12, words=Localized(), by=organizer).months == 12


def test_a_plan_is_taken_back_until_somebody_was_written_to(world: World) -> None:
    competition = ended(world)
    follow_up = world.follow_up(competition, 6)
    ask_what_became()
    with pytest.raises(actions.LettersWritten):
        actions.remove(follow_up, by=world.organizer(competition))


def linked(world: World) -> tuple[Any, Any, Any]:
    """A follow-up, and the links of both in the team."""
    competition = ended(world)
    follow_up = world.follow_up(competition, 6)
    team = db.session.scalars(select(Membership)).all()[0].team
    one, two = (world.follow_up_link(follow_up, user, team) for user in team.members)
    return follow_up, one, two


def test_an_answer_overwrites_nothing_unseen_and_keeps_who_agreed(world: World) -> None:
    _, one, two = linked(world)
    given = actions.answer(one, **SAID, seen="")
    assert (given.agreed_by, given.saved_by) == (one.user, one.user)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.answer(two, **SAID, seen="")
    again = actions.answer(two, **{**SAID, "agreed": False}, seen=actions.mark_of(given))
    assert again.id == given.id
    assert (again.agreed_at, again.agreed_by, again.saved_by) == (None, None, two.user)


def test_only_what_the_team_agreed_to_and_nobody_holds_back_is_shown(world: World) -> None:
    follow_up, one, _ = linked(world)
    given = actions.answer(one, **{**SAID, "agreed": False}, seen="")
    submission = given.submission
    assert answers_shown(submission) == []
    given = actions.answer(one, **SAID, seen=actions.mark_of(given))
    assert answers_shown(submission) == [given]
    organizer = world.organizer(follow_up.competition)
    actions.hold_back(given, reason="A name stands in it.", by=organizer)
    assert answers_shown(submission) == []
    with pytest.raises(actions.AlreadyHeldBack):
        actions.hold_back(given, reason="Again.", by=organizer)
    told = db.session.scalars(select(Letter).where(Letter.name == "follow_up_held_back")).one()
    assert (told.address, "A name stands in it." in told.text) == (one.user.email, True)
    given = actions.answer(one, **SAID, seen=actions.mark_of(given))
    assert answers_shown(submission) == []  # new words do not undo it
    actions.show_again(given, by=organizer)
    assert answers_shown(submission) == [given]
    assert actions.withdraw(one)
    assert answers_shown(submission) == []
    assert db.session.scalar(select(func.count(FollowUpAnswer.id))) == 0


def test_an_account_that_goes_leaves_the_words_without_its_person(world: World) -> None:
    _, one, two = linked(world)
    given = actions.answer(one, **SAID, seen="")
    actions.refuse(one)
    SHARE.forget(one.user)
    db.session.expire_all()
    assert (given.saved_by, given.agreed_by, given.words) == (None, None, SAID["words"])
    assert db.session.scalars(select(FollowUpLink)).all() == [two]
    assert db.session.scalar(select(func.count(FollowUpRefusal.id))) == 0


def test_links_go_with_the_personal_data(world: World) -> None:
    follow_up, one, _ = linked(world)
    given = actions.answer(one, **SAID, seen="")
    assert SHARE.expire(follow_up.competition) == {"follow_up_links": 2}
    db.session.expire_all()
    assert given.saved_by is None
    assert link_with(one.token, competition=follow_up.competition) is None
    assert SHARE.expire(follow_up.competition) == {"follow_up_links": 0}


def test_a_link_of_another_competition_is_unknown(world: World) -> None:
    _, one, _ = linked(world)
    assert link_with(one.token, competition=world.competition()) is None


def test_deleting_the_account_shuts_the_link(world: World) -> None:
    follow_up, one, two = linked(world)
    db.session.execute(delete(Membership).where(Membership.team_id == one.team_id))
    db.session.expire_all()
    delete_account(two.user)
    assert link_with(two.token, competition=follow_up.competition) is None


def test_the_day_moves_with_the_end(world: World) -> None:
    competition = ended(world)
    before = due_at(competition, 6)
    for window in competition.windows:
        window.closes_at += timedelta(days=10)
    db.session.flush()
    with time_machine.travel(datetime.now(UTC), tick=False):
        after = due_at(competition, 6)
    assert before and after and timedelta(days=8) < after - before < timedelta(days=12)


# -- two workers -----------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A site of its own, whose transactions really end, with a follow-up that is due."""
    app = create_app(settings_for(new_database(request.param, tmp_path), tmp_path))
    with app.app_context():
        Model.metadata.create_all(db.engine)
        world = World(app)
        world.follow_up(ended(world), 6)
        db.session.commit()
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_two_workers_write_each_letter_once(site: Any) -> None:
    written: dict[str, int] = {}

    def other_worker() -> None:
        with site.app_context():
            written["second"] = ask_what_became()
            db.session.commit()
            db.session.remove()

    written["first"] = ask_what_became()
    second = threading.Thread(target=other_worker)
    second.start()
    second.join(0.3)
    db.session.commit()
    second.join(10)
    assert written == {"first": 2, "second": 0}
    assert len(letters()) == 2


def test_a_worker_that_dies_asks_nobody(site: Any) -> None:
    assert ask_what_became() == 2
    db.session.rollback()
    assert letters() == []
    assert ask_what_became() == 2


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
def test_who_waited_for_their_team_does_not_overwrite_what_it_said(site: Any) -> None:
    ask_what_became()
    db.session.commit()
    one, two = db.session.scalars(select(FollowUpLink.id).order_by(FollowUpLink.id))

    def say(link: Any, words: str, seen: str) -> Any:
        found = db.session.get_one(FollowUpLink, link, options=[joinedload(FollowUpLink.user)])
        return actions.answer(found, **{**SAID, "words": words}, seen=seen)

    first = say(one, "First.", "")
    db.session.commit()
    seen = actions.mark_of(first)  # and the answer stays read, as by a form that was drawn

    def other() -> None:
        with site.app_context():
            say(two, "Theirs.", seen)
            db.session.commit()
            db.session.remove()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join(30)
    with pytest.raises(actions.ChangedMeanwhile):
        say(one, "Mine.", seen)
    assert db.session.scalars(select(FollowUpAnswer.words)).all() == ["Theirs."]
