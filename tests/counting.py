"""How many statements a page costs."""
"""How many queries a piece of work sends."""
"""How many questions a page asks the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from hackathon.extensions import db


@contextmanager
def queries(app: Flask) -> Iterator[list[str]]:
    """The statements sent to the database inside, savepoints aside."""
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "SAVEPOINT" not in statement:
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    """Collects the statements sent inside, savepoints excepted."""
    sent: list[str] = []
    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            sent.append(statement)
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
        yield sent
    """The statements sent to the database meanwhile."""
        sent.append(statement)
        event.remove(engine, "before_cursor_execute", note)
