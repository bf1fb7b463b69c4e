"""Reads for the press: the facts of a competition, and what of its honours may be told."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from ..certificates.queries import logos_of
from ..competitions.models import Challenge, Competition, Gate
from ..competitions.queries import opening_of
from ..extensions import db
from ..gallery.models import Audience
from ..gallery.queries import gallery_of, is_open, names_by_team, withheld_in
from ..ground.remember import once_per_request
from ..judging.models import Judge
from ..judging.queries import competed
from ..mentoring.models import Mentor
from ..registrations.models import Registration
from ..registrations.states import State
from ..results.queries import Project, honours_of, public_honours_of
from ..teams.models import Team
from .models import PressPack


@once_per_request
def pack_of(competition: Competition) -> PressPack | None:
    return db.session.scalar(
        select(PressPack)
        .where(PressPack.competition_id == competition.id)
        .options(selectinload(PressPack.projects))
    )


@once_per_request
def offers_pack(competition: Competition) -> bool:
    """Was a press pack published? Asked by every page with a menu."""
    pack = pack_of(competition)
    return pack is not None and pack.published_at is not None


@dataclass(frozen=True)
class Facts:
    """The competition in numbers. `opens_at` and `closes_at`: while work was handed in."""

    opens_at: Any
    closes_at: Any
    participants: int
    teams: int
    projects: int
    challenges: int
    mentors: int
    judges: int


def facts_of(competition: Competition) -> Facts:
    """Counted in the rows, in one query."""
    handed_in = competed(competition).order_by(None).subquery()
    counts = {
        "participants": select(func.count(Registration.id)).where(
            Registration.competition_id == competition.id,
            Registration.state == State.REGISTERED,
        ),
        "teams": select(func.count(Team.id)).where(Team.competition_id == competition.id),
        "projects": select(func.count()).select_from(handed_in),
        "challenges": select(func.count(Challenge.id)).where(
            Challenge.competition_id == competition.id
        ),
        "mentors": select(func.count(Mentor.id)).where(Mentor.competition_id == competition.id),
        "judges": select(func.count(Judge.id)).where(
            Judge.competition_id == competition.id, Judge.dismissed_at.is_(None)
        ),
    }
    row = db.session.execute(
        select(*(count.scalar_subquery().label(name) for name, count in counts.items()))
    ).one()
    opening = opening_of(competition, Gate.SUBMISSION)
    return Facts(opening.opens_at, opening.closes_at, **row._mapping)


@dataclass(frozen=True)
class Entry:
    """An honoured project as the press reads it.

    `told`: nobody keeps it out, so that what its team wrote may be told. `names` and `pictures`
    only where everyone on the internet sees the gallery.
    """

    project: Project
    told: bool
    names: list[str] = field(default_factory=list)
    pictures: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Release:
    """All that goes to the press: what is honoured among all (no challenge), then by challenge."""

    competition: Competition
    pack: PressPack
    facts: Facts
    groups: list[tuple[Challenge | None, list[Entry]]]
    logos: list[Any]

    @property
    def pictures(self) -> list[tuple[Entry, dict[str, Any]]]:
        """Each once, though a project may be honoured among all and in its challenge."""
        entries = {e.project.submission.id: e for _, entries in self.groups for e in entries}
        return [(e, file) for e in entries.values() for file in e.pictures]


def in_public(competition: Competition, *, beforehand: bool) -> bool:
    """Does everyone on the internet see the projects? `beforehand`: as it will be."""
    public = gallery_of(competition).audience is Audience.PUBLIC
    return public and (beforehand or is_open(competition))


def honoured(competition: Competition) -> list[Project]:
    """What organizers choose from: every honoured project that nobody keeps out, winners first."""
    kept_out = withheld_in(competition)
    found: dict[uuid.UUID, Project] = {}
    for _, projects in honours_of(competition):
        for project in projects:
            if project.submission.id not in kept_out:
                found.setdefault(project.submission.id, project)
    return list(found.values())


def release_of(competition: Competition, pack: PressPack, *, beforehand: bool) -> Release:
    """Ask only behind `all_announced`, or with `beforehand` for organizers."""
    chosen = {row.submission_id: set(row.pictures) for row in pack.projects}
    kept_out, public = withheld_in(competition), in_public(competition, beforehand=beforehand)
    given = honours_of(competition) if beforehand else public_honours_of(competition)
    found = [
        (challenge, [p for p in projects if p.submission.id in chosen])
        for challenge, projects in given
    ]
    names = names_by_team(p.team.id for _, projects in found for p in projects) if public else {}
    groups = [
        (challenge, [_entry(p, chosen, kept_out, public, names) for p in projects])
        for challenge, projects in found
        if projects
    ]
    logos = logos_of(competition) if pack.logos else []
    return Release(competition, pack, facts_of(competition), groups, logos)


def _entry(
    project: Project,
    chosen: dict[uuid.UUID, set[str]],
    kept_out: set[uuid.UUID],
    public: bool,
    names: dict[uuid.UUID, list[str]],
) -> Entry:
    told = project.submission.id not in kept_out
    if not (told and public):
        return Entry(project, told)
    wanted = chosen[project.submission.id]
    pictures = [file for file in project.pictures if file["sha256"] in wanted]
    return Entry(project, told, names.get(project.team.id, []), pictures)
