"""Entering a competition, and where one stands in it."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import page
from ..ground.places import provinces
from ..ground.way import goes_on
from ..questions.fields import answers_form
from ..questions.models import Kind, Question
from ..questions.words import choices_of
from . import actions
from .forms import registration_form
from .models import ConsentText, Registration
from .queries import (
    answer_to,
    answers_of,
    conditions_of,
    consent_texts_in_force,
    consents_of,
    places_left,
    registration_of,
    sheet_for,
)
from .residence import RESIDENCES

blueprint = Blueprint("registrations", __name__, url_prefix="/<key:competition>")


@blueprint.route("/registration/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    onward = goes_on() or url_for(".show", competition=competition)
    if registration_of(me(), competition):
        return redirect(onward)
    form = registration_form(
        competition,
        conditions_of(competition),
        consent_texts_in_force(competition),
        sheet_for(competition),
    )
    if form.validate_on_submit() and form.attempt(
        actions.register,
        competition,
        by=me(),
        residence=form.residence.data,
        agreed=form.agreed,
        birth_date=form.born,
        answers=form.filled,
    ):
        flash(_("You are registered. A letter with the next steps is on its way."), "success")
        return redirect(onward)
    return page(
        "registrations/new.html",
        form,
        competition=competition,
        left=places_left(competition),
        goes_on=goes_on(),
    )


@blueprint.get("/registration")
def show(competition: Competition) -> Any:
    registration = registration_of(me(), competition)
    consents = consents_of(registration)
    agreed = {consent.consent_text_id for consent in consents}
    return render_template(
        "registrations/show.html",
        competition=competition,
        registration=registration,
        residence=RESIDENCES[registration.residence],
        answers=answers_of(registration),
        consents=consents,
        others=[text for text in consent_texts_in_force(competition) if text.id not in agreed],
    )


@blueprint.route("/registration/answers", methods=["GET", "POST"])
def answers(competition: Competition) -> Any:
    """What the person answered, to change what can still be changed."""
    registration = registration_of(me(), competition)
    form = answers_form(sheet_for(competition, registration))
    if form.validate_on_submit() and form.attempt(
        actions.answer, registration, form.filled, by=me()
    ):
        flash(_("Your answers are saved."), "success")
        return redirect(url_for(".show", competition=competition))
    return page("registrations/answers.html", form, competition=competition)


@blueprint.get("/registrations/<key:registration>/answers/<key:question>")
def answer_file(competition: Competition, registration: Registration, question: Question) -> Any:
    """The file that a person sent as their answer."""
    found = answer_to(registration, question)
    if found is None or found.kind is not Kind.FILE:
        abort(404)
    return current_app.extensions["storage"].download(found.value["digest"], found.value["name"])


@blueprint.get("/who-can-enter")
def conditions(competition: Competition) -> Any:
    """Everything that decides whether a person may enter, before they begin."""
    return render_template(
        "registrations/conditions.html",
        competition=competition,
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
    actions.agree(registration_of(me(), competition), consent_text, by=me())
    flash(_("Your agreement is noted."), "success")
    return redirect(url_for(".show", competition=competition))


@blueprint.post("/consents/<key:consent_text>/revocation")
def revocation(competition: Competition, consent_text: ConsentText) -> Any:
    actions.take_back(registration_of(me(), competition), consent_text, by=me())
    flash(_("Your agreement is taken back."), "success")
    return redirect(url_for(".show", competition=competition))


@blueprint.get("/consents/<key:consent_text>")
def consent_text(competition: Competition, consent_text: ConsentText) -> Any:
    return render_template(
        "registrations/consent_text.html", competition=competition, text=consent_text
    )
