"""What teams are asked for."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from ..competitions.models import Challenge, Gate
from ..ground.forms import Address, Form, LocalizedField, LongText, Text, WallClock
from ..ground.i18n import NAMES
from .models import Membership

# What a team can be given more time for.
TEAM_GATES = {
    Gate.TEAM_CHANGES: _l("Team changes"),
    Gate.CHALLENGE_CHOICE: _l("Choice of the challenge"),
    Gate.SUBMISSION: _l("Submissions"),
}


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


class NewTeamByHandForm(TeamForm):
    address = Address(
        _l("Address of the captain"),
        description=_l("Of a person who is registered and in no team."),
        render_kw={"autocomplete": "off"},
    )


class ReasonForm(Form):
    reason = LongText(
        _l("Reason"), most=500, description=_l("The person reads it in the letter we send them.")
    )


class CaptaincyForm(Form):
    membership = RadioField(
        _l("New captain"), [InputRequired(_l("Choose a person."))], validate_choice=True
    )

    def offer(self, members: list[Membership]) -> "CaptaincyForm":
        self.membership.choices = [
            SelectChoice(str(m.id), m.registration.user.name) for m in members
        ]
        return self


class ChallengeForm(Form):
    challenge = RadioField(_l("Challenge"), [InputRequired(_l("Choose a challenge."))])

    def offer(self, challenges: list[Challenge]) -> "ChallengeForm":
        self.challenge.choices = [
            SelectChoice(str(c.id), _("%(number)s. %(title)s", number=c.number, title=c.title))
            for c in challenges
        ]
        return self


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
