"""Scheduling sessions; who speaks, where, and who signed up."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import db
from ..ground import tables
from ..ground.forms import page
from ..ground.i18n import NAMES
from ..ground.paging import paginate
from . import actions
from .agenda import days
from .forms import PlaceForm, SessionForm, SpeakerForm
from .models import Place, Session, Speaker
from .queries import (
    places_of,
    sessions_by_place,
    sessions_by_speaker,
    sessions_of,
    sign_up_counts,
    sign_ups_of,
    speakers_of,
)

blueprint = Blueprint("workshops", __name__)


# -- sessions --------------------------------------------------------------------------------


@blueprint.get("/agenda")
def index(competition: Competition) -> Any:
    return render_template(
        "workshops/manage/index.html",
        competition=competition,
        days=days(sessions_of(competition), competition.zone),
        counts=sign_up_counts(competition),
    )


@blueprint.route("/agenda/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    form = session_form(competition)
    if form.validate_on_submit() and form.attempt(
        actions.schedule, competition, by=me(), **form.written
    ):
        flash(_("The session is on the agenda."), "success")
        return redirect(url_for(".index", competition=competition))
    return page("workshops/manage/new.html", form, competition=competition)


@blueprint.route("/agenda/<key:session>/edit", methods=["GET", "POST"])
def edit(competition: Competition, session: Session) -> Any:
    form = session_form(competition, session)
    if form.validate_on_submit() and form.attempt(
        actions.edit_session, session, by=me(), **form.written
    ):
        flash(_("The session is saved."), "success")
        return redirect(url_for(".index", competition=competition))
    return page("workshops/manage/edit.html", form, competition=competition, session=session)


def session_form(competition: Competition, session: Session | None = None) -> SessionForm:
    return SessionForm.about(
        session,
        zone=competition.zone,
        places=places_of(competition),
        speakers=speakers_of(competition),
    )


@blueprint.post("/agenda/<key:session>/cancellation")
def cancellation(competition: Competition, session: Session) -> Any:
    actions.cancel_session(session, by=me())
    flash(_("The session is cancelled, and everyone who signed up gets a letter."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.post("/agenda/<key:session>/deletion")
def deletion(competition: Competition, session: Session) -> Any:
    actions.delete_session(session, by=me())
    flash(_("The session is deleted."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.get("/agenda/<key:session>/sign-ups")
def sign_ups(competition: Competition, session: Session) -> Any:
    return render_template(
        "workshops/manage/sign_ups.html",
        competition=competition,
        session=session,
        sign_ups=paginate(db.session, sign_ups_of(session)),
    )


@blueprint.get("/agenda/<key:session>/sign-ups.csv")
def sign_up_table(competition: Competition, session: Session) -> Any:
    head = [_("Name"), _("Email"), _("Language"), _("Has an account"), _("Confirmed (UTC)")]
    rows = (
        [
            row.name,
            row.address,
            NAMES[row.language],
            _("Yes") if row.user else _("No"),
            f"{row.confirmed_at:%Y-%m-%d %H:%M}" if row.confirmed_at else "",
        ]
        for row in db.session.scalars(sign_ups_of(session))
    )
    return tables.csv_file("sign-ups", head, rows)


# -- speakers --------------------------------------------------------------------------------


@blueprint.get("/speakers")
def speakers(competition: Competition) -> Any:
    return render_template(
        "workshops/manage/speakers.html",
        competition=competition,
        speakers=speakers_of(competition),
        counts=sessions_by_speaker(competition),
    )


@blueprint.route("/speakers/new", methods=["GET", "POST"])
def new_speaker(competition: Competition) -> Any:
    return speaker_page(competition, Speaker(competition=competition))


@blueprint.route("/speakers/<key:speaker>/edit", methods=["GET", "POST"])
def edit_speaker(competition: Competition, speaker: Speaker) -> Any:
    return speaker_page(competition, speaker)


def speaker_page(competition: Competition, speaker: Speaker) -> Any:
    form = SpeakerForm(obj=speaker)
    if form.validate_on_submit():
        actions.save_speaker(speaker, name=form.name.data, organization=form.organization.data)
        flash(_("The speaker is saved."), "success")
        return redirect(url_for(".speakers", competition=competition))
    return page("workshops/manage/speaker.html", form, competition=competition, speaker=speaker)


@blueprint.post("/speakers/<key:speaker>/deletion")
def delete_speaker(competition: Competition, speaker: Speaker) -> Any:
    actions.remove_speaker(speaker)
    flash(_("The speaker is removed."), "success")
    return redirect(url_for(".speakers", competition=competition))


# -- places ----------------------------------------------------------------------------------


@blueprint.get("/places")
def places(competition: Competition) -> Any:
    return render_template(
        "workshops/manage/places.html",
        competition=competition,
        places=places_of(competition),
        counts=sessions_by_place(competition),
    )


@blueprint.route("/places/new", methods=["GET", "POST"])
def new_place(competition: Competition) -> Any:
    return place_page(competition, Place(competition=competition))


@blueprint.route("/places/<key:place>/edit", methods=["GET", "POST"])
def edit_place(competition: Competition, place: Place) -> Any:
    return place_page(competition, place)


def place_page(competition: Competition, place: Place) -> Any:
    form = PlaceForm(obj=place)
    if form.validate_on_submit():
        actions.save_place(place, name=form.name.data, link=form.link.data or "")
        flash(_("The place is saved."), "success")
        return redirect(url_for(".places", competition=competition))
    return page("workshops/manage/place.html", form, competition=competition, place=place)


@blueprint.post("/places/<key:place>/deletion")
def delete_place(competition: Competition, place: Place) -> Any:
    actions.remove_place(place)
    flash(_("The place is removed."), "success")
    return redirect(url_for(".places", competition=competition))
