"""Who is a mentor, and of whom."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..competitions.models import Gate
from ..competitions.rules import admitted
from ..competitions.timetable import State
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, Verdict, forbidden
from ..questions.models import Reader
from ..teams.queries import opening_for, place_of
from .queries import accompanies, mentor_of


@Rule
def mentor(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """A mentor of the competition, with or without teams."""
    if mentor_of(user, competition):
        return ALLOWED
    return forbidden(_l("This page is for the mentors of this competition."))


@Rule
def mentor_of_team(user: Any, *, team: Any = None, submission: Any = None, **_: Any) -> Verdict:
    """Accompanies the team that the address names, by itself or through its submission."""
    if accompanies(user, team or submission.team):
        return ALLOWED
    return forbidden(_l("This page is for the mentors of this team."))


@Rule
def reads_answer_as_mentor(
    user: Any, *, question: Any, team: Any = None, registration: Any = None, **_: Any
) -> Verdict:
    """Accompanies the team that answered, or of the person who did, and is shown the answer."""
    place = place_of(registration) if registration is not None else None
    team = team or (place and place.team)
    if team and Reader.MENTORS in question.shown_to and accompanies(user, team):
        return ALLOWED
    return forbidden(_l("This answer is not for you to read."))


@Rule
def needs_open(user: Any, *, team: Any, changing: bool = False, **_: Any) -> Verdict:
    """Until judging closes: a mentor may still be found for a team that is late."""
    opening = opening_for(team, Gate.JUDGING)
    if opening.state is not State.CLOSED:
        return ALLOWED
    return admitted(opening, _l("The needs of a team can no longer be changed."), changing=changing)
