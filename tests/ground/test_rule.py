"""Rules combine, and the right refusal speaks."""

from typing import Any

from hackathon.ground.rule import Rule, anyone
from hackathon.ground.verdict import ALLOWED, HIDDEN, SIGN_IN, Verdict, closed, forbidden


def says(verdict: Verdict, name: str = "says") -> Rule:
    return Rule(lambda user, **_: verdict, name)


ORDER = [HIDDEN, SIGN_IN, forbidden("no"), closed("late")]
YES = says(ALLOWED, "yes")


def test_and_asks_for_both_and_the_first_refusal_speaks() -> None:
    assert (YES & YES)(None) == ALLOWED
    for first in ORDER:
        assert (YES & says(first))(None) == first
        for second in ORDER:
            assert (says(first) & says(second))(None) == first


def test_or_asks_for_one_and_the_more_telling_refusal_speaks() -> None:
    for place, first in enumerate(ORDER):
        assert (says(first) | YES)(None) == (YES | says(first))(None) == ALLOWED
        for other, second in enumerate(ORDER):
            assert (says(first) | says(second))(None) == ORDER[max(place, other)]


def test_the_second_rule_is_not_asked_when_the_first_decides() -> None:
    asked: list[str] = []

    def ask(user: Any, **_: Any) -> Verdict:
        asked.append(user)
        return ALLOWED

    (says(HIDDEN) & Rule(ask))("and")
    (YES | Rule(ask))("or")
    assert asked == []


def test_rules_take_what_they_need_and_say_what_they_are() -> None:
    @Rule
    def captain(user: Any, *, team: Any, **_: Any) -> Verdict:
        """Of this team."""
        return ALLOWED if team == user else HIDDEN

    rule = captain & (YES | anyone)
    assert repr(rule) == "captain & (yes | anyone)"
    assert rule("a", team="a", competition="c") == ALLOWED
    assert rule("a", team="b", competition="c") == HIDDEN
    assert captain.__doc__ == "Of this team."


def test_only_allowed_is_true() -> None:
    assert bool(ALLOWED)
    assert not any(ORDER)
