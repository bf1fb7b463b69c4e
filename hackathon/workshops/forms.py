"""What the agenda asks for."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ..ground.forms import Address, Form, LocalizedField, Text, WallClock, WebAddress, WholeNumber
from ..ground.i18n import NAMES
from .models import Place, Session, SessionKind, Speaker


class Several(SelectMultipleField):
    """Any number of choices, each a box to check."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AgendaFilterForm(Form):
    """What of the agenda to show; asked for in the address."""

    language = SelectField(
        _l("Language"),
        default="",  # so that an address may leave it out
        choices=[
            SelectChoice("", _l("Every language")),
            SelectChoice("en", _l("In English")),
            SelectChoice("fr", _l("In French")),
        ],
    )
    public = BooleanField(_l("Only what is open to the public"))


class SeatForm(Form):
    """A button."""


class GuestForm(Form):
    name = Text(_l("Name"), most=120, render_kw={"autocomplete": "name"})
    email = Address(
        description=_l("We write to it once to confirm, and again only if the session changes."),
        render_kw={"autocomplete": "email"},
    )


class SessionForm(Form):
    title = LocalizedField(_l("Title"), complete=True)
    summary = LocalizedField(
        _l("Summary"),
        long=True,
        required=False,
        most=3000,
        description=_l("You can use Markdown."),
    )
    kind = SelectField(
        _l("Kind"), choices=[SelectChoice(kind.value, kind.label) for kind in SessionKind]
    )
    languages = Several(
        _l("Languages"),
        [InputRequired(_l("Choose at least one."))],
        choices=[SelectChoice(code, name) for code, name in NAMES.items()],
    )
    starts_at = WallClock(_l("Starts"))
    ends_at = WallClock(_l("Ends"))
    sign_ups_close_at = WallClock(
        _l("Sign-ups close"),
        required=False,
        description=_l("Leave empty when people can sign up until it starts."),
    )
    place = SelectField(_l("Place"))
    speakers = Several(_l("Speakers"))
    public = BooleanField(
        _l("Open to the public"),
        description=_l("Otherwise only people who take part in the competition see it."),
    )
    capacity = WholeNumber(
        _l("Seats"),
        [Optional(), NumberRange(1, 100_000, _l("Write a number from 1 to 100,000."))],
        description=_l("Leave empty when there is no limit."),
    )

    @classmethod
    def about(
        cls,
        session: Session | None,
        *,
        zone: str,
        places: Sequence[Place],
        speakers: Sequence[Speaker],
    ) -> "SessionForm":
        """The form of a session, or of a new one, choosing among these places and speakers."""
        form = cls(data=cls._given(session) if session else None, meta={"zone": zone})
        form.place.choices = [
            SelectChoice("", _l("Not settled yet")),
            *(SelectChoice(str(place.id), str(place.name)) for place in places),
        ]
        form.speakers.choices = [SelectChoice(str(s.id), s.name) for s in speakers]
        form.things = {str(thing.id): thing for thing in (*places, *speakers)}
        return form

    @staticmethod
    def _given(session: Session) -> dict[str, Any]:
        names = ("title", "summary", "kind", "languages", "starts_at", "ends_at", "public")
        return {
            **{name: getattr(session, name) for name in names},
            "capacity": session.capacity,
            "sign_ups_close_at": session.sign_ups_close_at,
            "place": str(session.place_id or ""),
            "speakers": [str(speaker.id) for speaker in session.speakers],
        }

    @property
    def written(self) -> dict[str, Any]:
        """The columns of the session, with its place and speakers themselves."""
        typed = {k: v for k, v in self.data.items() if k != "csrf_token"}
        return {
            **typed,
            "kind": SessionKind(self.kind.data),
            "place": self.things.get(self.place.data),
            "speakers": [self.things[key] for key in self.speakers.data],
        }

    def validate_ends_at(self, field: WallClock) -> None:
        if field.data and self.starts_at.data and field.data <= self.starts_at.data:
            raise ValidationError(_l("It must end after it starts."))

    def validate_sign_ups_close_at(self, field: WallClock) -> None:
        if field.data and self.ends_at.data and field.data > self.ends_at.data:
            raise ValidationError(_l("Sign-ups must close before the session ends."))


class SpeakerForm(Form):
    name = Text(_l("Name"), most=120)
    organization = LocalizedField(_l("Organization"), required=False)


class PlaceForm(Form):
    name = LocalizedField(_l("Name"), complete=True, most=120)
    link = WebAddress(
        _l("Link to join"),
        description=_l("Shown only to people who signed up for a session held here."),
    )
