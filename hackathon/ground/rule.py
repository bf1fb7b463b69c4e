"""Rules: predicates `(user, **things) -> Verdict` that combine with `&` and `|`."""

from collections.abc import Callable
from typing import Any

from .verdict import ALLOWED, Verdict

Predicate = Callable[..., Verdict]


class Rule:
    """A predicate with a name. It takes the things it needs by keyword and ignores the rest."""

    def __init__(self, predicate: Predicate, name: str | None = None) -> None:
        self.predicate = predicate
        self.name = name or predicate.__name__
        self.__doc__ = predicate.__doc__

    def __call__(self, user: Any, **things: Any) -> Verdict:
        return self.predicate(user, **things)

    def __and__(self, other: "Rule") -> "Rule":
        """Both; the first refusal speaks, and what is let in late stays so."""

        def both(user: Any, **things: Any) -> Verdict:
            first = self(user, **things)
            if not first:
                return first
            second = other(user, **things)
            return first if second and second.opening is None else second

        return Rule(both, f"{self.name} & {other.name}")

    def __or__(self, other: "Rule") -> "Rule":
        """Either; when both refuse, the more telling refusal speaks."""

        def either(user: Any, **things: Any) -> Verdict:
            first = self(user, **things)
            if first:
                return first
            second = other(user, **things)
            if second:
                return second
            return max(first, second, key=lambda verdict: verdict.refusal or 0)

        return Rule(either, f"({self.name} | {other.name})")

    def __repr__(self) -> str:
        return self.name


@Rule
def anyone(user: Any, **_: Any) -> Verdict:
    """Visitors too."""
    return ALLOWED
