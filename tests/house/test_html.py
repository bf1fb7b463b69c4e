"""Every page is sound HTML: what a browser and a screen reader need to make sense of it."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.doors import address, doors
from tests.world import Story, World

VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
    *("track", "wbr"),
}
CLOSED_BY_SVG = {"use", "path", "circle", "rect", "line", "polyline", "polygon"}
LABELLED = {"input", "select", "textarea"}


class Page(HTMLParser):
    """What this test asks of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.count: Counter[str] = Counter()
        self.levels: list[int] = []
        self.lang: str | None = None
        self.labels: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.references: set[str] = set()
        self.hidden: set[tuple[str | None, str | None]] = set()  # names and values in this form
        self.named: list[tuple[str, list[str]]] = []  # links and buttons that are open, with words
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self.open]
        self.faults += [f"id {name} twice" for name, n in Counter(self.ids).items() if n > 1]
        self.faults += [f"no id {name}" for name in self.references - set(self.ids)]
        for given in self.fields:
            spoken = given.get("aria-label") or given.get("aria-labelledby")
            if not spoken and given.get("id") not in self.labels:
                self.faults.append(f"field {given.get('name')} has no label")
        for before, after in zip(self.levels, self.levels[1:], strict=False):
            if after > before + 1:
                self.faults.append(f"h{after} follows h{before}")

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.count[tag] += 1
        if len(given) != len(attributes):
            self.faults.append(f"<{tag}> has an attribute twice")
        if "id" in given:
            self.ids.append(given["id"] or "")
        if tag == "html":
            self.lang = given.get("lang")
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "label" and given.get("for"):
            self.labels.add(str(given["for"]))
            self.references.add(str(given["for"]))
        for name in ("aria-describedby", "aria-labelledby", "aria-controls", "list"):
            self.references |= set((given.get(name) or "").split())
        if tag == "a" and (given.get("href") or "").startswith("#"):
            self.references.add(str(given["href"])[1:])
        if tag in LABELLED and given.get("type") not in ("hidden", "submit"):
            self.fields.append(given)
        if tag == "form":
            self.hidden = set()
        if tag == "input" and given.get("type") == "hidden":
            # Of two with one name the server reads the first, which may be the empty one.
            name, value = given.get("name"), given.get("value") or ""
            if {(name, ""), (name, value)} & self.hidden:
                self.faults.append(f"hidden {name} twice")
            self.hidden.add((name, value))
        if tag == "img" and "alt" not in given:
            self.faults.append("an image has no alt")
        # Data for machines is no script: browsers do not run it.
        data = given.get("type") == "application/ld+json"
        if tag == "script" and not given.get("src") and not data:
            self.faults.append("a script stands in the page")
        if tag == "style" or "style" in given:
            self.faults.append(f"<{tag}> has a style in place")
        self.faults += [f"<{tag}> has {name}" for name in given if name.startswith("on")]
        for name in ("href", "src", "action"):
            if re.match(r"\s*(javascript|data|vbscript):", given.get(name) or "", re.I):
                self.faults.append(f"{name}={given[name]}")
        if tag in ("link", "script", "img", "use") and "//" in (given.get("src") or ""):
            self.faults.append(f"<{tag}> comes from another host")
        if tag in ("a", "button", "summary"):
            self.named.append((tag, [given.get("aria-label") or ""]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes <{self.open[-1] if self.open else ''}>")
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        if self.named and tag == self.named[-1][0]:
            _, words = self.named.pop()
            if not "".join(words).strip():
                self.faults.append(f"an empty <{tag}>")

    def handle_data(self, data: str) -> None:
        for _, words in self.named:
            words.append(data)


def test_faults_are_found() -> None:
    bad = (
        '<html lang="en"><h1>a</h1><h3 id="x">b</h3><p id="x"><a href="#y"><b></b></a>'
        '<input name="n"><p style="x" onclick="y"><script>z</script><img src="i">'
        '<a href="javascript:x"><form><input type="hidden" name="v" value="">'
        '<input type="hidden" name="v" value="1">'
    )
    faults = Page(bad).faults
    assert "hidden v twice" in faults
    assert len(faults) >= 12


@pytest.mark.parametrize("role", ["visitor", "captain", "organizer", "administrator"])
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_pages_are_sound(app: Any, world: World, connection: Any, role: str, language: str) -> None:
    """Each page as it opens and, where it has a form, as it comes back with errors."""
    story = Story(world)
    wrong, seen = {}, 0
    for method, route in doors(app):
        path = address(app, route, story, language)
        with story.undone(connection), story.client(role).open(path, method=method) as answer:
            if answer.mimetype != "text/html" or answer.location:
                continue
            seen += 1
            page = Page(answer.text)
            faults = list(dict.fromkeys(page.faults))
            for tag in ("h1", "title", "main", "html"):
                if page.count[tag] != 1:
                    faults.append(f"{page.count[tag]} × <{tag}>")
            menu = re.search(r'<nav class="manage-menu".*?</nav>', answer.text, re.S)
            if menu and menu[0].count("aria-current") != 1:
                faults.append("its place in the menu is not marked, once")
            if page.lang != language:
                faults.append(f"lang={page.lang}")
            if faults:
                wrong[f"{method} {route.rule}"] = faults
    assert wrong == {}
    assert seen > 20


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_every_answer_is_guarded(app: Any, world: World, connection: Any) -> None:
    """The headers of protection stand on pages, errors, redirects and files."""
    story = Story(world)
    bare = set()
    for method, route in doors(app):
        path = address(app, route, story)
        for role in ("visitor", "organizer"):
            with story.undone(connection), story.client(role).open(path, method=method) as answer:
                if not guarded(answer, of_static=route.endpoint == "static"):
                    bare.add((method, route.rule, answer.status_code))
    for path in ("/en/nothing/at/all", "/", "/en/the-competition"):
        if not guarded(story.client("visitor").get(path)):
            bare.add(path)
    assert bare == set()


def guarded(answer: Any, of_static: bool = False) -> bool:
    policy = answer.headers.get("Content-Security-Policy", "")
    download = answer.headers.get("Content-Disposition", "").startswith("attachment")
    return (
        "default-src 'none'" in policy
        and "unsafe" not in policy
        and ("sandbox" in policy if download else "frame-ancestors 'none'" in policy)
        and answer.headers["X-Content-Type-Options"] == "nosniff"
        and answer.headers["Referrer-Policy"] == "same-origin"
        and answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        and "camera=()" in answer.headers["Permissions-Policy"]
        and (of_static or answer.headers["Cache-Control"] in ("private, no-cache", "no-store"))
    )
