"""What organizers write as news."""

from flask_babel import lazy_gettext as _l

from ..ground.forms import Form, LocalizedField, WallClock


class NewsForm(Form):
    title = LocalizedField(
        _l("Title"),
        most=150,
        description=_l("A piece of news may be in one language only; the site then says so."),
    )
    body = LocalizedField(
        _l("Text"), long=True, required=False, description=_l("You can use Markdown.")
    )


class PublicationForm(Form):
    at = WallClock(
        _l("Publish at"), required=False, description=_l("Leave empty to publish it now.")
    )
