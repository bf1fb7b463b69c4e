"""The results, once they are public."""

from typing import Any

from flask import Blueprint, render_template
from flask_login import current_user

from ..accounts.queries import me
from ..competitions.models import Competition
from ..judging.rulebook import Told
from ..teams.models import Team
from ..teams.queries import team_of
from .queries import (
    comments_on,
    honours_of,
    profile_of,
    project_by,
    remarks_on,
    standing_of,
    told_to_teams,
)

blueprint = Blueprint("results", __name__, url_prefix="/<key:competition>")


@blueprint.get("/results")
def index(competition: Competition) -> Any:
    """Winners and outstanding projects of each challenge."""
    return render_template(
        "results/index.html",
        competition=competition,
        groups=honours_of(competition),
        team=team_of(me(), competition) if current_user.is_authenticated else None,
    )


@blueprint.get("/teams/<key:team>/results")
def of_team(competition: Competition, team: Team) -> Any:
    """What judges said, for the team alone, as far as the rules promised it."""
    project, told = project_by(team), told_to_teams(competition)
    about = (project.submission, competition) if project else None
    return render_template(
        "results/of_team.html",
        competition=competition,
        team=team,
        project=project,
        told=told,
        standing=standing_of(*about) if about and {Told.PLACE, Told.BAND} & {*told} else None,
        profile=profile_of(*about) if about and Told.PROFILE in told else [],
        comments=comments_on(*about) if about and Told.COMMENTS in told else [],
        remarks=remarks_on(*about) if about and Told.COMMENTS in told else [],
    )
