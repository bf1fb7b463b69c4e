"""Discussions among judges, as organizers open, read and close them."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import page
from ..ground.paging import paginate_rows, turns
from ..judging.queries import own_first
from . import actions
from .forms import OpeningForm, RemarkForm
from .models import Discussion
from .queries import candidates, criteria_for, remarks_in, revisions_in, voices

blueprint = Blueprint("deliberation", __name__, url_prefix="/judging/discussions")


@blueprint.route("", methods=["GET", "POST"])
def index(competition: Competition) -> Any:
    """What divides the judges, what is discussed, and a form to open more discussions.

    What is ticked stays so from page to page."""
    form, (outcome, found) = OpeningForm(), candidates(competition, me())
    if (not turns() and form.validate_on_submit()) and (
        opened := form.attempt(
            actions.open_discussions,
            competition,
            [row.submission for row in outcome.rows_of(form.chosen(found))],
            named=form.named.data,
            by=me(),
        )
    ):
        flash(
            ngettext(
                "%(num)s discussion is open, and its judges were told by letter.",
                "%(num)s discussions are open, and their judges were told by letter.",
                len(opened),
            ),
            "success",
        )
        return redirect(url_for(".index", competition=competition))
    shown = paginate_rows(found)
    rows = outcome.rows_of(each.placed for each in shown)
    here = {each.placed.key for each in shown}
    return page(
        "deliberation/manage/index.html",
        form,
        competition=competition,
        candidates=shown,
        elsewhere=[each.key for each in form.chosen(found) if each.key not in here],
        own_first=own_first(me(), competition),
        rows={row.submission.id: row for row in rows},
        openable=any(each.discussion is None and each.reviews > 1 for each in shown),
    )


@blueprint.get("/<key:discussion>")
def show(competition: Competition, discussion: Discussion) -> Any:
    return discussion_page(competition, discussion, RemarkForm())


@blueprint.post("/<key:discussion>")
def remark(competition: Competition, discussion: Discussion) -> Any:
    form = RemarkForm()
    if form.validate_on_submit() and form.attempt(
        actions.remark, discussion, form.text.data, by=me()
    ):
        flash(_("Your remark is there for the judges."), "success")
        return redirect(url_for(".show", competition=competition, discussion=discussion))
    return discussion_page(competition, discussion, form)


def discussion_page(competition: Competition, discussion: Discussion, form: RemarkForm) -> Any:
    return page(
        "deliberation/manage/show.html",
        form,
        competition=competition,
        discussion=discussion,
        criteria=criteria_for(discussion),
        voices=voices(discussion),
        remarks=remarks_in(discussion),
        revisions=revisions_in(discussion),
    )


@blueprint.post("/<key:discussion>/close")
def closing(competition: Competition, discussion: Discussion) -> Any:
    actions.close(discussion, by=me())
    flash(_("The discussion is closed."), "success")
    return redirect(url_for(".show", competition=competition, discussion=discussion))


@blueprint.post("/<key:discussion>/reopening")
def reopening(competition: Competition, discussion: Discussion) -> Any:
    actions.reopen(discussion, by=me())
    flash(_("The discussion is open again."), "success")
    return redirect(url_for(".show", competition=competition, discussion=discussion))
