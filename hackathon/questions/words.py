"""Answers and kinds of questions, as people read them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..ground.i18n import LOCALES, calendar_day, language
from ..ground.places import PROVINCES, countries
from .asking import answered, arranged, asked
from .models import AnswerTo, Kind, Question, Questionnaire, Reader, values

KINDS: dict[Kind, Any] = {
    Kind.SHORT: _l("Short text"),
    Kind.LONG: _l("Long text"),
    Kind.ONE: _l("One of several"),
    Kind.SEVERAL: _l("Any of several"),
    Kind.YES_NO: _l("Yes or no"),
    Kind.NUMBER: _l("Numeric value"),
    Kind.DATE: _l("Date"),
    Kind.FILE: _l("File"),
    Kind.COUNTRY: _l("Country"),
    Kind.PROVINCE: _l("Province or territory"),
    Kind.CONSENT: _l("Consent to a document"),
}
QUESTIONNAIRES: dict[Questionnaire, Any] = {
    Questionnaire.REGISTRATION: _l("Registration"),
    Questionnaire.TEAM: _l("Teams"),
}
READERS: dict[Reader, Any] = {
    Reader.MENTORS: _l("Mentors"),
    Reader.JUDGES: _l("Judges"),
}


def said(question: Question, value: Any) -> str:
    """The answer in the reader's words; nothing where there is none."""
    if not answered(value):
        return ""
    match question.kind:
        case Kind.ONE | Kind.SEVERAL:
            chosen = {value} if isinstance(value, str) else set(value)
            return " · ".join(str(each.label) for each in question.options if each.key in chosen)
        case Kind.YES_NO:
            return _("Yes") if value else _("No")
        case Kind.CONSENT:
            kept = isinstance(value, dict)
            return _("Yes, to version %(version)s", version=value["version"]) if kept else _("Yes")
        case Kind.NUMBER:
            return spoken(value)
        case Kind.DATE:
            return calendar_day(date.fromisoformat(value))
        case Kind.FILE:
            return str(value["name"])
        case Kind.COUNTRY:
            return dict(countries()).get(value, value)
        case Kind.PROVINCE:
            return str(PROVINCES.get(value, value))
    return str(value)


@dataclass(frozen=True)
class Told:
    """A question with what was answered; without a row nothing was, though it is asked."""

    question: Question
    row: AnswerTo | None

    @property
    def text(self) -> str:
        return said(self.question, self.row.value) if self.row else ""

    @property
    def lacking(self) -> bool:
        """Must it be answered by now, and is not?"""
        return self.row is None and self.question.required_now


def told(
    questions: Sequence[Question],
    rows: Iterable[AnswerTo],
    *,
    challenge: str | None = None,
    reader: Reader | None = None,
) -> list[Told]:
    """What one person or team answered, in order.

    A `reader` sees the answers meant for them alone; organizers and the person themselves also
    see what is asked and not answered.
    """
    by_key = {row.question_id.hex: row for row in rows}
    plain = [question.asked for question in questions]
    put = {each.key for each in asked(plain, values(by_key.values()), challenge)}
    named = {question.key: question for question in questions}
    ordered = [named[each.key] for each in arranged(plain)]
    if reader is not None:
        return [
            Told(question, by_key[question.key])
            for question in ordered
            if reader in question.shown_to and question.key in by_key
        ]
    return [
        Told(question, by_key.get(question.key))
        for question in ordered
        if question.key in put or question.key in by_key
    ]


def choices_of(question: Question) -> list[tuple[str, str]]:
    """(key, label) of what a condition, an eligibility or a count can name."""
    if question.kind is Kind.YES_NO:
        return [("yes", _("Yes")), ("no", _("No"))]
    return [(option.key, str(option.label)) for option in question.options]


def spoken(number: float) -> str:
    """A number as it is written: `1,234.5` / `1 234,5`."""
    return format_decimal(number, "#,##0.######", locale=LOCALES[language()])
