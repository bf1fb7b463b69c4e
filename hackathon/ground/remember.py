"""Facts asked many times in one request are looked up once."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import g, has_request_context
from sqlalchemy import event
from sqlalchemy.orm import Session

T = TypeVar("T")


def once_per_request(question: Callable[..., T]) -> Callable[..., T]:
    """Remember the answer until the request ends or anything is written."""

    @wraps(question)
    def asked(*things: Any) -> T:
        if not has_request_context():
            return question(*things)
        answers: dict[Any, T] = g.setdefault("answers", {})
        key = (question, *(getattr(thing, "id", thing) for thing in things))
        if key not in answers:
            answers[key] = question(*things)
        return answers[key]

    return asked


@event.listens_for(Session, "after_flush")
@event.listens_for(Session, "after_soft_rollback")
def _forget(*_: Any) -> None:
    forget_answers()


def forget_answers() -> None:
    """Ask anew from here on."""
    if has_request_context():
        g.pop("answers", None)
