"""Balance, conflicts, languages, capacities, links and honest shortfalls of an assignment."""

from collections import Counter
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hackathon.judging.assignment import (
    Assignment,
    Judge,
    Proposal,
    Reason,
    Shortfall,
    Submission,
    propose,
    repair,
)

EN, FR = frozenset({"en"}), frozenset({"fr"})
BOTH = EN | FR


def panels(proposal: Proposal) -> Counter[object]:
    return Counter(each.submission for each in proposal.assignments)


def test_everyone_gets_what_is_wanted_and_loads_are_even() -> None:
    proposal = propose(
        [Submission(n) for n in range(60)], [Judge(n, 40) for n in range(14)], wanted=5
    )
    assert panels(proposal) == {n: 5 for n in range(60)}
    assert Counter(proposal.loads.values()) == {21: 8, 22: 6}
    assert proposal.shortfalls == ()
    assert proposal.parts == (frozenset(range(60)),)
    assert proposal.added == proposal.assignments
    assert proposal.removed == frozenset()


def test_a_small_capacity_leaves_the_rest_even() -> None:
    proposal = propose(
        [Submission(n) for n in range(10)],
        [Judge("a", 2), Judge("b", 20), Judge("c", 20), Judge("d", 20)],
        wanted=2,
    )
    assert proposal.loads == {"a": 2, "b": 6, "c": 6, "d": 6}


def test_a_scarce_language_is_left_to_those_who_read_it() -> None:
    proposal = propose(
        [
            *(Submission(f"fr{n}", FR) for n in range(4)),
            *(Submission(f"en{n}", EN) for n in range(4)),
        ],
        [Judge("a", 4, EN), Judge("b", 4, BOTH), Judge("c", 4, BOTH), Judge("d", 4, EN)],
        wanted=2,
    )
    assert proposal.shortfalls == ()
    assert {each.judge for each in proposal.assignments if str(each.submission)[:2] == "fr"} == {
        "b",
        "c",
    }


def test_reviews_move_along_a_chain_when_nobody_is_free() -> None:
    # "new" can only go to a, who is full with "old"; b is free but conflicted with "new".
    submissions, judges = [Submission("old"), Submission("new")], [Judge("a", 1), Judge("b", 1)]
    current = {Assignment("a", "old")}
    conflicts = {Assignment("b", "new")}
    proposal = repair(submissions, judges, wanted=1, current=current, conflicts=conflicts)
    assert proposal.assignments == {Assignment("b", "old"), Assignment("a", "new")}
    assert proposal.removed == current
    kept = propose(submissions, judges, wanted=1, kept=current, conflicts=conflicts)
    assert kept.assignments == current
    assert kept.shortfalls == (Shortfall("new", 1, 1, Reason.CAPACITY),)


@pytest.mark.parametrize(
    ("submission", "judges", "conflicts", "reason", "eligible"),
    [
        (Submission("s", EN, "c"), [Judge("a", 9, EN)], set(), Reason.JUDGES, 1),
        (
            Submission("s", EN, "c"),
            [Judge("a", 9, EN), Judge("b", 9, EN, frozenset({"d"}))],
            set(),
            Reason.CHALLENGE,
            1,
        ),
        (
            Submission("s", FR, "c"),
            [Judge("a", 9, EN), Judge("b", 9, EN)],
            set(),
            Reason.LANGUAGE,
            0,
        ),
        (
            Submission("s", EN, "c"),
            [Judge("a", 9, EN), Judge("b", 9, EN)],
            {Assignment("a", "s"), Assignment("b", "s")},
            Reason.CONFLICT,
            0,
        ),
        (
            Submission("s", EN, "c"),
            [Judge("a", 9, EN), Judge("b", 0, EN)],
            set(),
            Reason.CAPACITY,
            2,
        ),
    ],
)
def test_a_shortfall_says_why(
    submission: Submission,
    judges: list[Judge],
    conflicts: set[Assignment],
    reason: Reason,
    eligible: int,
) -> None:
    proposal = propose([submission], judges, wanted=2, conflicts=conflicts)
    missing = 2 - len(proposal.assignments)
    assert proposal.shortfalls == (Shortfall("s", missing, eligible, reason),)


def test_too_little_capacity_is_shared_fairly() -> None:
    proposal = propose([Submission(n) for n in range(6)], [Judge(n, 3) for n in range(3)], wanted=3)
    assert Counter(panels(proposal).values()) == {1: 3, 2: 3}
    assert Counter((each.missing, each.reason) for each in proposal.shortfalls) == {
        (1, Reason.CAPACITY): 3,
        (2, Reason.CAPACITY): 3,
    }


def test_judges_who_may_cross_link_the_challenges() -> None:
    submissions = [Submission(n, challenge=n % 3) for n in range(30)]
    judges = [
        *(Judge(f"only {c}{n}", 9, challenges=frozenset({c})) for c in range(3) for n in range(3)),
        Judge("cross 1", 9),
        Judge("cross 2", 9),
    ]
    for seed in range(20):
        proposal = propose(submissions, judges, wanted=3, seed=seed)
        assert proposal.parts == (frozenset(range(30)),)
        assert set(proposal.loads.values()) == {8, 9}


def test_two_separate_panels_are_joined_by_an_exchange() -> None:
    # With one review each, nothing links; with two each and two judges a side, chance may not.
    submissions = [Submission(n) for n in range(4)]
    judges = [Judge(n, 2) for n in range(4)]
    for seed in range(20):
        proposal = propose(submissions, judges, wanted=2, seed=seed)
        assert proposal.parts == (frozenset(range(4)),)
        assert set(proposal.loads.values()) == {2}


def test_panels_that_cannot_be_linked_are_told() -> None:
    proposal = propose(
        [Submission("a1", challenge="a"), Submission("b1", challenge="b")],
        [Judge("a", 5, challenges=frozenset("a")), Judge("b", 5, challenges=frozenset("b"))],
        wanted=1,
    )
    assert proposal.parts == (frozenset({"a1"}), frozenset({"b1"}))


def test_a_second_wave_keeps_the_first() -> None:
    submissions, judges = [Submission(n) for n in range(12)], [Judge(n, 9) for n in range(6)]
    first = propose(submissions, judges, wanted=2)
    wanted = {n: 5 if n < 4 else 2 for n in range(12)}
    second = propose(submissions, judges, wanted=wanted, kept=first.assignments, seed=1)
    assert first.assignments < second.assignments
    assert panels(second) == wanted
    assert set(second.loads.values()) == {6}


def test_repair_changes_only_what_the_lost_judge_had() -> None:
    submissions, judges = [Submission(n) for n in range(12)], [Judge(n, 9) for n in range(6)]
    first = propose(submissions, judges, wanted=3)
    proposal = repair(submissions, judges[1:], wanted=3, current=first.assignments)
    assert proposal.removed == {each for each in first.assignments if each.judge == 0}
    assert len(proposal.added) == len(proposal.removed) == 6
    assert panels(proposal) == {n: 3 for n in range(12)}
    assert sum(proposal.loads.values()) == 36


def test_a_new_conflict_ends_a_kept_assignment() -> None:
    pair = Assignment("a", "s")
    proposal = propose(
        [Submission("s")], [Judge("a", 1), Judge("b", 1)], wanted=1, kept={pair}, conflicts={pair}
    )
    assert proposal.assignments == {Assignment("b", "s")}
    assert proposal.removed == {pair}


def test_nothing_to_do() -> None:
    empty = propose([], [], wanted=3)
    assert (empty.assignments, empty.shortfalls, empty.parts) == (frozenset(), (), ())
    alone = propose([Submission("s")], [], wanted=3)
    assert alone.shortfalls == (Shortfall("s", 3, 0, Reason.JUDGES),)


def test_a_key_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        propose([Submission("s"), Submission("s")], [], wanted=1)


@st.composite
def rooms(draw: st.DrawFn) -> tuple[list[Submission], list[Judge], set[Assignment], int, int]:
    languages = st.sampled_from([EN, FR, BOTH])
    challenges = st.sampled_from(["x", "y"])
    submissions = [
        Submission(n, draw(languages), draw(challenges)) for n in range(draw(st.integers(0, 8)))
    ]
    judges = [
        Judge(
            n,
            draw(st.integers(0, 6)),
            draw(languages),
            draw(st.one_of(st.none(), st.frozensets(challenges))),
        )
        for n in range(draw(st.integers(0, 5)))
    ]
    pairs = st.builds(Assignment, st.integers(0, 4), st.integers(0, 7))
    return (
        submissions,
        judges,
        draw(st.sets(pairs, max_size=8)),
        draw(st.integers(1, 4)),
        draw(st.integers(0, 99)),
    )


def allowed(submission: Submission, judge: Judge, conflicts: set[Assignment]) -> bool:
    return (
        bool(submission.languages & judge.languages)
        and (judge.challenges is None or submission.challenge in judge.challenges)
        and Assignment(judge.key, submission.key) not in conflicts
    )


@given(rooms())
@settings(deadline=None)
def test_no_rule_is_ever_broken(
    room: tuple[list[Submission], list[Judge], set[Assignment], int, int],
) -> None:
    submissions, judges, conflicts, wanted, seed = room
    proposal = propose(submissions, judges, wanted=wanted, conflicts=conflicts, seed=seed)
    for each in proposal.assignments:
        assert allowed(submissions[each.submission], judges[each.judge], conflicts)
    counts = panels(proposal)
    assert all(count <= wanted for count in counts.values())
    missing = {each.submission: each.missing for each in proposal.shortfalls}
    assert all(counts[each.key] + missing.get(each.key, 0) == wanted for each in submissions)
    for judge in judges:
        assert proposal.loads[judge.key] == sum(
            each.judge == judge.key for each in proposal.assignments
        )
        assert proposal.loads[judge.key] <= judge.capacity


@given(rooms())
@settings(deadline=None)
def test_no_single_move_would_even_the_loads(
    room: tuple[list[Submission], list[Judge], set[Assignment], int, int],
) -> None:
    submissions, judges, conflicts, wanted, seed = room
    proposal = propose(submissions, judges, wanted=wanted, conflicts=conflicts, seed=seed)
    for giver, taker in permutations(judges, 2):
        if (
            proposal.loads[giver.key] < proposal.loads[taker.key] + 2
            or proposal.loads[taker.key] >= taker.capacity
        ):
            continue
        for submission in submissions:
            if Assignment(giver.key, submission.key) in proposal.assignments:
                assert (
                    not allowed(submission, taker, conflicts)
                    or Assignment(taker.key, submission.key) in proposal.assignments
                )


@given(st.integers(1, 20), st.integers(1, 8), st.integers(0, 4), st.integers(0, 99))
@settings(deadline=None)
def test_without_obstacles_loads_differ_by_one_at_most(
    projects: int, jury: int, wanted: int, seed: int
) -> None:
    proposal = propose(
        [Submission(n) for n in range(projects)],
        [Judge(n, 99) for n in range(jury)],
        wanted=wanted,
        seed=seed,
    )
    assert sum(proposal.loads.values()) == projects * min(wanted, jury)
    assert max(proposal.loads.values()) - min(proposal.loads.values()) <= 1


@given(rooms(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_input_does_not_matter(
    room: tuple[list[Submission], list[Judge], set[Assignment], int, int], random: Random
) -> None:
    submissions, judges, conflicts, wanted, seed = room
    once = propose(submissions, judges, wanted=wanted, conflicts=conflicts, seed=seed)
    again = propose(
        random.sample(submissions, len(submissions)),
        random.sample(judges, len(judges)),
        wanted=wanted,
        conflicts=conflicts,
        seed=seed,
    )
    assert once == again


@given(rooms(), st.data())
@settings(deadline=None)
def test_repair_fills_as_much_as_a_fresh_start(
    room: tuple[list[Submission], list[Judge], set[Assignment], int, int], data: st.DataObject
) -> None:
    submissions, judges, conflicts, wanted, seed = room
    first = propose(submissions, judges, wanted=wanted, conflicts=conflicts, seed=seed)
    rest = [judge for judge in judges if data.draw(st.booleans())]
    mended = repair(
        submissions, rest, wanted=wanted, current=first.assignments, conflicts=conflicts
    )
    fresh = propose(submissions, rest, wanted=wanted, conflicts=conflicts)
    assert len(mended.assignments) == len(fresh.assignments)
