"""Teams, who is in them, and the challenge they chose."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    UniqueConstraint,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, Expertise, Gate, OfCompetition
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.model import Model, named
from ..questions.models import AnswerTo, of_its_kind
from ..registrations.models import Registration


class Team(Model, OfCompetition):
    """People who work together. One challenge or none yet: there is only one place for it."""

    __tablename__ = "team"
    __table_args__ = (
        UniqueConstraint("competition_id", "name_key"),
        UniqueConstraint("id", "competition_id"),
        ForeignKeyConstraint(
            ["challenge_id", "competition_id"], ["challenge.id", "challenge.competition_id"]
        ),
    )

    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(160))  # the name without case, for uniqueness
    about: Mapped[str] = mapped_column(String(1000), default="")
    languages: Mapped[list[str]] = mapped_column(default=list)  # the team works in
    challenge_id: Mapped[uuid.UUID | None] = mapped_column(index=True)

    competition: Mapped[Competition] = relationship()
    challenge: Mapped[Challenge | None] = relationship(
        primaryjoin="foreign(Team.challenge_id) == Challenge.id"
    )
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="team", order_by="Membership.created_at", cascade="all, delete-orphan"
    )
    answers: Mapped[list["TeamAnswer"]] = relationship(
        back_populates="team", cascade="all, delete-orphan"
    )

    @property
    def places_left(self) -> int:
        return max(0, self.competition.team_max - len(self.memberships))

    @property
    def too_small(self) -> bool:
        """Below the minimum, and not allowed to stay so."""
        return self.size < self.competition.team_min and not self.exempt

    @property
    def captain(self) -> User | None:
        return next((m.registration.user for m in self.memberships if m.captain), None)

    @property
    def members(self) -> list[User]:
        """The people, captain first, then in the order they joined."""
        return [m.registration.user for m in sorted(self.memberships, key=lambda m: not m.captain)]


class Membership(Model):
    """A registered person's place in a team: one at most in a competition, one captain a team.

    Whoever is in a team cannot vanish from the database: they leave it first, so that the captaincy
    is handed over and no team is left without.
    """

    __tablename__ = "membership"
    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "competition_id"], ["team.id", "team.competition_id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["registration_id", "competition_id"],
            ["registration.id", "registration.competition_id"],
        ),
        Index(
            "uq_membership_captain",
            "team_id",
            unique=True,
            sqlite_where=text("captain"),
            postgresql_where=text("captain"),
        ),
    )

    competition_id: Mapped[uuid.UUID]
    team_id: Mapped[uuid.UUID] = mapped_column(index=True)
    registration_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    captain: Mapped[bool] = mapped_column(default=False)

    team: Mapped[Team] = relationship(
        back_populates="memberships", primaryjoin="foreign(Membership.team_id) == Team.id"
    )
    registration: Mapped[Registration] = relationship(
        primaryjoin="foreign(Membership.registration_id) == Registration.id"
    )


class Ending(StrEnum):
    """How an invitation came to its end, other than by time."""

    USED = "used"
    DECLINED = "declined"
    REVOKED = "revoked"


class Invitation(Model):
    """A way into a team: by letter to one address, or by a link for whoever holds it.

    `most_uses` is how many people can join by it; None: as many as there is room for.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index(
            "uq_invitation_waiting",
            "team_id",
            "address",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        CheckConstraint("most_uses IS NULL OR most_uses > 0", name="most_uses"),
        CheckConstraint("address IS NULL OR most_uses = 1", name="letter_once"),
        CheckConstraint("(closed_at IS NULL) = (closed_as IS NULL)", name="closed"),
    )

    team_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), index=True
    )
    token: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str | None] = mapped_column(String(254))  # None: a link
    # Whoever was found on the board is known to the team by name: their address is shown to nobody.
    to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    most_uses: Mapped[int | None]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_as: Mapped[Ending | None] = mapped_column(Enum(Ending, **named(20)))

    team: Mapped[Team] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    to: Mapped[User | None] = relationship(foreign_keys=to_id)
    uses: Mapped[list["InvitationUse"]] = relationship(
        back_populates="invitation",
        order_by="InvitationUse.created_at",
        cascade="all, delete-orphan",
    )

    @property
    def url_key(self) -> str:
        return self.token

    @property
    def waiting(self) -> bool:
        """Can it still be accepted, as far as the invitation itself goes?"""
        return self.closed_at is None and now() < self.expires_at

    @property
    def state(self) -> str:
        """waiting or expired, else how it ended: used, declined or revoked."""
        if self.closed_as is not None:
            return self.closed_as.value
        return "waiting" if self.waiting else "expired"


class InvitationUse(Model):
    """A person joined by the invitation, whether or not they are in the team still."""

    __tablename__ = "invitation_use"

    invitation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("invitation.id", ondelete="CASCADE"), index=True
    )
    registration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )

    invitation: Mapped[Invitation] = relationship(back_populates="uses")
    registration: Mapped[Registration] = relationship()


class Allowance(Model):
    """A later close of one gate for one team alone, with its reason."""

    __tablename__ = "allowance"
    __table_args__ = (UniqueConstraint("team_id", "gate"),)

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    gate: Mapped[Gate] = mapped_column(Enum(Gate, **named(20)))
    closes_at: Mapped[datetime]
    reason: Mapped[Localized]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    team: Mapped[Team] = relationship()
    by: Mapped[User | None] = relationship()


class SizeWarning(Model):
    """The members were told that their team is below the minimum and that changes soon close.

    Once for each close: an extension makes a new close, and so a new warning.
    """

    __tablename__ = "size_warning"
    __table_args__ = (UniqueConstraint("team_id", "closes_at"),)

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    closes_at: Mapped[datetime]


class SizeExemption(Model):
    """Organizers allow a team to stay below the minimum, and say why."""

    __tablename__ = "size_exemption"

    team_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), unique=True
    )
    reason: Mapped[Localized]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    team: Mapped[Team] = relationship()
    by: Mapped[User | None] = relationship()


# In the team's own row, so that a list of teams costs no further query.
Team.size = column_property(
    select(func.count(Membership.id))
    .where(Membership.team_id == Team.id)
    .correlate_except(Membership)
    .scalar_subquery()
)
Team.exempt = column_property(
    exists().where(SizeExemption.team_id == Team.id).correlate_except(SizeExemption)
)


class ChallengeRequest(Model):
    """After the choice is locked, a captain asks for another challenge; one open at a time."""

    __tablename__ = "challenge_request"
    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "competition_id"], ["team.id", "team.competition_id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["challenge_id", "competition_id"],
            ["challenge.id", "challenge.competition_id"],
            ondelete="CASCADE",
        ),
        Index(
            "uq_challenge_request_open",
            "team_id",
            unique=True,
            sqlite_where=text("granted_at IS NULL AND refused_at IS NULL"),
            postgresql_where=text("granted_at IS NULL AND refused_at IS NULL"),
        ),
        CheckConstraint("granted_at IS NULL OR refused_at IS NULL", name="answer"),
    )

    competition_id: Mapped[uuid.UUID] = mapped_column(index=True)
    team_id: Mapped[uuid.UUID]
    challenge_id: Mapped[uuid.UUID] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(String(1000))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    granted_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(1000), default="")
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )

    team: Mapped[Team] = relationship(primaryjoin="foreign(ChallengeRequest.team_id) == Team.id")
    challenge: Mapped[Challenge] = relationship(
        primaryjoin="foreign(ChallengeRequest.challenge_id) == Challenge.id"
    )
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    answered_by: Mapped[User | None] = relationship(foreign_keys=answered_by_id)

    @property
    def open(self) -> bool:
        return self.granted_at is None and self.refused_at is None


# -- looking for each other ------------------------------------------------------------------


def _tags(name: str, owner: str, tag: str) -> Table:
    """The table that says which tags (expertise, challenges) an owner chose."""
    return Table(
        name,
        Model.metadata,
        Column(f"{owner}_id", ForeignKey(f"{owner}.id", ondelete="CASCADE"), primary_key=True),
        Column(f"{tag}_id", ForeignKey(f"{tag}.id", ondelete="CASCADE"), primary_key=True),
    )


seeker_skill = _tags("seeker_skill", "seeker", "expertise")
seeker_interest = _tags("seeker_interest", "seeker", "challenge")
vacancy_skill = _tags("vacancy_skill", "vacancy", "expertise")


class Seeker(Model):
    """A registered person who looks for a team, since `created_at`. In a team there is no such row.

    `friends` are addresses of people to be with; they count when the other names one too.
    """

    __tablename__ = "seeker"
    __table_args__ = (
        ForeignKeyConstraint(
            ["registration_id", "competition_id"],
            ["registration.id", "registration.competition_id"],
            ondelete="CASCADE",
        ),
    )

    competition_id: Mapped[uuid.UUID] = mapped_column(index=True)
    registration_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    languages: Mapped[list[str]] = mapped_column(default=list)
    about: Mapped[str] = mapped_column(String(500), default="")
    friends: Mapped[list[str]] = mapped_column(default=list)

    registration: Mapped[Registration] = relationship(
        primaryjoin="foreign(Seeker.registration_id) == Registration.id"
    )
    skills: Mapped[list[Expertise]] = relationship(
        secondary=seeker_skill, order_by="Expertise.position"
    )
    interests: Mapped[list[Challenge]] = relationship(
        secondary=seeker_interest, order_by="Challenge.number"
    )


class Vacancy(Model):
    """A team looks for people, since `created_at`. It shows while the team has a free place."""

    __tablename__ = "vacancy"

    team_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), unique=True
    )
    about: Mapped[str] = mapped_column(String(500), default="")

    team: Mapped[Team] = relationship()
    skills: Mapped[list[Expertise]] = relationship(
        secondary=vacancy_skill, order_by="Expertise.position"
    )


class Outcome(StrEnum):
    """How a request to join ended."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    PLACED = "placed"  # the person joined another team
    FULL = "full"  # the team gave its last place to somebody else
    EXPIRED = "expired"


class JoinRequest(Model):
    """A person asks to join a team. One at a time is open for the two of them."""

    __tablename__ = "join_request"
    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "competition_id"], ["team.id", "team.competition_id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["registration_id", "competition_id"],
            ["registration.id", "registration.competition_id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed"),
        Index(
            "uq_join_request_open",
            "team_id",
            "registration_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    competition_id: Mapped[uuid.UUID] = mapped_column(index=True)
    team_id: Mapped[uuid.UUID] = mapped_column(index=True)
    registration_id: Mapped[uuid.UUID] = mapped_column(index=True)
    message: Mapped[str] = mapped_column(String(500), default="")
    answer: Mapped[str] = mapped_column(String(500), default="")
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(Enum(Outcome, **named(20)))

    team: Mapped[Team] = relationship(primaryjoin="foreign(JoinRequest.team_id) == Team.id")
    registration: Mapped[Registration] = relationship(
        primaryjoin="foreign(JoinRequest.registration_id) == Registration.id"
    )

    @property
    def waiting(self) -> bool:
        """Can it still be answered?"""
        return self.closed_at is None and now() < self.expires_at


class TeamAnswer(Model, AnswerTo):
    """What a team answered to one question."""

    __tablename__ = "team_answer"
    __table_args__ = (of_its_kind(), UniqueConstraint("team_id", "question_id"))

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))

    team: Mapped[Team] = relationship(back_populates="answers")


# -- becoming one --------------------------------------------------------------------------------


class Side(StrEnum):
    """One of the two teams of a merger."""

    PROPOSER = "proposer"
    ASKED = "asked"


class Merger(Model):
    """A captain proposes to another that their teams become one, and what of each would stay.

    What comes of it is in the room `mergers`; the row stands here because a team that goes tells
    who waits for it. Accepted, it goes with the team that vanishes; the journal keeps it.
    `challenge_of` and `work_of` are None when neither team has chosen, or begun.
    """

    __tablename__ = "merger"
    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "competition_id"], ["team.id", "team.competition_id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["other_id", "competition_id"], ["team.id", "team.competition_id"], ondelete="CASCADE"
        ),
        CheckConstraint("team_id <> other_id", name="two_teams"),
        Index(
            "uq_merger_open",
            "team_id",
            unique=True,
            sqlite_where=text("declined_at IS NULL"),
            postgresql_where=text("declined_at IS NULL"),
        ),
    )

    competition_id: Mapped[uuid.UUID] = mapped_column(index=True)
    team_id: Mapped[uuid.UUID]
    other_id: Mapped[uuid.UUID] = mapped_column(index=True)
    name_of: Mapped[Side] = mapped_column(Enum(Side, name="name_of", **named(20)))
    captain_of: Mapped[Side] = mapped_column(Enum(Side, name="captain_of", **named(20)))
    challenge_of: Mapped[Side | None] = mapped_column(Enum(Side, name="challenge_of", **named(20)))
    work_of: Mapped[Side | None] = mapped_column(Enum(Side, name="work_of", **named(20)))
    message: Mapped[str] = mapped_column(String(1000), default="")
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    declined_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(1000), default="")

    team: Mapped[Team] = relationship(primaryjoin="foreign(Merger.team_id) == Team.id")
    other: Mapped[Team] = relationship(primaryjoin="foreign(Merger.other_id) == Team.id")
    by: Mapped[User | None] = relationship()
