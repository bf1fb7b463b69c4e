"""What inviting judges asks for, and what judges are asked."""

import hashlib
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from ..competitions.models import Challenge
from ..ground.forms import (
    Address,
    Day,
    Form,
    LocalizedField,
    LongText,
    Text,
    WholeNumber,
    at_most,
    presence,
)
from .forms import MOST_CAPACITY, JudgeForm, Whole
from .listing import MOST_LINES, Fault, Line, read
from .models import Way

MOST_CHARACTERS = 200_000

FAULTS = {
    Fault.CELLS: _l("A line has two to six cells; name and address come first."),
    Fault.NAME: _l("The name is missing, or longer than 120 characters."),
    Fault.ADDRESS: _l("Write a whole address, such as name@example.org."),
    Fault.TWICE: _l("This address is in an earlier line already."),
    Fault.LANGUAGES: _l("Write en, fr, or both for the languages."),
    Fault.CHALLENGES: _l("Write the numbers of challenges that there are, such as 1 3."),
    Fault.CAPACITY: _l("The capacity is a whole number up to 500."),
    Fault.ORGANIZATION: _l("The organization is longer than 200 characters."),
}


def _way() -> RadioField:
    return RadioField(
        _l("How they come in"),
        presence(True),
        default=Way.ACCOUNT.value,
        choices=[
            SelectChoice(Way.ACCOUNT.value, _l("With an account on this site")),
            SelectChoice(Way.LINK.value, _l("With a personal link, without an account")),
        ],
    )


def _language() -> RadioField:
    return RadioField(
        _l("Language of the email"),
        presence(True),
        default="both",
        choices=[
            SelectChoice("both", _l("English and French")),
            SelectChoice("en", _l("English")),
            SelectChoice("fr", _l("French")),
        ],
    )


def _one_device() -> BooleanField:
    return BooleanField(
        _l("One device at a time"),
        description=_l(
            "For personal links: on a second device they are asked whether to move there, and the "
            "first is signed out."
        ),
    )


class InvitationForm(JudgeForm):
    """One person, by letter."""

    name = Text(_l("Name"), most=120)
    email = Address()
    organization = Text(
        _l("Organization"),
        required=False,
        description=_l("Judges read no team in which somebody is of the same organization."),
    )
    way = _way()
    one_device = _one_device()
    language = _language()


class ListForm(Form):
    """Many people at once: looked at first, then confirmed as they were shown."""

    text = TextAreaField(
        _l("The list"),
        [at_most(MOST_CHARACTERS)],
        description=_l(
            "One person a line, as copied from a spreadsheet: name, address, languages (en, fr or "
            "both), numbers of challenges, capacity, organization. What follows the address may be "
            "left out."
        ),
        render_kw={"rows": 10, "spellcheck": "false"},
    )
    file = FileField(
        _l("Or a CSV file"), description=_l("Its lines come after what is written above.")
    )
    capacity = Whole(_l("Capacity, where a line names none"), 0, MOST_CAPACITY, default=5)
    way = _way()
    one_device = _one_device()
    language = _language()
    shown = HiddenField()  # a fingerprint of the lines that were shown
    lines: list[Line] = []

    def read(self, challenges: list[Challenge]) -> bool:
        """Read the lines, and those of a file after them. Says whether all of them are right."""
        if self.file.data:
            octets = self.file.data.read(MOST_CHARACTERS + 1)
            typed = f"{self.text.data}\n" if self.text.data else ""
            try:
                if len(typed) + len(octets) > MOST_CHARACTERS:
                    raise ValueError
                self.text.data = typed + octets.decode("utf-8-sig")
            except ValueError:
                self.refuse(_("This is no text in UTF-8 of up to 200 kB."), "file")
                return False
        self.text.data = (self.text.data or "").replace("\x00", "").replace("\r\n", "\n")
        self.lines = read(
            self.text.data,
            challenges=[challenge.number for challenge in challenges],
            capacity=self.capacity.data or 0,
            most_capacity=MOST_CAPACITY,
        )
        if not self.lines:
            self.refuse(_("Paste at least one line, or choose a file."), "text")
        elif len(self.lines) > MOST_LINES:
            self.refuse(_("At most %(most)s lines at once.", most=MOST_LINES), "text")
            self.lines = []
        elif any(line.faults for line in self.lines):
            self.refuse(_("Some lines need a look: what is wrong stands beside each."), "text")
        return not self.errors

    @property
    def fingerprint(self) -> str:
        """Of all that was shown, so that only that is confirmed."""
        told = [self[name].data for name in ("text", "capacity", "way", "one_device", "language")]
        return hashlib.sha256(repr(told).encode()).hexdigest()


class SelfForm(Form):
    """What judges say of themselves; `most` is how many the organizers have in mind."""

    offered = WholeNumber(
        _l("How many submissions you can take"),
        [Optional(), NumberRange(0, MOST_CAPACITY, _l("A whole number from %(min)s to %(max)s."))],
        render_kw={"inputmode": "numeric", "min": 0, "max": MOST_CAPACITY},
    )
    available_from = Day(_l("You are available from"), required=False)
    available_until = Day(_l("You are available until"), required=False)
    availability = Text(
        _l("A word about when"),
        required=False,
        most=500,
        description=_l("For example that you have only evenings. The organizers read it."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        first, last = self.available_from.data, self.available_until.data
        if valid and first and last and first > last:
            self.refuse(_("This is before the first day."), "available_until")
            return False
        return valid

    @property
    def told(self) -> dict[str, Any]:
        names = ("offered", "available_from", "available_until")
        return {
            **{name: self[name].data for name in names},
            "availability": self.availability.data or "",
        }


class OwnForm(SelfForm):
    organization = Text(
        _l("Your organization"),
        required=False,
        description=_l("You read no team in which somebody is of the same organization."),
    )


class RefusalForm(Form):
    words = LongText(
        _l("A word to the organizers"),
        required=False,
        most=1000,
        description=_l("If you like. Only they read it."),
        render_kw={"rows": 3},
    )


class TermsForm(Form):
    body = LocalizedField(
        _l("Code of conduct and confidentiality"),
        long=True,
        complete=True,
        description=_l("In Markdown. Every version stays, with who accepted it."),
    )


class AcceptanceForm(Form):
    version = HiddenField()
    agreed = BooleanField(_l("I have read this and will keep to it."), presence(True))
