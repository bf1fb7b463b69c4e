"""Everyone's answers, counted: what there is to tell of each kind, and nothing of the few."""

import uuid
from typing import Any

import pytest

from hackathon.questions.models import Kind, Option, Question, Questionnaire
from hackathon.questions.tallies import Count, Tally, fold, tallies
from tests.world import both


def question(kind: Kind, *options: str, personal: bool = False) -> Question:
    made = Question(
        questionnaire=Questionnaire.REGISTRATION,
        kind=kind,
        label=both("?"),
        personal=personal,
        parent_answers=[],
        lets_in=[],
        required=False,
        options=[Option(key=key, label=both(key)) for key in options],
    )
    made.id = uuid.uuid4()
    return made


def tally(asked: Question, *values: Any, silent: int = 0) -> Tally:
    people = [({asked.key: value}, None) for value in values]
    [made] = tallies([asked], [*people, *[({}, None)] * silent])
    return made


def numbers(counts: Any) -> list[int]:
    return [count.number for count in counts]


@pytest.fixture(autouse=True)
def request_context(app: Any) -> Any:
    with app.test_request_context("/en/"):
        yield


def test_who_answered_was_asked_though_the_condition_is_another_now() -> None:
    parent, follower = question(Kind.YES_NO), question(Kind.SHORT)
    follower.parent_id, follower.parent_answers, follower.required = parent.id, ["yes"], True
    people = [{parent.key: False, follower.key: "before"}, {parent.key: True}, {parent.key: False}]
    _, made = tallies([parent, follower], [(answers, None) for answers in people])
    assert (made.asked, made.answered, made.lacking) == (2, 1, 1)


@pytest.mark.parametrize(
    ("kind", "values", "counts"),
    [
        (Kind.ONE, ["b", "b"], [0, 2]),
        (Kind.SEVERAL, [["a", "b"], ["b"]], [1, 2]),
        (Kind.YES_NO, [False, True, False], [1, 2]),
        (Kind.COUNTRY, ["FR", "CA", "CA"], [2, 1]),
        (Kind.PROVINCE, ["QC", "NU", "QC"], [2, 1]),
        (Kind.CONSENT, [{"version": 2, "words": ""}] * 2 + [True], [2, 1]),
    ],
)
def test_what_was_chosen_is_counted(kind: Kind, values: list[Any], counts: list[int]) -> None:
    made = tally(question(kind, *(["a", "b"] if kind in ("one", "several") else [])), *values)
    assert (numbers(made.counts), made.answered) == (counts, len(values))
    assert not made.closed


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        (Kind.NUMBER, [3, 1, 2.5, 100], ("1", "2.75", "100")),
        (
            Kind.DATE,
            ["2021-05-08", "1999-12-31", "2021-05-09", "2021-05-10"],
            ("December 31, 1999", "May 8, 2021", "May 10, 2021"),
        ),
    ],
)
def test_scales_have_two_ends_and_a_middle(kind: Kind, values: list[Any], told: Any) -> None:
    made = tally(question(kind), *values)
    assert tuple(words for _label, words in made.scale) == told


@pytest.mark.parametrize("kind", [Kind.SHORT, Kind.LONG, Kind.FILE])
def test_words_and_files_are_only_counted(kind: Kind) -> None:
    made = tally(question(kind, personal=True), "a", "b", silent=3)
    assert (made.asked, made.answered, list(made.counts), made.closed) == (5, 2, [], False)


@pytest.mark.parametrize("kind", [Kind.ONE, Kind.NUMBER, Kind.DATE, Kind.COUNTRY])
def test_few_personal_answers_are_not_told_apart(kind: Kind) -> None:
    value = {"one": "a", "number": 7, "date": "2021-05-08", "country": "FR"}[kind]
    asked = question(kind, *(["a"] if kind is Kind.ONE else []), personal=True)
    four, five = tally(asked, *[value] * 4), tally(asked, *[value] * 5)
    assert (four.closed, four.answered, [*four.counts, *four.scale]) == (True, 4, [])
    assert five.closed is False
    assert five.counts or five.scale


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([9, 0, 8], [9, 0, 8]),
        ([20, 3, 4], [20, 7]),  # two small groups hide one another
        ([20, 9, 1, 2], [20, 12]),  # but not when both together are few
        ([20, 9, 3], [20, 12]),  # one alone could be told by subtraction
        ([18, 2], []),
        ([7, 1, 1, 0], []),
        ([5, 5, 1, 0], [5, 0, 6]),
    ],
)
def test_no_small_group_can_be_worked_out(counts: list[int], shown: list[int]) -> None:
    made = fold([Count(str(place), number) for place, number in enumerate(counts)])
    assert numbers(made) == shown


def test_nobody_asked() -> None:
    made = tally(question(Kind.ONE, "a", personal=True))
    assert (made.asked, made.answered, numbers(made.counts)) == (0, 0, [0])
