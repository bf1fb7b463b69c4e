"""Which submissions come into a later round: what the rule proposes. Pure: rows of a ranking in."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from ..competitions.models import Takes
from .rulebook import Reach


@dataclass(frozen=True)
class Proposal:
    """The keys of submissions that come in by the rule. `tied` are those of them who share the last
    place that comes in, where there are more of them than places."""

    keys: frozenset[Any] = frozenset()
    tied: frozenset[Any] = frozenset()


def propose(reach: Reach, places: Iterable[tuple[Any, Hashable, int | None]]) -> Proposal:
    """`places` are key, challenge and place of what can come in, whatever order they have.

    Ties are never cut: who shares the last place comes in too. Without a place nobody is among the
    best.
    """
    places = list(places)
    if reach.takes is Takes.ALL:
        return Proposal(frozenset(key for key, _, _ in places))
    if reach.takes is Takes.CHOSEN or reach.best is None:
        return Proposal()
    groups: defaultdict[Hashable, list[tuple[int, Any]]] = defaultdict(list)
    for key, challenge, place in places:
        if place is not None:
            groups[challenge if reach.in_each else None].append((place, key))
    keys: set[Any] = set()
    tied: set[Any] = set()
    for group in groups.values():
        last = sorted(place for place, _ in group)[: reach.best][-1]
        inside = {key for place, key in group if place <= last}
        keys |= inside
        if len(inside) > reach.best:
            tied |= {key for place, key in group if place == last}
    return Proposal(frozenset(keys), frozenset(tied))
