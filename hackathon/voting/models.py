"""The people's choice: its rules, who votes, what they vote for, and what organizers look into.

Who voted (`Voter`) and what was voted (`Ballot`) are two tables. What ties them, `voter_id`, is
there so that a ballot can be changed; it is cut once the vote is counted.
"""

import secrets
import uuid
from datetime import datetime
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

from ..accounts.models import User
from ..competitions.models import Competition, OfCompetition
from ..ground.model import Model, named
from ..submissions.models import Submission

MOST_VOTES = 10
"""The most that a poll may give one voter."""


class Electorate(StrEnum):
    """Who may vote, besides what a poll says of teams, mentors, organizers and judges."""

    REGISTERED = "registered"  # people who take part
    ACCOUNTS = "accounts"  # every account, which is to say every confirmed address with one
    ADDRESSES = "addresses"  # also an address without an account, confirmed by letter


class Poll(Model, OfCompetition):
    """The people's choice of a competition. When it is open, the timetable says.

    `examined_at` is when the ballots were last looked through, `parted_at` when they were cut
    from their voters for good, `released_at` when organizers let the outcome go out with the
    results.
    """

    __tablename__ = "poll"
    __table_args__ = (
        UniqueConstraint("competition_id"),
        CheckConstraint(f"votes BETWEEN 1 AND {MOST_VOTES}", name="votes"),
    )

    electorate: Mapped[Electorate] = mapped_column(Enum(Electorate, **named(20)))
    votes: Mapped[int]
    teams_vote: Mapped[bool]
    crew_votes: Mapped[bool]
    judges_vote: Mapped[bool]
    # Orders and fingerprints are made with it; no page and no file shows it.
    seed: Mapped[str] = mapped_column(String(64), default=lambda: secrets.token_hex(32))
    published_at: Mapped[datetime | None]
    examined_at: Mapped[datetime | None]
    parted_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )

    competition: Mapped[Competition] = relationship()
    released_by: Mapped[User | None] = relationship()


class Voter(Model):
    """Somebody who may fill in one ballot: an account, or an address confirmed by letter.

    `mark` is a keyed fingerprint of the address. It alone stays after `parted_at`, so that one
    address has one ballot even then.
    """

    __tablename__ = "voter"
    __table_args__ = (
        UniqueConstraint("poll_id", "mark"),
        UniqueConstraint("poll_id", "user_id"),
        CheckConstraint(
            "parted_at IS NULL OR (user_id IS NULL AND address IS NULL)", name="parted"
        ),
    )

    poll_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"))
    mark: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True
    )
    address: Mapped[str | None] = mapped_column(String(254), index=True)
    parted_at: Mapped[datetime | None]

    poll: Mapped[Poll] = relationship()
    user: Mapped[User | None] = relationship()


class BallotLink(Model):
    """A link in a letter that opens a ballot. Of its secret, only the digest is here."""

    __tablename__ = "ballot_link"

    voter_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("voter.id", ondelete="CASCADE"), index=True
    )
    digest: Mapped[str] = mapped_column(String(64), unique=True)

    voter: Mapped[Voter] = relationship()

    token = ""  # the secret, while it is known from an address

    @property
    def url_key(self) -> str:
        return self.token


class Ballot(Model):
    """What one voter chose. `network` is a keyed fingerprint of where it was first cast from."""

    __tablename__ = "ballot"

    poll_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("poll.id", ondelete="CASCADE"), index=True
    )
    voter_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("voter.id", ondelete="SET NULL"), unique=True
    )
    network: Mapped[str | None] = mapped_column(String(64))

    poll: Mapped[Poll] = relationship()
    voter: Mapped[Voter | None] = relationship()
    votes: Mapped[list["Vote"]] = relationship(
        back_populates="ballot", cascade="all, delete-orphan", order_by="Vote.id"
    )

    @property
    def name(self) -> str:
        """What organizers call it: nothing that tells whose it is."""
        return self.id.hex[-6:].upper()


class Vote(Model):
    """One of a ballot's votes. A project gets at most one of each ballot."""

    __tablename__ = "vote"
    __table_args__ = (UniqueConstraint("ballot_id", "submission_id"),)

    ballot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"))
    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), index=True
    )

    ballot: Mapped[Ballot] = relationship(back_populates="votes")
    submission: Mapped[Submission] = relationship()


# -- what organizers look into ---------------------------------------------------------------


class Sign(StrEnum):
    """What is unusual about some ballots. It proves nothing."""

    ADDRESS = "address"  # several ways to write one mailbox
    DOMAIN = "domain"  # many addresses of one domain in a short time
    NETWORK = "network"  # many ballots from one network in a short time
    ALONE = "alone"  # many ballots in a short time that name one project and no other


flag_ballot = Table(
    "flag_ballot",
    Model.metadata,
    Column("flag_id", ForeignKey("flag.id", ondelete="CASCADE"), primary_key=True),
    Column("ballot_id", ForeignKey("ballot.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Flag(Model):
    """Ballots that organizers should look at, as they were found after the close.

    `mark` names the finding, so that a second look finds the same flag. `details` are plain
    values: how many ballots, how many were usual, and the domain or the project.
    """

    __tablename__ = "flag"
    __table_args__ = (UniqueConstraint("poll_id", "mark"),)

    poll_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"))
    sign: Mapped[Sign] = mapped_column(Enum(Sign, **named(20)))
    mark: Mapped[str] = mapped_column(String(64))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    details: Mapped[dict[str, Any]]

    poll: Mapped[Poll] = relationship()
    ballots: Mapped[list[Ballot]] = relationship(
        secondary=flag_ballot, order_by="(Ballot.created_at, Ballot.id)"
    )
    notes: Mapped[list["FlagNote"]] = relationship(
        back_populates="flag", cascade="all, delete-orphan", order_by="FlagNote.created_at"
    )

    @property
    def name(self) -> str:
        """What pages and the journal call it."""
        return self.mark[:6].upper()


class FlagNote(Model):
    """What an organizer found out or thinks about a flag. Added, never edited."""

    __tablename__ = "flag_note"
    __table_args__ = (CheckConstraint("text <> ''", name="text"),)

    flag_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("flag.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(String(2000))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))

    flag: Mapped[Flag] = relationship(back_populates="notes")
    by: Mapped[User | None] = relationship()


class SetAside(Model):
    """A time in which a ballot does not count. Ended, the row stays for the record."""

    __tablename__ = "set_aside"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        Index(
            "uq_set_aside_open",
            "ballot_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    ballot_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("ballot.id", ondelete="CASCADE"), index=True
    )
    flag_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("flag.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(2000))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL")
    )

    ballot: Mapped[Ballot] = relationship()
    flag: Mapped[Flag | None] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    ended_by: Mapped[User | None] = relationship(foreign_keys=ended_by_id)
