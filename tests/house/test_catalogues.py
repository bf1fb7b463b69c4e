"""The catalogues are fresh, complete and typeset."""

import re
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

FRENCH = Path("translations/fr/LC_MESSAGES/messages.po")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
NUMBER = re.compile(r"%\(num\)[sd]")
KEYWORDS = "_l lazy_gettext lazy_ngettext:1,2 lazy_pgettext:1c,2 lazy_npgettext:1c,2,3"

# French says its singular of 0 too. These are said only of one and more, so they may say "one":
# where they stand, 0 has words of its own, or nothing is said, or it cannot be.
NEVER_OF_NONE = {
    "A submission that you judged is discussed",
    "Challenge %(numbers)s",
    "Invitations (one waiting)",
    "Issue one certificate? No letter goes out before you send it.",
    "It is too early to say: one other judge has scored it so far. Come back once there are "
    "%(fewest)s.",
    "Its members get a letter one hour before team changes close.",
    "One application",
    "One certificate cannot be drawn",
    "One certificate is issued. It is being drawn.",
    "One certificate says of somebody what the public results do not say.",
    "One comment waits to be read.",
    "One comment waits. Its team reads it only once somebody has released it.",
    "One is offered",
    "One letter is on its way.",
    "One person",
    "One person can already hand in as a team.",
    "One person has joined your team",
    "One person has no team and does not look for one.",
    "One person is waiting already.",
    "One person waits for your answer",
    "One person would get one",
    "One place is free in your team.",
    "One place is left.",
    "One place left.",
    "One question about a challenge",
    "One review that you have to do in %(competition)s goes back to the organizers.",
    "One skill wanted and had:",
    "One team asks for another challenge",
    "One team is completed, and everyone concerned gets a letter.",
    "One team is too small",
    "One thing is missing to hand in.",
    "One vote.",
    "Score it before you score submissions: all judges do, so that they read the criteria "
    "alike. It never counts.",
    "Score one more sample, then you can score submissions.",
    "See the picture",
    "Tell the holder of one certificate?",
    "Thank you. You do not judge that team; the organizers see it.",
    "The best of each challenge in the round before; who shares the last place comes in too.",
    "The best of the round before; who shares the last place comes in too.",
    "The file is added.",
    "The round to come, %(names)s, stays blind until its own end: names are withheld again "
    "once its submissions are selected. Who judged before has seen them by then.",
    "There is a newer text to read and agree to",
    "There is one place in all.",
    "Used once",
    "What is personal is kept for one day after the end of the competition, which is when its"
    " last deadline passes.",
    "Write to its captain",
    "You have one vote left.",
    "You have seen one project.",
    "Your certificate can no longer be checked by anyone, also on paper.",
    "of one person",
}


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


def test_french_does_not_say_one_of_none() -> None:
    """A French singular has its number, since it is said of 0 as well."""
    with FRENCH.open("rb") as file:
        plurals = [message for message in read_po(file, locale="fr") if message.pluralizable]
    numberless = {each.id[0] for each in plurals if not NUMBER.search(each.string[0])}
    assert numberless == NEVER_OF_NONE


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
