"""Where a judge stands, in figures."""

from uuid import uuid4

import pytest

from hackathon.calibration.comparing import (
    Line,
    halves,
    lines,
    most_divided,
    overall,
    spread,
)

IMPACT, CLARITY, OTHER = (uuid4() for _ in range(3))


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (0, 0),
        (0.24, 0),
        (0.25, 1),
        (-0.25, -1),
        (0.74, 1),
        (0.75, 2),
        (1.0, 2),
        (1.5, 3),
        (-1.75, -4),
        (2.0, 4),
        (2.25, 5),
    ],
)
def test_to_the_nearest_half_level(levels: float, expected: int) -> None:
    assert halves(levels) == expected


def test_fewer_than_three_others_are_no_comparison() -> None:
    own, two = {IMPACT: 4}, [{IMPACT: 2}, {IMPACT: 3}]
    assert lines([IMPACT], own, two, {}) == [Line(IMPACT, 4, None, 2, None)]
    [line] = lines([IMPACT], own, [*two, {IMPACT: 1}], {IMPACT: 3})
    assert line == Line(IMPACT, 4, 2.0, 3, 3)
    assert line.apart == 2.0


def test_each_criterion_counts_who_scored_it() -> None:
    others = [{IMPACT: 2, CLARITY: 5}, {IMPACT: 2}, {IMPACT: 3}]
    own = {CLARITY: 1, IMPACT: 2}
    assert lines([IMPACT, CLARITY, uuid4()], own, others, {}) == [
        Line(IMPACT, 2, pytest.approx(7 / 3), 3, None),
        Line(CLARITY, 1, None, 1, None),
    ]


def test_the_mean_that_is_shown_is_a_half_level() -> None:
    assert Line(IMPACT, 2, 7 / 3, 3, None).shown == 2.5
    assert Line(IMPACT, 2, None, 2, None).shown is None


def test_the_whole_is_the_mean_of_what_can_be_compared() -> None:
    found = [
        Line(IMPACT, 4, 2.0, 3, None),
        Line(CLARITY, 2, 3.0, 3, None),
        Line(uuid4(), 5, None, 1, None),
    ]
    assert overall(found) == 0.5
    assert overall(found[2:]) is None


def test_judges_are_divided_once_there_are_three() -> None:
    assert not spread(range(1, 6), [1, 5]).divided
    wide, close = spread(range(1, 6), [1, 3, 5]), spread(range(1, 6), [3, 3, 4])
    assert (wide.divided, close.divided) == (True, False)
    assert wide.counts == {1: 1, 2: 0, 3: 1, 4: 0, 5: 1}
    assert (wide.mean, wide.number) == (3.0, 3)
    assert most_divided({IMPACT: close, CLARITY: wide}) == [CLARITY]
    assert most_divided({IMPACT: close}) == []
    shifted = spread(range(1, 8), [7, 5, 3])
    assert most_divided({IMPACT: wide, OTHER: close, CLARITY: shifted}) == [IMPACT, CLARITY]
    assert spread(range(1, 6), []).mean is None
