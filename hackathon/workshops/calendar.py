"""Sessions as an iCalendar file (RFC 5545)."""

from collections.abc import Iterable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import current_app
from icalendar import Calendar, Event

from ..competitions.models import Competition
from ..ground.clock import now
from ..ground.i18n import language
from ..post.actions import address
from .models import Session


def calendar_file(competition: Competition, sessions: Iterable[Session]) -> bytes:
    """The sessions in the reader's language, on the competition's clock.

    An event keeps its UID for as long as the session lives, in both languages, so that importing
    it again replaces it. The link to join is not in it: calendars are shared.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Hackathon//Agenda//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", str(competition.name))
    for session in sessions:
        calendar.add_component(_event(competition, session))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(competition: Competition, session: Session) -> Event:
    zone = ZoneInfo(competition.zone)
    host = urlsplit(current_app.config["BASE_URL"]).hostname
    event = Event()
    event.add("uid", f"{session.id}@{host}")
    event.add("dtstamp", now())
    event.add("dtstart", session.starts_at.astimezone(zone))
    event.add("dtend", session.ends_at.astimezone(zone))
    event.add("summary", str(session.title))
    if session.summary:
        event.add("description", str(session.summary))
    if session.place:
        event.add("location", str(session.place.name))
    event.add("status", "CANCELLED" if session.cancelled else "CONFIRMED")
    event.add(
        "url",
        address(
            "workshops.show", language(), competition=competition.slug, session=session.url_key
        ),
    )
    return event
