"""Reads about registrations."""

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.remember import once_per_request
from .models import Consent, ConsentText, Registration


@once_per_request
def registration_of(user: User, competition: Competition) -> Registration | None:
    """The person's entry in the competition, unless withdrawn."""
    return db.session.scalar(
        select(Registration).where(
            Registration.user_id == user.id,
            Registration.competition_id == competition.id,
            Registration.takes_part,
        )
    )


def count_of(competition: Competition) -> int:
    """How many people take part."""
    return (
        db.session.scalar(
            select(func.count()).where(
                Registration.competition_id == competition.id, Registration.takes_part
            )
        )
        or 0
    )


def places_left(competition: Competition) -> int | None:
    """How many more people can register; None without a limit."""
    if competition.capacity is None:
        return None
    return max(0, competition.capacity - count_of(competition))


def registration_with(address: str, competition: Competition) -> Registration | None:
    """The entry of the person with this address, unless withdrawn."""
    return db.session.scalar(
        select(Registration)
        .join(User, Registration.user_id == User.id)
        .where(
            User.email == address.strip().lower(),
            Registration.competition_id == competition.id,
            Registration.takes_part,
        )
    )


def consents_of(registration: Registration) -> list[Consent]:
    """What the person agreed to and has not taken back, the required texts first."""
    rows = db.session.scalars(
        select(Consent)
        .join(ConsentText, Consent.consent_text_id == ConsentText.id)
        .where(Consent.registration_id == registration.id, Consent.withdrawn_at.is_(None))
        .options(joinedload(Consent.text))
        .order_by(ConsentText.required.desc(), ConsentText.key, ConsentText.version)
    )
    return list(rows)


def ledger_of(user: User, competition: Competition | None = None) -> list[Consent]:
    """Every yes the person gave, taken back or not, the newest first; here or anywhere."""
    query = (
        select(Consent)
        .join(Consent.registration)
        .where(Registration.user_id == user.id)
        .options(
            contains_eager(Consent.registration).joinedload(Registration.competition),
            joinedload(Consent.text),
        )
        .order_by(Consent.created_at.desc(), Consent.id.desc())
    )
    if competition is not None:
        query = query.where(Registration.competition_id == competition.id)
    return list(db.session.scalars(query))


def texts_to_agree(user: User, competition: Competition | None = None) -> list[ConsentText]:
    """The newest versions of required texts to which a person who takes part said no yes yet."""
    newer = aliased(ConsentText)
    superseded = (
        select(newer.id)
        .where(
            newer.competition_id == ConsentText.competition_id,
            newer.key == ConsentText.key,
            newer.version > ConsentText.version,
            newer.published_at <= now(),
        )
        .exists()
    )
    agreed = (
        select(Consent.id)
        .where(
            Consent.registration_id == Registration.id,
            Consent.consent_text_id == ConsentText.id,
            Consent.withdrawn_at.is_(None),
        )
        .exists()
    )
    query = (
        select(ConsentText)
        .join(Registration, Registration.competition_id == ConsentText.competition_id)
        .where(
            Registration.user_id == user.id,
            Registration.takes_part,
            ConsentText.required,
            ConsentText.published_at <= now(),
            ~superseded,
            ~agreed,
        )
        .options(joinedload(ConsentText.competition))
        .order_by(ConsentText.created_at)
    )
    if competition is not None:
        query = query.where(ConsentText.competition_id == competition.id)
    return list(db.session.scalars(query))


def consent_texts_in_force(competition: Competition) -> list[ConsentText]:
    """The newest published version of each text, the required ones first."""
    rows = db.session.scalars(
        select(ConsentText)
        .where(ConsentText.competition_id == competition.id, ConsentText.published_at <= now())
        .order_by(ConsentText.version)
    )
    newest = {text.key: text for text in rows}
    return sorted(newest.values(), key=lambda text: (not text.required, text.created_at, text.key))


def consent_texts_of(competition: Competition) -> list[tuple[ConsentText, int]]:
    """Every version of every text with the number of people who agreed, newest versions first."""
    agreed = (
        select(func.count())
        .where(Consent.consent_text_id == ConsentText.id, Consent.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(ConsentText, agreed)
        .where(ConsentText.competition_id == competition.id)
        .order_by(ConsentText.key, ConsentText.version.desc())
    )
    return [(text, count) for text, count in rows]
