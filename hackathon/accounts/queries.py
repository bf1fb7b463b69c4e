"""Finding people, and what proves who they are."""

import uuid
from datetime import timedelta
from typing import Any, TypeVar, cast

from flask_limiter.util import get_remote_address
from flask_login import current_user
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import contains_eager

from ..extensions import db
from ..ground.clock import now
from ..ground.keeping import reader
from .models import (
    AddressChange,
    Authenticator,
    Passkey,
    RecoveryCode,
    SignIn,
    User,
)

LASTS = timedelta(days=90)  # a sign-in, if nobody ends it
CHANGE_LASTS = timedelta(days=2)

Own = TypeVar("Own", SignIn, Passkey)


def me() -> User:
    """The person who asks, themself rather than a proxy. Only behind a door that signs in."""
    return cast(User, current_user._get_current_object())


def caller() -> str:
    """Who asks, for limits that count each person apart: a classroom shares one address.

    A visitor is known by the address alone.
    """
    return str(current_user.get_id() or get_remote_address())


def person_with(address: str) -> User | None:
    return db.session.scalar(
        select(User).where(User.email == address.strip().lower(), User.deleted_at.is_(None))
    )


def readers_zone() -> str | None:
    """The clock that the person who asks lives by, where their profile says so."""
    user = current_user._get_current_object()
    return user.zone if user and user.is_authenticated else reader().zone


def key_of(text: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


# Asked at every request of whoever is signed in, so written down once.
_OPENS = (
    select(SignIn)
    .join(SignIn.user)
    .where(
        SignIn.id == bindparam("key"),
        SignIn.ended_at.is_(None),
        SignIn.created_at > bindparam("since"),
        User.active,
    )
    .options(contains_eager(SignIn.user))
)


def sign_in_with(key: Any) -> SignIn | None:
    """The sign-in of this key, with its person, while it opens doors."""
    return db.session.scalar(_OPENS, {"key": key_of(key), "since": now() - LASTS})


def sign_ins_of(user: User) -> list[SignIn]:
    """Where the person is signed in, the newest first."""
    return list(
        db.session.scalars(
            select(SignIn)
            .where(
                SignIn.user_id == user.id,
                SignIn.ended_at.is_(None),
                SignIn.created_at > now() - LASTS,
            )
            .order_by(SignIn.created_at.desc(), SignIn.id.desc())
        )
    )


def own(kind: type[Own], key: str) -> Own | None:
    """A thing of the person who asks; None for a visitor, and for what is another's."""
    if not current_user.is_authenticated:
        return None
    return db.session.scalar(
        select(kind).where(kind.id == key_of(key), kind.user_id == current_user.id)
    )


def authenticator_of(user: User) -> Authenticator | None:
    return db.session.scalar(select(Authenticator).where(Authenticator.user_id == user.id))


def codes_left(user: User) -> int:
    """How many recovery codes are unused."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def passkeys_of(user: User) -> list[Passkey]:
    return list(
        db.session.scalars(
            select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.created_at)
        )
    )


def has_second_factor(user: User) -> bool:
    """An authenticator or a passkey, with which the person can prove twice who they are."""
    return authenticator_of(user) is not None or bool(passkeys_of(user))


def open_change_of(user: User) -> AddressChange | None:
    """The change of address that waits for its confirmations."""
    return db.session.scalar(
        select(AddressChange).where(
            AddressChange.user_id == user.id,
            AddressChange.ended_at.is_(None),
            AddressChange.created_at > now() - CHANGE_LASTS,
        )
    )
