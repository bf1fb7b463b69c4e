"""Who takes part, and what they agreed to."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, OfCompetition
from ..ground.localized import Localized
from ..ground.model import Model, named
from ..ground.storage import NAMES_FILES
from ..questions.models import AnswerTo, of_its_kind
from .states import State


class ConsentText(Model, OfCompetition):
    """A text people agree to, in one version. A new wording is a new row.

    What a question asked, its words and its document, is kept like this too, from the first yes to
    it: such a text has the `question_id` and is agreed to by answering alone.
    """

    __tablename__ = "consent_text"
    __table_args__ = (
        UniqueConstraint("competition_id", "key", "version"),
        ForeignKeyConstraint(
            ["question_id", "competition_id"],
            ["question.id", "question.competition_id"],
        ),
        CheckConstraint("(digest IS NULL) = (file_name IS NULL)", name="document"),
    )

    key: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    title: Mapped[Localized]
    body: Mapped[Localized]
    required: Mapped[bool]
    published_at: Mapped[datetime | None]
    question_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    file_name: Mapped[str | None] = mapped_column(String(200))  # of the document, as it was
    digest: Mapped[str | None] = mapped_column(String(64), info=NAMES_FILES)

    competition: Mapped[Competition] = relationship()


class Registration(Model, OfCompetition):
    """A person's entry in a competition, whatever became of it; only actions move its state.

    `turn` orders the waitlist: whoever has the lowest is next. An offered place is kept until
    `offered_until`; a reminder is due at `remind_at` and then no more.
    """

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("competition_id", "user_id"),
        UniqueConstraint("id", "competition_id"),
        UniqueConstraint("competition_id", "turn"),
        CheckConstraint("(state = 'waitlisted') = (turn IS NOT NULL)", name="turn"),
        CheckConstraint("(state = 'offered') = (offered_until IS NOT NULL)", name="offer"),
        CheckConstraint("state = 'offered' OR remind_at IS NULL", name="reminder"),
        CheckConstraint("state <> 'registered' OR registered_at IS NOT NULL", name="registered"),
        Index("ix_registration_state", "state", "offered_until"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    # A province or territory, as "QC"; None: forgotten.
    residence: Mapped[str | None] = mapped_column(String(10))
    birth_date: Mapped[date | None]  # where the organizers ask for it
    of_age_declared_at: Mapped[datetime]
    state: Mapped[State] = mapped_column(Enum(State, **named(20)))
    moved_at: Mapped[datetime]  # when it came into this state
    registered_at: Mapped[datetime | None]  # when the person last came to take part
    turn: Mapped[int | None]
    offered_until: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    user: Mapped[User] = relationship()
    changes: Mapped[list["RegistrationChange"]] = relationship(
        back_populates="registration",
        order_by="RegistrationChange.created_at, RegistrationChange.id",
        cascade="all, delete-orphan",
    )
    consents: Mapped[list["Consent"]] = relationship(
        back_populates="registration",
        order_by="Consent.created_at",
        cascade="all, delete-orphan",
    )
    answers: Mapped[list["Answer"]] = relationship(
        back_populates="registration", cascade="all, delete-orphan"
    )

    @hybrid_property
    def takes_part(self) -> bool:
        """Is the person in the competition now?"""
        return self.state is State.REGISTERED

    @takes_part.inplace.expression
    @classmethod
    def _takes_part(cls) -> ColumnElement[bool]:
        return cls.state == State.REGISTERED


class RegistrationChange(Model):
    """One move of a registration: from which state to which, by whom and why. Never changed."""

    __tablename__ = "registration_change"

    registration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    before: Mapped[State | None] = mapped_column(Enum(State, name="before", **named(20)))
    after: Mapped[State] = mapped_column(Enum(State, name="after", **named(20)))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(1000), default="")

    registration: Mapped[Registration] = relationship(back_populates="changes")
    by: Mapped[User | None] = relationship()


class Consent(Model):
    """A yes to one version of one text: given at `created_at`, until it is taken back.

    Rows are added and closed, never reopened: a yes given again is a row of its own.
    """

    __tablename__ = "consent"
    __table_args__ = (
        Index(
            "uq_consent_open",
            "registration_id",
            "consent_text_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    registration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    consent_text_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("consent_text.id", ondelete="RESTRICT"), index=True
    )
    withdrawn_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship(back_populates="consents")
    text: Mapped[ConsentText] = relationship()


class Answer(Model, AnswerTo):
    """What a person answered to one question of the registration."""

    __tablename__ = "answer"
    __table_args__ = (of_its_kind(), UniqueConstraint("registration_id", "question_id"))

    registration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE")
    )

    registration: Mapped[Registration] = relationship(back_populates="answers")
