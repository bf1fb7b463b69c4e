"""What teams hold about a person."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Competition, Window
from ..competitions.queries import over
from ..extensions import db
from ..ground.personal import Fact, Hindrance, Holding, Share
from ..questions.personal import FACTS, file_of, personal_questions, with_question
from ..registrations.models import Registration
from ..registrations.states import LIVE
from .actions import TeamHasSubmission, hand_over, withdraw
from .models import (
    ChallengeRequest,
    Ending,
    Invitation,
    InvitationUse,
    JoinRequest,
    Membership,
    Outcome,
    Seeker,
    Team,
    TeamAnswer,
    Vacancy,
)

ENDINGS = {
    Ending.USED: _l("Used"),
    Ending.DECLINED: _l("Declined"),
    Ending.REVOKED: _l("Revoked"),
}
OUTCOMES = {
    Outcome.ACCEPTED: _l("Accepted"),
    Outcome.DECLINED: _l("Declined"),
    Outcome.WITHDRAWN: _l("Taken back"),
    Outcome.PLACED: _l("You joined another team"),
    Outcome.FULL: _l("The team became full"),
    Outcome.EXPIRED: _l("Expired"),
}


def _captaincies(person: User) -> list[Membership]:
    """Where the person is captain of others."""
    rows = db.session.scalars(
        select(Membership)
        .join(Registration, Membership.registration_id == Registration.id)
        .where(Registration.user_id == person.id, Membership.captain)
        .options(
            joinedload(Membership.team).selectinload(Team.memberships),
            joinedload(Membership.team)
            .joinedload(Team.competition)
            .selectinload(Competition.windows)
            .selectinload(Window.extensions),
        )
    )
    return [membership for membership in rows if len(membership.team.memberships) > 1]


def hindrances(person: User) -> list[Hindrance]:
    """The teams that would lose their captain while they still need one."""
    return [
        Hindrance(
            _l(
                "You are the captain of %(team)s. Hand the captaincy over first; when that is no "
                "longer possible, ask the organizers to do it.",
                team=membership.team.name,
            ),
            "teams.show",
            {"competition": membership.team.competition, "team": membership.team},
        )
        for membership in _captaincies(person)
        if not over(membership.team.competition)
    ]


def forget(person: User) -> None:
    """Leave every team, competition and waitlist, and the board. Raises CaptainMustHandOver.

    Once a competition is over, the captaincy passes to who joined next. Where the person is the
    last of a team whose work was handed in, the place stays for the record, without a name.
    """
    for captaincy in _captaincies(person):
        if over(captaincy.team.competition):
            others = [m for m in captaincy.team.memberships if m is not captaincy]
            hand_over(others[0], by=person)
    for registration in db.session.scalars(
        select(Registration).where(Registration.user_id == person.id, Registration.state.in_(LIVE))
    ).all():
        try:
            with db.session.begin_nested():
                withdraw(registration, by=person)
        except TeamHasSubmission:
            continue
    db.session.flush()
    db.session.execute(delete(Invitation).where(_to(person)))
    own = select(Registration.id).where(Registration.user_id == person.id)
    for kind in (Seeker, JoinRequest):
        db.session.execute(delete(kind).where(kind.registration_id.in_(own)))
    # Whoever named the person as a friend wrote the address down.
    for seeker in db.session.scalars(select(Seeker)).all():
        if person.email in seeker.friends:
            seeker.friends = [address for address in seeker.friends if address != person.email]
    db.session.flush()


def _to(person: User) -> ColumnElement[bool]:
    """An invitation to the person, or to their address."""
    return or_(Invitation.to_id == person.id, Invitation.address == person.email)


def expire(competition: Competition) -> dict[str, int]:
    """Invitations, with the addresses they went to; the board; what teams answered of people, and
    why they asked for another challenge."""
    teams = select(Team.id).where(Team.competition_id == competition.id)
    deeds = {
        "invitations": [delete(Invitation).where(Invitation.team_id.in_(teams))],
        "searches": [
            delete(Seeker).where(Seeker.competition_id == competition.id),
            delete(Vacancy).where(Vacancy.team_id.in_(teams)),
        ],
        "requests": [delete(JoinRequest).where(JoinRequest.competition_id == competition.id)],
        "wishes": [
            update(ChallengeRequest)
            .where(
                ChallengeRequest.competition_id == competition.id,
                (ChallengeRequest.reason != "") | (ChallengeRequest.answer != ""),
            )
            .values(reason="", answer="")
        ],
        "team_answers": [
            delete(TeamAnswer).where(
                TeamAnswer.team_id.in_(teams),
                TeamAnswer.question_id.in_(personal_questions(competition)),
            )
        ],
    }
    return {
        what: sum(db.session.execute(deed).rowcount for deed in each)
        for what, each in deeds.items()
    }


SHARE = Share(
    holdings=(
        Holding(
            "memberships",
            _l("Your teams"),
            Membership,
            lambda person: (
                select(Membership)
                .join(Registration, Membership.registration_id == Registration.id)
                .where(Registration.user_id == person.id)
                .options(joinedload(Membership.team).joinedload(Team.competition))
            ),
            (
                Fact("competition", _l("Competition"), "team.competition.name"),
                Fact("team", _l("Team"), "team.name"),
                Fact("captain", _l("Captain")),
                Fact("created_at", _l("Joined")),
            ),
            stays=_l(
                "Only where you are the last person of a team whose work was handed in: its place "
                "stays, as “Deleted account”. You leave every other team."
            ),
        ),
        Holding(
            "invitations_written",
            _l("Invitations you wrote"),
            Invitation,
            lambda person: (
                select(Invitation)
                .where(Invitation.by_id == person.id)
                .options(joinedload(Invitation.team))
            ),
            (
                Fact("team", _l("Team"), "team.name"),
                Fact("created_at", _l("Written")),
                Fact("expires_at", _l("Valid until")),
                Fact("closed_at", _l("Closed")),
                Fact("closed_as", _l("How it ended"), words=ENDINGS.get),
                Fact("most_uses", _l("People who can use it")),
            ),
            stays=_l("The invitations of your team, which are for others."),
        ),
        Holding(
            "invitations_received",
            _l("Invitations to you"),
            Invitation,
            lambda person: (
                select(Invitation).where(_to(person)).options(joinedload(Invitation.team))
            ),
            (
                Fact("team", _l("Team"), "team.name"),
                Fact("address", _l("To")),
                Fact("created_at", _l("Written")),
                Fact("expires_at", _l("Valid until")),
                Fact("closed_at", _l("Closed")),
                Fact("closed_as", _l("How it ended"), words=ENDINGS.get),
            ),
        ),
        Holding(
            "invitation_uses",
            _l("Invitations you accepted"),
            InvitationUse,
            lambda person: (
                select(InvitationUse)
                .join(InvitationUse.registration)
                .where(Registration.user_id == person.id)
                .options(joinedload(InvitationUse.invitation).joinedload(Invitation.team))
            ),
            (
                Fact("team", _l("Team"), "invitation.team.name"),
                Fact("created_at", _l("Accepted")),
            ),
            stays=_l(
                "That somebody used it, as “Deleted account”: a link works for so many people only."
            ),
        ),
        Holding(
            "searches",
            _l("Your notices that you look for a team"),
            Seeker,
            lambda person: (
                select(Seeker)
                .join(Seeker.registration)
                .where(Registration.user_id == person.id)
                .options(
                    contains_eager(Seeker.registration).joinedload(Registration.competition),
                    selectinload(Seeker.skills),
                    selectinload(Seeker.interests),
                )
            ),
            (
                Fact("competition", _l("Competition"), "registration.competition.name"),
                Fact("created_at", _l("Since")),
                Fact("languages", _l("Languages")),
                Fact("skills", _l("Skills"), lambda seeker: [each.label for each in seeker.skills]),
                Fact(
                    "interests",
                    _l("Challenges"),
                    lambda seeker: [each.title for each in seeker.interests],
                ),
                Fact("about", _l("A few words")),
                Fact("friends", _l("People you want to be with")),
            ),
        ),
        Holding(
            "join_requests",
            _l("Your requests to join a team"),
            JoinRequest,
            lambda person: (
                select(JoinRequest)
                .join(JoinRequest.registration)
                .where(Registration.user_id == person.id)
                .options(joinedload(JoinRequest.team).joinedload(Team.competition))
                .order_by(JoinRequest.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "team.competition.name"),
                Fact("team", _l("Team"), "team.name"),
                Fact("created_at", _l("Written")),
                Fact("message", _l("What you wrote")),
                Fact("answer", _l("What you were answered")),
                Fact("expires_at", _l("Valid until")),
                Fact("closed_at", _l("Closed")),
                Fact("outcome", _l("How it ended"), words=OUTCOMES.get),
            ),
        ),
        Holding(
            "challenge_requests",
            _l("Your requests for another challenge"),
            ChallengeRequest,
            lambda person: (
                select(ChallengeRequest)
                .where(ChallengeRequest.by_id == person.id)
                .options(joinedload(ChallengeRequest.team), joinedload(ChallengeRequest.challenge))
                .order_by(ChallengeRequest.created_at)
            ),
            (
                Fact("team", _l("Team"), "team.name"),
                Fact("challenge", _l("Challenge"), "challenge.title"),
                Fact("created_at", _l("Written")),
                Fact("reason", _l("What you wrote")),
                Fact("answer", _l("What you were answered")),
                Fact("granted_at", _l("Granted")),
                Fact("refused_at", _l("Refused")),
            ),
            stays=_l("What your team asked for and was answered, asked by “Deleted account”."),
        ),
        Holding(
            "team_answers",
            _l("Answers you wrote for your team"),
            TeamAnswer,
            lambda person: (
                select(TeamAnswer)
                .where(TeamAnswer.by_id == person.id)
                .options(joinedload(TeamAnswer.team), with_question(TeamAnswer))
                .order_by(TeamAnswer.created_at)
            ),
            (Fact("team", _l("Team"), "team.name"), *FACTS),
            stays=_l("The answers of your team, written by “Deleted account”."),
            file=file_of,
        ),
    ),
    hindrances=hindrances,
    forget=forget,
    expire=expire,
)
