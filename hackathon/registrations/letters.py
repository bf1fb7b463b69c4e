"""Letters about registrations."""

from ..post.actions import write
from .models import Registration


def registered(registration: Registration) -> None:
    write("registered", to=registration.user, competition=registration.competition)


def withdrawn(registration: Registration) -> None:
    write("withdrawn", to=registration.user, competition=registration.competition)
