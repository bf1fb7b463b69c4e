"""People with an account, how they prove who they are, and where they are signed in."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_security import UserMixin
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..ground.model import Model, named


class User(Model, UserMixin):
    """A person. The address is kept in lower case, so that one mailbox is one account.

    Deleted, the row stays without anything about the person, so that the record still adds up.
    """

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("language IN ('en', 'fr')", name="language"),
        CheckConstraint("deleted_at IS NULL OR NOT active", name="deleted"),
    )

    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    written_name: Mapped[str] = mapped_column("name", String(120))
    language: Mapped[str] = mapped_column(String(2), default="en")
    zone: Mapped[str | None] = mapped_column(String(64))  # None: as the device says
    organization: Mapped[str | None] = mapped_column(String(200))
    pronouns: Mapped[str | None] = mapped_column(String(60))
    accessibility: Mapped[str | None] = mapped_column(String(1000))
    confirmed_at: Mapped[datetime | None]
    administrator_since: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    deleted_at: Mapped[datetime | None]

    @hybrid_property
    def name(self) -> str:
        """As others see it; of a deleted account, that it is one, in the reader's language."""
        return self.written_name if self.deleted_at is None else _("Deleted account")

    @name.inplace.setter
    def _set_name(self, name: str) -> None:
        self.written_name = name

    @name.inplace.expression
    @classmethod
    def _name_column(cls) -> Any:
        return cls.written_name

    # The sign-in of this request, where it is this person who asks.
    here: ClassVar["SignIn | None"] = None

    @property
    def administrator(self) -> bool:
        return self.administrator_since is not None


class OfPerson:
    """What belongs to one person."""

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )


class Manner(StrEnum):
    """How a person signed in."""

    PASSWORD = "password"
    LETTER = "letter"  # a link in a letter
    PASSKEY = "passkey"
    PERSONAL = "personal"  # a personal link, which opens a part of the site alone
    DEMO = "demo"  # a button of the demo


class SignIn(Model, OfPerson):
    """One sign-in in one browser. The cookie names it; ended, it opens no door.

    `proved_at` is when the person last proved who they are, `factor_at` when they last did so with
    a second factor, `seen_at` when something was last sent or saved. `browser` and `system` are
    all that is kept of the device, and `device` a fingerprint of the cookie that it is known by.
    """

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_created_at", "created_at"),)

    manner: Mapped[Manner] = mapped_column(Enum(Manner, **named(10)))
    browser: Mapped[str] = mapped_column(String(40), default="")
    system: Mapped[str] = mapped_column(String(40), default="")
    device: Mapped[str] = mapped_column(String(64), default="")
    seen_at: Mapped[datetime]
    proved_at: Mapped[datetime]
    factor_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class SignInLink(Model, OfPerson):
    """A link in a letter that signs in, once; `goes_on` is where the person was on the way to."""

    __tablename__ = "sign_in_link"

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    goes_on: Mapped[str] = mapped_column(String(2000), default="")
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class AddressChange(Model, OfPerson):
    """A wish for another address, which both mailboxes confirm. Ended when done or stopped."""

    __tablename__ = "address_change"
    __table_args__ = (
        Index(
            "uq_address_change_open",
            "user_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("address = lower(address)", name="address_lower"),
    )

    address: Mapped[str] = mapped_column(String(254))
    old_digest: Mapped[str] = mapped_column(String(64), unique=True)
    new_digest: Mapped[str] = mapped_column(String(64), unique=True)
    old_confirmed_at: Mapped[datetime | None]
    new_confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class Authenticator(Model):
    """The app that makes codes for a person; where there is one, signing in asks for a code.

    `secret` is encrypted. `counter` is the step of the last code taken: none is taken twice.
    """

    __tablename__ = "authenticator"

    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), unique=True
    )
    secret: Mapped[str] = mapped_column(String(300))
    counter: Mapped[int]

    user: Mapped[User] = relationship()


class RecoveryCode(Model, OfPerson):
    """Stands in for a code of the app, once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "digest"),)

    digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class Passkey(Model, OfPerson):
    """A key on a device of the person, that signs in by itself."""

    __tablename__ = "passkey"

    name: Mapped[str] = mapped_column(String(60))
    credential: Mapped[str] = mapped_column(String(1400), unique=True)  # its id, in base64url
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
