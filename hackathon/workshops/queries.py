"""Reads about the agenda."""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.doors import doors
from ..ground.keeping import kept_by_edition, reader
from ..ground.remember import once_per_request
from .models import HOLD, Place, Session, SignUp, Speaker, session_speaker

AT_ONCE = 12
"""How many of the coming sessions are read at once."""


def sessions_of(competition: Competition) -> list[Session]:
    """The whole agenda in order, with places and speakers."""
    return list(db.session.scalars(_agenda(competition)))


def sessions_for(user: Any, competition: Competition) -> list[Session]:
    """What this person, or visitor, sees of the agenda: as the door of each session says."""
    return _seen_by(user, competition, sessions_of(competition))


@kept_by_edition
def hides_sessions(competition: Competition) -> bool:
    """Are there sessions that only those who take part see?"""
    hidden = exists().where(Session.competition_id == competition.id, Session.public.is_(False))
    return bool(db.session.scalar(select(hidden)))


def next_sessions(competition: Competition, user: Any, most: int) -> list[Session]:
    """What goes on now or begins next, as far as this person or visitor sees it."""
    coming = _agenda(competition).where(Session.ends_at > now(), Session.cancelled_at.is_(None))
    found: list[Session] = []
    begin = 0
    while True:  # few are hidden from anyone, so the first lot will mostly do
        lot = list(db.session.scalars(coming.limit(AT_ONCE).offset(begin)))
        found += _seen_by(user, competition, lot)
        if len(found) >= most or len(lot) < AT_ONCE:
            return found[:most]
        begin += AT_ONCE


def _agenda(competition: Competition) -> Select[Any]:
    return (
        select(Session)
        .where(Session.competition_id == competition.id)
        .options(joinedload(Session.place), selectinload(Session.speakers))
        .order_by(Session.starts_at, Session.id)
    )


def _seen_by(user: Any, competition: Competition, agenda: Iterable[Session]) -> list[Session]:
    if reader().insider:  # for people to whom the door of each is open
        return list(agenda)
    rule = doors().policy["workshops.show"]
    return [s for s in agenda if rule(user, competition=competition, session=s)]


# -- seats -----------------------------------------------------------------------------------


def sign_up_with(token: str, *, competition: Competition, **_: Any) -> SignUp | None:
    """The sign-up that the secret in an address names."""
    return db.session.scalar(
        select(SignUp)
        .join(SignUp.session)
        .where(SignUp.token == token, Session.competition_id == competition.id)
        .options(joinedload(SignUp.user))
    )


def sign_up_of(user: User, session: Session) -> SignUp | None:
    """The person's own seat: taken with the account, or with its address before there was one.

    Of two, as after a change of address, the confirmed one.
    """
    return db.session.scalar(
        select(SignUp)
        .where(
            SignUp.session_id == session.id,
            or_(SignUp.user_id == user.id, SignUp.address == user.email),
        )
        .order_by(SignUp.confirmed_at.is_(None), SignUp.created_at)
        .limit(1)
    )


_SEATS = (
    select(SignUp.session_id)
    .join(SignUp.session)
    .where(
        Session.competition_id == bindparam("competition"),
        or_(SignUp.user_id == bindparam("person"), SignUp.address == bindparam("address")),
        SignUp.confirmed_at.is_not(None),
    )
)


@once_per_request
def signed_up_sessions(user: Any, competition: Competition) -> frozenset[str]:
    """The keys of the sessions in which the person has a seat, as text."""
    if not user.is_authenticated:
        return frozenset()
    asked = {"competition": competition.id, "person": user.id, "address": user.email}
    return frozenset(map(str, db.session.scalars(_SEATS, asked)))


def _holds_a_seat() -> ColumnElement[bool]:
    """Confirmed, or asked for so lately that the confirmation may still come."""
    return or_(
        SignUp.confirmed_at.is_not(None),
        and_(SignUp.confirmed_at.is_(None), SignUp.created_at > now() - HOLD),
    )


def seats_taken(session: Session, but_for: SignUp | None = None) -> int:
    query = select(func.count(SignUp.id)).where(SignUp.session_id == session.id, _holds_a_seat())
    if but_for is not None:
        query = query.where(SignUp.id != but_for.id)
    return db.session.scalar(query) or 0


def seats_left(session: Session) -> int | None:
    """How many may still sign up; None when there is no limit."""
    return None if session.capacity is None else max(0, session.capacity - seats_taken(session))


def full(session: Session, but_for: SignUp | None = None) -> bool:
    """No seat left, not counting the one of `but_for`."""
    return session.capacity is not None and seats_taken(session, but_for) >= session.capacity


def sign_up_counts(competition: Competition) -> dict[uuid.UUID, int]:
    """For each session, by its key, how many confirmed sign-ups it has; none, no entry."""
    rows = db.session.execute(
        select(SignUp.session_id, func.count())
        .join(SignUp.session)
        .where(Session.competition_id == competition.id, SignUp.confirmed_at.is_not(None))
        .group_by(SignUp.session_id)
    )
    return {key: count for key, count in rows}


def sign_ups_of(session: Session) -> Select[Any]:
    """The sign-ups of a session, the earliest first."""
    return (
        select(SignUp)
        .where(SignUp.session_id == session.id)
        .options(joinedload(SignUp.user))
        .order_by(SignUp.created_at, SignUp.id)
    )


def confirmed_sign_ups(session: Session) -> list[SignUp]:
    return list(db.session.scalars(sign_ups_of(session).where(SignUp.confirmed_at.is_not(None))))


# -- who speaks, and where -------------------------------------------------------------------


def speakers_of(competition: Competition) -> list[Speaker]:
    return list(
        db.session.scalars(
            select(Speaker)
            .where(Speaker.competition_id == competition.id)
            .order_by(func.lower(Speaker.name), Speaker.id)
        )
    )


def places_of(competition: Competition) -> list[Place]:
    return list(
        db.session.scalars(
            select(Place).where(Place.competition_id == competition.id).order_by(Place.created_at)
        )
    )


def sessions_by_speaker(competition: Competition) -> dict[uuid.UUID, int]:
    """For each speaker, by key, in how many sessions they speak; in none, no entry."""
    rows = db.session.execute(
        select(session_speaker.c.speaker_id, func.count())
        .join(Session, Session.id == session_speaker.c.session_id)
        .where(Session.competition_id == competition.id)
        .group_by(session_speaker.c.speaker_id)
    )
    return {key: count for key, count in rows}


def sessions_by_place(competition: Competition) -> dict[uuid.UUID, int]:
    """For each place, by key, how many sessions are held there; none, no entry."""
    rows = db.session.execute(
        select(Session.place_id, func.count())
        .where(Session.competition_id == competition.id, Session.place_id.is_not(None))
        .group_by(Session.place_id)
    )
    return {key: count for key, count in rows}
