"""Which project a judge sees next.

Fairness comes first. Of the projects that this judge may judge, only those count whose visits then
differ by two at most from those of the least visited; where they differ by two already, the least
visited alone. Among them, those with the fewest judges at their table; among these, the least
visited; and only then the one whose comparison with the project just seen is expected to tell most.
A judge who has seen all those goes to the least visited of the rest, so that visits differ by more
only where nobody who comes has a project before them that is behind. Pure: plain values in, plain
values out.

What a comparison tells is the expected gain of information in nats, as of a normal observation:
`log(1 + weight * variance of the difference) / 2` (Lindley 1956; Chen et al. 2013 use the same idea
for Crowd-BT). The weight is the curvature of the answer's likelihood averaged over what is known of
the difference, the judges' taste taken off.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..judging.strength import Fit

Key = Any  # hashable, with a repr that tells it apart

APART = 2
"""By how many visits projects differ at the most, as long as judges can still even them out."""


@dataclass(frozen=True, slots=True)
class Table:
    """A project that this judge may judge, how often it was visited, how many judges are there.

    `over`: the judge is not sent there (again).
    """

    project: Key
    visits: int
    visitors: int
    over: bool = False


def next_project(
    tables: Sequence[Table], *, before: Key | None = None, fit: Fit | None = None, lot: Any = 0
) -> Key | None:
    """The project to see next; None when there is none left.

    `before` is the project to compare it with, `fit` what is known of the strengths; without one of
    them, or between equals, a lot decides that is the same for the same `lot`.
    """
    left = [table for table in tables if not table.over]
    if not left:
        return None
    least, most = (end(table.visits for table in tables) for end in (min, max))
    bar = least if most - least >= APART else least + APART - 1
    bar = max(bar, min(table.visits for table in left))
    fair = [table for table in left if table.visits <= bar]
    order = min((table.visitors, table.visits) for table in fair)
    equal = [table.project for table in fair if (table.visitors, table.visits) == order]
    drawn = sorted(equal, key=lambda project: _drawn(lot, project))
    if fit is None or before is None or before not in fit.row:
        return drawn[0]
    known = [project for project in drawn if project in fit.row]
    if not known:
        return drawn[0]
    gains = expected_gains(fit, before, known)
    return known[int(np.argmax(np.round(gains, 9)))]


def outdated(news: int, answers: int, projects: int) -> bool:
    """Have so many of the answers come in since the last fit that another one is worth its time?"""
    return news > max(projects // 12, answers // 20)


def expected_gains(fit: Fit, before: Key, projects: Sequence[Key]) -> NDArray[np.float64]:
    """What a comparison of each project with `before` is expected to tell, in nats."""
    one, rows = fit.row[before], np.array([fit.row[project] for project in projects])
    covariance = fit.covariance
    lead = fit.strength[rows] - fit.strength[one]
    variance = covariance[rows, rows] + covariance[one, one] - 2 * covariance[rows, one]
    taste = 2 * fit.taste_sd**2
    # A logistic curve seen through normal noise is a flatter one (MacKay 1992).
    chance = 1 / (1 + np.exp(-lead / np.sqrt(1 + np.pi / 8 * (variance + taste))))
    weight = 4 * chance * (1 - chance) / (4 + taste)
    return np.asarray(0.5 * np.log1p(weight * np.maximum(variance, 0)), dtype=np.float64)


def _drawn(lot: Any, project: Key) -> bytes:
    return hashlib.blake2b(repr((lot, project)).encode(), digest_size=8).digest()
