"""Asking teams what became of their projects, and what they and the organizers do with answers."""

import secrets
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.i18n import moment_text
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from . import letters
from .models import (
    FollowUp,
    FollowUpAnswer,
    FollowUpLink,
    FollowUpRefusal,
    HeldBack,
    Outcome,
)
from .queries import (
    answer_to,
    due_at,
    falls_due,
    forgotten_at,
    held_back,
    in_time,
    readers,
    refused,
    submission_behind,
    token_digest,
)

BATCH = 50  # letters written in one round of the worker


class NoEnd(Obstacle):
    sentence = _l("Set first when the competition ends, under “Dates and deadlines”.")


class DataGone(Obstacle):
    sentence = _l(
        "That would be on %(moment)s, but the personal data of this competition are deleted on "
        "%(gone)s, and teams need 30 days to answer before that. Ask earlier, or keep the data "
        "longer under “Texts and settings”."
    )
    field = "months"


class AlreadyPlanned(Obstacle):
    sentence = _l("Letters are planned for this month already.")
    field = "months"


class LettersWritten(Obstacle):
    sentence = _l("Some of these letters are written already, so this stays.")


class ChangedMeanwhile(Obstacle):
    sentence = _l(
        "Somebody else of your team has changed this meanwhile. Open the link again to read it; "
        "what you wrote is still here to copy."
    )


class AlreadyHeldBack(Obstacle):
    sentence = _l("This answer is not shown already: look at the page again.")


class NotHeldBack(Obstacle):
    sentence = _l("This answer is not kept back: look at the page again.")


# -- planning --------------------------------------------------------------------------------


def plan(competition: Competition, *, months: int, words: Localized, by: User) -> FollowUp:
    """Let letters go out so many months after the end. Raises NoEnd, DataGone, AlreadyPlanned."""
    _hold(competition)
    due, gone = due_at(competition, months), forgotten_at(competition)
    if due is None or gone is None:
        raise NoEnd
    if not in_time(competition, months):
        zone = competition.zone
        raise DataGone(moment=moment_text(due, zone), gone=moment_text(gone, zone))
    taken = select(FollowUp.id).where(
        FollowUp.competition_id == competition.id, FollowUp.months == months
    )
    if db.session.scalar(taken) is not None:
        raise AlreadyPlanned
    follow_up = FollowUp(competition=competition, months=months, words=words, by=by)
    db.session.add(follow_up)
    db.session.flush()
    record(Deed.FOLLOW_UP_PLANNED, by=by, competition=competition, months=months)
    return follow_up


def remove(follow_up: FollowUp, *, by: User) -> None:
    """Take it back as long as nobody was written to. Raises LettersWritten."""
    _lock(follow_up)
    written = select(FollowUpLink.id).where(FollowUpLink.follow_up_id == follow_up.id).limit(1)
    if follow_up.finished_at is not None or db.session.scalar(written) is not None:
        raise LettersWritten
    record(
        Deed.FOLLOW_UP_REMOVED, by=by, competition=follow_up.competition, months=follow_up.months
    )
    db.session.delete(follow_up)
    db.session.flush()


def ask_what_became() -> int:
    """Write the letters of the follow-ups that are due, a batch at most; returns how many.

    Whoever holds the row writes, and each person has one link of it: two workers at once, or one
    that died, write no letter twice.
    """
    open_ones = select(FollowUp).where(FollowUp.finished_at.is_(None)).order_by(FollowUp.id)
    for follow_up in db.session.scalars(open_ones).all():
        if falls_due(follow_up) and (written := _ask(follow_up)):
            return written
    return 0


def _ask(follow_up: FollowUp) -> int:
    held = db.session.scalar(
        select(FollowUp)
        .where(FollowUp.id == follow_up.id, FollowUp.finished_at.is_(None))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if held is None:
        return 0
    batch = db.session.execute(readers(held).limit(BATCH)).all()
    for person, team in batch:
        token = secrets.token_urlsafe(32)
        db.session.add(
            FollowUpLink(follow_up=held, user=person, team=team, digest=token_digest(token))
        )
        letters.what_became(held, person, team, token=token)
    if len(batch) < BATCH:
        held.finished_at = now()
        record(Deed.FOLLOW_UP_SENT, by=None, competition=held.competition, months=held.months)
    db.session.flush()
    return len(batch)


# -- answering -------------------------------------------------------------------------------


def answer(
    link: FollowUpLink,
    *,
    outcome: Outcome,
    words: str,
    language: str,
    address: str,
    agreed: bool,
    seen: str,
) -> FollowUpAnswer:
    """What the team says, for all of it. `seen`: the moment of the answer that the form was drawn
    with, or nothing. Raises ChangedMeanwhile."""
    follow_up = link.follow_up
    _lock(follow_up)
    submission = submission_behind(link)
    if submission is None:
        raise ChangedMeanwhile
    given = answer_to(follow_up, submission)
    if mark_of(given) != seen:
        raise ChangedMeanwhile
    if given is None:
        given = FollowUpAnswer(follow_up=follow_up, submission=submission)
        db.session.add(given)
    given.outcome, given.words, given.language, given.link = outcome, words, language, address
    given.saved_at, given.saved_by = now(), link.user
    # Whoever saves agrees to these very words.
    given.agreed_at, given.agreed_by = (now(), link.user) if agreed else (None, None)
    db.session.flush()
    record(
        Deed.FOLLOW_UP_SHOWN if agreed else Deed.FOLLOW_UP_ANSWERED,
        by=link.user,
        competition=follow_up.competition,
        subject=link.team.name,
    )
    return given


def withdraw(link: FollowUpLink) -> bool:
    """The team takes back what it said; nothing of it stays. False where nothing was said."""
    _lock(link.follow_up)
    submission = submission_behind(link)
    given = answer_to(link.follow_up, submission) if submission else None
    if given is None:
        return False
    db.session.execute(delete(FollowUpAnswer).where(FollowUpAnswer.id == given.id))
    record(
        Deed.FOLLOW_UP_WITHDRAWN,
        by=link.user,
        competition=link.follow_up.competition,
        subject=link.team.name,
    )
    return True


def mark_of(given: FollowUpAnswer | None) -> str:
    """Stands for an answer as it was read."""
    moment: datetime | None = given.saved_at if given else None
    return moment.isoformat() if moment else ""


def refuse(link: FollowUpLink) -> None:
    """The person gets no such letter of this competition any more."""
    _lock(link.follow_up)
    competition = link.follow_up.competition
    if not refused(link.user, competition):
        db.session.add(FollowUpRefusal(competition=competition, user_id=link.user_id))
        db.session.flush()


def allow_again(link: FollowUpLink) -> None:
    _lock(link.follow_up)
    db.session.execute(
        delete(FollowUpRefusal).where(
            FollowUpRefusal.competition_id == link.follow_up.competition_id,
            FollowUpRefusal.user_id == link.user_id,
        )
    )


# -- what organizers keep back ---------------------------------------------------------------


def hold_back(given: FollowUpAnswer, *, reason: str, by: User) -> HeldBack:
    """Keep the answer off the project's page, and tell who wrote it why. Raises AlreadyHeldBack."""
    _lock(given.follow_up)
    if held_back(given):
        raise AlreadyHeldBack
    row = HeldBack(answer=given, reason=reason, by=by)
    db.session.add(row)
    db.session.flush()
    _record(Deed.FOLLOW_UP_HELD_BACK, given, by)
    if given.saved_by is not None:
        letters.held_back(row, given.saved_by)
    return row


def show_again(given: FollowUpAnswer, *, by: User) -> HeldBack:
    """Let it be shown where its team agreed. Raises NotHeldBack."""
    _lock(given.follow_up)
    row = held_back(given)
    if row is None:
        raise NotHeldBack
    row.ended_at, row.ended_by_id = now(), by.id
    db.session.flush()
    _record(Deed.FOLLOW_UP_LET_SHOW, given, by)
    return row


# -- underneath ------------------------------------------------------------------------------


def _hold(competition: Competition) -> None:
    db.session.execute(
        select(Competition.id)
        .where(Competition.id == competition.id)
        .with_for_update(key_share=True)
    )


def _lock(follow_up: FollowUp) -> None:
    """Hold the row, and see it as it is now."""
    db.session.scalar(
        select(FollowUp)
        .where(FollowUp.id == follow_up.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def _record(deed: Deed, given: FollowUpAnswer, by: User) -> None:
    competition = given.follow_up.competition
    record(deed, by=by, competition=competition, subject=given.submission.team.name)
