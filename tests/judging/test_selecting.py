"""Which submissions come into a later round by the rule: ties are never cut."""

import pytest

from hackathon.competitions.models import Takes
from hackathon.judging.rulebook import Reach
from hackathon.judging.selecting import Proposal, propose

# key, challenge, place: "e" has no place, since no review of it counts.
PLACES = [
    *(("a", 1, 1), ("b", 1, 2), ("c", 1, 2), ("d", 1, 4), ("e", 1, None)),
    *(("x", 2, 1), ("y", 2, 2)),
]


def reach(takes: Takes, best: int | None = None, *, in_each: bool = True) -> Reach:
    return Reach(takes, best, in_each, ())


@pytest.mark.parametrize(
    ("rule", "keys", "tied"),
    [
        (reach(Takes.ALL), "abcdexy", ""),
        (reach(Takes.CHOSEN), "", ""),
        (reach(Takes.BEST, 1), "ax", ""),
        (reach(Takes.BEST, 2), "abcxy", "bc"),
        (reach(Takes.BEST, 3), "abcxy", ""),
        (reach(Takes.BEST, 9), "abcdxy", ""),
        # Of the whole, by the places there: two are first, three second.
        (reach(Takes.BEST, 1, in_each=False), "ax", "ax"),
        (reach(Takes.BEST, 2, in_each=False), "ax", ""),
        (reach(Takes.BEST, 3, in_each=False), "abcxy", "bcy"),
    ],
)
def test_what_the_rule_proposes(rule: Reach, keys: str, tied: str) -> None:
    assert propose(rule, PLACES) == Proposal(frozenset(keys), frozenset(tied))


def test_nothing_to_choose_from() -> None:
    assert propose(reach(Takes.BEST, 3), []) == Proposal()
