"""Mentors, what they know, whom they accompany and whom they may not: for organizers."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.queries import me
from ..competitions.models import Competition, Expertise
from ..competitions.queries import expertise_of
from ..extensions import db
from ..ground.forms import page
from ..ground.paging import asked, paginate, paginate_rows
from ..teams.models import Team
from . import actions
from .forms import AppointmentForm, Button, ConflictForm, ExpertiseForm, MentorForm
from .models import Conflict, Mentor
from .proposal import MOST_WANTED, candidates_for, matching_of
from .queries import (
    conflicts_of_mentors,
    mentors_by_name,
    needs_of,
    pairings_of,
    teams_by_name,
    uses_of,
)

blueprint = Blueprint("mentoring", __name__)


# -- mentors ---------------------------------------------------------------------------------


@blueprint.get("/mentors")
def index(competition: Competition) -> Any:
    search = asked("search")["search"]
    return render_template(
        "mentoring/manage/index.html",
        competition=competition,
        search=search,
        mentors=paginate(db.session, mentors_by_name(competition, search=search)),
    )


@blueprint.route("/mentors/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    form = AppointmentForm(expertise_of(competition))
    if form.validate_on_submit() and form.attempt(
        actions.appoint, competition, email=form.email.data, **form.fields, by=me()
    ):
        flash(_("The mentor is appointed and gets a letter."), "success")
        return redirect(url_for(".index", competition=competition))
    return page("mentoring/manage/new.html", form, competition=competition)


@blueprint.route("/mentors/<key:mentor>", methods=["GET", "POST"])
def edit(competition: Competition, mentor: Mentor) -> Any:
    form = MentorForm(expertise_of(competition), obj=mentor)
    if form.validate_on_submit() and form.attempt(
        actions.edit_mentor, mentor, **form.fields, by=me()
    ):
        flash(_("The mentor is saved."), "success")
        return redirect(url_for(".index", competition=competition))
    return page("mentoring/manage/edit.html", form, competition=competition, mentor=mentor)


@blueprint.post("/mentors/<key:mentor>/dismissal")
def dismissal(competition: Competition, mentor: Mentor) -> Any:
    actions.dismiss(mentor, by=me())
    flash(_("The mentor is dismissed, and those concerned get a letter."), "success")
    return redirect(url_for(".index", competition=competition))


# -- expertise -------------------------------------------------------------------------------


@blueprint.get("/mentors/expertise")
def expertise(competition: Competition) -> Any:
    offered = expertise_of(competition)
    return render_template(
        "mentoring/manage/expertise.html",
        competition=competition,
        expertise=offered,
        uses=uses_of(offered),
    )


@blueprint.route("/mentors/expertise/new", methods=["GET", "POST"])
def new_expertise(competition: Competition) -> Any:
    last = max((each.position for each in expertise_of(competition)), default=0)
    form = ExpertiseForm(data={"position": last + 1})
    if form.validate_on_submit() and form.attempt(
        actions.add_expertise,
        competition,
        label=form.label.data,
        position=form.position.data,
        by=me(),
    ):
        flash(_("The expertise is added."), "success")
        return redirect(url_for(".expertise", competition=competition))
    return page("mentoring/manage/new_expertise.html", form, competition=competition)


@blueprint.route("/mentors/expertise/<key:expertise>", methods=["GET", "POST"])
def edit_expertise(competition: Competition, expertise: Expertise) -> Any:
    form = ExpertiseForm(obj=expertise)
    if form.validate_on_submit() and form.attempt(
        actions.edit_expertise,
        expertise,
        label=form.label.data,
        position=form.position.data,
        by=me(),
    ):
        flash(_("The expertise is saved."), "success")
        return redirect(url_for(".expertise", competition=competition))
    return page(
        "mentoring/manage/edit_expertise.html",
        form,
        competition=competition,
        expertise=expertise,
        uses=uses_of([expertise])[expertise.id],
    )


@blueprint.post("/mentors/expertise/<key:expertise>/removal")
def expertise_removal(competition: Competition, expertise: Expertise) -> Any:
    actions.remove_expertise(expertise, by=me())
    flash(_("The expertise is removed."), "success")
    return redirect(url_for(".expertise", competition=competition))


# -- pairings --------------------------------------------------------------------------------


@blueprint.get("/pairings")
def pairings(competition: Competition) -> Any:
    search = asked("search")["search"]
    without_mentor = "without" in request.args
    teams = paginate(
        db.session, teams_by_name(competition, search=search, without_mentor=without_mentor)
    )
    return render_template(
        "mentoring/manage/pairings.html",
        competition=competition,
        search=search,
        without_mentor=without_mentor,
        teams=teams,
        pairings=pairings_of(teams),
        needs=needs_of(teams),
    )


@blueprint.get("/pairings/<key:team>")
def team(competition: Competition, team: Team) -> Any:
    """One team: its mentors, and every other one with what speaks for and against them."""
    candidates = candidates_for(team)
    return render_template(
        "mentoring/manage/team.html",
        competition=competition,
        team=team,
        needs=needs_of([team]).get(team.id, []),
        paired=[each for each in candidates if each.kept],
        candidates=paginate_rows(
            [
                (each, actions.obstacles(each, load=each.mentor.load))
                for each in candidates
                if not each.kept
            ]
        ),
    )


@blueprint.post("/pairings/<key:team>/<key:mentor>")
def pairing(competition: Competition, team: Team, mentor: Mentor) -> Any:
    actions.pair(mentor, team, language_aside="language_aside" in request.form, by=me())
    flash(
        _("%(mentor)s now accompanies %(team)s.", mentor=mentor.user.name, team=team.name),
        "success",
    )
    return redirect(url_for(".team", competition=competition, team=team))


@blueprint.post("/pairings/<key:team>/<key:mentor>/end")
def pairing_end(competition: Competition, team: Team, mentor: Mentor) -> Any:
    actions.part(mentor, team, by=me())
    flash(
        _("%(mentor)s no longer accompanies %(team)s.", mentor=mentor.user.name, team=team.name),
        "success",
    )
    return redirect(url_for(".team", competition=competition, team=team))


@blueprint.route("/pairings/matching", methods=["GET", "POST"])
def matching(competition: Competition) -> Any:
    """A proposal. Confirming sends back the digest of what it rests on; it is made again, and
    carried out only if it is the same."""
    form, wanted = Button(), mentors_wanted()
    made = form.validate_on_submit() and form.attempt(
        actions.confirm_matching,
        competition,
        wanted=wanted,
        digest=request.form.get("digest", ""),
        by=me(),
    )
    if made:
        flash(
            ngettext(
                "%(num)s new pairing. Those concerned get a letter.",
                "%(num)s new pairings. Those concerned get a letter.",
                len(made),
            ),
            "success",
        )
        return redirect(url_for(".pairings", competition=competition))
    return page(
        "mentoring/manage/matching.html",
        form,
        competition=competition,
        matching=matching_of(competition, wanted),
        most_wanted=MOST_WANTED,
    )


def mentors_wanted() -> int:
    """How many mentors for each team the organizer asks for; an odd answer means one."""
    wanted = request.values.get("wanted", "")
    plain = wanted.isascii() and wanted.isdigit() and len(wanted) < 10
    return min(max(1, int(wanted)), MOST_WANTED) if plain else 1


# -- conflicts -------------------------------------------------------------------------------


@blueprint.get("/mentors/conflicts")
def conflicts(competition: Competition) -> Any:
    return render_template(
        "mentoring/manage/conflicts.html",
        competition=competition,
        conflicts=paginate(db.session, conflicts_of_mentors(competition)),
    )


@blueprint.route("/mentors/conflicts/new", methods=["GET", "POST"])
def new_conflict(competition: Competition) -> Any:
    form = ConflictForm(
        db.session.scalars(mentors_by_name(competition)).all(),
        db.session.scalars(teams_by_name(competition)).all(),
    )
    if form.validate_on_submit() and form.attempt(
        actions.declare_conflict,
        form.mentors[form.mentor.data],
        form.teams[form.team.data],
        reason=form.reason.data,
        by=me(),
    ):
        flash(_("The conflict of interest is declared."), "success")
        return redirect(url_for(".conflicts", competition=competition))
    return page("mentoring/manage/new_conflict.html", form, competition=competition)


@blueprint.post("/mentors/conflicts/<key:conflict>/lifting")
def conflict_lifting(competition: Competition, conflict: Conflict) -> Any:
    actions.lift_conflict(conflict, by=me())
    flash(_("The conflict of interest is lifted."), "success")
    return redirect(url_for(".conflicts", competition=competition))
