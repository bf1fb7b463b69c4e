"""Letters about sessions, to people with and without an account."""

from datetime import datetime
from typing import Any

from ..post.actions import Recipient, write
from .models import SignUp


def sign_up_confirm(sign_up: SignUp) -> None:
    _write("sign_up_confirm", sign_up)


def signed_up(sign_up: SignUp) -> None:
    _write("signed_up", sign_up)


def session_moved(sign_up: SignUp, *, before: datetime) -> None:
    _write("session_moved", sign_up, before=before)


def session_cancelled(sign_up: SignUp) -> None:
    _write("session_cancelled", sign_up)


def _write(name: str, sign_up: SignUp, **context: Any) -> None:
    session = sign_up.session
    write(
        name,
        to=sign_up.user or Recipient(sign_up.address, sign_up.name, sign_up.language),
        competition=session.competition,
        session=session,
        sign_up=sign_up,
        **context,
    )
