"""Composing the press pack, seeing it beforehand, publishing it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..certificates.queries import logos_of
from ..competitions.models import Competition
from ..ground.forms import page
from . import actions
from .forms import PressForm, told
from .queries import honoured, in_public, pack_of, release_of
from .views import pack_in, zipped

blueprint = Blueprint("press", __name__)


@blueprint.route("/press", methods=["GET", "POST"])
def index(competition: Competition) -> Any:
    pack, projects = pack_of(competition), honoured(competition)
    form = PressForm(data=told(pack, projects, actions.mark_of(pack))).offer(projects)
    if form.validate_on_submit() and form.attempt(
        actions.compose,
        competition,
        introduction=form.introduction.data,
        quote=form.quote.data,
        quoted=form.quoted.data,
        contact=form.contact.data,
        terms=form.terms.data,
        logos=form.logos.data,
        chosen=form.chosen,
        seen=form.seen.data or "",
        by=me(),
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".preview", competition=competition))
    return page(
        "press/manage/index.html",
        form,
        competition=competition,
        pack=pack,
        projects=projects,
        pictures_shown=in_public(competition, beforehand=True),
        logos=logos_of(competition),
    )


@blueprint.get("/press/preview")
def preview(competition: Competition) -> Any:
    """As everyone will read it once the results are public."""
    return render_template(
        "press/manage/preview.html",
        competition=competition,
        release=release_of(competition, pack_in(competition), beforehand=True),
    )


@blueprint.get("/press/preview.zip")
def archive(competition: Competition) -> Any:
    return zipped(release_of(competition, pack_in(competition), beforehand=True))


@blueprint.post("/press/publication")
def publication(competition: Competition) -> Any:
    actions.publish(competition, by=me())
    flash(_("The press pack is there as soon as the results are public."), "success")
    return redirect(url_for(".preview", competition=competition))


@blueprint.post("/press/withdrawal")
def withdrawal(competition: Competition) -> Any:
    actions.withdraw(competition, by=me())
    flash(_("Only organizers see the press pack now."), "success")
    return redirect(url_for(".preview", competition=competition))
