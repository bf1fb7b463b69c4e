"""Whose a certificate is, and who may say what stands on it."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, SIGN_IN, Verdict, forbidden
from .queries import has_part, kept_style_of


@Rule
def own_certificate(user: Any, *, certificate: Any, **_: Any) -> Verdict:
    """Its holder's, while it holds. To others there is no such thing."""
    if not user.is_authenticated:
        return SIGN_IN
    return ALLOWED if certificate.holds and certificate.user_id == user.id else HIDDEN


@Rule
def named_on_certificates(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Whoever has a part in a competition that gives certificates."""
    if kept_style_of(competition) is None:
        return HIDDEN
    if has_part(user, competition):
        return ALLOWED
    return forbidden(_l("This page is for people who have a part in this competition."))
