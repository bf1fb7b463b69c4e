"""Samples that judges score first, what each gave, and what was learned of it."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..competitions.models import Challenge, Competition, Criterion, OfCompetition, Round
from ..ground.localized import Localized
from ..ground.model import Model
from ..ground.storage import NAMES_FILES
from ..judging.models import Judge


class Sample(Model, OfCompetition):
    """A project, written for the purpose, that the judges of a round score before real ones.

    It is never part of a result: its scores have tables of their own. Published it is offered, or
    required of who has not begun to score. `lesson` is what was learned of it, for the judges.
    """

    __tablename__ = "sample"
    __table_args__ = (
        CheckConstraint("required_at IS NULL OR published_at IS NOT NULL", name="required"),
        CheckConstraint("published_at IS NULL OR announced_at IS NOT NULL", name="announced"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("judging_round.id", ondelete="CASCADE"), index=True
    )
    challenge_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("challenge.id", ondelete="SET NULL"), index=True
    )  # whose own criteria are asked too
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[Localized]
    summary: Mapped[Localized]
    description: Mapped[Localized]  # Markdown
    repository: Mapped[str] = mapped_column(String(500), default="")
    demonstration: Mapped[str] = mapped_column(String(500), default="")
    published_at: Mapped[datetime | None]
    required_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]  # when the judges were told, once
    lesson: Mapped[Localized] = mapped_column(default=Localized)
    lesson_published_at: Mapped[datetime | None]
    lesson_announced_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    round: Mapped[Round] = relationship()
    challenge: Mapped[Challenge | None] = relationship()
    files: Mapped[list["SampleFile"]] = relationship(
        back_populates="sample", cascade="all, delete-orphan", order_by="SampleFile.name"
    )
    references: Mapped[list["Reference"]] = relationship(
        back_populates="sample", cascade="all, delete-orphan"
    )

    @property
    def links(self) -> list[str]:
        return [link for link in (self.repository, self.demonstration) if link]


class SampleFile(Model):
    """A file of a sample; `caption` says what it is. Of a picture, `drawn` is our copy to show."""

    __tablename__ = "sample_file"
    __table_args__ = (
        UniqueConstraint("sample_id", "name"),
        CheckConstraint("size > 0", name="size"),
    )

    sample_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sample.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64), info=NAMES_FILES)
    size: Mapped[int]
    caption: Mapped[Localized]
    drawn: Mapped[str] = mapped_column(String(64), default="", info=NAMES_FILES)
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)

    sample: Mapped[Sample] = relationship(back_populates="files")


class OnCriterion:
    """A level on a criterion. `levels` is how many there were to choose from: rules that are
    published later may have another scale, on which it means something else."""

    criterion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("criterion.id", ondelete="RESTRICT"), index=True
    )
    score: Mapped[int]
    levels: Mapped[int]


class Reference(Model, OnCriterion):
    """The level that the organizers find right, and why. Judges read it once they have scored."""

    __tablename__ = "sample_reference"
    __table_args__ = (
        UniqueConstraint("sample_id", "criterion_id"),
        CheckConstraint("score BETWEEN 1 AND levels", name="score"),
    )

    sample_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sample.id", ondelete="CASCADE"))
    reason: Mapped[Localized] = mapped_column(default=Localized)

    sample: Mapped[Sample] = relationship(back_populates="references")
    criterion: Mapped[Criterion] = relationship()


class SampleReview(Model):
    """What one judge gives a sample. Completed, it stays as it is.

    `touches` is as in a review: the names of the last changes of each field.
    """

    __tablename__ = "sample_review"
    __table_args__ = (UniqueConstraint("judge_id", "sample_id"),)

    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("judge.id", ondelete="CASCADE"))
    sample_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("sample.id", ondelete="CASCADE"), index=True
    )
    note: Mapped[str] = mapped_column(default="")  # for the organizers, to talk about
    touched_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    touches: Mapped[dict[str, Any]] = mapped_column(default=dict)

    judge: Mapped[Judge] = relationship()
    sample: Mapped[Sample] = relationship()
    scores: Mapped[list["SampleScore"]] = relationship(
        back_populates="review", cascade="all, delete-orphan"
    )


class SampleScore(Model, OnCriterion):
    __tablename__ = "sample_score"
    __table_args__ = (
        UniqueConstraint("review_id", "criterion_id"),
        CheckConstraint("score BETWEEN 1 AND levels", name="score"),
    )

    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sample_review.id", ondelete="CASCADE"))

    review: Mapped[SampleReview] = relationship(back_populates="scores")
    criterion: Mapped[Criterion] = relationship()
