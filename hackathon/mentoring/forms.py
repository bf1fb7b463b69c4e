"""What mentors, teams and their organizers fill in."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from ..competitions.models import Expertise
from ..ground.forms import Address, Form, LocalizedField, Text, WholeNumber, presence
from ..ground.i18n import NAMES
from ..teams.models import Team
from .models import Mentor


def key_of(thing: Any) -> str:
    return str(getattr(thing, "id", thing))


class Checkboxes(SelectMultipleField):
    """Any number of choices, each with its box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Whole(WholeNumber):
    """A whole number from `least` to `most`."""

    def __init__(self, label: Any, *, least: int, most: int, **kwargs: Any) -> None:
        between = NumberRange(least, most, _l("Between %(min)s and %(max)s."))
        super().__init__(label, [*presence(True), between], **kwargs)


class Button(Form):
    """A deed without questions."""


class OfExpertise(Form):
    """A form that chooses among the competition's expertise."""

    expertise = Checkboxes(_l("Expertise"), coerce=key_of)

    def __init__(self, options: Sequence[Expertise], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.options = options
        self.expertise.choices = [SelectChoice(str(each.id), str(each.label)) for each in options]

    @property
    def chosen(self) -> list[Expertise]:
        return [each for each in self.options if str(each.id) in self.expertise.data]


class MentorForm(OfExpertise):
    headline = LocalizedField(
        _l("Headline"),
        required=False,
        description=_l("Who you are in one line, for the teams and for everyone."),
    )
    languages = Checkboxes(
        _l("Languages"),
        validators=presence(True),
        choices=[SelectChoice(code, name) for code, name in NAMES.items()],
        description=_l("A mentor and their team need at least one in common."),
    )
    capacity = Whole(
        _l("Capacity"), least=0, most=50, default=1, description=_l("How many teams at once.")
    )

    @property
    def fields(self) -> dict[str, Any]:
        return {
            "headline": self.headline.data,
            "languages": self.languages.data,
            "expertise": self.chosen,
            "capacity": self.capacity.data,
        }


class AppointmentForm(MentorForm):
    email = Address(
        description=_l("The address of the person’s account on this site."),
        render_kw={"autocomplete": "off"},
    )


class NeedsForm(OfExpertise):
    """The team's own words for the field."""

    expertise = Checkboxes(_l("What should your mentors know well?"), coerce=key_of)


class ExpertiseForm(Form):
    label = LocalizedField(_l("Name"), complete=True)
    position = Whole(
        _l("Place in the list"),
        least=0,
        most=1000,
        description=_l("A whole number; the smallest comes first."),
    )


class ConflictForm(Form):
    mentor = SelectField(_l("Mentor"), presence(True))
    team = SelectField(_l("Team"), presence(True))
    reason = Text(
        _l("Reason"),
        most=500,
        description=_l("Seen by organizers only. Example: works with a member of the team."),
    )

    def __init__(self, mentors: Sequence[Mentor], teams: Sequence[Team], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mentors = {str(mentor.id): mentor for mentor in mentors}
        self.teams = {str(team.id): team for team in teams}
        self.mentor.choices = [SelectChoice(k, m.user.name) for k, m in self.mentors.items()]
        self.team.choices = [SelectChoice(k, t.name) for k, t in self.teams.items()]


class MentorFilter(Form):
    """Narrows the public list. Anything unknown in the address narrows nothing."""

    expertise = SelectField(_l("Expertise"))
    language = SelectField(_l("Language"))

    def __init__(self, options: Sequence[Expertise], asked: Any) -> None:
        super().__init__(asked, meta={"csrf": False})
        self.options = options
        self.expertise.choices = [
            SelectChoice("", str(_l("Any expertise"))),
            *(SelectChoice(str(each.id), str(each.label)) for each in options),
        ]
        self.language.choices = [
            SelectChoice("", str(_l("Any language"))),
            *(SelectChoice(code, name) for code, name in NAMES.items()),
        ]

    @property
    def chosen(self) -> dict[str, Any]:
        expertise = next((e for e in self.options if str(e.id) == self.expertise.data), None)
        language = self.language.data if self.language.data in NAMES else ""
        return {"expertise": expertise, "language": language}
