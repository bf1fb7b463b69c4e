"""Reads across all rooms: where a person stands, how a competition goes."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select, union_all
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..certificates.queries import certifying
from ..competitions.models import Challenge, Competition, Gate, Inquiry, Organizer, Round, Window
from ..extensions import db
from ..ground.paging import Page, paginate
from ..ground.remember import once_per_request
from ..journal.deeds import Deed
from ..journal.models import Entry
from ..judging.conflicts import concerns, objections_in, withheld_from
from ..judging.models import Judge, Problem, Review, RulesVersion
from ..judging.queries import SAID_OF_WORK, Progress, round_key
from ..mentoring.models import Mentor, Pairing
from ..post.models import Letter
from ..registrations.models import Registration
from ..registrations.states import State as RegistrationState
from ..results.queries import disclosures_of
from ..submissions.models import Submission, Version
from ..teams.models import Allowance, ChallengeRequest, Membership, Team
from ..teams.queries import small


@dataclass
class Place:
    """A person's parts in one competition."""

    competition: Competition
    organizer: bool = False
    entry: Registration | None = None  # the registration, unless withdrawn
    registration: Registration | None = None  # the same, of who takes part
    membership: Membership | None = None
    allowances: dict[Gate, Allowance] = field(default_factory=dict)  # the team's own
    handed_in: bool = False
    mentor: Mentor | None = None
    judge: Judge | None = None
    reviews: Progress = field(default_factory=Progress)
    announced: bool = False  # is there a page of results?
    told: bool = False  # are the results of the team's challenge public?
    certified: bool = False  # has a certificate of it
    naming: bool = False  # it gives certificates, so people say how they are called on them


def _parts() -> Select[Any]:
    """The competitions in which a person has any part, and the parts."""
    kinds = (Organizer, Registration, Mentor, Judge)
    parts = select(Competition, *kinds)
    for kind in kinds:
        own = and_(kind.competition_id == Competition.id, kind.user_id == bindparam("person"))
        parts = parts.outerjoin(kind, own)
    return parts.where(or_(*(kind.id.is_not(None) for kind in kinds)))


# Asked whenever somebody comes home, so written down once.
_PARTS = _parts().options(selectinload(Competition.windows).selectinload(Window.extensions))
_COUNTED = (
    select(Version.challenge_id)
    .join(Submission)
    .where(Submission.team_id == Membership.team_id)
    .order_by(Version.number.desc())
    .limit(1)
    .scalar_subquery()
)
_MEMBERSHIPS = (
    select(Membership, _COUNTED)
    .join(Registration, Membership.registration_id == Registration.id)
    .where(Registration.user_id == bindparam("person"))
    .options(joinedload(Membership.team).joinedload(Team.challenge))
)
_REVIEWS = (
    select(Judge.competition_id, func.count(Review.completed_at), func.count())
    .join(Review, Review.judge_id == Judge.id)
    .join(Review.submission)
    .where(
        Judge.user_id == bindparam("person"),
        Judge.dismissed_at.is_(None),
        Submission.stands,
        Review.round_id == round_key(Judge.competition_id),
    )
    .group_by(Judge.competition_id)
)
_ALLOWANCES = select(Allowance).where(Allowance.team_id.in_(bindparam("teams", expanding=True)))


def places_of(user: User) -> list[Place]:
    """One Place for each competition that the person has any part in, the newest first."""
    person, places = {"person": user.id}, {}
    for competition, organizer, registration, mentor, judge in db.session.execute(_PARTS, person):
        entry = registration
        if entry and entry.state is RegistrationState.WITHDRAWN:
            entry = None
        if organizer or entry or mentor or judge:
            places[competition.id] = Place(
                competition,
                organizer=organizer is not None,
                entry=entry,
                registration=entry if entry and entry.takes_part else None,
                mentor=mentor,
                judge=judge,
            )
    challenges: dict[Any, Any] = {}  # of what each team handed in
    for membership, challenge in db.session.execute(_MEMBERSHIPS, person):
        if membership.competition_id in places:
            places[membership.competition_id].membership = membership
            places[membership.competition_id].handed_in = challenge is not None
            challenges[membership.competition_id] = challenge
    if any(place.judge for place in places.values()):
        for key, completed, assigned in db.session.execute(_REVIEWS, person):
            places[key].reviews = Progress(completed, assigned)
    for key, disclosure in disclosures_of(place.competition for place in places.values()).items():
        places[key].announced = disclosure.begun
        places[key].told = disclosure.tells(challenges.get(key))
    for key, certified in certifying(user, places):
        places[key].naming, places[key].certified = True, certified
    teams = {p.membership.team_id: p for p in places.values() if p.membership}
    for allowance in db.session.scalars(_ALLOWANCES, {"teams": [*teams]}) if teams else ():
        teams[allowance.team_id].allowances[allowance.gate] = allowance
    return sorted(places.values(), key=lambda p: p.competition.created_at, reverse=True)


# Who is concerned by a gate, besides the organizers.
_CONCERNED = {
    Gate.REGISTRATION: (Registration,),
    Gate.TEAM_CHANGES: (Registration,),
    Gate.CHALLENGE_CHOICE: (Registration,),
    Gate.SUBMISSION: (Registration, Mentor),
    Gate.FEEDBACK: (Registration, Mentor),
    Gate.JUDGING: (Judge,),
    Gate.SECOND_ROUND: (Judge,),
    Gate.THIRD_ROUND: (Judge,),
    Gate.PUBLIC_VOTE: (Registration,),
}


def concerned_by_role(competition: Competition, gate: Gate) -> dict[type, list[User]]:
    """Everyone who should hear that a gate's deadline moved, by what they are here."""
    found = {}
    for kind in (Organizer, *_CONCERNED[gate]):
        people = (
            select(User)
            .join(kind)
            .where(kind.competition_id == competition.id, User.deleted_at.is_(None))
        )
        if kind is Registration:
            people = people.where(Registration.takes_part)
        if kind is Judge:
            people = people.where(Judge.dismissed_at.is_(None))
        found[kind] = list(db.session.scalars(people.order_by(User.name, User.id)))
    return found


def concerned_by(competition: Competition, gate: Gate) -> list[User]:
    """The same people, each once."""
    by_role = concerned_by_role(competition, gate).values()
    return list({person.id: person for people in by_role for person in people}.values())


def figures_of(competition: Competition) -> dict[str, int]:
    """How many of what there are, in one query."""

    def count(kind: type, *conditions: object) -> object:
        return (
            select(func.count())
            .select_from(kind)
            .where(kind.competition_id == competition.id, *conditions)
            .scalar_subquery()
        )

    handed_in = (
        select(func.count(func.distinct(Version.submission_id)))
        .join(Submission)
        .where(Submission.competition_id == competition.id)
        .scalar_subquery()
    )
    reviews = (
        select(func.count())
        .select_from(Review)
        .join(Judge)
        .join(Review.submission)
        .where(
            Judge.competition_id == competition.id,
            Submission.stands,
            Review.round_id == round_key(competition.id),
        )
    )
    mentored = (
        select(func.count(func.distinct(Pairing.team_id)))
        .join(Mentor)
        .where(Mentor.competition_id == competition.id)
        .scalar_subquery()
    )
    unanswered = (
        select(func.count())
        .select_from(Inquiry)
        .join(Challenge)
        .where(Challenge.competition_id == competition.id, Inquiry.answered_at.is_(None))
    )
    rules = (
        select(func.count())
        .select_from(RulesVersion)
        .join(RulesVersion.round)
        .where(Round.id == round_key(competition.id))
    )
    waiting = select(func.count()).where(
        Letter.competition_id == competition.id, Letter.sent_at.is_(None)
    )
    row = db.session.execute(
        select(
            count(Registration, Registration.takes_part).label("participants"),
            count(Registration, Registration.state == RegistrationState.APPLIED).label(
                "applications"
            ),
            unanswered.scalar_subquery().label("inquiries"),
            count(Team).label("teams"),
            count(Team, Team.challenge_id.is_(None)).label("undecided"),
            count(Team, small(competition)).label("small"),
            count(
                ChallengeRequest,
                ChallengeRequest.granted_at.is_(None),
                ChallengeRequest.refused_at.is_(None),
            ).label("requests"),
            count(Mentor, Mentor.user.has(User.deleted_at.is_(None))).label("mentors"),
            mentored.label("mentored"),
            handed_in.label("handed_in"),
            count(Judge, Judge.dismissed_at.is_(None)).label("judges"),
            rules.scalar_subquery().label("rules"),
            reviews.scalar_subquery().label("reviews"),
            reviews.where(Review.completed_at.is_not(None)).scalar_subquery().label("reviewed"),
            waiting.scalar_subquery().label("letters_waiting"),
        )
    ).one()
    return dict(row._mapping)


def reported_in(competition: Competition, reader: User) -> dict[str, int]:
    """How much of what judges and teams report waits for an answer, of what the reader may know."""
    problems = (
        select(func.count())
        .select_from(Problem)
        .join(Problem.judge)
        .where(
            Judge.competition_id == competition.id,
            Problem.settled_at.is_(None),
            Problem.submission_id.not_in(withheld_from(reader, competition)),
        )
    )
    named = [each for each in objections_in(competition) if not concerns(each, reader)]
    return {
        "problems": db.session.scalar(problems) or 0,
        "objections": sum(each.settled_at is None for each in named),
    }


def journal_of(competition: Competition, *, without: Collection[Deed] = ()) -> Page:
    return paginate(
        db.session,
        select(Entry)
        .where(
            Entry.competition_id == competition.id,
            Entry.deed.not_in([deed.value for deed in without]),
        )
        .options(joinedload(Entry.actor))
        .order_by(Entry.created_at.desc(), Entry.id.desc()),
    )


def letters_of(competition: Competition, reader: User) -> Page:
    """Every letter of the competition; those in trouble first. For a judge in conflict with a team,
    without what judges say of submissions in letters to others."""
    query = select(Letter).where(Letter.competition_id == competition.id)
    if withheld_from(reader, competition):
        query = query.where(or_(Letter.name.not_in(SAID_OF_WORK), Letter.recipient_id == reader.id))
    return paginate(
        db.session,
        query.order_by(
            Letter.last_error.is_(None),
            Letter.sent_at.is_not(None),
            Letter.created_at.desc(),
            Letter.id.desc(),
        ),
    )


@once_per_request
def mentors_or_judges(user: User, competition: Competition) -> bool:
    """Does the person accompany or judge in this competition?"""
    parts = [
        select(kind.id).where(kind.user_id == user.id, kind.competition_id == competition.id)
        for kind in (Mentor, Judge)
    ]
    return db.session.execute(union_all(*parts).limit(1)).first() is not None
