"""People with an account."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_security import UserMixin
from sqlalchemy import CheckConstraint, String
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from ..ground.model import Model


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

    @property
    def administrator(self) -> bool:
        return self.administrator_since is not None
