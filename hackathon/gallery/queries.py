"""Reads about the projects on show: which there are, in what order, and who is named with them."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition, Gate
from ..competitions.queries import opening_of
from ..extensions import db
from ..ground.clock import now
from ..ground.folding import folded
from ..ground.keeping import kept_by_edition
from ..ground.kinds import ending_of
from ..ground.paging import Page, paginate_rows
from ..ground.pictures import ENDINGS
from ..ground.remember import once_per_request
from ..judging.queries import competed, counted_version
from ..questions.models import Reader
from ..registrations.models import Registration
from ..results.disclosure import Scope
from ..results.models import Grade
from ..results.queries import (
    Project,
    disclosure_of,
    known_honours,
    projects_from,
    public_grades,
    scopes_told,
)
from ..submissions.answers import Said, answers_for
from ..submissions.models import Submission, Version
from ..submissions.telling import tellings
from ..teams.models import Membership, Team
from .models import Audience, Gallery, Named, Withheld

PER_PAGE = 24
SIBLINGS = 3
"""How many other projects of its challenge a project's page shows."""

# -- from when ---------------------------------------------------------------------------------


@once_per_request
def chosen_gallery(competition: Competition) -> Gallery | None:
    return db.session.scalar(select(Gallery).where(Gallery.competition_id == competition.id))


@once_per_request
def gallery_of(competition: Competition) -> Gallery:
    """What the organizers chose; before they did, the default, which is in no database."""
    return chosen_gallery(competition) or Gallery(
        competition_id=competition.id, audience=Audience.PUBLIC, opens_at=None, files=False
    )


def opens_at(competition: Competition) -> datetime | None:
    """The moment that holds; None while it waits for a first announcement of results.

    An announcement that is planned is a secret, and so then is this.
    """
    return gallery_of(competition).opens_at or disclosure_of(competition).first


def is_open(competition: Competition) -> bool:
    """Are the projects on show for anyone? Never while work can still be handed in: an extension
    must not let teams look at each other's. That is known without asking the database."""
    if opening_of(competition, Gate.SUBMISSION).admits(changing=True):
        return False
    moment = opens_at(competition)
    return (
        gallery_of(competition).audience is not Audience.OFF
        and moment is not None
        and moment <= now()
    )


def opening_ahead(competition: Competition) -> datetime | None:
    """As of when organizers see beforehand how it opens; None: with all results."""
    chosen = gallery_of(competition).opens_at
    return max(chosen, now()) if chosen else None


def opening_told(competition: Competition) -> datetime | None:
    """The moment as teams may read it: of an announcement only once it has been made."""
    known = gallery_of(competition).opens_at or disclosure_of(competition).begun
    return opens_at(competition) if known else None


def lets_more_in(
    competition: Competition, *, audience: Audience, opens_at: datetime | None, files: bool
) -> bool:
    """Would these settings show anything to anyone who does not see it by the present ones?"""
    present = gallery_of(competition)
    if audience is Audience.OFF:
        return False
    return (
        audience.reach > present.audience.reach
        or (files and not present.files)
        or _effective(competition, opens_at) < _effective(competition, present.opens_at)
    )


def _effective(competition: Competition, opens_at: datetime | None) -> datetime:
    """When that would be; the end of all days while no results are announced."""
    return opens_at or disclosure_of(competition).first or datetime.max.replace(tzinfo=UTC)


# -- which projects ----------------------------------------------------------------------------


def _withheld() -> ColumnElement[bool]:
    return (
        select(Withheld.id)
        .where(Withheld.submission_id == Submission.id, Withheld.ended_at.is_(None))
        .exists()
    )


def projects_on_show(competition: Competition) -> Select[tuple[Version]]:
    """Of everything that counts and is not withheld, the version; with its team and challenge."""
    return competed(competition).where(~_withheld())


@dataclass(frozen=True)
class Place:
    """Where a project stands among the others; no `grades` as long as honours are unknown."""

    submission_id: uuid.UUID
    version_id: uuid.UUID
    challenge_id: uuid.UUID
    language: str
    grades: tuple[Grade, ...]  # the best first

    @property
    def grade(self) -> Grade | None:
        return next(iter(self.grades), None)


@once_per_request
def places_of(competition: Competition) -> dict[uuid.UUID, Place]:
    """Every project on show, by its submission: who is honoured first, the others as the day
    shuffles them.

    So nobody stands first for their name, and a page stays the same while people leaf through it.
    """
    day = now().astimezone(ZoneInfo(competition.zone)).date()
    return _placed(competition, day, scopes_told(competition))


@kept_by_edition
def _placed(competition: Competition, day: date, told: frozenset[Scope]) -> dict[uuid.UUID, Place]:
    rows = db.session.execute(
        projects_on_show(competition)
        .order_by(None)
        .with_only_columns(
            Version.submission_id,
            Version.id,
            Version.challenge_id,
            Version.content["language"].as_string(),
        )
    ).all()
    grades = public_grades(competition, {row[0]: row[2] for row in rows}, told)
    places = [Place(*row, tuple(sorted(grades.get(row[0], ()), key=_rank))) for row in rows]
    places.sort(key=lambda place: (_rank(place.grade), _drawn(day, place.submission_id)))
    return {place.submission_id: place for place in places}


def _rank(grade: Grade | None) -> int:
    return len(Grade) if grade is None else list(Grade).index(grade)


def _drawn(day: date, key: uuid.UUID) -> bytes:
    """A lot, drawn anew each day."""
    return hashlib.sha256(f"{day} {key}".encode()).digest()


def on_show_in(competition: Competition, submission: Submission) -> bool:
    return submission.id in places_of(competition)


@once_per_request
def withheld_in(competition: Competition) -> set[uuid.UUID]:
    """The submissions that organizers keep out now."""
    return set(
        db.session.scalars(
            select(Submission.id).where(Submission.competition_id == competition.id, _withheld())
        )
    )


def withheld_now(submission: Submission) -> Withheld | None:
    """Why the project is kept out now, if it is."""
    return db.session.scalar(
        select(Withheld).where(Withheld.submission_id == submission.id, Withheld.ended_at.is_(None))
    )


# -- pages -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """What a visitor looks for; an empty text asks nothing."""

    challenge: str = ""  # its number
    language: str = ""
    award: str = ""  # a grade
    search: str = ""

    def __bool__(self) -> bool:
        return any((self.challenge, self.language, self.award, self.search))


def gallery_page(
    competition: Competition,
    wanted: Wanted,
    *,
    withheld: Collection[uuid.UUID] = frozenset(),
) -> Page:
    """One page of projects, without those `withheld` from the reader."""
    places = [p for p in places_of(competition).values() if p.submission_id not in withheld]
    page = paginate_rows(_matching(competition, places, wanted), PER_PAGE)
    return replace(page, items=_projects(competition, page.items))


def _matching(competition: Competition, places: list[Place], wanted: Wanted) -> list[Place]:
    """Only those looked for; what is no choice at all is not asked."""
    challenges = {str(each.number): each.id for each in competition.challenges}
    if wanted.challenge in challenges:
        challenge = challenges[wanted.challenge]
        places = [place for place in places if place.challenge_id == challenge]
    if wanted.language in {place.language for place in places}:
        places = [place for place in places if place.language == wanted.language]
    if wanted.award in set(Grade) and any(place.grade for place in places):
        places = [place for place in places if wanted.award in place.grades]
    if words := folded(wanted.search).split():
        found = _saying(competition, words)
        places = [place for place in places if place.submission_id in found]
    return places


def _saying(competition: Competition, words: Iterable[str]) -> set[uuid.UUID]:
    """The submissions in which every word stands, in the team's words or as the reader is told
    them. SQLite knows no accents, so we look ourselves."""
    names = ("language", "title", "summary", "description")
    rows = db.session.execute(
        projects_on_show(competition)
        .order_by(None)
        .with_only_columns(
            Version.submission_id,
            Team.name,
            *(Version.content[name].as_string() for name in names),
        )
    ).all()
    told = tellings({key: dict(zip(names, said, strict=True)) for key, _, *said in rows})
    return {
        key
        for key, team, _, *said in rows
        if says((team, *said, told[key].title, told[key].summary), words)
    }


def says(texts: Iterable[Any], words: Iterable[str]) -> bool:
    """Does every one of the words, which are folded, stand in one of the texts?"""
    whole = folded("\n".join(str(text) for text in texts if text))
    return all(word in whole for word in words)


def _projects(competition: Competition, places: Collection[Place]) -> list[Project]:
    """These, in their order, with their honours where these are known."""
    versions = {
        version.submission_id: version
        for version in db.session.scalars(
            projects_on_show(competition).where(Version.id.in_([p.version_id for p in places]))
        )
    }
    given = known_honours(competition)
    return projects_from(
        (versions[place.submission_id], given.get(place.submission_id, ()))
        for place in places
        if place.submission_id in versions
    )


@dataclass(frozen=True)
class Exhibit:
    """A project with what its page leads to: the ones beside it, and others of its challenge."""

    project: Project
    answers: list[Said]  # that everyone may read
    names: list[str]
    before: Project | None
    after: Project | None
    siblings: list[Project]


def exhibit_of(competition: Competition, submission: Submission) -> Exhibit:
    """A project that is on show."""
    places = list(places_of(competition).values())
    here = next(n for n, place in enumerate(places) if place.submission_id == submission.id)
    before = places[here - 1] if here else None
    after = places[here + 1] if here + 1 < len(places) else None
    # From the one after on, around: so that all have their turn, not always the first.
    around = places[here + 1 :] + places[:here]
    siblings = [p for p in around if p.challenge_id == places[here].challenge_id][:SIBLINGS]
    wanted = {p.submission_id: p for p in (places[here], before, after, *siblings) if p}
    projects = {p.submission.id: p for p in _projects(competition, wanted.values())}
    return Exhibit(
        projects[submission.id],
        answers_for(projects[submission.id].version, Reader.PUBLIC),
        names_of(submission.team),
        projects[before.submission_id] if before else None,
        projects[after.submission_id] if after else None,
        [projects[place.submission_id] for place in siblings],
    )


def choices_of(competition: Competition) -> dict[str, list[Any]]:
    """By what the projects on show differ."""
    places = places_of(competition).values()
    shown = {place.challenge_id for place in places}
    grades = {grade for place in places for grade in place.grades}
    return {
        "challenge": [each for each in competition.challenges if each.id in shown],
        "language": sorted({place.language for place in places}),
        "award": [grade for grade in Grade if grade in grades],
    }


# -- files -------------------------------------------------------------------------------------


@once_per_request
def _counted(submission: Submission) -> Project | None:
    version = counted_version(submission)
    return Project(version) if version else None


def picture_on_show(submission: Submission, digest: str) -> str:
    """The copy that is shown of a picture of what counts; empty where there is none."""
    project = _counted(submission)
    pictures = project.pictures if project else []
    return next((each["drawn"] for each in pictures if each["sha256"] == digest), "")


def file_on_show(submission: Submission, digest: str) -> bool:
    """Is it a file of what counts, other than what a picture was made from?"""
    project = _counted(submission)
    return project is not None and any(each["sha256"] == digest for each in project.files)


def project_of(team: Team) -> Project | None:
    """What counts of the team's work, with its honour once that is known."""
    submission = db.session.scalar(select(Submission).where(Submission.team_id == team.id))
    counted = _counted(submission) if submission else None
    if counted is None:
        return None
    given = known_honours(team.competition)
    return projects_from([(counted.version, given.get(counted.submission.id, ()))])[0]


# -- names -------------------------------------------------------------------------------------


def _in_force() -> Select[tuple[Named]]:
    """Who is named: agreed since they are in that team, and has not taken it back."""
    return (
        select(Named)
        .join(
            Membership,
            (Membership.registration_id == Named.registration_id)
            & (Membership.team_id == Named.team_id),
        )
        .where(Named.ended_at.is_(None), Named.created_at >= Membership.created_at)
    )


def names_of(team: Team) -> list[str]:
    """How those who want it are named, by name."""
    rows = db.session.scalars(_in_force().where(Named.team_id == team.id)).all()
    return sorted((row.written for row in rows), key=folded)


def names_by_team(teams: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """As `names_of`, for many teams by their keys. One query."""
    found: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
    for row in db.session.scalars(_in_force().where(Named.team_id.in_(list(teams)))):
        found[row.team_id].append(row.written)
    return {team: sorted(names, key=folded) for team, names in found.items()}


def naming_of(user: User, team: Team) -> Named | None:
    """That the person is named with the team's project, if they are."""
    return db.session.scalar(
        _in_force()
        .join(Registration, Registration.id == Named.registration_id)
        .where(Registration.user_id == user.id, Named.team_id == team.id)
    )


# -- for organizers ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Amounts:
    """What people will see once they are let in."""

    projects: int
    pictures: int
    files: int
    names: int


def amounts_of(competition: Competition, *, files: bool) -> Amounts:
    """`files`: whether files may be taken."""
    projects = [Project(v) for v in db.session.scalars(projects_on_show(competition))]
    teams = [project.team.id for project in projects]
    names = _in_force().where(Named.team_id.in_(teams)).with_only_columns(func.count(Named.id))
    return Amounts(
        len(projects),
        sum(len(project.pictures) for project in projects),
        sum(len(project.files) for project in projects) if files else 0,
        db.session.scalar(names) or 0,
    )


@dataclass(frozen=True)
class Row:
    """A project as organizers prepare it: why it is kept out, and how many are named."""

    project: Project
    withheld: Withheld | None
    named: int

    @property
    def undescribed(self) -> int:
        """Files that look like pictures and are not shown: nobody has said what is on them."""
        return sum(ending_of(file["name"]) in ENDINGS for file in self.project.files)


def rows_of(versions: Iterable[Version]) -> list[Row]:
    """In the order of the versions."""
    projects = projects_from((version, None) for version in versions)
    versions = [project.version for project in projects]
    submissions = [version.submission_id for version in versions]
    teams = [version.submission.team_id for version in versions]
    withheld = {
        row.submission_id: row
        for row in db.session.scalars(
            select(Withheld)
            .where(Withheld.submission_id.in_(submissions), Withheld.ended_at.is_(None))
            .options(joinedload(Withheld.by))
        )
    }
    named: dict[uuid.UUID, int] = dict(
        db.session.execute(
            _in_force()
            .where(Named.team_id.in_(teams))
            .with_only_columns(Named.team_id, func.count(Named.id))
            .group_by(Named.team_id)
        ).all()
    )
    return [
        Row(project, withheld.get(project.submission.id), named.get(project.team.id, 0))
        for project in projects
    ]
