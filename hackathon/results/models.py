"""Honours, who receives them, and when the world may know."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, OfCompetition
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.model import Model, named
from ..judging.models import Review
from ..submissions.models import Submission


def _only(condition: str) -> dict[str, Any]:
    """Keywords for an index of the rows of which this is so."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


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
    """The moment from which results are public: those of one challenge, or, without one, of all
    that has no moment of its own, and of what concerns all challenges.

    `letters_at` is when the teams were told.
    """

    __tablename__ = "announcement"
    __table_args__ = (
        UniqueConstraint("competition_id", "challenge_id"),
        Index(
            "uq_announcement_general",
            "competition_id",
            unique=True,
            **_only("challenge_id IS NULL"),
        ),
    )

    challenge_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("challenge.id", ondelete="CASCADE"), index=True
    )
    publish_at: Mapped[datetime]
    letters_at: Mapped[datetime | None]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    competition: Mapped[Competition] = relationship()
    challenge: Mapped[Challenge | None] = relationship()
    by: Mapped[User | None] = relationship()

    @property
    def scope(self) -> str:
        """The challenge's number; empty for all others."""
        return str(self.challenge.number) if self.challenge else ""

    @property
    def public(self) -> bool:
        """From `publish_at` on, at the very moment too."""
        return self.publish_at <= now()


class Change(StrEnum):
    """What happened to results that were public."""

    WITHDRAWAL = "withdrawal"
    CORRECTION = "correction"


class Amendment(Model, OfCompetition):
    """Public results were withdrawn or corrected: of one challenge, or of all.

    The note stays on the page of the results for good; `before` is what was public until then, for
    organizers. A withdrawal ends when the results are shown again, which has a note too.
    """

    __tablename__ = "amendment"
    __table_args__ = (
        CheckConstraint("kind = 'withdrawal' OR ended_at IS NULL", name="ended"),
        Index(
            "uq_amendment_open",
            *("competition_id", "challenge_id"),
            unique=True,
            **_only("ended_at IS NULL AND kind = 'withdrawal'"),
        ),
        Index(
            "uq_amendment_open_general",
            "competition_id",
            unique=True,
            **_only("ended_at IS NULL AND challenge_id IS NULL AND kind = 'withdrawal'"),
        ),
    )

    challenge_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("challenge.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[Change] = mapped_column(Enum(Change, **named(20)))
    note: Mapped[Localized]
    before: Mapped[list[Any]]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    end_note: Mapped[Localized]

    challenge: Mapped[Challenge | None] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    ended_by: Mapped[User | None] = relationship(foreign_keys=ended_by_id)


class Standing(StrEnum):
    """What a team reads of its place, besides what it received."""

    NOTHING = "nothing"
    BAND = "band"  # the first quarter, third or half
    PLACE = "place"


class Sheet(Model, OfCompetition):
    """What each team's own page of results says. Without a row: profile and comments, no place."""

    __tablename__ = "sheet"
    __table_args__ = (UniqueConstraint("competition_id"),)

    standing: Mapped[Standing] = mapped_column(
        Enum(Standing, **named(20)), default=Standing.NOTHING
    )
    profile: Mapped[bool] = mapped_column(default=True)
    comments: Mapped[bool] = mapped_column(default=True)


class Release(Model):
    """A judge's comment was read: the team gets it, perhaps in other words, or it does not.

    `original` is what was read. Should the judge write something else, that waits to be read.
    """

    __tablename__ = "comment_release"
    __table_args__ = (
        CheckConstraint("(released_at IS NULL) = (text = '')", name="text"),
        UniqueConstraint("review_id"),
    )

    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    original: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    released_at: Mapped[datetime | None]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    review: Mapped[Review] = relationship()
    by: Mapped[User | None] = relationship()
