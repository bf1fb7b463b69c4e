"""The answers of everyone, counted.

Where a question is marked personal, groups of fewer than FEW are not told apart, so that the page
can be shown around without telling what one person answered.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median, median_low
from typing import Any

from flask_babel import gettext as _

from ..ground.i18n import calendar_day
from . import asking
from .models import CHOICES, Kind, Question
from .words import choices_of, said, spoken

FEW = 5
PLACES = {Kind.COUNTRY, Kind.PROVINCE}
SCALES = {Kind.NUMBER, Kind.DATE}


@dataclass(frozen=True)
class Count:
    """How many gave one answer; or, `together`, several answers that few gave each."""

    label: str
    number: int
    together: bool = False


@dataclass(frozen=True)
class Tally:
    """How many are asked, or were when they answered; how many answered, and what.

    `counts` is of choices, places and versions; `scale` names both ends and the middle of numbers
    and days, in words. `closed` says that a small group kept the answers from being told apart.
    """

    question: Question
    asked: int
    answered: int
    counts: Sequence[Count] = ()
    scale: Sequence[tuple[str, str]] = ()
    closed: bool = False

    @property
    def lacking(self) -> int:
        """How many have not answered what they must."""
        return self.asked - self.answered if self.question.required_now else 0


def tallies(
    questions: Sequence[Question], people: Sequence[tuple[Mapping[str, Any], str | None]]
) -> list[Tally]:
    """One tally for each question, in order. `people` has each one's answers and challenge."""
    plain = [question.asked for question in questions]
    named = {question.key: question for question in questions}
    asked: Counter[str] = Counter()
    for answers, challenge in people:
        put = {each.key for each in asking.asked(plain, answers, challenge)}
        asked.update(put | (named.keys() & answers.keys()))
    made = []
    for each in asking.arranged(plain):
        values = [answers[each.key] for answers, _challenge in people if each.key in answers]
        if values or asked[each.key] or not each.retired:
            made.append(_tally(named[each.key], asked[each.key], values))
    return made


def _tally(question: Question, asked: int, values: list[Any]) -> Tally:
    told = question.kind in SCALES | CHOICES | PLACES | {Kind.YES_NO, Kind.CONSENT}
    if told and question.personal and 0 < len(values) < FEW:
        return Tally(question, asked, len(values), closed=True)
    if question.kind in SCALES:
        return Tally(question, asked, len(values), scale=_scale(question, values))
    counts = _counts(question, values)
    folded = fold(counts) if question.personal else counts
    return Tally(question, asked, len(values), folded, closed=folded != counts)


def _scale(question: Question, values: list[Any]) -> list[tuple[str, str]]:
    if not values:
        return []
    if question.kind is Kind.NUMBER:
        return [
            (_("Smallest"), spoken(min(values))),
            (_("Median"), spoken(median(values))),
            (_("Largest"), spoken(max(values))),
        ]
    first, middle, last = (
        calendar_day(date.fromisoformat(day))
        for day in (min(values), median_low(values), max(values))
    )
    return [(_("Earliest"), first), (_("Median"), middle), (_("Latest"), last)]


def _counts(question: Question, values: list[Any]) -> list[Count]:
    if question.kind in CHOICES or question.kind is Kind.YES_NO:
        chosen = Counter(choice for value in values for choice in asking.choices(value))
        return [Count(label, chosen[key]) for key, label in choices_of(question)]
    if question.kind in PLACES or question.kind is Kind.CONSENT:
        spelled = Counter(said(question, value) for value in values)
        most_first = sorted(spelled.items(), key=lambda item: (-item[1], item[0]))
        return [Count(label, number) for label, number in most_first]
    return []


def fold(counts: Sequence[Count]) -> list[Count]:
    """Put the small groups together, with others as long as they could be told by subtraction.

    Nothing is left where all would stand together.
    """
    hidden = [count for count in counts if 0 < count.number < FEW]
    larger = sorted((count for count in counts if count.number >= FEW), key=lambda c: c.number)
    while hidden and larger and (len(hidden) < 2 or sum(c.number for c in hidden) < FEW):
        hidden.append(larger.pop(0))
    if not hidden:
        return list(counts)
    shown = [count for count in counts if count not in hidden]
    if not any(count.number for count in shown):
        return []
    together = sum(count.number for count in hidden)
    return [*shown, Count(_("The others together"), together, together=True)]
