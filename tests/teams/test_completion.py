"""Completing teams: against answers worked out by hand, laws that always hold, and every way."""

from collections.abc import Iterator, Sequence
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hackathon.teams.completion import (
    Fault,
    Key,
    New,
    Person,
    Reason,
    Team,
    fill,
    groups_of_friends,
    propose,
)

EN, FR = frozenset({"en"}), frozenset({"fr"})
BOTH = EN | FR
LANGUAGES = (EN, FR, BOTH)


def person(key: Key, languages: frozenset[str] = EN, **others: object) -> Person:
    given = {name: frozenset(value) for name, value in others.items()}  # type: ignore[call-overload]
    return Person(key, languages, **given)


def people(number: int, languages: frozenset[str] = EN) -> list[Person]:
    return [person(f"p{n}", languages) for n in range(1, number + 1)]


# --- by hand -------------------------------------------------------------------------------------


def test_a_small_team_is_completed_first() -> None:
    teams = [Team("full enough", 4, EN), Team("small", 3, EN)]
    assert propose(people(1), teams, least=4, most=5).places == {"p1": "small"}


def test_a_free_place_is_used_before_a_new_team_is_founded() -> None:
    teams = [Team(n, 4, EN) for n in range(4)]
    places = propose(people(4), teams, least=4, most=5).places
    assert sorted(places.values(), key=str) == [0, 1, 2, 3]


def test_new_teams_have_their_sizes() -> None:
    places = propose(people(9), [], least=4, most=5).places
    sizes = [list(places.values()).count(New(n)) for n in (1, 2)]
    assert sorted(sizes) == [4, 5]


def test_eleven_make_no_teams_of_four_or_five() -> None:
    found = propose(people(11), [], least=4, most=5)
    assert len(found.places) == 10
    assert found.left == {"p11": Reason.NO_PLACE}  # who looks longest is placed first


def test_who_speaks_another_language_stays_behind_and_why_is_said() -> None:
    crowd = [person("a"), person("b", FR), person("c", frozenset())]
    found = propose(crowd, [Team("t", 4, EN)], least=4, most=5)
    assert found.places == {"a": "t"}
    assert found.left == {"b": Reason.NO_SHARED_LANGUAGE, "c": Reason.NO_LANGUAGE}


def test_one_person_does_not_complete_a_team_that_lacks_two() -> None:
    found = propose(people(1), [Team("t", 2, EN)], least=4, most=5)
    assert (found.places, found.left) == ({}, {"p1": Reason.SIZES})


def test_a_closed_team_gets_nobody() -> None:
    found = propose(people(1), [Team("t", 4, EN, open=False)], least=4, most=5)
    assert found.left == {"p1": Reason.NO_PLACE}


def test_who_speaks_both_goes_where_they_are_needed() -> None:
    """The French team lacks one: the bilingual person must leave the English place to the other."""
    crowd = [person("both", BOTH), person("en", EN)]
    teams = [Team("anglais", 4, EN), Team("français", 3, FR)]
    places = propose(crowd, teams, least=4, most=4 + 1).places
    assert places == {"both": "français", "en": "anglais"}


def test_friends_stay_together() -> None:
    crowd = [person("a", friends=["d"]), person("b"), person("c"), person("d", friends=["a"])]
    teams = [Team(n, 3, EN) for n in range(2)]
    places = propose(crowd, teams, least=3, most=5).places
    assert places["a"] == places["d"]
    assert len(places) == 4


def test_one_who_is_not_named_back_is_no_friend() -> None:
    assert groups_of_friends([person("a", friends=["b"]), person("b")]) == []


def test_everyone_placed_comes_before_friends_together() -> None:
    crowd = [person("a", friends=["b"]), person("b", friends=["a"])]
    teams = [Team(n, 3, EN) for n in range(2)]
    assert len(propose(crowd, teams, least=4, most=4).places) == 2


def test_skills_are_mixed_and_interests_agree() -> None:
    crowd = [
        person("data 1", skills=["data"], interests=[1]),
        person("data 2", skills=["data"], interests=[2]),
        person("law 1", skills=["law"], interests=[1]),
        person("law 2", skills=["law"], interests=[2]),
    ]
    teams = [Team("one", 2, EN, challenge=1), Team("two", 2, EN, challenge=2)]
    places = propose(crowd, teams, least=4, most=4).places
    assert places == {"data 1": "one", "data 2": "two", "law 1": "one", "law 2": "two"}


def test_a_wish_of_the_team_is_met() -> None:
    crowd = [person("law", skills=["law"]), person("data", skills=["data"])]
    teams = [
        Team("t", 4, EN, wanted=frozenset({"data"})),
        Team("u", 4, EN, wanted=frozenset({"law"})),
    ]
    assert propose(crowd, teams, least=4, most=5).places == {"law": "u", "data": "t"}


def test_what_is_filled_by_hand_is_judged() -> None:
    crowd = [person("a", EN), person("b", FR, skills=["law"], interests=[1], friends=["c"])]
    crowd.append(person("c", FR, friends=["b"]))
    team = Team("t", 1, BOTH, wanted=frozenset({"law"}), challenge=1)
    [mixed] = fill(crowd, [team], {"a": "t", "b": "t", "c": "t"}, least=2, most=3)
    assert mixed.faults == (Fault.TOO_LARGE, Fault.NO_SHARED_LANGUAGE)
    [good] = fill(crowd, [team], {"b": "t", "c": "t"}, least=2, most=3)
    assert (good.languages, good.faults, good.completed) == (FR, (), True)
    assert good.facts["b"].wanted == good.facts["b"].brings == {"law"}
    assert (good.facts["b"].challenge, good.facts["b"].friends) == (1, ("c",))
    [new] = fill(crowd, [team], {"a": New(1)}, least=2, most=3)
    assert (new.new, new.size, new.faults) == (True, 1, (Fault.TOO_SMALL,))


def test_twins_and_impossible_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        propose([person("a"), person("a")], [], least=2, most=3)
    with pytest.raises(ValueError, match="is none"):
        propose([], [], least=3, most=2)


def test_nobody_is_placed_nowhere() -> None:
    found = propose([], [Team("t", 2, EN)], least=2, most=3)
    assert (found.places, found.left) == ({}, {})


# --- what always holds ---------------------------------------------------------------------------


@st.composite
def situations(
    draw: st.DrawFn, most_people: int, most_teams: int
) -> tuple[list[Person], list[Team], int, int]:
    least = draw(st.integers(1, 4))
    most = draw(st.integers(least, 5))
    number = draw(st.integers(0, most_people))
    tags = st.frozensets(st.integers(1, 4), max_size=2)
    crowd = [
        Person(
            f"p{n}",
            draw(st.sampled_from((*LANGUAGES, EN, frozenset[str]()))),
            draw(tags),
            draw(tags),
            draw(st.frozensets(st.sampled_from([f"p{m}" for m in range(number)]), max_size=2)),
        )
        for n in range(number)
    ]
    teams = [
        Team(
            f"t{n}",
            draw(st.integers(1, most + 1)),
            draw(st.sampled_from(LANGUAGES)),
            wanted=draw(tags),
            challenge=draw(st.sampled_from([None, 1, 2])),
            open=draw(st.integers(0, 4)) > 0,
        )
        for n in range(draw(st.integers(0, most_teams)))
    ]
    return crowd, teams, least, most


@settings(max_examples=120, deadline=None)
@given(situations(14, 5))
def test_the_laws_hold(situation: tuple[list[Person], list[Team], int, int]) -> None:
    crowd, teams, least, most = situation
    found = propose(crowd, teams, least=least, most=most)
    assert found.places.keys() | found.left.keys() == {p.key for p in crowd}
    assert not found.places.keys() & found.left.keys()
    closed = {team.key for team in teams if not team.open}
    assert not closed & set(found.places.values())
    for filled in fill(crowd, teams, found.places, least=least, most=most):
        assert filled.faults == ()
    assert propose(crowd, teams, least=least, most=most) == found
    fresh = [place for place in found.places.values() if isinstance(place, New)]
    assert {place.number for place in fresh} == set(range(1, 1 + len(set(fresh))))


# --- against every way there is ------------------------------------------------------------------


def every_way(crowd: Sequence[Person], teams: Sequence[Team]) -> Iterator[dict[Key, Key]]:
    """Every placing, new teams counted once whatever their order."""

    def place(number: int, places: dict[Key, Key], fresh: int) -> Iterator[dict[Key, Key]]:
        if number == len(crowd):
            yield dict(places)
            return
        key = crowd[number].key
        yield from place(number + 1, places, fresh)
        choices: list[Key] = [team.key for team in teams if team.open]
        for choice in [*choices, *(New(n) for n in range(1, fresh + 2))]:
            grown = max(fresh, choice.number) if isinstance(choice, New) else fresh
            yield from place(number + 1, {**places, key: choice}, grown)

    yield from place(0, {}, 0)


def worth(
    crowd: Sequence[Person], teams: Sequence[Team], places: dict[Key, Key], least: int, most: int
) -> tuple[int, int, int, int] | None:
    """What is maximised, in this order; None where a law is broken."""
    filled = fill(crowd, teams, places, least=least, most=most)
    if any(each.faults for each in filled):
        return None
    together = sum(
        len(group)
        for group in groups_of_friends([p for p in crowd if p.languages])
        if all(p.key in places for p in group) and len({places[p.key] for p in group}) == 1
    )
    completed = sum(each.completed for each in filled)
    return len(places), together, completed, -sum(each.new for each in filled)


@settings(max_examples=150, deadline=None)
@given(situations(6, 2))
def test_no_way_is_better(situation: tuple[list[Person], list[Team], int, int]) -> None:
    crowd, teams, least, most = situation
    ours = worth(
        crowd, teams, dict(propose(crowd, teams, least=least, most=most).places), least, most
    )
    ways = (worth(crowd, teams, way, least, most) for way in every_way(crowd, teams))
    assert ours == max(way for way in ways if way is not None)


# --- in time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left", "there", "limit"), [(40, 20, 1.0), (400, 100, 8.0)])
def test_it_is_quick(left: int, there: int, limit: float) -> None:
    """A second, and some seconds, of the processor; a third of that on a quiet machine."""
    random = Random(2021)
    crowd = [
        Person(
            n,
            random.choices(LANGUAGES, (55, 25, 20))[0],
            frozenset(random.sample(range(14), 3)),
            frozenset(random.sample(range(3), random.randint(0, 2))),
            frozenset({n ^ 1}) if random.random() < 0.3 else frozenset(),
        )
        for n in range(left)
    ]
    teams = [
        Team(f"t{n}", random.randint(1, 5), random.choices(LANGUAGES, (55, 25, 20))[0])
        for n in range(there)
    ]
    began = process_time()
    found = propose(crowd, teams, least=4, most=5)
    assert process_time() - began < limit
    assert not any(f.faults for f in fill(crowd, teams, found.places, least=4, most=5))


def test_friends_for_whom_there_is_no_place_are_given_up_in_time() -> None:
    """Pairs who mostly cannot be kept together: the search ends when its tries have run out."""
    random = Random(0)
    crowd = []
    for n in range(200):
        spoken = BOTH if random.random() < 0.5 else (EN, FR)[n // 2 % 2]
        skills = frozenset(random.sample(range(14), 3))
        crowd.append(Person(n, spoken, skills, frozenset(), frozenset({n ^ 1})))
    teams = [
        Team(f"t{n}", random.randint(1, 5), random.choices(LANGUAGES, (35, 35, 30))[0])
        for n in range(100)
    ]
    began = process_time()
    found = propose(crowd, teams, least=4, most=6)
    assert process_time() - began < 2
    assert len(found.places) == len(crowd)
