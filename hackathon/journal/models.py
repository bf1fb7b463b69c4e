"""Who did what, when."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..ground.model import Model


class Entry(Model):
    """One deed, written in the transaction that did it, and never changed.

    `subject` is what it was done to, in words that stay true when the thing is gone.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (Index("ix_journal_entry_competition", "competition_id", "created_at"),)

    deed: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    competition_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("competition.id", ondelete="CASCADE")
    )
    subject: Mapped[str] = mapped_column(String(300), default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)

    actor = relationship("User")
