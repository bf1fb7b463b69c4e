"""What judges say to each other about a submission, and what they changed after it."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, OfCompetition, Round
from ..ground.model import Model
from ..judging.models import Review
from ..submissions.models import Submission


class Discussion(Model, OfCompetition):
    """The judges of a submission in a round talk about it, while it is open.

    `named`: they see each other's names; else letters stand for them.
    """

    __tablename__ = "discussion"
    __table_args__ = (UniqueConstraint("submission_id", "round_id"),)

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE")
    )
    round_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("judging_round.id", ondelete="CASCADE"), index=True
    )
    named: Mapped[bool] = mapped_column(default=True)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    closed_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    submission: Mapped[Submission] = relationship()
    round: Mapped[Round] = relationship()
    by: Mapped[User | None] = relationship()


class Contribution(Model):
    """What one of them said. Added, never edited.

    Of a judge it has the review, of an organizer it has none.
    """

    __tablename__ = "contribution"

    discussion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("discussion.id", ondelete="CASCADE"), index=True
    )
    review_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("review.id", ondelete="SET NULL"), index=True
    )
    by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    text: Mapped[str] = mapped_column(String(5000))

    discussion: Mapped[Discussion] = relationship()
    review: Mapped[Review | None] = relationship()
    by: Mapped[User | None] = relationship()


class Revision(Model):
    """A judge changed a review after the discussion. Added, never edited.

    `before` and `after` are {"scores": {criterion id: level}, "comment": text}.
    """

    __tablename__ = "revision"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    discussion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("discussion.id", ondelete="CASCADE"), index=True
    )
    review_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("review.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(2000))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]

    discussion: Mapped[Discussion] = relationship()
    review: Mapped[Review] = relationship()
