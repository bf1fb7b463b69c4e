"""Who reads what: the proposal of an assignment from the rows, what it costs, and its picture."""

import hashlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from ..competitions.models import Challenge, Competition
from ..extensions import db
from ..submissions.models import Version
from . import assignment
from .conflicts import conflicts
from .models import Judge, Review, Score
from .outcome import ranking_of
from .queries import (
    abstentions,
    counted_versions,
    judges_of,
    progress_by_submission,
    round_of,
    seed_of,
)


class Manner(StrEnum):
    """What a proposal is for: so many reviews for everyone, mending, or more where it counts."""

    FILL = "fill"
    REPAIR = "repair"
    WAVE = "wave"


@dataclass(frozen=True)
class Wish:
    """What the organizers ask of a proposal.

    `number` is how many reviews each submission should have, in a second wave how many further ones
    there are in all. `moves` are changes made by hand to what comes of that.
    """

    number: int
    manner: Manner = Manner.FILL
    moves: tuple["Move", ...] = ()


@dataclass(frozen=True)
class Move:
    """By hand: one judge reads one submission, or does not."""

    judge: uuid.UUID
    submission: uuid.UUID
    adds: bool

    @property
    def pair(self) -> assignment.Assignment:
        return assignment.Assignment(self.judge, self.submission)


@dataclass(frozen=True)
class Plan:
    """A proposal of who reads what, and the names for it.

    `digest` stands for what would change: two plans with the same digest do the same. `more` are
    the further reviews that a second wave gives. `given_back` are the pairs of
    which the judge abstained, among those `barred`. `moved` are the moves by hand that still make
    sense, each with the proposal before it.
    """

    wish: Wish
    proposal: assignment.Proposal
    judges: dict[uuid.UUID, Judge]
    versions: dict[uuid.UUID, Version]
    barred: frozenset[assignment.Assignment]
    begun: frozenset[assignment.Assignment]
    given_back: frozenset[assignment.Assignment]
    more: dict[uuid.UUID, int]
    moved: tuple[tuple[Move, assignment.Proposal], ...]

    @property
    def digest(self) -> str:
        changes = [
            *(f"+{each.judge}/{each.submission}" for each in self.proposal.added),
            *(f"-{each.judge}/{each.submission}" for each in self.proposal.removed),
        ]
        return hashlib.sha256("\n".join(sorted(changes)).encode()).hexdigest()

    @property
    def readers(self) -> dict[uuid.UUID, list[tuple[Judge, bool]]]:
        """Who reads each submission, by name, and whether that is new."""
        found: defaultdict[uuid.UUID, list[tuple[Judge, bool]]] = defaultdict(list)
        for each in self.proposal.assignments:
            new = each in self.proposal.added
            found[each.submission].append((self.judges[each.judge], new))
        for panel in found.values():
            panel.sort(key=lambda reader: reader[0].user.name)
        return dict(found)

    @property
    def links(self) -> list[tuple[Challenge, Challenge, int]]:
        """How many judges connect each two challenges, the weakest link first."""
        by_id = {version.challenge_id: version.challenge for version in self.versions.values()}
        found = assignment.links(
            self.proposal.assignments,
            {key: version.challenge_id for key, version in self.versions.items()},
        )
        rows = [
            (*sorted((by_id[one], by_id[two]), key=lambda c: c.number), count)
            for (one, two), count in found.items()
        ]
        return sorted(rows, key=lambda row: (row[2], row[0].number, row[1].number))


def plan(competition: Competition, wish: Wish) -> Plan:
    """Who could read what. Moves that make no sense any more are left out.

    Reviews already assigned stay, but for those in conflict, and in a repair those not begun that
    must make room. What dismissed judges completed counts. The same rows give the same plan.
    """
    judges = {judge.id: judge for judge in judges_of(competition)}
    round_ = round_of(competition)
    versions = {each.submission_id: each for each in counted_versions(competition, round_)}
    barred = conflicts(competition)
    begun_ids = set(
        db.session.scalars(
            select(Score.review_id).join(Score.review).where(Review.round_id == round_.id)
        )
    )
    kept, begun, had = set(), set(), Counter[uuid.UUID]()
    for review in db.session.scalars(
        select(Review).where(Review.round_id == round_.id, Review.submission_id.in_(versions))
    ):
        if review.judge_id in judges:
            pair = assignment.Assignment(review.judge_id, review.submission_id)
            kept.add(pair)
            if review.completed_at or review.touched_at or review.id in begun_ids:
                begun.add(pair)
        elif review.completed_at and (review.judge_id, review.submission_id) not in barred:
            had[review.submission_id] += 1
    submissions = [
        assignment.Submission(key, frozenset([v.content["language"]]), v.challenge_id)
        for key, v in versions.items()
    ]
    jury = [seat(judge) for judge in judges.values()]
    back = frozenset(assignment.Assignment(*pair) for pair in abstentions(competition))
    avoided = frozenset(assignment.Assignment(*pair) for pair in barred) | (back - kept)
    more: dict[uuid.UUID, int] = {}
    wanted = {key: max(0, wish.number - had[key]) for key in versions}
    if wish.manner is Manner.WAVE:
        sits = Counter(each.submission for each in kept - avoided)
        more = _second_wave(competition, wish.number, submissions, jury, avoided, sits, had)
        wanted = {key: sits[key] + more.get(key, 0) for key in versions}
    asked: dict[str, Any] = {"wanted": wanted, "conflicts": avoided}
    seed = seed_of(competition)
    if wish.manner is Manner.REPAIR:
        proposal = assignment.repair(
            submissions, jury, current=kept, begun=begun, seed=seed, **asked
        )
    else:
        proposal = assignment.propose(submissions, jury, kept=kept, seed=seed, **asked)
    moved = []
    for move in wish.moves:
        there = move.pair in proposal.assignments
        known = move.judge in judges and move.submission in versions
        if not known or there == move.adds or move.pair in (avoided if move.adds else begun):
            continue
        moved.append((move, proposal))
        change = {"add" if move.adds else "remove": {move.pair}}
        proposal = assignment.adjusted(proposal, submissions, jury, given=kept, **change, **asked)
    return Plan(
        wish=wish,
        proposal=proposal,
        judges=judges,
        versions=versions,
        barred=avoided,
        begun=frozenset(begun),
        given_back=back - kept,
        more=more,
        moved=tuple(moved),
    )


def seat(judge: Judge) -> assignment.Judge:
    """The judge as the assignment sees them."""
    return assignment.Judge(
        judge.id,
        judge.capacity,
        frozenset(judge.languages),
        frozenset(challenge.id for challenge in judge.challenges) or None,
    )


def _second_wave(
    competition: Competition,
    extra: int,
    submissions: list[assignment.Submission],
    jury: list[assignment.Judge],
    avoided: Collection[assignment.Assignment],
    sits: Mapping[uuid.UUID, int],
    had: Mapping[uuid.UUID, int],
) -> dict[uuid.UUID, int]:
    """How many further reviews each submission gets, by what is doubtful in the ranking of now.

    `sits` counts the reviews by judges who still sit, `had` those of dismissed ones. What has no
    review yet is in no doubt that a second wave would resolve. No more than the judges have
    room for, so that what little there is goes where it tells the most.
    """
    told = ranking_of(competition).told
    if not told.quality_sd:
        return {}
    by_key = {each.key: each for each in submissions}
    doubts = {}
    for standing in told.standings:
        if not standing.reviews:
            continue
        key = standing.submission
        able = sum(
            not assignment.stands_against(
                judge,
                by_key[key],
                conflict=assignment.Assignment(judge.key, key) in avoided,
                load=0,
            )
            for judge in jury
        )
        reviews = sits.get(key, 0) + had.get(key, 0)
        doubts[key] = assignment.Doubt(
            standing.first, standing.podium, reviews, able + had.get(key, 0)
        )
    room = sum(judge.capacity for judge in jury) - sum(sits.values())
    noise = (told.noise_sd / told.quality_sd) ** 2
    return assignment.second_wave(doubts, min(extra, max(0, room)), noise=noise)


@dataclass(frozen=True)
class Effect:
    """What one move by hand changes, each as it was before and is after.

    `load` of the judge and `panel` of the submission count reviews; `spread` is the difference
    between the largest and the smallest load, `parts` the groups of submissions that no judge
    links, `link` the judges who connect the two challenges with the weakest link (None with one
    challenge). `against` is what speaks against the judge.
    """

    move: Move
    judge: Judge
    version: Version
    load: tuple[int, int]
    panel: tuple[int, int]
    spread: tuple[int, int]
    parts: tuple[int, int]
    link: tuple[int, int] | None
    against: tuple[assignment.Reason, ...]


def effects(found: Plan) -> list[Effect]:
    """What each move made by hand costs, in their order."""
    challenge = {key: version.challenge_id for key, version in found.versions.items()}
    stages = pairwise([*(before for _, before in found.moved), found.proposal])
    told = []
    for (move, before), both in zip(found.moved, stages, strict=True):
        judge, version = found.judges[move.judge], found.versions[move.submission]
        weakest = [
            min(assignment.links(p.assignments, challenge).values(), default=0) for p in both
        ]
        against = assignment.stands_against(
            seat(judge),
            assignment.Submission(
                move.submission, frozenset([version.content["language"]]), version.challenge_id
            ),
            conflict=False,
            load=before.loads[move.judge],
        )
        told.append(
            Effect(
                move=move,
                judge=judge,
                version=version,
                load=_pair(p.loads[move.judge] for p in both),
                panel=_pair(
                    sum(each.submission == move.submission for each in p.assignments) for p in both
                ),
                spread=_pair(max(p.loads.values()) - min(p.loads.values()) for p in both),
                parts=_pair(len(p.parts) for p in both),
                link=_pair(weakest) if len(set(challenge.values())) > 1 else None,
                against=tuple(against) if move.adds else (),
            )
        )
    return told


def _pair(values: Iterable[int]) -> tuple[int, int]:
    before, after = values
    return before, after


MOST_CELLS = 4000
"""Of the picture of a proposal: what is larger is told in lists alone."""


@dataclass(frozen=True)
class Matrix:
    """Who reads what as a picture, the longer side making the rows: name, marks by column, load.

    A mark is `new`, `kept`, `gone`, `conflict`, `back` (given back), `challenge`, `language` or
    nothing.
    """

    by_judge: bool
    columns: list[str]
    rows: list[tuple[str, list[str], int]]


def matrix(found: Plan, withheld: Collection[uuid.UUID] = frozenset()) -> Matrix | None:
    """None when there is nothing to draw, or too much. Without the `withheld` submissions."""
    judges = list(found.judges.items())
    versions = [each for each in found.versions.items() if each[0] not in withheld]
    if not 0 < len(judges) * len(versions) <= MOST_CELLS:
        return None
    versions.sort(key=lambda item: (item[1].challenge.number, item[1].submission.team.name_key))
    proposal = found.proposal

    def mark(judge_id: uuid.UUID, submission_id: uuid.UUID) -> str:
        pair = assignment.Assignment(judge_id, submission_id)
        if pair in proposal.assignments:
            return "new" if pair in proposal.added else "kept"
        if pair in found.barred:
            return "back" if pair in found.given_back else "conflict"
        if pair in proposal.removed:
            return "gone"
        version, judge = found.versions[submission_id], found.judges[judge_id]
        if not judge.reads(version.challenge):
            return "challenge"
        return "" if version.content["language"] in judge.languages else "language"

    jury = [(judge.user.name, key) for key, judge in judges]
    works = [(version.submission.team.name, key) for key, version in versions]
    by_judge = len(jury) >= len(works)
    down, across = (jury, works) if by_judge else (works, jury)
    rows = []
    for name, row in down:
        marks = [mark(row, key) if by_judge else mark(key, row) for _, key in across]
        rows.append((name, marks, sum(each in ("new", "kept") for each in marks)))
    return Matrix(by_judge, [name for name, _ in across], rows)


def usual_reviews(competition: Competition) -> int:
    """How many reviews a submission usually has: what a repair brings everyone back to."""
    counts = [each.assigned for each in progress_by_submission(competition).values()]
    return Counter(counts).most_common(1)[0][0] if counts else 0
