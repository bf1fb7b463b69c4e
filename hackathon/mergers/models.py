"""Proposals that two teams become one."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..ground.model import Model, named
from ..teams.models import Team


class Side(StrEnum):
    """One of the two teams of a merger."""

    PROPOSER = "proposer"
    ASKED = "asked"


class Merger(Model):
    """A captain proposes to another that their teams become one, and what of each would stay.

    Accepted, it goes with the team that vanishes; the journal keeps it. `challenge_of` and
    `work_of` are None when neither team has chosen, or begun.
    """

    __tablename__ = "merger"
    __table_args__ = (
        ForeignKeyConstraint(
            ["team_id", "competition_id"], ["team.id", "team.competition_id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["other_id", "competition_id"], ["team.id", "team.competition_id"], ondelete="CASCADE"
        ),
        CheckConstraint("team_id <> other_id", name="two_teams"),
        Index(
            "uq_merger_open",
            "team_id",
            unique=True,
            sqlite_where=text("declined_at IS NULL"),
            postgresql_where=text("declined_at IS NULL"),
        ),
    )

    competition_id: Mapped[uuid.UUID] = mapped_column(index=True)
    team_id: Mapped[uuid.UUID]
    other_id: Mapped[uuid.UUID] = mapped_column(index=True)
    name_of: Mapped[Side] = mapped_column(Enum(Side, name="name_of", **named(20)))
    captain_of: Mapped[Side] = mapped_column(Enum(Side, name="captain_of", **named(20)))
    challenge_of: Mapped[Side | None] = mapped_column(Enum(Side, name="challenge_of", **named(20)))
    work_of: Mapped[Side | None] = mapped_column(Enum(Side, name="work_of", **named(20)))
    message: Mapped[str] = mapped_column(String(1000), default="")
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    declined_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(1000), default="")

    team: Mapped[Team] = relationship(primaryjoin="foreign(Merger.team_id) == Team.id")
    other: Mapped[Team] = relationship(primaryjoin="foreign(Merger.other_id) == Team.id")
    by: Mapped[User | None] = relationship()
