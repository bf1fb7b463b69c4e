"""The states of a registration, and who may move one from which to which.

Pure. `MOVES` is the only table of it; docs/organizers/registration.md shows the same one.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

SHORTEST_OFFER = timedelta(hours=2)


class State(StrEnum):
    """Where a registration stands."""

    APPLIED = "applied"  # waits for the organizers' answer
    WAITLISTED = "waitlisted"  # waits for a place
    OFFERED = "offered"  # a place is kept until the person confirms
    REGISTERED = "registered"  # takes part
    DECLINED = "declined"  # the organizers said no
    LAPSED = "lapsed"  # an offer was not confirmed in time
    WITHDRAWN = "withdrawn"  # the person left, or was taken out

    @property
    def label(self) -> Any:
        return NAMES[self]

    @property
    def live(self) -> bool:
        """Does it still lead somewhere, so that entering again would be twice?"""
        return self in LIVE


class Mover(StrEnum):
    PERSON = "person"
    ORGANIZER = "organizer"
    SYSTEM = "system"


LIVE = frozenset({State.APPLIED, State.WAITLISTED, State.OFFERED, State.REGISTERED})
# A place that is offered is as good as taken.
HOLDING = frozenset({State.OFFERED, State.REGISTERED})

NAMES = {
    State.APPLIED: _l("Application under review"),
    State.WAITLISTED: _l("On the waitlist"),
    State.OFFERED: _l("Place offered"),
    State.REGISTERED: _l("Registered"),
    State.DECLINED: _l("Application declined"),
    State.LAPSED: _l("Offer expired"),
    State.WITHDRAWN: _l("Withdrawn"),
}

_PERSON = frozenset({Mover.PERSON})
_ORGANIZER = frozenset({Mover.ORGANIZER})
_SYSTEM = frozenset({Mover.SYSTEM})

# (from, to): who. From None a registration begins.
MOVES: dict[tuple[State | None, State], frozenset[Mover]] = {
    (None, State.APPLIED): _PERSON,
    (None, State.WAITLISTED): _PERSON,
    (None, State.REGISTERED): _PERSON,
    (State.APPLIED, State.REGISTERED): _ORGANIZER,
    (State.APPLIED, State.WAITLISTED): _ORGANIZER,
    (State.APPLIED, State.DECLINED): _ORGANIZER,
    (State.APPLIED, State.WITHDRAWN): _PERSON | _ORGANIZER,
    (State.WAITLISTED, State.OFFERED): _SYSTEM,
    (State.WAITLISTED, State.WITHDRAWN): _PERSON | _ORGANIZER,
    (State.OFFERED, State.REGISTERED): _PERSON,
    (State.OFFERED, State.LAPSED): _SYSTEM,
    (State.OFFERED, State.WITHDRAWN): _PERSON | _ORGANIZER,
    (State.REGISTERED, State.WITHDRAWN): _PERSON | _ORGANIZER,
    (State.DECLINED, State.REGISTERED): _ORGANIZER,
    (State.DECLINED, State.WAITLISTED): _ORGANIZER,
    (State.LAPSED, State.APPLIED): _PERSON,
    (State.LAPSED, State.WAITLISTED): _PERSON | _ORGANIZER,
    (State.LAPSED, State.OFFERED): _ORGANIZER,
    (State.LAPSED, State.REGISTERED): _PERSON,
    (State.WITHDRAWN, State.APPLIED): _PERSON,
    (State.WITHDRAWN, State.WAITLISTED): _PERSON | _ORGANIZER,
    (State.WITHDRAWN, State.OFFERED): _ORGANIZER,
    (State.WITHDRAWN, State.REGISTERED): _PERSON,
}


def may_move(before: State | None, after: State, mover: Mover) -> bool:
    return mover in MOVES.get((before, after), frozenset())


def moves_of(mover: Mover, before: State | None) -> set[State]:
    """The states to which this mover may bring a registration that is in `before`."""
    return {after for (start, after), who in MOVES.items() if start == before and mover in who}


def offer_until(
    at: datetime, hours: int, closes_at: datetime | None, *, after_close: bool
) -> datetime | None:
    """Until when a place offered at `at` is kept; None when none may be offered.

    It is kept for `hours`, and not past the close of registration `closes_at` (None: not
    announced), unless the organizers offer places `after_close` too. Where fewer than two hours
    are left before the close, nobody is hurried: no place is offered.
    """
    until = at + timedelta(hours=hours)
    if after_close:
        return until
    if closes_at is None or closes_at - at < SHORTEST_OFFER:
        return None
    return min(until, closes_at)


def remind_at(at: datetime, until: datetime) -> datetime:
    """When to remind of an offer made at `at`: with a quarter of its time left."""
    return until - (until - at) / 4
