"""Where people live: the provinces and territories of Canada, by postal code, or elsewhere."""

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l

OUTSIDE = "outside"
RESIDENCES: dict[str, Any] = {
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
    OUTSIDE: _l("Outside Canada"),
}


def residences() -> list[tuple[str, str]]:
    """(code, name) as the reader's language sorts them; accents do not count, elsewhere is last."""
    named = [(code, str(name)) for code, name in RESIDENCES.items()]
    return sorted(named, key=lambda pair: (pair[0] == OUTSIDE, _plain(pair[1])))


def residence_name(code: str | None) -> Any:
    """Where the code says; of None, that it was forgotten."""
    return _l("Forgotten, as promised") if code is None else RESIDENCES[code]


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))
