"""When the results are public."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict, forbidden
from .queries import announcement_of


@Rule
def announced(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """From the moment of the announcement on. Before it, not even organizers come in here."""
    announcement = announcement_of(competition)
    return ALLOWED if announcement and announcement.public else HIDDEN


@Rule
def before_results(user: Any, *, competition: Any, **_: Any) -> Verdict:
    announcement = announcement_of(competition)
    if announcement is None or not announcement.public:
        return ALLOWED
    return forbidden(_l("The results are public, so who is judged cannot change any more."))
