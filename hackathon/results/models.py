"""Prizes, who receives them, who decided it, and when the world may know."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, OfCompetition, Partner
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.model import Model, named
from ..judging.models import Review, Score
from ..submissions.models import Submission


def _only(condition: str) -> dict[str, Any]:
    """Keywords for an index of the rows of which this is so."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Grade(StrEnum):
    """How a prize ranks among the others, whatever it is called."""

    WINNER = "winner"
    OUTSTANDING = "outstanding"


class PrizeKind(StrEnum):
    """By what a prize is given: a place of the ranking, standing out behind those, the people's
    choice, or whatever its giver looks at."""

    PLACE = "place"
    OUTSTANDING = "outstanding"
    PEOPLE = "people"
    SPECIAL = "special"

    @property
    def grade(self) -> Grade:
        return Grade.OUTSTANDING if self is PrizeKind.OUTSTANDING else Grade.WINNER


class Span(StrEnum):
    """Among whom: all together, each challenge by itself, or one challenge alone."""

    ALL = "all"
    EACH = "each"
    ONE = "one"


class Prize(Model, OfCompetition):
    """What can be won. `number` is how many places it has or, without places, how many may receive
    it; in each challenge where `span` says so. `gift` is what it consists of, empty for an honour
    alone: then there is nothing to claim.
    """

    __tablename__ = "prize"
    __table_args__ = (
        CheckConstraint("number BETWEEN 1 AND 100", name="number"),
        CheckConstraint("(span = 'one') = (challenge_id IS NOT NULL)", name="challenge"),
    )

    name: Mapped[Localized]
    kind: Mapped[PrizeKind] = mapped_column(Enum(PrizeKind, **named(20)))
    span: Mapped[Span] = mapped_column(Enum(Span, name="span", **named(10)))
    challenge_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("challenge.id", ondelete="CASCADE"), index=True
    )
    partner_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("partner.id", ondelete="SET NULL"), index=True
    )
    number: Mapped[int] = mapped_column(default=1)
    gift: Mapped[Localized]
    position: Mapped[int] = mapped_column(default=0)

    competition: Mapped[Competition] = relationship()
    challenge: Mapped[Challenge | None] = relationship()
    partner: Mapped[Partner | None] = relationship()

    @property
    def grade(self) -> Grade:
        return self.kind.grade

    @property
    def by_ranking(self) -> bool:
        """Does the judges' ranking propose who receives it?"""
        return self.kind in (PrizeKind.PLACE, PrizeKind.OUTSTANDING)


class Honour(Model, OfCompetition):
    """A submission receives a prize, with a citation. Secret until the announcement.

    `place` where the prize has places; several may share one.
    """

    __tablename__ = "honour"
    __table_args__ = (
        UniqueConstraint("submission_id", "prize_id"),
        CheckConstraint("place IS NULL OR place >= 1", name="place"),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE")
    )
    prize_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("prize.id", ondelete="RESTRICT"), index=True
    )
    place: Mapped[int | None]
    citation: Mapped[Localized]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    submission: Mapped[Submission] = relationship()
    prize: Mapped[Prize] = relationship(lazy="joined")  # an honour is never shown without it
    by: Mapped[User | None] = relationship()
    claim: Mapped["Claim | None"] = relationship(
        back_populates="honour", cascade="all, delete-orphan"
    )
    delivery: Mapped["Delivery | None"] = relationship(
        back_populates="honour", cascade="all, delete-orphan"
    )

    @property
    def grade(self) -> Grade:
        return self.prize.grade

    @property
    def title(self) -> str:
        """What it is called, in the reader's language: `Grand prize, second place`."""
        return with_place(self.prize.name, self.place if self.prize.number > 1 else None)


def with_place(name: Localized, place: int | None) -> str:
    """The name of a prize, and the place where it has several."""
    match place:
        case None:
            return str(name)
        case 1:
            return _("%(prize)s, first place", prize=name)
        case 2:
            return _("%(prize)s, second place", prize=name)
        case 3:
            return _("%(prize)s, third place", prize=name)
        case _:
            return _("%(prize)s, place %(place)s", prize=name, place=place)


class PrizeRuling(Model):
    """What somebody decided on a prize. Added, never edited: the last one counts.

    `given` and `proposed` list `{"submission": key, "place": number or null}`, in the order of
    their keys. `reason` is for the record, and needed where the two differ.
    """

    __tablename__ = "prize_ruling"

    prize_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("prize.id", ondelete="CASCADE"), index=True
    )
    given: Mapped[list[Any]]
    proposed: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(String(2000), default="")
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    prize: Mapped[Prize] = relationship()
    by: Mapped[User | None] = relationship()

    @property
    def departs(self) -> bool:
        """Is it another one than was proposed?"""
        return self.given != self.proposed


class Decision(Model, OfCompetition):
    """Everything that was decided, sealed at `created_at`: see results/sealing.py for `content`.

    `state` stands for the prizes and honours at that moment: others, and the decision no longer
    says what was decided. Without a key of the site, `signature` and `signer` are empty.
    """

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("competition_id", "number"),)

    number: Mapped[int]
    content: Mapped[str] = mapped_column(Text, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(100), default="")
    signer: Mapped[str] = mapped_column(String(60), default="")
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    competition: Mapped[Competition] = relationship()
    by: Mapped[User | None] = relationship()
    confirmation: Mapped["Confirmation | None"] = relationship(
        back_populates="decision", cascade="all, delete-orphan"
    )


class Confirmation(Model):
    """A second person stands behind a decision: see results/sealing.py for `content`."""

    __tablename__ = "confirmation"
    __table_args__ = (UniqueConstraint("decision_id"),)

    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"))
    content: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(100), default="")
    signer: Mapped[str] = mapped_column(String(60), default="")
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    decision: Mapped[Decision] = relationship(back_populates="confirmation")
    by: Mapped[User | None] = relationship()


class Reply(StrEnum):
    """What a team says to a prize."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class Claim(Model):
    """A team's answer to what it won; `contact` tells where it should go, and is forgotten."""

    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("honour_id"),
        CheckConstraint("reply = 'accepted' OR contact = ''", name="contact"),
    )

    honour_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("honour.id", ondelete="CASCADE"))
    reply: Mapped[Reply] = mapped_column(Enum(Reply, **named(10)))
    contact: Mapped[str] = mapped_column(String(1000), default="")
    by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )

    honour: Mapped[Honour] = relationship(back_populates="claim")
    by: Mapped[User | None] = relationship()


class Delivery(Model):
    """A prize has been handed over."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("honour_id"),)

    honour_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("honour.id", ondelete="CASCADE"))
    delivered_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(1000), default="")
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    honour: Mapped[Honour] = relationship(back_populates="delivery")
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


class Release(Model):
    """A judge's comment was read: the team gets it, perhaps in other words, or it does not.

    On the whole, or with `score` on one criterion. `original` is what was read: should the judge
    write something else, that waits to be read.
    """

    __tablename__ = "comment_release"
    __table_args__ = (
        CheckConstraint("(released_at IS NULL) = (text = '')", name="text"),
        Index("uq_comment_release_whole", "review_id", unique=True, **_only("score_id IS NULL")),
        UniqueConstraint("score_id"),
    )

    review_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("review.id", ondelete="CASCADE"), index=True
    )
    score_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("score.id", ondelete="CASCADE"))
    original: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    released_at: Mapped[datetime | None]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    review: Mapped[Review] = relationship()
    score: Mapped[Score | None] = relationship()
    by: Mapped[User | None] = relationship()

    @property
    def written(self) -> str:
        """What the judge says now."""
        return self.score.comment if self.score else self.review.comment
