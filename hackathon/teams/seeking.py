"""People who look for a team, teams that look for people, and how they find each other.

A request is answered under the same locks as any other way into a team; see `actions`.
"""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from ..accounts.models import User
from ..competitions.models import Challenge, Expertise
from ..extensions import db
from ..ground.clock import now
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..registrations.models import Registration
from . import letters
from .actions import TeamFull, give_place, invite, lock, lock_person, note
from .board import REQUEST
from .models import Invitation, JoinRequest, Membership, Outcome, Seeker, Team, Vacancy
from .settling import close, hold_requests

MOST_SKILLS = 6
MOST_FRIENDS = 4
MOST_REQUESTS = 5  # open at once, of one person
REQUEST_LIFE = timedelta(days=7)
EXPIRED_AT_ONCE = 50  # by one round of the worker


class TooManySkills(Obstacle):
    sentence = _l("Choose at most %(most)s, so that others see what matters most.")
    field = "skills"


class TooManyFriends(Obstacle):
    sentence = _l("Name at most %(most)s people.")
    field = "friends"


class TeamNotLooking(Obstacle):
    sentence = _l("This team does not look for people any more.")


class AlreadyAsked(Obstacle):
    sentence = _l("You have asked this team already, and it has not answered yet.")


class AnsweredAlready(Obstacle):
    sentence = _l("This team has declined your request. Its captain can still invite you.")


class TooManyRequests(Obstacle):
    sentence = _l(
        "You have asked %(most)s teams that have not answered yet. Take a request back first."
    )


class RequestOver(Obstacle):
    sentence = _l("This request has expired, was taken back or has been answered already.")


# -- a person looks for a team ---------------------------------------------------------------


def look(
    registration: Registration,
    *,
    languages: list[str],
    skills: list[Expertise],
    interests: list[Challenge],
    about: str,
    friends: list[str],
    by: User,
) -> Seeker:
    """Say, or say anew, that the person looks for a team."""
    if len(skills) > MOST_SKILLS:
        raise TooManySkills(most=MOST_SKILLS)
    friends = [address for address in dict.fromkeys(friends) if address != by.email]
    if len(friends) > MOST_FRIENDS:
        raise TooManyFriends(most=MOST_FRIENDS)
    lock_person(registration)
    seeker = db.session.scalar(select(Seeker).where(Seeker.registration_id == registration.id))
    if seeker is None:
        seeker = Seeker(registration=registration, competition_id=registration.competition_id)
        db.session.add(seeker)
        record(Deed.SEARCH_BEGUN, by=by, competition=registration.competition, subject=by.name)
    seeker.languages, seeker.about, seeker.friends = languages, about, friends
    seeker.skills, seeker.interests = skills, interests
    db.session.flush()
    return seeker


def stop_looking(seeker: Seeker | None, *, by: User) -> None:
    """Take the person off the board; twice is once."""
    if seeker is not None:
        record(Deed.SEARCH_ENDED, by=by, competition=seeker.registration.competition)
        db.session.delete(seeker)
        db.session.flush()


# -- a team looks for people -----------------------------------------------------------------


def call(team: Team, *, skills: list[Expertise], about: str, by: User) -> Vacancy:
    """Say, or say anew, that the team looks for people."""
    if len(skills) > MOST_SKILLS:
        raise TooManySkills(most=MOST_SKILLS)
    lock(team)
    vacancy = db.session.scalar(select(Vacancy).where(Vacancy.team_id == team.id))
    if vacancy is None:
        if not team.places_left:
            raise TeamFull
        vacancy = Vacancy(team=team)
        db.session.add(vacancy)
        note(Deed.VACANCY_OPENED, team, by)
    vacancy.skills, vacancy.about = skills, about
    db.session.flush()
    return vacancy


def stop_calling(vacancy: Vacancy | None, *, by: User) -> None:
    """Take the team off the board; requests that wait can still be answered. Twice is once."""
    if vacancy is not None:
        note(Deed.VACANCY_CLOSED, vacancy.team, by)
        db.session.delete(vacancy)
        db.session.flush()


def invite_seeker(team: Team, seeker: Seeker, *, by: User, language: str) -> Invitation:
    """An invitation as any other, but the team never sees the address."""
    person = seeker.registration.user
    invitation = invite(team, person.email, by=by, language=language)
    invitation.to = person
    db.session.flush()
    return invitation


# -- a person asks to join -------------------------------------------------------------------


def ask(team: Team, registration: Registration, *, message: str, by: User) -> JoinRequest:
    """Ask a team on the board for a place. Its captain gets a letter."""
    lock(team)
    if not team.places_left:
        raise TeamFull
    if db.session.scalar(select(Vacancy.id).where(Vacancy.team_id == team.id)) is None:
        raise TeamNotLooking
    lock_person(registration)
    ours = select(JoinRequest).where(JoinRequest.registration_id == registration.id)
    earlier = list(db.session.scalars(ours.where(JoinRequest.team_id == team.id)))
    if any(request.waiting for request in earlier):
        raise AlreadyAsked
    if any(request.outcome is Outcome.DECLINED for request in earlier):
        raise AnsweredAlready
    waiting = ours.where(JoinRequest.closed_at.is_(None), JoinRequest.expires_at > now())
    if db.session.scalar(select(func.count()).select_from(waiting.subquery())) >= MOST_REQUESTS:
        raise TooManyRequests(most=MOST_REQUESTS)
    for request in earlier:
        if request.closed_at is None:  # run out, and the worker has not been by
            _expire(request)
    request = JoinRequest(
        competition_id=team.competition_id,
        team=team,
        registration=registration,
        message=message,
        expires_at=now() + REQUEST_LIFE,
    )
    db.session.add(request)
    db.session.flush()
    note(Deed.REQUEST_SENT, team, by)
    letters.asked(request)
    return request


def take_back(request: JoinRequest, *, by: User) -> JoinRequest:
    """The person asks no more; twice is once. Raises RequestOver when it ended another way."""
    _take(request)
    if request.closed_at is None:
        close(request, Outcome.WITHDRAWN)
        note(Deed.REQUEST_WITHDRAWN, request.team, by)
    elif request.outcome is not Outcome.WITHDRAWN:
        raise RequestOver
    return request


def accept(request: JoinRequest, *, answer: str, by: User) -> Membership:
    """Give the person a place, and tell them."""
    team, registration = request.team, request.registration
    lock(team)
    lock_person(registration)
    hold_requests([team], [registration])
    db.session.refresh(request)
    if not request.waiting:
        raise RequestOver
    request.answer = answer
    membership = give_place(team, registration)
    note(Deed.REQUEST_ACCEPTED, team, by, person=registration.user.name)
    letters.request_accepted(request)
    return membership


def decline(request: JoinRequest, *, answer: str, by: User) -> JoinRequest:
    """Refuse the person a place, and tell them; with a word, if the captain wrote one."""
    _take(request)
    if not request.waiting:
        raise RequestOver
    request.answer = answer
    close(request, Outcome.DECLINED)
    note(Deed.REQUEST_DECLINED, request.team, by, person=request.registration.user.name)
    letters.request_declined(request)
    return request


def expire_requests() -> int:
    """Close the requests whose time has run out, and tell who asked. Returns how many."""
    due = db.session.scalars(
        select(JoinRequest)
        .where(JoinRequest.closed_at.is_(None), JoinRequest.expires_at <= now())
        .options(*REQUEST)
        .order_by(JoinRequest.id)
        .limit(EXPIRED_AT_ONCE)
    ).all()
    return sum(_expire(request) for request in due)


def _expire(request: JoinRequest) -> bool:
    """False when somebody else closed it first."""
    claimed = db.session.execute(
        update(JoinRequest)
        .where(JoinRequest.id == request.id, JoinRequest.closed_at.is_(None))
        .values(closed_at=now(), outcome=Outcome.EXPIRED)
    )
    if not claimed.rowcount:
        return False
    note(Deed.REQUEST_EXPIRED, request.team, None, person=request.registration.user.name)
    letters.request_expired(request)
    return True


def _take(request: JoinRequest) -> None:
    """Read the request anew and keep others from it. Raises RequestOver if it is gone."""
    found = db.session.scalar(
        select(JoinRequest)
        .where(JoinRequest.id == request.id)
        .with_for_update(of=JoinRequest)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise RequestOver
