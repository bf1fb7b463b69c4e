"""What became of the projects: when teams are asked, what they say, and what is kept back."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, OfCompetition
from ..ground.localized import Localized
from ..ground.model import Model, named
from ..submissions.models import Submission
from ..teams.models import Team

MOST_MONTHS = 60


class FollowUp(Model, OfCompetition):
    """Letters that go out so many months after the end and ask what became of the projects.

    `words` is what organizers add in their own words. `finished_at`: everybody has their letter.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("competition_id", "months"),
        CheckConstraint(f"months BETWEEN 1 AND {MOST_MONTHS}", name="months"),
    )

    months: Mapped[int]
    words: Mapped[Localized]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    finished_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    by: Mapped[User | None] = relationship()


class FollowUpLink(Model):
    """A person's letter, and the link in it that needs no password: once for each asking.

    Of the link's secret, only the digest is here.
    """

    __tablename__ = "follow_up_link"
    __table_args__ = (UniqueConstraint("follow_up_id", "user_id"),)

    follow_up_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("follow_up.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    team_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), index=True
    )
    digest: Mapped[str] = mapped_column(String(64), unique=True)

    follow_up: Mapped[FollowUp] = relationship()
    user: Mapped[User] = relationship()
    team: Mapped[Team] = relationship()

    token = ""  # the secret, while it is known from an address

    @property
    def url_key(self) -> str:
        return self.token


class FollowUpRefusal(Model, OfCompetition):
    """A person wants no such letters of a competition."""

    __tablename__ = "follow_up_refusal"
    __table_args__ = (UniqueConstraint("competition_id", "user_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )

    competition: Mapped[Competition] = relationship()


class Outcome(StrEnum):
    """What became of a project."""

    GOES_ON = "goes_on"
    USED = "used"
    PAUSED = "paused"
    ENDED = "ended"


class FollowUpAnswer(Model):
    """What a team says. `agreed_at`: it may be shown on the project's page, as `agreed_by` said."""

    __tablename__ = "follow_up_answer"
    __table_args__ = (UniqueConstraint("follow_up_id", "submission_id"),)

    follow_up_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("follow_up.id", ondelete="CASCADE"))
    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    outcome: Mapped[Outcome] = mapped_column(Enum(Outcome, **named(20)))
    words: Mapped[str] = mapped_column(String(2000), default="")
    language: Mapped[str] = mapped_column(String(2))
    link: Mapped[str] = mapped_column(String(500), default="")
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )

    follow_up: Mapped[FollowUp] = relationship()
    submission: Mapped[Submission] = relationship()
    saved_by: Mapped[User | None] = relationship(foreign_keys=saved_by_id)
    agreed_by: Mapped[User | None] = relationship(foreign_keys=agreed_by_id)


class HeldBack(Model):
    """A time in which organizers keep an answer off the project's page. Ended, the row stays."""

    __tablename__ = "held_back"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        Index(
            "uq_held_back_open",
            "answer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    answer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("follow_up_answer.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(1000))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )

    answer: Mapped[FollowUpAnswer] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
