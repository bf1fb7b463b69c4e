"""Where a person stands in all competitions."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition, Organizer
from ..extensions import db
from ..judging.models import Judge
from ..mentoring.models import Mentor
from ..registrations.models import Registration
from ..teams.models import Membership


@dataclass
class Place:
    """A person's parts in one competition."""

    competition: Competition
    organizer: bool = False
    registration: Registration | None = None
    membership: Membership | None = None
    mentor: Mentor | None = None
    judge: Judge | None = None


def places_of(user: User) -> list[Place]:
    """One Place for each competition that the person has any part in, the newest first."""
    places: dict[object, Place] = {}

    def place(competition: Competition) -> Place:
        return places.setdefault(competition.id, Place(competition))

    for kind in (Registration, Organizer, Mentor, Judge):
        query = select(kind).where(kind.user_id == user.id).options(joinedload(kind.competition))
        for row in db.session.scalars(query):
            if isinstance(row, Registration):
                if row.withdrawn_at is None:
                    place(row.competition).registration = row
            elif isinstance(row, Organizer):
                place(row.competition).organizer = True
            elif isinstance(row, Mentor):
                place(row.competition).mentor = row
            else:
                place(row.competition).judge = row
    memberships = (
        select(Membership)
        .join(Registration, Membership.registration_id == Registration.id)
        .where(Registration.user_id == user.id)
        .options(joinedload(Membership.team))
    )
    for membership in db.session.scalars(memberships):
        if membership.competition_id in places:
            places[membership.competition_id].membership = membership
    return sorted(places.values(), key=lambda p: p.competition.created_at, reverse=True)
