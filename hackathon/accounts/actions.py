"""The life of an account."""

import secrets
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_security import hash_password
from flask_security.confirmable import confirm_email_token_status, generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token, reset_password_token_status
from flask_security.utils import verify_and_update_password

from ..extensions import db
from ..ground.clock import now
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from . import letters
from .models import User
from .queries import person_with


class NoAccount(Obstacle):
    sentence = _l(
        "Nobody has an account with this address yet. Ask the person to sign up on this site "
        "first, then appoint them here."
    )
    field = "email"


def create_account(*, email: str, name: str, password: str, language: str, goes_on: str) -> None:
    """Open an account and ask for its confirmation by letter.

    An address that has one already gets a letter that helps instead, and the page is the same:
    nobody learns who has an account here, from the page or from how long it takes.
    """
    hashed = hash_password(password)
    if known := person_with(email):
        letters.account_exists(known)
        return
    user = User(
        email=email.strip().lower(),
        name=name,
        password=hashed,
        language=language,
        fs_uniquifier=secrets.token_hex(32),
    )
    db.session.add(user)
    db.session.flush()
    record(Deed.ACCOUNT_CREATED, by=user)
    ask_for_confirmation(user, goes_on=goes_on)


def ask_for_confirmation(user: User, *, goes_on: str = "") -> None:
    letters.confirm_address(user, generate_confirmation_token(user), goes_on)


def person_to_confirm(token: str) -> User | None:
    """Whose address the token confirms; None when it is altered, expired or of an old address."""
    expired, invalid, user = confirm_email_token_status(token)
    return None if expired or invalid else user


def confirm_address(user: User) -> None:
    if user.confirmed_at is None:
        user.confirmed_at = now()
        record(Deed.ACCOUNT_CONFIRMED, by=user)


def with_password(email: str, password: str) -> User | None:
    """The person whose address and password these are.

    A wrong address takes as long as a wrong password, so that the clock tells nothing.
    """
    user = person_with(email)
    if user is None:
        hash_password(password)
        return None
    return user if verify_and_update_password(password, user) and user.active else None


def ask_for_reset(email: str) -> None:
    """Write a letter with a link when the address has an account; otherwise do nothing."""
    if user := person_with(email):
        letters.password_reset(user, generate_reset_password_token(user))


def person_to_reset(token: str) -> User | None:
    """Whose password the token resets. It dies when the password changes: set_password makes a
    new identifier, and the token names the old one."""
    expired, invalid, user = reset_password_token_status(token)
    return None if expired or invalid else user


def set_password(user: User, password: str) -> None:
    """Change the password, end every other session, and tell the person.

    Whoever could read the letter with the link owns the address: it counts as confirmed.
    """
    user.password = hash_password(password)
    user.fs_uniquifier = secrets.token_hex(32)
    confirm_address(user)
    record(Deed.PASSWORD_CHANGED, by=user)
    letters.password_changed(user)


def edit_profile(user: User, **fields: Any) -> None:
    """Change what the profile says. The journal keeps former names: by them it can forget one."""
    if fields.get("name", user.name) != user.name:
        record(Deed.NAME_CHANGED, by=user, before=user.name)
    for name, value in fields.items():
        setattr(user, name, value)
