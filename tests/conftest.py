"""The test bench: a site on each database there is, and a transaction around every test.

Rows are real, on SQLite and, where a server answers, on PostgreSQL. On CI a skip is a failure.
"""

import contextvars
import os
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import close_all_sessions

from hackathon import create_app
from hackathon.config import Settings
from hackathon.extensions import db
from hackathon.ground.model import Model
from tests.world import World

POSTGRES = os.environ.get("TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432")
SECRET = "a-secret-that-only-the-tests-know-0123456789"


def settings_for(database_url: str, data_dir: Path, **others: Any) -> Settings:
    given = {
        "mode": "test",
        "data_dir": data_dir,
        "database_url": database_url,
        "secret_key": SECRET,
        "base_url": "http://localhost",
        "mail_url": "mailbox:",
        "mail_from": "hackathon@example.org",
    }
    return Settings(**{**given, **others})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """On CI nothing may be left out silently: a skip is a failure."""
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped on CI: {report.longrepr}"
    return report


_databases: list[str] = []


def pytest_sessionfinish() -> None:
    if _databases:
        engine = create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for name in _databases:
                connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        engine.dispose()


def new_postgres_database(name: str) -> str:
    """An empty database of this name on the server, or a skip where there is none.

    The name gets the number of this process, so that two runs at once do not meet; the database
    goes when the run ends.
    """
    name = f"{name}_{os.getpid()}"
    try:
        engine = create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
    except OperationalError:
        pytest.skip("no PostgreSQL server")
    _databases.append(name)
    return f"{POSTGRES}/{name}"


def new_database(kind: str, data_dir: Path) -> str:
    if kind == "postgresql":
        return new_postgres_database(f"hackathon_test_{data_dir.name}"[:50])
    return f"sqlite:///{data_dir / 'test.sqlite3'}"


class Client(FlaskClient):
    """A browser without scripts. Each request runs in a context of its own, as on a server."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        db.session.commit()  # what the test wrote is there for the request
        answer = contextvars.Context().run(super().open, *args, **kwargs)
        db.session.expire_all()  # and what the request wrote is there for the test
        return answer


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    data_dir = tmp_path_factory.mktemp(request.param)
    app = create_app(settings_for(new_database(request.param, data_dir), data_dir))
    app.config["WTF_CSRF_ENABLED"] = False  # tests/house turns it on again to see it work
    app.test_client_class = Client
    with app.app_context():
        Model.metadata.create_all(db.engine)
        engine = db.engine
    yield app
    close_all_sessions()
    engine.dispose()


@pytest.fixture
def connection(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """One connection for the test and its requests; all is undone at the end."""
    with app.app_context():
        engine = db.engine
    with engine.connect() as connection:
        transaction = connection.begin()
        session_class = db.session.session_factory.class_
        monkeypatch.setattr(session_class, "get_bind", lambda *_, **__: connection)
        db.session.session_factory.configure(join_transaction_mode="create_savepoint")
        yield connection
        transaction.rollback()


@pytest.fixture
def context(app: Flask, connection: Any) -> Iterator[None]:
    """An application context, for tests that call actions and queries."""
    with app.app_context():
        yield
        db.session.remove()


@pytest.fixture
def world(app: Flask, context: None) -> World:
    """The people and things of a competition; see tests/world.py."""
    return World(app)


@pytest.fixture
def client(app: Flask, context: None) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def moment() -> datetime:
    return datetime(2026, 5, 8, 14, 30, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-matrix", action="store_true", help="write tests/access/matrix.txt")
