"""A judge's own pages: what to read, and what they say of it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition, Gate
from ..competitions.queries import opening_of
from ..ground.forms import page
from ..questions.models import Reader
from ..submissions.answers import answers_for, files_of
from ..submissions.telling import telling_of, tellings
from ..teams.queries import shown_to
from . import actions
from .forms import RecusalForm, ReviewForm, review_form
from .jury import terms_before
from .models import Judge, Review
from .queries import conflicts, counted_version, criteria_of, judge_of, reviews_by

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
        terms=terms_before(judge),
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
