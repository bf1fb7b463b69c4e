"""The projects as the world sees them: to whom, from when, which are kept out, and who is named."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import OfCompetition
from ..ground.model import Model, named
from ..registrations.models import Registration
from ..submissions.models import Submission
from ..teams.models import Team


class Audience(StrEnum):
    """Who sees the projects, from nobody to everyone."""

    OFF = "off"
    CREW = "crew"  # organizers, mentors, judges
    REGISTERED = "registered"  # the crew, and who takes part
    PUBLIC = "public"

    @property
    def reach(self) -> int:
        """Larger for whoever lets more people in."""
        return list(Audience).index(self)


class Gallery(Model, OfCompetition):
    """What the organizers chose. Without a row it is as by default: public with the results.

    `opens_at` None: with the announcement of the results. `files`: what teams sent may be
    downloaded, besides the pictures that are shown.
    """

    __tablename__ = "gallery"
    __table_args__ = (UniqueConstraint("competition_id"),)

    audience: Mapped[Audience] = mapped_column(Enum(Audience, **named(20)), default=Audience.PUBLIC)
    opens_at: Mapped[datetime | None]
    files: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    by: Mapped[User | None] = relationship()


class Withheld(Model):
    """A time in which organizers keep a project out. Ended, the row stays for the record."""

    __tablename__ = "withheld"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("ended_at IS NOT NULL OR end_reason = ''", name="end_reason"),
        Index(
            "uq_withheld_open",
            "submission_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(1000))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    end_reason: Mapped[str] = mapped_column(String(1000), default="")

    submission: Mapped[Submission] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    ended_by: Mapped[User | None] = relationship(foreign_keys=ended_by_id)


class Named(Model):
    """A member wants to be named with the team's project, so `written`, until they take it back.

    It counts while they are in that team without a break: who leaves and comes back is asked again.
    """

    __tablename__ = "named"
    __table_args__ = (
        CheckConstraint("written <> ''", name="written"),
        Index(
            "uq_named_open",
            "registration_id",
            "team_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    registration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    team_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), index=True
    )
    written: Mapped[str] = mapped_column(String(150))
    ended_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship()
    team: Mapped[Team] = relationship()
