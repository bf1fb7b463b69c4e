"""Reads about honours: what the ranking proposes, what was decided, what the world may see."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..accounts.queries import key_of
from ..competitions.models import Challenge, Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.remember import once_per_request
from ..judging.models import Judge
from ..judging.queries import Outcome, Row, competed, counted_version
from ..mentoring.models import Mentor
from ..registrations.models import Registration
from ..submissions.models import Submission, Translation, Version
from ..submissions.telling import Telling, published_translations
from ..teams.models import Membership, Team
from .disclosure import Disclosure, Scope
from .models import Amendment, Announcement, Change, Grade, Honour
from .preview import foresight


@dataclass(frozen=True)
class Project:
    """What a team handed in, as the world may see it, and the honour it received."""

    version: Version
    honour: Honour | None = None
    translations: Mapping[str, Translation] = field(default_factory=dict)

    @property
    def telling(self) -> Telling:
        """Title, summary and warning in the reader's language, where they were translated."""
        return Telling(self.version.content, self.translations)

    @property
    def submission(self) -> Submission:
        return self.version.submission

    @property
    def team(self) -> Team:
        return self.version.submission.team

    @property
    def challenge(self) -> Challenge:
        return self.version.challenge

    @property
    def title(self) -> str:
        return self.version.content["title"]

    @property
    def summary(self) -> str:
        return self.version.content["summary"]

    @property
    def description(self) -> str:
        """Markdown."""
        return self.version.content["description"]

    @property
    def language(self) -> str:
        """The one the team wrote in."""
        return self.version.content["language"]

    @property
    def links(self) -> list[tuple[str, str]]:
        """(`repository`, `demonstration` or `video`, address) of those there are."""
        names = ("repository", "demonstration", "video")
        found = [(name, self.version.content.get(name, "")) for name in names]
        return [(name, address) for name, address in found if address]

    @property
    def warning(self) -> str:
        """What people should know before they read on; empty where there is nothing."""
        return self.version.content.get("warning", "")

    @property
    def pictures(self) -> list[dict[str, Any]]:
        """What the version froze of each, the cover first; see submissions/receipt.py."""
        found = [file for file in self.version.content["files"] if file.get("drawn")]
        return sorted(found, key=lambda file: not file.get("cover"))

    @property
    def cover(self) -> dict[str, Any] | None:
        """The picture that stands for the project: the team's choice, else its first."""
        return next(iter(self.pictures), None)

    @property
    def files(self) -> list[dict[str, Any]]:
        """What was handed in beside the pictures."""
        return [file for file in self.version.content["files"] if not file.get("drawn")]


# -- what was decided ------------------------------------------------------------------------


@once_per_request
def announcements_of(competition: Competition) -> list[Announcement]:
    """In the order of their moments."""
    return list(
        db.session.scalars(
            select(Announcement)
            .where(Announcement.competition_id == competition.id)
            .options(joinedload(Announcement.challenge))
            .order_by(Announcement.publish_at, Announcement.id)
        )
    )


def announcement_of(
    competition: Competition, challenge: Challenge | None = None
) -> Announcement | None:
    """The one for this challenge alone; without, the one for all that has no moment of its own."""
    key = challenge.id if challenge else None
    found = (each for each in announcements_of(competition) if each.challenge_id == key)
    return next(found, None)


@once_per_request
def _withdrawn(competition: Competition) -> frozenset[Scope]:
    return frozenset(db.session.scalars(_open_withdrawals().where(_of(competition))))


def _of(competition: Competition) -> ColumnElement[bool]:
    return Amendment.competition_id == competition.id


def _open_withdrawals() -> Select[tuple[Scope]]:
    return select(Amendment.challenge_id).where(
        Amendment.kind == Change.WITHDRAWAL, Amendment.ended_at.is_(None)
    )


def disclosure_of(competition: Competition) -> Disclosure:
    """What of the results may be known now: the one question to ask before anything is shown."""
    ahead = foresight()
    looks = ahead is not None and ahead.competition_id == competition.id
    if looks and ahead and ahead.at is None:
        return Disclosure(now(), {None: now()})
    at = ahead.at if looks and ahead and ahead.at else now()
    moments: dict[Scope, datetime] = {
        each.challenge_id: each.publish_at for each in announcements_of(competition)
    }
    disclosure = Disclosure(at, moments)
    if not disclosure.begun or looks:
        return disclosure
    return replace(disclosure, withdrawn=_withdrawn(competition))


def disclosures_of(competitions: Iterable[Competition]) -> dict[uuid.UUID, Disclosure]:
    """Of many competitions at once, by their keys."""
    keys = [competition.id for competition in competitions]
    moments: defaultdict[uuid.UUID, dict[Scope, datetime]] = defaultdict(dict)
    withdrawn: defaultdict[uuid.UUID, set[Scope]] = defaultdict(set)
    for row in db.session.scalars(
        select(Announcement).where(Announcement.competition_id.in_(keys))
    ):
        moments[row.competition_id][row.challenge_id] = row.publish_at
    for key, challenge in db.session.execute(
        _open_withdrawals()
        .where(Amendment.competition_id.in_(keys))
        .with_only_columns(Amendment.competition_id, Amendment.challenge_id)
    ):
        withdrawn[key].add(challenge)
    return {key: Disclosure(now(), moments[key], frozenset(withdrawn[key])) for key in keys}


@once_per_request
def told_to_team(team: Team) -> bool:
    """Are the results of the team's challenge public? Of who handed nothing in: all of them."""
    challenge = db.session.scalar(
        select(Version.challenge_id)
        .join(Version.submission)
        .where(Submission.team_id == team.id)
        .order_by(Version.number.desc())
        .limit(1)
    )
    return disclosure_of(team.competition).tells(challenge)


def amendments_of(competition: Competition) -> list[Amendment]:
    """Withdrawals and corrections, the latest first."""
    return list(
        db.session.scalars(
            select(Amendment)
            .where(_of(competition))
            .options(
                joinedload(Amendment.challenge),
                joinedload(Amendment.by),
                joinedload(Amendment.ended_by),
            )
            .order_by(Amendment.created_at.desc(), Amendment.id.desc())
        )
    )


def amendment_at(key: str, *, competition: Competition, **_: Any) -> Amendment | None:
    return db.session.scalar(select(Amendment).where(Amendment.id == key_of(key), _of(competition)))


def honours_by_submission(competition: Competition) -> dict[uuid.UUID, Honour]:
    query = select(Honour).where(Honour.competition_id == competition.id)
    return {honour.submission_id: honour for honour in db.session.scalars(query)}


@once_per_request
def known_honours(competition: Competition) -> dict[uuid.UUID, Honour]:
    """What is public of them, by submission. Nothing is read before something is."""
    disclosure = disclosure_of(competition)
    if not disclosure.begun:
        return {}
    counted = (
        competed(competition)
        .order_by(None)
        .with_only_columns(Version.submission_id, Version.challenge_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Honour, counted.c.challenge_id).join(
            counted, counted.c.submission_id == Honour.submission_id
        )
    )
    return {
        honour.submission_id: honour for honour, challenge in rows if disclosure.tells(challenge)
    }


def digest_of(honours: Mapping[uuid.UUID, Honour]) -> str:
    """Stands for what was decided: other decisions, another digest."""
    decisions = sorted(f"{h.submission_id} {h.grade} {dict(h.citation)}" for h in honours.values())
    return hashlib.sha256("\n".join(decisions).encode()).hexdigest()


def honours_of(competition: Competition) -> list[tuple[Challenge, list[Project]]]:
    """The honoured projects of each challenge, winners first: for organizers, at any time."""
    rows = db.session.execute(
        competed(competition)
        .add_columns(Honour)
        .join(Honour, Honour.submission_id == Submission.id)
    )
    order = list(Grade)
    projects = sorted(
        projects_from((version, honour) for version, honour in rows),
        key=lambda p: (p.challenge.number, order.index(p.honour.grade), p.team.name_key),
    )
    return [(c, list(found)) for c, found in groupby(projects, key=lambda p: p.challenge)]


def public_honours_of(competition: Competition) -> list[tuple[Challenge, list[Project]]]:
    """The same, of the challenges whose results are public."""
    disclosure = disclosure_of(competition)
    if not disclosure.begun:
        return []
    return [each for each in honours_of(competition) if disclosure.tells(each[0].id)]


def uncited(competition: Competition) -> list[Project]:
    """The honoured projects whose citation is not there in both languages."""
    return [
        project
        for _, projects in honours_of(competition)
        for project in projects
        if project.honour and not project.honour.citation.complete
    ]


# -- what the ranking proposes ---------------------------------------------------------------


@dataclass(frozen=True)
class Tie:
    """Submissions of a challenge that share the place on which an honour depends."""

    challenge: Challenge
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Close:
    """Two neighbours whom the reviews cannot tell apart, and an honour lies between them.

    `probability`: that the one ahead is truly better.
    """

    ahead: Row
    behind: Row
    probability: float


@dataclass(frozen=True)
class Proposal:
    """The first of each challenge as winner, the next as outstanding; where they tie, nothing."""

    grades: dict[uuid.UUID, Grade]
    ties: tuple[Tie, ...]
    close: tuple[Close, ...]


def proposal_from(outcome: Outcome) -> Proposal:
    grades: dict[uuid.UUID, Grade] = {}
    ties = []
    for challenge, rows in outcome.by_challenge():
        for place, grade in enumerate(Grade, 1):
            there = tuple(row for row in rows if row.place == place)
            if len(there) == 1:
                grades[there[0].submission.id] = grade
            elif there:
                ties.append(Tie(challenge, there))
    rows_by_id = outcome.submissions
    close = tuple(
        Close(rows_by_id[pair.ahead], rows_by_id[pair.behind], pair.probability)
        for pair in outcome.told.undecided
        if grades.get(pair.ahead) and grades[pair.ahead] is not grades.get(pair.behind)
    )
    return Proposal(grades, tuple(ties), close)


# -- what the world sees ---------------------------------------------------------------------


def project_of(submission: Submission) -> Project | None:
    """What was handed in, and its honour, public or not; None when nothing was handed in."""
    version = counted_version(submission)
    if version is None:
        return None
    honour = db.session.scalar(select(Honour).where(Honour.submission_id == submission.id))
    return projects_from([(version, honour)])[0]


def project_by(team: Team) -> Project | None:
    submission = db.session.scalar(select(Submission).where(Submission.team_id == team.id))
    return project_of(submission) if submission else None


def projects_from(found: Iterable[tuple[Version, Honour | None]]) -> list[Project]:
    """Projects with what the organizers translated of them. One query, however many there are."""
    pairs = list(found)
    translations = published_translations(version.submission_id for version, _ in pairs)
    return [Project(v, honour, translations.get(v.submission_id, {})) for v, honour in pairs]


# -- who is told -----------------------------------------------------------------------------


def projects_with_members(competition: Competition) -> list[Project]:
    """Everything handed in, with the people to write to."""
    rows = db.session.execute(
        competed(competition)
        .add_columns(Honour)
        .outerjoin(Honour, Honour.submission_id == Submission.id)
        .options(
            joinedload(Version.submission)
            .joinedload(Submission.team)
            .selectinload(Team.memberships)
            .joinedload(Membership.registration)
            .joinedload(Registration.user)
        )
    )
    return [Project(version, honour) for version, honour in rows]


def judges_and_mentors(competition: Competition) -> list[User]:
    """The people who accompanied or judged the teams, each once."""
    judges = select(Judge.user_id).where(
        Judge.competition_id == competition.id, Judge.dismissed_at.is_(None)
    )
    mentors = select(Mentor.user_id).where(Mentor.competition_id == competition.id)
    query = select(User).where(or_(User.id.in_(judges), User.id.in_(mentors)))
    return list(db.session.scalars(query.order_by(User.name, User.id)))
