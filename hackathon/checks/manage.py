"""What may be worth a look about submissions, for organizers alone."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import db
from ..ground.doors import doors
from ..ground.forms import page
from ..ground.paging import paginate
from ..submissions.asks import Part
from ..submissions.queries import attachment_of
from . import actions
from .forms import FilterForm, NoteForm, SettingsForm
from .models import Finding, Kind, Standing
from .queries import (
    SAID,
    SHOWN,
    asks_outside,
    compared,
    counts_of,
    findings_by,
    notes_of,
    settings_of,
)
from .words import NAMES

blueprint = Blueprint("checks", __name__)
blueprint.add_app_template_filter(NAMES.get, "finding_name")


@blueprint.get("/checks")
def index(competition: Competition) -> Any:
    form = FilterForm()
    return render_template(
        "checks/manage/index.html",
        competition=competition,
        form=form,
        findings=paginate(db.session, findings_by(competition, *form.wanted)),
        counts=counts_of(competition),
        asks_outside=asks_outside(),
    )


@blueprint.route("/checks/<key:finding>", methods=["GET", "POST"])
def show(competition: Competition, finding: Finding) -> Any:
    """One finding with its evidence and its notes, and a form for the next note."""
    form = NoteForm(data={"standing": finding.standing.value})
    if form.validate_on_submit() and form.attempt(
        actions.say,
        finding,
        standing=Standing(form.standing.data),
        text=form.text.data or "",
        by=me(),
    ):
        flash(_("Your note is written down."), "success")
        return redirect(url_for(".show", competition=competition, finding=finding))
    parts = readable(finding)
    return page(
        "checks/manage/show.html",
        form,
        competition=competition,
        finding=finding,
        notes=notes_of(finding),
        other=finding.other if parts else None,
        part_of_it=parts == SHOWN,
        file=attachment_of(finding.submission, finding.evidence.get("digest", "")),
        compared=compared(finding, parts=parts) if parts and finding.kind is Kind.TEXT else None,
    )


@blueprint.post("/checks/again")
def again(competition: Competition) -> Any:
    actions.look_again(competition)
    flash(_("The site looks at everything again. Come back in a few minutes."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.route("/checks/settings", methods=["GET", "POST"])
def settings(competition: Competition) -> Any:
    form = SettingsForm(obj=settings_of(competition))
    if form.validate_on_submit() and form.attempt(
        actions.want,
        competition,
        kinds={Kind(kind) for kind in form.kinds.data or ()},
        least_words=form.least_words.data,
        margin_days=form.margin_days.data,
        by=me(),
    ):
        flash(_("Saved. The site looks at everything again."), "success")
        return redirect(url_for(".index", competition=competition))
    return page(
        "checks/manage/settings.html",
        form,
        competition=competition,
        asks_outside=asks_outside(),
    )


def readable(finding: Finding) -> tuple[Part, ...]:
    """What the person who asks may read of the other work: all as its organizer, and of what a
    gallery shows them, so much. The policy of its own doors answers that.
    """
    other = finding.other
    if other is None:
        return ()
    things = {"competition": other.competition, "submission": other}
    for way, parts in (("manage.submissions.show", SAID), ("gallery.project", SHOWN)):
        if doors().can(way, **things):
            return parts
    return ()
