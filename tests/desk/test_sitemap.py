"""What search engines are told: what a visitor may open now, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from time_machine import travel

from hackathon.extensions import db
from tests.counting import cost
from tests.world import Story, World

SPACES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


def listed(client: Any) -> dict[str, dict[str, str]]:
    """The pages, with their addresses in each language."""
    answer = client.get("/sitemap.xml")
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    return {
        page.findtext("s:loc", "", SPACES): {
            link.get("hreflang", ""): link.get("href", "")
            for link in page.findall("x:link", SPACES)
        }
        for page in ElementTree.fromstring(answer.data).findall("s:url", SPACES)
    }


@pytest.mark.parametrize("role", ["visitor", "organizer"])
def test_a_visitor_can_open_every_page_in_it(world: World, role: str) -> None:
    """Whoever asks for it."""
    story = Story(world)
    story.enter("results")
    world.gallery(story.competition)
    world.session(story.competition)
    world.session(story.competition, public=False)
    world.competition("a-draft", published_at=None)
    pages = listed(story.client(role))
    visitor = world.client()
    there = {address.removeprefix("http://localhost") for address in pages}
    assert {path: visitor.get(path).status_code for path in there} == dict.fromkeys(there, 200)
    base = "the-competition"
    work = story.things["submission"].id
    for path in ("", f"{base}/", f"{base}/results", f"{base}/projects/{work}", f"{base}/agenda"):
        assert f"/en/{path}" in there
    for address, others in pages.items():
        assert set(others) == {"en", "fr"}
        assert address in others.values()
        assert set(pages) >= set(others.values())
    assert not [path for path in there if "a-draft" in path or "manage" in path or "." in path]


def test_what_is_to_come_is_in_it_at_its_moment(world: World) -> None:
    competition = world.competition("c", gates="closed")
    work = world.submission(world.team(competition))
    world.honour(work)
    moment = datetime.now(UTC) + timedelta(hours=1)
    world.announcement(competition, moment)
    item = world.news_item(competition, published_at=moment)
    secret = ("results", "projects", f"projects/{work.id}", f"news/{item.slug}")
    db.session.commit()
    addresses = {f"http://localhost/en/c/{path}" for path in secret}
    for shift, found in ((-1, set()), (0, addresses)):
        with travel(moment + timedelta(microseconds=shift), tick=False):
            assert addresses & set(listed(world.client())) == found


def test_it_costs_the_same_however_much_there_is(world: World) -> None:
    competition = world.competition("c", gates="closed")
    world.gallery(competition)

    def more() -> None:
        world.submission(world.team(competition))
        world.news_item(competition)
        world.session(competition)

    client = world.client()
    more()
    few = cost(world.app, client, "/sitemap.xml")
    for _ in range(10):
        more()
    assert cost(world.app, client, "/sitemap.xml") == few
    assert len(listed(client)) > 60


def test_robots_are_led_to_it(world: World) -> None:
    text = world.client().get("/robots.txt").text
    assert "Disallow: /fr/account/" in text
    assert text.endswith("Sitemap: http://localhost/sitemap.xml\n")
