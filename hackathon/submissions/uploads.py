"""Files that come in pieces: begun, gone on with, finished, given up or forgotten.

The octets of a piece are on disk before its row says so; after a crash the shorter of the two is
trusted, and the sender goes on from there.
"""

import re
import uuid
from datetime import timedelta
from typing import IO, Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.actions import let_in_late
from ..competitions.models import Gate
from ..extensions import db
from ..ground.clock import now
from ..ground.kinds import ending_of
from ..ground.pieces import Parts, write_at
from ..ground.receiving import FileRefused, Received, check_announced
from ..ground.scans import virus_in
from ..ground.storage import safe_name
from ..teams.models import Team
from ..teams.queries import opening_for
from .actions import MOST_FILES, TooManyFiles, add_files
from .models import Submission, Upload
from .queries import Attachment, attachment_of, submission_of

MOST_UNFINISHED = 10
LIFETIME = timedelta(days=2)
"""How long after its last piece an unfinished upload is kept."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


class TooManyUnfinished(FileRefused):
    sentence = _l(
        "Your team has %(most)s uploads that are not finished. Finish one or give one up first."
    )


class NoRoom(FileRefused):
    sentence = _l(
        "The site has no room for this file at the moment. Try again in an hour; if that does not "
        "help, write to the organizers."
    )


class WrongOffset(FileRefused):
    sentence = _l("What has arrived of %(name)s ends elsewhere. Ask where, then go on from there.")


class TooMuch(FileRefused):
    sentence = _l("More came of %(name)s than was announced. Send it again from the start.")


class NotAsAnnounced(FileRefused):
    sentence = _l(
        "%(name)s did not arrive as it was announced: part of it may come from another file. Send "
        "it again from the start."
    )


class UploadGone(FileRefused):
    sentence = _l("This upload was finished or given up meanwhile.")


# -- reads -------------------------------------------------------------------------------------


def upload_in(key: str, *, team: Team, **_: Any) -> Upload | None:
    """The upload of this team that an address names."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    return db.session.scalar(
        select(Upload).where(
            Upload.id == wanted, Upload.team_id == team.id, Upload.expires_at > now()
        )
    )


def unfinished_of(team: Team) -> list[Upload]:
    """What is still coming, the oldest first."""
    return list(
        db.session.scalars(
            select(Upload)
            .where(Upload.team_id == team.id, Upload.expires_at > now())
            .options(joinedload(Upload.by))
            .order_by(Upload.created_at)
        )
    )


def parts() -> Parts:
    """Where the octets of unfinished uploads lie."""
    return Parts(current_app.config["SETTINGS"].data_dir / "uploads")


def arrived(upload: Upload) -> int:
    """How much of it is sure to be there."""
    return min(upload.received, parts().size(upload.id))


def known_file(team: Team, digest: str, name: str) -> Attachment | None:
    """The file with this content, where this very team has handed it in or added it before.

    Other teams' files are never looked at. The name must still fit what is in it.
    """
    submission = submission_of(team)
    found = attachment_of(submission, digest) if submission and not virus_in(digest) else None
    return found if found and ending_of(found.name) == ending_of(name) else None


# -- deeds -------------------------------------------------------------------------------------


def add_known(team: Team, *, digest: str, name: str, by: User) -> Attachment | None:
    """Put a file that the team has already into the draft; None when it has no such file."""
    name = safe_name(name)
    found = known_file(team, digest, name) if _DIGEST.fullmatch(digest) else None
    if found:
        add_files(team, [Received(name, found.digest, found.size)], by=by)
    return found


def begin(team: Team, *, name: str, size: int, digest: str, by: User) -> Upload:
    """Expect a file of this size. Everything that can be refused before it comes is refused now.

    Raises FileRefused.
    """
    settings = current_app.config["SETTINGS"]
    name = safe_name(name)
    check_announced(name, size, settings.upload_limit)
    db.session.refresh(team, with_for_update={"key_share": True})
    names = {file.name for file in _files_of(team)}
    if name not in names and len(names) >= MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    if len(unfinished_of(team)) >= MOST_UNFINISHED:
        raise TooManyUnfinished(most=MOST_UNFINISHED)
    taken = db.session.scalar(select(func.coalesce(func.sum(Upload.size), 0))) or 0
    if taken + size > settings.upload_room:
        raise NoRoom
    upload = Upload(
        team=team,
        by=by,
        name=name,
        size=size,
        digest=digest if _DIGEST.fullmatch(digest) else "",
        expires_at=now() + LIFETIME,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def append(upload: Upload, part: IO[bytes], *, offset: int, piece: bytes) -> Upload:
    """Put a piece where the sender says that it goes on. Whoever calls holds the part file.

    Raises WrongOffset, TooMuch, UploadGone, NoRoom; none of them changes anything.
    """
    upload = hold(upload.id)
    if offset != arrived(upload):
        raise WrongOffset(name=upload.name)
    if offset + len(piece) > upload.size:
        raise TooMuch(name=upload.name)
    try:
        upload.received = write_at(part, offset, piece)
    except OSError as error:
        raise NoRoom from error
    upload.expires_at = now() + LIFETIME
    db.session.flush()
    return upload


def finish(team: Team, key: uuid.UUID, received: Received, *, by: User) -> Submission:
    """Add the file, which was looked into and kept, to the draft, and expect it no longer.

    One that was finished by grace is written in the journal, once, however many pieces came late.
    Raises UploadGone, NotAsAnnounced and what `add_files` does.
    """
    submission = add_files(team, [received], by=by)  # first, as everyone who changes a team's work
    upload = hold(key)
    if upload.digest and upload.digest != received.digest:
        raise NotAsAnnounced(name=upload.name)
    opening = opening_for(team, Gate.SUBMISSION)
    if opening.overtime is not None:
        let_in_late(opening, by=by, competition=team.competition)
    db.session.delete(upload)
    db.session.flush()
    return submission


def give_up(key: uuid.UUID) -> None:
    """Expect the file no longer."""
    db.session.execute(delete(Upload).where(Upload.id == key))


def sweep() -> int:
    """Forget what nobody went on with, and octets that no row knows; returns how many rows."""
    gone = db.session.scalars(delete(Upload).where(Upload.expires_at <= now()).returning(Upload.id))
    expired = list(gone)
    for key in expired:
        parts().remove(key)
    parts().remove_older_than(now() - 2 * LIFETIME)  # by the disk's clock, which may be another
    return len(expired)


# -- underneath --------------------------------------------------------------------------------


def hold(key: uuid.UUID) -> Upload:
    upload = db.session.scalar(
        select(Upload)
        .where(Upload.id == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if upload is None:
        raise UploadGone
    return upload


def _files_of(team: Team) -> list[Any]:
    submission = submission_of(team)
    return submission.files if submission else []
