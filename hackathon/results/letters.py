"""Letters about the results."""

from ..accounts.models import User
from ..competitions.models import Competition
from ..post.actions import write
from .models import Grade
from .queries import Project


def results_announced(to: User, competition: Competition, project: Project) -> None:
    """To a member of a team that handed something in."""
    name = {
        Grade.WINNER: "results_winner",
        Grade.OUTSTANDING: "results_outstanding",
        None: "results_thanks",
    }[project.honour.grade if project.honour else None]
    write(name, to=to, competition=competition, project=project)


def results_public(to: User, competition: Competition) -> None:
    """To a mentor or a judge."""
    write("results_public", to=to, competition=competition)
