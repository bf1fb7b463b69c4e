"""What organizers ask. The rooms that ask it keep the answers."""

import hashlib
import json
import uuid
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, declared_attr, foreign, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, Document, OfCompetition
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.model import JSONType, Model, named
from ..ground.storage import NAMES_FILES
from .asking import Asked, required


class Questionnaire(StrEnum):
    """Of whom a question is asked."""

    REGISTRATION = "registration"
    TEAM = "team"
    SUBMISSION = "submission"  # of a team, in the draft of its work


class Kind(StrEnum):
    """What an answer is, and how it is kept."""

    SHORT = "short"  # text of one line
    LONG = "long"  # text of several
    ONE = "one"  # the key of an option
    SEVERAL = "several"  # keys of options
    YES_NO = "yes_no"  # true or false
    NUMBER = "number"
    DATE = "date"  # ISO 8601
    FILE = "file"  # {name, digest, size}
    COUNTRY = "country"  # ISO 3166
    PROVINCE = "province"  # postal code
    CONSENT = "consent"  # {version, words}: of what was agreed to; true where neither was kept


CHOICES = {Kind.ONE, Kind.SEVERAL}
# What a condition or an eligibility can name the answers of.
DECIDING = {*CHOICES, Kind.YES_NO}


class Reader(StrEnum):
    """Who reads an answer besides the person or team and the organizers."""

    MENTORS = "mentors"
    JUDGES = "judges"
    PUBLIC = "public"  # of submissions alone: everyone, once the project is shown


class Question(Model, OfCompetition):
    """One question, asked once both languages are there and until it is retired.

    `limits`: of text `characters`; of a number `least`, `most`, `step`; of a date `earliest`,
    `latest` (ISO); of a file `endings` and `size` in octets. `parent_answers` lists the choices
    that lead here; without any, every answer does. `lets_in` lists the choices that let a person
    into the competition; without any, all do. Where there are some, who is asked must answer.
    """

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("id", "competition_id"),
        UniqueConstraint("id", "kind"),  # so that an answer's kind stays what it was
        ForeignKeyConstraint(
            ["challenge_id", "competition_id"],
            ["challenge.id", "challenge.competition_id"],
        ),
        ForeignKeyConstraint(
            ["parent_id", "competition_id"],
            ["question.id", "question.competition_id"],
        ),
        CheckConstraint("parent_id <> id", name="parent"),
        CheckConstraint("required OR required_from IS NULL", name="required_from"),
        CheckConstraint(
            "challenge_id IS NULL OR questionnaire IN ('team', 'submission')", name="challenge"
        ),
        # A yes is a person's own, in a ledger where they can take it back; a version stays.
        CheckConstraint("questionnaire <> 'submission' OR kind <> 'consent'", name="no_consent"),
    )

    questionnaire: Mapped[Questionnaire] = mapped_column(Enum(Questionnaire, **named(20)))
    challenge_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    kind: Mapped[Kind] = mapped_column(Enum(Kind, **named(20)))
    label: Mapped[Localized]
    help: Mapped[Localized] = mapped_column(default=Localized)
    limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"), index=True)
    required: Mapped[bool] = mapped_column(default=False)
    required_from: Mapped[datetime | None]
    frozen_after: Mapped[datetime | None]
    shown_to: Mapped[list[str]] = mapped_column(default=list)
    personal: Mapped[bool] = mapped_column(default=True)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    parent_answers: Mapped[list[str]] = mapped_column(default=list)
    lets_in: Mapped[list[str]] = mapped_column(default=list)
    refusal: Mapped[Localized] = mapped_column(default=Localized)
    position: Mapped[int] = mapped_column(default=0)
    answered_at: Mapped[datetime | None]  # first; from then on it is retired, not removed
    retired_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    challenge: Mapped[Challenge | None] = relationship(
        primaryjoin="foreign(Question.challenge_id) == Challenge.id"
    )
    document: Mapped[Document | None] = relationship()
    parent: Mapped["Question | None"] = relationship(
        primaryjoin="foreign(Question.parent_id) == remote(Question.id)"
    )
    options: Mapped[list["Option"]] = relationship(
        back_populates="question",
        order_by="Option.position, Option.created_at",
        cascade="all, delete-orphan",
    )

    @property
    def key(self) -> str:
        """How forms and answers name it."""
        return self.id.hex

    @property
    def offered(self) -> list["Option"]:
        return [option for option in self.options if option.retired_at is None]

    @property
    def complete(self) -> bool:
        """Is all of it written in both languages, and is there something to choose from?"""
        optional = [text for text in (self.help, self.refusal) if text]
        texts = [self.label, *optional, *(option.label for option in self.offered)]
        return all(text.complete for text in texts) and (
            self.kind not in CHOICES or bool(self.offered)
        )

    @property
    def words(self) -> str:
        """A fingerprint of what a yes to it agrees to, its document included."""
        document = self.document.digest if self.document else ""
        asked = json.dumps([dict(self.label), dict(self.help), document], sort_keys=True)
        return hashlib.sha256(asked.encode()).hexdigest()[:16]

    @property
    def asked(self) -> Asked:
        return Asked(
            key=self.key,
            parent=self.parent_id.hex if self.parent_id else None,
            parent_answers=frozenset(self.parent_answers),
            challenge=self.challenge_id.hex if self.challenge_id else None,
            required=self.required or bool(self.lets_in),
            required_from=None if self.lets_in else self.required_from,
            frozen_after=self.frozen_after,
            retired=self.retired_at is not None or not self.complete,
        )

    @property
    def required_now(self) -> bool:
        return required(self.asked, now())

    def read_by(self, reader: Reader) -> bool:
        """Is the answer shown to them? What says something about a person never goes public."""
        return reader in self.shown_to and not (self.personal and reader is Reader.PUBLIC)


class Option(Model):
    """One choice. Its key never changes; once chosen, it is retired and not removed."""

    __tablename__ = "question_option"
    __table_args__ = (UniqueConstraint("question_id", "key"),)

    question_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    label: Mapped[Localized]
    position: Mapped[int] = mapped_column(default=0)
    chosen_at: Mapped[datetime | None]  # first
    retired_at: Mapped[datetime | None]

    question: Mapped[Question] = relationship(back_populates="options")


class AnswerTo:
    """What somebody answered, who wrote it and when. A room adds whose answer it is.

    `value` is kept as the kind says. The kind stands here too: `of_its_kind()` ties it to the
    question's, which can then neither become another nor go away.
    """

    question_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[Kind] = mapped_column(Enum(Kind, **named(20)))
    value: Mapped[Any] = mapped_column(JSONType, info=NAMES_FILES)
    changed_at: Mapped[datetime] = mapped_column(default=now)

    @declared_attr
    @classmethod
    def by_id(cls) -> Mapped[uuid.UUID | None]:
        return mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    @declared_attr
    @classmethod
    def question(cls) -> Mapped[Question]:
        return relationship(
            Question,
            primaryjoin=lambda: foreign(cls.question_id) == Question.id,
            viewonly=True,
        )

    @declared_attr
    @classmethod
    def by(cls) -> Mapped[User | None]:
        return relationship(User)


def of_its_kind() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["question_id", "kind"], ["question.id", "question.kind"])


def values(rows: Iterable[AnswerTo]) -> dict[str, Any]:
    """The answers of one person or team, by the key of their question."""
    return {row.question_id.hex: row.value for row in rows}
