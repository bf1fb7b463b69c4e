"""Who is here: the cookie, and the sign-in that it names.

A person with an authenticator comes in by two steps. After the first they are half signed in: the
cookie remembers it for ten minutes, and it opens no door but the page that asks for the code.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, after_this_request, current_app, g, request, session
from flask_login import current_user
from flask_security import login_user, logout_user
from sqlalchemy import select

from ..extensions import db
from ..ground.clock import now
from ..ground.transaction import READING
from . import actions
from .devices import described
from .models import Manner, User
from .queries import authenticator_of, sign_in_with

HALF_LASTS = timedelta(minutes=10)
CHALLENGE_LASTS = timedelta(minutes=5)
SEEN_EVERY = timedelta(minutes=5)
DEVICE_LASTS = timedelta(days=365)


def init_app(app: Flask) -> None:
    """After the doors are hung: whoever they turn away was not here."""
    app.login_manager.user_loader(whoever_is_here)  # type: ignore[attr-defined]
    app.before_request(note_seen)


def whoever_is_here(_key: str) -> User | None:
    """The person whose sign-in the cookie names, unless it has ended."""
    sign_in = sign_in_with(session.get("sign_in"))
    if sign_in is None:
        return None
    sign_in.user.here = sign_in
    return sign_in.user


def note_seen() -> None:
    """Reading leaves no trace; what changes something says that the person was here."""
    if request.method in READING or not current_user.is_authenticated:
        return
    if current_user.here.seen_at < now() - SEEN_EVERY:
        current_user.here.seen_at = now()
        db.session.flush()


# -- coming and going ------------------------------------------------------------------------


def arrive(user: User, manner: Manner) -> bool:
    """Sign in, or half where a code comes next. Says whether the person is in."""
    if authenticator_of(user) is None:
        enter(user, manner)
        return True
    leave()
    session["half"] = [user.fs_uniquifier, manner.value, now().isoformat()]
    return False


def enter(user: User, manner: Manner, *, factor: bool = False) -> None:
    """Sign in, with a session of its own: nothing of what the cookie held before is kept."""
    leave()
    browser, system = described(request.user_agent.string)
    sign_in = actions.open_sign_in(
        user, manner, browser=browser, system=system, device=device(), factor=factor
    )
    login_user(user, remember=False)
    session["sign_in"] = str(sign_in.id)
    if manner is Manner.PERSONAL:
        session["personal"] = True  # says later how to come in again, once this has ended
    user.here = sign_in


def leave() -> None:
    """End the sign-in of this browser, if there is one, and all that its cookie holds."""
    if current_user.is_authenticated:
        actions.end_sign_in(current_user.here)
        logout_user()
    session.clear()
    g.pop("csrf_token", None)


def device() -> str:
    """What this browser is known by: a random cookie of its own, made when there is none."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    name = "__Host-device" if secure else "device"
    known = request.cookies.get(name, "")
    value = known if 20 <= len(known) <= 100 else secrets.token_urlsafe(24)

    @after_this_request
    def keep(response: Any) -> Any:
        response.set_cookie(
            name, value, max_age=DEVICE_LASTS, secure=secure, httponly=True, samesite="Lax"
        )
        return response

    return value


# -- half way in -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Half:
    """Someone who has proved once who they are."""

    user: User
    manner: Manner


def half_way() -> Half | None:
    """Who is half signed in here; a new password, too, makes them begin again."""
    if "half" not in session:
        return None
    key, manner, at = session["half"]
    if datetime.fromisoformat(at) <= now() - HALF_LASTS:
        return None
    user = db.session.scalar(select(User).where(User.fs_uniquifier == key, User.active))
    return Half(user, Manner(manner)) if user else None


# -- challenges to passkeys ------------------------------------------------------------------


def challenge(text: str) -> None:
    """Remember what a passkey is asked; only the last question counts."""
    session["challenge"] = [text, now().isoformat()]


def challenged() -> tuple[str, datetime]:
    """What a passkey was asked and when, once; "" where nothing was, or too long ago."""
    text, at = session.pop("challenge", ("", now().isoformat()))
    asked_at = datetime.fromisoformat(at)
    return (text if asked_at > now() - CHALLENGE_LASTS else ""), asked_at
