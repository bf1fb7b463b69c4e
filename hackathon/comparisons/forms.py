"""What comparisons ask for."""

from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange

from ..ground.forms import Form, LocalizedField, LongText, Text, WholeNumber
from .actions import Numbering
from .models import LEAST_MINUTES, MOST_MINUTES, Word

MANNERS = {
    Numbering.THROUGH: _l("1, 2, 3 and on, one challenge after the other"),
    Numbering.BY_CHALLENGE: _l("1-1, 1-2 and on: the number of the challenge comes first"),
}
WORDS = [word for word in Word if word is not Word.CONFLICT]


class SettingsForm(Form):
    minutes = WholeNumber(
        _l("Minutes for each visit"),
        [
            InputRequired(_l("Please fill this in.")),
            NumberRange(
                LEAST_MINUTES, MOST_MINUTES, message=_l("From %(min)d to %(max)d minutes.")
            ),
        ],
        description=_l(
            "Walking to the table included. When the time is over nothing happens by itself: the "
            "judge sees it, and you see who is late."
        ),
        render_kw={"inputmode": "numeric"},
    )


class NumberingForm(Form):
    manner = RadioField(
        _l("Numbers"),
        choices=[SelectChoice(each.value, words) for each, words in MANNERS.items()],
        default=Numbering.THROUGH.value,
    )
    anew = BooleanField(
        _l("Number every table anew"),
        description=_l(
            "What is written down for a table is lost then. Otherwise only projects without a "
            "table get a number."
        ),
    )


class StandForm(Form):
    place = Text(
        _l("Table or room"),
        required=False,
        most=40,
        description=_l(
            "As it stands on the sign, in words that both languages understand: 12, B-204."
        ),
    )


class AbsenceForm(Form):
    reason = Text(
        _l("Why nobody is sent there"),
        most=500,
        description=_l("Organizers read it here and in the journal."),
    )


class PauseForm(Form):
    message = LocalizedField(
        _l("What judges read meanwhile"),
        description=_l("Such as: lunch, we go on at 13:00."),
        complete=True,
        most=300,
    )


class Key(HiddenField):
    """The key of a row, or a mark; None where what was sent is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            self.data = UUID(valuelist[0]) if valuelist else None
        except ValueError:
            self.data = None


class VisitForm(Form):
    """Of which visit it is said, and the mark that makes what comes twice the same."""

    visit = Key(validators=[DataRequired()])
    mark = Key(validators=[DataRequired()], default=uuid4)


class CallForm(VisitForm):
    word = StringField()  # of the button that was pressed

    def validate_word(self, field: Any) -> None:
        if field.data not in WORDS:
            raise ValidationError(_l("Press one of the buttons."))


class ConflictForm(VisitForm):
    reason = LongText(
        _l("Your reason"),
        most=1000,
        description=_l("Only the organizers read it. Write no more than they need to know."),
    )


class UndoForm(Form):
    call = Key(validators=[DataRequired()])
