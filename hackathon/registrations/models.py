"""Who takes part, and what they agreed to."""

import uuid
from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, OfCompetition
from ..ground.localized import Localized
from ..ground.model import Model
from ..questions.models import AnswerTo, of_its_kind


class ConsentText(Model, OfCompetition):
    """A text people agree to, in one version. A new wording is a new row."""

    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("competition_id", "key", "version"),)

    key: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    title: Mapped[Localized]
    body: Mapped[Localized]
    required: Mapped[bool]
    published_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()


class Registration(Model, OfCompetition):
    """A person's entry in a competition. Withdrawn, it stays for the record."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("competition_id", "user_id"),
        UniqueConstraint("id", "competition_id"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    residence: Mapped[str] = mapped_column(String(10))  # a province or territory, as "QC"
    birth_date: Mapped[date | None]  # where the organizers ask for it
    of_age_declared_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    user: Mapped[User] = relationship()
    consents: Mapped[list["Consent"]] = relationship(
        back_populates="registration", cascade="all, delete-orphan"
    )
    answers: Mapped[list["Answer"]] = relationship(
        back_populates="registration", cascade="all, delete-orphan"
    )

    @hybrid_property
    def takes_part(self) -> bool:
        """Is the person in the competition now?"""
        return self.withdrawn_at is None

    @takes_part.inplace.expression
    @classmethod
    def _takes_part(cls) -> ColumnElement[bool]:
        return cls.withdrawn_at.is_(None)


class Consent(Model):
    """A yes to one version of one text, and the moment it was given or taken back."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("registration_id", "consent_text_id"),)

    registration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE")
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
