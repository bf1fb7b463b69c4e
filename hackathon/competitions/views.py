"""The public pages of a competition."""

from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ..accounts.queries import caller, me
from ..extensions import limiter
from ..ground.forms import page
from ..ground.i18n import language
from ..ground.places import provinces
from ..ground.scans import download
from . import actions
from .forms import InquiryForm, NewCompetitionForm
from .models import Challenge, Competition, Document
from .queries import (
    inquiries_by,
    next_deadline,
    published_competitions,
    published_inquiries,
    timetable_of,
)

blueprint = Blueprint("competitions", __name__)


@blueprint.get("/")
def index() -> Any:
    return render_template(
        "competitions/index.html",
        competitions=[(c, next_deadline(c)) for c in published_competitions()],
    )


@blueprint.route("/new-competition", methods=["GET", "POST"])
def new() -> Any:
    form = NewCompetitionForm()
    if form.validate_on_submit() and (
        competition := form.attempt(
            actions.create_competition,
            by=me(),
            slug=form.slug.data,
            name=form.name.data,
            zone=form.zone.data,
        )
    ):
        flash(_("The competition exists. Only its organizers see it until it is published."))
        return redirect(url_for("manage.competitions.edit", competition=competition))
    return page("competitions/new.html", form, zones=sorted(available_timezones()))


@blueprint.get("/<key:competition>/dates")
def dates(competition: Competition) -> Any:
    return render_template(
        "competitions/dates.html", competition=competition, timetable=timetable_of(competition)
    )


@blueprint.get("/<key:competition>/challenges")
def challenges(competition: Competition) -> Any:
    return render_template("competitions/challenges.html", competition=competition)


@blueprint.get("/<key:competition>/challenges/<key:challenge>")
def challenge(competition: Competition, challenge: Challenge) -> Any:
    return render_template(
        "competitions/challenge.html",
        competition=competition,
        challenge=challenge,
        published=published_inquiries(challenge),
        own=inquiries_by(me(), challenge) if current_user.is_authenticated else [],
    )


@blueprint.route(
    "/<key:competition>/challenges/<key:challenge>/questions/new", methods=["GET", "POST"]
)
@limiter.limit("5 per minute; 20 per hour", key_func=caller, methods=["POST"])
def inquiry_new(competition: Competition, challenge: Challenge) -> Any:
    form = InquiryForm()
    if form.validate_on_submit() and form.attempt(
        actions.inquire, challenge, text=form.text.data, language=language(), by=me()
    ):
        flash(_("Your question is with the organizers. You get an email when they answer."))
        return redirect(url_for(".challenge", competition=competition, challenge=challenge))
    return page("competitions/inquiry.html", form, competition=competition, challenge=challenge)


@blueprint.get("/<key:competition>/rules")
def rules(competition: Competition) -> Any:
    """Who may enter, how, and by what submissions are judged."""
    places = [name for code, name in provinces() if code in competition.provinces]
    return render_template("competitions/rules.html", competition=competition, places=places)


@blueprint.get("/<key:competition>/partners")
def partners(competition: Competition) -> Any:
    return render_template("competitions/partners.html", competition=competition)


@blueprint.get("/<key:competition>/documents")
def documents(competition: Competition) -> Any:
    return render_template("competitions/documents.html", competition=competition)


@blueprint.get("/<key:competition>/documents/<key:document>")
def document(competition: Competition, document: Document) -> Any:
    return download(document.digest, document.file_name)
