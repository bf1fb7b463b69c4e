"""Who may vote, while the people's choice is open, and for what."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..accounts.models import User
from ..competitions.models import Gate
from ..competitions.queries import opening_of, organizes
from ..competitions.rules import CLOSED_REASONS
from ..gallery.rules import sees_gallery
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, SIGN_IN, Refusal, Verdict, closed, forbidden
from ..judging.queries import judge_of
from ..mentoring.queries import mentor_of
from ..registrations.queries import registration_of
from ..teams.queries import team_of
from .models import Electorate, Poll
from .queries import (
    candidates,
    counted,
    opening_of_poll,
    own_submission,
    person_behind,
    poll_of,
)

JUDGES = _l("Judges of this competition do not vote in the people’s choice.")
CREW = _l("Organizers and mentors of this competition do not vote in the people’s choice.")
TEAMS = _l("People in a team of this competition do not vote in the people’s choice.")
REGISTERED = _l("Only people who take part in this competition vote in the people’s choice.")
OWN = _l("This is your own team’s project. Your votes are for the others.")
NOT_SHOWN = _l("The projects are not on show at the moment, so nobody can vote.")
PARTED = _l("The ballots were counted and can no longer be changed.")


def kept_out(person: User, poll: Poll) -> Any:
    """Why the person does not vote, in words; None when they do.

    Whoever has several parts needs each of them to be allowed.
    """
    competition = poll.competition
    crew = mentor_of(person, competition) or organizes(person, competition)
    parts = (
        (judge_of(person, competition), poll.judges_vote, JUDGES),
        (crew, poll.crew_votes, CREW),
        (team_of(person, competition), poll.teams_vote, TEAMS),
    )
    for has_it, votes, reason in parts:
        if has_it and not votes:
            return reason
    known = registration_of(person, competition) or any(has_it for has_it, _, _ in parts)
    return REGISTERED if poll.electorate is Electorate.REGISTERED and not known else None


@Rule
def poll_in_public(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Its organizers published it."""
    poll = poll_of(competition)
    return ALLOWED if poll and poll.published_at is not None else HIDDEN


@Rule
def while_voting(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """While the gate is open, to the second: there is no long form that could be lost by it."""
    poll = poll_of(competition)
    if poll is None:
        return HIDDEN
    opening = opening_of_poll(poll)
    if poll.parted_at is not None:
        return closed(PARTED, opening)
    return ALLOWED if opening.is_open else closed(CLOSED_REASONS[opening.gate], opening)


@Rule
def votes(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """One of those whom the poll lets vote with their account."""
    poll = poll_of(competition)
    if poll is None:
        return HIDDEN
    if not user.is_authenticated:
        return SIGN_IN
    reason = kept_out(user, poll)
    return forbidden(reason) if reason else ALLOWED


@Rule
def projects_seen(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Whom the gallery shows the projects. While it is shut nobody votes: work that can still be
    handed in must not be seen by others."""
    verdict = sees_gallery(user, competition=competition)
    if verdict.refusal is Refusal.HIDDEN:
        return closed(NOT_SHOWN, opening_of(competition, Gate.PUBLIC_VOTE))
    return verdict


@Rule
def by_address(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """The poll takes addresses without an account."""
    poll = poll_of(competition)
    return ALLOWED if poll and poll.electorate is Electorate.ADDRESSES else HIDDEN


@Rule
def link_votes(user: Any, *, ballot_link: Any, **_: Any) -> Verdict:
    """Whoever holds the letter, unless its address belongs to somebody who does not vote."""
    voter = ballot_link.voter
    person = person_behind(voter)
    reason = kept_out(person, voter.poll) if person else None
    return forbidden(reason) if reason else ALLOWED


@Rule
def votable(
    user: Any, *, competition: Any, submission: Any, ballot_link: Any = None, **_: Any
) -> Verdict:
    """A project that people vote on, and not of the voter's own team."""
    if all(project.submission.id != submission.id for project in candidates(competition)):
        return HIDDEN
    if ballot_link is not None:
        person = person_behind(ballot_link.voter)
    else:
        person = user if user.is_authenticated else None
    own = own_submission(person, competition)
    return forbidden(OWN) if own == submission.id else ALLOWED


@Rule
def counts_known(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """After the close, once the ballots were looked through."""
    poll = poll_of(competition)
    return ALLOWED if poll and counted(poll) else HIDDEN
