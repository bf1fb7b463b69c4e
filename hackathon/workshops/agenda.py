"""The agenda as it is drawn: days, and in them slots of sessions side by side."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ..ground.clock import now
from . import timetabling
from .models import Session


@dataclass
class Slot:
    """A stretch of the day without a break, its sessions in lanes."""

    starts_at: datetime
    ends_at: datetime
    lanes: list[list[Session]] = field(default_factory=list)

    @property
    def parallel(self) -> bool:
        return len(self.lanes) > 1


@dataclass
class Day:
    """A day on the competition's clock; `key` names it within a page."""

    date: date
    slots: list[Slot] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"day-{self.date.isoformat()}"

    @property
    def starts_at(self) -> datetime:
        return self.slots[0].starts_at

    @property
    def over(self) -> bool:
        return max(slot.ends_at for slot in self.slots) <= now()


def days(sessions: Iterable[Session], zone: str) -> list[Day]:
    """The days of these sessions; each session stands on the day on which it begins."""
    ordered = sorted(sessions, key=lambda session: session.starts_at)
    found: list[Day] = []
    for session in ordered:
        local = session.starts_at.astimezone(ZoneInfo(zone)).date()
        if not found or found[-1].date != local:
            found.append(Day(local))
        slots = found[-1].slots
        if not slots or slots[-1].ends_at <= session.starts_at:
            slots.append(Slot(session.starts_at, session.ends_at))
        slots[-1].ends_at = max(slots[-1].ends_at, session.ends_at)
        slots[-1].lanes.append([session])
    for day in found:
        for slot in day.slots:
            slot.lanes = _lanes([session for lane in slot.lanes for session in lane])
    return found


def _lanes(sessions: list[Session]) -> list[list[Session]]:
    places = timetabling.lanes(
        timetabling.Session(session.id, session.starts_at, session.ends_at) for session in sessions
    )
    lanes: list[list[Session]] = [[] for _ in range(1 + max(p.index for p in places.values()))]
    for session in sessions:
        lanes[places[session.id].index].append(session)
    return lanes
