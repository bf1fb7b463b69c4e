"""Judging by comparing: the session, the tables, who went where, and what they said."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, OfCompetition
from ..ground.localized import Localized
from ..ground.model import Model, named
from ..judging.models import Judge
from ..submissions.models import Submission

LEAST_MINUTES, MOST_MINUTES = 1, 120

_ONE_AT_A_TIME = {
    "unique": True,
    "sqlite_where": text("ended_at IS NULL"),
    "postgresql_where": text("ended_at IS NULL"),
}


class ComparisonSession(Model, OfCompetition):
    """Judges walk from table to table and say which of two projects is better.

    It is open from `opened_at` until `closed_at`, as long as the judging gate is open too. A visit
    should take `minutes`.
    """

    __tablename__ = "comparison_session"
    __table_args__ = (
        UniqueConstraint("competition_id"),
        CheckConstraint(f"minutes BETWEEN {LEAST_MINUTES} AND {MOST_MINUTES}", name="minutes"),
        CheckConstraint("closed_at IS NULL OR opened_at IS NOT NULL", name="closed"),
    )

    minutes: Mapped[int]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None


class Pause(Model):
    """A time in which nobody is sent to a table; the clocks of the visits stand still."""

    __tablename__ = "comparison_pause"
    __table_args__ = (Index("uq_comparison_pause_open", "session_id", **_ONE_AT_A_TIME),)

    session_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("comparison_session.id", ondelete="CASCADE"), index=True
    )
    message: Mapped[Localized]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )

    session: Mapped[ComparisonSession] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    ended_by: Mapped[User | None] = relationship(foreign_keys=ended_by_id)


class Stand(Model, OfCompetition):
    """Where a project is shown: a table, a room. Empty while it has no place."""

    __tablename__ = "comparison_stand"
    __table_args__ = (UniqueConstraint("submission_id"),)

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE")
    )
    place: Mapped[str] = mapped_column(String(40), default="")

    competition: Mapped[Competition] = relationship()
    submission: Mapped[Submission] = relationship()


class Absence(Model):
    """A time in which nobody is sent to a stand."""

    __tablename__ = "comparison_absence"
    __table_args__ = (Index("uq_comparison_absence_open", "stand_id", **_ONE_AT_A_TIME),)

    stand_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("comparison_stand.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )

    stand: Mapped[Stand] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    ended_by: Mapped[User | None] = relationship(foreign_keys=ended_by_id)


class Word(StrEnum):
    """What a judge can say at the end of a visit."""

    SEEN = "seen"  # nothing to compare it with yet
    EARLIER = "earlier"
    LATER = "later"
    NEITHER = "neither"
    ABSENT = "absent"
    CONFLICT = "conflict"
    KNOWN = "known"
    BUSY = "busy"


SKIPS = (Word.ABSENT, Word.BUSY, Word.KNOWN, Word.CONFLICT)
COMPARES = (Word.EARLIER, Word.LATER, Word.NEITHER)


class Visit(Model):
    """A judge sent to a stand, to compare it with what they saw on the visit `earlier`, if any.

    It lasts until the judge has said something or was called away; undone, it begins anew. No judge
    has two that last. `word` is what was said, as long as that counts: of the call that is not
    undone, kept here since every answer counts all visits, behind the lock.
    """

    __tablename__ = "comparison_visit"
    __table_args__ = (
        UniqueConstraint("judge_id", "number"),
        CheckConstraint("word IS NULL OR ended_at IS NOT NULL", name="said"),
        Index("uq_comparison_visit_now", "judge_id", **_ONE_AT_A_TIME),
    )

    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("judge.id", ondelete="CASCADE"))
    stand_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("comparison_stand.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    earlier_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("comparison_visit.id", ondelete="SET NULL"), index=True
    )
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    word: Mapped[Word | None] = mapped_column(Enum(Word, **named(20)))

    judge: Mapped[Judge] = relationship()
    stand: Mapped[Stand] = relationship()
    earlier: Mapped["Visit | None"] = relationship(remote_side="Visit.id")
    calls: Mapped[list["Call"]] = relationship(
        back_populates="visit", cascade="all, delete-orphan", order_by="Call.id"
    )


class Call(Model):
    """What was said at the end of a visit. Undone it stays, and counts no more.

    `mark` is made with the page that asked: what comes twice on a bad line is the same call.
    """

    __tablename__ = "comparison_call"
    __table_args__ = (
        UniqueConstraint("mark"),
        Index(
            "uq_comparison_call_counts",
            "visit_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    visit_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("comparison_visit.id", ondelete="CASCADE"), index=True
    )
    mark: Mapped[uuid.UUID]
    word: Mapped[Word] = mapped_column(Enum(Word, **named(20)))
    undone_at: Mapped[datetime | None]

    visit: Mapped[Visit] = relationship(back_populates="calls")
