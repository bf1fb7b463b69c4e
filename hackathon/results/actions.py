"""Deciding who is honoured, and letting the world know."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ..accounts.models import User
from ..competitions.models import Competition, Gate
from ..competitions.queries import opening_of
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..submissions.models import Submission
from . import letters
from .models import Announcement, Grade, Honour
from .queries import (
    digest_of,
    honours_by_submission,
    honours_of,
    judges_and_mentors,
    projects_with_members,
    uncited,
)


class AlreadyPublic(Obstacle):
    sentence = _l("The results are public, so this cannot be changed any more.")


class StillJudging(Obstacle):
    sentence = _l("Judging is not over. Results can be announced once it has closed.")


class NobodyHonoured(Obstacle):
    sentence = _l("At least one project must be honoured.")


class CitationMissing(Obstacle):
    sentence = _l("These citations must be written in both languages: %(missing)s.")


class InThePast(Obstacle):
    sentence = _l("This moment has passed.")
    field = "publish_at"


class NotPlanned(Obstacle):
    sentence = _l("No announcement is planned.")


class DecidedMeanwhile(Obstacle):
    sentence = _l("Somebody else has decided meanwhile. Save again to replace their decisions.")


Decision = tuple[Grade | None, Localized]


def decide(
    competition: Competition,
    decisions: Mapping[Submission, Decision],
    *,
    seen: str | None = None,
    by: User,
) -> list[Honour]:
    """Give each submission a grade and its citation, or none; returns the honours that changed.

    `seen` is the digest of the decisions these replace, where it matters that they are still the
    same. May be done over and over until the results are public. Once their moment is set, somebody
    must be honoured, and every citation be there in both languages.
    """
    announcement = _planned(competition)
    present = honours_by_submission(competition)
    if seen is not None and seen != digest_of(present):
        raise DecidedMeanwhile
    changed = []
    for submission, (grade, citation) in decisions.items():
        honour = present.get(submission.id)
        if grade is None:
            if honour is not None:
                db.session.delete(honour)
                changed.append(honour)
            continue
        if honour is None:
            honour = Honour(competition_id=competition.id, submission=submission)
            db.session.add(honour)
        elif (honour.grade, honour.citation) == (grade, citation):
            continue
        honour.grade, honour.citation, honour.by = grade, citation, by
        changed.append(honour)
    db.session.flush()
    if announcement is not None:
        _check_complete(competition)
    if changed:
        record(Deed.HONOURS_DECIDED, by=by, competition=competition, **_titles(competition))
    return changed


def release(
    competition: Competition, *, publish_at: datetime | None = None, by: User
) -> Announcement:
    """Set the moment from which the results are public, or move it. Without one, it is now.

    The teams' letters are written when the moment has come (`tell_teams_when_announced`).
    """
    announcement = _planned(competition)
    judging = opening_of(competition, Gate.JUDGING)
    if judging.closes_at is not None and not judging.settled:
        raise StillJudging
    if publish_at is not None and publish_at < now():
        raise InThePast
    publish_at = publish_at or now()
    _check_complete(competition)
    if announcement is None:
        announcement = Announcement(competition=competition)
        db.session.add(announcement)
    announcement.publish_at, announcement.by = publish_at, by
    record(
        Deed.RESULTS_SCHEDULED,
        by=by,
        competition=competition,
        subject=_clock(competition, publish_at),
    )
    db.session.flush()
    return announcement


def cancel(competition: Competition, *, by: User) -> Announcement:
    """Take back a moment that has not come."""
    announcement = _planned(competition)
    if announcement is None:
        raise NotPlanned
    record(
        Deed.RESULTS_CANCELLED,
        by=by,
        competition=competition,
        subject=_clock(competition, announcement.publish_at),
    )
    db.session.delete(announcement)
    db.session.flush()
    return announcement


def tell_teams_when_announced() -> int:
    """Write the letters of every announcement whose moment has come; returns how many letters.

    The announcement is locked until the caller commits, and marked in the same transaction, so
    that of two workers only one writes.
    """
    due = db.session.scalars(
        select(Announcement)
        .where(Announcement.letters_at.is_(None), Announcement.publish_at <= now())
        .with_for_update(skip_locked=True)
    ).all()
    return sum(_tell(announcement) for announcement in due)


def _tell(announcement: Announcement) -> int:
    competition = announcement.competition
    told = set()
    for project in projects_with_members(competition):
        for member in project.team.members:
            letters.results_announced(member, competition, project)
            told.add(member)
    for person in judges_and_mentors(competition):
        if person not in told:
            letters.results_public(person, competition)
            told.add(person)
    announcement.letters_at = now()
    record(Deed.RESULTS_ANNOUNCED, by=announcement.by, competition=competition, letters=len(told))
    return len(told)


def _planned(competition: Competition) -> Announcement | None:
    """The announcement that may still be changed, if any. Raises AlreadyPublic.

    Decisions and announcements of one competition wait here for each other, and for the worker.
    """
    db.session.execute(
        select(Competition.id)
        .where(Competition.id == competition.id)
        .with_for_update(key_share=True)
    )
    announcement = db.session.scalar(
        select(Announcement)
        .where(Announcement.competition_id == competition.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if announcement is not None and (announcement.public or announcement.letters_at is not None):
        raise AlreadyPublic
    return announcement


def _check_complete(competition: Competition) -> None:
    """Raises NobodyHonoured, or CitationMissing, which names the projects and the languages."""
    if not honours_by_submission(competition):
        raise NobodyHonoured
    names = {"en": _l("English"), "fr": _l("French")}
    missing = []
    for project in uncited(competition):
        languages = ", ".join(str(names[code]) for code in project.honour.citation.missing)
        missing.append(f"{project.title} ({languages})")
    if missing:
        raise CitationMissing(missing=", ".join(missing))


def _titles(competition: Competition) -> dict[str, str]:
    """The titles of winners and outstanding projects, for the journal."""
    titles: dict[Grade, list[str]] = {grade: [] for grade in Grade}
    for _, projects in honours_of(competition):
        for project in projects:
            if project.honour:
                titles[project.honour.grade].append(project.title)
    return {
        "winners": ", ".join(titles[Grade.WINNER]) or "–",
        "outstanding": ", ".join(titles[Grade.OUTSTANDING]) or "–",
    }


def _clock(competition: Competition, moment: datetime) -> str:
    """A moment for the journal, which has no language: `2021-05-25 12:00 EDT`."""
    return moment.astimezone(ZoneInfo(competition.zone)).strftime("%Y-%m-%d %H:%M %Z")
