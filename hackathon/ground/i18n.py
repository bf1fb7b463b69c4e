"""Languages in the address, moments in words.

The language stands in the URL (`/en/…`, `/fr/…`): a middleware moves it from the path to the
script name, so that every `url_for`, form and link keeps it.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import (
    format_date,
    format_datetime,
    format_interval,
    format_time,
    get_timezone_location,
    get_timezone_name,
)
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from flask import Flask, current_app, g, redirect, request
from flask_babel import Babel, Domain
from markupsafe import Markup, escape

from .localized import LANGUAGES, spoken
from .localized import language as language

LOCALES = {"en": "en_CA", "fr": "fr_CA"}
NAMES = {"en": "English", "fr": "Français"}  # each in its own words
ENVIRON = "hackathon.language"
FIRST = re.compile(r"\b1(?=(–\d+)? [a-zéû]{3})")  # of a month


class _Spoken(Domain):  # type: ignore[misc]  # the library has no types
    """Keeps the catalogue while one language is spoken.

    The library looks for it at every word, by the locale's name, which it spells out each time.
    """

    def get_translations(self) -> Any:
        locale = spoken()
        if locale is None:
            return super().get_translations()
        known = g.get("catalogue")
        if known is None or known[0] is not locale:  # a letter may speak another one meanwhile
            known = g.catalogue = locale, super().get_translations()
        return known[1]


class LanguagePrefix:
    """WSGI middleware: `/fr/path` becomes script name `/fr`, path `/path`."""

    def __init__(self, wsgi_app: Callable[..., Iterable[bytes]]) -> None:
        self.wsgi_app = wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        head, _, rest = environ.get("PATH_INFO", "/").lstrip("/").partition("/")
        if head in LANGUAGES:
            environ[ENVIRON] = head
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{head}"
            environ["PATH_INFO"] = f"/{rest}"
        return self.wsgi_app(environ, start_response)


def language_of_request() -> str:
    """The language in the address, else the first of ours that the browser asks for."""
    if not request:
        return LANGUAGES[0]
    # Not best_match(), which takes fr at 0.5 before en-CA at 1.
    asked = (tag.split("-")[0].lower() for tag, quality in request.accept_languages if quality)
    return request.environ.get(ENVIRON) or next(
        (language for language in asked if language in LANGUAGES), LANGUAGES[0]
    )


def locale_of_request() -> str:
    return LOCALES[language_of_request()]


def address_in(language: str) -> str:
    """The page being shown, in another language: same path, same query."""
    query = request.query_string.decode("latin-1")
    path = quote(request.path, safe="/:@!$&'()*+,;=~-._")
    return f"{current_app.config['BASE_URL']}/{language}{path}" + (f"?{query}" if query else "")


def alternates() -> dict[str, str]:
    """Where this page stands in each language, for links and `hreflang`."""
    return {language: address_in(language) for language in LANGUAGES} if request else {}


def to_language(unprefixed: tuple[str, ...]) -> Any:
    """Before a request: send an address without a language to the reader's."""
    if ENVIRON in request.environ or request.path.startswith(unprefixed):
        return None
    if request.method not in ("GET", "HEAD"):
        return None
    query = request.query_string.decode("latin-1")
    path = quote(request.path, safe="/:@!$&'()*+,;=~-._")
    answer = redirect(f"/{language_of_request()}{path}" + (f"?{query}" if query else ""))
    answer.vary.add("Accept-Language")
    return answer


# -- moments ---------------------------------------------------------------------------------

# Lists say the same moments and figures again and again, and Babel takes 0.1 ms for each.

Saying = TypeVar("Saying", bound=Callable[..., str])


def _kept(say: Saying) -> Saying:
    """What is said follows from what is given and the language alone."""

    @lru_cache(2048)
    def said_in(_language: str, *given: Any) -> str:
        return say(*given)

    @wraps(say)
    def said(*given: Any) -> str:
        return said_in(language(), *map(_distinct, given))

    return cast(Saying, said)


def _distinct(given: Any) -> Any:
    """In UTC, since the two moments that a clock shows alike when it is put back are equal."""
    return given.astimezone(UTC) if isinstance(given, datetime) and given.tzinfo else given


def _locale() -> str:
    return LOCALES[language()]


def _first(text: str) -> str:
    """As French writes the first of a month, and the locale does not: `1er mai 2021`."""
    return FIRST.sub("1er", text) if language() == "fr" else text


@_kept
def day(moment: datetime, zone: str) -> str:
    """`Saturday, May 8, 2021` / `samedi 8 mai 2021`."""
    return _first(format_date(moment.astimezone(ZoneInfo(zone)), "full", locale=_locale()))


@_kept
def short_day(moment: datetime, zone: str) -> str:
    """`May 8, 2021` / `8 mai 2021`."""
    return _first(format_date(moment.astimezone(ZoneInfo(zone)), "long", locale=_locale()))


def short_moment(moment: datetime, zone: str) -> str:
    """`May 8, 2021, 10:30 a.m.` / `8 mai 2021, 10 h 30`, on a page that names the clock."""
    return f"{short_day(moment, zone)}, {hour(moment, zone)}"


@_kept
def calendar_day(day: date) -> str:
    """A day that lies in no zone: `May 8, 2021` / `8 mai 2021`."""
    return _first(format_date(day, "long", locale=_locale()))


@_kept
def span(starts: datetime, ends: datetime, zone: str) -> str:
    """Two days and what lies between: `May 7 – 17, 2021` / `7–17 mai 2021`."""
    first, last = (moment.astimezone(ZoneInfo(zone)) for moment in (starts, ends))
    return _first(format_interval(first, last, "yMMMMd", locale=_locale()))


@_kept
def hour(moment: datetime, zone: str) -> str:
    """`10:30 a.m.` / `10 h 30`, without the zone: its neighbour on the page names it."""
    return format_time(moment, _clock_pattern(), tzinfo=ZoneInfo(zone), locale=_locale())


@_kept
def zone_name(moment: datetime, zone: str) -> str:
    """The zone as people say it at that moment, with its offset: `EDT (UTC−4)`."""
    local = moment.astimezone(ZoneInfo(zone))
    offset = int((local.utcoffset() or timedelta()).total_seconds())
    sign = "−" if offset < 0 else "+"
    hours, minutes = divmod(abs(offset) // 60, 60)
    shown = f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "") if offset else "UTC"
    name = get_timezone_name(local, width="short", locale=_locale())
    # Without a name of its own, Babel gives the offset once more; « TU » is UTC in French. Where a
    # government has just changed the clocks, Babel's letters may be old: then the offset alone.
    english = get_timezone_name(local, width="short", locale=LOCALES["en"])
    nameless = not name[0].isalpha() or name.startswith(("UTC", "GMT", "TU"))
    nameless = nameless or english != local.tzname()
    return shown if nameless else f"{name} ({shown})"


@_kept
def clock_name(zone: str) -> str:
    """A zone for all seasons: `Eastern Time (Toronto)` / `heure de l’Est (Toronto)`."""
    info = ZoneInfo(zone)
    name = get_timezone_name(info, zone_variant="generic", locale=_locale())
    return f"{name} ({get_timezone_location(info, locale=_locale(), return_city=True)})"


@_kept
def moment_text(moment: datetime, zone: str) -> str:
    """A moment in full, with its zone: never a naive time."""
    local = moment.astimezone(ZoneInfo(zone))
    pattern = f"{_day_pattern()}, {_clock_pattern()}"
    text = format_datetime(local, pattern, tzinfo=ZoneInfo(zone), locale=_locale())
    return f"{_first(text)} {zone_name(moment, zone)}"


def own_moment(moment: datetime, zone: str, own: str) -> str:
    """The same moment where the reader is, with its offset; nothing when both clocks agree.

    The day is said only where it differs.
    """
    here, there = (moment.astimezone(ZoneInfo(name)).replace(tzinfo=None) for name in (zone, own))
    if here == there:
        return ""
    if here.date() != there.date():
        return moment_text(moment, own)
    return f"{hour(moment, own)} {zone_name(moment, own)}"


def _day_pattern() -> str:
    return "EEEE d MMMM y" if language() == "fr" else "EEEE, MMMM d, y"


def _clock_pattern() -> str:
    return "H\u00a0'h'\u00a0mm" if language() == "fr" else "h:mm\u00a0a"


def number(value: float, digits: int = 0) -> str:
    return _number(value, "#,##0" + ("." + "0" * digits if digits else ""), _locale())


def percent(value: float) -> str:
    return _percent(value, _locale())


@lru_cache(8192)
def _number(value: float, pattern: str, locale: str) -> str:
    return format_decimal(value, pattern, locale=locale)


@lru_cache(8192)
def _percent(value: float, locale: str) -> str:
    return format_percent(value, locale=locale)


def language_name(code: str) -> str:
    """A language in the reader's: `French` / `français`."""
    return _language_name(code, _locale())


@lru_cache(256)
def _language_name(code: str, locale: str) -> str:
    return Locale.parse(code).get_language_name(locale) or code


def file_size(octets: int) -> str:
    """`1.4 MB` / `1,4 Mo`."""
    units = ("o", "ko", "Mo", "Go") if language() == "fr" else ("B", "kB", "MB", "GB")
    size, unit = float(octets), units[0]
    for larger in units[1:]:
        if round(size) < 1000:
            break
        size, unit = size / 1000, larger
    return f"{number(size, 0 if size >= 10 or unit == units[0] else 1)}\u00a0{unit}"


def duration(length: timedelta) -> str:
    """The two largest units of it, whole seconds at the least: `2 minutes 5 seconds`."""
    left = max(1, int(length.total_seconds()))
    parts = []
    for unit, seconds in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, left = divmod(left, seconds)
        if count:
            parts.append(format_unit(count, f"duration-{unit}", "long", locale=_locale()))
    return " ".join(parts[:2])


def paragraphs(text: str | None) -> Markup:
    """Plain text as typed: blank lines make paragraphs, line ends stay."""
    blocks = [block for block in (text or "").replace("\r\n", "\n").split("\n\n") if block.strip()]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in block.split("\n")))
        for block in blocks
    )


def init_app(app: Flask, babel: Babel, directories: str) -> None:
    babel.init_app(
        app, default_translation_directories=directories, locale_selector=locale_of_request
    )
    domain = babel.domain_instance = _Spoken()
    # The library's own callables look for the domain at every word.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda word: domain.get_translations().ugettext(word),
        ngettext=lambda one, many, n: domain.get_translations().ungettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.globals |= {
        "alternates": alternates,
        "language": language,
        "language_names": NAMES,
    }
    app.jinja_env.filters |= {
        "day": day,
        "short_day": short_day,
        "short_moment": short_moment,
        "calendar_day": calendar_day,
        "span": span,
        "hour": hour,
        "zone_name": zone_name,
        "clock_name": clock_name,
        "moment_text": moment_text,
        "own_moment": own_moment,
        "language_name": language_name,
        "number": number,
        "percent": percent,
        "file_size": file_size,
        "duration": duration,
        "paragraphs": paragraphs,
    }
