"""Previewing the page of the results, and announcing."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from ..accounts.queries import me
from ..competitions.models import Competition, Gate
from ..competitions.queries import opening_of
from ..ground.forms import page
from ..ground.i18n import LOCALES
from . import actions
from .deciding import state_of
from .forms import AnnouncementForm
from .means import means_for
from .queries import announcement_of, honours_of, last_decision, uncited

blueprint = Blueprint("results", __name__)


@blueprint.route("/results/announcement", methods=["GET", "POST"])
def announcement(competition: Competition) -> Any:
    """The page as it will be, in both languages, and when it becomes public."""
    present = announcement_of(competition)
    form = AnnouncementForm(obj=present, meta={"zone": competition.zone})
    if form.validate_on_submit() and form.attempt(
        actions.release,
        competition,
        publish_at=form.publish_at.data,
        means=means_for(competition),
        by=me(),
    ):
        flash(_("The moment is set. Nothing shows before it."), "success")
        return redirect(url_for(".announcement", competition=competition))
    groups = honours_of(competition)
    return page(
        "results/manage/announcement.html",
        form,
        competition=competition,
        announcement=present,
        groups=groups,
        uncited=uncited(competition),
        unconfirmed=unconfirmed(competition),
        judging=opening_of(competition, Gate.JUDGING),
        previews={code: preview(competition, groups, code) for code in LOCALES},
    )


def unconfirmed(competition: Competition) -> bool:
    """Is a second person's confirmation needed, and not there for what is decided now?"""
    if not competition.second_person_confirms:
        return False
    last = last_decision(competition)
    return last is None or last.confirmation is None or last.state != state_of(competition)


def preview(competition: Competition, groups: Any, language: str) -> Markup:
    """The public page's own template, in a language."""
    with force_locale(LOCALES[language]):
        return Markup(
            render_template("results/listing.html", competition=competition, groups=groups)
        )


@blueprint.post("/results/publication")
def publication(competition: Competition) -> Any:
    actions.release(competition, means=means_for(competition), by=me())
    flash(_("The results are public, and the letters are on their way."), "success")
    return redirect(url_for("results.index", competition=competition))


@blueprint.post("/results/cancellation")
def cancellation(competition: Competition) -> Any:
    actions.cancel(competition, by=me())
    flash(_("The announcement is cancelled. The results stay secret."), "success")
    return redirect(url_for(".announcement", competition=competition))
