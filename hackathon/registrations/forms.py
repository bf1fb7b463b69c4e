"""What registering asks for, and the texts people agree to."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, NumberRange, Optional, Regexp

from ..competitions.models import Approval, Competition
from ..ground.clock import now
from ..ground.forms import Day, Form, LocalizedField, LongText, Text, WholeNumber, presence
from ..ground.i18n import calendar_day
from ..ground.places import provinces
from ..questions.fields import QuestionsForm, Sheet
from .eligibility import OUTSIDE, Conditions, may_live, old_enough
from .models import ConsentText, Registration
from .residence import residences


class ResidenceField(SelectField):
    """A province or territory of Canada, or elsewhere; refused where the conditions do."""

    def __init__(self, conditions: Conditions, **kwargs: Any) -> None:
        super().__init__(
            _l("Where you live"),
            [DataRequired(_l("Please choose where you live."))],
            choices=[
                SelectChoice("", _("Choose…")),
                *(SelectChoice(code, name) for code, name in residences()),
            ],
            **kwargs,
        )
        self.conditions = conditions

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if not self.data or may_live(self.data, self.conditions):
            return
        form.shut_out = True
        if self.data == OUTSIDE:
            raise ValidationError(
                _("This competition is for people who live in Canada, so you cannot enter it.")
            )
        raise ValidationError(
            _(
                "This competition is for people who live in: %(places)s. So you cannot enter it.",
                places=", ".join(n for c, n in provinces() if c in self.conditions.provinces),
            )
        )


class BirthDateField(Day):
    """The date of birth; refused where the age is not reached by the day that counts."""

    def __init__(self, conditions: Conditions, **kwargs: Any) -> None:
        super().__init__(
            _l("Your date of birth"),
            latest=now().date(),
            description=_l("Only the organizers see it."),
            render_kw={"autocomplete": "bday"},
            **kwargs,
        )
        self.conditions = conditions

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.data and not self.errors and not old_enough(self.data, self.conditions):
            form.shut_out = True
            raise ValidationError(
                _(
                    "This competition is for people who are %(age)s or older on %(day)s.",
                    age=self.conditions.age,
                    day=calendar_day(self.conditions.age_on),
                )
            )


class DeclarationField(BooleanField):
    """A box that says one is old enough."""

    def __init__(self, conditions: Conditions, on: date | None, **kwargs: Any) -> None:
        age = conditions.age
        day = calendar_day(on) if on else ""
        if on:
            label = _("I am %(age)s or older on %(day)s", age=age, day=day)
            refusal = _(
                "This competition is for people who are %(age)s or older on %(day)s.",
                age=age,
                day=day,
            )
        else:
            label = _("I am %(age)s or older", age=age)
            refusal = _("This competition is for people aged %(age)s or older.", age=age)
        super().__init__(label, [DataRequired(refusal)], **kwargs)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        form.shut_out = form.shut_out or not self.data


class ConsentField(BooleanField):
    """A yes to one version of one text."""

    def __init__(self, text: ConsentText, **kwargs: Any) -> None:
        asked = [DataRequired(_l("You need to agree to this to take part."))]
        super().__init__(
            _("I agree: %(title)s", title=text.title), asked if text.required else [], **kwargs
        )
        self.text = text


class Agreements:
    """A form that asks for consents; their fields come with the texts."""

    @property
    def consents(self) -> list[ConsentField]:
        return [field for field in self if isinstance(field, ConsentField)]

    @property
    def agreed(self) -> list[ConsentText]:
        return [field.text for field in self.consents if field.data]


class ConfirmationForm(Agreements, Form):
    """What is still to agree to before a place that is offered is taken."""


class RegistrationForm(Agreements, QuestionsForm):
    """The fields come with the competition; see registration_form."""

    residence: ResidenceField

    @property
    def born(self) -> date | None:
        return self["birth_date"].data if "birth_date" in self else None


def confirmation_form(texts: list[ConsentText]) -> ConfirmationForm:
    """To take a place that is offered: the needed texts that are not agreed to."""
    return type("Fields", (ConfirmationForm,), _consents(texts))()


def registration_form(
    competition: Competition, conditions: Conditions, texts: list[ConsentText], sheet: Sheet
) -> RegistrationForm:
    fields: dict[str, Any] = {}
    if conditions.age and competition.asks_birth_date:
        fields["birth_date"] = BirthDateField(conditions)
    elif conditions.age:
        fields["of_age"] = DeclarationField(conditions, competition.age_on)
    fields["residence"] = ResidenceField(conditions)
    fields |= sheet.fields()
    fields |= _consents(texts)
    return type("Fields", (RegistrationForm,), fields)()


def _consents(texts: list[ConsentText]) -> dict[str, Any]:
    return {f"consent_{text.id.hex}": ConsentField(text) for text in texts}


class EntryForm(Form):
    """How people come to a place."""

    capacity = WholeNumber(
        _l("How many people can take part"),
        [Optional(), NumberRange(1, 100_000)],
        description=_l("Leave it empty for no limit."),
    )
    approval = RadioField(
        _l("Who approves a registration"),
        choices=[
            SelectChoice(Approval.AUTOMATIC.value, _l("Nobody: people get a place at once")),
            SelectChoice(Approval.BY_HAND.value, _l("The organizers, one person at a time")),
        ],
        coerce=Approval,
    )
    waitlist = BooleanField(
        _l("Keep a waitlist"),
        description=_l(
            "When every place is taken, people can wait for one, in the order in which they came."
            " Without the box, whoever already waits keeps their turn."
        ),
    )
    offer_hours = WholeNumber(
        _l("Hours to confirm a place that is offered"), [*presence(True), NumberRange(2, 720)]
    )
    offers_after_close = BooleanField(
        _l("Offer free places after registration has closed, too"),
        description=_l("Without the box, the waitlist ends when registration closes."),
    )


class ReasonForm(Form):
    reason = LongText(
        _l("Reason"), most=1000, description=_l("The person reads it in the email we send them.")
    )


class ApplicationsForm(Form):
    """An answer to several applications at once."""

    chosen = SelectMultipleField(_l("Applications"), [DataRequired(_l("Choose people first."))])
    reason = LongText(
        _l("Reason, if you decline"),
        required=False,
        most=1000,
        description=_l("Each person reads it in the letter we send them."),
    )
    answer = StringField()

    def offer(self, applications: list[Registration]) -> "ApplicationsForm":
        """Who waits; a choice of somebody who was answered since the page was drawn is dropped."""
        waiting = {str(application.id): application.user.name for application in applications}
        self.chosen.choices = [SelectChoice(key, name) for key, name in waiting.items()]
        self.chosen.data = [key for key in self.chosen.data or [] if key in waiting]
        return self

    @property
    def declines(self) -> bool:
        return bool(self.answer.data == "decline")

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.declines and not self.reason.data:
            self.refuse(_("Write the reason: the people read it."), "reason")
            return False
        return valid


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
