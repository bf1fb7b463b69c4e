"""What all teams hand in, for organizers."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..accounts.queries import me
from ..competitions.models import Competition, Gate
from ..extensions import db
from ..ground.forms import page
from ..ground.paging import paginate
from ..ground.tables import csv_file
from ..questions.models import Question
from ..teams.queries import opening_for
from . import actions
from .answers import answers_in, submission_questions
from .asks import CHOOSABLE, LABELS, LINKS, STATEMENTS, Need, Part, asked
from .automatic import allow
from .forms import FilterForm, StandingForm, asks_form
from .models import Ground, Submission
from .queries import (
    Progress,
    Row,
    challenge_numbered,
    late,
    missing_parts,
    rows_of,
    sent_feedback,
    submission_of,
    teams_by,
    totals_of,
)
from .receipt import latest, statements, written
from .standing import disqualify, reinstate

blueprint = Blueprint("submissions", __name__)


GROUNDS = {Ground.DISQUALIFIED: _l("Disqualified"), Ground.WITHDRAWN: _l("Withdrawn by the team")}


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
    draft = written(submission)
    return render_template(
        "submissions/manage/show.html",
        competition=competition,
        submission=whole,
        team=submission.team,
        draft=draft,
        answers=answers_in(draft, competition),
        missing=missing_parts(submission.team, whole),
        late={
            version.id: late(version, opening_for(submission.team, Gate.SUBMISSION))
            for version in submission.versions
        },
        feedback=sent_feedback(submission),
    )


@blueprint.post("/submissions/automatic")
def automatic(competition: Competition) -> Any:
    """Whether teams can ask that a complete draft be handed in at the deadline."""
    allowed = request.form.get("allowed") == "yes"
    allow(competition, allowed=allowed, by=me())
    if allowed:
        flash(_("Teams can now ask for it on the page of their submission."), "success")
    else:
        flash(_("Drafts are no longer handed in by themselves."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.route("/submissions/<key:submission>/disqualification", methods=["GET", "POST"])
def disqualification(competition: Competition, submission: Submission) -> Any:
    return _change(competition, submission, disqualify, _("The submission is disqualified."))


@blueprint.route("/submissions/<key:submission>/reinstatement", methods=["GET", "POST"])
def reinstatement(competition: Competition, submission: Submission) -> Any:
    return _change(competition, submission, reinstate, _("The submission is judged again."))


def _change(
    competition: Competition, submission: Submission, deed: Callable[..., Submission], done: str
) -> Any:
    form = StandingForm()
    team = submission.team
    if form.validate_on_submit() and form.attempt(deed, team, reason=form.reason.data, by=me()):
        flash(done, "success")
        return redirect(url_for(".show", competition=competition, submission=submission))
    return page(
        "submissions/manage/standing.html",
        form,
        competition=competition,
        submission=submission,
        team=team,
        excluding=deed is disqualify,
    )


@blueprint.get("/submissions.csv")
def export(competition: Competition) -> Any:
    """Every team, one a line, in the reader's words."""
    zone = ZoneInfo(competition.zone)
    asked_for = [part for part in asked(competition.submission_asks) if part in STATEMENTS]
    questions = submission_questions(competition)
    states = {
        Progress.NONE: _("Nothing yet"),
        Progress.DRAFT: _("Draft only"),
        Progress.HANDED_IN: _("Handed in"),
    }
    head = [
        *(_("Team"), _("Members"), _("State"), _("Challenge"), _("Title"), _("Language")),
        *(_("Version"), _("Handed in at"), _("Late by, in seconds"), _("Does not count")),
        *(_("SHA-256"), _("Code"), _("Demonstration"), _("Video"), _("Feedback sent")),
        *(LABELS[part] for part in asked_for),
        *(question.label for question in questions),
    ]
    rows = rows_of(db.session.scalars(teams_by(competition)), contents=True)
    lines = [line(row, states[row.progress], zone, asked_for, questions) for row in rows]
    return csv_file("submissions", head, lines)


def line(
    row: Row, state: str, zone: ZoneInfo, asked_for: list[Part], questions: list[Question]
) -> list[Any]:
    """What counts of a team's work: its last version, and before there is one, the draft."""
    team, submission = row.team, row.submission
    version = submission.handed_in if submission else None
    challenge = version.challenge if version else team.challenge
    content = latest(submission) if submission else {}
    exclusion = submission.excluded() if submission else None
    answers = {each.key: each.text for each in answers_in(content, team.competition)}
    return [
        *(team.name, team.size, state, challenge.number if challenge else ""),
        *(content.get("title"), content.get("language"), version.number if version else ""),
        version.created_at.astimezone(zone).isoformat(timespec="seconds") if version else "",
        int(row.late.total_seconds()) if row.late else "",
        GROUNDS[exclusion.ground] if exclusion else "",
        version.digest if version else "",
        *(content.get(part) for part in LINKS),
        row.feedback,
        *(dict(statements(content)).get(part, "") for part in asked_for),
        *(answers.get(question.key, "") for question in questions),
    ]
