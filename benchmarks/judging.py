"""How well the corrected ranking finds the truth, on simulated competitions.

    python -m benchmarks.judging [--events 150] [--seed 0]

An event has 60 submissions in 3 challenges, 15 judges, 5 reviews wanted of each submission by the
product's own assignment (3 % conflicts), and 10 % of the reviews never done. Quality is standard
normal and makes 70 % of the variance of each of four criteria (weights .3 .3 .2 .2). A judge sees
`quality + halo + noise` of a criterion and reports `severity + spread * seen` on 1 to 5; a careless
judge sees another, made-up project instead. The truth is the weighted mean of the criteria: what an
unlimited panel of such judges would have said.

The columns: Kendall's tau with the truth over all submissions; how often the best of a challenge
comes first in it, and in its first three; luck: percentile points by which a lenient panel (90th
percentile of the judges' mean severity) lifts a place over a severe one (10th); coverage of the
truth by the 90 % intervals of places; seconds for a ranking with its draws. A friend's review
is flagged if it is among the five furthest above what was to be expected.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hackathon.judging.assignment import Assignment, Judge, Submission, propose
from hackathon.judging.ranking import Criterion, Ranking, Review, rank

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SUBMISSIONS, CHALLENGES, JUDGES = 60, 3, 15
WEIGHTS = np.array([0.3, 0.3, 0.2, 0.2])
CRITERIA = {number: Criterion(weight, 1, 5) for number, weight in enumerate(WEIGHTS.tolist())}
CENTRE, POINTS_PER_SD = 3.2, 0.8
OWN_VARIANCE = 0.3 / 0.7  # of a criterion, beside the quality's 1
HELP = 3.0  # what a friend adds to what they see
CHALLENGE = np.arange(SUBMISSIONS) % CHALLENGES


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
    """A judged competition; `scores` has the shape (reviews, criteria)."""

    submission: Integers
    judge: Integers
    scores: Floats
    truth: Floats
    severity: Floats
    best_guess: Floats  # of who knows every judge: quality seen by each review, unrounded scale
    precision: Floats  # of that, 0 for the careless
    helped: int | None  # submission that a friend helped
    friend: int | None  # number of that review


def simulate(kind: Kind, seed: int, *, wanted: int = 5, friend: bool = False) -> Event:
    """Draw an event; with `friend`, one review helps a submission ranked 4th to 10th in truth."""
    random = np.random.default_rng(seed)
    shape = (SUBMISSIONS, len(WEIGHTS))
    quality = random.standard_normal((SUBMISSIONS, 1))
    quality = quality + OWN_VARIANCE**0.5 * random.standard_normal(shape)
    truth = quality @ WEIGHTS
    severity = kind.severity * random.standard_normal(JUDGES)
    spread = np.exp(kind.spread * random.standard_normal(JUDGES))
    noise = kind.noise * np.exp(kind.noise_differs * random.standard_normal(JUDGES))
    careless = random.random(JUDGES) < kind.careless
    helper = random.random(JUDGES) < kind.friend
    conflicts = {
        Assignment(int(j), int(s))
        for s, j in np.argwhere(random.random((SUBMISSIONS, JUDGES)) < 0.03)
    }
    proposal = propose(
        [Submission(number, challenge=int(CHALLENGE[number])) for number in range(SUBMISSIONS)],
        [Judge(number, SUBMISSIONS) for number in range(JUDGES)],
        wanted=wanted,
        conflicts=conflicts,
        seed=seed,
    )
    pairs = np.array(sorted((each.submission, each.judge) for each in proposal.assignments))
    s, j = pairs[random.random(len(pairs)) >= 0.10].T
    shape = (len(s), len(WEIGHTS))
    made_up = random.standard_normal((len(s), 1))
    made_up = made_up + OWN_VARIANCE**0.5 * random.standard_normal(shape)
    seen = np.where(careless[j][:, None], made_up, quality[s])
    seen = seen + kind.halo * random.standard_normal((len(s), 1))
    seen = seen + noise[j][:, None] * random.standard_normal(shape)
    for each in np.flatnonzero(helper):
        seen[random.choice(np.flatnonzero(j == each))] += HELP
    helped = review = None
    if friend:
        challenge = np.flatnonzero(random.integers(CHALLENGES) == CHALLENGE)
        middle = challenge[np.argsort(-truth[challenge])][3:10]
        review = int(random.choice(np.flatnonzero(np.isin(s, middle))))
        seen[review] += HELP
        helped = int(s[review])
    reported = CENTRE + POINTS_PER_SD * (severity[j][:, None] + spread[j][:, None] * seen)
    scores = np.clip(np.round(reported), 1, 5)
    known = ((scores @ WEIGHTS - CENTRE) / POINTS_PER_SD - severity[j]) / spread[j]
    precision = ~careless[j] / (kind.halo**2 + noise[j] ** 2 * (WEIGHTS @ WEIGHTS))
    return Event(s, j, scores, truth, severity, known, precision, helped, review)


def reviews(event: Event) -> list[Review]:
    """Turn the arrays of an event into what the product ranks."""
    rows = zip(event.judge.tolist(), event.submission.tolist(), event.scores.tolist(), strict=True)
    return [Review(judge, submission, dict(enumerate(given))) for judge, submission, given in rows]


def corrected(event: Event) -> Ranking:
    groups = dict(enumerate(CHALLENGE.tolist()))
    return rank(reviews(event), CRITERIA, submissions=range(SUBMISSIONS), groups=groups)


def _means(event: Event, values: Floats, weights: Floats, prior: float = 0.0) -> Floats:
    total = np.bincount(event.submission, weights * values, SUBMISSIONS)
    weight = np.bincount(event.submission, weights, SUBMISSIONS) + prior
    return np.asarray(total / np.maximum(weight, 1e-9), dtype=np.float64)


def raw_mean(event: Event) -> Floats:
    return _means(event, event.scores @ WEIGHTS, np.ones(len(event.judge)))


def median(event: Event) -> Floats:
    scores = event.scores @ WEIGHTS
    centre = np.median(scores)
    return np.array(
        [
            np.median(scores[event.submission == s]) if (event.submission == s).any() else centre
            for s in range(SUBMISSIONS)
        ]
    )


def z_score(event: Event) -> Floats:
    scores = event.scores @ WEIGHTS
    standard: Floats = np.zeros(len(scores))
    for judge in np.unique(event.judge):
        own = event.judge == judge
        sd = scores[own].std()
        standard[own] = (scores[own] - scores[own].mean()) / sd if sd else 0.0
    return _means(event, standard, np.ones(len(scores)))


def oracle(event: Event) -> Floats:
    variance = 1 + OWN_VARIANCE * (WEIGHTS @ WEIGHTS)
    return _means(event, event.best_guess, event.precision, 1 / variance)


def estimates(ranking: Ranking) -> Floats:
    values = np.full(SUBMISSIONS, np.nan)
    for standing in ranking.standings:
        if standing.estimate is not None:
            values[standing.submission] = standing.estimate
    return np.where(np.isnan(values), np.nanmean(values), values)


def tau(values: Floats, truth: Floats) -> float:
    """Kendall's tau; a tie counts as half right, thus as nothing."""
    upper = np.triu_indices(len(truth), 1)
    signs = np.sign(values[:, None] - values)[upper] * np.sign(truth[:, None] - truth)[upper]
    return float(signs.mean())


def best(values: Floats, truth: Floats) -> tuple[float, float]:
    """Share of challenges whose best submission comes first, and in the first three."""
    first = top = 0
    for challenge in range(CHALLENGES):
        members = np.flatnonzero(challenge == CHALLENGE)
        winner = members[np.argmax(truth[members])]
        ahead = np.sum(values[members] > values[winner])
        ahead += 0.5 * (np.sum(values[members] == values[winner]) - 1)
        first += ahead < 0.75
        top += ahead < 2.75
    return first / CHALLENGES, top / CHALLENGES


def lift(event: Event, values: Floats) -> tuple[Floats, Floats]:
    """Mean severity of each panel, and the percentile points gained over the true place."""
    panel = _means(event, event.severity[event.judge], np.ones(len(event.judge)))
    gained = np.argsort(np.argsort(values)) - np.argsort(np.argsort(event.truth))
    return panel, 100 * gained / (SUBMISSIONS - 1)


def luck(lifts: list[tuple[Floats, Floats]]) -> float:
    """Slope of the gain on the severity, times the distance of its 10th and 90th percentile."""
    panel = np.concatenate([each for each, _ in lifts])
    gained = np.concatenate([each for _, each in lifts])
    if not np.ptp(panel):
        return 0.0
    slope = np.cov(panel, gained)[0, 1] / panel.var(ddof=1)
    low, high = np.percentile(panel, [10, 90])
    return float(slope * (high - low))


def covered(ranking: Ranking, truth: Floats) -> float:
    hits = []
    for standing in ranking.standings:
        if standing.low is None or standing.high is None:
            continue
        rivals = truth[standing.group == CHALLENGE]
        place = 1 + int(np.sum(rivals > truth[standing.submission]))
        hits.append(standing.low <= place <= standing.high)
    return float(np.mean(hits))


def in_top_three(values: Floats, submission: int) -> bool:
    rivals = values[CHALLENGE[submission] == CHALLENGE]
    return bool(np.sum(rivals > values[submission]) < 3)


METHODS: dict[str, Callable[[Event], Floats]] = {
    "raw mean": raw_mean,
    "median": median,
    "z-score per judge": z_score,
    "corrected (ours)": lambda event: estimates(corrected(event)),
    "oracle": oracle,
}


def print_accuracy(name: str, events: list[Event]) -> None:
    started = time.perf_counter()
    rankings = [corrected(event) for event in events]
    seconds = (time.perf_counter() - started) / len(events)
    coverage = np.mean(
        [covered(each, event.truth) for each, event in zip(rankings, events, strict=True)]
    )
    for method, score in METHODS.items():
        ours = method.startswith("corrected")
        values = (
            [estimates(ranking) for ranking in rankings] if ours else [score(e) for e in events]
        )
        pairs = list(zip(values, events, strict=True))
        taus = [tau(value, event.truth) for value, event in pairs]
        first, top = np.mean([best(value, event.truth) for value, event in pairs], axis=0)
        extra = f"{coverage:8.3f} {seconds:7.3f}" if ours else ""
        error = np.std(taus) / len(taus) ** 0.5
        print(
            f"{name:19} {method:18} {np.mean(taus):6.3f} ±{error:.3f} {first:6.2f} {top:6.2f} "
            f"{luck([lift(event, value) for value, event in pairs]):6.1f} {extra}"
        )


def print_friend(name: str, seeds: range, wanted: int) -> None:
    events = [simulate(KINDS[name], seed, wanted=wanted, friend=True) for seed in seeds]
    shares = [
        np.mean([in_top_three(score(event), event.helped or 0) for event in events])
        for score in METHODS.values()
    ]
    flagged = [
        (int(event.judge[event.friend]), event.helped)
        in {(odd.judge, odd.submission) for odd in corrected(event).oddest if odd.surprise > 0}
        for event in events
    ]
    print(
        f"{name:19} {wanted:7} "
        + " ".join(f"{share:18.2f}" for share in shares)
        + f" {np.mean(flagged):8.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the ranking on simulated events.")
    parser.add_argument("--events", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0, help="of the first event")
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.events)
    print(f"{options.events} events a row, seeds {seeds.start} to {seeds.stop - 1}; ± is one error")
    print(
        f"{'judges':19} {'method':18} {'tau':>6} {'':6} {'first':>6} {'top 3':>6} {'luck':>6} "
        f"{'coverage':>8} {'seconds':>7}"
    )
    for name, kind in KINDS.items():
        print_accuracy(name, [simulate(kind, seed) for seed in seeds])
    print("\nA friend lifts a submission ranked 4th to 10th: how often it is in the top three")
    print(
        f"{'judges':19} {'reviews':>7} "
        + " ".join(f"{method:>18}" for method in METHODS)
        + f" {'flagged':>8}"
    )
    for name in ("mild", "typical", "harsh"):
        for wanted in (3, 5):
            print_friend(name, seeds, wanted)


if __name__ == "__main__":
    main()
