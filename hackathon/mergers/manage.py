"""Organizers make two teams one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import page
from ..teams.models import Team
from . import actions
from .forms import MergeForm
from .queries import pair_of, teams_that_fit

blueprint = Blueprint("mergers", __name__)


@blueprint.get("/teams/<key:team>/mergers")
def index(competition: Competition, team: Team) -> Any:
    return render_template(
        "mergers/manage/index.html",
        competition=competition,
        team=team,
        fitting=teams_that_fit(team),
    )


@blueprint.route("/teams/<key:team>/mergers/<key:other_team>", methods=["GET", "POST"])
def new(competition: Competition, team: Team, other_team: Team) -> Any:
    pair = pair_of(team, other_team)
    form = MergeForm().offer(pair)
    if form.validate_on_submit() and (
        one := form.attempt(
            actions.merge, team, other_team, form.plan, reason=form.reason.data, by=me()
        )
    ):
        flash(_("They are one team now, and everyone in it has a letter."), "success")
        return redirect(url_for("manage.teams.show", competition=competition, team=one))
    return page(
        "mergers/manage/new.html",
        form,
        competition=competition,
        team=team,
        other=other_team,
        pair=pair,
    )
