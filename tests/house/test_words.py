"""No visible word outside the catalogues, on any page, for any role.

Every catalogue message and every row is marked ⟦so⟧; a letter outside the marks is a bare word.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import flask_babel
import flask_wtf.i18n
import pytest
from markupsafe import Markup

from tests.doors import address, doors
from tests.world import ROLES, Story, World

SPOKEN_ATTRIBUTES = {"title", "alt", "aria-label", "placeholder", "label"}
SILENT = {"script", "style", "code", "datalist", "time"}
VOID = {"meta", "link", "input", "br", "hr", "img", "use", "source", "col", "wbr"}
# Moments, sizes and numbers come from Babel's own catalogues; we mark them as a whole.
FORMATS = (
    *("day", "short_day", "calendar_day", "hour", "span", "zone_name", "clock_name", "moment_text"),
    *("file_size", "percent"),
)
ADDRESS = re.compile(r"https?://\S+|\S+@\S+\.\w+")
ALLOWED = {"Hackathon", "English", "Français", "EN", "FR"}


class MarkedCatalogue:
    """Every message is its own translation, in marks."""

    def ugettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    gettext = ugettext

    def ungettext(self, one: str, many: str, number: int) -> str:
        return f"⟦{one if number == 1 else many}⟧"

    ngettext = ungettext

    def upgettext(self, context: str, message: str) -> str:
        return f"⟦{message}⟧"


class Words(HTMLParser):
    """Collects what a person would see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.spoken: list[str] = []
        self.silent = 0
        self.open: list[bool] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.spoken += [v for k, v in given.items() if v and k in SPOKEN_ATTRIBUTES]
        if tag == "meta" and given.get("name") == "description":
            self.spoken.append(given.get("content") or "")
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.spoken.append(given.get("value") or "")
        if tag not in VOID:
            quiet = tag in SILENT or given.get("translate") == "no"
            self.open.append(quiet)
            self.silent += quiet

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open:
            self.silent -= self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.spoken.append(data)


def bare(html: str) -> set[str]:
    """The words of a page that stand outside every mark."""
    words = Words()
    words.feed(html)
    found = set()
    depth = 0  # over the whole page: a message may have a tag inside, such as a moment
    for text in words.spoken:
        outside = []
        for character in text:
            depth += (character == "⟦") - (character == "⟧")
            outside.append(character if depth == 0 and character not in "⟦⟧" else " ")
        rest = ADDRESS.sub(" ", "".join(outside))
        found |= {word for word in re.findall(r"[^\W\d_]{2,}", rest) if word not in ALLOWED}
    return found


@pytest.fixture
def marked_catalogue(app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    catalogue = MarkedCatalogue()
    monkeypatch.setattr(flask_babel.Domain, "get_translations", lambda _: catalogue)
    # WTForms speaks from a catalogue of its own.
    monkeypatch.setattr(flask_wtf.i18n.Translations, "gettext", lambda _, text: f"⟦{text}⟧")
    filters = app.jinja_env.filters
    before = {name: filters[name] for name in FORMATS}
    for name, shape in before.items():
        filters[name] = lambda *given, shape=shape: Markup("⟦{}⟧").format(shape(*given))
    app.jinja_env.cache.clear()  # templates bind their filters when they are loaded
    yield
    filters.update(before)
    app.jinja_env.cache.clear()


def test_a_bare_word_is_found() -> None:
    assert bare("<p>⟦Hello⟧ dear <b title='you'>⟦a⟧</b></p>") == {"dear", "you"}
    assert bare("<time>May</time><p translate=no>Ana</p><p>a@b.example ⟦x⟦y⟧z⟧ 12:30</p>") == set()
    assert bare("<p>⟦until <time>⟦May⟧</time> or so⟧ then</p>") == {"then"}


@pytest.mark.parametrize(
    "app, era", [("sqlite", "open"), ("postgresql", "results")], indirect=["app"]
)
def test_no_page_speaks_outside_the_catalogues(
    app: Any, world: World, connection: Any, marked_catalogue: None, era: str
) -> None:
    story = Story(world)
    story.enter(era)
    spoken: dict[str, set[str]] = {}
    for method, route in doors(app):
        if route.endpoint in ("static", "healthz"):
            continue
        path = address(app, route, story)
        for role in ROLES:
            with story.undone(connection), story.client(role).open(path, method=method) as answer:
                if answer.mimetype == "text/html" and not answer.location:
                    spoken.setdefault(route.endpoint, set()).update(bare(answer.text))
    assert {endpoint: words for endpoint, words in spoken.items() if words} == {}


@pytest.mark.parametrize("letter", sorted(Path("templates/letters").glob("*.txt")), ids=str)
def test_letters_speak_only_through_the_catalogues(letter: Path) -> None:
    """What stands outside the expressions of a letter is blank space and marks."""
    outside = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", letter.read_text(), flags=re.DOTALL)
    assert re.findall(r"[^\W\d_]{2,}", outside) == []
