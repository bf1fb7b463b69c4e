"""Tables, opening and pausing the comparisons, and the board: for organizers."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import db
from ..ground.forms import page
from ..ground.paging import paginate
from ..judging.queries import judging_of
from . import actions
from .forms import AbsenceForm, NumberingForm, PauseForm, SettingsForm, StandForm
from .models import ComparisonSession, Stand
from .queries import absence_of, board_of, calls_in, exhibits_of, hidden_from, pause_of, session_of
from .words import SAID

blueprint = Blueprint("comparisons", __name__, url_prefix="/comparisons")

EVERY_SECONDS = 20  # the board is fetched anew while the comparisons are open


def existing(competition: Competition) -> ComparisonSession:
    session = session_of(competition)
    if session is None:
        raise actions.NoComparisons
    return session


@blueprint.get("")
def index(competition: Competition) -> Any:
    """The board: how far it is, who is where, and what it says so far."""
    session = session_of(competition)
    if session is None:
        return redirect(url_for(".edit", competition=competition))
    hidden = hidden_from(me(), competition)
    return render_template(
        "comparisons/manage/index.html",
        competition=competition,
        session=session,
        pause=pause_of(session),
        board=board_of(session, hidden=hidden),
        hidden=hidden,
        opening=judging_of(competition),
        seconds=EVERY_SECONDS if session.is_open else 0,
    )


@blueprint.route("/settings", methods=["GET", "POST"])
def edit(competition: Competition) -> Any:
    session = session_of(competition)
    form = SettingsForm(obj=session, data=None if session else {"minutes": 5})
    if form.validate_on_submit() and form.attempt(
        actions.set_up, competition, minutes=form.minutes.data, by=me()
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".index" if session else ".stands", competition=competition))
    return page("comparisons/manage/edit.html", form, competition=competition, session=session)


@blueprint.post("/opening")
def opening(competition: Competition) -> Any:
    actions.open_comparisons(existing(competition), by=me())
    flash(_("The comparisons are open."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.post("/closing")
def closing(competition: Competition) -> Any:
    actions.close_comparisons(existing(competition), by=me())
    flash(_("The comparisons are closed."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.route("/pause", methods=["GET", "POST"])
def pause(competition: Competition) -> Any:
    """Stop everybody for a while, with a message."""
    session = existing(competition)
    form = PauseForm()
    if form.validate_on_submit() and form.attempt(
        actions.pause, session, message=form.message.data, by=me()
    ):
        flash(_("The comparisons are paused. Every judge reads your message."), "success")
        return redirect(url_for(".index", competition=competition))
    return page("comparisons/manage/pause.html", form, competition=competition)


@blueprint.post("/resumption")
def resumption(competition: Competition) -> Any:
    actions.resume(existing(competition), by=me())
    flash(_("The comparisons go on."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.get("/history")
def history(competition: Competition) -> Any:
    """Everything that was said, undone calls marked."""
    hidden = hidden_from(me(), competition)
    return render_template(
        "comparisons/manage/history.html",
        competition=competition,
        calls=paginate(db.session, calls_in(competition, hidden)),
        hidden=hidden,
        said=SAID,
    )


# -- tables ----------------------------------------------------------------------------------


@blueprint.route("/tables", methods=["GET", "POST"])
def stands(competition: Competition) -> Any:
    """Every project with its table or room, and a form that numbers them."""
    session = existing(competition)
    form = NumberingForm()
    if form.validate_on_submit():
        given = form.attempt(
            actions.number_tables,
            session,
            actions.Numbering(form.manner.data),
            anew=form.anew.data,
            by=me(),
        )
        if given is not None:
            count = len(given)
            flash(
                ngettext("%(num)s table has a number.", "%(num)s tables have a number.", count)
                if count
                else _("Every project has a table already."),
                "success" if count else "info",
            )
            return redirect(url_for(".stands", competition=competition))
    return page(
        "comparisons/manage/stands.html",
        form,
        competition=competition,
        exhibits=exhibits_of(competition),
    )


@blueprint.get("/plan")
def plan(competition: Competition) -> Any:
    """The list of tables, to print and put up."""
    return render_template(
        "comparisons/manage/plan.html",
        competition=competition,
        exhibits=exhibits_of(competition),
    )


@blueprint.route("/tables/<key:stand>", methods=["GET", "POST"])
def stand(competition: Competition, stand: Stand) -> Any:
    """Where one project is shown, and whether judges are sent there."""
    form = StandForm(obj=stand)
    if form.validate_on_submit() and form.attempt(
        actions.move, stand, place=form.place.data, by=me()
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".stands", competition=competition))
    return page(
        "comparisons/manage/stand.html",
        form,
        competition=competition,
        stand=stand,
        absence=absence_of(stand),
    )


@blueprint.route("/tables/<key:stand>/absence", methods=["GET", "POST"])
def absence(competition: Competition, stand: Stand) -> Any:
    """Take a project out while judges walk."""
    form = AbsenceForm()
    if form.validate_on_submit() and form.attempt(
        actions.take_out, existing(competition), stand, reason=form.reason.data, by=me()
    ):
        flash(_("Nobody is sent to this project any more."), "success")
        return redirect(url_for(".index", competition=competition))
    return page("comparisons/manage/absence.html", form, competition=competition, stand=stand)


@blueprint.post("/tables/<key:stand>/return")
def comeback(competition: Competition, stand: Stand) -> Any:
    actions.bring_back(existing(competition), stand, by=me())
    flash(_("Judges are sent to this project again."), "success")
    return redirect(url_for(".index", competition=competition))
