"""The event moves by whole weeks, and now lies inside the phase, at any moment of any year."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hackathon.demo.phases import (
    ENDS,
    WEEK,
    WEEKS,
    Phase,
    moment_of,
    phase_at,
    shift_for,
    wall_clock,
)

TORONTO = ZoneInfo("America/Toronto")
moments = st.datetimes(
    datetime(2015, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC), allow_imaginary=False
)
phases = st.sampled_from(list(Phase))


@given(phases, moments)
def test_now_lies_in_the_week_of_the_phase(phase: Phase, now: datetime) -> None:
    shift = shift_for(phase, now, TORONTO)
    first = WEEKS[phase] + shift
    assert moment_of(first, TORONTO) <= now < moment_of(first + WEEK, TORONTO)
    assert phase_at(wall_clock(now, TORONTO) - shift) == phase


@given(phases, moments, st.datetimes(datetime(2021, 3, 1), datetime(2021, 6, 30)))
def test_weekdays_and_hours_stay(phase: Phase, now: datetime, wall: datetime) -> None:
    moved = wall + shift_for(phase, now, TORONTO)
    assert (moved.weekday(), moved.time()) == (wall.weekday(), wall.time())


def test_hours_stay_across_the_change_of_the_clock() -> None:
    """In November 2026 Toronto is an hour further from UTC than in May 2021."""
    shift = shift_for(Phase.BUILDING, datetime(2026, 11, 4, 15, tzinfo=UTC), TORONTO)
    deadline = datetime(2021, 5, 17, 23, 59)
    assert moment_of(deadline, TORONTO) == datetime(2021, 5, 18, 3, 59, tzinfo=UTC)
    assert moment_of(deadline + shift, TORONTO) == datetime(2026, 11, 10, 4, 59, tzinfo=UTC)


def test_as_published_nothing_moves() -> None:
    assert shift_for(None, datetime(2026, 11, 4, tzinfo=UTC), TORONTO) == timedelta(0)


def test_a_week_fits_in_every_phase() -> None:
    for phase, first in WEEKS.items():
        assert phase_at(first) == phase_at(first + WEEK - timedelta(seconds=1)) == phase


@pytest.mark.parametrize("phase", list(ENDS))
def test_a_phase_ends_at_its_end(phase: Phase) -> None:
    order = list(Phase)
    assert phase_at(ENDS[phase] - timedelta(seconds=1)) == phase
    assert phase_at(ENDS[phase]) == order[order.index(phase) + 1]
