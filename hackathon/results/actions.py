"""Deciding who is honoured; letting the world know is in publishing.py."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..ground.remember import forget_answers
from ..journal.actions import record
from ..journal.deeds import Deed
from ..judging.models import Review
from ..judging.queries import counted_versions
from ..submissions.models import Submission
from .disclosure import Disclosure, Scope
from .models import Announcement, Grade, Honour, Release, Sheet, Standing
from .queries import (
    digest_of,
    disclosure_of,
    honours_by_submission,
    honours_of,
    uncited,
)
from .sheets import fingerprint, sheet_of


class AlreadyPublic(Obstacle):
    sentence = _l("The results are public, so this cannot be changed any more.")


class NobodyHonoured(Obstacle):
    sentence = _l("At least one project must be honoured.")


class CitationMissing(Obstacle):
    sentence = _l("These citations must be written in both languages: %(missing)s.")


class WrittenAnew(Obstacle):
    sentence = _l("A judge has changed a comment meanwhile. Read it once more.")


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
    same. May be done over and over until the results of the challenge are public, and again while
    they are withdrawn. Once their moment is set, somebody must be honoured, and every citation be
    there in both languages.
    """
    disclosure = hold(competition)
    challenges = {v.submission_id: v.challenge_id for v in counted_versions(competition)}
    present = honours_by_submission(competition)
    if seen is not None and seen != digest_of(present):
        raise DecidedMeanwhile
    changed = []
    for submission, (grade, citation) in decisions.items():
        honour = present.get(submission.id)
        if honour is None:
            if grade is None:
                continue
        elif (honour.grade, honour.citation) == (grade, citation):
            continue
        if disclosure.tells(challenges.get(submission.id)):
            raise AlreadyPublic
        if grade is None:
            db.session.delete(honour)
            changed.append(honour)
            continue
        if honour is None:
            honour = Honour(competition_id=competition.id, submission=submission)
            db.session.add(honour)
        honour.grade, honour.citation, honour.by = grade, citation, by
        changed.append(honour)
    db.session.flush()
    check_complete(competition, {s for s in disclosure.moments if not disclosure.reached(s)})
    if changed:
        record(Deed.HONOURS_DECIDED, by=by, competition=competition, **_titles(competition))
    return changed


def hold(competition: Competition) -> Disclosure:
    """What is public now, which stays so until the caller commits.

    Decisions and announcements of one competition wait here for each other, and for the worker.
    """
    db.session.execute(
        select(Competition.id)
        .where(Competition.id == competition.id)
        .with_for_update(key_share=True)
    )
    db.session.scalars(
        select(Announcement)
        .where(Announcement.competition_id == competition.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    forget_answers()
    return disclosure_of(competition)


def check_complete(competition: Competition, scopes: Collection[Scope]) -> None:
    """Can these be made public? Raises NobodyHonoured, or CitationMissing."""
    for scope in scopes:
        if not any(scope in (None, challenge.id) for challenge, _ in honours_of(competition)):
            raise NobodyHonoured
    check_citations(competition, scopes)


def check_citations(competition: Competition, scopes: Collection[Scope]) -> None:
    """Raises CitationMissing, which names the projects and the languages."""
    own = {*disclosure_of(competition).moments, *scopes}
    names = {"en": _l("English"), "fr": _l("French")}
    missing = []
    for project in uncited(competition):
        scope = project.challenge.id if project.challenge.id in own else None
        if project.honour and scope in scopes:
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


# -- what teams read -------------------------------------------------------------------------


def set_sheet(
    competition: Competition, *, standing: Standing, profile: bool, comments: bool, by: User
) -> Sheet:
    """Say what each team reads about its own work. Not once some of it can be read."""
    disclosure = hold(competition)
    if any(disclosure.tells(key) for key in (None, *disclosure.moments)):
        raise AlreadyPublic
    sheet = sheet_of(competition)
    db.session.add(sheet)
    sheet.standing, sheet.profile, sheet.comments = standing, profile, comments
    record(Deed.SHEET_SET, by=by, competition=competition)
    db.session.flush()
    return sheet


@dataclass(frozen=True)
class Reading:
    """What becomes of a judge's comment. `seen`: the fingerprint of what was read; `text`: what the
    team gets to read, empty: nothing."""

    review: Review
    seen: str
    text: str


def read_comments(
    submission: Submission, competition: Competition, readings: Collection[Reading], *, by: User
) -> list[Release]:
    """Release comments, as they are or in other words, or withhold them; returns what changed."""
    changed = []
    for reading in readings:
        review = db.session.get_one(Review, reading.review.id, populate_existing=True)
        if fingerprint(review.comment) != reading.seen:
            raise WrittenAnew
        release = db.session.scalar(
            select(Release).where(Release.review_id == review.id).with_for_update()
        )
        before = release and (release.original, release.text)
        if before == (review.comment, reading.text):
            continue
        if release is None:
            release = Release(review=review, original=review.comment)
            db.session.add(release)
        release.original, release.text, release.by = review.comment, reading.text, by
        release.released_at = now() if reading.text else None
        db.session.flush()
        changed.append(release)
    if changed:
        record(
            Deed.COMMENTS_READ,
            by=by,
            competition=competition,
            subject=submission.team.name,
            released=sum(bool(each.text) for each in changed),
            withheld=sum(not each.text for each in changed),
        )
    return changed
