"""Places propose who receives a prize, and name what they leave open."""

import itertools

from hackathon.results.proposing import (
    Award,
    Contender,
    Proposal,
    Tie,
    by_places,
    by_rank,
)
from hackathon.results.sealing import by_votes


def contenders(**places: int | None) -> list[Contender]:
    return [Contender(key, "g", place) for key, place in places.items()]


def test_each_place_goes_to_whoever_has_it_alone() -> None:
    found = by_places(contenders(a=1, b=2, c=3, d=None), 2)
    assert found == Proposal((Award("a", 1), Award("b", 2)))


def test_a_shared_place_is_named_and_not_proposed() -> None:
    found = by_places(contenders(a=1, b=2, c=2, d=4), 3)
    assert found == Proposal((Award("a", 1),), (Tie("g", 2, ("b", "c"), 2),))
    found = by_places(contenders(a=1, b=1), 1)
    assert found == Proposal((), (Tie("g", 1, ("a", "b"), 1),))


def test_groups_are_apart() -> None:
    both = [Contender("a", "g", 1), Contender("b", "h", 1), Contender("c", "h", 2)]
    assert by_places(both, 1).awards == (Award("a", 1), Award("b", 1))
    assert by_rank(both, 1, without={"b"}).awards == (Award("a"), Award("c"))


def test_the_next_ones_fill_what_is_left() -> None:
    ranked = contenders(a=1, b=2, c=3, d=4, e=None)
    assert by_rank(ranked, 2, without={"a"}).awards == (Award("b"), Award("c"))
    assert by_rank(ranked, 9).awards == tuple(Award(key) for key in "abcd")


def test_those_who_share_the_last_room_are_named() -> None:
    ranked = contenders(a=1, b=2, c=2, d=4)
    assert by_rank(ranked, 2) == Proposal((Award("a"),), (Tie("g", 2, ("b", "c"), 1),))
    assert by_rank(ranked, 3) == Proposal((Award("a"), Award("b"), Award("c")))


def test_the_order_of_the_input_changes_nothing() -> None:
    ranked = contenders(a=1, b=2, c=2, d=4)
    for shuffled in itertools.permutations(ranked):
        assert by_places(shuffled, 4) == by_places(ranked, 4)
        assert by_rank(shuffled, 2) == by_rank(ranked, 2)


def test_votes_give_places_inside_the_groups() -> None:
    found = by_votes({"a": 3, "b": 3, "c": 1}, {"a": 1, "b": 1, "c": 1, "d": 1, "e": 2})
    assert {c.key: c.place for c in found} == {"a": 1, "b": 1, "c": 3, "d": None, "e": None}
