"""How far judging is: judges and submissions, who has done what, and whether it will be enough."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from sqlalchemy import String, cast, select

from ..competitions.models import Competition
from ..competitions.queries import opening_of
from ..competitions.timetable import Opening
from ..extensions import db
from ..ground.clock import now
from ..submissions.models import Submission
from .conflicts import Pair, conflicts
from .models import Judge, Review
from .planning import MOST_CELLS, Matrix
from .queries import SILENT, abstentions, competing_teams, judges_of, round_of
from .stopping import stoppages_of

SOON = timedelta(hours=1)
"""Before so much of the time is gone, no pace is known."""


class Cell(StrEnum):
    """Where a judge stands with a submission."""

    DONE = "done"
    BEGUN = "begun"
    SILENT = "silent"  # begun, and not touched for SILENT
    TO_DO = "to-do"
    CONFLICT = "conflict"
    BACK = "back"


@dataclass
class Tally:
    """The reviews that count, or would: of a judge, of a submission, or all."""

    done: int = 0
    begun: int = 0
    silent: int = 0
    assigned: int = 0

    def add(self, cell: Cell) -> None:
        self.assigned += 1
        self.done += cell is Cell.DONE
        self.begun += cell is Cell.BEGUN
        self.silent += cell is Cell.SILENT

    @property
    def left(self) -> int:
        return self.assigned - self.done

    def behind(self, share: float) -> bool:
        """Fewer are done than the share of the time that is gone, in whole reviews."""
        return self.done < int(self.assigned * share)


class Work(NamedTuple):
    """What the page shows of a submission."""

    id: uuid.UUID
    name: str  # of its team
    name_key: str
    challenge_id: uuid.UUID


@dataclass(frozen=True)
class Coverage:
    """`share` of the judging time is gone, stops left out; `missing` reviews will not be done at
    the pace until now, after the close are not done. None before there is a pace."""

    judges: list[Judge]
    works: list[Work]
    cells: dict[Pair, Cell]
    by_judge: dict[uuid.UUID, Tally]
    by_submission: dict[uuid.UUID, Tally]
    all: Tally
    share: float
    missing: int | None

    @property
    def digest(self) -> str:
        """Stands for all that a page shows of it."""
        told = hashlib.sha256(repr((self.share > 0, self.missing)).encode())
        for judge in self.judges:
            tally = self.by_judge[judge.id]
            told.update(repr((judge.user.name, judge.id.int, tally)).encode())
            told.update(repr(tally.behind(self.share)).encode())
        for work in self.works:
            tally = self.by_submission[work.id]
            told.update(repr((work.name, work.challenge_id.int, tally)).encode())
            told.update(repr(tally.behind(self.share)).encode())
        if self.has_grid:
            cells = sorted((j.int, s.int, cell.value) for (j, s), cell in self.cells.items())
            told.update(repr(cells).encode())
        return told.hexdigest()

    @property
    def has_grid(self) -> bool:
        return 0 < len(self.judges) * len(self.works) <= MOST_CELLS

    @property
    def grid(self) -> Matrix | None:
        """As a picture, the longer side making the rows; None where it would be too large."""
        if not self.has_grid:
            return None
        jury = [(judge.user.name, judge.id, self.by_judge[judge.id]) for judge in self.judges]
        works = [(each.name, each.id, self.by_submission[each.id]) for each in self.works]
        by_judge = len(jury) >= len(works)
        down, across = (jury, works) if by_judge else (works, jury)
        rows = []
        for name, row, tally in down:
            pairs = [(row, key) if by_judge else (key, row) for _, key, _ in across]
            rows.append((name, [self.cells.get(pair, "") for pair in pairs], tally.left))
        return Matrix(by_judge, [name for name, _, _ in across], rows)


def coverage_of(
    competition: Competition, withheld: Collection[uuid.UUID] = frozenset()
) -> Coverage:
    """Of the round that is judged, without the `withheld` submissions; always as many queries.

    What dismissed judges completed counts for its submission. Nothing but judges is loaded whole,
    and each id becomes one once: a page that many keep open asks for all of it again and again.
    """
    read = cache(uuid.UUID)
    round_, judges = round_of(competition), judges_of(competition)
    works = [
        Work(read(key), name, name_key, read(challenge))
        for key, name, name_key, challenge in db.session.execute(
            competing_teams(competition, round_)
        )
        if read(key) not in withheld
    ]
    sitting = {judge.id for judge in judges}
    judged = {work.id for work in works}
    barred = conflicts(competition)
    cells = {pair: Cell.BACK for pair in abstentions(competition)}
    cells |= dict.fromkeys(barred, Cell.CONFLICT)
    by_judge: defaultdict[uuid.UUID, Tally] = defaultdict(Tally)
    by_submission: defaultdict[uuid.UUID, Tally] = defaultdict(Tally)
    everything = Tally()
    lately = now() - SILENT
    for judge, submission, completed_at, touched_at in db.session.execute(
        select(
            cast(Review.judge_id, String).label("judge"),
            cast(Review.submission_id, String).label("submission"),
            Review.completed_at,
            Review.touched_at,
        )
        .join(Review.submission)
        .where(Review.round_id == round_.id, Submission.stands)
    ):
        judge_id, submission_id = read(judge), read(submission)
        if submission_id not in judged or (judge_id, submission_id) in barred:
            continue
        if completed_at:
            cell = Cell.DONE
        elif touched_at:
            cell = Cell.SILENT if touched_at < lately else Cell.BEGUN
        else:
            cell = Cell.TO_DO
        cells[judge_id, submission_id] = cell
        for tally in (by_judge[judge_id], by_submission[submission_id], everything):
            tally.add(cell)
    opening = opening_of(competition, round_.gate)
    gone, left = _time(competition, opening)
    return Coverage(
        judges=judges,
        works=works,
        cells={
            pair: cell for pair, cell in cells.items() if pair[0] in sitting and pair[1] in judged
        },
        by_judge=by_judge,
        by_submission=by_submission,
        all=everything,
        share=gone / (gone + left) if gone else 0.0,
        missing=missing_at_close(everything.done, everything.assigned, gone, left),
    )


def missing_at_close(done: int, assigned: int, gone: timedelta, left: timedelta) -> int | None:
    """How many reviews will be missing if judges go on as they did until now."""
    if gone < SOON and left:
        return None
    more = done * (left / gone) if gone else 0
    return max(0, assigned - round(done + more))


def _time(competition: Competition, opening: Opening) -> tuple[timedelta, timedelta]:
    """How long judges could save until now, and can until the close; no time was both."""
    nothing = timedelta(0)
    if opening.opens_at is None or opening.closes_at is None or opening.at < opening.opens_at:
        return nothing, SOON
    until = min(opening.at, opening.closes_at)
    gone = until - opening.opens_at
    for stop in stoppages_of(competition):
        ends = min(stop.ended_at or until, until)
        gone -= max(nothing, ends - max(stop.created_at, opening.opens_at))
    return max(nothing, gone), max(nothing, opening.closes_at - opening.at)
