"""The phases of the event, and how far it moves so that now lies inside one.

Pure: plain values in, plain values out. Wall-clock times are naive, on the event's own clock.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WEEK = timedelta(weeks=1)


class Phase(StrEnum):
    """What the event is busy with, in the order in which a person walks through it."""

    REGISTRATION = "registration"
    TRAINING = "training"
    BUILDING = "building"
    JUDGING = "judging"
    RESULTS = "results"


# Until when each phase lasted, on the wall clock of 2021; the results stay.
ENDS = {
    Phase.REGISTRATION: datetime(2021, 5, 3, 23, 59),
    Phase.TRAINING: datetime(2021, 5, 10, 23, 59),
    Phase.BUILDING: datetime(2021, 5, 17, 23, 59),
    Phase.JUDGING: datetime(2021, 5, 31, 13, 0),
}

# The week of each phase into which now is put: from this moment, seven days. Of registration it is
# the week that was added, of judging the last one in which judges still score.
WEEKS = {
    Phase.REGISTRATION: datetime(2021, 4, 26, 23, 59),
    Phase.TRAINING: datetime(2021, 5, 3, 23, 59),
    Phase.BUILDING: datetime(2021, 5, 10, 23, 59),
    Phase.JUDGING: datetime(2021, 5, 21, 17, 0),
    Phase.RESULTS: datetime(2021, 5, 31, 13, 0),
}


def shift_for(phase: Phase | None, now: datetime, zone: ZoneInfo) -> timedelta:
    """Whole weeks to add to every wall-clock time of 2021, so that `now` lies inside the phase.

    Without a phase nothing moves. A week always fits, because each phase lasts one or more; and
    because whole weeks are added on the wall clock, weekdays and hours stay, also across a change
    to or from daylight saving time.
    """
    if phase is None:
        return timedelta(0)
    return (wall_clock(now, zone) - WEEKS[phase]) // WEEK * WEEK


def phase_at(wall: datetime) -> Phase:
    """The phase in which 2021's event was at this wall-clock time."""
    return next((phase for phase, end in ENDS.items() if wall < end), Phase.RESULTS)


def wall_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """What a clock in the zone shows, naive."""
    return moment.astimezone(zone).replace(tzinfo=None)


def moment_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which a clock in the zone shows `wall`."""
    return wall.replace(tzinfo=zone).astimezone(UTC)
