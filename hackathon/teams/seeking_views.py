"""The board of people and teams that look for each other, and requests to join."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition, Gate
from ..competitions.queries import expertise_of
from ..extensions import limiter
from ..ground.forms import page
from ..ground.i18n import language
from ..ground.paging import asked, paginate_rows
from ..registrations.queries import registration_of
from . import seeking as actions
from .board import (
    invited_by,
    narrowed,
    people_on_board,
    requests_of,
    seeker_of,
    teams_on_board,
    vacancy_of,
)
from .models import JoinRequest, Seeker, Team
from .queries import membership_of, opening_for
from .seeking_forms import AnswerForm, AskForm, LookingForm, VacancyForm
from .views import blueprint, some, to_team

PER_PAGE = 24

# A captain is asked in earnest, not by a machine.
few = limiter.shared_limit("10 per minute; 40 per hour", scope="requests", methods=["POST"])


def to_board(competition: Competition) -> Any:
    return redirect(url_for(".board", competition=competition))


@blueprint.get("/teams/board")
def board(competition: Competition) -> Any:
    """Both lists; a person without a team sees the teams first, everyone else the people."""
    place = membership_of(me(), competition)
    team = place.team if place else None
    own, vacancy = seeker_of(me(), competition), vacancy_of(team) if team else None
    people = people_on_board(competition, team=team, vacancy=vacancy)
    teams = teams_on_board(competition, seeker=own)
    wanted = asked("language", "challenge", "skill")
    shown = request.args.get("show") or ("people" if team else "teams")
    return render_template(
        "teams/board.html",
        competition=competition,
        shown=shown,
        counts={"teams": len(teams), "people": len(people)},
        rows=paginate_rows(narrowed(people if shown == "people" else teams, **wanted), PER_PAGE),
        asked=wanted,
        skills=expertise_of(competition),
        seeker=own,
        vacancy=vacancy,
        place=place,
        requests={each.team_id: each for each in requests_of(me(), competition)},
        invited=invited_by(team) if place and place.captain else set(),
    )


# -- looking ---------------------------------------------------------------------------------


@blueprint.route("/teams/board/looking", methods=["GET", "POST"])
def looking(competition: Competition) -> Any:
    """Say that one looks for a team."""
    own = seeker_of(me(), competition)
    form = LookingForm(obj=own, data=None if own else {"languages": [language()]})
    form.offer(competition)
    registration = registration_of(me(), competition)
    if form.validate_on_submit() and form.attempt(actions.look, registration, by=me(), **form.said):
        flash(_("You are on the board: the teams can see you."), "success")
        return to_board(competition)
    return page("teams/looking.html", form, competition=competition, seeker=own)


@blueprint.post("/teams/board/looking/end")
def looking_end(competition: Competition) -> Any:
    actions.stop_looking(seeker_of(me(), competition), by=me())
    flash(_("You are no longer on the board."), "success")
    return to_board(competition)


@blueprint.route("/teams/<key:team>/seeking", methods=["GET", "POST"])
def seeking(competition: Competition, team: Team) -> Any:
    """Say that the team looks for people."""
    own = vacancy_of(team)
    form = VacancyForm(obj=own).offer(competition)
    if form.validate_on_submit() and form.attempt(
        actions.call, team, skills=form.skills.chosen, about=form.about.data or "", by=me()
    ):
        flash(_("Your team is on the board while it has a free place."), "success")
        return to_board(competition)
    return page("teams/seeking.html", form, competition=competition, team=team, vacancy=own)


@blueprint.post("/teams/<key:team>/seeking/end")
def seeking_end(competition: Competition, team: Team) -> Any:
    actions.stop_calling(vacancy_of(team), by=me())
    flash(_("Your team is no longer on the board."), "success")
    return to_team(team)


# -- asking and inviting ---------------------------------------------------------------------


@blueprint.post("/teams/board/<key:seeker>/invitation")
@some
def seeker_invitation(competition: Competition, seeker: Seeker) -> Any:
    """The captain invites somebody from the board."""
    person = seeker.registration.user
    place = membership_of(me(), competition)
    actions.invite_seeker(place.team, seeker, by=me(), language=person.language)
    flash(_("%(person)s gets your invitation by email.", person=person.name), "success")
    return redirect(url_for(".board", competition=competition, show="people"))


@blueprint.route("/teams/<key:team>/requests/new", methods=["GET", "POST"])
@few
def ask(competition: Competition, team: Team) -> Any:
    form = AskForm()
    if form.validate_on_submit() and form.attempt(
        actions.ask,
        team,
        registration_of(me(), competition),
        message=form.message.data or "",
        by=me(),
    ):
        flash(
            _("Your request is on its way to the captain of %(team)s.", team=team.name), "success"
        )
        return to_board(competition)
    return page(
        "teams/ask.html", form, competition=competition, team=team, vacancy=vacancy_of(team)
    )


@blueprint.route("/teams/<key:team>/requests/<key:join_request>", methods=["GET", "POST"])
def answer(competition: Competition, team: Team, join_request: JoinRequest) -> Any:
    """Accept or decline, with a word."""
    form = AnswerForm()
    person = join_request.registration.user
    if form.validate_on_submit():
        accepted = request.form.get("deed") == "accept"
        deed = actions.accept if accepted else actions.decline
        if form.attempt(deed, join_request, answer=form.answer.data or "", by=me()):
            flash(
                _("%(person)s is now in your team and gets an email.", person=person.name)
                if accepted
                else _("%(person)s gets an email with your answer.", person=person.name),
                "success",
            )
            return to_team(team)
    return page(
        "teams/answer.html",
        form,
        competition=competition,
        team=team,
        join_request=join_request,
        seeker=seeker_of(person, competition),
        opening=opening_for(team, Gate.TEAM_CHANGES),
    )


@blueprint.post("/requests/<key:join_request>/withdrawal")
def request_withdrawal(competition: Competition, join_request: JoinRequest) -> Any:
    actions.take_back(join_request, by=me())
    flash(_("Your request is taken back."), "success")
    return to_board(competition)
