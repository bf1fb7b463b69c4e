"""The draft, its files, and a mentor's feedback."""

import re
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import IntegerField, RadioField, SelectField, SubmitField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import HiddenInput

from ..competitions.models import Competition, Criterion
from ..ground.forms import Form, LongText, Text, WebAddress
from ..ground.i18n import NAMES, language
from ..ground.kinds import ACCEPTED
from .models import Feedback
from .queries import Progress


class DraftForm(Form):
    """Nothing is required of a draft; handing in asks for more."""

    title = Text(_l("Title"), required=False, most=150)
    summary = LongText(
        _l("Summary"),
        required=False,
        most=1000,
        description=_l("A few sentences for people who have not met your project. No Markdown."),
    )
    description = LongText(
        _l("Description"),
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
    repository = WebAddress(
        _l("Code"), description=_l("The address of a repository, beginning with https://.")
    )
    demonstration = WebAddress(
        _l("Demonstration"), description=_l("Where one can try it, beginning with https://.")
    )
    video = WebAddress(_l("Video"), description=_l("Where one can watch it."))
    revision = IntegerField(widget=HiddenInput(), default=0)

    def fields(self) -> dict[str, str]:
        """What was written, without the revision it is based on."""
        names = (name for name in self.data if name not in ("revision", "csrf_token"))
        return {name: self[name].data or "" for name in names}

    def rebase(self, revision: int) -> None:
        """What stands in the form now answers this revision."""
        self.revision.raw_data, self.revision.data = None, revision


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
        self.digest.data = (self.digest.data or "").replace(" ", "").lower()

    def validate_digest(self, field: Text) -> None:
        if not re.fullmatch(r"[0-9a-f]{64}", field.data or ""):
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


class FilterForm(Form):
    """Which teams an organizer wants to see."""

    class Meta:
        csrf = False  # it only reads

    progress = SelectField(
        _l("State"),
        choices=[
            SelectChoice("", _l("All")),
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
            SelectChoice("", _l("All")),
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
