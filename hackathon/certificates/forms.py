"""What people say of certificates."""

import re
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, SearchField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import ColorInput

from ..ground.forms import Address, Form, LocalizedField, LongText, Text, WholeNumber
from ..ground.paging import asked
from .actions import CannotBeDrawn, check_characters
from .models import Condition, Kind, Paper, Speaks

SPEAKS = {
    Speaks.BOTH: _l("English and French"),
    Speaks.EN: _l("English"),
    Speaks.FR: _l("French"),
}
PAPERS = {Paper.LETTER: _l("Letter"), Paper.A4: _l("A4")}


class DrawnName(Text):
    """A name that our typefaces have all the characters of."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, most=120, **kwargs)

    def pre_validate(self, form: Any) -> None:
        if self.data:
            try:
                check_characters(self.data)
            except CannotBeDrawn as obstacle:
                raise ValidationError(str(obstacle)) from obstacle


class WishForm(Form):
    name = DrawnName(
        _l("Name on the certificate"),
        description=_l(
            "As you want to read it on the wall: with all its accents, in any script, or in two."
        ),
    )
    speaks = RadioField(
        _l("Language of the certificate"),
        choices=[SelectChoice(each.value, name) for each, name in SPEAKS.items()],
        default=Speaks.BOTH.value,
    )


class CheckForm(Form):
    """By GET: it changes nothing."""

    class Meta:
        csrf = False

    number = Text(
        _l("Number of the certificate"),
        most=40,
        description=_l("Twelve letters and digits, such as 7KQM-3XWD-PB9R."),
    )

    def __init__(self) -> None:
        super().__init__(formdata=request.args)


class Colour(StringField):
    """As `#0f5560`, and dark enough to be read on white."""

    widget = ColorInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0].strip().lower()[:20] if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if not re.fullmatch(r"#[0-9a-f]{6}", self.data or ""):
            raise ValidationError(_l("Write a colour as # and six digits, such as #0f5560."))
        if contrast_on_white(self.data or "") < 4.5:
            raise ValidationError(_l("This colour is too light to be read on paper."))


def contrast_on_white(colour: str) -> float:
    """As WCAG counts it, from 1 to 21."""

    def linear(part: str) -> float:
        share = int(part, 16) / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[place : place + 2]) for place in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _conditions(kind: Kind) -> list[SelectChoice]:
    return [SelectChoice(each.value, each.label) for each in Condition if each.kind is kind]


class StyleForm(Form):
    paper = SelectField(
        _l("Paper"), choices=[SelectChoice(each.value, name) for each, name in PAPERS.items()]
    )
    accent = Colour(_l("Colour"))
    occasion = LocalizedField(
        _l("When and where"),
        required=False,
        together=True,
        most=120,
        description=_l(
            "As it should read, such as “Online, May 7 to 17, 2021”. It may stay empty."
        ),
    )
    participants = RadioField(_l("Participants"), choices=_conditions(Kind.PARTICIPANT))
    mentors = RadioField(_l("Mentors"), choices=_conditions(Kind.MENTOR))
    judges = RadioField(_l("Judges"), choices=_conditions(Kind.JUDGE))


class SignatoryForm(Form):
    name = DrawnName(_l("Name"))
    title = LocalizedField(_l("Title"), required=False, together=True, most=120)
    picture = FileField(
        _l("Picture of the signature"),
        description=_l(
            "PNG, JPEG, WebP or SVG, on white. Without it there is room to sign by hand."
        ),
    )
    position = WholeNumber(_l("Order"), [Optional(), NumberRange(0, 999)], default=0)


class LogoForm(Form):
    name = LocalizedField(
        _l("Whose logo it is"),
        complete=True,
        most=120,
        description=_l("Read to people who cannot see it."),
    )
    picture = FileField(_l("Logo"), description=_l("PNG, JPEG, WebP or SVG, on white."))
    position = WholeNumber(_l("Order"), [Optional(), NumberRange(0, 999)], default=0)


def why(label: Any = None) -> LongText:
    return LongText(label or _l("Reason"), most=500)


class OmissionForm(Form):
    reason = why()


class RevocationForm(Form):
    reason = LongText(
        _l("Reason"),
        most=500,
        description=_l("The holder and the organizers read it, nobody else."),
    )


class ByHandForm(Form):
    kind = SelectField(_l("Kind"), choices=[SelectChoice(kind.value, kind.many) for kind in Kind])
    address = Address(_l("Email of the account"))
    name = DrawnName(
        _l("Name"),
        required=False,
        description=_l(
            "Without an account, a name is enough: you get a link to send. With one, it may stay "
            "empty: the person’s own choice counts."
        ),
    )
    speaks = SelectField(
        _l("Language of the certificate"),
        choices=[SelectChoice(each.value, name) for each, name in SPEAKS.items()],
    )
    reason = why(_l("Why it is issued by hand"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address.flags.required = False
        self.address.validators = [Optional(), *self.address.validators[1:]]


class CorrectionForm(Form):
    name = DrawnName(_l("Name"))
    speaks = SelectField(
        _l("Language of the certificate"),
        choices=[SelectChoice(each.value, name) for each, name in SPEAKS.items()],
    )


class ReplacementForm(Form):
    name = DrawnName(_l("Name"))
    reason = why()


class FilterForm(Form):
    """By GET: which certificates are listed."""

    class Meta:
        csrf = False

    search = SearchField(_l("Name or number"))
    kind = SelectField(
        _l("Kind"),
        choices=[
            SelectChoice("", _l("Every kind")),
            *(SelectChoice(k.value, k.many) for k in Kind),
        ],
    )
    state = SelectField(
        _l("State"),
        choices=[
            SelectChoice("", _l("Every state")),
            SelectChoice("holds", _l("Hold")),
            SelectChoice("undrawn", _l("Not drawn yet")),
            SelectChoice("unearned", _l("Not in the results")),
            SelectChoice("ended", _l("Revoked or replaced")),
        ],
    )

    def __init__(self) -> None:
        super().__init__(formdata=None, data=asked("search", "kind", "state"))

    @property
    def wanted(self) -> dict[str, Any]:
        kind = self.kind.data
        return {
            "search": self.search.data,
            "kind": Kind(kind) if kind in set(Kind) else None,
            "state": self.state.data,
        }
