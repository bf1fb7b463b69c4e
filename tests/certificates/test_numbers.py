"""A number that was mistyped is noticed."""

from hackathon.certificates.numbers import (
    ALPHABET,
    LENGTH,
    new_number,
    spaced,
    typed,
    well_formed,
)


def test_any_wrong_character_and_any_two_that_changed_places_are_noticed() -> None:
    number = new_number()
    assert well_formed(number) and len(number) == LENGTH
    for place in range(LENGTH):
        for other in ALPHABET:
            wrong = number[:place] + other + number[place + 1 :]
            assert well_formed(wrong) is (other == number[place]), wrong
    for first in range(LENGTH):
        for second in range(first + 1, LENGTH):
            letters = list(number)
            letters[first], letters[second] = letters[second], letters[first]
            assert well_formed("".join(letters)) is (number[first] == number[second])


def test_it_is_read_however_it_is_typed() -> None:
    number = new_number()
    assert spaced(number).count("-") == 2
    assert typed(spaced(number)) == typed(f" {number.lower()} ") == number
    assert not well_formed(typed("")) and not well_formed(number + "2")
    assert not well_formed(typed("\x00'; DROP TABLE" * 50))


def test_numbers_differ() -> None:
    assert len({new_number() for _ in range(1000)}) == 1000
