"""Clashes in an agenda, and the lanes in which parallel sessions are drawn.

Pure functions, plain values in and out. Sessions are half-open: one that ends at noon and one that
starts at noon do not touch. All comparing is done in UTC: Python compares two moments of the same
zone by their wall clocks, which misleads in the hour that autumn repeats.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

Key = Hashable


@dataclass(frozen=True, slots=True)
class Session:
    """A session from `starts_at` up to, not at, `ends_at`; both are kept in UTC.

    ValueError: a moment without its zone; an end that is not after the start.
    """

    key: Key
    starts_at: datetime
    ends_at: datetime
    place: Key | None = None
    speakers: tuple[Key, ...] = ()

    def __post_init__(self) -> None:
        for name in ("starts_at", "ends_at"):
            moment: datetime = getattr(self, name)
            if moment.utcoffset() is None:
                raise ValueError(f"session {self.key!r}: {name} needs its zone")
            object.__setattr__(self, name, moment.astimezone(UTC))
        if self.ends_at <= self.starts_at:
            raise ValueError(f"session {self.key!r} does not end after it starts")


class ClashKind(StrEnum):
    """What is wanted in two sessions at once."""

    PLACE = "place"
    SPEAKER = "speaker"


@dataclass(frozen=True, slots=True)
class Clash:
    """The place or speaker `key` is wanted by two sessions from `starts_at` up to `ends_at`, UTC.

    `first` and `second` are the keys of the sessions.
    """

    kind: ClashKind
    key: Key
    first: Key
    second: Key
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Lane:
    """Where a session stands: lane `index`, from 0, of the `count` side by side in its group."""

    index: int
    count: int


def clashes(sessions: Iterable[Session]) -> list[Clash]:
    """All clashes in an agenda, by the start of the sessions, the earlier one as `first`.

    Sessions that start together stand in the order given. ValueError: a session given twice.
    """
    found: list[Clash] = []
    running: list[Session] = []
    for session in _by_start(sessions):
        running = [earlier for earlier in running if earlier.ends_at > session.starts_at]
        for earlier in running:
            found += _between(earlier, session)
        running.append(session)
    return found


def clashes_of(candidate: Session, others: Iterable[Session]) -> list[Clash]:
    """The clashes of one session, new or changed, with the others; it is always the `first`.

    The session of the same key among `others`, its version so far, does not count.
    """
    return [
        clash
        for other in _by_start(others)
        if other.key != candidate.key
        for clash in _between(candidate, other)
    ]


def lanes(sessions: Iterable[Session]) -> dict[Key, Lane]:
    """For each session, by its key, where to draw it so that parallel ones stand side by side.

    A group is a run of sessions without a moment at which none goes on; each session takes the
    lowest lane that is free, so a group has as many lanes as it has sessions at once. Of sessions
    that start together the one given first takes the lower lane. ValueError: a session given twice.
    """
    placed: dict[Key, Lane] = {}
    group: dict[Key, int] = {}
    free_from: list[datetime] = []  # when each lane of the group is free again

    def close() -> None:
        placed.update((key, Lane(index, len(free_from))) for key, index in group.items())
        group.clear()
        free_from.clear()

    for session in _by_start(sessions):
        if all(end <= session.starts_at for end in free_from):
            close()
        for index, end in enumerate(free_from):
            if end <= session.starts_at:
                free_from[index] = session.ends_at
                break
        else:
            index = len(free_from)
            free_from.append(session.ends_at)
        group[session.key] = index
    close()
    return placed


def _by_start(sessions: Iterable[Session]) -> list[Session]:
    ordered = sorted(sessions, key=lambda session: session.starts_at)
    if len({session.key for session in ordered}) < len(ordered):
        raise ValueError("a session is given twice")
    return ordered


def _between(first: Session, second: Session) -> list[Clash]:
    """The clashes of two sessions: the place, then the speakers in the order of the first."""
    starts_at = max(first.starts_at, second.starts_at)
    ends_at = min(first.ends_at, second.ends_at)
    if ends_at <= starts_at:
        return []
    shared = [
        (ClashKind.SPEAKER, key) for key in dict.fromkeys(first.speakers) if key in second.speakers
    ]
    if first.place is not None and first.place == second.place:
        shared.insert(0, (ClashKind.PLACE, first.place))
    return [Clash(kind, key, first.key, second.key, starts_at, ends_at) for kind, key in shared]
