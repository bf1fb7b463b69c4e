"""The rules that were published, judges, the reviews assigned to them, and their scores."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, Condition, Criterion, OfCompetition, Round
from ..ground.localized import Localized
from ..ground.model import Model
from ..submissions.models import Submission


class RulesVersion(Model):
    """The rules of a round as they were published, whole. Added, never edited.

    `content` is what `rulebook.content` makes, `digest` its SHA-256 as canonical JSON. `reason` is
    for whom the version before was known: empty in the first one.
    """

    __tablename__ = "rules_version"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("judging_round.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[Localized]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    published_at: Mapped[datetime]

    round: Mapped[Round] = relationship()
    by: Mapped[User | None] = relationship()


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
    """One submission assigned to one judge in a round. It counts once `completed_at` is set."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("judge_id", "submission_id", "round_id"),)

    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("judge.id", ondelete="CASCADE"))
    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    round_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("judging_round.id", ondelete="CASCADE"), index=True
    )
    comment: Mapped[str] = mapped_column(default="")  # for the team, after the results
    note: Mapped[str] = mapped_column(default="")  # for the organizers alone
    completed_at: Mapped[datetime | None]

    judge: Mapped[Judge] = relationship(back_populates="reviews")
    submission: Mapped[Submission] = relationship()
    round: Mapped[Round] = relationship()
    scores: Mapped[list["Score"]] = relationship(
        back_populates="review", cascade="all, delete-orphan"
    )
    answers: Mapped[list["ConditionAnswer"]] = relationship(
        back_populates="review", cascade="all, delete-orphan"
    )


class Score(Model):
    """A judge's level on one criterion, and what they say about it where that is asked."""

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
    comment: Mapped[str] = mapped_column(default="")

    review: Mapped[Review] = relationship(back_populates="scores")
    criterion: Mapped[Criterion] = relationship()


class ConditionAnswer(Model):
    """Whether a submission meets a condition, as one judge sees it; never a verdict by itself."""

    __tablename__ = "condition_answer"
    __table_args__ = (
        UniqueConstraint("review_id", "condition_id"),
        CheckConstraint("met OR reason <> ''", name="reason"),
    )

    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    condition_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("judging_condition.id", ondelete="RESTRICT"), index=True
    )
    met: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(1000), default="")

    review: Mapped[Review] = relationship(back_populates="answers")
    condition: Mapped[Condition] = relationship()
