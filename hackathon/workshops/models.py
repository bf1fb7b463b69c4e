"""The agenda: sessions, who speaks in them, where, and who signed up."""

import uuid
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Column, Enum, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..competitions.models import Competition, OfCompetition
from ..competitions.timetable import Opening, opening
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.model import Model, named

HOLD = timedelta(days=1)
"""How long a seat waits for its confirmation."""

SIGN_UPS = "sign_ups"
"""What the timetable and the journal call the gate of a session."""


class SessionKind(StrEnum):
    """A member's value is stored; its label is what people read."""

    label: Any

    def __new__(cls, value: str, label: Any) -> "SessionKind":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    OPENING = "opening", _l("Opening")
    INFORMATION = "information", _l("Information session")
    WEBINAR = "webinar", _l("Webinar")
    CONFERENCE = "conference", _l("Conference")
    PANEL = "panel", _l("Panel")
    CASE_STUDY = "case_study", _l("Case study")
    WORKSHOP = "workshop", _l("Workshop")


class Place(Model, OfCompetition):
    """A room, real or online. `link` is shown to those who signed up."""

    __tablename__ = "place"

    name: Mapped[Localized]
    link: Mapped[str] = mapped_column(String(500), default="")

    competition: Mapped[Competition] = relationship()


class Speaker(Model, OfCompetition):
    """A person who speaks in public; they need no account."""

    __tablename__ = "speaker"

    name: Mapped[str] = mapped_column(String(120))
    organization: Mapped[Localized]

    competition: Mapped[Competition] = relationship()


session_speaker = Table(
    "session_speaker",
    Model.metadata,
    Column("session_id", ForeignKey("session.id", ondelete="CASCADE"), primary_key=True),
    Column("speaker_id", ForeignKey("speaker.id"), primary_key=True, index=True),
)


class Session(Model, OfCompetition):
    """An hour of the agenda. A public one is open to people who do not take part.

    A cancelled one stays in the agenda and says so: people and calendars still look for it.
    """

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        CheckConstraint("sign_ups_close_at IS NULL OR sign_ups_close_at <= ends_at", name="close"),
    )

    kind: Mapped[SessionKind] = mapped_column(Enum(SessionKind, **named(20)))
    title: Mapped[Localized]
    summary: Mapped[Localized]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    languages: Mapped[list[str]] = mapped_column(default=list)
    public: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[int | None]
    sign_ups_close_at: Mapped[datetime | None]  # None: when it starts
    place_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("place.id", ondelete="RESTRICT"), index=True
    )
    cancelled_at: Mapped[datetime | None]

    competition: Mapped[Competition] = relationship()
    place: Mapped[Place | None] = relationship()
    speakers: Mapped[list[Speaker]] = relationship(
        secondary=session_speaker, order_by="Speaker.name"
    )

    @property
    def cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def over(self) -> bool:
        return self.ends_at <= now()

    @property
    def sign_ups(self) -> Opening:
        """Until when one can sign up, as the timetable sees it; open since it is on the agenda."""
        closes_at = self.sign_ups_close_at or self.starts_at
        always = datetime.min.replace(tzinfo=UTC)
        return opening(SIGN_UPS, now(), (always, closes_at), grace=self.competition.grace)

    @property
    def going_on(self) -> bool:
        return self.starts_at <= now() < self.ends_at


class SignUp(Model):
    """A seat in a session, for a person with an account or with only an address.

    Without an account the address is confirmed through `token`; until then the seat is held for
    as long as HOLD.
    """

    __tablename__ = "sign_up"
    __table_args__ = (UniqueConstraint("session_id", "address"),)

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]

    session: Mapped[Session] = relationship()
    user: Mapped[User | None] = relationship()

    @property
    def confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def url_key(self) -> str:
        return self.token
