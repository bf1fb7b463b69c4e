"""What teams are asked for."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ..competitions.models import Challenge, Gate
from ..ground.forms import Address, Form, LocalizedField, LongText, Text, WallClock, WholeNumber
from ..ground.i18n import NAMES
from .models import Membership
from .queries import Share

# What a team can be given more time for.
TEAM_GATES = {
    Gate.TEAM_CHANGES: _l("Team changes"),
    Gate.CHALLENGE_CHOICE: _l("Choice of the challenge"),
    Gate.SUBMISSION: _l("Submissions"),
}


# For how long a link can work; never past the close of team changes.
LINK_DAYS = {1: _l("One day"), 3: _l("3 days"), 7: _l("7 days"), 14: _l("14 days")}


class LanguagesField(SelectMultipleField):
    """One box for each language; at least one is needed."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, **kwargs: Any) -> None:
        choices = [SelectChoice(code, name) for code, name in NAMES.items()]
        super().__init__(
            label, [InputRequired(_l("Choose at least one language."))], choices=choices, **kwargs
        )


class TeamForm(Form):
    name = Text(_l("Name of the team"), most=80)
    languages = LanguagesField(
        _l("Languages the team works in"),
        description=_l("Mentors and judges are chosen to understand them."),
    )
    about = LongText(
        _l("About the team"),
        required=False,
        most=1000,
        description=_l("Who you are and what you would like to do. Other participants read it."),
    )

    @property
    def described(self) -> dict[str, Any]:
        return {name: self[name].data or "" for name in ("name", "languages", "about")}


class AddressForm(Form):
    address = Address(render_kw={"autocomplete": "off"})


class LinkForm(Form):
    """A link for whoever holds it; `most_uses` is 0 for as many as there is room for."""

    days = SelectField(
        _l("Works for"),
        choices=[SelectChoice(number, name) for number, name in LINK_DAYS.items()],
        default=7,
        coerce=int,
    )
    most_uses = SelectField(_l("For how many people"), coerce=lambda value: int(value or 0))

    def offer(self, places: int) -> "LinkForm":
        """`places` is how many are free in the team."""
        self.most_uses.choices = [SelectChoice(0, _("As long as there is room"))] + [
            SelectChoice(number, str(number)) for number in range(1, places + 1)
        ]
        return self


class NewTeamByHandForm(TeamForm):
    address = Address(
        _l("Address of the captain"),
        description=_l("Of a person who is registered and in no team."),
        render_kw={"autocomplete": "off"},
    )


class ReasonForm(Form):
    reason = LongText(
        _l("Reason"), most=500, description=_l("The person reads it in the email we send them.")
    )


class CaptaincyForm(Form):
    membership = RadioField(
        _l("New captain"), [InputRequired(_l("Choose a person."))], validate_choice=False
    )

    def offer(self, members: list[Membership]) -> "CaptaincyForm":
        self.membership.choices = [
            SelectChoice(str(m.id), m.registration.user.name) for m in members
        ]
        return self

    def validate_membership(self, field: RadioField) -> None:
        if field.data not in [choice.value for choice in field.choices]:
            raise ValidationError(_("This person is not in the team any more. Choose another."))


class ChallengeForm(Form):
    """The full ones are shown and cannot be chosen; the action says so to whoever tries."""

    challenge = RadioField(_l("Challenge"), [InputRequired(_l("Choose a challenge."))])

    def offer(self, shares: list[Share], but: Challenge | None = None) -> Any:
        """`but` is the team's own, which it can keep however full it is."""
        self.challenge.choices = [
            SelectChoice(
                str(share.challenge.id),
                _(
                    "%(number)s. %(title)s",
                    number=share.challenge.number,
                    title=share.challenge.title,
                ),
                {"disabled": True} if share.places_left == 0 and share.challenge != but else {},
            )
            for share in shares
        ]
        return self


class ChallengeRequestForm(ChallengeForm):
    reason = LongText(
        _l("Why"), most=1000, description=_l("The organizers read it, and nobody else.")
    )


class RequestAnswerForm(Form):
    answer = LongText(
        _l("A word to the team"),
        required=False,
        most=1000,
        description=_l("Its members read it in the email."),
    )
    beyond_quota = BooleanField(_l("Also when the challenge is full"))


class QuotaForm(Form):
    quota = WholeNumber(
        _l("Largest number of teams"),
        [Optional(), NumberRange(1, 10_000)],
        description=_l("Leave it empty for no limit."),
    )


class ExemptionForm(Form):
    reason = LocalizedField(
        _l("Reason"),
        complete=True,
        long=True,
        most=1000,
        description=_l("The members of the team read it."),
    )


class AllowanceForm(Form):
    gate = SelectField(
        _l("What"), choices=[SelectChoice(gate.value, name) for gate, name in TEAM_GATES.items()]
    )
    closes_at = WallClock(_l("Closes for this team"))
    reason = LocalizedField(
        _l("Reason"),
        complete=True,
        long=True,
        most=1000,
        description=_l("The members of the team read it."),
    )


class MoveForm(Form):
    """To another team; the choices are the teams with a free place."""

    team = SelectField(_l("Team"))

    def offer(self, teams: list[Any]) -> "MoveForm":
        self.team.choices = [SelectChoice("", _("Choose…"))] + [
            SelectChoice(str(team.id), team.name) for team in teams
        ]
        return self

    def validate_team(self, field: SelectField) -> None:
        if not field.data:
            raise ValidationError(_("Choose a team."))
