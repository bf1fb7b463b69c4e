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
        answers, key = _answers(), _key(question, things)
        if key not in answers:
            answers[key] = question(*things)
        found: T = answers[key]
        return found

    return asked


def foretell(question: Callable[..., T], *things: Any, answer: T) -> None:
    """What `question` will be answered about these things: for who came upon it together with
    something else. Forgotten as any answer is."""
    if has_request_context():
        _answers()[_key(question.__wrapped__, things)] = answer  # type: ignore[attr-defined]


def _answers() -> dict[Any, Any]:
    found: dict[Any, Any] = g.setdefault("answers", {})
    return found


def _key(question: Callable[..., Any], things: tuple[Any, ...]) -> Any:
    return (question, *(getattr(thing, "id", thing) for thing in things))


@event.listens_for(Session, "after_flush")
@event.listens_for(Session, "after_soft_rollback")
def _forget(*_: Any) -> None:
    forget_answers()


def forget_answers() -> None:
    """Ask anew from here on."""
    if has_request_context():
        g.pop("answers", None)
