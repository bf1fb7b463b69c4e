"""What judges read of a work in a blind round: cleared of whose it is, under a number."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Enum, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import OfCompetition
from ..ground.model import Model, named
from ..ground.storage import NAMES_FILES
from ..submissions.models import Submission, Version


class Lot(Model, OfCompetition):
    """The number by which judges know a submission. Drawn once, so it tells neither the order of
    names nor that of handing in."""

    __tablename__ = "blind_lot"
    __table_args__ = (
        UniqueConstraint("competition_id", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), unique=True
    )
    number: Mapped[int]

    submission: Mapped[Submission] = relationship()


class Redaction(Model):
    """What organizers decide of the words and addresses of one version.

    `stands` are the words that were found and may stay, folded. `edited` are parts written by hand:
    by part, the fingerprint of the original that they were written for, and the text. `links` says
    of each address whether judges see it. `cleared` is what they read since `cleared_at`, and only
    then: by part, the fingerprint of the original and the text.
    """

    __tablename__ = "redaction"

    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission_version.id", ondelete="CASCADE"), unique=True
    )
    stands: Mapped[list[str]] = mapped_column(default=list)
    edited: Mapped[dict[str, Any]] = mapped_column(default=dict)
    links: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cleared: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cleared_at: Mapped[datetime | None]
    cleared_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )

    version: Mapped[Version] = relationship()
    cleared_by: Mapped[User | None] = relationship()


class Made(StrEnum):
    """How the copy of a file for judges came about."""

    WAITING = "waiting"  # for the worker
    CLEAN = "clean"  # without metadata
    UNABLE = "unable"  # metadata cannot be taken out: there is none
    BY_HAND = "by_hand"  # an organizer sent one


class Copy(Model):
    """A file of a submission as judges get it: under a neutral name, without metadata.

    `shown` is what organizers decided; None until they have. It holds for every version that has
    the file. Of what cannot be cleaned, the copy is the file itself once they say that it may be
    shown.
    """

    __tablename__ = "redacted_copy"
    __table_args__ = (
        UniqueConstraint("submission_id", "original"),
        UniqueConstraint("submission_id", "name"),
        CheckConstraint("shown IS NULL OR NOT shown OR digest <> ''", name="shown_copy"),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE")
    )
    original: Mapped[str] = mapped_column(String(64), info=NAMES_FILES)
    name: Mapped[str] = mapped_column(String(40))
    made: Mapped[Made] = mapped_column(Enum(Made, **named(10)), default=Made.WAITING, index=True)
    digest: Mapped[str] = mapped_column(String(64), default="", info=NAMES_FILES)
    size: Mapped[int] = mapped_column(default=0)
    shown: Mapped[bool | None]
    claimed_until: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship()
