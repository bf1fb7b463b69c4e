"""A competition and what is said of it in public: dates, challenges, partners, documents."""

import uuid
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..ground.localized import Localized
from ..ground.model import Model, named
from ..ground.storage import NAMES_FILES


class Gate(StrEnum):
    """What opens and closes. Each gate has one announced window in a competition."""

    REGISTRATION = "registration"
    TEAM_CHANGES = "team_changes"
    CHALLENGE_CHOICE = "challenge_choice"
    SUBMISSION = "submission"
    FEEDBACK = "feedback"
    JUDGING = "judging"
    SECOND_ROUND = "second_round"
    THIRD_ROUND = "third_round"
    PUBLIC_VOTE = "public_vote"


ROUND_GATES = (Gate.JUDGING, Gate.SECOND_ROUND, Gate.THIRD_ROUND)
"""Of the rounds of judging, in their order: so many can there be."""


TIME_TO_UNDO = timedelta(minutes=1)
"""How long an extension can be undone, and its letters wait."""


class PartnerKind(StrEnum):
    ORGANIZER = "organizer"
    FUNDER = "funder"
    PARTNER = "partner"


class Approval(StrEnum):
    """Who says yes to a registration."""

    AUTOMATIC = "automatic"
    BY_HAND = "by_hand"


class Competition(Model):
    """One event, from announcement to results. `zone` is the clock its people live by."""

    __tablename__ = "competition"
    __table_args__ = (
        CheckConstraint("team_min >= 1 AND team_min <= team_max", name="team_size"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        CheckConstraint("offer_hours BETWEEN 2 AND 720", name="offer_hours"),
        CheckConstraint("size_warning_hours >= 0", name="size_warning_hours"),
        CheckConstraint("grace_seconds >= 0 AND grace_seconds <= 600", name="grace"),
        CheckConstraint("personal_days BETWEEN 1 AND 3650", name="personal_days"),
    )

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[Localized]
    tagline: Mapped[Localized]
    summary: Mapped[Localized]
    description: Mapped[Localized]
    how_to_enter: Mapped[Localized]
    zone: Mapped[str] = mapped_column(String(64))
    team_min: Mapped[int] = mapped_column(default=1)
    team_max: Mapped[int] = mapped_column(default=5)
    size_warning_hours: Mapped[int] = mapped_column(default=72)  # before team changes close
    capacity: Mapped[int | None]
    approval: Mapped[Approval] = mapped_column(
        Enum(Approval, **named(20)), default=Approval.AUTOMATIC
    )
    waitlist: Mapped[bool] = mapped_column(default=False)  # for whom there is no place left
    offer_hours: Mapped[int] = mapped_column(default=48)  # in which to confirm a place that is free
    offers_after_close: Mapped[bool] = mapped_column(default=False)  # of registration
    minimum_age: Mapped[int | None]
    age_on: Mapped[date | None]  # the day of that age; None: the day the first step opens
    asks_birth_date: Mapped[bool] = mapped_column(default=False)  # else people declare their age
    country: Mapped[str | None] = mapped_column(String(2))  # ISO 3166; None: anywhere
    grace_seconds: Mapped[int] = mapped_column(default=0)  # see `grace`
    provinces: Mapped[list[str]] = mapped_column(default=list)  # of Canada; none: all of them
    automatic_submission: Mapped[bool] = mapped_column(default=False)  # of complete drafts
    published_at: Mapped[datetime | None]
    # What submissions are asked to say: {part: no, asked or required}; see submissions/asks.py.
    submission_asks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # How long after its end the competition keeps what is personal.
    personal_days: Mapped[int] = mapped_column(default=365, server_default="365")
    # Organizers need a second factor, or a passkey, to come in.
    second_factor_required: Mapped[bool] = mapped_column(default=False)
    # From then on teams see who judges, so that they can say whom they are in conflict with.
    judges_named_at: Mapped[datetime | None]
    # Another organizer must confirm who is honoured before it can be announced.
    second_person_confirms: Mapped[bool] = mapped_column(default=False)

    windows: Mapped[list["Window"]] = relationship(
        back_populates="competition", cascade="all, delete-orphan"
    )
    challenges: Mapped[list["Challenge"]] = relationship(
        back_populates="competition", order_by="Challenge.number", cascade="all, delete-orphan"
    )
    partners: Mapped[list["Partner"]] = relationship(
        back_populates="competition", order_by="Partner.position", cascade="all, delete-orphan"
    )
    documents: Mapped[list["Document"]] = relationship(
        back_populates="competition", order_by="Document.position", cascade="all, delete-orphan"
    )
    rounds: Mapped[list["Round"]] = relationship(
        back_populates="competition", order_by="Round.position", cascade="all, delete-orphan"
    )
    # Those of the draft: what only a published version still holds is left out.
    criteria: Mapped[list["Criterion"]] = relationship(
        back_populates="competition",
        primaryjoin="and_(Competition.id == Criterion.competition_id, "
        "Criterion.removed_at.is_(None))",
        order_by="Criterion.position, Criterion.id",
        cascade="all, delete-orphan",
    )
    conditions: Mapped[list["Condition"]] = relationship(
        back_populates="competition",
        primaryjoin="and_(Competition.id == Condition.competition_id, "
        "Condition.removed_at.is_(None))",
        order_by="Condition.position, Condition.id",
        cascade="all, delete-orphan",
    )

    @property
    def url_key(self) -> str:
        return self.slug

    @property
    def grace(self) -> timedelta:
        """How long after a close a form begun in time is still taken. Pages and letters never
        speak of it."""
        return timedelta(seconds=self.grace_seconds)


class OfCompetition:
    """What belongs to one competition."""

    competition_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("competition.id", ondelete="CASCADE"), index=True
    )


class Organizer(Model, OfCompetition):
    """A person who may change everything in the competition."""

    __tablename__ = "organizer"
    __table_args__ = (UniqueConstraint("competition_id", "user_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )

    competition: Mapped[Competition] = relationship()
    user: Mapped[User] = relationship()


class Window(Model, OfCompetition):
    """When a gate is open, as first announced. Never edited once the competition is public."""

    __tablename__ = "window"
    __table_args__ = (
        UniqueConstraint("competition_id", "gate"),
        CheckConstraint("opens_at < closes_at", name="order"),
    )

    gate: Mapped[Gate] = mapped_column(Enum(Gate, **named(20)))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]

    competition: Mapped[Competition] = relationship(back_populates="windows")
    extensions: Mapped[list["Extension"]] = relationship(
        back_populates="window", order_by="Extension.created_at", cascade="all, delete-orphan"
    )


class Extension(Model):
    """A later close for everyone, with its reason. Added, never edited.

    Undone within its first minute, the row stays and counts no more.
    """

    __tablename__ = "extension"

    window_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("window.id", ondelete="CASCADE"), index=True
    )
    closes_at: Mapped[datetime]
    reason: Mapped[Localized]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    undone_at: Mapped[datetime | None]

    window: Mapped[Window] = relationship(back_populates="extensions")
    by: Mapped[User | None] = relationship()

    @property
    def undo_until(self) -> datetime:
        """Until then its letters wait, and it can be undone."""
        return self.created_at + TIME_TO_UNDO


class Audience(StrEnum):
    """Whom a reminder reaches: always those alone who have not done the thing."""

    UNCONFIRMED = "unconfirmed"
    TEAMLESS = "teamless"
    SMALL_TEAMS = "small_teams"
    MEMBERS = "members"
    CAPTAINS = "captains"
    MENTORS = "mentors"
    JUDGES = "judges"
    ORGANIZERS = "organizers"


class Reminder(Model, OfCompetition):
    """A letter that goes out so many minutes before a gate closes, whenever that will be.

    `audience` holds values of Audience; `words` is what organizers add in their own words.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        CheckConstraint("minutes_before >= 1 AND minutes_before <= 43200", name="minutes_before"),
    )

    gate: Mapped[Gate] = mapped_column(Enum(Gate, **named(20)))
    minutes_before: Mapped[int]
    audience: Mapped[list[str]]
    words: Mapped[Localized]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    competition: Mapped[Competition] = relationship()
    by: Mapped[User | None] = relationship()
    rounds: Mapped[list["ReminderRound"]] = relationship(
        back_populates="reminder",
        order_by="ReminderRound.closes_at",
        cascade="all, delete-orphan",
    )

    @property
    def before(self) -> timedelta:
        return timedelta(minutes=self.minutes_before)


class ReminderRound(Model):
    """A reminder as it goes out for one close; `finished_at` once everybody has their letter."""

    __tablename__ = "reminder_round"
    __table_args__ = (UniqueConstraint("reminder_id", "closes_at"),)

    reminder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reminder.id", ondelete="CASCADE"))
    closes_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    reminder: Mapped[Reminder] = relationship(back_populates="rounds")


class Reminded(Model):
    """A person who was reminded: once in a round."""

    __tablename__ = "reminded"
    __table_args__ = (UniqueConstraint("round_id", "user_id"),)

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reminder_round.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )

    round: Mapped[ReminderRound] = relationship()


class Challenge(Model, OfCompetition):
    """A question that teams may answer; each team chooses exactly one."""

    __tablename__ = "challenge"
    __table_args__ = (
        UniqueConstraint("competition_id", "number"),
        UniqueConstraint("id", "competition_id"),  # so that a team can only choose one of its own
        CheckConstraint("quota IS NULL OR quota > 0", name="quota"),
    )

    number: Mapped[int]
    title: Mapped[Localized]
    summary: Mapped[Localized]
    description: Mapped[Localized]
    quota: Mapped[int | None]  # how many teams can choose it; None: any number

    competition: Mapped[Competition] = relationship(back_populates="challenges")


class Inquiry(Model):
    """A question about a challenge. The organizers answer the person who asks, or everyone.

    `text` is what was asked, as it was asked. What everyone reads is `question`, in the organizers'
    words and without the asker's name.
    """

    __tablename__ = "inquiry"
    __table_args__ = (
        CheckConstraint("published_at IS NULL OR answered_at IS NOT NULL", name="answered_first"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("challenge.id", ondelete="CASCADE"), index=True
    )
    asker_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    text: Mapped[str] = mapped_column(String(2000))
    language: Mapped[str] = mapped_column(String(2))
    question: Mapped[Localized]
    answer: Mapped[Localized]  # Markdown
    answered_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    challenge: Mapped[Challenge] = relationship()
    asker: Mapped[User | None] = relationship()


class Expertise(Model, OfCompetition):
    """A field of knowledge, from the competition's own list: people have it, teams need it."""

    __tablename__ = "expertise"

    label: Mapped[Localized]
    position: Mapped[int] = mapped_column(default=0)

    competition: Mapped[Competition] = relationship()


class Partner(Model, OfCompetition):
    """A body that organizes, funds or supports the competition."""

    __tablename__ = "partner"

    kind: Mapped[PartnerKind] = mapped_column(Enum(PartnerKind, **named(20)))
    name: Mapped[Localized]
    short: Mapped[Localized]
    description: Mapped[Localized]
    website: Mapped[str] = mapped_column(String(500), default="")
    position: Mapped[int] = mapped_column(default=0)

    competition: Mapped[Competition] = relationship(back_populates="partners")


class Document(Model, OfCompetition):
    """A file for everyone to read. `language` is None when it speaks both."""

    __tablename__ = "document"

    title: Mapped[Localized]
    language: Mapped[str | None] = mapped_column(String(2))
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), info=NAMES_FILES)
    size: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)

    competition: Mapped[Competition] = relationship(back_populates="documents")


class Takes(StrEnum):
    """Which submissions of the round before come into a round. The first takes whatever stands."""

    ALL = "all"
    BEST = "best"
    CHOSEN = "chosen"


round_challenge = Table(
    "judging_round_challenge",
    Model.metadata,
    Column("round_id", ForeignKey("judging_round.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "challenge_id",
        ForeignKey("challenge.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
)


class Round(Model, OfCompetition):
    """A time of judging, open with the gate of its place. Every competition has at least the first.

    The first takes what was handed in and stands. A later one takes all submissions of the round
    before, the `best` of them (in each challenge, or of the whole), or those that are chosen by
    hand; none but those to its `challenges`, where it has any.

    What it says is the draft of its rules: what holds is the last version that was published.
    `method` is the word of a method, `ties` of ways to break ties in their order, `told` of what
    teams see afterwards: `judging/rulebook.py` has them all.
    """

    __tablename__ = "judging_round"
    __table_args__ = (
        UniqueConstraint("competition_id", "position"),
        UniqueConstraint("id", "competition_id"),  # so that a criterion is of the same one
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("best >= 1", name="best"),
        CheckConstraint("(takes = 'best') = (best IS NOT NULL)", name="number"),
    )

    position: Mapped[int]
    name: Mapped[Localized]
    takes: Mapped[Takes] = mapped_column(Enum(Takes, **named(10)), default=Takes.ALL)
    best: Mapped[int | None]  # how many
    in_each: Mapped[bool] = mapped_column(default=True)  # challenge; else of them all together
    method: Mapped[str] = mapped_column(String(20), default="corrected")
    ties: Mapped[list[str]] = mapped_column(default=list)
    told: Mapped[list[str]] = mapped_column(default=lambda: ["profile", "comments"])
    blind: Mapped[bool] = mapped_column(default=False)  # judges do not see whose work they read
    unblinded_at: Mapped[datetime | None]  # judges see since whose work they read

    competition: Mapped[Competition] = relationship(back_populates="rounds")
    challenges: Mapped[list[Challenge]] = relationship(
        secondary=round_challenge, order_by=Challenge.number
    )

    @property
    def url_key(self) -> str:
        return str(self.position)

    @property
    def gate(self) -> Gate:
        """It follows from the place, so that the dates stay where they are when rounds move."""
        return ROUND_GATES[self.position - 1]

    @property
    def criteria(self) -> list["Criterion"]:
        """Those of its draft."""
        return [each for each in self.competition.criteria if each.round_id == self.id]

    @property
    def conditions(self) -> list["Condition"]:
        return [each for each in self.competition.conditions if each.round_id == self.id]


class OfRules(OfCompetition):
    """A piece of the rules of a round, as drafted.

    Once it was in a published version, taking it out of the draft is a moment and not a deletion:
    judges go by that version until the next one.
    """

    round_id: Mapped[uuid.UUID] = mapped_column(index=True)
    position: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime | None]  # first, in a version
    removed_at: Mapped[datetime | None]  # from the draft


class Comment(StrEnum):
    """Whether judges write a comment on a criterion."""

    NO = "no"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Criterion(Model, OfRules):
    """What submissions are judged by: those to one challenge, or all of them.

    Its comment is for the organizers alone, or for the team (`comment_shown`).
    """

    __tablename__ = "criterion"
    __table_args__ = (
        CheckConstraint("weight > 0", name="weight"),
        ForeignKeyConstraint(
            ["round_id", "competition_id"],
            ["judging_round.id", "judging_round.competition_id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["challenge_id", "competition_id"], ["challenge.id", "challenge.competition_id"]
        ),
    )

    name: Mapped[Localized]
    description: Mapped[Localized]
    weight: Mapped[int]  # in percent of the whole, for a submission to its challenge
    challenge_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    comment: Mapped[Comment] = mapped_column(Enum(Comment, **named(20)), default=Comment.NO)
    comment_shown: Mapped[bool] = mapped_column(default=False)

    competition: Mapped[Competition] = relationship(
        back_populates="criteria", primaryjoin="Competition.id == Criterion.competition_id"
    )
    levels: Mapped[list["Level"]] = relationship(
        back_populates="criterion",
        order_by="Level.score",
        cascade="all, delete-orphan",
        lazy="selectin",  # a criterion is never shown without them
    )


class Condition(Model, OfRules):
    """What a submission is or is not, such as on topic: judges say yes, or no and why."""

    __tablename__ = "judging_condition"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "competition_id"],
            ["judging_round.id", "judging_round.competition_id"],
            ondelete="CASCADE",
        ),
    )

    name: Mapped[Localized]
    help: Mapped[Localized]

    competition: Mapped[Competition] = relationship(
        back_populates="conditions", primaryjoin="Competition.id == Condition.competition_id"
    )


class Level(Model):
    """What a score means for a criterion, and in one word where there is one."""

    __tablename__ = "level"
    __table_args__ = (UniqueConstraint("criterion_id", "score"),)

    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id", ondelete="CASCADE"))
    score: Mapped[int]
    word: Mapped[Localized] = mapped_column(default=Localized)
    description: Mapped[Localized]

    criterion: Mapped[Criterion] = relationship(back_populates="levels")
