"""Ties: named, broken as the rules say, or left to people."""

from typing import Any

from hackathon.judging.ranking import Review, Standing
from hackathon.judging.strength import Comparison, Outcome, Said
from hackathon.judging.strength import standings as by_comparisons
from hackathon.judging.ties import Place, places


def standing(key: str, place: int, mean_place: int, first: float = 0.1, **others: Any) -> Standing:
    given = {"group": "g", "mean": 5.0 - mean_place, "reviews": 2, **others}
    return Standing(
        key,
        given["group"],
        given["reviews"],
        given["mean"],
        mean_place,
        5.0 - place,
        0.1,
        place,
        1,
        3,
        first,
        0.5,
    )


def found(standings: list[Standing], *ways: str, **others: Any) -> dict[Any, Place]:
    return places(standings, **{"by": "corrected", "ways": ways, "reviews": [], **others})


def test_who_is_alone_has_the_place_of_the_method() -> None:
    two = [standing("a", 1, 2), standing("b", 2, 1)]
    assert found(two) == {"a": Place(1), "b": Place(2)}
    assert found(two, by="mean") == {"a": Place(2), "b": Place(1)}


def test_without_a_way_a_tie_is_a_tie() -> None:
    tied = [standing("a", 1, 1), standing("b", 1, 1), standing("c", 3, 3)]
    assert found(tied) == {"a": Place(1, None, ("b",)), "b": Place(1, None, ("a",)), "c": Place(3)}


def test_ways_are_gone_through_in_their_order() -> None:
    tied = [
        standing("a", 1, 1, first=0.2),
        standing("b", 1, 1, first=0.6),
        standing("c", 1, 1, first=0.2),
    ]
    reviews = [
        Review("j", key, {"idea": idea, "code": 3}) for key, idea in (("a", 2), ("b", 1), ("c", 4))
    ]
    assert found(tied, "criterion:code", "first", "criterion:idea", reviews=reviews) == {
        "b": Place(1, "first"),
        "c": Place(2, "criterion:idea"),
        "a": Place(3, "criterion:idea"),
    }


def test_a_deed_is_for_people_and_ends_what_figures_do() -> None:
    tied = [standing("a", 1, 1, first=0.2), standing("b", 1, 2, first=0.6)]
    assert found(tied, "second_wave", "first") == {
        "a": Place(1, None, ("b",), "second_wave"),
        "b": Place(1, None, ("a",), "second_wave"),
    }
    # The plain mean parts them before it.
    assert found(tied, "mean", "deliberation") == {"a": Place(1, "mean"), "b": Place(2, "mean")}


def test_groups_do_not_meet_and_what_was_not_reviewed_has_no_place() -> None:
    apart = [standing("a", 1, 1), standing("b", 1, 1, group="other")]
    nothing = Standing("c", "g", 0, None, None, None, None, None, None, None, 0.0, 0.0)
    assert found([*apart, nothing], "first") == {"a": Place(1), "b": Place(1), "c": Place(None)}


def test_a_criterion_that_nobody_scored_parts_nobody() -> None:
    tied = [standing("a", 1, 1), standing("b", 1, 1)]
    assert found(tied, "criterion:idea")["a"] == Place(1, None, ("b",))


def compared(*better: str, times: int = 12, never: str = "") -> Outcome:
    """So many judges prefer the first of each pair of letters to the second."""
    said = [
        Comparison(number, pair[1], pair[0], Said.LATER)
        for pair in better
        for number in range(times)
    ]
    keys = {key: "g" for pair in (*better, never) for key in pair}
    return by_comparisons(said, keys, groups=keys)


def test_comparisons_can_decide_whatever_the_scores_are() -> None:
    rows = [standing("a", 1, 1), standing("b", 2, 2), standing("c", 3, 3), standing("d", 4, 4)]
    duels = compared("cb", "ba", never="d")
    assert found(rows, by="comparisons", compared=duels) == {
        "c": Place(1),
        "b": Place(2),
        "a": Place(3),
        "d": Place(None),  # nobody saw it
    }
    assert found(rows, by="comparisons") == dict.fromkeys("abcd", Place(None))


def test_comparisons_part_the_tied_as_far_as_they_can_tell() -> None:
    tied = [standing("a", 1, 1), standing("b", 1, 1), standing("c", 1, 1)]
    duels = compared("ba", "ca")
    assert found(tied, "comparisons", compared=duels) == {
        "b": Place(1, "comparisons", ("c",)),
        "c": Place(1, "comparisons", ("b",)),
        "a": Place(3, "comparisons"),
    }


def test_where_comparisons_cannot_tell_the_next_way_does() -> None:
    tied = [standing("a", 1, 1, first=0.6), standing("b", 1, 1, first=0.2)]
    once = compared("ba", times=1)
    assert found(tied, "comparisons", "first", compared=once) == {
        "a": Place(1, "first"),
        "b": Place(2, "first"),
    }
    assert found(tied, "comparisons", "first") == found(tied, "first")


def test_the_chance_to_come_first_is_that_of_what_decides() -> None:
    tied = [standing("a", 1, 1, first=0.9), standing("b", 1, 1, first=0.1)]
    even = by_comparisons(
        [Comparison("j", "a", "b", Said.NEITHER)], "ab", groups={"a": "g", "b": "g"}
    )
    chances = {each.submission: each.first for each in even.standings}
    best = max("ab", key=lambda key: chances[key])
    assert found(tied, "first", by="comparisons", compared=even)[best] == Place(1, "first")
