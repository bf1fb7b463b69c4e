"""The table of moves, which the documentation shows too, and the time of an offer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hackathon.registrations.states import (
    LIVE,
    MOVES,
    Mover,
    State,
    may_move,
    moves_of,
    offer_until,
    remind_at,
)

GUIDE = Path("docs/organizers/registration.md")
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def test_the_guide_shows_the_same_table() -> None:
    """| — | applied | person |"""
    shown = {}
    for line in GUIDE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[1] in set(State):
            before = None if cells[0] == "—" else State(cells[0])
            shown[before, State(cells[1])] = {Mover(who) for who in cells[2].split(", ")}
    assert shown == MOVES


def test_whoever_stands_somewhere_can_leave_and_come_back() -> None:
    for state in LIVE:
        assert may_move(state, State.WITHDRAWN, Mover.PERSON)
        assert may_move(state, State.WITHDRAWN, Mover.ORGANIZER)
    for state in (State.LAPSED, State.WITHDRAWN):
        assert moves_of(Mover.PERSON, state) == moves_of(Mover.PERSON, None)
    assert moves_of(Mover.PERSON, State.DECLINED) == set()


def test_nobody_jumps_the_queue() -> None:
    """The waitlist has one order, so neither person nor organizer takes anybody out of it."""
    assert MOVES[State.WAITLISTED, State.OFFERED] == {Mover.SYSTEM}
    assert (State.WAITLISTED, State.REGISTERED) not in MOVES


@pytest.mark.parametrize(
    "closes_in, after_close, hours",
    [
        (100, False, 48),  # the time that the organizers give
        (30, False, 30),  # but not past the close
        (2, False, 2),
        (1.9, False, None),  # nobody is hurried
        (-5, False, None),
        (None, False, None),
        (30, True, 48),
        (-5, True, 48),
        (None, True, 48),
    ],
)
def test_how_long_an_offer_holds(
    closes_in: float | None, after_close: bool, hours: int | None
) -> None:
    closes_at = None if closes_in is None else NOON + timedelta(hours=closes_in)
    until = offer_until(NOON, 48, closes_at, after_close=after_close)
    assert until == (None if hours is None else NOON + timedelta(hours=hours))


def test_a_reminder_leaves_a_quarter_of_the_time() -> None:
    assert remind_at(NOON, NOON + timedelta(hours=48)) == NOON + timedelta(hours=36)
