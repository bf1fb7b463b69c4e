"""Finding people."""

from typing import cast

from flask_login import current_user
from sqlalchemy import select

from ..extensions import db
from .models import User


def me() -> User:
    """The person who asks, themself rather than a proxy. Only behind a door that signs in."""
    return cast(User, current_user._get_current_object())


def person_with(address: str) -> User | None:
    return db.session.scalar(
        select(User).where(User.email == address.strip().lower(), User.deleted_at.is_(None))
    )
