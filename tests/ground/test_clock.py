"""One request has one now."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from hackathon.ground import clock
from tests.apps import own_app


def test_now_is_the_moment_the_request_arrived() -> None:
    start = datetime(2026, 5, 8, 14, 30, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as traveller:
        with clock.standing_still() as moment:
            traveller.shift(timedelta(hours=1))
            assert (moment, clock.now()) == (start, start)
        assert clock.now() == start + timedelta(hours=1)


HERE = datetime(2026, 5, 8, 14, 30, tzinfo=UTC)
EPOCH = int(HERE.timestamp())


@pytest.mark.parametrize(
    ("stamp", "seconds_ago"),
    [
        (f"t={EPOCH - 3}.250", 2.75),
        (f"t={EPOCH}.0", 0),
        (f"t={EPOCH - 10}.000", 10),
        (f"t={EPOCH - 86_400}.000", 10),  # never further back than a queue is long
        ("t=0000000000.000", 10),
        (f"t={EPOCH}.001", None),
        ("t=9999999999.999999", None),
        *((odd, None) for odd in ("", "t=", f"{EPOCH}.000", f"t={EPOCH}", f"t=-{EPOCH}.1")),
        *((odd, None) for odd in ("t=nan", "t=1e9", f"t={EPOCH}.000\n", f"t=x, t={EPOCH}.000")),
        ("t=" + "9" * 5000 + ".0", None),
        ("t=" + "\u0661" * 10 + ".0", None),
    ],
)
def test_a_proxy_says_when_a_request_came(stamp: str, seconds_ago: float | None) -> None:
    with time_machine.travel(HERE, tick=False):
        expected = None if seconds_ago is None else HERE - timedelta(seconds=seconds_ago)
        assert clock.arrival(stamp) == expected


@pytest.mark.parametrize(("stamps", "waited"), [(False, 0), (True, 4)])
def test_a_stamp_is_believed_only_where_the_operator_says_so(
    tmp_path: Path, stamps: bool, waited: int
) -> None:
    with own_app(tmp_path, trusted_proxies=1, arrival_stamps=stamps) as app:
        app.view_functions["healthz"] = lambda: clock.now().isoformat()
        with time_machine.travel(HERE, tick=False):
            stamp = {"X-Request-Start": f"t={EPOCH - 4}.000"}
            came = app.test_client().get("/healthz", headers=stamp).text
    assert datetime.fromisoformat(came) == HERE - timedelta(seconds=waited)
