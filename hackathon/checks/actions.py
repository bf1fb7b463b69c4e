"""Looking at what was handed in, and saying what one thinks of what was found.

A look compares a submission with those that were handed in before it, so that of two that are alike
the later one is asked about. It holds the submission's row, never its team's: who writes goes on.
"""

import re
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition, Gate, Window
from ..competitions.queries import opening_of, over
from ..extensions import db
from ..ground.clock import now
from ..ground.markdown import links_in
from ..ground.model import uuid7
from ..journal.actions import record
from ..journal.deeds import Deed
from ..submissions.asks import LINKS, Part
from ..submissions.models import Submission, Version
from . import similar
from .forges import birth_address
from .models import (
    CheckSettings,
    FileMark,
    Finding,
    Kind,
    Link,
    LinkState,
    Look,
    Note,
    Purpose,
    Standing,
    TextMark,
)
from .queries import (
    SMALL,
    boilerplate_of,
    due_for_a_look,
    first_with,
    given_files,
    last_version,
    maybe_alike,
    missing_consents,
    prose,
    settings_of,
)

AT_ONCE = 5
"""Looks in one round of the worker."""
AGAIN = timedelta(hours=1)
"""Until the next look, while the competition lasts: people agree, addresses come back."""
MOST_LINKS = 20
"""Addresses of one submission that are asked."""
TRIES = 3
"""So often in a row an address is not reached before that is said."""
WITH_LINKS = (Part.DESCRIPTION, Part.DATA_USED, Part.PRIOR_WORK, Part.AI_USE)  # Markdown
LICENCES = re.compile(r"(un)?licen[cs]e|copying|notice", re.IGNORECASE)
"""Names of files that many projects have alike."""


@dataclass(frozen=True)
class Sign:
    """What a look sees now; the fields are those of a Finding."""

    kind: Kind
    subject: str
    mark: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    other_id: uuid.UUID | None = None
    registration_id: uuid.UUID | None = None
    consent_text_id: uuid.UUID | None = None


# -- the worker's looks ------------------------------------------------------------------------


def look_at_work() -> int:
    """Look at some of the submissions whose time it is; returns how many.

    Whoever looks holds the submission, and leaves those that another worker holds.
    """
    done = 0
    for key in db.session.scalars(due_for_a_look().limit(AT_ONCE)).all():
        submission = db.session.scalar(
            select(Submission)
            .where(Submission.id == key)
            .options(
                joinedload(Submission.competition)
                .selectinload(Competition.windows)
                .selectinload(Window.extensions)
            )
            .with_for_update(of=Submission, key_share=True, skip_locked=True)
        )
        still = due_for_a_look().where(Submission.id == key)
        if submission is not None and db.session.scalar(still) is not None:
            look(submission)
            done += 1
    return done


def look(submission: Submission) -> list[Finding]:
    """Look at what was last handed in, write down what may be worth a look, and plan the next."""
    version = last_version(submission)
    assert version is not None
    competition = submission.competition
    wanted = settings_of(competition)
    kinds = {Kind(kind) for kind in wanted.kinds}
    this = _noted(submission, version)
    signs: list[Sign] = []
    if Kind.CONSENT in kinds:
        signs += _of_consents(submission, version)
    _note_files(submission)
    if Kind.FILE in kinds:
        signs += _of_files(submission, this)
    given = boilerplate_of(competition)
    _note_text(submission, version, given)
    if Kind.TEXT in kinds:
        signs += _of_text(this, version, given, wanted.least_words)
    note_links(submission, version, kinds)
    settle(submission, version.number, signs, {Kind.CONSENT, Kind.FILE, Kind.TEXT})
    settle_links(submission, version.number, wanted)
    return list(db.session.scalars(select(Finding).where(Finding.submission_id == submission.id)))


def _noted(submission: Submission, version: Version) -> Look:
    moment = now()
    this = db.session.scalar(select(Look).where(Look.submission_id == submission.id))
    if this is None:
        first = select(func.min(Version.created_at)).where(Version.submission_id == submission.id)
        this = Look(submission=submission, handed_in_at=db.session.scalar(first))
        db.session.add(this)
    this.version, this.looked_at = version.number, moment
    this.due_at = None if over(submission.competition) else moment + AGAIN
    db.session.flush()
    return this


def _of_consents(submission: Submission, version: Version) -> list[Sign]:
    return [
        Sign(
            Kind.CONSENT,
            f"{person.id}:{text.key}",
            mark=str(text.id),
            evidence={"version": text.version},
            registration_id=person.id,
            consent_text_id=text.id,
        )
        for person, text in missing_consents(submission, version)
    ]


def _note_files(submission: Submission) -> None:
    """Which files its versions have: what organizers gave, small ones and licences left out."""
    contents = db.session.scalars(
        select(Version.content).where(Version.submission_id == submission.id)
    )
    digests = {
        file["sha256"]
        for content in contents
        for file in content["files"]
        if file["size"] > SMALL and not LICENCES.match(file["name"])
    }
    _keep(FileMark.digest, submission, digests - given_files(digests))


def _of_files(submission: Submission, this: Look) -> list[Sign]:
    mine = db.session.scalars(
        select(FileMark.digest).where(FileMark.submission_id == submission.id)
    ).all()
    return [
        Sign(Kind.FILE, digest, mark=str(other), evidence={"digest": digest}, other_id=other)
        for digest, other in first_with(mine, this).items()
    ]


def _note_text(submission: Submission, version: Version, given: frozenset[int]) -> None:
    _keep(TextMark.number, submission, similar.sketch(prose(version.content), given))


def _of_text(this: Look, version: Version, given: frozenset[int], least_words: int) -> list[Sign]:
    signs = []
    text = prose(version.content)
    for other in maybe_alike(this):
        theirs = last_version(other)
        assert theirs is not None
        if other.competition_id != this.submission.competition_id:
            given = given | boilerplate_of(other.competition)
        found = similar.alike(text, prose(theirs.content), given)
        if found.words >= least_words:
            evidence = {"words": found.words, "share": round(found.share * 100)}
            signs.append(Sign(Kind.TEXT, str(other.id), found.mark, evidence, other_id=other.id))
    return signs


def _keep(column: Any, submission: Submission, values: Collection[Any]) -> None:
    """Make these the values of the submission's marks, with as few writes as that takes."""
    kind = column.class_
    own = kind.submission_id == submission.id
    there = set(db.session.scalars(select(column).where(own)))
    if gone := there - set(values):
        db.session.execute(delete(kind).where(own, column.in_(gone)))
    if new := set(values) - there:
        moment = now()
        db.session.execute(
            insert(kind),
            [
                {
                    "id": uuid7(),
                    "created_at": moment,
                    "submission_id": submission.id,
                    column.key: value,
                }
                for value in sorted(new)
            ],
        )


# -- addresses ---------------------------------------------------------------------------------


def note_links(submission: Submission, version: Version, kinds: Collection[Kind]) -> None:
    """Which addresses there are to ask, at once for the new ones; the others are forgotten.

    Nobody is asked for what the competition does not want looked at.
    """
    gitlabs = current_app.config["SETTINGS"].gitlab_hosts
    wanted: dict[tuple[Purpose, str], tuple[str, Part]] = {}
    for address, part in _addresses(version.content)[:MOST_LINKS]:
        if Kind.LINK in kinds:
            wanted[Purpose.PAGE, link_key(address)] = address, part
        known = part is Part.REPOSITORY and birth_address(address, gitlabs)
        if Kind.AGE in kinds and known:
            wanted[Purpose.BIRTH, link_key(address)] = address, part
    for link in _links_of(submission):
        if wanted.pop((link.purpose, link.key), None) is None:
            db.session.delete(link)
    for (purpose, key), (address, part) in wanted.items():
        db.session.add(
            Link(
                submission_id=submission.id,
                purpose=purpose,
                key=key,
                url=address,
                part=part.value,
                due_at=now(),
            )
        )
    db.session.flush()


def _addresses(content: dict[str, Any]) -> list[tuple[str, Part]]:
    """The web addresses of a version and where each stands first."""
    found: dict[str, Part] = {}
    for part in LINKS:
        if content.get(part):
            found.setdefault(content[part], part)
    for part in WITH_LINKS:
        for address in links_in(content.get(part) or ""):
            found.setdefault(address, part)
    return list(found.items())


def link_key(address: str) -> str:
    return blake2b(address.encode(errors="replace"), digest_size=16).hexdigest()


def settle_links(submission: Submission, version: int, wanted: CheckSettings) -> None:
    """Write down what came of asking its addresses."""
    opens_at = opening_of(submission.competition, Gate.SUBMISSION).opens_at
    margin = timedelta(days=wanted.margin_days)
    signs = []
    for link in _links_of(submission):
        if link.purpose is Purpose.PAGE and Kind.LINK in wanted.kinds and _lost(link):
            evidence = {
                "address": link.url,
                "part": link.part,
                "state": link.state.value,
                "status": link.status,
                "why": link.why,
            }
            signs.append(Sign(Kind.LINK, link.key, link.state.value, evidence))
        elif (
            Kind.AGE in wanted.kinds
            and link.born_at
            and opens_at
            and (link.born_at < opens_at - margin)
        ):
            born_at = link.born_at.isoformat()
            days = (opens_at - link.born_at).days
            evidence = {"address": link.url, "born_at": born_at, "days": days}
            signs.append(Sign(Kind.AGE, link.key, born_at, evidence))
    settle(submission, version, signs, {Kind.LINK, Kind.AGE})


def _lost(link: Link) -> bool:
    return link.state is LinkState.INSIDE or (
        link.state not in (LinkState.WAITING, LinkState.REACHED) and link.failures >= TRIES
    )


def _links_of(submission: Submission) -> list[Link]:
    return list(
        db.session.scalars(
            select(Link).where(Link.submission_id == submission.id).order_by(Link.id)
        )
    )


# -- findings ----------------------------------------------------------------------------------


def settle(
    submission: Submission, version: int, signs: Iterable[Sign], kinds: Collection[Kind]
) -> None:
    """Make the findings of these kinds be what is seen now.

    What is seen again is no second finding; what was closed is opened only by something else; what
    is not seen any more is gone.
    """
    moment = now()
    there = {
        (each.kind, each.subject): each
        for each in db.session.scalars(
            select(Finding).where(
                Finding.submission_id == submission.id, Finding.kind.in_(list(kinds))
            )
        )
    }
    for sign in signs:
        facts = {
            "version": version,
            "evidence": dict(sign.evidence),
            "mark": sign.mark,
            "other_id": sign.other_id,
            "consent_text_id": sign.consent_text_id,
        }
        finding = there.pop((sign.kind, sign.subject), None)
        if finding is None:
            db.session.add(
                Finding(
                    competition_id=submission.competition_id,
                    submission=submission,
                    kind=sign.kind,
                    subject=sign.subject,
                    standing=Standing.OPEN,
                    found_at=moment,
                    registration_id=sign.registration_id,
                    **facts,
                )
            )
            continue
        if finding.mark != sign.mark:
            finding.found_at = moment
            if finding.standing is not Standing.OPEN:
                finding.standing = Standing.OPEN
                finding.notes.append(Note(standing=Standing.OPEN, text="", again=True))
        finding.gone_at = None
        for name, value in facts.items():
            setattr(finding, name, value)
    for finding in there.values():
        finding.gone_at = finding.gone_at or moment
    db.session.flush()


def say(finding: Finding, *, standing: Standing, text: str, by: User) -> Note:
    """Write a note on a finding, and how it stands from now on."""
    db.session.refresh(finding, with_for_update={"key_share": True})
    note = Note(standing=standing, text=text, by=by)
    finding.notes.append(note)
    finding.standing = standing
    db.session.flush()
    record(
        Deed.FINDING_NOTED,
        by=by,
        competition=finding.competition,
        subject=finding.submission.team.name,
    )
    return note


# -- what is wanted ----------------------------------------------------------------------------


def want(
    competition: Competition,
    *,
    kinds: Collection[Kind],
    least_words: int,
    margin_days: int,
    by: User,
) -> CheckSettings:
    """Set what is looked at, and look again at everything."""
    settings = settings_of(competition)
    db.session.add(settings)
    settings.kinds = [kind.value for kind in Kind if kind in kinds]
    settings.least_words, settings.margin_days = least_words, margin_days
    db.session.flush()
    record(Deed.CHECKS_SET, by=by, competition=competition)
    look_again(competition)
    return settings


def look_again(competition: Competition) -> int:
    """Have the worker look at everything again; returns at how many submissions.

    An address that was asked within the last minute is not asked again so soon.
    """
    moment = now()
    own = select(Submission.id).where(Submission.competition_id == competition.id)
    asked = Link.asked_at.is_(None) | (Link.asked_at < moment - timedelta(minutes=1))
    _hasten(Link, Link.submission_id.in_(own) & asked & Link.born_at.is_(None))
    return _hasten(Look, Look.submission_id.in_(own))


def _hasten(kind: type[Link] | type[Look], which: ColumnElement[bool]) -> int:
    """Make rows due now that are due later, or never."""
    moment = now()
    later = kind.due_at.is_(None) | (kind.due_at > moment)
    changed = db.session.execute(
        update(kind)
        .where(which, later)
        .values(due_at=moment)
        .execution_options(synchronize_session=False)
    )
    return changed.rowcount  # type: ignore[attr-defined,no-any-return]
