"""Two workers at once write the letters once; a worker that dies writes none."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from hackathon import create_app, worker
from hackathon.extensions import db
from hackathon.ground.model import Model
from hackathon.post.models import Letter
from hackathon.results.models import Announcement
from hackathon.results.publishing import tell_teams_when_announced
from tests.conftest import new_database, settings_for
from tests.world import World


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A site of its own, whose transactions really end, with results that have become public."""
    app = create_app(settings_for(new_database(request.param, tmp_path), tmp_path))
    with app.app_context():
        Model.metadata.create_all(db.engine)
        world = World(app)
        competition = world.competition(gates="closed")
        world.honour(world.submission(world.team(competition, 3)))
        world.announcement(competition, datetime.now(UTC) - timedelta(seconds=1))
        db.session.commit()
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


def letters() -> int:
    return db.session.scalar(select(func.count()).select_from(Letter)) or 0


def test_letters_are_written_once(site: Any) -> None:
    written = {}

    def other_worker() -> None:
        with site.app_context():
            written["second"] = tell_teams_when_announced()
            db.session.commit()
            db.session.remove()

    written["first"] = tell_teams_when_announced()
    second = threading.Thread(target=other_worker)
    second.start()
    second.join(0.3)  # it waits, or finds nothing that is free
    db.session.commit()
    second.join(10)
    assert written == {"first": 3, "second": 0}
    assert letters() == 3


def test_a_worker_that_dies_leaves_nothing_half_done(site: Any) -> None:
    assert tell_teams_when_announced() == 3
    db.session.rollback()
    assert letters() == 0
    assert worker.do_what_is_due() == 7  # 3 written, 3 delivered; the submission is looked at
    assert letters() == 3
    assert db.session.scalars(select(Announcement)).one().letters_at is not None
    assert worker.do_what_is_due() == 0
