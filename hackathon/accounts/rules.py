"""Who one is, regardless of any competition, and how well it was proved."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from ..ground.clock import now
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, SIGN_IN, Verdict, first, forbidden
from .queries import has_second_factor

FRESH = timedelta(minutes=15)


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


@Rule
def fresh(user: Any, **_: Any) -> Verdict:
    """Proved who they are a short while ago, in this very browser."""
    if user.here and user.here.proved_at > now() - FRESH:
        return ALLOWED
    return first("security.proof")


@Rule
def proved_twice(user: Any, **_: Any) -> Verdict:
    """Signed in here with a second factor or a passkey."""
    return ALLOWED if user.here and user.here.factor_at else first("security.factor")


@Rule
def with_own_factor(user: Any, **_: Any) -> Verdict:
    """With the second factor, for who has one: else a password alone could bring its own."""
    return proved_twice(user) if has_second_factor(user) else ALLOWED


sensitive = signed_in & fresh
sensitive.name = "sensitive"
changes_factor = sensitive & with_own_factor
changes_factor.name = "changes_factor"
