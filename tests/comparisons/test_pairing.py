import itertools
from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hackathon.comparisons.pairing import Table, expected_gains, next_project
from hackathon.judging.strength import Comparison, Fit, Said, fit


def known(strength: list[float], deviation: list[float], taste: float = 1.0) -> Fit:
    """Projects a, b, c … whose strengths are known so well, each by itself."""
    return Fit(
        projects=list("abcdefgh"[: len(strength)]),
        strength=np.array(strength),
        covariance=np.diag(np.square(np.array(deviation, dtype=float))),
        judges=[],
        sharpness=np.array([]),
        ties=0.4,
        strength_sd=2.0,
        taste_sd=taste,
    )


def tables(*rows: tuple[str, int, int]) -> list[Table]:
    return [Table(*row) for row in rows]


def test_no_table_no_project() -> None:
    assert next_project([]) is None


def test_the_least_visited_comes_first() -> None:
    assert next_project(tables(("a", 2, 0), ("b", 1, 0), ("c", 2, 0))) == "b"


def test_a_free_table_comes_before_one_that_is_visited_less_by_one() -> None:
    assert next_project(tables(("a", 1, 1), ("b", 2, 0))) == "b"


def test_nobody_is_sent_to_a_free_table_that_is_ahead_by_two() -> None:
    assert next_project(tables(("a", 1, 1), ("b", 3, 0))) == "a"


def test_among_equals_the_nearest_in_strength_tells_most() -> None:
    found = known([0.0, 0.1, 2.0, -3.0], [1, 1, 1, 1])
    equal = tables(("b", 1, 0), ("c", 1, 0), ("d", 1, 0))
    assert next_project(equal, before="a", fit=found) == "b"


def test_among_equals_the_least_known_tells_most() -> None:
    found = known([0.0, 0.0, 0.0], [1, 0.5, 2])
    assert next_project(tables(("b", 1, 0), ("c", 1, 0)), before="a", fit=found) == "c"


def test_the_lot_is_the_same_for_the_same_and_shares_out_the_beginnings() -> None:
    equal = tables(*((key, 0, 0) for key in "abcdefgh"))
    drawn = [next_project(equal, lot=number) for number in range(400)]
    assert drawn == [next_project(list(reversed(equal)), lot=number) for number in range(400)]
    counts = [drawn.count(key) for key in "abcdefgh"]
    assert min(counts) > 25


def test_gains_are_those_of_a_normal_observation() -> None:
    found = known([0.0, 0.0], [1, 1], taste=0.0)
    # A difference of variance 2, seen with the curvature 1/4: log(1 + 2 / 4) / 2.
    assert expected_gains(found, "a", ["b"]) == pytest.approx([np.log(1.5) / 2])


def test_what_goes_together_tells_less() -> None:
    found = known([0.0, 0.0, 0.0], [1, 1, 1])
    found.covariance[0, 1] = found.covariance[1, 0] = 0.9
    apart, together = expected_gains(found, "a", ["c", "b"])
    assert together < apart / 3


def test_a_judge_goes_to_the_least_visited_that_is_left() -> None:
    """Where visits differ by two already, the least visited comes before a free table."""
    assert next_project(tables(("a", 1, 2), ("b", 2, 0), ("c", 3, 0))) == "a"
    seen = [*tables(("b", 2, 1), ("c", 3, 0)), Table("a", 1, 2, over=True)]
    assert next_project(seen) == "b"
    assert next_project([Table("a", 1, 0, over=True)]) is None


class Walk:
    """Judges who go from table to table, in any order, and see each project once."""

    def __init__(self, judges: int, projects: int) -> None:
        self.visits = dict.fromkeys(range(projects), 0)
        self.here: dict[int, int] = {}
        self.seen: list[set[int]] = [set() for _ in range(judges)]

    @property
    def apart(self) -> int:
        return max(self.visits.values()) - min(self.visits.values())

    def tables(self, judge: int) -> list[Table]:
        there = [place for other, place in self.here.items() if other != judge]
        return [
            Table(key, number, there.count(key), over=key in self.seen[judge])
            for key, number in self.visits.items()
        ]

    def go(self, judge: int, **known: object) -> int | None:
        project = next_project(self.tables(judge), lot=judge, **known)  # type: ignore[arg-type]
        if project is not None:
            self.here[judge] = project
            self.seen[judge].add(project)
            self.visits[project] += 1
        return project


@given(
    st.integers(2, 9),
    st.lists(st.integers(0, 7), min_size=1, max_size=90),
)
def test_visits_differ_by_two_unless_who_comes_has_seen_all_that_is_behind(
    projects: int, order: list[int]
) -> None:
    """At any pace: some judges see everything before others begin."""
    walk = Walk(8, projects)
    for judge in order:
        before = dict(walk.visits)
        left = [number for key, number in before.items() if key not in walk.seen[judge]]
        project = walk.go(judge)
        assert (project is None) == (not left)
        if project is None:
            continue
        least = min(before.values())
        assert before[project] <= max(least + 1, min(left))
        if walk.apart > 2 and walk.visits[project] == max(walk.visits.values()):
            assert before[project] == min(left) > least + 1


def test_a_crowd_that_sees_half_of_the_projects_is_spread_evenly() -> None:
    """24 judges at 8 tables, 4 visits each, whoever is quicker: 300 orders of coming."""
    apart = Counter[int]()
    for seed in range(300):
        order = [judge for judge in range(24) for _ in range(4)]
        Random(seed).shuffle(order)
        walk, most = Walk(24, 8), 0
        for judge in order:
            walk.go(judge)
            most = max(most, walk.apart)
        apart[most] += 1
    assert set(apart) <= {1, 2, 3}
    assert apart[3] <= 3


@pytest.mark.parametrize(("judges", "projects"), [(4, 9), (15, 10), (40, 12)])
def test_a_whole_fair_is_fair(judges: int, projects: int) -> None:
    """With strengths to choose pairs by, visits differ by two at most all the same."""
    random = np.random.default_rng(judges)
    walk = Walk(judges, projects)
    said: list[Comparison] = []
    truth = random.standard_normal(projects)
    before: dict[int, int] = {}
    for _, judge in itertools.product(range(4), range(judges)):
        last = before.get(judge)
        project = walk.go(judge, before=last, fit=fit(said) if said else None)
        assert project is not None
        if last is not None:
            won = truth[project] > truth[last]
            said.append(Comparison(judge, last, project, Said.LATER if won else Said.EARLIER))
        before[judge] = project
        assert walk.apart <= 2
