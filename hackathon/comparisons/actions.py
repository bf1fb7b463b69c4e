"""Setting comparisons up, sending judges from table to table, and taking down what they say.

Whatever moves a judge or a stand holds the session's row first: one at a time, so that what the
next project is chosen by is what is so. What takes long (strengths, conflicts of interest, what the
judge reads) is found before: a judge who was sent to a project that they may not judge by then is
told so by the page.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import groupby

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..judging.actions import declare_conflict
from ..judging.blind import blinded
from ..judging.models import Judge
from ..judging.queries import round_of, seed_of
from ..judging.stopping import going_on
from ..judging.strength import Fit
from .models import (
    COMPARES,
    SKIPS,
    Absence,
    Call,
    ComparisonSession,
    Pause,
    Stand,
    Visit,
    Word,
)
from .pairing import next_project
from .queries import (
    absence_of,
    barred_from,
    exhibits_of,
    fit_for_pairing,
    here,
    last_call,
    pause_of,
    stands_for,
    tables_for,
    visit_now,
    way_of,
)


class NoComparisons(Obstacle):
    sentence = _l("Say first how long a visit takes.")


class NotOpen(Obstacle):
    sentence = _l("The comparisons are not open at the moment.")


class NothingToShow(Obstacle):
    sentence = _l("Comparing needs at least two projects that were handed in.")


class NotBlind(Obstacle):
    sentence = _l(
        "Judges here do not see whose work they read, and at the tables they would. The rules of "
        "judging have to say otherwise first."
    )


class AlreadyPaused(Obstacle):
    sentence = _l("The comparisons are paused already: look at the page again.")


class MovedOn(Obstacle):
    sentence = _l("You are at another table by now. Nothing was changed: look at the page again.")


class NothingBefore(Obstacle):
    sentence = _l("There is nothing to compare this project with.")


class SomethingBefore(Obstacle):
    sentence = _l("Say which of the two is better, or that you cannot say.")


class ReasonMissing(Obstacle):
    sentence = _l("Please say why, so that the organizers understand.")
    field = "reason"


class NotLast(Obstacle):
    sentence = _l("Only what you said last can be undone. Look at the page again.")


class ConflictStays(Obstacle):
    sentence = _l("A conflict of interest is lifted by the organizers. Please ask them.")


class AlreadyOut(Obstacle):
    sentence = _l("Nobody is sent to this project already: look at the page again.")


class AlreadyBack(Obstacle):
    sentence = _l("This project is shown: look at the page again.")


# -- setting it up ---------------------------------------------------------------------------


def set_up(competition: Competition, *, minutes: int, by: User) -> ComparisonSession:
    """Make the session, or change how long a visit takes from the next visit on."""
    db.session.execute(
        select(Competition.id)
        .where(Competition.id == competition.id)
        .with_for_update(key_share=True)
    )
    session = db.session.scalar(
        select(ComparisonSession)
        .where(ComparisonSession.competition_id == competition.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if session is None:
        session = ComparisonSession(competition=competition, minutes=minutes)
        db.session.add(session)
    elif session.minutes == minutes:
        return session
    session.minutes = minutes
    db.session.flush()
    record(Deed.COMPARISONS_SET_UP, by=by, competition=competition, minutes=minutes)
    return session


def open_comparisons(session: ComparisonSession, *, by: User) -> ComparisonSession:
    """Let judges begin, or go on after a close. Raises NothingToShow and NotBlind."""
    _hold(session)
    if session.is_open:
        return session
    if blinded(session.competition):
        raise NotBlind
    if len(_stands(session)) < 2:
        raise NothingToShow
    session.opened_at, session.closed_at = session.opened_at or now(), None
    record(Deed.COMPARISONS_OPENED, by=by, competition=session.competition)
    db.session.flush()
    return session


def close_comparisons(session: ComparisonSession, *, by: User) -> ComparisonSession:
    """Send nobody anywhere any more. Who is at a table has not said anything, and need not."""
    _hold(session)
    if not session.is_open:
        return session
    if pause := pause_of(session):
        _resume(session, pause, by=by)
    for visit in _going_on(session):
        visit.ended_at = now()
    session.closed_at = now()
    record(Deed.COMPARISONS_CLOSED, by=by, competition=session.competition)
    db.session.flush()
    return session


def pause(session: ComparisonSession, *, message: Localized, by: User) -> Pause:
    """Send nobody on for a while. What judges say meanwhile is taken down.

    Raises NotOpen, AlreadyPaused.
    """
    _hold(session)
    if not session.is_open:
        raise NotOpen
    if pause_of(session):
        raise AlreadyPaused
    begun = Pause(session=session, message=message, by=by)
    db.session.add(begun)
    record(Deed.COMPARISONS_PAUSED, by=by, competition=session.competition)
    db.session.flush()
    return begun


def resume(session: ComparisonSession, *, by: User) -> ComparisonSession:
    """Go on; visits last longer by the time of the pause."""
    _hold(session)
    if begun := pause_of(session):
        _resume(session, begun, by=by)
        record(Deed.COMPARISONS_RESUMED, by=by, competition=session.competition)
        db.session.flush()
    return session


def _resume(session: ComparisonSession, begun: Pause, *, by: User) -> None:
    begun.ended_at, begun.ended_by = now(), by
    for visit in _going_on(session):
        visit.due_at += now() - max(begun.created_at, visit.created_at)


# -- tables ----------------------------------------------------------------------------------


class Numbering(StrEnum):
    """How tables are numbered, challenge after challenge."""

    THROUGH = "through"  # 1, 2, 3 …
    BY_CHALLENGE = "by_challenge"  # 1-1, 1-2 … 2-1 …


def number_tables(
    session: ComparisonSession, manner: Numbering, *, anew: bool, by: User
) -> list[Stand]:
    """Give a number to every project that has no place; or, `anew`, to every project."""
    _hold(session)
    _stands(session)
    exhibits = sorted(
        exhibits_of(session.competition),
        key=lambda each: (each.challenge.number, each.team.name_key),
    )
    taken = set() if anew else {each.place for each in exhibits}
    given = []
    count = 0
    for challenge, group in groupby(exhibits, key=lambda each: each.challenge.number):
        if manner is Numbering.BY_CHALLENGE:
            count = 0
        for each in group:
            if each.stand is None or (each.stand.place and not anew):
                continue
            while True:
                count += 1
                place = str(count) if manner is Numbering.THROUGH else f"{challenge}-{count}"
                if place not in taken:
                    break
            each.stand.place = place
            given.append(each.stand)
    if given:
        record(Deed.TABLES_NUMBERED, by=by, competition=session.competition, count=len(given))
    db.session.flush()
    return given


def move(stand: Stand, *, place: str, by: User) -> Stand:
    """Say where a project is shown. Judges on their way read it on their page."""
    if stand.place != place:
        stand.place = place
        record(
            Deed.TABLE_MOVED,
            by=by,
            competition=stand.competition,
            subject=stand.submission.team.name,
            place=place,
        )
        db.session.flush()
    return stand


def take_out(session: ComparisonSession, stand: Stand, *, reason: str, by: User) -> Absence:
    """Send nobody there for a while. Who is on their way is sent elsewhere. Raises AlreadyOut."""
    _hold(session)
    if absence_of(stand):
        raise AlreadyOut
    absence = Absence(stand=stand, reason=reason, by=by)
    db.session.add(absence)
    record(
        Deed.PROJECT_TAKEN_OUT,
        by=by,
        competition=stand.competition,
        subject=stand.submission.team.name,
        reason=reason,
    )
    db.session.flush()
    return absence


def bring_back(session: ComparisonSession, stand: Stand, *, by: User) -> Stand:
    """Send judges there again. Raises AlreadyBack."""
    _hold(session)
    absence = absence_of(stand)
    if absence is None:
        raise AlreadyBack
    absence.ended_at, absence.ended_by = now(), by
    record(
        Deed.PROJECT_BACK,
        by=by,
        competition=stand.competition,
        subject=stand.submission.team.name,
    )
    db.session.flush()
    return stand


def _stands(session: ComparisonSession) -> list[Stand]:
    """A stand for everything that was handed in, those made now included; the session is held."""
    exhibits = exhibits_of(session.competition)
    made = [
        Stand(competition=session.competition, submission=each.version.submission)
        for each in exhibits
        if each.stand is None
    ]
    db.session.add_all(made)
    db.session.flush()
    return [each.stand for each in exhibits if each.stand is not None] + made


# -- from table to table ---------------------------------------------------------------------


def send_on(session: ComparisonSession, judge: Judge) -> Visit | None:
    """Send the judge to their next project. Whoever is at one stays, unless it is gone.

    None when there is nothing left, or during a pause. Raises NotOpen.
    """
    outlook = _outlook(judge)
    _hold_open(session)
    at = here(judge, outlook.barred)
    if at is not None:
        if at.shown:
            return at.visit
        at.visit.ended_at = now()
        db.session.flush()
    return _send_on(session, judge, outlook)


def say(
    session: ComparisonSession,
    judge: Judge,
    visit_id: uuid.UUID,
    *,
    mark: uuid.UUID,
    word: Word,
    reason: str = "",
    by: User,
) -> Call:
    """Take down what the judge says at the end of a visit, and send them on.

    What comes again under its mark is the same call: nothing changes. A conflict of interest is
    declared with its reason. Raises NotOpen, MovedOn, NothingBefore, SomethingBefore,
    ReasonMissing.
    """
    outlook = _outlook(judge)
    _hold_open(session)
    if known := db.session.scalar(_MARKED, {"mark": mark}):
        if known.visit.judge_id != judge.id:
            raise MovedOn
        return known
    at = here(judge, outlook.barred)
    if at is None or at.visit.id != visit_id:
        raise MovedOn
    if word in COMPARES and not at.comparable:
        raise NothingBefore
    if word is Word.SEEN and at.comparable:
        raise SomethingBefore
    if word is Word.CONFLICT:
        if not reason:
            raise ReasonMissing
        if at.submission_id not in outlook.barred:
            declare_conflict(judge, at.visit.stand.submission.team, reason=reason, by=by)
            outlook = outlook.without(at.submission_id)
    call = Call(visit_id=visit_id, mark=mark, word=word)
    db.session.add(call)
    at.visit.ended_at, at.visit.word = now(), word
    db.session.flush()
    _send_on(session, judge, outlook)
    return call


_MARKED = select(Call).where(Call.mark == bindparam("mark"))


def undo(session: ComparisonSession, judge: Judge, call_id: uuid.UUID) -> Call:
    """Take back what the judge said last: they are at that table again. Twice is once.

    Raises NotOpen, NotLast, ConflictStays.
    """
    _hold_open(session)
    call = db.session.get(Call, call_id, populate_existing=True)
    if call is None or call.visit.judge_id != judge.id:
        raise NotLast
    if call.undone_at is not None:
        return call
    last = last_call(judge)
    if last is None or last.id != call.id:
        raise NotLast
    if call.word is Word.CONFLICT:
        raise ConflictStays
    if (current := visit_now(judge)) is not None:
        current.ended_at = now()
        db.session.flush()  # before the other begins anew: no judge has two
    call.undone_at = now()
    call.visit.ended_at = call.visit.word = None
    call.visit.due_at = now() + timedelta(minutes=session.minutes)
    db.session.flush()
    return call


@dataclass(frozen=True)
class _Outlook:
    """What the next project is chosen by, as far as it is found before the session is held.

    `stands` are those of what the judge may judge, with the submissions.
    """

    barred: frozenset[uuid.UUID]
    stands: dict[uuid.UUID, uuid.UUID]
    fit: Fit | None

    def without(self, submission_id: uuid.UUID) -> "_Outlook":
        stands = {key: each for key, each in self.stands.items() if each != submission_id}
        return _Outlook(self.barred | {submission_id}, stands, self.fit)


def _outlook(judge: Judge) -> _Outlook:
    barred = barred_from(judge)
    return _Outlook(barred, stands_for(judge, barred), fit_for_pairing(judge.competition))


def _send_on(session: ComparisonSession, judge: Judge, outlook: _Outlook) -> Visit | None:
    """Send a judge who is at no table."""
    if pause_of(session):
        return None
    way = way_of(judge)
    before = next(
        (
            visit
            for visit in way
            if visit.word is not None
            and visit.word not in SKIPS
            and visit.stands
            and visit.submission_id not in outlook.barred
        ),
        None,
    )
    chosen = next_project(
        tables_for(outlook.stands, way, session.competition),
        before=before.submission_id if before else None,
        fit=outlook.fit,
        lot=(seed_of(session.competition), judge.id),
    )
    if chosen is None:
        return None
    visit = Visit(
        judge_id=judge.id,
        stand_id=next(key for key, each in outlook.stands.items() if each == chosen),
        number=way[0].number + 1 if way else 1,
        earlier_id=before.id if before else None,
        due_at=now() + timedelta(minutes=session.minutes),
    )
    db.session.add(visit)
    db.session.flush()
    return visit


def _going_on(session: ComparisonSession) -> list[Visit]:
    return list(
        db.session.scalars(
            select(Visit)
            .join(Visit.stand)
            .where(Stand.competition_id == session.competition_id, Visit.ended_at.is_(None))
        )
    )


def _hold_open(session: ComparisonSession) -> None:
    _hold(session)
    if not session.is_open:
        raise NotOpen
    going_on(round_of(session.competition).id)


def _hold(session: ComparisonSession) -> None:
    """Hold the session, and see it as it is now."""
    db.session.scalar(_HELD, {"session": session.id})


_HELD = (
    select(ComparisonSession)
    .where(ComparisonSession.id == bindparam("session"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
