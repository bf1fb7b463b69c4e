"""What all teams hand in, for organizers."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import db
from ..ground.forms import page
from ..ground.paging import paginate
from ..ground.tables import csv_file
from . import actions
from .asks import CHOOSABLE, LABELS, LINKS, STATEMENTS, Need, Part, asked
from .forms import FilterForm, asks_form
from .models import Submission
from .queries import (
    Progress,
    Row,
    challenge_numbered,
    missing_parts,
    rows_of,
    sent_feedback,
    submission_of,
    teams_by,
    totals_of,
)
from .receipt import latest, statements, written

blueprint = Blueprint("submissions", __name__)


@blueprint.get("/submissions")
def index(competition: Competition) -> Any:
    form = FilterForm(competition)
    teams = paginate(
        db.session,
        teams_by(competition, form.wanted, challenge_numbered(competition, form.challenge.data)),
    )
    return render_template(
        "submissions/manage/index.html",
        competition=competition,
        form=form,
        teams=teams,
        rows=rows_of(teams),
        totals=totals_of(competition),
    )


@blueprint.route("/submissions/asks", methods=["GET", "POST"])
def asks(competition: Competition) -> Any:
    """What a submission says besides its title and text."""
    form = asks_form(competition)
    if form.validate_on_submit():
        wanted = {part: Need(form[part.value].data) for part in CHOOSABLE}
        if form.attempt(actions.ask_for, competition, wanted, by=me()):
            flash(_("Saved."), "success")
            return redirect(url_for(".index", competition=competition))
    return page("submissions/manage/asks.html", form, competition=competition, links=LINKS)


@blueprint.get("/submissions/<key:submission>")
def show(competition: Competition, submission: Submission) -> Any:
    """The draft and all versions of one team's work."""
    whole = submission_of(submission.team)
    return render_template(
        "submissions/manage/show.html",
        competition=competition,
        submission=whole,
        team=submission.team,
        draft=written(submission),
        missing=missing_parts(submission.team, whole),
        feedback=sent_feedback(submission),
    )


@blueprint.get("/submissions.csv")
def export(competition: Competition) -> Any:
    """Every team, one a line, in the reader's words."""
    zone = ZoneInfo(competition.zone)
    asked_for = [part for part in asked(competition.submission_asks) if part in STATEMENTS]
    states = {
        Progress.NONE: _("Nothing yet"),
        Progress.DRAFT: _("Draft only"),
        Progress.HANDED_IN: _("Handed in"),
    }
    head = [
        *(_("Team"), _("Members"), _("State"), _("Challenge"), _("Title"), _("Language")),
        *(_("Version"), _("Handed in at"), _("SHA-256"), _("Code"), _("Demonstration")),
        *(_("Video"), _("Feedback sent")),
        *(LABELS[part] for part in asked_for),
    ]
    rows = rows_of(db.session.scalars(teams_by(competition)), contents=True)
    return csv_file(
        "submissions", head, [line(row, states[row.progress], zone, asked_for) for row in rows]
    )


def line(row: Row, state: str, zone: ZoneInfo, asked_for: list[Part]) -> list[Any]:
    """What counts of a team's work: its last version, and before there is one, the draft."""
    team, submission = row.team, row.submission
    version = submission.handed_in if submission else None
    challenge = version.challenge if version else team.challenge
    content = latest(submission) if submission else {}
    return [
        *(team.name, len(team.memberships), state, challenge.number if challenge else ""),
        *(content.get("title"), content.get("language"), version.number if version else ""),
        version.created_at.astimezone(zone).isoformat(timespec="seconds") if version else "",
        version.digest if version else "",
        *(content.get(part) for part in LINKS),
        row.feedback,
        *(dict(statements(content)).get(part, "") for part in asked_for),
    ]
