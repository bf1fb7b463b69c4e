"""Who mentors whom: an exact proposal that looks after the worst-off team first.

Pure functions, plain values in and out. `fit` rates one pair; `propose` finds, among all ways of
pairing that respect languages, conflicts and capacities, one that

1. serves the most teams,
2. then gives the worst-off of them the best fit possible,
3. then has the largest sum of fits,
4. then, among equals, spreads the teams over the mentors most evenly.

A search over the values of fit settles 2, a minimum-cost flow settles the rest at once, and the
flow's own potentials prove the sum.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heappop, heappush
from math import fsum, inf

Key = Hashable

BEST_FIT = 1000
LANGUAGE_SHARE = 100  # of BEST_FIT; the coverage of needs makes up the rest
SINK = 0  # the node of a Network where all flow ends


@dataclass(frozen=True, slots=True)
class Team:
    """A team that wants `wanted` mentors.

    `weights` says how much each need matters beside the others (positive, 1 where it is silent).
    """

    key: Key
    languages: frozenset[str]
    needs: frozenset[Key] = frozenset()
    weights: Mapping[Key, float] = field(default_factory=dict, hash=False)
    wanted: int = 1

    def __post_init__(self) -> None:
        if self.wanted < 0:
            raise ValueError(f"team {self.key!r} wants a negative number of mentors")
        if any(not 0 < weight < inf for weight in self.weights.values()):
            raise ValueError(f"team {self.key!r} weighs a need with zero or less, or without limit")


@dataclass(frozen=True, slots=True)
class Mentor:
    """A mentor with room for `capacity` teams.

    `weights` says how well a tag of `expertise` is mastered (above 0, up to 1; 1 where it is
    silent).
    """

    key: Key
    languages: frozenset[str]
    expertise: frozenset[Key] = frozenset()
    weights: Mapping[Key, float] = field(default_factory=dict, hash=False)
    capacity: int = 1

    def __post_init__(self) -> None:
        if self.capacity < 0:
            raise ValueError(f"mentor {self.key!r} has a negative capacity")
        if any(not 0 < weight <= 1 for weight in self.weights.values()):
            raise ValueError(f"mentor {self.key!r} has an expertise weighed outside 0 to 1")


@dataclass(frozen=True, slots=True)
class Pair:
    """One mentor for one team; `kept` if it stood before the proposal."""

    team: Key
    mentor: Key
    fit: int
    kept: bool = False


class Reason(StrEnum):
    """Why a team has no mentor."""

    NO_SHARED_LANGUAGE = "no_shared_language"
    ALL_IN_CONFLICT = "all_in_conflict"
    CAPACITY_USED_UP = "capacity_used_up"


@dataclass(frozen=True, slots=True)
class Unserved:
    """A team left without any mentor, and why."""

    team: Key
    reason: Reason


@dataclass(frozen=True, slots=True)
class Proposal:
    """The pairs, kept ones included, in the order of the teams and then of the mentors given.

    `total` is the sum of the fits of all pairs. `worst` is the fit of the worst-off team, each team
    counting its best mentor, among the teams that the proposal was free to decide: those served
    without a kept mentor (None if there are none). `bound` is an upper bound, proved by the dual of
    the flow, on the total of any proposal that serves as many teams no worse than `worst`.
    """

    pairs: tuple[Pair, ...]
    unserved: tuple[Unserved, ...]
    total: int
    worst: int | None
    bound: int

    @property
    def gap(self) -> int:
        """How far `total` may be from the optimum: 0 when the optimum is proved."""
        return self.bound - self.total


def fit(team: Team, mentor: Mentor) -> int:
    """How well the mentor suits the team, 0 to 1000.

        900 * (weighted share of the needs that the mentor covers)
      + 100 * (share of the team's languages that the mentor speaks)

    A need counts with the team's weight and is covered to the degree of the mentor's mastery. A
    team that states no needs misses none: its share is 1, so it takes whom the others need least.
    Without a language in common the fit is 0; with one it is above 0.
    """
    shared = team.languages & mentor.languages
    if not shared:
        return 0
    coverage = 1.0
    if team.needs:
        # fsum: the result must not depend on the order in which a set yields its tags.
        asked = fsum(team.weights.get(tag, 1) for tag in team.needs)
        met = fsum(
            team.weights.get(tag, 1) * mentor.weights.get(tag, 1)
            for tag in team.needs & mentor.expertise
        )
        coverage = met / asked
    language = len(shared) / len(team.languages)
    return round((BEST_FIT - LANGUAGE_SHARE) * coverage + LANGUAGE_SHARE * language)


def propose(
    teams: Sequence[Team],
    mentors: Sequence[Mentor],
    *,
    conflicts: AbstractSet[tuple[Key, Key]] = frozenset(),
    kept: Iterable[tuple[Key, Key]] = (),
) -> Proposal:
    """The best pairing as the module says; the same input always gives the same proposal.

    `conflicts` holds (mentor, team) keys that must not meet, for whatever reason: interests, or no
    common hour. `kept` holds (mentor, team) keys of pairings that stay as they are, because people
    decided them: they use up wishes and capacity, and are not held against capacity or language.
    A team with a kept mentor counts as served; further mentors for it add to the sum only. No
    mentor serves a team twice.

    ValueError: a key given twice; a kept pair that names a stranger or stands in conflict.
    """
    standing = _standing(teams, mentors, conflicts, kept)
    options = [
        {
            m: fit(team, mentor)
            for m, mentor in enumerate(mentors)
            if team.languages & mentor.languages
            and (mentor.key, team.key) not in conflicts
            and (t, m) not in standing
        }
        for t, team in enumerate(teams)
    ]
    helpers = Counter(t for t, _ in standing)
    loads = Counter(m for _, m in standing)
    seats = [max(0, team.wanted - helpers[t]) for t, team in enumerate(teams)]
    room = [max(0, mentor.capacity - loads[m]) for m, mentor in enumerate(mentors)]
    waiting = [t for t, seat in enumerate(seats) if seat and not helpers[t]]

    floor = _best_floor([options[t] for t in waiting], room)
    chosen, bound = _best_sum(options, seats, room, loads, waiting, floor)

    fits = standing | {(t, m): options[t][m] for t, m in chosen}
    best: dict[int, int] = {}
    for (t, _), value in fits.items():
        best[t] = max(value, best.get(t, 0))
    return Proposal(
        pairs=tuple(
            Pair(teams[t].key, mentors[m].key, fits[t, m], kept=(t, m) in standing)
            for t, m in sorted(fits)
        ),
        unserved=tuple(
            Unserved(teams[t].key, _reason(teams[t], mentors, options[t]))
            for t in waiting
            if t not in best
        ),
        total=sum(fits.values()),
        worst=min((best[t] for t in waiting if t in best), default=None),
        bound=sum(standing.values()) + bound,
    )


def _standing(
    teams: Sequence[Team],
    mentors: Sequence[Mentor],
    conflicts: AbstractSet[tuple[Key, Key]],
    kept: Iterable[tuple[Key, Key]],
) -> dict[tuple[int, int], int]:
    """The fit of each kept pair, under the positions of its team and its mentor."""
    team_at = {team.key: t for t, team in enumerate(teams)}
    mentor_at = {mentor.key: m for m, mentor in enumerate(mentors)}
    if len(team_at) < len(teams) or len(mentor_at) < len(mentors):
        raise ValueError("two teams or two mentors have the same key")
    standing = {}
    for mentor, team in kept:
        if mentor not in mentor_at or team not in team_at:
            raise ValueError(f"kept pair of an unknown mentor {mentor!r} or team {team!r}")
        if (mentor, team) in conflicts:
            raise ValueError(f"kept pair in conflict: mentor {mentor!r}, team {team!r}")
        t, m = team_at[team], mentor_at[mentor]
        standing[t, m] = fit(teams[t], mentors[m])
    return standing


def _reason(team: Team, mentors: Sequence[Mentor], options: Mapping[int, int]) -> Reason:
    if options:
        return Reason.CAPACITY_USED_UP
    if any(team.languages & mentor.languages for mentor in mentors):
        return Reason.ALL_IN_CONFLICT
    return Reason.NO_SHARED_LANGUAGE


def _best_floor(options: Sequence[Mapping[int, int]], room: Sequence[int]) -> int:
    """The highest fit that every team of a largest possible set of served teams can have."""
    values = sorted({value for row in options for value in row.values()})
    if not values:
        return 0
    most = _most_served(options, room, values[0])
    # A higher floor never serves more teams, so halving finds the first that serves fewer.
    too_high = bisect_left(
        values, True, lo=1, key=lambda floor: _most_served(options, room, floor) < most
    )
    return values[too_high - 1]


def _most_served(options: Sequence[Mapping[int, int]], room: Sequence[int], floor: int) -> int:
    """How many teams can have one mentor each with a fit of at least `floor`.

    A largest matching by augmenting paths (Berge 1957), the shortest first.
    """
    choices = [[m for m, value in row.items() if value >= floor] for row in options]
    mentor_of: list[int | None] = [None] * len(options)
    teams_of: list[set[int]] = [set() for _ in room]

    def place(newcomer: int) -> bool:
        asked_by: dict[int, int] = {}
        queue = [newcomer]  # grows while it is walked
        for team in queue:
            for mentor in choices[team]:
                if mentor in asked_by:
                    continue
                asked_by[mentor] = team
                if len(teams_of[mentor]) < room[mentor]:
                    move(mentor, asked_by)
                    return True
                queue.extend(teams_of[mentor])
        return False

    def move(mentor: int | None, asked_by: Mapping[int, int]) -> None:
        """Let each team on the path take the place that the one before it gives up."""
        while mentor is not None:
            team = asked_by[mentor]
            teams_of[mentor].add(team)
            left = mentor_of[team]
            mentor_of[team] = mentor
            if left is not None:
                teams_of[left].remove(team)
            mentor = left

    return sum(map(place, range(len(options))))


def _best_sum(
    options: Sequence[Mapping[int, int]],
    seats: Sequence[int],
    room: Sequence[int],
    loads: Mapping[int, int],
    waiting: Sequence[int],
    floor: int,
) -> tuple[list[tuple[int, int]], int]:
    """The chosen (team, mentor) positions, and a proved upper bound on their sum of fits.

    `seats` counts the mentors each team still wants, `room` the teams each mentor can still take,
    `loads` those they have. `waiting` are the teams without a mentor.

    Each seat sends one unit through a mentor, or past all of them, to the sink. A waiting team has
    two nodes: `first` reaches only mentors of at least `floor` and sends the unit that counts as
    being served, for which going without costs more than all else together; `further` sends the
    others, and reaches the good mentors through `first`, so that no mentor is used twice. Fits are
    scaled up far enough that the cost of uneven loads never outweighs one point of fit.
    """
    further = [1 + len(room) + t for t in range(len(seats))]
    first = {t: 1 + len(room) + len(seats) + i for i, t in enumerate(waiting)}
    network = Network(1 + len(room) + len(seats) + len(first))

    room = [min(places, len(seats)) for places in room]
    scale = 1 + sum(loads[m] + i for m, places in enumerate(room) for i in range(places))
    empty = BEST_FIT * scale
    without = empty * (1 + sum(seats))

    for m, places in enumerate(room, start=1):
        for i in range(places):
            network.arc(m, SINK, 1, loads[m - 1] + i)
    arcs = {}
    for t, row in enumerate(options):
        network.arc(further[t], SINK, seats[t], empty)
        if t in first:
            network.arc(first[t], SINK, 1, empty + without)
            network.arc(further[t], first[t], seats[t] - 1, 0)
        for m, value in row.items():
            if t in first and value >= floor:
                node = first[t]
            elif seats[t] > (t in first):
                node = further[t]
            else:
                continue
            arcs[t, m] = network.arc(node, 1 + m, 1, (BEST_FIT - value) * scale)

    for node in first.values():
        network.send(node)
    for t, node in enumerate(further):
        for _ in range(seats[t] - (t in first)):
            network.send(node)

    chosen = [place for place, arc in arcs.items() if network.flow(arc)]
    served = {t for t, _ in chosen}
    unserved = sum(t not in served for t in first)
    # From the least cost take what going without costs; less than a point of fit is uneven load.
    lost = (network.least_cost() - without * unserved) // scale
    return chosen, BEST_FIT * sum(seats) - lost


class Network:
    """A minimum-cost flow into the node SINK, built up one unit at a time.

    Successive shortest paths (Busacker and Gowen 1960) with node potentials (Edmonds and Karp 1972;
    Tomizawa 1971), which keep all reduced costs at or above zero, so that Dijkstra's algorithm
    finds each path; it stops at the sink. Costs are whole numbers at or above zero: exact.
    """

    def __init__(self, nodes: int) -> None:
        self._leaving: list[list[int]] = [[] for _ in range(nodes)]
        self._potential = [0] * nodes
        self._sent = [0] * nodes
        # An arc has an even number and its reverse the next: `arc ^ 1` is the other direction.
        self._head: list[int] = []
        self._cost: list[int] = []
        self._residual: list[int] = []

    def arc(self, tail: int, head: int, capacity: int, cost: int) -> int:
        """Add an arc and return its number."""
        number = len(self._head)
        self._leaving[tail].append(number)
        self._leaving[head].append(number + 1)
        self._head += (head, tail)
        self._cost += (cost, -cost)
        self._residual += (capacity, 0)
        return number

    def flow(self, arc: int) -> int:
        """The units now on an arc."""
        return self._residual[arc ^ 1]

    def send(self, source: int) -> None:
        """Send one more unit from `source` to the sink at the least added cost.

        Earlier units are rerouted where that is cheaper: after each call the flow is a cheapest one
        for all the units sent. ValueError if there is no way left.
        """
        head, cost, residual, potential = self._head, self._cost, self._residual, self._potential
        distance = {source: 0}
        reached_by: dict[int, int] = {}
        settled: list[int] = []
        limit = inf  # how far the sink is at most: nothing farther is worth visiting
        queue = [(0, source)]
        while queue:
            here, node = heappop(queue)
            if node == SINK:
                break
            if here > distance[node]:
                continue
            settled.append(node)
            base = here + potential[node]
            for arc in self._leaving[node]:
                if residual[arc]:
                    there = head[arc]
                    length = base + cost[arc] - potential[there]
                    if length < distance.get(there, limit):
                        distance[there] = length
                        reached_by[there] = arc
                        heappush(queue, (length, there))
                        if there == SINK:
                            limit = length
        else:
            raise ValueError(f"no way left from node {source}")
        for node in settled:
            potential[node] += distance[node] - distance[SINK]
        self._sent[source] += 1
        node = SINK
        while node != source:
            arc = reached_by[node]
            residual[arc] -= 1
            residual[arc ^ 1] += 1
            node = head[arc ^ 1]

    def least_cost(self) -> int:
        """A lower bound on the cost of sending what was sent: the value of the dual.

        It follows from the potentials alone (weak duality), whatever way the flow was found, and
        equals the cost of the flow when that is a cheapest one.
        """
        potential = self._potential
        value = sum(
            units * (potential[SINK] - potential[node]) for node, units in enumerate(self._sent)
        )
        for tail, leaving in enumerate(self._leaving):
            for arc in leaving:
                if not arc & 1:
                    capacity = self._residual[arc] + self._residual[arc ^ 1]
                    reduced = self._cost[arc] + potential[tail] - potential[self._head[arc]]
                    value += capacity * min(0, reduced)
        return value
