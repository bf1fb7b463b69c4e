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
)
from .residence import RESIDENCES

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
    return render_template(
        "registrations/show.html",
        competition=competition,
        registration=registration,
        residence=RESIDENCES[registration.residence],
        consents=consents_of(registration),
    )


@blueprint.get("/consents/<key:consent_text>")
def consent_text(competition: Competition, consent_text: ConsentText) -> Any:
    return render_template(
        "registrations/consent_text.html", competition=competition, text=consent_text
    )
