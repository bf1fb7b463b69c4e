"""One transaction per request.

A changing request that succeeds commits once, before its answer is sent; everything else rolls
back. GET always rolls back, so a read can never write.
"""

from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_sqlalchemy import SQLAlchemy

READING = frozenset({"GET", "HEAD", "OPTIONS"})


class TransactionalFlask(Flask):
    """Flask whose requests are transactions."""

    database: SQLAlchemy

    def dispatch_request(self) -> Any:
        try:
            response: Response = self.make_response(super().dispatch_request())
            refused = response.status_code >= 400 and not g.get("stands", False)
            if request.method in READING or refused:
                self.database.session.rollback()
            else:
                # Here, not in after_request: a refused commit still becomes a kind error page.
                self.database.session.commit()
            return response
        except BaseException:
            self.database.session.rollback()
            raise


def let_go() -> None:
    """Nobody waits for us while slow work is done: what was read so far has to be read again."""
    current_app.extensions["sqlalchemy"].session.rollback()


def stands() -> None:
    """What is written stays written, although the answer of this request is a refusal."""
    g.stands = True
