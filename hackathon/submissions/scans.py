"""Asking the virus scanner later, when it was away, and telling organizers what it found.

Here, since this is the first room that sees every file there is: documents, answers, data, work.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from ..competitions.models import Competition, Document
from ..datasets.models import DataFile, DataSet
from ..extensions import db
from ..ground.scans import ask_about_one
from ..journal.actions import record
from ..journal.deeds import Deed
from ..questions.models import Kind
from ..registrations.models import Answer, ConsentText
from ..teams.models import TeamAnswer
from .answers import answers_for, files_of
from .models import File, Submission, SubmissionAnswer, Version

Holder = tuple[Competition, Any, str]
"""A competition, whose file it is there (a name or a title), and what the file is called."""


def scan_waiting() -> int:
    """Ask about one file that waits; returns how many deeds."""
    scan = ask_about_one()
    if scan is None:
        return 0
    for competition, whose, name in _holders(scan.digest) if scan.virus else ():
        record(
            Deed.VIRUS_FOUND,
            by=None,
            competition=competition,
            subject=str(whose),
            name=name,
            virus=scan.virus,
        )
    return 1


def _holders(digest: str) -> Iterator[Holder]:
    """Everywhere the file can be fetched from."""
    for document in db.session.scalars(select(Document).where(Document.digest == digest)):
        yield document.competition, document.title, document.file_name
    for text in db.session.scalars(select(ConsentText).where(ConsentText.digest == digest)):
        yield text.competition, text.title, text.file_name or ""
    for answer in _answers(Answer, digest):
        entry = answer.registration
        yield entry.competition, entry.user.name, answer.value["name"]
    for answer in _answers(TeamAnswer, digest):
        yield answer.team.competition, answer.team.name, answer.value["name"]
    of_data = select(DataFile).join(DataFile.data_set).where(DataFile.digest == digest)
    for file in db.session.scalars(of_data.order_by(DataSet.id)):
        yield file.data_set.competition, file.data_set.title, file.name
    yield from _work(digest)


def _answers(kind: Any, digest: str) -> list[Any]:
    found = select(kind).where(kind.kind == Kind.FILE, kind.value["digest"].as_string() == digest)
    return list(db.session.scalars(found))


def _work(digest: str) -> list[Holder]:
    """The teams that have the file in their draft or handed it in."""
    found: dict[Any, Holder] = {}
    drafted = select(File).where(File.digest == digest).join(File.submission)
    for file in db.session.scalars(drafted):
        team = file.submission.team
        found[team.id] = (team.competition, team.name, file.name)
    for answer in _answers(SubmissionAnswer, digest):
        team = answer.submission.team
        found[team.id] = (team.competition, team.name, answer.value["name"])
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
                found[team.id] = (team.competition, team.name, entry["name"])
    return list(found.values())
