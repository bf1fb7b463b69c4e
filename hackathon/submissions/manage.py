"""What all teams hand in, for organizers."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask_babel import gettext as _

from ..competitions.models import Competition
from ..extensions import db
from ..ground.paging import paginate
from ..ground.tables import csv_file
from .forms import FilterForm
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


@blueprint.get("/submissions/<key:submission>")
def show(competition: Competition, submission: Submission) -> Any:
    """The draft and all versions of one team's work."""
    whole = submission_of(submission.team)
    return render_template(
        "submissions/manage/show.html",
        competition=competition,
        submission=whole,
        team=submission.team,
        missing=missing_parts(submission.team, whole),
        feedback=sent_feedback(submission),
    )


@blueprint.get("/submissions.csv")
def export(competition: Competition) -> Any:
    """Every team, one a line, in the reader's words."""
    zone = ZoneInfo(competition.zone)
    states = {
        Progress.NONE: _("Nothing yet"),
        Progress.DRAFT: _("Draft only"),
        Progress.HANDED_IN: _("Handed in"),
    }
    head = [
        *(_("Team"), _("Members"), _("State"), _("Challenge"), _("Title"), _("Language")),
        *(_("Version"), _("Handed in at"), _("SHA-256"), _("Code"), _("Demonstration")),
        *(_("Video"), _("Feedback sent")),
    ]
    rows = rows_of(db.session.scalars(teams_by(competition)), contents=True)
    return csv_file("submissions", head, [line(row, states[row.progress], zone) for row in rows])


def line(row: Row, state: str, zone: ZoneInfo) -> list[Any]:
    """What counts of a team's work: its last version, and before there is one, the draft."""
    team, submission = row.team, row.submission
    version = submission.handed_in if submission else None
    challenge = version.challenge if version else team.challenge
    content = version.content if version else {}

    def written(name: str) -> Any:
        return content.get(name) if version else getattr(submission, name, "")

    return [
        *(team.name, len(team.memberships), state, challenge.number if challenge else ""),
        *(written("title"), written("language"), version.number if version else ""),
        version.created_at.astimezone(zone).isoformat(timespec="seconds") if version else "",
        version.digest if version else "",
        *(written("repository"), written("demonstration"), written("video")),
        row.feedback,
    ]
