"""What people who look for each other are asked for."""

from collections.abc import Sequence
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from ..competitions.models import Challenge, Competition, Expertise
from ..competitions.queries import expertise_of
from ..ground.forms import Form, LongText
from .forms import LanguagesField
from .seeking import MOST_FRIENDS, MOST_SKILLS


class Tags(SelectMultipleField):
    """Any number of rows, each with its box; `chosen` are the rows."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, coerce=lambda row: getattr(row, "url_key", row), **kwargs)
        self.offered: Sequence[Any] = ()

    def offer(self, rows: Sequence[Any], words: Any) -> None:
        self.offered = rows
        self.choices = [SelectChoice(row.url_key, words(row)) for row in rows]

    @property
    def chosen(self) -> list[Any]:
        return [row for row in self.offered if row.url_key in (self.data or ())]


class Addresses(LongText):
    """E-mail addresses, one a line; `data` is the list of them in lower case."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        super().process_formdata(valuelist)
        typed = (self.data or "").lower().replace(",", "\n").split("\n")
        self.data = [line.strip() for line in typed if line.strip()]

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        for address in self.data or ():
            try:
                validate_email(address, check_deliverability=False, allow_smtputf8=False)
            except EmailNotValidError:
                raise ValidationError(
                    _("“%(typed)s” is not a whole address.", typed=address[:80])
                ) from None

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "\n".join(self.data or ())


class LookingForm(Form):
    languages = LanguagesField(
        _l("Languages you can work in"),
        description=_l("A team needs at least one that all its members share."),
    )
    skills = Tags(
        _l("What you bring"),
        description=_l("At most %(most)s.", most=MOST_SKILLS),
    )
    interests = Tags(_l("Challenges that interest you"))
    about = LongText(
        _l("A few words"),
        required=False,
        most=500,
        description=_l("Who you are and what you would like to do. Other participants read it."),
    )
    friends = Addresses(
        _l("People you want to be with"),
        required=False,
        most=1200,
        description=_l(
            "Their addresses, one a line, at most %(most)s. It counts when they name you too. "
            "Nobody is told whom you named.",
            most=MOST_FRIENDS,
        ),
    )

    def offer(self, competition: Competition) -> "LookingForm":
        self.skills.offer(expertise_of(competition), name_of_skill)
        self.interests.offer(competition.challenges, name_of_challenge)
        return self

    @property
    def said(self) -> dict[str, Any]:
        return {
            "languages": self.languages.data,
            "skills": self.skills.chosen,
            "interests": self.interests.chosen,
            "about": self.about.data or "",
            "friends": self.friends.data or [],
        }


class VacancyForm(Form):
    skills = Tags(
        _l("Skills you look for"),
        description=_l("At most %(most)s.", most=MOST_SKILLS),
    )
    about = LongText(
        _l("A few words"),
        required=False,
        most=500,
        description=_l("Whom you look for, and for what. Other participants read it."),
    )

    def offer(self, competition: Competition) -> "VacancyForm":
        self.skills.offer(expertise_of(competition), name_of_skill)
        return self


class AskForm(Form):
    message = LongText(
        _l("A few words"),
        required=False,
        most=500,
        description=_l(
            "Why this team, and what you would bring. The team and the organizers read it."
        ),
    )


class AnswerForm(Form):
    answer = LongText(
        _l("A word to them"),
        required=False,
        most=500,
        description=_l("It stands in the email they get."),
    )


def name_of_skill(skill: Expertise) -> str:
    return str(skill.label)


def name_of_challenge(challenge: Challenge) -> str:
    return _("%(number)s. %(title)s", number=challenge.number, title=challenge.title)
