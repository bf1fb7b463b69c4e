"""Rules as one value: what they come to, what is amiss, what differs, what may not change."""

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest

from hackathon.competitions.models import Comment
from hackathon.ground.localized import Localized
from hackathon.judging import rulebook
from hackathon.judging.record import Method
from hackathon.judging.rulebook import (
    Amiss,
    Change,
    Condition,
    Criterion,
    Difference,
    Fault,
    Level,
    Rules,
    Told,
)

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)


def both(text: str) -> Localized:
    return Localized(en=text, fr=f"{text} (fr)")


CHALLENGES = {ONE: both("First"), TWO: both("Second")}
LEVELS = tuple(Level(n, both(f"word {n}"), both(f"level {n}")) for n in range(1, 6))


def criterion(number: int, weight: int, **others: Any) -> Criterion:
    made = Criterion(
        id=uuid.UUID(int=100 + number),
        name=both(f"Criterion {number}"),
        description=both("d"),
        weight=weight,
        challenge=None,
        comment=Comment.NO,
        comment_shown=False,
        levels=LEVELS,
    )
    return replace(made, **others)


SHARED, FIRST, SECOND = (
    criterion(1, 60),
    criterion(2, 40, challenge=ONE),
    criterion(3, 40, challenge=TWO),
)
TOPIC = Condition(uuid.UUID(int=200), both("On topic"), both("help"))
RULES = Rules(
    name=both("Judging"),
    method=Method.CORRECTED,
    ties=(f"criterion:{SHARED.id}", "second_wave"),
    told=(Told.PROFILE,),
    criteria=(SHARED, FIRST, SECOND),
    conditions=(TOPIC,),
)


def test_rules_come_back_from_json_word_for_word() -> None:
    document = json.loads(json.dumps(rulebook.content(RULES)))
    assert rulebook.read(document) == RULES
    assert rulebook.digest(rulebook.read(document)) == rulebook.digest(RULES)
    other = replace(RULES, conditions=(replace(TOPIC, help=both("other")),))
    assert rulebook.digest(other) != rulebook.digest(RULES)


def test_a_submission_is_judged_by_what_is_shared_and_its_own() -> None:
    assert RULES.criteria_for(ONE) == [SHARED, FIRST]
    assert RULES.criteria_for(TWO) == [SHARED, SECOND]
    assert RULES.weights(CHALLENGES) == {ONE: 100, TWO: 100}
    assert replace(RULES, criteria=(SHARED,)).weights([]) == {None: 60}
    assert rulebook.amiss(RULES, CHALLENGES) == []


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"criteria": ()}, [Amiss(Fault.NO_CRITERIA)]),
        (
            {"criteria": (SHARED, FIRST, replace(SECOND, weight=30))},
            [Amiss(Fault.WEIGHTS, CHALLENGES[TWO], 90)],
        ),
        (
            {"criteria": (replace(SHARED, name=Localized(en="x")), FIRST, SECOND)},
            [Amiss(Fault.LANGUAGE, Localized(en="x"))],
        ),
        (
            {"criteria": (replace(SHARED, levels=LEVELS[:1]), FIRST, SECOND)},
            [Amiss(Fault.LEVELS, SHARED.name)],
        ),
        (
            {"conditions": (replace(TOPIC, help=Localized(fr="x")),)},
            [Amiss(Fault.LANGUAGE, TOPIC.name)],
        ),
        ({"ties": (f"criterion:{uuid.UUID(int=9)}",)}, [Amiss(Fault.TIES)]),
    ],
)
def test_what_keeps_rules_from_being_published(
    change: dict[str, Any], expected: list[Amiss]
) -> None:
    assert rulebook.amiss(replace(RULES, **change), CHALLENGES) == expected


def test_differences_are_told_piece_by_piece() -> None:
    new = criterion(4, 10)
    after = replace(
        RULES,
        method=Method.MEAN,
        ties=(),
        criteria=(
            replace(FIRST, challenge=TWO, levels=LEVELS[:4]),
            replace(SHARED, weight=50, comment=Comment.REQUIRED, description=both("other")),
            new,
        ),
        conditions=(),
    )
    assert rulebook.differences(RULES, after) == [
        Difference(Change.METHOD, None, Method.CORRECTED, Method.MEAN),
        Difference(Change.TIES, None, RULES.ties, ()),
        Difference(Change.REMOVED, SECOND.name),
        Difference(Change.ADDED, new.name),
        Difference(Change.SCALE, FIRST.name, 5, 4),
        Difference(Change.SCOPE, FIRST.name, ONE, TWO),
        Difference(Change.WEIGHT, SHARED.name, 60, 50),
        Difference(Change.COMMENT, SHARED.name),
        Difference(Change.REWORDED, SHARED.name, SHARED.name),
        Difference(Change.ORDER),
        Difference(Change.REMOVED, TOPIC.name),
    ]
    assert rulebook.differences(RULES, RULES) == []


@pytest.mark.parametrize(
    "after, lost",
    [
        (replace(SHARED, weight=10, name=both("Other"), levels=LEVELS), False),
        (replace(SHARED, levels=LEVELS[:4]), True),
        (replace(SHARED, challenge=ONE), True),
        (None, True),
    ],
)
def test_what_judges_have_used_keeps_its_meaning(after: Criterion | None, lost: bool) -> None:
    rules = replace(RULES, criteria=(*([after] if after else []), FIRST, SECOND))
    expected = [SHARED.name] if lost else []
    assert rulebook.made_meaningless(RULES, rules, {SHARED.id}) == expected
    assert rulebook.made_meaningless(RULES, rules, set()) == []


def test_a_comment_in_confidence_is_never_shown_later() -> None:
    asked = replace(SHARED, comment=Comment.OPTIONAL)
    before = replace(RULES, criteria=(asked, FIRST, SECOND))
    after = replace(RULES, criteria=(replace(asked, comment_shown=True), FIRST, SECOND))
    assert rulebook.made_meaningless(before, after, {SHARED.id}) == [SHARED.name]
    assert rulebook.made_meaningless(after, before, {SHARED.id}) == []
    without = replace(RULES, conditions=())
    assert rulebook.made_meaningless(RULES, without, {TOPIC.id}) == [TOPIC.name]
