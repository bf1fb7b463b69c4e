"""What ends by itself once a person has a place, a team is full, or either is gone.

A search is over, the team's letters to the person are used, and open requests close; whoever
waited for an answer is told why. The requests are locked after the team and the person, and in the
order of their keys, so that two who settle at once never wait for each other.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..extensions import db
from ..ground.clock import now
from ..journal.actions import record
from ..journal.deeds import Deed
from ..registrations.models import Registration
from . import letters
from .models import Ending, Invitation, JoinRequest, Membership, Merger, Outcome, Seeker, Team


def settle(membership: Membership) -> None:
    """After a person got a place. The caller holds the team and the person."""
    team, registration = membership.team, membership.registration
    _end_search(registration)
    _end_letters(team, registration.user)
    for request in hold_requests([team], [registration]):
        if request.registration_id != registration.id:
            if not team.places_left:
                close(request, Outcome.FULL)
                letters.request_overtaken(request)
        elif request.team_id == team.id:
            close(request, Outcome.ACCEPTED)
        else:
            close(request, Outcome.PLACED)
            letters.asker_placed(request)


def forget(registration: Registration) -> None:
    """Before a person leaves the competition: they look and ask no more.

    Their entry is held, so that another tab does not begin again meanwhile.
    """
    db.session.execute(
        select(Registration.id)
        .where(Registration.id == registration.id)
        .with_for_update(key_share=True)
    )
    _end_search(registration)
    for request in _open(JoinRequest.registration_id == registration.id):
        close(request, Outcome.WITHDRAWN)


def tell_askers(team: Team) -> None:
    """Before a team goes, and the requests with it."""
    for request in _open(JoinRequest.team_id == team.id):
        letters.request_overtaken(request, gone=True)


def end_proposals(*teams: Team, merged: bool = False) -> None:
    """Before the teams go, or become one: what others proposed to them or were asked is over.

    The caller holds them, so that nobody proposes or answers meanwhile.
    """
    keys = [team.id for team in teams]
    proposals = db.session.scalars(
        select(Merger)
        .where(
            Merger.team_id.in_(keys) != Merger.other_id.in_(keys),  # with a team that stays apart
            Merger.declined_at.is_(None),
        )
        .options(joinedload(Merger.team), joinedload(Merger.other))
        .order_by(Merger.id)
    ).all()
    for proposal in proposals:
        record(
            Deed.MERGER_ENDED,
            by=None,
            competition=proposal.team.competition,
            subject=proposal.team.name,
            other=proposal.other.name,
        )
        asks = proposal.other_id in keys  # the other one asks a team that goes
        told, gone = (proposal.team, proposal.other) if asks else (proposal.other, proposal.team)
        letters.proposal_ended(told, gone, merged=merged)
        db.session.delete(proposal)
    db.session.flush()


def hold_requests(teams: Iterable[Team], people: Iterable[Registration] = ()) -> list[JoinRequest]:
    """Keep others from the open requests to the teams and of the people; returns them.

    A deed that settles for several takes the requests of all at once, before the first.
    """
    return _open(
        JoinRequest.team_id.in_([team.id for team in teams])
        | JoinRequest.registration_id.in_([person.id for person in people])
    )


def close(request: JoinRequest, outcome: Outcome) -> None:
    request.closed_at, request.outcome = now(), outcome
    db.session.flush()


def _end_search(registration: Registration) -> None:
    db.session.execute(delete(Seeker).where(Seeker.registration_id == registration.id))


def _end_letters(team: Team, person: User) -> None:
    """Letters that invite the person to this team have served, whatever the way in was."""
    for letter in db.session.scalars(
        select(Invitation).where(
            Invitation.team_id == team.id,
            Invitation.closed_at.is_(None),
            or_(Invitation.to_id == person.id, Invitation.address == person.email),
        )
    ):
        letter.closed_at, letter.closed_as = now(), Ending.USED


def _open(which: Any) -> list[JoinRequest]:
    """Locked by a statement of its own: one that waited still sees the teams as before."""
    held = db.session.scalars(
        select(JoinRequest.id)
        .where(which, JoinRequest.closed_at.is_(None))
        .order_by(JoinRequest.id)
        .with_for_update()
    ).all()
    rows = db.session.scalars(
        select(JoinRequest)
        .where(JoinRequest.id.in_(held))
        .order_by(JoinRequest.id)
        .options(
            joinedload(JoinRequest.registration).joinedload(Registration.user),
            joinedload(JoinRequest.team),
        )
        .execution_options(populate_existing=True)
    )
    return list(rows)
