"""Scheduling sessions, and taking seats in them."""

import secrets
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..accounts.queries import person_with
from ..competitions.actions import let_in_late
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.i18n import day, hour, moment_text, zone_name
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from . import letters, timetabling
from .models import HOLD, Place, Session, SignUp, Speaker, session_speaker
from .queries import confirmed_sign_ups, full, seats_taken, sign_up_of


class PlaceTaken(Obstacle):
    sentence = _l("%(place)s is taken at that time by “%(session)s”, %(when)s.")
    field = "place"


class SpeakerElsewhere(Obstacle):
    sentence = _l("%(speaker)s speaks at that time in “%(session)s”, %(when)s.")
    field = "speakers"


class TooFewSeats(Obstacle):
    sentence = _l("People have taken %(number)s seats already.")
    field = "capacity"


class SessionCancelled(Obstacle):
    sentence = _l("This session was cancelled.")


class SessionOver(Obstacle):
    sentence = _l("This session is over.")


class SignUpsClosed(Obstacle):
    sentence = _l("Sign-ups for this session closed: %(moment)s.")


class SignUpsOnlyLater(Obstacle):
    sentence = _l(
        "People have read until when they can sign up (%(moment)s). It can be later, not earlier."
    )
    field = "sign_ups_close_at"


class SessionFull(Obstacle):
    sentence = _l("Every seat of this session is taken.")


class SessionAwaited(Obstacle):
    sentence = _l("People signed up for this session. Cancel it instead: they get a letter.")


class SpeakerScheduled(Obstacle):
    sentence = _l("This person speaks in a session, so they cannot be removed.")


class PlaceScheduled(Obstacle):
    sentence = _l("A session is held in this place, so it cannot be removed.")


# -- the agenda ------------------------------------------------------------------------------


def schedule(competition: Competition, *, by: User, **fields: Any) -> Session:
    """Put a session on the agenda. `fields` are the columns of Session, `place` and `speakers`."""
    _lock_agenda(competition)
    session = Session(competition=competition, **fields)
    with db.session.no_autoflush:
        _refuse_clashes(session)
    db.session.add(session)
    db.session.flush()
    record(Deed.SESSION_SCHEDULED, by=by, competition=competition, subject=str(session.title))
    return session


def edit_session(session: Session, *, by: User, **fields: Any) -> Session:
    """Change a session; when its time or place is another, tell everyone who signed up."""
    _lock_agenda(session.competition)
    _lock(session)
    if session.cancelled:
        raise SessionCancelled
    capacity, taken = fields["capacity"], seats_taken(session)
    if capacity is not None and capacity < taken:
        raise TooFewSeats(number=taken)
    before, closed_at = session.starts_at, session.sign_ups.closes_at
    moved = any(
        fields[name] != getattr(session, name) for name in ("starts_at", "ends_at", "place")
    )
    for name, value in fields.items():
        setattr(session, name, value)
    with db.session.no_autoflush:
        _refuse_clashes(session)
        _refuse_earlier_close(session, closed_at, before)
    db.session.flush()
    record(
        Deed.SESSION_MOVED if moved else Deed.SESSION_EDITED,
        by=by,
        competition=session.competition,
        subject=str(session.title),
    )
    if moved and not session.over:
        for sign_up in confirmed_sign_ups(session):
            letters.session_moved(sign_up, before=before)
    return session


def cancel_session(session: Session, *, by: User) -> Session:
    """Call a session off and tell everyone who signed up. It stays in the agenda, and says so."""
    _lock(session)
    if session.cancelled:
        raise SessionCancelled
    if session.over:
        raise SessionOver
    session.cancelled_at = now()
    record(
        Deed.SESSION_CANCELLED,
        by=by,
        competition=session.competition,
        subject=str(session.title),
    )
    for sign_up in confirmed_sign_ups(session):
        letters.session_cancelled(sign_up)
    return session


def delete_session(session: Session, *, by: User) -> None:
    """Remove a session for which nobody waits: none signed up, it was cancelled, or it is over."""
    _lock(session)
    if not session.cancelled and not session.over and seats_taken(session):
        raise SessionAwaited
    record(Deed.SESSION_DELETED, by=by, competition=session.competition, subject=str(session.title))
    db.session.delete(session)
    db.session.flush()


def _lock_agenda(competition: Competition) -> None:
    """One change of an agenda at a time, so that what is checked stays true until the commit."""
    db.session.execute(
        select(Competition.id)
        .where(Competition.id == competition.id)
        .with_for_update(key_share=True)
    )


def _lock(session: Session) -> None:
    """One taker of seats at a time."""
    db.session.scalar(
        select(Session)
        .where(Session.id == session.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def _refuse_clashes(session: Session) -> None:
    others = {
        other.id: other
        for other in db.session.scalars(
            select(Session)
            .where(
                Session.competition_id == session.competition.id,
                Session.cancelled_at.is_(None),
                Session.starts_at < session.ends_at,
                Session.ends_at > session.starts_at,
            )
            .options(joinedload(Session.place), selectinload(Session.speakers))
        )
    }
    candidate = _plain(session)
    for clash in timetabling.clashes_of(candidate, map(_plain, others.values())):
        other = others[clash.second]
        facts = {"session": str(other.title), "when": _hours(other)}
        if clash.kind is timetabling.ClashKind.PLACE:
            raise PlaceTaken(place=str(session.place.name), **facts)
        speaker = next(s for s in session.speakers if s.id == clash.key)
        raise SpeakerElsewhere(speaker=speaker.name, **facts)


def _refuse_earlier_close(
    session: Session, closed_at: datetime | None, started_at: datetime
) -> None:
    """Once public, sign-ups close earlier only with a session that itself begins earlier."""
    competition, closes_at = session.competition, session.sign_ups.closes_at
    if competition.published_at is None or closed_at is None or closes_at is None:
        return
    if closes_at < closed_at and session.starts_at >= started_at:
        raise SignUpsOnlyLater(moment=moment_text(closed_at, competition.zone))


def _hours(session: Session) -> str:
    """`Saturday, May 8, 2021, 3:00 p.m. – 4:30 p.m. EDT (UTC−4)`."""
    zone, starts = session.competition.zone, session.starts_at
    hours = f"{hour(starts, zone)} – {hour(session.ends_at, zone)}"
    return f"{day(starts, zone)}, {hours} {zone_name(starts, zone)}"


def _plain(session: Session) -> timetabling.Session:
    return timetabling.Session(
        session.id,
        session.starts_at,
        session.ends_at,
        session.place.id if session.place else None,
        tuple(speaker.id for speaker in session.speakers),
    )


# -- seats -----------------------------------------------------------------------------------


def sign_up(session: Session, *, by: User) -> SignUp:
    """Give the person a seat and write to them; a second time changes nothing."""
    _refuse_closed(session, by=by)
    known = sign_up_of(by, session)
    if known and known.confirmed:
        return known
    if full(session, but_for=known):
        raise SessionFull
    seat = known or SignUp(
        session=session, address=by.email, language=by.language, token=secrets.token_urlsafe(32)
    )
    seat.user, seat.name, seat.confirmed_at = by, by.name, now()
    db.session.add(seat)
    db.session.flush()
    letters.signed_up(seat)
    return seat


def ask_for_seat(session: Session, *, name: str, address: str, language: str) -> Session:
    """Hold a seat for an address, and ask by letter for its confirmation.

    An address that has a seat gets the letter about it again. The answer is the same, and a full
    session refuses everyone alike, so nobody learns who signed up.
    """
    _refuse_closed(session, by=None)
    if full(session):
        raise SessionFull
    seat = db.session.scalar(
        select(SignUp).where(SignUp.session_id == session.id, SignUp.address == address)
    )
    if seat and seat.confirmed:
        letters.signed_up(seat)
        return session
    if seat and seat.created_at <= now() - HOLD:  # its hold has run out: begin anew
        db.session.delete(seat)
        db.session.flush()
        seat = None
    if seat is None:
        seat = SignUp(session=session, address=address, token=secrets.token_urlsafe(32))
        db.session.add(seat)
    seat.name, seat.language = name, language
    db.session.flush()
    letters.sign_up_confirm(seat)
    return session


def confirm_seat(seat: SignUp) -> SignUp:
    """Whoever holds the letter owns the address; the seat is theirs if one is left.

    They asked in time, so the close of sign-ups does not concern them.
    """
    _lock(seat.session)
    db.session.scalar(  # meanwhile it may have been confirmed in another tab
        select(SignUp).where(SignUp.id == seat.id).execution_options(populate_existing=True)
    )
    if seat.confirmed:
        return seat
    _refuse_late(seat.session)
    if full(seat.session, but_for=seat):
        raise SessionFull
    seat.confirmed_at = now()
    seat.user = person_with(seat.address)
    db.session.flush()
    letters.signed_up(seat)
    return seat


def give_up_seat(seat: SignUp) -> None:
    """Free the seat; nothing of the person is kept."""
    db.session.delete(seat)
    db.session.flush()


def _refuse_closed(session: Session, *, by: User | None) -> None:
    _refuse_late(session)
    sign_ups = session.sign_ups
    if not sign_ups.admits(changing=True):
        raise SignUpsClosed(
            moment=moment_text(sign_ups.closes_at or sign_ups.at, session.competition.zone)
        )
    if sign_ups.overtime is not None:
        let_in_late(sign_ups, by=by, competition=session.competition)


def _refuse_late(session: Session) -> None:
    """Hold the session's row, and refuse when it will not or no longer take place."""
    _lock(session)
    if session.cancelled:
        raise SessionCancelled
    if session.over:
        raise SessionOver


# -- who speaks, and where -------------------------------------------------------------------


def save_speaker(speaker: Speaker, **fields: Any) -> Speaker:
    return _save(speaker, **fields)


def save_place(place: Place, **fields: Any) -> Place:
    return _save(place, **fields)


def _save(thing: Any, **fields: Any) -> Any:
    for name, value in fields.items():
        setattr(thing, name, value)
    db.session.add(thing)
    db.session.flush()
    return thing


def remove_speaker(speaker: Speaker) -> None:
    _lock_agenda(speaker.competition)
    if db.session.scalar(
        select(session_speaker.c.session_id)
        .where(session_speaker.c.speaker_id == speaker.id)
        .limit(1)
    ):
        raise SpeakerScheduled
    db.session.delete(speaker)
    db.session.flush()


def remove_place(place: Place) -> None:
    _lock_agenda(place.competition)
    if db.session.scalar(select(Session.id).where(Session.place_id == place.id).limit(1)):
        raise PlaceScheduled
    db.session.delete(place)
    db.session.flush()
