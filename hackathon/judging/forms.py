"""What judging asks for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ..competitions.models import Criterion
from ..ground.forms import Address, Form, LongText, Text, WholeNumber, presence
from ..ground.merging import Conflict, fingerprint
from .models import Judge, Review, Trouble
from .queries import Manner, Move, Plan, Wish
from .scoring import COMPLETE, DONE, WORDS, criterion_in, field_of, said

TROUBLES = {
    Trouble.FILE: _l("A file or a link does not work"),
    Trouble.LANGUAGE: _l("It is not in a language that I read"),
    Trouble.SAFETY: _l("It worries me: safety, privacy or harm"),
    Trouble.OTHER: _l("Something else"),
}
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


class AbstentionForm(Form):
    reason = LongText(
        _l("Reason"),
        most=1000,
        description=_l("Only the organizers of this competition read it."),
        render_kw={"rows": 4},
    )


class ProblemForm(Form):
    kind = RadioField(
        _l("What is it about?"),
        [InputRequired(_l("Please choose."))],
        choices=[SelectChoice(kind.value, name) for kind, name in TROUBLES.items()],
    )
    text = LongText(
        _l("What is wrong?"),
        most=2000,
        description=_l("Only the organizers of this competition read it."),
        render_kw={"rows": 5},
    )


class AnswerForm(Form):
    answer = LongText(
        _l("What came of it"),
        most=2000,
        description=_l("The judge reads it, and gets it by letter."),
        render_kw={"rows": 3},
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
            elif adds and move.pair in found.given_back:
                field.errors = [
                    _l("This judge gave it back. Give it again on the page of the submission.")
                ]
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
        return self[field_of(criterion.id)]

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
        field_of(criterion.id): WholeNumber(
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
            weight if (weight := form[field_of(c.id)].data) is not None else c.weight
            for c in criteria
        )
    ):
        form.refuse(str(_l("At least one criterion must count.")))
    return form


class ReviewForm(Form):
    """The words of a review; `review_form` adds a choice for each criterion.

    Beside each field stands the fingerprint of what it was drawn with (`base-…`), and where another
    device changed the same field, a choice (`keep-…`) between the two.
    """

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
    own_note = LongText(
        _l("Note for yourself"),
        required=False,
        most=5000,
        description=_l("Nobody but you reads it."),
        render_kw={"rows": 3},
    )
    criteria: list[Criterion] = []
    conflicts: dict[str, Conflict]
    bases: dict[str, str]

    def choice(self, criterion: Criterion) -> RadioField:
        return self[field_of(criterion.id)]

    @property
    def names(self) -> list[str]:
        """Of the fields that are saved, in the order of the form."""
        return [*(field_of(criterion.id) for criterion in self.criteria), *WORDS]

    @property
    def mine(self) -> dict[str, Any]:
        """What came with the request, by field: a page may send only what was changed. Where both
        of two texts were shown, it is mine only once that was chosen."""
        sent = {
            name: self[name].data
            for name in self.names
            if name in request.form and not (self._disputed(name) and self._kept(name) != "mine")
        }
        return sent | ({COMPLETE: DONE} if self.completes else {})

    @property
    def undecided(self) -> list[str]:
        """The fields of which both texts were shown, and none was chosen."""
        return [n for n in self.names if self._disputed(n) and not self._kept(n)]

    def _disputed(self, name: str) -> bool:
        return f"shown-{name}" in request.form

    def _kept(self, name: str) -> str:
        return request.form.get(f"keep-{name}", "")

    @property
    def completes(self) -> bool:
        return request.form.get("deed") == COMPLETE or request.form.get(COMPLETE) == DONE

    @property
    def touches(self) -> dict[str, list[str]]:
        """What the page calls its changes, by field."""
        sent = {name: request.form.get(f"touch-{name}", "") for name in [*self.names, COMPLETE]}
        return {n: text.split()[:MOST_TOUCHES] for n, text in sent.items() if _names_it(text)}

    def every_criterion(self) -> bool:
        """Is there a level for each? Says so beside those without."""
        missing = [name for name in self.names if criterion_in(name) and self[name].data is None]
        for name in missing:
            self.refuse(str(_l("Choose a level.")), name)
        return not missing

    def settle(self, saved: Mapping[str, Any], conflicts: Mapping[str, Conflict]) -> bool:
        """Show what is saved now, and both of what was changed twice; says if all is settled."""
        self.conflicts = dict(conflicts)
        for name in self.names:
            if name not in conflicts:
                self[name].data = saved.get(name)
            self.bases[name] = fingerprint(saved.get(name))
        return not conflicts

    def in_words(self, name: str, value: Any) -> str:
        """A value as people read it."""
        return "" if value is None else str(value)

    def can_join(self, name: str) -> bool:
        return criterion_in(name) is None


MOST_TOUCHES = 12


def _names_it(text: str) -> bool:
    """Is it what a page calls its changes, and no more than that?"""
    return bool(text.strip()) and len(text) <= 40 * MOST_TOUCHES


def review_form(review: Review, criteria: list[Criterion], *, filled: bool = True) -> ReviewForm:
    """The form of a review, `filled` with what it says so far."""
    fields = {
        field_of(criterion.id): RadioField(
            criterion.name,
            [Optional()],
            coerce=int,
            choices=[SelectChoice(level.score, str(level.score)) for level in criterion.levels],
        )
        for criterion in criteria
    }
    saved = said(review) if filled else {}
    kind = type("ReviewFormOfCompetition", (ReviewForm,), {**fields, "criteria": criteria})
    form: ReviewForm = kind(data=saved)
    form.conflicts = {}
    form.bases = {name: fingerprint(saved.get(name)) for name in form.names}
    if request.method == "POST":  # what the judge began from, as their page says
        sent = {name: request.form.get(f"base-{name}") for name in form.names}
        form.bases = {name: base for name, base in sent.items() if base is not None}
    return form


def field_names(criteria: list[Criterion]) -> dict[str, Any]:
    """What each field of a review is called, for what a device keeps of it, and for its history."""
    words = {name: getattr(ReviewForm, name).args[0] for name in WORDS}
    levels = {field_of(criterion.id): criterion.name for criterion in criteria}
    return levels | words | {COMPLETE: _l("Review complete")}
