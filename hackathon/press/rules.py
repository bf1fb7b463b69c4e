"""When the press pack is there: published by the organizers, behind the results' own door."""

from typing import Any

from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict
from .queries import offers_pack, pack_of


@Rule
def pack_published(user: Any, *, competition: Any, **_: Any) -> Verdict:
    return ALLOWED if offers_pack(competition) else HIDDEN


@Rule
def pack_composed(user: Any, *, competition: Any, **_: Any) -> Verdict:
    return ALLOWED if pack_of(competition) else HIDDEN
