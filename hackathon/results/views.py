"""The results, once they are public."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import page
from ..judging.rulebook import Told
from ..teams.models import Team
from ..teams.queries import team_of
from . import actions
from .forms import ClaimForm
from .models import Honour, Reply
from .queries import (
    comments_on,
    honours_of,
    prizes_of_team,
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
        prizes=prizes_of_team(team),
    )


@blueprint.route("/teams/<key:team>/prizes/<key:honour>", methods=["GET", "POST"])
def claim(competition: Competition, team: Team, honour: Honour) -> Any:
    """The captain says whether the team takes what it won, and where it should go."""
    form = ClaimForm(obj=honour.claim)
    if form.validate_on_submit() and form.attempt(
        actions.respond,
        honour,
        reply=Reply(form.reply.data),
        contact=form.contact.data or "",
        by=me(),
    ):
        flash(_("Thank you. The organizers know now."), "success")
        return redirect(url_for(".of_team", competition=competition, team=team))
    return page("results/claim.html", form, competition=competition, team=team, honour=honour)
