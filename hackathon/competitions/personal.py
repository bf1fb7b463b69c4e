"""What a competition's organizing holds about a person."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..extensions import db
from ..ground.personal import Fact, Hindrance, Holding, Share
from .actions import dismiss_organizer
from .models import Competition, Organizer


def hindrances(person: User) -> list[Hindrance]:
    """The competitions that nobody else organizes."""
    alone = (
        select(Organizer.competition_id)
        .group_by(Organizer.competition_id)
        .having(func.count() == 1)
    )
    rows = db.session.scalars(
        select(Competition)
        .join(Organizer, Organizer.competition_id == Competition.id)
        .where(Organizer.user_id == person.id, Competition.id.in_(alone))
    )
    return [
        Hindrance(
            _l(
                "You are the only organizer of %(competition)s. Appoint another first.",
                competition=competition.name,
            ),
            "manage.competitions.organizers",
            {"competition": competition},
        )
        for competition in rows
    ]


def forget(person: User) -> None:
    """Raises LastOrganizer."""
    for organizer in db.session.scalars(select(Organizer).filter_by(user=person)).all():
        dismiss_organizer(organizer, by=person)


SHARE = Share(
    holdings=(
        Holding(
            "organizing",
            _l("Competitions you organize"),
            Organizer,
            lambda person: (
                select(Organizer)
                .where(Organizer.user_id == person.id)
                .options(joinedload(Organizer.competition))
            ),
            (
                Fact("competition", _l("Competition"), "competition.name"),
                Fact("created_at", _l("Since")),
            ),
        ),
    ),
    hindrances=hindrances,
    forget=forget,
)
