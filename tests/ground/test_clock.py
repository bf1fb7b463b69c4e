"""One request has one now."""

from datetime import UTC, datetime, timedelta

import time_machine

from hackathon.ground import clock


def test_now_is_the_moment_the_request_arrived() -> None:
    start = datetime(2026, 5, 8, 14, 30, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as traveller:
        with clock.standing_still() as moment:
            traveller.shift(timedelta(hours=1))
            assert (moment, clock.now()) == (start, start)
        assert clock.now() == start + timedelta(hours=1)
