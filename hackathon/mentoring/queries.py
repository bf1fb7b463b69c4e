"""Reads about mentors and the teams they accompany."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, cast, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Competition, Expertise
from ..extensions import db
from ..ground.remember import once_per_request
from ..registrations.models import Registration
from ..teams.models import Membership, Team, seeker_skill, vacancy_skill
from .models import Conflict, Mentor, Pairing, mentor_expertise, team_need

MEMBERS = (
    selectinload(Team.memberships).joinedload(Membership.registration).joinedload(Registration.user)
)


@once_per_request
def mentor_of(user: User, competition: Competition) -> Mentor | None:
    """The person as a mentor of the competition."""
    return db.session.scalar(
        select(Mentor).where(Mentor.user_id == user.id, Mentor.competition_id == competition.id)
    )


@once_per_request
def accompanies(user: User, team: Team) -> bool:
    """Is the person a mentor of this team?"""
    return (
        db.session.scalar(
            select(Pairing.id)
            .join(Mentor, Pairing.mentor_id == Mentor.id)
            .where(Mentor.user_id == user.id, Pairing.team_id == team.id)
        )
        is not None
    )


# -- mentors ---------------------------------------------------------------------------------


def mentors_by_name(
    competition: Competition,
    *,
    search: str = "",
    expertise: Expertise | None = None,
    language: str = "",
) -> Select[tuple[Mentor]]:
    """The mentors of the competition with what they know and whom they accompany.

    `search` looks into names, addresses and organizations.
    """
    query = (
        select(Mentor)
        .join(Mentor.user)
        .where(Mentor.competition_id == competition.id, User.deleted_at.is_(None))
        .options(
            joinedload(Mentor.user),
            selectinload(Mentor.expertise),
            selectinload(Mentor.pairings),
        )
        .order_by(func.lower(User.name), Mentor.id)
    )
    if search:
        columns = (User.name, User.email, User.organization)
        query = query.where(or_(*(c.icontains(search, autoescape=True) for c in columns)))
    if expertise:
        query = query.where(Mentor.expertise.any(Expertise.id == expertise.id))
    if language:
        # Both databases write a list of codes as JSON text; neither can ask into it as the other.
        query = query.where(cast(Mentor.languages, String).contains(f'"{language}"'))
    return query


def mentors_of(team: Team) -> list[Mentor]:
    """Those who accompany the team, in the order they came to it."""
    return list(
        db.session.scalars(
            select(Mentor)
            .join(Pairing, Pairing.mentor_id == Mentor.id)
            .where(Pairing.team_id == team.id)
            .options(joinedload(Mentor.user), selectinload(Mentor.expertise))
            .order_by(Pairing.created_at, Pairing.id)
        )
    )


def pairing_of(mentor: Mentor, team: Team) -> Pairing | None:
    return db.session.scalar(
        select(Pairing).where(Pairing.mentor_id == mentor.id, Pairing.team_id == team.id)
    )


def load_of(mentor: Mentor) -> int:
    """How many teams the mentor accompanies, as the database knows it now."""
    return db.session.scalar(select(func.count()).where(Pairing.mentor_id == mentor.id)) or 0


# -- teams -----------------------------------------------------------------------------------


def teams_accompanied_by(mentor: Mentor) -> list[Team]:
    """With their members and challenge, by name."""
    return list(
        db.session.scalars(
            select(Team)
            .join(Pairing, Pairing.team_id == Team.id)
            .where(Pairing.mentor_id == mentor.id)
            .options(MEMBERS, joinedload(Team.challenge))
            .order_by(Team.name_key)
        )
    )


def teams_by_name(
    competition: Competition, *, search: str = "", without_mentor: bool = False
) -> Select[tuple[Team]]:
    query = (
        select(Team)
        .where(Team.competition_id == competition.id)
        .options(selectinload(Team.memberships))
        .order_by(Team.name_key)
    )
    if search:
        query = query.where(Team.name.icontains(search, autoescape=True))
    if without_mentor:
        query = query.where(~exists().where(Pairing.team_id == Team.id))
    return query


def pairings_of(teams: Iterable[Team]) -> dict[uuid.UUID, list[Pairing]]:
    """The pairings of each team by its key, with the mentors."""
    found = defaultdict(list)
    rows = db.session.scalars(
        select(Pairing)
        .where(Pairing.team_id.in_([team.id for team in teams]))
        .options(joinedload(Pairing.mentor).joinedload(Mentor.user))
        .order_by(Pairing.created_at, Pairing.id)
    )
    for pairing in rows:
        found[pairing.team_id].append(pairing)
    return found


def needs_of(teams: Iterable[Team]) -> dict[uuid.UUID, list[Expertise]]:
    """Which expertise each team needs, by its key."""
    found = defaultdict(list)
    rows = db.session.execute(
        select(team_need.c.team_id, Expertise)
        .join(Expertise, Expertise.id == team_need.c.expertise_id)
        .where(team_need.c.team_id.in_([team.id for team in teams]))
        .order_by(Expertise.position, Expertise.id)
    )
    for team_id, expertise in rows:
        found[team_id].append(expertise)
    return found


# -- expertise -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Uses:
    """Where an expertise stands: how many mentors offer it, how many teams need it of a mentor,
    and how many people and teams on the team board bring or look for it."""

    mentors: int
    teams: int
    board: int


def uses_of(expertise: Collection[Expertise]) -> dict[uuid.UUID, Uses]:
    """By the key of each expertise."""

    def counted(table: Any) -> dict[uuid.UUID, int]:
        column = table.c.expertise_id
        rows = db.session.execute(
            select(column, func.count())
            .where(column.in_([each.id for each in expertise]))
            .group_by(column)
        )
        return {key: number for key, number in rows}

    offered, needed = counted(mentor_expertise), counted(team_need)
    brought, wanted = counted(seeker_skill), counted(vacancy_skill)
    return {
        key: Uses(offered.get(key, 0), needed.get(key, 0), brought.get(key, 0) + wanted.get(key, 0))
        for key in (each.id for each in expertise)
    }


# -- conflicts -------------------------------------------------------------------------------


def conflicts_of_mentors(competition: Competition) -> Select[tuple[Conflict]]:
    """The declared conflicts between mentors and teams, by the names of the mentors."""
    return (
        select(Conflict)
        .join(Conflict.team)
        .join(Conflict.user)
        .join(Mentor, Mentor.user_id == Conflict.user_id)
        .where(Team.competition_id == competition.id, Mentor.competition_id == competition.id)
        .options(joinedload(Conflict.user), joinedload(Conflict.team), joinedload(Conflict.by))
        .order_by(func.lower(User.name), Team.name_key)
    )


def conflict_between(user: User, team: Team) -> Conflict | None:
    return db.session.scalar(
        select(Conflict).where(Conflict.user_id == user.id, Conflict.team_id == team.id)
    )


def conflicted_pairs(competition: Competition) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """(user, team) keys of every declared conflict in the competition."""
    rows = db.session.execute(
        select(Conflict.user_id, Conflict.team_id)
        .join(Team, Team.id == Conflict.team_id)
        .where(Team.competition_id == competition.id)
    )
    return {(user_id, team_id) for user_id, team_id in rows}
