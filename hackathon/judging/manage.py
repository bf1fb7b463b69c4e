"""Judges, what each of them reads, and the ranking: for organizers."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from ..accounts.queries import me
from ..competitions.models import Competition, Gate
from ..competitions.queries import opening_of
from ..extensions import db
from ..ground.forms import Form, page
from ..ground.paging import paginate
from ..mentoring.models import Conflict
from ..submissions.models import Submission
from ..teams.models import Team
from . import actions
from .forms import AppointmentForm, ConflictForm, JudgeForm, ProposalForm, WantedForm
from .models import Judge, Review
from .queries import (
    Ground,
    Row,
    competed,
    conflicts,
    counted_version,
    counted_versions,
    criteria_of,
    declared_conflicts,
    dismissed_judges,
    judges_of,
    plan,
    progress_by_judge,
    progress_by_submission,
    ranking_of,
    reminded_lately,
    reviews_for,
    sitting,
)

blueprint = Blueprint("judging", __name__, url_prefix="/judging")

# -- judges ----------------------------------------------------------------------------------


@blueprint.get("/judges")
def index(competition: Competition) -> Any:
    """Every judge with what they read and how far they are."""
    progress, lately = progress_by_judge(competition), reminded_lately(competition)
    everyone = judges_of(competition)
    waiting = [judge for judge in everyone if progress[judge.id].left]
    return render_template(
        "judging/manage/index.html",
        competition=competition,
        judges=paginate(db.session, sitting(competition)),
        dismissed=dismissed_judges(competition),
        progress=progress,
        done=sum(progress[judge.id].done for judge in everyone),
        assigned=sum(progress[judge.id].assigned for judge in everyone),
        waiting=waiting,
        to_remind=[judge for judge in waiting if judge.user_id not in lately],
        opening=opening_of(competition, Gate.JUDGING),
    )


@blueprint.route("/judges/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    form = AppointmentForm(data={"languages": ["en", "fr"], "capacity": 5})
    if form.validate_on_submit() and (
        judge := form.attempt(
            actions.appoint,
            competition,
            email=form.email.data,
            languages=form.languages.data,
            capacity=form.capacity.data,
            by=me(),
        )
    ):
        flash(
            _("%(name)s is a judge now, and was told by letter.", name=judge.user.name), "success"
        )
        return redirect(url_for(".index", competition=competition))
    return page("judging/manage/new.html", form, competition=competition)


@blueprint.route("/judges/<key:judge>", methods=["GET", "POST"])
def edit(competition: Competition, judge: Judge) -> Any:
    form = JudgeForm(obj=judge)
    if form.validate_on_submit() and form.attempt(
        actions.edit, judge, languages=form.languages.data, capacity=form.capacity.data, by=me()
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".index", competition=competition))
    return page(
        "judging/manage/edit.html",
        form,
        competition=competition,
        judge=judge,
        progress=progress_by_judge(competition)[judge.id],
    )


@blueprint.post("/judges/<key:judge>/dismissal")
def dismissal(competition: Competition, judge: Judge) -> Any:
    actions.dismiss(judge, confirmed="confirmed" in request.form, by=me())
    flash(_("%(name)s is no longer a judge.", name=judge.user.name), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.post("/judges/reminders")
def reminders(competition: Competition) -> Any:
    count = actions.remind(competition, by=me())
    flash(
        ngettext("%(num)s reminder is on its way.", "%(num)s reminders are on their way.", count)
        if count
        else _("Nobody needs a reminder now: one an hour is enough."),
        "success" if count else "info",
    )
    return redirect(url_for(".index", competition=competition))


# -- conflicts of interest -------------------------------------------------------------------


@blueprint.route("/conflicts", endpoint="conflicts", methods=["GET", "POST"])
def conflicts_of_interest(competition: Competition) -> Any:
    """What was declared, what the rows tell, and a form to declare more."""
    judges, versions = judges_of(competition), counted_versions(competition)
    teams = list(
        db.session.scalars(
            select(Team).where(Team.competition_id == competition.id).order_by(Team.name_key)
        )
    )
    form = ConflictForm()
    form.offer(judges, teams)
    if form.validate_on_submit():
        judge = next(each for each in judges if str(each.id) == form.judge.data)
        team = next(each for each in teams if str(each.id) == form.team.data)
        if form.attempt(actions.declare_conflict, judge, team, reason=form.reason.data, by=me()):
            flash(_("The conflict of interest is noted."), "success")
            return redirect(url_for(".conflicts", competition=competition))
    by_id = {judge.id: judge for judge in judges}
    by_submission = {version.submission_id: version for version in versions}
    return page(
        "judging/manage/conflicts.html",
        form,
        competition=competition,
        declared=declared_conflicts(competition),
        told=sorted(
            (
                (by_id[judge_id], by_submission[submission_id], interest)
                for (judge_id, submission_id), found in conflicts(competition).items()
                for interest in found
                if judge_id in by_id
                and submission_id in by_submission
                and interest.ground is not Ground.DECLARED
            ),
            key=lambda row: (row[1].submission.team.name_key, row[0].user.name, row[2].ground),
        ),
    )


@blueprint.post("/conflicts/<key:conflict>/lifting")
def conflict_lifting(competition: Competition, conflict: Conflict) -> Any:
    actions.lift_conflict(conflict, by=me())
    flash(_("The conflict of interest is lifted."), "success")
    return redirect(url_for(".conflicts", competition=competition))


# -- who reads what --------------------------------------------------------------------------


@blueprint.get("/reviews")
def assignment(competition: Competition) -> Any:
    """How many reviews every submission has, and a way to a proposal."""
    progress = progress_by_submission(competition)
    return render_template(
        "judging/manage/assignment.html",
        competition=competition,
        form=WantedForm(formdata=None),
        versions=paginate(db.session, competed(competition)),
        progress=progress,
        done=sum(each.done for each in progress.values()),
        assigned=sum(each.assigned for each in progress.values()),
        opening=opening_of(competition, Gate.JUDGING),
    )


@blueprint.route("/reviews/proposal", methods=["GET", "POST"])
def proposal(competition: Competition) -> Any:
    """Who would read what; confirmed only as it was shown."""
    form: Any
    if request.method == "POST":
        form = ProposalForm()
        if form.validate_on_submit():
            count = form.attempt(
                actions.assign,
                competition,
                wanted=form.wanted.data,
                digest=form.digest.data,
                by=me(),
            )
            if count is not None:
                flash(
                    ngettext(
                        "%(num)s review is assigned, and the judges were told by letter.",
                        "%(num)s reviews are assigned, and the judges were told by letter.",
                        count,
                    ),
                    "success",
                )
                return redirect(url_for(".assignment", competition=competition))
    else:
        form = WantedForm(formdata=request.args or None)
        if request.args:
            form.validate()
    return proposal_page(competition, form)


def proposal_page(competition: Competition, form: Form) -> Any:
    wanted = form["wanted"]
    found = plan(competition, wanted.data) if wanted.data and not wanted.errors else None
    readers: dict[Any, list[tuple[Judge, bool]]] = {}
    if found:
        for each in found.proposal.assignments:
            new_one = each in found.proposal.added
            readers.setdefault(each.submission, []).append((found.judges[each.judge], new_one))
        for panel in readers.values():
            panel.sort(key=lambda reader: reader[0].user.name)
    return page(
        "judging/manage/proposal.html",
        form,
        competition=competition,
        plan=found,
        readers=readers,
        lacking={each.submission: each for each in found.proposal.shortfalls} if found else {},
        progress=progress_by_judge(competition),
    )


@blueprint.get("/reviews/<key:submission>")
def show(competition: Competition, submission: Submission) -> Any:
    """What judges said of a submission, and who else could read it."""
    reviews = reviews_for(submission)
    return render_template(
        "judging/manage/show.html",
        competition=competition,
        submission=submission,
        version=counted_version(submission),
        criteria=criteria_of(competition),
        reviews=[
            (review, {score.criterion_id: score.score for score in review.scores})
            for review in reviews
        ],
        reading={review.judge_id for review in reviews},
        judges=paginate(db.session, sitting(competition)),
        progress=progress_by_judge(competition),
        barred={
            judge_id: found
            for (judge_id, _submission), found in conflicts(
                competition, submission=submission
            ).items()
        },
    )


@blueprint.post("/reviews/<key:submission>/<key:judge>")
def new_review(competition: Competition, submission: Submission, judge: Judge) -> Any:
    actions.add_review(judge, submission, despite_language="despite" in request.form, by=me())
    flash(_("%(name)s reviews it now, and was told by letter.", name=judge.user.name), "success")
    return redirect(url_for(".show", competition=competition, submission=submission))


@blueprint.post("/reviews/removal/<key:review>")
def review_removal(competition: Competition, review: Review) -> Any:
    submission = review.submission
    actions.remove_review(review, confirmed="confirmed" in request.form, by=me())
    flash(_("The review is withdrawn."), "success")
    return redirect(url_for(".show", competition=competition, submission=submission))


# -- the ranking -----------------------------------------------------------------------------


@blueprint.get("/ranking")
def ranking(competition: Competition) -> Any:
    """Plain mean and corrected estimate side by side, with all that makes them doubtful."""
    outcome = ranking_of(competition)
    row_of = outcome.submissions
    challenge_of = {row.challenge.id: row.challenge for row in outcome.rows}
    return render_template(
        "judging/manage/ranking.html",
        competition=competition,
        outcome=outcome,
        challenges=[(c, rows, dots(rows)) for c, rows in outcome.by_challenge()],
        overall=dots(outcome.overall),
        undecided=[(row_of[p.ahead], row_of[p.behind], p) for p in outcome.told.undecided],
        changes=[
            (
                outcome.judges[report.judge],
                challenge_of[podium.group],
                [row_of[key].team.name for key in podium.submissions],
            )
            for report in outcome.told.judges
            for podium in report.changes
        ],
    )


def dots(rows: Iterable[Row]) -> list[tuple[str, int, int, int, bool]]:
    """The placed rows as a picture: name, place, the ends of its interval, and who is first."""
    return [
        (row.team.name, row.place, row.low, row.high, row.place == 1)
        for row in rows
        if row.place is not None and row.low is not None and row.high is not None
    ]
