"""Letters about registrations."""

from ..post.actions import write
from .models import Registration, RegistrationChange
from .queries import place_in_line
from .states import State

_NAMES = {
    State.APPLIED: "application_received",
    State.WAITLISTED: "waitlisted",
    State.OFFERED: "place_offered",
    State.REGISTERED: "registered",
    State.DECLINED: "declined",
    State.LAPSED: "offer_lapsed",
    State.WITHDRAWN: "withdrawn",
}


def moved(change: RegistrationChange, *, reinstated: bool) -> None:
    """The letter that belongs to a move; one of its own where organizers let somebody in again."""
    _write("reinstated" if reinstated else _NAMES[change.after], change.registration, change=change)


def offer_reminder(registration: Registration) -> None:
    _write("offer_reminder", registration)


def _write(name: str, registration: Registration, **context: RegistrationChange) -> None:
    write(
        name,
        to=registration.user,
        competition=registration.competition,
        registration=registration,
        place=place_in_line(registration),
        **context,
    )
