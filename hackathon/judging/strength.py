"""From "this one is better" to strengths, places, and how sure they are.

A judge j perceives of project s the value `strength[s] + taste[j, s]` and says which of two is
better, with the chances of Bradley and Terry (1952) for the difference of what they perceive, in
the judge's own sharpness; "cannot say" is a tie as in Davidson (1970):

    chances of (later better : cannot say : earlier better) = e^d : ties * e^(d/2) : 1,
    d = sharpness[j] * (what j perceives of the later - what j perceives of the earlier)

A judge compares each project with the one before and the one after, so two of their answers share
one taste. Bradley-Terry and Crowd-BT (Chen et al. 2013) leave that out, and so take what one person
thinks of one project for news twice. Strengths and tastes are normal, sharpness is log-normal
around 1; the spread of the strengths, each sharpness and the share of ties are estimated under weak
priors, so that few answers move little. A judge who answers at random ends with little sharpness,
and so with little weight.

The mode is found by Newton steps, the tastes integrated out judge by judge: the working differences
of a judge have the covariance `1 / curvature + taste variance * D D'`, D being their pairs. The
posterior is normal around it (Laplace's approximation); joint draws tell what is uncertain, as in
`ranking`, whose `Standing` this returns.

Strengths of projects that no chain of answers links are known from the priors alone. So where the
compared projects of a group are not all linked, none of them has a place.

Keys of judges, projects and groups are hashable with a `repr` that tells them apart, as there; the
order of the input never changes the result.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import groupby, pairwise
from operator import itemgetter
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .ranking import (
    CONFIDENCE,
    PODIUM,
    Standing,
    Undecided,
    in_order,
    placed,
    places,
    settled,
    without_review,
)

Key = Any  # hashable
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Said(StrEnum):
    """What a judge said of two projects, the one they saw before and the one they saw now."""

    EARLIER = "earlier"
    LATER = "later"
    NEITHER = "neither"


POINTS = {Said.EARLIER: 0.0, Said.NEITHER: 0.5, Said.LATER: 1.0}
"""What the later of the two gets; the earlier gets the rest of one point."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One answer of one judge."""

    judge: Key
    earlier: Key
    later: Key
    said: Said


# Weak priors, in logits: a guess, and how many observations it is worth.
_STRENGTH_SD, _STRENGTH_WORTH = 2.5, 5.0
_TASTE_RATIO = 0.5  # of the strengths' deviation; a larger one makes intervals too wide
_SHARPNESS_SD = 0.5  # of the logarithm
_TIES, _TIES_WORTH, _FEWEST_TIES, _MOST_TIES = 0.4, 1.0, 0.05, 5.0
_ROUNDS, _STEPS, _PRECISE = 6, 5, 1e-3
_LONGEST_STEP = 3.0  # of a difference; keeps Newton from overshooting
_LEAST_CURVATURE = 1e-6
_LEAST_VARIANCE = 1e-12
_DIGITS = 9


@dataclass(frozen=True)
class Fit:
    """What the answers tell, in logits against the average project.

    `covariance` is that of the strengths, in the order of `projects`; `sharpness` follows `judges`.
    """

    projects: Sequence[Key]
    strength: Floats
    covariance: Floats
    judges: Sequence[Key]
    sharpness: Floats
    ties: float
    strength_sd: float
    taste_sd: float

    @cached_property
    def row(self) -> dict[Key, int]:
        return {key: number for number, key in enumerate(self.projects)}

    def gap(self, one: Key, other: Key) -> tuple[float, float]:
        """How much stronger `one` is than `other`, and the variance of that."""
        i, j = self.row[one], self.row[other]
        var = self.covariance[i, i] + self.covariance[j, j] - 2 * self.covariance[i, j]
        return float(self.strength[i] - self.strength[j]), float(max(var, _LEAST_VARIANCE))

    def chance(self, one: Key, other: Key) -> float:
        """That `one` is truly stronger than `other`."""
        lead, var = self.gap(one, other)
        return NormalDist().cdf(lead / var**0.5)


@dataclass(frozen=True)
class _Answers:
    """What judges said who gave as many answers about as many projects: reckoned at once.

    `judges` and `projects` are numbers; `pairs` has for each judge their D: a row an answer, a
    column one of their projects.
    """

    judges: Integers
    projects: Integers
    pairs: Floats
    points: Floats


def fit(
    comparisons: Iterable[Comparison], projects: Iterable[Key] = (), *, near: Fit | None = None
) -> Fit:
    """Estimate the strengths of all that was compared; `projects` adds those that may not be.

    Begun `near` an earlier fit it takes a quarter of the time, and will do to choose pairs.
    Raises ValueError where a project is compared with itself.
    """
    given = list(comparisons)
    if any(each.earlier == each.later for each in given):
        raise ValueError("a project compared with itself")
    every = sorted({*projects, *(k for c in given for k in (c.earlier, c.later))}, key=repr)
    judges = sorted({each.judge for each in given}, key=repr)
    row = {key: number for number, key in enumerate(every)}
    number = {key: number for number, key in enumerate(judges)}
    said = sorted((number[c.judge], row[c.earlier], row[c.later], POINTS[c.said]) for c in given)
    return _fit(every, judges, _answers(said), near)


def _answers(said: Sequence[tuple[int, int, int, float]]) -> list[_Answers]:
    """From judge, earlier, later and points, in order."""
    alike: defaultdict[tuple[int, ...], list[Any]] = defaultdict(list)
    for judge, own in groupby(said, key=itemgetter(0)):
        _, earlier, later, points = zip(*own, strict=True)
        seen = sorted({*earlier, *later})
        column = {project: index for index, project in enumerate(seen)}
        pairs, answers = np.zeros((len(points), len(seen))), np.arange(len(points))
        pairs[answers, [column[project] for project in later]] = 1
        pairs[answers, [column[project] for project in earlier]] = -1
        alike[pairs.shape].append((judge, seen, pairs, points))
    return [_Answers(*map(np.array, zip(*together, strict=True))) for together in alike.values()]


def _fit(
    every: Sequence[Key], judges: Sequence[Key], answers: Sequence[_Answers], near: Fit | None
) -> Fit:
    """Newton steps for strengths and tastes; by turns with them, variance, sharpness and ties."""
    strength, covariance = np.zeros(len(every)), np.eye(len(every)) * _STRENGTH_SD**2
    strength_var, ties = _STRENGTH_SD**2, _TIES
    sharpness = np.ones(len(judges))
    if near is not None:
        strength_var, ties = near.strength_sd**2, near.ties
        strength = np.array([near.strength[near.row[k]] if k in near.row else 0.0 for k in every])
        sharp = dict(zip(near.judges, near.sharpness, strict=True))
        sharpness = np.array([sharp.get(judge, 1.0) for judge in judges])
    # The differences as each judge perceives them, in their own sharpness.
    seen = [
        sharpness[own.judges, None] * _times(own.pairs, strength[own.projects]) for own in answers
    ]
    for _ in range(_ROUNDS if near is None else 1):
        taste_var = _TASTE_RATIO**2 * strength_var
        precision = np.eye(len(every)) / strength_var
        for _ in range(_STEPS):
            precision = np.eye(len(every)) / strength_var
            right = np.zeros(len(every))
            parts = []
            for own, difference in zip(answers, seen, strict=True):
                mean, curvature = _moments(difference, ties)
                working = difference + (own.points - mean) / curvature
                pairs = sharpness[own.judges, None, None] * own.pairs
                noise = taste_var * pairs @ pairs.swapaxes(1, 2)
                noise += np.eye(noise.shape[1]) / curvature[:, None]
                pull = np.linalg.solve(noise, pairs).swapaxes(1, 2)
                cells = own.projects[:, :, None] * len(every) + own.projects[:, None, :]
                np.add.at(precision.reshape(-1), cells.reshape(-1), (pull @ pairs).reshape(-1))
                np.add.at(right, own.projects.reshape(-1), _times(pull, working).reshape(-1))
                parts.append((working, pairs, pull))
            before, strength = strength, np.linalg.solve(precision, right)
            for own, difference, (working, pairs, pull) in zip(answers, seen, parts, strict=True):
                expected = strength[own.projects]
                missed = working - _times(pairs, expected)
                step = _times(pairs, expected + taste_var * _times(pull, missed)) - difference
                difference += np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
            if np.max(np.abs(strength - before), initial=0.0) < _PRECISE:
                break
        covariance = np.linalg.inv(precision)
        strength_var = float(
            strength @ strength + np.trace(covariance) + _STRENGTH_WORTH * _STRENGTH_SD**2
        ) / (len(every) + _STRENGTH_WORTH)
        sharpness = _sharpen(answers, seen, sharpness, ties)
        ties = _reckon_ties(answers, seen, ties)
    return Fit(
        projects=every,
        strength=strength - (strength.mean() if len(every) else 0.0),
        covariance=covariance,
        judges=judges,
        sharpness=sharpness,
        ties=ties,
        strength_sd=strength_var**0.5,
        taste_sd=_TASTE_RATIO * strength_var**0.5,
    )


def _times(matrices: Floats, vectors: Floats) -> Floats:
    """Each matrix times its vector."""
    return (matrices @ vectors[:, :, None])[:, :, 0]


def _sharpen(
    answers: Sequence[_Answers], seen: Sequence[Floats], sharpness: Floats, ties: float
) -> Floats:
    """One Newton step for the logarithm of each judge's sharpness; `seen` moves with it."""
    logs = np.log(sharpness)
    for own, difference in zip(answers, seen, strict=True):
        mean, curvature = _moments(difference, ties)
        slope = np.sum((own.points - mean) * difference, axis=1)
        slope -= logs[own.judges] / _SHARPNESS_SD**2
        bend = np.sum(curvature * difference**2, axis=1) + 1 / _SHARPNESS_SD**2
        step = np.clip(slope / bend, -0.5, 0.5)
        logs[own.judges] += step
        difference *= np.exp(step)[:, None]
    return np.exp(logs)


def _reckon_ties(answers: Sequence[_Answers], seen: Sequence[Floats], ties: float) -> float:
    """Bring the expected number of ties to what was given (one step of iterative scaling)."""
    given = sum(float(np.sum(own.points == 0.5)) for own in answers)
    expected = sum(float(np.sum(_chances(difference, ties)[1])) for difference in seen)
    ties *= (given + _TIES_WORTH) / (expected + _TIES_WORTH)
    return float(np.clip(ties, _FEWEST_TIES, _MOST_TIES))


def _chances(difference: Floats, ties: float) -> tuple[Floats, Floats]:
    """That the one who is ahead wins, and of a tie."""
    root = np.exp(-np.abs(difference) / 2)
    total = 1 + ties * root + root**2
    return 1 / total, ties * root / total


def _moments(difference: Floats, ties: float) -> tuple[Floats, Floats]:
    """Expected points of the later project, and their variance, which is the curvature."""
    ahead, tie = _chances(difference, ties)
    mean = ahead + tie / 2
    curvature = np.maximum(ahead + tie / 4 - mean**2, _LEAST_CURVATURE)
    return np.where(difference >= 0, mean, 1 - mean), curvature


@dataclass(frozen=True)
class Outcome:
    """Places by comparisons: `standings` group by group, best first, never compared last;
    `overall` the same projects in one list.

    `part` numbers the sets of projects that answers link, for all that was compared. `undecided`
    are the neighbours in a group that cannot be told apart; there, "one more" is a comparison of
    these two by another judge.
    """

    standings: tuple[Standing, ...]
    overall: tuple[Standing, ...]
    undecided: tuple[Undecided, ...]
    part: Mapping[Key, int]
    fit: Fit
    comparisons: int
    seed: int
    draws: int

    def linked(self, projects: Iterable[Key]) -> bool:
        """Do answers link all of these that were compared?"""
        return len({self.part[key] for key in projects if key in self.part}) <= 1

    def preferred(self, projects: Iterable[Key]) -> list[list[Key]]:
        """The projects in sets, the preferred first: each of a set is stronger than each of the
        next with a chance of at least `CONFIDENCE`. What cannot be told apart stays together."""
        order = sorted(
            projects,
            key=lambda key: (
                -round(float(self.fit.strength[self.fit.row[key]]), _DIGITS),
                repr(key),
            ),
        )

        def told(one: Key, other: Key) -> bool:
            known = one in self.part and self.part[one] == self.part.get(other)
            return known and self.fit.chance(one, other) >= CONFIDENCE

        cuts = [
            number
            for number in range(1, len(order))
            if all(told(one, other) for one in order[:number] for other in order[number:])
        ]
        return [order[begin:end] for begin, end in pairwise([0, *cuts, len(order)])]


def standings(
    comparisons: Iterable[Comparison],
    projects: Iterable[Key] = (),
    *,
    groups: Mapping[Key, Key] | None = None,
    podium: int = PODIUM,
    draws: int = 2000,
    seed: int = 0,
) -> Outcome:
    """Rank projects by comparisons; places are counted in their groups, where answers link them.

    In each `Standing`, `reviews` counts the comparisons, `mean` is the percentage of points won (a
    tie is half), `estimate` how many of 100 comparisons with the average project it would win, of
    judges who do not say "neither", and `error` that figure's standard deviation.
    """
    given = list(comparisons)
    found = fit(given, projects)
    number = {key: index for index, key in enumerate(found.projects)}
    count, points = np.zeros(len(number)), np.zeros(len(number))
    for each in given:
        earlier, later, won = number[each.earlier], number[each.later], POINTS[each.said]
        count[[earlier, later]] += 1
        points[[earlier, later]] += 1 - won, won
    # What was never compared is drawn too: it may be ahead of all the others.
    chance = np.random.default_rng(seed).standard_normal((draws, len(number)))
    drawn = found.strength + chance @ np.linalg.cholesky(found.covariance).T
    part = _parts(given)
    tables = (part, count, points, drawn)
    in_groups = _standings(found, *tables, groups or {}, podium)
    return Outcome(
        standings=in_groups,
        overall=_standings(found, *tables, {}, podium),
        undecided=_undecided(found, in_groups),
        part=part,
        fit=found,
        comparisons=len(given),
        seed=seed,
        draws=draws,
    )


def _parts(given: Iterable[Comparison]) -> dict[Key, int]:
    """A number for each set of projects that comparisons link."""
    near: defaultdict[Key, set[Key]] = defaultdict(set)
    for each in given:
        near[each.earlier].add(each.later)
        near[each.later].add(each.earlier)
    part: dict[Key, int] = {}
    for number, start in enumerate(near):
        reached = [] if start in part else [start]
        while reached:
            key = reached.pop()
            if key not in part:
                part[key] = number
                reached += near[key]
    return part


def _undecided(found: Fit, ranked: Iterable[Standing]) -> tuple[Undecided, ...]:
    """Go through the neighbours; what more answers would tell is a preposterior analysis."""
    needed = NormalDist().inv_cdf(CONFIDENCE)
    pairs = []
    for group, members in groupby(ranked, key=lambda each: each.group):
        placed_ones = [each.submission for each in members if each.place]
        for ahead, behind in pairwise(placed_ones):
            probability = found.chance(ahead, behind)
            if probability >= CONFIDENCE:
                continue
            lead, var = found.gap(ahead, behind)
            # Between two that are about alike an answer has the curvature 1/4, and two tastes.
            news = 4 + 2 * found.taste_sd**2
            pairs.append(
                Undecided(
                    group,
                    ahead,
                    behind,
                    probability,
                    settled(lead, var, news, needed),
                    settled(lead, var, news / 5, needed),
                )
            )
    return tuple(pairs)


def _standings(
    found: Fit,
    part: Mapping[Key, int],
    count: Floats,
    points: Floats,
    drawn: Floats,
    groups: Mapping[Key, Key],
    podium: int,
) -> tuple[Standing, ...]:
    names = sorted({groups.get(key) for key in found.projects}, key=repr)
    index = {name: number for number, name in enumerate(names)}
    group = np.array([index[groups.get(key)] for key in found.projects], dtype=np.int64)
    low, high, first, on_podium = placed(drawn, group, podium)
    compared = np.flatnonzero(count)
    shares, strength = points[compared] / count[compared], found.strength[compared]
    by_share, by_strength = places(shares, group[compared]), places(strength, group[compared])
    parts = {(group[i], part[found.projects[i]]) for i in compared}
    linked = Counter(number for number, _ in parts)
    # A duel with the average project, as one judge of usual taste and sharpness sees it.
    flatter = np.sqrt(1 + np.pi / 8 * 2 * found.taste_sd**2)
    wins = 1 / (1 + np.exp(-strength / flatter))
    error = np.sqrt(np.diag(found.covariance)[compared]) * wins * (1 - wins) / flatter
    ranked = [
        Standing(
            submission=found.projects[i],
            group=names[group[i]],
            reviews=int(count[i]),
            mean=float(100 * shares[n]),
            mean_place=int(by_share[n]),
            estimate=float(100 * wins[n]),
            error=float(100 * error[n]),
            place=int(by_strength[n]) if linked[group[i]] == 1 else None,
            low=int(low[i]),
            high=int(high[i]),
            first=float(first[i]),
            podium=float(on_podium[i]),
        )
        for n, i in enumerate(compared)
    ]
    unknown = [
        without_review(key, groups.get(key))
        for key, number in zip(found.projects, count, strict=True)
        if not number
    ]
    return in_order([*ranked, *unknown])
