"""Who belongs to a competition, in whichever room."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..competitions.queries import organizes
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, SIGN_IN, Verdict, forbidden
from ..registrations.queries import registration_of
from .queries import mentors_or_judges


@Rule
def involved(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Whoever takes part, accompanies, judges or organizes."""
    if not user.is_authenticated:
        return SIGN_IN
    if (
        registration_of(user, competition)
        or organizes(user, competition)
        or mentors_or_judges(user, competition)
    ):
        return ALLOWED
    return forbidden(_l("This page is for people who take part in this competition."))


@Rule
def own_archive(user: Any, *, archive: Any, **_: Any) -> Verdict:
    """Who asked for it, while it is offered."""
    return ALLOWED if archive.offered and archive.by_id == user.id else HIDDEN
