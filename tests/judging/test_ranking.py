"""Known answers, invariances and thin data of the corrected ranking."""

import math
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hackathon.judging import ranking
from hackathon.judging.ranking import (
    Correction,
    Criterion,
    Limit,
    Podium,
    Ranking,
    Review,
    Standing,
    rank,
)

ONE = {"overall": Criterion(1, 1, 5)}


def review(judge: object, submission: object, score: float) -> Review:
    return Review(judge, submission, {"overall": score})


def standing(ranking: Ranking, submission: object) -> Standing:
    return next(each for each in ranking.standings if each.submission == submission)


def panel(
    qualities: Mapping[Any, float],
    severities: Mapping[Any, float],
    *,
    each: int,
    noise: float = 0.0,
    seed: int = 0,
) -> list[Review]:
    """Reviews by `each` judges in turn, so that the panels overlap; scores are not rounded."""
    random, judges = Random(seed), list(severities)
    return [
        review(
            judge,
            submission,
            min(5.0, max(1.0, quality - severities[judge] + random.gauss(0, noise))),
        )
        for row, (submission, quality) in enumerate(qualities.items())
        for judge in random.sample(judges, each)
    ]


def test_the_plain_mean_weighs_the_criteria() -> None:
    criteria = {"idea": Criterion(3, 1, 5), "code": Criterion(1, 1, 5)}
    ranking = rank(
        [Review("j", "a", {"idea": 4, "code": 2}), Review("k", "a", {"idea": 2, "code": 2})],
        criteria,
    )
    assert standing(ranking, "a").mean == pytest.approx((3.5 + 2.0) / 2)
    assert ranking.scale == (1, 5)


def test_criteria_on_different_scales_meet_on_0_to_100() -> None:
    criteria = {"idea": Criterion(1, 1, 5), "code": Criterion(1, 0, 10)}
    ranking = rank([Review("j", "a", {"idea": 5, "code": 5})], criteria)
    assert ranking.scale == (0, 100)
    assert standing(ranking, "a").mean == pytest.approx(75)


def test_a_severe_panel_is_corrected() -> None:
    qualities = {n: 2 + n * 0.1 for n in range(20)}
    severities = {judge: 0.8 if judge == "severe" else 0.0 for judge in ["severe", "b", "c", "d"]}
    ranking = rank(panel(qualities, severities, each=2, noise=0.05), ONE)
    severe = next(report for report in ranking.judges if report.judge == "severe")
    assert ranking.correction is Correction.FULL
    assert severe.difference == pytest.approx(-0.8, abs=0.05)
    # From the mean level of all four, 0.6 higher, as far as twenty reviews of four judges show it.
    assert severe.shift == pytest.approx(-0.49, abs=0.02)

    def wrong(values: list[float]) -> int:
        return sum(a > b for i, a in enumerate(values) for b in values[i + 1 :])

    figures = [standing(ranking, n) for n in range(20)]
    assert wrong([each.mean or 0 for each in figures]) == 11
    assert wrong([each.estimate or 0 for each in figures]) <= 3


def test_equal_judges_are_left_alone() -> None:
    qualities = {n: 1.5 + n * 0.15 for n in range(20)}
    ranking = rank(panel(qualities, dict.fromkeys("abcde", 0.0), each=3, noise=0.3), ONE)
    assert all(abs(report.shift) < 0.25 for report in ranking.judges)
    assert all(0.8 < report.spread < 1.25 for report in ranking.judges)


def test_one_odd_review_is_shown_and_pulls_less() -> None:
    qualities = {n: 2.5 + n * 0.1 for n in range(12)}
    honest = panel(qualities, dict.fromkeys("abcdef", 0.0), each=4, noise=0.2)
    odd = replace(next(each for each in honest if each.submission == 1), scores={"overall": 5.0})
    helped = [odd if (each.judge, each.submission) == (odd.judge, 1) else each for each in honest]
    before, after = standing(rank(honest, ONE), 1), standing(rank(helped, ONE), 1)
    assert (after.estimate or 0) - (before.estimate or 0) < (after.mean or 0) - (before.mean or 0)
    first = rank(helped, ONE).oddest[0]
    assert (first.judge, first.submission, first.score) == (odd.judge, 1, 5.0)
    assert first.expected == pytest.approx(2.6, abs=0.3)
    assert first.surprise > 3
    surprises = [each.surprise for each in rank(helped, ONE).oddest]
    above, below = [z for z in surprises if z > 0], [z for z in surprises if z < 0]
    assert surprises == sorted(above, reverse=True) + sorted(below)
    assert len(above) <= 5
    assert len(below) <= 5


def test_a_careless_judge_weighs_little() -> None:
    qualities = {n: 2 + n * 0.05 for n in range(40)}
    honest = panel(qualities, dict.fromkeys("abcdef", 0.0), each=4, noise=0.3)
    random = Random(3)
    told = [
        replace(each, scores={"overall": random.uniform(2, 4)}) if each.judge == "c" else each
        for each in honest
    ]
    follows = {each.judge: each.follows for each in rank(told, ONE).judges}
    assert follows.pop("c") < 0.05
    assert min(follows.values()) > 0.95
    assert min(each.follows for each in rank(honest, ONE).judges) > 0.95
    without = rank([each for each in told if each.judge != "c"], ONE)
    for each in without.standings:
        assert standing(rank(told, ONE, draws=1), each.submission).estimate == pytest.approx(
            each.estimate, abs=0.08
        )


def test_one_odd_review_makes_nobody_careless() -> None:
    qualities = {n: 2 + n * 0.1 for n in range(20)}
    reviews = panel(qualities, dict.fromkeys("abcdef", 0.0), each=4, noise=0.2)
    odd = next(each for each in reviews if each.submission == 0)
    reviews[reviews.index(odd)] = replace(odd, scores={"overall": 5.0})
    assert min(each.follows for each in rank(reviews, ONE).judges) > 0.9


def test_few_reviews_hardly_make_anybody_careless() -> None:
    """Three scores that scatter by chance look careless in one honest judge of a thousand or so."""
    qualities = {n: 2 + n * 0.1 for n in range(20)}
    follows = []
    for seed in range(5):
        reviews = panel(qualities, dict.fromkeys(range(30), 0.0), each=3, noise=0.5, seed=seed)
        follows += [each.follows for each in rank(reviews, ONE, draws=1).judges]
    assert sum(chance < 0.5 for chance in follows) <= 1


def test_half_the_draws_at_the_end_of_an_interval_are_beyond_it() -> None:
    def interval(seconds: int) -> tuple[int, int]:
        """Of one that is second in so many of 100 draws, else first."""
        drawn = np.zeros((100, 2))
        drawn[:, 1] = np.where(np.arange(100) < seconds, 1, -1)
        lows, highs, _, _ = ranking.placed(drawn, np.zeros(2, dtype=np.int64), 1)
        return int(lows[0]), int(highs[0])

    assert [interval(n) for n in (4, 9, 11, 50, 89, 91)] == [
        (1, 1),
        (1, 1),
        (1, 2),
        (1, 2),
        (1, 2),
        (2, 2),
    ]


def test_a_clear_winner_is_certain_and_near_ties_are_told() -> None:
    qualities = {"best": 4.8, "twin 1": 3.0, "twin 2": 3.0, "last": 1.2}
    reviews = [
        review(judge, submission, min(5, quality + nudge))
        for submission, quality in qualities.items()
        for judge, nudge in enumerate([0.1, -0.1, 0.0, 0.2, -0.2, 0.05])
    ]
    ranking = rank(reviews, ONE, podium=1)
    best = standing(ranking, "best")
    assert (best.place, best.low, best.high) == (1, 1, 1)
    assert best.first > 0.99
    assert best.first == best.podium
    (pair,) = ranking.undecided
    assert (pair.ahead, pair.behind) == ("twin 1", "twin 2")
    assert pair.probability == pytest.approx(0.5, abs=0.05)
    assert 0 <= pair.settled_by_one_more < 0.1
    twins = standing(ranking, "twin 1"), standing(ranking, "twin 2")
    assert [(each.place, each.low, each.high) for each in twins] == [(2, 2, 3), (2, 2, 3)]


def test_places_are_counted_inside_a_group() -> None:
    reviews = [review(j, s, q) for j in "ab" for s, q in {1: 5, 2: 4, 3: 3, 4: 2}.items()]
    ranking = rank(reviews, ONE, groups={1: "x", 2: "y", 3: "x", 4: "y"})
    assert [(each.group, each.submission, each.place) for each in ranking.standings] == [
        ("x", 1, 1),
        ("x", 3, 2),
        ("y", 2, 1),
        ("y", 4, 2),
    ]
    for group in "xy":
        firsts = [each.first for each in ranking.standings if each.group == group]
        assert sum(firsts) == pytest.approx(1)


def test_a_podium_that_hangs_on_one_judge() -> None:
    reviews = [
        *(review(judge, "loved", score) for judge, score in zip("abc", (5, 3, 3), strict=True)),
        *(review(judge, "liked", score) for judge, score in zip("abc", (3, 4, 3), strict=True)),
    ]
    ranking = rank(reviews, ONE, podium=1)
    (announced,) = [each.submission for each in ranking.standings if each.place == 1]
    assert announced == "loved"
    changes = {report.judge: report.changes for report in ranking.judges}
    assert changes == {"a": (Podium(None, ("liked",)),), "b": (), "c": ()}


def test_a_criterion_left_out_is_not_held_against_a_submission() -> None:
    criteria = {"idea": Criterion(1, 1, 5), "hard": Criterion(1, 1, 5)}
    reviews = [
        Review(judge, submission, {"idea": 4, "hard": 2})
        for judge in "abc"
        for submission in range(6)
    ]
    reviews[0] = Review("a", 0, {"idea": 4})
    ranking = rank(reviews, criteria)
    assert standing(ranking, 0).mean == pytest.approx((4 + 3 + 3) / 3)
    assert {each.place for each in ranking.standings} == {1}


def test_no_reviews() -> None:
    ranking = rank([], ONE, submissions=["b", "a"])
    assert [each.submission for each in ranking.standings] == ["a", "b"]
    assert (ranking.correction, ranking.limits) == (Correction.NONE, (Limit.NO_REVIEWS,))
    assert standing(ranking, "a") == Standing(
        "a", None, 0, None, None, None, None, None, None, None, 0.0, 0.0
    )


def test_an_abstention_counts_nowhere() -> None:
    ranking = rank([review("j", "a", 4), Review("k", "a", {}), Review("k", "b", {})], ONE)
    assert standing(ranking, "a").reviews == 1
    assert (standing(ranking, "b").reviews, standing(ranking, "b").place) == (0, None)
    assert [report.judge for report in ranking.judges] == ["j"]
    assert ranking.standings[-1].submission == "b"


def test_one_judge_is_not_corrected() -> None:
    ranking = rank([review("j", n, 1 + n) for n in range(5)], ONE)
    assert (ranking.correction, ranking.limits) == (Correction.NONE, (Limit.ONE_JUDGE,))
    assert [each.submission for each in ranking.standings] == [4, 3, 2, 1, 0]
    (report,) = ranking.judges
    assert (report.shared, report.difference, report.spread) == (0, None, 1.0)
    assert report.shift == pytest.approx(0)
    assert report.changes == (Podium(None, ()),)


def test_without_overlap_nothing_is_corrected() -> None:
    ranking = rank([review(n % 3, n, 1 + n / 3) for n in range(12)], ONE)
    assert (ranking.correction, ranking.limits) == (Correction.NONE, (Limit.NO_OVERLAP,))
    assert [each.submission for each in ranking.standings] == list(range(11, -1, -1))
    assert ranking.severity_sd == 0


def test_few_reviews_or_separate_panels_are_corrected_only_slightly() -> None:
    few = rank([review(j, n, 3 + n / 4) for j in "ab" for n in range(4)], ONE)
    assert (few.correction, few.limits) == (Correction.SLIGHT, (Limit.FEW_REVIEWS,))
    separate = [
        review(f"{side}{j}", f"{side}{n}", 1 + n / 4)
        for side in "xy"
        for j in range(2)
        for n in range(12)
    ]
    ranking = rank(separate, ONE)
    assert (ranking.correction, ranking.limits) == (Correction.SLIGHT, (Limit.DISCONNECTED,))
    groups = {each.submission: str(each.submission)[0] for each in separate}
    assert rank(separate, ONE, groups=groups).correction is Correction.FULL


def test_all_equal_scores_share_the_first_place() -> None:
    ranking = rank([review(j, n, 3) for j in range(4) for n in range(12)], ONE)
    assert {(each.mean_place, each.place) for each in ranking.standings} == {(1, 1)}
    assert all(each.estimate == pytest.approx(3) for each in ranking.standings)
    assert ranking.oddest == ()


def test_what_cannot_be_ranked_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown criterion"):
        rank([Review("j", "a", {"style": 3})], ONE)
    with pytest.raises(ValueError, match="not on the scale"):
        rank([review("j", "a", 6)], ONE)
    with pytest.raises(ValueError, match="not on the scale"):
        rank([review("j", "a", math.nan)], ONE)
    with pytest.raises(ValueError, match="two reviews"):
        rank([review("j", "a", 3), review("j", "a", 4)], ONE)
    with pytest.raises(ValueError, match="needs criteria"):
        rank([], {})
    with pytest.raises(ValueError, match="not a weight"):
        Criterion(0, 1, 5)


def test_the_seed_moves_chances_but_no_estimate() -> None:
    qualities = {n: 2 + n * 0.1 for n in range(15)}
    reviews = panel(qualities, dict.fromkeys("abcde", 0.0), each=3, noise=0.5)
    one, same, other = rank(reviews, ONE), rank(reviews, ONE), rank(reviews, ONE, seed=1)
    assert one == same
    assert one != other
    assert [each.estimate for each in one.standings] == [each.estimate for each in other.standings]
    assert (other.seed, other.draws) == (1, 2000)


def test_intervals_cover_what_they_promise() -> None:
    random, inside, total = np.random.default_rng(7), 0, 0
    for event in range(20):
        qualities = dict(enumerate((3 + 0.5 * random.standard_normal(30)).tolist()))
        severities = dict(enumerate((0.3 * random.standard_normal(8)).tolist()))
        ranking = rank(panel(qualities, severities, each=4, noise=0.5, seed=event), ONE, draws=500)
        for each in ranking.standings:
            truth = 1 + sum(value > qualities[each.submission] for value in qualities.values())
            inside += (each.low or 0) <= truth <= (each.high or 0)
            total += 1
    assert 0.86 <= inside / total <= 0.95


@st.composite
def anything(draw: st.DrawFn) -> list[Review]:
    criteria = st.sampled_from(["idea", "code"])
    pairs = st.tuples(st.integers(0, 4), st.integers(0, 6))
    return [
        Review(
            UUID(int=judge),
            UUID(int=submission),
            draw(st.dictionaries(criteria, st.integers(1, 5), max_size=2)),
        )
        for judge, submission in draw(st.sets(pairs, max_size=25))
    ]


TWO = {"idea": Criterion(2, 1, 5), "code": Criterion(1, 1, 5)}


@given(anything(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_the_order_of_the_input_does_not_matter(reviews: list[Review], random: Random) -> None:
    mixed = [
        replace(each, scores=dict(reversed(list(each.scores.items()))))
        for each in random.sample(reviews, len(reviews))
    ]
    criteria = dict(reversed(TWO.items()))
    assert rank(mixed, criteria, draws=100) == rank(reviews, TWO, draws=100)


@given(anything(), st.integers(1, 4))
@settings(deadline=None, max_examples=100)
def test_any_reviews_give_a_sound_ranking(reviews: list[Review], podium: int) -> None:
    groups = {UUID(int=n): n % 2 for n in range(7)}
    ranking = rank(reviews, TWO, groups=groups, podium=podium, draws=100)
    assert {each.submission for each in ranking.standings} == {each.submission for each in reviews}
    for group in range(2):
        ranked = [each for each in ranking.standings if each.group == group and each.reviews]
        chances = sum(each.podium for each in ranked)
        assert chances == pytest.approx(min(podium, len(ranked)))
        for each in ranked:
            assert math.isfinite(each.estimate or math.nan)
            assert 0 < (each.error or 0) < 4
            assert 1 <= (each.low or 0) <= (each.high or 0) <= len(ranked)
            assert 1 <= (each.place or 0) <= len(ranked)
    assert all(math.isfinite(each.surprise) for each in ranking.oddest)
    assert all(each.probability < 0.9 for each in ranking.undecided)
    assert (ranking.correction is Correction.FULL) == (not ranking.limits)


@given(anything())
@settings(deadline=None, max_examples=60)
def test_keys_mean_nothing(reviews: list[Review]) -> None:
    renamed = [
        replace(each, judge=f"j{each.judge}", submission=f"s{each.submission}") for each in reviews
    ]
    names = {f"s{each.submission}": each.submission for each in reviews}
    one = {each.submission: each.estimate for each in rank(reviews, TWO, draws=1).standings}
    two = {names[each.submission]: each.estimate for each in rank(renamed, TWO, draws=1).standings}
    assert one == two


def test_leaving_a_judge_out_is_the_same_as_solving_without_their_reviews() -> None:
    qualities = {n: 2 + n * 0.15 for n in range(14)}
    reviews = panel(qualities, {"a": 0.6, "b": 0.0, "c": -0.3, "d": 0.2}, each=2, noise=0.4, seed=5)
    arrays = ranking._panel(reviews, ONE, {})
    fit = ranking._fit(arrays, correct=True)
    own = [np.flatnonzero(arrays.judge == number) for number in range(4)]
    short = ranking._levels_without(arrays, fit, own)
    for number in range(4):
        noise = np.where(arrays.judge == number, np.inf, fit.noise)
        long = ranking._solve(arrays, fit.spread, noise, fit.quality_var, fit.severity_var)
        others = np.arange(4) != number
        assert short[number, others] == pytest.approx(long.levels[others], abs=1e-7)


def test_ties_say_what_further_reviews_would_decide() -> None:
    qualities = {n: 2 + n * 0.2 for n in range(12)}
    told = rank(panel(qualities, dict.fromkeys("abcde", 0.0), each=3, noise=0.4), ONE)
    assert told.undecided
    for pair in told.undecided:
        assert 0 <= pair.settled_by_one_more < pair.settled_by_five_more < 1
    by_doubt = sorted(told.undecided, key=lambda pair: pair.probability)
    chances = [pair.settled_by_five_more for pair in by_doubt]
    assert chances[0] < 0.5 < chances[-1]


def test_the_whole_competition_is_ranked_beside_its_groups() -> None:
    reviews = [review(j, s, q) for j in "ab" for s, q in {1: 5, 2: 4, 3: 3, 4: 2}.items()]
    told = rank(reviews, ONE, groups={1: "x", 2: "y", 3: "x", 4: "y"}, submissions=[9])
    assert [(each.submission, each.group, each.place) for each in told.overall] == [
        (1, None, 1),
        (2, None, 2),
        (3, None, 3),
        (4, None, 4),
        (9, None, None),
    ]


def test_criteria_of_one_group_are_not_left_out_in_another() -> None:
    """Whoever scored all that was asked has the same figure in both readings."""
    criteria = {
        "idea": Criterion(60, 1, 5),
        "maps": Criterion(40, 1, 5, "north"),
        "games": Criterion(40, 1, 5, "south"),
    }
    groups = {"a": "north", "b": "south"}
    reviews = [
        Review("j", "a", {"idea": 5, "maps": 2}),
        Review("k", "a", {"idea": 4, "maps": 1}),
        Review("j", "b", {"idea": 2, "games": 5}),
        Review("k", "b", {"idea": 1, "games": 5}),
    ]
    plain, fair = ranking._composites(reviews, criteria, groups)
    assert plain.tolist() == pytest.approx([0.7, 0.45, 0.55, 0.4])
    assert fair.tolist() == pytest.approx(plain.tolist())
    found = rank(reviews, criteria, groups=groups)
    assert {each.submission: each.mean for each in found.standings} == pytest.approx(
        {"a": 1 + 4 * 0.575, "b": 1 + 4 * 0.475}
    )
    # Asked of everyone, they would have been left out.
    everyone = {key: Criterion(each.weight, 1, 5) for key, each in criteria.items()}
    _, other = ranking._composites(reviews, everyone, groups)
    assert other.tolist() != pytest.approx(plain.tolist())
