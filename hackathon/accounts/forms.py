"""What accounts ask for."""

from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from ..ground.forms import Address, Form, Text, presence
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


class EmptyForm(Form):
    """A button."""


class ProfileForm(Form):
    name = Text(
        _l("Name"),
        most=120,
        description=_l("As you want others to see it."),
        render_kw={"autocomplete": "name"},
    )
    organization = Text(
        _l("Organization"),
        required=False,
        most=200,
        description=_l("Where you work or study, if you wish to say."),
        render_kw={"autocomplete": "organization"},
    )
    language = SelectField(
        _l("Language of your letters"),
        choices=[SelectChoice(code, name) for code, name in NAMES.items()],
    )
    zone = Text(
        _l("Time zone"),
        required=False,
        most=64,
        description=_l("Leave empty to follow your device. Example: America/Toronto."),
        render_kw={"list": "zones"},
    )

    def validate_zone(self, field: Text) -> None:
        if field.data and field.data not in available_timezones():
            raise ValidationError(_l("This is not the name of a time zone we know."))
