"""When the results are public."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict, forbidden
from ..judging.conflicts import withheld_from
from ..judging.rules import unconflicted
from .queries import announcement_of, competing


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


@Rule
def impartial(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Until the results are public, no judge in conflict with a team that competes learns of the
    honours or decides on them, though they organize the competition too."""
    announcement = announcement_of(competition)
    if announcement and announcement.public:
        return ALLOWED
    if competing(competition, withheld_from(user, competition)):
        return forbidden(
            _l(
                "As a judge you have a conflict of interest with a team that competes, so others "
                "decide on the honours and announce them."
            )
        )
    return ALLOWED


@Rule
def apart(user: Any, *, competition: Any, **things: Any) -> Verdict:
    """Until the results are public, a judge in conflict is not shown the project."""
    announcement = announcement_of(competition)
    if announcement and announcement.public:
        return ALLOWED
    return unconflicted(user, competition=competition, **things)
