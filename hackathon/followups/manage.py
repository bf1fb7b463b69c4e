"""When teams are asked what became of their projects, and what they said, for organizers."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import db
from ..ground.forms import page
from ..ground.paging import paginate
from . import actions
from .forms import OUTCOME_NAMES, HoldBackForm, PlanForm
from .models import FollowUp, FollowUpAnswer
from .queries import answers_in, forgotten_at, held_backs, plans_of

blueprint = Blueprint("followups", __name__)


@blueprint.get("/follow-ups")
def index(competition: Competition) -> Any:
    answers = paginate(db.session, answers_in(competition))
    return render_template(
        "followups/manage/index.html",
        competition=competition,
        plans=plans_of(competition),
        answers=answers,
        kept=held_backs(list(answers)),
        outcomes=OUTCOME_NAMES,
        gone=forgotten_at(competition),
    )


@blueprint.route("/follow-ups/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    form = PlanForm()
    if form.validate_on_submit() and form.attempt(
        actions.plan, competition, months=form.months.data, words=form.words.data, by=me()
    ):
        flash(_("The letters are planned."), "success")
        return redirect(url_for(".index", competition=competition))
    return page(
        "followups/manage/new.html", form, competition=competition, gone=forgotten_at(competition)
    )


@blueprint.post("/follow-ups/<key:follow_up>/removal")
def removal(competition: Competition, follow_up: FollowUp) -> Any:
    actions.remove(follow_up, by=me())
    flash(_("Removed."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.route("/follow-ups/answers/<key:follow_up_answer>/holding", methods=["GET", "POST"])
def holding(competition: Competition, follow_up_answer: FollowUpAnswer) -> Any:
    form = HoldBackForm()
    if form.validate_on_submit() and form.attempt(
        actions.hold_back, follow_up_answer, reason=form.reason.data, by=me()
    ):
        flash(_("The answer is not shown."), "success")
        return redirect(url_for(".index", competition=competition))
    return page(
        "followups/manage/holding.html", form, competition=competition, answer=follow_up_answer
    )


@blueprint.post("/follow-ups/answers/<key:follow_up_answer>/holding/end")
def holding_end(competition: Competition, follow_up_answer: FollowUpAnswer) -> Any:
    actions.show_again(follow_up_answer, by=me())
    flash(_("The answer is shown where its team agreed."), "success")
    return redirect(url_for(".index", competition=competition))
