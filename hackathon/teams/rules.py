"""Who is in a team, and while which gate is open for it."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..competitions.models import Gate
from ..competitions.queries import opening_of
from ..competitions.rules import admitted
from ..competitions.timetable import State
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict, closed, forbidden
from .queries import membership_of, opening_for, team_of


@Rule
def member(user: Any, *, competition: Any, team: Any, **_: Any) -> Verdict:
    """In the team that the address names."""
    membership = membership_of(user, competition)
    if membership and membership.team_id == team.id:
        return ALLOWED
    return forbidden(_l("This page is for the members of this team."))


@Rule
def captain(user: Any, *, competition: Any, team: Any, **_: Any) -> Verdict:
    membership = membership_of(user, competition)
    if membership and membership.team_id == team.id and membership.captain:
        return ALLOWED
    return forbidden(_l("Only the captain of this team can do this."))


@Rule
def teamless(user: Any, *, competition: Any, **_: Any) -> Verdict:
    if membership_of(user, competition) is None:
        return ALLOWED
    return forbidden(_l("You are already in a team."))


@Rule
def in_team(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """In any team of the competition."""
    if membership_of(user, competition):
        return ALLOWED
    return forbidden(_l("You are not in a team yet."))


@Rule
def captain_of_any(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """The captain of any team of the competition."""
    membership = membership_of(user, competition)
    if membership and membership.captain:
        return ALLOWED
    return forbidden(_l("Only the captain of a team can do this."))


@Rule
def asker(user: Any, *, join_request: Any, **_: Any) -> Verdict:
    """Who asked to join. Nobody else learns that there is such a request."""
    return ALLOWED if join_request.registration.user_id == user.id else HIDDEN


def while_open(gate: Gate) -> Rule:
    """While the gate is open for the team in question.

    That is the team named, else the one that invites, else one's own, else all. `changing` is
    whether the request sends a form: one begun in time has the competition's grace.
    """

    def open_now(
        user: Any,
        *,
        competition: Any,
        team: Any = None,
        invitation: Any = None,
        changing: bool = False,
        **_: Any,
    ) -> Verdict:
        team = team or (invitation and invitation.team)
        team = team or (user.is_authenticated and team_of(user, competition)) or None
        opening = opening_for(team, gate) if team else opening_of(competition, gate)
        return admitted(opening, changing=changing)

    return Rule(open_now, f"while_open({gate})")


@Rule
def challenge_locked(user: Any, *, team: Any, **_: Any) -> Verdict:
    """After the choice of the challenge, and before submissions close."""
    choice = opening_for(team, Gate.CHALLENGE_CHOICE)
    if choice.state is not State.CLOSED:
        return forbidden(_l("The challenge can still be chosen, so there is no need to ask."))
    submission = opening_for(team, Gate.SUBMISSION)
    if submission.state is State.CLOSED:
        return closed(_l("Submissions are closed, so the challenge stays."), submission)
    return ALLOWED
