"""Every field of every form meets what people and attackers type.

Whatever comes, the answer is a page in the language asked and never a fault of ours: refused beside
the field with what was typed kept, or taken as plain text.
"""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from itertools import cycle
from typing import Any

from flask.testing import FlaskClient

from hackathon.access import POLICY
from tests.doors import address, doors
from tests.world import PASSWORD, Story, World

# Whoever can do most comes first: a form is tried once, by the first who sees it.
TRIED_BY = (
    "organizer",
    "captain",
    "member",
    "participant",
    "mentor of this team",
    "judge",
    "stranger",
    "visitor",
    "administrator",
)
SCRIPT = "<script>alert(1)</script>"
STRANGE = (
    f"{SCRIPT}\"'&{{{{7*7}}}}%(x)s \u202eשלום\u202c 🦊👩🏽‍🚀 e\u0301\u0302 Ω"
    " \x00\x07\ufffe\r\nBcc: someone@example.org"
)
# Most fields read the first of two.
TWICE = [STRANGE, "and once more"]
HUGE = "x" * 50_000 + "é"
# One of these for each field, in turn.
IN_TURN: tuple[tuple[str, Any], ...] = (
    ("missing", None),
    ("huge", HUGE),
    ("empty", ""),
    ("blank", " \t\n\u00a0\u2003"),
    ("twice", ["1", "2"]),
    ("number", "-1e999"),
    ("digits", "9" * 5000),
    ("beyond", "9" * 20),
    ("elsewhere", "00000000-0000-7000-8000-000000000000"),
    ("path", "../../../../etc/passwd"),
)
ANSWERED = {200, 302, 400, 403, 404, 409, 413, 422}
TEXTS = {"text", "textarea", "email", "url", "search"}
WEB = "https://example.org/"
PLAUSIBLE_BY_NAME = {
    "website": WEB,
    "link": WEB,
    "join_link": WEB,
    "repository": WEB,
    "demonstration": WEB,
    "video": WEB,
    "timezone": "America/Toronto",
    "friends": "",
    "second_factor_required": "",  # which whoever asks for it must have
    "zone": "America/Toronto",
}


@dataclass
class Input:
    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    checked: bool = False


@dataclass
class Sent:
    """A form as a page has it: how and where it is sent."""

    method: str
    action: str
    fields: list[Input] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page, with their fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Sent] = []
        self.inside: list[Input] | None = None
        self.area: Input | None = None
        self.select: Input | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(Sent(given.get("method", "get"), given.get("action", "")))
            self.inside = self.forms[-1].fields
        if self.inside is None or (tag != "option" and not given.get("name")):
            return
        if tag == "input":
            kind = given.get("type", "text")
            self.inside.append(
                Input(given["name"], kind, given.get("value", ""), checked="checked" in given)
            )
        elif tag == "textarea":
            self.area = Input(given["name"], "textarea")
            self.inside.append(self.area)
        elif tag == "select":
            self.select = Input(given["name"], "select")
            self.inside.append(self.select)
        elif tag == "option" and self.select is not None:
            self.select.options.append(given.get("value", ""))
            if "selected" in given:
                self.select.value = given["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "textarea":
            self.area = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value += data


def filled_in(fields: list[Input], somebody: str) -> dict[str, Any]:
    """The form as a person would send it: what stood there, sensible words elsewhere, boxes
    ticked, and the address of somebody who takes part."""
    plausible = {
        "text": "words",
        "textarea": "words",
        "email": somebody,
        "password": PASSWORD,
        "number": "9",
        "url": WEB,
        "date": f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}",
    }
    # An end follows its beginning; whatever comes third lies between the two.
    hours = cycle((0, 2, 1))
    data: dict[str, Any] = {}
    for each in fields:
        if each.kind in ("checkbox", "radio"):
            if each.checked or each.name not in data:
                data[each.name] = PLAUSIBLE_BY_NAME.get(each.name, each.value)
        elif each.kind == "select":
            data[each.name] = each.value or next(filter(None, each.options), "")
        elif each.kind == "file":
            data[each.name] = (io.BytesIO(b"%PDF-1.4 words"), "words.pdf")
        elif each.kind == "datetime-local":
            moment = datetime.now(UTC) + timedelta(days=30, hours=next(hours))
            data[each.name] = each.value or f"{moment:%Y-%m-%dT%H:%M}"
        elif each.kind != "submit":
            known = PLAUSIBLE_BY_NAME.get(each.name, plausible.get(each.kind, ""))
            data[each.name] = each.value.strip() or known
    return data


def spoiled(data: dict[str, Any], names: Iterable[str], hostile: Any) -> dict[str, Any]:
    """The form with these fields as nobody should send them; files are read once, so they are
    new."""
    sent = {
        key: (io.BytesIO(b"%PDF-1.4 words"), "words.pdf") if isinstance(value, tuple) else value
        for key, value in data.items()
    }
    for name in names:
        if hostile is None:
            sent.pop(name, None)
        elif isinstance(data.get(name), tuple):
            given = hostile[0] if isinstance(hostile, list) else hostile
            sent[name] = (io.BytesIO(b"\x00" * 10), given[:300])
        else:
            sent[name] = hostile
    return sent


def forms_of(world: World, story: Story) -> Iterator[tuple[str, str, Sent]]:
    """(role, page, form) of every form, as whoever can do most sees it."""
    seen = set()
    led_in: dict[Any, str] = {}  # who was let in by each rule is likely to be let in by it again
    clients = {role: story.client(role) for role in TRIED_BY}
    for number, (method, route) in enumerate(doors(world.app)):
        if method != "GET" or route.endpoint == "static":
            continue
        path = address(world.app, route, story, ("en", "fr")[number % 2])
        rule = POLICY[route.endpoint]
        known = led_in.get(rule, TRIED_BY[0])
        role, html = first_let_in({known: clients[known]} | clients, path)
        led_in[rule] = role or known
        for form in Forms(html).forms:
            form.action = form.action or path
            names = tuple(each.name for each in form.fields if each.kind != "hidden")
            # Without its language.
            key = (form.method, form.action.partition("/")[2].partition("/")[2], names)
            if names and key not in seen:
                seen.add(key)
                yield role, path, form


def first_let_in(clients: dict[str, FlaskClient], path: str) -> tuple[str, str]:
    """The first role that gets in, and the page, if it is one; empty when nobody does."""
    for role, client in clients.items():
        with client.get(path) as answer:
            if answer.status_code == 200:
                return role, answer.text if answer.mimetype == "text/html" else ""
    return "", ""


def test_every_field_of_every_form_takes_whatever_comes(world: World, connection: Any) -> None:
    story = Story(world)
    participant = story.people["participant"]
    assert participant
    in_turn = cycle(IN_TURN)
    tried, taken = 0, 0
    for role, page, form in list(forms_of(world, story)):
        client = story.client(role)
        data = filled_in(form.fields, participant.email)
        kinds = {each.name: each.kind for each in form.fields if each.kind != "submit"}
        took_strange = []
        for name, kind in kinds.items():
            # Passwords are hashed, but not here, and PostgreSQL keeps no NUL.
            strange = [each.replace("\x00", "") for each in TWICE] if kind == "password" else TWICE
            for what, hostile in (("strange", strange), next(in_turn)):
                with story.undone(connection):
                    answer = send(client, form, spoiled(data, [name], hostile))
                    where = (role, form.action, name, what)
                    check(answer, where, page)
                    if what == "strange" and answer.status_code == 302:
                        took_strange.append(name)
                    elif what == "strange" and answer.status_code == 422 and kind in TEXTS:
                        assert kept(STRANGE) in kept(answer.text), (where, "not kept")
                    tried += 1
        for what, hostile in (("missing", None), ("huge", HUGE)):
            with story.undone(connection):
                answer = send(client, form, spoiled(data, kinds, hostile))
                check(answer, (role, form.action, "all", what), page)
        if took_strange:  # then all of it at once, and the page that shows it
            with story.undone(connection):
                shown = [name for name in took_strange if kinds[name] != "password"]
                answer = send(client, form, spoiled(data, shown, TWICE))
                check(answer, (role, form.action, took_strange), page)
                if answer.status_code == 302:
                    taken += 1
                    after = client.get(answer.location)
                    check(after, (role, answer.location, took_strange), page)
    assert (tried > 800, taken > 40) == (True, True), (tried, taken)


def send(client: FlaskClient, form: Sent, data: dict[str, Any]) -> Any:
    if form.method == "get":
        return client.get(form.action, query_string=data)
    return client.post(form.action, data=data)


def check(answer: Any, where: Any, page: str) -> None:
    assert answer.status_code in ANSWERED, (where, answer.status)
    if answer.mimetype != "text/html" or answer.status_code == 302:
        return
    assert SCRIPT not in answer.text, (where, "a script came back as a script")
    assert "Traceback" not in answer.text, where
    assert f'<html lang="{page.split("/")[1]}"' in answer.text, where
    if answer.status_code == 422:
        assert 'id="errors"' in answer.text, (where, "refused without a word")


def kept(text: str) -> str:
    """The text as a person sees it, whatever its case, blanks and tricks of direction."""
    return re.sub(r"[\s\x00-\x1f\u202c\u202e\ufffe]+", " ", unescape(text)).casefold()
