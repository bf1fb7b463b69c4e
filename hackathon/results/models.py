"""Honours, who receives them, and when the world may know."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, OfCompetition
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.model import Model, named
from ..submissions.models import Submission


class Grade(StrEnum):
    WINNER = "winner"
    OUTSTANDING = "outstanding"


class Honour(Model, OfCompetition):
    """A submission receives a grade, with a citation. Secret until the announcement."""

    __tablename__ = "honour"

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), unique=True
    )
    grade: Mapped[Grade] = mapped_column(Enum(Grade, **named(20)))
    citation: Mapped[Localized]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    submission: Mapped[Submission] = relationship()
    by: Mapped[User | None] = relationship()


class Announcement(Model, OfCompetition):
    """The moment from which the results are public. `letters_at` is when the teams were told."""

    __tablename__ = "announcement"
    __table_args__ = (UniqueConstraint("competition_id"),)

    publish_at: Mapped[datetime]
    letters_at: Mapped[datetime | None]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    competition: Mapped[Competition] = relationship()
    by: Mapped[User | None] = relationship()

    @property
    def public(self) -> bool:
        """From `publish_at` on, at the very moment too."""
        return self.publish_at <= now()
