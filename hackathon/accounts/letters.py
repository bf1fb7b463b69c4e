"""Letters about accounts."""

from ..post.actions import write
from .models import User


def confirm_address(user: User, token: str, goes_on: str) -> None:
    write("confirm_address", to=user, token=token, goes_on=goes_on)


def account_exists(user: User) -> None:
    write("account_exists", to=user)


def password_reset(user: User, token: str) -> None:
    write("password_reset", to=user, token=token)


def password_changed(user: User) -> None:
    write("password_changed", to=user)
