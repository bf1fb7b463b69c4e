"""Writing in the journal."""

from typing import Any

from ..extensions import db
from .deeds import Deed
from .models import Entry


def record(
    deed: Deed, *, by: Any, competition: Any = None, subject: str = "", **details: Any
) -> Entry:
    """Write down a deed in the caller's transaction. `by` is None when the system acts."""
    entry = Entry(
        deed=deed.value,
        actor_id=by.id if by else None,
        competition_id=competition.id if competition else None,
        subject=str(subject)[:300],
        details=details,
    )
    db.session.add(entry)
    return entry
