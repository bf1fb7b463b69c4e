"""A gallery that opens before the results says nothing of them, in no word, order or number."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete

from hackathon.extensions import db
from hackathon.results.models import Announcement, Grade, Honour
from tests.world import ROLES, Story, World


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_are_the_same_whatever_was_decided(world: World, language: str) -> None:
    story = Story(world)
    for _ in range(4):
        world.honour(world.submission(world.team(story.competition)), Grade.OUTSTANDING)
    story.enter("closed")
    moment = datetime.now(UTC) + timedelta(minutes=10)
    story.announced.publish_at = moment
    world.gallery(story.competition)
    base = f"/{language}/the-competition"
    paths = [
        *(f"{base}/projects{query}" for query in ("", "?award=winner", "?search=project")),
        f"{base}/projects/{story.things['submission'].id}",
        f"{base}/teams/{story.team.id}/gallery",
    ]
    people = {role: story.client(role) for role in ROLES}

    def seen() -> dict[tuple[str, str], Any]:
        pages = {}
        for role, browser in people.items():
            for path in paths:
                answer = browser.get(path)
                headers = {k: v for k, v in answer.headers if k != "Set-Cookie"}  # of signing in
                pages[role, path] = (answer.status_code, headers, answer.data)
        return pages

    with time_machine.travel(moment - timedelta(microseconds=1), tick=False):
        decided = seen()
        db.session.execute(delete(Honour))
        db.session.execute(delete(Announcement))
        assert seen() == decided
    assert {decided[role, paths[0]][0] for role in ROLES} == {200}


def test_at_the_moment_honours_come_first(world: World, client: Any) -> None:
    competition = world.competition("c", gates="closed")
    world.gallery(competition)
    moment = datetime.now(UTC) + timedelta(minutes=10)
    world.announcement(competition, moment)
    works = [world.submission(world.team(competition)) for _ in range(8)]
    world.honour(works[6], Grade.OUTSTANDING)
    world.honour(works[3])
    titles = [work.title for work in works]

    def order() -> list[str]:
        page = client.get("/en/c/projects").text
        return sorted(titles, key=lambda title: page.index(f">{title}</a>"))

    with time_machine.travel(moment - timedelta(microseconds=1), tick=False):
        before = order()
        assert "Outstanding" not in client.get("/en/c/projects").text
    with time_machine.travel(moment, tick=False):
        after = order()
        winners = client.get("/en/c/projects?award=winner").text
    assert after[:2] == [titles[3], titles[6]]
    assert after[2:] == [title for title in before if title not in after[:2]]
    assert titles[3] in winners
    assert titles[6] not in winners
