"""Files of the draft, and a mentor's feedback. The draft itself is in drafting.py."""

import re
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import RadioField, SelectField, SubmitField, ValidationError
from wtforms.fields.choices import SelectChoice

from ..competitions.models import Competition, Criterion
from ..ground.forms import Form, LongText, Text
from ..ground.kinds import ACCEPTED
from .asks import CHOOSABLE, LABELS, Need, needs
from .models import Feedback
from .queries import Progress


class FilesForm(Form):
    files = MultipleFileField(
        _l("Files to add"), [FileRequired(_l("Choose at least one file first."))]
    )

    @property
    def accepted(self) -> str:
        """For the browser's own choice of files."""
        return ",".join(f".{ending}" for ending in ACCEPTED)


class SubmitForm(Form):
    """A button, and a place for what stands in its way."""


class DigestForm(Form):
    """The fingerprint of a receipt, asked for in the address."""

    class Meta:
        csrf = False  # it only reads

    digest = Text(
        _l("Fingerprint (SHA-256)"),
        required=False,
        most=200,
        description=_l("The 64 letters and digits that stand on the receipt."),
    )

    def __init__(self) -> None:
        super().__init__(request.args)

    @property
    def wanted(self) -> str:
        """As receipts have it, however it was copied."""
        return (self.digest.data or "").replace(" ", "").lower()

    def validate_digest(self, field: Text) -> None:
        if not re.fullmatch(r"[0-9a-f]{64}", self.wanted):
            raise ValidationError(
                _("A fingerprint has 64 characters: digits, and letters from a to f.")
            )


class StandingForm(Form):
    """Why organizers disqualify a submission, or let it be judged again."""

    reason = LongText(
        _l("Reason"),
        most=2000,
        description=_l("Everyone in the team reads it in the letter we send them."),
    )


class FeedbackForm(Form):
    """An overall comment; `feedback_form` adds a remark for each criterion."""

    overall = LongText(
        _l("Overall"),
        required=False,
        most=10_000,
        description=_l("What is strong, what would make it stronger. Markdown works."),
    )
    send = SubmitField(_l("Send to the team"))
    criteria: list[Criterion] = []

    def remark(self, criterion: Criterion) -> Any:
        return self[_name(criterion)]

    def remarks(self) -> dict[Criterion, str]:
        return {criterion: self.remark(criterion).data or "" for criterion in self.criteria}


def feedback_form(criteria: list[Criterion], feedback: Feedback | None) -> FeedbackForm:
    """The form for these criteria, filled with what was written before."""
    remarks = {
        _name(each): LongText(_l("Your remark on this"), required=False, most=5000)
        for each in criteria
    }
    form_class = type("FeedbackForm", (FeedbackForm,), {**remarks, "criteria": criteria})
    written = {"overall": feedback.overall} if feedback else {}
    if feedback:
        for remark in feedback.remarks:
            written[f"remark_{remark.criterion_id.hex}"] = remark.text
    return form_class(data=written)


def _name(criterion: Criterion) -> str:
    return f"remark_{criterion.id.hex}"


def asks_form(competition: Competition) -> Form:
    """How much the organizers want each part that can be left out."""
    choices = [
        SelectChoice(Need.NO.value, _l("Not asked")),
        SelectChoice(Need.ASKED.value, _l("Asked, and may stay empty")),
        SelectChoice(Need.REQUIRED.value, _l("Required to hand in")),
    ]
    fields = {part.value: RadioField(LABELS[part], choices=choices) for part in CHOOSABLE}
    wanted = needs(competition.submission_asks)
    chosen = {part.value: wanted[part].value for part in CHOOSABLE}
    form: Form = type("AsksForm", (Form,), fields)(data=chosen)
    return form


class FilterForm(Form):
    """Which teams an organizer wants to see."""

    class Meta:
        csrf = False  # it only reads

    progress = SelectField(
        _l("State"),
        choices=[
            SelectChoice("", _l("Every state")),
            SelectChoice(Progress.NONE.value, _l("Nothing yet")),
            SelectChoice(Progress.DRAFT.value, _l("Draft only")),
            SelectChoice(Progress.HANDED_IN.value, _l("Handed in")),
        ],
        validate_choice=False,
    )
    challenge = SelectField(_l("Challenge"), validate_choice=False)

    def __init__(self, competition: Competition) -> None:
        super().__init__(request.args)
        self.challenge.choices = [
            SelectChoice("", _l("Every challenge")),
            *(
                SelectChoice(str(each.number), f"{each.number}. {each.title}")
                for each in competition.challenges
            ),
        ]

    @property
    def wanted(self) -> Progress | None:
        """The state asked for; an unknown one means all."""
        asked = self.progress.data
        return Progress(asked) if asked in set(Progress) else None
