"""Who takes part, and who has at least asked to."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..accounts.rules import signed_in
from ..competitions.rules import organizes_it, published
from ..ground.clock import now
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict, forbidden
from .queries import entry_of, registration_of


@Rule
def registered(user: Any, *, competition: Any, **_: Any) -> Verdict:
    if registration_of(user, competition):
        return ALLOWED
    return forbidden(_l("This page is for people who take part in this competition."))


participant = published & signed_in & registered
participant.name = "participant"


@Rule
def entered(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Has a registration, whatever became of it."""
    if entry_of(user, competition):
        return ALLOWED
    return forbidden(_l("This page is for people who have entered this competition."))


applicant = published & signed_in & entered
applicant.name = "applicant"


@Rule
def not_ended(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Takes part, applies or waits."""
    entry = entry_of(user, competition)
    if entry and entry.state.live:
        return ALLOWED
    return forbidden(_l("Your registration has ended, so nothing of it can be changed."))


@Rule
def own_registration(user: Any, *, registration: Any, **_: Any) -> Verdict:
    """The registration that the address names is the person's own, and has not ended."""
    if user.is_authenticated and registration.user_id == user.id and registration.state.live:
        return ALLOWED
    return forbidden(_l("This page is for the person whose registration this is."))


@Rule
def text_in_public(user: Any, *, competition: Any, consent_text: Any, **_: Any) -> Verdict:
    """A consent text once it is published; before that, for organizers."""
    if consent_text.published_at is not None and consent_text.published_at <= now():
        return ALLOWED
    if user.is_authenticated and organizes_it(user, competition=competition):
        return ALLOWED
    return HIDDEN
