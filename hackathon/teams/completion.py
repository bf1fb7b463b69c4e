"""Completing teams: a place for everyone who is left over, as far as sizes and languages allow.

Pure functions, plain values in and out. `propose` finds, among all ways of placing people in teams
that have room and in new ones, so that every team touched ends with `least` to `most` people who
all share a language, one that

1. places the most people,
2. then keeps the most friends together,
3. then completes the most teams that are too small,
4. then founds the fewest new teams;

and then makes, as far as exchanges of single people go, the skills in each team more diverse and
their interests agree.

1, 3 and 4 are exact for any given choice of who stays with whom: a dynamic program over the teams
counts how many people each language can take, and Hall's theorem says which of these counts the
people themselves can fill. 2 tries the places of each group of friends, one after the other, and
asks the program each time whether as many people can still be placed; it is exact too unless the
groups are so many that the tries run out. The same input always gives the same proposal.
"""

from bisect import bisect_left
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Any

import numpy as np

Key = Hashable

WANTED, INTEREST, SKILL, FRIENDS = 12, 8, 6, 1000  # what a point of each weighs
COMPLETED = 1000  # what a completed team counts beside a new one
UNREACHABLE = -(10**9)
EFFORT = 5_000_000  # cells of the program that the search for friends' places may fill
TRIES = (12, 1000)  # of that search, at least and at most
EXCHANGES = 150_000  # that are weighed at most


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody without a team. `friends` counts where the other names this person too."""

    key: Key
    languages: frozenset[str]
    skills: frozenset[Key] = frozenset()
    interests: frozenset[Key] = frozenset()
    friends: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Team:
    """A team of `size` people who share all of `languages`; `open` if people may be added."""

    key: Key
    size: int
    languages: frozenset[str]
    skills: frozenset[Key] = frozenset()
    wanted: frozenset[Key] = frozenset()
    challenge: Key | None = None
    open: bool = True


@dataclass(frozen=True, order=True, slots=True)
class New:
    """The key of a team that does not exist yet."""

    number: int


class Fault(StrEnum):
    """What keeps a team from being as it is put together."""

    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    NO_SHARED_LANGUAGE = "no_shared_language"


class Reason(StrEnum):
    """Why a person is left over."""

    NO_LANGUAGE = "no_language"  # they named none
    NO_PLACE = "no_place"  # no team has room, and too few are left for a new one
    NO_SHARED_LANGUAGE = "no_shared_language"  # the same in their languages
    SIZES = "sizes"  # with them some team would be too small or too large


@dataclass(frozen=True, slots=True)
class Facts:
    """Why a person is well placed: what they bring that nobody else there is known to bring, what
    the team wanted and they have, the team's challenge if they like it, the friends beside them."""

    brings: frozenset[Key]
    wanted: frozenset[Key]
    challenge: Key | None
    friends: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A team with the people placed in it. `languages` are those that all of them share."""

    team: Team
    people: tuple[Person, ...]
    languages: frozenset[str]
    faults: tuple[Fault, ...]
    completed: bool  # it was too small and is no more
    facts: Mapping[Key, Facts] = field(hash=False)

    @property
    def new(self) -> bool:
        return isinstance(self.team.key, New)

    @property
    def size(self) -> int:
        return self.team.size + len(self.people)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where each person goes, by their key, and why the others stay behind."""

    places: Mapping[Key, Key] = field(hash=False)
    left: Mapping[Key, Reason] = field(hash=False)


def fill(
    people: Sequence[Person],
    teams: Sequence[Team],
    places: Mapping[Key, Key],
    *,
    least: int,
    most: int,
) -> list[Filled]:
    """The teams that these places touch, as they would be: those there are, then the new ones."""
    spoken = frozenset[str]().union(*(person.languages for person in people))
    known = {team.key: team for team in teams}
    fresh = sorted({place for place in places.values() if isinstance(place, New)})
    known |= {key: Team(key, 0, spoken) for key in fresh}
    inside: dict[Key, list[Person]] = {}
    for person in people:
        if person.key in places:
            inside.setdefault(places[person.key], []).append(person)
    return [
        _filled(team, tuple(inside[key]), least, most)
        for key, team in known.items()
        if key in inside
    ]


def _filled(team: Team, people: tuple[Person, ...], least: int, most: int) -> Filled:
    languages = team.languages.intersection(*(person.languages for person in people))
    size = team.size + len(people)
    found = (
        (size < least, Fault.TOO_SMALL),
        (size > most, Fault.TOO_LARGE),
        (not languages, Fault.NO_SHARED_LANGUAGE),
    )
    return Filled(
        team,
        people,
        languages,
        tuple(fault for stands, fault in found if stands),
        completed=0 < team.size < least <= size,
        facts={person.key: _facts(person, team, people) for person in people},
    )


def _facts(person: Person, team: Team, people: Sequence[Person]) -> Facts:
    others = [other for other in people if other.key != person.key]
    had = team.skills.union(*(other.skills for other in others))
    return Facts(
        brings=person.skills - had,
        wanted=person.skills & team.wanted,
        challenge=team.challenge if team.challenge in person.interests else None,
        friends=tuple(other.key for other in others if _friends(person, other)),
    )


def _friends(one: Person, other: Person) -> bool:
    return other.key in one.friends and one.key in other.friends


def groups_of_friends(people: Sequence[Person]) -> list[tuple[Person, ...]]:
    """Who is tied together by naming each other, directly or through others; pairs and more."""
    by_key = {person.key: person for person in people}
    groups, seen = [], set[Key]()
    for person in people:
        if person.key in seen:
            continue
        group = [person]
        seen.add(person.key)
        for member in group:  # grows while it is walked
            for other in by_key.values():
                if other.key not in seen and _friends(member, other):
                    seen.add(other.key)
                    group.append(other)
        if len(group) > 1:
            groups.append(tuple(group))
    return groups


def propose(people: Sequence[Person], teams: Sequence[Team], *, least: int, most: int) -> Proposal:
    """The best placing as the module says. Whoever comes first in `people` is placed first.

    ValueError: a key given twice, or sizes that are none.
    """
    if len({p.key for p in people}) < len(people) or len({t.key for t in teams}) < len(teams):
        raise ValueError("two people or two teams have the same key")
    if not 1 <= least <= most:
        raise ValueError(f"a team of {least} to {most} people is none")
    able = [person for person in people if person.languages]
    slots = [Slot.of(team, least, most) for team in teams if team.open and team.size < most]
    together = _places_of_friends(able, slots, least, most)
    singles = [person for person in able if person.key not in together.places]
    plan = _plan(singles, together.slots, least, most, back=True)
    seats = _seated(singles, together, plan)
    Exchange(seats, {person.key for person in singles}, least, most).until_nothing_helps()
    places = {person.key: seat.slot.team.key for seat in seats for person in seat.people}
    return Proposal(
        places=_numbered(places, people),
        left={person.key: _reason(person, slots) for person in people if person.key not in places},
    )


def _numbered(places: Mapping[Key, Key], people: Sequence[Person]) -> dict[Key, Key]:
    """The places in the order of the people, with the new teams counted in that order from 1."""
    numbers: dict[Key, Key] = {}
    found = {person.key: places[person.key] for person in people if person.key in places}
    for place in found.values():
        if isinstance(place, New):
            numbers.setdefault(place, New(len(numbers) + 1))
    return {key: numbers.get(place, place) for key, place in found.items()}


def _reason(person: Person, slots: Sequence["Slot"]) -> Reason:
    if not person.languages:
        return Reason.NO_LANGUAGE
    if any(person.languages & slot.languages for slot in slots):
        return Reason.SIZES
    return Reason.NO_SHARED_LANGUAGE if slots else Reason.NO_PLACE


# -- how many people go where ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slot:
    """A team that can take `fewest` to `room` more people, or none unless it `must`.

    `friends` are those who are in it already, as far as this search goes.
    """

    team: Team
    languages: frozenset[str]
    fewest: int
    room: int
    small: bool  # without them it is below the least
    must: bool = False
    friends: tuple[Person, ...] = ()

    @classmethod
    def of(cls, team: Team, least: int, most: int) -> "Slot":
        return cls(
            team,
            team.languages,
            max(1, least - team.size),
            most - team.size,
            team.size < least,
        )

    def with_friends(self, group: tuple[Person, ...]) -> "Slot | None":
        """The same once the group is in it; None if there is no room or no shared language."""
        languages = self.languages.intersection(*(person.languages for person in group))
        if len(group) > self.room or not languages:
            return None
        return Slot(
            self.team,
            languages,
            max(0, self.fewest - len(group)),
            self.room - len(group),
            self.small,
            True,
            (*self.friends, *group),
        )

    @property
    def completes(self) -> bool:
        """Is it a team that is there, and too small?"""
        return self.small and not self.new

    @property
    def new(self) -> bool:
        return isinstance(self.team.key, New)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many single people can be placed; `worth` counts completed teams and new ones.

    `takes` says, for each slot given and then for each new team, in which language it works and
    how many people it takes.
    """

    placed: int
    worth: int
    takes: tuple[tuple[int, str, int], ...] = ()  # (position of the slot, or -1; language; people)


def _plan(
    singles: Sequence[Person], slots: Sequence[Slot], least: int, most: int, *, back: bool = False
) -> Plan:
    """The best plan for people who may all be parted; placed is -1 if a slot that must cannot.

    worth[n1, n2, …] is what the teams looked at so far are worth when they take n1 people in the
    first language, n2 in the second and so on.
    """
    languages = sorted(frozenset[str]().union(*(p.languages for p in singles)))
    speakers = [sum(code in p.languages for p in singles) for code in languages]
    worth = np.full([number + 1 for number in speakers], UNREACHABLE, dtype=np.int64)
    worth[(0,) * len(languages)] = 0
    stages = [worth]
    for slot in slots:
        worth = _with_slot(worth, slot, languages)
        if back:
            stages.append(worth)
    for axis in range(len(languages)):
        worth = _with_new_teams(worth, axis, least, most)
        if back:
            stages.append(worth)
    counts = np.indices(worth.shape)
    possible = worth > UNREACHABLE // 2
    for size in range(1, len(languages) + 1):  # Hall: no languages ask for more than speak them
        for some in combinations(range(len(languages)), size):
            codes = {languages[axis] for axis in some}
            number = sum(bool(person.languages & codes) for person in singles)
            possible &= sum((counts[axis] for axis in some), np.zeros_like(worth)) <= number
    if not possible.any():
        return Plan(-1, 0)
    total = counts.sum(axis=0) if languages else np.zeros_like(worth)
    placed = int(total[possible].max())
    best = np.where(possible & (total == placed), worth, UNREACHABLE)
    end = np.unravel_index(int(best.argmax()), best.shape)
    at = tuple(int(number) for number in end)
    takes = tuple(_taken(at, stages, slots, languages, least, most)) if back else ()
    return Plan(placed, int(worth[at]), takes)


def _options(slot: Slot, languages: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(axis, people) of every way in which the slot takes somebody."""
    for axis, code in enumerate(languages):
        if code in slot.languages:
            for number in range(max(1, slot.fewest), slot.room + 1):
                yield axis, number


def _gain(slot: Slot) -> int:
    return COMPLETED if slot.completes else 0


def _with_slot(worth: Any, slot: Slot, languages: Sequence[str]) -> Any:
    idle = not slot.must or slot.fewest == 0
    after = worth.copy() if idle else np.full_like(worth, UNREACHABLE)
    if slot.must and slot.fewest == 0:
        after += _gain(slot)
    for axis, number in _options(slot, languages):
        if number < worth.shape[axis]:
            target = _from(after, axis, number)
            np.maximum(target, _until(worth, axis, number) + _gain(slot), out=target)
    return after


def _with_new_teams(worth: Any, axis: int, least: int, most: int) -> Any:
    """Any number of new teams that work in one language."""
    after = np.moveaxis(worth.copy(), axis, 0)
    rows = [after[number : number + 1] for number in range(len(after))]
    for number in range(least, len(rows)):
        for size in range(least, min(most, number) + 1):
            np.maximum(rows[number], rows[number - size] - 1, out=rows[number])
    return np.moveaxis(after, 0, axis)


def _from(array: Any, axis: int, number: int) -> Any:
    return np.moveaxis(array, axis, 0)[number:]


def _until(array: Any, axis: int, number: int) -> Any:
    return np.moveaxis(array, axis, 0)[:-number]


def _taken(
    at: tuple[int, ...],
    stages: Sequence[Any],
    slots: Sequence[Slot],
    languages: Sequence[str],
    least: int,
    most: int,
) -> Iterator[tuple[int, str, int]]:
    """Walk back from the best end, one stage after the other."""

    def less(axis: int, number: int) -> tuple[int, ...]:
        return (*at[:axis], at[axis] - number, *at[axis + 1 :])

    for axis in reversed(range(len(languages))):
        before, after = stages[1 + len(slots) + axis - 1], stages[1 + len(slots) + axis]
        while after[at] != before[at]:
            size = next(
                size
                for size in range(most, least - 1, -1)
                if size <= at[axis] and after[less(axis, size)] - 1 == after[at]
            )
            yield -1, languages[axis], size
            at = less(axis, size)
    for position in reversed(range(len(slots))):
        slot, before, value = slots[position], stages[position], stages[position + 1][at]
        idle = before[at] + (_gain(slot) if slot.must else 0)
        if (not slot.must or slot.fewest == 0) and idle == value:
            continue
        axis, number = next(
            (axis, number)
            for axis, number in _options(slot, languages)
            if number <= at[axis] and before[less(axis, number)] + _gain(slot) == value
        )
        yield position, languages[axis], number
        at = less(axis, number)


# -- friends ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Together:
    """The slots with the friends placed in them; `places` are theirs, by key."""

    slots: tuple[Slot, ...]
    places: Mapping[Key, Key] = field(hash=False)


def _places_of_friends(
    people: Sequence[Person], slots: Sequence[Slot], least: int, most: int
) -> Together:
    """Places for whole groups of friends, for as many people as the best plan has without them."""
    spoken = frozenset[str]().union(*(person.languages for person in people))
    groups = [
        group
        for group in groups_of_friends(people)
        if len(group) <= most and frozenset.intersection(*(p.languages for p in group))
    ]
    groups.sort(key=lambda group: -len(group))
    nobody = Together(tuple(slots), {})
    if not groups:
        return nobody
    alone = _plan(people, slots, least, most)
    cells = (1 + len(slots)) * max(1, len(people)) ** max(1, len(spoken))
    tries = min(max(TRIES[0], EFFORT // cells), TRIES[1])
    best, best_worth = nobody, (0, alone.worth)
    aim = (sum(map(len, groups)), alone.worth)

    def worth_of(now: tuple[Slot, ...], kept: Mapping[Key, Key]) -> int | None:
        """What the plan with these friends is worth; None if it places fewer people."""
        nonlocal tries
        tries -= 1
        rest = [person for person in people if person.key not in kept]
        plan = _plan(rest, now, least, most)
        founded = sum(slot.new for slot in now)
        placed_all = plan.placed >= 0 and plan.placed + len(kept) == alone.placed
        return plan.worth - founded if placed_all else None

    def ways(
        group: tuple[Person, ...], now: tuple[Slot, ...]
    ) -> Iterator[tuple[tuple[Slot, ...], Key]]:
        """Where the group can go, best first: teams that are there, then a new one."""
        found = []
        for position, slot in enumerate(now):
            with_group = slot.with_friends(group)
            if with_group:
                value = _worth(slot.team, with_group.friends) - _worth(slot.team, slot.friends)
                rank = (not slot.completes, slot.new, -value, position)
                found.append((rank, position, with_group))
        for _, position, slot in sorted(found, key=lambda each: each[0]):
            yield (*now[:position], slot, *now[position + 1 :]), slot.team.key
        key = New(1 + sum(slot.new for slot in now))
        fresh = Slot.of(Team(key, 0, spoken), least, most).with_friends(group)
        if fresh:
            yield (*now, fresh), key

    def trusting(number: int) -> bool:
        """Give the first groups the place that each likes best; is that still a best plan?"""
        nonlocal best, best_worth
        now, kept = tuple(slots), dict[Key, Key]()
        for group in groups[:number]:
            for after, key in ways(group, now):
                now = after
                kept |= {person.key: key for person in group}
                break
        worth = worth_of(now, kept)
        if worth is not None and (len(kept), worth) > best_worth:
            best, best_worth = Together(now, kept), (len(kept), worth)
        return worth is not None

    def search(number: int, now: tuple[Slot, ...], kept: Mapping[Key, Key]) -> None:
        """Every place of every group, but for those that cannot become better than the best."""
        nonlocal best, best_worth
        if tries <= 0 or best_worth == aim:
            return
        if (len(kept) + sum(map(len, groups[number:])), alone.worth) <= best_worth:
            return
        if number == len(groups):
            worth = worth_of(now, kept)
            if worth is not None and (len(kept), worth) > best_worth:
                best, best_worth = Together(now, kept), (len(kept), worth)
            return
        group = groups[number]
        for after, key in ways(group, now):
            if tries <= 0:
                return
            added = {**kept, **{person.key: key for person in group}}
            if worth_of(after, added) is not None:
                search(number + 1, after, added)
        search(number + 1, now, kept)

    # Most often everybody's first wish goes through; else find how many do, by halving.
    if not trusting(len(groups)):
        bisect_left(range(1, len(groups)), True, key=lambda number: not trusting(number))
    search(0, tuple(slots), {})
    return best


# -- who goes where --------------------------------------------------------------------------


@dataclass(slots=True)
class Seat:
    """A slot and who sits in it."""

    slot: Slot
    people: list[Person]
    language: str = ""
    wants: int = 0  # people still to come, by the plan
    worth: int = 0


def _seated(singles: Sequence[Person], together: Together, plan: Plan) -> list[Seat]:
    """Everyone of the plan in a place: each person where they add the most at that moment."""
    seats = [Seat(slot, list(slot.friends)) for slot in together.slots]
    founded = sum(slot.new for slot in together.slots)
    for position, language, number in plan.takes:
        if position < 0:
            founded += 1
            team = Team(New(founded), 0, frozenset({language}))
            seats.append(Seat(Slot.of(team, number, number), []))
        seats[position].language, seats[position].wants = language, number
    demand: dict[str, int] = {}
    for seat in seats:
        if seat.wants:
            demand[seat.language] = demand.get(seat.language, 0) + seat.wants
    chosen = _chosen(singles, demand)
    for person in singles:
        if person.key in chosen:
            code = chosen[person.key]
            free = [seat for seat in seats if seat.wants and seat.language == code]
            best = max(free, key=lambda seat: _added(seat, person))
            best.people.append(person)
            best.wants -= 1
    return seats


def _added(seat: Seat, person: Person) -> int:
    team = seat.slot.team
    return _worth(team, [*seat.people, person]) - _worth(team, seat.people)


def _chosen(singles: Sequence[Person], demand: Mapping[str, int]) -> dict[Key, str]:
    """The language in which each person is placed: a largest matching, the first people first."""
    takers: dict[str, list[Person]] = {code: [] for code in demand}
    chosen: dict[Key, str] = {}

    def place(person: Person, tried: set[str]) -> bool:
        for code in sorted(person.languages & takers.keys()):
            if code in tried:
                continue
            tried.add(code)
            if len(takers[code]) < demand[code]:
                takers[code].append(person)
                chosen[person.key] = code
                return True
            for other in takers[code]:
                if place(other, tried):
                    takers[code].remove(other)
                    takers[code].append(person)
                    chosen[person.key] = code
                    return True
        return False

    for person in singles:  # who once has a place may change it, but keeps one
        place(person, set())
    return chosen


def _worth(team: Team, people: Sequence[Person]) -> int:
    """How good it is that these people join the team: skills, interests, friends."""
    had: set[Key] = set()
    liked: dict[Key, int] = {}
    pairs = 0
    for person in people:
        had |= person.skills
        for each in person.interests:
            liked[each] = liked.get(each, 0) + 1
        if person.friends:
            pairs += sum(
                other.key in person.friends for other in people if person.key in other.friends
            )
    agree = (
        max(liked.values(), default=0) if team.challenge is None else liked.get(team.challenge, 0)
    )
    return (
        WANTED * len(had & team.wanted)
        + SKILL * len(had - team.skills)
        + INTEREST * agree
        + FRIENDS * pairs // 2
    )


@dataclass(slots=True)
class Exchange:
    """Single people change places, or move, as long as that makes two teams better together."""

    seats: list[Seat]
    movable: Collection[Key]
    least: int
    most: int
    weighed: int = 0

    def until_nothing_helps(self) -> None:
        for seat in self.seats:
            seat.worth = _worth(seat.slot.team, seat.people)
        pairs = list(combinations(self.seats, 2))
        improved = True
        while improved and self.weighed < EXCHANGES:
            improved = False
            for left, right in pairs:
                if self.weighed < EXCHANGES and self._improve(left, right):
                    improved = True

    def _improve(self, left: Seat, right: Seat) -> bool:
        """Carry out the first change between the two that helps, if there is one."""
        before = left.worth + right.worth
        for in_left, in_right in self._changes(left, right):
            self.weighed += 1
            if _speaks(left, in_left) and _speaks(right, in_right):
                worth = _worth(left.slot.team, in_left), _worth(right.slot.team, in_right)
                if sum(worth) > before:
                    left.people, right.people = in_left, in_right
                    left.worth, right.worth = worth
                    return True
        return False

    def _changes(self, left: Seat, right: Seat) -> Iterator[tuple[list[Person], list[Person]]]:
        for one in self._movers(left):
            for other in self._movers(right):
                yield [*_but(left, one), other], [*_but(right, other), one]
        if self._fits(left, -1) and self._fits(right, 1):
            for one in self._movers(left):
                yield _but(left, one), [*right.people, one]
        if self._fits(left, 1) and self._fits(right, -1):
            for one in self._movers(right):
                yield [*left.people, one], _but(right, one)

    def _movers(self, seat: Seat) -> list[Person]:
        return [person for person in seat.people if person.key in self.movable]

    def _fits(self, seat: Seat, more: int) -> bool:
        """May the team have so many more? One that was not too small may be left as it was."""
        number = len(seat.people) + more
        size = seat.slot.team.size + number
        return self.least <= size <= self.most or (number == 0 and not seat.slot.small)


def _but(seat: Seat, person: Person) -> list[Person]:
    return [other for other in seat.people if other is not person]


def _speaks(seat: Seat, people: Sequence[Person]) -> bool:
    """Do they all share a language, and the team with them?"""
    if not people:
        return True
    shared = people[0].languages if seat.slot.new else seat.slot.team.languages
    for person in people:
        shared = shared & person.languages
    return bool(shared)
