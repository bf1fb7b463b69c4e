"""Finding people."""

from typing import cast

from flask_login import current_user
from sqlalchemy import select

from ..extensions import db
from .models import User


def me() -> User:
    """The person who asks, themself rather than a proxy. Only behind a door that signs in."""
    return cast(User, current_user._get_current_object())


def caller() -> str:
    """Who asks, for limits that count each person apart: a classroom shares one address."""
    return str(current_user.get_id())


def person_with(address: str) -> User | None:
    return db.session.scalar(
        select(User).where(User.email == address.strip().lower(), User.deleted_at.is_(None))
    )


def readers_zone() -> str | None:
    """The clock that the person who asks lives by, where their profile says so."""
    return current_user.zone if current_user and current_user.is_authenticated else None
