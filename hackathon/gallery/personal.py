"""What the gallery holds about a person: how they are named, as long as they want it."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.personal import Fact, Holding, Share
from ..registrations.models import Registration
from ..teams.models import Team
from .models import Named


def forget(person: User) -> None:
    """Their names leave the projects at once."""
    own = select(Registration.id).where(Registration.user_id == person.id)
    db.session.execute(delete(Named).where(Named.registration_id.in_(own)))


def expire(competition: Competition) -> dict[str, int]:
    """The record of names that were taken back. Who is named stays so until they take it back:
    the project stays, and it is theirs."""
    teams = select(Team.id).where(Team.competition_id == competition.id)
    past = delete(Named).where(Named.team_id.in_(teams), Named.ended_at.is_not(None))
    return {"names": db.session.execute(past).rowcount}


SHARE = Share(
    holdings=(
        Holding(
            "names",
            _l("Your name with a project"),
            Named,
            lambda person: (
                select(Named)
                .join(Named.registration)
                .where(Registration.user_id == person.id)
                .options(joinedload(Named.team).joinedload(Team.competition))
                .order_by(Named.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "team.competition.name"),
                Fact("team", _l("Team"), "team.name"),
                Fact("written", _l("Your name, as everyone will read it")),
                Fact("created_at", _l("Since")),
                Fact("ended_at", _l("Taken back")),
            ),
        ),
    ),
    forget=forget,
    expire=expire,
)
