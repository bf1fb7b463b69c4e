"""Keys, moments, SQLite with many writers, and what PostgreSQL prepares."""

import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.ground.model import uuid7
from tests.apps import own_app
from tests.world import World


def test_keys_are_of_version_7_and_arrive_in_order() -> None:
    keys = []
    for _ in range(5):
        keys.append(uuid7())
        time.sleep(0.000_01)
    assert {(key.version, key.variant) for key in keys} == {(7, "specified in RFC 4122")}
    assert keys == sorted(keys)
    assert abs((keys[0].int >> 80) / 1000 - time.time()) < 5


def test_moments_come_back_aware_and_in_utc(world: World) -> None:
    there = timezone(timedelta(hours=-4))
    competition = world.competition(
        published_at=datetime(2026, 5, 8, 10, 30, 15, 123456, tzinfo=there)
    )
    db.session.commit()
    db.session.expire_all()
    moment = datetime(2026, 5, 8, 14, 30, 15, 123456, tzinfo=UTC)
    assert competition.published_at == moment
    assert competition.published_at.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(world: World) -> None:
    with pytest.raises(StatementError, match="A moment needs its zone"):
        world.competition(published_at=datetime(2026, 5, 8))


def test_the_database_keeps_its_promises(world: World) -> None:
    """Checks and foreign keys hold on SQLite too."""
    competition = world.competition()
    for change in (
        {"team_min": 4, "team_max": 3},
        {"capacity": 0},
    ):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            for name, value in change.items():
                setattr(competition, name, value)
        db.session.refresh(competition)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text("UPDATE \"window\" SET gate = 'moon'"))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        person = world.person()
        db.session.execute(text("UPDATE \"user\" SET email = 'ANA@EXAMPLE.ORG'"))
        db.session.refresh(person)


def test_many_writers_keep_every_increment(tmp_path: Path) -> None:
    threads, times = 8, 15
    with own_app(tmp_path) as app:
        competition = World(app).competition(capacity=1)
        key = competition.id
        db.session.commit()
        faults: list[BaseException] = []

        def count() -> None:
            try:
                for _ in range(times):
                    with app.app_context():
                        row = db.session.get(type(competition), key)  # old by the time we write
                        db.session.refresh(row, with_for_update=True)
                        row.capacity += 1
                        db.session.commit()
            except BaseException as fault:
                faults.append(fault)

        workers = [threading.Thread(target=count) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert faults == []
        db.session.refresh(competition)
        assert competition.capacity == 1 + threads * times


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    """A page is read, as a visitor and signed in, while a writer holds the database."""
    with own_app(tmp_path) as app:
        world = World(app)
        competition = world.competition("c")
        visitor, organizer = world.client(), world.client(world.organizer(competition))
        db.session.commit()
        with db.engine.connect() as writer:
            writer.execute(text("UPDATE competition SET capacity = 7"))  # BEGIN IMMEDIATE
            started = time.monotonic()
            assert visitor.get("/en/c/").status_code == 200
            assert organizer.get("/en/c/manage/").status_code == 200
            assert visitor.get("/en/c/manage/").status_code == 302
            assert visitor.get("/en/nothing/").status_code == 404
            assert time.monotonic() - started < 5  # the lock is waited for 30 seconds
            writer.rollback()


def test_a_transaction_reads_until_it_locks_or_writes(tmp_path: Path) -> None:
    with own_app(tmp_path, base_url="http://localhost") as app:
        app.config["WTF_CSRF_ENABLED"] = False
        world = World(app)
        competition = world.competition("c")
        client = world.client(world.person())
        sent: list[str] = []

        def trace(connection: Any, *_: Any) -> None:
            connection.set_trace_callback(lambda statement: sent.append(statement.split()[0]))

        db.session.commit()
        event.listen(db.engine, "checkout", trace)
        client.get("/en/account/profile")
        assert sent.count("SELECT") > 0
        assert set(sent) == {"BEGIN", "SELECT", "ROLLBACK"}
        sent.clear()
        client.post("/en/account/sign-out")
        asked = [word for word in sent if word != "SELECT"]
        assert asked == ["BEGIN", "ROLLBACK", "BEGIN", "UPDATE", "COMMIT"]
        db.session.rollback()
        sent.clear()
        assert db.session.get(Competition, competition.id).capacity is None
        assert sent == ["BEGIN", "SELECT"]
        db.session.refresh(competition, with_for_update=True)
        assert sent[2:] == ["ROLLBACK", "BEGIN", "SELECT"]


def test_what_is_read_under_the_lock_is_what_the_last_writer_left(tmp_path: Path) -> None:
    with own_app(tmp_path) as app:
        competition = World(app).competition("c")
        db.session.commit()
        assert competition.capacity is None  # read before the other writes
        with db.engine.begin() as other:
            other.execute(text("UPDATE competition SET capacity = 7"))
        db.session.expire_all()
        assert competition.capacity is None  # one reading sees one state
        db.session.refresh(competition, with_for_update=True)
        assert competition.capacity == 7


def test_sqlite_is_durable_and_checks_its_references(tmp_path: Path) -> None:
    with own_app(tmp_path), db.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
        assert pragmas == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 30_000,
        }


def test_what_was_prepared_outlasts_a_transaction_that_only_read(tmp_path: Path) -> None:
    with own_app(tmp_path, "postgresql") as app:
        World(app).competition("jam")
        db.session.commit()

        def prepared() -> Any:
            return db.session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))

        def name() -> Any:
            return db.session.scalar(select(Competition.slug))

        for _ in range(10):  # more often than it takes until the driver prepares
            assert name() == "jam"
            db.session.rollback()
        assert prepared() > 0
        db.session.rollback()

        db.session.execute(update(Competition).values(slug="other"))
        db.session.rollback()
        assert name() == "jam"
        with pytest.raises(DBAPIError):
            db.session.execute(text("SELECT 1/0"))
        db.session.rollback()
        assert name() == "jam"
        # A line that breaks while somebody reads is a broken line, as it was.
        connection = db.session.connection().connection.driver_connection
        connection.pgconn.finish()
        with pytest.raises(DBAPIError):
            name()
        db.session.rollback()
        assert name() == "jam"
