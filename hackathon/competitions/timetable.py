"""The one judge of time: when a gate is open, and how that came to be.

Pure: plain values in, plain values out. Page, letter, countdown, command line and enforcement
all ask `opening()`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class State(StrEnum):
    UNANNOUNCED = "unannounced"
    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Later:
    """A later close, with its reason and when it was announced."""

    closes_at: datetime
    reason: Any
    announced_at: datetime


@dataclass(frozen=True)
class Opening:
    """A gate as seen at the moment `at`.

    `earlier` are the closes that no longer hold, oldest first, each with the reason for which
    the next one replaced it. `allowance` is set when the close is one team's own. `grace` is for
    how long after the close a form begun in time is still taken; nobody is told of it.
    """

    gate: Any
    at: datetime
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    earlier: tuple[Later, ...] = ()
    allowance: Later | None = None
    grace: timedelta = timedelta(0)

    @property
    def state(self) -> State:
        """Open from `opens_at` up to, not at, `closes_at`; without a window, not open."""
        if self.opens_at is None or self.closes_at is None:
            return State.UNANNOUNCED
        if self.at < self.opens_at:
            return State.UPCOMING
        return State.OPEN if self.at < self.closes_at else State.CLOSED

    @property
    def is_open(self) -> bool:
        return self.state is State.OPEN

    @property
    def overtime(self) -> timedelta | None:
        """By how much it is past the close, as long as that is within the grace."""
        if self.state is not State.CLOSED or self.closes_at is None:
            return None
        late = self.at - self.closes_at
        return late if late < self.grace else None

    def late(self, at: datetime) -> timedelta | None:
        """By how much what came `at` came after the close; None when it was in time."""
        if self.closes_at is None or at < self.closes_at:
            return None
        return at - self.closes_at

    def admits(self, *, changing: bool) -> bool:
        """May one come in? By grace, only who sends a form (`changing`), not who opens a page."""
        return self.is_open or (changing and self.overtime is not None)

    @property
    def settled(self) -> bool:
        """Closed, and nothing more can come in by grace."""
        return self.state is State.CLOSED and self.overtime is None

    @property
    def announced_at(self) -> datetime | None:
        """Since when the present close is known; None when it is the first one."""
        return self.earlier[-1].announced_at if self.earlier else None

    @property
    def next_at(self) -> datetime | None:
        """The next moment at which the state changes, for a countdown."""
        match self.state:
            case State.UPCOMING:
                return self.opens_at
            case State.OPEN:
                return self.closes_at
            case _:
                return None


def opening(
    gate: Any,
    at: datetime,
    window: tuple[datetime, datetime] | None,
    extensions: Iterable[Later] = (),
    allowance: Later | None = None,
    grace: timedelta = timedelta(0),
) -> Opening:
    """When `gate` is open, as known at `at`.

    `window` is (opens_at, closes_at) as first announced, or None. Extensions only ever make a
    gate close later; one that does not, or that is announced after `at`, changes nothing. The
    same holds for a team's `allowance`.
    """
    if window is None:
        return Opening(gate, at)
    opens_at, closes_at = window
    earlier: list[Later] = []
    for later in sorted(extensions, key=lambda later: later.announced_at):
        if later.closes_at > closes_at and later.announced_at <= at:
            earlier.append(Later(closes_at, later.reason, later.announced_at))
            closes_at = later.closes_at
    if allowance is not None and allowance.closes_at > closes_at and allowance.announced_at <= at:
        earlier.append(Later(closes_at, allowance.reason, allowance.announced_at))
        closes_at = allowance.closes_at
    else:
        allowance = None
    return Opening(gate, at, opens_at, closes_at, tuple(earlier), allowance, grace)


def extended(opening: Opening, closes_at: datetime, reason: Any) -> Opening:
    """The same gate, as it would be with an extension announced now."""
    assert opening.closes_at is not None
    earlier = (*opening.earlier, Later(opening.closes_at, reason, opening.at))
    return replace(opening, closes_at=closes_at, earlier=earlier)


def reminder_due(opening: Opening, before: timedelta, planned_at: datetime) -> datetime | None:
    """The moment, `before` its close, at which to remind of an opening.

    None when that moment had passed before the reminder was planned or the close was announced:
    who has just read of a new date needs no second letter.
    """
    if opening.closes_at is None:
        return None
    due_at = opening.closes_at - before
    known_since = max(planned_at, opening.announced_at or planned_at)
    return due_at if due_at >= known_since else None
