"""A competition and what is said of it in public: dates, challenges, partners, documents."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Enum,
    ForeignKey,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..ground.localized import Localized
from ..ground.model import Model, named


class Gate(StrEnum):
    """What opens and closes. Each gate has one announced window in a competition."""

    REGISTRATION = "registration"
    TEAM_CHANGES = "team_changes"
    CHALLENGE_CHOICE = "challenge_choice"
    SUBMISSION = "submission"
    FEEDBACK = "feedback"
    JUDGING = "judging"


class PartnerKind(StrEnum):
    ORGANIZER = "organizer"
    FUNDER = "funder"
    PARTNER = "partner"


class Competition(Model):
    """One event, from announcement to results. `zone` is the clock its people live by."""

    __tablename__ = "competition"
    __table_args__ = (
        CheckConstraint("team_min >= 1 AND team_min <= team_max", name="team_size"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
    )

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[Localized]
    tagline: Mapped[Localized]
    summary: Mapped[Localized]
    description: Mapped[Localized]
    how_to_enter: Mapped[Localized]
    zone: Mapped[str] = mapped_column(String(64))
    team_min: Mapped[int] = mapped_column(default=1)
    team_max: Mapped[int] = mapped_column(default=5)
    capacity: Mapped[int | None]
    minimum_age: Mapped[int | None]
    age_on: Mapped[date | None]  # the day of that age; None: the day the first step opens
    asks_birth_date: Mapped[bool] = mapped_column(default=False)  # else people declare their age
    country: Mapped[str | None] = mapped_column(String(2))  # ISO 3166; None: anywhere
    provinces: Mapped[list[str]] = mapped_column(default=list)  # of Canada; none: all of them
    published_at: Mapped[datetime | None]

    windows: Mapped[list["Window"]] = relationship(
        back_populates="competition", cascade="all, delete-orphan"
    )
    challenges: Mapped[list["Challenge"]] = relationship(
        back_populates="competition", order_by="Challenge.number", cascade="all, delete-orphan"
    )
    partners: Mapped[list["Partner"]] = relationship(
        back_populates="competition", order_by="Partner.position", cascade="all, delete-orphan"
    )
    documents: Mapped[list["Document"]] = relationship(
        back_populates="competition", order_by="Document.position", cascade="all, delete-orphan"
    )
    criteria: Mapped[list["Criterion"]] = relationship(
        back_populates="competition", order_by="Criterion.position", cascade="all, delete-orphan"
    )

    @property
    def url_key(self) -> str:
        return self.slug


class OfCompetition:
    """What belongs to one competition."""

    competition_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competition.id", ondelete="CASCADE"), index=True
    )


class Organizer(Model, OfCompetition):
    """A person who may change everything in the competition."""

    __tablename__ = "organizer"
    __table_args__ = (UniqueConstraint("competition_id", "user_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )

    competition: Mapped[Competition] = relationship()
    user: Mapped[User] = relationship()


class Window(Model, OfCompetition):
    """When a gate is open, as first announced. Never edited once the competition is public."""

    __tablename__ = "window"
    __table_args__ = (
        UniqueConstraint("competition_id", "gate"),
        CheckConstraint("opens_at < closes_at", name="order"),
    )

    gate: Mapped[Gate] = mapped_column(Enum(Gate, **named(20)))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]

    competition: Mapped[Competition] = relationship(back_populates="windows")
    extensions: Mapped[list["Extension"]] = relationship(
        back_populates="window", order_by="Extension.created_at", cascade="all, delete-orphan"
    )


class Extension(Model):
    """A later close for everyone, with its reason. Added, never edited."""

    __tablename__ = "extension"

    window_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("window.id", ondelete="CASCADE"), index=True
    )
    closes_at: Mapped[datetime]
    reason: Mapped[Localized]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    window: Mapped[Window] = relationship(back_populates="extensions")
    by: Mapped[User | None] = relationship()


class Challenge(Model, OfCompetition):
    """A question that teams may answer; each team chooses exactly one."""

    __tablename__ = "challenge"
    __table_args__ = (
        UniqueConstraint("competition_id", "number"),
        UniqueConstraint("id", "competition_id"),  # so that a team can only choose one of its own
    )

    number: Mapped[int]
    title: Mapped[Localized]
    summary: Mapped[Localized]
    description: Mapped[Localized]

    competition: Mapped[Competition] = relationship(back_populates="challenges")


class Partner(Model, OfCompetition):
    """A body that organizes, funds or supports the competition."""

    __tablename__ = "partner"

    kind: Mapped[PartnerKind] = mapped_column(Enum(PartnerKind, **named(20)))
    name: Mapped[Localized]
    short: Mapped[Localized]
    description: Mapped[Localized]
    website: Mapped[str] = mapped_column(String(500), default="")
    position: Mapped[int] = mapped_column(default=0)

    competition: Mapped[Competition] = relationship(back_populates="partners")


class Document(Model, OfCompetition):
    """A file for everyone to read. `language` is None when it speaks both."""

    __tablename__ = "document"

    title: Mapped[Localized]
    language: Mapped[str | None] = mapped_column(String(2))
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)

    competition: Mapped[Competition] = relationship(back_populates="documents")


class Criterion(Model, OfCompetition):
    """What submissions are judged by. Part of the public rules."""

    __tablename__ = "criterion"
    __table_args__ = (CheckConstraint("weight > 0", name="weight"),)

    name: Mapped[Localized]
    description: Mapped[Localized]
    weight: Mapped[int]  # in percent of the whole
    position: Mapped[int] = mapped_column(default=0)

    competition: Mapped[Competition] = relationship(back_populates="criteria")
    levels: Mapped[list["Level"]] = relationship(
        back_populates="criterion",
        order_by="Level.score",
        cascade="all, delete-orphan",
        lazy="selectin",  # a criterion is never shown without them
    )


class Level(Model):
    """What a score means for a criterion."""

    __tablename__ = "level"
    __table_args__ = (UniqueConstraint("criterion_id", "score"),)

    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id", ondelete="CASCADE"))
    score: Mapped[int]
    description: Mapped[Localized]

    criterion: Mapped[Criterion] = relationship(back_populates="levels")
