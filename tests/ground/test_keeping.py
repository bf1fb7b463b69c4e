"""Pages that are kept for visitors: true at every moment, for all processes, and of nobody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask, g

from hackathon.access import doors as the_doors
from hackathon.extensions import db
from hackathon.gallery.models import Audience
from hackathon.ground.model import Model
from hackathon.kept import DRAFTS, KEPT, UNSEEN
from hackathon.submissions.models import Submission
from tests.apps import kept_site
from tests.conftest import new_database
from tests.counting import cost, queries
from tests.doors import address, doors
from tests.world import Story, World, both


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A site of its own that keeps pages, whose transactions really end, within one minute."""
    app = kept_site(new_database(request.param, tmp_path), tmp_path)
    with app.app_context(), time_machine.travel(datetime.now(UTC), tick=False):
        Model.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def asked(app: Flask, path: str, **headers: Any) -> tuple[int, Any]:
    """How many questions to the database it takes a visitor, and the answer."""
    with queries(app) as sent:
        answer = app.test_client().get(path, headers=headers)
    return len(sent), answer


def test_every_page_that_can_be_kept_is(site: Flask) -> None:
    """None of them reads what does not count, or begins a session."""
    story = Story(World(site))
    story.enter("closed")
    story.world.gallery(story.competition)
    db.session.commit()
    paths = {
        address(site, route, story, language)
        for method, route in doors(site)
        if method == "GET" and route.endpoint in KEPT
        for language in ("en", "fr")
    }
    assert len(paths) == 2 * len(KEPT) - 1  # the sitemap has no language
    for path in sorted(paths):
        before, first = asked(site, path)
        again, second = asked(site, path)
        assert first.status_code == second.status_code
        assert first.status_code in (200, 404), path
        assert again == 1 < before, path
        assert moved(second.text) == moved(first.text)
        names = ("Content-Type", "Cache-Control", "ETag", "Vary", "Content-Security-Policy")
        assert [second.headers.get(n) for n in names] == [first.headers.get(n) for n in names]


def moved(page: str) -> str:
    """The page without the moment at which it was asked for."""
    before, _, rest = page.partition('data-now="')
    return before + rest.partition('"')[2]


def test_what_it_is_told_exists() -> None:
    assert {*UNSEEN, *DRAFTS} <= set(Model.metadata.tables)
    assert set(KEPT) <= set(the_doors.policy)


def test_a_change_shows_at_once_in_every_process(site: Flask) -> None:
    world = World(site)
    competition = world.competition("c")
    item = world.news_item(competition)
    db.session.commit()
    other = kept_site(site.config["SQLALCHEMY_DATABASE_URI"], site.config["SETTINGS"].data_dir)
    path = f"/en/c/news/{item.slug}"
    for app in (site, other):
        asked(app, path)
        assert asked(app, path)[0] == 1
    item.title = both("⟦Others⟧")
    db.session.commit()
    for app in (site, other):
        count, answer = asked(app, path)
        assert count > 1
        assert "⟦Others⟧" in answer.text
    with other.app_context():
        db.engine.dispose()


def test_what_is_undone_or_not_shown_changes_nothing(site: Flask) -> None:
    world = World(site)
    competition = world.competition("c")
    work = world.submission(world.team(competition))
    db.session.commit()
    asked(site, "/en/c/")
    db.session.get_one(Submission, work.id).title = "A draft"
    world.letter(competition)
    db.session.commit()
    assert asked(site, "/en/c/")[0] == 1
    world.news_item(competition)
    db.session.flush()
    db.session.rollback()
    db.session.commit()
    assert asked(site, "/en/c/")[0] == 1


def test_it_ends_at_the_next_moment_and_is_not_for_those_before(site: Flask) -> None:
    """A request that arrived earlier is not answered with what is known since."""
    world = World(site)
    competition = world.competition("c")
    moment = datetime.now(UTC).replace(second=30, microsecond=0) + timedelta(hours=1)
    world.news_item(competition, published_at=moment)
    db.session.commit()
    with time_machine.travel(moment - timedelta(seconds=10), tick=False) as clock:
        before = asked(site, "/en/c/news")[1].text
        clock.move_to(moment - timedelta(microseconds=1))
        assert asked(site, "/en/c/news")[0] == 1
        clock.move_to(moment)
        count, after = asked(site, "/en/c/news")
        assert count > 1
        assert moved(after.text) != moved(before)
        clock.move_to(moment - timedelta(microseconds=1))
        count, late = asked(site, "/en/c/news")
        assert count > 1
        assert moved(late.text) == moved(before)


def test_nobody_who_is_known_gets_it_or_gives_it(site: Flask) -> None:
    world = World(site)
    competition = world.competition("c")
    person = world.person()
    client = world.client(person)
    assert person.name in client.get("/en/c/").text
    visitor = asked(site, "/en/c/")[1]
    assert person.name not in visitor.text
    assert person.name in client.get("/en/c/").text
    assert "ETag" not in client.get("/en/c/").headers
    french = asked(site, "/fr/c/")[1]
    assert competition.name["fr"] in french.text
    assert french.headers["ETag"] != visitor.headers["ETag"]


def test_who_has_the_page_is_told_so(site: Flask) -> None:
    world = World(site)
    competition = world.competition("c")
    db.session.commit()
    etag = asked(site, "/en/c/")[1].headers["ETag"]
    answer = asked(site, "/en/c/", **{"If-None-Match": etag})[1]
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["Server-Timing"].startswith("now;desc=")
    world.news_item(competition)
    db.session.commit()
    answer = asked(site, "/en/c/", **{"If-None-Match": etag})[1]
    assert answer.status_code == 200


def test_an_answer_is_kept_for_all_who_read_until_something_changes(site: Flask) -> None:
    """The order of the projects on show, which takes most of a gallery, and since when results are
    public: the same for all."""
    world = World(site)
    competition = world.competition("c", gates="closed")
    works = [world.submission(world.team(competition)) for _ in range(2)]
    world.gallery(competition, Audience.REGISTERED)  # so that each has it drawn
    first, second = (world.client(work.team.captain) for work in works)
    db.session.commit()
    path = "/en/c/projects"
    begun = cost(site, first, path)
    assert cost(site, second, path) == cost(site, first, path) == begun - 2
    assert works[0].team.name in first.get(path).text
    world.withheld(works[0])
    db.session.commit()
    with queries(site) as sent:
        page = first.get(path).text
    assert (works[0].team.name in page, works[1].team.name in page) == (False, True)
    assert len(sent) == begun


def test_nothing_is_kept_while_something_may_be_written(site: Flask) -> None:
    keeper = site.extensions["keeper"]
    with site.test_request_context("/en/c/"):
        assert keeper.number() == 0
        assert keeper.number() == 0
    with site.test_request_context("/en/c/", method="POST"):
        assert keeper.number() is None
    with site.test_request_context("/en/c/"):
        g.drawn_from = set()
        assert keeper.number() is None
    site.config["KEEP_PAGES"] = False
    with site.test_request_context("/en/c/"):
        assert keeper.number() is None
    assert keeper.number() is None  # asked by the worker
