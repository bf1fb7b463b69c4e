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
    SESSION_SCHEDULED = "session_scheduled", _l("%(actor)s scheduled a session: %(subject)s.")
    SESSION_EDITED = "session_edited", _l("%(actor)s edited a session: %(subject)s.")
    SESSION_MOVED = "session_moved", _l("%(actor)s moved a session: %(subject)s.")
    SESSION_CANCELLED = "session_cancelled", _l("%(actor)s cancelled a session: %(subject)s.")
    SESSION_DELETED = "session_deleted", _l("%(actor)s deleted a session: %(subject)s.")
    # mentoring
    MENTOR_APPOINTED = "mentor_appointed", _l("%(actor)s appointed %(subject)s as a mentor.")
    MENTOR_EDITED = "mentor_edited", _l("%(actor)s edited the mentor %(subject)s.")
    MENTOR_DISMISSED = "mentor_dismissed", _l("%(actor)s dismissed the mentor %(subject)s.")
    NEEDS_EDITED = "needs_edited", _l("%(actor)s said what the team %(subject)s needs.")
    EXPERTISE_ADDED = "expertise_added", _l("%(actor)s added the expertise %(subject)s.")
    EXPERTISE_EDITED = "expertise_edited", _l("%(actor)s edited the expertise %(subject)s.")
    EXPERTISE_REMOVED = "expertise_removed", _l("%(actor)s removed the expertise %(subject)s.")
    MATCHING_CONFIRMED = (
        "matching_confirmed",
        _l("%(actor)s confirmed the matching. New pairings: %(pairings)s."),
    )
    PAIRING_ADDED = "pairing_added", _l("%(actor)s gave %(subject)s the mentor %(mentor)s.")
    PAIRING_ENDED = (
        "pairing_ended",
        _l("%(actor)s ended it: %(mentor)s no longer mentors %(subject)s."),
    )
    CONFLICT_DECLARED = (
        "conflict_declared",
        _l("%(actor)s declared a conflict of interest: %(subject)s."),
    )
    CONFLICT_LIFTED = "conflict_lifted", _l("%(actor)s lifted a conflict of interest: %(subject)s.")
    # submissions
    # judging
    # results
    # news
    NEWS_PUBLISHED = "news_published", _l("%(actor)s published a piece of news: %(subject)s.")
    NEWS_EDITED = "news_edited", _l("%(actor)s edited published news: %(subject)s.")
    NEWS_WITHDRAWN = "news_withdrawn", _l("%(actor)s withdrew a piece of news: %(subject)s.")


def sentence(entry: Any) -> str:
    """An entry of the journal in the reader's words."""
    actor = entry.actor.name if entry.actor else str(_l("The system"))
    facts = {"actor": actor, "subject": entry.subject, **entry.details}
    return str(Deed(entry.deed).sentence) % facts
