"""The rules that were published, judges, the reviews assigned to them, and their scores."""

import uuid
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import SignIn, User
from ..competitions.models import (
    Challenge,
    Competition,
    Condition,
    Criterion,
    OfCompetition,
    Organizer,
    Round,
)
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.model import Model, named
from ..submissions.models import Submission
from ..teams.models import Team

LINK_LASTS = timedelta(days=90)  # a personal link, until it is renewed

judge_challenge = Table(
    "judge_challenge",
    Model.metadata,
    Column("judge_id", ForeignKey("judge.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "challenge_id",
        ForeignKey("challenge.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
)
judge_invitation_challenge = Table(
    "judge_invitation_challenge",
    Model.metadata,
    Column(
        "invitation_id", ForeignKey("judge_invitation.id", ondelete="CASCADE"), primary_key=True
    ),
    Column(
        "challenge_id",
        ForeignKey("challenge.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
)


class RulesVersion(Model):
    """The rules of a round as they were published, whole. Added, never edited.

    `content` is what `rulebook.content` makes, `digest` its SHA-256 as canonical JSON. `reason` is
    for whom the version before was known: empty in the first one.
    """

    __tablename__ = "rules_version"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("judging_round.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[Localized]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    published_at: Mapped[datetime]

    round: Mapped[Round] = relationship()
    by: Mapped[User | None] = relationship()


class Stoppage(Model):
    """A time in which nothing that judges say in a round is taken; why, for them to read."""

    __tablename__ = "judging_stoppage"
    __table_args__ = (
        CheckConstraint("ended_at IS NOT NULL OR ended_by_id IS NULL", name="ended"),
        Index(
            "uq_judging_stoppage_now",
            "round_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("judging_round.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[Localized]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )

    round: Mapped[Round] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    ended_by: Mapped[User | None] = relationship(foreign_keys=ended_by_id)


class Selection(Model):
    """Which submissions a later round takes, as an organizer confirmed it.

    Taken back, the row goes. `content` is the record of the ranking of the round before, on which
    it rested, `digest` its SHA-256. Nobody is told before `announced_at`.
    """

    __tablename__ = "round_selection"

    round_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("judging_round.id", ondelete="CASCADE"), unique=True
    )
    content: Mapped[str]
    digest: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    announced_at: Mapped[datetime | None]

    round: Mapped[Round] = relationship()
    by: Mapped[User | None] = relationship()
    entries: Mapped[list["Entry"]] = relationship(
        back_populates="selection", cascade="all, delete-orphan"
    )


class Entry(Model):
    """A submission that enters the round, or that was proposed and does not; the reason says why
    where it is otherwise than proposed."""

    __tablename__ = "round_entry"
    __table_args__ = (
        UniqueConstraint("selection_id", "submission_id"),
        CheckConstraint("proposed OR enters", name="considered"),
        CheckConstraint("(proposed AND enters) OR reason <> ''", name="reason"),
    )

    selection_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("round_selection.id", ondelete="CASCADE")
    )
    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    proposed: Mapped[bool]
    enters: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(1000), default="")

    selection: Mapped[Selection] = relationship(back_populates="entries")
    submission: Mapped[Submission] = relationship()


class Judge(Model, OfCompetition):
    """A person who scores up to `capacity` submissions, in the languages they read, of their
    challenges; none means of any.

    How many they could take and when they are there is what they say themselves: organizers decide
    the capacity. Dismissed, the row and the completed reviews stay for the record.
    """

    __tablename__ = "judge"
    __table_args__ = (
        UniqueConstraint("competition_id", "user_id"),
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("offered >= 0", name="offered"),
        CheckConstraint("available_from <= available_until", name="availability"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    languages: Mapped[list[str]] = mapped_column(default=list)
    capacity: Mapped[int]
    offered: Mapped[int | None]  # how many they say that they can take
    available_from: Mapped[date | None]
    available_until: Mapped[date | None]
    availability: Mapped[str] = mapped_column(String(500), default="")  # in their own words
    dismissed_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    user: Mapped[User] = relationship()
    challenges: Mapped[list[Challenge]] = relationship(
        secondary=judge_challenge, order_by=Challenge.number
    )
    reviews: Mapped[list["Review"]] = relationship(
        back_populates="judge", cascade="all, delete-orphan"
    )

    def reads(self, challenge: Challenge | None) -> bool:
        """Are submissions to the challenge among those they read? Without any chosen, all are."""
        return not self.challenges or challenge in self.challenges


class Chair(Model):
    """An organizer who chairs the judging: with one or more of them, no other organizer decides on
    conflicts of interest."""

    __tablename__ = "judging_chair"

    organizer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organizer.id", ondelete="CASCADE"), unique=True
    )
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    organizer: Mapped[Organizer] = relationship()
    by: Mapped[User | None] = relationship()


class Stand(StrEnum):
    """What a judge answers when asked about a conflict of interest."""

    NONE = "none"
    CONFLICT = "conflict"


class Declaration(Model):
    """A judge's answer before they read more of a submission than its title. Rows are added; the
    reason of a conflict stands in the conflict itself."""

    __tablename__ = "declaration"
    __table_args__ = (Index("ix_declaration_judge_id_submission_id", "judge_id", "submission_id"),)

    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("judge.id", ondelete="CASCADE"))
    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    said: Mapped[Stand] = mapped_column(Enum(Stand, **named(20)))

    judge: Mapped[Judge] = relationship()
    submission: Mapped[Submission] = relationship()


class Ruling(Model):
    """The chair decides whether a judge is barred from a team, and why. Rows are added, never
    edited; the latest counts. `grounds` are the signs of the interests it was decided on: a new
    one opens it again."""

    __tablename__ = "ruling"
    __table_args__ = (Index("ix_ruling_judge_id_team_id", "judge_id", "team_id"),)

    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("judge.id", ondelete="CASCADE"))
    team_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("team.id", ondelete="CASCADE"), index=True
    )
    bars: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500))
    grounds: Mapped[list[str]] = mapped_column(default=list)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    judge: Mapped[Judge] = relationship()
    team: Mapped[Team] = relationship()
    by: Mapped[User | None] = relationship()


class Review(Model):
    """One submission assigned to one judge in a round. It counts once `completed_at` is set."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("judge_id", "submission_id", "round_id"),)

    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("judge.id", ondelete="CASCADE"))
    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    round_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("judging_round.id", ondelete="CASCADE"), index=True
    )
    comment: Mapped[str] = mapped_column(default="")  # for the team, after the results
    note: Mapped[str] = mapped_column(default="")  # for the organizers alone
    own_note: Mapped[str] = mapped_column(default="")  # for the judge alone
    completed_at: Mapped[datetime | None]
    touched_at: Mapped[datetime | None]  # when the judge last changed something
    # By field, the last changes that were taken, as the judge's page calls them: so one that is
    # sent again is known again.
    touches: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # By field: a comment that waits for its level, a no that waits for its reason.
    unfinished: Mapped[dict[str, Any]] = mapped_column(default=dict)

    judge: Mapped[Judge] = relationship(back_populates="reviews")
    submission: Mapped[Submission] = relationship()
    round: Mapped[Round] = relationship()
    scores: Mapped[list["Score"]] = relationship(
        back_populates="review", cascade="all, delete-orphan"
    )
    answers: Mapped[list["ConditionAnswer"]] = relationship(
        back_populates="review", cascade="all, delete-orphan"
    )
    changes: Mapped[list["ReviewChange"]] = relationship(
        back_populates="review", cascade="all, delete-orphan", order_by="ReviewChange.created_at"
    )

    @property
    def holds(self) -> dict[str, int]:
        """How much of what the judge said goes with it, by kind; nothing where nothing does."""
        found = {
            "scores": len(self.scores),
            "answers": len(self.answers),
            "comments": bool(self.comment)
            + sum(bool(score.comment) for score in self.scores)
            + len(self.unfinished),
            "notes": bool(self.note) + bool(self.own_note),
        }
        return {kind: number for kind, number in found.items() if number}


class Score(Model):
    """A judge's level on one criterion, and what they say about it where that is asked."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("review_id", "criterion_id"),
        CheckConstraint("score >= 1", name="score"),
    )

    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    criterion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("criterion.id", ondelete="RESTRICT"), index=True
    )
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(default="")

    review: Mapped[Review] = relationship(back_populates="scores")
    criterion: Mapped[Criterion] = relationship()


class ConditionAnswer(Model):
    """Whether a submission meets a condition, as one judge sees it; never a verdict by itself."""

    __tablename__ = "condition_answer"
    __table_args__ = (
        UniqueConstraint("review_id", "condition_id"),
        CheckConstraint("met OR reason <> ''", name="reason"),
    )

    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    condition_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("judging_condition.id", ondelete="RESTRICT"), index=True
    )
    met: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(1000), default="")

    review: Mapped[Review] = relationship(back_populates="answers")
    condition: Mapped[Condition] = relationship()


class Way(StrEnum):
    """How an invited judge comes in."""

    ACCOUNT = "account"
    LINK = "link"  # a personal link, which needs no account


class Standing(StrEnum):
    """Where an invitation stands."""

    INVITED = "invited"
    EXPIRED = "expired"
    DECLINED = "declined"
    REVOKED = "revoked"
    ACCEPTED = "accepted"


class JudgeInvitation(Model, OfCompetition):
    """A person asked by letter to judge; of the secret in the letter, only the digest is here.

    Accepted, there is a judge. Of a personal link the same secret goes on opening the judge's
    pages, until it expires or is revoked; a new one takes its place (`renewed_at`).
    """

    __tablename__ = "judge_invitation"
    __table_args__ = (
        CheckConstraint("address = lower(address)", name="address_lower"),
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("language IN ('en', 'fr', 'both')", name="language"),
        CheckConstraint("(accepted_at IS NULL) = (judge_id IS NULL)", name="accepted"),
        CheckConstraint("accepted_at IS NULL OR declined_at IS NULL", name="one_answer"),
        Index(
            "uq_judge_invitation_waiting",
            "competition_id",
            "address",
            unique=True,
            sqlite_where=text("accepted_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=text(
                "accepted_at IS NULL AND declined_at IS NULL AND revoked_at IS NULL"
            ),
        ),
    )

    address: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    organization: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(4))  # of the letter
    languages: Mapped[list[str]] = mapped_column(default=list)  # that the judge reads
    capacity: Mapped[int]
    way: Mapped[Way] = mapped_column(Enum(Way, **named(10)))
    one_device: Mapped[bool] = mapped_column(default=False)  # at a time
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    renewed_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(String(1000), default="")  # of who declined
    revoked_at: Mapped[datetime | None]
    judge_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("judge.id", ondelete="CASCADE"), index=True
    )

    competition: Mapped[Competition] = relationship()
    judge: Mapped[Judge | None] = relationship()
    challenges: Mapped[list[Challenge]] = relationship(
        secondary=judge_invitation_challenge, order_by=Challenge.number
    )

    @property
    def standing(self) -> Standing:
        if self.revoked_at is not None:
            return Standing.REVOKED
        if self.declined_at is not None:
            return Standing.DECLINED
        if self.accepted_at is not None and (self.way is Way.ACCOUNT or not self.expired):
            return Standing.ACCEPTED
        return Standing.EXPIRED if self.expired else Standing.INVITED

    @property
    def expired(self) -> bool:
        return self.expires_at <= now()


class LinkUse(Model):
    """A sign-in that a personal link opened: it opens a judge's doors, in one competition."""

    __tablename__ = "judge_link_use"

    invitation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("judge_invitation.id", ondelete="CASCADE"), index=True
    )
    sign_in_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("sign_in.id", ondelete="CASCADE"), unique=True
    )

    invitation: Mapped[JudgeInvitation] = relationship()
    sign_in: Mapped[SignIn] = relationship()


class JudgeTerms(Model, OfCompetition):
    """The code of conduct and confidentiality of judges, in one version. A new wording is a row."""

    __tablename__ = "judge_terms"
    __table_args__ = (UniqueConstraint("competition_id", "version"),)

    version: Mapped[int]
    body: Mapped[Localized]  # Markdown

    competition: Mapped[Competition] = relationship()


class TermsAcceptance(Model):
    """A judge's yes to one version, as they read it in `language`."""

    __tablename__ = "judge_terms_acceptance"
    __table_args__ = (
        UniqueConstraint("judge_id", "terms_id"),
        CheckConstraint("language IN ('en', 'fr')", name="language"),
    )

    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("judge.id", ondelete="CASCADE"))
    terms_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("judge_terms.id", ondelete="RESTRICT"), index=True
    )
    language: Mapped[str] = mapped_column(String(2))

    judge: Mapped[Judge] = relationship()
    terms: Mapped[JudgeTerms] = relationship()


class ReviewChange(Model):
    """What the judge changed from `created_at` to `until`, by field: touches that follow each other
    within minutes are one row. What they note for themselves is not in it."""

    __tablename__ = "review_change"

    review_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("review.id", ondelete="CASCADE"), index=True
    )
    until: Mapped[datetime]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]

    review: Mapped[Review] = relationship(back_populates="changes")


class Abstention(Model):
    """A judge gave a submission back, and why. It is no conflict, and it is not given to them
    again unless an organizer does so by hand."""

    __tablename__ = "abstention"
    __table_args__ = (UniqueConstraint("judge_id", "submission_id"),)

    judge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("judge.id", ondelete="CASCADE"))
    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(1000))

    judge: Mapped[Judge] = relationship()
    submission: Mapped[Submission] = relationship()


class Trouble(StrEnum):
    """What keeps a judge from judging a submission as they should."""

    FILE = "file"
    LANGUAGE = "language"
    SAFETY = "safety"
    RECOGNIZED = "recognized"  # where judges do not see whose work they read
    OTHER = "other"


class Problem(Model):
    """What a judge reported about a submission, and how an organizer settled it."""

    __tablename__ = "review_problem"
    __table_args__ = (CheckConstraint("(settled_at IS NULL) = (answer = '')", name="settled"),)

    judge_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("judge.id", ondelete="CASCADE"), index=True
    )
    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[Trouble] = mapped_column(Enum(Trouble, **named(10)))
    text: Mapped[str] = mapped_column(String(2000))
    answer: Mapped[str] = mapped_column(String(2000), default="")
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )

    judge: Mapped[Judge] = relationship()
    submission: Mapped[Submission] = relationship()
    settled_by: Mapped[User | None] = relationship()
