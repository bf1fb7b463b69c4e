import itertools

import numpy as np
import pytest

from hackathon.comparisons.pairing import Table, expected_gains, next_project
from hackathon.comparisons.strength import Comparison, Fit, Said, fit


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


@pytest.mark.parametrize(("judges", "projects"), [(4, 9), (15, 10), (40, 12)])
def test_a_whole_fair_is_fair(judges: int, projects: int) -> None:
    """Visits differ by at most two at any moment, by one when all can go everywhere at one pace."""
    random = np.random.default_rng(judges)
    visits = dict.fromkeys(range(projects), 0)
    here: dict[int, int | None] = dict.fromkeys(range(judges))
    seen: dict[int, list[int]] = {judge: [] for judge in here}
    said: list[Comparison] = []
    truth = random.standard_normal(projects)
    for _, judge in itertools.product(range(6), range(judges)):
        there = [place for other, place in here.items() if other != judge]
        options = [
            Table(key, visits[key], there.count(key))
            for key in range(projects)
            if key not in seen[judge]
        ]
        before = seen[judge][-1] if seen[judge] else None
        project = next_project(options, before=before, fit=fit(said) if said else None, lot=judge)
        assert project is not None
        least = min(table.visits for table in options) + 1
        fewest = min(table.visitors for table in options if table.visits <= least)
        assert there.count(project) == fewest
        if before is not None:
            won = truth[project] > truth[before]
            said.append(Comparison(judge, before, project, Said.LATER if won else Said.EARLIER))
        here[judge] = project
        seen[judge].append(project)
        visits[project] += 1
        assert max(visits.values()) - min(visits.values()) <= 2
