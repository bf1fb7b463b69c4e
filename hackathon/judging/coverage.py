"""How far judging is: judges and submissions, who has done what, and whether it will be enough."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select

from ..competitions.models import Competition
from ..competitions.queries import opening_of
from ..competitions.timetable import Opening
from ..extensions import db
from ..ground.clock import now
from ..submissions.models import Submission, Version
from .conflicts import Pair, conflicts
from .models import Judge, Review
from .queries import (
    MOST_CELLS,
    SILENT,
    Matrix,
    abstentions,
    counted_versions,
    judges_of,
    round_of,
)
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


@dataclass(frozen=True)
class Coverage:
    """`share` of the judging time is gone, stops left out; `missing` reviews will not be done at
    the pace until now, after the close are not done. None before there is a pace."""

    judges: list[Judge]
    versions: list[Version]
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
            behind = self.by_judge[judge.id].behind(self.share)
            told.update(repr((judge.user.name, judge.id, behind)).encode())
        for version in self.versions:
            tally = self.by_submission[version.submission_id]
            told.update(repr((version.submission.team.name, version.challenge_id)).encode())
            told.update(repr((tally, tally.behind(self.share))).encode())
        cells = sorted((*map(str, pair), cell.value) for pair, cell in self.cells.items())
        told.update(repr(cells).encode())
        return told.hexdigest()

    @property
    def grid(self) -> Matrix | None:
        """As a picture, the longer side making the rows; None where it would be too large."""
        if not 0 < len(self.judges) * len(self.versions) <= MOST_CELLS:
            return None
        jury = [(judge.user.name, judge.id, self.by_judge[judge.id]) for judge in self.judges]
        works = [
            (each.submission.team.name, each.submission_id, self.by_submission[each.submission_id])
            for each in self.versions
        ]
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

    What dismissed judges completed counts for its submission.
    """
    round_, judges = round_of(competition), judges_of(competition)
    versions = [v for v in counted_versions(competition, round_) if v.submission_id not in withheld]
    sitting = {judge.id for judge in judges}
    judged = {version.submission_id for version in versions}
    barred = conflicts(competition)
    cells = {pair: Cell.BACK for pair in abstentions(competition)}
    cells |= dict.fromkeys(barred, Cell.CONFLICT)
    by_judge: defaultdict[uuid.UUID, Tally] = defaultdict(Tally)
    by_submission: defaultdict[uuid.UUID, Tally] = defaultdict(Tally)
    everything = Tally()
    for judge_id, submission_id, completed_at, touched_at in db.session.execute(
        select(Review.judge_id, Review.submission_id, Review.completed_at, Review.touched_at)
        .join(Review.submission)
        .where(Review.round_id == round_.id, Submission.stands)
    ):
        if submission_id not in judged or (judge_id, submission_id) in barred:
            continue
        if completed_at:
            cell = Cell.DONE
        elif touched_at:
            cell = Cell.SILENT if touched_at < now() - SILENT else Cell.BEGUN
        else:
            cell = Cell.TO_DO
        cells[judge_id, submission_id] = cell
        for tally in (by_judge[judge_id], by_submission[submission_id], everything):
            tally.add(cell)
    opening = opening_of(competition, round_.gate)
    gone, left = _time(competition, opening)
    return Coverage(
        judges=judges,
        versions=versions,
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
