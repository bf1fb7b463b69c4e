"""What the site noticed about what was handed in, and what organizers say of it."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, OfCompetition
from ..ground.model import Model, named
from ..registrations.models import ConsentText, Registration
from ..submissions.models import Submission


class Kind(StrEnum):
    """What is looked at."""

    CONSENT = "consent"
    LINK = "link"
    FILE = "file"
    TEXT = "text"
    AGE = "age"


class Standing(StrEnum):
    """What the organizers have said of a finding so far."""

    OPEN = "open"
    FOLLOWED = "followed"
    NOTHING = "nothing"  # looked into, nothing to it


class CheckSettings(Model, OfCompetition):
    """What a competition wants looked at; without a row, everything by its defaults.

    `least_words` is how many words two texts have in common before it is said; `margin_days` how
    long before the submissions opened a repository may have been made.
    """

    __tablename__ = "check_settings"
    __table_args__ = (
        UniqueConstraint("competition_id"),
        CheckConstraint("least_words BETWEEN 20 AND 1000", name="least_words"),
        CheckConstraint("margin_days BETWEEN 0 AND 3650", name="margin_days"),
    )

    kinds: Mapped[list[str]]  # values of Kind
    least_words: Mapped[int] = mapped_column(default=40)
    margin_days: Mapped[int] = mapped_column(default=30)


class Look(Model):
    """When a submission was looked at, at which version, and when it is to be looked at again.

    None in `due_at`: not by itself. `handed_in_at` is when its first version came.
    """

    __tablename__ = "check_look"

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), unique=True
    )
    version: Mapped[int]
    handed_in_at: Mapped[datetime] = mapped_column(index=True)
    looked_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)

    submission: Mapped[Submission] = relationship()


class TextMark(Model):
    """A number out of the text of a last version: see similar.sketch. It tells no words."""

    __tablename__ = "check_text_mark"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        Index("ix_check_text_mark_number", "number"),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE")
    )
    number: Mapped[int] = mapped_column(BigInteger)


class FileMark(Model):
    """A file that some version of the submission has."""

    __tablename__ = "check_file_mark"
    __table_args__ = (UniqueConstraint("submission_id", "digest"),)

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE")
    )
    digest: Mapped[str] = mapped_column(String(64), index=True)


class Purpose(StrEnum):
    PAGE = "page"  # does the address lead anywhere?
    BIRTH = "birth"  # when was the repository made?


class LinkState(StrEnum):
    WAITING = "waiting"  # not asked yet
    REACHED = "reached"
    GONE = "gone"
    REFUSES = "refuses"  # not public
    UNREACHED = "unreached"
    INSIDE = "inside"  # no address of the open internet, so it was not asked


class Link(Model):
    """An address in the last version of a submission, and what came of asking for it.

    `failures` counts the tries in a row that did not reach it. Who asks moves `due_at` ahead
    first, so that nobody else asks at the same time.
    """

    __tablename__ = "check_link"
    __table_args__ = (
        UniqueConstraint("submission_id", "purpose", "key"),
        CheckConstraint("failures >= 0", name="failures"),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE")
    )
    purpose: Mapped[Purpose] = mapped_column(Enum(Purpose, **named(8)))
    key: Mapped[str] = mapped_column(String(32))  # of the address, which may be long
    url: Mapped[str]
    part: Mapped[str] = mapped_column(String(20))  # of the submission, where it stands first
    state: Mapped[LinkState] = mapped_column(
        Enum(LinkState, **named(12)), default=LinkState.WAITING
    )
    status: Mapped[int | None]  # of HTTP
    why: Mapped[str] = mapped_column(String(12), default="")  # a value of fetching.Why
    failures: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    born_at: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship()


class Finding(Model, OfCompetition):
    """Something that may be worth a look; never a verdict.

    `subject` says which one of its kind it is within the submission. `evidence` holds plain values
    and no words; `mark` is a fingerprint of what matters of it, so that a finding that was closed
    stays so until something else is found. `gone_at`: a later look did not find it any more.
    """

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("kind", "submission_id", "subject"),
        CheckConstraint("kind <> 'consent' OR registration_id IS NOT NULL", name="person"),
        CheckConstraint("kind NOT IN ('file', 'text') OR other_id IS NOT NULL", name="other"),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[Kind] = mapped_column(Enum(Kind, **named(10)))
    subject: Mapped[str] = mapped_column(String(110))
    version: Mapped[int]
    evidence: Mapped[dict[str, Any]]
    mark: Mapped[str] = mapped_column(String(40))
    standing: Mapped[Standing] = mapped_column(Enum(Standing, **named(10)), default=Standing.OPEN)
    found_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    other_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    registration_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    consent_text_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("consent_text.id", ondelete="CASCADE"), index=True
    )

    competition: Mapped[Competition] = relationship()
    submission: Mapped[Submission] = relationship(foreign_keys=submission_id)
    other: Mapped[Submission | None] = relationship(foreign_keys=other_id)
    registration: Mapped[Registration | None] = relationship()
    consent_text: Mapped[ConsentText | None] = relationship()
    notes: Mapped[list["Note"]] = relationship(
        back_populates="finding", order_by="Note.created_at, Note.id", cascade="all, delete-orphan"
    )

    @property
    def born_at(self) -> datetime:
        """When the repository was made that the evidence of an AGE tells of."""
        return datetime.fromisoformat(self.evidence["born_at"])


class Note(Model):
    """What an organizer says of a finding, and how it stands from then on. Never changed.

    `by` is None where it was opened again because something else was found.
    """

    __tablename__ = "finding_note"

    finding_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("finding.id", ondelete="CASCADE"), index=True
    )
    standing: Mapped[Standing] = mapped_column(Enum(Standing, **named(10)))
    text: Mapped[str] = mapped_column(String(2000), default="")
    again: Mapped[bool] = mapped_column(default=False)  # opened by other evidence, not by a person
    by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )

    finding: Mapped[Finding] = relationship(back_populates="notes")
    by: Mapped[User | None] = relationship()
