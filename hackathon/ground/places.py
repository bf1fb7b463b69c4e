"""Places by their codes: Canada's provinces and territories, and the countries of the world."""

from functools import cache
from typing import Any

from babel import Locale
from flask_babel import lazy_gettext as _l

from .folding import folded
from .i18n import LOCALES, language

PROVINCES: dict[str, Any] = {  # by postal code
    "AB": _l("Alberta"),
    "BC": _l("British Columbia"),
    "MB": _l("Manitoba"),
    "NB": _l("New Brunswick"),
    "NL": _l("Newfoundland and Labrador"),
    "NS": _l("Nova Scotia"),
    "NT": _l("Northwest Territories"),
    "NU": _l("Nunavut"),
    "ON": _l("Ontario"),
    "PE": _l("Prince Edward Island"),
    "QC": _l("Quebec"),
    "SK": _l("Saskatchewan"),
    "YT": _l("Yukon"),
}
# Two letters that stand for no country.
NO_COUNTRY = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


def provinces() -> list[tuple[str, str]]:
    """(code, name) as the reader's language sorts them."""
    return sorted(((code, str(name)) for code, name in PROVINCES.items()), key=sorted_by_name)


def countries() -> list[tuple[str, str]]:
    """(ISO 3166 code, name) as the reader's language sorts them."""
    return _countries(LOCALES[language()])


@cache
def _countries(locale: str) -> list[tuple[str, str]]:
    named = Locale.parse(locale).territories.items()
    return sorted(
        ((c, n) for c, n in named if len(c) == 2 and c.isalpha() and c not in NO_COUNTRY),
        key=sorted_by_name,
    )


def sorted_by_name(pair: tuple[str, str]) -> str:
    """The key under which a (code, name) stands in a list: accents do not count."""
    return folded(pair[1])
