"""What accounts ask for."""

from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from ..ground.forms import Address, Form, LongText, Text, presence
from ..ground.i18n import NAMES


class NewPassword(PasswordField):
    """A password being chosen: length is what protects, so length is all we ask."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(
            _l("New password"),
            [
                *presence(True),
                Length(10, 200, _l("Choose at least 10 characters; several words are best.")),
            ],
            description=_l("At least 10 characters. A few words in a row are easy to remember."),
            render_kw={"autocomplete": "new-password"},
            **kwargs,
        )


class SignUpForm(Form):
    name = Text(
        _l("Name"),
        most=120,
        description=_l("As you want others to see it."),
        render_kw={"autocomplete": "name"},
    )
    email = Address(render_kw={"autocomplete": "email"})
    password = NewPassword()


class SignInForm(Form):
    email = Address(render_kw={"autocomplete": "username"})
    password = PasswordField(
        _l("Password"),
        [*presence(True), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class AddressForm(Form):
    email = Address(render_kw={"autocomplete": "email"})


class NewPasswordForm(Form):
    password = NewPassword()


class ChangePasswordForm(Form):
    current = PasswordField(
        _l("Your password now"),
        [*presence(True), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    password = NewPassword()


class PasswordForm(Form):
    password = PasswordField(
        _l("Password"),
        [*presence(True), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class NewAddressForm(Form):
    email = Address(_l("New address"), render_kw={"autocomplete": "email"})


class Code(Text):
    """A code of the app or, where `recovery` is true, one of those kept on paper."""

    def __init__(self, label: Any, *, recovery: bool = True, **kwargs: Any) -> None:
        super().__init__(
            label,
            most=40,
            render_kw={
                "autocomplete": "one-time-code",
                "inputmode": "text" if recovery else "numeric",
                "autocapitalize": "none",
                "spellcheck": "false",
            },
            **kwargs,
        )


class CodeForm(Form):
    code = Code(
        _l("Code"),
        description=_l("The six figures that your app shows now, or one of your recovery codes."),
    )


class FirstCodeForm(Form):
    code = Code(
        _l("Code"), recovery=False, description=_l("The six figures that the app shows now.")
    )


class PasskeyForm(Form):
    """What the browser has the passkey answer; a script fills it in."""

    credential = HiddenField()


class NewPasskeyForm(PasskeyForm):
    name = Text(
        _l("Name"),
        required=False,
        most=60,
        description=_l("So that you recognize it in the list, such as “My phone”."),
        render_kw={"autocomplete": "off"},
    )


class EmptyForm(Form):
    """A button."""


class ProfileForm(Form):
    name = Text(
        _l("Name"),
        most=120,
        description=_l("As you want others to see it."),
        render_kw={"autocomplete": "name"},
    )
    pronouns = Text(
        _l("Pronouns"),
        required=False,
        most=60,
        description=_l("Such as she/her or they/them. Whoever sees your name in a team sees them."),
        render_kw={"autocomplete": "off"},
    )
    organization = Text(
        _l("Organization"),
        required=False,
        most=200,
        description=_l("Where you work or study, if you wish to say."),
        render_kw={"autocomplete": "organization"},
    )
    language = SelectField(
        _l("Language of your emails"),
        choices=[SelectChoice(code, name) for code, name in NAMES.items()],
    )
    zone = Text(
        _l("Time zone"),
        required=False,
        most=64,
        description=_l("Leave empty to follow your device. Example: America/Toronto."),
        render_kw={"list": "zones"},
    )

    accessibility = LongText(
        _l("What you need in order to take part"),
        required=False,
        most=1000,
        description=_l(
            "Captions, a sign language, pauses, a format you can read: whatever helps. Only the "
            "organizers of competitions that you take part in see this."
        ),
        render_kw={"rows": 3},
    )

    def validate_zone(self, field: Text) -> None:
        if field.data and field.data not in available_timezones():
            raise ValidationError(_l("This is not the name of a time zone we know."))
