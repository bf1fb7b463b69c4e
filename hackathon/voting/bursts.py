"""Bursts: many ballots of one group (a network, a domain, a project) in a short time.

Pure: plain values in, plain values out. For each group and each window that begins with one of
its ballots, we ask how probable so many would be if they came by chance (a Poisson count) at the
highest of three usual rates:

- the group's own, in all the rest of the vote: who always sends many may go on. What was seen
  elsewhere is itself a matter of luck, so we take the most that it may mean: n + 1 + 2 √(n + 1);
- that of a group of mean size;
- the group's share, elsewhere, of what all the others sent in this very window: when a newspaper
  writes about the vote, everybody's ballots rise together, and no group stands out.

The probabilities are small only by luck somewhere when one looks often enough, so the bound is
divided by how often we look.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, lgamma, log, sqrt
from typing import Generic, TypeVar

G = TypeVar("G", bound=Hashable)

WINDOWS = (timedelta(minutes=10), timedelta(hours=1))
LEAST = 6
"""Fewer ballots are never a burst: a family, or a few colleagues at one table."""
CHANCE = 0.001
"""How probable a false alarm may be in a whole vote that is as the model says."""


@dataclass(frozen=True)
class Burst(Generic[G]):
    """The ballots at `places` of the series, all of one group; `usual` is how many of the group
    one would expect in its most unusual window."""

    group: G
    places: tuple[int, ...]
    begins_at: datetime
    ends_at: datetime
    usual: float


def bursts(
    series: Iterable[tuple[datetime, G]], begins_at: datetime, ends_at: datetime
) -> list[Burst[G]]:
    """The bursts in a series of (moment, group), between the beginning and the end of the vote.

    Windows that overlap make one burst. In the order of their beginning.
    """
    rows = sorted(enumerate(series), key=lambda row: row[1][0])
    everything = [moment for _, (moment, _) in rows]
    groups: defaultdict[G, list[tuple[datetime, int]]] = defaultdict(list)
    for place, (moment, group) in rows:
        groups[group].append((moment, place))
    if not rows:
        return []
    bound = CHANCE / (len(rows) * len(WINDOWS))
    found = []
    for group, members in groups.items():
        if len(members) < LEAST:
            continue
        moments = [moment for moment, _ in members]
        unusual: list[tuple[int, int, float]] = []
        for window in WINDOWS:
            periods = max(1.0, (ends_at - begins_at) / window)
            for moment in sorted(set(moments)):
                first, last = bisect_left(moments, moment), bisect_left(moments, moment + window)
                count = last - first
                if count < LEAST:
                    continue
                there = bisect_left(everything, moment + window) - bisect_left(everything, moment)
                usual = _usual(count, len(members), there, len(rows), len(groups), periods)
                if tail(count, usual) < bound:
                    unusual.append((first, last, usual))
        found += [
            Burst(
                group,
                tuple(place for _, place in members[first:last]),
                moments[first],
                moments[last - 1],
                usual,
            )
            for first, last, usual in _joined(unusual)
        ]
    return sorted(found, key=lambda burst: (burst.begins_at, burst.places))


def _usual(count: int, of_group: int, there: int, total: int, groups: int, periods: float) -> float:
    """How many of a group one would expect in a window, where `count` are.

    `there` are in the window and `total` in the vote, of all groups.
    """
    elsewhere, others_there = of_group - count, there - count
    others_elsewhere = total - of_group - others_there
    at_most = elsewhere + 1 + 2 * sqrt(elsewhere + 1)
    return max(
        at_most / periods,
        total / (groups * periods),
        others_there * at_most / (others_elsewhere + 1),
    )


def tail(count: int, mean: float) -> float:
    """The probability that a Poisson count with this mean is `count` or more."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if count <= mean:
        return 1.0  # no burst, so that it need not be told more exactly
    term = total = exp(count * log(mean) - mean - lgamma(count + 1))
    step = count
    while term > total * 1e-12:
        step += 1
        term *= mean / step
        total += term
    return min(1.0, total)


def _joined(windows: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Windows (first, last, usual) that overlap as one, with the least that is usual in them."""
    joined: list[tuple[int, int, float]] = []
    for first, last, usual in sorted(windows):
        if joined and first < joined[-1][1]:
            before = joined[-1]
            joined[-1] = (before[0], max(before[1], last), min(before[2], usual))
        else:
            joined.append((first, last, usual))
    return joined
