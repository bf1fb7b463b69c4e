"""Offering data under terms, taking them, and saying what became of the copies.

Whoever accepts, takes or states first locks the data set's row, as does who publishes new terms:
so nobody agrees to a version that has just been replaced.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import IO, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from ..accounts.models import User
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..ground.receiving import Received, scan
from ..ground.scanning import Scanner
from ..ground.scans import note_scan, without_virus
from ..ground.storage import Storage, TooLarge, safe_name
from ..journal.actions import record
from ..journal.deeds import Deed
from . import letters
from .models import Acceptance, DataFile, DataSet, Statement, Taking, Terms
from .queries import (
    Hindrance,
    Standing,
    agreements_in_force,
    expiry_of,
    held_under,
    holders,
    lacks,
    standing_of,
    terms_held,
    unstated,
)
from .rules import HINDRANCES

# After the terms have expired, a statement is asked for at once and after so many days more.
PAUSES = (timedelta(0), timedelta(days=7), timedelta(days=21))
BATCH = 100  # letters in one round of the worker
ONE_A_DAY = timedelta(days=1)  # letters that organizers ask for by hand


class NotReady(Obstacle):
    sentence = _l("Something is still missing: look at what it needs to be published.")


class PublishedNeedsBoth(Obstacle):
    sentence = _l(
        "These data are public: they need all texts in both languages, and a file or a link."
    )


class StillNeeded(Obstacle):
    sentence = _l("These data are public and need a file or a link. Withdraw them first.")


class AlreadyAgreedTo(Obstacle):
    sentence = _l("People have agreed to the terms of these data, so they stay for the record.")


class EndsBeforeItBegins(Obstacle):
    sentence = _l("This must be later than the moment from which they are available.")
    field = "available_until"


class NameInUse(Obstacle):
    sentence = _l("There is a file named %(name)s already. Remove it first, or rename yours.")
    field = "files"


class FileTooLarge(Obstacle):
    sentence = _l("%(name)s is too large.")
    field = "files"


class EmptyFile(Obstacle):
    sentence = _l("%(name)s is empty, or has no name.")
    field = "files"


class TermsNeedBothLanguages(Obstacle):
    sentence = _l("Write the terms in both languages before you publish them.")


class NothingToPublish(Obstacle):
    sentence = _l("There is no draft of the terms to publish.")


class ExpiresTooSoon(Obstacle):
    sentence = _l("These terms would have expired already.")
    field = "expires_at"


class TermsChanged(Obstacle):
    sentence = _l(
        "The terms changed while you read them. This is the new version: read it before you agree."
    )


class FileRemoved(Obstacle):
    sentence = _l("This file was removed in the meantime.")


class CannotTake(Obstacle):
    """The sentence is that of the hindrance."""

    def __init__(self, hindrance: Hindrance) -> None:
        super().__init__()
        self.sentence = HINDRANCES[hindrance]


class NothingToState(Obstacle):
    sentence = _l("You have no agreement about these data that could end.")


class InTheFuture(Obstacle):
    sentence = _l("This day is still to come: delete the copies first.")
    field = "deleted_on"


# -- organizers: the data --------------------------------------------------------------------


def save_data_set(data_set: DataSet, *, by: User, **fields: Any) -> DataSet:
    """Keep a data set as written. What is public stays complete in both languages."""
    fresh = data_set.created_at is None
    for name, value in fields.items():
        setattr(data_set, name, value)
    begins, ends = data_set.available_from, data_set.available_until
    if begins and ends and begins >= ends:
        raise EndsBeforeItBegins
    if data_set.published_at and lacks(data_set):
        raise PublishedNeedsBoth
    db.session.add(data_set)
    db.session.flush()
    _record(Deed.DATA_SET_ADDED if fresh else Deed.DATA_SET_EDITED, data_set, by)
    return data_set


def publish_data_set(data_set: DataSet, *, by: User) -> DataSet:
    """From now on, those whom they concern see the data and can agree to the terms."""
    _lock(data_set)
    if lacks(data_set):
        raise NotReady
    if data_set.published_at is None:
        data_set.published_at = now()
        _record(Deed.DATA_SET_PUBLISHED, data_set, by)
    return data_set


def withdraw_data_set(data_set: DataSet, *, by: User) -> DataSet:
    """Hide the data at once, also from those who took them; what they promised still holds."""
    if data_set.published_at is not None:
        data_set.published_at = None
        _record(Deed.DATA_SET_WITHDRAWN, data_set, by)
    return data_set


def delete_data_set(data_set: DataSet, *, by: User) -> DataSet:
    _record(Deed.DATA_SET_DELETED, data_set, by)
    try:
        with db.session.begin_nested():
            db.session.delete(data_set)
    except IntegrityError:
        raise AlreadyAgreedTo from None
    return data_set


def receive(
    uploads: Iterable[tuple[str | None, IO[bytes]]],
    *,
    storage: Storage,
    limit: int,
    scanner: Scanner | None = None,
) -> list[Received]:
    """Write the files down, each of at most `limit` octets. Asks no database: hold none meanwhile.

    Raises FileTooLarge, EmptyFile, and what the scanner has against one.
    """
    received = []
    for given, stream in uploads:
        name = safe_name(given)
        scanned = scan(name, stream, scanner)
        try:
            stored = storage.keep(stream, limit)
        except TooLarge:
            raise FileTooLarge(name=name) from None
        if not stored.size or not name:
            raise EmptyFile(name=name or "?")
        received.append(Received(name, stored.digest, stored.size, scanned))
    return received


def add_files(data_set: DataSet, received: list[Received], *, by: User) -> DataSet:
    _lock(data_set)
    names = {file.name for file in data_set.files}
    for new in received:
        if new.name in names:
            raise NameInUse(name=new.name)
        names.add(new.name)
        data_set.files.append(DataFile(name=new.name, digest=new.digest, size=new.size))
        note_scan(new)
        _record(Deed.DATA_FILE_ADDED, data_set, by, file=new.name, digest=new.digest)
    db.session.flush()
    return data_set


def remove_file(file: DataFile, *, by: User) -> DataSet:
    """Take a file out: nobody can fetch it any more. Who took it stays in the record."""
    data_set = file.data_set
    _lock(data_set)
    if data_set.published_at and len(data_set.files) == 1 and not data_set.link:
        raise StillNeeded
    data_set.files.remove(file)
    _record(Deed.DATA_FILE_REMOVED, data_set, by, file=file.name, digest=file.digest)
    return data_set


# -- organizers: the terms -------------------------------------------------------------------


def write_terms(
    data_set: DataSet,
    *,
    body: Localized,
    expires_at: datetime | None,
    days_after_end: int | None,
    by: User,
) -> Terms:
    """Keep the draft of the next version; there is one at most."""
    _lock(data_set)
    terms = data_set.draft
    if terms is None:
        last = data_set.versions[-1].version if data_set.versions else 0
        terms = Terms(version=last + 1)
        data_set.versions.append(terms)
    terms.body, terms.expires_at, terms.days_after_end = body, expires_at, days_after_end
    db.session.flush()
    _record(Deed.DATA_TERMS_WRITTEN, data_set, by, version=terms.version)
    return terms


def publish_terms(data_set: DataSet, *, by: User) -> Terms:
    """From now on this version holds: whoever wants to take more agrees to it first.

    Whoever agreed to an earlier one hears of it, where they can see the data.
    """
    _lock(data_set)
    terms = data_set.draft
    if terms is None:
        raise NothingToPublish
    if not terms.body.complete:
        raise TermsNeedBothLanguages
    expiry = expiry_of(terms)
    if expiry is not None and expiry <= now():
        raise ExpiresTooSoon
    terms.published_at = now()
    db.session.flush()
    _record(Deed.DATA_TERMS_PUBLISHED, data_set, by, version=terms.version)
    if data_set.public:
        for acceptance in agreements_in_force(data_set):
            letters.terms_changed(acceptance, terms)
    return terms


# -- whoever works with them -----------------------------------------------------------------


def accept(data_set: DataSet, terms: Terms | None, *, by: User) -> Acceptance:
    """Agree to these terms; twice is once. Raises TermsChanged when newer ones are in force."""
    standing = _standing(by, data_set)
    if terms is None or standing.terms is None or terms.id != standing.terms.id:
        raise TermsChanged
    if standing.closed:
        raise CannotTake(standing.closed)
    if standing.accepted and standing.acceptance:
        return standing.acceptance
    if standing.acceptance:
        standing.acceptance.ended_at = now()
        db.session.flush()
    acceptance = Acceptance(data_set=data_set, terms=terms, user=by)
    db.session.add(acceptance)
    db.session.flush()
    _record(Deed.DATA_TERMS_ACCEPTED, data_set, by, version=terms.version)
    return acceptance


def take(data_set: DataSet, file: DataFile | None, *, by: User) -> Taking:
    """Note that the person takes the file (None: the link), which they can then fetch for a while.

    Who asks again meanwhile gets the same taking. Raises CannotTake, FileRemoved, VirusInIt.
    """
    standing = _standing(by, data_set)
    if file and file not in data_set.files:
        raise FileRemoved
    if file:
        without_virus(file.digest)
    if standing.hindrance or standing.acceptance is None:
        raise CannotTake(standing.hindrance or Hindrance.NOT_ACCEPTED)
    if taking := standing.taking_of(file.digest if file else None):
        return taking
    taking = Taking(
        acceptance=standing.acceptance,
        name=file.name if file else data_set.link,
        digest=file.digest if file else None,
        size=file.size if file else None,
    )
    db.session.add(taking)
    db.session.flush()
    version = standing.acceptance.terms.version
    _record(Deed.DATA_TAKEN, data_set, by, file=taking.name, version=version)
    return taking


def state(data_set: DataSet, *, deleted_on: date, today: date, kept: str, by: User) -> Statement:
    """Say what became of the copies. It ends the person's agreement: nothing more is taken on it.

    `kept` is what they keep and why, empty when everything is deleted.
    """
    standing = _standing(by, data_set)
    if standing.acceptance is None:
        raise NothingToState
    if deleted_on > today:
        raise InTheFuture
    statement = Statement(data_set=data_set, user=by, deleted_on=deleted_on, kept=kept)
    db.session.add(statement)
    for acceptance in unstated(by, data_set):
        acceptance.statement = statement
        acceptance.ended_at = acceptance.ended_at or now()
    db.session.flush()
    _record(Deed.DATA_KEPT if kept else Deed.DATA_DELETION_STATED, data_set, by)
    return statement


# -- asking for statements -------------------------------------------------------------------


def ask_for_statements() -> int:
    """Write to whoever holds files under terms that have expired; returns how many letters.

    Each acceptance counts its letters, and only whoever raises the count writes: two workers at
    once, or one that was away for weeks, write no letter twice.
    """
    written = 0
    for terms in terms_held(letters=len(PAUSES)):
        expiry = expiry_of(terms)
        due = sum(expiry + pause <= now() for pause in PAUSES) if expiry else 0
        if not due or written >= BATCH:
            continue
        for acceptance in held_under(terms, due, BATCH - written):
            written += _ask(acceptance, expiry, Acceptance.asked == acceptance.asked, asked=due)
    return written


def remind(data_set: DataSet, *, by: User) -> int:
    """Ask everyone who holds files, but nobody twice in a day; returns how many letters."""
    before = now() - ONE_A_DAY
    rested = or_(Acceptance.asked_at.is_(None), Acceptance.asked_at <= before)
    count = sum(_ask(each, expiry_of(each.terms), rested) for each in holders(data_set))
    if count:
        _record(Deed.DATA_HOLDERS_REMINDED, data_set, by, count=count)
    return count


def _ask(
    acceptance: Acceptance, expiry: datetime | None, still: ColumnElement[bool], **values: Any
) -> int:
    """Write the letter if the row is still so; returns how many letters that was."""
    claimed = db.session.execute(
        update(Acceptance)
        .where(Acceptance.id == acceptance.id, Acceptance.ended_at.is_(None), still)
        .values(asked_at=now(), **values)
        .execution_options(synchronize_session=False)
    )
    if not claimed.rowcount:  # type: ignore[attr-defined]
        return 0
    letters.statement_due(acceptance, expiry)
    return 1


# --------------------------------------------------------------------------------------------


def _lock(data_set: DataSet) -> None:
    """One after the other, and each sees what the one before did; foreign keys need not wait."""
    db.session.execute(
        select(DataSet)
        .where(DataSet.id == data_set.id)
        .options(selectinload(DataSet.files), selectinload(DataSet.versions))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _standing(user: User, data_set: DataSet) -> Standing:
    """Where the person stands, once nobody else can change it."""
    _lock(data_set)
    return standing_of(user, data_set)


def _record(deed: Deed, data_set: DataSet, by: User, **details: Any) -> None:
    record(deed, by=by, competition=data_set.competition, subject=str(data_set.title), **details)
