"""A judge's own pages: what to read, and what they say of it."""

from itertools import pairwise
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
from . import actions, rulebook
from .forms import RecusalForm, ReviewForm, review_form
from .jury import terms_before
from .models import Judge, Review
from .queries import (
    conflicts,
    counted_version,
    judge_of,
    reviews_by,
    rules_of,
    version_in_force,
    versions_of,
)

blueprint = Blueprint("judging", __name__, url_prefix="/<key:competition>")


def my_seat(competition: Competition) -> Judge:
    """The person who asks, as a judge. Only behind a door that wants one."""
    judge = judge_of(me(), competition)
    assert judge is not None
    return judge


@blueprint.get("/rules/judging")
def rules(competition: Competition) -> Any:
    """By what submissions are judged, how that decides, and every version of it there was."""
    versions = versions_of(competition)
    read = [rulebook.read(version.content) for version in versions]
    return render_template(
        "judging/rules.html",
        competition=competition,
        rules=read[0],
        version=versions[0],
        challenges={each.id: each.title for each in competition.challenges},
        versions=[
            (version, differences)
            for version, differences in zip(
                versions,
                [*(rulebook.differences(old, new) for new, old in pairwise(read)), []],
                strict=True,
            )
        ],
    )


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
        rules=version_in_force(competition),
    )


@blueprint.get("/judging/<key:review>")
def review(competition: Competition, review: Review) -> Any:
    return review_page(competition, review, form_of(competition, review))


def form_of(competition: Competition, review: Review) -> ReviewForm:
    """By the rules that hold, for the challenge of the submission."""
    rules, version = rules_of(competition), counted_version(review.submission)
    criteria = rules.criteria_for(version.challenge_id) if rules and version else []
    return review_form(review, criteria, rules)


@blueprint.post("/judging/<key:review>")
def scores(competition: Competition, review: Review) -> Any:
    form = form_of(competition, review)
    complete = request.form.get("deed") == "complete"
    if (
        form.validate_on_submit()
        and (not (complete or review.completed_at) or form.complete())
        and form.attempt(
            actions.score,
            review,
            levels=form.levels,
            comments=form.comments,
            answers=form.answers,
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
        rules=version_in_force(competition),
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
