"""How migrations run: one transaction, and on SQLite with foreign keys checked, not acted on.

SQLite changes a table by copying it. With foreign keys on, dropping the old copy would delete the
rows that refer to it, silently; so they are off while tables change, and checked before the end.
"""

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import JSON, Connection

from hackathon.ground.localized import LocalizedType
from hackathon.ground.model import UTCDateTime

# Writes are counted for pages that are kept (ground/keeping.py), in a table that may not be there
# yet; and nobody serves pages while tables change.
current_app.config["KEEP_PAGES"] = False

database = current_app.extensions["migrate"].db


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | bool:
    """Our own column types, as migrations should write them: by what the database stores."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, LocalizedType | JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_as_batch=True,
        render_item=render_item,
        transactional_ddl=True,
        user_module_prefix="",
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"Rows would be left without what they refer to: {broken}")


with database.engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        # Before any BEGIN: inside a transaction SQLite ignores this.
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
    migrate(connection)
    connection.commit()
    connection.invalidate()  # the next one has its foreign keys on again
