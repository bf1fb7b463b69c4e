"""The agenda as calendars read it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from hackathon.ground.localized import Localized
from tests.world import World

TORONTO = ZoneInfo("America/Toronto")


def toronto(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of 2021 by the clock in Toronto."""
    return datetime(2021, month, day, hour, minute, tzinfo=TORONTO)


def read(answer: Any) -> list[Any]:
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(answer.data).walk("VEVENT"))


def instants(event: Any) -> tuple[datetime, datetime]:
    return tuple(event.decoded(name).astimezone(UTC) for name in ("dtstart", "dtend"))


def test_noon_in_may_is_four_in_the_afternoon_utc(world: World) -> None:
    competition = world.competition("c")
    world.session(competition, starts_at=toronto(5, 8, 12), ends_at=toronto(5, 8, 13))
    answer = world.client().get("/en/c/agenda.ics")
    (event,) = read(answer)
    assert instants(event) == (
        datetime(2021, 5, 8, 16, tzinfo=UTC),
        datetime(2021, 5, 8, 17, tzinfo=UTC),
    )
    assert "DTSTART;TZID=America/Toronto:20210508T120000" in answer.text
    calendar = Calendar.from_ical(answer.data)
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "America/Toronto"
    offset = zone.to_tz(lookup_tzid=False).utcoffset(datetime(2021, 5, 8, 12))
    assert offset == timedelta(hours=-4)


@pytest.mark.parametrize(
    ("starts", "ends", "utc"),
    [
        # Across midnight.
        (toronto(5, 8, 23), toronto(5, 9, 1), ((5, 9, 3), (5, 9, 5))),
        # Across the hour that autumn repeats, and the one that spring skips.
        (toronto(11, 7, 0, 30), toronto(11, 7, 3), ((11, 7, 4, 30), (11, 7, 8))),
        (toronto(3, 14, 1), toronto(3, 14, 4), ((3, 14, 6), (3, 14, 8))),
    ],
    ids=["midnight", "autumn", "spring"],
)
def test_across_midnight_and_clock_changes(
    world: World, starts: datetime, ends: datetime, utc: Any
) -> None:
    competition = world.competition("c")
    world.session(competition, starts_at=starts, ends_at=ends)
    (event,) = read(world.client().get("/en/c/agenda.ics"))
    assert instants(event) == tuple(datetime(2021, *moment, tzinfo=UTC) for moment in utc)


def test_an_event_in_the_readers_language_keeps_its_name(world: World) -> None:
    competition = world.competition("c")
    session = world.session(competition, place=world.place(competition))
    events = {
        language: read(world.client().get(f"/{language}/c/agenda/{session.id}/session.ics"))[0]
        for language in ("en", "fr")
    }
    for language, event in events.items():
        assert event["SUMMARY"] == session.title[language]
        assert event["LOCATION"] == session.place.name[language]
        assert event["DESCRIPTION"] == session.summary[language]
        assert event["URL"] == f"http://localhost/{language}/c/agenda/{session.id}"
        assert event["STATUS"] == "CONFIRMED"
    assert events["en"]["UID"] == events["fr"]["UID"] == f"{session.id}@localhost"


def test_the_link_to_join_is_not_in_it(world: World) -> None:
    competition = world.competition("c")
    session = world.session(competition, place=world.place(competition))
    client = world.client(world.sign_up(session, world.person()).user)
    for path in ("agenda.ics", f"agenda/{session.id}/session.ics"):
        assert "room.example" not in client.get(f"/en/c/{path}").text


def test_hostile_words_stay_within_their_line(world: World) -> None:
    competition = world.competition("c")
    title = "One; two, three\\n\nEND:VEVENT\r\nBEGIN:VALARM: é" + "🦊" * 60
    session = world.session(competition, title=Localized(en=title, fr="x"))
    (event,) = read(world.client().get("/en/c/agenda.ics"))
    assert event.subcomponents == []
    assert event["UID"] == f"{session.id}@localhost"
    assert str(event["SUMMARY"]).replace("\r\n", "\n").endswith("🦊" * 60)
    assert max(map(len, world.client().get("/en/c/agenda.ics").data.split(b"\r\n"))) <= 75


def test_a_cancelled_session_says_so(world: World) -> None:
    competition = world.competition("c")
    world.session(competition, cancelled_at=datetime.now(UTC))
    (event,) = read(world.client().get("/fr/c/agenda.ics"))
    assert event["STATUS"] == "CANCELLED"


def test_an_empty_agenda_is_a_calendar_too(world: World) -> None:
    competition = world.competition("c")
    answer = world.client().get("/fr/c/agenda.ics")
    assert read(answer) == []
    assert Calendar.from_ical(answer.data)["X-WR-CALNAME"] == competition.name.fr
    assert answer.headers["Content-Disposition"] == "attachment; filename=c.ics"


def test_it_holds_what_its_reader_sees(world: World) -> None:
    competition = world.competition("c")
    public, training = world.session(competition), world.session(competition, public=False)
    readers = {
        None: {public},
        world.person(): {public},
        world.participant(competition): {public, training},
        world.mentor(competition).user: {public, training},
        world.judge(competition).user: {public, training},
    }
    for reader, sessions in readers.items():
        events = read(world.client(reader).get("/en/c/agenda.ics"))
        assert {event["UID"] for event in events} == {f"{s.id}@localhost" for s in sessions}
