"""The one judge of time, to the second."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hackathon.competitions.timetable import Later, Opening, State, opening

OPENS = datetime(2026, 5, 1, 16, tzinfo=UTC)
CLOSES = datetime(2026, 5, 9, 3, 59, 59, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
LONG_AGO = OPENS - 10 * DAY


def seen(at: datetime, *extensions: Later, allowance: Later | None = None) -> Opening:
    return opening("submission", at, (OPENS, CLOSES), extensions, allowance)


@pytest.mark.parametrize(
    "at, state, next_at",
    [
        (OPENS - SECOND, State.UPCOMING, OPENS),
        (OPENS, State.OPEN, CLOSES),
        (OPENS + SECOND, State.OPEN, CLOSES),
        (CLOSES - SECOND, State.OPEN, CLOSES),
        (CLOSES, State.CLOSED, None),
        (CLOSES + SECOND, State.CLOSED, None),
    ],
)
def test_open_from_the_opening_up_to_not_at_the_close(
    at: datetime, state: State, next_at: datetime | None
) -> None:
    found = seen(at)
    assert (found.state, found.is_open, found.next_at) == (state, state is State.OPEN, next_at)


def test_without_a_window_it_is_not_open() -> None:
    later = Later(CLOSES, "reason", LONG_AGO)
    found = opening("submission", OPENS, None, [later], later)
    assert found == Opening("submission", OPENS)
    assert (found.state, found.is_open, found.next_at) == (State.UNANNOUNCED, False, None)


def test_extensions_hold_one_after_the_other_and_history_is_kept() -> None:
    first = Later(CLOSES + DAY, "first", OPENS)
    second = Later(CLOSES + 2 * DAY, "second", OPENS + DAY)
    found = seen(CLOSES + DAY, second, first)
    assert found.state is State.OPEN
    assert found.closes_at == CLOSES + 2 * DAY
    assert found.earlier == (
        Later(CLOSES, "first", OPENS),
        Later(CLOSES + DAY, "second", OPENS + DAY),
    )


@pytest.mark.parametrize("closes_at", [CLOSES, CLOSES - SECOND, OPENS - DAY])
def test_what_is_not_later_changes_nothing(closes_at: datetime) -> None:
    later = Later(closes_at, "reason", LONG_AGO)
    assert seen(OPENS, later, allowance=later) == seen(OPENS)


def test_what_is_announced_later_is_not_known_yet() -> None:
    announced = CLOSES - DAY
    later = Later(CLOSES + DAY, "reason", announced)
    assert seen(announced - SECOND, later, allowance=later) == seen(announced - SECOND)
    assert seen(announced, later).closes_at == CLOSES + DAY
    assert seen(announced, allowance=later).closes_at == CLOSES + DAY


def test_an_extension_may_reopen_what_had_closed() -> None:
    later = Later(CLOSES + 2 * DAY, "reason", CLOSES + DAY)
    states = [seen(at, later).state for at in (CLOSES, CLOSES + DAY, CLOSES + 2 * DAY)]
    assert states == [State.CLOSED, State.OPEN, State.CLOSED]


def test_an_allowance_is_one_teams_own_later_close() -> None:
    extension = Later(CLOSES + DAY, "everyone", OPENS)
    allowance = Later(CLOSES + 2 * DAY, "them", OPENS + DAY)
    own, everyone = seen(CLOSES + DAY, extension, allowance=allowance), seen(CLOSES, extension)
    assert (own.closes_at, own.allowance) == (allowance.closes_at, allowance)
    assert own.earlier[-1] == Later(extension.closes_at, "them", OPENS + DAY)
    assert (everyone.closes_at, everyone.allowance) == (extension.closes_at, None)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)
laters = st.builds(Later, moments, st.just("reason"), moments)


@given(
    moments,
    moments,
    st.lists(laters, max_size=5, unique_by=lambda later: later.announced_at),
    st.none() | laters,
    moments,
)
def test_the_judge_is_consistent(
    first: datetime,
    second: datetime,
    extensions: list[Later],
    allowance: Later | None,
    at: datetime,
) -> None:
    opens_at, closes_at = sorted([first, second])
    found = opening("gate", at, (opens_at, closes_at), extensions, allowance)
    known = [later.closes_at for later in [*extensions, allowance] if later]
    assert found.closes_at is not None
    # Never earlier than announced, never later than somebody said.
    assert closes_at <= found.closes_at <= max([closes_at, *known])
    assert found.closes_at == max(
        [
            closes_at,
            *(e.closes_at for e in extensions if e.announced_at <= at),
            *([allowance.closes_at] if allowance and allowance.announced_at <= at else []),
        ]
    )
    assert found.is_open == (opens_at <= at < found.closes_at)
    assert opening("gate", at, (opens_at, closes_at), reversed(extensions), allowance) == found
    history = [closes_at, *(later.closes_at for later in found.earlier[1:]), found.closes_at]
    if found.earlier:
        assert found.earlier[0].closes_at == closes_at
        assert history == sorted(set(history))
    if found.next_at is not None:
        assert found.next_at > at
        assert replace(found, at=found.next_at - SECOND).state is found.state
        assert replace(found, at=found.next_at).state is not found.state
