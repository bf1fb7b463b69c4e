"""Stopping judging for a while, and letting it go on: for organizers."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..competitions.queries import opening_of
from ..ground.forms import Form, page
from . import stopping as actions
from .forms import GoingOnForm, StoppageForm
from .manage import blueprint
from .queries import judges_of, round_of


@blueprint.route("/judges/stop", methods=["GET", "POST"])
def stoppage(competition: Competition) -> Any:
    """The button that stops judging; while it is stopped, the one that lets it go on."""
    form = StoppageForm()
    if form.validate_on_submit() and form.attempt(
        actions.stop, competition, reason=form.reason.data, by=me()
    ):
        flash(_("Judging is stopped. The judges are told by letter."), "success")
        return redirect(url_for(".stoppage", competition=competition))
    return stoppage_page(competition, form)


@blueprint.post("/judges/stop/end")
def going_on(competition: Competition) -> Any:
    form = GoingOnForm()
    if form.validate_on_submit() and form.attempt(
        actions.go_on,
        competition,
        extended=form.extended.data == "yes",
        seen=form.seen.data or "",
        by=me(),
    ):
        flash(_("Judging goes on. The judges are told by letter."), "success")
        return redirect(url_for(".stoppage", competition=competition))
    return stoppage_page(competition, form)


def stoppage_page(competition: Competition, form: Form) -> Any:
    current = actions.stoppage_of(competition)
    ending = form if isinstance(form, GoingOnForm) else GoingOnForm(formdata=None)
    if current:
        ending.seen.data = str(current.id)
    return page(
        "judging/manage/stoppage.html",
        form,
        competition=competition,
        ending=ending,
        stopping=form if isinstance(form, StoppageForm) else StoppageForm(formdata=None),
        current=current,
        later=actions.close_with_lost_time(current) if current else None,
        opening=opening_of(competition, round_of(competition).gate),
        stoppages=actions.stoppages_of(competition),
        jury=len(judges_of(competition)),
    )
