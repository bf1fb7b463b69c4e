"""Who reviews what: balanced, without conflicts, in a language the judge understands, and linked.

Reviews are handed out in rounds, so that nobody has a second review while somebody who could have a
first one has none; within a round those with the fewest possible judges come first. Where no judge
is free, others' reviews move along a shortest augmenting path, and afterwards from judges with many
to judges with few, until the loads are as even as the constraints allow (a convex flow has its
optimum when no such path is left: Ahuja, Magnanti and Orlin 1993). Last, exchanges of equal load
link panels that no judge connects, because scores of separate panels cannot be compared.

After the first reviews, `second_wave` says where further ones tell the most about the first places,
and `repair` fills what is missing with the fewest changes (the cheapest path each time, so that no
cheaper whole is left).

Keys of submissions, judges and challenges are any hashable values with a `repr` that tells them
apart and stays the same in every run: with the seed, it alone decides among equals.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from heapq import heapify, heapreplace
from itertools import combinations
from random import Random
from typing import Any

Key = Any  # hashable


@dataclass(frozen=True, slots=True)
class Submission:
    """What is to be reviewed; a judge needs one of its `languages`, or none if it has none."""

    key: Key
    languages: frozenset[str] = frozenset()
    challenge: Key = None


@dataclass(frozen=True, slots=True)
class Judge:
    """Who reviews: at most `capacity` submissions, of `challenges`, where None means of any."""

    key: Key
    capacity: int
    languages: frozenset[str] = frozenset()
    challenges: frozenset[Key] | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """One judge reviews one submission."""

    judge: Key
    submission: Key


class Reason(StrEnum):
    """Why a submission has fewer judges than wanted: the first that leaves too few."""

    JUDGES = "judges"
    CHALLENGE = "challenge"
    LANGUAGE = "language"
    CONFLICT = "conflict"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A submission that lacks `missing` reviews; `eligible` judges could do one, were they free."""

    submission: Key
    missing: int
    eligible: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to change, and what comes of it.

    `assignments` are all that hold in the end, `added` and `removed` the difference to what was
    given. `loads` counts each judge's. `parts` are the sets of submissions that judges in common
    link: more than one means that their scores cannot be compared.
    """

    assignments: frozenset[Assignment]
    added: frozenset[Assignment]
    removed: frozenset[Assignment]
    loads: Mapping[Key, int]
    shortfalls: tuple[Shortfall, ...]
    parts: tuple[frozenset[Key], ...]


def propose(
    submissions: Iterable[Submission],
    judges: Iterable[Judge],
    *,
    wanted: int | Mapping[Key, int],
    conflicts: Collection[Assignment] = frozenset(),
    kept: Collection[Assignment] = frozenset(),
    seed: int = 0,
) -> Proposal:
    """Give each submission the judges it wants, as far as possible, and leave the `kept` ones.

    `wanted` is one number for all or one for each key (0 for those left out), with the kept ones.
    Kept assignments go only if the judge or the submission is gone or a conflict has come up.

    Raises ValueError for two submissions or two judges of the same key.
    """
    board = _Board(submissions, judges, wanted, conflicts, kept, Random(seed))
    board.fixed = board.pairs()
    board.fill()
    board.balance()
    board.link()
    return board.proposal(kept)


def repair(
    submissions: Iterable[Submission],
    judges: Iterable[Judge],
    *,
    wanted: int | Mapping[Key, int],
    current: Collection[Assignment],
    begun: Collection[Assignment] = frozenset(),
    conflicts: Collection[Assignment] = frozenset(),
    seed: int = 0,
) -> Proposal:
    """Fill what is missing after judges dropped out, with the fewest changes.

    A gap goes to the free judge with the fewest reviews; only where none is free do other reviews
    move, as few as will do, and never those `begun`. Loads are not evened out and panels not linked
    again: that would change more. Arguments and errors as in `propose`.
    """
    board = _Board(submissions, judges, wanted, conflicts, current, Random(seed))
    given = board.pairs()
    board.fixed = board.pairs_of(begun) & given
    board.fill(lambda s: board.mend(s, given))
    return board.proposal(current)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is not known of a submission: the chances that it is first, and on the podium.

    `reviews` are those it has or is sure to get, `most` how many it can have at all.
    """

    first: float
    podium: float
    reviews: int
    most: int


FOR_PODIUM = 0.2
"""What it is worth to know who is on the podium, where knowing who is first is worth 1."""


def second_wave(doubts: Mapping[Key, Doubt], extra: int, *, noise: float) -> dict[Key, int]:
    """Share `extra` reviews out where they tell the most about the first places.

    One after the other, each goes where its doubt (the variance of being first or on the podium)
    times what it takes off the variance of the quality is largest. `noise` is the variance of one
    review in variances of the quality. Where everything is decided, nothing is given; fewer than
    `extra` come out, too, when no judges are left.
    """
    if noise <= 0:
        raise ValueError("reviews without noise need no second wave")

    def gain(key: Key) -> float:
        doubt, n = doubts[key], doubts[key].reviews + more[key]
        if n >= doubt.most:
            return 0.0
        open_ = doubt.first * (1 - doubt.first) + FOR_PODIUM * doubt.podium * (1 - doubt.podium)
        return open_ * (1 / (1 + n / noise) - 1 / (1 + (n + 1) / noise))

    more = Counter[Key]()
    keys = sorted(doubts, key=repr)
    heap = [(-gain(key), number) for number, key in enumerate(keys)]
    heapify(heap)
    for _ in range(extra if heap else 0):
        best, number = heap[0]
        if best > -_NO_DOUBT:
            break
        more[keys[number]] += 1
        heapreplace(heap, (-gain(keys[number]), number))
    return dict(more)


def links(
    assignments: Iterable[Assignment], challenges: Mapping[Key, Key]
) -> dict[tuple[Key, Key], int]:
    """How many judges connect each two challenges, 0 included; `challenges` of the submissions."""
    read: defaultdict[Key, set[Key]] = defaultdict(set)
    for each in assignments:
        read[each.judge].add(challenges[each.submission])
    names = sorted(set(challenges.values()), key=repr)
    return {
        (one, two): sum(one in seen and two in seen for seen in read.values())
        for one, two in combinations(names, 2)
    }


def stands_against(
    judge: Judge, submission: Submission, *, conflict: bool, load: int
) -> list[Reason]:
    """Why this judge should not read this submission, beside the `load` reviews they have."""
    found = {
        Reason.CHALLENGE: not _may_judge(judge, submission),
        Reason.LANGUAGE: not _understands(judge, submission),
        Reason.CONFLICT: conflict,
        Reason.CAPACITY: load >= judge.capacity,
    }
    return [reason for reason, so in found.items() if so]


def adjusted(
    proposal: Proposal,
    submissions: Iterable[Submission],
    judges: Iterable[Judge],
    *,
    wanted: int | Mapping[Key, int],
    given: Collection[Assignment],
    add: Collection[Assignment] = frozenset(),
    remove: Collection[Assignment] = frozenset(),
    conflicts: Collection[Assignment] = frozenset(),
) -> Proposal:
    """The proposal with changes made by hand, told in the same way; `given` is what it began with.

    What is asked for is done, but for conflicts and for judges and submissions that are not there.
    """
    after = (proposal.assignments - frozenset(remove)) | frozenset(add)
    board = _Board(submissions, judges, wanted, conflicts, after, Random(0))
    return board.proposal(given)


class _Board:
    """The state of an assignment: who is on whose panel, as indices in the order of the keys."""

    def __init__(
        self,
        submissions: Iterable[Submission],
        judges: Iterable[Judge],
        wanted: int | Mapping[Key, int],
        conflicts: Collection[Assignment],
        given: Collection[Assignment],
        random: Random,
    ) -> None:
        self.submissions = sorted(submissions, key=lambda each: repr(each.key))
        self.judges = sorted(judges, key=lambda each: repr(each.key))
        row = {each.key: index for index, each in enumerate(self.submissions)}
        column = {each.key: index for index, each in enumerate(self.judges)}
        if len(row) < len(self.submissions) or len(column) < len(self.judges):
            raise ValueError("two submissions or two judges have the same key")
        self.random = random
        self.wanted = [
            wanted if isinstance(wanted, int) else wanted.get(each.key, 0)
            for each in self.submissions
        ]
        barred = {(each.judge, each.submission) for each in conflicts}
        self.eligible = [
            [
                j
                for j, judge in enumerate(self.judges)
                if _may_judge(judge, submission)
                and _understands(judge, submission)
                and (judge.key, submission.key) not in barred
            ]
            for submission in self.submissions
        ]
        for able in self.eligible:
            random.shuffle(able)
        # The same as bits of a number: so a search skips at once what would lead nowhere new.
        self.able = [sum(1 << j for j in able) for able in self.eligible]
        self.panels: list[set[int]] = [set() for _ in self.submissions]
        self.held: list[set[int]] = [set() for _ in self.judges]
        for each in given:
            if (
                each.submission in row
                and each.judge in column
                and (each.judge, each.submission) not in barred
            ):
                self.put(column[each.judge], row[each.submission])
        self.fixed: set[tuple[int, int]] = set()
        self.moved = False  # has mending taken a review from somebody who had it

    def put(self, j: int, s: int) -> None:
        self.panels[s].add(j)
        self.held[j].add(s)

    def take(self, j: int, s: int) -> None:
        self.panels[s].remove(j)
        self.held[j].remove(s)

    def pairs_of(self, assignments: Iterable[Assignment]) -> set[tuple[int, int]]:
        """The same as indices; those whose judge or submission is gone are left out."""
        row = {each.key: index for index, each in enumerate(self.submissions)}
        column = {each.key: index for index, each in enumerate(self.judges)}
        return {
            (column[each.judge], row[each.submission])
            for each in assignments
            if each.judge in column and each.submission in row
        }

    def pairs(self) -> set[tuple[int, int]]:
        return {(j, s) for j, held in enumerate(self.held) for s in held}

    def has_room(self, j: int) -> bool:
        return len(self.held[j]) < self.judges[j].capacity

    def candidates(self, s: int) -> list[int]:
        """Eligible judges not yet on the panel, fewest reviews first, else at random."""
        found = [j for j in self.eligible[s] if j not in self.panels[s]]
        self.random.shuffle(found)
        found.sort(key=lambda j: len(self.held[j]))
        return found

    def reroute(
        self, s: int | None, start: int | None, goal: Callable[[int], bool]
    ) -> Collection[int] | None:
        """Move one review along a shortest alternating path to a judge that meets the goal.

        Either the submission `s` gains a review, or the judge `start` gives one away. Where there
        is no such path, return all judges that were reached.
        """
        came: dict[int, tuple[int, int | None] | None] = {}  # judge: takes what, and from whom
        queue: deque[int] = deque()
        if s is not None:
            for j in self.candidates(s):
                came[j] = (s, None)
                queue.append(j)
        elif start is not None:
            came[start] = None
            queue.append(start)
        unseen = ~sum(1 << j for j in came)
        while queue:
            j = queue.popleft()
            if goal(j):
                end: int | None = j
                while end is not None and (step := came[end]) is not None:
                    taken, giver = step
                    if giver is not None:
                        self.take(giver, taken)
                    self.put(end, taken)
                    end = giver
                return None
            for other in sorted(self.held[j]):
                if not self.able[other] & unseen or (j, other) in self.fixed:
                    continue
                for next_judge in self.eligible[other]:
                    if next_judge not in came and next_judge not in self.panels[other]:
                        came[next_judge] = (other, j)
                        unseen ^= 1 << next_judge
                        queue.append(next_judge)
        return came.keys()

    def mend(self, s: int, given: Collection[tuple[int, int]]) -> bool:
        """Give a submission one more review at the least cost, in reviews not `given` before.

        A review that was moved may move back, which gains one: costs can be negative, so the
        cheapest path is found by relaxing until nothing improves (Bellman and Ford). Among equal
        costs the judge with the fewest reviews is taken.
        """
        free = [j for j in self.candidates(s) if self.has_room(j)]
        if free and not self.moved:  # no path can then do better
            self.put(free[0], s)
            return True
        cost: dict[int, int] = {}
        came: dict[int, tuple[int, int | None]] = {}
        queue = deque[int]()

        def reach(j: int, taken: int, giver: int | None, so_far: int) -> None:
            if so_far + ((j, taken) not in given) < cost.get(j, len(self.judges) + 1):
                cost[j] = so_far + ((j, taken) not in given)
                came[j] = (taken, giver)
                queue.append(j)

        for j in self.candidates(s):
            reach(j, s, None, 0)
        while queue:
            j = queue.popleft()
            for other in sorted(self.held[j]):
                if (j, other) in self.fixed or other == s:
                    continue
                freed = cost[j] - ((j, other) not in given)
                for taker in self.eligible[other]:
                    if taker not in self.panels[other]:
                        reach(taker, other, j, freed)
        free = [j for j in cost if self.has_room(j)]
        if not free:
            return False
        end: int | None = min(free, key=lambda j: (cost[j], len(self.held[j])))
        while end is not None:
            taken, giver = came[end]
            if giver is not None:
                self.take(giver, taken)
                self.moved = self.moved or (giver, taken) in given
            self.put(end, taken)
            end = giver
        return True

    def fill(self, give: Callable[[int], bool] | None = None) -> None:
        """Hand out what is wanted, each by `give`: along a shortest path, if not said otherwise."""
        give = give or self.give
        stuck: set[int] = set()
        for have in range(max(self.wanted, default=0)):
            order = [
                s
                for s, panel in enumerate(self.panels)
                if len(panel) == have < self.wanted[s] and s not in stuck
            ]
            self.random.shuffle(order)
            order.sort(key=lambda s: len(self.eligible[s]))
            for s in order:
                if not give(s):
                    stuck.add(s)  # no later move frees a judge for it

    def give(self, s: int) -> bool:
        """Give a submission one more review: to the judge with the fewest, if one is free."""
        free = [j for j in self.eligible[s] if j not in self.panels[s] and self.has_room(j)]
        if not free:
            return self.reroute(s, None, self.has_room) is None
        least = min(len(self.held[j]) for j in free)
        self.put(self.random.choice([j for j in free if len(self.held[j]) == least]), s)
        return True

    def balance(self) -> None:
        moved = True
        while moved:
            moved = False
            # From whoever a search in vain has reached, nobody else is reached: as those with many
            # reviews come first, none of these can give one away either.
            in_vain = set[int]()
            for giver in sorted(range(len(self.judges)), key=lambda j: -len(self.held[j])):
                few = len(self.held[giver]) - 2
                takers = {
                    j for j, held in enumerate(self.held) if len(held) <= few and self.has_room(j)
                }
                if not takers or giver in in_vain:
                    continue
                reached = self.reroute(None, giver, takers.__contains__)
                if reached is None:
                    moved = True
                else:
                    in_vain.update(reached)

    def link(self) -> None:
        """Join separate panels: by exchanges that keep the loads as even as they are, or where
        there is none, by one review more for a judge of the other panel."""
        while len(parts := self.parts()) > 1:
            part = {s: number for number, members in enumerate(parts) for s in members}
            loose = sorted(self.pairs() - self.fixed)
            self.random.shuffle(loose)
            if not any(self.join(j, s, part) for j, s in loose) and not any(
                self.join(j, s, part, uneven=True)
                for j, s in loose
                if len(self.panels[s]) > 1 < len(self.held[j])  # else nothing could be compared
            ):
                return

    def join(self, j: int, s: int, part: Mapping[int, int], *, uneven: bool = False) -> bool:
        """Give `s` from `j` to a judge of another part, alone or in exchange for another one."""
        before = len(set(part.values()))
        for other in self.eligible[s]:
            held = len(self.held[other])
            if not held or part[next(iter(self.held[other]))] == part[s]:
                continue
            if (held < len(self.held[j]) or uneven) and self.has_room(other):
                self.swap(j, s, other, None)
                if len(self.parts()) < before:
                    return True
                self.swap(other, s, j, None)
            for back in sorted(self.held[other]) if not uneven else ():
                if (other, back) in self.fixed or j not in self.eligible[back]:
                    continue
                self.swap(j, s, other, back)
                if len(self.parts()) < before:
                    return True
                self.swap(other, s, j, back)
        return False

    def swap(self, giver: int, s: int, taker: int, back: int | None) -> None:
        self.take(giver, s)
        self.put(taker, s)
        if back is not None:
            self.take(taker, back)
            self.put(giver, back)

    def parts(self) -> list[set[int]]:
        """Return the sets of reviewed submissions that judges in common link."""
        parts, seen = [], set[int]()
        for start, panel in enumerate(self.panels):
            if start in seen or not panel:
                continue
            part, queue = {start}, [start]
            while queue:
                near = {s for j in self.panels[queue.pop()] for s in self.held[j]} - part
                part |= near
                queue.extend(near)
            seen |= part
            parts.append(part)
        return parts

    def shortfall(self, s: int) -> Shortfall:
        submission, wanted = self.submissions[s], self.wanted[s]
        allowed = [judge for judge in self.judges if _may_judge(judge, submission)]
        reading = [judge for judge in allowed if _understands(judge, submission)]
        if len(self.judges) < wanted:
            reason = Reason.JUDGES
        elif len(allowed) < wanted:
            reason = Reason.CHALLENGE
        elif len(reading) < wanted:
            reason = Reason.LANGUAGE
        elif len(self.eligible[s]) < wanted:
            reason = Reason.CONFLICT
        else:
            reason = Reason.CAPACITY
        missing = wanted - len(self.panels[s])
        return Shortfall(submission.key, missing, len(self.eligible[s]), reason)

    def proposal(self, given: Collection[Assignment]) -> Proposal:
        now = frozenset(
            Assignment(self.judges[j].key, self.submissions[s].key) for j, s in self.pairs()
        )
        return Proposal(
            assignments=now,
            added=now - frozenset(given),
            removed=frozenset(given) - now,
            loads={judge.key: len(self.held[j]) for j, judge in enumerate(self.judges)},
            shortfalls=tuple(
                self.shortfall(s)
                for s, panel in enumerate(self.panels)
                if len(panel) < self.wanted[s]
            ),
            parts=tuple(frozenset(self.submissions[s].key for s in part) for part in self.parts()),
        )


_NO_DOUBT = 1e-6  # a gain that no review is worth


def _may_judge(judge: Judge, submission: Submission) -> bool:
    return judge.challenges is None or submission.challenge in judge.challenges


def _understands(judge: Judge, submission: Submission) -> bool:
    return not submission.languages or bool(judge.languages & submission.languages)
