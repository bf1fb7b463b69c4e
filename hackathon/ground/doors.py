"""Every endpoint is a door: its arguments become objects, then its rule is asked.

The policy is one table, endpoint → rule. The site does not start with an endpoint that has no
rule, or a rule that has no endpoint.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from flask import (
    Flask,
    abort,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, RoutingException
from werkzeug.wrappers import Response

from .forms import words_typed
from .rule import Rule
from .transaction import READING
from .verdict import ALLOWED, Refusal, Verdict

Finder = Callable[..., Any]
AGAIN = "60"  # seconds after which what is stopped for a while may be tried again


class KeyConverter(BaseConverter):
    """`<key:team>`: takes the object itself in url_for, and gives the text to the finder."""

    regex = r"[^/\x00]+"  # PostgreSQL refuses NUL even in a question
    part_isolating = True

    def to_url(self, value: Any) -> str:
        return super().to_url(getattr(value, "url_key", value))


class Doors:
    """Asks the policy at every request, and for every link.

    `finders` map the name of a URL argument to a function `(text, **found so far) -> object`,
    which returns None when there is no such thing or it belongs to something else. `narrowed(user,
    endpoint, **things)` is asked before any rule: sessions that open a part of the site alone.
    """

    def __init__(
        self,
        policy: Mapping[str, Rule],
        finders: Mapping[str, Finder],
        narrowed: Callable[..., Verdict] = lambda user, endpoint, **things: ALLOWED,
    ) -> None:
        self.policy = policy
        self.finders = finders
        self.narrowed = narrowed

    def init_app(
        self, app: Flask, sign_in: str, let_in_late: Callable[..., Any] | None = None
    ) -> None:
        """`let_in_late(opening, by=…, **things)` writes down who passed a closed gate by grace."""
        self.sign_in = sign_in
        self.let_in_late = let_in_late
        app.extensions["doors"] = self
        app.before_request(self.knock)
        app.jinja_env.globals["can"] = self.can

    def hang(self, app: Flask) -> None:
        """Compare policy and routes once all routes are there. Raises RuntimeError if unequal."""
        endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
        if bare := sorted(endpoints - set(self.policy)):
            raise RuntimeError(f"Endpoints without a rule: {', '.join(bare)}")
        if dead := sorted(set(self.policy) - endpoints):
            raise RuntimeError(f"Rules without an endpoint: {', '.join(dead)}")
        if twice := sorted(_at_one_address(app)):
            raise RuntimeError(f"Doors at one address: {', '.join(twice)}")
        arguments = {name for rule in app.url_map.iter_rules() for name in _keys(rule)}
        if lost := sorted(arguments - set(self.finders)):
            raise RuntimeError(f"Arguments without a finder: {', '.join(lost)}")

    def knock(self) -> Any:
        """Before every request: find, ask, and let in or refuse."""
        if request.endpoint is None or request.url_rule is None:
            return None  # routing will answer 404 or 405 by itself
        arguments = request.view_args or {}
        things = self.find(request.url_rule, arguments)
        g.things = things or {}
        if things is None:
            abort(404)
        arguments.update(things)
        changing = request.method not in READING
        verdict = self.ask(request.endpoint, changing=changing, **things)
        if not verdict:
            return self.refuse(verdict)
        if verdict.opening is not None and self.let_in_late is not None:
            self.let_in_late(verdict.opening, by=current_user, **things)
        return None

    def find(self, route: Any, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        """The things that the arguments of a route name; None when one of them is not there."""
        things: dict[str, Any] = {}
        for name in _keys(route):
            things[name] = self.finders[name](arguments[name], **things)
            if things[name] is None:
                return None
        return things

    def open_at(self, path: str) -> bool:
        """Is there a page at this path (without its language) for the person who asks?"""
        try:
            route, arguments = current_app.url_map.bind("").match(path, "GET", return_rule=True)
        except (HTTPException, RoutingException):
            return False
        things = self.find(route, arguments)
        return things is not None and bool(self.ask(route.endpoint, **things))

    def refuse(self, verdict: Verdict) -> Any:
        if asks_for_json():
            return self.refuse_script(verdict)
        match verdict.refusal:
            case Refusal.SIGN_IN | Refusal.FIRST:
                goes_on = request.full_path.rstrip("?") if request.method == "GET" else None
                way = verdict.way or self.sign_in
                back = goes_on and request.script_root + goes_on
                address = url_for(way, next=back, **verdict.things)
                if words_typed():  # which a page they are sent to would lose
                    page = render_template("errors/signed_out.html", way=address)
                    return Response(page, 403, mimetype="text/html")
                return redirect(address)
            case Refusal.CLOSED:
                page = render_template("errors/closed.html", verdict=verdict, **g.things)
                return Response(page, 403, mimetype="text/html")
            case Refusal.STOPPED:
                page = render_template("errors/stopped.html", verdict=verdict, **g.things)
                return Response(page, 503, {"Retry-After": AGAIN}, mimetype="text/html")
            case Refusal.FORBIDDEN:
                page = render_template("errors/403.html", verdict=verdict)
                return Response(page, 403, mimetype="text/html")
            case _:
                abort(404)

    def refuse_script(self, verdict: Verdict) -> Any:
        """The same refusal for a script of ours, which keeps what was typed and says why."""
        refusal = verdict.refusal or Refusal.HIDDEN
        if refusal in (Refusal.SIGN_IN, Refusal.FIRST):
            page = request.script_root + request.path
            way = url_for(verdict.way or self.sign_in, next=page, **verdict.things)
            return jsonify(refusal=refusal.name.lower(), way=way), 401
        status = {Refusal.HIDDEN: 404, Refusal.STOPPED: 503}.get(refusal, 403)
        return jsonify(refusal=refusal.name.lower(), said=str(verdict.reason)), status

    def verdict(self, endpoint: str, **things: Any) -> Verdict:
        return self.ask(endpoint, **(g.get("things", {}) | things))

    def ask(self, endpoint: str, **things: Any) -> Verdict:
        """May the person who asks go through this door, with these things?"""
        user = current_user._get_current_object()  # rules ask much of it, and the proxy looks anew
        verdict = self.narrowed(user, endpoint, **things)
        return self.policy[endpoint](user, **things) if verdict else verdict

    def alike(self, *endpoints: str) -> bool:
        """Are these doors to the person who asks what they are to a visitor?"""
        visitor = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
        return all(
            self.can(endpoint) == _opens(self.policy[endpoint](visitor, **g.things))
            for endpoint in endpoints
        )

    def can(self, endpoint: str, **things: Any) -> bool:
        """Would this door open for the person who asks? What the page stands on need not be named.

        Templates ask before they draw a link, so that no link leads to a shut door. A door that
        opens once something else has come first counts as open: the link leads there and back.
        """
        return _opens(self.verdict(endpoint, **things))


def _opens(verdict: Verdict) -> bool:
    return bool(verdict) or verdict.refusal is Refusal.FIRST


def asks_for_json() -> bool:
    """Does a script ask, rather than a person?"""
    return request.accept_mimetypes.best == "application/json"


def doors() -> Doors:
    """The doors of the site that is being asked."""
    return cast(Doors, current_app.extensions["doors"])


def _at_one_address(app: Flask) -> set[str]:
    """Endpoints that another one hides: same method, same path but for the arguments' names."""
    found: dict[tuple[str, str], str] = {}
    hidden = set()
    for rule in app.url_map.iter_rules():
        shape = re.sub(r"<[^>]*>", "<>", rule.rule)
        for method in (rule.methods or set()) - {"OPTIONS"}:
            if found.setdefault((method, shape), rule.endpoint) != rule.endpoint:
                hidden.add(f"{found[method, shape]} and {rule.endpoint}")
    return hidden


def _keys(rule: Any) -> list[str]:
    """The arguments of a route that are looked up, from left to right."""
    return [
        name
        for name in _ordered_arguments(rule)
        if isinstance(rule._converters.get(name), KeyConverter)
    ]


def _ordered_arguments(rule: Any) -> list[str]:
    return [content for dynamic, content in rule._trace if dynamic]
