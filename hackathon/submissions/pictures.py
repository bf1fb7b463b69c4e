"""Pictures of the project: files of the draft that are shown, each with a text beside it."""

import io
from collections.abc import Iterable
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from ..accounts.models import User
from ..extensions import db
from ..ground.kinds import ending_of
from ..ground.obstacle import Obstacle
from ..ground.pictures import ENDINGS, Copy, NoPicture, drawn_anew
from ..ground.scans import without_virus
from ..teams.models import Team
from .actions import _touched, hold
from .models import File, Submission
from .queries import submission_of


class FileGone(Obstacle):
    sentence = _l("This file was removed from the draft meanwhile.")


def may_be_shown(file: File) -> bool:
    """It is already, or may be by its name; whether it is a picture shows when it is drawn anew."""
    return bool(file.drawn) or ending_of(file.name) in ENDINGS


def file_in_draft(team: Team, digest: str) -> File | None:
    submission = submission_of(team)
    return _among(submission.files, digest) if submission else None


def copy_of(submission: Submission, digest: str) -> str:
    """What is shown of the picture with this SHA-256; empty where it is none of the project's."""
    for file in submission.files:
        if file.digest == digest and file.drawn:
            return file.drawn
    for version in reversed(submission.versions):
        for entry in version.content["files"]:
            if entry["sha256"] == digest and entry.get("drawn"):
                return str(entry["drawn"])
    return ""


def draw(digest: str) -> Copy:
    """The copy of a stored file. Takes its time, so no database is held meanwhile."""
    without_virus(digest)
    db.session.rollback()
    with current_app.extensions["storage"].open(digest) as file:
        return drawn_anew(file)


def show(team: Team, digest: str, copy: Copy, *, alt: str, cover: bool, by: User) -> File:
    """Let the file be shown as a picture; as the cover, in the place of any other."""
    submission = hold(team)
    file = _among(submission.files, digest)
    if file is None:
        raise FileGone
    if not may_be_shown(file):
        raise NoPicture
    storage = current_app.extensions["storage"]
    stored = storage.keep(io.BytesIO(copy.octets), len(copy.octets))
    for each in submission.files:
        each.cover = each.cover and not cover
    db.session.flush()  # there is one cover at any time
    file.alt, file.drawn, file.cover = alt, stored.digest, cover
    file.width, file.height = copy.width, copy.height
    _touched(submission, by)
    return file


def hide(team: Team, digest: str, *, by: User) -> File:
    """The file stays, as a download alone."""
    submission = hold(team)
    file = _among(submission.files, digest)
    if file is None:
        raise FileGone
    file.alt, file.drawn, file.cover, file.width, file.height = "", "", False, 0, 0
    _touched(submission, by)
    return file


def _among(files: Iterable[Any], digest: str) -> Any:
    return next((file for file in files if file.digest == digest), None)
