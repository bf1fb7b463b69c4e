"""Deciding about questions, on made-up ones and on any."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hackathon.questions.asking import (
    Asked,
    arranged,
    asked,
    frozen,
    missing,
    required,
    settled,
)

NOW = datetime(2021, 5, 1, 12, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(days=1), NOW + timedelta(days=1)


def keys(questions: list[Asked]) -> list[str]:
    return [question.key for question in questions]


def test_a_follower_stands_under_the_one_it_follows() -> None:
    questions = [Asked("c", parent="a"), Asked("a"), Asked("b"), Asked("d", parent="c")]
    assert keys(arranged(questions)) == ["a", "c", "d", "b"]


def test_a_chain_of_conditions() -> None:
    chain = [
        Asked("field"),
        Asked("which", parent="field", parent_answers=frozenset({"other"})),
        Asked("why", parent="which"),
    ]
    assert keys(asked(chain, {})) == ["field"]
    assert keys(asked(chain, {"field": "study"})) == ["field"]
    assert keys(asked(chain, {"field": "other"})) == ["field", "which"]
    assert keys(asked(chain, {"field": "other", "which": "art"})) == ["field", "which", "why"]
    # What was written below a condition that no longer holds leads nowhere.
    assert keys(asked(chain, {"field": "study", "which": "art"})) == ["field"]


def test_conditions_on_yes_no_and_on_several() -> None:
    no = Asked("b", parent="a", parent_answers=frozenset({"no"}))
    for value, reached in [(True, False), (False, True), (None, False)]:
        assert (no in asked([Asked("a"), no], {"a": value})) is reached
    some = Asked("b", parent="a", parent_answers=frozenset({"x", "y"}))
    for several, reached in [(["x"], True), (["z", "y"], True), (["z"], False), ([], False)]:
        assert (some in asked([Asked("a"), some], {"a": several})) is reached


def test_no_is_an_answer() -> None:
    question = Asked("a", required=True)
    assert missing([question], {"a": False}, NOW) == []
    assert missing([question], {"a": 0}, NOW) == []
    assert missing([question], {"a": ""}, NOW) == [question]


def test_needed_from_a_moment_on() -> None:
    question = Asked("a", required=True, required_from=NOW)
    assert not required(question, BEFORE)
    assert required(question, NOW)
    assert missing([question], {}, AFTER) == [question]


def test_a_retired_question_takes_its_followers_along() -> None:
    questions = [Asked("a", retired=True), Asked("b", parent="a")]
    assert asked(questions, {"a": "x"}) == []
    # Nobody loses an answer because organizers retired a question.
    assert settled(questions, {"a": "x", "b": "y"}, {}, NOW) == {"a": "x", "b": "y"}


def test_a_question_of_a_challenge_is_for_its_teams() -> None:
    questions = [Asked("all"), Asked("two", challenge="2")]
    assert keys(asked(questions, {})) == ["all"]
    assert keys(asked(questions, {}, "1")) == ["all"]
    assert keys(asked(questions, {}, "2")) == ["all", "two"]
    # Whoever changes challenges and comes back finds what they had answered.
    assert settled(questions, {"two": "x"}, {}, NOW, "1") == {"two": "x"}


def test_an_answer_stands_still_with_all_that_it_hangs_on() -> None:
    questions = [
        Asked("a"),
        Asked("b", parent="a", parent_answers=frozenset({"yes"}), frozen_after=BEFORE),
        Asked("c"),
    ]
    answers = {"a": True, "b": "large", "c": "x"}
    assert frozen(questions, answers, NOW) == {"a", "b"}
    assert settled(questions, answers, {"a": False, "b": "small", "c": "y"}, NOW) == {
        "a": True,
        "b": "large",
        "c": "y",
    }
    assert settled(questions, answers, {"a": False}, NOW, bound=False) == {"a": False, "c": "x"}


def test_a_first_answer_may_come_late() -> None:
    question = Asked("a", frozen_after=BEFORE)
    assert frozen([question], {}, NOW) == set()
    assert settled([question], {}, {"a": "late"}, NOW) == {"a": "late"}


def test_what_is_no_longer_asked_is_dropped() -> None:
    questions = [Asked("a"), Asked("b", parent="a", parent_answers=frozenset({"x"}))]
    assert settled(questions, {"a": "x", "b": "1"}, {"a": "y", "b": "1"}, NOW) == {"a": "y"}


def test_a_question_that_is_unknown_keeps_nothing() -> None:
    assert settled([Asked("a")], {}, {"a": "x", "b": "y"}, NOW) == {"a": "x"}


# -- any questions: a number stands for questions, answers and a chosen challenge -----------------

LETTERS = "abcdef"
CHOICES = ["x", "y", "yes", "no"]
VALUES = [None, True, False, "", *CHOICES, [], ["x"], ["x", "no"]]
anything = given(st.integers(0, 2**32))


class Case:
    def __init__(self, seed: int) -> None:
        chance = Random(seed)
        self.questions = [self.question(chance, place) for place in range(len(LETTERS))]
        chance.shuffle(self.questions)
        self.challenge = chance.choice([None, "1", "2"])
        self.first, self.then = (
            {key: chance.choice(VALUES) for key in LETTERS if chance.random() < 0.7}
            for _ in range(2)
        )

    @staticmethod
    def question(chance: Random, place: int) -> Asked:
        parent = chance.choice([None, *LETTERS[:place]])
        return Asked(
            LETTERS[place],
            parent=parent,
            parent_answers=frozenset(c for c in CHOICES if parent and chance.random() < 0.3),
            challenge=chance.choice([None, None, "1", "2"]),
            required=chance.random() < 0.5,
            frozen_after=chance.choice([None, BEFORE, NOW, AFTER]),
            retired=chance.random() < 0.2,
        )

    def asked(self, answers: dict[str, Any]) -> list[str]:
        return keys(asked(self.questions, answers, self.challenge))

    def settled(self, before: dict[str, Any], new: dict[str, Any], at: datetime = NOW) -> Any:
        return settled(self.questions, before, new, at, self.challenge)


@anything
def test_whoever_is_asked_was_asked_what_it_follows(seed: int) -> None:
    case = Case(seed)
    put = case.asked(case.first)
    for question in case.questions:
        if question.key in put:
            assert not question.retired
            assert question.challenge in (None, case.challenge)
            if question.parent:
                assert put.index(question.parent) < put.index(question.key)


@anything
def test_every_question_has_its_place(seed: int) -> None:
    questions = Case(seed).questions
    assert sorted(keys(arranged(questions))) == sorted(keys(questions))


@anything
def test_settling_twice_is_once(seed: int) -> None:
    case = Case(seed)
    once = case.settled(case.settled({}, case.first), case.then)
    assert case.settled(once, {}) == once
    assert case.settled(once, once) == once


@anything
def test_what_stands_still_never_changes(seed: int) -> None:
    case = Case(seed)
    start = case.settled({}, case.first, BEFORE - timedelta(days=1))
    after = case.settled(start, case.then)
    for key in frozen(case.questions, start, NOW):
        assert after.get(key) == start.get(key)


@anything
def test_only_what_is_asked_of_a_newcomer_is_kept(seed: int) -> None:
    case = Case(seed)
    kept = case.settled({}, case.first)
    assert set(kept) <= set(case.asked(kept))
