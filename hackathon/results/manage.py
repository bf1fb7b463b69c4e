"""Deciding on the honours, previewing the page, and announcing."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup

from ..accounts.queries import me
from ..competitions.models import Competition, Gate
from ..competitions.queries import opening_of
from ..ground.forms import page
from ..ground.i18n import LOCALES
from ..judging.queries import ranking_of
from . import actions
from .forms import AnnouncementForm, decisions_form
from .queries import (
    announcement_of,
    digest_of,
    honours_by_submission,
    honours_of,
    proposal_from,
    uncited,
)

blueprint = Blueprint("results", __name__)


@blueprint.route("/results", methods=["GET", "POST"])
def index(competition: Competition) -> Any:
    """The ranking with an honour beside each submission; `?proposed` selects what it proposes."""
    outcome = ranking_of(competition)
    proposal = proposal_from(outcome)
    honours = honours_by_submission(competition)
    proposed = "proposed" in request.args
    decided = {key: honour.grade for key, honour in honours.items()}
    form = decisions_form(outcome.rows, honours, proposal.grades if proposed else decided)
    if form.validate_on_submit():
        seen = form.seen.data
        if (
            form.attempt(actions.decide, competition, form.decisions, seen=seen, by=me())
            is not None
        ):
            flash(_("The decisions are saved. Only organizers see them."), "success")
            return redirect(url_for(".index", competition=competition))
        form.seen.data = digest_of(honours)  # who saves again knows what they replace
    return page(
        "results/manage/index.html",
        form,
        competition=competition,
        outcome=outcome,
        proposal=proposal,
        proposed=proposed,
        honours=honours,
        announcement=announcement_of(competition),
    )


@blueprint.route("/results/announcement", methods=["GET", "POST"])
def announcement(competition: Competition) -> Any:
    """The page as it will be, in both languages, and when it becomes public."""
    present = announcement_of(competition)
    form = AnnouncementForm(obj=present, meta={"zone": competition.zone})
    if form.validate_on_submit() and form.attempt(
        actions.release, competition, publish_at=form.publish_at.data, by=me()
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
        judging=opening_of(competition, Gate.JUDGING),
        previews={code: preview(competition, groups, code) for code in LOCALES},
    )


def preview(competition: Competition, groups: Any, language: str) -> Markup:
    """The public page's own template, in a language."""
    with force_locale(LOCALES[language]):
        return Markup(
            render_template("results/listing.html", competition=competition, groups=groups)
        )


@blueprint.post("/results/publication")
def publication(competition: Competition) -> Any:
    actions.release(competition, by=me())
    flash(_("The results are public, and the letters are on their way."), "success")
    return redirect(url_for("results.index", competition=competition))


@blueprint.post("/results/cancellation")
def cancellation(competition: Competition) -> Any:
    actions.cancel(competition, by=me())
    flash(_("The announcement is cancelled. The results stay secret."), "success")
    return redirect(url_for(".announcement", competition=competition))
