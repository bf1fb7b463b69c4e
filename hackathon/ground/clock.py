"""The one place that says what time it is.

One request has one "now": the moment it reached the door. An upload begun in time is in time.
"""

import re
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

# What governments decide about their clocks comes with the locked tzdata package and its updates;
# the machine's own copy may be years old.
zoneinfo.reset_tzpath(())
zoneinfo.ZoneInfo.clear_cache()

_arrived: ContextVar[datetime | None] = ContextVar("arrived", default=None)


def now() -> datetime:
    """The moment the current request arrived, else the present; aware, in UTC."""
    return _arrived.get() or datetime.now(UTC)


LONGEST_QUEUE = timedelta(seconds=10)
"""How long a request may have waited for us, at most, before we look at it."""

_STAMP = re.compile(r"t=([0-9]{10})\.([0-9]{1,6})")


def arrival(stamp: str) -> datetime | None:
    """The moment that a reverse proxy stamped, as nginx writes it: `t=${msec}`.

    None where it is no such stamp, or one of the future. What lies further back than a queue can be
    long counts as that long ago, so that a clock that is slow keeps no gate open.
    """
    found = _STAMP.fullmatch(stamp)
    if found is None:
        return None
    here = datetime.now(UTC)
    moment = datetime.fromtimestamp(int(found[1]), UTC) + timedelta(
        microseconds=int(found[2].ljust(6, "0"))
    )
    return None if moment > here else max(moment, here - LONGEST_QUEUE)


@contextmanager
def standing_still(arrived: datetime | None = None) -> Iterator[datetime]:
    """Hold `now()` at the moment of arrival, or the present, while one request is served."""
    token = _arrived.set(moment := arrived or datetime.now(UTC))
    try:
        yield moment
    finally:
        _arrived.reset(token)
