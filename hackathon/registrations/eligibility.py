"""Who may enter, by age and by where they live. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

CANADA = "CA"
OUTSIDE = "outside"


@dataclass(frozen=True)
class Conditions:
    """`age` must be reached by the day `age_on`; `provinces` are codes, none meaning all."""

    age: int | None = None
    age_on: date | None = None
    country: str | None = None
    provinces: Collection[str] = ()


def age_at(born: date, on: date) -> int:
    """The age on that day; who was born on a 29 February is a year older on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def old_enough(born: date, conditions: Conditions) -> bool:
    if conditions.age is None or conditions.age_on is None:
        return True
    return age_at(born, conditions.age_on) >= conditions.age


def may_live(residence: str, conditions: Conditions) -> bool:
    """`residence` is the code of a province or territory, or `outside`."""
    if conditions.country != CANADA:
        return True
    if residence == OUTSIDE:
        return False
    return not conditions.provinces or residence in conditions.provinces
