"""What organizers write about a competition."""

from typing import Any
from zoneinfo import available_timezones

from flask import current_app
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    SelectField,
    SelectMultipleField,
    SubmitField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from ..ground.forms import (
    Address,
    Day,
    Form,
    LocalizedField,
    LongText,
    Text,
    WallClock,
    WebAddress,
    WholeNumber,
    presence,
)
from ..ground.places import PROVINCES
from .models import Challenge, Comment, Gate, Level, PartnerKind

GATE_NAMES = {
    Gate.REGISTRATION: _l("Registration"),
    Gate.TEAM_CHANGES: _l("Team changes"),
    Gate.CHALLENGE_CHOICE: _l("Choice of the challenge"),
    Gate.SUBMISSION: _l("Submissions"),
    Gate.FEEDBACK: _l("Feedback from mentors"),
    Gate.JUDGING: _l("Judging"),
    Gate.SECOND_ROUND: _l("Judging: second round"),
    Gate.THIRD_ROUND: _l("Judging: third round"),
    Gate.PUBLIC_VOTE: _l("People’s choice"),
}
PARTNER_KINDS = {
    PartnerKind.ORGANIZER: _l("Organizes"),
    PartnerKind.FUNDER: _l("Funds"),
    PartnerKind.PARTNER: _l("Supports"),
}
MOST_LEVELS = 10
COMMENTS = {
    Comment.NO: _l("Not asked"),
    Comment.OPTIONAL: _l("Optional"),
    Comment.REQUIRED: _l("Required"),
}


class NewCompetitionForm(Form):
    """The least one needs to begin."""

    slug = Text(
        _l("Address"),
        most=60,
        description=_l("The last part of the competition’s address, such as datajam-2021."),
    )
    name = LocalizedField(_l("Name"), most=120)
    zone = Text(
        _l("Time zone"),
        most=64,
        default="America/Toronto",
        description=_l("The clock of the competition. Example: America/Toronto."),
        render_kw={"list": "zones"},
    )

    def validate_slug(self, field: Text) -> None:
        Regexp(
            r"^[a-z0-9]+(-[a-z0-9]+)*$",
            message=_l("Use small letters, figures and single hyphens."),
        )(self, field)
        first_words = {rule.rule.split("/")[1] for rule in current_app.url_map.iter_rules()}
        if field.data in first_words | {"en", "fr"}:
            raise ValidationError(_l("This word is used by the site itself."))

    def validate_zone(self, field: Text) -> None:
        if field.data not in available_timezones() - {"Factory"}:
            raise ValidationError(_l("This is not the name of a time zone we know."))


class CompetitionForm(NewCompetitionForm):
    tagline = LocalizedField(_l("Tagline"), required=False)
    summary = LocalizedField(_l("Summary"), long=True, required=False, most=1000)
    description = LocalizedField(_l("Description"), long=True, required=False)
    how_to_enter = LocalizedField(_l("How to enter"), long=True, required=False)
    other_clock = BooleanField(_l("Yes, move every page and letter to the new clock"))
    grace_seconds = WholeNumber(
        _l("Grace after a deadline, in seconds"),
        [Optional(), NumberRange(0, 600)],
        description=_l(
            "For this long after a close, a form that somebody began in time is still taken. "
            "No page or letter speaks of it. 600 at most."
        ),
    )
    team_min = WholeNumber(_l("Fewest people in a team"), [*presence(True), NumberRange(1, 50)])
    team_max = WholeNumber(_l("Most people in a team"), [*presence(True), NumberRange(1, 50)])
    size_warning_hours = WholeNumber(
        _l("Hours before the close at which small teams are warned"),
        [*presence(True), NumberRange(0, 24 * 60)],
        description=_l("Of team changes. Members of teams below the minimum get one letter."),
    )
    minimum_age = WholeNumber(_l("Minimum age"), [Optional(), NumberRange(1, 120)])
    age_on = Day(
        _l("The day of that age"),
        required=False,
        description=_l("Empty: the day the first step opens."),
    )
    asks_birth_date = BooleanField(
        _l("Ask for the date of birth"),
        description=_l("Otherwise people declare that they are old enough."),
    )
    country = SelectField(
        _l("Where participants must live"),
        choices=[SelectChoice("", _l("Anywhere")), SelectChoice("CA", _l("In Canada"))],
    )
    personal_days = WholeNumber(
        _l("Days that personal data is kept"),
        [*presence(True), NumberRange(1, 3650)],
        description=_l(
            "Counted from the end of the competition, when its last deadline passes. What is "
            "personal is then forgotten, and the journal says how much."
        ),
    )
    second_factor_required = BooleanField(
        _l("Organizers need a second factor"),
        description=_l(
            "The organizers’ pages of this competition then open only to who signed in with a "
            "code from an app or a passkey. Whoever has neither yet is led to set one up."
        ),
    )

    provinces = SelectMultipleField(
        _l("Only in these provinces and territories"),
        choices=[SelectChoice(code, name) for code, name in PROVINCES.items()],
        description=_l("Nothing chosen: all of Canada."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def validate_provinces(self, field: SelectMultipleField) -> None:
        if field.data and self.country.data != "CA":
            raise ValidationError(_l("Choose Canada as where participants must live, too."))

    def validate_team_max(self, field: WholeNumber) -> None:
        if self.team_min.data and field.data and field.data < self.team_min.data:
            raise ValidationError(_l("This cannot be less than the fewest people."))


class WindowForm(Form):
    opens_at = WallClock(_l("Opens"))
    closes_at = WallClock(_l("Closes"))


class ChallengeForm(Form):
    number = WholeNumber(_l("Number"), [*presence(True), NumberRange(1, 99)])
    title = LocalizedField(_l("Title"))
    summary = LocalizedField(_l("Summary"), long=True, most=1000)
    description = LocalizedField(_l("Description"), long=True)


class PartnerForm(Form):
    kind = SelectField(
        _l("What it does"),
        choices=[SelectChoice(kind.value, label) for kind, label in PARTNER_KINDS.items()],
    )
    name = LocalizedField(_l("Name"))
    short = LocalizedField(_l("Short name"), required=False, most=60)
    description = LocalizedField(_l("Description"), long=True, required=False, most=1000)
    website = WebAddress(_l("Website"))
    position = WholeNumber(_l("Order"), [Optional(), NumberRange(0, 999)], default=0)


class DocumentForm(Form):
    title = LocalizedField(_l("Title"))
    language = SelectField(
        _l("Language"),
        choices=[
            SelectChoice("", _l("English and French")),
            SelectChoice("en", _l("English")),
            SelectChoice("fr", _l("French")),
        ],
    )
    file = FileField(_l("File"))
    position = WholeNumber(_l("Order"), [Optional(), NumberRange(0, 999)], default=0)


class CriterionForm(Form):
    """A criterion; its levels are `level_1`, `word_1` and so on, as many as are written."""

    name = LocalizedField(_l("Name"))
    description = LocalizedField(_l("Description"), long=True, most=1000)
    weight = WholeNumber(
        _l("Weight"),
        [*presence(True), NumberRange(1, 100)],
        description=_l(
            "In percent. The weights by which a submission is judged come to 100 for each "
            "challenge."
        ),
    )
    challenge_id = SelectField(_l("For submissions to"), [Optional()])
    comment = SelectField(
        _l("Comment of the judge"),
        choices=[SelectChoice(each.value, label) for each, label in COMMENTS.items()],
        default=Comment.NO.value,
    )
    comment_shown = BooleanField(
        _l("The team reads the comment"),
        description=_l("With the results, without the judge’s name. Otherwise only organizers do."),
    )
    position = WholeNumber(_l("Order"), [Optional(), NumberRange(0, 999)], default=0)

    def offer(self, challenges: list[Challenge]) -> None:
        self.challenge_id.choices = [
            SelectChoice("", _l("Every challenge")),
            *(SelectChoice(str(each.id), str(each.title)) for each in challenges),
        ]

    @property
    def rows(self) -> list[tuple[int, Any, Any]]:
        """The score of each level that can be written, its word and its description."""
        return [(n, self[f"word_{n}"], self[f"level_{n}"]) for n in range(1, MOST_LEVELS + 1)]

    @property
    def scale(self) -> int:
        """The highest level that is written."""
        return max((n for n, word, level in self.rows if word.data or level.data), default=0)

    @property
    def levels(self) -> list[Level]:
        return [
            Level(score=n, word=word.data, description=level.data)
            for n, word, level in self.rows[: self.scale]
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Levels go up without a gap, at least two of them."""
        valid = bool(super().validate(extra_validators))
        for _n, _word, level in self.rows[: max(2, self.scale)]:
            if not level.data:
                valid = False
                for part in level.form:
                    part.errors = [*part.errors, _l("Write this too.")]
        return valid


for _number in range(1, MOST_LEVELS + 1):
    setattr(
        CriterionForm,
        f"word_{_number}",
        LocalizedField(
            _l("Level %(number)s in a word", number=_number), required=False, together=True, most=40
        ),
    )
    setattr(
        CriterionForm,
        f"level_{_number}",
        LocalizedField(
            _l("Level %(number)s: what it means", number=_number),
            long=True,
            required=False,
            most=300,
        ),
    )


class ConditionForm(Form):
    name = LocalizedField(
        _l("Condition"),
        description=_l("Something that is so or not, such as: It answers the challenge."),
    )
    help = LocalizedField(_l("Help for judges"), long=True, required=False, most=1000)
    position = WholeNumber(_l("Order"), [Optional(), NumberRange(0, 999)], default=0)


class AppointmentForm(Form):
    email = Address()


class InquiryForm(Form):
    text = LongText(
        _l("Your question"),
        most=2000,
        description=_l(
            "The organizers see who asks. If they answer everyone, your name is not shown. Write "
            "nothing here that would let somebody be recognized."
        ),
    )


class AnswerForm(Form):
    question = LocalizedField(
        _l("The question, as everyone reads it"),
        long=True,
        required=False,
        most=2000,
        description=_l(
            "For an answer to everyone: in both languages, and without a hint of who asks."
        ),
    )
    answer = LocalizedField(_l("Answer"), long=True, most=5000, description=_l("Markdown works."))
    publish = SubmitField(_l("Answer everyone"))
