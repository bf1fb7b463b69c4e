"""The form of the draft, which several people may have open at once.

Beside each field stands the fingerprint of what it was drawn with (`base-…`). Where two people
changed a field, the form shows both texts and carries a choice (`keep-…`), with the fingerprint of
the text that the choice is about (`shown-…`).
"""

from enum import StrEnum
from functools import cache
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from ..ground.forms import LongText, Text, WebAddress
from ..ground.i18n import NAMES, language
from ..ground.merging import Conflict, fingerprint, together
from ..ground.receiving import Received
from ..questions.fields import AskingForm, FileAnswer, answer_in, fill, key_in, name_of
from ..questions.models import CHOICES, Kind, Question
from ..questions.words import choices_of, said
from ..teams.models import Team
from .answers import frozen, sheet_of, standing
from .asks import LABELS, LICENCES, LINKS, OTHER_LICENCE, Need, Part, asked, licence_name, needs
from .models import Submission


class Keep(StrEnum):
    """What to do with a field that two people changed."""

    MINE = "mine"
    THEIRS = "theirs"
    TOGETHER = "together"


class DraftForm(AskingForm):
    """Nothing is required of a draft; handing in asks for more. See draft_form."""

    title = Text(LABELS[Part.TITLE], required=False, most=150)
    summary = LongText(
        LABELS[Part.SUMMARY],
        required=False,
        most=1000,
        description=_l("A few sentences for people who have not met your project. No Markdown."),
    )
    description = LongText(
        LABELS[Part.DESCRIPTION],
        required=False,
        most=20_000,
        description=_l(
            "Write Markdown: ## heading, **bold**, *italic*, - list, 1. list, > quote, `code`, "
            "[words](https://address), and tables. Pictures go with the files."
        ),
    )
    language = RadioField(
        _l("Language of the text"),
        choices=[SelectChoice(code, name) for code, name in NAMES.items()],
        default=language,
    )

    # The field that asks for more once another one has this answer.
    follows = {"licence_other": (Part.LICENCE.value, OTHER_LICENCE)}

    def __init__(self, submission: Submission | None) -> None:
        super().__init__(obj=submission)
        if request.method == "POST":  # what the writer began from, as their page says
            sent = {name: request.form.get(f"base-{name}") for name in self.names}
            self.bases = {name: base for name, base in sent.items() if base is not None}
        else:
            self.bases = {name: fingerprint(self.value(name)) for name in self.names}
        self.conflicts: dict[str, Conflict] = {}
        self.joined: list[str] = []  # fields that now hold both texts

    @property
    def names(self) -> list[str]:
        """Of the fields that are saved, in the order of the form."""
        return [name for name in self._fields if name != "csrf_token"]

    @property
    def typed(self) -> list[str]:
        """The same without the files, which go with the form alone."""
        return [name for name in self.names if not isinstance(self[name], FileAnswer)]

    @property
    def files(self) -> list[FileAnswer]:
        return [each for each in self if isinstance(each, FileAnswer)]

    @property
    def received(self) -> list[Received]:
        return [file.received for file in self.files if file.received]

    def question(self, name: str) -> Question | None:
        """What the field asks, if organizers composed it."""
        return next((each for each, f in self.asked if f is not None and f.name == name), None)

    def value(self, name: str) -> Any:
        """What stands in the field."""
        question = self.question(name)
        return answer_in(question, self[name]) if question else self[name].data or ""

    @property
    def mine(self) -> dict[str, Any]:
        """What came with the request, by field; a page may send only what was changed."""
        return {name: self.value(name) for name in self.names if self._sent(name)}

    def _sent(self, name: str) -> bool:
        field = self[name]
        return field.answer != field.kept if isinstance(field, FileAnswer) else name in request.form

    @property
    def decided(self) -> dict[str, Any]:
        """What to save: without the fields about which a choice is due or was for theirs."""
        return {
            name: value
            for name, value in self.mine.items()
            if not self._disputed(name) or self.choice(name) is Keep.MINE
        }

    @property
    def strays(self) -> dict[str, str]:
        """What was written for questions that this form does not ask any more, by field."""
        sent = {
            name: "\n".join(sorted(filter(None, request.form.getlist(name))))
            for name in request.form
            if key_in(name) and "-" not in name and name not in self
        }
        return {
            name: text
            for name, text in sent.items()
            if text and fingerprint(text) != request.form.get(f"base-{name}")
        }

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        for text in self.strays.values():
            self.form_errors.append(
                _(
                    "A question is not asked any more, or its answer stands still now. You had "
                    "written: “%(words)s”. Copy what you still need; it is not saved.",
                    words=text,
                )
            )
        return not self.errors

    def hold_files(self) -> None:
        """Look into the files that came, so that the form that comes back still has them."""
        for file in self.files:
            file.validate(self)

    def choice(self, name: str) -> Keep | None:
        """What the writer chose for a field that two people changed.

        Theirs is no choice where mine was written on: that would drop words nobody has seen.
        """
        chosen = request.form.get(f"keep-{name}", "")
        if chosen not in set(Keep) or (chosen == Keep.THEIRS and self.written_on(name)):
            return None
        return Keep(chosen)

    def written_on(self, name: str) -> bool:
        """Does the field say something else than when the choice was put?"""
        shown = request.form.get(f"shown-{name}")
        return shown is not None and fingerprint(self.mine.get(name)) != shown

    def _disputed(self, name: str) -> bool:
        return f"shown-{name}" in request.form

    def settle(self, saved: Submission, conflicts: dict[str, Conflict]) -> bool:
        """Show what is saved now, and both texts of what is not settled. Says whether all is."""
        for name, theirs in standing(saved, self.names).items():
            mine = self.value(name)
            chosen = self.choice(name) if self._disputed(name) else None
            differ = fingerprint(mine) != fingerprint(theirs)
            undecided = self._disputed(name) and chosen is None and differ
            if name in conflicts or undecided:
                self._put_beside(name, theirs)
            elif chosen is Keep.TOGETHER:
                self[name].data = together(Conflict(mine, theirs))
                self.joined.append(name)
            else:
                self._show(name, theirs)
            self.bases[name] = fingerprint(theirs)
        return not self.conflicts and not self.joined

    def keep_disputes(self, saved: Submission | None) -> None:
        """Show both texts once more, where the form comes back for another reason."""
        for name, theirs in standing(saved, self.names).items() if saved else ():
            if self._disputed(name):
                self._put_beside(name, theirs)
                self.bases[name] = fingerprint(theirs)

    def _put_beside(self, name: str, theirs: Any) -> None:
        self.conflicts[name] = Conflict(self.value(name), theirs)
        if isinstance(self[name], FileAnswer):
            self[name].kept = theirs  # it stays, until mine is put in its place

    def _show(self, name: str, value: Any) -> None:
        question = self.question(name)
        if question:
            fill(question, self[name], value)
        else:
            self[name].data = value

    @property
    def unsaved(self) -> list[str]:
        """The fields that say something else than what they were drawn with."""
        return [n for n in self.typed if fingerprint(self.value(n)) != self.base(n)]

    def base(self, name: str) -> str:
        return self.bases.get(name, fingerprint(""))

    @staticmethod
    def fingerprint(value: Any) -> str:
        return fingerprint(value)

    def said(self, name: str, value: Any) -> str:
        """A value as people read it."""
        if question := self.question(name):
            return said(question, value)
        if name == "language":
            return NAMES.get(value, value)
        return licence_name(value) if name == Part.LICENCE and value else str(value)

    def can_join(self, name: str) -> bool:
        """Is it a text that can be edited into one? An address or a choice is not."""
        return isinstance(self[name], Text | LongText) and not isinstance(self[name], WebAddress)

    @property
    def content(self) -> dict[str, Any]:
        """What stands in the form, as a version would say it; for the preview."""
        own = {name: self[name].data or "" for name in self.names if not key_in(name)}
        answers = dict(self.sheet.answers)
        for question, field in self.asked:
            if field is not None:
                answers[question.key] = answer_in(question, field)
        return own | {"answers": frozen(self.sheet.questions, answers, self.sheet.challenge)}


def draft_form(team: Team, submission: Submission | None) -> DraftForm:
    """The form with what this competition asks, filled with what is saved."""
    competition = team.competition
    kind = _draft_form(*asked(competition.submission_asks))
    if composed := sheet_of(team, submission).fields():
        kind = type("DraftForm", (kind,), composed)
    form = kind(submission)
    for part, need in needs(competition.submission_asks).items():
        if need is Need.REQUIRED and part in form:
            form[part.value].flags.to_hand_in = True
    return form


@cache  # making a class takes longer than filling it; there are few ways to ask
def _draft_form(*wanted: Part) -> type[DraftForm]:
    fields: dict[str, Any] = {}
    for part in wanted:
        if part in FIELDS:
            fields[part.value] = FIELDS[part]()
        if part is Part.LICENCE:
            fields["licence_other"] = Text(_l("Which licence"), required=False, most=200)
    return type("DraftForm", (DraftForm,), fields)


def _statement(label: Any, description: Any) -> LongText:
    return LongText(label, required=False, most=5000, description=description)


FIELDS = {
    Part.REPOSITORY: lambda: WebAddress(
        LABELS[Part.REPOSITORY],
        description=_l("The address of a repository, beginning with https://."),
    ),
    Part.DEMONSTRATION: lambda: WebAddress(
        LABELS[Part.DEMONSTRATION], description=_l("Where one can try it, beginning with https://.")
    ),
    Part.VIDEO: lambda: WebAddress(LABELS[Part.VIDEO], description=_l("Where one can watch it.")),
    Part.LICENCE: lambda: SelectField(
        LABELS[Part.LICENCE],
        choices=[
            SelectChoice("", _l("Not chosen yet")),
            *(SelectChoice(key, name) for key, name in LICENCES.items()),
        ],
        default="",
        description=_l("Under which others may use what you made."),
    ),
    Part.WARNING: lambda: Text(
        LABELS[Part.WARNING],
        required=False,
        most=300,
        description=_l("What people should know before they read on. It stands before the work."),
    ),
    Part.DATA_USED: lambda: _statement(
        LABELS[Part.DATA_USED],
        _l("Which data, where they come from, what you did with them. Markdown works."),
    ),
    Part.PRIOR_WORK: lambda: _statement(
        LABELS[Part.PRIOR_WORK],
        _l("What was there before the event, yours or others’, or that nothing was."),
    ),
    Part.AI_USE: lambda: _statement(
        LABELS[Part.AI_USE],
        _l("Which tools you used and what for, or that you used none."),
    ),
}


def field_names(team: Team) -> dict[str, Any]:
    """What each field is called, for what a device keeps of it."""
    asks = sheet_of(team, None).questions
    return FIELD_NAMES | {name_of(question): question.label for question in asks}


def field_choices(team: Team) -> dict[str, dict[str, str]]:
    """What the choices of each field are called, by their keys, for what a device keeps of it."""
    composed = {
        name_of(question): dict(choices_of(question))
        for question in sheet_of(team, None).questions
        if question.kind in CHOICES or question.kind is Kind.YES_NO
    }
    licences = {key: str(name) for key, name in LICENCES.items()}
    return {"language": dict(NAMES), Part.LICENCE.value: licences} | composed


FIELD_NAMES = {
    "title": LABELS[Part.TITLE],
    "warning": LABELS[Part.WARNING],
    "summary": LABELS[Part.SUMMARY],
    "description": LABELS[Part.DESCRIPTION],
    "language": _l("Language of the text"),
    **{part.value: LABELS[part] for part in LINKS},
    "licence": LABELS[Part.LICENCE],
    "licence_other": _l("Which licence"),
    **{part.value: LABELS[part] for part in (Part.DATA_USED, Part.PRIOR_WORK, Part.AI_USE)},
}
