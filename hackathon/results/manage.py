"""Deciding on the honours; publishing them is in publishing_manage.py."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import page
from ..judging.queries import ranking_of
from . import actions
from .forms import decisions_form
from .queries import (
    announcements_of,
    digest_of,
    disclosure_of,
    honours_by_submission,
    proposal_from,
)

blueprint = Blueprint("results", __name__)


@blueprint.route("/results", methods=["GET", "POST"])
def index(competition: Competition) -> Any:
    """The ranking with an honour beside each submission; `?proposed` selects what it proposes."""
    outcome = ranking_of(competition)
    proposal = proposal_from(outcome)
    honours = honours_by_submission(competition)
    proposed = "proposed" in request.args
    decided = {key: honour.grade for key, honour in honours.items()}
    disclosure = disclosure_of(competition)
    open_rows = [row for row in outcome.rows if not disclosure.tells(row.challenge.id)]
    form = decisions_form(open_rows, honours, proposal.grades if proposed else decided)
    if form.validate_on_submit():
        seen = form.seen.data
        if (
            form.attempt(actions.decide, competition, form.decisions, seen=seen, by=me())
            is not None
        ):
            flash(_("The decisions are saved. Only organizers see them."), "success")
            return redirect(url_for(".index", competition=competition))
        form.seen.data = digest_of(honours)  # who saves again knows what they replace
    return page(
        "results/manage/index.html",
        form,
        competition=competition,
        outcome=outcome,
        proposal=proposal,
        proposed=proposed,
        honours=honours,
        announcements=announcements_of(competition),
        disclosure=disclosure,
        undecided=bool(open_rows),
    )
