"""Pages that all readers share: to each what would be drawn for them alone, and of nobody else."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask, url_for

from hackathon.extensions import db
from hackathon.gallery.models import Audience
from hackathon.ground.keeping import GAP, Reader
from hackathon.ground.model import Model
from hackathon.kept import FILLINGS, KEPT, SHARED
from tests.apps import kept_site
from tests.conftest import new_database
from tests.counting import cost
from tests.world import Story, World, both

AUDIENCES = (None, Audience.CREW, Audience.REGISTERED, Audience.PUBLIC)
TEMPLATES = Path("templates")


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    app = kept_site(new_database(request.param, tmp_path), tmp_path)
    now = datetime.now(UTC).replace(second=10)
    with app.app_context(), time_machine.travel(now, tick=False):
        Model.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def paths(app: Flask, competition: Any) -> list[str]:
    with app.test_request_context():
        return ["/en" + url_for(each, competition=competition) for each in SHARED]


def drawn_alone(app: Flask, client: Any, path: str) -> str:
    app.config["KEEP_PAGES"] = False
    page = of_form(client.get(path).text)
    app.config["KEEP_PAGES"] = True
    return page


def of_form(page: str) -> str:
    """The page without the token of its forms, which is another one each time."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


def test_gaps_and_their_fillings_are_the_same() -> None:
    named = set()
    for template in TEMPLATES.rglob("*.html"):
        named |= set(re.findall(r'\bgap\("(\w+)"', template.read_text()))
    assert named == set(FILLINGS)
    assert set(SHARED) <= set(KEPT)


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
@pytest.mark.parametrize("era", ["open", "results"])
def test_everybody_reads_what_would_be_drawn_for_them_alone(site: Flask, era: str) -> None:
    story = Story(World(site))
    world, competition, people = story.world, story.competition, story.people
    story.enter(era)
    invitation = world.guest_judge(competition, "by-link")
    inside = world.session(competition, public=False)
    world.sign_up(inside, people["captain"])
    world.sign_up(story.things["session"], people["stranger"])
    world.withdrawal(competition)
    for role, zone in [("member", "Asia/Tokyo"), ("stranger", "Europe/Paris")]:
        people[role].zone = zone
    clients = {role: world.client(person) for role, person in people.items()}
    clients |= {"judge by link": world.by_link(invitation)}
    gallery = world.gallery(competition, Audience.OFF)
    for audience in AUDIENCES:
        gallery.audience = audience or Audience.OFF
        competition.blind = audience is None
        db.session.commit()  # while it counts
        for path in paths(site, competition):
            for role, client in clients.items():
                alone = drawn_alone(site, client, path)
                page = of_form(client.get(path).text)
                assert page == alone, (audience, path, role)
                assert not GAP.search(page)
    names = [each for person in people.values() if person for each in (person.name, person.email)]
    pages = site.extensions["keeper"].pages
    assert {reader for reader, *_ in pages} > {Reader(), Reader(insider=True)}
    for kept in pages.values():
        page = "".join(kept.pieces)
        assert not [name for name in names if name in page]
        assert "csrf_token" not in page


def test_it_asks_little_for_all_but_the_first(site: Flask) -> None:
    """However much there is on the page."""
    world = World(site)
    competition = world.competition("c", gates="closed")
    works = [world.submission(world.team(competition)) for _ in range(6)]
    for work in works[:4]:
        world.honour(work)
        world.session(competition)
    world.gallery(competition)
    world.announcement(competition, datetime.now(UTC) - timedelta(days=1))
    first, second = (world.client(work.team.captain) for work in works[:2])
    db.session.commit()
    for path in paths(site, competition):
        assert cost(site, first, path) > cost(site, second, path)
    assert [cost(site, second, path) for path in paths(site, competition)] == [5, 6, 5, 6]


def test_a_change_and_a_moment_show_at_once(site: Flask) -> None:
    world = World(site)
    competition = world.competition("c", gates="closed")
    works = [world.submission(world.team(competition)) for _ in range(2)]
    honour = world.honour(works[0])
    world.gallery(competition)
    moment = datetime.now(UTC).replace(second=30, microsecond=0)
    world.announcement(competition, moment)
    client = world.client(works[1].team.captain)
    db.session.commit()
    with time_machine.travel(moment - timedelta(seconds=10), tick=False) as clock:
        assert "Winner" not in client.get("/en/c/projects").text
        clock.move_to(moment - timedelta(microseconds=1))
        assert "Winner" not in client.get("/en/c/projects").text
        assert client.get("/en/c/results").status_code == 404
        clock.move_to(moment)
        assert "Winner" in client.get("/en/c/projects").text
        assert str(honour.citation) in client.get("/en/c/results").text
        honour.citation = both("another reason")
        db.session.commit()
        assert "another reason" in client.get("/en/c/results").text
        clock.move_to(moment - timedelta(microseconds=1))
        assert "Winner" not in client.get("/en/c/projects").text
        assert client.get("/en/c/results").status_code == 404


def test_a_seat_shows_to_who_has_it_and_a_closed_session_to_who_takes_part(site: Flask) -> None:
    world = World(site)
    competition = world.competition("c")
    inside = world.session(competition, public=False)
    people = [world.participant(competition) for _ in range(2)]
    here, there, stranger = (world.client(each) for each in (*people, world.person()))
    world.sign_up(inside, people[0])
    for _ in range(2):
        pages = [each.get("/en/c/agenda").text for each in (there, here, stranger)]
        assert [str(inside.title) in page for page in pages] == [True, True, False]
        assert ["You are signed up" in page for page in pages] == [False, True, False]
