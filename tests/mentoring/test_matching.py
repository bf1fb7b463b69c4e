"""The matching against answers worked out by hand and against trying every pairing."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hackathon.mentoring.matching import (
    SINK,
    Key,
    Mentor,
    Network,
    Pair,
    Proposal,
    Reason,
    Team,
    Unserved,
    fit,
    propose,
)

EN = frozenset({"en"})
FR = frozenset({"fr"})
BOTH = EN | FR


def tags(*names: str) -> frozenset[Key]:
    return frozenset(names)


# --- fit -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("team", "mentor", "expected"),
    [
        # All needs covered in the one language.
        (Team("t", EN, tags("data")), Mentor("m", EN, tags("data", "law")), 1000),
        # One of two equal needs: 450 + 100.
        (Team("t", EN, tags("data", "law")), Mentor("m", EN, tags("data")), 550),
        # The need that weighs three quarters: 675 + 100.
        (Team("t", EN, tags("data", "law"), {"data": 3}), Mentor("m", EN, tags("data")), 775),
        # Mastered by half: 450 + 100.
        (Team("t", EN, tags("data")), Mentor("m", EN, tags("data"), {"data": 0.5}), 550),
        # Nothing covered: the language alone.
        (Team("t", EN, tags("data")), Mentor("m", BOTH, tags("law")), 100),
        # One of the team's two languages: 900 + 50.
        (Team("t", BOTH, tags("data")), Mentor("m", FR, tags("data")), 950),
        # No need stated, none missed.
        (Team("t", EN), Mentor("m", EN, tags("law")), 1000),
        (Team("t", BOTH), Mentor("m", EN), 950),
        # No word in common.
        (Team("t", EN, tags("data")), Mentor("m", FR, tags("data")), 0),
        # Weights of tags that are not needed or not mastered say nothing.
        (
            Team("t", EN, tags("data"), {"law": 9}),
            Mentor("m", EN, tags("data"), {"law": 0.1}),
            1000,
        ),
    ],
)
def test_fit(team: Team, mentor: Mentor, expected: int) -> None:
    assert fit(team, mentor) == expected


# --- propose: known answers ----------------------------------------------------------------------


def test_the_sum_gives_way_to_the_worst_off() -> None:
    one = Team("one", EN, tags("a", "b", "c", "d", "e", "f", "g", "h", "i"))
    two = Team("two", EN, tags("z"))
    expert = Mentor("expert", EN, one.needs | two.needs, {"z": 1 / 3})
    helper = Mentor("helper", EN, tags("a", "b", "c"))
    proposal = propose([one, two], [expert, helper])
    assert proposal == Proposal(
        pairs=(Pair("one", "helper", 400), Pair("two", "expert", 400)),
        unserved=(),
        total=800,
        worst=400,
        bound=800,
    )
    assert fit(one, expert) + fit(two, helper) == 1100


def test_serving_more_teams_comes_before_their_fit() -> None:
    teams = [Team("english", EN, tags("data")), Team("both", BOTH, tags("data"))]
    mentors = [Mentor("english", EN, tags("data")), Mentor("french", FR)]
    proposal = propose(teams, mentors)
    assert proposal.pairs == (Pair("english", "english", 1000), Pair("both", "french", 50))
    assert proposal.unserved == ()


def test_the_reasons_for_going_without() -> None:
    teams = [
        Team("foreign", frozenset({"iu"})),
        Team("conflict", FR),
        Team("served", EN, tags("data")),
        Team("late", EN, tags("law")),
        Team("content", FR, wanted=0),
    ]
    mentors = [
        Mentor("anglophone", EN, tags("data"), capacity=1),
        Mentor("francophone", FR, capacity=4),
    ]
    proposal = propose(teams, mentors, conflicts={("francophone", "conflict")})
    assert proposal.pairs == (Pair("served", "anglophone", 1000),)
    assert proposal.unserved == (
        Unserved("foreign", Reason.NO_SHARED_LANGUAGE),
        Unserved("conflict", Reason.ALL_IN_CONFLICT),
        Unserved("late", Reason.CAPACITY_USED_UP),
    )
    assert (proposal.total, proposal.worst, proposal.gap) == (1000, 1000, 0)


def test_a_mentor_serves_a_team_once() -> None:
    team = Team("t", EN, wanted=3)
    proposal = propose([team], [Mentor("m", EN, capacity=5), Mentor("n", EN, capacity=5)])
    assert proposal.pairs == (Pair("t", "m", 1000), Pair("t", "n", 1000))


def test_a_second_mentor_never_costs_another_team_its_first() -> None:
    teams = [Team("greedy", EN, tags("data"), wanted=2), Team("other", EN, tags("law"))]
    mentors = [Mentor("m", EN, tags("data")), Mentor("n", EN, tags("data"))]
    proposal = propose(teams, mentors)
    assert proposal.pairs == (Pair("greedy", "m", 1000), Pair("other", "n", 100))


def test_a_team_counts_by_its_best_mentor() -> None:
    teams = [Team("t", EN, tags("data"), wanted=2)]
    mentors = [Mentor("m", EN, tags("data")), Mentor("n", EN)]
    proposal = propose(teams, mentors)
    assert [pair.fit for pair in proposal.pairs] == [1000, 100]
    assert (proposal.total, proposal.worst, proposal.bound) == (1100, 1000, 1100)


def test_equals_share_the_load() -> None:
    teams = [Team(key, EN) for key in range(6)]
    mentors = [Mentor(key, EN, capacity=6) for key in "abc"]
    pairs = propose(teams, mentors).pairs
    assert sorted(str(pair.mentor) for pair in pairs) == ["a", "a", "b", "b", "c", "c"]


def test_what_is_kept_counts_as_load() -> None:
    teams = [Team(key, EN) for key in range(4)]
    mentors = [Mentor("busy", EN, capacity=4), Mentor("idle", EN, capacity=4)]
    proposal = propose(teams, mentors, kept=[("busy", 0), ("busy", 1)])
    assert proposal.pairs == (
        Pair(0, "busy", 1000, kept=True),
        Pair(1, "busy", 1000, kept=True),
        Pair(2, "idle", 1000),
        Pair(3, "idle", 1000),
    )


def test_a_load_is_never_evened_out_at_the_cost_of_fit() -> None:
    teams = [Team(key, EN, tags("data")) for key in range(3)]
    mentors = [
        Mentor("better", EN, tags("data"), {"data": 0.601}, capacity=3),
        Mentor("almost", EN, tags("data"), {"data": 0.6}, capacity=3),
    ]
    pairs = propose(teams, mentors).pairs
    assert [(pair.mentor, pair.fit) for pair in pairs] == [("better", 641)] * 3


def test_kept_pairs_stand_whatever_they_break() -> None:
    teams = [Team("t", EN, tags("data")), Team("u", EN), Team("v", FR)]
    mentors = [Mentor("full", EN, capacity=1), Mentor("free", BOTH, capacity=1)]
    kept = [("full", "t"), ("full", "v")]  # beyond capacity, and without a common language
    proposal = propose(teams, mentors, kept=kept)
    assert proposal == Proposal(
        pairs=(
            Pair("t", "full", 100, kept=True),
            Pair("u", "free", 1000),
            Pair("v", "full", 0, kept=True),
        ),
        unserved=(),
        total=1100,
        worst=1000,
        bound=1100,
    )


def test_a_kept_mentor_is_not_proposed_again() -> None:
    team = Team("t", EN, wanted=2)
    mentors = [Mentor("m", EN, capacity=2), Mentor("n", EN, capacity=2)]
    assert propose([team], mentors, kept=[("m", "t")]).pairs == (
        Pair("t", "m", 1000, kept=True),
        Pair("t", "n", 1000),
    )
    assert propose([team], mentors[:1], kept=[("m", "t")]).pairs == (
        Pair("t", "m", 1000, kept=True),
    )


def test_nobody_to_match() -> None:
    nothing = Proposal(pairs=(), unserved=(), total=0, worst=None, bound=0)
    assert propose([], []) == nothing
    assert propose([], [Mentor("m", EN)]) == nothing


def test_conflicts_of_people_who_left_do_not_matter() -> None:
    conflicts = {("gone", "t"), ("m", "gone")}
    assert propose([Team("t", EN)], [Mentor("m", EN)], conflicts=conflicts).pairs == (
        Pair("t", "m", 1000),
    )


@pytest.mark.parametrize(
    ("kept", "conflicts"),
    [
        ([("stranger", "t")], set()),
        ([("m", "stranger")], set()),
        ([("m", "t")], {("m", "t")}),
    ],
)
def test_kept_pairs_that_cannot_be(
    kept: list[tuple[str, str]], conflicts: set[tuple[str, str]]
) -> None:
    with pytest.raises(ValueError, match="kept pair"):
        propose([Team("t", EN)], [Mentor("m", EN)], kept=kept, conflicts=conflicts)


def test_keys_are_unique() -> None:
    with pytest.raises(ValueError, match="same key"):
        propose([Team("t", EN), Team("t", FR)], [])
    with pytest.raises(ValueError, match="same key"):
        propose([], [Mentor("m", EN), Mentor("m", FR)])


def test_numbers_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="negative number of mentors"):
        Team("t", EN, wanted=-1)
    with pytest.raises(ValueError, match="weighs a need"):
        Team("t", EN, tags("data"), {"data": 0})
    with pytest.raises(ValueError, match="negative capacity"):
        Mentor("m", EN, capacity=-1)
    with pytest.raises(ValueError, match="outside 0 to 1"):
        Mentor("m", EN, tags("data"), {"data": 1.1})


# --- propose: against every possible pairing -----------------------------------------------------

PairKey = tuple[Key, Key]  # (mentor, team)
Event = tuple[list[Team], list[Mentor], set[PairKey], list[PairKey]]
LANGUAGES = st.sampled_from([EN, FR, BOTH])
TAGS = st.frozensets(st.sampled_from("abcd"), max_size=3)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """At most twelve pairs of a mentor and a team, so that every choice of them can be tried."""
    team_count = draw(st.integers(0, 4))
    mentor_count = draw(st.integers(0, 4 if team_count < 3 else 3))
    teams = [
        Team(
            key,
            draw(LANGUAGES),
            draw(TAGS),
            draw(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5))),
            wanted=draw(st.sampled_from([1, 1, 1, 2, 3, 0])),
        )
        for key in range(team_count)
    ]
    mentors = [
        Mentor(
            key,
            draw(LANGUAGES),
            draw(TAGS),
            draw(st.dictionaries(st.sampled_from("abcd"), st.sampled_from([0.25, 0.5, 0.8]))),
            capacity=draw(st.integers(0, 3)),
        )
        for key in range(mentor_count)
    ]
    everything: list[PairKey] = [(m, t) for m in range(mentor_count) for t in range(team_count)]
    if not everything:
        return teams, mentors, set(), []
    conflicts = draw(st.sets(st.sampled_from(everything), max_size=4))
    possible = [pair for pair in everything if pair not in conflicts]
    kept = draw(st.lists(st.sampled_from(possible), max_size=2)) if possible else []
    return teams, mentors, conflicts, kept


def value(kept: set[PairKey], chosen: dict[PairKey, int]) -> tuple[int, int, int, int]:
    """What a choice {(mentor, team): fit} is worth: served, worst-off, sum, evenness of load."""
    helped = {team for _, team in kept}
    best: dict[Key, int] = {}
    for (_, team), points in chosen.items():
        if team not in helped:
            best[team] = max(points, best.get(team, 0))
    loads: dict[Key, int] = {}
    for mentor, _ in kept | set(chosen):
        loads[mentor] = loads.get(mentor, 0) + 1
    return (
        len(best),
        min(best.values(), default=0),
        sum(chosen.values()),
        -sum(load * load for load in loads.values()),
    )


@settings(deadline=None, max_examples=300)
@given(events())
def test_no_pairing_is_better(
    event: Event,
) -> None:
    teams, mentors, conflicts, kept_list = event
    kept = set(kept_list)
    proposal = propose(teams, mentors, conflicts=conflicts, kept=kept_list)

    allowed = {
        (mentor.key, team.key): fit(team, mentor)
        for mentor in mentors
        for team in teams
        if team.languages & mentor.languages and (mentor.key, team.key) not in conflicts | kept
    }
    seats = [max(0, team.wanted - sum(key == team.key for _, key in kept)) for team in teams]
    room = [
        max(0, mentor.capacity - sum(key == mentor.key for key, _ in kept)) for mentor in mentors
    ]

    def possible(pairs: tuple[PairKey, ...]) -> bool:
        by_mentor = [mentor for mentor, _ in pairs]
        by_team = [team for _, team in pairs]
        return all(by_mentor.count(m) <= places for m, places in enumerate(room)) and all(
            by_team.count(t) <= places for t, places in enumerate(seats)
        )

    assert {(pair.mentor, pair.team) for pair in proposal.pairs if pair.kept} == kept
    new = tuple((pair.mentor, pair.team) for pair in proposal.pairs if not pair.kept)
    assert set(new) <= set(allowed)
    assert len(set(new)) == len(new)
    assert possible(new)

    best = max(
        value(kept, {pair: allowed[pair] for pair in pairs})
        for size in range(min(sum(seats), sum(room)) + 1)
        for pairs in combinations(allowed, size)
        if possible(pairs)
    )
    assert value(kept, {pair: allowed[pair] for pair in new}) == best
    assert (proposal.worst or 0) == best[1]
    assert proposal.total == sum(pair.fit for pair in proposal.pairs)
    assert proposal.gap == 0

    helped = {pair.team for pair in proposal.pairs}
    assert [left.team for left in proposal.unserved] == [
        team.key for team in teams if team.wanted and team.key not in helped
    ]
    assert propose(teams, mentors, conflicts=conflicts, kept=kept_list) == proposal


@pytest.mark.parametrize("seed", range(40))
def test_in_a_crowd_nobody_is_needlessly_worse_off(seed: int) -> None:
    random = Random(seed)
    names = "abcdefgh"
    teams = [
        Team(key, random.choice([EN, FR, BOTH]), frozenset(random.sample(names, 3)))
        for key in range(24)
    ]
    mentors = [
        Mentor(
            key,
            random.choice([EN, FR, BOTH]),
            frozenset(random.sample(names, 3)),
            capacity=random.randint(1, 4),
        )
        for key in range(9)
    ]
    conflicts = {(m.key, t.key) for m in mentors for t in teams if random.random() < 0.1}

    def served(floor: int) -> int:
        """How many teams can be served at this floor: a matching to single places, by search."""
        taken: dict[PairKey, Team] = {}

        def seat(team: Team, tried: set[PairKey]) -> bool:
            for mentor in mentors:
                if fit(team, mentor) < floor or (mentor.key, team.key) in conflicts:
                    continue
                for number in range(mentor.capacity):
                    place = (mentor.key, number)
                    if place not in tried:
                        tried.add(place)
                        if place not in taken or seat(taken[place], tried):
                            taken[place] = team
                            return True
            return False

        return sum(seat(team, set()) for team in teams)

    proposal = propose(teams, mentors, conflicts=conflicts)
    assert proposal.worst is not None
    assert len(proposal.pairs) == served(1) == served(proposal.worst)
    assert served(proposal.worst + 1) < served(1)
    assert proposal.gap == 0


# --- the flow ------------------------------------------------------------------------------------


def test_a_later_unit_reroutes_an_earlier_one() -> None:
    network = Network(5)
    near, far, one, two = 1, 2, 3, 4
    network.arc(near, SINK, 1, 0)
    network.arc(far, SINK, 1, 0)
    one_near, one_far = network.arc(one, near, 1, 1), network.arc(one, far, 1, 2)
    two_near = network.arc(two, near, 1, 5)
    network.send(one)
    assert [network.flow(arc) for arc in (one_near, one_far, two_near)] == [1, 0, 0]
    assert network.least_cost() == 1
    network.send(two)
    assert [network.flow(arc) for arc in (one_near, one_far, two_near)] == [0, 1, 1]
    assert network.least_cost() == 7
    with pytest.raises(ValueError, match="no way left from node 1"):
        network.send(near)
