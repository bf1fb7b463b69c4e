"""Reads about competitions."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from ..accounts.models import User
from ..extensions import db
from ..ground.clock import now
from ..ground.remember import once_per_request
from .models import (
    ROUND_GATES,
    Challenge,
    Competition,
    Expertise,
    Extension,
    Gate,
    Inquiry,
    Organizer,
    Round,
    Window,
)
from .timetable import Later, Opening, opening

_timetable = selectinload(Competition.windows).joinedload(Window.extensions)
# Asked at nearly every request, so written down once: to make a statement costs as much as to send
# it.
_AT = select(Competition).where(Competition.slug == bindparam("slug"))
_WINDOWS = (
    select(Window)
    .where(Window.competition_id == bindparam("competition"))
    .options(joinedload(Window.extensions))
)
_ORGANIZER = select(Organizer.id).where(
    Organizer.user_id == bindparam("user"), Organizer.competition_id == bindparam("competition")
)


def competition_at(slug: str) -> Competition | None:
    """The competition of an address, with its timetable."""
    competition = db.session.scalar(_AT, {"slug": slug})
    if competition is not None:
        windows = db.session.scalars(_WINDOWS, {"competition": competition.id}).unique().all()
        set_committed_value(competition, "windows", list(windows))
    return competition


def published_competitions() -> list[Competition]:
    """What visitors may see, the newest first."""
    return list(
        db.session.scalars(
            select(Competition)
            .where(Competition.published_at <= now())
            .options(_timetable)
            .order_by(Competition.published_at.desc())
        )
    )


@once_per_request
def organizes(user: User, competition: Competition) -> bool:
    """Organizers of this competition; administrators organize them all."""
    if user.administrator:
        return True
    things = {"user": user.id, "competition": competition.id}
    return db.session.scalar(_ORGANIZER, things) is not None


def organizers_of(competition: Competition) -> list[Organizer]:
    return list(
        db.session.scalars(
            select(Organizer)
            .where(Organizer.competition_id == competition.id)
            .options(selectinload(Organizer.user))
            .order_by(Organizer.created_at)
        )
    )


def opening_of(competition: Competition, gate: Gate, allowance: Any = None) -> Opening:
    """When the gate is open; `allowance` is a team's own later close (closes_at, reason, …)."""
    window = next((w for w in competition.windows if w.gate == gate), None)
    return opening(
        gate,
        now(),
        (window.opens_at, window.closes_at) if window else None,
        [
            Later(each.closes_at, each.reason, each.created_at)
            for each in (window.extensions if window else ())
            if each.undone_at is None
        ],
        Later(allowance.closes_at, allowance.reason, allowance.created_at) if allowance else None,
        competition.grace,
    )


def gates_of(competition: Competition) -> list[Gate]:
    """Every gate that the competition has, in the order of the story: those of later rounds of
    judging only where there are such rounds."""
    judged = {round_.gate for round_ in competition.rounds}
    return [gate for gate in Gate if gate in judged or gate not in ROUND_GATES[1:]]


def round_at(competition: Competition, position: str | None) -> Round | None:
    """The round that an address asks for; None for none, or one that is not there."""
    return next((each for each in competition.rounds if str(each.position) == position), None)


def timetable_of(competition: Competition) -> list[Opening]:
    """Every announced gate in the order of the story."""
    announced = {window.gate for window in competition.windows}
    return [opening_of(competition, gate) for gate in Gate if gate in announced]


def undoable_extensions(competition: Competition) -> dict[Gate, Extension]:
    """The last extension of each gate, while it can still be undone."""
    found = {}
    for window in competition.windows:
        standing = [each for each in window.extensions if each.undone_at is None]
        if standing and now() < standing[-1].undo_until:
            found[window.gate] = standing[-1]
    return found


def next_deadline(competition: Competition) -> Opening | None:
    """The opening that changes soonest."""
    coming = [o for o in timetable_of(competition) if o.next_at is not None]
    return min(coming, key=lambda o: o.next_at or o.at, default=None)


def end_of(competition: Competition) -> datetime | None:
    """When the last announced gate closes; None while nothing is announced."""
    closes = [o.closes_at for o in timetable_of(competition) if o.closes_at is not None]
    return max(closes, default=None)


def over(competition: Competition) -> bool:
    end = end_of(competition)
    return end is not None and end <= now()


def published_inquiries(challenge: Challenge) -> list[Inquiry]:
    """The questions about the challenge that everyone reads, in the order of their answers."""
    return list(
        db.session.scalars(
            select(Inquiry)
            .where(Inquiry.challenge_id == challenge.id, Inquiry.published_at.is_not(None))
            .order_by(Inquiry.published_at, Inquiry.id)
        )
    )


def inquiries_by(user: User, challenge: Challenge) -> list[Inquiry]:
    """What the person asked about the challenge, the newest first."""
    return list(
        db.session.scalars(
            select(Inquiry)
            .where(Inquiry.challenge_id == challenge.id, Inquiry.asker_id == user.id)
            .order_by(Inquiry.created_at.desc(), Inquiry.id.desc())
        )
    )


def inquiries_of(competition: Competition) -> Select[tuple[Inquiry]]:
    """Every question, those without an answer first, then the newest first."""
    return (
        select(Inquiry)
        .join(Challenge)
        .where(Challenge.competition_id == competition.id)
        .options(joinedload(Inquiry.challenge), joinedload(Inquiry.asker))
        .order_by(Inquiry.answered_at.is_not(None), Inquiry.created_at.desc(), Inquiry.id.desc())
    )


def address_taken(slug: str, but_for: Competition | None = None) -> bool:
    query = select(Competition.id).where(Competition.slug == slug)
    if but_for is not None:
        query = query.where(Competition.id != but_for.id)
    return db.session.scalar(query) is not None


def expertise_of(competition: Competition) -> list[Expertise]:
    """The competition's own list of fields of knowledge, in its order."""
    return list(
        db.session.scalars(
            select(Expertise)
            .where(Expertise.competition_id == competition.id)
            .order_by(Expertise.position, Expertise.id)
        )
    )
