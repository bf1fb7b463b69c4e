"""Reads about comparisons: where a judge is, what organizers see, and what comes of it."""

import hashlib
import threading
import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import exp, log
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from ..accounts.models import User
from ..competitions.models import Challenge, Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.remember import once_per_request
from ..judging.conflicts import conflicts, interests
from ..judging.models import Judge
from ..judging.queries import competed, judges_of, round_of, seed_of
from ..judging.ranking import Standing
from ..mentoring.models import Conflict, Mentor, Pairing
from ..registrations.models import Registration
from ..submissions.models import Submission, Version
from ..teams.models import Membership, Team
from . import strength
from .models import COMPARES, SKIPS, Absence, Call, ComparisonSession, Pause, Stand, Visit, Word
from .pairing import outdated

MOST_OFFERS = 2
"""How often a project that a judge skipped for the moment is offered to them."""

NINETY = 1.645  # standard deviations on either side that hold 90 %

# -- the session and its stands --------------------------------------------------------------


@once_per_request
def session_of(competition: Competition) -> ComparisonSession | None:
    return db.session.scalar(
        select(ComparisonSession).where(ComparisonSession.competition_id == competition.id)
    )


@once_per_request
def pause_of(session: ComparisonSession) -> Pause | None:
    """The pause that lasts, if any."""
    return db.session.scalar(
        select(Pause).where(Pause.session_id == session.id, Pause.ended_at.is_(None))
    )


@dataclass(frozen=True)
class Exhibit:
    """A project that counts, and where it is shown. `stand` is None until it has a row."""

    version: Version
    stand: Stand | None
    absence: Absence | None

    @property
    def submission_id(self) -> uuid.UUID:
        return self.version.submission_id

    @property
    def team(self) -> Team:
        return self.version.submission.team

    @property
    def challenge(self) -> Challenge:
        return self.version.challenge

    @property
    def place(self) -> str:
        return self.stand.place if self.stand else ""


def exhibits_of(competition: Competition) -> list[Exhibit]:
    """Everything that is judged, by place, then team."""
    rows = db.session.execute(
        competed(competition, round_of(competition))
        .add_columns(Stand, Absence)
        .outerjoin(Stand, Stand.submission_id == Submission.id)
        .outerjoin(Absence, (Absence.stand_id == Stand.id) & Absence.ended_at.is_(None))
    )
    found = [Exhibit(version, stand, absence) for version, stand, absence in rows]
    return sorted(found, key=lambda each: (not each.place, in_human_order(each.place)))


def in_human_order(text: str) -> list[tuple[int, int, str]]:
    """A key by which table 2 comes before table 10."""
    parts: list[tuple[int, int, str]] = []
    number = ""
    for letter in f"{text.casefold()} ":
        if letter.isascii() and letter.isdigit():
            number += letter
            continue
        if number:
            parts.append((0, int(number), ""))
            number = ""
        parts.append((1, 0, letter))
    return parts


def absence_of(stand: Stand) -> Absence | None:
    """That nobody is sent there, if so."""
    return db.session.scalar(
        select(Absence).where(Absence.stand_id == stand.id, Absence.ended_at.is_(None))
    )


# -- one judge -------------------------------------------------------------------------------

_counted_call = (Call.visit_id == Visit.id) & Call.undone_at.is_(None)


def visit_now(judge: Judge) -> Visit | None:
    """Where the judge was sent, until they have said something."""
    return db.session.scalar(
        select(Visit)
        .where(Visit.judge_id == judge.id, Visit.ended_at.is_(None))
        .options(
            joinedload(Visit.stand).joinedload(Stand.submission).joinedload(Submission.team),
            joinedload(Visit.earlier)
            .joinedload(Visit.stand)
            .joinedload(Stand.submission)
            .joinedload(Submission.team),
        )
    )


def last_call(judge: Judge) -> Call | None:
    """What the judge said last and did not undo."""
    return db.session.scalar(
        select(Call)
        .join(Call.visit)
        .where(Visit.judge_id == judge.id, Call.undone_at.is_(None))
        .options(contains_eager(Call.visit))
        .order_by(Visit.number.desc())
        .limit(1)
    )


def last_seen(judge: Judge) -> Visit | None:
    """The last project that the judge saw and that still counts: what the next is compared with."""
    seen = db.session.scalars(
        select(Visit)
        .join(Visit.stand)
        .join(Stand.submission)
        .join(Call, _counted_call)
        .where(Visit.judge_id == judge.id, Call.word.not_in(SKIPS), Submission.stands)
        .options(contains_eager(Visit.stand).contains_eager(Stand.submission))
        .order_by(Visit.number.desc())
    )
    barred = conflicts(judge.competition, judge=judge)
    return next((v for v in seen if (judge.id, v.stand.submission_id) not in barred), None)


def still_there(visit: Visit) -> bool:
    """Does the project count, is it at its stand, and is the judge in no conflict with it?"""
    return counts(visit) and absence_of(visit.stand) is None


def counts(visit: Visit) -> bool:
    """May what is said of the project count?"""
    submission = visit.stand.submission
    return submission.stands and not interests(visit.judge, submission)


@dataclass(frozen=True)
class Choice:
    """A project that a judge may be sent to."""

    stand_id: uuid.UUID
    submission_id: uuid.UUID
    visits: int
    visitors: int


def choices_for(judge: Judge) -> list[Choice]:
    """Where the judge can be sent: what stands, is there, is in their languages, unseen by them and
    in no conflict. What they skipped for the moment is offered again once nothing else is left.

    A fixed number of queries.
    """
    latest = (
        select(Version.submission_id, func.max(Version.number).label("number"))
        .group_by(Version.submission_id)
        .subquery()
    )
    stands = db.session.execute(
        select(Stand.id, Stand.submission_id, Version.content["language"].as_string())
        .join(Stand.submission)
        .join(latest, latest.c.submission_id == Submission.id)
        .join(
            Version,
            (Version.submission_id == Submission.id) & (Version.number == latest.c.number),
        )
        .outerjoin(Absence, (Absence.stand_id == Stand.id) & Absence.ended_at.is_(None))
        .where(
            Stand.competition_id == judge.competition_id, Submission.stands, Absence.id.is_(None)
        )
    ).all()
    barred = conflicts(judge.competition, judge=judge)
    over, later = set(), Counter[uuid.UUID]()
    for stand_id, word in db.session.execute(
        select(Visit.stand_id, Call.word)
        .join(Call, _counted_call)
        .where(Visit.judge_id == judge.id)
    ):
        if word in (Word.ABSENT, Word.BUSY):
            later[stand_id] += 1
        else:
            over.add(stand_id)
    over |= {stand_id for stand_id, times in later.items() if times >= MOST_OFFERS}
    visits, visitors = visits_of(judge.competition)
    found = [
        Choice(stand_id, submission_id, visits[stand_id], visitors[stand_id])
        for stand_id, submission_id, language in stands
        if language in judge.languages
        and stand_id not in over
        and (judge.id, submission_id) not in barred
    ]
    return [each for each in found if each.stand_id not in later] or found


def visits_of(competition: Competition) -> tuple[Counter[uuid.UUID], Counter[uuid.UUID]]:
    """By stand: the visits, those going on included and skipped ones not; and who is there now."""
    visits, visitors = Counter[uuid.UUID](), Counter[uuid.UUID]()
    rows = db.session.execute(
        select(Visit.stand_id, Visit.ended_at.is_(None), func.count())
        .join(Visit.stand)
        .outerjoin(Call, _counted_call)
        .where(
            Stand.competition_id == competition.id,
            or_(Visit.ended_at.is_(None), Call.word.not_in(SKIPS)),
        )
        .group_by(Visit.stand_id, Visit.ended_at.is_(None))
    )
    for stand_id, there, number in rows:
        visits[stand_id] += number
        if there:
            visitors[stand_id] += number
    return visits, visitors


@dataclass(frozen=True)
class Place:
    """Where a judge is on their way. `gone`: the project they were sent to is no longer shown.

    `earlier` is what `visit` is compared with: None for the first, or when that counts no more.
    `seen` counts the projects they looked at, `undoable` is what they could take back.
    """

    session: ComparisonSession
    pause: Pause | None
    visit: Visit | None
    gone: bool
    earlier: Visit | None
    undoable: Call | None
    seen: int


def place_of_judge(judge: Judge, session: ComparisonSession) -> Place:
    visit, call = visit_now(judge), last_call(judge)
    earlier = visit.earlier if visit is not None else None
    seen = db.session.scalar(
        select(func.count(Call.id))
        .join(Call.visit)
        .where(Visit.judge_id == judge.id, Call.undone_at.is_(None), Call.word.not_in(SKIPS))
    )
    return Place(
        session=session,
        pause=pause_of(session),
        visit=visit,
        gone=visit is not None and not still_there(visit),
        earlier=earlier if earlier is not None and counts(earlier) else None,
        undoable=None if call is None or call.word is Word.CONFLICT else call,
        seen=seen or 0,
    )


def calls_by(judge: Judge) -> list[Call]:
    """Everything the judge said, the last first, undone calls too."""
    return list(db.session.scalars(_told().where(Visit.judge_id == judge.id)))


def calls_in(competition: Competition, hidden: Iterable[uuid.UUID] = ()) -> Select[tuple[Call]]:
    """Everything that judges said, the last first; nothing about the submissions `hidden`."""
    out = list(hidden)
    earlier = aliased(Visit)
    theirs = select(Stand.id).where(Stand.submission_id.in_(out))
    query = _told().where(Stand.competition_id == competition.id)
    if not out:
        return query
    return query.outerjoin(earlier, earlier.id == Visit.earlier_id).where(
        Visit.stand_id.not_in(theirs),
        or_(earlier.id.is_(None), earlier.stand_id.not_in(theirs)),
    )


def _told() -> Select[tuple[Call]]:
    team = joinedload(Stand.submission).joinedload(Submission.team)
    return (
        select(Call)
        .join(Call.visit)
        .join(Visit.stand)
        .options(
            contains_eager(Call.visit).contains_eager(Visit.stand).options(team),
            contains_eager(Call.visit)
            .joinedload(Visit.earlier)
            .joinedload(Visit.stand)
            .options(team),
            contains_eager(Call.visit).joinedload(Visit.judge).joinedload(Judge.user),
        )
        .order_by(Call.created_at.desc(), Call.id.desc())
    )


# -- what comes of it ------------------------------------------------------------------------


def comparisons_of(competition: Competition) -> list[strength.Comparison]:
    """What counts: not undone, of two projects that stand, of judges in no conflict with either."""
    earlier, before, stand = aliased(Visit), aliased(Stand), aliased(Stand)
    one, two = aliased(Submission), aliased(Submission)
    barred = conflicts(competition)
    rows = db.session.execute(
        select(Visit.judge_id, before.submission_id, stand.submission_id, Call.word)
        .join(Visit, _counted_call)
        .join(stand, stand.id == Visit.stand_id)
        .join(two, two.id == stand.submission_id)
        .join(earlier, earlier.id == Visit.earlier_id)
        .join(before, before.id == earlier.stand_id)
        .join(one, one.id == before.submission_id)
        .where(
            stand.competition_id == competition.id,
            Call.word.in_(COMPARES),
            one.stands,
            two.stands,
        )
    )
    return [
        strength.Comparison(judge_id, first, second, strength.Said(word.value))
        for judge_id, first, second, word in rows
        if (judge_id, first) not in barred and (judge_id, second) not in barred
    ]


@dataclass(frozen=True)
class Row:
    """Where a submission stands by comparisons, in its challenge or in the whole competition.

    `standing` has the shape of the ranking by scores; see `strength.standings` for its figures.
    """

    version: Version
    standing: Standing

    @property
    def submission(self) -> Submission:
        return self.version.submission

    @property
    def team(self) -> Team:
        return self.version.submission.team

    @property
    def challenge(self) -> Challenge:
        return self.version.challenge

    @property
    def between(self) -> tuple[float, float] | None:
        """Where the estimate lies with 90 %; None before the first comparison."""
        wins, error = self.standing.estimate, self.standing.error
        if wins is None or error is None:
            return None
        # On the scale of the strengths, so that it stays between 0 and 100.
        share = wins / 100
        odds, spread = log(share / (1 - share)), NINETY * error / 100 / (share * (1 - share))
        low, high = (100 / (1 + exp(-each)) for each in (odds - spread, odds + spread))
        return low, high


@dataclass(frozen=True)
class Outcome:
    """What the comparisons of a competition say, challenge by challenge and in one list."""

    rows: tuple[Row, ...]
    overall: tuple[Row, ...]
    told: strength.Outcome

    @property
    def submissions(self) -> dict[uuid.UUID, Row]:
        return {row.submission.id: row for row in self.rows}


def standing_of(competition: Competition) -> Outcome:
    """Where every submission stands by comparisons alone: beside the scores, never mixed with them.

    Kept in the process under a digest of all that it rests on. Deterministic: the seed is the
    competition's.
    """
    versions = list(db.session.scalars(competed(competition, round_of(competition))))
    by_id = {version.submission_id: version for version in versions}
    given = [
        each
        for each in comparisons_of(competition)
        if each.earlier in by_id and each.later in by_id
    ]
    groups = {key: version.challenge_id for key, version in by_id.items()}
    told = _standings(given, groups, seed_of(competition))
    rows = [Row(by_id[each.submission], each) for each in told.standings]
    return Outcome(
        rows=tuple(sorted(rows, key=lambda row: row.challenge.number)),
        overall=tuple(Row(by_id[each.submission], each) for each in told.overall),
        told=told,
    )


def _standings(
    given: list[strength.Comparison], groups: dict[uuid.UUID, uuid.UUID], seed: int
) -> strength.Outcome:
    rests_on = (sorted(map(repr, given)), sorted(map(repr, groups.items())), seed)
    digest = hashlib.sha256(repr(rests_on).encode()).hexdigest()
    found = _told_before.get(digest)
    if found is None:
        found = strength.standings(given, groups, groups=groups, seed=seed)
        _keep(_told_before, digest, found)
    return found


def fit_for_pairing(competition: Competition) -> strength.Fit | None:
    """What is known of the strengths, near enough to choose the next pair; None before the first
    answer. Reckoned anew when `outdated`, by one at a time: others do with what was known before.
    """
    given = frozenset(comparisons_of(competition))
    if not given:
        return None
    known = _fits.get(competition.id)
    if known is not None:
        projects = len(known[1].projects)
        if not outdated(len(given ^ known[0]), len(given), projects):
            return known[1]
    if not _reckoning.acquire(blocking=known is None):
        return known[1] if known else None
    try:
        found = strength.fit(given, near=known[1] if known else None)
        _keep(_fits, competition.id, (given, found))
    finally:
        _reckoning.release()
    return found


_reckoning = threading.Lock()
_KEPT = 16
_told_before: dict[str, strength.Outcome] = {}
_fits: dict[uuid.UUID, tuple[frozenset[strength.Comparison], strength.Fit]] = {}


def _keep(there: dict[Any, Any], key: Any, value: Any) -> None:
    while len(there) >= _KEPT:
        there.pop(next(iter(there)), None)
    there[key] = value


# -- for organizers --------------------------------------------------------------------------


@once_per_request
def hidden_from(person: User, competition: Competition) -> frozenset[uuid.UUID]:
    """The submissions of which an organizer is shown no judgement: a conflict was declared, or they
    are a member of the team or its mentor; or as a judge they are in conflict."""
    team = Submission.team_id
    reasons = (
        select(Submission.id)
        .join(Conflict, Conflict.team_id == team)
        .where(Conflict.user_id == person.id),
        select(Submission.id)
        .join(Pairing, Pairing.team_id == team)
        .join(Mentor, Mentor.id == Pairing.mentor_id)
        .where(Mentor.user_id == person.id),
        select(Submission.id)
        .join(Membership, Membership.team_id == team)
        .join(Registration, Registration.id == Membership.registration_id)
        .where(Registration.user_id == person.id),
    )
    found: set[uuid.UUID] = set()
    for query in reasons:
        found |= set(db.session.scalars(query.where(Submission.competition_id == competition.id)))
    judge = db.session.scalar(
        select(Judge).where(Judge.user_id == person.id, Judge.competition_id == competition.id)
    )
    if judge is not None:
        found |= {submission_id for _, submission_id in conflicts(competition, judge=judge)}
    return frozenset(found)


@dataclass(frozen=True)
class Shown:
    """A project on the organizers' board; `row` is None where they are shown no judgement of it."""

    exhibit: Exhibit
    visits: int
    visitors: int
    row: Row | None


class Pace(StrEnum):
    """How a judge is doing. A silent one is past the end of their visit by a whole visit more."""

    WAITING = "waiting"  # has not begun
    ACTIVE = "active"
    SILENT = "silent"
    RESTING = "resting"  # was sent nowhere: in a pause, after the close, or all is seen


@dataclass(frozen=True)
class Walker:
    """A judge on the organizers' board, with how many projects they saw."""

    judge: Judge
    seen: int
    visit: Visit | None
    pace: Pace


@dataclass(frozen=True)
class Board:
    shown: list[Shown]
    walkers: list[Walker]
    comparisons: int

    @property
    def least(self) -> int:
        """Of the visits to a project that is there."""
        return min((e.visits for e in self.shown if not e.exhibit.absence), default=0)

    @property
    def most(self) -> int:
        return max((e.visits for e in self.shown if not e.exhibit.absence), default=0)

    def count(self, pace: str) -> int:
        return sum(walker.pace == pace for walker in self.walkers)


def board_of(session: ComparisonSession, *, hidden: Collection[uuid.UUID] = ()) -> Board:
    """Everything at a glance, without judgements of the submissions `hidden`. A fixed number of
    queries."""
    competition = session.competition
    outcome = standing_of(competition)
    rows = outcome.submissions
    visits, visitors = visits_of(competition)
    shown = [
        Shown(
            each,
            visits[each.stand.id] if each.stand else 0,
            visitors[each.stand.id] if each.stand else 0,
            None if each.submission_id in hidden else rows[each.submission_id],
        )
        for each in exhibits_of(competition)
    ]
    there = {
        visit.judge_id: visit
        for visit in db.session.scalars(
            select(Visit)
            .join(Visit.stand)
            .where(Stand.competition_id == competition.id, Visit.ended_at.is_(None))
            .options(
                contains_eager(Visit.stand).joinedload(Stand.submission).joinedload(Submission.team)
            )
        )
    }
    seen = Counter[uuid.UUID]()
    for judge_id, number in db.session.execute(
        select(Visit.judge_id, func.count(Call.id))
        .join(Call, _counted_call)
        .join(Visit.stand)
        .where(Stand.competition_id == competition.id, Call.word.not_in(SKIPS))
        .group_by(Visit.judge_id)
    ):
        seen[judge_id] = number
    late, paused = now() - timedelta(minutes=session.minutes), pause_of(session) is not None
    walkers = []
    for judge in judges_of(competition):
        visit = there.get(judge.id)
        if visit is None:
            pace = Pace.RESTING if seen[judge.id] else Pace.WAITING
        else:
            pace = Pace.SILENT if visit.due_at < late and not paused else Pace.ACTIVE
        walkers.append(Walker(judge, seen[judge.id], visit, pace))
    return Board(shown, walkers, outcome.told.comparisons)
