"""Reads about registrations."""

from sqlalchemy import func, select

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.remember import once_per_request
from .models import Registration


@once_per_request
def registration_of(user: User, competition: Competition) -> Registration | None:
    """The person's entry in the competition, unless withdrawn."""
    return db.session.scalar(
        select(Registration).where(
            Registration.user_id == user.id,
            Registration.competition_id == competition.id,
            Registration.withdrawn_at.is_(None),
        )
    )


def count_of(competition: Competition) -> int:
    """How many people take part."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Registration.competition_id == competition.id, Registration.withdrawn_at.is_(None)
            )
        )
        or 0
    )
