"""Reads about checks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import joinedload

from ..competitions.models import Challenge, Competition, Document
from ..datasets.models import DataFile, DataSet
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..registrations.models import Consent, ConsentText, Registration
from ..registrations.queries import consent_texts_in_force
from ..submissions.asks import Part
from ..submissions.models import Submission, Version
from ..teams.models import Membership
from . import similar
from .models import CheckSettings, FileMark, Finding, Kind, Look, Note, Standing, TextMark

SAID = (Part.TITLE, Part.SUMMARY, Part.DESCRIPTION, Part.DATA_USED, Part.PRIOR_WORK, Part.AI_USE)
"""What of a submission is compared: all that is prose."""
SHOWN = (Part.TITLE, Part.SUMMARY, Part.DESCRIPTION)
"""What a gallery shows of it."""
SMALL = 1024
"""Octets up to which a file may well be the same by chance, as an empty one or a short licence."""
MOST_ALIKE = 10
"""Texts that are compared word by word with one text, the likeliest first."""

# -- what is wanted ----------------------------------------------------------------------------


def settings_of(competition: Competition) -> CheckSettings:
    """What the competition wants looked at; a row that is nowhere yet where nobody has said."""
    found = db.session.scalar(
        select(CheckSettings).where(CheckSettings.competition_id == competition.id)
    )
    return found or CheckSettings(
        competition_id=competition.id,
        kinds=[kind.value for kind in Kind],
        least_words=40,
        margin_days=30,
    )


def asks_outside() -> bool:
    """Has the operator allowed that other hosts are asked?"""
    return current_app.extensions["fetcher"] is not None


# -- findings ----------------------------------------------------------------------------------

UNSETTLED = "unsettled"
GONE = "gone"
_SETTLED_LAST = case({Standing.OPEN: 0, Standing.FOLLOWED: 1}, value=Finding.standing, else_=2)


def findings_by(
    competition: Competition, kind: Kind | None = None, state: str = UNSETTLED
) -> Select[tuple[Finding]]:
    """The findings of the competition: unsettled, of one standing, gone, or (empty) all."""
    query = (
        select(Finding)
        .where(Finding.competition_id == competition.id)
        .options(*_shown())
        .order_by(Finding.gone_at.is_not(None), _SETTLED_LAST, Finding.found_at.desc(), Finding.id)
    )
    if kind is not None:
        query = query.where(Finding.kind == kind)
    condition = _in_state(state)
    return query if condition is None else query.where(condition)


def _in_state(state: str) -> ColumnElement[bool] | None:
    match state:
        case "gone":
            return Finding.gone_at.is_not(None)
        case "unsettled":
            return Finding.gone_at.is_(None) & (Finding.standing != Standing.NOTHING)
        case "open" | "followed" | "nothing":
            return Finding.gone_at.is_(None) & (Finding.standing == Standing(state))
        case _:
            return None


def _shown() -> list[Any]:
    """What a line about a finding needs, in the same query."""
    return [
        joinedload(Finding.competition),
        joinedload(Finding.submission).joinedload(Submission.team),
        joinedload(Finding.other).joinedload(Submission.team),
        joinedload(Finding.other).joinedload(Submission.competition),
        joinedload(Finding.registration).joinedload(Registration.user),
        joinedload(Finding.consent_text),
    ]


def findings_about(submission: Submission) -> list[Finding]:
    """Those of one submission that are there, and those of another one that name it."""
    about = or_(Finding.submission_id == submission.id, Finding.other_id == submission.id)
    return list(
        db.session.scalars(
            select(Finding)
            .where(
                Finding.competition_id == submission.competition_id,
                about,
                Finding.gone_at.is_(None),
            )
            .options(*_shown())
            .order_by(_SETTLED_LAST, Finding.found_at, Finding.id)
        )
    )


@dataclass(frozen=True)
class Counts:
    """How many findings there are; `looked_at` is when a submission was last looked at, and
    `waiting` how many wait for it."""

    open: int
    followed: int
    nothing: int
    looked_at: datetime | None
    waiting: int


def counts_of(competition: Competition) -> Counts:
    rows = db.session.execute(
        select(Finding.standing, func.count())
        .where(Finding.competition_id == competition.id, Finding.gone_at.is_(None))
        .group_by(Finding.standing)
    )
    found = {standing: count for standing, count in rows}
    looked_at = db.session.scalar(
        select(func.max(Look.looked_at))
        .join(Look.submission)
        .where(Submission.competition_id == competition.id)
    )
    waiting = db.session.scalar(
        select(func.count()).select_from(
            due_for_a_look().where(Submission.competition_id == competition.id).subquery()
        )
    )
    return Counts(
        open=found.get(Standing.OPEN, 0),
        followed=found.get(Standing.FOLLOWED, 0),
        nothing=found.get(Standing.NOTHING, 0),
        looked_at=looked_at,
        waiting=waiting or 0,
    )


def due_for_a_look() -> Select[Any]:
    """The keys of submissions that were handed in since they were looked at, or whose time it is;
    those first that were handed in first."""
    last = (
        select(func.max(Version.number))
        .where(Version.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    return (
        select(Submission.id)
        .outerjoin(Look, Look.submission_id == Submission.id)
        .where(or_(last > func.coalesce(Look.version, 0), Look.due_at <= now()))
        .order_by(Look.due_at.is_not(None), Submission.created_at, Submission.id)
    )


def notes_of(finding: Finding) -> list[Note]:
    """The history of a finding, the newest first."""
    return list(
        db.session.scalars(
            select(Note)
            .where(Note.finding_id == finding.id)
            .options(joinedload(Note.by))
            .order_by(Note.created_at.desc(), Note.id.desc())
        )
    )


# -- what a look compares ----------------------------------------------------------------------


def missing_consents(
    submission: Submission, version: Version
) -> list[tuple[Registration, ConsentText]]:
    """The required texts in force to which people of the team, in it when the version was handed
    in, have agreed in no version."""
    texts = [text for text in consent_texts_in_force(submission.competition) if text.required]
    people = list(
        db.session.scalars(
            select(Registration)
            .join(Membership, Membership.registration_id == Registration.id)
            .where(
                Membership.team_id == submission.team_id,
                Membership.created_at <= version.created_at,
            )
        )
    )
    agreed = {
        (registration, key)
        for registration, key in db.session.execute(
            select(Consent.registration_id, ConsentText.key)
            .join(ConsentText, Consent.consent_text_id == ConsentText.id)
            .where(
                Consent.registration_id.in_([person.id for person in people]),
                Consent.withdrawn_at.is_(None),
            )
        )
    }
    return [
        (person, text) for person in people for text in texts if (person.id, text.key) not in agreed
    ]


def given_files(digests: Iterable[str]) -> set[str]:
    """Those of the files that organizers gave out, here or in another competition."""
    digests = list(digests)
    return set(
        db.session.scalars(
            select(Document.digest)
            .where(Document.digest.in_(digests))
            .union(select(DataFile.digest).where(DataFile.digest.in_(digests)))
        )
    )


def first_with(digests: Iterable[str], look: Look) -> dict[str, Any]:
    """For each of the files the submission that had it first, of those handed in before this."""
    rows = db.session.execute(
        select(FileMark.digest, FileMark.submission_id)
        .join(Look, Look.submission_id == FileMark.submission_id)
        .where(FileMark.digest.in_(list(digests)), *_before(look))
        .order_by(Look.handed_in_at.desc(), Look.submission_id.desc())
    )
    return {digest: submission for digest, submission in rows}


def maybe_alike(look: Look) -> list[Submission]:
    """The submissions, handed in before this one, whose texts have most marks in common with it."""
    mine = select(TextMark.number).where(TextMark.submission_id == look.submission_id)
    rows = db.session.execute(
        select(TextMark.submission_id)
        .join(Look, Look.submission_id == TextMark.submission_id)
        .where(TextMark.number.in_(mine), *_before(look))
        .group_by(TextMark.submission_id)
        .having(func.count() >= 2)
        .order_by(func.count().desc(), TextMark.submission_id)
        .limit(MOST_ALIKE)
    )
    found = [submission for (submission,) in rows]
    others = db.session.scalars(
        select(Submission)
        .where(Submission.id.in_(found))
        .options(joinedload(Submission.competition), joinedload(Submission.team))
    )
    return sorted(others, key=lambda each: found.index(each.id))


def _before(look: Look) -> tuple[ColumnElement[bool], ...]:
    earlier = or_(
        Look.handed_in_at < look.handed_in_at,
        (Look.handed_in_at == look.handed_in_at) & (Look.submission_id < look.submission_id),
    )
    return Look.submission_id != look.submission_id, earlier


def last_version(submission: Submission) -> Version | None:
    return db.session.scalar(
        select(Version)
        .where(Version.submission_id == submission.id)
        .order_by(Version.number.desc())
        .limit(1)
    )


def prose(content: dict[str, Any], parts: Iterable[Part] = SAID) -> str:
    """What a version says in sentences."""
    return "\n\n".join(content[part] for part in parts if content.get(part))


def boilerplate_of(competition: Competition) -> frozenset[int]:
    """What organizers wrote for everyone: nobody has it from another team."""
    query = select(Challenge.title, Challenge.summary, Challenge.description)
    rows = db.session.execute(query.where(Challenge.competition_id == competition.id)).all()
    data = select(
        *(DataSet.title, DataSet.summary, DataSet.description, DataSet.provenance),
        *(DataSet.licence, DataSet.warning),
    )
    rows += db.session.execute(data.where(DataSet.competition_id == competition.id)).all()
    own = (competition.name, competition.tagline, competition.summary, competition.description)
    every: list[Localized] = [
        *own,
        competition.how_to_enter,
        *(each for row in rows for each in row),
    ]
    return similar.boilerplate(text for each in every for text in dict(each).values() if text)


@dataclass(frozen=True)
class Compared:
    """Two texts side by side, as they are now."""

    alike: similar.Alike
    version: Version
    other: Version


def compared(finding: Finding, *, parts: Iterable[Part]) -> Compared | None:
    """What these parts of the two have in common; None where one of the two is gone."""
    if finding.other is None:
        return None
    mine, theirs = last_version(finding.submission), last_version(finding.other)
    if mine is None or theirs is None:
        return None
    given = boilerplate_of(finding.competition) | boilerplate_of(finding.other.competition)
    texts = (prose(version.content, parts) for version in (mine, theirs))
    return Compared(similar.alike(*texts, given), mine, theirs)
