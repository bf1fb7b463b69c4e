"""Who sees a competition, and who runs it."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..accounts.rules import proved_twice, signed_in
from ..ground.clock import now
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict, closed, forbidden
from .models import Gate
from .queries import organizes
from .timetable import Opening

CLOSED_REASONS = {
    Gate.REGISTRATION: _l("Registration is not open."),
    Gate.TEAM_CHANGES: _l("Teams cannot be changed at this time."),
    Gate.CHALLENGE_CHOICE: _l("The challenge cannot be chosen at this time."),
    Gate.SUBMISSION: _l("Submissions are not open."),
    Gate.FEEDBACK: _l("Feedback cannot be written at this time."),
    Gate.JUDGING: _l("Judging is not open."),
    Gate.SECOND_ROUND: _l("The second round of judging is not open."),
    Gate.THIRD_ROUND: _l("The third round of judging is not open."),
    Gate.PUBLIC_VOTE: _l("The people’s choice is not open."),
}


def admitted(opening: Opening, reason: Any = "", *, changing: bool = False) -> Verdict:
    """As the timetable says; a verdict of grace carries the opening, so that it is written down."""
    if opening.admits(changing=changing):
        return ALLOWED if opening.is_open else Verdict(opening=opening)
    return closed(reason or CLOSED_REASONS[opening.gate], opening)


@Rule
def published(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Everyone once it is public; before that, its organizers."""
    if competition.published_at is not None and competition.published_at <= now():
        return ALLOWED
    if user.is_authenticated and organizes(user, competition):
        return _as_organizer(user, competition)
    return HIDDEN


@Rule
def organizes_it(user: Any, *, competition: Any, **_: Any) -> Verdict:
    if organizes(user, competition):
        return _as_organizer(user, competition)
    return forbidden(_l("This page is for the organizers of this competition."))


def _as_organizer(user: Any, competition: Any) -> Verdict:
    """An organizer comes in, with a second factor where they ask it of one another."""
    return proved_twice(user) if competition.second_factor_required else ALLOWED


organizer = signed_in & published & organizes_it
organizer.name = "organizer"
