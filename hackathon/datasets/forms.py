"""What organizers write about data, and what people state about their copies."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, NumberRange, Optional

from ..competitions.models import Challenge
from ..ground.forms import (
    Form,
    LocalizedField,
    LongText,
    WallClock,
    WebAddress,
    WholeNumber,
    presence,
)
from .models import DataSet, Terms


class DataSetForm(Form):
    challenge = SelectField(
        _l("For whom"),
        description=_l("Data of a challenge are shown to the teams that chose it alone."),
    )
    warning = LocalizedField(
        _l("Content warning"),
        long=True,
        required=False,
        most=1000,
        description=_l(
            "Read before anything else is shown. Say what may hurt, in a sentence or two; leave it "
            "empty when nothing does."
        ),
    )
    title = LocalizedField(_l("Title"), description=_l("It is shown before the warning is read."))
    summary = LocalizedField(_l("Summary"), long=True, required=False, most=1000)
    description = LocalizedField(
        _l("Description"),
        long=True,
        required=False,
        description=_l(
            "What each column means, what is missing, what the data cannot tell. Markdown works."
        ),
    )
    provenance = LocalizedField(
        _l("Where the data come from"),
        long=True,
        required=False,
        most=1000,
        description=_l("Who made them, when and how. Say so if they are invented."),
    )
    licence = LocalizedField(_l("Licence"), required=False, most=300)
    link = WebAddress(
        _l("Link"), description=_l("To data that lie elsewhere. It is shown once people agree.")
    )
    available_from = WallClock(_l("Available from"), required=False)
    available_until = WallClock(_l("Available until"), required=False)
    position = WholeNumber(_l("Order"), [Optional(), NumberRange(0, 999)], default=0)

    def offer(self, challenges: Iterable[Challenge], chosen: Any) -> "DataSetForm":
        """Let the data be for everyone or for one of these; `chosen` is what was there."""
        self.challenge.choices = [
            SelectChoice("", _l("Every team")),
            *(SelectChoice(str(c.id), f"{c.number}. {c.title}") for c in challenges),
        ]
        if not self.is_submitted():
            self.challenge.data = str(chosen or "")
        return self

    def fields(self, challenges: Iterable[Challenge]) -> dict[str, Any]:
        """What was typed, as the columns of a data set."""
        data = {k: v for k, v in self.data.items() if k not in ("csrf_token", "challenge")}
        chosen = next((c for c in challenges if str(c.id) == self.challenge.data), None)
        return {
            **data,
            "challenge_id": chosen and chosen.id,
            "link": data["link"] or "",
            "position": data["position"] or 0,
        }


class DataFilesForm(Form):
    files = MultipleFileField(
        _l("Files to add"), [FileRequired(_l("Choose at least one file first."))]
    )


EXPIRY = {
    "never": _l("They do not end"),
    "days": _l("Some days after the end of the competition"),
    "moment": _l("On a date"),
}


class TermsForm(Form):
    body = LocalizedField(
        _l("Terms"),
        long=True,
        description=_l("Markdown: # headings, - lists, **bold**."),
    )
    expiry = RadioField(
        _l("When they end"),
        choices=[SelectChoice(value, label) for value, label in EXPIRY.items()],
        default="never",
        description=_l(
            "After that nobody can take the data, and whoever did is asked to state that every "
            "copy is deleted."
        ),
    )
    days_after_end = WholeNumber(
        _l("Days after the end"),
        [Optional(), NumberRange(0, 3650)],
        description=_l("The competition ends when the last of its announced steps closes."),
    )
    expires_at = WallClock(_l("Date and hour"), required=False)

    @classmethod
    def of(cls, terms: Terms | None, zone: str) -> "TermsForm":
        """Filled with the words and the end of these terms."""
        expiry = "never"
        if terms and terms.expires_at:
            expiry = "moment"
        elif terms and terms.days_after_end is not None:
            expiry = "days"
        return cls(obj=terms, data={"expiry": expiry}, meta={"zone": zone})

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        wanted = {"days": "days_after_end", "moment": "expires_at"}.get(self.expiry.data or "")
        if wanted and self[wanted].data is None and not self[wanted].errors:
            self.refuse(_("Please fill this in."), wanted)
            return False
        return valid

    @property
    def terms(self) -> dict[str, Any]:
        """The words, and the one end that was chosen."""
        chosen = self.expiry.data
        return {
            "body": self.body.data,
            "expires_at": self.expires_at.data if chosen == "moment" else None,
            "days_after_end": self.days_after_end.data if chosen == "days" else None,
        }


class AcceptanceForm(Form):
    """Agreement to the version that was read, which the form carries."""

    version = HiddenField()
    agree = BooleanField(
        _l("I have read these terms and agree to them"),
        [DataRequired(_l("You need to agree before you can take the data."))],
    )

    def show(self, terms: Terms | None) -> "AcceptanceForm":
        """What stands in the form now is about these terms, and needs a fresh yes."""
        self.version.raw_data, self.version.data = None, str(terms.id) if terms else ""
        self.agree.data = False
        return self

    def terms_of(self, data_set: DataSet) -> Terms | None:
        """The version that was read."""
        return next((t for t in data_set.versions if str(t.id) == self.version.data), None)


class StatementForm(Form):
    copies = RadioField(
        _l("Your copies"),
        [DataRequired(_l("Please choose one."))],
        choices=[
            SelectChoice("deleted", _l("I have deleted all copies")),
            SelectChoice("kept", _l("I keep something")),
        ],
    )
    deleted_on = DateField(
        _l("Day"), presence(True), description=_l("The day on which you deleted them.")
    )
    kept = LongText(
        _l("What you keep, and why"),
        required=False,
        most=2000,
        description=_l("Only if you keep something. The organizers read it."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.copies.data == "kept" and not self.kept.data:
            self.refuse(_("Say what you keep, and why."), "kept")
            return False
        return valid

    @property
    def remains(self) -> str:
        return (self.kept.data or "") if self.copies.data == "kept" else ""
