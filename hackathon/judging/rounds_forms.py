"""What rounds and the selection of their submissions ask for."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from ..competitions.models import Takes
from ..ground.forms import Form, LocalizedField, Text, WholeNumber, presence
from .forms import ForChallengesForm, challenges_field
from .outcome import Row
from .rounds import Slate

MOST_BEST = 500


class FirstRoundForm(ForChallengesForm):
    """It has no round before it from which submissions could come."""

    name = LocalizedField(_l("Name of the round"), most=80)
    challenges = challenges_field(_l("Only submissions to these challenges"))

    @property
    def fields(self) -> dict[str, Any]:
        return {"name": self.name.data, "challenges": self.chosen}


class RoundForm(FirstRoundForm):
    takes = RadioField(
        _l("Which submissions come in"),
        presence(True),
        choices=[
            SelectChoice(Takes.ALL.value, _l("All of the round before")),
            SelectChoice(Takes.BEST.value, _l("The best of the round before")),
            SelectChoice(Takes.CHOSEN.value, _l("Those that the organizers choose, with a reason")),
        ],
    )
    best = WholeNumber(
        _l("How many of the best"),
        [Optional(), NumberRange(1, MOST_BEST, _l("A whole number from %(min)s to %(max)s."))],
        description=_l("Who shares the last place comes in too."),
        render_kw={"inputmode": "numeric", "min": 1, "max": MOST_BEST},
    )
    among = RadioField(
        _l("The best of what"),
        presence(True),
        choices=[
            SelectChoice("each", _l("Of each challenge")),
            SelectChoice("all", _l("Of all submissions together")),
        ],
        default="each",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if valid and self.takes.data == Takes.BEST and self.best.data is None:
            self.best.errors = [_l("Say how many of the best come in.")]
            return False
        return valid

    @property
    def fields(self) -> dict[str, Any]:
        takes = Takes(self.takes.data)
        return {
            **super().fields,
            "takes": takes,
            "best": self.best.data if takes is Takes.BEST else None,
            "in_each": self.among.data == "each",
        }


class NewRoundForm(RoundForm):
    copies = BooleanField(
        _l("Begin with the criteria and conditions of the last round"),
        description=_l("They are copied, and can then change by themselves."),
        default=True,
    )


class SelectionForm(Form):
    """Which of the rows come in, and why where that is otherwise than proposed, in fields named for
    the submission's key. `seen` stands for what was shown."""

    seen = HiddenField()
    rows: Collection[Row] = ()

    def choice(self, row: Row) -> Any:
        return self[f"in_{row.submission.id.hex}"]

    def reason(self, row: Row) -> Any:
        return self[f"why_{row.submission.id.hex}"]

    @property
    def entering(self) -> set[UUID]:
        return {row.submission.id for row in self.rows if self.choice(row).data}

    @property
    def reasons(self) -> dict[UUID, str]:
        return {row.submission.id: self.reason(row).data or "" for row in self.rows}


def selection_form(slate: Slate) -> SelectionForm:
    """With what is proposed ticked."""
    fields: dict[str, Any] = {"rows": slate.rows.values()}
    for key, row in slate.rows.items():
        fields[f"in_{key.hex}"] = BooleanField(
            _l("%(team)s comes in", team=row.team.name), default=key in slate.proposal.keys
        )
        fields[f"why_{key.hex}"] = Text(
            _l("Why otherwise: %(team)s", team=row.team.name), required=False, most=1000
        )
    form: SelectionForm = type("Selections", (SelectionForm,), fields)()
    return form
