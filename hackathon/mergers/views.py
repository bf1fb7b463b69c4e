"""Two captains agree that their teams become one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import page
from ..teams.models import Merger, Team
from . import actions
from .forms import AnswerForm, ProposalForm
from .queries import open_mergers_of, pair_of, plan_of, still_holds, teams_that_fit

blueprint = Blueprint("mergers", __name__, url_prefix="/<key:competition>")


@blueprint.get("/teams/<key:team>/mergers")
def index(competition: Competition, team: Team) -> Any:
    """The teams with which this one could become one, and what waits for an answer."""
    return render_template(
        "mergers/index.html",
        competition=competition,
        team=team,
        mergers=open_mergers_of(team),
        fitting=teams_that_fit(team),
    )


@blueprint.route("/teams/<key:team>/mergers/<key:other_team>", methods=["GET", "POST"])
def new(competition: Competition, team: Team, other_team: Team) -> Any:
    pair = pair_of(team, other_team)
    form = ProposalForm().offer(pair)
    if form.validate_on_submit() and (
        merger := form.attempt(
            actions.propose, team, other_team, form.plan, message=form.message.data or "", by=me()
        )
    ):
        flash(_("The captain of %(team)s has an email.", team=other_team.name), "success")
        return redirect(url_for(".show", competition=competition, merger=merger))
    return page(
        "mergers/new.html", form, competition=competition, team=team, other=other_team, pair=pair
    )


@blueprint.get("/mergers/<key:merger>")
def show(competition: Competition, merger: Merger) -> Any:
    return proposal(competition, merger, AnswerForm())


@blueprint.post("/mergers/<key:merger>/acceptance")
def acceptance(competition: Competition, merger: Merger) -> Any:
    team = actions.accept(merger, by=me())
    flash(_("You are one team now, and everyone in it has an email."), "success")
    return redirect(url_for("teams.show", competition=competition, team=team))


@blueprint.post("/mergers/<key:merger>/refusal")
def refusal(competition: Competition, merger: Merger) -> Any:
    form = AnswerForm()
    team = merger.other
    if form.validate_on_submit() and form.attempt(
        actions.decline, merger, answer=form.answer.data or "", by=me()
    ):
        flash(_("You declined. Your team stays as it is."), "success")
        return redirect(url_for("teams.show", competition=competition, team=team))
    return proposal(competition, merger, form)


@blueprint.post("/mergers/<key:merger>/withdrawal")
def withdrawal(competition: Competition, merger: Merger) -> Any:
    team = actions.take_back(merger, by=me())
    flash(_("The proposal is taken back."), "success")
    return redirect(url_for(".index", competition=competition, team=team))


def proposal(competition: Competition, merger: Merger, form: AnswerForm) -> Any:
    pair = pair_of(merger.team, merger.other)
    return page(
        "mergers/show.html",
        form,
        competition=competition,
        merger=merger,
        pair=pair,
        plan=plan_of(merger),
        holds=still_holds(merger, pair),
    )
