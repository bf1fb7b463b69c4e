"""Delivering letters: each is claimed for a while, sent, and marked; failures wait and return."""

import smtplib
import ssl
import uuid
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy import or_, select, update

from ..extensions import db
from ..ground.clock import now
from .models import Letter

LEASE = timedelta(minutes=2)
PAUSES = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440)]

log = structlog.get_logger()


class Mailer(Protocol):
    def send(self, message: EmailMessage) -> None: ...


class Smtp:
    """A mail server, as `MAIL_URL` names it: smtp:// upgrades with STARTTLS when it can."""

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)

    def send(self, message: EmailMessage) -> None:
        host, port = self.url.hostname or "localhost", self.url.port
        secure = self.url.scheme == "smtps"
        context = ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(host, port or 465, timeout=30, context=context)
            if secure
            else smtplib.SMTP(host, port or 25, timeout=30)
        )
        with server:
            if not secure and server.has_extn("starttls"):
                server.starttls(context=context)
            if self.url.username:
                server.login(unquote(self.url.username), unquote(self.url.password or ""))
            server.send_message(message)


class Mailbox:
    """Delivers by leaving the letter where it is: the demo's mailbox page shows it."""

    def send(self, message: EmailMessage) -> None:
        return None


def mailer_for(url: str) -> Mailer:
    return Mailbox() if url.startswith("mailbox:") else Smtp(url)


def deliver_due(mailer: Mailer, sender: str, limit: int = 50) -> int:
    """Deliver up to `limit` due letters, one transaction each; returns how many went out.

    A letter is claimed by one conditional UPDATE, so two workers never send the same one while
    both live. If a worker dies between sending and marking, the letter goes out again with the
    same Message-ID: mail is at least once, never lost.
    """
    sent = 0
    for _ in range(limit):
        letter = claim()
        if letter is None:
            break
        key, attempts = letter.id, letter.attempts
        try:
            message = as_message(letter, sender)
            db.session.commit()  # a slow mail server must not hold the database
            mailer.send(message)
        except Exception as error:  # whatever is wrong with one letter, the next one goes out
            after = postponed(key, attempts, str(error) or type(error).__name__)
        else:
            after = {"sent_at": now(), "last_error": None}
            sent += 1
        db.session.execute(
            update(Letter).where(Letter.id == key).values(claimed_until=None, **after)
        )
        db.session.commit()
    return sent


def claim() -> Letter | None:
    """Take one due letter for a while, and count the attempt; None when there is none."""
    moment = now()
    free = or_(Letter.claimed_until.is_(None), Letter.claimed_until < moment)
    waiting = (Letter.sent_at.is_(None), Letter.due_at <= moment, free)
    key = db.session.scalar(select(Letter.id).where(*waiting).order_by(Letter.due_at).limit(1))
    if key is None:
        db.session.rollback()
        return None
    taken = db.session.execute(
        update(Letter)
        .where(Letter.id == key, *waiting)
        .values(claimed_until=moment + LEASE, attempts=Letter.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return db.session.get(Letter, key, populate_existing=True) if taken.rowcount else claim()


def postponed(key: uuid.UUID, attempts: int, error: str) -> dict[str, Any]:
    """What a letter says of itself after a failed attempt."""
    log.warning("letter_postponed", letter=str(key), attempts=attempts, error=error)
    pause = PAUSES[min(attempts, len(PAUSES)) - 1]
    return {"due_at": now() + pause, "last_error": error[:500]}


def as_message(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = letter.subject
    message["From"] = sender
    local, _, domain = letter.address.rpartition("@")
    message["To"] = Address(addr_spec=f"{local}@{domain.encode('idna').decode()}")
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language  # last: add_alternative moves it into a part
    return message
