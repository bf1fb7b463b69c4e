"""What teams are asked, and what organizers say about the asking."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from ..ground.forms import Form, LocalizedField, LongText, WebAddress, WholeNumber, presence
from ..ground.i18n import NAMES
from .models import MOST_MONTHS, Outcome

OUTCOME_NAMES = {
    Outcome.GOES_ON: _l("It goes on: we still work on it"),
    Outcome.USED: _l("It is used by somebody"),
    Outcome.PAUSED: _l("It rests for now"),
    Outcome.ENDED: _l("It has ended"),
}


class PlanForm(Form):
    months = WholeNumber(
        _l("How many months after the end"),
        [
            *presence(True),
            NumberRange(1, MOST_MONTHS, _l("A number from %(min)d to %(max)d.")),
        ],
        default=6,
    )
    words = LocalizedField(
        _l("A sentence of your own"),
        long=True,
        required=False,
        together=True,
        most=500,
        description=_l("It stands in the letter, in its reader’s language: both or neither."),
    )


class AnswerForm(Form):
    """`seen` is the answer that the form was drawn with."""

    outcome = RadioField(
        _l("What became of your project?"),
        [InputRequired(_l("Choose one."))],
        choices=[SelectChoice(each.value, name) for each, name in OUTCOME_NAMES.items()],
    )
    words = LongText(
        _l("In your own words"),
        required=False,
        most=2000,
        description=_l(
            "Who uses it, what you learned, what you would need. Write nothing about people who "
            "were affected that could let anyone recognize them."
        ),
    )
    language = RadioField(
        _l("Language of your words"),
        choices=[SelectChoice(code, name) for code, name in NAMES.items()],
    )
    address = WebAddress(_l("A link, if there is one"))
    agreed = BooleanField(
        _l("Show this on the page of our project"),
        description=_l(
            "You say so for your team. Your name does not stand there. Without this, only the "
            "organizers read it. You can take it back with the same link."
        ),
    )
    seen = HiddenField()


class HoldBackForm(Form):
    reason = LongText(
        _l("Reason"),
        most=1000,
        description=_l("Whoever wrote the answer reads it in the letter we send them."),
    )
