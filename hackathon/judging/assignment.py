"""Who reviews what: balanced, without conflicts, in a language the judge understands, and linked.

Reviews are handed out in rounds, so that nobody has a second review while somebody who could have a
first one has none; within a round those with the fewest possible judges come first. Where no judge
is free, others' reviews move along a shortest augmenting path, and afterwards from judges with many
to judges with few, until the loads are as even as the constraints allow (a convex flow has its
optimum when no such path is left: Ahuja, Magnanti and Orlin 1993). Last, exchanges of equal load
link panels that no judge connects, because scores of separate panels cannot be compared.

Keys of submissions, judges and challenges are any hashable values with a `repr` that tells them
apart and stays the same in every run: with the seed, it alone decides among equals.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
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
    conflicts: Collection[Assignment] = frozenset(),
    seed: int = 0,
) -> Proposal:
    """Fill what is missing after judges dropped out, with few changes.

    A gap goes to the free judge with the fewest reviews; only where none is free do other reviews
    move, as few as will do. Loads are not evened out and panels not linked again: that would change
    more. Arguments and errors as in `propose`.
    """
    board = _Board(submissions, judges, wanted, conflicts, current, Random(seed))
    board.fill()
    return board.proposal(current)


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

    def put(self, j: int, s: int) -> None:
        self.panels[s].add(j)
        self.held[j].add(s)

    def take(self, j: int, s: int) -> None:
        self.panels[s].remove(j)
        self.held[j].remove(s)

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

    def reroute(self, s: int | None, start: int | None, goal: Callable[[int], bool]) -> bool:
        """Move one review along a shortest alternating path to a judge that meets the goal.

        Either the submission `s` gains a review, or the judge `start` gives one away.
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
                return True
            for other in sorted(self.held[j]):
                if (j, other) in self.fixed:
                    continue
                for next_judge in self.candidates(other):
                    if next_judge not in came:
                        came[next_judge] = (other, j)
                        queue.append(next_judge)
        return False

    def fill(self) -> None:
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
                if not self.reroute(s, None, self.has_room):
                    stuck.add(s)  # no later move frees a judge for it

    def balance(self) -> None:
        moved = True
        while moved:
            moved = False
            for giver in sorted(range(len(self.judges)), key=lambda j: -len(self.held[j])):
                few = len(self.held[giver]) - 2
                takers = {
                    j for j, held in enumerate(self.held) if len(held) <= few and self.has_room(j)
                }
                if takers and self.reroute(None, giver, takers.__contains__):
                    moved = True

    def link(self) -> None:
        """Join separate panels by changes that keep the loads as even as they are."""
        while len(parts := self.parts()) > 1:
            part = {s: number for number, members in enumerate(parts) for s in members}
            loose = sorted(self.pairs() - self.fixed)
            self.random.shuffle(loose)
            if not any(self.join(j, s, part) for j, s in loose):
                return

    def join(self, j: int, s: int, part: Mapping[int, int]) -> bool:
        """Give `s` from `j` to a judge of another part, alone or in exchange for another one."""
        before = len(set(part.values()))
        for other in self.eligible[s]:
            held = len(self.held[other])
            if any(part[each] == part[s] for each in self.held[other]):
                continue
            if 0 < held < len(self.held[j]) and self.has_room(other):
                self.swap(j, s, other, None)
                if len(self.parts()) < before:
                    return True
                self.swap(other, s, j, None)
            for back in sorted(self.held[other]):
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


def _may_judge(judge: Judge, submission: Submission) -> bool:
    return judge.challenges is None or submission.challenge in judge.challenges


def _understands(judge: Judge, submission: Submission) -> bool:
    return not submission.languages or bool(judge.languages & submission.languages)
