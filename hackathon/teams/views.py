"""Teams, as their members and captains use them."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.queries import me
from ..competitions.models import Competition, Gate
from ..competitions.queries import organizes
from ..extensions import db, limiter
from ..ground.forms import page
from ..ground.i18n import language
from ..ground.paging import asked, paginate
from ..ground.scans import download
from ..ground.transaction import stands
from ..ground.way import here
from ..journal.actions import note_viruses
from ..post.actions import address
from ..questions.fields import answers_form
from ..questions.models import Kind, Question
from ..registrations.queries import entry_of, registration_of
from . import actions, choice
from .board import requests_to, vacancy_of
from .forms import (
    AddressForm,
    CaptaincyForm,
    ChallengeForm,
    ChallengeRequestForm,
    LinkForm,
    ReasonForm,
    TeamForm,
)
from .models import Invitation, Membership, Team
from .queries import (
    Share,
    exemption_of,
    invitations_of,
    invitations_shown,
    last_request_of,
    members_of,
    membership_of,
    open_links_of,
    opening_for,
    place_of,
    places_to_invite,
    shares_of,
    team_answer_to,
    team_answers_of,
    team_of,
    team_sheet,
    teams_in,
)

blueprint = Blueprint("teams", __name__, url_prefix="/<key:competition>")

# Letters to any address could be used to pester people.
some = limiter.shared_limit("10 per minute; 40 per hour", scope="invitations", methods=["POST"])


def to_team(team: Team) -> Any:
    return redirect(url_for(".show", competition=team.competition, team=team))


@blueprint.get("/teams")
def index(competition: Competition) -> Any:
    wanted = asked("search")
    return render_template(
        "teams/index.html",
        competition=competition,
        teams=paginate(db.session, teams_in(competition, **wanted)),
        own=team_of(me(), competition),
        asked=wanted,
    )


@blueprint.route("/teams/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    form = TeamForm(data={"languages": [language()]})
    if form.validate_on_submit() and (
        team := form.attempt(
            actions.found,
            competition,
            captain=registration_of(me(), competition),
            by=me(),
            **form.described,
        )
    ):
        flash(_("Your team is founded, and you are its captain. Now invite others."), "success")
        return to_team(team)
    return page("teams/edit.html", form, competition=competition, team=None)


@blueprint.get("/team")
def own(competition: Competition) -> Any:
    """One's own team, for links that do not know which it is."""
    return redirect(url_for(".show", competition=competition, team=team_of(me(), competition)))


@blueprint.get("/teams/<key:team>")
def show(competition: Competition, team: Team) -> Any:
    return render_template(
        "teams/show.html",
        competition=competition,
        team=team,
        members=members_of(team),
        invitations=invitations_of(team),
        requests=requests_to(team),
        vacancy=vacancy_of(team),
        membership=membership_of(me(), competition),
        exemption=exemption_of(team) if team.exempt else None,
        request=last_request_of(team),
        answers=team_answers_of(team),
        openings=[opening_for(team, g) for g in (Gate.TEAM_CHANGES, Gate.CHALLENGE_CHOICE)],
    )


@blueprint.route("/teams/<key:team>/edit", methods=["GET", "POST"])
def edit(competition: Competition, team: Team) -> Any:
    form = TeamForm(obj=team)
    if form.validate_on_submit() and form.attempt(actions.edit, team, by=me(), **form.described):
        flash(_("Your changes are saved."), "success")
        return to_team(team)
    return page("teams/edit.html", form, competition=competition, team=team)


@blueprint.route("/teams/<key:team>/challenge", methods=["GET", "POST"])
def challenge(competition: Competition, team: Team) -> Any:
    """Choose exactly one; it can be changed while the gate is open."""
    form = ChallengeForm(challenge=team.challenge_id and str(team.challenge_id))
    shares = shares_of(competition)
    form.offer(shares, but=team.challenge)
    if form.validate_on_submit():
        chosen = chosen_in(form, competition)
        if form.attempt(actions.choose_challenge, team, chosen, by=me()):
            flash(_("The challenge of your team is chosen."), "success")
            return to_team(team)
    return page(
        "teams/challenge.html",
        form,
        competition=competition,
        team=team,
        hints=hints_of(shares),
        opening=opening_for(team, Gate.CHALLENGE_CHOICE),
    )


@blueprint.route("/teams/<key:team>/challenge/request", methods=["GET", "POST"])
def challenge_request(competition: Competition, team: Team) -> Any:
    """After the lock: ask the organizers for another challenge."""
    shares = [share for share in shares_of(competition) if share.challenge != team.challenge]
    form = ChallengeRequestForm().offer(shares)
    if form.validate_on_submit():
        wanted = chosen_in(form, competition)
        if form.attempt(choice.ask, team, wanted, reason=form.reason.data, by=me()):
            flash(_("The organizers have your request. You get an email with their answer."))
            return to_team(team)
    return page(
        "teams/challenge_request.html",
        form,
        competition=competition,
        team=team,
        hints=hints_of(shares),
        request=last_request_of(team),
    )


@blueprint.post("/teams/<key:team>/challenge/request/withdrawal")
def challenge_request_withdrawal(competition: Competition, team: Team) -> Any:
    request = last_request_of(team)
    if request is None:
        raise choice.RequestOver
    choice.take_back(request, by=me())
    flash(_("Your request is taken back."), "success")
    return to_team(team)


def chosen_in(form: Any, competition: Competition) -> Any:
    return next(c for c in competition.challenges if str(c.id) == form.challenge.data)


def hints_of(shares: list[Share]) -> dict[str, str]:
    """What is said under each challenge: its summary, and how many places are left."""
    return {
        str(share.challenge.id): " ".join(filter(None, [str(share.challenge.summary), room(share)]))
        for share in shares
    }


def room(share: Share) -> str:
    if share.places_left is None:
        return ""
    if share.places_left == 0:
        return _("Full: as many teams as it has places for have chosen it.")
    return ngettext("One place left.", "%(num)s places left.", share.places_left)


@blueprint.route("/teams/<key:team>/answers", methods=["GET", "POST"])
def answers(competition: Competition, team: Team) -> Any:
    """What the team is asked; any member answers. Organizers change what is frozen, too."""
    form = answers_form(team_sheet(team, bound=not organizes(me(), competition)))
    if form.validate_on_submit() and form.attempt(actions.answer, team, form.filled, by=me()):
        flash(_("Your team’s answers are saved."), "success")
        return to_team(team)
    if note_viruses(form.refusals, competition=competition, subject=team.name, by=me()):
        stands()
    return page("teams/answers.html", form, competition=competition, team=team)


@blueprint.get("/teams/<key:team>/answers/<key:question>")
def answer_file(competition: Competition, team: Team, question: Question) -> Any:
    """The file that the team sent as its answer."""
    found = team_answer_to(team, question)
    if found is None or found.kind is not Kind.FILE:
        abort(404)
    return download(found.value["digest"], found.value["name"])


# -- invitations -----------------------------------------------------------------------------


@blueprint.route("/teams/<key:team>/invitations", methods=["GET", "POST"])
@some
def invitations(competition: Competition, team: Team) -> Any:
    form = AddressForm()
    if form.validate_on_submit() and form.attempt(
        actions.invite, team, form.address.data, by=me(), language=language()
    ):
        flash(
            _("The invitation is on its way to %(address)s.", address=form.address.data), "success"
        )
        return redirect(url_for(".invitations", competition=competition, team=team))
    return invitations_page(team, form, LinkForm(formdata=None))


@blueprint.post("/teams/<key:team>/invitations/link")
def invitation_link(competition: Competition, team: Team) -> Any:
    form = LinkForm().offer(team.places_left)
    if form.validate_on_submit() and form.attempt(
        actions.make_link,
        team,
        by=me(),
        days=form.days.data,
        most_uses=form.most_uses.data or None,
    ):
        flash(_("Here is the link. Give it to the people you want in your team."), "success")
        return redirect(url_for(".invitations", competition=competition, team=team))
    return invitations_page(team, AddressForm(formdata=None), form)


def invitations_page(team: Team, form: AddressForm, link_form: LinkForm) -> Any:
    competition = team.competition
    answer, status = page(
        "teams/invitations.html",
        form,
        competition=competition,
        team=team,
        link_form=link_form.offer(team.places_left),
        invitations=[
            (i, address("teams.invitation", language(), competition=competition, invitation=i))
            for i in invitations_shown(team)
        ],
        left=places_to_invite(team),
        links_left=actions.MOST_LINKS - len(open_links_of(team)),
        most_links=actions.MOST_LINKS,
        opening=opening_for(team, Gate.TEAM_CHANGES),
    )
    return answer, 422 if link_form.errors else status


@blueprint.post("/teams/<key:team>/invitations/<key:invitation>/letter")
@some
def invitation_letter(competition: Competition, team: Team, invitation: Invitation) -> Any:
    """Write an invitation once more, expired or not."""
    actions.send_again(invitation, by=me(), language=language())
    flash(_("The invitation is on its way once more."), "success")
    return redirect(url_for(".invitations", competition=competition, team=team))


@blueprint.post("/teams/<key:team>/invitations/<key:invitation>/revocation")
def revocation(competition: Competition, team: Team, invitation: Invitation) -> Any:
    actions.revoke(invitation, by=me())
    flash(_("The invitation is revoked: it cannot be used any more."), "success")
    return redirect(url_for(".invitations", competition=competition, team=team))


@blueprint.get("/invitations/<key:invitation>")
def invitation(competition: Competition, invitation: Invitation) -> Any:
    return render_template(
        "teams/invitation.html",
        competition=competition,
        invitation=invitation,
        team=invitation.team,
        opening=opening_for(invitation.team, Gate.TEAM_CHANGES),
        here=here(),
    )


@blueprint.post("/invitations/<key:invitation>/acceptance")
def acceptance(competition: Competition, invitation: Invitation) -> Any:
    actions.accept(invitation, registration_of(me(), competition))
    flash(_("Welcome to the team!"), "success")
    return to_team(invitation.team)


@blueprint.post("/invitations/<key:invitation>/refusal")
def refusal(competition: Competition, invitation: Invitation) -> Any:
    actions.decline(invitation, by=me())
    flash(_("You declined the invitation."), "success")
    return redirect(url_for("desk.front", competition=competition))


# -- leaving ---------------------------------------------------------------------------------


@blueprint.post("/teams/<key:team>/departure")
def departure(competition: Competition, team: Team) -> Any:
    try:
        actions.leave(membership_of(me(), competition), by=me())
    except actions.CaptainMustHandOver as obstacle:
        return to_captaincy(team, obstacle)
    flash(_("You have left the team."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.route("/teams/<key:team>/members/<key:membership>/removal", methods=["GET", "POST"])
def removal(competition: Competition, team: Team, membership: Membership) -> Any:
    form = ReasonForm()
    person = membership.registration.user
    if form.validate_on_submit() and form.attempt(
        actions.remove, membership, reason=form.reason.data, by=me()
    ):
        flash(_("%(person)s is no longer in the team.", person=person.name), "success")
        return to_team(team)
    return page("teams/removal.html", form, competition=competition, team=team, person=person)


@blueprint.route("/teams/<key:team>/captaincy", methods=["GET", "POST"])
def captaincy(competition: Competition, team: Team) -> Any:
    others = [m for m in members_of(team) if not m.captain]
    form = CaptaincyForm().offer(others)
    if form.validate_on_submit():
        heir = next(m for m in others if str(m.id) == form.membership.data)
        if form.attempt(actions.hand_over, heir, by=me()):
            flash(
                _("%(person)s is now the captain.", person=heir.registration.user.name), "success"
            )
            return to_team(team)
    return page("teams/captaincy.html", form, competition=competition, team=team, others=others)


@blueprint.post("/registration/withdrawal")
def withdrawal(competition: Competition) -> Any:
    """Leave the competition, the waitlist or an offer; and the team, if there is one."""
    registration = entry_of(me(), competition)
    try:
        actions.withdraw(registration, by=me())
    except actions.CaptainMustHandOver as obstacle:
        return to_captaincy(place_of(registration).team, obstacle)
    flash(_("You have withdrawn from the competition."), "success")
    return redirect(url_for("desk.front", competition=competition))


def to_captaincy(team: Team, obstacle: actions.CaptainMustHandOver) -> Any:
    """Where a captain who wants to go hands over first; nothing was changed."""
    flash(str(obstacle), "warning")
    return redirect(url_for(".captaincy", competition=team.competition, team=team))
