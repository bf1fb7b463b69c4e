"""A participant's way through a competition, as a list of steps done and to do."""

from dataclasses import dataclass
from typing import Any

from ..competitions.models import Gate
from ..competitions.queries import opening_of
from ..competitions.timetable import Opening, State
from ..teams.queries import opening_for
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
    here = {"competition": place.competition}
    if place.membership is None:
        ways = (
            ("register", Gate.REGISTRATION, True, "registrations.show"),
            ("team", Gate.TEAM_CHANGES, False, "teams.index"),
            ("challenge", Gate.CHALLENGE_CHOICE, False, None),
            ("submit", Gate.SUBMISSION, False, None),
        )
        openings = {gate: opening_of(place.competition, gate) for _, gate, _, _ in ways}
    else:
        team = here["team"] = place.membership.team
        ways = (
            ("register", Gate.REGISTRATION, True, "registrations.show"),
            ("team", Gate.TEAM_CHANGES, True, "teams.show"),
            ("challenge", Gate.CHALLENGE_CHOICE, team.challenge_id is not None, "teams.challenge"),
            ("submit", Gate.SUBMISSION, place.handed_in, "submissions.show"),
        )
        openings = {gate: opening_for(team, gate) for _, gate, _, _ in ways}
    return [
        Step(
            name,
            "done" if done else WAITING[openings[gate].state],
            endpoint,
            {"competition": place.competition} if name == "register" else here,
            openings[gate],
        )
        for name, gate, done, endpoint in ways
    ]


WAITING = {
    State.UNANNOUNCED: "todo",
    State.UPCOMING: "todo",
    State.OPEN: "current",
    State.CLOSED: "late",
}
