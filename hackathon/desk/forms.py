"""What the desk asks organizers."""

from flask_babel import lazy_gettext as _l

from ..ground.forms import Form, LocalizedField, WallClock


class ExtensionForm(Form):
    closes_at = WallClock(_l("New deadline"))
    reason = LocalizedField(
        _l("Reason"),
        long=True,
        complete=True,
        most=500,
        description=_l("Everyone reads it, beside the old date and the new one."),
    )
