"""What teams work with, the terms under which they do, and who took what."""

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, OfCompetition
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.model import Model
from ..ground.storage import NAMES_FILES

# How long a file that was taken can be fetched, and fetched on where it broke off.
LINK_LIFE = timedelta(hours=24)


class DataSet(Model, OfCompetition):
    """Data for every team or, with a challenge, for the teams that chose it.

    `warning` is read before anything else is shown.
    """

    __tablename__ = "data_set"
    __table_args__ = (
        ForeignKeyConstraint(
            ["challenge_id", "competition_id"], ["challenge.id", "challenge.competition_id"]
        ),
        CheckConstraint(
            "available_from IS NULL OR available_until IS NULL OR available_from < available_until",
            name="order",
        ),
    )

    challenge_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    title: Mapped[Localized]
    summary: Mapped[Localized]
    description: Mapped[Localized]  # Markdown
    provenance: Mapped[Localized]
    licence: Mapped[Localized]
    warning: Mapped[Localized]
    link: Mapped[str] = mapped_column(String(500), default="")
    position: Mapped[int] = mapped_column(default=0)
    available_from: Mapped[datetime | None]
    available_until: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    challenge: Mapped[Challenge | None] = relationship(
        primaryjoin="foreign(DataSet.challenge_id) == Challenge.id"
    )
    files: Mapped[list["DataFile"]] = relationship(
        back_populates="data_set", order_by="DataFile.name", cascade="all, delete-orphan"
    )
    versions: Mapped[list["Terms"]] = relationship(
        back_populates="data_set", order_by="Terms.version", cascade="all, delete-orphan"
    )

    @property
    def terms(self) -> "Terms | None":
        """The version that people accept today."""
        return next((each for each in reversed(self.versions) if each.published_at), None)

    @property
    def draft(self) -> "Terms | None":
        """The next version, while it is written."""
        last = self.versions[-1] if self.versions else None
        return last if last and last.published_at is None else None

    @property
    def public(self) -> bool:
        return self.published_at is not None and self.published_at <= now()


class DataFile(Model):
    """A file of the data set. Its octets lie in the storage under their SHA-256."""

    __tablename__ = "data_file"
    __table_args__ = (
        UniqueConstraint("data_set_id", "name"),
        CheckConstraint("size > 0", name="size"),
    )

    data_set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_set.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64), info=NAMES_FILES)
    size: Mapped[int]

    data_set: Mapped[DataSet] = relationship(back_populates="files")


class Terms(Model):
    """One version of the terms of a data set. Published, it is never edited: a new wording is a
    new row.

    They hold until a moment, or so many days after the end of the competition, or for good.
    """

    __tablename__ = "data_terms"
    __table_args__ = (
        UniqueConstraint("data_set_id", "version"),
        CheckConstraint("expires_at IS NULL OR days_after_end IS NULL", name="one_expiry"),
        CheckConstraint("days_after_end IS NULL OR days_after_end >= 0", name="days"),
    )

    data_set_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_set.id", ondelete="CASCADE"))
    version: Mapped[int]
    body: Mapped[Localized]  # Markdown
    expires_at: Mapped[datetime | None]
    days_after_end: Mapped[int | None]
    published_at: Mapped[datetime | None]

    data_set: Mapped[DataSet] = relationship(back_populates="versions")


class Statement(Model):
    """A person's word on what became of their copies: all deleted, or what they keep and why."""

    __tablename__ = "data_statement"

    data_set_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("data_set.id", ondelete="RESTRICT"), index=True
    )
    user_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    deleted_on: Mapped[date]
    kept: Mapped[str] = mapped_column(String(2000), default="")

    data_set: Mapped[DataSet] = relationship()
    user: Mapped[User | None] = relationship()


class Acceptance(Model):
    """A person's yes to one version of the terms: a line of the ledger, added and never rewritten.

    It ends when the person accepts a newer version, or states what became of the copies; at most
    one of each person and data set has not ended. `asked` counts the letters that asked for the
    statement after the terms had expired.
    """

    __tablename__ = "data_acceptance"
    __table_args__ = (
        Index(
            "uq_data_acceptance_in_force",
            "data_set_id",
            "user_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("statement_id IS NULL OR ended_at IS NOT NULL", name="stated_has_ended"),
    )

    data_set_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("data_set.id", ondelete="RESTRICT"), index=True
    )
    terms_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("data_terms.id", ondelete="RESTRICT"), index=True
    )
    user_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    ended_at: Mapped[datetime | None]
    statement_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("data_statement.id", ondelete="RESTRICT"), index=True
    )
    asked: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime | None]

    data_set: Mapped[DataSet] = relationship()
    terms: Mapped[Terms] = relationship()
    user: Mapped[User | None] = relationship()
    statement: Mapped[Statement | None] = relationship()
    takings: Mapped[list["Taking"]] = relationship(
        back_populates="acceptance", order_by="Taking.created_at"
    )


class Taking(Model):
    """A file that a person took under the terms they had accepted, as it was then.

    Without a digest it is the link to data that lie elsewhere.
    """

    __tablename__ = "data_taking"

    acceptance_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("data_acceptance.id", ondelete="RESTRICT"), index=True
    )
    name: Mapped[str] = mapped_column(String(500))
    digest: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]

    acceptance: Mapped[Acceptance] = relationship(back_populates="takings")

    @property
    def fetchable_until(self) -> datetime:
        return self.created_at + LINK_LIFE
