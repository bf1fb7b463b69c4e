"""Who sees a session."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, SIGN_IN, Verdict, forbidden


@Rule
def public_session(user: Any, *, session: Any, **_: Any) -> Verdict:
    """Open to people who do not take part."""
    if session.public:
        return ALLOWED
    if not user.is_authenticated:
        return SIGN_IN
    return forbidden(_l("This session is for people who take part in the competition."))
