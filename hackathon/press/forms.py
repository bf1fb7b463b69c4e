"""What organizers write for the press, and choose."""

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from ..ground.forms import Form, LocalizedField
from ..results.queries import Project
from .models import PressPack

HELP = {
    "introduction": _l("What happened, for whom, why it matters. You can use Markdown."),
    "quote": _l("A sentence that may be printed. Both languages or neither."),
    "contact": _l(
        "A name, an address, hours: what may be printed. It is deleted with the personal data of "
        "the competition."
    ),
}


class PressForm(Form):
    """`seen` stands for the pack that the form was drawn with."""

    introduction = LocalizedField(
        _l("Introduction"), long=True, required=False, most=5000, description=HELP["introduction"]
    )
    quote = LocalizedField(
        _l("Quote"),
        long=True,
        required=False,
        together=True,
        most=1000,
        description=HELP["quote"],
    )
    quoted = LocalizedField(_l("Who says it"), required=False, together=True)
    contact = LocalizedField(
        _l("Press contact"), long=True, required=False, most=1000, description=HELP["contact"]
    )
    terms = LocalizedField(
        _l("Use of texts and pictures"),
        long=True,
        required=False,
        most=1000,
        description=_l("Who may print what, and whom to name, such as the team and the event."),
    )
    projects = SelectMultipleField(
        _l("Projects"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    pictures = SelectMultipleField(
        _l("Pictures"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    logos = BooleanField(_l("Put the logos of the certificates in"))
    seen = HiddenField()

    def offer(self, projects: list[Project]) -> "PressForm":
        """From what may go in, the organizers choose."""
        self.projects.choices = [
            SelectChoice(str(project.submission.id), project.title) for project in projects
        ]
        self.pictures.choices = [
            SelectChoice(f"{project.submission.id}/{file['sha256']}", file["alt"])
            for project in projects
            for file in project.pictures
        ]
        return self

    @property
    def chosen(self) -> dict[uuid.UUID, list[str]]:
        """A picture goes in with its project alone."""
        pictures = [choice.split("/") for choice in self.pictures.data or ()]
        return {
            uuid.UUID(key): [digest for owner, digest in pictures if owner == key]
            for key in self.projects.data or ()
        }


def told(pack: PressPack | None, projects: list[Project], seen: str) -> dict[str, Any]:
    """What the form shows: the pack, or before the first one every project without its pictures."""
    if pack is None:
        return {"projects": [str(p.submission.id) for p in projects], "pictures": [], "seen": seen}
    names = ("introduction", "quote", "quoted", "contact", "terms", "logos")
    return {
        **{name: getattr(pack, name) for name in names},
        "projects": [str(row.submission_id) for row in pack.projects],
        "pictures": [f"{row.submission_id}/{p}" for row in pack.projects for p in row.pictures],
        "seen": seen,
    }
