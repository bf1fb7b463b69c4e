"""What teams hand in, and what mentors say of it."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Enum,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, Criterion, OfCompetition
from ..ground.model import Model, named
from ..ground.storage import NAMES_FILES
from ..mentoring.models import Mentor
from ..questions.models import AnswerTo, of_its_kind
from ..teams.models import Team


class Submission(Model, OfCompetition):
    """A team's work as it stands: the draft any member edits.

    What was handed in are its versions; the last one counts, unless an exclusion is open.
    Since `automatic_at` the team asks that a complete draft be handed in at the deadline.
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
    licence: Mapped[str] = mapped_column(String(40), default="")  # a key of asks.LICENCES
    licence_other: Mapped[str] = mapped_column(String(200), default="")  # in the team's own words
    warning: Mapped[str] = mapped_column(String(300), default="")  # read before the work
    data_used: Mapped[str] = mapped_column(default="")  # Markdown, as the next two
    prior_work: Mapped[str] = mapped_column(default="")
    ai_use: Mapped[str] = mapped_column(default="")
    edited_at: Mapped[datetime | None]
    edited_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )

    automatic_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    team: Mapped[Team] = relationship()
    edited_by: Mapped[User | None] = relationship()
    files: Mapped[list["File"]] = relationship(
        back_populates="submission", order_by="File.created_at", cascade="all, delete-orphan"
    )
    answers: Mapped[list["SubmissionAnswer"]] = relationship(
        back_populates="submission", cascade="all, delete-orphan"
    )
    versions: Mapped[list["Version"]] = relationship(
        back_populates="submission", order_by="Version.number", cascade="all, delete-orphan"
    )
    exclusions: Mapped[list["Exclusion"]] = relationship(
        back_populates="submission", order_by="Exclusion.created_at", cascade="all, delete-orphan"
    )

    @property
    def handed_in(self) -> "Version | None":
        """The last version handed in."""
        return self.versions[-1] if self.versions else None

    def excluded(self, ground: "Ground | None" = None) -> "Exclusion | None":
        """Why what was handed in does not count now, if so; of the organizers before the team."""
        found = [each for each in self.exclusions if each.ended_at is None]
        found = [each for each in found if ground in (None, each.ground)]
        return min(found, key=lambda each: list(Ground).index(each.ground), default=None)

    @hybrid_property
    def stands(self) -> bool:
        """Does what was handed in count?"""
        return self.excluded() is None

    @stands.inplace.expression
    @classmethod
    def _stands(cls) -> ColumnElement[bool]:
        is_open = (Exclusion.submission_id == cls.id) & Exclusion.ended_at.is_(None)
        return ~select(Exclusion.id).where(is_open).exists()


class SubmissionAnswer(Model, AnswerTo):
    """What the draft answers to one question of the organizers."""

    __tablename__ = "submission_answer"
    __table_args__ = (of_its_kind(), UniqueConstraint("submission_id", "question_id"))

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE")
    )

    submission: Mapped[Submission] = relationship(back_populates="answers")


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
    digest: Mapped[str] = mapped_column(String(64), info=NAMES_FILES)
    size: Mapped[int]
    by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )

    alt: Mapped[str] = mapped_column(String(300), default="")
    cover: Mapped[bool] = mapped_column(default=False)
    drawn: Mapped[str] = mapped_column(String(64), default="", info=NAMES_FILES)
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


class Version(Model):
    """What was handed in, frozen: `content` holds all it says and the files, `digest` its SHA-256.

    A version has a challenge: the database takes none without. `automatic`: nobody pressed the
    button, the draft was handed in at the deadline as the team had asked.
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
    content: Mapped[dict[str, Any]] = mapped_column(info=NAMES_FILES)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    automatic: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    submission: Mapped[Submission] = relationship(back_populates="versions")
    challenge: Mapped[Challenge] = relationship()
    by: Mapped[User | None] = relationship()


class Ground(StrEnum):
    """Why what was handed in does not count."""

    DISQUALIFIED = "disqualified"  # by organizers
    WITHDRAWN = "withdrawn"  # by the team


class Exclusion(Model):
    """A time in which a submission does not count. Ended, the row stays for the record."""

    __tablename__ = "exclusion"
    __table_args__ = (
        CheckConstraint("ground <> 'disqualified' OR reason <> ''", name="reason"),
        CheckConstraint("ended_at IS NOT NULL OR end_reason = ''", name="end_reason"),
        Index(
            "uq_exclusion_open",
            "submission_id",
            "ground",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    ground: Mapped[Ground] = mapped_column(Enum(Ground, **named(20)))
    reason: Mapped[str] = mapped_column(String(2000), default="")
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(String(2000), default="")
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )

    submission: Mapped[Submission] = relationship(back_populates="exclusions")
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    ended_by: Mapped[User | None] = relationship(foreign_keys=ended_by_id)


class Translation(Model):
    """The organizers' words for how a team calls and sums up its work, in another language.

    `of_…` is the original that they were written for: what the team says otherwise by now is out
    of date. The team and readers see it from `published_at` on.
    """

    __tablename__ = "submission_translation"
    __table_args__ = (
        UniqueConstraint("submission_id", "language"),
        CheckConstraint("published_at IS NULL OR (title <> '' AND summary <> '')", name="whole"),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE")
    )
    language: Mapped[str] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(String(150), default="")
    summary: Mapped[str] = mapped_column(String(1000), default="")
    warning: Mapped[str] = mapped_column(String(300), default="")
    of_title: Mapped[str] = mapped_column(String(150))
    of_summary: Mapped[str] = mapped_column(String(1000))
    of_warning: Mapped[str] = mapped_column(String(300))
    edited_at: Mapped[datetime]
    edited_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    published_at: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship()
    edited_by: Mapped[User | None] = relationship()


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
