"""What judges and organizers fill in."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from ..ground.forms import Form, LongText
from ..judging.models import Review
from ..judging.outcome import Placed
from ..judging.rulebook import Criterion
from .queries import Candidate


class OpeningForm(Form):
    """Which submissions are discussed; their boxes stand in the table."""

    submissions = SelectMultipleField(_l("Submissions"), validate_choice=False)
    named = BooleanField(
        _l("Judges see each other’s names"),
        default=True,
        description=_l("Otherwise they are Judge A, Judge B and so on. You always see the names."),
    )

    def chosen(self, found: list[Candidate]) -> list[Placed]:
        """Those that were ticked; what is something else is left out."""
        return [each.placed for each in found if self.ticks(each.placed.key)]

    def ticks(self, submission_id: UUID) -> bool:
        return str(submission_id) in (self.submissions.data or ())


class RemarkForm(Form):
    text = LongText(_l("Your remark"), most=5000, render_kw={"rows": 4})


class RevisionForm(Form):
    """What a review says after the discussion; `revision_form` adds a choice for each criterion."""

    comment = LongText(
        _l("Comment for the team"),
        required=False,
        most=5000,
        description=_l("The team reads it after the results are published, without your name."),
        render_kw={"rows": 4},
    )
    reason = LongText(
        _l("Why you change it"),
        most=2000,
        description=_l("The organizers and the record keep it, with what you said before."),
        render_kw={"rows": 3},
    )
    criteria: Sequence[Criterion] = ()

    def choice(self, criterion: Criterion) -> RadioField:
        return self[_name(criterion)]

    @property
    def levels(self) -> dict[Criterion, int | None]:
        return {criterion: self.choice(criterion).data for criterion in self.criteria}


def revision_form(review: Review, criteria: Sequence[Criterion]) -> RevisionForm:
    """The form, with what the review says so far."""
    fields = {
        _name(criterion): RadioField(
            criterion.name,
            [InputRequired(_l("Choose a level."))],
            coerce=int,
            choices=[SelectChoice(level.score, str(level.score)) for level in criterion.levels],
        )
        for criterion in criteria
    }
    said = {f"criterion_{score.criterion_id.hex}": score.score for score in review.scores}
    kind = type("RevisionFormOfCompetition", (RevisionForm,), {**fields, "criteria": criteria})
    form: RevisionForm = kind(data={"comment": review.comment, **said})
    return form


def _name(criterion: Criterion) -> str:
    return f"criterion_{criterion.id.hex}"
