"""The mentors for everyone; a mentor's own pages; a team's view of its mentors."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..competitions.queries import expertise_of
from ..extensions import db
from ..ground.forms import page
from ..ground.paging import paginate
from ..questions.models import Reader
from ..teams.models import Team
from ..teams.queries import shown_to
from . import actions
from .forms import MentorFilter, MentorForm, NeedsForm
from .queries import (
    mentor_of,
    mentors_by_name,
    mentors_of,
    needs_of,
    teams_accompanied_by,
)

blueprint = Blueprint("mentoring", __name__, url_prefix="/<key:competition>")


@blueprint.get("/mentors")
def index(competition: Competition) -> Any:
    narrowed = MentorFilter(expertise_of(competition), request.args)
    return render_template(
        "mentoring/index.html",
        competition=competition,
        form=narrowed,
        narrowed=any(narrowed.chosen.values()),
        mentors=paginate(db.session, mentors_by_name(competition, **narrowed.chosen)),
    )


@blueprint.route("/mentors/me", methods=["GET", "POST"])
def profile(competition: Competition) -> Any:
    mentor = mentor_of(me(), competition)
    form = MentorForm(expertise_of(competition), obj=mentor)
    if form.validate_on_submit() and form.attempt(
        actions.edit_mentor, mentor, **form.fields, by=me()
    ):
        flash(_("Your mentor profile is saved."), "success")
        return redirect(url_for(".index", competition=competition))
    return page("mentoring/profile.html", form, competition=competition)


@blueprint.get("/mentors/me/teams")
def teams(competition: Competition) -> Any:
    mentor = mentor_of(me(), competition)
    accompanied = teams_accompanied_by(mentor)
    return render_template(
        "mentoring/teams.html",
        competition=competition,
        mentor=mentor,
        teams=accompanied,
        needs=needs_of(accompanied),
        shown=shown_to(Reader.MENTORS, competition, accompanied),
    )


@blueprint.get("/teams/<key:team>/mentors")
def of_team(competition: Competition, team: Team) -> Any:
    return render_template(
        "mentoring/of_team.html",
        competition=competition,
        team=team,
        mentors=mentors_of(team),
        needs=needs_of([team]).get(team.id, []),
    )


@blueprint.route("/teams/<key:team>/needs", methods=["GET", "POST"])
def needs(competition: Competition, team: Team) -> Any:
    form = NeedsForm(expertise_of(competition), data={"expertise": needs_of([team])[team.id]})
    if form.validate_on_submit() and form.attempt(
        actions.set_needs, team, expertise=form.chosen, by=me()
    ):
        flash(_("Your team’s needs are saved."), "success")
        return redirect(url_for(".of_team", competition=competition, team=team))
    return page(
        "mentoring/needs.html", form, competition=competition, team=team, most=actions.MOST_NEEDS
    )
