"""What organizers write of a sample, and what judges give it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from ..competitions.models import Challenge
from ..ground.by_content import Made
from ..ground.forms import Form, LocalizedField, LongText, WebAddress, WholeNumber
from ..ground.localized import Localized
from ..judging.queries import version_in
from ..judging.rulebook import Criterion
from ..judging.saving import TouchForm, level_field
from ..judging.scoring import field_of
from .actions import NOTE, said, unscored
from .models import Reference, Sample, SampleReview
from .queries import criteria_for


class SampleForm(Form):
    title = LocalizedField(_l("Title"))
    summary = LocalizedField(_l("Summary"), required=False, long=True, most=1000)
    description = LocalizedField(
        _l("Description"),
        required=False,
        long=True,
        description=_l("As a team would write it. Markdown works here."),
    )
    repository = WebAddress(_l("Address of the code"))
    demonstration = WebAddress(_l("Address of a demonstration"))
    challenge_id = SelectField(
        _l("Criteria"),
        [Optional()],
        description=_l("A sample is scored by what is asked of every submission."),
    )
    position = WholeNumber(_l("Order"), [Optional(), NumberRange(0, 999)], default=0)

    def offer(self, challenges: Sequence[Challenge]) -> None:
        self.challenge_id.choices = [
            SelectChoice("", str(_l("Those of every submission"))),
            *(
                SelectChoice(str(each.id), str(_l("Also those of “%(title)s”", title=each.title)))
                for each in challenges
            ),
        ]

    def fields(self, challenges: Sequence[Challenge]) -> dict[str, Any]:
        """What the form says, as the row has it."""
        chosen = {str(each.id): each.id for each in challenges}
        names = ("title", "summary", "description")
        return {
            **{name: self[name].data for name in names},
            "repository": self.repository.data or "",
            "demonstration": self.demonstration.data or "",
            "challenge_id": chosen.get(self.challenge_id.data),
            "position": self.position.data or 0,
        }


def sample_form(challenges: Sequence[Challenge], sample: Sample | None = None) -> SampleForm:
    form = SampleForm(obj=sample)
    form.offer(challenges)
    if sample is not None and not form.is_submitted():
        form.challenge_id.data = str(sample.challenge_id or "")
    return form


class SampleFileForm(Form):
    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])
    caption = LocalizedField(
        _l("What it is or shows"),
        complete=True,
        description=_l("Of a picture, in words for people who cannot see it."),
    )


class ReferencesForm(Form):
    """`references_form` adds a choice and a reason for each criterion."""

    criteria: Sequence[Criterion] = ()

    def choice(self, criterion: Criterion) -> RadioField:
        return self[field_of(criterion.id)]

    def reason(self, criterion: Criterion) -> LocalizedField:
        return self[f"reason_{criterion.id.hex}"]

    @property
    def given(self) -> dict[Criterion, tuple[int | None, Localized]]:
        return {
            criterion: (self.choice(criterion).data or None, self.reason(criterion).data)
            for criterion in self.criteria
        }


def references_form(
    criteria: Sequence[Criterion], known: Mapping[Any, Reference]
) -> ReferencesForm:
    fields: dict[str, Any] = {"criteria": criteria}
    data: dict[str, Any] = {}
    for criterion in criteria:
        fields[field_of(criterion.id)] = RadioField(
            criterion.name,
            coerce=int,
            choices=[
                SelectChoice(0, _l("No reference")),
                *(SelectChoice(level.score, str(level.score)) for level in criterion.levels),
            ],
            default=0,
        )
        fields[f"reason_{criterion.id.hex}"] = LocalizedField(
            _l("Why this level on “%(name)s”", name=criterion.name),
            required=False,
            together=True,
            long=True,
            most=500,
        )
        if reference := known.get(criterion.id):
            if reference.levels == len(criterion.levels):
                data[field_of(criterion.id)] = reference.score
            data[f"reason_{criterion.id.hex}"] = reference.reason
    kind = type("ReferencesFormOfSample", (ReferencesForm,), fields)
    form: ReferencesForm = kind(data=data)
    return form


class LessonForm(Form):
    lesson = LocalizedField(
        _l("What was learned"),
        required=False,
        together=True,
        long=True,
        most=5000,
        description=_l(
            "Such as how a criterion is meant where the judges read it differently. Judges who "
            "have completed the sample read it; name nobody. Markdown works here."
        ),
    )
    publish = BooleanField(_l("The judges read it"))


class ScoringForm(TouchForm):
    """A judge's levels of a sample; `scoring_form` adds a choice for each criterion."""

    note = LongText(
        _l("Note for the organizers"),
        required=False,
        most=2000,
        description=_l("What was hard to decide? It helps them to make the criteria clearer."),
        render_kw={"rows": 3},
    )

    @property
    def names(self) -> list[str]:
        return [*(field_of(criterion.id) for criterion in self.criteria), NOTE]

    def complete(self) -> bool:
        """Has every criterion a level? Says so beside those that have none."""
        return self.lacks(unscored(self.criteria, {n: self[n].data for n in self.names}))


def scoring_form(sample: Sample, review: SampleReview | None = None) -> ScoringForm:
    version, kind = version_in(sample.round_id), ScoringForm
    if version:
        digest = (version.digest, sample.challenge_id)
        kind = _kinds.of(digest, lambda: _asking(criteria_for(sample)))
    saved = said(review, kind.criteria)
    form = kind(data=saved)
    form.begin(saved)
    return form


_kinds: Made[type[ScoringForm]] = Made(64)


def _asking(criteria: Sequence[Criterion]) -> type[ScoringForm]:
    fields: dict[str, Any] = {field_of(each.id): level_field(each) for each in criteria}
    return type("ScoringFormOfSample", (ScoringForm,), {**fields, "criteria": criteria})
