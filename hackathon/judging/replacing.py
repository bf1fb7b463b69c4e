"""Another judge in the place of one: who could take over, what moves to whom, and the deed."""

import hashlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..submissions.models import Version
from . import assignment, letters
from .actions import NotJudging, PlanChanged, check_unread, dismiss, withdraw
from .assignment import Assignment, Reason
from .conflicts import conflicts
from .models import Judge, Review
from .planning import seat
from .queries import abstentions, counted_versions, judges_of, review_of, round_of, seed_of


class NothingToHandOver(Obstacle):
    sentence = _l("This judge has nothing left to do, so there is nothing to hand over.")


class Why(StrEnum):
    """What keeps somebody from taking over a review."""

    READS = "reads"  # they have it to review themselves
    BACK = "back"  # they gave it back
    CONFLICT = "conflict"
    CHALLENGE = "challenge"
    LANGUAGE = "language"
    CAPACITY = "capacity"


@dataclass(frozen=True)
class Candidate:
    """What a judge could take over, and what not and why, by submission. `load` is what they have
    to review already."""

    judge: Judge
    load: int
    takes: tuple[uuid.UUID, ...]
    against: dict[uuid.UUID, Why]

    @property
    def reasons(self) -> Counter[Why]:
        return Counter(self.against.values())


@dataclass(frozen=True)
class Replacement:
    """What would change. `begun` are the submissions of which the judge gave scores already, which
    go with the review.

    `taken` goes to the successor; `added` is all that is new, `removed` what others lose so that
    somebody has room. What nobody can take is in `shortfalls`.
    """

    judge: Judge
    successor: Candidate | None
    open: tuple[Version, ...]
    begun: frozenset[uuid.UUID]
    judges: dict[uuid.UUID, Judge]
    versions: dict[uuid.UUID, Version]
    taken: frozenset[Assignment]
    added: frozenset[Assignment]
    removed: frozenset[Assignment]
    shortfalls: tuple[assignment.Shortfall, ...]

    @property
    def digest(self) -> str:
        """Stands for all that would change."""
        told = [
            *(f"+{each.judge}/{each.submission}" for each in self.added),
            *(f"-{each.judge}/{each.submission}" for each in self.removed),
            *(f"-{self.judge.id}/{each.submission_id}" for each in self.open),
            *(f"~{key}" for key in self.begun),
        ]
        return hashlib.sha256("\n".join(sorted(told)).encode()).hexdigest()

    def rows(self) -> list[tuple[Version, Judge | None, bool, Why | None]]:
        """What is open, by team: who reads it then, whether it was begun, and why the successor
        does not."""
        open_ = {version.submission_id for version in self.open}
        to = {
            each.submission: self.judges[each.judge]
            for each in self.added
            if each.submission in open_
        }
        against = self.successor.against if self.successor else {}
        return [
            (
                version,
                to.get(version.submission_id),
                version.submission_id in self.begun,
                against.get(version.submission_id),
            )
            for version in self.open
        ]

    def others(self) -> list[tuple[Version, Judge, Judge | None]]:
        """What moves between others to make room: from whom, and to whom."""
        open_ = {version.submission_id for version in self.open}
        to = {each.submission: self.judges[each.judge] for each in self.added - self.taken}
        return sorted(
            (
                (
                    self.versions[each.submission],
                    self.judges[each.judge],
                    None if each.submission in open_ else to.get(each.submission),
                )
                for each in self.removed
            ),
            key=lambda row: row[0].submission.team.name_key,
        )


class _Table:
    """What both questions rest on: who sits beside the judge, what they have, what is open."""

    def __init__(self, judge: Judge) -> None:
        competition, round_ = judge.competition, round_of(judge.competition)
        self.judge, self.seed = judge, seed_of(competition)
        self.versions = {each.submission_id: each for each in counted_versions(competition, round_)}
        self.jury = {each.id: each for each in judges_of(competition) if each.id != judge.id}
        self.barred = {Assignment(*pair) for pair in conflicts(competition)}
        self.given_back = {Assignment(*pair) for pair in abstentions(competition)}
        self.current: set[Assignment] = set()
        self.begun: set[Assignment] = set()
        self.loads: Counter[uuid.UUID] = Counter()
        idle: Counter[uuid.UUID] = Counter()
        mine = []
        for review in db.session.scalars(
            select(Review)
            .where(Review.round_id == round_.id, Review.submission_id.in_(self.versions))
            .options(joinedload(Review.scores))
        ).unique():
            pair = Assignment(review.judge_id, review.submission_id)
            if review.judge_id == judge.id and review.completed_at is None:
                mine.append(review)
            if review.judge_id not in self.jury:
                continue
            self.loads[review.judge_id] += 1
            if pair in self.barred:  # it stays, takes room, and is no review that counts
                idle[review.judge_id] += 1
                continue
            self.current.add(pair)
            if review.completed_at or review.touched_at or review.scores:
                self.begun.add(pair)
        self.seats = {
            key: replace(seat(each), capacity=max(0, each.capacity - idle[key]))
            for key, each in self.jury.items()
        }
        self.room = {key: each.capacity - self.loads[key] for key, each in self.jury.items()}
        self.open = sorted(
            (self.versions[each.submission_id] for each in mine),
            key=lambda version: version.submission.team.name_key,
        )
        self.half_done = frozenset(
            each.submission_id for each in mine if each.touched_at or each.scores
        )
        self.submissions = {
            key: assignment.Submission(
                key, frozenset([version.content["language"]]), version.challenge_id
            )
            for key, version in self.versions.items()
        }

    def candidate(self, judge: Judge) -> Candidate:
        room, takes, against = self.room[judge.id], [], {}
        for version in self.open:
            key = version.submission_id
            why = self._against(Assignment(judge.id, key), room - len(takes))
            if why:
                against[key] = why
            else:
                takes.append(key)
        return Candidate(judge, self.loads[judge.id], tuple(takes), against)

    def _against(self, pair: Assignment, room: int) -> Why | None:
        if pair in self.current:
            return Why.READS
        if pair in self.given_back:
            return Why.BACK
        found = assignment.stands_against(
            self.seats[pair.judge],
            self.submissions[pair.submission],
            conflict=pair in self.barred,
            load=0,
        )
        order = (Reason.CONFLICT, Reason.CHALLENGE, Reason.LANGUAGE)
        first = next((reason for reason in order if reason in found), None)
        if first:
            return Why(first.value)
        return Why.CAPACITY if room <= 0 else None


def candidates(judge: Judge) -> list[Candidate]:
    """Who could take over, who takes the most first, then who has the least to do."""
    table = _Table(judge)
    return sorted(
        (table.candidate(each) for each in table.jury.values()),
        key=lambda each: (-len(each.takes), each.load, each.judge.user.name, str(each.judge.id)),
    )


def replacement(judge: Judge, successor: Judge | None = None) -> Replacement:
    """What moves if the `successor` takes over; without one, all is spread among the others.

    What the successor cannot take is spread by `assignment.repair`, with the fewest changes.
    Raises NotJudging for a successor who does not sit.
    """
    table = _Table(judge)
    if successor is not None and successor.id not in table.jury:
        raise NotJudging
    heir = table.candidate(successor) if successor is not None else None
    taken = frozenset(Assignment(heir.judge.id, key) for key in heir.takes) if heir else frozenset()
    panels = Counter(each.submission for each in table.current)
    panels.update(version.submission_id for version in table.open)
    current = table.current | taken
    found = assignment.repair(
        table.submissions.values(),
        table.seats.values(),
        wanted=panels,
        current=current,
        begun=table.begun | taken,
        conflicts=table.barred | (table.given_back - table.current),
        seed=table.seed,
    )
    open_ = {version.submission_id for version in table.open}
    return Replacement(
        judge=judge,
        successor=heir,
        open=tuple(table.open),
        begun=table.half_done,
        judges=table.jury,
        versions=table.versions,
        taken=taken,
        added=found.added | taken,
        removed=found.removed,
        shortfalls=tuple(each for each in found.shortfalls if each.submission in open_),
    )


def take_over(
    judge: Judge, successor: Judge | None, *, ends: bool, digest: str, by: User
) -> Replacement:
    """Carry out what was shown, all of it or nothing. `ends`: the judge is dismissed.

    Completed reviews stay and count; scores of reviews that were begun go, and the journal keeps
    them. Everybody concerned gets a letter. Raises NotJudging, NothingToHandOver, PlanChanged.
    """
    competition = judge.competition
    db.session.execute(
        select(Competition.id).where(Competition.id == competition.id).with_for_update()
    )
    # Whoever is saving a review now, the judge or one who would make room, comes first.
    db.session.execute(
        select(Review)
        .where(Review.round_id == round_of(competition).id)
        .order_by(Review.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    db.session.refresh(judge)
    if judge.dismissed_at is not None:
        raise NotJudging
    found = replacement(judge, successor)
    if not found.open:
        raise NothingToHandOver
    if found.digest != digest:
        raise PlanChanged
    check_unread(
        {each.submission for each in found.added if found.judges[each.judge].user_id == by.id},
        competition,
    )
    for version in found.open:
        _withdrawn(judge, version, by=by)
    for each in found.removed:
        other, version = found.judges[each.judge], found.versions[each.submission]
        _withdrawn(other, version, by=by)
        letters.review_removed(other, version.submission)
    _given(found.added, found, competition)
    record(
        Deed.JUDGE_REPLACED,
        by=by,
        competition=competition,
        subject=judge.user.name,
        count=len(found.open),
    )
    if ends:
        dismiss(judge, confirmed=True, by=by)
    else:
        letters.reviews_taken_over(judge, len(found.open))
    return found


def _given(added: Iterable[Assignment], found: Replacement, competition: Competition) -> None:
    number: defaultdict[uuid.UUID, int] = defaultdict(int)
    round_id = round_of(competition).id
    for each in added:
        db.session.add(
            Review(judge_id=each.judge, submission_id=each.submission, round_id=round_id)
        )
        number[each.judge] += 1
    db.session.flush()
    for judge_id, count in number.items():
        letters.reviews_assigned(found.judges[judge_id], count)


def _withdrawn(judge: Judge, version: Version, *, by: User) -> None:
    review = review_of(judge, version.submission)
    if review is not None and review.completed_at is None:
        withdraw(review, by=by)
