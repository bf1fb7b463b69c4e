"""Entering a competition, and where one stands in it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import page
from ..ground.way import goes_on
from . import actions
from .forms import registration_form
from .models import ConsentText
from .queries import (
    consent_texts_in_force,
    consents_of,
    places_left,
    registration_of,
    texts_to_agree,
)
from .residence import residence_name

blueprint = Blueprint("registrations", __name__, url_prefix="/<key:competition>")


@blueprint.route("/registration/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    onward = goes_on() or url_for(".show", competition=competition)
    if registration_of(me(), competition):
        return redirect(onward)
    form = registration_form(competition, consent_texts_in_force(competition))
    if form.validate_on_submit() and form.attempt(
        actions.register,
        competition,
        by=me(),
        residence=form.residence.data,
        agreed=form.agreed,
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
        residence=residence_name(registration.residence),
        consents=consents,
        to_agree=texts_to_agree(me(), competition),
        others=[text for text in consent_texts_in_force(competition) if text.id not in agreed],
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
