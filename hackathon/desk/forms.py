"""What the desk asks organizers."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField
from wtforms.validators import DataRequired, Length

from ..ground.forms import Form, LocalizedField, WallClock, presence


class ExtensionForm(Form):
    closes_at = WallClock(_l("New deadline"))
    reason = LocalizedField(
        _l("Reason"),
        long=True,
        complete=True,
        most=500,
        description=_l("Everyone reads it, beside the old date and the new one."),
    )


class DeletionForm(Form):
    understood = BooleanField(
        _l("I have read what is deleted and what stays, and I know that there is no way back."),
        [DataRequired(_l("Please check this box: the deletion cannot be undone."))],
    )
    password = PasswordField(
        _l("Your password"),
        [*presence(True), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
