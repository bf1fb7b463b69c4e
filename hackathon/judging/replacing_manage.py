"""Another judge in the place of one: for organizers."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..competitions.queries import opening_of
from ..ground.forms import page
from . import replacing as actions
from .conflicts import withheld_from
from .forms import ReplacementForm
from .jury import is_away
from .manage import blueprint
from .models import Judge
from .queries import progress_by_judge, round_of

OTHERS = "others"  # instead of a successor


@blueprint.route("/judges/<key:judge>/replacement", methods=["GET", "POST"])
def replacement(competition: Competition, judge: Judge) -> Any:
    """Who could take over; with somebody chosen in the address, what would move to whom."""
    form = ReplacementForm()
    there = actions.candidates(judge) if judge.dismissed_at is None else []
    asked = request.values.get("to", "")
    chosen = next((each.judge for each in there if str(each.judge.id) == asked), None)
    known = chosen is not None or asked == OTHERS
    if (
        known
        and form.validate_on_submit()
        and form.attempt(
            actions.take_over,
            judge,
            chosen,
            ends=form.ends.data == "yes",
            digest=form.digest.data or "",
            by=me(),
        )
    ):
        flash(_("Done. Every judge concerned is told by letter."), "success")
        return redirect(url_for(".index", competition=competition))
    opening = opening_of(competition, round_of(competition).gate)
    found = actions.replacement(judge, chosen) if known and judge.dismissed_at is None else None
    if found:
        form.digest.data = found.digest
    return page(
        "judging/manage/replacement.html",
        form,
        competition=competition,
        judge=judge,
        candidates=there,
        away={each.judge.id for each in there if is_away(each.judge, opening)},
        found=found,
        others=OTHERS,
        done=progress_by_judge(competition)[judge.id].done,
        withheld=withheld_from(me(), competition),
    )
