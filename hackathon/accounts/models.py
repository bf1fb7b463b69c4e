"""People with an account."""

from datetime import datetime

from flask_security import UserMixin
from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ..ground.model import Model


class User(Model, UserMixin):
    """A person. The address is kept in lower case, so that one mailbox is one account."""

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("language IN ('en', 'fr')", name="language"),
    )

    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2), default="en")
    zone: Mapped[str | None] = mapped_column(String(64))  # None: as the device says
    organization: Mapped[str | None] = mapped_column(String(200))
    confirmed_at: Mapped[datetime | None]
    administrator_since: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)

    @property
    def administrator(self) -> bool:
        return self.administrator_since is not None
