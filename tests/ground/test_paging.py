"""Long lists in pages, whatever the address says."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.accounts.models import User
from hackathon.extensions import db
from hackathon.ground.paging import Page, paginate
from tests.world import World


def paged(app: Flask, world: World, query_string: str, rows: int = 7) -> tuple[Page, list[Any]]:
    people = [world.person() for _ in range(rows)]
    with app.test_request_context(f"/account/profile?{query_string}"):
        query = select(User).where(User.id.in_([p.id for p in people])).order_by(User.id)
        return paginate(db.session, query, per_page=3), sorted(people, key=lambda p: p.id)


@pytest.mark.parametrize(
    "query_string, page",
    [
        ("", 1),
        ("page=1", 1),
        ("page=2", 2),
        ("page=3", 3),
        ("page=4", 3),
        ("page=999999999", 3),
        ("page=" + "9" * 5000, 1),
        ("page=0", 1),
        ("page=-1", 1),
        ("page=+2", 1),
        ("page=1.5", 1),
        ("page=two", 1),
        ("page=%C2%B2", 1),
        ("page=%D9%A2", 1),
        ("page=%00", 1),
        ("page=", 1),
    ],
)
def test_the_page_that_is_asked_for(app: Flask, world: World, query_string: str, page: int) -> None:
    found, people = paged(app, world, query_string)
    assert (found.page, found.pages, found.total) == (page, 3, 7)
    assert list(found) == people[(page - 1) * 3 : page * 3]
    assert len(found) == len(found.items)


@pytest.mark.parametrize("rows, pages", [(0, 1), (1, 1), (3, 1), (4, 2), (6, 2)])
def test_how_many_pages(app: Flask, world: World, rows: int, pages: int) -> None:
    found, _ = paged(app, world, "", rows)
    assert (found.pages, found.total) == (pages, rows)


def test_another_page_keeps_the_rest_of_the_address(app: Flask, world: World) -> None:
    found, _ = paged(app, world, "")
    world.competition("c")
    with app.test_request_context("/c/partners?q=été&q=2&page=2&page=9", base_url="http://x/fr"):
        app.preprocess_request()
        parts = urlsplit(found.url(3))
        assert parts.path == "/fr/c/partners"
        assert parse_qsl(parts.query) == [("q", "été"), ("q", "2"), ("page", "3")]


@pytest.mark.parametrize(
    "trick", ["endpoint=x", "_scheme=javascript&_external=1", "_anchor=x", "competition=other"]
)
def test_an_address_cannot_bend_its_pages(app: Flask, world: World, trick: str) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    for _ in range(51):
        world.letter(competition)
    answer = client.get(f"/en/c/manage/letters?{trick}")
    assert answer.status_code == 200
    assert f'href="/en/c/manage/letters?{trick.replace("&", "&amp;")}&amp;page=2"' in answer.text
