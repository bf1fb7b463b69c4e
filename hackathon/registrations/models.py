"""Who takes part, and what they agreed to."""

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, OfCompetition
from ..ground.localized import Localized
from ..ground.model import Model


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
    # A province or territory, as "QC"; None: forgotten.
    residence: Mapped[str | None] = mapped_column(String(10))
    of_age_declared_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    user: Mapped[User] = relationship()
    consents: Mapped[list["Consent"]] = relationship(
        back_populates="registration",
        order_by="Consent.created_at",
        cascade="all, delete-orphan",
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
