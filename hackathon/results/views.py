"""The results, once they are public."""

from typing import Any

from flask import Blueprint, render_template
from flask_login import current_user

from ..accounts.queries import me
from ..competitions.models import Competition
from ..questions.models import Reader
from ..submissions.answers import answers_for
from ..submissions.models import Submission
from ..teams.models import Team
from ..teams.queries import team_of
from .queries import (
    comments_on,
    honours_of,
    profile_of,
    project_by,
    project_of,
    projects_of,
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


@blueprint.get("/results/projects")
def projects(competition: Competition) -> Any:
    """Everything that was handed in."""
    versions, found = projects_of(competition)
    return render_template(
        "results/projects.html",
        competition=competition,
        versions=versions,
        projects=found,
    )


@blueprint.get("/results/<key:submission>")
def project(competition: Competition, submission: Submission) -> Any:
    project = project_of(submission)
    return render_template(
        "results/project.html",
        competition=competition,
        project=project,
        answers=answers_for(project.version, Reader.PUBLIC) if project else [],
    )


@blueprint.get("/teams/<key:team>/results")
def of_team(competition: Competition, team: Team) -> Any:
    """What judges said, for the team alone."""
    project = project_by(team)
    return render_template(
        "results/of_team.html",
        competition=competition,
        team=team,
        project=project,
        profile=profile_of(project.submission, competition) if project else [],
        comments=comments_on(project.submission, competition) if project else [],
    )
