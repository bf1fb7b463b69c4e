"""Where a judge stands beside the others who scored the same sample.

Pure: levels in, plain values out. Nobody is compared with fewer than `FEWEST` others: what two
people gave says little of how a jury scores, and would tell who gave it.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev

FEWEST = 3
LITTLE, CLEARLY = 0.25, 0.75
"""From so many levels on, on average, a judge is a little or clearly milder or more severe."""
DIVIDED = 0.75
"""From this standard deviation on, in levels, judges are divided on a criterion."""

Levels = Mapping[uuid.UUID, int]  # by criterion


@dataclass(frozen=True)
class Line:
    """One criterion: the judge's level, the mean of `number` others (None with too few), and the
    level that the organizers find right, where they say one."""

    criterion: uuid.UUID
    own: int
    others: float | None
    number: int
    reference: int | None

    @property
    def apart(self) -> float | None:
        """How many levels the judge is above the others; below them, less than nothing."""
        return None if self.others is None else self.own - self.others

    @property
    def shown(self) -> float | None:
        """The mean of the others to the next half level, so that it tells nobody's own."""
        return None if self.others is None else halves(self.others) / 2


def halves(levels: float) -> int:
    """The number of half levels that is nearest; what lies between two goes away from nothing."""
    near = int(abs(levels) * 2 + 0.5)
    return near if levels >= 0 else -near


def lines(
    criteria: Iterable[uuid.UUID], own: Levels, others: Sequence[Levels], references: Levels
) -> list[Line]:
    """What the judge scored, criterion by criterion, beside the rest."""
    found = []
    for key in criteria:
        if key not in own:
            continue
        given = [levels[key] for levels in others if key in levels]
        mean = fmean(given) if len(given) >= FEWEST else None
        found.append(Line(key, own[key], mean, len(given), references.get(key)))
    return found


def overall(found: Iterable[Line]) -> float | None:
    """How many levels above the others on average; None where there is no comparison yet."""
    apart = [line.apart for line in found if line.apart is not None]
    return fmean(apart) if apart else None


@dataclass(frozen=True)
class Spread:
    """What all judges gave on a criterion: how many each level, their mean and their spread."""

    counts: dict[int, int]
    mean: float | None
    deviation: float

    @property
    def number(self) -> int:
        return sum(self.counts.values())

    @property
    def divided(self) -> bool:
        return self.number >= FEWEST and self.deviation >= DIVIDED


def spread(scale: Iterable[int], given: Sequence[int]) -> Spread:
    counted = Counter(given)
    return Spread(
        {level: counted[level] for level in scale},
        fmean(given) if given else None,
        pstdev(given) if given else 0.0,
    )


def most_divided(spreads: Mapping[uuid.UUID, Spread]) -> list[uuid.UUID]:
    """The criteria whose levels judges may read differently: that which divides them most, or
    several that do so equally. None while they agree."""
    divided = {key: round(each.deviation, 9) for key, each in spreads.items() if each.divided}
    most = max(divided.values(), default=0.0)
    return [key for key, deviation in divided.items() if deviation == most]
