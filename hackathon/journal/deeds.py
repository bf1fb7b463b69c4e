"""The closed vocabulary of deeds, each with the sentence organizers read.

A sentence may use `%(actor)s`, `%(subject)s` and the details recorded with the deed.
"""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l


class Deed(StrEnum):
    """A member's value is stored; its sentence is what people read."""

    sentence: Any

    def __new__(cls, value: str, sentence: Any) -> "Deed":
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    # accounts
    ACCOUNT_CREATED = "account_created", _l("%(actor)s created an account.")
    ACCOUNT_CONFIRMED = "account_confirmed", _l("%(actor)s confirmed their address.")
    PASSWORD_CHANGED = "password_changed", _l("%(actor)s changed their password.")
    ADMINISTRATOR_APPOINTED = "administrator_appointed", _l("%(subject)s became an administrator.")
    # competitions
    COMPETITION_CREATED = "competition_created", _l("%(actor)s created %(subject)s.")
    COMPETITION_EDITED = "competition_edited", _l("%(actor)s edited %(subject)s.")
    COMPETITION_PUBLISHED = "competition_published", _l("%(actor)s published %(subject)s.")
    WINDOW_ANNOUNCED = "window_announced", _l("%(actor)s set the dates of a step: %(subject)s.")
    DEADLINE_EXTENDED = "deadline_extended", _l("%(actor)s extended a deadline: %(subject)s.")
    ORGANIZER_APPOINTED = "organizer_appointed", _l("%(actor)s made %(subject)s an organizer.")
    ORGANIZER_DISMISSED = "organizer_dismissed", _l("%(subject)s is no longer an organizer.")
    # registrations
    # teams
    # workshops
    # mentoring
    # submissions
    # judging
    # results
    # news


def sentence(entry: Any) -> str:
    """An entry of the journal in the reader's words."""
    actor = entry.actor.name if entry.actor else str(_l("The system"))
    facts = {"actor": actor, "subject": entry.subject, **entry.details}
    return str(Deed(entry.deed).sentence) % facts
