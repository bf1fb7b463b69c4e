"""Letters about the results."""

from ..accounts.models import User
from ..competitions.models import Competition
from ..ground.localized import Localized
from ..post.actions import write
from .models import Amendment, Grade, Honour
from .queries import Project, more_to_come

NEWS = ("results_winner", "results_outstanding", "results_thanks", "results_public")
"""The letters that bring results, or that they are there."""


def letter_for(project: Project) -> str:
    """Which letter its team gets."""
    grades = {honour.grade for honour in project.honours}
    if Grade.WINNER in grades:
        return "results_winner"
    return "results_outstanding" if grades else "results_thanks"


def results_announced(to: User, competition: Competition, project: Project) -> None:
    """To a member of a team that handed something in."""
    write(
        letter_for(project),
        to=to,
        competition=competition,
        project=project,
        more=more_to_come(competition),
    )


def results_public(to: User, competition: Competition) -> None:
    """To a mentor or a judge."""
    write("results_public", to=to, competition=competition)


def results_withdrawn(
    to: User, competition: Competition, project: Project, amendment: Amendment
) -> None:
    """To a member of a team whose results were public and are not any more."""
    write(
        "results_withdrawn",
        to=to,
        competition=competition,
        project=project,
        note=amendment.note,
    )


def results_corrected(
    to: User, competition: Competition, project: Project, note: Localized
) -> None:
    """To a member of a team whose results were corrected, or are public again."""
    write("results_corrected", to=to, competition=competition, project=project, note=note)


def prize_unclaimed(to: User, competition: Competition, honour: Honour) -> None:
    """To the captain of a team that has not said whether it takes what it won."""
    write("prize_unclaimed", to=to, competition=competition, honour=honour)
