"""The board: who looks for a team, which teams look for people, and how well they fit."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, Expertise
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import LANGUAGES
from ..registrations.models import Registration
from .models import Invitation, JoinRequest, Seeker, Team, Vacancy
from .queries import _members


@dataclass(frozen=True)
class Fit:
    """What a person and a team have in common: languages, skills wanted and had, the challenge."""

    languages: list[str] = field(default_factory=list)
    skills: list[Expertise] = field(default_factory=list)
    challenge: Challenge | None = None

    @property
    def order(self) -> tuple[bool, int, bool]:
        """Sorts the best fit first: without a language in common the rest is of little use."""
        return not self.languages, -len(self.skills), self.challenge is None


def fit(seeker: Seeker, team: Team, vacancy: Vacancy | None) -> Fit:
    return Fit(
        [code for code in LANGUAGES if code in seeker.languages and code in team.languages],
        [each for each in vacancy.skills if each in seeker.skills] if vacancy else [],
        team.challenge if team.challenge in seeker.interests else None,
    )


def people_on_board(
    competition: Competition, *, team: Team | None = None, vacancy: Vacancy | None = None
) -> list[tuple[Seeker, Fit | None]]:
    """Who looks for a team: as `team` sees them, else the longest waiting first."""
    rows = db.session.scalars(seekers_in(competition))
    return _best_first((seeker, fit(seeker, team, vacancy) if team else None) for seeker in rows)


def seekers_in(competition: Competition) -> Select[tuple[Seeker]]:
    """Who looks for a team, the longest waiting first."""
    return (
        select(Seeker)
        .join(Seeker.registration)
        .where(Seeker.competition_id == competition.id, Registration.takes_part)
        .options(*SEEKER)
        .order_by(Seeker.created_at, Seeker.id)
    )


def teams_on_board(
    competition: Competition, *, seeker: Seeker | None = None
) -> list[tuple[Vacancy, Fit | None]]:
    """Which teams look for people and have a place: as `seeker` sees them, else the longest
    waiting first."""
    rows = db.session.scalars(
        select(Vacancy)
        .join(Vacancy.team)
        .where(Team.competition_id == competition.id, _members() < competition.team_max)
        .options(
            joinedload(Vacancy.team).options(
                selectinload(Team.memberships), joinedload(Team.challenge)
            ),
            selectinload(Vacancy.skills),
        )
        .order_by(Vacancy.created_at, Vacancy.id)
    )
    return _best_first(
        (vacancy, fit(seeker, vacancy.team, vacancy) if seeker else None) for vacancy in rows
    )


def narrowed(
    rows: Iterable[tuple[Any, Fit | None]], *, language: str, challenge: str, skill: str
) -> list[tuple[Any, Fit | None]]:
    """The rows that speak the language, care for the challenge (its number) and have or want the
    skill (its key). An empty text asks nothing."""
    return [
        (row, found)
        for row, found in rows
        if (not language or language in _languages(row))
        and (not challenge or challenge in {str(each.number) for each in _challenges(row)})
        and (not skill or skill in {each.url_key for each in row.skills})
    ]


def seeker_of(user: User, competition: Competition) -> Seeker | None:
    """The person's own search."""
    return db.session.scalar(
        select(Seeker)
        .join(Seeker.registration)
        .where(Registration.user_id == user.id, Seeker.competition_id == competition.id)
        .options(*SEEKER)
    )


def vacancy_of(team: Team) -> Vacancy | None:
    """What the team said it looks for, whether it has a place or not."""
    return db.session.scalar(
        select(Vacancy).where(Vacancy.team_id == team.id).options(selectinload(Vacancy.skills))
    )


def requests_to(team: Team) -> list[JoinRequest]:
    """Those that can be answered, the oldest first."""
    return _waiting(JoinRequest.team_id == team.id)


def requests_of(user: User, competition: Competition) -> list[JoinRequest]:
    """The person's own that wait for an answer, the oldest first."""
    return _waiting(
        JoinRequest.competition_id == competition.id,
        JoinRequest.registration_id.in_(
            select(Registration.id).where(Registration.user_id == user.id)
        ),
    )


def request_in(
    key: str, *, competition: Competition, team: Team | None = None, **_: Any
) -> JoinRequest | None:
    """The request that an address names, to the team named or to any of the competition."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    query = (
        select(JoinRequest)
        .where(JoinRequest.id == wanted, JoinRequest.competition_id == competition.id)
        .options(*REQUEST)
    )
    return db.session.scalar(query.where(JoinRequest.team_id == team.id) if team else query)


def invited_by(team: Team) -> set[uuid.UUID]:
    """The keys of the people whom the team invited from the board, and who can still accept."""
    return set(
        db.session.scalars(
            select(Invitation.to_id).where(
                Invitation.team_id == team.id,
                Invitation.to_id.is_not(None),
                Invitation.closed_at.is_(None),
                Invitation.expires_at > now(),
            )
        )
    )


SEEKER = (
    joinedload(Seeker.registration).joinedload(Registration.user),
    selectinload(Seeker.skills),
    selectinload(Seeker.interests),
)
REQUEST = (
    joinedload(JoinRequest.team),
    joinedload(JoinRequest.registration).joinedload(Registration.user),
)


def _waiting(*conditions: Any) -> list[JoinRequest]:
    rows = db.session.scalars(
        select(JoinRequest)
        .where(*conditions, JoinRequest.closed_at.is_(None), JoinRequest.expires_at > now())
        .options(*REQUEST)
        .order_by(JoinRequest.created_at, JoinRequest.id)
    )
    return list(rows)


def _best_first(rows: Iterable[tuple[Any, Fit | None]]) -> list[tuple[Any, Fit | None]]:
    return sorted(rows, key=lambda row: row[1].order if row[1] else (False, 0, False))


def _languages(row: Seeker | Vacancy) -> list[str]:
    return row.languages if isinstance(row, Seeker) else row.team.languages


def _challenges(row: Seeker | Vacancy) -> list[Challenge]:
    if isinstance(row, Seeker):
        return row.interests
    return [row.team.challenge] if row.team.challenge else []
