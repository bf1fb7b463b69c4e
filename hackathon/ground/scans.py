"""What the virus scanner says of stored files, by what is in them: asked when they come, or later
when it was away. What is infected is given out to nobody."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import Response, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import Enum, String, select
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import db
from .clock import now
from .model import Model, named
from .obstacle import Obstacle
from .receiving import Received
from .scanning import Away

PAUSE = timedelta(minutes=1)
"""Between two tries while the scanner is away."""


class VirusInIt(Obstacle):
    sentence = _l("A virus was found in this file (%(virus)s), so it is not given out.")


class ScanState(StrEnum):
    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"


class Scan(Model):
    """What the virus scanner says of the file with this content; no row where none was asked."""

    __tablename__ = "scan"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[ScanState] = mapped_column(Enum(ScanState, **named(8)), index=True)
    virus: Mapped[str] = mapped_column(String(200), default="")
    tried_at: Mapped[datetime]


def scans_of(files: Iterable[Any]) -> dict[str, str]:
    """What is known of these files, by SHA-256. They are rows, or what a version froze.

    Nothing where no scanner is set, at no cost.
    """
    if current_app.extensions["scanner"] is None:
        return {}
    digests = [file["sha256"] if isinstance(file, dict) else file.digest for file in files]
    found = db.session.execute(select(Scan.digest, Scan.state).where(Scan.digest.in_(digests)))
    return {digest: state.value for digest, state in found}


def virus_in(digest: str) -> str:
    """What was found in the file; empty where nothing was."""
    found = select(Scan.virus).where(Scan.digest == digest, Scan.state == ScanState.INFECTED)
    return db.session.scalar(found) or ""


def without_virus(digest: str) -> None:
    """Raises VirusInIt."""
    if virus := virus_in(digest):
        raise VirusInIt(virus=virus)


def download(digest: str, name: str) -> Response:
    """The file as a download. Raises VirusInIt."""
    without_virus(digest)
    answer: Response = current_app.extensions["storage"].download(digest, name)
    return answer


def note_scan(received: Received) -> None:
    """Write down what the scanner said of a file that was taken, or that it has to be asked."""
    if received.scanned is None:
        return
    state = ScanState.CLEAN if received.scanned else ScanState.WAITING
    scan = db.session.scalar(select(Scan).where(Scan.digest == received.digest))
    if scan is None:
        db.session.add(Scan(digest=received.digest, state=state, tried_at=now()))
    elif received.scanned:
        scan.state, scan.tried_at = state, now()


def ask_about_one() -> Scan | None:
    """Ask about one file that was taken while the scanner was away; None where nothing came of it.

    Nothing is held while the scanner thinks.
    """
    scanner = current_app.extensions["scanner"]
    if scanner is None:
        return None
    waiting = select(Scan).where(Scan.state == ScanState.WAITING, Scan.tried_at < now() - PAUSE)
    scan = db.session.scalar(waiting.order_by(Scan.tried_at).limit(1))
    if scan is None:
        return None
    digest = scan.digest
    db.session.rollback()
    virus: str | None
    try:
        with current_app.extensions["storage"].open(digest) as file:
            virus = scanner.finds(file)
    except (Away, FileNotFoundError):
        virus = None
    scan = db.session.scalar(select(Scan).where(Scan.digest == digest).with_for_update())
    if scan is None:
        return None
    scan.tried_at = now()
    if virus is None:
        return None
    scan.state = ScanState.INFECTED if virus else ScanState.CLEAN
    scan.virus = virus[:200]
    return scan
