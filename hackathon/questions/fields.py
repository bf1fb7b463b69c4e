"""The fields of a form that asks questions.

A form of another room derives from QuestionsForm and is given the fields of a Sheet. Without a
script every question is there to be answered; what does not apply is ignored, kindly.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_wtf.file import FileField
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from ..accounts.queries import me
from ..ground.clock import now
from ..ground.forms import Day, Form, LongText, Text
from ..ground.i18n import file_size
from ..ground.kinds import ACCEPTED, ending_of
from ..ground.places import countries, provinces
from ..ground.receiving import FilesRefused, FileTooLarge, Received, receive
from ..ground.storage import safe_name
from ..ground.transaction import let_go
from . import asking
from .models import Kind, Question, Questionnaire
from .words import choices_of, readers, said, spoken

CHARACTERS = {Kind.SHORT: 200, Kind.LONG: 2000}  # at most, where nothing else is said
FEW = 7  # so many options are radio buttons; more are a list
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
MEGABYTE = 1_000_000
HELD_FOR = timedelta(hours=6)  # well below the day after which what no row names is swept


class Options(RadioField):
    """One of several; what is not offered any more is said so."""

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data not in {choice.value for choice in self.choices}:
            raise ValidationError(_("This is not offered any more. Please choose again."))


class OptionList(SelectField):
    pre_validate = Options.pre_validate


class Boxes(SelectMultipleField):
    """Several of several, kept in the order in which they are offered."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([value for value in valuelist if value])  # see boxes in the page

    def pre_validate(self, form: Any) -> None:
        offered = [choice.value for choice in self.choices]
        if set(self.data or []) - set(offered):
            raise ValidationError(_("One of these is not offered any more. Please choose again."))
        self.data = [value for value in offered if value in (self.data or [])]


class Number(StringField):
    """A number written in figures, with a point or a comma, within its limits."""

    def __init__(
        self,
        label: Any,
        *,
        least: float | None = None,
        most: float | None = None,
        step: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.least, self.most, self.step = least, most, step

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{Decimal(str(self.data)):f}"

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].replace("\x00", "").strip() if valuelist else ""
        self.data, self.raw_data = None, [text]
        if not text:
            return
        plain = re.sub(r"\s", "", text).replace(",", ".").replace("−", "-")
        if not re.fullmatch(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?", plain):
            raise ValueError(_("Write a number in figures, such as 12 or 12.5."))
        number = Decimal(plain)
        if self.least is not None and number < Decimal(str(self.least)):
            raise ValueError(_("This must be at least %(least)s.", least=spoken(self.least)))
        if self.most is not None and number > Decimal(str(self.most)):
            raise ValueError(_("This can be at most %(most)s.", most=spoken(self.most)))
        if self.step and (number - Decimal(str(self.least or 0))) % Decimal(str(self.step)):
            raise ValueError(_("This must go in steps of %(step)s.", step=spoken(self.step)))
        self.data = int(number) if number == number.to_integral_value() else float(number)


class FileAnswer(FileField):
    """A file, looked into. `kept` is what was sent before; a box takes it away.

    A good file on a form that is refused for something else is `held`: the form carries a signed
    reference to it, for this person and this question, so that it need not be chosen again.
    """

    def __init__(self, label: Any, *, kept: Any, endings: list[str], size: int, **kwargs: Any):
        super().__init__(label, **kwargs)
        self.kept, self.endings, self.size = kept, endings, size
        self.received: Received | None = None
        self.reference = ""  # to a held file, as it came back
        self.removed = False
        self.refusal: Exception | None = None

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        given = formdata or {}
        self.removed = bool(given.get(self.removal))
        if not given.get(self.drop):
            self.reference = str(given.get(self.holder) or "")

    @property
    def removal(self) -> str:
        """The name of the box that takes the file away."""
        return f"{self.name}-removal"

    @property
    def holder(self) -> str:
        """The name of the field that carries the reference to a held file."""
        return f"{self.name}-held"

    @property
    def drop(self) -> str:
        """The name of the box that drops a held file."""
        return f"{self.name}-drop"

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        refusal = self._take_up() if self.reference else None
        if self.data:
            self._receive()  # another file takes the place of the held one, whatever became of it
        elif refusal:
            raise ValidationError(refusal)

    def _receive(self) -> None:
        self._check_ending(safe_name(self.data.filename))
        sent = [(self.data.filename, self.data.stream)]
        storage = current_app.extensions["storage"]
        scanner = current_app.extensions["scanner"]
        if scanner:
            let_go()  # it takes its time
        try:
            [self.received] = receive(sent, storage=storage, limit=self.size, scanner=scanner)
        except FilesRefused as refused:
            [refusal] = refused.refusals
            self.refusal = refusal
            if isinstance(refusal, FileTooLarge):
                raise ValidationError(self._too_large()) from None
            raise ValidationError(str(refusal)) from None

    def _take_up(self) -> str | None:
        """Take the held file up; says what hinders it. The limits may be others by now."""
        try:
            held = _signer().loads(self.reference, max_age=HELD_FOR.total_seconds())
        except BadData:
            held = []
        owner, name, digest, size, scanned = [*held, *[None] * 5][:5]
        storage = current_app.extensions["storage"]
        if owner != self._owner or not storage.refresh(digest):
            return _("The file that you had chosen is no longer kept. Please choose it again.")
        self._check_ending(name)
        if size > self.size:
            return self._too_large()
        self.received = Received(name, digest, size, scanned)
        return None

    @property
    def _owner(self) -> str:
        return f"{me().id.hex} {self.short_name}"

    def _check_ending(self, name: str) -> None:
        if self.endings and ending_of(name) not in self.endings:
            raise ValidationError(
                _("Send a file that ends in %(endings)s.", endings=", ".join(self.accepted))
            )

    def _too_large(self) -> str:
        return _("A file can have at most %(limit)s.", limit=file_size(self.size))

    @property
    def held(self) -> str:
        """The reference to the file that came, to be sent back with the form."""
        if self.received is None:
            return ""
        file = self.received
        return _signer().dumps([self._owner, file.name, file.digest, file.size, file.scanned])

    @property
    def accepted(self) -> list[str]:
        return [f".{ending}" for ending in self.endings or sorted(ACCEPTED)]

    @property
    def answer(self) -> Any:
        if self.received:
            return {
                "name": self.received.name,
                "digest": self.received.digest,
                "size": self.received.size,
            }
        return None if self.removed else self.kept


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key, salt="held file, scanned or not")


class ConsentAnswer(BooleanField):
    """A yes to the question's document as it stands now; `agreed` is to what it was before.

    While the tick stays, so does the earlier yes: a box that is drawn ticked proves nothing new.
    """

    def __init__(self, label: Any, *, agreed: Any, words: str, **kwargs: Any) -> None:
        super().__init__(label, default=bool(agreed), **kwargs)
        self.agreed = agreed
        self.overtaken = isinstance(agreed, dict) and agreed["words"] != words

    @property
    def answer(self) -> Any:
        return (self.agreed or True) if self.data else None


@dataclass
class Sheet:
    """Questions to put to one person or team, who gave these answers before.

    `challenge` is the key of the one they chose. Organizers are not `bound` by what is frozen,
    but nobody agrees to a document for others.
    """

    questions: list[Question]
    answers: dict[str, Any] = field(default_factory=dict)
    challenge: str | None = None
    bound: bool = True

    @cached_property
    def plain(self) -> list[asking.Asked]:
        return [question.asked for question in self.questions]

    @cached_property
    def frozen(self) -> set[str]:
        """The keys whose answers stand still on this sheet."""
        if not self.bound:
            return {each.key for each in self.questions if each.kind is Kind.CONSENT}
        return asking.frozen(self.plain, self.answers, now())

    @cached_property
    def drawn(self) -> list[Question]:
        """Those on the form, each under the one it follows, whether it turns out to apply or not.

        What follows a frozen answer is decided already.
        """
        by_key = {question.key: question for question in self.questions}
        decided = {each.key for each in asking.asked(self.plain, self.answers, self.challenge)}
        drawn: dict[str, Question] = {}
        for each in asking.arranged(self.plain):
            if each.retired or each.challenge not in (None, self.challenge):
                continue
            if each.parent is None or each.parent in drawn:
                if each.parent in self.frozen and each.key not in decided:
                    continue
                drawn[each.key] = by_key[each.key]
        return list(drawn.values())

    @cached_property
    def missing(self) -> list[Question]:
        """What must be answered now and is not."""
        keys = {
            each.key for each in asking.missing(self.plain, self.answers, now(), self.challenge)
        }
        return [question for question in self.drawn if question.key in keys]

    @property
    def fingerprint(self) -> str:
        """Another one when the questions now ask something else."""
        said_so = [
            [
                *(each.key, dict(each.label), each.required_now, sorted(each.parent_answers)),
                *([each.words] if each.kind is Kind.CONSENT else []),
                each.key in self.frozen,  # so nobody's change goes unnoticed, and unsaved
                *([option.key, dict(option.label)] for option in each.offered),
            ]
            for each in self.drawn
        ]
        return hashlib.sha256(json.dumps(said_so).encode()).hexdigest()[:16]

    @property
    def marks(self) -> dict[str, str]:
        """Of each answer that can be changed, by the key of its question."""
        return {
            each.key: asking.mark(self.answers.get(each.key))
            for each in self.drawn
            if each.key not in self.frozen
        }

    def fields(self) -> dict[str, Any]:
        """What a form that derives from QuestionsForm is made of."""
        made = {
            name_of(question): field_of(question, self.answers.get(question.key))
            for question in self.drawn
            if question.key not in self.frozen
        }
        return {"sheet": self, **made}


@dataclass(frozen=True)
class Filled:
    """What came back on a sheet: `given` is an answer, or None, for each question that was answered
    otherwise than the sheet said when it was drawn; `drawn` are the marks of what it said. `files`
    came with it."""

    sheet: Sheet
    given: dict[str, Any]
    drawn: dict[str, str] = field(default_factory=dict)
    files: list[Received] = field(default_factory=list)


def name_of(question: Question) -> str:
    return f"q_{question.key}"


def key_in(name: str) -> str | None:
    """The key of the question that the field of this name asks, if it is one."""
    return name[2:] if name.startswith("q_") else None


def fill(question: Question, asked: Field, value: Any) -> None:
    """Let the field hold this answer, as a fresh one would."""
    asked.raw_data = None
    if isinstance(asked, FileAnswer):
        asked.kept, asked.received, asked.reference, asked.removed = value, None, "", False
    else:
        asked.data = _data(question, value)


def _data(question: Question, value: Any) -> Any:
    """An answer as its field has it."""
    match question.kind:
        case Kind.SEVERAL:
            return value or []
        case Kind.YES_NO:
            return None if value is None else ("yes" if value else "no")
        case Kind.DATE:
            return _day(value)
    return value


def field_of(question: Question, value: Any) -> Any:
    """The field that asks the question, holding the answer there is."""
    limits = question.limits
    given: dict[str, Any] = {"description": question.help}
    label = str(question.label)
    match question.kind:
        case Kind.SHORT | Kind.LONG:
            make = Text if question.kind is Kind.SHORT else LongText
            most = limits.get("characters") or CHARACTERS[question.kind]
            return make(label, required=False, most=most, default=value, **given)
        case Kind.ONE:
            return _options(question, value, **given)
        case Kind.SEVERAL:
            chosen = _data(question, value)
            offered = [
                SelectChoice(option.key, str(option.label))
                for option in question.options
                if option.retired_at is None or option.key in chosen
            ]
            return Boxes(label, choices=offered, default=chosen, **given)
        case Kind.YES_NO:
            choices, default = _radios(question, choices_of(question)), _data(question, value)
            return Options(label, choices=choices, default=default, **given)
        case Kind.NUMBER:
            bounds = {name: limits.get(name) for name in ("least", "most", "step")}
            return Number(
                label, default=value, render_kw={"inputmode": "decimal"}, **bounds, **given
            )
        case Kind.DATE:
            return Day(
                label,
                required=False,
                earliest=_day(limits.get("earliest")) or EARLIEST,
                latest=_day(limits.get("latest")) or LATEST,
                default=_data(question, value),
                **given,
            )
        case Kind.FILE:
            size = limits.get("size") or 10 * MEGABYTE
            made = {"kept": value, "endings": limits.get("endings") or [], "size": size}
            return FileAnswer(label, **made, **given)
        case Kind.COUNTRY | Kind.PROVINCE:
            places = countries() if question.kind is Kind.COUNTRY else provinces()
            return OptionList(label, choices=_listed(places), default=value, **given)
    return ConsentAnswer(label, agreed=value, words=question.words, **given)


def _options(question: Question, value: Any, **given: Any) -> Any:
    """Radio buttons for few, a list for many; an answer that is retired stays choosable."""
    pairs = [
        (option.key, str(option.label))
        for option in question.options
        if option.retired_at is None or option.key == value
    ]
    label = str(question.label)
    if len(pairs) > FEW:
        return OptionList(label, choices=_listed(pairs), default=value, **given)
    return Options(label, choices=_radios(question, pairs), default=value, **given)


def _radios(question: Question, pairs: list[tuple[str, str]]) -> list[SelectChoice]:
    """With a way back where no answer is needed."""
    none = [] if question.required_now else [SelectChoice("", _("No answer"))]
    return [*(SelectChoice(key, label) for key, label in pairs), *none]


def _listed(pairs: list[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice("", _("Choose…")), *(SelectChoice(key, label) for key, label in pairs)]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class AskingForm(Form):
    """A form with the fields of a sheet, and what stands beside them."""

    sheet = Sheet([])

    @property
    def asked(self) -> list[tuple[Question, Field | None]]:
        """Each question with its field, or with None where the answer stands still."""
        return [(question, self._fields.get(name_of(question))) for question in self.sheet.drawn]

    @property
    def by_key(self) -> dict[str, Field | None]:
        """The fields by the key of their question."""
        return {question.key: asked for question, asked in self.asked}

    def rule_of(self, question: Question) -> str:
        """When a question that follows another is asked, in words."""
        parent = next(each for each in self.sheet.drawn if each.id == question.parent_id)
        wanted = [label for key, label in choices_of(parent) if key in question.parent_answers]
        if not wanted:
            return _("Only if you answered “%(question)s”.", question=parent.label)
        return _(
            "Only if you answered %(answers)s to “%(question)s”.",
            answers=_(" or ").join(_("“%(answer)s”", answer=each) for each in wanted),
            question=parent.label,
        )

    def help_of(self, question: Question, asked: Field) -> str:
        """The question's own help, what may be sent and, of a submission, when and for whom."""
        said_so = [str(question.help)]
        if isinstance(asked, FileAnswer):
            said_so.append(
                _(
                    "%(endings)s; at most %(size)s.",
                    endings=", ".join(asked.accepted),
                    size=file_size(asked.size),
                )
            )
        if question.questionnaire is Questionnaire.SUBMISSION:
            said_so += [_("Needed to hand in.") if question.required_now else "", readers(question)]
        return " ".join(filter(None, said_so))

    @property
    def upload(self) -> bool:
        return bool(self._files)

    def standing(self, question: Question) -> str:
        """The answer that stands still, in words."""
        return said(question, self.sheet.answers.get(question.key))


class QuestionsForm(AskingForm):
    """A form that asks the questions of its sheet, and wants what is required answered."""

    seen = HiddenField()  # which questions the person saw
    before = HiddenField()  # and the marks of the answers that stood there

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.overtaken = bool(self.seen.data) and self.seen.data != self.sheet.fingerprint
        self.seen.data, self.seen.raw_data = self.sheet.fingerprint, None
        sent = _marks_in(self.before.data)
        self.drawn = {key: sent.get(key, mark) for key, mark in self.sheet.marks.items()}
        self.shut_out = False  # an answer does not let the person in
        for question, asked in self.asked:
            of_a_draft = question.questionnaire is Questionnaire.SUBMISSION
            if asked is not None and question.required_now and not of_a_draft:
                asked.flags.required = True
        self._carry()

    def _carry(self) -> None:
        self.before.data, self.before.raw_data = json.dumps(self.drawn), None

    @property
    def given(self) -> dict[str, Any]:
        """What the person answered otherwise than it stood there, by the key of the question.

        So who leaves a field as it was undoes nothing that somebody else has put there since.
        """
        answers = {
            question.key: answer_in(question, asked)
            for question, asked in self.asked
            if asked is not None
        }
        return {
            key: value for key, value in answers.items() if asking.mark(value) != self.drawn[key]
        }

    @property
    def filled(self) -> Filled:
        files = [asked.received for asked in self._files if asked.received]
        return Filled(self.sheet, self.given, self.drawn, files)

    @property
    def refusals(self) -> list[Exception]:
        """Why files were refused that came with it."""
        return [asked.refusal for asked in self._files if asked.refusal]

    @property
    def _files(self) -> list[FileAnswer]:
        return [asked for _question, asked in self.asked if isinstance(asked, FileAnswer)]

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        given, sheet = self.given, self.sheet
        answers = sheet.answers | given
        conflicts = asking.merge(sheet.answers, given, self.drawn).conflicts
        put = {each.key for each in asking.asked(sheet.plain, answers, sheet.challenge)}
        for question, asked in self.asked:
            if asked is None:
                continue
            value = answers.get(question.key)
            if question.key not in put:
                asked.errors = []
            elif question.required_now and not asking.answered(value) and not asked.errors:
                asked.errors = [_("Please fill this in.")]
            elif question.lets_in and asking.answered(value) and not asked.errors:
                self._let_in(question, asked, value)
            if question.key in put and question.key in conflicts:
                self._tell_of_other(question, asked)
        if self.overtaken:
            self.form_errors.append(
                _(
                    "The questions were changed while you were writing. What you wrote is kept: "
                    "please look through it once more, then send it."
                )
            )
        return not self.errors

    def _tell_of_other(self, question: Question, asked: Field) -> None:
        """Somebody else has answered meanwhile; who sends again means it."""
        saved = self.sheet.answers.get(question.key)
        asked.errors = [
            *asked.errors,
            _(
                "Somebody else has answered this meanwhile: “%(answer)s”. Yours is still "
                "here: send it again to put it in its place.",
                answer=said(question, saved) or _("No answer"),
            ),
        ]
        self.drawn[question.key] = asking.mark(saved)
        self._carry()

    def _let_in(self, question: Question, asked: Field, value: Any) -> None:
        if not asking.choices(value) & set(question.lets_in):
            asked.errors = [
                str(question.refusal) or _("With this answer you cannot enter this competition.")
            ]
            self.shut_out = True


def _marks_in(text: str | None) -> dict[str, str]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def answer_in(question: Question, asked: Field) -> Any:
    """The answer that the field holds."""
    match question.kind:
        case Kind.YES_NO:
            return {"yes": True, "no": False}.get(asked.data)
        case Kind.DATE:
            return asked.data.isoformat() if asked.data else None
        case Kind.FILE | Kind.CONSENT:
            return asked.answer
        case Kind.NUMBER:
            return asked.data
    return asked.data or None


def answers_form(sheet: Sheet, **kwargs: Any) -> QuestionsForm:
    """The questions of the sheet alone."""
    return type("Answers", (QuestionsForm,), sheet.fields())(**kwargs)
