"""The answer to "may this person do this, now?"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Refusal(IntEnum):
    """The ways a door stays shut, from the least to the most telling."""

    HIDDEN = 1  # 404: not even that the thing exists
    SIGN_IN = 2  # to the sign-in page, and back
    FORBIDDEN = 3  # 403, with the reason
    CLOSED = 4  # the gate's dates and reasons
    FIRST = 5  # to the page of something that comes first, and back
    STOPPED = 6  # for a while: what was sent can be sent again once it goes on


@dataclass(frozen=True)
class Verdict:
    """Allowed when `refusal` is None; otherwise why, in the reader's language.

    `opening` is the gate's opening when the refusal is CLOSED, and when it is allowed although the
    gate has closed, by grace. `way` is the endpoint of the page that comes first when it is FIRST,
    and `things` are what its address names.
    """

    refusal: Refusal | None = None
    reason: Any = ""
    opening: Any = None
    way: str = ""
    things: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __bool__(self) -> bool:
        return self.refusal is None


ALLOWED = Verdict()
HIDDEN = Verdict(Refusal.HIDDEN)
SIGN_IN = Verdict(Refusal.SIGN_IN)


def forbidden(reason: Any) -> Verdict:
    return Verdict(Refusal.FORBIDDEN, reason)


def closed(reason: Any, opening: Any = None) -> Verdict:
    return Verdict(Refusal.CLOSED, reason, opening)


def first(way: str, **things: Any) -> Verdict:
    return Verdict(Refusal.FIRST, way=way, things=things)


def stopped(reason: Any) -> Verdict:
    return Verdict(Refusal.STOPPED, reason)
