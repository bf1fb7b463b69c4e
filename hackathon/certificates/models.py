"""Certificates: who has one, what stands on it, how it looks, and what became of it."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, OfCompetition
from ..ground.localized import Localized
from ..ground.model import Model, named
from ..ground.storage import NAMES_FILES
from ..workshops.models import Speaker
from .numbers import spaced


class Kind(StrEnum):
    """What a certificate is for. `title` and `role` stand on it; `many` is who has one."""

    title: Any
    role: Any
    many: Any

    def __new__(cls, value: str, title: Any, role: Any, many: Any) -> "Kind":
        member = str.__new__(cls, value)
        member._value_ = value
        member.title, member.role, member.many = title, role, many
        return member

    PARTICIPANT = "participant", _l("Certificate of participation"), "", _l("Participants")
    WINNER = "winner", _l("Certificate of merit"), _l("Winning team"), _l("Winners")
    OUTSTANDING = (
        "outstanding",
        _l("Certificate of merit"),
        _l("Outstanding team"),
        _l("Outstanding teams"),
    )
    MENTOR = "mentor", _l("Certificate of appreciation"), _l("Mentoring"), _l("Mentors")
    JUDGE = "judge", _l("Certificate of appreciation"), _l("Jury"), _l("Judges")
    SPEAKER = "speaker", _l("Certificate of appreciation"), _l("Speaking"), _l("Speakers")
    ORGANIZER = (
        "organizer",
        _l("Certificate of appreciation"),
        _l("Organizing team"),
        _l("Organizing team"),
    )
    VOLUNTEER = (
        "volunteer",
        _l("Certificate of appreciation"),
        _l("Volunteering"),
        _l("Volunteers"),
    )

    @property
    def url_key(self) -> str:
        return self.value

    @property
    def label(self) -> str:
        """In one line: `Certificate of appreciation (Jury)`."""
        return f"{self.title} ({self.role})" if self.role else str(self.title)

    @property
    def by_hand(self) -> bool:
        """Does nothing on the site tell who earned it?"""
        return self in (Kind.ORGANIZER, Kind.VOLUNTEER)


class Condition(StrEnum):
    """Who earns a certificate of a kind, where organizers have a choice."""

    kind: Kind
    label: Any

    def __new__(cls, value: str, kind: Kind, label: Any) -> "Condition":
        member = str.__new__(cls, value)
        member._value_ = value
        member.kind, member.label = kind, label
        return member

    HANDED_IN = (
        "handed_in",
        Kind.PARTICIPANT,
        _l("Everyone in a team that handed something in which counts"),
    )
    IN_TEAM = "in_team", Kind.PARTICIPANT, _l("Everyone in a team")
    REGISTERED = "registered", Kind.PARTICIPANT, _l("Everyone who is registered")
    ACCOMPANIED = (
        "accompanied",
        Kind.MENTOR,
        _l("Mentors who accompany a team or sent feedback"),
    )
    GAVE_FEEDBACK = "gave_feedback", Kind.MENTOR, _l("Mentors who sent feedback")
    EVERY_MENTOR = "every_mentor", Kind.MENTOR, _l("Every mentor")
    COMPLETED = "completed", Kind.JUDGE, _l("Judges who completed a review")
    COMPLETED_ALL = (
        "completed_all",
        Kind.JUDGE,
        _l("Judges who completed every review assigned to them"),
    )


class Paper(StrEnum):
    LETTER = "letter"
    A4 = "a4"


class Speaks(StrEnum):
    """In which languages a certificate is written."""

    BOTH = "both"
    EN = "en"
    FR = "fr"


class CertificateStyle(Model, OfCompetition):
    """How the certificates of a competition look, and who earns one."""

    __tablename__ = "certificate_style"
    __table_args__ = (UniqueConstraint("competition_id"),)

    paper: Mapped[Paper] = mapped_column(Enum(Paper, **named(10)), default=Paper.LETTER)
    accent: Mapped[str] = mapped_column(String(7), default="#0f5560")
    occasion: Mapped[Localized]  # when and where, in words
    participants: Mapped[Condition] = mapped_column(
        Enum(Condition, name="participants", **named(20)), default=Condition.HANDED_IN
    )
    mentors: Mapped[Condition] = mapped_column(
        Enum(Condition, name="mentors", **named(20)), default=Condition.ACCOMPANIED
    )
    judges: Mapped[Condition] = mapped_column(
        Enum(Condition, name="judges", **named(20)), default=Condition.COMPLETED
    )

    competition: Mapped[Competition] = relationship()


class Signatory(Model, OfCompetition):
    """Who signs. Without a picture of the signature there is room to sign by hand."""

    __tablename__ = "certificate_signatory"

    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[Localized]
    drawn: Mapped[str] = mapped_column(String(64), default="", info=NAMES_FILES)
    position: Mapped[int] = mapped_column(default=0)

    competition: Mapped[Competition] = relationship()


class CertificateLogo(Model, OfCompetition):
    """Of a body that stands behind the competition; `name` is read to who cannot see it."""

    __tablename__ = "certificate_logo"

    name: Mapped[Localized]
    drawn: Mapped[str] = mapped_column(String(64), info=NAMES_FILES)
    position: Mapped[int] = mapped_column(default=0)

    competition: Mapped[Competition] = relationship()


class CertificateWish(Model, OfCompetition):
    """The name that a person wants on their certificates of a competition, and the languages."""

    __tablename__ = "certificate_wish"
    __table_args__ = (UniqueConstraint("competition_id", "user_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(120))
    speaks: Mapped[Speaks] = mapped_column(Enum(Speaks, **named(4)), default=Speaks.BOTH)

    competition: Mapped[Competition] = relationship()
    user: Mapped[User] = relationship()


class Omission(Model, OfCompetition):
    """A person who gets no certificate of a kind although they would earn one, and why."""

    __tablename__ = "certificate_omission"
    __table_args__ = (
        UniqueConstraint("competition_id", "kind", "user_id"),
        UniqueConstraint(
            "competition_id", "kind", "speaker_id", name="uq_certificate_omission_speaker"
        ),
        CheckConstraint("(user_id IS NULL) <> (speaker_id IS NULL)", name="one_holder"),
    )

    kind: Mapped[Kind] = mapped_column(Enum(Kind, **named(20)))
    user_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    speaker_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("speaker.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    competition: Mapped[Competition] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=user_id)
    speaker: Mapped[Speaker | None] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)

    @property
    def holder(self) -> Any:
        return self.user or self.speaker


class Ending(StrEnum):
    """Why a certificate confirms nothing any more."""

    REVOKED = "revoked"
    REPLACED = "replaced"  # by one with another number
    FORGOTTEN = "forgotten"  # its holder asked for it


class Certificate(Model, OfCompetition):
    """One person's certificate. Its number is never given again.

    A correction makes a new edition of the same number: the row says what holds now, its
    `corrections` what stood there before. `digest` names the PDF once it is drawn; `facts` are what
    was so when it was issued: `team`, `project`, `challenge`, `prizes`, `sessions`. Who has no
    account gets it by the link with the `token`. `asked_at`: a letter is wanted; `told_at`: it is
    written.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended"),
        CheckConstraint("ended_at IS NOT NULL OR name <> ''", name="named"),
        CheckConstraint("user_id IS NULL OR token IS NULL", name="link"),
        CheckConstraint("edition >= 1", name="edition"),
        *(
            Index(
                f"uq_certificate_{column}",
                *("competition_id", "kind", column),
                unique=True,
                sqlite_where=text("ended_at IS NULL"),
                postgresql_where=text("ended_at IS NULL"),
            )
            for column in ("user_id", "speaker_id")
        ),
        Index("ix_certificate_undrawn", "digest", "claimed_until"),
    )

    number: Mapped[str] = mapped_column(String(12), unique=True)
    kind: Mapped[Kind] = mapped_column(Enum(Kind, **named(20)))
    user_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    speaker_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("speaker.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str] = mapped_column(String(120))
    speaks: Mapped[Speaks] = mapped_column(Enum(Speaks, **named(4)), default=Speaks.BOTH)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    token: Mapped[str | None] = mapped_column(String(64), unique=True)
    reason: Mapped[str] = mapped_column(String(500), default="")  # of who added it by hand
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    edition: Mapped[int] = mapped_column(default=1)
    edited_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64), default="", info=NAMES_FILES)
    claimed_until: Mapped[datetime | None]  # by who draws it, or before it is tried again
    fault: Mapped[str] = mapped_column(String(300), default="")  # why it cannot be drawn
    asked_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[Ending | None] = mapped_column(Enum(Ending, **named(20)))
    end_reason: Mapped[str] = mapped_column(String(500), default="")
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )
    replaced_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("certificate.id", ondelete="SET NULL")
    )

    competition: Mapped[Competition] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=user_id)
    speaker: Mapped[Speaker | None] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    ended_by: Mapped[User | None] = relationship(foreign_keys=ended_by_id)
    replaced_by: Mapped["Certificate | None"] = relationship(remote_side="Certificate.id")
    corrections: Mapped[list["Correction"]] = relationship(
        back_populates="certificate", order_by="Correction.edition", cascade="all, delete-orphan"
    )

    @property
    def holds(self) -> bool:
        """Does it confirm what it says?"""
        return self.ended_at is None

    @property
    def shown_number(self) -> str:
        return spaced(self.number)

    @property
    def file_name(self) -> str:
        return f"{self.shown_number}.pdf"


class Correction(Model):
    """What stood on an edition of a certificate that a newer one took the place of."""

    __tablename__ = "certificate_correction"
    __table_args__ = (UniqueConstraint("certificate_id", "edition"),)

    certificate_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("certificate.id", ondelete="CASCADE")
    )
    edition: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    speaks: Mapped[Speaks] = mapped_column(Enum(Speaks, **named(4)))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    certificate: Mapped[Certificate] = relationship(back_populates="corrections")
    by: Mapped[User | None] = relationship()
