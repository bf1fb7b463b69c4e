"""Counting votes. Pure: plain values in, plain values out."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Place:
    """Where a thing came in. `tied`: others have as many votes and share the place."""

    place: int
    votes: int
    tied: bool


def places(votes: Mapping[K, int]) -> dict[K, Place]:
    """The place of each thing by its votes, the most first: 1, 2, 2, 4. No votes, no place."""
    ranked = sorted((key for key in votes if votes[key] > 0), key=lambda key: -votes[key])
    found: dict[K, Place] = {}
    for number, group in groupby(ranked, key=lambda key: votes[key]):
        together = list(group)
        place = len(found) + 1
        found |= {key: Place(place, number, len(together) > 1) for key in together}
    return found
