"""From the judges' scores to a ranking that can be defended.

Two figures stand side by side for every submission: the plain weighted mean, and an estimate
corrected for who happened to judge it. The correction is the model

    score = level of the judge + spread of the judge * (quality of the submission + noise)

with random judges and random submissions. Variances are estimated by REML under weak priors
(Patterson and Thompson 1971), effects by the mixed-model equations (Henderson 1975); spreads shrink
to 1; noise is Student-t and may differ a little by judge, so that one odd review pulls less (EM
weights: Lange, Little and Taylor 1989). A judge may be careless, with scores that have nothing to
do with the submissions (the spammers of Raykar and Yu 2012): their reviews weigh as much as the
chance that they are not. Severity is corrected only as far as the reviews show it.

Places are counted inside a group, such as a challenge. Joint draws from the posterior tell what is
uncertain: the chance to be first, to be on the podium, and an interval for the place.

Keys of judges, submissions, criteria and groups are any hashable values with a `repr` that tells
them apart and stays the same in every run (UUIDs, integers, strings): it alone decides the internal
order, so that the order of the input never changes the result.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import NormalDist, median
from typing import Any

import numpy as np
from numpy.typing import NDArray

Key = Any  # hashable
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Criterion:
    """What judges score: its weight in the whole, any positive number, and its scale.

    With a `group` it is asked of that group's submissions alone.
    """

    weight: float
    low: float
    high: float
    group: Key = None

    def __post_init__(self) -> None:
        if not (0 < self.weight < float("inf") and self.low < self.high):
            raise ValueError(f"not a weight and a scale: {self}")


@dataclass(frozen=True, slots=True)
class Review:
    """One judge's scores of one submission; a criterion left out was not scored.

    Without any score it is an abstention, and counts nowhere.
    """

    judge: Key
    submission: Key
    scores: Mapping[Key, float]


class Correction(StrEnum):
    """How much the corrected estimate can differ from the plain mean."""

    NONE = "none"
    SLIGHT = "slight"
    FULL = "full"


class Limit(StrEnum):
    """Why the correction is less than full."""

    NO_REVIEWS = "no_reviews"
    ONE_JUDGE = "one_judge"
    NO_OVERLAP = "no_overlap"
    FEW_REVIEWS = "few_reviews"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one submission stands in its group; None where it has no review.

    `mean`, `estimate` and `error` (standard deviation) are in points of the ranking's scale. Equal
    figures share a place. `low` and `high` are the ends of the interval for the place; `first` and
    `podium` are probabilities.
    """

    submission: Key
    group: Key
    reviews: int
    mean: float | None
    mean_place: int | None
    estimate: float | None
    error: float | None
    place: int | None
    low: int | None
    high: int | None
    first: float
    podium: float


@dataclass(frozen=True, slots=True)
class Podium:
    """The best submissions of a group, best first."""

    group: Key
    submissions: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """What the reviews tell about a judge.

    `difference`: points above (+) or below (-) the others' mean on the same submissions, None
    without `shared` ones. `shift`: the part of such a difference that the model believes and takes
    off, and `error` its standard deviation. `spread`: above 1 the judge uses more of the scale than
    the others. `follows`: the chance that the scores have to do with the submissions at all; their
    reviews weigh so much. `changes`: the podiums that would have other members or another order
    without this judge.
    """

    judge: Key
    reviews: int
    shared: int
    difference: float | None
    shift: float
    error: float
    spread: float
    follows: float
    changes: tuple[Podium, ...]


@dataclass(frozen=True, slots=True)
class OddReview:
    """A review far from what all the others lead one to expect, both in points of the scale.

    `surprise` is the difference in standard deviations: above 0 it favours the submission.
    """

    judge: Key
    submission: Key
    score: float
    expected: float
    surprise: float


@dataclass(frozen=True, slots=True)
class Undecided:
    """Two neighbours in the ranking of a group that the reviews cannot tell apart.

    `probability`: that the one ahead is truly better. `settled_by_one_more` and `_by_five_more`:
    that so many further reviews of each would tell them apart.
    """

    group: Key
    ahead: Key
    behind: Key
    probability: float
    settled_by_one_more: float
    settled_by_five_more: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The whole result; `standings` go group by group, best first, unreviewed last.

    `overall` has the same submissions in one list, with their places in the whole competition.
    `oddest` has first the reviews furthest above what was to be expected, then those below.
    `scale` is that of the criteria if they share one, else 0 to 100. `quality_sd`, `severity_sd`
    and `noise_sd` are in its points.
    """

    standings: tuple[Standing, ...]
    overall: tuple[Standing, ...]
    judges: tuple[JudgeReport, ...]
    oddest: tuple[OddReview, ...]
    undecided: tuple[Undecided, ...]
    correction: Correction
    limits: tuple[Limit, ...]
    scale: tuple[float, float]
    quality_sd: float
    severity_sd: float
    noise_sd: float
    seed: int
    draws: int


CONFIDENCE = 0.90
"""Of the intervals of places, and to call two neighbours told apart."""
NINETY = 1.645
"""Standard deviations on either side that hold so much of a normal distribution."""

PODIUM = 3
"""So many places at the top of each challenge are its podium."""
ENOUGH_REVIEWS = 10
"""Reviews of a typical judge below which severity can be corrected only slightly."""

ODDEST = 5
"""Reviews shown above, and as many below, what was to be expected."""

# Weak priors on the scale from 0 to 1: a guess, and how many observations it is worth. The guesses
# are what five-point scales usually give; with a dozen judges the data outweigh them.
_QUALITY_SD, _QUALITY_WORTH = 0.20, 2.0
_SEVERITY_SD, _SEVERITY_WORTH = 0.10, 2.0
_NOISE_SD, _NOISE_WORTH = 0.18, 2.0
_SPREAD_SD, _SPREAD_WORTH = 0.30, 15.0  # of the logarithm
_NOISE_RATIO_WORTH = 20.0  # holds each judge's noise to everybody's
_CARELESS, _OWN_WORTH = 0.05, 4.0  # chance that a judge is; holds their own mean and variance
_MOST_ODDS = 1000.0  # no judge is wholly without weight, or submissions of theirs alone would tie
_NO_SEVERITY = 1e-8  # a variance that leaves all levels equal
_LEAST_INFORMATION = 1e-9
_MOST_STEPS, _PRECISE = 200, 1e-4
_NEAR, _REFINEMENTS = 0.1, 2  # logarithm of a variance; each gains about a digit
_TAILS = 12.0  # degrees of freedom of the Student-t noise
_AT_ONCE = 2_000_000  # numbers held in one table while drawing
_BLOCK = 128  # rows that are inverted in one piece


@dataclass(frozen=True, slots=True)
class _Panel:
    """The reviews as arrays, sorted by submission, then judge.

    `first` and `second` list the ordered pairs of reviews of the same submission, each with itself
    too: n reviews of k per submission make n * k of them, so nothing here is quadratic in the
    submissions.
    """

    submissions: Sequence[Key]
    judges: Sequence[Key]
    submission: Integers
    judge: Integers
    score: Floats  # 0 to 1, the plain weighted mean of what was scored
    fair_score: Floats  # the same, were the criteria left out of average difficulty
    first: Integers
    second: Integers


@dataclass(frozen=True, slots=True)
class _Solution:
    """Solved mixed-model equations: means and covariances given the variances.

    `levels` (judges) have the covariance `level_cov`; given the levels, the qualities (submissions)
    are independent with variance 1 / `precision` and mean sum(`pull` * (score - level)).
    """

    levels: Floats
    level_cov: Floats
    qualities: Floats
    quality_var: Floats
    cross_cov: Floats  # per review: of its judge's level and its submission's quality
    precision: Floats
    pull: Floats


@dataclass(frozen=True, slots=True)
class _Fit:
    """What was estimated; standard deviations on the scale from 0 to 1."""

    solution: _Solution
    quality_var: float
    severity_var: float
    noise_var: float
    spread: Floats  # per judge
    follows: Floats  # per judge, the chance not to be careless
    nominal_noise: Floats  # variance per review, odd or not
    noise: Floats  # the same, larger for odd reviews and careless judges


def _sums(index: Integers, values: NDArray[np.floating[Any]], size: int) -> Floats:
    return np.asarray(np.bincount(index, values, size), dtype=np.float64)


def _inverse(matrix: Floats) -> Floats:
    """Of a symmetric positive definite matrix, by halves: half the work of one that is not."""
    size = len(matrix)
    if size <= _BLOCK:
        return np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    half = size // 2
    upper = _inverse(matrix[:half, :half])
    beside = matrix[half:, :half] @ upper
    inverse = np.empty_like(matrix)
    lower = inverse[half:, half:] = _inverse(matrix[half:, half:] - beside @ matrix[:half, half:])
    across = inverse[half:, :half] = -lower @ beside
    inverse[:half, half:] = across.T
    inverse[:half, :half] = upper - beside.T @ across
    return inverse


def _solve(
    panel: _Panel,
    spread: Floats,
    noise: Floats,
    quality_var: float,
    severity_var: float,
    *,
    near: _Solution | None = None,
) -> _Solution:
    """Solve for levels and qualities, the qualities eliminated first (their block is diagonal).

    The general level has a flat prior, integrated out: that makes the likelihood restricted. A
    trace of information keeps the system solvable where no review is left. With the solution of
    `near` the same numbers, its covariance of the levels is kept and only the means are refined:
    inverting is what takes long with thousands of judges.
    """
    t, j, y = panel.submission, panel.judge, panel.fair_score
    n_t, n_j = len(panel.submissions), len(panel.judges)
    b = spread[j]
    weight = b / noise
    precision = _sums(t, b * weight, n_t) + 1 / quality_var
    pull = weight / precision[t]
    pair = j[panel.first] * n_j + j[panel.second]
    left = -_sums(pair, pull[panel.first] * weight[panel.second], n_j * n_j).reshape(n_j, n_j)
    left -= 1 / (n_j * severity_var)
    left[np.diag_indices(n_j)] += _sums(j, 1 / noise, n_j) + 1 / severity_var + _LEAST_INFORMATION
    right = _sums(j, y / noise - weight * _sums(t, pull * y, n_t)[t], n_j)
    if near is None:
        level_cov = _inverse(left)
        levels = level_cov @ right
    else:
        level_cov, levels = near.level_cov, near.levels
        for _ in range(_REFINEMENTS):
            levels = levels + level_cov @ (right - left @ levels)
    qualities = _sums(t, pull * (y - levels[j]), n_t)
    cross_cov = -_sums(panel.first, pull[panel.second] * level_cov.ravel()[pair], len(t))
    posterior_var = 1 / precision - _sums(t, pull * cross_cov, n_t)
    return _Solution(levels, level_cov, qualities, posterior_var, cross_cov, precision, pull)


def _follows(panel: _Panel, nominal: Floats, square: Floats, usual_var: float) -> Floats:
    """The chance of each judge that their scores follow the submissions (a mixture, by EM).

    Else they vary around a mean of their own, with a variance of their own, both held to the usual
    ones: few reviews say little. Both kinds of noise are Student-t, so that one odd review makes
    nobody careless.
    """
    j, y, n_j = panel.judge, panel.fair_score, len(panel.judges)
    per_judge = _sums(j, np.ones(len(y)), n_j)
    worth = per_judge + _OWN_WORTH
    beside = (y - ((_sums(j, y, n_j) + _OWN_WORTH * y.mean()) / worth)[j]) ** 2
    own_var = (_sums(j, beside, n_j) + _OWN_WORTH * usual_var) / worth
    tails = (_TAILS + 1) * np.log((_TAILS + beside / own_var[j]) / (_TAILS + square))
    odds = _sums(j, np.log(own_var[j] / nominal) + tails, n_j) / 2
    bar = np.log(_MOST_ODDS)
    odds = np.clip(odds + np.log(1 / _CARELESS - 1), -bar, bar)
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)


def _fit(panel: _Panel, *, correct: bool) -> _Fit:
    """Estimate variances, spreads, noise and carelessness by EM.

    Every step has a closed form except that of the spreads, which is one Newton step. With
    `correct` false, all judges are taken to be alike. The covariance of the levels is inverted
    anew when the variances have moved since, and once more at the end.
    """
    t, j, y = panel.submission, panel.judge, panel.fair_score
    n_t, n_j = len(panel.submissions), len(panel.judges)
    per_judge = _sums(j, np.ones(len(y)), n_j)
    log_spread, spread_var = np.zeros(n_j), _SPREAD_SD**2
    noise_ratio, follows, weight = np.ones(n_j), np.ones(n_j), np.ones(len(y))
    quality_var, noise_var = _QUALITY_SD**2, _NOISE_SD**2
    severity_var = _SEVERITY_SD**2 if correct else _NO_SEVERITY
    found: _Solution | None = None
    inverted_at = np.zeros(3)
    for _ in range(_MOST_STEPS):
        spread = np.exp(log_spread)
        b = spread[j]
        nominal = noise_var * noise_ratio[j] * b**2
        variances = np.log([quality_var, severity_var, noise_var])
        if found is None or np.max(np.abs(variances - inverted_at)) > _NEAR:
            found, inverted_at = None, variances
        found = _solve(panel, spread, nominal / weight, quality_var, severity_var, near=found)
        level_var, q_var = np.diag(found.level_cov)[j], found.quality_var[t]
        above, q = y - found.levels[j], found.qualities[t]
        square = (above - b * q) ** 2 + level_var + b**2 * q_var + 2 * b * found.cross_cov
        square /= nominal  # the expected square of the standardised residual
        if correct:
            follows = _follows(panel, nominal, square, quality_var + noise_var)
            weight = follows[j] * (_TAILS + 1) / (_TAILS + square)
        noise_var *= (np.sum(weight * square) + _NOISE_WORTH * _NOISE_SD**2 / noise_var) / (
            np.sum(weight) + _NOISE_WORTH
        )
        quality_var = (
            np.sum(found.qualities**2 + found.quality_var) + _QUALITY_WORTH * _QUALITY_SD**2
        ) / (n_t + _QUALITY_WORTH)
        if correct:
            severity_var = (
                np.sum((found.levels - found.levels.mean()) ** 2)
                + np.trace(found.level_cov)
                - np.sum(found.level_cov) / n_j
                + _SEVERITY_WORTH * _SEVERITY_SD**2
            ) / (n_j - 1 + _SEVERITY_WORTH)
            followed = follows * per_judge
            noise_ratio = (noise_ratio * _sums(j, weight * square, n_j) + _NOISE_RATIO_WORTH) / (
                followed + _NOISE_RATIO_WORTH
            )
            # Newton for v = -log(spread): maximise followed * v - aa * e**2v / 2 + aq * e**v.
            scale = weight / (noise_var * noise_ratio[j])
            inverse = 1 / spread
            aa = inverse**2 * _sums(j, scale * (above**2 + level_var), n_j)
            aq = inverse * _sums(j, scale * (above * q - found.cross_cov), n_j)
            slope = followed - aa + aq + log_spread / spread_var
            bend = np.maximum(2 * aa - aq, followed) + 1 / spread_var
            log_spread = log_spread - np.clip(slope / bend, -0.5, 0.5)
            log_spread -= log_spread.mean()  # what all share is the scale of quality and noise
            spread_var = (np.sum(log_spread**2 + 1 / bend) + _SPREAD_WORTH * _SPREAD_SD**2) / (
                n_j + _SPREAD_WORTH
            )
        change = np.log([quality_var, severity_var, noise_var]) - variances
        if np.max(np.abs(change)) < _PRECISE:
            break
    spread = np.exp(log_spread)
    nominal = noise_var * noise_ratio[j] * spread[j] ** 2
    # The weights are estimated from the same scores: the information of a Student-t review is that
    # much less than they say (Lange, Little and Taylor 1989).
    noise = nominal / weight * ((_TAILS + 3) / (_TAILS + 1) if correct else 1.0)
    found = _solve(panel, spread, noise, quality_var, severity_var)
    return _Fit(found, quality_var, severity_var, noise_var, spread, follows, nominal, noise)


def plain_mean(review: Review, criteria: Mapping[Key, Criterion]) -> float:
    """One review's weighted mean, in points of the ranking's scale."""
    low, points = _scale(criteria)
    plain, _ = _composites([review], criteria, {})
    return float(low + points * plain[0])


def _scale(criteria: Mapping[Key, Criterion]) -> tuple[float, float]:
    """The low end and the length of the scale that figures are told on."""
    scales = {(criterion.low, criterion.high) for criterion in criteria.values()}
    low, high = scales.pop() if len(scales) == 1 else (0.0, 100.0)
    return low, high - low


def _composites(
    reviews: Sequence[Review], criteria: Mapping[Key, Criterion], groups: Mapping[Key, Key]
) -> tuple[Floats, Floats]:
    """Weighted means from 0 to 1: of what was scored, and as if nothing had been left out.

    What is asked of another group is not left out.
    """
    keys = sorted(criteria, key=repr)
    weights = np.array([criteria[key].weight for key in keys])
    parts = np.full((len(reviews), len(keys)), np.nan)
    for row, review in enumerate(reviews):
        for column, key in enumerate(keys):
            if key in review.scores:
                criterion = criteria[key]
                value = float(review.scores[key])
                if not criterion.low <= value <= criterion.high:
                    raise ValueError(f"{value} is not on the scale of criterion {key!r}")
                parts[row, column] = (value - criterion.low) / (criterion.high - criterion.low)
    scored = ~np.isnan(parts)
    filled = np.where(scored, parts, 0.0)
    here = scored @ weights
    plain = filled @ weights / here
    usual = filled.sum(axis=0) / np.maximum(scored.sum(axis=0), 1)
    easier = scored @ (weights * usual) / here
    of_group = [criteria[key].group for key in keys]
    asked = np.array(
        [[one is None or one == groups.get(r.submission) for one in of_group] for r in reviews]
    )
    # What a review has scored counts as asked, whatever the group.
    everything = ((asked & scored.any(axis=0)) | scored) * weights
    return plain, plain - easier + everything @ usual / everything.sum(axis=1)


def _panel(
    reviews: Sequence[Review], criteria: Mapping[Key, Criterion], groups: Mapping[Key, Key]
) -> _Panel:
    submissions = sorted({review.submission for review in reviews}, key=repr)
    judges = sorted({review.judge for review in reviews}, key=repr)
    row = {key: index for index, key in enumerate(submissions)}
    column = {key: index for index, key in enumerate(judges)}
    in_order = sorted(reviews, key=lambda review: (row[review.submission], column[review.judge]))
    submission = np.array([row[review.submission] for review in in_order])
    score, fair_score = _composites(in_order, criteria, groups)
    sizes = np.bincount(submission)
    starts = np.cumsum(sizes) - sizes
    # Review r is paired with each of the reviews starts[t] ... starts[t] + sizes[t] - 1 of its t.
    repeats = sizes[submission]
    first = np.repeat(np.arange(len(in_order)), repeats)
    step = np.arange(len(first)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return _Panel(
        submissions,
        judges,
        submission,
        np.array([column[review.judge] for review in in_order]),
        score,
        fair_score,
        first,
        starts[submission][first] + step,
    )


def _parts(panel: _Panel) -> Integers:
    """Number, per submission, the part of the panel that reviews in common link it to."""
    part = np.arange(len(panel.submissions))
    while True:
        of_judge = np.full(len(panel.judges), len(part))
        np.minimum.at(of_judge, panel.judge, part[panel.submission])
        linked = part.copy()
        np.minimum.at(linked, panel.submission, of_judge[panel.judge])
        if np.array_equal(linked, part):
            return part
        part = linked


def _limits(panel: _Panel, group: Integers) -> tuple[Limit, ...]:
    if len(panel.judges) == 1:
        return (Limit.ONE_JUDGE,)
    if len(panel.submissions) == len(panel.judge):
        return (Limit.NO_OVERLAP,)
    limits = []
    if median(np.bincount(panel.judge).tolist()) < ENOUGH_REVIEWS:
        limits.append(Limit.FEW_REVIEWS)
    if len(set(zip(group.tolist(), _parts(panel).tolist(), strict=True))) > len(
        set(group.tolist())
    ):
        limits.append(Limit.DISCONNECTED)
    return tuple(limits)


def places(values: Floats, group: Integers) -> Integers:
    """Place of each value in its group, 1 for the highest; equal values share one."""
    values = np.round(values, 9)
    places = np.empty(len(values), dtype=np.int64)
    for each in np.unique(group):
        members = group == each
        rising = np.sort(values[members])
        places[members] = 1 + len(rising) - np.searchsorted(rising, values[members], "right")
    return places


def _draw(panel: _Panel, fit: _Fit, draws: int, seed: int) -> Floats:
    """Joint draws of the qualities from the posterior, of shape (draws, submissions)."""
    random = np.random.default_rng(seed)
    found = fit.solution
    root = np.linalg.cholesky(found.level_cov)
    starts = np.flatnonzero(np.diff(panel.submission, prepend=-1))
    qualities = random.standard_normal((draws, len(panel.submissions)))
    qualities /= np.sqrt(found.precision)
    at_once = max(1, _AT_ONCE // len(panel.judge))
    for begin in range(0, draws, at_once):
        some = qualities[begin : begin + at_once]
        levels = found.levels + random.standard_normal((len(some), len(root))) @ root.T
        above = (panel.fair_score - levels[:, panel.judge]) * found.pull
        some += np.add.reduceat(above, starts, axis=1)
    return qualities


def placed(
    drawn: Floats, group: Integers, podium: int
) -> tuple[Integers, Integers, Floats, Floats]:
    """What draws, of shape (draws, submissions), tell of the places in the groups: both ends of the
    interval, and the chances to be first and on the podium.

    Half the draws at a place count as beyond it (mid-P, Lancaster 1961): places are whole numbers,
    and an interval that leaves less than a tail on each side would hold too much.
    """
    lows, highs = np.empty_like(group), np.empty_like(group)
    first, on_podium = np.empty(len(group)), np.empty(len(group))
    tail = (1 - CONFIDENCE) / 2
    ends = [int(np.ceil(each * len(drawn))) - 1 for each in (tail, 1 - tail)]
    for each in np.unique(group):
        members = np.flatnonzero(group == each)
        in_group = np.empty((len(members), len(drawn)), dtype=np.int32)
        rising = np.arange(1, len(members) + 1, dtype=np.int32)
        at_once = max(1, _AT_ONCE // len(members))
        for begin in range(0, len(drawn), at_once):
            falling = np.argsort(-drawn[begin : begin + at_once, members], axis=1)
            found = np.empty(falling.shape, dtype=np.int32)
            np.put_along_axis(found, falling, rising[None], axis=1)
            in_group[:, begin : begin + at_once] = found.T
        first[members] = np.mean(in_group == 1, axis=1)
        on_podium[members] = np.mean(in_group <= podium, axis=1)
        in_group.partition(ends, axis=1)
        low, high = in_group[:, ends[:1]], in_group[:, ends[1:]]
        below = np.mean(in_group < low, axis=1) + np.mean(in_group <= low, axis=1)
        above = np.mean(in_group > high, axis=1) + np.mean(in_group >= high, axis=1)
        lows[members] = low[:, 0] + (below / 2 <= tail)
        highs[members] = high[:, 0] - (above / 2 <= tail)
    return lows, highs, first, on_podium


def _standings(
    panel: _Panel,
    fit: _Fit,
    drawn: Floats,
    group: Integers,
    groups: Sequence[Key],
    podium: int,
    low: float,
    points: float,
) -> list[Standing]:
    """Where the reviewed submissions stand in their groups, by the estimates and by the draws."""
    found = fit.solution
    count = np.bincount(panel.submission)
    means = _sums(panel.submission, panel.score, len(count)) / count
    mean_places, by_quality = places(means, group), places(found.qualities, group)
    lows, highs, first, on_podium = placed(drawn, group, podium)
    return [
        Standing(
            submission=key,
            group=groups[group[i]],
            reviews=int(count[i]),
            mean=float(low + points * means[i]),
            mean_place=int(mean_places[i]),
            estimate=float(low + points * (found.levels.mean() + found.qualities[i])),
            error=float(points * np.sqrt(found.quality_var[i])),
            place=int(by_quality[i]),
            low=int(lows[i]),
            high=int(highs[i]),
            first=float(first[i]),
            podium=float(on_podium[i]),
        )
        for i, key in enumerate(panel.submissions)
    ]


def without_review(key: Key, group: Key) -> Standing:
    """Of a submission that nobody scored: no figures, no place, no chance."""
    return Standing(key, group, 0, None, None, None, None, None, None, None, 0.0, 0.0)


def in_order(standings: list[Standing]) -> tuple[Standing, ...]:
    """By group, then by place, without a place last: an order that rests on no row's order."""
    return tuple(
        sorted(
            standings,
            key=lambda each: (
                repr(each.group),
                each.place is None,
                each.place or 0,
                repr(each.submission),
            ),
        )
    )


def _podiums(values: Floats, size: int) -> list[tuple[int, ...]]:
    """The best columns of each row, best first, ties included; -infinity has no place."""
    rounded = np.round(values, 9)
    last = max(0, rounded.shape[1] - size)
    bar = np.partition(rounded, last, axis=1)[:, last, None]
    rows, columns = np.nonzero((rounded >= bar) & (rounded > -np.inf))
    order = np.lexsort((columns, -rounded[rows, columns], rows))
    ends = np.searchsorted(rows[order], np.arange(len(values) + 1))
    best = columns[order].tolist()
    return [tuple(best[begin:end]) for begin, end in pairwise(ends.tolist())]


def _levels_without(panel: _Panel, fit: _Fit, own: Sequence[Integers]) -> Floats:
    """All levels, had one judge after the other not been there: shape (judges, judges).

    The posterior is taken back by the reviews of that judge alone (a downdate of their number of
    rows), with the variances, spreads and weights as they are.
    """
    found, t, j = fit.solution, panel.submission, panel.judge
    begins = np.searchsorted(t, np.arange(len(panel.submissions) + 1))
    levels = np.tile(found.levels, (len(panel.judges), 1))
    if len(panel.judges) == 1:
        return levels
    for number, reviews in enumerate(own):
        b = fit.spread[number]
        # How what this judge was expected to say depends on the levels, one column a review.
        beside = [np.arange(begins[t[r]], begins[t[r] + 1]) for r in reviews]
        every = np.concatenate(beside)
        near, place = np.unique(j[every], return_inverse=True)
        column = np.repeat(np.arange(len(reviews)), [len(each) for each in beside])
        depends = np.zeros((len(near), len(reviews)))
        depends[place, column] = -b * found.pull[every]
        depends[np.searchsorted(near, number)] += 1
        rows = found.level_cov[near]
        said = depends.T @ rows[:, near] @ depends + np.diag(b**2 / found.precision[t[reviews]])
        expected = found.levels[number] + b * found.qualities[t[reviews]]
        surplus = panel.fair_score[reviews] - expected
        levels[number] -= (
            depends @ np.linalg.solve(np.diag(fit.noise[reviews]) - said, surplus)
        ) @ rows
    return levels


def _podium_changes(
    panel: _Panel, fit: _Fit, group: Integers, groups: Sequence[Key], size: int
) -> list[list[Podium]]:
    """For each judge, the podiums that would be others without them."""
    t, found = panel.submission, fit.solution
    n_j = len(panel.judges)
    own = np.split(np.argsort(panel.judge, kind="stable"), np.cumsum(np.bincount(panel.judge))[:-1])
    levels = _levels_without(panel, fit, own)
    starts = np.flatnonzero(np.diff(t, prepend=-1))
    sizes = np.bincount(t)
    members = [np.flatnonzero(group == number) for number in range(len(groups))]
    announced = [_podiums(found.qualities[None, each], size)[0] for each in members]
    changes: list[list[Podium]] = [[] for _ in panel.judges]
    at_once = max(1, _AT_ONCE // len(t))
    for begin in range(0, n_j, at_once):
        some = levels[begin : begin + at_once]
        above = panel.fair_score - some[:, panel.judge]
        without = np.add.reduceat(above * found.pull, starts, axis=1)
        for row, reviews in enumerate(own[begin : begin + at_once]):
            weight = found.pull[reviews] * found.precision[t[reviews]]
            left = found.precision[t[reviews]] - weight * fit.spread[begin + row]
            rest = without[row, t[reviews]] * found.precision[t[reviews]]
            without[row, t[reviews]] = np.where(
                sizes[t[reviews]] > 1, (rest - weight * above[row, reviews]) / left, -np.inf
            )
        for key, here, before in zip(groups, members, announced, strict=True):
            for row, best in enumerate(_podiums(without[:, here], size)):
                if best != before:
                    names = tuple(panel.submissions[here[column]] for column in best)
                    changes[begin + row].append(Podium(key, names))
    return changes


def _judge_reports(
    panel: _Panel, fit: _Fit, group: Integers, groups: Sequence[Key], podium: int, points: float
) -> tuple[JudgeReport, ...]:
    t, j, y, found = panel.submission, panel.judge, panel.fair_score, fit.solution
    n_t, n_j = len(panel.submissions), len(panel.judges)
    reviews = _sums(j, np.ones(len(y)), n_j)
    others = _sums(t, np.ones(len(y)), n_t)[t] - 1
    difference = (y - (_sums(t, y, n_t)[t] - y) / np.maximum(others, 1)) * (others > 0)
    shared = _sums(j, (others > 0) * 1.0, n_j)
    total = _sums(j, difference, n_j)
    sure = np.sqrt(
        np.diag(found.level_cov) - 2 * found.level_cov.mean(axis=1) + found.level_cov.mean()
    )
    changes = _podium_changes(panel, fit, group, groups, podium)
    return tuple(
        JudgeReport(
            judge=judge,
            reviews=int(reviews[number]),
            shared=int(shared[number]),
            difference=float(points * total[number] / shared[number]) if shared[number] else None,
            shift=float(points * (found.levels[number] - found.levels.mean())),
            error=float(points * sure[number]),
            spread=float(fit.spread[number]),
            follows=float(fit.follows[number]),
            changes=tuple(changes[number]),
        )
        for number, judge in enumerate(panel.judges)
    )


def _oddest(panel: _Panel, fit: _Fit, low: float, points: float) -> tuple[OddReview, ...]:
    """Compare each review with what the others alone lead one to expect (deleted residuals)."""
    t, j, found = panel.submission, panel.judge, fit.solution
    b = fit.spread[j]
    fitted = found.levels[j] + b * found.qualities[t]
    fitted_var = np.diag(found.level_cov)[j] + b**2 * found.quality_var[t] + 2 * b * found.cross_cov
    # The posterior of the fitted value holds the review itself: take its information out again.
    information = np.maximum(1 / fitted_var - 1 / fit.noise, _LEAST_INFORMATION)
    expected = (fitted / fitted_var - panel.fair_score / fit.noise) / information
    surprise = (panel.fair_score - expected) / np.sqrt(1 / information + fit.nominal_noise)
    rising = np.argsort(np.round(surprise, 9), kind="stable")
    below, above = rising[:ODDEST], rising[::-1][:ODDEST]
    return tuple(
        OddReview(
            judge=panel.judges[j[r]],
            submission=panel.submissions[t[r]],
            score=float(low + points * panel.fair_score[r]),
            expected=float(low + points * expected[r]),
            surprise=float(surprise[r]),
        )
        for r in [*above[surprise[above] > 1], *below[surprise[below] < -1]]
    )


def settled(lead: float, var: float, news_var: float, needed: float) -> float:
    """The chance that news of this variance leaves a lead of `needed` standard deviations."""
    later, normal = 1 / (1 / var + 1 / news_var), NormalDist()
    bar, moves = needed * later**0.5, (var - later) ** 0.5
    return normal.cdf((lead - bar) / moves) + normal.cdf((-lead - bar) / moves)


def _undecided(
    panel: _Panel, fit: _Fit, group: Integers, groups: Sequence[Key]
) -> tuple[Undecided, ...]:
    """Go through the neighbours; what one more review would tell is a preposterior analysis."""
    found, normal = fit.solution, NormalDist()
    needed = normal.inv_cdf(CONFIDENCE)
    # A new review of each: noise of both, and levels of their judges as far as they are unknown.
    noise_var = fit.noise_var * _TAILS / (_TAILS - 2)
    news_var = 2 * (noise_var + float(np.mean(np.diag(found.level_cov))))
    begins = np.searchsorted(panel.submission, np.arange(len(panel.submissions) + 1))
    pairs = []
    for number, key in enumerate(groups):
        members = np.flatnonzero(group == number)
        order = members[np.argsort(-np.round(found.qualities[members], 9), kind="stable")]
        for ahead, behind in pairwise(order.tolist()):
            # How the gap depends on the levels of the judges of both.
            one = slice(begins[ahead], begins[ahead + 1])
            two = slice(begins[behind], begins[behind + 1])
            judges = np.concatenate([panel.judge[one], panel.judge[two]])
            by_levels = np.concatenate([-found.pull[one], found.pull[two]])
            var = float(
                1 / found.precision[ahead]
                + 1 / found.precision[behind]
                + by_levels @ found.level_cov[np.ix_(judges, judges)] @ by_levels
            )
            lead = max(0.0, float(found.qualities[ahead] - found.qualities[behind]))
            probability = normal.cdf(lead / var**0.5)
            if probability >= CONFIDENCE:
                continue
            pairs.append(
                Undecided(
                    key,
                    panel.submissions[ahead],
                    panel.submissions[behind],
                    probability,
                    settled(lead, var, news_var, needed),
                    settled(lead, var, news_var / 5, needed),
                )
            )
    return tuple(pairs)


def _check(reviews: Iterable[Review], criteria: Mapping[Key, Criterion]) -> None:
    """Raises ValueError for a criterion that `criteria` lacks, or a judge who reviews twice."""
    for review in reviews:
        if not review.scores.keys() <= criteria.keys():
            raise ValueError(f"unknown criterion in {review}")
    times = Counter((each.judge, each.submission) for each in reviews)
    if twice := [pair for pair, number in times.items() if number > 1]:
        raise ValueError(f"two reviews by the same judge of the same submission: {twice}")


def _of_nothing(
    unreviewed: Iterable[Key],
    group_of: Mapping[Key, Key],
    scale: tuple[float, float],
    *,
    seed: int,
    draws: int,
) -> Ranking:
    """While nobody has scored anything: no places, and nothing known of any judge."""
    unreviewed = list(unreviewed)
    return Ranking(
        standings=in_order([without_review(key, group_of.get(key)) for key in unreviewed]),
        overall=in_order([without_review(key, None) for key in unreviewed]),
        judges=(),
        oddest=(),
        undecided=(),
        correction=Correction.NONE,
        limits=(Limit.NO_REVIEWS,),
        scale=scale,
        quality_sd=0.0,
        severity_sd=0.0,
        noise_sd=0.0,
        seed=seed,
        draws=draws,
    )


def rank(
    reviews: Iterable[Review],
    criteria: Mapping[Key, Criterion],
    *,
    submissions: Iterable[Key] = (),
    groups: Mapping[Key, Key] | None = None,
    podium: int = PODIUM,
    draws: int = 2000,
    seed: int = 0,
) -> Ranking:
    """Rank the submissions of a competition.

    `submissions` adds those that may have no review; `groups` gives each its group, None for those
    it does not name. The same reviews and seed give the same ranking, whatever their order.

    Raises ValueError for a judge with two reviews of one submission, a criterion that `criteria`
    lacks, a score off its scale, no criteria at all, or fewer than one draw or podium place.
    """
    if not criteria or draws < 1 or podium < 1:
        raise ValueError("a ranking needs criteria, a podium and draws")
    reviews = list(reviews)
    _check(reviews, criteria)

    group_of = groups or {}
    every = {*submissions, *(review.submission for review in reviews)}
    low, points = _scale(criteria)
    high = low + points
    counted = [review for review in reviews if review.scores]
    unreviewed = every - {review.submission for review in counted}
    if not counted:
        return _of_nothing(unreviewed, group_of, (low, high), seed=seed, draws=draws)

    panel = _panel(counted, criteria, group_of)
    names = sorted({group_of.get(key) for key in panel.submissions}, key=repr)
    number = {key: index for index, key in enumerate(names)}
    group = np.array([number[group_of.get(key)] for key in panel.submissions])
    limits = _limits(panel, group)
    alike = Limit.ONE_JUDGE in limits or Limit.NO_OVERLAP in limits
    fit = _fit(panel, correct=not alike)
    drawn = _draw(panel, fit, draws, seed)

    def standings(names: Sequence[Key], group: Integers, unreviewed: list[Standing]) -> Any:
        found = _standings(panel, fit, drawn, group, names, podium, low, points)
        return in_order(found + unreviewed)

    return Ranking(
        standings=standings(
            names, group, [without_review(key, group_of.get(key)) for key in unreviewed]
        ),
        overall=standings(
            [None], np.zeros_like(group), [without_review(key, None) for key in unreviewed]
        ),
        judges=_judge_reports(panel, fit, group, names, podium, points),
        oddest=_oddest(panel, fit, low, points),
        undecided=_undecided(panel, fit, group, names),
        correction=Correction.NONE if alike else Correction.SLIGHT if limits else Correction.FULL,
        limits=limits,
        scale=(low, high),
        quality_sd=float(points * fit.quality_var**0.5),
        severity_sd=0.0 if alike else float(points * fit.severity_var**0.5),
        noise_sd=float(points * (fit.noise_var * _TAILS / (_TAILS - 2)) ** 0.5),
        seed=seed,
        draws=draws,
    )
