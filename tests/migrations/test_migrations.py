"""Migrations go up, equal the models, keep the rows, go down, and up again, on both databases."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, inspect, select, text

from hackathon import create_app
from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.ground.model import Model
from hackathon.submissions.models import Version
from hackathon.teams.models import Ending, Invitation, Membership, Team
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


def test_old_invitations_keep_their_sense(empty: Flask) -> None:
    """Letters work once, links for all; what was closed says as what."""
    upgrade(revision="0007")
    world = World(empty)
    team = world.team(world.competition())
    rows = {
        "waiting": world.invitation(team, "a@example.org"),
        "answered": world.invitation(team, "b@example.org"),
        "link": world.invitation(team),
        "revoked": world.invitation(team),
    }
    for name in ("answered", "revoked"):
        rows[name].closed_at, rows[name].closed_as = now(), Ending.DECLINED
    keys = {name: row.id for name, row in rows.items()}
    db.session.commit()
    db.session.remove()
    downgrade(revision="0001")
    upgrade(revision="0007")
    found = {name: db.session.get(Invitation, key) for name, key in keys.items()}
    assert {name: (row.most_uses, row.state) for name, row in found.items()} == {
        "waiting": (1, "waiting"),
        "answered": (1, "used"),
        "link": (None, "waiting"),
        "revoked": (None, "revoked"),
    }
    competition = db.session.scalars(select(Competition)).one()
    assert competition.size_warning_hours == 72
    assert team_sizes() == [2]


def team_sizes() -> list[int]:
    return [len(team.memberships) for team in db.session.scalars(select(Team))]


def test_sqlite_has_its_foreign_keys_on_again(empty: Flask) -> None:
    upgrade()
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA foreign_keys")) == 1
