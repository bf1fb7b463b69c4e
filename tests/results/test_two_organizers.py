"""Two organizers at once: who waited for the other goes by what is there now."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hackathon import create_app
from hackathon.competitions.models import Competition, Organizer
from hackathon.extensions import db
from hackathon.ground.model import Model
from hackathon.post.models import Letter
from hackathon.results import actions, publishing
from hackathon.results.actions import Given
from hackathon.results.models import Amendment, Honour, Reply
from hackathon.results.queries import digest_of, unanswered
from tests.conftest import new_database, settings_for
from tests.world import World, both, marked


@pytest.fixture
def site(tmp_path: Path) -> Any:
    """A site of its own, whose transactions really end, with an honoured project."""
    app = create_app(settings_for(new_database("postgresql", tmp_path), tmp_path))
    with app.app_context():
        Model.metadata.create_all(db.engine)
        world = World(app)
        competition = world.competition(gates="closed")
        world.honour(world.submission(world.team(competition)))
        world.organizer(competition)
        db.session.commit()
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


def seen() -> tuple[Competition, Honour, Any]:
    """What a request reads before it waits."""
    competition = db.session.scalars(select(Competition)).one()
    honour = db.session.scalars(select(Honour)).one()
    assert honour.citation == both("citation")
    assert not competition.second_person_confirms
    return competition, honour, db.session.scalars(select(Organizer)).one().user


def meanwhile(app: Any, act: Callable[..., Any]) -> None:
    """Somebody else does this, and is faster."""

    def other() -> None:
        with app.app_context():
            act(*seen())
            db.session.commit()
            db.session.remove()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join(30)


def test_a_decision_does_not_replace_one_that_its_page_did_not_show(site: Any) -> None:
    _, honour, person = seen()
    known = digest_of([honour])

    def theirs(_: Competition, honour: Honour, by: Any) -> None:
        given = {honour.submission: Given(1, both("theirs"))}
        actions.decide(honour.prize, given, reason="So.", by=by)

    meanwhile(site, theirs)
    given = {honour.submission: Given(1, both("mine"))}
    with pytest.raises(actions.DecidedMeanwhile):
        actions.decide(honour.prize, given, reason="So.", seen=known, by=person)
    assert honour.citation == both("theirs")


def test_a_second_correction_keeps_what_the_first_made_public(site: Any) -> None:
    competition, honour, person = seen()
    publishing.release(competition, by=person)
    db.session.commit()
    competition, honour, person = seen()

    def correct(competition: Competition, honour: Honour, by: Any, name: str) -> None:
        publishing.correct_citation(
            competition, honour, citation=both(name), note=both("note"), by=by
        )

    meanwhile(site, lambda *them: correct(*them, "theirs"))
    correct(competition, honour, person, "mine")
    before = [
        each.before[0]["citation"]
        for each in db.session.scalars(select(Amendment).order_by(Amendment.created_at))
    ]
    assert before == [dict(both("citation")), dict(both("theirs"))]


def test_a_correction_does_not_replace_one_that_its_page_did_not_show(site: Any) -> None:
    competition, honour, person = seen()
    publishing.release(competition, by=person)
    db.session.commit()
    competition, honour, person = seen()
    known = digest_of([honour])

    def correct(name: str, by: Any, seen: str | None = None) -> None:
        publishing.correct_citation(
            competition, honour, citation=both(name), note=both("note"), seen=seen, by=by
        )

    def theirs(competition: Competition, honour: Honour, by: Any) -> None:
        publishing.correct_citation(
            competition, honour, citation=both("theirs"), note=both("note"), by=by
        )

    meanwhile(site, theirs)
    with pytest.raises(publishing.CorrectedMeanwhile) as refused:
        correct("mine", person, known)
    assert marked("theirs") in str(refused.value)
    assert honour.citation == both("theirs")


def test_who_corrects_what_is_no_longer_given_is_told(site: Any) -> None:
    competition, honour, person = seen()
    publishing.release(competition, by=person)
    db.session.commit()
    competition, honour, person = seen()

    def takes_it_back(competition: Competition, honour: Honour, by: Any) -> None:
        prize = honour.prize
        publishing.withdraw(competition, note=both("why"), by=by)
        actions.decide(prize, {}, reason="So.", by=by)

    meanwhile(site, takes_it_back)
    with pytest.raises(publishing.NotPublic):
        publishing.correct_citation(
            competition, honour, citation=both("mine"), note=both("note"), by=person
        )


def test_a_team_that_answers_a_prize_taken_back_is_told(site: Any) -> None:
    _, honour, person = seen()
    meanwhile(site, lambda _, honour, by: actions.decide(honour.prize, {}, reason="So.", by=by))
    with pytest.raises(actions.TakenBack):
        actions.respond(honour, reply=Reply.ACCEPTED, contact="Here.", by=person)


def test_two_who_remind_of_a_prize_write_one_letter(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    competition, honour, person = seen()
    honour.prize.gift = both("gift")
    publishing.release(competition, by=person)
    db.session.commit()
    competition, honour, person = seen()
    assert [each.id for each in unanswered(competition)] == [honour.id]

    def remind(its: Competition, _: Honour, by: Any) -> None:
        actions.remind_of_prizes(its, by=by)

    asked = actions.reminded_of_prizes
    other = threading.Thread(target=meanwhile, args=(site, remind))

    def and_another_asks(its: Competition) -> set[Any]:
        lately = asked(its)
        if threading.current_thread() is threading.main_thread():
            other.start()
            other.join(1)  # it waits for this one
        return lately

    monkeypatch.setattr(actions, "reminded_of_prizes", and_another_asks)
    assert actions.remind_of_prizes(competition, by=person) == 1
    db.session.commit()
    other.join(30)
    written = db.session.scalars(select(Letter).where(Letter.name == "prize_unclaimed")).all()
    assert len(written) == 1


def test_who_releases_knows_that_a_second_person_is_asked_for(site: Any) -> None:
    competition, _, person = seen()
    meanwhile(site, lambda its, _, by: actions.ask_for_confirmation(its, needed=True, by=by))
    with pytest.raises(actions.NotSealed):
        publishing.release(competition, by=person)
