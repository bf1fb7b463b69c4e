"""Preparing work for blind judging, deciding what judges read of it, and clearing it."""

import io
import secrets
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select, update

from ..accounts.models import User
from ..competitions.models import Competition, Round
from ..competitions.timetable import State
from ..extensions import db
from ..ground.clock import now
from ..ground.kinds import ending_of
from ..ground.obstacle import Obstacle
from ..ground.receiving import Received
from ..ground.scans import note_scan
from ..ground.transaction import let_go
from ..journal.actions import record
from ..journal.deeds import Deed
from ..submissions.models import Submission, Version
from ..teams.models import Team
from .cleaning import NotClean, cleaned
from .models import Copy, Lot, Made, Redaction
from .queries import (
    Desk,
    copies_of,
    counted,
    desk_of,
    files_in,
    last_version,
    redaction_of,
    replaced,
)

AT_ONCE = 20
"""Versions that one round of the worker takes."""
LEASE = timedelta(minutes=10)
MOST_OCTETS = 200 * 1024 * 1024
NAMES = {
    **dict.fromkeys(("png", "jpg", "jpeg", "webp"), "image"),
    **{"mp4": "video", "zip": "archive", "ipynb": "notebook"},
}
"""What a file is called instead of its name, beside its number: words of both languages."""


class Overtaken(Obstacle):
    sentence = _l(
        "Something changed since this page was shown: another version, other names or another "
        "organizer. This is how it stands now."
    )


class NotPrepared(Obstacle):
    sentence = _l("The site is still preparing this version. Come back in a minute.")


class Undecided(Obstacle):
    sentence = _l(
        "Decide first on every address and every file: whether judges see it. That lacks: "
        "%(number)s."
    )


class StillThere(Obstacle):
    sentence = _l(
        "What was written by hand still says: %(words)s. Take it out, or say that it may stay."
    )


class ClearedAlready(Obstacle):
    sentence = _l("This version is cleared. Take that back before you change anything.")


class NotCleared(Obstacle):
    sentence = _l("This version is not cleared.")


class RoundGone(Obstacle):
    sentence = _l("This round is not there any more as the page showed it. Look at the page again.")


class JudgingGoesOn(Obstacle):
    sentence = _l("Judging is not over, so judges go on without names.")


# -- the worker ------------------------------------------------------------------------------


def prepare_work() -> int:
    """Draw numbers, and open a redaction for what was handed in where judging is to be blind;
    returns how many."""
    unprepared = counted().where(
        ~select(Redaction.id).where(Redaction.version_id == Version.id).exists()
    )
    done = 0
    for key in db.session.scalars(unprepared.with_only_columns(Submission.id).limit(AT_ONCE)).all():
        submission = db.session.scalar(
            select(Submission).where(Submission.id == key).with_for_update(skip_locked=True)
        )
        version = last_version(submission) if submission else None
        if version is not None and redaction_of(version) is None:
            prepare(version)
            done += 1
    return done


def prepare(version: Version) -> Redaction:
    """Open the redaction of a version. What is the same as in the one before stays decided."""
    submission = version.submission
    draw_lot(submission)
    before = db.session.scalar(
        select(Redaction)
        .join(Redaction.version)
        .where(Version.submission_id == submission.id, Version.id != version.id)
        .order_by(Version.number.desc())
        .limit(1)
    )
    redaction = Redaction(
        version=version,
        stands=list(before.stands) if before else [],
        edited=dict(before.edited) if before else {},
        links=dict(before.links) if before else {},
        cleared={},
    )
    db.session.add(redaction)
    known = copies_of(submission)
    for file in files_in(version):
        if file["sha256"] not in known:
            word = NAMES.get(ending_of(file["name"]), "document")
            name = f"{word}-{len(known) + 1}"
            known[file["sha256"]] = Copy(
                submission=submission, original=file["sha256"], name=name, made=Made.WAITING
            )
            db.session.add(known[file["sha256"]])
    db.session.flush()
    return redaction


def draw_lot(submission: Submission) -> None:
    """Give the submission its number, of so many that half of them stay free: so neither their
    order nor how large they are tells who came when."""
    if db.session.scalar(select(Lot.id).where(Lot.submission_id == submission.id)):
        return
    competition_id = submission.competition_id
    # Who draws at the same moment waits.
    db.session.execute(
        select(Competition.id).where(Competition.id == competition_id).with_for_update()
    )
    drawn = set(db.session.scalars(select(Lot.number).where(Lot.competition_id == competition_id)))
    teams = db.session.scalar(
        select(func.count(Team.id)).where(Team.competition_id == competition_id)
    )
    most = 100
    while most < 2 * max(teams or 0, len(drawn) + 1):
        most *= 10
    free = [number for number in range(1, most) if number not in drawn]
    db.session.add(
        Lot(competition_id=competition_id, submission=submission, number=secrets.choice(free))
    )
    db.session.flush()


def make_copies() -> int:
    """Make the copy of one file without metadata; returns how many were tried.

    It is claimed first, and nothing is held while it is made.
    """
    moment = now()
    waiting = (
        Copy.made == Made.WAITING,
        or_(Copy.claimed_until.is_(None), Copy.claimed_until < moment),
    )
    copy = db.session.scalar(
        select(Copy).where(*waiting).order_by(Copy.id).limit(1).with_for_update(skip_locked=True)
    )
    if copy is None:
        return 0
    key, original, name = copy.id, copy.original, copy.name
    copy.claimed_until = moment + LEASE
    db.session.commit()  # the claim, so that another worker takes another
    storage = current_app.extensions["storage"]
    after: dict[str, Any] = {"made": Made.UNABLE}
    let_go()
    try:
        with storage.open(original) as file:
            octets, ending = cleaned(file)
        stored = storage.keep(io.BytesIO(octets), MOST_OCTETS)
        after = {
            **{"made": Made.CLEAN, "digest": stored.digest, "size": stored.size},
            "name": f"{name}.{ending}",
        }
    except (NotClean, FileNotFoundError):
        pass
    db.session.execute(
        update(Copy)
        .where(Copy.id == key, Copy.made == Made.WAITING)
        .values(**after, claimed_until=None)
        .execution_options(synchronize_session=False)
    )
    return 1


# -- the desk --------------------------------------------------------------------------------


def decide(
    redaction: Redaction,
    *,
    seen: str,
    stands: list[str],
    texts: Mapping[str, str],
    links: Mapping[str, bool],
    files: Mapping[uuid.UUID, bool],
    by: User,
) -> Redaction:
    """Keep what was decided. `texts` are parts by their key as they are on the page: what differs
    from what the site proposed there was written by hand.

    Raises Overtaken when the page is not `seen` as it would be now.
    """
    desk = _held(redaction, seen)
    edited = dict(redaction.edited)
    for each in desk.parts:
        text = texts.get(each.part.key, each.text)
        made = replaced(each.part, each.finds, set(redaction.stands))
        edited.pop(each.part.key, None)
        if _typed(text) != _typed(made):
            edited[each.part.key] = {"of": each.part.fingerprint, "text": text}
    found = {find.key for find, _ in desk.words}
    redaction.stands = sorted({*(set(redaction.stands) - found), *(found & set(stands))})
    redaction.edited = edited
    redaction.links = {**redaction.links, **links}
    for file, copy in desk.files:
        if copy is not None and copy.id in files and copy.made is not Made.WAITING:
            _show(copy, file, files[copy.id])
    db.session.flush()
    return redaction


def _typed(text: str) -> str:
    """As a form sends it."""
    return text.replace("\r\n", "\n").strip()


def _show(copy: Copy, file: Mapping[str, Any], shown: bool) -> None:
    if shown and copy.made is Made.UNABLE and not copy.digest:
        copy.digest, copy.size = copy.original, file["size"]
        copy.name = f"{copy.name}.{ending_of(file['name'])}"
    copy.shown = shown


def clear(redaction: Redaction, *, seen: str, by: User) -> Redaction:
    """Let judges read this version as it stands decided. One that was handed in meanwhile, or that
    somebody decided on meanwhile, is another one."""
    desk = _held(redaction, seen)
    if desk.waiting:
        raise NotPrepared
    if desk.undecided:
        raise Undecided(number=desk.undecided)
    if left := [find.word for each in desk.parts for find in each.left]:
        raise StillThere(words=", ".join(dict.fromkeys(left)))
    redaction.cleared = {
        each.part.key: {"of": each.part.fingerprint, "text": each.text} for each in desk.parts
    }
    redaction.cleared_at, redaction.cleared_by = now(), by
    db.session.flush()
    _note(Deed.WORK_CLEARED, redaction, by)
    return redaction


def reopen(redaction: Redaction, *, by: User) -> Redaction:
    """Judges cannot open it until it is cleared again."""
    _lock(redaction)
    if redaction.cleared_at is None:
        raise NotCleared
    redaction.cleared, redaction.cleared_at, redaction.cleared_by = {}, None, None
    db.session.flush()
    _note(Deed.WORK_NOT_CLEARED, redaction, by)
    return redaction


def replace(redaction: Redaction, copy: Copy, received: Received, *, by: User) -> Copy:
    """Give judges this file in the place of another one."""
    _lock(redaction)
    if redaction.cleared_at is not None:
        raise ClearedAlready
    note_scan(received)
    copy.made, copy.digest, copy.size = Made.BY_HAND, received.digest, received.size
    stem = copy.name.partition(".")[0]
    copy.name, copy.shown = f"{stem}.{ending_of(received.name)}", True
    db.session.flush()
    _note(Deed.FILE_REDACTED, redaction, by, name=copy.name)
    return copy


def unblind(round_: Round, *, by: User) -> Round:
    """Show judges whose work they judged in the round that is judged, once it is over. There is no
    way back, and a later blind round stays blind. Raises JudgingGoesOn."""
    opening = current_app.extensions["judging_of"](round_.competition)
    if opening.state is not State.CLOSED or opening.gate is not round_.gate:
        raise JudgingGoesOn
    if round_.unblinded_at is None:
        round_.unblinded_at = now()
        db.session.flush()
        record(
            Deed.JUDGING_UNBLINDED,
            by=by,
            competition=round_.competition,
            subject=str(round_.name),
        )
    return round_


def _held(redaction: Redaction, seen: str) -> Desk:
    """The desk as it is now, ours until the end."""
    _lock(redaction)
    if redaction.cleared_at is not None:
        raise ClearedAlready
    desk = desk_of(redaction)
    if desk.digest != seen:
        raise Overtaken
    return desk


def _lock(redaction: Redaction) -> None:
    """Wait for whoever hands in or decides at the same moment. Raises Overtaken when another
    version is the last one by then."""
    submission = redaction.version.submission
    db.session.execute(
        select(Submission.id).where(Submission.id == submission.id).with_for_update()
    )
    db.session.refresh(redaction)
    last = last_version(submission)
    if last is None or last.id != redaction.version_id:
        raise Overtaken


def _note(deed: Deed, redaction: Redaction, by: User, **details: Any) -> None:
    submission = redaction.version.submission
    record(
        deed,
        by=by,
        competition=submission.competition,
        subject=submission.team.name,
        number=redaction.version.number,
        **details,
    )
