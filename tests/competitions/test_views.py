"""The public pages of a competition."""

from datetime import timedelta
from typing import Any

from flask import Flask

from hackathon.competitions.models import Gate
from hackathon.competitions.queries import next_deadline, published_competitions
from hackathon.extensions import db
from hackathon.ground import clock
from hackathon.ground.localized import Localized
from tests.counting import cost
from tests.world import World

PAGES = ("", "dates", "challenges", "rules", "partners", "documents")


def test_visitors_read_what_is_public_in_their_language(client: Any, world: World) -> None:
    competition = world.competition("c")
    world.challenge(competition)
    world.partner(competition)
    world.criterion(competition)
    world.document(competition)
    seen = {
        page: [client.get(f"/{language}/c/{page}") for language in ("en", "fr")] for page in PAGES
    }
    for page, answers in seen.items():
        assert [answer.status_code for answer in answers] == [200, 200], page
        assert "⟦Competition 1⟧" in answers[0].text
        assert "⟦Competition 1 (fr)⟧" in answers[1].text


def test_drafts_are_hidden_from_all_but_their_organizers(world: World) -> None:
    draft = world.competition("c", published_at=None)
    future = world.competition("f", published_at=clock.now() + timedelta(hours=1))
    clients = [world.client(), world.client(world.person()), world.client(world.organizer(draft))]
    for page in PAGES:
        assert [client.get(f"/en/c/{page}").status_code for client in clients] == [404, 404, 200]
        assert [client.get(f"/en/f/{page}").status_code for client in clients] == [404, 404, 404]
    assert published_competitions() == []
    assert str(future.name) not in clients[0].get("/en/").text


def test_what_organizers_write_cannot_hurt_readers(client: Any, world: World) -> None:
    hostile = "<script>alert(1)</script> <img src=x onerror=y> [x](javascript:z)"
    text = Localized(en=hostile, fr=hostile)
    competition = world.competition("c", name=text, tagline=text, summary=text, description=text)
    challenge = world.challenge(competition)
    challenge.title = challenge.summary = challenge.description = text
    partner = world.partner(competition)
    partner.name = partner.short = partner.description = text
    document = world.document(competition)
    document.title = text
    db.session.flush()
    for page in (*PAGES, f"challenges/{challenge.id}"):
        html = client.get(f"/en/c/{page}").text
        assert "<script>alert" not in html
        assert "<img" not in html
        assert 'href="javascript' not in html


def test_the_next_deadline_is_the_soonest_change(world: World) -> None:
    competition = world.competition(gates="upcoming")
    found = next_deadline(competition)
    assert found is not None and found.next_at == found.opens_at
    world.set_gates(competition, "closed")
    assert next_deadline(competition) is None
    world.set_gates(competition, "open", Gate.JUDGING)
    found = next_deadline(competition)
    assert found is not None
    assert (found.gate, found.next_at) == (Gate.JUDGING, found.closes_at)


def test_pages_cost_the_same_however_much_there_is(app: Flask, world: World) -> None:
    competition = world.competition("c")
    visitor, person = world.client(), world.client(world.participant(competition))

    def more() -> None:
        other = world.competition()
        world.news_item(other)
        world.challenge(competition)
        world.partner(competition)
        world.criterion(competition)
        world.document(competition)
        world.news_item(competition)

    paths = ["/en/", *(f"/en/c/{page}" for page in PAGES)]
    more()
    one = {(path, who): cost(app, who, path) for path in paths for who in (visitor, person)}
    for _ in range(4):
        more()
    assert {(path, who): cost(app, who, path) for path in paths for who in (visitor, person)} == one
    assert max(one.values()) < 16
