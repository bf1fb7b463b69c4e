"""The organizers' desk: everything at a glance, the journal and the letters."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.actions import check_later, extend_deadline
from ..competitions.models import Competition, Gate, Reminder
from ..competitions.queries import gates_of, opening_of, timetable_of
from ..ground.forms import page
from ..journal.deeds import Deed
from ..judging.stopping import stoppage_of
from ..post.models import Letter
from ..results.rules import impartial
from . import actions
from .extensions import preview_of
from .forms import ExtensionForm, ReminderForm, audience_names
from .queries import concerned_by, figures_of, journal_of, letters_of, reported_in
from .reminders import plans_of

blueprint = Blueprint("desk", __name__)


@blueprint.get("/")
def overview(competition: Competition) -> Any:
    return render_template(
        "desk/manage/overview.html",
        competition=competition,
        stoppage=stoppage_of(competition),
        timetable=timetable_of(competition),
        figures=figures_of(competition) | reported_in(competition, me()),
    )


@blueprint.route("/dates/<key:gate>/extension", methods=["GET", "POST"])
def extension(competition: Competition, gate: Gate) -> Any:
    """Give more time. What is typed is first shown as everyone will read it, then confirmed."""
    opening, step = opening_of(competition, gate), request.form.get("step")
    form = ExtensionForm(meta={"zone": competition.zone})
    if step != "change" and form.validate_on_submit():
        if step != "confirm":
            if form.attempt(check_later, opening, form.closes_at.data):
                return render_template(
                    "desk/manage/extension_preview.html",
                    form=form,
                    competition=competition,
                    opening=opening,
                    preview=preview_of(competition, opening, form.closes_at.data, form.reason.data),
                )
        elif form.attempt(
            extend_deadline,
            competition,
            gate,
            closes_at=form.closes_at.data,
            reason=form.reason.data,
            readers=concerned_by(competition, gate),
            by=me(),
            known=form.known_close,
        ):
            flash(_("The deadline is extended. The letters leave in a minute."), "success")
            return redirect(url_for("manage.competitions.dates", competition=competition))
    return page(
        "desk/manage/extension.html",
        form,
        competition=competition,
        opening=opening_of(competition, gate),
        readers=len(concerned_by(competition, gate)),
    )


@blueprint.get("/reminders")
def reminders(competition: Competition) -> Any:
    """Every reminder: when it goes out, to how many as of now, and what has gone out."""
    return render_template(
        "desk/manage/reminders.html",
        competition=competition,
        gates=[
            (opening_of(competition, gate), audience_names(gate)) for gate in gates_of(competition)
        ],
        plans=plans_of(competition),
    )


@blueprint.route("/dates/<key:gate>/reminder", methods=["GET", "POST"])
def reminder_new(competition: Competition, gate: Gate) -> Any:
    form = ReminderForm().offer(gate)
    if form.validate_on_submit() and form.attempt(
        actions.plan_reminder,
        competition,
        gate,
        before=form.before,
        audience=form.audience.data,
        words=form.words.data,
        by=me(),
    ):
        flash(_("The reminder is planned."), "success")
        return redirect(url_for(".reminders", competition=competition))
    return page(
        "desk/manage/reminder.html",
        form,
        competition=competition,
        opening=opening_of(competition, gate),
    )


@blueprint.post("/reminders/<key:reminder>/sample")
def reminder_sample(competition: Competition, reminder: Reminder) -> Any:
    actions.send_sample(reminder, to=me())
    flash(_("The letter is on its way to you, as its first reader would get it."), "success")
    return redirect(url_for(".reminders", competition=competition))


@blueprint.post("/reminders/<key:reminder>/removal")
def reminder_removal(competition: Competition, reminder: Reminder) -> Any:
    actions.remove_reminder(reminder, by=me())
    flash(_("Removed."), "success")
    return redirect(url_for(".reminders", competition=competition))


@blueprint.get("/journal")
def journal(competition: Competition) -> Any:
    """Without the honours for who must not learn of them yet, being a judge in conflict too."""
    honours = (Deed.HONOURS_DECIDED, Deed.PRIZE_DECIDED)
    without = () if impartial(me(), competition=competition) else honours
    return render_template(
        "desk/manage/journal.html",
        competition=competition,
        entries=journal_of(competition, without=without),
    )


@blueprint.get("/letters")
def letters(competition: Competition) -> Any:
    return render_template(
        "desk/manage/letters.html", competition=competition, letters=letters_of(competition, me())
    )


@blueprint.get("/letters/<key:letter>")
def letter(competition: Competition, letter: Letter) -> Any:
    return render_template("desk/manage/letter.html", competition=competition, letter=letter)
