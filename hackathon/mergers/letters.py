"""Letters about mergers."""

from ..post.actions import write
from ..teams.models import Merger, Team


def merger_proposed(merger: Merger) -> None:
    """To the captain who is asked."""
    if captain := merger.other.captain:
        write("merger_proposed", to=captain, competition=merger.team.competition, merger=merger)


def merger_declined(merger: Merger) -> None:
    """To the captain who proposed."""
    if captain := merger.team.captain:
        write("merger_declined", to=captain, competition=merger.team.competition, merger=merger)


def teams_merged(team: Team, before: dict[str, str], words: list[str], reason: str) -> None:
    """To everyone of both teams; with the words of a draft that does not stay."""
    for person in team.members:
        write(
            "teams_merged",
            to=person,
            competition=team.competition,
            team=team,
            names=before,
            words=words,
            reason=reason,
        )
