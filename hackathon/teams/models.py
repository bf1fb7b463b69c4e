"""Teams, who is in them, and the challenge they chose."""

import uuid
from datetime import datetime

from sqlalchemy import (
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, Gate, OfCompetition
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
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # accepted, declined or revoked; the journal says which

    team: Mapped[Team] = relationship()
    by: Mapped[User | None] = relationship()

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


class TeamAnswer(Model, AnswerTo):
    """What a team answered to one question."""

    __tablename__ = "team_answer"
    __table_args__ = (of_its_kind(), UniqueConstraint("team_id", "question_id"))

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))

    team: Mapped[Team] = relationship(back_populates="answers")
