"""What judging asks for."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ..competitions.models import Criterion
from ..ground.forms import Address, Form, LongText, Text, WholeNumber, presence
from .models import Judge, Review

MOST_REVIEWS = 20
MOST_CAPACITY = 500


class Whole(WholeNumber):
    """A whole number between two ends."""

    def __init__(self, label: Any, least: int, most: int, **kwargs: Any) -> None:
        between = NumberRange(least, most, _l("A whole number from %(min)s to %(max)s."))
        super().__init__(
            label,
            [*presence(True), between],
            render_kw={"inputmode": "numeric", "min": least, "max": most},
            **kwargs,
        )


class JudgeForm(Form):
    languages = SelectMultipleField(
        _l("Languages they read"),
        presence(True),
        choices=[SelectChoice("en", _l("English")), SelectChoice("fr", _l("French"))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    capacity = Whole(
        _l("Capacity"), 0, MOST_CAPACITY, description=_l("How many submissions they can read.")
    )


class AppointmentForm(JudgeForm):
    email = Address(description=_l("The address of the person’s account on this site."))


class ConflictForm(Form):
    judge = SelectField(_l("Judge"), presence(True))
    team = SelectField(_l("Team"), presence(True))
    reason = Text(
        _l("Reason"), most=500, description=_l("Only the organizers of this competition read it.")
    )

    def offer(self, judges: list[Judge], teams: list[Any]) -> None:
        blank = SelectChoice("", _l("Choose"))
        self.judge.choices = [blank, *(SelectChoice(str(j.id), j.user.name) for j in judges)]
        self.team.choices = [blank, *(SelectChoice(str(t.id), t.name) for t in teams)]


class RecusalForm(Form):
    reason = Text(
        _l("Reason"), most=500, description=_l("Only the organizers of this competition read it.")
    )


class WantedForm(Form):
    """How many reviews each submission should have; asked in the address, so without a token."""

    class Meta:
        csrf = False

    wanted = Whole(_l("Reviews for each submission"), 1, MOST_REVIEWS, default=3)


class ProposalForm(Form):
    wanted = Whole(_l("Reviews for each submission"), 1, MOST_REVIEWS)
    digest = HiddenField()  # missing or altered, the plan is simply shown anew


class ReviewForm(Form):
    """The words of a review; `review_form` adds a choice for each criterion."""

    comment = LongText(
        _l("Comment for the team"),
        required=False,
        most=5000,
        description=_l("The team reads it after the results are published, without your name."),
        render_kw={"rows": 5},
    )
    note = LongText(
        _l("Note for the organizers"),
        required=False,
        most=5000,
        description=_l("Only the organizers read it."),
        render_kw={"rows": 3},
    )
    criteria: list[Criterion] = []

    def choice(self, criterion: Criterion) -> RadioField:
        return self[_name(criterion)]

    @property
    def levels(self) -> dict[Criterion, int | None]:
        return {criterion: self.choice(criterion).data for criterion in self.criteria}

    def every_criterion(self) -> bool:
        """Is there a level for each? Says so beside those without."""
        missing = [c for c in self.criteria if self.choice(c).data is None]
        for criterion in missing:
            self.refuse(str(_l("Choose a level.")), _name(criterion))
        return not missing


def review_form(review: Review, criteria: list[Criterion]) -> ReviewForm:
    """The form of a review, with what it says so far."""
    fields = {
        _name(criterion): RadioField(
            criterion.name,
            [Optional()],
            coerce=int,
            choices=[SelectChoice(level.score, str(level.score)) for level in criterion.levels],
        )
        for criterion in criteria
    }
    said = {f"criterion_{score.criterion_id.hex}": score.score for score in review.scores}
    kind = type("ReviewFormOfCompetition", (ReviewForm,), {**fields, "criteria": criteria})
    form: ReviewForm = kind(data={"comment": review.comment, "note": review.note, **said})
    return form


def _name(criterion: Criterion) -> str:
    return f"criterion_{criterion.id.hex}"
