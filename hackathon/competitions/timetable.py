"""The one judge of time: when a gate is open, and how that came to be.

Pure: plain values in, plain values out. Page, letter, countdown, command line and enforcement
all ask `opening()`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
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
    the next one replaced it. `allowance` is set when the close is one team's own.
    """

    gate: Any
    at: datetime
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    earlier: tuple[Later, ...] = ()
    allowance: Later | None = None

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
        return Opening(gate, at, opens_at, allowance.closes_at, tuple(earlier), allowance)
    return Opening(gate, at, opens_at, closes_at, tuple(earlier))
