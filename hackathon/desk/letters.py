"""Letters that know many rooms."""

from ..competitions.models import Reminder
from ..post.actions import Recipient, write
from .reminders import Reader


def deadline_reminder(reader: Reader, reminder: Reminder) -> None:
    write(
        "deadline_reminder",
        to=reader.user,
        competition=reminder.competition,
        reminder=reminder,
        reader=reader,
        team=reader.teams[0] if reader.teams else None,
    )


def account_deleted(*, email: str, name: str, language: str) -> None:
    write("account_deleted", to=Recipient(email, name, language))
