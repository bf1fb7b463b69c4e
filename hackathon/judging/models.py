"""Judges, the reviews assigned to them, and their scores."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, Criterion, OfCompetition
from ..ground.model import Model
from ..submissions.models import Submission


class Judge(Model, OfCompetition):
    """A person who scores up to `capacity` submissions, in the languages they read.

    Dismissed, the row and the completed reviews stay for the record.
    """

    __tablename__ = "judge"
    __table_args__ = (
        UniqueConstraint("competition_id", "user_id"),
        CheckConstraint("capacity >= 0", name="capacity"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    languages: Mapped[list[str]] = mapped_column(default=list)
    capacity: Mapped[int]
    dismissed_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    user: Mapped[User] = relationship()
    reviews: Mapped[list["Review"]] = relationship(
        back_populates="judge", cascade="all, delete-orphan"
    )


class Review(Model):
    """One submission assigned to one judge. It counts once `completed_at` is set."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("judge_id", "submission_id"),)

    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("judge.id", ondelete="CASCADE"))
    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    comment: Mapped[str] = mapped_column(default="")  # for the team, after the results
    note: Mapped[str] = mapped_column(default="")  # for the organizers alone
    completed_at: Mapped[datetime | None]

    judge: Mapped[Judge] = relationship(back_populates="reviews")
    submission: Mapped[Submission] = relationship()
    scores: Mapped[list["Score"]] = relationship(
        back_populates="review", cascade="all, delete-orphan"
    )


class Score(Model):
    """A judge's level on one criterion."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("review_id", "criterion_id"),
        CheckConstraint("score >= 1", name="score"),
    )

    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    criterion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("criterion.id", ondelete="RESTRICT"), index=True
    )
    score: Mapped[int]

    review: Mapped[Review] = relationship(back_populates="scores")
    criterion: Mapped[Criterion] = relationship()
