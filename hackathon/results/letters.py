"""Letters about the results."""

from ..accounts.models import User
from ..competitions.models import Competition
from ..post.actions import write
from .models import Grade, Honour
from .queries import Project


def results_announced(to: User, competition: Competition, project: Project) -> None:
    """To a member of a team that handed something in."""
    grades = {honour.grade for honour in project.honours}
    name = (
        "results_winner"
        if Grade.WINNER in grades
        else "results_outstanding"
        if grades
        else "results_thanks"
    )
    write(name, to=to, competition=competition, project=project)


def results_public(to: User, competition: Competition) -> None:
    """To a mentor or a judge."""
    write("results_public", to=to, competition=competition)


def prize_unclaimed(to: User, competition: Competition, honour: Honour) -> None:
    """To the captain of a team that has not said whether it takes what it won."""
    write("prize_unclaimed", to=to, competition=competition, honour=honour)
