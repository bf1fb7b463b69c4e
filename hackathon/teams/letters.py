"""Letters about teams."""

from datetime import datetime
from typing import Any

from ..accounts.models import User
from ..accounts.queries import person_with
from ..competitions.timetable import Opening
from ..post.actions import Recipient, write
from .models import Allowance, ChallengeRequest, Invitation, JoinRequest, SizeExemption, Team


def invited(invitation: Invitation, *, language: str) -> None:
    """To the person whose address it is, in `language` where the address has no account."""
    address = invitation.address or ""
    to = person_with(address) or Recipient(email=address, name="", language=language)
    _write("team_invitation", to, invitation.team, invitation=invitation)


def joined(team: Team, person: User) -> None:
    _to_captain("joined_team", team, person=person)


def left(team: Team, person: User) -> None:
    _to_captain("left_team", team, person=person)


def added(team: Team, person: User) -> None:
    _write("added_to_team", person, team)


def removed(team: Team, person: User, reason: str) -> None:
    _write("removed_from_team", person, team, reason=reason)


def captaincy_handed_over(team: Team, person: User, to: User) -> None:
    _write("captaincy_handed_over", to, team, person=person)


def challenge_chosen(team: Team, by: User) -> None:
    for person in team.members:
        if person != by:
            _write("challenge_chosen", person, team, by=by)


def allowance_granted(allowance: Allowance) -> None:
    for person in allowance.team.members:
        _write("allowance_granted", person, allowance.team, allowance=allowance)


def challenge_reminder(team: Team, opening: Opening) -> None:
    """To the captain of a team without a challenge; `opening` is when it can choose one."""
    _to_captain("challenge_reminder", team, opening=opening)


def challenge_request_answered(request: ChallengeRequest) -> None:
    for person in request.team.members:
        _write("challenge_request_answered", person, request.team, request=request)


def team_too_small(team: Team, closes_at: datetime) -> None:
    for person in team.members:
        _write("team_too_small", person, team, closes_at=closes_at)


def size_allowed(exemption: SizeExemption) -> None:
    for person in exemption.team.members:
        _write("size_allowed", person, exemption.team, exemption=exemption)


def size_holds_again(team: Team) -> None:
    for person in team.members:
        _write("size_holds_again", person, team)


def dissolved(team: Team, people: list[User]) -> None:
    for person in people:
        _write("team_dissolved", person, team)


# -- requests to join ------------------------------------------------------------------------


def asked(request: JoinRequest) -> None:
    """To the captain."""
    if request.team.captain:
        _write(
            "join_request",
            request.team.captain,
            request.team,
            join_request=request,
            person=request.registration.user,
        )


def asker_placed(request: JoinRequest) -> None:
    """To the captain: the person is in another team now."""
    _to_captain("join_request_settled", request.team, person=request.registration.user)


def request_accepted(request: JoinRequest) -> None:
    _write_asker("join_request_accepted", request)


def request_declined(request: JoinRequest) -> None:
    _write_asker("join_request_declined", request)


def request_overtaken(request: JoinRequest, *, gone: bool = False) -> None:
    """To the person: the team is full, or `gone`."""
    _write_asker("join_request_overtaken", request, gone=gone)


def request_expired(request: JoinRequest) -> None:
    _write_asker("join_request_expired", request)


def proposal_ended(team: Team, other: Team, *, merged: bool) -> None:
    """To the captain whose proposal to become one, or whose answer to it, has no use any more."""
    if team.captain:
        _write("merger_ended", team.captain, team, other=other, merged=merged)


# -- completing teams ------------------------------------------------------------------------


def placed(team: Team, person: User) -> None:
    """To somebody whom the organizers gave a place: with whom they are now."""
    others = [each for each in team.members if each != person]
    _write("placed_in_team", person, team, others=others)


def completed(team: Team, people: list[User]) -> None:
    """To the captain of a team that got these people."""
    if team.captain:
        _write("team_completed", team.captain, team, people=people)


# -- underneath ------------------------------------------------------------------------------


def _write_asker(name: str, request: JoinRequest, **context: Any) -> None:
    _write(name, request.registration.user, request.team, join_request=request, **context)


def _to_captain(name: str, team: Team, **context: Any) -> None:
    if team.captain:
        _write(name, team.captain, team, **context)


def _write(name: str, to: User | Recipient, team: Team, **context: Any) -> None:
    write(name, to=to, competition=team.competition, team=team, **context)
