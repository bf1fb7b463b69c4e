"""What registrations hold about a person."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager, joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.personal import Fact, Holding, Share
from .models import Consent, Registration
from .residence import residence_name


def forget(person: User) -> None:
    """Forget what was told, and close every yes. Whoever could leave has left by now."""
    db.session.flush()
    own = select(Registration.id).where(Registration.user_id == person.id)
    db.session.execute(
        update(Registration).where(Registration.user_id == person.id).values(residence=None)
    )
    db.session.execute(
        update(Consent)
        .where(Consent.registration_id.in_(own), Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now())
    )
    db.session.expire_all()


def expire(competition: Competition) -> dict[str, int]:
    """What people told when they registered."""
    emptied = db.session.execute(
        update(Registration)
        .where(Registration.competition_id == competition.id, Registration.residence.is_not(None))
        .values(residence=None)
    )
    return {"registrations": emptied.rowcount}


SHARE = Share(
    holdings=(
        Holding(
            "registrations",
            _l("Your registrations"),
            Registration,
            lambda person: (
                select(Registration)
                .where(Registration.user_id == person.id)
                .options(joinedload(Registration.competition))
                .order_by(Registration.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "competition.name"),
                Fact("created_at", _l("Registered")),
                Fact("of_age_declared_at", _l("Minimum age declared")),
                Fact("residence", _l("Where you live"), words=residence_name),
                Fact("withdrawn_at", _l("Withdrawn")),
            ),
            stays=_l("That somebody was registered, and when: without where you live."),
        ),
        Holding(
            "consents",
            _l("What you agreed to"),
            Consent,
            lambda person: (
                select(Consent)
                .join(Consent.registration)
                .where(Registration.user_id == person.id)
                .options(
                    contains_eager(Consent.registration).joinedload(Registration.competition),
                    joinedload(Consent.text),
                )
                .order_by(Consent.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "registration.competition.name"),
                Fact("text", _l("Text"), "text.title"),
                Fact("version", _l("Version"), "text.version"),
                Fact("created_at", _l("Given")),
                Fact("withdrawn_at", _l("Taken back")),
            ),
            stays=_l(
                "The proof that somebody agreed to which text, and until when. Every yes ends now."
            ),
        ),
    ),
    forget=forget,
    expire=expire,
)
