"""Letters about a project in the gallery, to everyone in the team."""

from ..post.actions import write
from ..submissions.queries import members_to_tell
from .models import Withheld


def project_withheld(withheld: Withheld) -> None:
    _tell("project_withheld", withheld)


def project_shown_again(withheld: Withheld) -> None:
    _tell("project_shown_again", withheld)


def _tell(name: str, withheld: Withheld) -> None:
    team = withheld.submission.team
    for person in members_to_tell(team):
        write(name, to=person, competition=team.competition, team=team, withheld=withheld)
