"""Mentors, what they know, and the teams they accompany."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, Expertise, OfCompetition
from ..ground.localized import Localized
from ..ground.model import Model
from ..teams.models import Team

mentor_expertise = Table(
    "mentor_expertise",
    Model.metadata,
    Column("mentor_id", ForeignKey("mentor.id", ondelete="CASCADE"), primary_key=True),
    Column("expertise_id", ForeignKey("expertise.id", ondelete="CASCADE"), primary_key=True),
)

team_need = Table(
    "team_need",
    Model.metadata,
    Column("team_id", ForeignKey("team.id", ondelete="CASCADE"), primary_key=True),
    Column("expertise_id", ForeignKey("expertise.id", ondelete="CASCADE"), primary_key=True),
)


class Mentor(Model, OfCompetition):
    """A person who accompanies up to `capacity` teams, in the languages they speak."""

    __tablename__ = "mentor"
    __table_args__ = (
        UniqueConstraint("competition_id", "user_id"),
        CheckConstraint("capacity >= 0", name="capacity"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    headline: Mapped[Localized]
    languages: Mapped[list[str]] = mapped_column(default=list)
    capacity: Mapped[int] = mapped_column(default=1)

    competition: Mapped[Competition] = relationship()
    user: Mapped[User] = relationship()
    expertise: Mapped[list[Expertise]] = relationship(
        secondary=mentor_expertise, order_by="Expertise.position"
    )
    pairings: Mapped[list["Pairing"]] = relationship(
        back_populates="mentor", cascade="all, delete-orphan"
    )

    @property
    def load(self) -> int:
        """How many teams they accompany."""
        return len(self.pairings)


class Pairing(Model):
    """A mentor accompanies a team. `fit` (0-1000) is what the proposal thought of it."""

    __tablename__ = "pairing"
    __table_args__ = (UniqueConstraint("mentor_id", "team_id"),)

    mentor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mentor.id", ondelete="CASCADE"))
    team_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), index=True
    )
    fit: Mapped[int | None]

    mentor: Mapped[Mentor] = relationship(back_populates="pairings")
    team: Mapped[Team] = relationship()


class Conflict(Model):
    """A person who may neither accompany nor judge a team, and why. Seen by organizers only."""

    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("user_id", "team_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    team_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    user: Mapped[User] = relationship(foreign_keys=user_id)
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    team: Mapped[Team] = relationship()


objection_person = Table(
    "objection_person",
    Model.metadata,
    Column("objection_id", ForeignKey("objection.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Objection(Model):
    """A team says whom it does not want to be judged by, and why. Seen by the team and organizers.

    `about` is how the team names the person or the organization; `people` are those whom it
    concerns, as the team chose or the organizers found, who settle it with that.
    """

    __tablename__ = "objection"

    team_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), index=True
    )
    about: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )

    team: Mapped[Team] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    settled_by: Mapped[User | None] = relationship(foreign_keys=settled_by_id)
    people: Mapped[list[User]] = relationship(secondary=objection_person, order_by=User.id)
