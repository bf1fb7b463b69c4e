"""The agenda from the organizers' side."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.post.models import Letter
from hackathon.workshops.models import Place, Session, SessionKind, SignUp, Speaker
from tests.counting import cost
from tests.world import World, both

TORONTO = ZoneInfo("America/Toronto")

SESSION = {
    "title-en": "Finding needs",
    "title-fr": "Trouver les besoins",
    "summary-en": "",
    "summary-fr": "",
    "kind": "workshop",
    "languages": ["en", "fr"],
    "starts_at": "2100-05-08T12:00",
    "ends_at": "2100-05-08T13:00",
    "place": "",
    "public": "y",
    "capacity": "",
}


@pytest.fixture
def competition(world: World) -> Any:
    return world.competition("c")


@pytest.fixture
def organizer(world: World, competition: Any) -> FlaskClient:
    return world.client(world.organizer(competition))


def sessions() -> list[Session]:
    return list(db.session.scalars(select(Session).order_by(Session.starts_at)))


def errors(page: Any) -> list[str]:
    """The fields beside which something is said."""
    return sorted(set(re.findall(r'id="([a-z_-]+)-error"', page.text)))


# -- sessions --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_session_is_scheduled_on_the_competitions_clock(
    world: World, competition: Any, organizer: FlaskClient, language: str
) -> None:
    place, speaker = world.place(competition), world.speaker(competition)
    there = f"/{language}/c/manage/agenda"
    page = organizer.get(f"{there}/new")
    assert (page.status_code, errors(page)) == (200, [])
    chosen = {"place": str(place.id), "speakers": [str(speaker.id)], "capacity": "40"}
    answer = organizer.post(f"{there}/new", data=SESSION | chosen)
    assert answer.location == there
    (session,) = sessions()
    assert session.starts_at == datetime(2100, 5, 8, 16, tzinfo=UTC)
    assert session.ends_at == datetime(2100, 5, 8, 17, tzinfo=UTC)
    assert session.title == Localized(en="Finding needs", fr="Trouver les besoins")
    assert (session.kind, session.languages) == (SessionKind.WORKSHOP, ["en", "fr"])
    assert (session.place, session.speakers) == (place, [speaker])
    assert (session.public, session.capacity) == (True, 40)
    assert str(escape(session.title[language])) in organizer.get(there).text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title-fr": ""}, "title-fr"),
        ({"languages": []}, "languages"),
        ({"languages": ["de"]}, "languages"),
        ({"kind": "party"}, "kind"),
        ({"starts_at": ""}, "starts_at"),
        ({"starts_at": "tomorrow"}, "starts_at"),
        ({"ends_at": "2100-05-08T12:00"}, "ends_at"),
        ({"ends_at": "2100-05-08T11:00"}, "ends_at"),
        ({"starts_at": "2100-03-14T02:30"}, "starts_at"),  # skipped by the clock
        ({"ends_at": "2100-11-07T01:30"}, "ends_at"),  # twice on the clock
        ({"place": "00000000-0000-0000-0000-000000000000"}, "place"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "many"}, "capacity"),
        ({"capacity": "100001"}, "capacity"),
    ],
    ids=str,
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_wrong_is_said_beside_its_field(
    competition: Any, organizer: FlaskClient, language: str, wrong: Any, field: str
) -> None:
    answer = organizer.post(f"/{language}/c/manage/agenda/new", data=SESSION | wrong)
    assert (answer.status_code, errors(answer), sessions()) == (422, [field], [])
    assert 'value="Finding needs"' in answer.text


def test_a_place_or_speaker_of_another_competition_cannot_be_chosen(
    world: World, competition: Any, organizer: FlaskClient
) -> None:
    elsewhere = world.competition()
    world.speaker(competition)
    foreign = {
        "place": str(world.place(elsewhere).id),
        "speakers": [str(world.speaker(elsewhere).id)],
    }
    answer = organizer.post("/en/c/manage/agenda/new", data=SESSION | foreign)
    assert (answer.status_code, errors(answer)) == (422, ["place", "speakers"])


@pytest.mark.parametrize(
    ("language", "hours"),
    [
        ("en", "Saturday, May 8, 2100, 12:00\u00a0p.m. – 1:00\u00a0p.m. EDT (UTC−4)"),
        ("fr", "samedi 8 mai 2100, 12\u00a0h\u00a000 – 13\u00a0h\u00a000 HAE (UTC−4)"),
    ],
)
@pytest.mark.parametrize("kind", ["place", "speakers"])
def test_two_places_at_once_are_refused_beside_the_field(
    world: World, competition: Any, organizer: FlaskClient, kind: str, language: str, hours: str
) -> None:
    thing = (world.place if kind == "place" else world.speaker)(competition)
    there = f"/{language}/c/manage/agenda"
    first = SESSION | {kind: str(thing.id)}
    assert organizer.post(f"{there}/new", data=first).status_code == 302
    overlapping = first | {"starts_at": "2100-05-08T12:59", "ends_at": "2100-05-08T14:00"}
    answer = organizer.post(f"{there}/new", data=overlapping)
    assert (answer.status_code, errors(answer)) == (422, [kind])
    assert hours in answer.text
    assert str(escape(sessions()[0].title[language])) in answer.text
    next_to_it = first | {"starts_at": "2100-05-08T13:00", "ends_at": "2100-05-08T14:00"}
    assert organizer.post(f"{there}/new", data=next_to_it).status_code == 302

    # The second is moved onto the first: refused, and it stays where it was.
    edit = f"{there}/{sessions()[1].id}/edit"
    answer = organizer.post(edit, data=overlapping)
    assert (answer.status_code, errors(answer)) == (422, [kind])
    assert sessions()[1].starts_at == datetime(2100, 5, 8, 17, tzinfo=UTC)


def test_a_session_is_edited_and_its_people_are_told(
    world: World, competition: Any, organizer: FlaskClient
) -> None:
    place, speaker = world.place(competition), world.speaker(competition)
    starts = datetime(2100, 5, 8, 12, tzinfo=TORONTO)
    session = world.session(
        competition,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        place=place,
        speakers=[speaker],
        capacity=9,
    )
    world.sign_up(session, world.person(language="fr"))
    there = f"/en/c/manage/agenda/{session.id}/edit"
    page = organizer.get(there)
    for value in ("2100-05-08T12:00", "2100-05-08T13:00", "9", session.title.fr):
        assert f'value="{value}"' in page.text
    assert re.search(rf'<option[^>]*selected[^>]*value="{place.id}"', page.text)
    assert re.search(rf'<input[^>]*checked[^>]*value="{speaker.id}"', page.text)
    assert organizer.post(there, data=SESSION).location == "/en/c/manage/agenda"
    (session,) = sessions()
    assert (session.place, session.speakers, session.capacity) == (None, [], None)
    assert [(x.name, x.language) for x in db.session.scalars(select(Letter))] == [
        ("session_moved", "fr")
    ]


def test_an_earlier_start_of_the_same_place_is_no_clash_with_itself(
    world: World, competition: Any, organizer: FlaskClient
) -> None:
    place = world.place(competition)
    data = SESSION | {"place": str(place.id)}
    organizer.post("/en/c/manage/agenda/new", data=data)
    (session,) = sessions()
    answer = organizer.post(
        f"/en/c/manage/agenda/{session.id}/edit", data=data | {"starts_at": "2100-05-08T11:30"}
    )
    assert answer.status_code == 302


def test_cancelling_and_deleting(world: World, competition: Any, organizer: FlaskClient) -> None:
    session = world.session(competition)
    world.sign_up(session, world.person())
    there = f"/en/c/manage/agenda/{session.id}"
    for button in ("cancellation", "deletion"):
        assert f'action="{there}/{button}"' in organizer.get(f"{there}/edit").text
    refused = organizer.post(f"{there}/deletion")
    assert refused.status_code == 409
    assert "Cancel it instead: they get a letter." in refused.text
    assert organizer.post(f"{there}/cancellation").status_code == 302
    assert [x.name for x in db.session.scalars(select(Letter))] == ["session_cancelled"]
    assert "Cancelled" in organizer.get("/en/c/manage/agenda").text
    assert "Cancelled" in world.client().get("/en/c/agenda").text
    again = organizer.post(f"/fr/c/manage/agenda/{session.id}/cancellation")
    assert again.status_code == 409
    assert "Cette séance a été annulée." in again.text
    page = organizer.get(f"{there}/edit").text
    assert f'action="{there}/cancellation"' not in page
    assert 'name="starts_at"' not in page
    assert organizer.post(f"{there}/edit", data=SESSION).status_code == 422
    assert organizer.post(f"{there}/deletion").status_code == 302
    assert sessions() == []


@pytest.mark.parametrize(
    ("language", "words"), [("en", "The agenda is empty"), ("fr", "Le programme est vide")]
)
def test_an_empty_agenda_says_what_to_do(
    competition: Any, organizer: FlaskClient, language: str, words: str
) -> None:
    page = organizer.get(f"/{language}/c/manage/agenda")
    assert words in page.text
    assert f'href="/{language}/c/manage/agenda/new"' in page.text


# -- sign-ups --------------------------------------------------------------------------------


def test_the_table_of_sign_ups_is_safe_and_whole(
    world: World, competition: Any, organizer: FlaskClient
) -> None:
    session = world.session(competition)
    hostile, guest = world.sign_up(session, world.person()), world.sign_up(session)
    hostile.name = '=HYPERLINK("https://evil.example","x")'
    hostile.confirmed_at = datetime(2026, 5, 8, 16, 30, tzinfo=UTC)
    guest.name, guest.address, guest.language = "Zoé, “Z”", "+zoe@example.org", "fr"
    guest.confirmed_at = None
    answer = organizer.get(f"/fr/c/manage/agenda/{session.id}/sign-ups.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "sign-ups.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows == [
        ["Nom", "Courriel", "Langue", "A un compte", "Confirmée (UTC)"],
        [f"'{hostile.name}", hostile.address, "English", "Oui", "2026-05-08 16:30"],
        ["Zoé, “Z”", "'+zoe@example.org", "Français", "Non", ""],
    ]


def test_the_list_of_sign_ups(world: World, competition: Any, organizer: FlaskClient) -> None:
    session = world.session(competition, capacity=60)
    there = f"/en/c/manage/agenda/{session.id}/sign-ups"
    page = organizer.get(there).text
    assert "Nobody has signed up yet" in page
    assert "sign-ups.csv" not in page
    world.sign_up(session, world.person())
    held = world.sign_up(session)
    held.confirmed_at = None
    page = organizer.get(there).text
    assert "2 sign-ups" in page
    assert page.count("Not yet confirmed") == 1
    few = cost(world.app, organizer, there)
    for _ in range(49):
        world.sign_up(session, world.person())
    assert cost(world.app, organizer, there) == few
    assert organizer.get(there).text.count('<th scope="row"') == 50
    assert organizer.get(f"{there}?page=2").text.count('<th scope="row"') == 1


# -- speakers and places ---------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_speakers(world: World, competition: Any, organizer: FlaskClient, language: str) -> None:
    there = f"/{language}/c/manage/speakers"
    data = {"name": "Zoé Ünal", "organization-en": "", "organization-fr": "Université"}
    assert organizer.get(f"{there}/new").status_code == 200
    assert organizer.post(f"{there}/new", data=data).location == there
    (speaker,) = db.session.scalars(select(Speaker))
    assert (speaker.name, speaker.organization) == ("Zoé Ünal", Localized(fr="Université"))
    assert "Zoé Ünal" in organizer.get(there).text
    edit = f"{there}/{speaker.id}/edit"
    assert 'value="Zoé Ünal"' in organizer.get(edit).text
    assert organizer.post(edit, data=data | {"name": " "}).status_code == 422
    assert organizer.post(edit, data=data | {"name": "Zoé"}).location == there
    world.session(competition, speakers=[speaker])
    refused = organizer.post(f"{there}/{speaker.id}/deletion")
    assert refused.status_code == 409
    assert {"en": "This person speaks in a session", "fr": "Cette personne parle"}[
        language
    ] in refused.text
    db.session.delete(sessions()[0])
    assert organizer.post(f"{there}/{speaker.id}/deletion").location == there
    assert db.session.scalars(select(Speaker)).all() == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_places(world: World, competition: Any, organizer: FlaskClient, language: str) -> None:
    there = f"/{language}/c/manage/places"
    data = {"name-en": "Main room", "name-fr": "Grande salle", "link": ""}
    assert organizer.get(f"{there}/new").status_code == 200
    assert organizer.post(f"{there}/new", data=data).location == there
    (place,) = db.session.scalars(select(Place))
    assert (place.name, place.link) == (Localized(en="Main room", fr="Grande salle"), "")
    edit = f"{there}/{place.id}/edit"
    for link in ("javascript:alert(1)", "room.example", "https://", "https://me:x@room.example"):
        answer = organizer.post(edit, data=data | {"link": link})
        assert (answer.status_code, errors(answer)) == (422, ["link"])
    assert organizer.post(edit, data=data | {"name-fr": ""}).status_code == 422
    assert organizer.post(edit, data=data | {"link": "https://room.example"}).location == there
    assert "https://room.example" in organizer.get(there).text
    world.session(competition, place=place)
    refused = organizer.post(f"{there}/{place.id}/deletion")
    assert refused.status_code == 409
    assert {"en": "A session is held in this place", "fr": "Une séance se tient dans ce lieu"}[
        language
    ] in refused.text
    db.session.delete(sessions()[0])
    assert organizer.post(f"{there}/{place.id}/deletion").location == there
    assert db.session.scalars(select(Place)).all() == []


def test_things_of_another_competition_are_not_found(
    world: World, competition: Any, organizer: FlaskClient
) -> None:
    elsewhere = world.competition()
    session = world.session(elsewhere)
    paths = (
        f"agenda/{session.id}/edit",
        f"agenda/{session.id}/sign-ups",
        f"agenda/{session.id}/sign-ups.csv",
        f"speakers/{world.speaker(elsewhere).id}/edit",
        f"places/{world.place(elsewhere).id}/edit",
    )
    assert [organizer.get(f"/en/c/manage/{path}").status_code for path in paths] == [404] * 5
    deed = organizer.post(f"/en/c/manage/agenda/{session.id}/deletion")
    assert (deed.status_code, sessions()) == (404, [session])


def test_the_lists_cost_the_same_whatever_their_length(
    world: World, competition: Any, organizer: FlaskClient
) -> None:
    def fill(count: int) -> None:
        for _ in range(count):
            session = world.session(
                competition,
                title=both("Panel"),
                place=world.place(competition),
                speakers=[world.speaker(competition), world.speaker(competition)],
            )
            world.sign_up(session, world.person())

    fill(1)
    first = f"agenda/{sessions()[0].id}"
    paths = [f"/en/c/manage/{path}" for path in ("agenda", "speakers", "places", f"{first}/edit")]
    few = [cost(world.app, organizer, path) for path in paths]
    fill(7)
    assert [cost(world.app, organizer, path) for path in paths] == few
    assert len(db.session.scalars(select(SignUp)).all()) == 8
