"""What teams hand in, and what mentors say of it."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Challenge, Criterion, OfCompetition
from ..ground.model import Model, named
from ..mentoring.models import Mentor
from ..teams.models import Team


class Submission(Model, OfCompetition):
    """A team's work as it stands: the draft any member edits.

    What was handed in are its versions; the last one counts. `revision` grows with every save,
    so that two people who edit at once both keep their words.
    """

    __tablename__ = "submission"

    team_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("team.id", ondelete="RESTRICT"),
        unique=True,  # work begun is not lost
    )
    title: Mapped[str] = mapped_column(String(150), default="")
    summary: Mapped[str] = mapped_column(String(1000), default="")
    description: Mapped[str] = mapped_column(default="")  # Markdown
    language: Mapped[str] = mapped_column(String(2), default="en")  # of the text
    repository: Mapped[str] = mapped_column(String(500), default="")
    demonstration: Mapped[str] = mapped_column(String(500), default="")
    video: Mapped[str] = mapped_column(String(500), default="")
    revision: Mapped[int] = mapped_column(default=0)
    edited_at: Mapped[datetime | None]
    edited_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )

    team: Mapped[Team] = relationship()
    edited_by: Mapped[User | None] = relationship()
    files: Mapped[list["File"]] = relationship(
        back_populates="submission", order_by="File.created_at", cascade="all, delete-orphan"
    )
    versions: Mapped[list["Version"]] = relationship(
        back_populates="submission", order_by="Version.number", cascade="all, delete-orphan"
    )

    @property
    def handed_in(self) -> "Version | None":
        """The version that counts."""
        return self.versions[-1] if self.versions else None


class File(Model):
    """A file of the draft. Its octets lie in the storage under their SHA-256.

    With a copy, `drawn` anew from it, it is shown as a picture; that takes words for who cannot
    see it.
    """

    __tablename__ = "submission_file"
    __table_args__ = (
        UniqueConstraint("submission_id", "digest"),
        CheckConstraint("drawn = '' OR alt <> ''", name="described"),
        CheckConstraint("NOT cover OR drawn <> ''", name="cover_shown"),
        Index(
            "uq_submission_file_cover",
            "submission_id",
            unique=True,
            sqlite_where=text("cover"),
            postgresql_where=text("cover"),
        ),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE")
    )
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )

    alt: Mapped[str] = mapped_column(String(300), default="")
    cover: Mapped[bool] = mapped_column(default=False)
    drawn: Mapped[str] = mapped_column(String(64), default="")
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)

    submission: Mapped[Submission] = relationship(back_populates="files")
    by: Mapped[User | None] = relationship()

    @property
    def url_key(self) -> str:
        """Its content's name, by which drafts and versions know it alike."""
        return self.digest


class Upload(Model):
    """A file that is still coming, in pieces; what there is of it lies in a part file.

    `received` was written after the octets were, so the shorter of the two is what is sure.
    `digest` is what the sender says that the whole file is; empty when they do not say.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("size > 0 AND received >= 0 AND received <= size", name="octets"),
    )

    team_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), index=True
    )
    by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")
    expires_at: Mapped[datetime] = mapped_column(index=True)

    team: Mapped[Team] = relationship()
    by: Mapped[User | None] = relationship()


class ScanState(StrEnum):
    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"


class Scan(Model):
    """What the virus scanner says of the file with this content; no row where none was asked."""

    __tablename__ = "scan"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[ScanState] = mapped_column(Enum(ScanState, **named(8)), index=True)
    virus: Mapped[str] = mapped_column(String(200), default="")
    tried_at: Mapped[datetime]


class Version(Model):
    """What was handed in, frozen: `content` holds every field and file, `digest` its SHA-256.

    A version has a challenge: the database takes none without.
    """

    __tablename__ = "submission_version"
    __table_args__ = (UniqueConstraint("submission_id", "number"),)

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE")
    )
    number: Mapped[int]
    challenge_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("challenge.id", ondelete="RESTRICT"), index=True
    )
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    submission: Mapped[Submission] = relationship(back_populates="versions")
    challenge: Mapped[Challenge] = relationship()
    by: Mapped[User | None] = relationship()


class Feedback(Model):
    """A mentor's words to a team they accompany. Until `sent_at`, only the mentor sees them."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("mentor_id", "submission_id"),)

    mentor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mentor.id", ondelete="CASCADE"))
    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    overall: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]

    mentor: Mapped[Mentor] = relationship()
    submission: Mapped[Submission] = relationship()
    remarks: Mapped[list["Remark"]] = relationship(
        back_populates="feedback", cascade="all, delete-orphan"
    )


class Remark(Model):
    """What a mentor says on one criterion."""

    __tablename__ = "remark"
    __table_args__ = (UniqueConstraint("feedback_id", "criterion_id"),)

    feedback_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feedback.id", ondelete="CASCADE"))
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id", ondelete="CASCADE"))
    text: Mapped[str]

    feedback: Mapped[Feedback] = relationship(back_populates="remarks")
    criterion: Mapped[Criterion] = relationship()
