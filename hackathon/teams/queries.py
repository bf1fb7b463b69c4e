"""Reads about teams."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition, Gate
from ..competitions.queries import opening_of
from ..competitions.timetable import Opening
from ..extensions import db
from ..ground.remember import once_per_request
from ..registrations.models import Registration
from .models import Allowance, Membership, Team


@once_per_request
def membership_of(user: User, competition: Competition) -> Membership | None:
    """The person's place in a team of the competition."""
    return db.session.scalar(
        select(Membership)
        .join(Registration, Membership.registration_id == Registration.id)
        .where(Registration.user_id == user.id, Membership.competition_id == competition.id)
        .options(joinedload(Membership.team))
    )


def team_of(user: User, competition: Competition) -> Team | None:
    membership = membership_of(user, competition)
    return membership.team if membership else None


@once_per_request
def _allowance(team_id: uuid.UUID, gate: Gate) -> Allowance | None:
    return db.session.scalar(
        select(Allowance).where(Allowance.team_id == team_id, Allowance.gate == gate)
    )


def opening_for(team: Team, gate: Gate) -> Opening:
    """When the gate is open for this team, its own allowance included."""
    return opening_of(team.competition, gate, _allowance(team.id, gate))
