"""What organizers say of findings, and what they want looked at."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from ..ground.forms import Form, LongText, WholeNumber
from .models import Kind
from .queries import GONE, UNSETTLED
from .words import KINDS, STANDINGS

KIND_CHOICES = [SelectChoice(kind.value, words) for kind, words in KINDS.items()]
STANDING_CHOICES = [SelectChoice(standing.value, words) for standing, words in STANDINGS.items()]


class NoteForm(Form):
    standing = RadioField(
        _l("How it stands now"),
        choices=STANDING_CHOICES,
        validators=[InputRequired(_l("Please choose one."))],
    )
    text = LongText(
        _l("Note"),
        required=False,
        most=2000,
        description=_l("What you looked at, and whom you asked. Only organizers read it."),
    )


class SettingsForm(Form):
    kinds = SelectMultipleField(
        _l("What is looked at"),
        choices=KIND_CHOICES,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    least_words = WholeNumber(
        _l("Words in common"),
        validators=[
            InputRequired(_l("Please fill this in.")),
            NumberRange(20, 1000, _l("Write a whole number from %(min)s to %(max)s.")),
        ],
        description=_l(
            "Two texts are mentioned when they have at least so many words in common, in passages "
            "of eight words or more. 40 words are two or three sentences."
        ),
    )
    margin_days = WholeNumber(
        _l("Days before the submissions open"),
        validators=[
            InputRequired(_l("Please fill this in.")),
            NumberRange(0, 3650, _l("Write a whole number from %(min)s to %(max)s.")),
        ],
        description=_l("A repository is mentioned when it was made longer ago than that."),
    )


class FilterForm(Form):
    """Which findings an organizer wants to see."""

    class Meta:
        csrf = False  # it only reads

    kind = SelectField(
        _l("What was looked at"),
        choices=[SelectChoice("", _l("Everything")), *KIND_CHOICES],
        validate_choice=False,
    )
    state = SelectField(
        _l("State"),
        choices=[
            SelectChoice(UNSETTLED, _l("Still to settle")),
            *STANDING_CHOICES,
            SelectChoice(GONE, _l("Not there any more")),
            SelectChoice("all", _l("Every state")),
        ],
        default=UNSETTLED,
        validate_choice=False,
    )

    def __init__(self) -> None:
        super().__init__(request.args)

    @property
    def wanted(self) -> tuple[Kind | None, str]:
        """The kind and the state asked for; what is unknown means everything."""
        kind: Any = self.kind.data
        return (Kind(kind) if kind in set(Kind) else None), str(self.state.data)
