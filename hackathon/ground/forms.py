"""Forms: the shape of input, errors kept beside the field, nothing typed is lost."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import current_app, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateTimeLocalField,
    EmailField,
    Field,
    FormField,
    IntegerField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms import Form as PlainForm
from wtforms.validators import Email, InputRequired, Length, Optional
from wtforms.widgets import DateInput

from .i18n import calendar_day
from .localized import LANGUAGES, Localized
from .obstacle import Obstacle

T = TypeVar("T")

# Invisible, but part of how Persian, several Indian scripts and emoji are spelled.
JOINERS = "\u200c\u200d"


class Form(FlaskForm):
    """A form that can be refused by an action, and then says why."""

    def attempt(self, action: Callable[..., T], /, *args: Any, **kwargs: Any) -> T | None:
        """Carry the action out; an Obstacle becomes an error of this form, and None comes back.

        What the action had half done is undone.
        """
        try:
            with current_app.extensions["sqlalchemy"].session.begin_nested():
                return action(*args, **kwargs)
        except Obstacle as obstacle:
            self.refuse(str(obstacle), obstacle.field)
            return None

    def refuse(self, sentence: str, field: str | None = None) -> None:
        """Add an error that validation could not know."""
        if field and field in self:
            self[field].errors = [*self[field].errors, sentence]
        else:
            self.form_errors.append(sentence)


def page(template: str, form: Form | None = None, **context: Any) -> Any:
    """A page; with a form that has errors, its status is 422 and nothing is committed."""
    status = 422 if form is not None and form.errors else 200
    return render_template(template, form=form, **context), status


def as_drawn(form: Form, drawn: str) -> list[Field]:
    """The form's fields in the order in which the page draws them; others come last."""

    def place(field: Field) -> int:
        marks = (drawn.find(f'id="{field.id}{end}') for end in '"-')
        return min((at for at in marks if at >= 0), default=len(drawn))

    return sorted(form, key=place)


def words_typed() -> list[str]:
    """Texts of several words, but no secrets, in what was sent: what a page that answers instead of
    the form has to give back."""
    secret = {"password", "current", "code"}
    sent = request.form.items(multi=True)
    return [text for name, text in sent if name not in secret and len(text.split()) > 1]


class Text(StringField):
    """One line: control characters and outer blanks go, the rest stays as typed."""

    def __init__(
        self, label: Any, *, required: bool = True, most: int = 200, **kwargs: Any
    ) -> None:
        super().__init__(label, [*presence(required), at_most(most)], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            kept = "".join(c if c.isprintable() or c in JOINERS else " " for c in valuelist[0])
            self.data = " ".join(kept.split())
            self.raw_data = [self.data]  # blanks alone do not fill a field in


class LongText(TextAreaField):
    """Several lines; NUL, which PostgreSQL refuses, goes."""

    def __init__(
        self, label: Any, *, required: bool = True, most: int = 10_000, **kwargs: Any
    ) -> None:
        super().__init__(label, [*presence(required), at_most(most)], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = valuelist[0].replace("\x00", "").replace("\r\n", "\n").strip()
            self.raw_data = [self.data]


def presence(required: bool) -> list[Any]:
    """The validator of a field that must, or need not, be filled in."""
    return [InputRequired(_l("Please fill this in.")) if required else Optional()]


def at_most(characters: int) -> Length:
    return Length(max=characters, message=_l("At most %(max)d characters."))


class LocalizedField(FormField):
    """One field that draws an input for each language.

    `required` asks for at least one language; `complete` for both, as publishing does; `together`
    for both or neither.
    """

    def __init__(
        self,
        label: Any = None,
        *,
        long: bool = False,
        required: bool = True,
        complete: bool = False,
        together: bool = False,
        most: int | None = None,
        description: Any = "",
        **kwargs: Any,
    ) -> None:
        kind = LongText if long else Text
        limit = most or (20_000 if long else 200)
        languages = {
            "en": kind(_l("In English"), required=False, most=limit),
            "fr": kind(_l("In French"), required=False, most=limit),
        }
        super().__init__(type("Languages", (PlainForm,), languages), label, **kwargs)
        self.description = description
        self.long, self.required, self.complete = long, required, complete
        self.together = together

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        given = self.default() if callable(self.default) else self.default
        value = data if isinstance(data, Localized) else given
        super().process(formdata, dict(value) if value else {})
        self.object_data = value

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        valid = bool(super().validate(form))
        missing = self.data.missing
        complete = self.complete or (self.together and bool(self.data))
        nothing = len(missing) == len(LANGUAGES)
        if (complete and missing) or (self.required and nothing):
            words = _l("Please fill this in.") if nothing else _l("Write this too.")
            for language in missing:
                self.form[language].errors = [*self.form[language].errors, words]
            valid = False
        return valid

    @property
    def data(self) -> Localized:
        return Localized(**{language: self.form[language].data for language in LANGUAGES})

    def populate_obj(self, obj: Any, name: str) -> None:
        setattr(obj, name, self.data)


class WallClock(DateTimeLocalField):
    """A moment typed and read on the competition's clock.

    The zone comes by `Form(meta={"zone": "America/Toronto"})`. A time that the zone skips or
    repeats is refused, not guessed.
    """

    def __init__(self, label: Any = None, *, required: bool = True, **kwargs: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        super().__init__(label, presence(required), format=formats, **kwargs)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.meta.zone)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if not self.data:
            return ""
        wall = self.data.astimezone(self.zone)
        # Seconds only where there are any: what is saved unread must not change.
        return wall.strftime("%Y-%m-%dT%H:%M:%S" if wall.second else "%Y-%m-%dT%H:%M")

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data, self.raw_data = None, [""]
            return
        super().process_formdata(valuelist)
        try:
            self.data = on_the_clock(cast(datetime, self.data), self.zone)
        except OverflowError:  # the first day of year 1 or the last of year 9999
            self.data = None
            raise ValueError(_l("This is too far away.")) from None
        if self.data is None:
            raise ValueError(
                _l("The clock changes at that time, so it does not exist or exists twice.")
            )


def on_the_clock(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment at which a clock in `zone` shows `wall`; None if the zone skips or repeats it."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return first.astimezone(UTC) if first.utcoffset() == second.utcoffset() else None


class Day(StringField):
    """A day of the calendar, within a range that people mean."""

    widget = DateInput()

    def __init__(
        self,
        label: Any = None,
        *,
        required: bool = True,
        earliest: date = date(1900, 1, 1),
        latest: date = date(2100, 12, 31),
        **kwargs: Any,
    ) -> None:
        super().__init__(label, presence(required), **kwargs)
        self.earliest, self.latest = earliest, latest

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].replace("\x00", "").strip() if valuelist else ""
        self.data, self.raw_data = None, [text]
        if not text:
            return
        try:
            day = date.fromisoformat(text) if len(text) == 10 else None
        except ValueError:
            day = None
        if day is None:
            raise ValueError(_l("Write a day as year-month-day, such as 2021-05-08."))
        self.data = day
        if not self.earliest <= day <= self.latest:
            raise ValueError(
                _l("Choose a day from %(earliest)s to %(latest)s.")
                % {"earliest": calendar_day(self.earliest), "latest": calendar_day(self.latest)}
            )


class WholeNumber(IntegerField):
    """A whole number of so many figures as people write; one of hundreds breaks whatever compares
    it with a float, as NumberRange does."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and len(valuelist[0]) > 20:
            self.data = None
            raise ValueError(_l("This number is too long."))
        super().process_formdata(valuelist)


class Address(EmailField):
    """An e-mail address, in lower case. Its first part is ASCII: any mail server can deliver it."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(
            label or _l("Email"),
            [
                *presence(True),
                Length(max=254),
                Email(_l("Write a whole address, such as name@example.org."), allow_smtputf8=False),
            ],
            **kwargs,
        )

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = valuelist[0].strip().lower()


class WebAddress(Text):
    """An http or https address with a host, and nobody's name or password in it."""

    def __init__(self, label: Any, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(label, required=required, most=500, **kwargs)

    def pre_validate(self, form: Any) -> None:
        if self.data and (wrong := _wrong_with(self.data)):
            raise ValidationError(wrong)


def _wrong_with(address: str) -> Any:
    """What keeps it from being a whole web address, in words; nothing when it is one."""
    if " " in address:
        return _l("An address has no spaces: write one only, without words around it.")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return _l("This address is not well formed. Copy it once more from the browser.")
    if not parts.scheme or (not parts.netloc and "." in parts.scheme):
        return _l("Write a whole address, beginning with https://.")
    if parts.scheme not in ("http", "https"):
        return _l("Only addresses that begin with https:// or http:// can be opened by everyone.")
    if "@" in parts.netloc:
        return _l("Leave the name and password before the @ out: everyone could read them.")
    if not host or port == 0:
        return _l("After https:// the name of a site is missing, such as example.org.")
    return None
