"""How judges come in: the invitation, the personal link, the terms; what they say of themselves."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ..accounts import presence
from ..accounts.models import Manner
from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import limiter
from ..ground.forms import Form, page
from ..ground.i18n import language
from ..ground.way import goes_on
from . import inviting as actions
from .inviting_forms import AcceptanceForm, OwnForm, RefusalForm, SelfForm
from .jury import Secret, acceptance_of, came_by_link, sessions_of, terms_of
from .models import Way
from .queries import judging_of
from .views import blueprint, my_seat

# Secrets are too long to be guessed; whoever tries all the same is stopped soon, looking included.
few_tries = limiter.shared_limit("60 per minute; 600 per hour", scope="judge_links")


def account() -> Any:
    """Who is signed in with an account of their own, and not by a personal link."""
    known = current_user.is_authenticated and not came_by_link(current_user)
    return me() if known else None


@blueprint.get("/judging/invitations/<key:judge_link>")
@few_tries
def invitation(competition: Competition, judge_link: Secret) -> Any:
    """What is asked, and the buttons. Looking at it changes nothing, whoever or whatever looks."""
    return invitation_page(
        competition, judge_link, SelfForm(formdata=None), RefusalForm(formdata=None)
    )


def invitation_page(competition: Competition, judge_link: Secret, form: Form, refusal: Form) -> Any:
    invitation = judge_link.invitation
    return page(
        "judging/invitation.html",
        form if form.errors else refusal,
        self_form=form,
        refusal_form=refusal,
        competition=competition,
        judge_link=judge_link,
        invitation=invitation,
        by_link=invitation.way is Way.LINK,
        person=account(),
        here_by_link=came_by_link(current_user),
        in_use=sessions_of(invitation) if invitation.one_device else [],
        opening=judging_of(competition),
        terms=terms_of(competition),
        here=url_for(".invitation", competition=competition, judge_link=judge_link),
    )


@blueprint.post("/judging/invitations/<key:judge_link>/acceptance")
@few_tries
def acceptance(competition: Competition, judge_link: Secret) -> Any:
    """Yes: a judge from now on, and by a personal link signed in at once."""
    form = SelfForm()
    invitation, person = judge_link.invitation, account()
    with_account = "with_account" in request.form
    by_link = invitation.way is Way.LINK and not with_account
    if with_account and person is None:  # signed out since the page was shown: never by the link
        form.refuse(
            _(
                "You are signed out by now. Sign in with your account and open the invitation "
                "again, or say yes with the link alone."
            )
        )
    elif form.validate_on_submit() and form.attempt(
        actions.accept,
        invitation,
        by=None if by_link else person,
        language=language(),
        **form.told,
    ):
        if by_link:
            return enter(competition, judge_link)
        flash(_("Thank you. You are a judge of this competition now."), "success")
        return redirect(url_for(".index", competition=competition))
    return invitation_page(competition, judge_link, form, RefusalForm(formdata=None))


@blueprint.post("/judging/invitations/<key:judge_link>/refusal")
@few_tries
def refusal(competition: Competition, judge_link: Secret) -> Any:
    form = RefusalForm()
    if form.validate_on_submit() and form.attempt(
        actions.decline, judge_link.invitation, words=form.words.data or ""
    ):
        return redirect(url_for(".invitation", competition=competition, judge_link=judge_link))
    return invitation_page(competition, judge_link, SelfForm(formdata=None), form)


@blueprint.post("/judging/invitations/<key:judge_link>/arrival")
@few_tries
def arrival(competition: Competition, judge_link: Secret) -> Any:
    """Sign in by the personal link, on this device alone where that is wished."""
    return enter(competition, judge_link)


def enter(competition: Competition, judge_link: Secret) -> Any:
    form = RefusalForm(formdata=None)
    invitation = judge_link.invitation
    user = form.attempt(actions.ready, invitation, moving="move" in request.form)
    if user is None:
        return invitation_page(competition, judge_link, SelfForm(formdata=None), form)
    presence.enter(user, Manner.PERSONAL)
    actions.note_use(invitation, user.here)
    flash(_("Welcome. You came in by your personal link, which opens judging alone."), "success")
    return redirect(url_for(".index", competition=competition))


# -- terms -----------------------------------------------------------------------------------


@blueprint.route("/judging/terms", methods=["GET", "POST"])
def terms(competition: Competition) -> Any:
    """The code of conduct and confidentiality; accepted, the way goes on to where one wanted to."""
    judge, terms = my_seat(competition), terms_of(competition)
    if terms is None:
        return redirect(url_for(".index", competition=competition))
    form = AcceptanceForm()
    version = form.version.data if form.is_submitted() else ""
    if form.validate_on_submit() and form.attempt(
        actions.accept_terms,
        judge,
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
        language=terms.body.reads_in,
        by=me(),
    ):
        flash(_("Thank you. What you were given to judge is open to you."), "success")
        return redirect(goes_on() or url_for(".index", competition=competition))
    # What the page shows now is to be read and ticked anew.
    form.version.data, form.agreed.data = str(terms.version), False
    return page(
        "judging/terms.html",
        form,
        competition=competition,
        terms=terms,
        accepted=acceptance_of(judge, terms),
        goes_on=goes_on(),
    )


# -- what judges say of themselves -----------------------------------------------------------


@blueprint.route("/judging/me", methods=["GET", "POST"])
def own(competition: Competition) -> Any:
    """How many one can take, when one is there, and for whom one works."""
    judge = my_seat(competition)
    form = OwnForm(obj=judge, organization=judge.user.organization)
    if form.validate_on_submit() and form.attempt(
        actions.tell, judge, organization=form.organization.data or "", by=me(), **form.told
    ):
        flash(_("Saved. The organizers see it."), "success")
        return redirect(url_for(".index", competition=competition))
    return page(
        "judging/own.html",
        form,
        competition=competition,
        judge=judge,
        terms=terms_of(competition),
        opening=judging_of(competition),
    )
