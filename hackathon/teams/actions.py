"""The life of a team.

Whoever counts members first locks the team's row, so that a place is given once; whoever gives a
person a place first locks the person's registration, so that nobody gets two.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, Gate
from ..competitions.queries import opening_of
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..questions.actions import keep
from ..questions.fields import Filled
from ..questions.models import Kind
from ..registrations.actions import agree_by_answer, take_back_by_answer
from ..registrations.actions import hold as hold_entry
from ..registrations.actions import withdraw as withdraw_registration
from ..registrations.models import Registration
from ..registrations.queries import entry_of
from . import letters
from .models import Allowance, Ending, Invitation, InvitationUse, Membership, Team, TeamAnswer
from .queries import (
    name_key,
    open_links_of,
    opening_for,
    place_of,
    places_to_invite,
    team_named,
    teams_that_chose,
)
from .settling import end_proposals, forget, hold_requests, settle, tell_askers

LETTER_DAYS = 7
MOST_LINKS = 5


class NameTaken(Obstacle):
    sentence = _l("Another team has this name already.")
    field = "name"


class TeamGone(Obstacle):
    sentence = _l("This team does not exist any more.")


class TeamFull(Obstacle):
    sentence = _l("This team is full: every place in it is taken.")


class AlreadyInTeam(Obstacle):
    sentence = _l("A person can be in one team only, and is in one already.")
    field = "address"


class NotRegistered(Obstacle):
    sentence = _l("Only people who are registered can be in a team.")
    field = "address"


class CaptainMustHandOver(Obstacle):
    sentence = _l("A team always has a captain: hand the captaincy over first.")


class InvitationOver(Obstacle):
    """It cannot be accepted any more; the kinds below say why."""


class InvitationExpired(InvitationOver):
    sentence = _l("This invitation has expired. Ask the captain for a new one.")


class InvitationUsed(InvitationOver):
    sentence = _l("This invitation has been used already. Ask the captain for a new one.")


class InvitationDeclined(InvitationOver):
    sentence = _l("This invitation was declined. If that was a mistake, ask the captain again.")


class InvitationRevoked(InvitationOver):
    sentence = _l("This invitation was revoked by the team.")


OVER = {
    "expired": InvitationExpired,
    "used": InvitationUsed,
    "declined": InvitationDeclined,
    "revoked": InvitationRevoked,
}


class JoinedMeanwhile(Obstacle):
    sentence = _l("This person has just joined a team. Load the page again first.")


class AlreadyInvited(Obstacle):
    sentence = _l("This address has an invitation already.")
    field = "address"


class NotByLetter(Obstacle):
    sentence = _l("This invitation is a link, not a letter: give it to people yourself.")


class AlreadyMember(Obstacle):
    sentence = _l("This person is in your team already.")
    field = "address"


class NotMember(Obstacle):
    sentence = _l("This person is not in the team any more.")


class NoPlaceToInvite(Obstacle):
    sentence = _l("There are as many invitations as free places. Revoke one to write another.")
    field = "address"


class TooManyLinks(Obstacle):
    sentence = _l("A team has at most %(most)s links at a time. Revoke one to make another.")


class ChangesClosed(Obstacle):
    sentence = _l(
        "Teams cannot be changed any more, so nobody could use an invitation. Organizers can give "
        "the team more time first."
    )


class TeamHasSubmission(Obstacle):
    sentence = _l(
        "This team has begun a submission, so it cannot be dissolved. Merge it with another team, "
        "or write to the organizers."
    )


class ChallengeFull(Obstacle):
    sentence = _l("As many teams as it has places for have chosen this challenge. Choose another.")
    field = "challenge"


class ChallengeGone(Obstacle):
    sentence = _l("This challenge does not exist any more. Choose another.")
    field = "challenge"


class NotLater(Obstacle):
    sentence = _l("For everyone this closes later than that, or has not been announced.")
    field = "closes_at"


# -- founding and describing -----------------------------------------------------------------


def found(
    competition: Competition,
    *,
    name: str,
    languages: list[str],
    about: str,
    captain: Registration,
    by: User,
) -> Team:
    """Make a team of one person, its captain. Tells the captain when somebody else did it."""
    lock_person(captain)
    _free_name(name, competition)
    team = Team(
        competition=competition,
        name=name,
        name_key=name_key(name),
        languages=languages,
        about=about,
    )
    db.session.add(team)
    db.session.flush()
    give_place(team, captain, captain=True)
    note(Deed.TEAM_FOUNDED, team, by)
    if captain.user != by:
        note(Deed.MEMBER_ADDED, team, by, person=captain.user.name)
        letters.added(team, captain.user)
    return team


def edit(team: Team, *, name: str, languages: list[str], about: str, by: User) -> Team:
    _free_name(name, team.competition, but_for=team)
    before = team.name
    team.name, team.name_key = name, name_key(name)
    team.languages, team.about = languages, about
    db.session.flush()
    if name == before:
        note(Deed.TEAM_EDITED, team, by)
    else:
        note(Deed.TEAM_RENAMED, team, by, before=before)
    return team


def answer(team: Team, answers: Filled, *, by: User) -> Team:
    """Answer what the team is asked, or change it; two members go one after the other."""
    lock(team)
    db.session.refresh(team, ["answers"])
    changes = keep(team.answers, answers, new=TeamAnswer, by=by)
    for change in changes:
        if change.question.kind is not Kind.CONSENT:
            continue
        if change.gone:
            take_back_consent(team, change.row)
        elif entry := entry_of(by, team.competition):
            change.row.value = agree_by_answer(entry, change.question)
    if changes:
        db.session.flush()
        note(Deed.TEAM_ANSWERS_CHANGED, team, by)
    return team


def take_back_consent(team: Team, row: TeamAnswer) -> None:
    """End a yes that stood in the team's answer, in the ledger of the member who said it.

    It holds on where that person said it for another team, too.
    """
    entry = row.by and entry_of(row.by, team.competition)
    elsewhere = select(TeamAnswer.id).where(
        TeamAnswer.question_id == row.question_id,
        TeamAnswer.by_id == row.by_id,
        TeamAnswer.team_id != team.id,
    )
    if entry and not db.session.scalar(elsewhere.limit(1)):
        take_back_by_answer(entry, row.question)


def take_back_consents(team: Team) -> None:
    """End what was agreed to for a team that goes."""
    for row in team.answers:
        if row.kind is Kind.CONSENT:
            take_back_consent(team, row)


def choose_challenge(team: Team, challenge: Challenge, *, by: User) -> Team:
    """Choose, or choose anew; there is no way back to none.

    The challenge's row is locked after the team's, so that its last place is given once.
    """
    lock(team)
    if team.challenge_id != challenge.id:
        give_challenge(team, challenge)
        db.session.flush()
        note(Deed.CHALLENGE_CHOSEN, team, by, number=challenge.number)
        letters.challenge_chosen(team, by)
    return team


def give_challenge(team: Team, challenge: Challenge, *, beyond_quota: bool = False) -> None:
    """Set the challenge of a locked team, which may have it already. Raises ChallengeGone,
    ChallengeFull."""
    taken = hold_challenge(challenge)
    full = challenge.quota is not None and taken >= challenge.quota
    if full and not beyond_quota and team.challenge_id != challenge.id:
        raise ChallengeFull
    team.challenge = challenge


def hold_challenge(challenge: Challenge) -> int:
    """Lock the challenge's row and read it anew; how many teams chose it. Raises ChallengeGone."""
    held = db.session.scalar(
        select(Challenge)
        .where(Challenge.id == challenge.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if held is None:
        raise ChallengeGone
    return teams_that_chose(challenge)


# -- inviting --------------------------------------------------------------------------------


def invite(
    team: Team, address: str, *, by: User, language: str, days: int = LETTER_DAYS
) -> Invitation:
    """Write to the address; in `language` where it has no account. It works for `days`."""
    lock(team)
    address = address.strip().lower()
    if any(person.email == address for person in team.members):
        raise AlreadyMember
    if not team.places_left:
        raise TeamFull
    earlier = db.session.scalar(
        select(Invitation).where(
            Invitation.team_id == team.id,
            Invitation.address == address,
            Invitation.closed_at.is_(None),
        )
    )
    if earlier and earlier.waiting:
        raise AlreadyInvited
    if not places_to_invite(team):
        raise NoPlaceToInvite
    if earlier:
        _close(earlier, Ending.REVOKED)
        db.session.flush()
    invitation = _new_invitation(team, by, days, address=address, most_uses=1)
    note(Deed.INVITATION_SENT, team, by)
    letters.invited(invitation, language=language)
    return invitation


def send_again(invitation: Invitation, *, by: User, language: str) -> Invitation:
    """Write the letter once more; it works for as long as a new one."""
    if invitation.address is None:
        raise NotByLetter
    team = invitation.team
    lock(team)
    db.session.refresh(invitation)
    if invitation.closed_as is not None:
        raise OVER[invitation.state]
    if not team.places_left:
        raise TeamFull
    if not invitation.waiting and not places_to_invite(team):
        raise NoPlaceToInvite
    invitation.expires_at = _expiry(team, LETTER_DAYS)
    db.session.flush()
    note(Deed.INVITATION_SENT, team, by)
    letters.invited(invitation, language=language)
    return invitation


def make_link(
    team: Team, *, by: User, days: int = LETTER_DAYS, most_uses: int | None = None
) -> Invitation:
    """A link for whoever holds it, for `days` and `most_uses` people (None: all there is room for).

    A team has at most MOST_LINKS that work.
    """
    lock(team)
    if not team.places_left:
        raise TeamFull
    if len(open_links_of(team)) >= MOST_LINKS:
        raise TooManyLinks(most=MOST_LINKS)
    invitation = _new_invitation(team, by, days, most_uses=most_uses)
    note(Deed.INVITATION_LINK_MADE, team, by)
    return invitation


def revoke(invitation: Invitation, *, by: User) -> Invitation:
    lock(invitation.team)
    db.session.refresh(invitation)
    if invitation.closed_at is None:
        _close(invitation, Ending.REVOKED)
        note(Deed.INVITATION_REVOKED, invitation.team, by)
    return invitation


def accept(invitation: Invitation, registration: Registration) -> Membership:
    """Join by the invitation, which ends with its last use. Raises an InvitationOver."""
    team = invitation.team
    lock(team)
    db.session.refresh(invitation)
    if not invitation.waiting:
        raise OVER[invitation.state]
    lock_person(registration)
    membership = give_place(team, registration)
    invitation.uses.append(InvitationUse(registration=registration))
    if len(invitation.uses) == invitation.most_uses:
        _close(invitation, Ending.USED)
    note(Deed.TEAM_JOINED, team, registration.user)
    letters.joined(team, registration.user)
    return membership


def decline(invitation: Invitation, *, by: User) -> Invitation:
    """One by letter is over for good; a link stays for others."""
    lock(invitation.team)
    db.session.refresh(invitation)
    if invitation.waiting:
        if invitation.address:
            _close(invitation, Ending.DECLINED)
        note(Deed.INVITATION_DECLINED, invitation.team, by)
    return invitation


# -- leaving ---------------------------------------------------------------------------------


def leave(membership: Membership, *, by: User) -> Team:
    """Give one's place up and tell the captain; the last to leave dissolves the team."""
    team = membership.team
    person = membership.registration.user
    if _take_out(membership, by=by):
        note(Deed.TEAM_LEFT, team, by)
        letters.left(team, person)
    return team


def remove(membership: Membership, *, reason: str, by: User) -> Team:
    """Take a person out and tell them why; the captain is told when it was an organizer."""
    if membership.captain:
        raise CaptainMustHandOver
    team = membership.team
    person = membership.registration.user
    _take_out(membership, by=by)
    note(Deed.MEMBER_REMOVED, team, by, person=person.name, reason=reason)
    letters.removed(team, person, reason)
    if team.captain != by:
        letters.left(team, person)
    return team


def hand_over(membership: Membership, *, by: User) -> Team:
    """Make this member the captain. Whoever did not do it themself is told."""
    team = membership.team
    _hold(membership)
    before = next((m for m in team.memberships if m.captain), None)
    if before is membership:
        return team
    if before:
        before.captain = False
        db.session.flush()  # one captain at a time, also between two statements
    membership.captain = True
    db.session.flush()
    person = membership.registration.user
    note(Deed.CAPTAINCY_HANDED_OVER, team, by, person=person.name)
    for told in {person, before.registration.user if before else person} - {by}:
        letters.captaincy_handed_over(team, person, told)
    return team


def dissolve(team: Team, *, by: User) -> Team:
    """End the team and tell its people. A submission once begun keeps it."""
    lock(team)
    people = [person for person in team.members if person != by]
    note(Deed.TEAM_DISSOLVED, team, by)
    letters.dissolved(team, people)
    tell_askers(team)
    end_proposals(team)
    take_back_consents(team)
    try:
        with db.session.begin_nested():
            db.session.delete(team)
    except IntegrityError as error:
        raise TeamHasSubmission from error
    return team


def withdraw(registration: Registration, *, by: User) -> Registration:
    """Leave the team, if there is one, and then the competition.

    Every yes of the person ends; another member is asked for those that stood for a team.
    """
    if membership := place_of(registration):
        leave(membership, by=by)
    hold_entry(registration)
    db.session.execute(
        delete(TeamAnswer).where(
            TeamAnswer.kind == Kind.CONSENT,
            TeamAnswer.by_id == registration.user_id,
            TeamAnswer.team_id.in_(
                select(Team.id).where(Team.competition_id == registration.competition_id)
            ),
        )
    )
    forget(registration)
    if place_of(registration):  # joined in another tab, before the entry was held
        raise JoinedMeanwhile
    return withdraw_registration(registration, by=by)


# -- by hand ---------------------------------------------------------------------------------


def move(registration: Registration, team: Team, *, by: User) -> Membership:
    """Put a person in the team, out of any other first. The person and both captains are told."""
    place = place_of(registration)
    if place and place.team_id == team.id:
        raise AlreadyMember
    teams = [place.team, team] if place else [team]
    lock(*teams)
    hold_requests(teams, [registration])  # before those of the team that may end
    if place:
        before = place.team
        if _take_out(place, by=by):
            note(Deed.MEMBER_MOVED, before, by, person=registration.user.name)
            letters.left(before, registration.user)
    lock_person(registration)
    membership = give_place(team, registration)
    note(Deed.MEMBER_ADDED, team, by, person=registration.user.name)
    letters.added(team, registration.user)
    letters.joined(team, registration.user)
    return membership


def grant(team: Team, gate: Gate, *, closes_at: datetime, reason: Localized, by: User) -> Allowance:
    """Let the gate close later for this team alone, and tell its people why.

    A second allowance for the same gate takes the place of the first.
    """
    general = opening_of(team.competition, gate)
    if general.closes_at is None or closes_at <= max(general.closes_at, now()):
        raise NotLater
    allowance = db.session.scalar(
        select(Allowance).where(Allowance.team_id == team.id, Allowance.gate == gate)
    )
    if allowance is None:
        allowance = Allowance(team=team, gate=gate)
        db.session.add(allowance)
    allowance.closes_at, allowance.reason, allowance.by = closes_at, reason, by
    allowance.created_at = now()
    db.session.flush()
    note(Deed.ALLOWANCE_GRANTED, team, by, gate=gate.value, closes_at=closes_at.isoformat())
    letters.allowance_granted(allowance)
    return allowance


# -- underneath ------------------------------------------------------------------------------


def lock(*teams: Team) -> None:
    """Hold the teams' rows, always in the same order, and read them anew: who is in them, too.

    Others who want a place wait here; foreign keys need not. Raises TeamGone.
    """
    keys = {team.id for team in teams}
    found = db.session.scalars(
        select(Team)
        .where(Team.id.in_(keys))
        .order_by(Team.id)
        .options(selectinload(Team.memberships))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if len(found) < len(keys):
        raise TeamGone


def _hold(membership: Membership) -> None:
    """Lock the team while the person is still in it. Raises TeamGone, NotMember."""
    lock(membership.team)
    if membership not in membership.team.memberships:
        raise NotMember


def lock_person(registration: Registration) -> None:
    """Hold the person's entry. Raises NotRegistered, AlreadyInTeam."""
    held = db.session.scalar(
        select(Registration)
        .where(Registration.id == registration.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if held is None or not held.takes_part:
        raise NotRegistered
    if place_of(registration):
        raise AlreadyInTeam


def give_place(team: Team, registration: Registration, *, captain: bool = False) -> Membership:
    if not team.places_left:
        raise TeamFull
    membership = Membership(
        competition_id=team.competition_id,
        registration=registration,
        captain=captain,
    )
    team.memberships.append(membership)
    db.session.flush()
    settle(membership)
    return membership


def _take_out(membership: Membership, *, by: User) -> bool:
    """Free the place. False when that was the last one, and the team went with it."""
    team = membership.team
    _hold(membership)
    if len(team.memberships) == 1:
        dissolve(team, by=by)
        return False
    if membership.captain:
        raise CaptainMustHandOver
    team.memberships.remove(membership)
    db.session.flush()
    return True


def _free_name(name: str, competition: Competition, but_for: Team | None = None) -> None:
    if team_named(name, competition) not in (None, but_for):
        raise NameTaken


def _new_invitation(
    team: Team, by: User, days: int, *, address: str | None = None, most_uses: int | None = None
) -> Invitation:
    invitation = Invitation(
        team=team,
        token=secrets.token_urlsafe(24),
        address=address,
        most_uses=most_uses,
        by=by,
        expires_at=_expiry(team, days),
    )
    db.session.add(invitation)
    db.session.flush()
    return invitation


def _expiry(team: Team, days: int) -> datetime:
    """In so many days, but never past the close of team changes. Raises ChangesClosed."""
    closes_at = opening_for(team, Gate.TEAM_CHANGES).closes_at
    until = now() + timedelta(days=days)
    if closes_at is None:
        return until
    if closes_at <= now():
        raise ChangesClosed
    return min(until, closes_at)


def _close(invitation: Invitation, ending: Ending) -> None:
    invitation.closed_at, invitation.closed_as = now(), ending


def note(deed: Deed, team: Team, by: User | None, **details: Any) -> None:
    """In the journal, under the team's name and key."""
    record(
        deed,
        by=by,
        competition=team.competition,
        subject=team.name,
        team=str(team.id),
        **details,
    )
