import itertools

import numpy as np
import pytest

from hackathon.judging.strength import Comparison, Said, fit, standings

LATER, EARLIER, NEITHER = Said.LATER, Said.EARLIER, Said.NEITHER


def walks(
    judges: int, projects: int, seed: int = 0, length: int = 12, noise: float = 1.0
) -> tuple[list[Comparison], np.ndarray]:
    """Walks in random order by judges who perceive strength and noise."""
    random = np.random.default_rng(seed)
    truth = 1.5 * random.standard_normal(projects)
    made = []
    for judge in range(judges):
        way = random.permutation(projects)[:length].tolist()
        seen = truth[way] + noise * random.standard_normal(len(way))
        for (a, one), (b, two) in itertools.pairwise(zip(way, seen, strict=True)):
            made.append(Comparison(f"judge {judge}", a, b, LATER if two > one else EARLIER))
    return made, truth


def by_hand(comparisons: list[Comparison], strength: dict[int, float]) -> float:
    """The likelihood of Bradley, Terry and Davidson, without tastes."""
    total = 0.0
    for each in comparisons:
        d = strength[each.later] - strength[each.earlier]
        total += d * (each.said == LATER) - np.log1p(np.exp(d))
    return float(total)


def test_who_wins_is_stronger_and_all_sum_to_nothing() -> None:
    found = fit([Comparison("j", "a", "b", LATER), Comparison("j", "b", "c", LATER)])
    strength = dict(zip(found.projects, found.strength, strict=True))
    assert strength["c"] > strength["b"] > strength["a"]
    assert sum(found.strength) == pytest.approx(0)
    assert strength["a"] == pytest.approx(-strength["c"])


def test_ties_leave_all_alike() -> None:
    found = fit([Comparison("j", "a", "b", NEITHER), Comparison("k", "b", "c", NEITHER)])
    assert found.strength == pytest.approx([0, 0, 0])
    assert found.ties > 0.4


def test_saying_it_the_other_way_round_is_the_same() -> None:
    given, _ = walks(5, 8)
    turned = [
        Comparison(c.judge, c.later, c.earlier, EARLIER if c.said is LATER else LATER)
        for c in given
    ]
    assert fit(turned).strength == pytest.approx(fit(given).strength, abs=1e-9)


def test_the_order_of_the_input_changes_nothing() -> None:
    given, _ = walks(6, 10)
    shuffled = [given[i] for i in np.random.default_rng(1).permutation(len(given))]
    found, again = (standings(each, range(10), seed=5) for each in (given, shuffled))
    assert (again.standings, again.overall) == (found.standings, found.overall)


def test_the_fit_is_close_to_the_maximum_of_bradley_terry_where_there_is_much() -> None:
    """One answer a judge: no taste is shared, and weak priors hardly move anything."""
    random = np.random.default_rng(3)
    truth = {0: -0.8, 1: 0.0, 2: 0.8}
    given = []
    for number in range(3000):
        a, b = random.choice(3, 2, replace=False).tolist()
        won = random.random() < 1 / (1 + np.exp(truth[a] - truth[b]))
        given.append(Comparison(number, a, b, LATER if won else EARLIER))
    found = fit(given)
    ours = dict(zip(found.projects, found.strength, strict=True))
    grid = np.linspace(0.6, 1.6, 21)  # how far our figures are stretched against the likeliest
    best = max(grid, key=lambda k: by_hand(given, {key: ours[key] / k for key in ours}))
    scaled = {key: value / best for key, value in ours.items()}
    for key in truth:
        assert scaled[key] - scaled[1] == pytest.approx(truth[key], abs=0.12)


def test_strengths_come_back() -> None:
    given, truth = walks(20, 20, seed=2)
    found = fit(given, range(20))
    ours = np.array([found.strength[found.row[key]] for key in range(20)])
    assert np.corrcoef(ours, truth)[0, 1] > 0.93


def test_a_judge_who_answers_at_random_weighs_less() -> None:
    given, _ = walks(10, 20, seed=4, length=20, noise=0.3)
    random = np.random.default_rng(9)
    way = random.permutation(20).tolist()
    given += [
        Comparison("coin", a, b, LATER if random.random() < 0.5 else EARLIER)
        for a, b in itertools.pairwise(way)
    ]
    found = fit(given)
    sharp = dict(zip(found.judges, found.sharpness, strict=True))
    assert sharp["coin"] == min(sharp.values())


def test_few_answers_move_little() -> None:
    one = fit([Comparison("j", "a", "b", LATER)])
    more = fit([Comparison(n, "a", "b", LATER) for n in range(10)])
    assert 0 < one.strength[1] < more.strength[1] < 6


def test_standings_have_places_intervals_and_chances() -> None:
    given, _ = walks(8, 9, seed=1)
    found = standings(given, range(10), groups={key: key % 2 for key in range(10)}, seed=7)
    assert [each.group for each in found.standings] == [0] * 5 + [1] * 5
    unseen = found.standings[-1]
    assert (unseen.submission, unseen.place, unseen.reviews, unseen.first) == (9, None, 0, 0.0)
    for group in (0, 1):
        members = [e for e in found.standings if e.group == group and e.place]
        assert [each.place for each in members] == list(range(1, len(members) + 1))
        # What was never compared has a chance of its own.
        assert sum(each.first for each in members) == pytest.approx(1, abs=1e-9 + 0.35 * group)
        assert sum(each.podium for each in members) == pytest.approx(3, abs=1e-9 + 0.8 * group)
        assert all(e.low <= e.place <= e.high for e in members if e.low and e.high and e.place)
    assert sorted(each.place for each in found.overall if each.place) == list(range(1, 10))
    assert sum(each.reviews for each in found.overall) == 2 * len(given)
    again = standings(given, range(10), groups={key: key % 2 for key in range(10)}, seed=7)
    assert (again.standings, again.overall) == (found.standings, found.overall)


def test_points_are_wins_and_half_of_ties() -> None:
    given = [
        Comparison("j", "a", "b", LATER),
        Comparison("j", "b", "c", NEITHER),
        Comparison("k", "a", "c", EARLIER),
    ]
    means = {each.submission: each.mean for each in standings(given).standings}
    assert means == {"a": 50.0, "b": 75.0, "c": 25.0}


def test_nothing_said_is_nothing_known() -> None:
    found = standings([], ["a", "b"])
    assert [(each.submission, each.place) for each in found.standings] == [("a", None), ("b", None)]
    assert standings([]).standings == ()


def test_what_no_answer_links_has_no_place() -> None:
    given = [Comparison("j", "a", "b", LATER), Comparison("k", "c", "d", EARLIER)]
    apart = standings(given, ["e"], groups={"a": 1, "b": 1, "c": 2, "d": 2, "e": 1})
    assert {e.submission: e.place for e in apart.standings} == {
        **{"b": 1, "a": 2, "e": None},
        **{"c": 1, "d": 2},
    }
    assert [each.place for each in apart.overall] == [None] * 5
    assert all(each.estimate and each.low for each in apart.overall if each.reviews)
    assert (apart.linked("abe"), apart.linked("abcd")) == (True, False)
    bridge = [*given, Comparison("l", "a", "c", NEITHER)]
    assert sorted(e.place for e in standings(bridge, ["e"]).overall if e.place) == [1, 2, 3, 4]


def test_who_is_preferred_is_said_where_it_can_be_told() -> None:
    often = [Comparison(n, "a", "b", LATER) for n in range(12)]
    found = standings([*often, Comparison("x", "b", "c", NEITHER)], ["d"])
    assert found.fit.chance("b", "a") > 0.9 > found.fit.chance("b", "c") > 0.5
    assert found.preferred("ab") == [["b"], ["a"]]
    assert found.preferred("bc") == [["b", "c"]]
    assert found.preferred("bda") == [["b", "d", "a"]]  # nobody saw d
    assert standings(often[:1]).preferred("ab") == [["b", "a"]]
    assert found.preferred("") == [[]]


def test_neighbours_that_cannot_be_told_apart_are_named() -> None:
    often = [Comparison(n, "a", "b", LATER) for n in range(12)]
    found = standings([*often, Comparison("x", "b", "c", NEITHER)])
    (pair, *others) = found.undecided
    assert (pair.ahead, pair.behind) == ("b", "c")
    assert pair.probability == found.fit.chance("b", "c")
    assert 0 < pair.settled_by_one_more < pair.settled_by_five_more < 1
    assert all(each.probability < 0.9 for each in others)


def test_a_project_is_not_compared_with_itself() -> None:
    with pytest.raises(ValueError, match="itself"):
        fit([Comparison("j", "a", "a", LATER)])


def test_the_intervals_cover_what_is_true() -> None:
    """Of few places an interval is a little too wide rather than too narrow."""
    hits = []
    for seed in range(20):
        given, truth = walks(8, 16, seed=100 + seed, length=10)
        place = {k: 1 + int(np.sum(truth > truth[k])) for k in range(16)}
        hits += [
            each.low <= place[each.submission] <= each.high
            for each in standings(given, seed=seed).overall
            if each.low and each.high
        ]
    assert 0.88 <= np.mean(hits) <= 0.985
