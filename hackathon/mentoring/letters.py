"""Letters about mentors and their teams."""

from collections.abc import Iterable

from ..accounts.models import User
from ..post.actions import write
from ..teams.models import Team
from .models import Mentor, Pairing


def mentor_appointed(mentor: Mentor) -> None:
    write("mentor_appointed", to=mentor.user, competition=mentor.competition, mentor=mentor)


def mentor_dismissed(mentor: Mentor) -> None:
    write("mentor_dismissed", to=mentor.user, competition=mentor.competition)


def mentor_paired(pairing: Pairing) -> None:
    mentor, team = pairing.mentor, pairing.team
    write("mentor_paired", to=mentor.user, competition=mentor.competition, team=team)


def team_paired(pairing: Pairing) -> None:
    mentor, team = pairing.mentor, pairing.team
    for member in team.members:
        write("team_paired", to=member, competition=team.competition, mentor=mentor, team=team)


def pairing_ended(mentor: Mentor, team: Team, *, to: Iterable[User]) -> None:
    for person in to:
        write("pairing_ended", to=person, competition=team.competition, mentor=mentor, team=team)
