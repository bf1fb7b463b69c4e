"""Reads about mentors and the teams they accompany."""

from sqlalchemy import select

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.remember import once_per_request
from ..teams.models import Team
from .models import Mentor, Pairing


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
