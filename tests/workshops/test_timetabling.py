"""Clashes and lanes: the agenda of the DataJam, the edges, and every pair compared."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hackathon.workshops.timetabling import (
    Clash,
    ClashKind,
    Lane,
    Session,
    clashes,
    clashes_of,
    lanes,
)

TORONTO = ZoneInfo("America/Toronto")


def saturday(hour: int, minute: int = 0) -> datetime:
    """8 May 2021, by the clock in Toronto."""
    return datetime(2021, 5, 8, hour, minute, tzinfo=TORONTO)


OPENING = Session("opening", saturday(10, 30), saturday(11, 15), "main", ("schindel", "guay"))
EARLIER = Session("earlier", saturday(11, 15), saturday(12), "main", ("laghjibi",))
ALBERTA = Session("alberta", saturday(12), saturday(13), "english", ("fox",))
AMERICAS = Session("americas", saturday(12), saturday(13), "french", ("chinchilla",))
RESEARCH = Session("research", saturday(14), saturday(15), "english", ("aucoin",))
TOOLS = Session("tools", saturday(14), saturday(15), "french", ("mensales",))
PANEL = Session("panel", saturday(15), saturday(16, 30), "main", ("khlat", "redsky"))
AGENDA = [OPENING, EARLIER, ALBERTA, AMERICAS, RESEARCH, TOOLS, PANEL]


# --- clashes -------------------------------------------------------------------------------------


def test_back_to_back_and_side_by_side_is_no_clash() -> None:
    assert clashes(AGENDA) == []


def test_a_place_and_a_speaker_in_two_sessions_at_once() -> None:
    late = Session("late", saturday(12, 45), saturday(14, 15), "english", ("redsky", "fox"))
    assert clashes([*AGENDA, late]) == [
        Clash(ClashKind.PLACE, "english", "alberta", "late", saturday(12, 45), saturday(13)),
        Clash(ClashKind.SPEAKER, "fox", "alberta", "late", saturday(12, 45), saturday(13)),
        Clash(ClashKind.PLACE, "english", "late", "research", saturday(14), saturday(14, 15)),
    ]


def test_a_session_without_a_place_clashes_by_its_speakers_only() -> None:
    online = Session("online", saturday(12), saturday(13), None, ("fox",))
    also_online = Session("also online", saturday(12), saturday(13))
    assert clashes([ALBERTA, online, also_online]) == [
        Clash(ClashKind.SPEAKER, "fox", "alberta", "online", saturday(12), saturday(13)),
    ]


def test_one_session_inside_another_that_began_long_before() -> None:
    day = Session("day", saturday(9), saturday(18), "main")
    assert [(clash.first, clash.second) for clash in clashes([PANEL, OPENING, EARLIER, day])] == [
        ("day", "opening"),
        ("day", "earlier"),
        ("day", "panel"),
    ]


def test_a_speaker_named_twice_clashes_once() -> None:
    twin = Session("twin", saturday(12), saturday(13), None, ("fox", "fox"))
    assert len(clashes([twin, ALBERTA])) == 1


def test_the_clashes_of_a_changed_session() -> None:
    moved = Session("panel", saturday(14, 30), saturday(16), "english", ("khlat", "mensales"))
    assert clashes_of(moved, AGENDA) == [
        Clash(ClashKind.PLACE, "english", "panel", "research", saturday(14, 30), saturday(15)),
        Clash(ClashKind.SPEAKER, "mensales", "panel", "tools", saturday(14, 30), saturday(15)),
    ]


# --- the clock -----------------------------------------------------------------------------------


def test_zones_are_compared_by_the_moment() -> None:
    noon = Session("here", saturday(12), saturday(13), "studio")
    there = datetime(2021, 5, 8, 18, tzinfo=ZoneInfo("Europe/Vienna"))  # the same noon
    assert clashes([noon, Session("there", there, there + timedelta(minutes=30), "studio")]) == [
        Clash(ClashKind.PLACE, "studio", "here", "there", saturday(12), saturday(12, 30)),
    ]
    # The zone that the published agenda named is an hour off in May.
    est = datetime(2021, 5, 8, 12, tzinfo=ZoneInfo("Etc/GMT+5"))
    assert clashes([noon, Session("EST", est, est + timedelta(hours=1), "studio")]) == []


def test_the_hour_that_autumn_repeats() -> None:
    def night(minute: int, fold: int) -> datetime:
        return datetime(2021, 11, 7, 1, minute, tzinfo=TORONTO, fold=fold)

    # 45 minutes, though the wall clock shows the end before the start.
    across = Session("across", night(30, 0), night(15, 1), "studio")
    assert across.ends_at - across.starts_at == timedelta(minutes=45)
    # The same wall clock an hour apart: no clash.
    first = Session("first", night(0, 0), night(30, 0), "studio")
    again = Session("again", night(15, 1), night(30, 1), "studio")
    assert clashes([first, across, again]) == []
    assert lanes([first, across, again]) == dict.fromkeys(["first", "across", "again"], Lane(0, 1))


def test_the_hour_that_spring_skips() -> None:
    before = datetime(2021, 3, 14, 1, 30, tzinfo=TORONTO)
    after = datetime(2021, 3, 14, 3, 15, tzinfo=TORONTO)
    session = Session("night", before, after)
    assert session.ends_at - session.starts_at == timedelta(minutes=45)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "message"),
    [
        (datetime(2021, 5, 8, 12), saturday(13), "starts_at needs its zone"),
        (saturday(12), datetime(2021, 5, 8, 13), "ends_at needs its zone"),
        (saturday(12), saturday(12), "does not end after it starts"),
        (saturday(13), saturday(12), "does not end after it starts"),
        # Later by the wall clock, earlier in truth: 01:30 the second time, 01:45 the first.
        (
            datetime(2021, 11, 7, 1, 30, tzinfo=TORONTO, fold=1),
            datetime(2021, 11, 7, 1, 45, tzinfo=TORONTO, fold=0),
            "does not end after it starts",
        ),
    ],
)
def test_moments_that_cannot_be(starts_at: datetime, ends_at: datetime, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Session("s", starts_at, ends_at)


def test_a_session_given_twice() -> None:
    with pytest.raises(ValueError, match="given twice"):
        clashes([OPENING, OPENING])
    with pytest.raises(ValueError, match="given twice"):
        lanes([OPENING, OPENING])


# --- lanes ---------------------------------------------------------------------------------------


def test_parallel_conferences_stand_side_by_side() -> None:
    assert lanes(AGENDA) == {
        "opening": Lane(0, 1),
        "earlier": Lane(0, 1),
        "alberta": Lane(0, 2),
        "americas": Lane(1, 2),
        "research": Lane(0, 2),
        "tools": Lane(1, 2),
        "panel": Lane(0, 1),
    }


def test_a_lane_is_used_again_within_its_group() -> None:
    long = Session("long", saturday(12, 30), saturday(14, 30))
    assert lanes([ALBERTA, AMERICAS, RESEARCH, TOOLS, long]) == {
        "alberta": Lane(0, 3),
        "americas": Lane(1, 3),
        "long": Lane(2, 3),
        "research": Lane(0, 3),
        "tools": Lane(1, 3),
    }


def test_an_empty_agenda() -> None:
    assert clashes([]) == []
    assert lanes([]) == {}


# --- against every pair compared -----------------------------------------------------------------


@st.composite
def agendas(draw: st.DrawFn) -> list[Session]:
    start = datetime(2021, 5, 8, tzinfo=UTC)
    sessions = []
    for key in range(draw(st.integers(0, 9))):
        begin = start + timedelta(minutes=15 * draw(st.integers(0, 20)))
        sessions.append(
            Session(
                key,
                begin,
                begin + timedelta(minutes=15 * draw(st.integers(1, 8))),
                draw(st.sampled_from([None, "a", "b"])),
                tuple(draw(st.lists(st.sampled_from("xyz"), max_size=2, unique=True))),
            )
        )
    return sessions


def overlap(one: Session, other: Session) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


@given(agendas())
def test_every_clash_is_found_and_none_invented(sessions: list[Session]) -> None:
    expected = set()
    for one, other in combinations(sessions, 2):
        if overlap(one, other):
            keys = frozenset({one.key, other.key})
            if one.place and one.place == other.place:
                expected.add((ClashKind.PLACE, one.place, keys))
            for speaker in set(one.speakers) & set(other.speakers):
                expected.add((ClashKind.SPEAKER, speaker, keys))
    found = clashes(sessions)
    assert len(found) == len(expected)
    assert {(c.kind, c.key, frozenset({c.first, c.second})) for c in found} == expected

    by_key = {session.key: session for session in sessions}
    for clash in found:
        first, second = by_key[clash.first], by_key[clash.second]
        assert first.starts_at <= second.starts_at == clash.starts_at
        assert clash.ends_at == min(first.ends_at, second.ends_at) > clash.starts_at
    for session in sessions:
        mine = {c for c in found if session.key in (c.first, c.second)}
        of_it = clashes_of(session, sessions)
        assert {c.first for c in of_it} <= {session.key}
        assert {(c.kind, c.key, frozenset({c.first, c.second})) for c in of_it} == {
            (c.kind, c.key, frozenset({c.first, c.second})) for c in mine
        }


@given(agendas())
def test_no_two_sessions_share_a_lane_at_once(sessions: list[Session]) -> None:
    lane_of = lanes(sessions)
    assert set(lane_of) == {session.key for session in sessions}
    for one, other in combinations(sessions, 2):
        if overlap(one, other):
            assert lane_of[one.key].index != lane_of[other.key].index
            assert lane_of[one.key].count == lane_of[other.key].count
    for session in sessions:
        group, before = {session}, set[Session]()
        while group != before:
            before = group
            group = {one for one in sessions if any(overlap(one, known) for known in group)}
        at_once = max(
            sum(one.starts_at <= moment.starts_at < one.ends_at for one in group)
            for moment in group
        )
        assert lane_of[session.key].count == at_once
        assert 0 <= lane_of[session.key].index < at_once
