"""Planning reminders, and sending them when they are due."""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ..accounts.models import User
from ..competitions.models import Competition, Gate, Reminded, Reminder, ReminderRound
from ..competitions.queries import opening_of
from ..competitions.timetable import reminder_due
from ..extensions import db
from ..ground.clock import now
from ..ground.i18n import moment_text
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from . import letters
from .reminders import AUDIENCES, Reader, Readers, closes_due, reminders_before_a_close

BATCH = 100  # letters written in one round of the worker


class NoClose(Obstacle):
    sentence = _l("Set the dates of this step first: then there is something to remind of.")


class TooLateToRemind(Obstacle):
    sentence = _l("That would have been on %(moment)s, which has passed.")
    field = "number"


def plan_reminder(
    competition: Competition,
    gate: Gate,
    *,
    before: timedelta,
    audience: list[str],
    words: Localized,
    by: User,
) -> Reminder:
    """Let a letter go out this long before the gate closes, whenever that will be."""
    opening = opening_of(competition, gate)
    if opening.closes_at is None:
        raise NoClose
    if reminder_due(opening, before, now()) is None:
        raise TooLateToRemind(moment=moment_text(opening.closes_at - before, competition.zone))
    reminder = Reminder(
        competition=competition,
        gate=gate,
        minutes_before=int(before.total_seconds() // 60),
        audience=audience,
        words=words,
        by=by,
    )
    db.session.add(reminder)
    db.session.flush()
    record(Deed.REMINDER_PLANNED, by=by, competition=competition, gate=gate.value)
    return reminder


def remove_reminder(reminder: Reminder, *, by: User) -> None:
    record(Deed.REMINDER_REMOVED, by=by, competition=reminder.competition, gate=reminder.gate.value)
    db.session.delete(reminder)
    db.session.flush()


def send_sample(reminder: Reminder, *, to: User) -> Reminder:
    """Write the letter to an organizer who wants to see it, as its first reader would get it."""
    audience = next(a for a in AUDIENCES[reminder.gate] if a.value in reminder.audience)
    first = next(iter(Readers(reminder.competition).of(reminder)), None)
    close = opening_of(reminder.competition, reminder.gate).closes_at
    if close is None:
        raise NoClose
    reader = Reader(to, audience, close)
    if first is not None:
        reader = Reader(to, first.audience, first.closes_at, first.teams)
    letters.deadline_reminder(reader, reminder)
    return reminder


def send_due_reminders() -> int:
    """Write the letters of the reminders that are due, a batch at most; returns how many."""
    written, competitions = 0, {}
    for reminder in reminders_before_a_close():
        readers = competitions.setdefault(reminder.competition_id, Readers(reminder.competition))
        if closes_due(reminder, readers):
            written += _send(reminder, BATCH - written)
        if written >= BATCH:
            break
    return written


def _send(reminder: Reminder, limit: int) -> int:
    """Write up to `limit` letters of it. Whoever holds its row sends; another worker goes on."""
    held = db.session.scalar(
        select(Reminder)
        .where(Reminder.id == reminder.id)
        .options(selectinload(Reminder.rounds))
        .with_for_update(of=Reminder, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if held is None:
        return 0
    readers = Readers(held.competition)
    rounds = {row.closes_at: row for row in held.rounds}
    reached = _reached(held)
    written = 0
    for close in closes_due(held, readers):
        row = rounds.get(close) or ReminderRound(reminder=held, closes_at=close)
        db.session.add(row)
        db.session.flush()
        waiting = [r for r in readers.of(held, close) if r.user.id not in reached[row.id]]
        batch = waiting[: max(0, limit - written)]
        for reader in batch:
            letters.deadline_reminder(reader, held)
            db.session.add(Reminded(round_id=row.id, user_id=reader.user.id))
        written += len(batch)
        if len(batch) == len(waiting):
            row.finished_at = now()
            record(
                Deed.REMINDER_SENT,
                by=None,
                competition=held.competition,
                gate=held.gate.value,
                letters=len(reached[row.id]) + len(batch),
            )
    db.session.flush()
    return written


def _reached(reminder: Reminder) -> dict[UUID, set[UUID]]:
    """Who has had it, by round."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for round_id, user_id in db.session.execute(
        select(Reminded.round_id, Reminded.user_id)
        .join(ReminderRound)
        .where(ReminderRound.reminder_id == reminder.id)
    ):
        found[round_id].add(user_id)
    return found
