"""What teams hold about a person."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition, Window
from ..competitions.queries import over
from ..extensions import db
from ..ground.personal import Fact, Hindrance, Holding, Share
from ..registrations.models import Registration
from .actions import TeamHasSubmission, hand_over, withdraw
from .models import Invitation, Membership, Team


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
    """Leave every team and competition. Raises CaptainMustHandOver.

    Once a competition is over, the captaincy passes to who joined next. Where the person is the
    last of a team whose work was handed in, the place stays for the record, without a name.
    """
    for captaincy in _captaincies(person):
        if over(captaincy.team.competition):
            others = [m for m in captaincy.team.memberships if m is not captaincy]
            hand_over(others[0], by=person)
    for registration in db.session.scalars(
        select(Registration).where(Registration.user_id == person.id, Registration.takes_part)
    ).all():
        try:
            with db.session.begin_nested():
                withdraw(registration, by=person)
        except TeamHasSubmission:
            continue
    db.session.flush()
    db.session.execute(delete(Invitation).where(Invitation.address == person.email))


def expire(competition: Competition) -> dict[str, int]:
    """Invitations, with the addresses they went to."""
    teams = select(Team.id).where(Team.competition_id == competition.id)
    gone = db.session.execute(delete(Invitation).where(Invitation.team_id.in_(teams)))
    return {"invitations": gone.rowcount}


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
            ),
            stays=_l("The invitations of your team, which are for others."),
        ),
        Holding(
            "invitations_received",
            _l("Invitations to you"),
            Invitation,
            lambda person: (
                select(Invitation)
                .where(Invitation.address == person.email)
                .options(joinedload(Invitation.team))
            ),
            (
                Fact("team", _l("Team"), "team.name"),
                Fact("address", _l("To")),
                Fact("created_at", _l("Written")),
                Fact("expires_at", _l("Valid until")),
                Fact("closed_at", _l("Closed")),
            ),
        ),
    ),
    hindrances=hindrances,
    forget=forget,
    expire=expire,
)
