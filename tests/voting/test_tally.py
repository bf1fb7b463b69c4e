"""Places by votes, ties named."""

from hypothesis import given
from hypothesis import strategies as st

from hackathon.voting.tally import Place, places


def test_places_with_a_tie() -> None:
    assert places({"a": 3, "b": 7, "c": 3, "d": 1, "e": 0}) == {
        "b": Place(1, 7, False),
        "a": Place(2, 3, True),
        "c": Place(2, 3, True),
        "d": Place(4, 1, False),
    }


def test_a_tie_for_the_first_place() -> None:
    assert places({"a": 2, "b": 2}) == {"a": Place(1, 2, True), "b": Place(1, 2, True)}


def test_nobody_voted() -> None:
    assert places({"a": 0, "b": 0}) == places({}) == {}


@given(st.dictionaries(st.integers(), st.integers(min_value=0, max_value=9)))
def test_as_many_are_ahead_as_the_place_says(votes: dict[int, int]) -> None:
    found = places(votes)
    assert set(found) == {key for key, number in votes.items() if number}
    for key, place in found.items():
        ahead = sum(number > votes[key] for number in votes.values())
        alike = sum(number == votes[key] for number in votes.values())
        assert place == Place(ahead + 1, votes[key], alike > 1)
