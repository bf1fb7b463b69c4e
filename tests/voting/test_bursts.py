"""What stands out in the way ballots come, on series that were made with a seed."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from math import exp, factorial
from random import Random

import pytest

from hackathon.voting.bursts import LEAST, bursts, tail

BEGINS = datetime(2026, 5, 20, 12, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=7)
MINUTE = timedelta(minutes=1)
Series = list[tuple[datetime, str]]


def at_random(number: int, groups: int, seed: int) -> Series:
    """Ballots spread over the week and over networks of very unequal size."""
    draw = Random(seed)
    weights = [1 / (rank + 1) for rank in range(groups)]
    names = draw.choices([f"network {n}" for n in range(groups)], weights, k=number)
    return [(BEGINS + draw.random() * (ENDS - BEGINS), name) for name in names]


def quickly(group: str, number: int, minutes: float, since: datetime = BEGINS) -> Series:
    """This many of one group, evenly over so many minutes of the fourth day."""
    begins = since + timedelta(days=3)
    return [(begins + MINUTE * minutes * n / number, group) for n in range(number)]


@pytest.mark.parametrize("mean", [0.01, 0.7, 3.0, 12.0])
@pytest.mark.parametrize("count", [1, 2, 6, 20])
def test_the_tail_is_that_of_the_poisson_distribution(mean: float, count: int) -> None:
    exact = 1 - sum(exp(-mean) * mean**k / factorial(k) for k in range(count))
    if count > mean:
        assert tail(count, mean) == pytest.approx(exact, rel=1e-6, abs=1e-14)
    else:  # no burst; it is told as certain
        assert tail(count, mean) == 1.0


def test_the_tail_at_its_ends() -> None:
    assert tail(0, 5.0) == 1.0
    assert tail(3, 0.0) == 0.0
    assert 0.0 <= tail(500, 1.0) < 1e-300
    assert tail(3000, 2000.0) < 1e-50


@pytest.mark.parametrize("seed", range(20))
def test_ballots_by_chance_raise_no_flag(seed: int) -> None:
    assert bursts(at_random(1500, 200, seed), BEGINS, ENDS) == []


@pytest.mark.parametrize("seed", range(10))
def test_a_press_moment_raises_no_flag(seed: int) -> None:
    """Half of all ballots come within an hour, from the networks that people are always in."""
    usual = at_random(700, 200, seed)
    draw = Random(seed)
    moment = BEGINS + timedelta(days=2)
    press = [
        (moment + draw.random() * timedelta(hours=1), name)
        for _, name in at_random(700, 200, seed + 100)
    ]
    assert bursts(usual + press, BEGINS, ENDS) == []


@pytest.mark.parametrize("seed", range(10))
def test_a_burst_from_one_network_is_found_among_the_others(seed: int) -> None:
    series = at_random(1000, 200, seed) + quickly("attack", 40, 10)
    (found,) = bursts(series, BEGINS, ENDS)
    assert found.group == "attack"
    assert found.places == tuple(range(1000, 1040))
    assert found.begins_at == BEGINS + timedelta(days=3)
    assert found.ends_at == series[-1][0]
    assert found.usual < 1


def test_a_burst_hidden_in_a_press_moment_is_found() -> None:
    draw = Random(1)
    since = BEGINS + timedelta(days=3)
    press = [
        (since + draw.random() * timedelta(hours=1), name) for _, name in at_random(700, 200, 2)
    ]
    found = bursts(at_random(700, 200, 3) + press + quickly("attack", 60, 10), BEGINS, ENDS)
    assert [burst.group for burst in found] == ["attack"]


def test_a_slower_burst_is_found_by_the_hour() -> None:
    """Twenty in fifty minutes: four in any ten."""
    series = at_random(800, 200, 4) + quickly("attack", 20, 50)
    assert [(b.group, len(b.places)) for b in bursts(series, BEGINS, ENDS)] == [("attack", 20)]


def test_a_family_is_no_burst() -> None:
    series = at_random(800, 200, 5)
    assert bursts(series + quickly("family", LEAST - 1, 5), BEGINS, ENDS) == []
    found = bursts(series + quickly("attack", LEAST, 5), BEGINS, ENDS)
    assert [burst.group for burst in found] == ["attack"]


def test_two_bursts_of_one_group_apart_are_two() -> None:
    series = at_random(500, 100, 6) + quickly("attack", 20, 8)
    series += quickly("attack", 15, 8, BEGINS + timedelta(days=2))
    found = bursts(series, BEGINS, ENDS)
    assert [(burst.group, len(burst.places)) for burst in found] == [("attack", 20), ("attack", 15)]


def test_a_vote_in_one_network_alone_has_nothing_to_compare_with() -> None:
    """A school that votes among itself: evenly it is usual, all at once it is not."""
    evenly = [(BEGINS + n * timedelta(hours=2), "school") for n in range(80)]
    assert bursts(evenly, BEGINS, ENDS) == []
    (found,) = bursts([*evenly, *quickly("school", 60, 10)], BEGINS, ENDS)
    assert len(found.places) >= 60


def test_nothing_and_very_little() -> None:
    assert bursts([], BEGINS, ENDS) == []
    assert bursts([(BEGINS, "a")], BEGINS, ENDS) == []
    assert bursts(quickly("a", LEAST, 1), BEGINS, BEGINS + MINUTE) == []


def test_the_order_in_which_rows_come_changes_nothing() -> None:
    series = at_random(300, 60, 7) + quickly("attack", 30, 10)
    found = bursts(series, BEGINS, ENDS)
    turned = bursts(series[::-1], BEGINS, ENDS)
    names = [Counter(series[p] for p in burst.places) for burst in found]
    assert names == [Counter(series[::-1][p] for p in burst.places) for burst in turned]
