"""At the moment, for all at once: many ask around it, and each answer is wholly before or after,
whether it was kept or drawn."""

import re
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hackathon import create_app
from hackathon.extensions import db
from hackathon.ground.model import Model
from hackathon.results.models import Announcement
from tests.conftest import new_database, settings_for
from tests.world import World, both, marked

READERS = 12
CHALLENGES = 3


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A site of its own with threads, whose projects are on show before the results."""
    app = create_app(settings_for(new_database(request.param, tmp_path), tmp_path))
    app.config["KEEP_PAGES"] = True
    with app.app_context():
        Model.metadata.create_all(db.engine)
        world = World(app)
        competition = world.competition("contest", gates="closed")
        for number in range(CHALLENGES):
            team = world.team(competition)
            team.challenge = world.challenge(competition)
            world.honour(world.submission(team)).citation = both(f"honour {number}")
        world.gallery(competition)
        announcement = world.announcement(competition, datetime.now(UTC) + timedelta(hours=1))
        db.session.commit()
        yield app, announcement.id
        db.session.remove()
        db.engine.dispose()


def test_every_answer_is_wholly_before_or_wholly_after(site: Any) -> None:
    app, key = site
    secrets = [marked(f"honour {number}") for number in range(CHALLENGES)]
    expected = {
        "/en/contest/results": secrets,
        "/en/contest/": secrets,
        "/en/contest/projects": ["Winner"],
        "/en/contest/news.atom": ["The results are public"],
        "/sitemap.xml": ["/en/contest/results"],
    }
    paths = list(expected)
    seen: list[tuple[str, datetime, int, list[str]]] = []
    over = threading.Event()

    def read(number: int) -> None:
        browser, turn = app.test_client(), number
        while not over.is_set():
            path = paths[turn % len(paths)]
            turn += 1
            answer = browser.get(path)
            arrived = re.search(r'now;desc="([^"]+)"', answer.headers["Server-Timing"])
            assert arrived
            told = [each for each in expected[path] if each in answer.text]
            seen.append((path, datetime.fromisoformat(arrived[1]), answer.status_code, told))

    readers = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
    for reader in readers:
        reader.start()
    time.sleep(0.5)
    moment = datetime.now(UTC) + timedelta(seconds=1.5)
    db.session.get_one(Announcement, key).publish_at = moment
    db.session.commit()
    time.sleep(3.5)
    over.set()
    for reader in readers:
        reader.join(30)
    before = [each for each in seen if each[1] < moment]
    after = [each for each in seen if each[1] >= moment]
    assert len(before) > READERS
    assert len(after) > READERS
    assert [each for each in before if each[3]] == []
    assert {status for path, _, status, _ in before if path == paths[0]} == {404}
    assert [each for each in after if each[3] != expected[each[0]]] == []
    assert {status for _, _, status, _ in after} == {200}
