"""Letters about accounts."""

from typing import Any

from ..post.actions import Recipient, write
from .models import AddressChange, Passkey, SignIn, User


def confirm_address(user: User, token: str, goes_on: str) -> None:
    write("confirm_address", to=user, token=token, goes_on=goes_on)


def account_exists(user: User) -> None:
    write("account_exists", to=user)


def password_reset(user: User, token: str) -> None:
    write("password_reset", to=user, token=token)


def password_changed(user: User) -> None:
    write("password_changed", to=user)


def new_device(user: User, sign_in: SignIn) -> None:
    write("new_device", to=user, sign_in=sign_in, zone=user.zone or "UTC")


def sign_in_link(user: User, token: str) -> None:
    write("sign_in_link", to=user, token=token)


def address_change_asked(user: User, change: AddressChange, token: str) -> None:
    write("address_change_asked", to=user, change=change, token=token)


def address_change_confirm(user: User, change: AddressChange, token: str) -> None:
    """To the address that the account is to move to; it is forgotten with the change.

    Not among the person's own letters, which would say that the address has no account.
    """
    to = Recipient(change.address, user.name, user.language)
    write("address_change_confirm", to=to, occasion=change, before=user.email, token=token)


def address_in_use(user: User) -> None:
    write("address_in_use", to=user)


def address_changed(user: User, before: str) -> None:
    """To the new mailbox, and to the old one."""
    old: Any = Recipient(before, user.name, user.language, user.id)
    for to in (user, old):
        write("address_changed", to=to, before=before, after=user.email)


def second_factor_on(user: User) -> None:
    write("second_factor_on", to=user)


def second_factor_off(user: User) -> None:
    write("second_factor_off", to=user)


def recovery_code_used(user: User, left: int) -> None:
    write("recovery_code_used", to=user, left=left)


def passkey_added(user: User, passkey: Passkey) -> None:
    write("passkey_added", to=user, passkey=passkey.name)


def passkey_removed(user: User, name: str) -> None:
    write("passkey_removed", to=user, passkey=name)
