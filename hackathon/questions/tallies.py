"""The answers of everyone, counted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import asking
from .models import CHOICES, Kind, Question
from .words import choices_of


@dataclass(frozen=True)
class Tally:
    """How many were asked, how many answered, and what.

    `counts` has (label, how many) for each choice; `least`, `mean` and `most` are of numbers.
    """

    question: Question
    asked: int
    answered: int
    counts: list[tuple[str, int]]
    least: float | None = None
    mean: float | None = None
    most: float | None = None

    @property
    def lacking(self) -> int:
        """How many have not answered what they must."""
        return self.asked - self.answered if self.question.required_now else 0


def tallies(
    questions: Sequence[Question], people: Sequence[tuple[Mapping[str, Any], str | None]]
) -> list[Tally]:
    """One tally for each question, in order. `people` has each one's answers and challenge."""
    plain = [question.asked for question in questions]
    asked: Counter[str] = Counter()
    for answers, challenge in people:
        asked.update(each.key for each in asking.asked(plain, answers, challenge))
    named = {question.key: question for question in questions}
    made = []
    for each in asking.arranged(plain):
        values = [answers[each.key] for answers, _challenge in people if each.key in answers]
        if values or asked[each.key] or not each.retired:
            made.append(_tally(named[each.key], asked[each.key], values))
    return made


def _tally(question: Question, asked: int, values: list[Any]) -> Tally:
    if question.kind is Kind.NUMBER and values:
        mean = sum(values) / len(values)
        return Tally(question, asked, len(values), [], min(values), mean, max(values))
    counts: list[tuple[str, int]] = []
    if question.kind in CHOICES or question.kind is Kind.YES_NO:
        chosen = Counter(choice for value in values for choice in asking.choices(value))
        counts = [(label, chosen[key]) for key, label in choices_of(question)]
    return Tally(question, asked, len(values), counts)
