"""Every field of every form meets what people and attackers type.

Whatever comes, the answer is a page in the language asked and never a fault of ours: refused beside
the field with what was typed kept, or taken as plain text.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any

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
STRANGE = "<script>alert(1)</script>\"'&{{7*7}}%(x)s \u202eשלום\u202c 🦊👩🏽‍🚀 e\u0301\u0302 Ω"
SCRIPT = "<script>alert(1)</script>"
ALWAYS: dict[str, Any] = {
    "missing": None,
    "strange": STRANGE,
    "control": "a\x00b\x07c\ufffe\r\nBcc: someone@example.org",
    "huge": "é" * 50_000,
}
# One of these for each field, in turn.
IN_TURN: tuple[tuple[str, Any], ...] = (
    ("empty", ""),
    ("blank", " \t\n\u00a0\u2003"),
    ("twice", ["one", "two"]),
    ("number", "-1e999"),
    ("elsewhere", "00000000-0000-7000-8000-000000000000"),
    ("path", "../../../../etc/passwd"),
)
ANSWERED = {200, 302, 400, 403, 404, 409, 413, 422}
TEXTS = {"text", "textarea", "email", "url", "search"}


@dataclass
class Input:
    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    checked: bool = False


class Forms(HTMLParser):
    """The forms of a page that change something, with their fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[Input]]] = []
        self.inside: list[Input] | None = None
        self.area: Input | None = None
        self.select: Input | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form" and given.get("method") == "post":
            self.inside = []
            self.forms.append((given.get("action", ""), self.inside))
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


def filled_in(fields: list[Input], number: int) -> dict[str, Any]:
    """The form as a person would send it: what stood there, and sensible words elsewhere."""
    moment = datetime.now(UTC) + timedelta(days=30)
    plausible = {
        "text": "words",
        "textarea": "words",
        "email": f"guest{number}@example.org",
        "password": PASSWORD,
        "number": "3",
        "url": "https://example.org/",
        "date": f"{moment:%Y-%m-%d}",
        "datetime-local": f"{moment:%Y-%m-%dT12:00}",
    }
    data: dict[str, Any] = {}
    for each in fields:
        if each.kind in ("checkbox", "radio"):
            if each.checked or (each.kind == "radio" and each.name not in data):
                data[each.name] = each.value
        elif each.kind == "select":
            data[each.name] = each.value or next(filter(None, each.options), "")
        elif each.kind == "file":
            data[each.name] = (io.BytesIO(b"%PDF-1.4 words"), "words.pdf")
        elif each.kind != "submit":
            data[each.name] = each.value.strip("\n") or plausible.get(each.kind, "")
    return data


def spoiled(data: dict[str, Any], name: str, hostile: Any) -> dict[str, Any]:
    """The form with one field as nobody should send it; files are read once, so they are new."""
    sent = {
        key: (io.BytesIO(b"%PDF-1.4 words"), "words.pdf") if isinstance(value, tuple) else value
        for key, value in data.items()
    }
    if hostile is None:
        sent.pop(name, None)
    elif isinstance(data.get(name), tuple):
        sent[name] = (io.BytesIO(b"\x00" * 10), str(hostile)[:300])
    else:
        sent[name] = hostile
    return sent


def forms_of(world: World, story: Story) -> Iterator[tuple[str, str, str, list[Input]]]:
    """(role, page, action, fields) of every form, as whoever can do most sees it."""
    seen = set()
    clients = {role: story.client(role) for role in TRIED_BY}
    for number, (method, route) in enumerate(doors(world.app)):
        if method != "GET" or route.endpoint == "static":
            continue
        path = address(world.app, route, story, ("en", "fr")[number % 2])
        answers = ((role, client.get(path)) for role, client in clients.items())
        role, answer = next((a for a in answers if a[1].status_code == 200), ("", None))
        if answer is None or answer.mimetype != "text/html":
            continue
        for action, fields in Forms(answer.text).forms:
            target = action or path
            names = tuple(each.name for each in fields if each.kind != "hidden")
            key = (target.partition("/")[2].partition("/")[2], names)  # without its language
            if names and key not in seen:
                seen.add(key)
                yield role, path, target, fields


def test_every_field_of_every_form_takes_whatever_comes(world: World, connection: Any) -> None:
    story = Story(world)
    tried = 0
    for role, page, action, fields in list(forms_of(world, story)):
        client = story.client(role)
        data = filled_in(fields, tried)
        kinds = {each.name: each.kind for each in fields if each.kind != "submit"}
        for name, kind in kinds.items():
            for what, hostile in [*ALWAYS.items(), IN_TURN[tried % len(IN_TURN)]]:
                if kind == "file" and what in ("twice", "huge"):
                    continue
                with story.undone(connection):
                    answer = client.post(action, data=spoiled(data, name, hostile))
                    where = (role, action, name, what)
                    assert answer.status_code in ANSWERED, (where, answer.status)
                    check(answer, where, page)
                    if answer.status_code == 422 and kind in TEXTS and what == "strange":
                        assert kept(STRANGE) in kept(answer.text), (where, "not kept")
                    if answer.status_code == 302 and what == "strange":
                        after = client.get(answer.location)
                        assert after.status_code in ANSWERED, (where, answer.location)
                        check(after, where, page)
                    tried += 1
    assert tried > 500


def check(answer: Any, where: Any, page: str) -> None:
    if answer.mimetype != "text/html" or answer.status_code == 302:
        return
    assert SCRIPT not in answer.text, (where, "a script came back as a script")
    assert "Traceback" not in answer.text, where
    assert f'<html lang="{page.split("/")[1]}"' in answer.text, where
    if answer.status_code == 422:
        assert 'id="errors"' in answer.text, (where, "refused without a word")


def kept(text: str) -> str:
    """The text as a person sees it, whatever its case, blanks and tricks of direction."""
    return re.sub(r"[\s\u202c\u202e]+", " ", unescape(text)).casefold()
