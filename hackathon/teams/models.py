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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, Expertise, Gate, OfCompetition
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.model import Model, named
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

    @property
    def places_left(self) -> int:
        return max(0, self.competition.team_max - len(self.memberships))

    @property
    def too_small(self) -> bool:
        return len(self.memberships) < self.competition.team_min

    @property
    def captain(self) -> User | None:
        return next((m.registration.user for m in self.memberships if m.captain), None)

    @property
    def members(self) -> list[User]:
        """The people, captain first, then in the order they joined."""
        return [m.registration.user for m in sorted(self.memberships, key=lambda m: not m.captain)]


class Membership(Model):
    """A registered person's place in a team: one at most in a competition, one captain a team."""

    __tablename__ = "membership"
    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "competition_id"], ["team.id", "team.competition_id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["registration_id", "competition_id"],
            ["registration.id", "registration.competition_id"],
            ondelete="CASCADE",
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


class Invitation(Model):
    """A way into a team: by letter to one address, or by a link for whoever holds it."""

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
    )

    team_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), index=True
    )
    token: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str | None] = mapped_column(String(254))  # None: a link
    # Whoever was found on the board is known to the team by name: their address is shown to nobody.
    to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # accepted, declined or revoked; the journal says which

    team: Mapped[Team] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    to: Mapped[User | None] = relationship(foreign_keys=to_id)

    @property
    def url_key(self) -> str:
        return self.token

    @property
    def waiting(self) -> bool:
        """Can it still be accepted, as far as the invitation itself goes?"""
        return self.closed_at is None and now() < self.expires_at


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
