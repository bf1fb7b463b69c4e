"""Writing in the journal."""

from collections.abc import Iterable
from typing import Any

from ..extensions import db
from ..ground.receiving import Infected
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


def note_viruses(refusals: Iterable[Exception], *, by: Any, competition: Any, subject: Any) -> int:
    """Tell organizers which files were refused for what is in them; returns how many.

    `subject` says for whom or what they were.
    """
    found = [each for each in refusals if isinstance(each, Infected)]
    for each in found:
        record(
            Deed.VIRUS_FOUND,
            by=by,
            competition=competition,
            subject=str(subject),
            name=each.facts["name"],
            virus=each.facts["virus"][:200],
        )
    return len(found)
