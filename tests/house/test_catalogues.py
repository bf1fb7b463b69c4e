"""The catalogues are fresh, complete and typeset."""

import re
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

FRENCH = Path("translations/fr/LC_MESSAGES/messages.po")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
KEYWORDS = "_l lazy_gettext lazy_ngettext:1,2 lazy_pgettext:1c,2 lazy_npgettext:1c,2,3"


def messages() -> list[tuple[str, str]]:
    """Every (English, French) pair, plural forms apart."""
    with FRENCH.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    pairs = []
    for message in catalogue:
        if message.id:
            assert not message.fuzzy, message.id
            english = message.id if isinstance(message.id, tuple) else (message.id,)
            french = message.string if isinstance(message.string, tuple) else (message.string,)
            assert len(english) == len(french), english
            pairs += zip(english, french, strict=True)
    return pairs


def test_every_message_has_its_french() -> None:
    assert [english for english, french in messages() if not french.strip()] == []


def test_placeholders_are_the_same() -> None:
    for english, french in messages():
        found = [sorted(set(PLACEHOLDER.findall(text))) for text in (english, french)]
        assert found[0] == found[1], english


def test_french_is_typeset_as_in_canada() -> None:
    """No-break spaces before : ; ! ? » and after «, curly apostrophes, no straight quotes."""
    for _, french in messages():
        assert not re.search(r"(?<![\u00a0\u202f/\d(])(?<!https)[:;!?»](?=\s|$)", french), french
        assert not re.search(r"«(?!\u00a0)|[a-zà-ÿ]'|\"", french), french


def test_colons_of_templates_are_said_by_the_catalogue() -> None:
    """French has a no-break space before them."""
    bare = re.compile(r"(?:\}\}|%\}|</\w+>):\s")
    for path in Path("templates").rglob("*.html"):
        assert bare.findall(path.read_text(encoding="utf-8")) == [], path


def test_messages_are_extracted(tmp_path: Path) -> None:
    """`make translations` has been run: what the code says now is what the catalogue knows."""
    target = tmp_path / "messages.pot"
    subprocess.run(
        [
            *(sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"),
            *("--mapping-file", "pyproject.toml", "--ignore-dirs", ".* node_modules"),
            *("--keywords", KEYWORDS, "--output-file", str(target), "."),
        ],
        check=True,
    )
    with target.open("rb") as said, FRENCH.open("rb") as known:
        fresh, kept = read_po(said), read_po(known)
    assert {m.id for m in fresh if m.id} == {m.id for m in kept if m.id}
