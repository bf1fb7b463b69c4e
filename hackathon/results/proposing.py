"""What places propose: who would receive a prize, and where they leave it open.

Pure: places in, a proposal out. Keys are any hashable values that can be sorted as text. A place is
a number from 1; equal places are shared, and so many of the next ones are then missing. Without a
place nobody is proposed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

Key = Any  # hashable


@dataclass(frozen=True, slots=True)
class Contender:
    """Who may receive a prize. Places are counted inside a group, such as a challenge."""

    key: Key
    group: Key
    place: int | None


@dataclass(frozen=True, slots=True)
class Award:
    """`place` where the prize has places."""

    key: Key
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """Those who share the place on which something depends: none of them is proposed.

    `room` is how many of them could be, were they told apart.
    """

    group: Key
    place: int
    keys: tuple[Key, ...]
    room: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who would receive it, best first, and the ties that leave something open."""

    awards: tuple[Award, ...] = ()
    ties: tuple[Tie, ...] = ()


def by_places(contenders: Iterable[Contender], places: int) -> Proposal:
    """Whoever has a place up to `places` to themselves receives it."""
    awards, ties = [], []
    for group, place, keys in _steps(contenders):
        if place > places:
            continue
        if len(keys) == 1:
            awards.append(Award(keys[0], place))
        else:
            ties.append(Tie(group, place, keys, min(len(keys), places - place + 1)))
    return Proposal(tuple(awards), tuple(ties))


def by_rank(
    contenders: Iterable[Contender], number: int, *, without: Collection[Key] = ()
) -> Proposal:
    """The first `number` of each group receive it, `without` those who have something better."""
    awards, ties = [], []
    left: defaultdict[Key, int] = defaultdict(lambda: number)
    for group, place, keys in _steps(each for each in contenders if each.key not in without):
        if len(keys) <= left[group]:
            awards += [Award(key) for key in keys]
            left[group] -= len(keys)
        elif left[group]:
            ties.append(Tie(group, place, keys, left[group]))
            left[group] = 0
    return Proposal(tuple(awards), tuple(ties))


def _steps(contenders: Iterable[Contender]) -> Iterable[tuple[Key, int, tuple[Key, ...]]]:
    """(group, place, who has it), group by group, the best place first."""
    placed = sorted(
        ((str(each.group), each.place, str(each.key), each) for each in contenders if each.place),
        key=lambda row: row[:3],
    )
    for (_, place), rows in groupby(placed, key=lambda row: row[:2]):
        found = [row[3] for row in rows]
        yield found[0].group, place, tuple(each.key for each in found)
