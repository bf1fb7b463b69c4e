"""What the desk asks organizers."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from ..competitions.models import Audience, Gate
from ..ground.forms import Form, LocalizedField, WallClock, WholeNumber, presence
from .reminders import AUDIENCES, MONTH

TEAM_AUDIENCES = {
    Gate.CHALLENGE_CHOICE: {
        Audience.CAPTAINS: _l("Captains of teams without a challenge"),
        Audience.MEMBERS: _l("Everyone in teams without a challenge"),
    },
    Gate.SUBMISSION: {
        Audience.CAPTAINS: _l("Captains of teams that have not handed in"),
        Audience.MEMBERS: _l("Everyone in teams that have not handed in"),
    },
}
AUDIENCE_NAMES = {
    Audience.UNCONFIRMED: _l("People who have not confirmed the place they were offered"),
    Audience.TEAMLESS: _l("Participants without a team"),
    Audience.SMALL_TEAMS: _l("Everyone in teams that are too small"),
    Audience.MENTORS: _l("Mentors who owe a team feedback"),
    Audience.JUDGES: _l("Judges with reviews to complete"),
    Audience.ORGANIZERS: _l("Organizers"),
}


def audience_names(gate: Gate) -> dict[str, Any]:
    """Whom a reminder of the gate may reach, in words."""
    names = {**AUDIENCE_NAMES, **TEAM_AUDIENCES.get(gate, {})}
    return {audience.value: names[audience] for audience in AUDIENCES[gate]}


class ExtensionForm(Form):
    """`known` is the close that the preview showed, in ISO format."""

    closes_at = WallClock(_l("New deadline"))
    reason = LocalizedField(
        _l("Reason"),
        long=True,
        complete=True,
        most=500,
        description=_l("Everyone reads it, beside the old date and the new one."),
    )
    known = HiddenField()

    @property
    def known_close(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.known.data or "")
        except ValueError:
            return None


class ReminderForm(Form):
    """When, to whom, and what organizers add."""

    number = WholeNumber(_l("How long before"), [*presence(True), NumberRange(1, 720)], default=1)
    unit = SelectField(
        _l("Counted in"),
        choices=[SelectChoice("days", _l("days")), SelectChoice("hours", _l("hours"))],
    )
    audience = SelectMultipleField(
        _l("To whom"),
        [InputRequired(_l("Choose at least one."))],
        description=_l("Nobody is reminded of what they have done."),
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    words = LocalizedField(
        _l("A sentence of your own"),
        long=True,
        required=False,
        together=True,
        most=500,
        description=_l("It stands in the letter, in its reader’s language: both or neither."),
    )

    def offer(self, gate: Gate) -> "ReminderForm":
        self.audience.choices = [
            SelectChoice(value, name) for value, name in audience_names(gate).items()
        ]
        return self

    @property
    def before(self) -> timedelta:
        return timedelta(**{self.unit.data: self.number.data})

    def validate_number(self, field: WholeNumber) -> None:
        if field.data and self.unit.data == "days" and field.data * 24 * 60 > MONTH:
            raise ValidationError(_l("At most 30 days."))


class ArchiveForm(Form):
    people = RadioField(
        _l("People"),
        choices=[
            SelectChoice("labels", _l("Without personal data: a label stands for each person")),
            SelectChoice("named", _l("With names, addresses and everything that people wrote")),
        ],
        default="labels",
    )
    files = BooleanField(
        _l("With the files"),
        description=_l("As they were sent. What teams handed in may name people in it."),
        default=True,
    )


class DeletionForm(Form):
    understood = BooleanField(
        _l("I have read what is deleted and what stays, and I know that there is no way back."),
        [DataRequired(_l("Please check this box: the deletion cannot be undone."))],
    )
    password = PasswordField(
        _l("Your password"),
        [*presence(True), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
