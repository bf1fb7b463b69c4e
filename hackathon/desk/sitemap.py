"""Every page that a visitor may open now, for search engines."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import current_app, url_for
from sqlalchemy import select

from ..competitions.models import Competition
from ..competitions.queries import published_competitions
from ..extensions import db
from ..gallery.queries import places_of
from ..ground.doors import doors
from ..ground.localized import LANGUAGES
from ..news.queries import published_news
from ..submissions.models import Submission
from ..workshops.queries import sessions_of

MOST = 50_000  # addresses that one file may hold (sitemaps.org)


def projects_of(competition: Competition) -> list[Submission]:
    keys = list(places_of(competition))
    return list(db.session.scalars(select(Submission).where(Submission.id.in_(keys))))


# What an address can name beside its competition.
THINGS: dict[str, Callable[[Competition], list[Any]]] = {
    "challenge": lambda competition: competition.challenges,
    "session": sessions_of,
    "submission": projects_of,
    "news_item": published_news,
}


def pages() -> Iterator[dict[str, str]]:
    """Each page's address in every language. The doors say which are open, as to any visitor."""
    base, found = current_app.config["BASE_URL"], 0
    for path in _paths():
        yield {language: f"{base}/{language}{path}" for language in LANGUAGES}
        found += len(LANGUAGES)
        if found >= MOST:
            return


def _paths() -> Iterator[str]:
    """Of the pages that are the same for everyone, as is known where they are kept."""
    listed = current_app.extensions["keeper"].endpoints
    routes = [
        route
        for route in current_app.url_map.iter_rules()
        if route.endpoint in listed and "." not in route.rule
    ]
    for route in routes:
        if not route.arguments:
            yield from _open(route, {})
    for competition in published_competitions():
        for route in routes:
            if "competition" not in route.arguments:
                continue
            here = {"competition": competition}
            named = route.arguments - {*here}
            if not named:
                yield from _open(route, here)
            for name in named:
                for thing in THINGS[name](competition):
                    yield from _open(route, here | {name: thing})


def _open(route: Any, things: dict[str, Any]) -> Iterator[str]:
    visitor = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    if doors().policy[route.endpoint](visitor, **things):
        yield url_for(route.endpoint, **things)
