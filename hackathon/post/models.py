"""Letters: outbox and record in one table."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..ground.clock import now
from ..ground.model import Model


class Letter(Model):
    """An e-mail, written in the transaction of the deed it tells of.

    No commit, no letter; commit, no lost letter. The worker delivers what is due and unsent.
    `claimed_until` is a worker's lease: if it dies, another takes over when the lease runs out.
    `occasion_id` is the row the letter tells of, for letters that can be taken back while unsent.
    """

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_due", "sent_at", "due_at"),)

    name: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(254), index=True)
    recipient_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    competition_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("competition.id", ondelete="CASCADE"), index=True
    )
    occasion_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str]
    html: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
