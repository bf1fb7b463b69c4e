"""What two texts have in common, and a short sketch by which to find texts worth comparing.

Pure: plain values in, plain values out. A sketch is made by winnowing (Schleimer, Wilkerson, Aiken
2003): of every WINDOW neighbouring shingles the least is kept, so that two texts with a passage of
SHINGLE + WINDOW - 1 words in common always share a mark, and a mark tells nothing of the words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from rapidfuzz.distance import Indel

from ..ground.folding import folded

SHINGLE = 4
"""Words in a row that are looked at as one."""
WINDOW = 8
PASSAGE = 8
"""A passage has at least so many words; what is shorter is how people speak."""
GAP = 3
"""Words that may be changed at one place of a passage."""
STRETCH = 3
"""So many words stand unchanged between two changes; fewer meet by chance in any two texts."""
ROUNDS = 5  # passages that moved are found one round after another

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Word:
    """A word as it is compared, and where it stands in the text."""

    said: str
    start: int
    end: int


@dataclass(frozen=True)
class Run:
    """A stretch of a text: in the other one too, or not."""

    text: str
    common: bool


@dataclass(frozen=True)
class Alike:
    """What two texts have in common: how many words, and the share of the shorter text.

    `mark` is a fingerprint of those words: the same as long as the same is in common.
    """

    words: int
    share: float
    one: tuple[Run, ...]
    other: tuple[Run, ...]
    mark: str


def words(text: str) -> list[Word]:
    """Without case, accents, punctuation and markup."""
    return [Word(_said(found.group()), *found.span()) for found in _WORD.finditer(text)]


def shingles(text: Sequence[Word]) -> list[int]:
    """One number for each SHINGLE words in a row; 64 bits, signed, as databases keep them."""
    said = [word.said for word in text]
    return [_number(said[at : at + SHINGLE]) for at in range(len(said) - SHINGLE + 1)]


def boilerplate(texts: Iterable[str]) -> frozenset[int]:
    """What was given to everyone: its shingles count for nothing."""
    return frozenset(number for text in texts for number in shingles(words(text)))


def sketch(text: str, given: frozenset[int] = frozenset()) -> frozenset[int]:
    """The marks of a text, in which nothing remains of what was given."""
    numbers = shingles(words(text))
    if not numbers:
        return frozenset()
    windows = range(max(1, len(numbers) - WINDOW + 1))
    return frozenset(min(numbers[at : at + WINDOW]) for at in windows) - given


def alike(one: str, other: str, given: frozenset[int] = frozenset()) -> Alike:
    """The passages that both texts have, also with some words changed or in another order."""
    here, there = words(one), words(other)
    first, second = _own(here, given, "one"), _own(there, given, "other")
    counted = min(sum(not each.startswith("\0") for each in side) for side in (first, second))
    mine: set[int] = set()
    theirs: set[int] = set()
    for _ in range(ROUNDS):
        found = _passages(first, second)
        if not found:
            break
        for a, b in found:
            mine.add(a)
            theirs.add(b)
            first[a], second[b] = _nothing("one", a), _nothing("other", b)
    said = [here[at].said for at in sorted(mine)]
    return Alike(
        words=len(mine),
        share=len(mine) / counted if counted else 0.0,
        one=_runs(one, here, mine),
        other=_runs(other, there, theirs),
        mark=blake2b(" ".join(said).encode(), digest_size=16).hexdigest(),
    )


def _said(word: str) -> str:
    return folded(word) or word


def _number(said: Sequence[str]) -> int:
    digest = blake2b(" ".join(said).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def _own(text: Sequence[Word], given: frozenset[int], side: str) -> list[str]:
    """The words of a text; those that were given equal nothing."""
    own = [word.said for word in text]
    for at, number in enumerate(shingles(text)):
        if number in given:
            for place in range(at, at + SHINGLE):
                own[place] = _nothing(side, place)
    return own


def _nothing(side: str, place: int) -> str:
    """What no word of the other text equals."""
    return f"\0{side} {place}"


def _passages(first: Sequence[str], second: Sequence[str]) -> list[tuple[int, int]]:
    """The places of equal words in passages that both have in the same order."""
    blocks = [
        (op.src_start, op.dest_start, op.src_end - op.src_start)
        for op in Indel.opcodes(first, second)
        if op.tag == "equal" and op.src_end - op.src_start >= STRETCH
    ]
    kept: list[tuple[int, int]] = []
    passage: list[tuple[int, int]] = []
    last = (0, 0)
    for a, b, size in blocks:
        if passage and max(a - last[0], b - last[1]) > GAP:
            kept += passage if len(passage) >= PASSAGE else []
            passage = []
        passage += [(a + step, b + step) for step in range(size)]
        last = (a + size, b + size)
    return kept + (passage if len(passage) >= PASSAGE else [])


def _runs(text: str, at: Sequence[Word], common: set[int]) -> tuple[Run, ...]:
    """The text in stretches; what lies between two words in common is in common too."""
    runs: list[Run] = []
    done = 0
    for place in sorted(common):
        word = at[place]
        joins = place - 1 in common
        if not joins and word.start > done:
            runs.append(Run(text[done : word.start], False))
        start = done if joins else word.start
        if joins:
            runs[-1] = Run(runs[-1].text + text[start : word.end], True)
        else:
            runs.append(Run(text[start : word.end], True))
        done = word.end
    if done < len(text):
        runs.append(Run(text[done:], False))
    return tuple(runs)
