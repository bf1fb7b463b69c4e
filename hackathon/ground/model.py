"""The base of all tables, and the types that rows are made of."""

import os
import sqlite3
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import JSON, DateTime, Dialect, Engine, MetaData, Uuid, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from .clock import now
from .localized import Localized, LocalizedType

JSONType = JSON().with_variant(JSONB(), "postgresql")


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: aware going in, aware and in UTC coming out, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs its zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def uuid7() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562), so that keys sort by when they were made.

    48 bits of milliseconds, 12 of their fraction (method 3 of section 6.2), 62 at random.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    chance = int.from_bytes(os.urandom(8), "big") >> 2
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | chance)


class Model(DeclarativeBase):
    """A row with a key and a birthday."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_N_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UTCDateTime(),
            Localized: LocalizedType(),
            uuid.UUID: Uuid(),
            dict[str, Any]: JSONType,
            list[str]: JSONType,
            list[Any]: JSONType,
        },
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(default=now, sort_order=-1)

    @property
    def url_key(self) -> str:
        """How the row is named in an address."""
        return str(self.id)


LOCKS = "/* for update */"


class _SaysWhatItLocks(SQLiteCompiler):
    """SQLite has no FOR UPDATE; a comment lets us see that a statement wants it."""

    def for_update_clause(self, select: Any, **_: Any) -> str:
        return f" {LOCKS}"


def tame_sqlite(engine: Engine) -> None:
    """Make SQLite keep every write of many writers.

    WAL and full sync for durability. A transaction begins by reading, which holds up nobody. With
    the first statement that locks or writes it waits for its turn to write (BEGIN IMMEDIATE), and
    from there on reads what the last writer left: as it is on PostgreSQL when a row is locked, only
    that here the lock is the whole database. What was read before may be old by then, so whoever
    depends on it locks and reads anew, on both.
    """
    engine.dialect.statement_compiler = _SaysWhatItLocks

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            "busy_timeout=30000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.info["writes"] = False
        connection.connection.driver_connection.execute("BEGIN DEFERRED")

    @event.listens_for(engine, "savepoint")
    def write(connection: Any, _name: str | None = None) -> None:
        if not connection.info["writes"]:
            connection.connection.driver_connection.execute("ROLLBACK")
            connection.connection.driver_connection.execute("BEGIN IMMEDIATE")
            connection.info["writes"] = True

    @event.listens_for(engine, "before_cursor_execute")
    def look(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SELECT", "PRAGMA")) or statement.endswith(LOCKS):
            write(connection)


def tame_postgresql(engine: Engine) -> None:
    """Let the driver keep what it prepared, over the end of a transaction that only read.

    psycopg forgets its prepared statements at every ROLLBACK, and PostgreSQL takes ten times longer
    to plan a large question than to answer it. What wrote nothing can as well end by COMMIT.
    """

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.info["writes"] = False

    @event.listens_for(engine, "before_cursor_execute")
    def look(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("SELECT"):
            connection.info["writes"] = True

    @event.listens_for(engine, "rollback")
    def end(connection: Any) -> None:
        if connection.invalidated or connection.info["writes"]:
            return
        driver = connection.connection.driver_connection
        if driver.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
            with suppress(psycopg.Error):  # a line that broke: the rollback that follows says so
                driver.commit()


def named(length: int) -> dict[str, Any]:
    """Keywords for `Enum(...)`: stored as text by its value, checked by the database."""
    return {
        "native_enum": False,
        "create_constraint": True,
        "length": length,
        "values_callable": lambda kind: [member.value for member in kind],
    }
