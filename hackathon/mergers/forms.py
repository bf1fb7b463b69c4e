"""What is asked before two teams become one."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from ..ground.forms import Form, LongText
from ..teams.models import Side
from .queries import Pair, Plan


class PlanForm(Form):
    """What stays of which team. Where there is nothing to choose, the field is not there."""

    name_of = RadioField(
        _l("Name"), [InputRequired(_l("Choose one of the two."))], default=Side.PROPOSER
    )
    captain_of = RadioField(
        _l("Captain"), [InputRequired(_l("Choose one of the two."))], default=Side.PROPOSER
    )
    challenge_of = RadioField(_l("Challenge"), [InputRequired(_l("Choose one of the two."))])
    work_of = RadioField(
        _l("Draft of the submission"),
        [InputRequired(_l("Choose one of the two."))],
        description=_l("One draft stays. Everyone gets the words of the other one by email."),
    )

    def offer(self, pair: Pair) -> Any:
        """Draw the choices from the two teams as they are."""
        self.pair = pair
        labels: dict[str, dict[Side, Any]] = {
            "name_of": {side: team.name for side, team in pair.teams.items()},
            "captain_of": {
                side: _("The captain of %(team)s", team=team.name)
                for side, team in pair.teams.items()
            },
            "challenge_of": {
                side: pair.teams[side].challenge.title for side in pair.challenge_choices
            },
            "work_of": {
                side: _("The draft of %(team)s", team=pair.teams[side].name)
                for side in pair.work_choices
            },
        }
        for name, choices in labels.items():
            if len(choices) > 1:
                self[name].choices = [
                    SelectChoice(side.value, str(label)) for side, label in choices.items()
                ]
            else:
                del self[name]
        return self

    @property
    def plan(self) -> Plan:
        return Plan(
            name_of=Side(self["name_of"].data),
            captain_of=Side(self["captain_of"].data),
            challenge_of=self._chosen("challenge_of", self.pair.challenge_choices),
            work_of=self._chosen("work_of", self.pair.work_choices),
        )

    def _chosen(self, name: str, choices: list[Side]) -> Side | None:
        if name in self:
            return Side(self[name].data)
        return choices[0] if choices else None


class ProposalForm(PlanForm):
    message = LongText(
        _l("A few words to the other captain"),
        required=False,
        most=1000,
        description=_l("Who you are, and why your teams would go well together."),
    )


class MergeForm(PlanForm):
    reason = LongText(
        _l("Reason"), most=500, description=_l("Everyone in both teams reads it in an email.")
    )


class AnswerForm(Form):
    answer = LongText(_l("A word to the other captain"), required=False, most=1000)
