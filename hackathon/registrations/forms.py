"""What registering asks for, and the texts people agree to."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Regexp

from ..competitions.models import Competition
from ..ground.forms import Form, LocalizedField, Text
from .models import ConsentText
from .residence import OUTSIDE, residences


class ResidenceField(SelectField):
    """A province or territory of Canada, or elsewhere; refused where only Canada is meant."""

    def __init__(self, country: str | None, **kwargs: Any) -> None:
        super().__init__(
            _l("Where you live"),
            [DataRequired(_l("Please choose where you live."))],
            choices=[
                SelectChoice("", _("Choose…")),
                *(SelectChoice(code, name) for code, name in residences()),
            ],
            **kwargs,
        )
        self.country = country

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.country == "CA" and self.data == OUTSIDE:
            raise ValidationError(
                _("This competition is for people who live in Canada, so you cannot enter it.")
            )


class ConsentField(BooleanField):
    """A yes to one version of one text."""

    def __init__(self, text: ConsentText, **kwargs: Any) -> None:
        asked = [DataRequired(_l("You need to agree to this to take part."))]
        super().__init__(
            _("I agree: %(title)s", title=text.title), asked if text.required else [], **kwargs
        )
        self.text = text


class RegistrationForm(Form):
    """The fields come with the competition; see registration_form."""

    residence: ResidenceField

    @property
    def consents(self) -> list[ConsentField]:
        return [field for field in self if isinstance(field, ConsentField)]

    @property
    def agreed(self) -> list[ConsentText]:
        return [field.text for field in self.consents if field.data]


def registration_form(competition: Competition, texts: list[ConsentText]) -> RegistrationForm:
    fields: dict[str, Any] = {}
    if age := competition.minimum_age:
        refusal = _("This competition is for people aged %(age)s or older.", age=age)
        fields["of_age"] = BooleanField(
            _("I am %(age)s or older", age=age), [DataRequired(refusal)]
        )
    fields["residence"] = ResidenceField(competition.country)
    fields |= {f"consent_{text.id.hex}": ConsentField(text) for text in texts}
    return type("Fields", (RegistrationForm,), fields)()


class ConsentTextForm(Form):
    title = LocalizedField(_l("Title"))
    body = LocalizedField(
        _l("Text"), long=True, description=_l("Markdown: # headings, - lists, **bold**.")
    )
    required = BooleanField(
        _l("Needed to take part"),
        description=_l("Without the box, people choose freely and can register either way."),
    )

    @property
    def texts(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("title", "body", "required")}


class NewConsentTextForm(ConsentTextForm):
    key = Text(
        _l("Short name"),
        most=40,
        description=_l("Lower-case letters, digits and dashes, such as privacy. It never changes."),
    )

    def validate_key(self, field: Text) -> None:
        Regexp(r"^[a-z][a-z0-9-]*$", message=_("Use lower-case letters, digits and dashes."))(
            self, field
        )
