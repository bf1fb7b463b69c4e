"""Where a judge stands, in words."""

import pytest
from flask_babel import force_locale

from hackathon.calibration import words
from tests.world import World


@pytest.mark.parametrize(
    ("apart", "number", "expected"),
    [
        (None, 2, "Impact: too few others have scored it so far."),
        (0.2, 3, "You scored about as the others on Impact."),
        (-0.2, 3, "You scored about as the others on Impact."),
        (0.5, 3, "You scored about half a level above the others on Impact."),
        (-0.5, 3, "You scored about half a level below the others on Impact."),
        (1.1, 3, "You scored about one level above the others on Impact."),
        (-1.5, 9, "You scored about one and a half levels below the others on Impact."),
        (2.4, 9, "You scored at least 2 levels above the others on Impact."),
        (-3.9, 9, "You scored at least 4 levels below the others on Impact."),
    ],
)
def test_beside_the_others(world: World, apart: float | None, number: int, expected: str) -> None:
    assert str(words.beside_others("Impact", apart, number)) == expected


@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        (None, ""),
        (0.2, "On the whole you score about as the others do so far."),
        (0.25, "On the whole you are a little milder than the others so far."),
        (0.75, "On the whole you are clearly milder than the others so far."),
        (-0.3, "On the whole you are a little more severe than the others so far."),
        (-2.0, "On the whole you are clearly more severe than the others so far."),
    ],
)
def test_on_the_whole(world: World, apart: float | None, expected: str) -> None:
    assert str(words.on_the_whole(apart)) == expected


@pytest.mark.parametrize(
    ("number", "begins"),
    [
        (0, "You are the first. Once 3 others"),
        (1, "It is too early to say: one other judge"),
        (2, "It is too early to say: 2 other judges"),
        (3, "This rests on 3 other judges so far"),
    ],
)
def test_what_it_rests_on(world: World, number: int, begins: str) -> None:
    assert str(words.rests_on(number)).startswith(begins)


@pytest.mark.parametrize(
    ("own", "reference", "expected"),
    [
        (3, 3, "the level that you gave"),
        (4, 3, "1 level below yours"),
        (1, 3, "2 levels above yours"),
    ],
)
def test_beside_the_reference(world: World, own: int, reference: int, expected: str) -> None:
    assert str(words.beside_reference(own, reference)) == expected


@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        (None, "too early to say"),
        (0.0, "about as the others"),
        (1.0, "about one level above the others"),
        (-2.0, "at least 2 levels below the others"),
    ],
)
def test_of_a_judge(world: World, apart: float | None, expected: str) -> None:
    assert str(words.of_judge(apart)) == expected


def test_it_is_said_in_french(world: World) -> None:
    with force_locale("fr"):
        said = str(words.beside_others("Impact", -0.5, 3))
        whole = str(words.on_the_whole(0.9))
    assert "environ un demi-niveau" in said
    assert "plus indulgent" in whole
