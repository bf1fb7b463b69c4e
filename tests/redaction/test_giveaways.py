"""What is found in a text, and what stands there instead."""

import time

import pytest

from hackathon.redaction.giveaways import (
    Kind,
    giveaways,
    parts_of_name,
    pieces,
    told_by,
    without,
)

KNOWN = {
    Kind.TEAM: ["Équipe Pénélope"],
    Kind.NAME: parts_of_name("Anne-Sophie de la Tour"),
    Kind.ORGANIZATION: ["Université d’Orford"],
    Kind.HANDLE: ["astour"],
}
WORDS = {kind: f"[{kind.value}]" for kind in Kind}


def replaced(text: str) -> str:
    return without(text, giveaways(text, KNOWN), WORDS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We are équipe Pénélope.", "We are [team]."),
        ("EQUIPE  PENELOPE!", "[team]!"),
        ("equipe-penelope and equipe_penelope", "[team] and [team]"),
        ("#equipepenelope", "#[team]"),
        ("Anne-Sophie de la Tour", "[name]"),
        ("anne sophie wrote it", "[name] wrote it"),
        ("the tour of a contour", "the [name] of a contour"),
        ("à l'universite d'orford", "à l'[organization]"),
        ("write to a.s@orford.example now", "write to [address] now"),
        ("see https://code.example/penelope/app.", "see [link]."),
        ("see (www.example.ca/x) and github.com/astour/x", "see ([link]) and [link]"),
        ("[our code](https://code.example/p) here", "[our code] [link] here"),
        ("[a](https://x.example/(b)) c", "[a] [link] c"),
        ("follow @astour_ca, or @ nobody", "follow [handle], or @ nobody"),
        ("astour made version 1.2", "[handle] made version 1.2"),
        ("nothing here: 3.14 e.g. data.csv", "nothing here: 3.14 e.g. data.csv"),
        (
            "Pe\u0301ne\u0301lope of équipe Pe\u0301ne\u0301lope\u0301",
            "Pe\u0301ne\u0301lope of [team]",
        ),
        ("", ""),
    ],
)
def test_what_is_found_is_replaced(text: str, expected: str) -> None:
    assert replaced(text) == expected


def test_a_name_is_found_whole_before_its_parts() -> None:
    found = giveaways("Anne-Sophie de la Tour, Tour", KNOWN)
    assert [each.word for each in found] == ["Anne-Sophie de la Tour", "Tour"]


def test_parts_of_a_name_say_something_by_themselves() -> None:
    assert parts_of_name("Li de Van Ng-Xu Émile") == ["Li de Van Ng-Xu Émile", "Ng-Xu", "Émile"]


def test_pieces_make_the_text_again() -> None:
    text = "By Anne-Sophie de la Tour of équipe Pénélope"
    assert "".join(piece for piece, _ in pieces(text, giveaways(text, KNOWN))) == text


def test_every_way_to_write_a_word_is_one_word() -> None:
    keys = {each.key for each in giveaways("TOUR tour Tour", KNOWN)}
    assert keys == {"tour"}


@pytest.mark.parametrize(
    "text",
    ["a." * 20_000, "@" * 40_000, "](" * 20_000, "a@" * 20_000, "équipe " * 6_000, "x" * 40_000],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    began = time.monotonic()
    giveaways(text, KNOWN)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://code.example/equipe-penelope/app", ["equipe-penelope"]),
        ("https://equipepenelope.example/", ["equipepenelope"]),
        ("https://code.example/astour/astour.github.io", ["astour"]),
        ("https://code.example/lantern", []),
    ],
)
def test_an_address_tells_of_whom_it_names(address: str, words: list[str]) -> None:
    assert told_by(address, KNOWN) == words
