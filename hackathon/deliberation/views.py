"""A judge's pages of a discussion."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import page
from ..judging.models import Review
from ..judging.stopping import stoppage_in
from . import actions
from .forms import RemarkForm, RevisionForm, revision_form
from .queries import (
    criteria_for,
    discussed_by,
    discussion_of,
    remarks_in,
    revisions_in,
    voices,
)

blueprint = Blueprint("deliberation", __name__, url_prefix="/<key:competition>/judging")


@blueprint.get("/discussions")
def own(competition: Competition) -> Any:
    """What the judge who asks can discuss."""
    return render_template(
        "deliberation/own.html",
        competition=competition,
        discussions=discussed_by(me(), competition),
    )


@blueprint.get("/<key:review>/discussion")
def show(competition: Competition, review: Review) -> Any:
    return discussion_page(competition, review, RemarkForm())


@blueprint.post("/<key:review>/discussion")
def remark(competition: Competition, review: Review) -> Any:
    form = RemarkForm()
    discussion = discussion_of(review)
    if form.validate_on_submit() and form.attempt(
        actions.remark, discussion, form.text.data, review=review, by=me()
    ):
        flash(_("Your remark is there for the others."), "success")
        return redirect(url_for(".show", competition=competition, review=review))
    return discussion_page(competition, review, form)


def discussion_page(competition: Competition, review: Review, form: RemarkForm) -> Any:
    """What the judges of the submission gave and say."""
    discussion = discussion_of(review)
    assert discussion is not None
    return page(
        "deliberation/show.html",
        form,
        competition=competition,
        review=review,
        discussion=discussion,
        criteria=criteria_for(discussion),
        voices=voices(discussion),
        remarks=remarks_in(discussion),
        revisions=revisions_in(discussion),
        stoppage=stoppage_in(review.round_id),
    )


@blueprint.route("/<key:review>/revision", methods=["GET", "POST"])
def revision(competition: Competition, review: Review) -> Any:
    """The review once more, to change it with a reason."""
    discussion = discussion_of(review)
    assert discussion is not None
    form: RevisionForm = revision_form(review, criteria_for(discussion))
    if form.validate_on_submit() and form.attempt(
        actions.revise,
        review,
        discussion,
        levels=form.levels,
        comment=form.comment.data or "",
        reason=form.reason.data,
        by=me(),
    ):
        flash(_("Your review is changed. What it said before stays on record."), "success")
        return redirect(url_for(".show", competition=competition, review=review))
    return page(
        "deliberation/revision.html",
        form,
        competition=competition,
        review=review,
        hints={
            criterion.id: {level.score: level for level in criterion.levels}
            for criterion in form.criteria
        },
    )
