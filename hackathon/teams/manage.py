"""Teams and people, as organizers see and help them."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.queries import me
from ..competitions.models import Challenge, Competition, Gate
from ..competitions.queries import opening_of
from ..extensions import db
from ..ground.forms import Form, page
from ..ground.paging import asked, paginate, paginate_rows
from ..ground.tables import csv_file
from ..questions.models import Question, Questionnaire, values
from ..questions.tallies import FEW, Tally
from ..questions.words import KINDS, QUESTIONNAIRES, said
from ..registrations.models import Registration
from ..registrations.queries import (
    answers_of,
    changes_of,
    counts_of,
    lacking,
    ledger_of,
    place_in_line,
    places_left,
    registration_with,
    tallies_of,
)
from ..registrations.residence import residence_name, residences
from ..registrations.states import Mover, moves_of
from . import actions, choice, sizes
from .board import requests_to
from .forms import (
    TEAM_GATES,
    AddressForm,
    AllowanceForm,
    ExemptionForm,
    MoveForm,
    NewTeamByHandForm,
    QuotaForm,
    RequestAnswerForm,
)
from .models import ChallengeRequest, Team
from .queries import (
    allowances_of,
    balance_of,
    exemption_of,
    exemptions_in,
    history_of,
    last_request_of,
    members_of,
    open_requests,
    opening_for,
    people_in,
    place_of,
    shares_of,
    small_teams,
    team_answers_of,
    team_questions,
    team_tallies_of,
    teams_in,
    teams_lacking,
    teams_of,
    teams_that_chose,
    teams_with_answers,
    teams_with_room,
    undecided_teams,
    with_consents,
)

blueprint = Blueprint("teams", __name__)

# Whose answers are counted here; those of submissions stand in their own table.
COUNTED = (Questionnaire.REGISTRATION, Questionnaire.TEAM)


def to_team(team: Team) -> Any:
    return redirect(url_for(".show", competition=team.competition, team=team))


@blueprint.get("/teams")
def index(competition: Competition) -> Any:
    wanted = asked("search", "size", "challenge")
    return render_template(
        "teams/manage/index.html",
        competition=competition,
        teams=paginate(db.session, teams_in(competition, **wanted)),
        balance=balance_of(competition),
        asked=wanted,
    )


@blueprint.route("/teams/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    """Found a team for somebody who is registered."""
    form = NewTeamByHandForm()
    if form.validate_on_submit() and (captain := person_for(form, competition)):
        team = form.attempt(actions.found, competition, captain=captain, by=me(), **form.described)
        if team:
            flash(_("The team is founded, and its captain has a letter."), "success")
            return to_team(team)
    return page("teams/manage/new.html", form, competition=competition)


@blueprint.get("/teams/<key:team>")
def show(competition: Competition, team: Team) -> Any:
    return render_template(
        "teams/manage/show.html",
        competition=competition,
        team=team,
        members=members_of(team),
        requests=requests_to(team),
        openings=[opening_for(team, gate) for gate in TEAM_GATES],
        allowances=allowances_of(team),
        history=history_of(team),
        exemption=exemption_of(team) if team.exempt else None,
        request=last_request_of(team),
        answers=team_answers_of(team),
    )


@blueprint.route("/teams/<key:team>/admission", methods=["GET", "POST"])
def admission(competition: Competition, team: Team) -> Any:
    """Put a registered person in the team, out of any other."""
    form = AddressForm(address=request.args.get("address"))
    if (
        form.validate_on_submit()
        and (registration := person_for(form, competition))
        and form.attempt(actions.move, registration, team, by=me())
    ):
        flash(_("%(person)s is now in the team.", person=registration.user.name), "success")
        return to_team(team)
    return page("teams/manage/admission.html", form, competition=competition, team=team)


@blueprint.route("/teams/<key:team>/allowance", methods=["GET", "POST"])
def allowance(competition: Competition, team: Team) -> Any:
    """A later close for this team alone."""
    form = AllowanceForm(meta={"zone": competition.zone})
    if form.validate_on_submit() and form.attempt(
        actions.grant,
        team,
        Gate(form.gate.data),
        closes_at=form.closes_at.data,
        reason=form.reason.data,
        by=me(),
    ):
        flash(_("The team has more time, and its members have a letter."), "success")
        return to_team(team)
    return page(
        "teams/manage/allowance.html",
        form,
        competition=competition,
        team=team,
        openings=[opening_for(team, gate) for gate in TEAM_GATES],
    )


@blueprint.get("/answers")
def answers(competition: Competition) -> Any:
    """Everyone's answers, those of people and those of teams, counted."""
    return render_template(
        "teams/manage/answers.html",
        competition=competition,
        tallies=[(each, QUESTIONNAIRES[each], counted(competition, each)) for each in COUNTED],
        kinds=KINDS,
        few=FEW,
    )


def counted(competition: Competition, questionnaire: Questionnaire) -> list[Tally]:
    of_teams = questionnaire is Questionnaire.TEAM
    return team_tallies_of(competition) if of_teams else tallies_of(competition)


@blueprint.get("/answers-counted.csv")
def counts_file(competition: Competition) -> Any:
    """The counts as a table to take away, a row for each answer that the page tells apart."""
    head = [
        *(_("Asked of"), _("Question"), _("Kind of answer"), _("How many are asked")),
        *(_("How many answered"), _("Answer"), _("How many")),
    ]
    rows = []
    for questionnaire in COUNTED:
        for tally in counted(competition, questionnaire):
            question, label = tally.question, QUESTIONNAIRES[questionnaire]
            of_it = [label, question.label, KINDS[question.kind], tally.asked, tally.answered]
            told: list[tuple[str, Any]] = [(count.label, count.number) for count in tally.counts]
            told += tally.scale
            if tally.closed and not told:
                told = [(_("Not told apart, since that would show what few people answered."), "")]
            rows += [[*of_it, *pair] for pair in told or [("", "")]]
    return csv_file(f"{competition.slug}-counts", head, rows)


@blueprint.get("/answers/<key:question>/lacking")
def answers_lacking(competition: Competition, question: Question) -> Any:
    """Who has not answered a question that they are asked: people, or teams."""
    if question.questionnaire not in COUNTED:
        abort(404)
    of_teams = question.questionnaire is Questionnaire.TEAM
    found = teams_lacking(competition, question) if of_teams else lacking(competition, question)
    return render_template(
        "teams/manage/lacking.html",
        competition=competition,
        question=question,
        of_teams=of_teams,
        found=paginate_rows(found),
    )


@blueprint.get("/team-answers.csv")
def answers_file(competition: Competition) -> Any:
    """What the teams answered, as a table to take away, a column for each question."""
    questions = team_questions(competition)
    head = [_("Team"), _("Challenge"), *(str(question.label) for question in questions)]
    rows = []
    for team in teams_with_answers(competition):
        given = values(team.answers)
        told = [said(question, given.get(question.key)) for question in questions]
        rows.append([team.name, team.challenge.title if team.challenge else "", *told])
    return csv_file(f"{competition.slug}-team-answers", head, rows)


@blueprint.post("/teams/<key:team>/dissolution")
def dissolution(competition: Competition, team: Team) -> Any:
    actions.dissolve(team, by=me())
    flash(_("The team is dissolved, and its members have a letter."), "success")
    return redirect(url_for(".index", competition=competition))


# -- too small -------------------------------------------------------------------------------


@blueprint.get("/teams/small")
def small(competition: Competition) -> Any:
    """The teams below the minimum, with what can be done for each."""
    return render_template(
        "teams/manage/small.html",
        competition=competition,
        teams=small_teams(competition),
        exemptions=exemptions_in(competition),
        opening=opening_of(competition, Gate.TEAM_CHANGES),
    )


@blueprint.route("/teams/<key:team>/exemption", methods=["GET", "POST"])
def exemption(competition: Competition, team: Team) -> Any:
    """Let the team stay below the minimum."""
    form = ExemptionForm()
    if form.validate_on_submit() and form.attempt(
        sizes.allow, team, reason=form.reason.data, by=me()
    ):
        flash(_("The team may stay as it is, and its members have a letter."), "success")
        return redirect(url_for(".small", competition=competition))
    return page("teams/manage/exemption.html", form, competition=competition, team=team)


@blueprint.post("/teams/<key:team>/exemption/end")
def exemption_end(competition: Competition, team: Team) -> Any:
    sizes.take_back(team, by=me())
    flash(_("The minimum holds for the team again, and its members have a letter."), "success")
    return redirect(url_for(".small", competition=competition))


# -- challenges ------------------------------------------------------------------------------


@blueprint.get("/teams/challenges")
def challenges(competition: Competition) -> Any:
    """How teams and people spread over the challenges, and who asks to change."""
    return render_template(
        "teams/manage/challenges.html",
        competition=competition,
        shares=shares_of(competition),
        undecided=undecided_teams(competition),
        requests=open_requests(competition),
        opening=opening_of(competition, Gate.CHALLENGE_CHOICE),
    )


@blueprint.post("/teams/challenges/reminder")
def challenge_reminder(competition: Competition) -> Any:
    """Write to the captains of the teams that have not chosen."""
    written = choice.remind_undecided(competition, by=me())
    if written:
        flash(
            ngettext("One letter is on its way.", "%(num)s letters are on their way.", written),
            "success",
        )
    else:
        flash(_("They were all reminded within the last hour, so no letter was written."))
    return redirect(url_for(".challenges", competition=competition))


@blueprint.route("/challenges/<key:challenge>/quota", methods=["GET", "POST"])
def quota(competition: Competition, challenge: Challenge) -> Any:
    """How many teams can choose a challenge."""
    form = QuotaForm(obj=challenge)
    if form.validate_on_submit() and form.attempt(
        choice.set_quota, challenge, form.quota.data, by=me()
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".challenges", competition=competition))
    return page(
        "teams/manage/quota.html",
        form,
        competition=competition,
        challenge=challenge,
        taken=teams_that_chose(challenge),
    )


@blueprint.route("/challenge-requests/<key:challenge_request>", methods=["GET", "POST"])
def challenge_request(competition: Competition, challenge_request: ChallengeRequest) -> Any:
    """Grant or refuse what a captain asked for; the button pressed says which."""
    form = RequestAnswerForm()
    if form.validate_on_submit():
        if "grant" in request.form:
            answered = form.attempt(
                choice.grant,
                challenge_request,
                answer=form.answer.data or "",
                beyond_quota=form.beyond_quota.data,
                by=me(),
            )
        else:
            answered = form.attempt(
                choice.refuse, challenge_request, answer=form.answer.data or "", by=me()
            )
        if answered:
            flash(_("Your answer is sent to the team."), "success")
            return redirect(url_for(".challenges", competition=competition))
    shares = {share.challenge.id: share for share in shares_of(competition)}
    return page(
        "teams/manage/challenge_request.html",
        form,
        competition=competition,
        request=challenge_request,
        share=shares[challenge_request.challenge_id],
    )


# -- people ----------------------------------------------------------------------------------


PEOPLE = ("state", "search", "residence", "team")  # what the list can be asked for


@blueprint.get("/people")
def people(competition: Competition) -> Any:
    """Everyone who takes part, in a team or not; or who stands elsewhere."""
    wanted = asked(*PEOPLE)
    listed = paginate(db.session, people_in(competition, **wanted))
    return render_template(
        "teams/manage/people.html",
        competition=competition,
        people=listed,
        teams=teams_of(listed),
        balance=balance_of(competition),
        counts=counts_of(competition),
        left=places_left(competition),
        residences=residences(),
        asked=wanted,
    )


@blueprint.get("/people.csv")
def people_file(competition: Competition) -> Any:
    """The list as a table to take away, with the versions of the texts each person agreed to."""
    listed = with_consents(people_in(competition, **asked(*PEOPLE)))
    teams = teams_of(listed)
    texts = sorted({consent.text.key for row in listed for consent in row.consents})
    head = [
        *(_("Name"), _("Email"), _("Language"), _("Where they live"), _("Organization")),
        *(_("Team"), _("State"), _("Registered at (UTC)")),
        *(_("Agreed to %(text)s, version", text=text) for text in texts),
    ]
    rows = []
    for row in listed:
        agreed = {c.text.key: c.text.version for c in row.consents if c.withdrawn_at is None}
        person, team, at = row.user, teams.get(row.id), row.registered_at
        rows.append(
            [
                *(person.name, person.email, person.language, row.residence, person.organization),
                *(team.name if team else "", row.state.label),
                at.isoformat(timespec="seconds") if at else "",
                *(agreed.get(text, "") for text in texts),
            ]
        )
    return csv_file(f"{competition.slug}-people", head, rows)


@blueprint.route("/people/<key:registration>", methods=["GET", "POST"])
def person(competition: Competition, registration: Registration) -> Any:
    """One registration; its form puts the person in a team."""
    place = place_of(registration)
    free = [t for t in teams_with_room(competition) if place is None or t.id != place.team_id]
    form = MoveForm().offer(free)
    if form.validate_on_submit():
        team = next(t for t in free if str(t.id) == form.team.data)
        if form.attempt(actions.move, registration, team, by=me()):
            flash(_("%(person)s is now in the team.", person=registration.user.name), "success")
            return redirect(url_for(".person", competition=competition, registration=registration))
    return page(
        "teams/manage/person.html",
        form,
        competition=competition,
        registration=registration,
        moves=moves_of(Mover.ORGANIZER, registration.state),
        line=place_in_line(registration),
        changes=changes_of(registration),
        residence=residence_name(registration.residence),
        consents=ledger_of(registration.user, competition),
        answers=answers_of(registration),
        place=place,
        free=free,
    )


@blueprint.post("/people/<key:registration>/withdrawal")
def withdrawal(competition: Competition, registration: Registration) -> Any:
    """End a person's entry for them; where they are a captain, somebody else must be first."""
    try:
        actions.withdraw(registration, by=me())
    except actions.CaptainMustHandOver as obstacle:
        flash(str(obstacle), "warning")
        team = place_of(registration).team
        return redirect(url_for("teams.captaincy", competition=competition, team=team))
    flash(_("The registration is withdrawn, and the person has a letter."), "success")
    return redirect(url_for(".people", competition=competition))


def person_for(form: Form, competition: Competition) -> Registration | None:
    """The registration that the form's address names; otherwise the form says that none does."""
    found = registration_with(form["address"].data, competition)
    if found is None:
        form.refuse(str(actions.NotRegistered.sentence), "address")
    return found
