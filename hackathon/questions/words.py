"""Answers and kinds of questions, as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..ground.i18n import LOCALES, calendar_day, language
from ..ground.localized import Localized
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
    Questionnaire.SUBMISSION: _l("Submissions"),
}
READERS: dict[Reader, Any] = {
    Reader.MENTORS: _l("Mentors"),
    Reader.JUDGES: _l("Judges"),
    Reader.PUBLIC: _l("Everyone, once the project is shown"),
}


def said(question: Question, value: Any) -> str:
    """The answer in the reader's words; nothing where there is none."""
    return in_words(question.kind, value, {each.key: each.label for each in question.options})


def in_words(kind: Kind, value: Any, options: Mapping[str, Localized]) -> str:
    """The same where there is no question: of a version that was handed in."""
    if not answered(value):
        return ""
    match kind:
        case Kind.ONE | Kind.SEVERAL:
            chosen = {value} if isinstance(value, str) else set(value)
            return " · ".join(str(label) for key, label in options.items() if key in chosen)
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
            if question.read_by(reader) and question.key in by_key
        ]
    return [
        Told(question, by_key.get(question.key))
        for question in ordered
        if question.key in put or question.key in by_key
    ]


def readers(question: Question) -> str:
    """Who reads the answer besides the team and the organizers, for the team."""
    told = {
        (True, True): _("Your mentors and the judges read the answer."),
        (True, False): _("Your mentors read the answer."),
        (False, True): _("The judges read the answer."),
    }.get((question.read_by(Reader.MENTORS), question.read_by(Reader.JUDGES)))
    if question.read_by(Reader.PUBLIC):
        everyone = _("Everyone reads the answer once the project is shown.")
        return f"{told} {everyone}" if told else everyone
    return told or _("Only the organizers read the answer.")


def kinds_for(questionnaire: Questionnaire) -> dict[Kind, Any]:
    """The kinds of questions that can stand there, by name. A submission agrees to nothing."""
    agrees = questionnaire is not Questionnaire.SUBMISSION
    return {kind: name for kind, name in KINDS.items() if agrees or kind is not Kind.CONSENT}


def choices_of(question: Question) -> list[tuple[str, str]]:
    """(key, label) of what a condition, an eligibility or a count can name."""
    if question.kind is Kind.YES_NO:
        return [("yes", _("Yes")), ("no", _("No"))]
    return [(option.key, str(option.label)) for option in question.options]


def spoken(number: float) -> str:
    """A number as it is written: `1,234.5` / `1 234,5`."""
    return format_decimal(number, "#,##0.######", locale=LOCALES[language()])
