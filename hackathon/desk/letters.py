"""Letters about leaving."""

from ..post.actions import Recipient, write


def account_deleted(*, email: str, name: str, language: str) -> None:
    write("account_deleted", to=Recipient(email, name, language))
