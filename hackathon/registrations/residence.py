"""Where people live: the provinces and territories of Canada, by postal code, or elsewhere."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..ground.places import PROVINCES, provinces
from .eligibility import OUTSIDE

RESIDENCES: dict[str, Any] = {**PROVINCES, OUTSIDE: _l("Outside Canada")}


def residences() -> list[tuple[str, str]]:
    """(code, name) as the reader's language sorts them; accents do not count, elsewhere is last."""
    return [*provinces(), (OUTSIDE, str(RESIDENCES[OUTSIDE]))]


def residence_name(code: str | None) -> Any:
    """Where the code says; of None, that it was forgotten."""
    return _l("Forgotten, as promised") if code is None else RESIDENCES[code]
