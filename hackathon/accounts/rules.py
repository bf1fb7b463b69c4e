"""Who one is, regardless of any competition."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, SIGN_IN, Verdict, forbidden


@Rule
def signed_in(user: Any, **_: Any) -> Verdict:
    return ALLOWED if user.is_authenticated else SIGN_IN


@Rule
def signed_out(user: Any, **_: Any) -> Verdict:
    if user.is_authenticated:
        return forbidden(_l("You are already signed in."))
    return ALLOWED


@Rule
def is_administrator(user: Any, **_: Any) -> Verdict:
    return ALLOWED if user.administrator else forbidden(_l("This is for the administrators."))


administrator = signed_in & is_administrator
administrator.name = "administrator"
