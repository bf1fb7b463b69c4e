"""The doors of the site, and the address of each in a Story."""

from typing import Any

from flask import url_for
from werkzeug.routing import Rule as Route

from hackathon import UNPREFIXED
from hackathon.access import POLICY
from hackathon.ground.doors import KeyConverter
from tests.world import Story

METHODS = ("GET", "POST", "PATCH", "DELETE")
PLAIN = {"token": "no-such-token", "filename": "build/app.css"}


def doors(app: Any) -> list[tuple[str, Route]]:
    """Every (method, route), in the order of the policy."""
    place = {endpoint: number for number, endpoint in enumerate(POLICY)}
    routes = sorted(app.url_map.iter_rules(), key=lambda route: place[route.endpoint])
    return [(m, route) for route in routes for m in METHODS if m in route.methods]


def address(app: Any, route: Route, story: Story, language: str = "en") -> str:
    values = {
        name: story.things[name] if isinstance(converter, KeyConverter) else PLAIN[name]
        for name, converter in route._converters.items()
    }
    with app.test_request_context():
        path = url_for(route.endpoint, **values)
    return path if path.startswith(UNPREFIXED) else f"/{language}{path}"
