"""Scheduling sessions, and taking seats in them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask_babel import force_locale
from flask_login import AnonymousUserMixin
from sqlalchemy import select
from time_machine import travel

from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.workshops import actions
from hackathon.workshops.models import Place, Session, SessionKind, SignUp, Speaker
from hackathon.workshops.queries import (
    AT_ONCE,
    full,
    next_sessions,
    seats_left,
    seats_taken,
    sign_up_of,
    signed_up_sessions,
)
from tests.world import World, both

TORONTO = ZoneInfo("America/Toronto")


def saturday(hour: int, minute: int = 0, *, year: int = 2100) -> datetime:
    """8 May, by the clock in Toronto."""
    return datetime(year, 5, 8, hour, minute, tzinfo=TORONTO)


PAST = saturday(12, year=2021)


def plan(title: str, starts: datetime, ends: datetime, **others: Any) -> dict[str, Any]:
    """The fields of a session."""
    return {
        "kind": SessionKind.PANEL,
        "title": both(title),
        "summary": Localized(),
        "starts_at": starts,
        "ends_at": ends,
        "languages": ["en"],
        "place": None,
        "speakers": [],
        "public": True,
        "capacity": None,
        **others,
    }


def letters() -> list[tuple[str, str, str]]:
    return sorted((x.name, x.address, x.language) for x in db.session.scalars(select(Letter)))


def deeds() -> list[str]:
    return list(db.session.scalars(select(Entry.deed)))


def seats() -> list[tuple[str, bool]]:
    return sorted((x.address, x.confirmed) for x in db.session.scalars(select(SignUp)))


def ask(session: Session, address: str = "guest@example.org", language: str = "en") -> SignUp:
    """A guest asks for a seat; the seat that is held, if any."""
    actions.ask_for_seat(session, name="⟦Guest⟧", address=address, language=language)
    return db.session.scalars(select(SignUp).filter_by(session=session, address=address)).one()


@pytest.fixture
def competition(world: World) -> Any:
    return world.competition()


@pytest.fixture
def organizer(world: World, competition: Any) -> Any:
    return world.organizer(competition)


# -- who and what is in two places at once ---------------------------------------------------


REFUSALS = {
    "en": (
        "⟦Room⟧ is taken at that time by “⟦Panel⟧”, "
        "Saturday, May 8, 2100, 3:00\u00a0p.m. – 4:30\u00a0p.m. EDT (UTC−4)."
    ),
    "fr": (
        "⟦Room (fr)⟧ est déjà pris à cette heure par «\u00a0⟦Panel (fr)⟧\u00a0», "
        "samedi 8 mai 2100, 15\u00a0h\u00a000 – 16\u00a0h\u00a030 HAE (UTC−4)."
    ),
}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_place_taken_twice_is_refused_with_the_other_session_and_its_time(
    world: World, competition: Any, organizer: Any, language: str
) -> None:
    place = world.place(competition)
    panel = plan("Panel", saturday(15), saturday(16, 30), place=place)
    actions.schedule(competition, by=organizer, **panel)
    db.session.commit()
    with force_locale(f"{language}_CA"), pytest.raises(actions.PlaceTaken) as refused:
        other = plan("Other", saturday(16), saturday(17), place=place)
        actions.schedule(competition, by=organizer, **other)
    with force_locale(f"{language}_CA"):
        assert str(refused.value) == REFUSALS[language]
    db.session.rollback()
    assert [str(x.title) for x in db.session.scalars(select(Session))] == ["⟦Panel⟧"]
    assert deeds() == ["session_scheduled"]


def test_a_speaker_in_two_sessions_at_once_is_refused(
    world: World, competition: Any, organizer: Any
) -> None:
    fox, redsky = (world.speaker(competition) for _ in range(2))
    fox.name = "⟦Fox⟧"
    panel = plan("Panel", saturday(15), saturday(16), speakers=[redsky, fox])
    actions.schedule(competition, by=organizer, **panel)
    with pytest.raises(actions.SpeakerElsewhere) as refused:
        within = plan("Within", saturday(15, 10), saturday(15, 20), speakers=[fox])
        actions.schedule(competition, by=organizer, **within)
    assert (refused.value.field, refused.value.facts["speaker"]) == ("speakers", "⟦Fox⟧")
    assert refused.value.facts["session"] == "⟦Panel⟧"
    assert "May 8, 2100, 3:00\u00a0p.m. – 4:00\u00a0p.m. EDT" in str(refused.value)


def test_back_to_back_side_by_side_and_cancelled_do_not_clash(
    world: World, competition: Any, organizer: Any
) -> None:
    place, speaker = world.place(competition), world.speaker(competition)
    given = {"place": place, "speakers": [speaker]}
    gone = actions.schedule(
        competition, by=organizer, **plan("Gone", saturday(9), saturday(18), **given)
    )
    actions.cancel_session(gone, by=organizer)
    for title, starts, ends in (("First", 12, 13), ("Last", 14, 15), ("Middle", 13, 14)):
        hours = plan(title, saturday(starts), saturday(ends), **given)
        actions.schedule(competition, by=organizer, **hours)
    beside = plan("Beside", saturday(12), saturday(15), place=world.place(competition))
    actions.schedule(competition, by=organizer, **beside)
    assert len(db.session.scalars(select(Session)).all()) == 5


def test_another_competition_does_not_clash(world: World, competition: Any, organizer: Any) -> None:
    elsewhere = world.competition()
    hours = (saturday(12), saturday(13))
    world.session(elsewhere, starts_at=hours[0], ends_at=hours[1], place=world.place(elsewhere))
    here = plan("Here", *hours, place=world.place(competition))
    assert actions.schedule(competition, by=organizer, **here).competition == competition


def test_an_edited_session_does_not_clash_with_itself_but_with_others(
    world: World, competition: Any, organizer: Any
) -> None:
    place = world.place(competition)
    noon = plan("Noon", saturday(12), saturday(13), place=place)
    session = actions.schedule(competition, by=organizer, **noon)
    later = plan("Later", saturday(14), saturday(15), place=place)
    actions.schedule(competition, by=organizer, **later)
    actions.edit_session(session, by=organizer, **noon | {"ends_at": saturday(14)})
    assert session.ends_at == saturday(14)
    db.session.commit()
    with pytest.raises(actions.PlaceTaken) as refused:
        actions.edit_session(session, by=organizer, **noon | {"ends_at": saturday(14, 1)})
    assert refused.value.facts["session"] == "⟦Later⟧"
    db.session.rollback()
    assert session.ends_at == saturday(14)


def test_across_midnight_and_across_a_clock_change(
    world: World, competition: Any, organizer: Any
) -> None:
    """Toronto puts the clock back on 7 November 2100 at 02:00: the night has an hour more."""
    place = world.place(competition)
    starts = datetime(2100, 11, 6, 23, tzinfo=TORONTO)
    ends = datetime(2100, 11, 7, 3, tzinfo=TORONTO)
    night = plan("Night", starts, ends, place=place)
    session = actions.schedule(competition, by=organizer, **night)
    db.session.commit()
    assert session.ends_at - session.starts_at == timedelta(hours=5)
    again = datetime(2100, 11, 7, 1, 30, tzinfo=TORONTO, fold=1)  # 06:30 UTC
    with pytest.raises(actions.PlaceTaken):
        hours = plan("Again", again, again + timedelta(hours=4), place=place)
        actions.schedule(competition, by=organizer, **hours)
    db.session.rollback()
    after = plan("After", ends, ends + timedelta(hours=1), place=place)
    assert actions.schedule(competition, by=organizer, **after).starts_at == ends


# -- moving and cancelling -------------------------------------------------------------------


def scheduled(world: World, competition: Any, by: Any, **others: Any) -> tuple[Session, Any]:
    """A session with its fields, a person, a guest who reads French, and someone unconfirmed."""
    fields = plan("Webinar", saturday(12), saturday(13), **others)
    session = actions.schedule(competition, by=by, **fields)
    world.sign_up(session, world.person(email="ana@example.org"))
    guest = world.sign_up(session)
    guest.address, guest.language = "luc@example.org", "fr"
    world.sign_up(session).confirmed_at = None
    db.session.flush()
    return session, fields


def test_everyone_who_confirmed_is_told_of_a_move(
    world: World, competition: Any, organizer: Any
) -> None:
    session, fields = scheduled(world, competition, organizer)
    moved = {"starts_at": saturday(14), "ends_at": saturday(15), "place": world.place(competition)}
    actions.edit_session(session, by=organizer, **fields | moved)
    assert letters() == [
        ("session_moved", "ana@example.org", "en"),
        ("session_moved", "luc@example.org", "fr"),
    ]
    english, french = db.session.scalars(select(Letter).order_by(Letter.address))
    assert english.subject == "New time or place: ⟦Webinar⟧"
    assert "Before: Saturday, May 8, 2100, 12:00\u00a0p.m. EDT (UTC−4)" in english.text
    assert "Now: Saturday, May 8, 2100, 2:00\u00a0p.m. EDT (UTC−4)" in english.text
    assert "⟦Room⟧" in english.text
    assert french.subject == "Nouvelle heure ou nouveau lieu\u00a0: ⟦Webinar (fr)⟧"
    assert "samedi 8 mai 2100, 14\u00a0h\u00a000 HAE (UTC−4)" in french.text
    assert "⟦Room (fr)⟧" in french.text
    assert "https://room.example" not in english.text + french.text
    assert deeds() == ["session_scheduled", "session_moved"]


@pytest.mark.parametrize(
    ("change", "told", "deed"),
    [
        ({"ends_at": saturday(13, 30)}, 2, "session_moved"),
        ({"title": both("Another title"), "capacity": 40}, 0, "session_edited"),
        ({}, 0, "session_edited"),
        ({"starts_at": PAST, "ends_at": PAST + timedelta(hours=1)}, 0, "session_moved"),
    ],
    ids=["longer", "words", "nothing", "into the past"],
)
def test_only_a_move_that_matters_is_told(
    world: World, competition: Any, organizer: Any, change: Any, told: int, deed: str
) -> None:
    session, fields = scheduled(world, competition, organizer)
    actions.edit_session(session, by=organizer, **fields | change)
    assert (len(letters()), deeds()[-1]) == (told, deed)


def test_fewer_seats_than_are_taken_are_refused(
    world: World, competition: Any, organizer: Any
) -> None:
    session, fields = scheduled(world, competition, organizer, capacity=10)
    with pytest.raises(actions.TooFewSeats) as refused:
        actions.edit_session(session, by=organizer, **fields | {"capacity": 2})
    assert refused.value.facts == {"number": 3}  # one of them unconfirmed, and held
    actions.edit_session(session, by=organizer, **fields | {"capacity": 3})
    assert seats_left(session) == 0


def test_a_cancelled_session_stays_and_everyone_is_told_once(
    world: World, competition: Any, organizer: Any
) -> None:
    session, fields = scheduled(world, competition, organizer)
    actions.cancel_session(session, by=organizer)
    assert letters() == [
        ("session_cancelled", "ana@example.org", "en"),
        ("session_cancelled", "luc@example.org", "fr"),
    ]
    assert [x.subject for x in db.session.scalars(select(Letter).order_by(Letter.address))] == [
        "Cancelled: ⟦Webinar⟧",
        "Annulée\u00a0: ⟦Webinar (fr)⟧",
    ]
    with pytest.raises(actions.SessionCancelled):
        actions.cancel_session(session, by=organizer)
    with pytest.raises(actions.SessionCancelled):
        actions.edit_session(session, by=organizer, **fields)
    assert next_sessions(competition, organizer, 3) == []
    assert deeds() == ["session_scheduled", "session_cancelled"]


def test_what_a_visitor_may_not_see_leaves_no_gap(world: World, competition: Any) -> None:
    """However many sessions come first that are not for visitors."""
    visitor = AnonymousUserMixin()
    for _ in range(AT_ONCE + 1):
        world.session(competition, public=False)
    late = {"starts_at": saturday(12), "ends_at": saturday(13)}
    open_ones = [world.session(competition, **late) for _ in range(AT_ONCE)]
    found = next_sessions(competition, visitor, 3)
    assert found == sorted(open_ones, key=lambda each: each.id)[:3]
    assert len(next_sessions(competition, visitor, 50)) == AT_ONCE


def test_what_is_over_is_not_cancelled(world: World, competition: Any, organizer: Any) -> None:
    session = world.session(competition, starts_at=PAST, ends_at=PAST + timedelta(hours=1))
    with pytest.raises(actions.SessionOver):
        actions.cancel_session(session, by=organizer)


def test_delete_is_refused_while_somebody_waits(
    world: World, competition: Any, organizer: Any
) -> None:
    session, _ = scheduled(world, competition, organizer)
    with pytest.raises(actions.SessionAwaited):
        actions.delete_session(session, by=organizer)
    actions.cancel_session(session, by=organizer)
    actions.delete_session(session, by=organizer)
    assert (db.session.scalars(select(Session)).all(), seats()) == ([], [])
    assert deeds() == ["session_scheduled", "session_cancelled", "session_deleted"]


def test_nobody_waits_for_what_is_over(world: World, competition: Any, organizer: Any) -> None:
    session = world.session(competition, starts_at=PAST, ends_at=PAST + timedelta(hours=1))
    world.sign_up(session)
    actions.delete_session(session, by=organizer)
    assert (db.session.scalars(select(Session)).all(), seats(), letters()) == ([], [], [])


def test_speakers_and_places_in_use_stay(world: World, competition: Any, organizer: Any) -> None:
    place, speaker = world.place(competition), world.speaker(competition)
    idle = world.place(competition), world.speaker(competition)
    fields = plan("Panel", saturday(12), saturday(13), place=place, speakers=[speaker])
    session = actions.schedule(competition, by=organizer, **fields)
    with pytest.raises(actions.PlaceScheduled):
        actions.remove_place(place)
    with pytest.raises(actions.SpeakerScheduled):
        actions.remove_speaker(speaker)
    actions.remove_place(idle[0])
    actions.remove_speaker(idle[1])
    assert db.session.scalars(select(Place)).all() == [place]
    assert db.session.scalars(select(Speaker)).all() == [speaker]
    actions.delete_session(session, by=organizer)
    actions.remove_place(place)
    actions.remove_speaker(speaker)
    assert db.session.scalars(select(Place)).all() == []
    assert db.session.scalars(select(Speaker)).all() == []


# -- seats -----------------------------------------------------------------------------------


def test_a_seat_with_an_account_is_taken_at_once(world: World, competition: Any) -> None:
    session, user = world.session(competition, capacity=1), world.person(language="fr")
    seat = actions.sign_up(session, by=user)
    assert (seat.user, seat.address, seat.confirmed) == (user, user.email, True)
    assert actions.sign_up(session, by=user) == seat
    assert letters() == [("signed_up", user.email, "fr")]
    assert signed_up_sessions(user, competition) == {str(session.id)}
    with pytest.raises(actions.SessionFull):
        actions.sign_up(session, by=world.person())
    actions.give_up_seat(seat)
    assert (seats(), full(session), sign_up_of(user, session)) == ([], False, None)


def test_a_guest_asks_and_confirms(world: World, competition: Any) -> None:
    session = world.session(competition, capacity=1)
    seat = ask(session, language="fr")
    assert (seat.confirmed, seats_left(session)) == (False, 0)
    assert letters() == [("sign_up_confirm", "guest@example.org", "fr")]
    letter = db.session.scalars(select(Letter)).one()
    assert letter.subject == f"Confirmez votre place\u00a0: {session.title.fr}"
    link = f"http://localhost/fr/{competition.slug}/sign-ups/{seat.token}"
    assert link in letter.text.split("\n")
    assert len(seat.token) == 43
    actions.confirm_seat(seat)
    actions.confirm_seat(seat)
    assert seats() == [("guest@example.org", True)]
    assert [name for name, *_ in letters()] == ["sign_up_confirm", "signed_up"]


def test_an_address_that_has_a_seat_is_answered_alike(world: World, competition: Any) -> None:
    session = world.session(competition, capacity=5)
    seat = ask(session)
    assert ask(session) == seat
    actions.confirm_seat(seat)
    assert ask(session) == seat
    assert seats() == [("guest@example.org", True)]
    assert [name for name, *_ in letters()] == [
        "sign_up_confirm",
        "sign_up_confirm",
        "signed_up",
        "signed_up",
    ]


def test_a_guest_who_asks_again_is_answered_in_the_language_of_now(
    world: World, competition: Any
) -> None:
    session = world.session(competition)
    seat = ask(session, language="en")
    ask(session, language="fr")
    assert [language for *_, language in letters()] == ["en", "fr"]
    actions.confirm_seat(seat)
    ask(session, language="en")  # a confirmed seat is not changed by whoever knows its address
    assert (seat.language, letters()[0]) == ("fr", ("sign_up_confirm", "guest@example.org", "en"))
    assert letters()[2:] == [("signed_up", "guest@example.org", "fr")] * 2


def test_a_seat_of_a_guest_becomes_the_accounts(world: World, competition: Any) -> None:
    session, user = world.session(competition), world.person()
    held = ask(session, user.email)
    assert actions.sign_up(session, by=user) == held
    assert (held.user, held.confirmed) == (user, True)
    other = world.session(competition)
    assert actions.confirm_seat(ask(other, user.email)).user == user
    assert signed_up_sessions(user, competition) == {str(session.id), str(other.id)}


def test_of_two_seats_the_confirmed_one_counts(world: World, competition: Any) -> None:
    """A person who changed their address asked once more, and did not confirm."""
    session, user = world.session(competition), world.person()
    taken = world.sign_up(session, user)
    taken.address = "old@example.org"
    held = ask(session, user.email)
    taken.created_at = held.created_at + timedelta(seconds=1)
    db.session.flush()
    assert sign_up_of(user, session) == taken
    assert actions.sign_up(session, by=user) == taken


def test_a_full_session_refuses_everyone_alike(world: World, competition: Any) -> None:
    session = world.session(competition, capacity=1)
    actions.confirm_seat(ask(session))
    for address in ("guest@example.org", "other@example.org"):
        with pytest.raises(actions.SessionFull):
            actions.ask_for_seat(session, name="x", address=address, language="en")


def test_a_seat_is_held_for_a_day(world: World, competition: Any) -> None:
    start = datetime.now(UTC)
    session = world.session(
        competition,
        capacity=1,
        starts_at=start + timedelta(days=9),
        ends_at=start + timedelta(days=10),
    )
    with travel(start, tick=False):
        first = ask(session, "first@example.org")
    with travel(start + timedelta(hours=23, minutes=59), tick=False):
        assert full(session)
    with travel(start + timedelta(days=1), tick=False):
        assert seats_taken(session) == 0
        second = ask(session, "second@example.org")
        with pytest.raises(actions.SessionFull):
            actions.confirm_seat(first)
        actions.give_up_seat(second)
        assert actions.confirm_seat(first).confirmed


def test_a_hold_that_ran_out_begins_anew(world: World, competition: Any) -> None:
    start = datetime.now(UTC)
    session = world.session(
        competition, starts_at=start + timedelta(days=9), ends_at=start + timedelta(days=10)
    )
    with travel(start, tick=False):
        token = ask(session).token
    with travel(start + timedelta(days=2), tick=False):
        seat = ask(session)
        assert seat.token != token
        assert seats_taken(session) == 1


@pytest.mark.parametrize("why", [actions.SessionCancelled, actions.SessionOver])
def test_closed_when_cancelled_or_over(world: World, competition: Any, why: Any) -> None:
    session = world.session(competition)
    held = ask(session)
    if why is actions.SessionCancelled:
        session.cancelled_at = datetime.now(UTC)
    else:
        session.starts_at = PAST
        session.ends_at = datetime.now(UTC)
    db.session.flush()
    with pytest.raises(why):
        actions.sign_up(session, by=world.person())
    with pytest.raises(why):
        ask(session, "other@example.org")
    with pytest.raises(why):
        actions.confirm_seat(held)
    assert seats() == [("guest@example.org", False)]


def test_a_letter_to_a_hostile_name_is_only_text(world: World, competition: Any) -> None:
    session = world.session(competition)
    name = "<b>Ana</b> %(x)s {{ 7*7 }}"
    actions.ask_for_seat(session, name=name, address="guest@example.org", language="en")
    actions.confirm_seat(db.session.scalars(select(SignUp)).one())
    told = db.session.scalars(select(Letter).filter_by(name="signed_up")).one()
    assert f"Hello {name}," in told.text
    assert "<b>" not in told.html
