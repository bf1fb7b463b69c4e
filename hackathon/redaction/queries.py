"""Reads about redaction: what is found in a work, and what of it is cleared for judges."""

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from ..accounts.models import User
from ..competitions.models import Competition, Round
from ..extensions import db
from ..ground.i18n import LOCALES
from ..ground.merging import fingerprint
from ..ground.remember import once_per_request
from ..mentoring.models import Mentor, Pairing
from ..questions.models import Kind as Asked
from ..questions.models import Reader
from ..registrations.models import Registration
from ..submissions.answers import answers_for, files_of
from ..submissions.asks import LABELS, LINKS
from ..submissions.asks import Part as Written
from ..submissions.models import Submission, Version
from ..submissions.telling import PARTS as TRANSLATED
from ..submissions.telling import Telling, published_translations
from ..teams.models import Membership, Team
from .giveaways import Find, Kind, giveaways, parts_of_name, told_by, without
from .models import Copy, Lot, Made, Redaction

PROSE = (
    *(Written.TITLE, Written.SUMMARY, Written.WARNING, Written.DESCRIPTION),
    *(Written.DATA_USED, Written.PRIOR_WORK, Written.AI_USE),
)
NEUTRAL = {
    Kind.NAME: _l("[name]"),
    Kind.TEAM: _l("[team]"),
    Kind.ORGANIZATION: _l("[organization]"),
    Kind.ADDRESS: _l("[email address]"),
    Kind.HANDLE: _l("[handle]"),
    Kind.LINK: _l("[link]"),
}

# -- numbers ---------------------------------------------------------------------------------


@once_per_request
def lots_of(competition: Competition) -> dict[uuid.UUID, int]:
    """The numbers by which judges know submissions, by the submission's id."""
    rows = db.session.execute(
        select(Lot.submission_id, Lot.number).where(Lot.competition_id == competition.id)
    )
    return {key: number for key, number in rows}


# -- one work --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A text of a version in its `language`. `key` names it in what is kept."""

    key: str
    label: Any
    text: str
    language: str

    @property
    def fingerprint(self) -> str:
        return str(fingerprint(self.text))


def parts_of(version: Version) -> list[Part]:
    """All the words of a version that judges could read: the team's, then the organizers'
    published translations of them."""
    content, spoken = version.content, version.content["language"]
    found = [Part(name.value, LABELS[name], content.get(name) or "", spoken) for name in PROSE]
    found.append(
        Part("licence_other", LABELS[Written.LICENCE], content.get("licence_other") or "", spoken)
    )
    found += [
        Part(f"answer:{each.key}", each.label, each.value or "", spoken)
        for each in answers_for(version, Reader.JUDGES)
        if each.kind in (Asked.SHORT, Asked.LONG)
    ]
    found += [
        Part(f"alt:{file['sha256']}", _l("What the picture shows"), file["alt"], spoken)
        for file in content["files"]
        if file.get("drawn")
    ]
    translations = published_translations([version.submission_id])[version.submission_id]
    for language, translation in sorted(translations.items()):
        found += [
            Part(f"{language}:{name}", LABELS[Written(name)], getattr(translation, name), language)
            for name in TRANSLATED
            if content.get(name) and getattr(translation, f"of_{name}") == content[name]
        ]
    return [part for part in found if part.text]


def files_in(version: Version) -> list[dict[str, Any]]:
    """The files of a version that judges could open, those of answers included; each once."""
    files = files_of(version.content, answers_for(version, Reader.JUDGES))
    return list({file["sha256"]: file for file in files}.values())


def addresses_in(version: Version) -> dict[Written, str]:
    """The addresses that stand by themselves."""
    return {part: version.content[part] for part in LINKS if version.content.get(part)}


def known_of(team: Team) -> dict[Kind, list[str]]:
    """What gives a team away: its name, its people and its mentors with their organizations."""
    people = db.session.execute(
        select(User.name, User.organization, User.email)
        .join(Registration, Registration.user_id == User.id)
        .join(Membership, Membership.registration_id == Registration.id)
        .where(Membership.team_id == team.id)
        .union_all(
            select(User.name, User.organization, User.email)
            .join(Mentor, Mentor.user_id == User.id)
            .join(Pairing, Pairing.mentor_id == Mentor.id)
            .where(Pairing.team_id == team.id)
        )
    ).all()
    handles = [address.partition("@")[0] for _, _, address in people]
    return {
        Kind.TEAM: [team.name],
        Kind.NAME: [part for name, _, _ in people for part in parts_of_name(name)],
        Kind.ORGANIZATION: [organization for _, organization, _ in people if organization],
        Kind.HANDLE: [handle for handle in handles if len(handle) >= 4],
    }


@dataclass(frozen=True)
class Proposed:
    """A part, what was found in it, and what judges would read. `by_hand`: somebody wrote it."""

    part: Part
    finds: list[Find]
    text: str
    by_hand: bool
    left: list[Find]
    """What gives away in `text`, and may not stand."""


def proposed(redaction: Redaction, known: dict[Kind, list[str]]) -> list[Proposed]:
    """What judges would read of each part, as it stands decided now."""
    version = redaction.version
    stands = set(redaction.stands)
    found = []
    for part in parts_of(version):
        finds = giveaways(part.text, known)
        own = redaction.edited.get(part.key)
        by_hand = bool(own and own["of"] == part.fingerprint)
        text = own["text"] if own and by_hand else replaced(part, finds, stands)
        left = [each for each in giveaways(text, known) if each.key not in stands]
        found.append(Proposed(part, finds, text, by_hand, left if by_hand else []))
    return found


def replaced(part: Part, finds: Iterable[Find], stands: set[str]) -> str:
    """The part with neutral words, in its language, for what may not stand."""
    with force_locale(LOCALES[part.language]):
        neutral = {kind: str(word) for kind, word in NEUTRAL.items()}
    return without(part.text, [each for each in finds if each.key not in stands], neutral)


def last_version(submission: Submission) -> Version | None:
    """What was handed in last, and counts if anything does."""
    return db.session.scalar(
        select(Version)
        .where(Version.submission_id == submission.id)
        .order_by(Version.number.desc())
        .limit(1)
    )


def redaction_of(version: Version) -> Redaction | None:
    """What was decided of this version, once it was looked into."""
    return db.session.scalar(
        select(Redaction)
        .where(Redaction.version_id == version.id)
        .options(joinedload(Redaction.cleared_by))
    )


def copies_of(submission: Submission) -> dict[str, Copy]:
    """The copies of its files, of every version, by the SHA-256 of the original."""
    rows = db.session.scalars(select(Copy).where(Copy.submission_id == submission.id))
    return {row.original: row for row in rows}


def copy_in(key: str, *, submission: Any = None, review: Any = None, **_: Any) -> Copy | None:
    """The copy of a file of the submission that an address names, by itself or by a review."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    about = submission or review.submission
    return db.session.scalar(select(Copy).where(Copy.id == wanted, Copy.submission_id == about.id))


@dataclass(frozen=True)
class Desk:
    """Everything there is to decide of one version."""

    redaction: Redaction
    parts: list[Proposed]
    links: dict[Written, str]
    files: list[tuple[dict[str, Any], Copy | None]]
    told: dict[Written, list[str]]
    """Words in an address that give away whose it is."""

    @property
    def words(self) -> list[tuple[Find, int]]:
        """What was found in all parts, each word once with how often."""
        found: dict[str, tuple[Find, int]] = {}
        for each in (find for part in self.parts for find in part.finds):
            first, count = found.get(each.key, (each, 0))
            found[each.key] = (first, count + 1)
        return sorted(found.values(), key=lambda row: (list(Kind).index(row[0].kind), row[0].key))

    @property
    def undecided(self) -> int:
        """Addresses and files of which nobody has said whether judges see them."""
        links = sum(url not in self.redaction.links for url in self.links.values())
        return links + sum(copy is None or copy.shown is None for _, copy in self.files)

    @property
    def waiting(self) -> bool:
        """Is the worker still at a copy?"""
        return any(copy is None or copy.made is Made.WAITING for _, copy in self.files)

    @property
    def digest(self) -> str:
        """Stands for what somebody saw before they decide."""
        told = [
            str(self.redaction.version_id),
            sorted(self.redaction.stands),
            sorted(self.redaction.links.items()),
            [(each.part.key, each.part.fingerprint, each.text) for each in self.parts],
            [(f["sha256"], copy and [copy.digest, copy.shown]) for f, copy in self.files],
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def desk_of(redaction: Redaction) -> Desk:
    version = redaction.version
    copies, known = copies_of(version.submission), known_of(version.submission.team)
    links = addresses_in(version)
    return Desk(
        redaction,
        proposed(redaction, known),
        links,
        [(file, copies.get(file["sha256"])) for file in files_in(version)],
        {part: told_by(url, known) for part, url in links.items()},
    )


# -- what judges read ------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A copy that judges see; of a picture that is shown, with its words and sides."""

    copy: Copy
    picture: Mapping[str, Any] | None = None


class ClearedTranslation:
    """A translation as far as it was cleared, of the originals as they were cleared: what a Telling
    asks of a Translation."""

    def __init__(self, words: Mapping[str, str], of: Mapping[str, str]) -> None:
        for name in TRANSLATED:
            setattr(self, name, words.get(name, ""))
            setattr(self, f"of_{name}", of.get(name, ""))


@dataclass(frozen=True)
class Cleared:
    """A version as judges read it in a blind round. What nobody cleared is not in it."""

    version: Version
    content: dict[str, Any]
    files: list[Shown]
    telling: Telling

    @property
    def pictures(self) -> list[Shown]:
        return [each for each in self.files if each.picture]


@once_per_request
def is_cleared(submission: Submission) -> bool:
    """May judges read the version that counts?"""
    latest = (
        select(func.max(Version.number))
        .where(Version.submission_id == submission.id)
        .scalar_subquery()
    )
    query = (
        select(Redaction.id)
        .join(Redaction.version)
        .where(
            Version.submission_id == submission.id,
            Version.number == latest,
            Redaction.cleared_at.is_not(None),
        )
    )
    return db.session.scalar(query) is not None


def cleared_in(competition: Competition) -> set[uuid.UUID]:
    """The keys of the submissions whose version that counts is cleared."""
    query = (
        counted(competition)
        .with_only_columns(Submission.id)
        .join(Redaction, Redaction.version_id == Version.id)
        .where(Redaction.cleared_at.is_not(None))
    )
    return set(db.session.scalars(query))


def cleared_of(version: Version) -> Cleared | None:
    """What judges read of this version; None until it is cleared."""
    return cleared_of_all([version]).get(version.submission_id)


def cleared_of_all(versions: Iterable[Version]) -> dict[uuid.UUID, Cleared]:
    """The same of many at once, by submission: those that are cleared. Three queries."""
    by_id = {version.id: version for version in versions}
    redactions = db.session.scalars(
        select(Redaction).where(Redaction.version_id.in_(by_id), Redaction.cleared_at.is_not(None))
    ).all()
    keys = [by_id[row.version_id].submission_id for row in redactions]
    translations = published_translations(keys)
    copies: defaultdict[uuid.UUID, dict[str, Copy]] = defaultdict(dict)
    for copy in db.session.scalars(
        select(Copy).where(Copy.submission_id.in_(keys), Copy.shown.is_(True))
    ):
        copies[copy.submission_id][copy.original] = copy
    return {
        (version := by_id[row.version_id]).submission_id: _cleared(
            version,
            row,
            translations.get(version.submission_id, {}),
            copies[version.submission_id],
        )
        for row in redactions
    }


def _cleared(
    version: Version,
    redaction: Redaction,
    translations: Mapping[str, Any],
    copies: Mapping[str, Copy],
) -> Cleared:
    original = version.content

    def said(key: str, text: str | None) -> str:
        """What was cleared, as long as it is the same that is said."""
        kept = redaction.cleared.get(key)
        return kept["text"] if kept and kept["of"] == fingerprint(text or "") else ""

    content: dict[str, Any] = {
        "language": original["language"],
        "files": [],
        **{name.value: said(name.value, original.get(name)) for name in PROSE},
        **{
            name.value: url if url and redaction.links.get(url) is True else ""
            for name in LINKS
            for url in (original.get(name),)
        },
    }
    if original.get("licence"):
        content["licence"] = original["licence"]
        content["licence_other"] = said("licence_other", original.get("licence_other"))
    answers = []
    for each in original.get("answers", ()):
        kind = Asked(each["kind"])
        if kind in (Asked.SHORT, Asked.LONG):
            text = said(f"answer:{each['key']}", each["value"])
            answers += [{**each, "value": text}] if text else []
        elif kind is not Asked.FILE:
            answers.append(each)
    content["answers"] = answers
    files = []
    for file in files_in(version):
        copy = copies.get(file["sha256"])
        if copy is not None:
            alt = said(f"alt:{file['sha256']}", file.get("alt")) if file.get("drawn") else ""
            files.append(Shown(copy, {**file, "alt": alt} if alt else None))
    told: dict[str, Any] = {}
    for language, each in translations.items():
        words = {
            name: said(f"{language}:{name}", getattr(each, name))
            for name in TRANSLATED
            if getattr(each, f"of_{name}") == original.get(name)
        }
        told[language] = ClearedTranslation(
            {name: word for name, word in words.items() if word},
            {name: content[name] for name, word in words.items() if word},
        )
    return Cleared(version, content, files, Telling(content, told))


# -- all of a competition --------------------------------------------------------------------


class Standing(StrEnum):
    """How far a version is."""

    WAITING = "waiting"  # for the worker
    TO_DO = "to_do"
    CLEARED = "cleared"


@dataclass(frozen=True)
class Row:
    """A work at the desk."""

    version: Version
    redaction: Redaction | None
    number: int | None
    standing: Standing


def standings(competition: Competition) -> dict[uuid.UUID, Standing]:
    """How far every submission that counts is, in the order of their numbers."""
    copying = exists().where(Copy.submission_id == Submission.id, Copy.made == Made.WAITING)
    rows = db.session.execute(
        counted(competition)
        .with_only_columns(
            Submission.id, Redaction.id.is_not(None), Redaction.cleared_at.is_not(None), copying
        )
        .outerjoin(Redaction, Redaction.version_id == Version.id)
        .outerjoin(Lot, Lot.submission_id == Submission.id)
        .order_by(Lot.number.is_(None), Lot.number, Submission.id)
    )
    return {key: _standing(*found) for key, *found in rows}


def _standing(prepared: bool, cleared: bool, copying: bool) -> Standing:
    """`copying`: the worker is at one of its files."""
    if prepared and cleared:
        return Standing.CLEARED
    return Standing.TO_DO if prepared and not copying else Standing.WAITING


def rows_of(competition: Competition, found: Mapping[uuid.UUID, Standing]) -> list[Row]:
    """Those of the standings that are shown, in their order."""
    rows = db.session.execute(
        counted(competition)
        .add_columns(Redaction, Lot.number)
        .outerjoin(Redaction, Redaction.version_id == Version.id)
        .outerjoin(Lot, Lot.submission_id == Submission.id)
        .options(joinedload(Redaction.cleared_by), joinedload(Version.challenge))
        .where(Submission.id.in_(found))
    )
    of = {row[0].submission_id: row for row in rows}
    return [Row(*of[key], standing) for key, standing in found.items() if key in of]


def counted(competition: Competition | None = None) -> Select[tuple[Version]]:
    """The last version of every submission that stands: of the competition, or of each whose
    judging is to be blind by its draft."""
    latest = (
        select(func.max(Version.number))
        .where(Version.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    query = (
        select(Version)
        .join(Version.submission)
        .join(Submission.team)
        .where(Submission.stands, Version.number == latest)
        .options(contains_eager(Version.submission).contains_eager(Submission.team))
    )
    if competition is not None:
        return query.where(Submission.competition_id == competition.id)
    return query.where(
        exists().where(Round.competition_id == Submission.competition_id, Round.blind)
    )


def wants_blind(competition: Competition) -> bool:
    """Does the draft of any round say that it is judged blindly?"""
    query = select(Round.id).where(Round.competition_id == competition.id, Round.blind)
    return db.session.scalar(query.limit(1)) is not None
