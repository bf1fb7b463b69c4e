"""Asking for an archive, making it in the worker, and letting go of it after some days."""

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.obstacle import Obstacle
from ..ground.scans import Scan, ScanState
from ..journal.actions import record
from ..journal.deeds import Deed
from .archiving import write_archive
from .models import Archive

LEASE = timedelta(minutes=10)
OFFERED = timedelta(days=7)

log = structlog.get_logger()


class AlreadyMaking(Obstacle):
    sentence = _l("An archive is being made already. Wait until it is there, or take it back.")


class Overtaken(Exception):
    """Another worker has it now, or it was taken back."""


def archives_of(competition: Competition) -> Select[tuple[Archive]]:
    """Every archive that was asked for, the newest first."""
    return (
        select(Archive)
        .where(Archive.competition_id == competition.id)
        .options(joinedload(Archive.by))
        .order_by(Archive.created_at.desc(), Archive.id.desc())
    )


def ask_for_archive(competition: Competition, *, personal: bool, files: bool, by: User) -> Archive:
    """Let the worker make one. Raises AlreadyMaking."""
    db.session.execute(
        select(Competition.id)
        .where(Competition.id == competition.id)
        .with_for_update(key_share=True)
    )
    waiting = archives_of(competition).where(Archive.finished_at.is_(None))
    if db.session.scalar(waiting) is not None:
        raise AlreadyMaking
    archive = Archive(competition=competition, personal=personal, files=files, by=by)
    db.session.add(archive)
    db.session.flush()
    deed = Deed.ARCHIVE_ASKED_PERSONAL if personal else Deed.ARCHIVE_ASKED
    record(deed, by=by, competition=competition)
    return archive


def take_back(archive: Archive, *, by: User) -> Archive:
    """It is offered no more; the worker stops making it."""
    db.session.refresh(archive, with_for_update={"of": Archive})
    if archive.finished_at is None or archive.digest:
        record(Deed.ARCHIVE_REMOVED, by=by, competition=archive.competition)
    archive.finished_at, archive.digest = archive.finished_at or now(), ""
    db.session.flush()
    return archive


def let_go_of_archives() -> int:
    """What was offered for long enough; the sweep takes the files. Returns how many."""
    gone = db.session.execute(
        update(Archive)
        .where(Archive.digest != "", Archive.expires_at <= now())
        .values(digest="")
        .execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def make_archives() -> int:
    """Make one that waits; returns how many were looked at.

    It is claimed first, and read through a connection of its own, all at one moment; the claim is
    renewed with every step, so that another worker goes on where one died.
    """
    moment = now()
    archive = db.session.scalar(
        select(Archive)
        .where(
            Archive.finished_at.is_(None),
            or_(Archive.claimed_until.is_(None), Archive.claimed_until < moment),
        )
        .options(joinedload(Archive.competition))
        .order_by(Archive.id)
        .limit(1)
        .with_for_update(of=Archive, skip_locked=True)
    )
    if archive is None:
        return 0
    archive.claimed_until = moment + LEASE
    key, personal, files = archive.id, archive.personal, archive.files
    competition = {
        "id": archive.competition_id,
        "slug": archive.competition.slug,
        "name": archive.competition.name,
    }
    db.session.commit()
    try:
        _make(key, moment + LEASE, competition, personal=personal, files=files)
    except Overtaken:
        db.session.rollback()
    except Exception:  # whatever is wrong with one, the worker goes on
        log.exception("archive_failed", archive=str(key))
        db.session.rollback()
        db.session.execute(
            update(Archive)
            .where(Archive.id == key, Archive.finished_at.is_(None))
            .values(finished_at=now(), failed_at=now())
            .execution_options(synchronize_session=False)
        )
        db.session.commit()
    return 1


def _make(
    key: UUID, claim: datetime, competition: dict[str, Any], *, personal: bool, files: bool
) -> None:
    storage = current_app.extensions["storage"]
    going_on = _progress(key, claim)
    infected = set(db.session.scalars(select(Scan.digest).where(Scan.state == ScanState.INFECTED)))
    db.session.rollback()
    data_dir = current_app.config["SETTINGS"].data_dir
    with tempfile.TemporaryFile(dir=data_dir) as file:
        with _one_moment() as connection:
            write_archive(
                file,
                connection,
                storage,
                competition,
                personal=personal,
                files=files,
                infected=infected,
                told=going_on,
            )
        size = file.tell()
        file.seek(0)
        stored = storage.keep(file, size)
    moment = now()
    done = db.session.execute(
        update(Archive)
        .where(Archive.id == key, Archive.finished_at.is_(None))
        .values(
            finished_at=moment,
            digest=stored.digest,
            size=stored.size,
            expires_at=moment + OFFERED,
        )
        .execution_options(synchronize_session=False)
    )
    if done.rowcount:  # type: ignore[attr-defined]
        record(
            Deed.ARCHIVE_MADE,
            by=None,
            competition=db.session.get(Competition, competition["id"]),
            subject=stored.digest,
        )
    db.session.commit()


def _one_moment() -> Any:
    """A connection that sees the database as it is at its first read, whatever is written since.

    On SQLite a transaction that only reads does so by itself.
    """
    connection = db.engine.connect()
    if db.engine.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def _progress(key: UUID, claim: datetime) -> Callable[[int, int], None]:
    """Writes down how far it is and renews the claim. Raises Overtaken."""
    held = claim

    def told(step: int, steps: int) -> None:
        nonlocal held
        until = now() + LEASE
        still = db.session.execute(
            update(Archive)
            .where(
                Archive.id == key,
                Archive.finished_at.is_(None),
                Archive.claimed_until == held,
            )
            .values(step=step, steps=steps, claimed_until=until)
            .execution_options(synchronize_session=False)
        )
        db.session.commit()
        if not still.rowcount:  # type: ignore[attr-defined]
            raise Overtaken
        held = until

    return told
