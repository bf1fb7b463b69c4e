"""What organizers decide, and when it becomes public."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice

from ..ground.forms import Form, LocalizedField, WallClock
from ..ground.localized import Localized
from ..judging.queries import Row
from ..submissions.models import Submission
from .models import Grade, Honour
from .queries import digest_of

GRADE_NAMES = {Grade.WINNER: _l("Winner"), Grade.OUTSTANDING: _l("Outstanding")}


class DecisionsForm(Form):
    """An honour and a citation for each of `rows`, in fields named for the submission's key.

    `seen` stands for the decisions that the page showed.
    """

    seen = HiddenField()
    rows: list[Row]

    def grade(self, row: Row) -> Any:
        return self[f"grade_{row.submission.id.hex}"]

    def citation(self, row: Row) -> Any:
        return self[f"citation_{row.submission.id.hex}"]

    @property
    def decisions(self) -> dict[Submission, tuple[Grade | None, Localized]]:
        return {
            row.submission: (
                Grade(self.grade(row).data) if self.grade(row).data else None,
                self.citation(row).data,
            )
            for row in self.rows
        }


def decisions_form(
    rows: Iterable[Row], honours: Mapping[UUID, Honour], grades: Mapping[UUID, Grade]
) -> DecisionsForm:
    """The form for these rows: `grades` are selected, the citations of `honours` filled in."""
    rows = list(rows)
    fields: dict[str, Any] = {"rows": rows}
    for row in rows:
        key, title = row.submission.id, row.version.content["title"]
        fields[f"grade_{key.hex}"] = SelectField(
            _l("Honour for %(title)s", title=title),
            choices=[
                SelectChoice("", _l("No honour")),
                *(SelectChoice(grade.value, name) for grade, name in GRADE_NAMES.items()),
            ],
            default=grades[key].value if key in grades else "",
        )
        fields[f"citation_{key.hex}"] = LocalizedField(
            _l("Citation for %(title)s", title=title),
            long=True,
            required=False,
            most=1000,
            default=honours[key].citation if key in honours else None,
        )
    return type("Decisions", (DecisionsForm,), fields)(data={"seen": digest_of(honours)})


class AnnouncementForm(Form):
    publish_at = WallClock(_l("Public from"))
