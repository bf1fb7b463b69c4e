"""What judging asks for."""

from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ..competitions.models import Challenge, Criterion
from ..ground.forms import Address, Form, LongText, Text, WholeNumber, presence
from .models import Judge, Review
from .queries import Manner, Move, Plan, Wish

MOST_REVIEWS = 20
MOST_CAPACITY = 500
MOST_EXTRA = 5000
MOST_MOVES = 40  # made by hand in one proposal: they stand in its address


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
    challenges = SelectMultipleField(
        _l("Challenges they read"),
        [Optional()],
        choices=[],
        description=_l("None chosen means every challenge."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    capacity = Whole(
        _l("Capacity"), 0, MOST_CAPACITY, description=_l("How many submissions they can read.")
    )
    of_competition: list[Challenge] = []

    def offer(self, challenges: list[Challenge]) -> None:
        self.of_competition = challenges
        self.challenges.choices = [
            SelectChoice(str(c.id), _("%(number)s. %(title)s", number=c.number, title=c.title))
            for c in challenges
        ]

    @property
    def chosen(self) -> list[Challenge]:
        return [c for c in self.of_competition if str(c.id) in (self.challenges.data or ())]


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


class WishForm(Form):
    """What is asked of a proposal; asked in the address, so without a token."""

    class Meta:
        csrf = False

    manner = HiddenField(default=Manner.FILL.value)
    wanted = Whole(_l("Reviews for each submission"), 1, MOST_REVIEWS, default=3)

    @property
    def wish(self) -> Wish | None:
        """None as long as there is nothing that makes sense."""
        if self.wanted.errors or not self.wanted.data:
            return None
        known = {each.value for each in Manner}
        manner = Manner(self.manner.data) if self.manner.data in known else Manner.FILL
        return Wish(self.wanted.data, manner, moves_in(request.values.getlist("move")))


class RepairForm(WishForm):
    wanted = Whole(_l("Reviews for each submission"), 1, MOST_REVIEWS, id="repair-wanted")


class WaveForm(WishForm):
    """A second wave counts its further reviews in all."""

    wanted = Whole(_l("Further reviews in all"), 1, MOST_EXTRA, id="wave-wanted")


class ProposalForm(WishForm):
    class Meta(Form.Meta):  # with a token again
        pass

    wanted = Whole(_l("Reviews for each submission"), 1, MOST_EXTRA)
    digest = HiddenField()  # missing or altered, the plan is simply shown anew


def moves_in(texts: list[str]) -> tuple[Move, ...]:
    """Read `add.<judge>.<submission>` and `drop.…`; what is something else is left out."""
    found = []
    for text in texts[:MOST_MOVES]:
        match text.split("."):
            case ["add" | "drop" as deed, judge, submission]:
                try:
                    found.append(Move(UUID(judge), UUID(submission), deed == "add"))
                except ValueError:
                    continue
    return tuple(found)


def written(move: Move) -> str:
    return f"{'add' if move.adds else 'drop'}.{move.judge}.{move.submission}"


class AdjustmentForm(Form):
    """A change by hand to a proposal: somebody reads a submission, somebody else does not."""

    class Meta:
        csrf = False

    submission = SelectField(_l("Submission"), presence(True))
    drop = SelectField(_l("No longer read by"), [Optional()])
    add = SelectField(_l("Read by"), [Optional()])

    def offer(self, found: Plan) -> None:
        nobody = SelectChoice("", "–")
        self.submission.choices = [
            SelectChoice("", _l("Choose")),
            *(SelectChoice(str(k), v.submission.team.name) for k, v in found.versions.items()),
        ]
        self.drop.choices = self.add.choices = [
            nobody,
            *(SelectChoice(str(k), judge.user.name) for k, judge in found.judges.items()),
        ]

    def moves_for(self, found: Plan) -> tuple[Move, ...]:
        """The moves this asks for; none, with an error, where they would change nothing."""
        submission, moves = UUID(self.submission.data), []
        for field, adds in ((self.drop, False), (self.add, True)):
            if not field.data:
                continue
            move = Move(UUID(field.data), submission, adds)
            if adds and move.pair in found.proposal.assignments:
                field.errors = [_l("This judge reads it already.")]
            elif not adds and move.pair not in found.proposal.assignments:
                field.errors = [_l("This judge does not read it.")]
            elif adds and move.pair in found.barred:
                field.errors = [_l("This judge has a conflict of interest with the team.")]
            elif not adds and move.pair in found.begun:
                field.errors = [
                    _l("This review has scores. Withdraw it on the page of the submission.")
                ]
            moves.append(move)
        if not moves:
            self.add.errors = [_l("Choose a judge to add, one to leave out, or both.")]
        return () if self.errors else tuple(moves)


class WhatIfForm(Form):
    """What the ranking would be without a judge or with other weights; asked in the address."""

    class Meta:
        csrf = False

    without = SelectField(_l("Without the judge"), [Optional()])
    criteria: list[Criterion] = []

    def weight(self, criterion: Criterion) -> WholeNumber:
        return self[_name(criterion)]

    @property
    def weights(self) -> dict[UUID, int]:
        """Those that differ from what was announced."""
        return {
            criterion.id: self.weight(criterion).data
            for criterion in self.criteria
            if self.weight(criterion).data not in (None, criterion.weight)
        }

    @property
    def is_asked(self) -> bool:
        return bool(self.criteria and request.args.keys() & self._fields.keys())

    @property
    def judge(self) -> UUID | None:
        return UUID(self.without.data) if self.without.data else None


def what_if_form(judges: list[Judge], criteria: list[Criterion]) -> WhatIfForm:
    fields = {
        _name(criterion): WholeNumber(
            criterion.name,
            [Optional(), NumberRange(0, 1000, _l("A whole number from %(min)s to %(max)s."))],
            default=criterion.weight,
            render_kw={"inputmode": "numeric", "min": 0, "max": 1000},
        )
        for criterion in criteria
    }
    kind = type("WhatIfFormOfCompetition", (WhatIfForm,), {**fields, "criteria": criteria})
    form: WhatIfForm = kind(formdata=request.args or None)
    form.without.choices = [
        SelectChoice("", "–"),
        *(SelectChoice(str(judge.id), judge.user.name) for judge in judges),
    ]
    if (
        form.is_asked
        and form.validate()
        and not any(
            weight if (weight := form[_name(c)].data) is not None else c.weight for c in criteria
        )
    ):
        form.refuse(str(_l("At least one criterion must count.")))
    return form


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
