"""The one place that says what time it is.

One request has one "now": the moment it reached the door. An upload begun in time is in time.
"""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

# What governments decide about their clocks comes with the locked tzdata package and its updates;
# the machine's own copy may be years old.
zoneinfo.reset_tzpath(())
zoneinfo.ZoneInfo.clear_cache()

_arrived: ContextVar[datetime | None] = ContextVar("arrived", default=None)


def now() -> datetime:
    """The moment the current request arrived, else the present; aware, in UTC."""
    return _arrived.get() or datetime.now(UTC)


@contextmanager
def standing_still() -> Iterator[datetime]:
    """Hold `now()` at the present moment while one request is served."""
    token = _arrived.set(moment := datetime.now(UTC))
    try:
        yield moment
    finally:
        _arrived.reset(token)
