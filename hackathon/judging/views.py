"""A judge's own pages: what to read, and what they say of it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition, Gate
from ..competitions.queries import opening_of
from ..ground.forms import page
from ..ground.paging import asked, paginate_rows
from ..ground.way import goes_on
from ..mentoring.models import Objection
from ..questions.models import Reader
from ..submissions.answers import answers_for, files_of
from ..submissions.telling import telling_of, tellings
from ..teams.models import Team
from ..teams.queries import shown_to
from . import actions
from .conflicts import conflicts, objections_of
from .forms import ObjectionForm, RecusalForm, ReviewForm, declarations_form, review_form
from .models import Judge, Review
from .queries import (
    counted_version,
    criteria_of,
    judge_of,
    judges_of,
    organizations_of,
    reviews_by,
    undeclared,
)

blueprint = Blueprint("judging", __name__, url_prefix="/<key:competition>")


def my_seat(competition: Competition) -> Judge:
    """The person who asks, as a judge. Only behind a door that wants one."""
    judge = judge_of(me(), competition)
    assert judge is not None
    return judge


@blueprint.get("/judging")
def index(competition: Competition) -> Any:
    """What is left to read, what is done, and until when."""
    judge = my_seat(competition)
    barred = conflicts(competition, judge=judge)
    found = reviews_by(judge)
    return render_template(
        "judging/index.html",
        competition=competition,
        reviews=[
            (review, version, (judge.id, review.submission_id) in barred)
            for review, version in found
        ],
        tellings=tellings({version.submission_id: version.content for _, version in found}),
        opening=opening_of(competition, Gate.JUDGING),
        unasked=len(undeclared(judge)),
    )


@blueprint.route("/judging/declarations", methods=["GET", "POST"])
def declarations(competition: Competition) -> Any:
    """Before more than the title: is the judge in conflict with anyone? What is assigned to them;
    with `?everything` all there is, or the one submission that they were about to open."""
    judge = my_seat(competition)
    wanted = asked("submission", "everything")
    everything = bool(wanted["everything"])
    found = undeclared(judge, everything=everything)
    one = [each for each in found if each.submission.url_key == wanted["submission"]]
    shown = paginate_rows(one or found)
    form = declarations_form(shown.items)
    if (
        form.validate_on_submit()
        and (answers := form.answers(rest=request.form.get("deed") == "rest"))
        and form.attempt(actions.declare, judge, answers, by=me()) is not None
    ):
        conflicted = [reason for reason in answers.values() if reason is not None]
        flash(
            _("Thank you. You do not judge those teams; the organizers see it.")
            if conflicted
            else _("Thank you. Your answer is kept."),
            "success",
        )
        onward = goes_on() if one and not conflicted else ""
        return redirect(onward or url_for(".index", competition=competition))
    return page(
        "judging/declarations.html",
        form,
        competition=competition,
        versions=shown,
        one=bool(one),
        more=len(found) - len(one),
        everything=everything,
        organizations=organizations_of(shown.items),
        tellings=tellings({each.submission_id: each.content for each in shown}),
    )


@blueprint.get("/judging/<key:review>")
def review(competition: Competition, review: Review) -> Any:
    return review_page(competition, review, review_form(review, criteria_of(competition)))


@blueprint.post("/judging/<key:review>")
def scores(competition: Competition, review: Review) -> Any:
    form = review_form(review, criteria_of(competition))
    complete = request.form.get("deed") == "complete"
    if (
        form.validate_on_submit()
        and (form.every_criterion() or not (complete or review.completed_at))
        and form.attempt(
            actions.score,
            review,
            levels=form.levels,
            comment=form.comment.data or "",
            note=form.note.data or "",
            complete=complete,
            by=me(),
        )
    ):
        if review.completed_at is None:
            flash(_("Saved. You can go on later."), "success")
            return redirect(url_for(".review", competition=competition, review=review))
        flash(_("Your review is complete. You can change it until judging closes."), "success")
        return redirect(url_for(".index", competition=competition))
    return review_page(competition, review, form)


def review_page(competition: Competition, review: Review, form: ReviewForm) -> Any:
    version = counted_version(review.submission)
    assert version is not None
    team = review.submission.team
    answers = answers_for(version, Reader.JUDGES)
    return page(
        "judging/review.html",
        form,
        competition=competition,
        review=review,
        version=version,
        answers=answers,
        files=files_of(version.content, answers),
        telling=telling_of(version.submission_id, version.content),
        hints={
            criterion.id: {level.score: level.description for level in criterion.levels}
            for criterion in form.criteria
        },
        opening=opening_of(competition, Gate.JUDGING),
        shown=shown_to(Reader.JUDGES, competition, [team])[team.id],
    )


@blueprint.route("/judging/<key:review>/conflict", methods=["GET", "POST"])
def recusal(competition: Competition, review: Review) -> Any:
    """The judge says that they cannot judge this submission, and why."""
    form = RecusalForm()
    if form.validate_on_submit() and form.attempt(
        actions.recuse, review, reason=form.reason.data, by=me()
    ):
        flash(_("Thank you. You no longer judge this team; the organizers were told."), "success")
        return redirect(url_for(".index", competition=competition))
    return page("judging/recusal.html", form, competition=competition, review=review)


# -- the team --------------------------------------------------------------------------------


@blueprint.get("/teams/<key:team>/judges")
def objections(competition: Competition, team: Team) -> Any:
    """Whom the team said it is in conflict with."""
    return render_template(
        "judging/objections.html",
        competition=competition,
        team=team,
        objections=objections_of(team),
        opening=opening_of(competition, Gate.JUDGING),
    )


@blueprint.route("/teams/<key:team>/judges/new", methods=["GET", "POST"])
def objection_new(competition: Competition, team: Team) -> Any:
    """Judges are offered by name where the organizers show them; else the team's own words."""
    judges = judges_of(competition) if competition.judges_named_at else []
    form = ObjectionForm()
    form.offer(judges)
    if (
        form.validate_on_submit()
        and form.names_somebody()
        and form.attempt(
            actions.object_to,
            team,
            judge=next((each for each in judges if str(each.id) == form.judge.data), None),
            about=form.about.data or "",
            reason=form.reason.data,
            by=me(),
        )
    ):
        flash(_("Noted. The organizers decide; only they and your team read it."), "success")
        return redirect(url_for(".objections", competition=competition, team=team))
    return page(
        "judging/objection_new.html", form, competition=competition, team=team, judges=judges
    )


@blueprint.post("/teams/<key:team>/judges/<key:objection>/removal")
def objection_removal(competition: Competition, team: Team, objection: Objection) -> Any:
    actions.withdraw_objection(objection, by=me())
    flash(_("This is taken back."), "success")
    return redirect(url_for(".objections", competition=competition, team=team))
