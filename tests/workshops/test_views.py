"""The agenda as its readers use it, and signing up for its sessions."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from time_machine import travel

from hackathon.extensions import db
from hackathon.ground.i18n import moment_text
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.workshops.models import SignUp
from tests.counting import cost
from tests.world import World, marked

TORONTO = ZoneInfo("America/Toronto")
GUEST = {"name": "Zoé", "email": "Zoe@Example.org"}


def shown(page: Any) -> list[str]:
    """The sessions that the days of the agenda show, in order: their numbers."""
    days = page.text.split('class="agenda-day', 1)[-1] if "agenda-day" in page.text else ""
    return re.findall(r"⟦Session (\d+)(?: \(fr\))?⟧", days)


def number(session: Any) -> str:
    return re.findall(r"\d+", session.title.en)[0]


def letters() -> list[tuple[str, str, str]]:
    return sorted((x.name, x.address, x.language) for x in db.session.scalars(select(Letter)))


def seats() -> list[tuple[str, bool]]:
    return sorted((x.address, x.confirmed) for x in db.session.scalars(select(SignUp)))


# -- the agenda ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "No session has been announced yet"),
        ("fr", "Aucune séance n’est annoncée pour l’instant"),
    ],
)
def test_an_agenda_without_sessions_says_so(world: World, language: str, words: str) -> None:
    world.competition("c")
    page = world.client().get(f"/{language}/c/agenda")
    assert page.status_code == 200
    assert words in page.text
    assert "agenda.ics" not in page.text
    assert "<form" not in page.text.split("<main", 1)[1].split("</main>")[0]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("query", ["", "?public=y", "?language=", "?utm_source=letter", "?page=2"])
def test_nobody_is_told_off_who_filtered_nothing(world: World, language: str, query: str) -> None:
    competition = world.competition("c")
    world.session(competition)
    for reader in (None, world.participant(competition), world.organizer(competition)):
        page = world.client(reader).get(f"/{language}/c/agenda{query}")
        assert page.status_code == 200
        assert "Not a valid choice" not in page.text
        assert "pas un choix valide" not in page.text
        assert "aria-invalid" not in page.text
        assert len(shown(page)) == 1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_of_the_agenda_complains_before_anything_is_sent(
    world: World, language: str
) -> None:
    competition = world.competition("c")
    session = world.session(competition, capacity=5)
    session.place, session.speakers = world.place(competition), [world.speaker(competition)]
    seat = world.sign_up(session)
    public = (
        *("agenda", f"agenda/{session.id}", f"agenda/{session.id}/sign-up"),
        f"sign-ups/{seat.token}",
    )
    manage = (
        *("agenda", "agenda/new", f"agenda/{session.id}/edit", f"agenda/{session.id}/sign-ups"),
        *("speakers", "speakers/new", f"speakers/{session.speakers[0].id}/edit"),
        *("places", "places/new", f"places/{session.place.id}/edit"),
    )
    visitor, organizer = world.client(), world.client(world.organizer(competition))
    visits = [
        *((client, path) for client in (visitor, organizer) for path in public),
        *((organizer, f"manage/{path}") for path in manage),
    ]
    for client, path in visits:
        page = client.get(f"/{language}/c/{path}")
        assert (path, page.status_code) == (path, 200)
        for complaint in ("Not a valid choice", "pas un choix valide", "aria-invalid"):
            assert complaint not in page.text


def test_filters(world: World) -> None:
    competition = world.competition("c")
    start = datetime.now(UTC) + timedelta(days=1)

    def session(hour: int, *languages: str, public: bool = True) -> str:
        starts = start + timedelta(hours=hour)
        others = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
        return number(
            world.session(competition, public=public, languages=list(languages), **others)
        )

    english, french = session(0, "en"), session(1, "fr")
    both, training = session(2, "en", "fr"), session(3, "en", public=False)
    everything = [english, french, both, training]
    expected = {
        "": everything,
        "?language=": everything,
        "?language=en": [english, both, training],
        "?language=fr": [french, both],
        "?public=y": [english, french, both],
        "?language=en&public=y": [english, both],
        "?language=de": everything,
        "?language=en&language=fr": [english, both, training],
    }
    client = world.client(world.participant(competition))
    assert {query: shown(client.get(f"/fr/c/agenda{query}")) for query in expected} == expected
    checked = client.get("/en/c/agenda?language=fr&public=y").text
    assert re.search(r'<option[^>]*selected[^>]*value="fr"', checked)
    assert re.search(r'<input[^>]*checked[^>]*name="public"', checked)


def test_filters_that_nothing_fits(world: World) -> None:
    world.session(world.competition("c"))
    page = world.client().get("/fr/c/agenda?language=fr")
    assert "Aucune séance ne correspond" in page.text
    assert 'href="/fr/c/agenda"' in page.text


def test_a_session_across_midnight_stands_on_the_day_it_begins(world: World) -> None:
    competition = world.competition("c")
    eve = datetime(2100, 5, 8, 23, 30, tzinfo=TORONTO)
    world.session(competition, starts_at=eve, ends_at=eve + timedelta(hours=2))
    world.session(
        competition, starts_at=eve + timedelta(hours=10), ends_at=eve + timedelta(hours=11)
    )
    page = world.client().get("/en/c/agenda").text
    assert re.findall(r'href="#(day-[\d-]+)"', page) == ["day-2100-05-08", "day-2100-05-09"]
    assert "Saturday, May 8, 2100" in page
    assert "11:30\u00a0p.m." in page
    assert "1:30\u00a0a.m." in page
    assert page.count("EDT (UTC−4)") == 4  # beside each day, and each of what comes next


def test_the_clock_changes_between_two_days(world: World) -> None:
    competition = world.competition("c")
    for day in (6, 7):  # it is put back in the night between
        starts = datetime(2100, 11, day, 12, tzinfo=TORONTO)
        world.session(competition, starts_at=starts, ends_at=starts + timedelta(hours=1))
    page = world.client().get("/fr/c/agenda").text
    assert re.findall(r"12\u00a0h\u00a000", page) == ["12\u00a0h\u00a000"] * 4
    assert re.findall(r"\bH[AN]E \(UTC−\d\)", page) == ["HAE (UTC−4)", "HNE (UTC−5)"] * 2


def test_past_days_stay(world: World) -> None:
    competition = world.competition("c")
    yesterday = datetime.now(UTC) - timedelta(days=2)
    past = world.session(competition, starts_at=yesterday, ends_at=yesterday + timedelta(hours=1))
    page = world.client().get("/en/c/agenda")
    assert shown(page) == [number(past)]
    assert "Now and next" not in page.text
    assert '<details class="agenda-past" id="past" open>' in page.text


def test_a_hostile_title_is_only_text(world: World) -> None:
    competition = world.competition("c")
    session = world.session(competition)
    words = "<script>alert(1)</script>"
    session.title = type(session.title)(en=words, fr=words)
    session.summary = type(session.title)(en=words, fr="[x](javascript:alert(1))")
    for path in ("agenda", f"agenda/{session.id}", f"agenda/{session.id}/sign-up"):
        for language in ("en", "fr"):
            page = world.client().get(f"/{language}/c/{path}")
            assert page.status_code == 200
            assert "<script>alert" not in page.text
            assert 'href="javascript' not in page.text


@pytest.mark.parametrize("role", ["visitor", "participant", "organizer"])
def test_the_agenda_costs_the_same_whatever_its_length(world: World, role: str) -> None:
    competition = world.competition("c")
    people = {
        "visitor": None,
        "participant": world.participant(competition),
        "organizer": world.organizer(competition),
    }
    client = world.client(people[role])

    def fill(count: int) -> None:
        for hour in range(count):
            starts = datetime.now(UTC) + timedelta(hours=2 * hour)
            session = world.session(
                competition,
                public=hour % 2 == 0,
                starts_at=starts,
                ends_at=starts + timedelta(hours=3),
                place=world.place(competition),
                speakers=[world.speaker(competition), world.speaker(competition)],
            )
            world.sign_up(session, people[role])

    fill(2)
    paths = ("/en/c/agenda", "/en/c/agenda.ics")
    few = [cost(world.app, client, path) for path in paths]
    fill(9)
    assert [cost(world.app, client, path) for path in paths] == few


# -- training sessions -----------------------------------------------------------------------


def test_training_is_for_those_who_take_part(world: World) -> None:
    competition = world.competition("c")
    training = world.session(competition, public=False)
    there = f"/en/c/agenda/{training.id}"
    outsiders = {
        None: 302,
        world.person(): 403,
        world.participant(world.competition()): 403,
        world.organizer(world.competition()): 403,
    }
    for reader, status in outsiders.items():
        client = world.client(reader)
        assert shown(client.get("/en/c/agenda")) == []
        assert "No session has been announced yet" in client.get("/en/c/agenda").text
        for path in (there, f"{there}/session.ics", f"{there}/sign-up"):
            assert client.get(path).status_code == status
        assert client.post(f"{there}/sign-up", data=GUEST).status_code == status
    assert seats() == []
    team = world.team(competition)
    insiders = [
        world.participant(competition),
        team.captain,
        world.mentor(competition).user,
        world.judge(competition).user,
        world.organizer(competition),
        world.administrator(),
    ]
    for reader in insiders:
        client = world.client(reader)
        assert shown(client.get("/en/c/agenda")) == [number(training)]
        assert client.get(there).status_code == 200
        assert client.post(f"{there}/sign-up").location == there
    assert len(seats()) == len(insiders)


def test_only_who_sees_both_kinds_is_asked_which(world: World) -> None:
    competition = world.competition("c")
    world.session(competition)
    world.session(competition, public=False)
    assert 'name="public"' not in world.client().get("/en/c/agenda").text
    participant = world.client(world.participant(competition))
    assert 'name="public"' in participant.get("/en/c/agenda").text


def test_a_session_of_another_competition_is_not_found(world: World) -> None:
    world.competition("c")
    session = world.session(world.competition("d"))
    seat = world.sign_up(session)
    client = world.client()
    for path in (f"agenda/{session.id}", "agenda/x", f"sign-ups/{seat.token}", "sign-ups/x"):
        assert client.get(f"/en/c/{path}").status_code == 404
    assert client.post(f"/en/c/sign-ups/{seat.token}/cancellation").status_code == 404
    assert seats() == [(seat.address, True)]


# -- signing up with an account --------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "You are signed up. We have sent you an email with the details."),
        ("fr", "Votre inscription est faite. Nous vous avons envoyé les détails par courriel."),
    ],
)
def test_one_click_with_an_account(world: World, language: str, words: str) -> None:
    competition = world.competition("c")
    session, user = world.session(competition, place=world.place(competition)), world.person()
    client, there = world.client(user), f"/{language}/c/agenda/{session.id}"
    assert f'action="{there}/sign-up"' in client.get(there).text
    assert client.post(f"{there}/sign-up").location == there
    page = client.get(there).text
    assert words in page
    assert "https://room.example" in page
    assert seats() == [(user.email, True)]
    (seat,) = db.session.scalars(select(SignUp))
    assert f'action="/{language}/c/sign-ups/{seat.token}/cancellation"' in page
    answer = client.post(f"/{language}/c/sign-ups/{seat.token}/cancellation")
    assert (answer.location, seats()) == (there, [])
    assert "https://room.example" not in client.get(there).text


def test_the_link_to_join_is_for_those_signed_up(world: World) -> None:
    competition = world.competition("c")
    session = world.session(competition, place=world.place(competition))
    signed_up, held = world.sign_up(session, world.person()), world.sign_up(session, world.person())
    held.confirmed_at = None
    sees = {
        None: False,
        world.person(): False,
        world.participant(competition): False,
        held.user: False,
        signed_up.user: True,
        world.organizer(competition): True,
    }
    for reader, link in sees.items():
        for path in ("agenda", f"agenda/{session.id}"):
            page = world.client(reader).get(f"/en/c/{path}").text
            assert ("room.example" in page) == (link and path != "agenda")
    guest = world.client()
    assert "room.example" in guest.get(f"/en/c/sign-ups/{signed_up.token}").text
    assert "room.example" not in guest.get(f"/en/c/sign-ups/{held.token}").text
    session.cancelled_at = datetime.now(UTC)
    assert "room.example" not in guest.get(f"/en/c/sign-ups/{signed_up.token}").text
    assert "room.example" not in world.client(signed_up.user).get(f"/en/c/agenda/{session.id}").text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Every seat of this session is taken.", "This session was cancelled."]),
        ("fr", ["Toutes les places de cette séance sont prises.", "Cette séance a été annulée."]),
    ],
)
def test_a_refusal_is_said(world: World, language: str, words: list[str]) -> None:
    competition = world.competition("c")
    full, cancelled = (
        world.session(competition, capacity=1),
        world.session(competition, cancelled_at=datetime.now(UTC)),
    )
    world.sign_up(full)
    for session, sentence in zip((full, cancelled), words, strict=True):
        for client in (world.client(world.person()), world.client()):
            there = f"/{language}/c/agenda/{session.id}"
            assert f"{there}/sign-up" not in client.get(there).text
            answer = client.post(f"{there}/sign-up", data=GUEST)
            assert answer.status_code == 422
            assert sentence in answer.text
    assert (len(seats()), letters()) == (1, [])


@pytest.mark.parametrize("ahead", [None, timedelta(hours=2), timedelta(hours=-1)])
def test_sign_ups_close_when_it_starts_or_when_they_were_said_to(
    world: World, ahead: timedelta | None
) -> None:
    """`ahead`: how long before the start they close; None when nothing else was said."""
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    closes = starts - (ahead or timedelta())
    session = world.session(
        world.competition("c"),
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        sign_ups_close_at=closes if ahead else None,
    )
    there, client = f"/en/c/agenda/{session.id}", world.client(world.person())
    with travel(closes - timedelta(seconds=1), tick=False):
        page = client.get(there).text
        assert f"{there}/sign-up" in page
        assert f'data-countdown="{closes.isoformat()}"' in page
        assert moment_text(closes, "America/Toronto") in page
        assert client.get(f"{there}/sign-up").text.count("<form") > 1
    with travel(closes, tick=False):
        page = client.get(there).text
        assert f"{there}/sign-up" not in page and "Sign-ups are closed" in page
        assert "Sign-ups are closed" in client.get(f"{there}/sign-up").text
        answer = client.post(f"{there}/sign-up")
    assert (answer.status_code, seats()) == (422, [])
    assert "Sign-ups for this session closed: " in answer.text


def test_a_sign_up_within_the_grace_is_taken_and_written_down(world: World) -> None:
    competition = world.competition("c", grace_seconds=30)
    session, user = world.session(competition), world.person("Ana")
    there, client = f"/en/c/agenda/{session.id}", world.client(user)
    with travel(session.starts_at + timedelta(seconds=12), tick=False):
        assert f"{there}/sign-up" not in client.get(there).text
        assert client.post(f"{there}/sign-up").status_code == 302
    entry = db.session.scalars(select(Entry)).one()
    assert (entry.deed, entry.actor, entry.details) == (
        "let_in_late",
        user,
        {"gate": "sign_ups", "seconds": 12},
    )
    with travel(session.starts_at + timedelta(seconds=30), tick=False):
        other = world.client(world.person())
        assert other.post(f"{there}/sign-up").status_code == 422


def test_who_asked_in_time_confirms_after_the_close(world: World) -> None:
    session = world.session(world.competition("c"))
    there, client = f"/en/c/agenda/{session.id}", world.client()
    with travel(session.starts_at - timedelta(minutes=5), tick=False):
        assert client.post(f"{there}/sign-up", data=GUEST).status_code == 302
    with travel(session.starts_at + timedelta(minutes=5), tick=False):
        seat = db.session.scalars(select(SignUp)).one()
        assert client.post(f"/en/c/sign-ups/{seat.token}").status_code == 302
    assert seats() == [("zoe@example.org", True)]


# -- signing up without an account -----------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_guest_confirms_by_the_button_not_by_the_link(world: World, language: str) -> None:
    competition = world.competition("c")
    session = world.session(competition, place=world.place(competition))
    client, there = world.client(), f"/{language}/c/agenda/{session.id}"
    assert client.get(f"{there}/sign-up").status_code == 200
    assert client.post(f"{there}/sign-up", data=GUEST).location == there
    assert letters() == [("sign_up_confirm", "zoe@example.org", language)]
    assert seats() == [("zoe@example.org", False)]

    letter = db.session.scalars(select(Letter)).one()
    (link,) = re.findall(r"http://localhost(/\S+/sign-ups/\S+)", letter.text)
    reader = world.client()  # on another device
    assert reader.get(link).status_code == 200
    assert reader.head(link).status_code == 200
    assert seats() == [("zoe@example.org", False)]
    assert reader.post(link).location == link
    assert seats() == [("zoe@example.org", True)]
    assert "https://room.example" in reader.get(link).text
    assert [name for name, *_ in letters()] == ["sign_up_confirm", "signed_up"]

    assert reader.post(f"{link}/cancellation").location == there
    assert (seats(), reader.get(link).status_code) == ([], 404)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "There is no such page"), ("fr", "Cette page n’existe pas")]
)
def test_foreign_altered_and_given_up_sign_ups_are_not_found(
    world: World, language: str, words: str
) -> None:
    competition = world.competition("c")
    seat = world.sign_up(world.session(competition))
    foreign = world.sign_up(world.session(world.competition("d")))
    client, given_up = world.client(), seat.token
    assert client.post(f"/en/c/sign-ups/{given_up}/cancellation").status_code == 302
    for token in (given_up, foreign.token, foreign.token + "x", "%00", "x" * 500):
        path = f"/{language}/c/sign-ups/{token}"
        for answer in (client.get(path), client.post(path), client.post(f"{path}/cancellation")):
            assert (answer.status_code, words in answer.text) == (404, True)
    assert len(seats()) == 1


def test_an_address_already_signed_up_gets_the_same_answer(world: World) -> None:
    competition = world.competition("c")
    session = world.session(competition)
    world.sign_up(session, world.person(email="zoe@example.org"))
    there = f"/en/c/agenda/{session.id}"
    answers = []
    for email in ("zoe@example.org", "new@example.org"):
        client = world.client()
        answer = client.post(f"{there}/sign-up", data=GUEST | {"email": email})
        page = client.get(answer.location).text
        answers.append((answer.status_code, answer.location, re.sub("nonce-[^\"']+", "", page)))
    assert answers[0][:2] == answers[1][:2] == (302, there)
    words = "We have written to you. Open the email and confirm your seat within a day."
    assert [words in page for *_, page in answers] == [True, True]
    assert letters() == [
        ("sign_up_confirm", "new@example.org", "en"),
        ("signed_up", "zoe@example.org", "en"),
    ]
    assert seats() == [("new@example.org", False), ("zoe@example.org", True)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "  "},
        {"name": "x" * 121},
        {"email": ""},
        {"email": "zoe"},
        {"email": "zoe@example.org\nBcc: all@example.org"},
    ],
    ids=repr,
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(world: World, wrong: Any) -> None:
    session = world.session(world.competition("c"))
    answer = world.client().post(f"/fr/c/agenda/{session.id}/sign-up", data=GUEST | wrong)
    assert (answer.status_code, seats(), letters()) == (422, [], [])
    kept = "zoe@example.org" if "name" in wrong else "Zoé"
    assert f'value="{kept}"' in answer.text
    assert "aria-invalid" in answer.text


def test_a_seat_lost_before_it_was_confirmed(world: World) -> None:
    competition = world.competition("c")
    session = world.session(competition, capacity=1)
    late = world.sign_up(session)
    late.confirmed_at, late.created_at = None, late.created_at - timedelta(days=1)
    world.sign_up(session)
    for language, words in (
        ("en", "Every seat of this session was taken before you confirmed yours."),
        (
            "fr",
            "Toutes les places de cette séance ont été prises avant que vous confirmiez la vôtre.",
        ),
    ):
        link = f"/{language}/c/sign-ups/{late.token}"
        page, answer = world.client().get(link), world.client().post(link)
        assert (page.status_code, answer.status_code) == (200, 422)
        assert words in page.text
        assert words in answer.text
    assert [confirmed for _, confirmed in seats()] == [False, True]


def test_a_letter_of_a_session_that_is_gone_says_so(world: World) -> None:
    competition = world.competition("c")
    session = world.session(competition, cancelled_at=datetime.now(UTC))
    seat = world.sign_up(session)
    page = world.client().get(f"/fr/c/sign-ups/{seat.token}").text
    assert "Cette séance n’aura pas lieu." in page


def test_a_seat_of_a_session_closed_to_visitors_since_can_be_given_up(world: World) -> None:
    """Its holder lands on a page that is theirs to see."""
    competition = world.competition("c")
    session = world.session(competition, public=False, title=world.session(competition).title)
    seat, client = world.sign_up(session), world.client()
    answer = client.post(f"/en/c/sign-ups/{seat.token}/cancellation")
    assert (answer.location, seats()) == ("/en/c/agenda", [])
    assert "You are no longer signed up for this session." in client.get(answer.location).text


def test_names_of_people_signed_up_are_not_public(world: World) -> None:
    competition = world.competition("c")
    session = world.session(competition)
    world.sign_up(session, world.person("Ana Secret"))
    for reader in (None, world.participant(competition)):
        for path in ("agenda", f"agenda/{session.id}"):
            assert marked("Ana Secret") not in world.client(reader).get(f"/en/c/{path}").text
