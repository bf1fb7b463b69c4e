"""The bytes of a ranking: canonical, complete, and computed again from themselves alone."""

import hashlib
import json
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hackathon.judging.ranking import Criterion, Review, rank
from hackathon.judging.record import Method, NotARecord, record, verify
from hackathon.judging.strength import Comparison, Said, standings

CRITERIA = {UUID(int=1): Criterion(2, 1, 5), UUID(int=2): Criterion(1, 1, 5)}
PROJECTS = {UUID(int=100 + n): UUID(int=7 + n % 2) for n in range(6)}


def reviews() -> dict[UUID, Review]:
    random = Random(3)
    pairs = [(j, s) for s in PROJECTS for j in random.sample(range(20, 25), 3)]
    return {
        UUID(int=1000 + number): Review(
            UUID(int=judge), submission, {key: random.randint(1, 5) for key in CRITERIA}
        )
        for number, (judge, submission) in enumerate(pairs)
    }


def written(**changes: Any) -> bytes:
    given = {
        "criteria": CRITERIA,
        "reviews": reviews(),
        "submissions": PROJECTS,
        "set_aside": [UUID(int=9)],
        "method": Method.CORRECTED,
        "seed": 5,
        "code": "1.2.3",
        "draws": 300,
    }
    return record(**{**given, **changes})


def test_the_same_bytes_come_again() -> None:
    data = written()
    found = verify(data)
    assert (found.same, found.again) == (True, data)
    assert found.digest == hashlib.sha256(data).hexdigest()


def test_the_bytes_hold_what_it_rests_on_and_what_the_product_shows() -> None:
    told = json.loads(written())
    assert (told["seed"], told["code"], told["method"]) == (5, "1.2.3", "corrected")
    assert told["set_aside"] == [str(UUID(int=9))]
    assert len(told["reviews"]) == 18
    shown = rank(
        reviews().values(), CRITERIA, submissions=PROJECTS, groups=PROJECTS, draws=300, seed=5
    )
    assert [
        (each["submission"], each["place"], each["mean_place"], each["from_place"])
        for each in told["result"]
    ] == [(str(s.submission), s.place, s.mean_place, s.low) for s in shown.standings]
    for each, standing in zip(told["result"], shown.standings, strict=True):
        assert each["corrected"] == pytest.approx(standing.estimate, abs=1e-4)
        assert each["first"] == pytest.approx(standing.first, abs=0.01)
    by_mean = json.loads(written(method=Method.MEAN))["result"]
    assert all(each["place"] == each["mean_place"] for each in by_mean)


def comparisons() -> dict[UUID, Comparison]:
    """Three judges go through the projects, each of which is better than the one before."""
    way = list(PROJECTS)
    return {
        UUID(int=2000 + 10 * judge + number): Comparison(
            UUID(int=20 + judge), way[number], way[number + 1], Said.LATER
        )
        for judge in range(3)
        for number in range(len(way) - 1)
    }


def test_comparisons_that_decide_stand_in_it_in_their_order() -> None:
    said = dict(reversed(comparisons().items()))
    data = written(method=Method.COMPARISONS, comparisons=said)
    told = json.loads(data)
    assert verify(data).same
    assert [each["key"] for each in told["comparisons"]] == [str(key) for key in said]
    assert told["comparisons"][0] == {
        "key": str(UUID(int=2024)),
        "judge": str(UUID(int=22)),
        "earlier": str(UUID(int=104)),
        "later": str(UUID(int=105)),
        "said": "later",
    }
    shown = standings(said.values(), PROJECTS, groups=PROJECTS, draws=300, seed=5)
    found = {each["submission"]: each for each in told["result"]}
    for each in shown.standings:
        own = found[str(each.submission)]
        assert own["place"] == own["compared"]["place"] == each.place
        assert (own["compared"]["from_place"], own["compared"]["to_place"]) == (each.low, each.high)
        assert own["compared"]["first"] == pytest.approx(each.first, abs=0.01)
    overall = {str(each.submission): each.place for each in shown.overall}
    assert {key: each["overall_place"] for key, each in found.items()} == overall


def test_a_comparison_that_is_changed_or_missing_is_found() -> None:
    data = written(method=Method.COMPARISONS, comparisons=comparisons())
    for change in (
        lambda told: told["comparisons"][3].update(said="earlier"),
        lambda told: told["comparisons"].pop(),
        lambda told: told.pop("comparisons"),
        lambda told: told.update(method="corrected"),
    ):
        told = json.loads(data)
        change(told)
        octets = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert not verify(octets.encode()).same


def test_where_nothing_rests_on_comparisons_they_are_not_in_it() -> None:
    assert written(comparisons=comparisons()) == written()
    breaks = written(comparisons=comparisons(), ties=["comparisons"])
    assert verify(breaks).same
    assert len(json.loads(breaks)["comparisons"]) == 15


def test_a_comparison_with_itself_makes_no_record() -> None:
    told = json.loads(written(method=Method.COMPARISONS, comparisons=comparisons()))
    told["comparisons"][0]["later"] = told["comparisons"][0]["earlier"]
    with pytest.raises(NotARecord, match="itself"):
        verify(json.dumps(told).encode())


def test_it_names_the_rules_and_breaks_ties_as_they_say() -> None:
    """Two submissions with the same scores; the better on the lighter criterion is put first."""
    first, second = sorted(CRITERIA)
    even = {key: Criterion(1, 1, 5) for key in CRITERIA}
    a, b = list(PROJECTS)[:2]
    said = {
        UUID(int=1): Review("j", a, {first: 4, second: 2}),
        UUID(int=2): Review("j", b, {first: 2, second: 4}),
    }
    given: dict[str, Any] = {
        "criteria": even,
        "reviews": said,
        "submissions": {a: "g", b: "g"},
        "method": Method.MEAN,
    }
    level = json.loads(written(**given))["result"]
    assert {each["place"] for each in level} == {1}
    data = written(**given, ties=[f"criterion:{second}"], rules={"version": 2, "digest": "d"})
    told = json.loads(data)
    assert (told["rules"], told["ties"]) == (
        {"version": 2, "digest": "d"},
        [f"criterion:{second}"],
    )
    assert {each["submission"]: each["place"] for each in told["result"]} == {str(b): 1, str(a): 2}
    assert verify(data).same


def test_the_order_of_what_is_given_does_not_matter() -> None:
    mixed = dict(Random(1).sample(list(reviews().items()), 18))
    backwards = dict(reversed(PROJECTS.items()))
    assert written(reviews=mixed, submissions=backwards) == written()


def test_one_altered_score_or_place_is_found() -> None:
    told = json.loads(written())
    told["result"][0]["place"] = 2
    altered = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    assert not verify(altered).same
    told = json.loads(written())
    key = min(told["reviews"])
    scores = told["reviews"][key]["scores"]
    scores[min(scores)] = 6.0 - scores[min(scores)] or 1.0
    assert not verify(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).same
    assert not verify(written() + b"\n").same


def test_a_competition_without_reviews_has_a_record_too() -> None:
    assert verify(written(reviews={}, set_aside=[])).same


def test_what_is_no_record_is_refused() -> None:
    basis = json.loads(written())
    for data in (
        b"",
        b"\xff\x00",
        b"[]",
        b'{"format": "other"}',
        b'{"format": "hackathon-ranking/1"}',
        b"[" * 100_000,
        *(
            json.dumps({**basis, **change}).encode()
            for change in (
                {"method": "luck"},
                {"criteria": {}},
                {"criteria": {"a": {"weight": -1, "low": 1, "high": 5}}},
                {"reviews": {"r": {"judge": "j"}}},
                {"seed": "x"},
                {"draws": 0},
                {"draws": 10**9},
                {"submissions": []},
                {"ties": 3},
            )
        ),
    ):
        with pytest.raises(NotARecord):
            verify(data)


@given(st.binary(max_size=50) | st.text(max_size=50).map(str.encode))
@settings(deadline=None)
def test_any_bytes_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(NotARecord):
        verify(data)
