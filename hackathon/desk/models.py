"""What the house remembers of itself."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, OfCompetition
from ..ground.clock import now
from ..ground.model import Model
from ..ground.storage import NAMES_FILES


class DailyChore(Model):
    """When a chore that is done once a day was last done: whoever moves `done_at` does it."""

    __tablename__ = "daily_chore"

    name: Mapped[str] = mapped_column(String(40), unique=True)
    done_at: Mapped[datetime]


class Archive(Model, OfCompetition):
    """A competition as one ZIP, made by the worker for the person who asked.

    `personal`: with names and addresses, else labels stand for people. `step` of `steps` says how
    far it is. `digest` names the ZIP while it is offered, until `expires_at`.
    """

    __tablename__ = "archive"
    __table_args__ = (
        CheckConstraint("step >= 0 AND step <= steps", name="step"),
        Index(
            "uq_archive_waiting",
            "competition_id",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    personal: Mapped[bool]
    files: Mapped[bool]
    claimed_until: Mapped[datetime | None]
    step: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]  # made, failed, or taken back
    failed_at: Mapped[datetime | None]
    digest: Mapped[str] = mapped_column(String(64), default="", info=NAMES_FILES)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    expires_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    by: Mapped[User | None] = relationship()

    @property
    def offered(self) -> bool:
        return bool(self.digest) and self.expires_at is not None and now() < self.expires_at
