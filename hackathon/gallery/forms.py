"""What the gallery asks of organizers, of members, and of who looks for a project."""

from datetime import datetime
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from ..competitions.models import Competition
from ..ground.forms import Form, LongText, Text, WallClock
from ..ground.i18n import NAMES
from ..ground.paging import asked
from ..results.models import Grade
from .models import Audience
from .queries import Wanted, choices_of

AUDIENCE_NAMES = {
    Audience.OFF: _l("Nobody"),
    Audience.CREW: _l("Organizers, mentors and judges"),
    Audience.REGISTERED: _l("Everyone who takes part, with organizers, mentors and judges"),
    Audience.PUBLIC: _l("Everyone on the internet"),
}
GRADE_NAMES = {Grade.WINNER: _l("Winners"), Grade.OUTSTANDING: _l("Outstanding projects")}


class GalleryForm(Form):
    """`sure` is what a person has read the consequences of."""

    audience = RadioField(
        _l("Who sees the projects"),
        choices=[SelectChoice(each.value, name) for each, name in AUDIENCE_NAMES.items()],
    )
    opens_at = WallClock(
        _l("From when"),
        required=False,
        description=_l(
            "Empty: with the results. Before the results no project shows what it received, and "
            "while submissions are open nobody sees any."
        ),
    )
    files = BooleanField(
        _l("Files can be downloaded"),
        description=_l(
            "As the teams sent them, with whatever their programs wrote into them. Pictures are "
            "shown either way, as copies without place and device."
        ),
    )
    sure = HiddenField()

    @property
    def wanted(self) -> dict[str, Any]:
        return {
            "audience": Audience(self.audience.data),
            "opens_at": self.opens_at.data,
            "files": bool(self.files.data),
        }

    @property
    def mark(self) -> str:
        """Stands for these settings."""
        moment: datetime | None = self.opens_at.data
        told = moment.isoformat() if moment else "-"
        return f"{self.audience.data} {told} {bool(self.files.data)}"


class ReasonForm(Form):
    """Why a project is kept out, or shown again."""

    reason = LongText(
        _l("Reason"),
        most=1000,
        description=_l("Everyone in the team reads it in the letter we send them."),
    )


class NameForm(Form):
    written = Text(
        _l("Your name, as everyone will read it"),
        most=150,
        description=_l("Your full name, a first name, a pseudonym: as you like."),
    )


class ProjectFilter(Form):
    """Narrows the projects. Anything unknown in the address narrows nothing."""

    search = StringField(_l("Search"))
    challenge = SelectField(_l("Challenge"), validate_choice=False)
    language = SelectField(_l("Language"), validate_choice=False)
    award = SelectField(_l("Honour"), validate_choice=False)

    def __init__(self, competition: Competition) -> None:
        super().__init__(request.args, meta={"csrf": False})
        choices = choices_of(competition)
        names: dict[str, tuple[Any, dict[str, Any]]] = {
            "challenge": (
                _l("All challenges"),
                {str(each.number): f"{each.number}. {each.title}" for each in choices["challenge"]},
            ),
            "language": (_l("All languages"), {code: NAMES[code] for code in choices["language"]}),
            "award": (
                _l("All projects"),
                {grade.value: GRADE_NAMES[grade] for grade in choices["award"]},
            ),
        }
        for name, (every, options) in names.items():
            if len(options) < (1 if name == "award" else 2):
                del self[name]  # it would tell nothing apart
                continue
            self[name].choices = [
                SelectChoice("", every),
                *(SelectChoice(key, text) for key, text in options.items()),
            ]

    @property
    def wanted(self) -> Wanted:
        return Wanted(**asked("challenge", "language", "award", "search"))
