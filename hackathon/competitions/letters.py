"""Letters about a competition as a whole."""

from datetime import datetime
from typing import Any

from ..accounts.models import User
from ..post.actions import compose, write
from ..post.models import Letter
from .models import Competition, Extension, Gate, Inquiry


def deadline_extended(
    to: User, competition: Competition, gate: Gate, before: datetime, extension: Extension
) -> None:
    """Leaves when the extension can no longer be undone."""
    write(
        "deadline_extended",
        to=to,
        competition=competition,
        due_at=extension.undo_until,
        occasion=extension,
        gate=gate,
        before=before,
        extension=extension,
    )


def draft_of_extension(
    to: Any, competition: Competition, gate: Gate, before: datetime, extension: Extension
) -> Letter:
    return compose(
        "deadline_extended",
        to=to,
        competition=competition,
        gate=gate,
        before=before,
        extension=extension,
    )


def organizer_appointed(to: User, competition: Competition) -> None:
    write("organizer_appointed", to=to, competition=competition)


def inquiry_answered(inquiry: Inquiry) -> None:
    """To whoever asked about a challenge."""
    write(
        "inquiry_answered",
        to=inquiry.asker,
        competition=inquiry.challenge.competition,
        inquiry=inquiry,
    )
