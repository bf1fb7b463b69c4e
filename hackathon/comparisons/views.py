"""A judge's way from table to table, on their phone."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import Form, page
from ..ground.obstacle import Obstacle
from ..judging.models import Judge
from ..judging.queries import judge_of, judging_of
from ..judging.stopping import stoppage_of
from ..submissions.telling import tellings
from . import actions
from .forms import CallForm, ConflictForm, UndoForm
from .models import ComparisonSession, Visit, Word
from .queries import barred_from, calls_by, contents_of, here, place_of_judge, session_of
from .words import SAID

blueprint = Blueprint("comparisons", __name__, url_prefix="/<key:competition>/comparisons")


def my_way(competition: Competition) -> tuple[ComparisonSession, Judge]:
    """The comparisons and who asks, as a judge. Only behind doors that want both."""
    session, judge = session_of(competition), judge_of(me(), competition)
    assert session is not None
    assert judge is not None
    return session, judge


@blueprint.get("")
def show(competition: Competition) -> Any:
    """Where to go, until when, and what to say there."""
    session, judge = my_way(competition)
    place = place_of_judge(judge, session)
    return render_template(
        "comparisons/show.html",
        competition=competition,
        place=place,
        form=CallForm(visit=place.visit.id) if place.visit else None,
        tellings=told([place.visit, place.earlier]),
        opening=judging_of(competition),
        stoppage=stoppage_of(competition),
    )


def told(visits: list[Visit | None]) -> Any:
    """What the projects of these visits say of themselves, by submission."""
    keys = [visit.stand.submission_id for visit in visits if visit is not None]
    return tellings(contents_of(keys))


@blueprint.post("/next")
def next(competition: Competition) -> Any:
    """Begin, or go on where there was nothing to go to."""
    session, judge = my_way(competition)
    return onward(competition, lambda: actions.send_on(session, judge))


@blueprint.post("/answer")
def answer(competition: Competition) -> Any:
    session, judge = my_way(competition)
    form = CallForm()
    return onward(
        competition,
        lambda: actions.say(
            session,
            judge,
            form.visit.data,
            mark=form.mark.data,
            word=Word(form.word.data),
            by=me(),
        ),
        form,
    )


@blueprint.route("/conflict", methods=["GET", "POST"])
def conflict(competition: Competition) -> Any:
    """The judge says that they cannot judge the project that they were sent to."""
    session, judge = my_way(competition)
    at = here(judge, barred_from(judge), with_teams=True)
    visit = at.visit if at else None
    form = ConflictForm(visit=visit.id if visit else None)
    if form.validate_on_submit() and form.attempt(
        actions.say,
        session,
        judge,
        form.visit.data,
        mark=form.mark.data,
        word=Word.CONFLICT,
        reason=form.reason.data,
        by=me(),
    ):
        flash(_("Thank you. You no longer judge this team; the organizers see it."), "success")
        return redirect(url_for(".show", competition=competition))
    if at is None or not at.shown:
        return redirect(url_for(".show", competition=competition))
    return page("comparisons/conflict.html", form, competition=competition, visit=visit)


@blueprint.post("/undo")
def undo(competition: Competition) -> Any:
    session, judge = my_way(competition)
    form = UndoForm()
    return onward(competition, lambda: actions.undo(session, judge, form.call.data), form)


@blueprint.get("/history")
def history(competition: Competition) -> Any:
    """Everything the judge said, undone calls too."""
    _session, judge = my_way(competition)
    return render_template(
        "comparisons/history.html",
        competition=competition,
        calls=calls_by(judge),
        said=SAID,
    )


def onward(competition: Competition, deed: Callable[[], Any], form: Form | None = None) -> Any:
    """Do it, outside of a savepoint so that nothing is locked while strengths are reckoned; and
    back to the page, which says where the judge is, whatever was in the way."""
    if form is not None and not form.validate_on_submit():
        flash(_("This was not understood. Please press the button again."), "error")
        return redirect(url_for(".show", competition=competition))
    try:
        deed()
    except Obstacle as obstacle:
        flash(str(obstacle), "error")
    return redirect(url_for(".show", competition=competition))
