"""Ties, named as ties, and broken as the rules say. Pure.

A way to break a tie is `mean`, `first` (the chance to come first), `criterion:<key>` (the mean on
that criterion), `comparisons` (who is preferred at the tables, as far as that can be told), or a
deed that people do: `second_wave`, `deliberation`. The ways are gone through in their order; at a
deed the site stops, since the rest is for people to decide.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean
from typing import Any

from .ranking import Review, Standing
from .strength import Outcome

Key = Any
DEEDS = ("second_wave", "deliberation")
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Place:
    """Where a submission stands once the ways to break ties were gone through.

    `broken_by` is the last way that parted it from others with the same figure; `still` are those
    with whom it shares the place all the same, and `next` the deed that the rules have for that.
    """

    place: int | None
    broken_by: str | None = None
    still: tuple[Key, ...] = ()
    next: str | None = None


def places(
    standings: Iterable[Standing],
    *,
    by: str,
    ways: Sequence[str],
    reviews: Iterable[Review],
    compared: Outcome | None = None,
) -> dict[Key, Place]:
    """The place of each submission, in its group, by what decides: `mean`, `corrected` or
    `comparisons`; by deliberation the mean goes first.

    `compared` is what the comparisons of the same submissions say, in the same groups or, where the
    standings have no groups, overall.
    """
    standings = list(standings)
    found = {each.submission: Place(None) for each in standings}
    duels: dict[Key, Standing] = {}
    if compared is not None:
        together = all(each.group is None for each in standings)
        duels = {e.submission: e for e in (compared.overall if together else compared.standings)}
    figures = _Figures(_means(reviews), by, duels, compared)
    by_place: defaultdict[tuple[str, int], list[Standing]] = defaultdict(list)
    for each in standings:
        place = figures.place(each)
        if place is not None:
            by_place[repr(each.group), place].append(each)
    for (_, place), tied in by_place.items():
        found.update(_parted(tied, place, list(ways), figures, None))
    return found


@dataclass(frozen=True, slots=True)
class _Figures:
    """What places and ways go by."""

    on_criterion: Mapping[str, Mapping[Key, float]]
    by: str
    duels: Mapping[Key, Standing]
    compared: Outcome | None

    def place(self, standing: Standing) -> int | None:
        if self.by == "comparisons":
            duel = self.duels.get(standing.submission)
            return duel.place if duel else None
        return standing.place if self.by == "corrected" else standing.mean_place

    def sets(self, way: str, tied: Sequence[Standing]) -> list[list[Standing]]:
        """The tied in sets, the better first; who has no figure comes last."""
        if way == "comparisons":
            if self.compared is None:
                return [list(tied)]
            by_key = {each.submission: each for each in tied}
            return [[by_key[key] for key in each] for each in self.compared.preferred(by_key)]

        def figure(standing: Standing) -> float:
            if way == "mean":
                value = standing.mean
            elif way == "first":
                chance = self.duels[standing.submission] if self.by == "comparisons" else standing
                value = chance.first
            else:
                value = self.on_criterion.get(way.partition(":")[2], {}).get(standing.submission)
            return float("-inf") if value is None else round(value, _DIGITS)

        ordered = sorted(tied, key=lambda each: (-figure(each), repr(each.submission)))
        return [list(same) for _, same in groupby(ordered, key=figure)]


def _parted(
    tied: list[Standing],
    place: int,
    ways: list[str],
    figures: _Figures,
    broken_by: str | None,
) -> dict[Key, Place]:
    """The tied go through the ways that are left, from this place downward."""
    if len(tied) == 1:
        return {tied[0].submission: Place(place, broken_by)}
    if not ways or ways[0] in DEEDS:
        keys = [each.submission for each in tied]
        deed = ways[0] if ways else None
        return {
            key: Place(place, broken_by, tuple(x for x in keys if x != key), deed) for key in keys
        }
    way, *later = ways
    found: dict[Key, Place] = {}
    for members in figures.sets(way, tied):
        parted = way if len(members) < len(tied) else broken_by
        found.update(_parted(members, place, later, figures, parted))
        place += len(members)
    return found


def _means(reviews: Iterable[Review]) -> dict[str, dict[Key, float]]:
    given: defaultdict[str, defaultdict[Key, list[float]]]
    given = defaultdict(lambda: defaultdict(list))
    for review in reviews:
        for criterion, score in review.scores.items():
            given[str(criterion)][review.submission].append(score)
    return {
        criterion: {key: fmean(scores) for key, scores in each.items()}
        for criterion, each in given.items()
    }
