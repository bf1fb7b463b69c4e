"""Entering a competition, and where one stands in it."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..accounts.queries import me
from ..competitions.models import Approval, Competition, Gate
from ..competitions.queries import opening_of, over
from ..ground.forms import page
from ..ground.places import provinces
from ..ground.scans import download
from ..ground.transaction import stands
from ..ground.way import goes_on
from ..journal.actions import note_viruses
from ..questions.fields import answers_form
from ..questions.models import Kind, Question
from ..questions.words import choices_of
from . import actions
from .forms import ConfirmationForm, confirmation_form, registration_form
from .models import ConsentText, Registration
from .queries import (
    answer_to,
    answers_of,
    changes_of,
    conditions_of,
    consent_texts_in_force,
    consents_missing,
    consents_of,
    count_of,
    entry_of,
    place_in_line,
    places_left,
    sheet_for,
    texts_to_agree,
)
from .residence import residence_name
from .states import State

blueprint = Blueprint("registrations", __name__, url_prefix="/<key:competition>")


SAID = {
    State.REGISTERED: _l("You are registered. An email with the next steps is on its way."),
    State.APPLIED: _l("Your application is with the organizers. An email is on its way."),
    State.WAITLISTED: _l("You are on the waitlist. An email with your place is on its way."),
}


@blueprint.route("/registration/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    here = url_for(".show", competition=competition)
    entry = entry_of(me(), competition)
    if entry and (entry.state.live or entry.state is State.DECLINED):
        return redirect((goes_on() or here) if entry.takes_part else here)
    form = registration_form(
        competition,
        conditions_of(competition),
        consent_texts_in_force(competition),
        sheet_for(competition, entry),  # who comes back finds what they had answered
    )
    if form.validate_on_submit() and (
        entry := form.attempt(
            actions.register,
            competition,
            by=me(),
            residence=form.residence.data,
            agreed=form.agreed,
            birth_date=form.born,
            answers=form.filled,
        )
    ):
        if entry.state in SAID:
            flash(SAID[entry.state], "success")
        return redirect((goes_on() or here) if entry.takes_part else here)
    if note_viruses(form.refusals, competition=competition, subject=me().name, by=me()):
        stands()
    return page(
        "registrations/new.html",
        form,
        competition=competition,
        left=places_left(competition),
        waiting=count_of(competition, State.WAITLISTED),
        by_hand=competition.approval is Approval.BY_HAND,
        goes_on=goes_on(),
    )


@blueprint.get("/registration")
def show(competition: Competition) -> Any:
    return status(competition, entry_of(me(), competition))


def status(
    competition: Competition, registration: Registration, form: ConfirmationForm | None = None
) -> Any:
    """Where the person stands; with a form that has errors, what they must still agree to."""
    offered = registration.state is State.OFFERED
    if offered and form is None:
        form = confirmation_form(consents_missing(registration))
    told = answers_of(registration)
    asks = registration.state.live and not over(competition)  # later on, answers are forgotten
    consents = consents_of(registration)
    agreed = {consent.consent_text_id for consent in consents}
    return page(
        "registrations/show.html",
        form,
        competition=competition,
        registration=registration,
        place=place_in_line(registration),
        opening=opening_of(competition, Gate.REGISTRATION),
        changes=changes_of(registration),
        residence=residence_name(registration.residence),
        answers=told,
        missing=[str(each.question.label) for each in told if asks and each.lacking],
        consents=consents,
        to_agree=texts_to_agree(me(), competition),
        others=[text for text in consent_texts_in_force(competition) if text.id not in agreed],
    )


@blueprint.post("/registration/confirmation")
def confirmation(competition: Competition) -> Any:
    """Take the place that is offered."""
    registration = entry_of(me(), competition)
    form = confirmation_form(consents_missing(registration))
    if not form.validate_on_submit():
        return status(competition, registration, form)
    actions.confirm(registration, agreed=form.agreed, by=me())
    flash(SAID[State.REGISTERED], "success")
    return redirect(url_for(".show", competition=competition))


@blueprint.route("/registration/answers", methods=["GET", "POST"])
def answers(competition: Competition) -> Any:
    """What the person answered, to change what can still be changed."""
    registration = entry_of(me(), competition)
    form = answers_form(sheet_for(competition, registration))
    if form.validate_on_submit() and form.attempt(
        actions.answer, registration, form.filled, by=me()
    ):
        flash(_("Your answers are saved."), "success")
        return redirect(url_for(".show", competition=competition))
    if note_viruses(form.refusals, competition=competition, subject=me().name, by=me()):
        stands()
    return page("registrations/answers.html", form, competition=competition)


@blueprint.get("/registrations/<key:registration>/answers/<key:question>")
def answer_file(competition: Competition, registration: Registration, question: Question) -> Any:
    """The file that a person sent as their answer."""
    found = answer_to(registration, question)
    if found is None or found.kind is not Kind.FILE:
        abort(404)
    return download(found.value["digest"], found.value["name"])


@blueprint.get("/who-can-enter")
def conditions(competition: Competition) -> Any:
    """Everything that decides whether a person may enter, before they begin."""
    return render_template(
        "registrations/conditions.html",
        competition=competition,
        opening=opening_of(competition, Gate.REGISTRATION),
        conditions=conditions_of(competition),
        places=[name for code, name in provinces() if code in competition.provinces],
        texts=[text for text in consent_texts_in_force(competition) if text.required],
        questions=[
            (question, [label for key, label in choices_of(question) if key in question.lets_in])
            for question in sheet_for(competition).drawn
            if question.lets_in
        ],
    )


@blueprint.post("/consents/<key:consent_text>/agreement")
def agreement(competition: Competition, consent_text: ConsentText) -> Any:
    actions.agree(entry_of(me(), competition), consent_text, by=me())
    flash(_("Your agreement is noted."), "success")
    return redirect(url_for(".show", competition=competition))


@blueprint.post("/consents/<key:consent_text>/revocation")
def revocation(competition: Competition, consent_text: ConsentText) -> Any:
    actions.take_back(entry_of(me(), competition), consent_text, by=me())
    flash(_("Your agreement is taken back."), "success")
    return redirect(url_for(".show", competition=competition))


@blueprint.get("/consents/<key:consent_text>/document")
def consent_document(competition: Competition, consent_text: ConsentText) -> Any:
    """The document that a question asked to agree to, as it was in this version."""
    if consent_text.digest is None:
        abort(404)
    return download(consent_text.digest, consent_text.file_name or "")


@blueprint.get("/consents/<key:consent_text>")
def consent_text(competition: Competition, consent_text: ConsentText) -> Any:
    return render_template(
        "registrations/consent_text.html", competition=competition, text=consent_text
    )
