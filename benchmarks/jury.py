"""A simulated competition and its judges, for `benchmarks.judging`.

Quality is standard normal and makes 70 % of the variance of each of four criteria (weights .3, .3,
.2 and .2). A judge sees `quality + halo + noise` of a criterion and reports `severity + spread *
seen` on 1 to 5; a careless judge sees another, made-up project instead. The truth is the weighted
mean of the criteria: what an unlimited panel of such judges would have said.

Everything is drawn for every pair of judge and submission before anybody is assigned, so that all
ways of assigning and of reckoning meet the same event (common random numbers).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hackathon.judging.assignment import Assignment, Judge, Submission, propose
from hackathon.judging.ranking import Criterion, Ranking, Review, rank

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

SUBMISSIONS, CHALLENGES, JUDGES = 60, 3, 15
WEIGHTS = np.array([0.3, 0.3, 0.2, 0.2])
CRITERIA = {number: Criterion(weight, 1, 5) for number, weight in enumerate(WEIGHTS.tolist())}
CENTRE, POINTS_PER_SD = 3.2, 0.8
OWN_VARIANCE = 0.3 / 0.7  # of a criterion, beside the quality's 1
HELP = 3.0  # what a friend adds to what they see
CHALLENGE = np.arange(SUBMISSIONS) % CHALLENGES
PROJECTS = [Submission(number, challenge=int(CHALLENGE[number])) for number in range(SUBMISSIONS)]
PANEL = [Judge(number, SUBMISSIONS) for number in range(JUDGES)]


@dataclass(frozen=True)
class Kind:
    """What the judges of an event are like: standard deviations, and chances per judge."""

    severity: float
    spread: float
    halo: float
    noise: float
    noise_differs: float
    careless: float
    friend: float


KINDS = {
    "mild": Kind(0.30, 0.15, 0.60, 0.60, 0.15, 0.02, 0.0),
    "typical": Kind(0.60, 0.25, 0.80, 0.80, 0.30, 0.05, 0.0),
    "harsh": Kind(0.90, 0.40, 1.00, 1.00, 0.50, 0.10, 0.03),
}
KINDS["severity 0"] = replace(KINDS["typical"], severity=0.0)
KINDS["severity, spread 0"] = replace(KINDS["typical"], severity=0.0, spread=0.0)


@dataclass(frozen=True)
class Event:
    """Who competes, who judges, and what each judge would say of each submission.

    `seen` is the weighted whole on a scale without ends, (submissions, judges); `scores` what is
    put down, (submissions, judges, criteria); `done` whether that review is ever completed.
    """

    seed: int
    truth: Floats
    severity: Floats
    spread: Floats
    noise_var: Floats  # per judge, of the whole; infinite for the careless
    seen: Floats
    scores: Floats
    done: Booleans
    conflicts: frozenset[Assignment]

    def panel(self, wanted: int = 5) -> frozenset[Assignment]:
        """Who reads what, by the product's own assignment."""
        return propose(
            PROJECTS, PANEL, wanted=wanted, conflicts=self.conflicts, seed=self.seed
        ).assignments

    def judged(self, panel: Collection[Assignment]) -> "Judged":
        """What these judges put down of these submissions, but for what is never done."""
        pairs = np.array(sorted((each.submission, each.judge) for each in panel))
        submission, judge = pairs[self.done[pairs[:, 0], pairs[:, 1]]].T
        return Judged(self, submission, judge, self.scores[submission, judge])


@dataclass(frozen=True)
class Judged:
    """The reviews of an event as arrays; `scores` has the shape (reviews, criteria)."""

    event: Event
    submission: Integers
    judge: Integers
    scores: Floats

    @cached_property
    def whole(self) -> Floats:
        return np.asarray(self.scores @ WEIGHTS, dtype=np.float64)

    @cached_property
    def reviews(self) -> list[Review]:
        rows = zip(self.judge.tolist(), self.submission.tolist(), self.scores.tolist(), strict=True)
        return [
            Review(judge, submission, dict(enumerate(given))) for judge, submission, given in rows
        ]

    @cached_property
    def ranking(self) -> Ranking:
        groups = dict(enumerate(CHALLENGE.tolist()))
        return rank(self.reviews, CRITERIA, submissions=range(SUBMISSIONS), groups=groups)

    def mean(self, values: Floats, weights: Floats, prior: float = 0.0) -> Floats:
        """Weighted mean of one figure a review, for each submission."""
        total = np.bincount(self.submission, weights * values, SUBMISSIONS)
        weight = np.bincount(self.submission, weights, SUBMISSIONS) + prior
        return np.asarray(total / np.maximum(weight, 1e-9), dtype=np.float64)


def simulate(kind: Kind, seed: int) -> Event:
    random = np.random.default_rng(seed)
    shape = (SUBMISSIONS, JUDGES, len(WEIGHTS))

    def projects(*shape: int) -> Floats:
        """Criteria of projects; the last of the shape is 1."""
        own = OWN_VARIANCE**0.5 * random.standard_normal((*shape[:-1], len(WEIGHTS)))
        return np.asarray(random.standard_normal(shape) + own, dtype=np.float64)

    quality = projects(SUBMISSIONS, 1)
    severity = kind.severity * random.standard_normal(JUDGES)
    spread = np.exp(kind.spread * random.standard_normal(JUDGES))
    noise = kind.noise * np.exp(kind.noise_differs * random.standard_normal(JUDGES))
    careless = random.random(JUDGES) < kind.careless
    helps = np.where(random.random(JUDGES) < kind.friend, random.integers(SUBMISSIONS), -1)
    conflicts = np.argwhere(random.random((SUBMISSIONS, JUDGES)) < 0.03)
    done = random.random((SUBMISSIONS, JUDGES)) >= 0.10
    seen = np.where(
        careless[:, None], projects(SUBMISSIONS, JUDGES, 1), quality[:, None, :]
    ) + kind.halo * random.standard_normal((SUBMISSIONS, JUDGES, 1))
    seen = seen + noise[:, None] * random.standard_normal(shape)
    seen[helps[helps >= 0], np.flatnonzero(helps >= 0)] += HELP
    return Event(
        seed=seed,
        truth=quality @ WEIGHTS,
        severity=severity,
        spread=spread,
        noise_var=np.where(careless, np.inf, kind.halo**2 + noise**2 * (WEIGHTS @ WEIGHTS)),
        seen=severity + spread * (seen @ WEIGHTS),
        scores=_reported(severity[:, None] + spread[:, None] * seen),
        done=done,
        conflicts=frozenset(Assignment(int(j), int(s)) for s, j in conflicts),
    )


def befriended(event: Event, judged: Judged, challenge: int) -> tuple[Judged, int, int]:
    """One review helps a submission of the challenge ranked 4th to 10th in truth.

    Returns what is judged then, and the friend's judge and submission.
    """
    random = np.random.default_rng([event.seed, challenge])
    mates = np.flatnonzero(challenge == CHALLENGE)
    middle = mates[np.argsort(-event.truth[mates])][3:10]
    number = int(random.choice(np.flatnonzero(np.isin(judged.submission, middle))))
    judge, submission = int(judged.judge[number]), int(judged.submission[number])
    scores = judged.scores.copy()
    scores[number] = np.clip(
        np.round(scores[number] + POINTS_PER_SD * event.spread[judge] * HELP), 1, 5
    )
    return replace(judged, scores=scores), judge, submission


def _reported(values: Floats) -> Floats:
    return np.clip(np.round(CENTRE + POINTS_PER_SD * values), 1, 5)
