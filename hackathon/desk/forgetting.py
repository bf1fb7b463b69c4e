"""Forgetting people, when they ask for it and when their data's time has come; then their files."""

import re
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Text, cast, delete, or_, select, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from ..accounts.models import User
from ..accounts.personal import nobodys_password
from ..competitions.models import Competition, Window
from ..competitions.queries import end_of
from ..extensions import db
from ..ground.clock import now
from ..ground.model import Model
from ..ground.obstacle import Obstacle
from ..ground.storage import NAMES_FILES
from ..journal.actions import record
from ..journal.deeds import PURGED, Deed
from ..journal.models import Entry
from ..judging.queries import guests_of
from ..post.models import Letter
from ..post.personal import empty_written_before
from ..registrations.models import Registration
from ..registrations.states import LIVE
from . import letters
from .models import DailyChore
from .personal import SHARES, hindrances

PATIENCE = timedelta(days=30)
"""How long an account waits for its confirmation, and a last letter for a mail server."""

MOST_AT_ONCE = 1000
DAY = timedelta(days=1)
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


class SomethingInTheWay(Obstacle):
    sentence = _l("Your account cannot be deleted yet: %(reasons)s")


# -- one person ------------------------------------------------------------------------------


def delete_account(person: User) -> User:
    """Forget the person in every room, the last one first; twice is once.

    Raises SomethingInTheWay, or the obstacle that came up meanwhile. Writes one last letter.
    """
    nobodys_password()  # made before anything is locked, so that nobody waits for it
    db.session.refresh(person, with_for_update={"key_share": True})
    if person.deleted_at is not None:
        return person
    if stopping := [str(each.sentence) for each in hindrances(person) if each.stops]:
        raise SomethingInTheWay(reasons=" ".join(stopping))
    email, name, language = person.email, person.name, person.language
    _forget(person)
    letters.account_deleted(email=email, name=name, language=language)
    db.session.flush()
    return person


def _forget(person: User) -> None:
    for share in reversed(SHARES):
        share.forget(person)
    record(Deed.ACCOUNT_DELETED, by=person)


# -- what is past its time -------------------------------------------------------------------


def purge() -> dict[Competition | None, dict[str, int]]:
    """Forget what is past its time; returns how much of what, by competition and for the site.

    The journal gets one entry for each. A second purge finds nothing.
    """
    done: dict[Competition | None, dict[str, int]] = {}
    past = _past_their_time()
    guests = guests_of(past)  # before their links are forgotten
    for competition in past:
        counts: dict[str, int] = {}
        for share in SHARES:
            counts |= share.expire(competition)
        done[competition] = counts
    days = timedelta(days=current_app.config["SETTINGS"].letter_days)
    done[None] = {
        "letters": empty_written_before(now() - days),
        "needs": _empty_needs(past),
        "accounts": _drop_unconfirmed(now() - PATIENCE),
        "guests": len(guests),
    }
    for guest in guests:
        _forget(guest)
    # The last letter to somebody who left has done its work, or never will.
    done_with = or_(Letter.sent_at.is_not(None), Letter.created_at < now() - PATIENCE)
    db.session.execute(delete(Letter).where(Letter.name == "account_deleted", done_with))
    done = {
        where: found
        for where, counts in done.items()
        if (found := {what: counts[what] for what in PURGED if counts.get(what)})
    }
    for competition, counts in done.items():
        record(Deed.PERSONAL_DATA_PURGED, by=None, competition=competition, counts=counts)
    db.session.flush()
    db.session.expire_all()
    return done


def sweep() -> int:
    """Delete the stored files that no row names, once they are a day old; returns how many.

    The names are read in one statement, so that none is missed that moves from one table to
    another. A database that names no file at all is taken for the wrong one.
    """
    columns = [
        column
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if column.info == NAMES_FILES
    ]
    told = union_all(*(select(cast(column, Text)).where(column.is_not(None)) for column in columns))
    named = {digest for row in db.session.scalars(told) for digest in DIGEST.findall(row)}
    return current_app.extensions["storage"].sweep(named, now() - DAY) if named else 0


def sweep_daily() -> int:
    """Sweep once a day, however many workers there are."""
    return sweep() if _today("sweep") else 0


def purge_daily() -> int:
    """Purge once a day, however many workers there are; not where the event is laid in the past."""
    if current_app.config["SETTINGS"].demo or not _today("purge"):
        return 0
    return sum(sum(counts.values()) for counts in purge().values())


def _past_their_time() -> list[Competition]:
    competitions = db.session.scalars(
        select(Competition).options(
            selectinload(Competition.windows).selectinload(Window.extensions)
        )
    )
    return [c for c in competitions if (kept := kept_until(c)) is not None and kept <= now()]


def kept_until(competition: Competition) -> Any:
    """Until when the competition keeps what is personal; None while it has no end."""
    end = end_of(competition)
    return None if end is None else end + timedelta(days=competition.personal_days)


def kept_for(person: User) -> list[tuple[Competition, Any]]:
    """Each competition in which the person is registered, and until when it keeps their data."""
    rows = db.session.scalars(
        select(Competition)
        .join(Registration, Registration.competition_id == Competition.id)
        .where(Registration.user_id == person.id)
        .options(selectinload(Competition.windows).selectinload(Window.extensions))
        .order_by(Competition.created_at.desc())
    )
    return [(competition, kept_until(competition)) for competition in rows]


def _empty_needs(past: list[Competition]) -> int:
    """Forget what people need in order to take part, once they take part in nothing any more.

    Whoever has never been in a competition keeps it for the first.
    """
    keys = [competition.id for competition in past]
    entered = select(Registration.user_id)
    emptied = db.session.execute(
        update(User)
        .where(
            User.accessibility.is_not(None),
            User.id.in_(entered.where(Registration.competition_id.in_(keys))),
            User.id.not_in(
                entered.where(
                    Registration.competition_id.not_in(keys), Registration.state.in_(LIVE)
                )
            ),
        )
        .values(accessibility=None)
    )
    return int(emptied.rowcount)  # type: ignore[attr-defined]


def _drop_unconfirmed(before: Any) -> int:
    """Delete the accounts that nobody confirmed and that have no part in anything.

    A part is any row that would go with the account.
    """
    parts = [
        column
        for table in Model.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table is User.__table__ and key.ondelete == "CASCADE"
    ]
    forgotten = select(User.id).where(
        User.confirmed_at.is_(None),
        User.created_at < before,
        User.deleted_at.is_(None),
        *(~select(1).where(column == User.id).exists() for column in parts),
    )
    keys = db.session.scalars(forgotten.limit(MOST_AT_ONCE)).all()
    for kind, key in ((Letter, Letter.recipient_id), (Entry, Entry.actor_id), (User, User.id)):
        db.session.execute(
            delete(kind).where(key.in_(keys)).execution_options(synchronize_session=False)
        )
    return len(keys)


def _today(name: str) -> bool:
    """Is it ours to do today? Yes for one worker a day: the row is moved in its transaction."""
    done_at = db.session.scalar(select(DailyChore.done_at).where(DailyChore.name == name))
    if done_at is None:
        try:
            with db.session.begin_nested():
                db.session.add(DailyChore(name=name, done_at=now()))
        except IntegrityError:  # another worker was first
            return False
        return True
    if done_at > now() - DAY:
        return False
    moved = db.session.execute(
        update(DailyChore)
        .where(DailyChore.name == name, DailyChore.done_at <= now() - DAY)
        .values(done_at=now())
    )
    return moved.rowcount == 1
