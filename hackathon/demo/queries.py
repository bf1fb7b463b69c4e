"""What the demo asks: where the event stands, and which letters were written."""

import uuid

from sqlalchemy import Select, select

from ..competitions.models import Competition, Gate, Window
from ..extensions import db
from ..ground.clock import now
from ..post.models import Letter
from .content import ZONE, content
from .phases import Phase, phase_at, wall_clock

# When registration opened in 2021: what a laid event's own opening is compared with.
(OPENED,) = (
    window["opens_at"]
    for window in content("competition")["windows"]
    if window["gate"] == Gate.REGISTRATION
)


def datajam() -> Competition | None:
    """The competition that was laid."""
    return db.session.scalar(
        select(Competition).where(Competition.slug == content("competition")["slug"])
    )


def laid() -> bool:
    """Is there any competition yet?"""
    return db.session.scalar(select(Competition.id).limit(1)) is not None


def phase_now() -> Phase | None:
    """The phase in which the event is now, wherever it was laid; None when it is gone."""
    opens_at = db.session.scalar(
        select(Window.opens_at)
        .join(Competition)
        .where(Competition.slug == content("competition")["slug"], Window.gate == Gate.REGISTRATION)
    )
    if opens_at is None:
        return None
    shift = wall_clock(opens_at, ZONE) - OPENED
    return phase_at(wall_clock(now(), ZONE) - shift)


def letters_to(address: str = "") -> Select[tuple[Letter]]:
    """Every letter, or those to addresses that contain these words; the newest first."""
    query = select(Letter).order_by(Letter.created_at.desc(), Letter.id.desc())
    if address:
        query = query.where(Letter.address.icontains(address.strip(), autoescape=True))
    return query


def mail_at(key: str, **_: object) -> Letter | None:
    """The letter of an address in the mailbox."""
    try:
        return db.session.get(Letter, uuid.UUID(key))
    except ValueError:
        return None
