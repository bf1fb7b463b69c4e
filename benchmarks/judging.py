"""How well the ranking and the second wave find the truth, on simulated competitions.

    python -m benchmarks.judging [--events 150] [--seed 0] [--only accuracy wave friend time]

An event (`jury.py`) has 60 submissions in 3 challenges, 15 judges, 5 reviews wanted of each
submission by the product's own assignment (3 % conflicts), and 10 % of the reviews never done. All
methods (`rivals.py`) meet the same events.

The columns: Kendall's tau with the truth over all submissions; how often the best of a challenge
comes first in it, and in its first three; luck: percentile points by which a lenient panel (90th
percentile of the judges' mean severity) lifts a place over a severe one (10th); regret: quality of
the best minus quality of the one announced; coverage of the truth by the 90 % intervals of places.
A friend's review is flagged if it is among the five furthest above what was to be expected; without
help the same submissions are in the first three as often as `unhelped` says. Targets stand beside
what was measured; ± is one standard error.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable

import numpy as np

from hackathon.judging.assignment import Doubt, propose, second_wave
from hackathon.judging.ranking import Criterion, Ranking, Review, rank

from .jury import (
    CHALLENGE,
    CHALLENGES,
    CRITERIA,
    JUDGES,
    KINDS,
    PANEL,
    PROJECTS,
    SUBMISSIONS,
    Event,
    Floats,
    Judged,
    befriended,
    simulate,
)
from .rivals import additive, gavel, median, oracle, rank_points, rasch, raw_mean, z_score

OURS = "corrected (ours)"
VISITS = round(0.9 * 5 * SUBMISSIONS)  # as many as reviews are done


def ours(judged: Judged) -> Floats:
    values = np.full(SUBMISSIONS, np.nan)
    for standing in judged.ranking.standings:
        if standing.estimate is not None:
            values[standing.submission] = standing.estimate
    return np.where(np.isnan(values), np.nanmean(values), values)


METHODS: dict[str, Callable[[Judged], Floats]] = {
    "raw mean": raw_mean,
    "median": median,
    "z-score per judge": z_score,
    "Jury's rank points": rank_points,
    "Gavel, same visits": lambda judged: gavel(judged.event, VISITS),
    "Gavel, twice": lambda judged: gavel(judged.event, 2 * VISITS),
    "many-facet Rasch": rasch,
    "additive (REML)": additive,
    OURS: ours,
    "oracle": oracle,
}


# -- measures ----------------------------------------------------------------------------------


def tau(values: Floats, truth: Floats) -> float:
    """Kendall's tau; a tie counts as half right, thus as nothing."""
    upper = np.triu_indices(len(truth), 1)
    signs = np.sign(values[:, None] - values)[upper] * np.sign(truth[:, None] - truth)[upper]
    return float(signs.mean())


def best(values: Floats, truth: Floats) -> tuple[float, float, float]:
    """Share of challenges whose best submission comes first, and in the first three; regret."""
    first = top = regret = 0.0
    for challenge in range(CHALLENGES):
        members = np.flatnonzero(challenge == CHALLENGE)
        winner = members[np.argmax(truth[members])]
        ahead = np.sum(values[members] > values[winner])
        ahead += 0.5 * (np.sum(values[members] == values[winner]) - 1)
        first += ahead < 0.75
        top += ahead < 2.75
        announced = members[values[members] == values[members].max()]
        regret += truth[winner] - float(truth[announced].mean())
    return first / CHALLENGES, top / CHALLENGES, regret / CHALLENGES


def lift(judged: Judged, values: Floats) -> tuple[Floats, Floats]:
    """Mean severity of each panel, and the percentile points gained over the true place."""
    panel = judged.mean(judged.event.severity[judged.judge], np.ones(len(judged.judge)))
    gained = np.argsort(np.argsort(values)) - np.argsort(np.argsort(judged.event.truth))
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


def told(what: str, target: str, value: float, met: bool, error: float = 0.0) -> None:
    spread = f" ±{error:.3f}" if error else ""
    print(f"  {'met   ' if met else 'MISSED'} {what:48} {target:>14} {value:8.3f}{spread}")


# -- tables ------------------------------------------------------------------------------------


def print_accuracy(seeds: range) -> None:
    print(f"{'judges':19} {'method':19} {'tau':>6} {'':6} {'first':>6} {'top 3':>6} {'luck':>6}")
    for name, kind in KINDS.items():
        events = [simulate(kind, seed) for seed in seeds]
        judged = [event.judged(event.panel()) for event in events]
        taus: dict[str, Floats] = {}
        tops: dict[str, Floats] = {}
        for method, score in METHODS.items():
            values = [score(each) for each in judged]
            found = [best(v, e.truth) for v, e in zip(values, events, strict=True)]
            taus[method] = np.array([tau(v, e.truth) for v, e in zip(values, events, strict=True)])
            tops[method] = np.array([top for _, top, _ in found])
            lifts = [lift(each, value) for each, value in zip(judged, values, strict=True)]
            error = np.std(taus[method]) / len(events) ** 0.5
            print(
                f"{name:19} {method:19} {taus[method].mean():6.3f} ±{error:.3f} "
                f"{np.mean([first for first, _, _ in found]):6.2f} {tops[method].mean():6.2f} "
                f"{luck(lifts):6.1f}",
                flush=True,
            )
        print_targets(name, judged, taus, tops)


def print_targets(
    name: str, judged: list[Judged], taus: dict[str, Floats], tops: dict[str, Floats]
) -> None:
    own, root = taus[OURS], len(judged) ** 0.5
    for kind, least, least_top in (("typical", 0.705, 0.87), ("harsh", 0.63, 0.76)):
        if name != kind:
            continue
        error = float(np.std(own)) / root
        told("tau", f">= {least}", own.mean(), own.mean() >= least, error)
        top, error = tops[OURS].mean(), float(np.std(tops[OURS])) / root
        told("best in top 3", f">= {least_top}", top, top >= least_top, error)
        others = {m: t.mean() for m, t in taus.items() if m not in (OURS, "oracle", "Gavel, twice")}
        rival = max(others, key=lambda method: others[method])
        error = float(np.std(own - taus[rival])) / root
        lead = own.mean() - others[rival]
        told(f"tau above the next at the same reviews ({rival})", ">= 0", lead, lead >= 0, error)
        lead = own.mean() - taus["Gavel, twice"].mean()
        error = float(np.std(own - taus["Gavel, twice"])) / root
        told("tau above Gavel at twice the visits", ">= 0", lead, lead >= 0, error)
    if name.startswith("severity"):
        gap = own - taus["raw mean"]
        told(
            "tau above the raw mean",
            ">= -0.005",
            gap.mean(),
            gap.mean() >= -0.005,
            float(np.std(gap)) / root,
        )
    else:
        coverage = np.array([covered(each.ranking, each.event.truth) for each in judged])
        error = float(np.std(coverage)) / root
        mean = coverage.mean()
        told("coverage of the 90 % intervals", "0.88 to 0.92", mean, 0.88 <= mean <= 0.92, error)


def waved(event: Event) -> Judged:
    """Three reviews for everyone, and as many again as make five in all where it is undecided."""
    first = event.panel(3)
    ranking = event.judged(first).ranking
    have = Counter(each.submission for each in first)
    barred = Counter(each.submission for each in event.conflicts)
    doubts = {
        each.submission: Doubt(
            each.first, each.podium, have[each.submission], JUDGES - barred[each.submission]
        )
        for each in ranking.standings
        if each.reviews
    }
    noise = (ranking.noise_sd / ranking.quality_sd) ** 2
    more = second_wave(doubts, 5 * SUBMISSIONS - len(first), noise=noise)
    wave = propose(
        PROJECTS,
        PANEL,
        wanted={s: have[s] + more.get(s, 0) for s in range(SUBMISSIONS)},
        conflicts=event.conflicts,
        kept=first,
        seed=event.seed,
    )
    return event.judged(wave.assignments)


def print_wave(seeds: range) -> None:
    print("\nThe same total of reviews: five for everyone, or three and a second wave (typical)")
    print(f"{'':27} {'first':>6} {'top 3':>6} {'regret':>6}")
    events = [simulate(KINDS["typical"], seed) for seed in seeds]
    ways = {
        "five, raw mean": [(raw_mean(e.judged(e.panel())), e) for e in events],
        "five, ours": [(ours(e.judged(e.panel())), e) for e in events],
        "three and a wave, raw mean": [],
        "three and a wave, ours": [],
    }
    for event in events:
        judged = waved(event)
        ways["three and a wave, raw mean"].append((raw_mean(judged), event))
        ways["three and a wave, ours"].append((ours(judged), event))
    for way, pairs in ways.items():
        found = np.array([best(values, event.truth) for values, event in pairs])
        first, top, regret = found.mean(axis=0)
        print(f"{way:27} {first:6.2f} {top:6.2f} {regret:6.2f}")
    errors = found.std(axis=0) / len(events) ** 0.5
    told("best first", ">= 0.64", first, first >= 0.64, errors[0])
    told("best in top 3", ">= 0.92", top, top >= 0.92, errors[1])
    told("regret", "<= 0.13", regret, regret <= 0.13, errors[2])


def print_friend(seeds: range) -> None:
    print("\nA friend lifts a submission ranked 4th to 10th: how often it is in the top three")
    shown = {m: METHODS[m] for m in ("raw mean", "median", "z-score per judge", OURS, "oracle")}
    print(
        f"{'judges':9} {'reviews':>7} "
        + " ".join(f"{m:>17}" for m in shown)
        + "  flagged  unhelped"
    )
    for name in ("mild", "typical", "harsh"):
        for wanted in (3, 5):
            events = [simulate(KINDS[name], seed) for seed in seeds]
            honest = [event.judged(event.panel(wanted)) for event in events]
            cases = [
                befriended(event, judged, challenge)
                for event, judged in zip(events, honest, strict=True)
                for challenge in range(CHALLENGES)
            ]
            unhelped = np.mean(
                [
                    in_top_three(ours(judged), cases[CHALLENGES * number + challenge][2])
                    for number, judged in enumerate(honest)
                    for challenge in range(CHALLENGES)
                ]
            )
            shares = {
                method: np.mean([in_top_three(score(judged), s) for judged, _, s in cases])
                for method, score in shown.items()
            }
            flagged = np.mean(
                [
                    any(
                        (odd.judge, odd.submission) == (judge, submission) and odd.surprise > 0
                        for odd in judged.ranking.oddest
                    )
                    for judged, judge, submission in cases
                ]
            )
            print(
                f"{name:9} {wanted:7} "
                + " ".join(f"{share:17.2f}" for share in shares.values())
                + f" {flagged:8.2f} {unhelped:9.2f}",
                flush=True,
            )
            if wanted == 5 and name == "typical":
                own, root = float(shares[OURS]), len(cases) ** 0.5
                error = (own * (1 - own)) ** 0.5 / root
                told(f"friend in top 3 ({name})", "<= 0.30", own, own <= 0.30, error)
                error = float(flagged * (1 - flagged)) ** 0.5 / root
                told(f"flagged ({name})", ">= 0.25", float(flagged), flagged >= 0.25, error)


# -- time --------------------------------------------------------------------------------------


def print_time() -> None:
    print("\nTime of a ranking with its draws, CPU seconds and MiB of a process of its own")
    for submissions, judges, most, most_memory in ((60, 15, 0.2, None), (10_000, 2000, 20.0, 1024)):
        command = [sys.executable, "-m", "benchmarks.judging", "--measure"]
        answer = subprocess.run(
            [*command, str(submissions), str(judges)],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # others wait by computing
        )
        seconds, memory = json.loads(answer.stdout)
        what = f"{submissions} x 5 by {judges} judges"
        told(f"{what}: seconds", f"<= {most}", seconds, seconds <= most)
        if most_memory:
            told(f"{what}: MiB", f"<= {most_memory}", memory, memory <= most_memory)


def measure(submissions: int, judges: int) -> None:
    """Rank made-up reviews; print CPU seconds (the best of three where it is quick) and MiB."""
    random = np.random.default_rng(0)
    quality, severity = random.standard_normal(submissions), 0.6 * random.standard_normal(judges)
    reviews = []
    for s in range(submissions):
        for j in random.choice(judges, 5, replace=False).tolist():
            seen = severity[j] + quality[s] + random.standard_normal(4)
            scores = np.clip(np.round(3.2 + 0.8 * seen), 1, 5).tolist()
            reviews.append(Review(j, s, dict(enumerate(scores))))
    criteria: dict[int, Criterion] = CRITERIA
    groups = {s: s % CHALLENGES for s in range(submissions)}
    seconds = []
    for _ in range(3 if submissions < 1000 else 1):
        started = time.process_time()
        rank(reviews, criteria, groups=groups)
        seconds.append(time.process_time() - started)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([min(seconds), memory]))


TABLES = {"accuracy": print_accuracy, "wave": print_wave, "friend": print_friend}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the ranking on simulated events.")
    parser.add_argument("--events", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0, help="of the first event")
    parser.add_argument("--only", nargs="*", choices=[*TABLES, "time"], default=[*TABLES, "time"])
    parser.add_argument("--measure", nargs=2, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(*options.measure)
        return
    seeds = range(options.seed, options.seed + options.events)
    print(f"{options.events} events a row, seeds {seeds.start} to {seeds.stop - 1}; ± is one error")
    for name in options.only:
        if name == "time":
            print_time()
        else:
            TABLES[name](seeds)


if __name__ == "__main__":
    main()
