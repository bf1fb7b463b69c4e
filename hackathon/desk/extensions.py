"""An extension before it is confirmed: what it will mean, and to whom."""

from dataclasses import dataclass
from datetime import datetime

from ..accounts.models import User
from ..competitions.actions import letter_of_extension
from ..competitions.models import Competition, Organizer
from ..competitions.timetable import Opening, extended, reminder_due
from ..ground.localized import LANGUAGES, Localized
from ..judging.models import Judge
from ..mentoring.models import Mentor
from ..post.actions import Recipient
from ..post.models import Letter
from ..registrations.models import Registration
from .queries import concerned_by, concerned_by_role
from .reminders import Plan, plans_of

ROLES = {
    Organizer: "organizers",
    Registration: "participants",
    Mentor: "mentors",
    Judge: "judges",
}


@dataclass(frozen=True)
class Preview:
    """`after` is the opening as it would be; `people` are those concerned, by role; `letters` has
    the letter in each language with the number of its readers; `reminders` those that move, each
    with its present moment and the new one (None: not any more)."""

    after: Opening
    people: dict[str, list[User]]
    letters: list[tuple[Letter, int]]
    reminders: list[tuple[Plan, datetime | None, datetime | None]]


def preview_of(
    competition: Competition, opening: Opening, closes_at: datetime, reason: Localized
) -> Preview:
    gate, readers = opening.gate, concerned_by(competition, opening.gate)
    after = extended(opening, closes_at, reason)
    letters = []
    for language in LANGUAGES:
        theirs = [reader for reader in readers if reader.language == language]
        to = theirs[0] if theirs else Recipient("", "…", language)
        letter = letter_of_extension(competition, gate, closes_at=closes_at, reason=reason, to=to)
        letters.append((letter, len(theirs)))
    return Preview(
        after,
        {ROLES[kind]: people for kind, people in concerned_by_role(competition, gate).items()},
        letters,
        [
            (plan, plan.due_at, reminder_due(after, plan.reminder.before, opening.at))
            for plan in plans_of(competition)
            if plan.reminder.gate is gate
        ],
    )
