"""The challenge beyond choosing it: quotas, changes after the lock, reminders."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, Gate
from ..extensions import db
from ..ground.clock import now
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..post.models import Letter
from . import letters
from .actions import give_challenge, hold_challenge, lock, note
from .models import ChallengeRequest, Team
from .queries import last_request_of, opening_for, undecided_teams

REMINDER_PAUSE = timedelta(hours=1)  # a second click within it writes to nobody twice


class QuotaBelowTaken(Obstacle):
    sentence = _l("%(taken)s teams have chosen this challenge already, so it cannot be fewer.")
    field = "quota"


class AlreadyAsked(Obstacle):
    sentence = _l("Your team has asked already, and the organizers have not answered yet.")


class AlreadyThatChallenge(Obstacle):
    sentence = _l("Your team works on this challenge already.")
    field = "challenge"


class RequestOver(Obstacle):
    sentence = _l("This request was answered or taken back in the meantime.")


def set_quota(challenge: Challenge, quota: int | None, *, by: User) -> Challenge:
    """How many teams can choose the challenge; None: any number. Raises QuotaBelowTaken."""
    taken = hold_challenge(challenge)
    if quota is not None and quota < taken:
        raise QuotaBelowTaken(taken=taken)
    if challenge.quota != quota:
        challenge.quota = quota
        db.session.flush()
        record(
            Deed.QUOTA_SET if quota else Deed.QUOTA_LIFTED,
            by=by,
            competition=challenge.competition,
            subject=str(challenge.title),
            number=challenge.number,
            quota=quota,
        )
    return challenge


def ask(team: Team, challenge: Challenge, *, reason: str, by: User) -> ChallengeRequest:
    """Ask the organizers for another challenge; one open request a team."""
    lock(team)
    if challenge.id == team.challenge_id:
        raise AlreadyThatChallenge
    last = last_request_of(team)
    if last and last.open:
        raise AlreadyAsked
    request = ChallengeRequest(
        competition_id=team.competition_id, team=team, challenge=challenge, reason=reason, by=by
    )
    db.session.add(request)
    db.session.flush()
    note(Deed.CHALLENGE_REQUESTED, team, by, number=challenge.number)
    return request


def take_back(request: ChallengeRequest, *, by: User) -> Team:
    """The captain does not want it any more. The row goes; the journal keeps that it was."""
    team = _hold(request)
    note(Deed.CHALLENGE_REQUEST_TAKEN_BACK, team, by, number=request.challenge.number)
    db.session.delete(request)
    db.session.flush()
    return team


def grant(
    request: ChallengeRequest, *, answer: str, beyond_quota: bool, by: User
) -> ChallengeRequest:
    """Give the team the challenge it asked for, and tell its people.

    Raises ChallengeFull, except `beyond_quota`.
    """
    team = _hold(request)
    give_challenge(team, request.challenge, beyond_quota=beyond_quota)
    request.granted_at = now()
    return _answered(request, Deed.CHALLENGE_REQUEST_GRANTED, answer, by)


def refuse(request: ChallengeRequest, *, answer: str, by: User) -> ChallengeRequest:
    _hold(request)
    request.refused_at = now()
    return _answered(request, Deed.CHALLENGE_REQUEST_REFUSED, answer, by)


def remind_undecided(competition: Competition, *, by: User) -> int:
    """Write to the captain of each team without a challenge; returns to how many.

    Those who had this letter within the last hour are left in peace. Who presses the button twice
    waits for the first time.
    """
    db.session.execute(
        select(Competition.id)
        .where(Competition.id == competition.id)
        .with_for_update(key_share=True)
    )
    lately = set(
        db.session.scalars(
            select(Letter.recipient_id).where(
                Letter.competition_id == competition.id,
                Letter.name == "challenge_reminder",
                Letter.created_at > now() - REMINDER_PAUSE,
            )
        )
    )
    teams = [
        team
        for team in undecided_teams(competition)
        if team.captain and team.captain.id not in lately
    ]
    for team in teams:
        letters.challenge_reminder(team, opening_for(team, Gate.CHALLENGE_CHOICE))
    if teams:
        record(Deed.UNDECIDED_REMINDED, by=by, competition=competition, count=len(teams))
    return len(teams)


def _hold(request: ChallengeRequest) -> Team:
    """Lock the team while the request is open. Raises TeamGone, RequestOver."""
    team = request.team
    lock(team)
    key = request.id
    held = db.session.scalar(
        select(ChallengeRequest)
        .where(ChallengeRequest.id == key)
        .execution_options(populate_existing=True)
    )
    if held is None or not held.open:
        raise RequestOver
    return team


def _answered(request: ChallengeRequest, deed: Deed, answer: str, by: User) -> ChallengeRequest:
    request.answer, request.answered_by = answer, by
    db.session.flush()
    note(deed, request.team, by, number=request.challenge.number)
    letters.challenge_request_answered(request)
    return request
