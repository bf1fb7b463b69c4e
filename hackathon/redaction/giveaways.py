"""Finding in a text what gives away whose it is.

Pure: plain values in, plain values out. Neither case nor accents count, nor what stands between the
words of a name.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import combining

from ..ground.folding import folded


class Kind(StrEnum):
    """What was found; of two at one place, the one that stands first here."""

    ADDRESS = "address"  # of e-mail
    LINK = "link"
    TEAM = "team"
    ORGANIZATION = "organization"
    NAME = "name"
    HANDLE = "handle"


@dataclass(frozen=True)
class Find:
    """A piece of a text, from `start` up to `end`."""

    start: int
    end: int
    kind: Kind
    word: str

    @property
    def key(self) -> str:
        """The same for every way to write it."""
        return folded(self.word)


_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_TARGET = re.compile(
    r"\]\([^()\s]{1,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?(?:\s[^()]{0,300})?\)"
)
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>()\[\]\"“”«»]{1,2000}"
    r"|(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,5}"
    r"(?:com|org|net|io|dev|app|ai|ca|fr|edu|gov|me|co|info|tech|xyz)(?![\w-])"
    r"(?:/[^\s<>()\[\]\"“”«»]{0,2000})?",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@./])@[a-z0-9_][\w.-]{1,38}\w", re.IGNORECASE)
_ENDS = ".,;:!?*_~'’"
_SMALL = {"and", "the", "les", "des", "von", "van", "der", "del", "dos", "bin", "ben", "ibn"}


def parts_of_name(name: str) -> list[str]:
    """The whole name, and its parts that say something by themselves."""
    parts = [part for part in re.split(r"[\s,]+", name) if len(_letters(part)) >= 3]
    return [name, *(part for part in parts if folded(part) not in _SMALL)]


def giveaways(text: str, known: Mapping[Kind, Collection[str]]) -> list[Find]:
    """What is found of the words that are `known`, and every address, link and handle; in order,
    none over another."""
    found = [Find(m.start(), m.end(), Kind.ADDRESS, m[0]) for m in _ADDRESS.finditer(text)]
    found += [Find(m.start(), m.end(), Kind.LINK, m[0]) for m in _TARGET.finditer(text)]
    for kind, pattern in ((Kind.LINK, _LINK), (Kind.HANDLE, _HANDLE)):
        for match in pattern.finditer(text):
            word = match[0].rstrip(_ENDS)
            found.append(Find(match.start(), match.start() + len(word), kind, word))
    found += _known_in(text, known)
    return list(_apart(found))


def told_by(address: str, known: Mapping[Kind, Collection[str]]) -> list[str]:
    """The words that are `known` and stand in an address, such as the team's name."""
    return list(dict.fromkeys(find.word for find in _apart(_known_in(address, known))))


def _known_in(text: str, known: Mapping[Kind, Collection[str]]) -> Iterator[Find]:
    plain, places = _folded_with_places(text)
    for kind, words in known.items():
        for pattern in _patterns(words):
            for match in pattern.finditer(plain):
                start, end = places[match.start()], places[match.end() - 1] + 1
                while end < len(text) and combining(text[end]):  # the mark of its last letter
                    end += 1
                yield Find(start, end, kind, text[start:end])


def pieces(text: str, finds: Iterable[Find]) -> Iterator[tuple[str, Find | None]]:
    """The text cut where something was found."""
    at = 0
    for find in finds:
        if find.start > at:
            yield text[at : find.start], None
        yield text[find.start : find.end], find
        at = find.end
    if at < len(text):
        yield text[at:], None


def without(text: str, finds: Iterable[Find], neutral: Mapping[Kind, str]) -> str:
    """The text with neutral words in the place of what was found."""
    return "".join(
        piece if find is None else _neutral(find, neutral) for piece, find in pieces(text, finds)
    )


def _neutral(find: Find, neutral: Mapping[Kind, str]) -> str:
    """The target of a link in Markdown goes, and the words that led there stay."""
    word = neutral[find.kind]
    return f"] {word}" if find.word.startswith("](") else word


def _apart(found: Iterable[Find]) -> Iterator[Find]:
    """Of those that lie over each other, the first, then the longest."""
    order = list(Kind)
    at = 0
    for each in sorted(found, key=lambda f: (f.start, -f.end, order.index(f.kind))):
        if each.start >= at and each.end > each.start:
            yield each
            at = each.end


def _letters(text: str) -> str:
    return "".join(c for c in folded(text) if c.isalnum())


def _patterns(words: Collection[str]) -> Iterator[re.Pattern[str]]:
    for each in words:
        inside = re.findall(r"[^\W_]+", folded(each))
        if len("".join(inside)) >= 2:
            apart = r"[\W_]{0,3}".join(map(re.escape, inside))
            yield re.compile(rf"(?<![^\W_]){apart}(?![^\W_])")


def _folded_with_places(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and where each letter of that stands in the text."""
    plain, places = [], []
    for place, letter in enumerate(text):
        told = folded(letter)
        plain.append(told)
        places += [place] * len(told)
    return "".join(plain), places
