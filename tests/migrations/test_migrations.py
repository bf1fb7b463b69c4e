"""Migrations go up, equal the models, keep the rows, go down, and up again, on both databases."""

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, TableClause, column, func, insert, inspect, select, text

from hackathon import create_app
from hackathon.competitions.models import Competition, Organizer
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.ground.model import Model
from hackathon.submissions.models import Version
from hackathon.teams.models import Membership, Team
from tests.conftest import new_database, settings_for
from tests.world import Story, World


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A site over a database without tables."""
    app = create_app(settings_for(new_database(request.param, tmp_path), tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_up_equals_the_models(empty: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Model.metadata) == []
    assert tables() == set(Model.metadata.tables)


def test_down_and_up_again(empty: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    assert tables() == set(Model.metadata.tables)


def test_checks_reach_the_database(empty: Flask) -> None:
    """Autogenerate does not see CHECK constraints, so we compare them ourselves."""
    upgrade()
    inspector = inspect(db.engine)
    for table in Model.metadata.sorted_tables:
        there = {check["name"] for check in inspector.get_check_constraints(table.name)}
        wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        assert there == wanted, table.name


def test_rows_survive(empty: Flask) -> None:
    """A later migration must keep these: tables are copied on SQLite, and children hang on them."""
    upgrade()
    story = Story(World(empty))
    before = {
        kind: len(db.session.scalars(select(kind)).all())
        for kind in (Competition, Team, Membership, Version)
    }
    assert min(before.values()) > 0
    db.session.remove()
    upgrade()
    after = {kind: len(db.session.scalars(select(kind)).all()) for kind in before}
    assert after == before
    assert db.session.get(Team, story.things["team"].id).challenge is not None


def test_people_and_competitions_of_before_survive_signing_in(empty: Flask) -> None:
    """Rows as 0001 knew them: tables are copied, and organizers hang on both."""
    upgrade(revision="0001")
    texts = ("name", "tagline", "summary", "description", "how_to_enter")
    keys = {name: uuid.uuid4() for name in ("user", "competition", "organizer")}
    born = {"created_at": datetime(2026, 5, 8, tzinfo=UTC)}
    rows: dict[str, dict[str, Any]] = {
        "user": {
            **{"email": "a@b.example", "password": "x", "name": "Ana", "language": "fr"},
            **{"active": True, "fs_uniquifier": "x"},
        },
        "competition": {
            **{"slug": "c", "zone": "UTC", "team_min": 1, "team_max": 5},
            **{name: Localized(en="x") for name in texts},
        },
        "organizer": {"competition_id": keys["competition"], "user_id": keys["user"]},
    }
    with db.engine.begin() as connection:
        for name, row in rows.items():
            values = {"id": keys[name], **born, **row}
            now = Model.metadata.tables[name].c
            before = TableClause(name, *(column(c, now[c].type) for c in values))
            connection.execute(insert(before).values(values))
    upgrade(revision="0002")
    competition = db.session.get(Competition, keys["competition"])
    assert competition is not None and competition.second_factor_required is False
    organizer = db.session.scalars(select(Organizer)).one()
    assert (organizer.user.email, organizer.user.pronouns) == ("a@b.example", None)
    db.session.remove()
    downgrade(revision="0001")
    with db.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Organizer)) == 1


def test_sqlite_has_its_foreign_keys_on_again(empty: Flask) -> None:
    upgrade()
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
