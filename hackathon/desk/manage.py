"""The organizers' desk: everything at a glance, the journal and the letters."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.actions import extend_deadline
from ..competitions.models import Competition, Gate
from ..competitions.queries import opening_of, timetable_of
from ..ground.forms import page
from ..post.models import Letter
from .forms import ExtensionForm
from .queries import concerned_by, figures_of, journal_of, letters_of

blueprint = Blueprint("desk", __name__)


@blueprint.get("/")
def overview(competition: Competition) -> Any:
    return render_template(
        "desk/manage/overview.html",
        competition=competition,
        timetable=timetable_of(competition),
        figures=figures_of(competition),
    )


@blueprint.route("/dates/<key:gate>/extension", methods=["GET", "POST"])
def extension(competition: Competition, gate: Gate) -> Any:
    """Give more time: old and new date, the reason in both languages, and who will be told."""
    readers = concerned_by(competition, gate)
    form = ExtensionForm(meta={"zone": competition.zone})
    if form.validate_on_submit() and form.attempt(
        extend_deadline,
        competition,
        gate,
        closes_at=form.closes_at.data,
        reason=form.reason.data,
        readers=readers,
        by=me(),
    ):
        flash(_("The deadline is extended, and the letters are on their way."), "success")
        return redirect(url_for("manage.competitions.dates", competition=competition))
    return page(
        "desk/manage/extension.html",
        form,
        competition=competition,
        opening=opening_of(competition, gate),
        readers=len(readers),
    )


@blueprint.get("/journal")
def journal(competition: Competition) -> Any:
    return render_template(
        "desk/manage/journal.html", competition=competition, entries=journal_of(competition)
    )


@blueprint.get("/letters")
def letters(competition: Competition) -> Any:
    return render_template(
        "desk/manage/letters.html", competition=competition, letters=letters_of(competition)
    )


@blueprint.get("/letters/<key:letter>")
def letter(competition: Competition, letter: Letter) -> Any:
    return render_template("desk/manage/letter.html", competition=competition, letter=letter)
