"""Who takes part."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, Verdict, forbidden
from .queries import registration_of


@Rule
def registered(user: Any, *, competition: Any, **_: Any) -> Verdict:
    if registration_of(user, competition):
        return ALLOWED
    return forbidden(_l("This page is for people who take part in this competition."))
