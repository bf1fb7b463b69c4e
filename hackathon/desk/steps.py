"""A participant's way through a competition, as a list of steps done and to do."""

from dataclasses import dataclass
from typing import Any

from ..competitions.models import Gate
from ..competitions.queries import opening_of
from ..competitions.timetable import Opening, State
from .queries import Place


@dataclass(frozen=True)
class Step:
    """`state` is done, current (can be done now), todo (not yet) or late (missed).

    `endpoint` and `things` are the page where it is done; None while there is none.
    """

    name: str
    state: str
    endpoint: str | None
    things: dict[str, Any]
    opening: Opening


def steps_of(place: Place) -> list[Step]:
    """Register, find a team, choose a challenge, hand in: the four things with a deadline."""
    here: dict[str, Any] = {"competition": place.competition}
    if place.membership is None:
        ways = (
            ("register", Gate.REGISTRATION, True, "registrations.show", here),
            ("team", Gate.TEAM_CHANGES, False, "teams.index", here),
            ("challenge", Gate.CHALLENGE_CHOICE, False, None, here),
            ("submit", Gate.SUBMISSION, False, None, here),
        )
    else:
        team = place.membership.team
        ours = {**here, "team": team}
        ways = (
            ("register", Gate.REGISTRATION, True, "registrations.show", here),
            ("team", Gate.TEAM_CHANGES, True, "teams.show", ours),
            ("challenge", Gate.CHALLENGE_CHOICE, bool(team.challenge_id), "teams.show", ours),
            ("submit", Gate.SUBMISSION, place.handed_in, "submissions.show", ours),
        )
    steps = []
    for name, gate, done, endpoint, things in ways:
        opening = opening_of(place.competition, gate, place.allowances.get(gate))
        steps.append(
            Step(name, "done" if done else WAITING[opening.state], endpoint, things, opening)
        )
    return steps


WAITING = {
    State.UNANNOUNCED: "todo",
    State.UPCOMING: "todo",
    State.OPEN: "current",
    State.CLOSED: "late",
}
