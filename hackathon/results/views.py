"""The results, once they are public."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import page
from ..judging.rulebook import Told
from ..submissions.queries import submission_of
from ..teams.models import Team
from . import actions
from .forms import ClaimForm
from .models import Honour, Reply
from .queries import (
    amendments_of,
    disclosure_of,
    more_to_come,
    prizes_of_team,
    project_by,
    public_honours_of,
)
from .sheets import comments_on, profile_of, remarks_on, standing_of, told_to

blueprint = Blueprint("results", __name__, url_prefix="/<key:competition>")


@dataclass(frozen=True)
class Way:
    """The endpoints by which pages of results lead to each other."""

    index: str
    gallery: str
    project: str


OPEN = Way("results.index", "gallery.index", "gallery.project")


@blueprint.get("/results")
def index(competition: Competition) -> Any:
    """Winners and outstanding projects of each challenge whose results are public."""
    return page_of_results(competition)


def page_of_results(competition: Competition, *, way: Way = OPEN, **others: Any) -> Any:
    disclosure = disclosure_of(competition)
    return render_template(
        "results/index.html",
        competition=competition,
        groups=public_honours_of(competition),
        pending=[c for c in competition.challenges if not disclosure.reached(c.id)],
        amendments=amendments_of(competition),
        way=way,
        **others,
    )


@blueprint.get("/teams/<key:team>/results")
def of_team(competition: Competition, team: Team) -> Any:
    """What it received and what judges said, for the team alone, as far as the rules promised."""
    return page_of_team(competition, team)


def page_of_team(competition: Competition, team: Team, *, way: Way = OPEN, **others: Any) -> Any:
    project = project_by(team)
    excluded = None if project else submission_of(team)
    told = told_to(project.submission) if project else ()
    about = (project.submission, competition) if project else None
    return render_template(
        "results/of_team.html",
        competition=competition,
        team=team,
        project=project,
        handed_in=bool(excluded and excluded.handed_in),
        prizes=prizes_of_team(team),
        more=more_to_come(competition),
        told=told,
        standing=standing_of(*about) if about and {Told.PLACE, Told.BAND} & {*told} else None,
        profile=profile_of(*about) if about and Told.PROFILE in told else [],
        comments=comments_on(*about) if about and Told.COMMENTS in told else [],
        remarks=remarks_on(*about) if about and Told.COMMENTS in told else [],
        way=way,
        **others,
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
