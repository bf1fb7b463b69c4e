"""What organizers write about a question."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from ..competitions.models import Competition
from ..ground.forms import Day, Form, LocalizedField, WallClock, WholeNumber
from ..ground.kinds import ACCEPTED
from . import asking
from .actions import Choice
from .fields import CHARACTERS, MEGABYTE, Boxes, Number
from .models import CHOICES, DECIDING, Kind, Option, Question, Questionnaire, Reader
from .words import READERS, choices_of

NEW_OPTIONS = 5  # empty rows to write options in
LARGEST_FILE = 50  # in megabytes
LIMITS = {
    "characters": _l("Most characters"),
    "least": _l("Smallest"),
    "most": _l("Largest"),
    "step": _l("In steps of"),
    "earliest": _l("Earliest"),
    "latest": _l("Latest"),
    "endings": _l("Kinds of files"),
    "size": _l("Largest size, in megabytes"),
}


class QuestionForm(Form):
    """The fields depend on the kind; see question_form."""

    question: Question
    rows: list[str]  # of options: the beginnings of their fields' names
    label = LocalizedField(_l("Question"), most=200)
    help = LocalizedField(
        _l("Help"),
        long=True,
        required=False,
        most=1000,
        description=_l("Stands under the question: why you ask, or an example."),
    )
    required = BooleanField(_l("An answer is needed"))
    required_from = WallClock(
        _l("Needed from"),
        required=False,
        description=_l(
            "Empty: from the beginning. Before this moment the answer is free; who answered the "
            "form earlier is then asked for it."
        ),
    )
    frozen_after = WallClock(
        _l("Stands still after"),
        required=False,
        description=_l("After this moment people can no longer change their answer; you can."),
    )
    shown_to = Boxes(
        _l("Who else reads the answers"),
        choices=[
            SelectChoice(reader.value, label)
            for reader, label in READERS.items()
            if reader is not Reader.PUBLIC
        ],
        description=_l("The person and the organizers always do."),
    )
    personal = BooleanField(
        _l("Personal information"),
        default=True,
        description=_l("The answer says something about a person."),
    )

    @property
    def limits(self) -> dict[str, Any]:
        """The limits as a question keeps them: those that were set."""
        found: dict[str, Any] = {}
        for name in LIMITS:
            value = self[name].data if name in self else None
            if value in (None, "", []):
                continue
            if name in ("earliest", "latest"):
                value = value.isoformat()
            if name == "size":
                value *= MEGABYTE
            found[name] = value
        return found

    @property
    def options(self) -> list[Choice]:
        return [
            Choice(
                key=None if row.startswith("new_") else row.removeprefix("option_"),
                label=self[f"{row}_label"].data,
                position=self[f"{row}_position"].data or 0,
                retired=self[f"{row}_retired"].data if f"{row}_retired" in self else False,
                lets_in=self[f"{row}_lets_in"].data if f"{row}_lets_in" in self else False,
            )
            for row in self.rows
        ]

    @property
    def written(self) -> dict[str, Any]:
        """Everything for actions.write."""
        parent, answers = self.condition
        fields: dict[str, Any] = {
            "label": self.label.data,
            "help": self.help.data,
            "limits": self.limits,
            "required": self.required.data,
            "required_from": self.required_from.data if self.required.data else None,
            "frozen_after": self.frozen_after.data,
            "shown_to": self.shown_to.data or [],
            "personal": self.personal.data,
            "parent_id": parent,
            "parent_answers": answers,
        }
        if "of_challenge" in self:
            fields["challenge_id"] = self["of_challenge"].chosen
        if "of_document" in self:
            fields["document_id"] = self["of_document"].chosen
        if "refusal" in self:
            fields["refusal"] = self["refusal"].data
        if "lets_in" in self:
            fields["lets_in"] = self["lets_in"].data or []
        if "let_in" in self:
            fields["let_in"] = (self["let_in"].data or "").split()
        return fields | {"options": self.options}

    @property
    def condition(self) -> tuple[Any, list[str]]:
        """The id of the question that this one follows, and the choices that lead here."""
        if "follows" not in self or not self["follows"].data:
            return None, []
        pairs = [value.partition(":") for value in self["follows"].data]
        parent = next(each for each in self["follows"].parents if each.key == pairs[0][0])
        choices = [choice for _key, _colon, choice in pairs if choice]
        return parent.id, choices

    def validate_shown_to(self, field: Boxes) -> None:
        if self.personal.data and Reader.PUBLIC in (field.data or []):
            raise ValidationError(
                _("Personal information is never shown to everyone. Take one of the two away.")
            )

    def validate_follows(self, field: Boxes) -> None:
        if len({value.partition(":")[0] for value in field.data or []}) > 1:
            raise ValidationError(_("Choose answers to one question only."))

    def validate_most(self, field: Number) -> None:
        least = self["least"].data
        if least is not None and field.data is not None and field.data < least:
            raise ValidationError(_("This cannot be less than the smallest."))

    def validate_latest(self, field: Day) -> None:
        earliest = self["earliest"].data
        if earliest and field.data and field.data < earliest:
            raise ValidationError(_("This cannot be before the earliest."))

    def validate_step(self, field: Number) -> None:
        if field.data is not None and field.data <= 0:
            raise ValidationError(_("A step is more than nothing."))


class Follows(Boxes):
    """Answers to other questions, as `question:choice`, or `question:` for any answer."""

    def __init__(self, parents: list[Question], **kwargs: Any) -> None:
        choices = []
        for parent in parents:
            label = str(parent.label)
            if parent.kind in DECIDING:
                choices += [
                    SelectChoice(
                        f"{parent.key}:{key}",
                        _("“%(question)s”: %(answer)s", question=label, answer=answer),
                    )
                    for key, answer in choices_of(parent)
                ]
            else:
                said = _("“%(question)s”: any answer", question=label)
                choices.append(SelectChoice(f"{parent.key}:", said))
        super().__init__(
            _l("Ask this only if they answered"),
            choices=choices,
            description=_l("Nothing chosen: it is asked of everyone. Any one of the chosen does."),
            **kwargs,
        )
        self.parents = parents


class Pick(SelectField):
    """One of some rows, by its id, or none."""

    def __init__(self, label: Any, none: Any, rows: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(
            label,
            choices=[
                SelectChoice("", none),
                *(SelectChoice(str(row.id), str(row.title)) for row in rows),
            ],
            **kwargs,
        )
        self.rows = rows

    @property
    def chosen(self) -> Any:
        """The id of the row; None for none."""
        return next((row.id for row in self.rows if str(row.id) == self.data), None)


def question_form(
    competition: Competition, question: Question, others: list[Question]
) -> QuestionForm:
    """The form of a question of its kind; `others` stand on the same questionnaire."""
    fields: dict[str, Any] = {"question": question, "rows": []}
    data: dict[str, Any] = {}
    fields |= _limit_fields(question.kind)
    for name, value in (question.limits or {}).items():
        data[name] = value // MEGABYTE if name == "size" else value
    for name in ("earliest", "latest"):
        if name in data:
            data[name] = date.fromisoformat(data[name])
    if question.questionnaire is Questionnaire.SUBMISSION:
        fields |= _of_submissions(question)
        data["personal"] = False
    if question.questionnaire is not Questionnaire.REGISTRATION:
        fields["of_challenge"] = Pick(_l("Of which teams"), _l("All teams"), competition.challenges)
        data["of_challenge"] = _text(question.challenge_id)
    if question.kind is Kind.CONSENT:
        fields["of_document"] = Pick(
            _l("Document"),
            _l("None: the question says it all"),
            competition.documents,
        )
        data["of_document"] = _text(question.document_id)
    if parents := _possible_parents(question, others):
        fields["follows"] = Follows(parents)
        if question.parent_id:
            key = question.parent_id.hex
            data["follows"] = [f"{key}:{c}" for c in question.parent_answers] or [f"{key}:"]
    decides = question.questionnaire is Questionnaire.REGISTRATION and question.kind in DECIDING
    if question.kind in CHOICES:
        _add_options(fields, data, question, lets_in=decides)
    elif decides:
        fields["lets_in"] = Boxes(
            _l("Answers that let a person in"),
            choices=[SelectChoice(key, label) for key, label in choices_of(question)],
            description=_l("Nothing chosen: every answer does."),
        )
    if decides:
        fields["let_in"] = HiddenField()  # what did when the form was drawn
        data["let_in"] = " ".join(question.lets_in or [])
        fields["refusal"] = LocalizedField(
            _l("What the others read"),
            long=True,
            required=False,
            most=500,
            description=_l("Say kindly why this answer does not let them in."),
        )
    made = type("Fields", (QuestionForm,), fields)
    source = question if question.id else None
    return made(obj=source, data=data, meta={"zone": competition.zone})


def _of_submissions(question: Question) -> dict[str, Any]:
    """What is put otherwise of a submission: a draft may lack anything, and a project is shown."""
    files = question.kind is Kind.FILE  # nobody outside has a door to the files of a version
    return {
        "required": BooleanField(
            _l("An answer is needed to hand in"), description=_l("A draft can be without.")
        ),
        "required_from": WallClock(
            _l("Needed from"),
            required=False,
            description=_l(
                "Empty: from the beginning. Before this moment one can hand in without."
            ),
        ),
        "frozen_after": WallClock(
            _l("Stands still after"),
            required=False,
            description=_l("After this moment teams can no longer change their answer."),
        ),
        "shown_to": Boxes(
            _l("Who else reads the answers"),
            choices=[
                SelectChoice(reader.value, label)
                for reader, label in READERS.items()
                if not (files and reader is Reader.PUBLIC)
            ],
            description=_l("The team and the organizers always do. The team is told who does."),
        ),
    }


def _limit_fields(kind: Kind) -> dict[str, Any]:
    match kind:
        case Kind.SHORT | Kind.LONG:
            most = 10_000 if kind is Kind.LONG else 500
            words = _("Otherwise %(number)s.", number=CHARACTERS[kind])
            made: dict[str, Any] = {
                "characters": WholeNumber(
                    LIMITS["characters"], [Optional(), NumberRange(1, most)], description=words
                )
            }
        case Kind.NUMBER:
            made = {name: Number(LIMITS[name]) for name in ("least", "most", "step")}
        case Kind.DATE:
            made = {name: Day(LIMITS[name], required=False) for name in ("earliest", "latest")}
        case Kind.FILE:
            endings = [
                SelectChoice(each, _("%(ending)s files", ending=f".{each}"))
                for each in sorted(ACCEPTED)
            ]
            size = _("Otherwise 10.")
            made = {
                "endings": Boxes(
                    LIMITS["endings"],
                    choices=endings,
                    description=_l("Nothing chosen: all of these."),
                ),
                "size": WholeNumber(
                    LIMITS["size"], [Optional(), NumberRange(1, LARGEST_FILE)], description=size
                ),
            }
        case _:
            made = {}
    return made


def _add_options(
    fields: dict[str, Any], data: dict[str, Any], question: Question, *, lets_in: bool
) -> None:
    """A row for each option, and empty ones for new options."""
    present: list[Option | None] = [*question.options, *[None] * NEW_OPTIONS]
    for number, option in enumerate(present, 1):
        row = f"option_{option.key}" if option else f"new_{number}"
        fields["rows"].append(row)
        fields[f"{row}_label"] = LocalizedField(
            _("Option %(number)s", number=number), required=False
        )
        fields[f"{row}_position"] = WholeNumber(
            _l("Order"), [Optional(), NumberRange(0, 999)], default=number * 10
        )
        if lets_in:
            fields[f"{row}_lets_in"] = BooleanField(_l("Lets a person in"))
        if option:
            fields[f"{row}_retired"] = BooleanField(_l("No longer offered"))
            data |= {
                f"{row}_label": option.label,
                f"{row}_retired": option.retired_at is not None,
                f"{row}_lets_in": option.key in question.lets_in,
            }


def _possible_parents(question: Question, others: list[Question]) -> list[Question]:
    """What this question could follow: what is asked, and neither itself nor below it."""
    below = {question.id} if question.id else set()
    for each in asking.arranged([other.asked for other in others]):
        parent = next(other for other in others if other.key == each.key)
        if parent.parent_id in below:
            below.add(parent.id)
    return [
        other
        for other in others
        if other.id not in below and (other.retired_at is None or other.id == question.parent_id)
    ]


def _text(value: Any) -> str:
    return "" if value is None else str(value)
