"""Composing questions, and what must never be."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.questions import actions
from hackathon.questions.actions import Choice
from hackathon.questions.fields import Filled, Sheet
from hackathon.questions.models import Kind, Option, Question, Questionnaire
from hackathon.questions.queries import questions_in
from hackathon.registrations.actions import answer
from hackathon.registrations.models import Registration
from hackathon.registrations.queries import registration_of, sheet_for
from tests.world import World, both

REGISTRATION = Questionnaire.REGISTRATION


def written(question: Question, **others: Any) -> dict[str, Any]:
    """A question written as it is, but for some things."""
    there = [Choice(o.key, o.label, o.position, o.retired_at is not None) for o in question.options]
    return {"label": question.label, "options": there, **others}


def registration(world: World, competition: Any) -> Registration:
    found = registration_of(world.participant(competition), competition)
    assert found is not None
    return found


def say(entry: Registration, given: dict[Question, Any]) -> None:
    sheet = sheet_for(entry.competition, entry)
    filled = Filled(sheet, {question.key: value for question, value in given.items()})
    answer(entry, filled, by=entry.user)


def answers(entry: Registration) -> dict[Any, Any]:
    return {row.question_id: row.value for row in entry.answers}


def test_options_get_keys_that_stay(world: World) -> None:
    competition = world.competition()
    by = world.organizer(competition)
    question = Question(
        competition_id=competition.id, questionnaire=REGISTRATION, kind=Kind.ONE, label=both("q")
    )
    same = Localized(en="Not now", fr="Pas maintenant")
    options = [Choice(None, same, 1), Choice(None, same, 2), Choice(None, Localized(), 3)]
    actions.write(question, options=options, by=by)
    assert [option.key for option in question.options] == ["not-now", "not-now-2"]
    renamed = [Choice("not-now", both("Later"), 5), Choice("not-now-2", same, 1)]
    actions.write(question, **written(question, options=renamed), by=by)
    assert [option.key for option in question.options] == ["not-now-2", "not-now"]


def test_an_option_is_taken_away_and_written_anew(world: World) -> None:
    competition = world.competition()
    question = world.question(competition, Kind.ONE, "red", "blue")
    gone = [Choice("red", Localized(), 1), Choice("blue", both("blue"), 2)]
    anew = Choice(None, Localized(en="Red", fr="Rouge"), 3)
    by = world.organizer(competition)
    actions.write(question, **written(question, options=[*gone, anew]), by=by)
    assert [option.key for option in question.options] == ["blue", "red-2"]


def test_a_public_competition_asks_in_both_languages(world: World) -> None:
    competition = world.competition()
    by = world.organizer(competition)
    question = world.question(competition)
    with pytest.raises(actions.Unfinished):
        actions.write(question, **written(question, label=Localized(en="Why?")), by=by)
    competition.published_at = None
    actions.write(question, **written(question, label=Localized(en="Why?")), by=by)
    assert question.asked.retired  # not asked before the French is there


def test_a_chosen_option_is_retired_and_not_removed(world: World) -> None:
    competition = world.competition()
    by = world.organizer(competition)
    question = world.question(competition, Kind.SEVERAL, "a", "b")
    entry = registration(world, competition)
    say(entry, {question: ["a"]})
    db.session.refresh(question)
    for option in question.options:
        db.session.refresh(option)
    without = [Choice("a", Localized(), 1), Choice("b", Localized(), 2)]
    with pytest.raises(actions.OptionChosen):
        actions.write(question, **written(question, options=without), by=by)
    retired = [Choice("a", both("a"), 1, retired=True), Choice("b", both("b"), 2)]
    actions.write(question, **written(question, options=retired), by=by)
    assert [option.key for option in question.offered] == ["b"]
    assert answers(entry) == {question.id: ["a"]}


def test_an_option_that_leads_somewhere_stays(world: World) -> None:
    competition = world.competition()
    parent = world.question(competition, Kind.ONE, "a", "b")
    world.question(competition, parent_id=parent.id, parent_answers=["a"])
    without = [Choice("a", Localized(), 1), Choice("b", both("b"), 2)]
    with pytest.raises(actions.OptionFollowed):
        actions.write(parent, **written(parent, options=without), by=world.organizer(competition))


def test_an_answered_question_is_retired_and_not_removed(world: World) -> None:
    competition = world.competition()
    by = world.organizer(competition)
    question = world.question(competition)
    say(registration(world, competition), {question: "x"})
    db.session.refresh(question)
    with pytest.raises(actions.Answered):
        actions.remove(question, by=by)
    actions.retire(question, by=by)
    assert question.retired_at is not None
    actions.restore(question, by=by)
    assert question.retired_at is None
    actions.remove(world.question(competition), by=by)
    assert questions_in(competition, REGISTRATION) == [question]


def test_what_is_followed_is_not_removed_and_circles_are_refused(world: World) -> None:
    competition = world.competition()
    by = world.organizer(competition)
    first = world.question(competition)
    second = world.question(competition, parent_id=first.id)
    with pytest.raises(actions.Followed):
        actions.remove(first, by=by)
    with pytest.raises(actions.GoesInCircles):
        actions.write(first, **written(first, parent_id=second.id), by=by)


def test_the_database_keeps_the_kind_of_an_answered_question(world: World) -> None:
    competition = world.competition()
    question = world.question(competition)
    world.answer(registration(world, competition), question, "x")
    with pytest.raises(IntegrityError), db.session.begin_nested():
        question.kind = Kind.NUMBER
        db.session.flush()


def test_moving_swaps_with_the_neighbour_that_follows_the_same(world: World) -> None:
    competition = world.competition()
    by = world.organizer(competition)
    first, follower, second = (world.question(competition) for _ in range(3))
    follower.parent_id = first.id
    db.session.flush()
    actions.move(second, up=True, by=by)
    assert questions_in(competition, REGISTRATION)[0] == second
    actions.move(second, up=True, by=by)  # it is the first already
    assert questions_in(competition, REGISTRATION)[0] == second


def test_answers_change_and_go(world: World) -> None:
    competition = world.competition()
    field = world.question(competition, Kind.ONE, "study", "other")
    other = world.question(competition, parent_id=field.id, parent_answers=["other"])
    entry = registration(world, competition)
    say(entry, {field: "other", other: "Art"})
    assert answers(entry) == {field.id: "other", other.id: "Art"}
    assert {row.by_id for row in entry.answers} == {entry.user_id}
    say(entry, {field: "study", other: "Art"})
    assert answers(entry) == {field.id: "study"}


def test_an_option_that_went_meanwhile_is_said_so(world: World) -> None:
    competition = world.competition()
    question = world.question(competition, Kind.ONE, "a", "b")
    entry = registration(world, competition)
    sheet = Sheet(questions_in(competition, REGISTRATION))
    assert [option.key for option in sheet.questions[0].options] == ["a", "b"]
    db.session.execute(Option.__table__.delete().where(Option.key == "a"))
    with pytest.raises(actions.OptionGone):
        answer(entry, Filled(sheet, {question.key: "a"}), by=entry.user)
