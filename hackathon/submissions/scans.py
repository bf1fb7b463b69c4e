"""What the virus scanner says of files: asked when they come, or later when it was away."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from ..accounts.models import User
from ..extensions import db
from ..ground.clock import now
from ..ground.receiving import Infected, Received
from ..ground.scanning import Away
from ..journal.actions import record
from ..journal.deeds import Deed
from ..questions.models import Kind
from ..teams.models import Team
from .answers import answers_for, files_of
from .models import File, Scan, ScanState, Submission, SubmissionAnswer, Version

PAUSE = timedelta(minutes=1)
"""Between two tries while the scanner is away."""


# -- reads -------------------------------------------------------------------------------------


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


# -- deeds -------------------------------------------------------------------------------------


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


def note_viruses(team: Team, refusal: Exception, *, by: User) -> int:
    """Write in the journal which files were refused for what is in them; returns how many."""
    found = [each for each in getattr(refusal, "refusals", ()) if isinstance(each, Infected)]
    for each in found:
        record(
            Deed.VIRUS_FOUND,
            by=by,
            competition=team.competition,
            subject=team.name,
            name=each.facts["name"],
            virus=each.facts["virus"][:200],
        )
    return len(found)


def scan_waiting() -> int:
    """Ask about one file that was taken while the scanner was away; returns how many deeds.

    Nothing is held while the scanner thinks.
    """
    scanner = current_app.extensions["scanner"]
    if scanner is None:
        return 0
    waiting = select(Scan).where(Scan.state == ScanState.WAITING, Scan.tried_at < now() - PAUSE)
    scan = db.session.scalar(waiting.order_by(Scan.tried_at).limit(1))
    if scan is None:
        return 0
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
        return 0
    scan.tried_at = now()
    if virus is None:
        return 0
    scan.state = ScanState.INFECTED if virus else ScanState.CLEAN
    scan.virus = virus[:200]
    for team, name in _teams_with(digest) if virus else ():
        record(
            Deed.VIRUS_FOUND,
            by=None,
            competition=team.competition,
            subject=team.name,
            name=name,
            virus=scan.virus,
        )
    return 1


def _teams_with(digest: str) -> list[tuple[Team, str]]:
    """The teams that have the file in their draft or handed it in, and what they call it."""
    found: dict[Any, tuple[Team, str]] = {}
    drafted = select(File).where(File.digest == digest).join(File.submission)
    for file in db.session.scalars(drafted):
        found[file.submission.team_id] = (file.submission.team, file.name)
    answers = select(SubmissionAnswer).where(SubmissionAnswer.kind == Kind.FILE)
    for row in db.session.scalars(answers).yield_per(100):
        if row.value["digest"] == digest:
            found[row.submission.team_id] = (row.submission.team, row.value["name"])
    handed_in = (
        select(Version)
        .join(Version.submission)
        .where(~Submission.id.in_(select(File.submission_id).where(File.digest == digest)))
    )
    for version in db.session.scalars(handed_in).yield_per(100):
        answers = answers_for(version, None)
        for entry in files_of(version.content, answers):
            if entry["sha256"] == digest:
                team = version.submission.team
                found[team.id] = (team, entry["name"])
    return list(found.values())
