"""Lists of people to invite."""

import pytest

from hackathon.judging.listing import Fault, Line, read


def lines(text: str) -> list[Line]:
    return read(text, challenges=[1, 2, 3], capacity=5, most_capacity=500)


@pytest.mark.parametrize("mark", ["\t", ";", ","])
def test_cells_stand_apart_by_tabs_semicolons_or_commas(mark: str) -> None:
    (line,) = lines(mark.join(["Ada Roy", "Ada@Example.org", "en", "1 3", "7", "Lab"]))
    assert (line.name, line.address, line.languages) == ("Ada Roy", "ada@example.org", ("en",))
    assert (line.challenges, line.capacity, line.organization) == ((1, 3), 7, "Lab")
    assert line.faults == ()


def test_name_and_address_are_enough() -> None:
    (line,) = lines("Ada Roy, ada@example.org")
    assert (line.languages, line.challenges, line.capacity) == (("en", "fr"), (), 5)
    assert line.faults == ()


def test_cells_in_quotes_may_hold_the_mark() -> None:
    (line,) = lines('"Roy, Ada",ada@example.org,"en, fr","#2, #1"')
    assert (line.name, line.languages, line.challenges) == ("Roy, Ada", ("en", "fr"), (1, 2))


@pytest.mark.parametrize("head", ["Name,Address,Languages", "Nom;Courriel", "name\temail"])
def test_a_line_of_headings_is_left_out(head: str) -> None:
    mark = max("\t;,", key=head.count)
    found = lines(f"{head}\n\nAda{mark}ada@example.org\n")
    assert [(line.number, line.name) for line in found] == [(3, "Ada")]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Ada", Fault.CELLS),
        ("a,b@example.org,,,,,,", Fault.CELLS),
        pytest.param("a" * 140_000, Fault.CELLS, id="a cell longer than the reader takes"),
        (",ada@example.org", Fault.NAME),
        ("x" * 121 + ",ada@example.org", Fault.NAME),
        ("Ada,ada@", Fault.ADDRESS),
        ("Ada,é@example.org", Fault.ADDRESS),
        ("Ada," + "a" * 250 + "@example.org", Fault.ADDRESS),
        ("Ada,ada@example.org,de", Fault.LANGUAGES),
        ("Ada,ada@example.org,en,4", Fault.CHALLENGES),
        ("Ada,ada@example.org,en,one", Fault.CHALLENGES),
        ("Ada,ada@example.org,en,1,many", Fault.CAPACITY),
        ("Ada,ada@example.org,en,1,501", Fault.CAPACITY),
        ("Ada,ada@example.org,en,1,-1", Fault.CAPACITY),
        ("Ada,ada@example.org,en,1,5," + "x" * 201, Fault.ORGANIZATION),
    ],
)
def test_what_is_wrong_stands_with_its_line(text: str, fault: Fault) -> None:
    good, bad = lines(f"Bo,bo@example.org\n{text}")
    assert (good.faults, bad.faults, bad.number, bad.text) == ((), (fault,), 2, text)


def test_an_address_stands_in_one_line() -> None:
    first, second = lines("Ada,ada@example.org\nAda,ADA@example.org")
    assert (first.faults, second.faults) == ((), (Fault.TWICE,))


@pytest.mark.parametrize("text", ["", "\n \n", "Name,Email"])
def test_nothing_is_no_line(text: str) -> None:
    assert lines(text) == []


def test_whatever_is_pasted_is_read_or_has_a_fault() -> None:
    for text in ('"', '"a,b@example.org', "\x00,\x00", "=1+1,@x", ",,,,,", "\u202e,a@b.co", "\t"):
        assert all(line.faults for line in lines(text))
