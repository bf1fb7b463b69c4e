"""Two workers at once ask a person once; a worker that dies asks nobody."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from hackathon import create_app, worker
from hackathon.datasets.actions import ask_for_statements
from hackathon.extensions import db
from hackathon.ground.model import Model
from hackathon.post.models import Letter
from tests.conftest import new_database, settings_for
from tests.world import World


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A site of its own, whose transactions really end, with two people who hold expired data."""
    app = create_app(settings_for(new_database(request.param, tmp_path), tmp_path))
    with app.app_context():
        Model.metadata.create_all(db.engine)
        world = World(app)
        data_set = world.data_set(world.competition())
        world.terms(data_set, expires_at=datetime.now(UTC) - timedelta(seconds=1))
        for _ in range(2):
            world.taking(world.acceptance(data_set, world.person()))
        db.session.commit()
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


def letters() -> int:
    return db.session.scalar(select(func.count()).select_from(Letter)) or 0


def test_each_person_is_asked_once(site: Any) -> None:
    written = {}

    def other_worker() -> None:
        with site.app_context():
            written["second"] = ask_for_statements()
            db.session.commit()
            db.session.remove()

    written["first"] = ask_for_statements()
    second = threading.Thread(target=other_worker)
    second.start()
    second.join(0.3)  # it waits for the first
    db.session.commit()
    second.join(10)
    assert written == {"first": 2, "second": 0}
    assert letters() == 2


def test_a_worker_that_dies_leaves_nothing_half_done(site: Any) -> None:
    assert ask_for_statements() == 2
    db.session.rollback()
    assert letters() == 0
    assert worker.do_what_is_due() == 4  # written, then delivered
    assert letters() == 2
    assert worker.do_what_is_due() == 0
