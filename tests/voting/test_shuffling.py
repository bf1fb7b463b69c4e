"""An order of each voter's own: always the same, and as likely as any other."""

import uuid
from collections import Counter
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from hackathon.voting.shuffling import shuffled

KEYS = st.lists(st.uuids(), unique=True, max_size=30)
SEED = "5" * 64


def order(keys: list[uuid.UUID], voter: uuid.UUID, seed: str = SEED) -> list[uuid.UUID]:
    return shuffled(keys, seed=seed, voter=voter, key=lambda key: key)


@given(KEYS, st.uuids(), st.randoms())
def test_the_same_things_whatever_order_they_come_in(
    keys: list[uuid.UUID], voter: uuid.UUID, random: object
) -> None:
    found = order(keys, voter)
    assert sorted(found) == sorted(keys)
    mixed = list(keys)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert order(mixed, voter) == found


@given(KEYS.filter(bool), st.uuids())
def test_one_thing_less_moves_no_other(keys: list[uuid.UUID], voter: uuid.UUID) -> None:
    found = order(keys, voter)
    gone = keys[0]
    assert order(keys[1:], voter) == [key for key in found if key != gone]


def test_another_voter_or_another_poll_has_another_order() -> None:
    keys = [uuid.UUID(int=n) for n in range(40)]
    one, two = uuid.UUID(int=1), uuid.UUID(int=2)
    assert order(keys, one) != order(keys, two)
    assert order(keys, one) != order(keys, one, seed="6" * 64)


def test_every_order_is_as_likely() -> None:
    """Chi-square over the 24 orders of four things, for 12,000 voters. The seed is fixed, so the
    figure is too; with 23 degrees of freedom, 49.7 is passed once in a thousand seeds."""
    keys = [uuid.UUID(int=n) for n in range(4)]
    voters = 12_000
    seen = Counter(tuple(order(keys, uuid.UUID(int=n))) for n in range(voters))
    expected = voters / 24
    chi = sum((seen[each] - expected) ** 2 / expected for each in permutations(keys))
    assert chi < 49.7


def test_every_project_stands_first_as_often() -> None:
    """Of 200 projects, for 2,000 voters: chi-square with 199 degrees of freedom, one in 1000."""
    keys = [uuid.UUID(int=n) for n in range(200)]
    voters = 2_000
    first = Counter(order(keys, uuid.UUID(int=n))[0] for n in range(voters))
    expected = voters / 200
    chi = sum((first[key] - expected) ** 2 / expected for key in keys)
    assert chi < 267.5
