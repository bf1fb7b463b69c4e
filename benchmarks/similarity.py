"""Texts with passages in common: how many are found, how many are found wrongly, and how fast.

    python -m benchmarks.similarity

Texts are as long as those of the DataJam (150 to 450 words), half in English, half in French, drawn
word by word as often as its teams use each word; every tenth text has something of another one: a
fifth of it, half, or all, left as it is, with one word in twelve changed, or with its parts in
another order. "found" is the share of those pairs that the method names; "wrong" how many pairs it
names that have nothing of each other, and "wrong, real" the same among the DataJam's own texts, of
which no two are copies. Times are those of the processor.

"the site" sketches every text and compares those that share two marks, as a look does: what is
named has 40 words in common. The others compare every pair: whole texts by their ratio, and sets of
words by theirs. They are tried on the small crowd only.
"""

from collections.abc import Callable, Iterable
from itertools import combinations
from random import Random
from time import process_time
from typing import NamedTuple

from rapidfuzz import fuzz

from hackathon.checks.similar import alike, sketch
from hackathon.demo.content import content

SIZES = (200, 1000)
FIRST_SEED = 2021
LEAST_WORDS = 40
SHARES = (0.2, 0.5, 1.0)
CHANGES = ("as it is", "words changed", "moved")

Pair = tuple[int, int]


class Crowd(NamedTuple):
    """Texts, and which of them have what in common: its share and what was done to it."""

    texts: list[str]
    copies: dict[Pair, tuple[float, str]]


def real() -> list[tuple[str, str]]:
    """The language and the text of each of the DataJam's submissions."""
    return [
        (each["language"], f"{each['title']}\n{each['summary']}\n{each['description']}")
        for each in content("submissions")["submissions"]
    ]


def crowd(size: int, seed: int) -> Crowd:
    random = Random(seed)
    used = {
        language: " ".join(text for spoken, text in real() if spoken == language).split()
        for language in ("en", "fr")
    }

    def some(language: str, length: int) -> list[str]:
        return random.choices(used[language], k=length)

    spoken = ["en" if number % 2 else "fr" for number in range(size)]
    texts = [some(language, random.randint(150, 450)) for language in spoken]
    copies: dict[Pair, tuple[float, str]] = {}
    for number in range(10, size, 10):
        source = number - 4  # of the same language
        share, change = random.choice(SHARES), random.choice(CHANGES)
        taken = texts[source][: max(60, int(len(texts[source]) * share))]
        if change == "words changed":
            taken = [
                some(spoken[number], 1)[0] if at % 12 == 5 else word
                for at, word in enumerate(taken)
            ]
        elif change == "moved":
            half = len(taken) // 2
            taken = taken[half:] + taken[:half]
        own = [] if share == 1 else some(spoken[number], int(len(taken) * (1 - share) / share))
        texts[number] = taken + own
        copies[source, number] = share, change
    return Crowd([" ".join(text) for text in texts], copies)


def the_site(texts: list[str]) -> set[Pair]:
    having: dict[int, list[int]] = {}
    named = set()
    for number, text in enumerate(texts):
        shared: dict[int, int] = {}
        for mark in sketch(text):
            for other in having.setdefault(mark, []):
                shared[other] = shared.get(other, 0) + 1
            having[mark].append(number)
        likely = sorted((o for o, marks in shared.items() if marks >= 2), key=lambda o: -shared[o])
        named |= {
            (other, number)
            for other in likely[:10]
            if alike(text, texts[other]).words >= LEAST_WORDS
        }
    return named


def every_pair(texts: list[str]) -> set[Pair]:
    """What the site would name if it compared all."""
    return by(texts, lambda one, other: alike(one, other).words >= LEAST_WORDS)


def whole_texts(texts: list[str]) -> set[Pair]:
    return by(texts, lambda one, other: fuzz.ratio(one, other) >= 60)


def sets_of_words(texts: list[str]) -> set[Pair]:
    return by(texts, lambda one, other: fuzz.token_set_ratio(one, other) >= 80)


def by(texts: list[str], named: Callable[[str, str], bool]) -> set[Pair]:
    return {pair for pair in combinations(range(len(texts)), 2) if named(*(texts[n] for n in pair))}


METHODS = {
    "the site": the_site,
    "every pair": every_pair,
    "whole texts": whole_texts,
    "sets of words": sets_of_words,
}
COLUMNS = (
    *("texts", "method", "found", *(f"{share:.0%}" for share in SHARES), *CHANGES),
    *("wrong", "wrong, real", "time"),
)


def share_of(named: set[Pair], wanted: Iterable[Pair]) -> str:
    wanted = set(wanted)
    return f"{len(named & wanted) / len(wanted):.0%}" if wanted else "–"


def copied(copies: dict[Pair, tuple[float, str]], how: float | str) -> list[Pair]:
    """The pairs that have so much in common, or to whose copy that was done."""
    return [pair for pair, kind in copies.items() if how in kind]


def main() -> None:
    print("|", " | ".join(COLUMNS), "|")
    print("|", " | ".join("---" for _ in COLUMNS), "|")
    telling = [text for _, text in real()]
    for size, methods in zip(SIZES, (list(METHODS), ["the site"]), strict=True):
        texts, copies = crowd(size, FIRST_SEED)
        for name in methods:
            began = process_time()
            named = METHODS[name](texts)
            seconds = process_time() - began
            cells = (
                *(str(size), name, share_of(named, copies)),
                *(share_of(named, copied(copies, share)) for share in SHARES),
                *(share_of(named, copied(copies, change)) for change in CHANGES),
                str(len(named - set(copies))),
                str(len(METHODS[name](telling))),
                f"{seconds:.2f} s",
            )
            print("|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
