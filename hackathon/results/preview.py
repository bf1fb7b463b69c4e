"""Looking ahead: a page as it will be once results are public, for organizers alone."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, make_response, url_for
from markupsafe import escape

from ..ground.remember import forget_answers


@dataclass(frozen=True)
class Foresight:
    """Organizers look at a competition as it will be `at` a moment; None: when all is public."""

    competition_id: uuid.UUID
    at: datetime | None


_foresight: ContextVar[Foresight | None] = ContextVar("foresight", default=None)


def foresight() -> Foresight | None:
    return _foresight.get()


@contextmanager
def foreseen(competition: Any, at: datetime | None = None) -> Iterator[None]:
    """Inside, whatever asks about the results is answered as it will be then.

    So a preview is drawn by the very queries and templates of the page.
    """
    token = _foresight.set(Foresight(competition.id, at))
    forget_answers()
    try:
        yield
    finally:
        _foresight.reset(token)
        forget_answers()


def shown_ahead(competition: Any, draw: Callable[[], Any], at: datetime | None = None) -> Response:
    """The page that `draw` makes, as it will be. Nothing keeps it but the screen.

    Where the results are not to be seen yet, the links to them lead to their preview.
    """
    with foreseen(competition, at):
        answer = make_response(draw())
        results, preview = (
            f'href="{escape(url_for(endpoint, competition=competition))}"'
            for endpoint in ("results.index", "manage.results.preview")
        )
    answer.set_data(answer.get_data(as_text=True).replace(results, preview))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
