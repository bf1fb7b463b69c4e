"""Reads about comparisons: where a judge is, what organizers see, and what comes of it."""

import threading
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import exp, log
from typing import Any

from sqlalchemy import Row as Line
from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from ..accounts.models import User
from ..competitions.models import Challenge, Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.remember import once_per_request
from ..judging import strength
from ..judging.conflicts import conflicts
from ..judging.models import Judge
from ..judging.outcome import strengths
from ..judging.queries import came_into, competed, judges_of, round_of, seed_of
from ..judging.ranking import NINETY, Standing
from ..mentoring.models import Conflict, Mentor, Pairing
from ..registrations.models import Registration
from ..submissions.models import Submission, Version
from ..teams.models import Membership, Team
from .models import COMPARES, SKIPS, Absence, Call, ComparisonSession, Pause, Stand, Visit, Word
from .pairing import Table, outdated

MOST_OFFERS = 2
"""How often a project that a judge skipped for the moment is offered to them."""


# -- the session and its stands --------------------------------------------------------------


@once_per_request
def session_of(competition: Competition) -> ComparisonSession | None:
    return db.session.scalar(_SESSION, {"competition": competition.id})


_SESSION = select(ComparisonSession).where(
    ComparisonSession.competition_id == bindparam("competition")
)


@once_per_request
def pause_of(session: ComparisonSession) -> Pause | None:
    """The pause that lasts, if any."""
    return db.session.scalar(_PAUSE, {"session": session.id})


_PAUSE = select(Pause).where(Pause.session_id == bindparam("session"), Pause.ended_at.is_(None))


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
# Asked at every page and every answer, so the statements are written once.

_counted_call = (Call.visit_id == Visit.id) & Call.undone_at.is_(None)
_looked = Visit.word.not_in(SKIPS)
_shown_with_team = joinedload(Stand.submission, innerjoin=True).joinedload(
    Submission.team, innerjoin=True
)


def visit_now(judge: Judge) -> Visit | None:
    """Where the judge was sent, until they have said something."""
    return db.session.scalar(_NOW, {"judge": judge.id})


_NOW = (
    select(Visit)
    .where(Visit.judge_id == bindparam("judge"), Visit.ended_at.is_(None))
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class Here:
    """Where the judge was sent. `shown`: the project counts, is at its stand, and the judge is in
    no conflict with it. `comparable`: what they saw before counts, and they are in none with that.
    """

    visit: Visit
    submission_id: uuid.UUID
    shown: bool
    comparable: bool


def here(judge: Judge, barred: Collection[uuid.UUID], *, with_teams: bool = False) -> Here | None:
    """For a page `with_teams` of both projects."""
    found = db.session.execute(
        _HERE_WITH_TEAMS if with_teams else _HERE, {"judge": judge.id}
    ).one_or_none()
    if found is None:
        return None
    visit, submission_id, stands, out, earlier_id, earlier_stands = found
    return Here(
        visit=visit,
        submission_id=submission_id,
        shown=stands and not out and submission_id not in barred,
        comparable=earlier_id is not None and earlier_stands and earlier_id not in barred,
    )


_earlier, _before, _work_before = aliased(Visit), aliased(Stand), aliased(Submission)
_HERE = (
    select(
        Visit,
        Submission.id,
        Submission.stands,
        exists().where(Absence.stand_id == Visit.stand_id, Absence.ended_at.is_(None)),
        _work_before.id,
        _work_before.stands,
    )
    .join(Visit.stand)
    .join(Stand.submission)
    .outerjoin(_earlier, _earlier.id == Visit.earlier_id)
    .outerjoin(_before, _before.id == _earlier.stand_id)
    .outerjoin(_work_before, _work_before.id == _before.submission_id)
    .where(Visit.judge_id == bindparam("judge"), Visit.ended_at.is_(None))
    .execution_options(populate_existing=True)
)
_HERE_WITH_TEAMS = _HERE.options(
    joinedload(Visit.stand, innerjoin=True).options(_shown_with_team),
    joinedload(Visit.earlier).joinedload(Visit.stand).options(_shown_with_team),
)


def last_call(judge: Judge) -> Call | None:
    """What the judge said last and did not undo."""
    return db.session.scalar(_LAST, {"judge": judge.id})


_LAST = (
    select(Call)
    .join(Call.visit)
    .where(Visit.judge_id == bindparam("judge"), Call.undone_at.is_(None))
    .options(contains_eager(Call.visit))
    .order_by(Visit.number.desc())
    .limit(1)
)


def barred_from(judge: Judge) -> frozenset[uuid.UUID]:
    """The submissions with which the judge is in conflict."""
    return frozenset(key for _, key in conflicts(judge.competition, judge=judge))


def way_of(judge: Judge) -> Sequence[Line[Any]]:
    """The visits of the judge, the last first: `id, number, stand_id, word`, the submission and
    whether it counts."""
    return db.session.execute(_WAY, {"judge": judge.id}).all()


_WAY = (
    select(
        Visit.id,
        Visit.number,
        Visit.stand_id,
        Visit.word,
        Submission.id.label("submission_id"),
        Submission.stands.label("stands"),
    )
    .join(Visit.stand)
    .join(Stand.submission)
    .where(Visit.judge_id == bindparam("judge"))
    .order_by(Visit.number.desc())
)


def stands_for(judge: Judge, barred: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The stands of what the judge may judge, with the submissions: what is judged, is in their
    languages, of a challenge that they read, and not `barred`."""
    limits = came_into(round_of(judge.competition))
    query = _STANDS.where(*limits) if limits else _STANDS
    rows = db.session.execute(query, {"competition": judge.competition_id})
    read = {challenge.id for challenge in judge.challenges}
    return {
        stand_id: submission_id
        for stand_id, submission_id, language, challenge_id in rows
        if language in judge.languages
        and (not read or challenge_id in read)
        and submission_id not in barred
    }


_LATEST = (
    select(func.max(Version.number))
    .where(Version.submission_id == Submission.id)
    .correlate(Submission)
    .scalar_subquery()
)
_STANDS = (
    select(
        Stand.id,
        Stand.submission_id,
        Version.content["language"].as_string(),
        Version.challenge_id,
    )
    .join(Stand.submission)
    .join(Submission.versions)
    .where(
        Stand.competition_id == bindparam("competition"),
        Submission.stands,
        Version.number == _LATEST,
    )
)


def tables_for(
    stands: Mapping[uuid.UUID, uuid.UUID], way: Sequence[Line[Any]], competition: Competition
) -> list[Table]:
    """The `stands` where projects are, as they are now, for the judge who went that `way`. What
    they skipped for the moment is offered again once nothing else is left."""
    over, later = set(), Counter[uuid.UUID]()
    for visit in way:
        if visit.word in (Word.ABSENT, Word.BUSY):
            later[visit.stand_id] += 1
        elif visit.word is not None:
            over.add(visit.stand_id)
    over |= {stand_id for stand_id, times in later.items() if times >= MOST_OFFERS}
    out = set(db.session.scalars(_OUT, {"competition": competition.id}))
    there = [stand_id for stand_id in stands if stand_id not in out]
    if any(stand_id not in over and stand_id not in later for stand_id in there):
        over |= later.keys()
    visits, visitors = visits_of(competition)
    return [
        Table(stands[stand_id], visits[stand_id], visitors[stand_id], stand_id in over)
        for stand_id in there
    ]


_OUT = (
    select(Absence.stand_id)
    .join(Absence.stand)
    .where(Stand.competition_id == bindparam("competition"), Absence.ended_at.is_(None))
)


def visits_of(competition: Competition) -> tuple[Counter[uuid.UUID], Counter[uuid.UUID]]:
    """By stand: the visits, those going on included and skipped ones not; and who is there now."""
    visits, visitors = Counter[uuid.UUID](), Counter[uuid.UUID]()
    for stand_id, there, number in db.session.execute(_VISITS, {"competition": competition.id}):
        visits[stand_id] += number
        if there:
            visitors[stand_id] += number
    return visits, visitors


_VISITS = (
    select(Visit.stand_id, Visit.ended_at.is_(None), func.count())
    .join(Visit.stand)
    .where(
        Stand.competition_id == bindparam("competition"),
        or_(Visit.ended_at.is_(None), _looked),
    )
    .group_by(Visit.stand_id, Visit.ended_at.is_(None))
)


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
    at, call = here(judge, barred_from(judge), with_teams=True), last_call(judge)
    return Place(
        session=session,
        pause=pause_of(session),
        visit=at.visit if at else None,
        gone=at is not None and not at.shown,
        earlier=at.visit.earlier if at and at.comparable else None,
        undoable=None if call is None or call.word is Word.CONFLICT else call,
        seen=db.session.scalar(_SEEN, {"judge": judge.id}) or 0,
    )


def contents_of(submissions: Collection[uuid.UUID]) -> dict[uuid.UUID, Any]:
    """What was handed in last, of each of the submissions that counts."""
    rows = db.session.execute(_CONTENTS, {"submissions": list(submissions)})
    return {submission_id: content for submission_id, content in rows}


_CONTENTS = (
    select(Submission.id, Version.content)
    .join(Submission.versions)
    .where(
        Submission.id.in_(bindparam("submissions", expanding=True)),
        Submission.stands,
        Version.number == _LATEST,
    )
)
_SEEN = select(func.count(Visit.id)).where(Visit.judge_id == bindparam("judge"), _looked)


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


def answers_in(competition: Competition) -> dict[uuid.UUID, strength.Comparison]:
    """What was said, by the key of the call and in the order in which it was said: not undone, of
    two projects that stand. Whether the judge is in conflict is not asked."""
    stands = db.session.execute(
        select(Stand.id, Stand.submission_id)
        .join(Stand.submission)
        .where(Stand.competition_id == competition.id, Submission.stands)
    )
    submissions = {stand_id: submission_id for stand_id, submission_id in stands}
    earlier = aliased(Visit)
    rows = db.session.execute(
        select(Call.id, Visit.judge_id, earlier.stand_id, Visit.stand_id, Visit.word)
        .join(Visit, _counted_call)
        .join(Visit.stand)
        .join(earlier, earlier.id == Visit.earlier_id)
        .where(Stand.competition_id == competition.id, Visit.word.in_(COMPARES))
        .order_by(Call.created_at, Call.id)
    )
    return {
        key: strength.Comparison(
            judge_id, submissions[first], submissions[second], strength.Said(word.value)
        )
        for key, judge_id, first, second, word in rows
        if first in submissions and second in submissions
    }


def comparisons_of(competition: Competition) -> list[strength.Comparison]:
    """What counts: without those of judges in conflict with either project."""
    barred = conflicts(competition)
    return [
        each
        for each in answers_in(competition).values()
        if (each.judge, each.earlier) not in barred and (each.judge, each.later) not in barred
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
    told = strengths(given, groups, seed_of(competition))
    rows = [Row(by_id[each.submission], each) for each in told.standings]
    return Outcome(
        rows=tuple(sorted(rows, key=lambda row: row.challenge.number)),
        overall=tuple(Row(by_id[each.submission], each) for each in told.overall),
        told=told,
    )


def fit_for_pairing(competition: Competition) -> strength.Fit | None:
    """What is known of the strengths, near enough to choose the next pair; None before the first
    answer. Reckoned anew when `outdated`, by one at a time: others do with what was known before,
    so that nobody waits.
    """
    known = _fits.get(competition.id)
    said = said_so_far(competition)
    if known is not None and not _is_old(known, said):
        return known[1]
    if not _reckoning.acquire(blocking=False):
        return known[1] if known else None
    try:
        known = _fits.get(competition.id)  # by whoever was before us
        if known is None or _is_old(known, said):
            given = comparisons_of(competition)
            if not given:
                return None
            known = said, strength.fit(given, near=known[1] if known else None)
            while len(_fits) >= _FITS_KEPT:
                _fits.pop(next(iter(_fits)), None)
            _fits[competition.id] = known
    finally:
        _reckoning.release()
    return known[1]


def said_so_far(competition: Competition) -> int:
    """About how much was said: how often judges were sent on, a number that only grows and is
    counted in an index."""
    return db.session.scalar(_SENT, {"competition": competition.id}) or 0


_SENT = (
    select(func.count())
    .select_from(Visit)
    .join(Visit.stand)
    .where(Stand.competition_id == bindparam("competition"))
)


def _is_old(known: tuple[int, strength.Fit], said: int) -> bool:
    return outdated(said - known[0], said, len(known[1].projects))


_reckoning = threading.Lock()
_FITS_KEPT = 16
_fits: dict[uuid.UUID, tuple[int, strength.Fit]] = {}


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
        found |= barred_from(judge)
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
        select(Visit.judge_id, func.count(Visit.id))
        .join(Visit.stand)
        .where(Stand.competition_id == competition.id, _looked)
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
