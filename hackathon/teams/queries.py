"""Reads about teams."""

import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, Extension, Gate, Window
from ..competitions.queries import opening_of
from ..competitions.timetable import Opening
from ..extensions import db
from ..ground.clock import now
from ..ground.remember import once_per_request
from ..journal.models import Entry
from ..questions import asking
from ..questions.fields import Sheet
from ..questions.models import Question, Questionnaire, Reader, values
from ..questions.queries import questions_in
from ..questions.tallies import Tally, tallies
from ..questions.words import Told, told
from ..registrations.models import Consent, Registration
from ..registrations.queries import answers_shown
from ..registrations.states import State
from .models import (
    Allowance,
    ChallengeRequest,
    Invitation,
    InvitationUse,
    Membership,
    SizeExemption,
    SizeWarning,
    Team,
    TeamAnswer,
)

# Asked at nearly every request of a participant, so written down once.
_PLACE = (
    select(Membership)
    .join(Registration, Membership.registration_id == Registration.id)
    .where(
        Registration.user_id == bindparam("user"),
        Membership.competition_id == bindparam("competition"),
    )
    .options(joinedload(Membership.team))
)
_ALLOWANCES = (
    select(Allowance)
    .join(Team, Allowance.team_id == Team.id)
    .where(Team.competition_id == bindparam("competition"))
)


@once_per_request
def membership_of(user: User, competition: Competition) -> Membership | None:
    """The person's place in a team of the competition."""
    return db.session.scalar(_PLACE, {"user": user.id, "competition": competition.id})


def team_of(user: User, competition: Competition) -> Team | None:
    membership = membership_of(user, competition)
    return membership.team if membership else None


@once_per_request
def _allowances_in(competition: Competition) -> dict[tuple[uuid.UUID, Gate], Allowance]:
    """By team and gate; there are few, and a list of teams asks for each."""
    rows = db.session.scalars(_ALLOWANCES, {"competition": competition.id})
    return {(row.team_id, row.gate): row for row in rows}


def opening_for(team: Team, gate: Gate) -> Opening:
    """When the gate is open for this team, its own allowance included."""
    allowance = _allowances_in(team.competition).get((team.id, gate))
    return opening_of(team.competition, gate, allowance)


def allowances_of(team: Team) -> list[Allowance]:
    return list(
        db.session.scalars(
            select(Allowance).where(Allowance.team_id == team.id).order_by(Allowance.closes_at)
        )
    )


def members_of(team: Team) -> list[Membership]:
    """The places with their people, captain first, then in the order they joined."""
    rows = db.session.scalars(
        select(Membership)
        .where(Membership.team_id == team.id)
        .options(joinedload(Membership.registration).joinedload(Registration.user))
        .order_by(Membership.captain.desc(), Membership.created_at)
    )
    return list(rows)


def place_of(registration: Registration) -> Membership | None:
    return db.session.scalar(
        select(Membership)
        .where(Membership.registration_id == registration.id)
        .options(joinedload(Membership.team))
    )


def membership_in(key: str, *, team: Team, **_: Any) -> Membership | None:
    """The place in this team that an address names."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    return db.session.scalar(
        select(Membership).where(Membership.id == wanted, Membership.team_id == team.id)
    )


def invitation_in(
    token: str, *, competition: Competition, team: Team | None = None, **_: Any
) -> Invitation | None:
    """The invitation with this token, to the team named or to any of the competition."""
    query = (
        select(Invitation)
        .join(Team, Invitation.team_id == Team.id)
        .where(Invitation.token == token, Team.competition_id == competition.id)
        .options(joinedload(Invitation.team))
    )
    return db.session.scalar(query.where(Team.id == team.id) if team else query)


def name_key(name: str) -> str:
    """The name as it is compared: without case, compatibility forms or combined accents apart.

    Cut to what the column holds: some characters unfold into many.
    """
    return unicodedata.normalize("NFKC", name).casefold()[:160]


def team_named(name: str, competition: Competition) -> Team | None:
    return db.session.scalar(
        select(Team).where(Team.competition_id == competition.id, Team.name_key == name_key(name))
    )


def invitations_of(team: Team) -> list[Invitation]:
    """Those that can still be accepted, the oldest first."""
    rows = db.session.scalars(
        select(Invitation)
        .where(
            Invitation.team_id == team.id,
            Invitation.closed_at.is_(None),
            Invitation.expires_at > now(),
        )
        .options(joinedload(Invitation.to))
        .order_by(Invitation.created_at)
    )
    return list(rows)


def invitations_shown(team: Team) -> list[Invitation]:
    """Those that work, the letters that have expired, and links that somebody used, each with who
    joined by it; the oldest first."""
    rows = db.session.scalars(
        select(Invitation)
        .where(
            Invitation.team_id == team.id,
            or_(
                and_(
                    Invitation.closed_at.is_(None),
                    or_(Invitation.expires_at > now(), Invitation.address.is_not(None)),
                ),
                and_(Invitation.address.is_(None), Invitation.uses.any()),
            ),
        )
        .options(
            selectinload(Invitation.uses)
            .joinedload(InvitationUse.registration)
            .joinedload(Registration.user)
        )
        .order_by(Invitation.created_at)
    )
    return list(rows)


def open_links_of(team: Team) -> list[Invitation]:
    return [invitation for invitation in invitations_of(team) if invitation.address is None]


def places_to_invite(team: Team) -> int:
    """Free places for which no letter is on its way."""
    letters = sum(invitation.address is not None for invitation in invitations_of(team))
    return max(0, team.places_left - letters)


def history_of(team: Team) -> list[Entry]:
    """The team's deeds, the newest first."""
    rows = db.session.scalars(
        select(Entry)
        .where(
            Entry.competition_id == team.competition_id,
            Entry.details["team"].as_string() == str(team.id),
        )
        .options(joinedload(Entry.actor))
        .order_by(Entry.created_at.desc(), Entry.id.desc())
    )
    return list(rows)


# -- lists -----------------------------------------------------------------------------------


def teams_in(
    competition: Competition, *, search: str = "", size: str = "", challenge: str = ""
) -> Select[Any]:
    """Teams by name. `size` is small or complete; `challenge` a number, or none."""
    query = (
        select(Team)
        .where(Team.competition_id == competition.id)
        .options(selectinload(Team.memberships), joinedload(Team.challenge))
        .order_by(Team.name_key)
    )
    if search:
        query = query.where(Team.name.icontains(search, autoescape=True))
    if size == "small":
        query = query.where(small(competition))
    elif size == "complete":
        query = query.where(~small(competition))
    if challenge == "none":
        query = query.where(Team.challenge_id.is_(None))
    elif challenge.isascii() and challenge.isdigit():
        query = query.join(Challenge, Team.challenge_id == Challenge.id).where(
            Challenge.number == int(challenge[:4])
        )
    return query


def teams_with_room(competition: Competition) -> list[Team]:
    """The teams that have a free place, by name."""
    room = teams_in(competition).where(_members() < competition.team_max)
    return list(db.session.scalars(room))


def _members() -> Any:
    return (
        select(func.count())
        .select_from(Membership)
        .where(Membership.team_id == Team.id)
        .correlate(Team)
        .scalar_subquery()
    )


def small(competition: Competition) -> ColumnElement[bool]:
    """Below the minimum, and not allowed to stay so."""
    return and_(_members() < competition.team_min, ~Team.exempt)


def small_teams(competition: Competition) -> list[Team]:
    """The teams below the minimum that nobody allowed to stay so, by name."""
    return list(db.session.scalars(teams_in(competition, size="small")))


def exemptions_in(competition: Competition) -> list[SizeExemption]:
    """The teams that may stay below the minimum, by name."""
    return list(
        db.session.scalars(
            select(SizeExemption)
            .join(Team, SizeExemption.team_id == Team.id)
            .where(Team.competition_id == competition.id)
            .options(joinedload(SizeExemption.team).selectinload(Team.memberships))
            .order_by(Team.name_key)
        )
    )


def exemption_of(team: Team) -> SizeExemption | None:
    return db.session.scalar(select(SizeExemption).where(SizeExemption.team_id == team.id))


def teams_to_warn(most: int) -> list[tuple[Team, datetime]]:
    """Small teams whose changes close within the time the competition warns before, each with
    that close, of which it was not warned yet; at most so many."""
    moment = now()
    still_open = or_(
        Window.closes_at > moment,
        Window.extensions.any(Extension.closes_at > moment),
        select(Allowance.id)
        .join(Team, Allowance.team_id == Team.id)
        .where(
            Team.competition_id == Window.competition_id,
            Allowance.gate == Gate.TEAM_CHANGES,
            Allowance.closes_at > moment,
        )
        .exists(),
    )
    competitions = db.session.scalars(
        select(Competition)
        .join(Competition.windows)
        .where(
            Competition.published_at <= moment,
            Window.gate == Gate.TEAM_CHANGES,
            Window.opens_at <= moment,
            still_open,
        )
        .options(selectinload(Competition.windows).selectinload(Window.extensions))
    )
    due: list[tuple[Team, datetime]] = []
    for competition in competitions:
        due += _to_warn(competition, moment)
    return due[:most]


def _to_warn(competition: Competition, moment: datetime) -> list[tuple[Team, datetime]]:
    before = timedelta(hours=competition.size_warning_hours)
    rows = db.session.execute(
        select(Team, Allowance)
        .outerjoin(
            Allowance, and_(Allowance.team_id == Team.id, Allowance.gate == Gate.TEAM_CHANGES)
        )
        .where(Team.competition_id == competition.id, small(competition))
    ).all()
    due = [
        (team, opening.closes_at)
        for team, allowance in rows
        if (opening := opening_of(competition, Gate.TEAM_CHANGES, allowance)).is_open
        and opening.closes_at
        and opening.closes_at - before <= moment
    ]
    if not due:
        return []
    warned = {
        (row.team_id, row.closes_at)
        for row in db.session.scalars(
            select(SizeWarning).where(SizeWarning.team_id.in_([team.id for team, _ in due]))
        )
    }
    return [(team, closes_at) for team, closes_at in due if (team.id, closes_at) not in warned]


# -- challenges ------------------------------------------------------------------------------


def teams_that_chose(challenge: Challenge) -> int:
    return db.session.scalar(select(func.count()).where(Team.challenge_id == challenge.id)) or 0


@dataclass(frozen=True)
class Share:
    """How many teams and people work on one challenge."""

    challenge: Challenge
    teams: int
    people: int

    @property
    def places_left(self) -> int | None:
        """For how many more teams there is room; None: any number."""
        quota = self.challenge.quota
        return None if quota is None else max(0, quota - self.teams)


def shares_of(competition: Competition) -> list[Share]:
    """One for each challenge, in their order."""
    counted = {
        key: (teams, people)
        for key, teams, people in db.session.execute(
            select(
                Team.challenge_id,
                func.count(Team.id.distinct()),
                func.count(Membership.id),
            )
            .outerjoin(Membership, Membership.team_id == Team.id)
            .where(Team.competition_id == competition.id)
            .group_by(Team.challenge_id)
        )
    }
    return [Share(c, *counted.get(c.id, (0, 0))) for c in competition.challenges]


def undecided_teams(competition: Competition) -> list[Team]:
    """Those that have chosen no challenge yet, by name."""
    return list(db.session.scalars(teams_in(competition, challenge="none")))


def open_requests(competition: Competition) -> list[ChallengeRequest]:
    """Changes of the challenge that wait for an answer, the oldest first."""
    return list(
        db.session.scalars(
            select(ChallengeRequest)
            .where(
                ChallengeRequest.competition_id == competition.id,
                ChallengeRequest.granted_at.is_(None),
                ChallengeRequest.refused_at.is_(None),
            )
            .options(
                joinedload(ChallengeRequest.team).joinedload(Team.challenge),
                joinedload(ChallengeRequest.challenge),
            )
            .order_by(ChallengeRequest.created_at)
        )
    )


def last_request_of(team: Team) -> ChallengeRequest | None:
    """The team's open request for another challenge, else the last that was answered."""
    return db.session.scalar(
        select(ChallengeRequest)
        .where(ChallengeRequest.team_id == team.id)
        .options(joinedload(ChallengeRequest.challenge))
        .order_by(
            or_(ChallengeRequest.granted_at.is_not(None), ChallengeRequest.refused_at.is_not(None)),
            ChallengeRequest.created_at.desc(),
        )
        .limit(1)
    )


@dataclass(frozen=True)
class Balance:
    """How a competition's teams and people stand, in numbers."""

    teams: int
    small: int
    people: int
    teamless: int
    by_challenge: list[tuple[Challenge, int]]
    undecided: int


def balance_of(competition: Competition) -> Balance:
    sizes = db.session.execute(
        select(Team.challenge_id, _members(), Team.exempt).where(
            Team.competition_id == competition.id
        )
    ).all()
    people = db.session.scalar(
        select(func.count())
        .select_from(Registration)
        .where(Registration.competition_id == competition.id, Registration.takes_part)
    )
    chosen = [challenge_id for challenge_id, _, _ in sizes]
    return Balance(
        teams=len(sizes),
        small=sum(size < competition.team_min and not exempt for _, size, exempt in sizes),
        people=people or 0,
        teamless=(people or 0) - sum(size for _, size, _ in sizes),
        by_challenge=[(c, chosen.count(c.id)) for c in competition.challenges],
        undecided=chosen.count(None),
    )


def people_in(
    competition: Competition,
    *,
    state: str = "",
    search: str = "",
    residence: str = "",
    team: str = "",
) -> Select[Any]:
    """Registrations by name, those on the waitlist in its order.

    `state` is all or one of them, else who takes part; `team` is with or without.
    """
    query = (
        select(Registration)
        .join(User, Registration.user_id == User.id)
        .where(Registration.competition_id == competition.id)
        .options(joinedload(Registration.user))
    )
    by_name = (func.lower(User.name), User.email)
    query = query.order_by(*([Registration.turn] if state == State.WAITLISTED else by_name))
    if state != "all":
        wanted = state if state in set(State) else State.REGISTERED
        query = query.where(Registration.state == wanted)
    if search:
        query = query.where(
            or_(
                User.name.icontains(search, autoescape=True),
                User.email.icontains(search, autoescape=True),
            )
        )
    if residence:
        query = query.where(Registration.residence == residence)
    placed = select(Membership.id).where(Membership.registration_id == Registration.id).exists()
    if team == "with":
        query = query.where(placed)
    elif team == "without":
        query = query.where(~placed)
    return query


def with_consents(people: Select[Any]) -> list[Registration]:
    """All of the list, each with what the person agreed to."""
    consents = selectinload(Registration.consents).joinedload(Consent.text)
    return list(db.session.scalars(people.options(consents)))


def teams_of(registrations: Iterable[Registration]) -> dict[uuid.UUID, Team]:
    """The team of each registration (by its id) that has one."""
    keys = [registration.id for registration in registrations]
    rows = db.session.scalars(
        select(Membership)
        .where(Membership.registration_id.in_(keys))
        .options(joinedload(Membership.team))
    )
    return {membership.registration_id: membership.team for membership in rows}


# -- answers ---------------------------------------------------------------------------------


def team_questions(competition: Competition) -> list[Question]:
    return questions_in(competition, Questionnaire.TEAM)


def team_sheet(team: Team, *, bound: bool = True) -> Sheet:
    """The questions to the team, those of its challenge included."""
    return Sheet(
        team_questions(team.competition), values(team.answers), challenge_key(team), bound=bound
    )


def team_answers_of(team: Team) -> list[Told]:
    """What the team was asked and answered, as its members and the organizers see it."""
    questions = team_questions(team.competition)
    return told(questions, team.answers, challenge=challenge_key(team))


def teams_with_answers(competition: Competition) -> list[Team]:
    """Every team by name, with its answers and its challenge."""
    return list(
        db.session.scalars(
            select(Team)
            .where(Team.competition_id == competition.id)
            .options(selectinload(Team.answers), joinedload(Team.challenge))
            .order_by(Team.name_key)
        )
    )


def team_tallies_of(competition: Competition) -> list[Tally]:
    teams = teams_with_answers(competition)
    answers = [(values(team.answers), challenge_key(team)) for team in teams]
    return tallies(team_questions(competition), answers)


def teams_lacking(competition: Competition, question: Question) -> list[Team]:
    """The teams that are asked this question and have not answered it, by name."""
    plain = [each.asked for each in team_questions(competition)]

    def lacks(team: Team) -> bool:
        answers = values(team.answers)
        asked = {each.key for each in asking.asked(plain, answers, challenge_key(team))}
        return question.key in asked and question.key not in answers

    return [team for team in teams_with_answers(competition) if lacks(team)]


def team_answer_to(team: Team, question: Question) -> TeamAnswer | None:
    return db.session.scalar(
        select(TeamAnswer).where(
            TeamAnswer.team_id == team.id, TeamAnswer.question_id == question.id
        )
    )


@dataclass(frozen=True)
class Shown:
    """What a mentor or a judge reads: the team's answers, and those of its people (with names)."""

    team: list[Told]
    people: list[tuple[Registration, list[Told]]]

    def __bool__(self) -> bool:
        return bool(self.team or self.people)


def shown_to(reader: Reader, competition: Competition, teams: list[Team]) -> dict[Any, Shown]:
    """For each team, by its id, the answers that the organizers show to this reader."""
    questions = [q for q in team_questions(competition) if reader in q.shown_to]
    keys = [team.id for team in teams]
    rows: dict[Any, list[TeamAnswer]] = {key: [] for key in keys}
    if questions:
        for row in db.session.scalars(select(TeamAnswer).where(TeamAnswer.team_id.in_(keys))):
            rows[row.team_id].append(row)
    places = db.session.scalars(
        select(Membership)
        .where(Membership.team_id.in_(keys))
        .options(joinedload(Membership.registration).joinedload(Registration.user))
        .order_by(Membership.captain.desc(), Membership.created_at)
    ).all()
    answers = answers_shown(competition, [place.registration for place in places], reader)
    return {
        key: Shown(
            told(questions, rows[key], reader=reader),
            [
                (place.registration, answers[place.registration_id])
                for place in places
                if place.team_id == key and answers.get(place.registration_id)
            ],
        )
        for key in keys
    }


def challenge_key(team: Team) -> str | None:
    return team.challenge_id.hex if team.challenge_id else None
