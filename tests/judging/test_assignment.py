"""Balance, conflicts, languages, capacities, links and honest shortfalls of an assignment."""

from collections import Counter
from itertools import combinations, permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hackathon.judging.assignment import (
    Assignment,
    Doubt,
    Judge,
    Proposal,
    Reason,
    Shortfall,
    Submission,
    adjusted,
    links,
    propose,
    repair,
    second_wave,
    stands_against,
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
    first = propose(submissions, judges, wanted=2, seed=1)
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
            given_, taken = (Assignment(judge.key, submission.key) for judge in (giver, taker))
            if given_ not in proposal.assignments or taken in proposal.assignments:
                continue
            moved = adjusted(
                proposal,
                submissions,
                judges,
                wanted=wanted,
                given=(),
                add={taken},
                remove={given_},
            )
            # Only what links panels that nothing else links may be uneven.
            assert not allowed(submission, taker, conflicts) or len(moved.parts) > len(
                proposal.parts
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


def fewest_changes(
    submissions: list[Submission],
    judges: list[Judge],
    given: frozenset[Assignment],
    sizes: Counter[object],
    conflicts: set[Assignment],
) -> int:
    """By trying every assignment with these panel sizes: how few reviews can be new."""
    best = 99

    def go(number: int, loads: Counter[object], new: int) -> None:
        nonlocal best
        if new >= best:
            return
        if number == len(submissions):
            best = new
            return
        submission = submissions[number]
        able = [
            judge
            for judge in judges
            if allowed(submission, judge, conflicts) and loads[judge.key] < judge.capacity
        ]
        for panel in combinations(able, sizes[submission.key]):
            fresh = sum(Assignment(each.key, submission.key) not in given for each in panel)
            go(number + 1, loads + Counter(each.key for each in panel), new + fresh)

    go(0, Counter(), 0)
    return best


@given(rooms(), st.data())
@settings(deadline=None, max_examples=60)
def test_repair_changes_as_little_as_can_be(
    room: tuple[list[Submission], list[Judge], set[Assignment], int, int], data: st.DataObject
) -> None:
    submissions, judges, conflicts, _, seed = room
    submissions = submissions[:5]
    first = propose(submissions, judges, wanted=2, conflicts=conflicts, seed=seed)
    rest = [judge for judge in judges if data.draw(st.booleans())]
    mended = repair(submissions, rest, wanted=2, current=first.assignments, conflicts=conflicts)
    left = {each.key for each in rest}
    given_ = frozenset(each for each in first.assignments if each.judge in left)
    fewest = fewest_changes(submissions, rest, given_, panels(mended), conflicts)
    assert len(mended.assignments - given_) == fewest


def test_repair_leaves_what_was_begun() -> None:
    submissions, judges = [Submission("old"), Submission("new")], [Judge("a", 1), Judge("b", 1)]
    current, conflicts = {Assignment("a", "old")}, {Assignment("b", "new")}
    mended = repair(
        submissions, judges, wanted=1, current=current, begun=current, conflicts=conflicts
    )
    assert mended.assignments == current
    assert mended.shortfalls == (Shortfall("new", 1, 1, Reason.CAPACITY),)


def test_readers_of_both_languages_link_them_at_the_cost_of_one_review() -> None:
    # Whoever reads both has French work only, and exchanges with English readers are impossible.
    submissions = [*(Submission(f"en{n}", EN) for n in range(6))]
    submissions += [Submission(f"fr{n}", FR) for n in range(6)]
    judges = [Judge("e1", 9, EN), Judge("e2", 9, EN), Judge("f", 9, FR), Judge("both", 9, BOTH)]
    proposal = propose(submissions, judges, wanted=2)
    assert proposal.parts == (frozenset(each.key for each in submissions),)
    assert proposal.shortfalls == ()
    assert (proposal.loads["both"], max(proposal.loads.values())) == (7, 7)


def test_a_second_wave_goes_where_the_podium_is_undecided() -> None:
    doubts = {
        "sure winner": Doubt(1.0, 1.0, 3, 9),
        "rival": Doubt(0.5, 0.9, 3, 9),
        "rival too": Doubt(0.5, 0.9, 3, 9),
        "edge": Doubt(0.0, 0.4, 3, 9),
        "last": Doubt(0.0, 0.0, 3, 9),
    }
    more = second_wave(doubts, 14, noise=1.0)
    assert more == {"rival": 6, "rival too": 6, "edge": 2}  # no judge is left for the rivals
    few = second_wave(doubts, 3, noise=1.0)
    assert (few["rival"] + few["rival too"], len(few)) == (3, 2)
    assert second_wave({key: Doubt(1.0, 1.0, 3, 9) for key in "ab"}, 8, noise=1.0) == {}
    assert second_wave({}, 8, noise=1.0) == {}
    with pytest.raises(ValueError, match="without noise"):
        second_wave(doubts, 8, noise=0.0)


chances = st.floats(0, 1)


@given(
    st.dictionaries(
        st.integers(0, 9),
        st.builds(Doubt, chances, chances, st.integers(0, 6), st.integers(0, 9)),
    ),
    st.integers(0, 40),
    st.floats(0.01, 100),
)
def test_a_second_wave_gives_no_more_than_there_is(
    doubts: dict[int, Doubt], extra: int, noise: float
) -> None:
    more = second_wave(doubts, extra, noise=noise)
    assert sum(more.values()) <= extra
    assert all(count > 0 for count in more.values())
    for key, count in more.items():
        assert doubts[key].reviews + count <= doubts[key].most
    fewer = second_wave(doubts, max(0, extra - 1), noise=noise)
    assert all(more.get(key, 0) >= count for key, count in fewer.items())
    assert second_wave(dict(reversed(doubts.items())), extra, noise=noise) == more


@given(rooms(), st.integers(0, 9))
@settings(deadline=None)
def test_a_second_wave_breaks_no_rule_and_takes_nothing_away(
    room: tuple[list[Submission], list[Judge], set[Assignment], int, int], extra: int
) -> None:
    submissions, judges, conflicts, wanted, seed = room
    first = propose(submissions, judges, wanted=wanted, conflicts=conflicts, seed=seed)
    have = panels(first)
    doubts = {
        each.key: Doubt(0.5, 0.5, have[each.key], sum(allowed(each, j, conflicts) for j in judges))
        for each in submissions
    }
    more = second_wave(doubts, extra, noise=1.0)
    wave = propose(
        submissions,
        judges,
        wanted={key: have[key] + more.get(key, 0) for key in doubts},
        conflicts=conflicts,
        kept=first.assignments,
        seed=seed,
    )
    assert first.assignments <= wave.assignments
    assert len(wave.added) <= extra
    for each in wave.added:
        assert allowed(submissions[each.submission], judges[each.judge], conflicts)
    assert all(wave.loads[judge.key] <= judge.capacity for judge in judges)


def test_links_count_the_judges_who_connect_two_challenges() -> None:
    pairs = {"ann": ["x1", "y1"], "bob": ["x1", "x2"], "cat": ["x2", "y1", "z1"]}
    assignments = [Assignment(judge, each) for judge, read in pairs.items() for each in read]
    challenges = {"x1": "x", "x2": "x", "y1": "y", "z1": "z", "w1": "w"}
    assert links(assignments, challenges) == {
        ("w", "x"): 0,
        ("w", "y"): 0,
        ("w", "z"): 0,
        ("x", "y"): 2,
        ("x", "z"): 1,
        ("y", "z"): 1,
    }


def test_a_proposal_is_adjusted_by_hand() -> None:
    submissions, judges = [Submission("s"), Submission("t")], [Judge(n, 2) for n in "abc"]
    kept = {Assignment("a", "s")}
    proposal = propose(submissions, judges, wanted=1, kept=kept)
    (new,) = proposal.added
    changed = adjusted(
        proposal,
        submissions,
        judges,
        wanted=1,
        given=kept,
        add={Assignment("c", "s")},
        remove={new, *kept},
    )
    assert changed.assignments == {Assignment("c", "s")}
    assert (changed.added, changed.removed) == ({Assignment("c", "s")}, kept)
    assert changed.loads == {"a": 0, "b": 0, "c": 1}
    assert changed.shortfalls == (Shortfall("t", 1, 3, Reason.CAPACITY),)


def test_what_stands_against_a_judge_is_told() -> None:
    submission, judge = Submission("s", FR, "x"), Judge("a", 2, EN, frozenset({"y"}))
    assert stands_against(judge, submission, conflict=True, load=2) == [
        Reason.CHALLENGE,
        Reason.LANGUAGE,
        Reason.CONFLICT,
        Reason.CAPACITY,
    ]
    assert stands_against(Judge("b", 2, BOTH), submission, conflict=False, load=1) == []
