"""Who compares, and while what is open."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict, closed
from ..judging.queries import judging_of
from .queries import session_of


@Rule
def comparisons_wanted(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """The organizers set comparisons up."""
    return ALLOWED if session_of(competition) else HIDDEN


@Rule
def while_comparing(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """The organizers have opened the comparisons and not closed them."""
    session = session_of(competition)
    if session is None:
        return HIDDEN
    if session.is_open:
        return ALLOWED
    return closed(_l("The comparisons are not open at the moment."), judging_of(competition))
