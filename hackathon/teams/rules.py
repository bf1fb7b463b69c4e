"""Who is in a team, and while which gate is open for it."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..competitions.models import Gate
from ..competitions.queries import opening_of
from ..competitions.rules import admitted
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, Verdict, forbidden
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
