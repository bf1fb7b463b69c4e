"""The rounds of judging, and which submissions come into them: for organizers."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Challenge, Competition, Round, Takes
from ..competitions.queries import opening_of
from ..ground.forms import page
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from . import rounds as actions
from .manage import blueprint
from .queries import (
    considered,
    in_use,
    round_of,
    scored_in,
    selection_of,
    selections_of,
    version_in_force,
)
from .rounds_forms import FirstRoundForm, NewRoundForm, RoundForm, selection_form
from .rulebook import drafted_reach


def titles_in(competition: Competition) -> dict[UUID, Localized]:
    return {each.id: each.title for each in competition.challenges}


def unjudged(competition: Competition) -> list[Challenge]:
    """The challenges that no round takes, as their drafts stand."""
    limits = [each.challenges for each in competition.rounds]
    if not all(limits):
        return []
    return [each for each in competition.challenges if all(each not in limit for limit in limits)]


@blueprint.get("/rounds", endpoint="rounds")
def index(competition: Competition) -> Any:
    """Every round: when it is open, how submissions come in, and what there is to do."""
    selections = {each.round_id: each for each in selections_of(competition)}
    return render_template(
        "judging/manage/rounds.html",
        competition=competition,
        judged=round_of(competition),
        challenges=titles_in(competition),
        unjudged=unjudged(competition),
        moves={each for each in competition.rounds if not in_use(each)},
        rounds=[
            (
                each,
                opening_of(competition, each.gate),
                version_in_force(competition, each),
                selections.get(each.id),
                drafted_reach(each),
            )
            for each in competition.rounds
        ],
        most=len(competition.rounds) == len(actions.ROUND_GATES),
    )


@blueprint.route("/rounds/new", methods=["GET", "POST"])
def round_new(competition: Competition) -> Any:
    form = NewRoundForm(data={"takes": Takes.BEST.value, "among": "each", "copies": True})
    form.offer(competition.challenges)
    if form.validate_on_submit() and form.attempt(
        actions.add, competition, copies=form.copies.data, by=me(), **form.fields
    ):
        flash(_("The round is there. Set its dates and publish its rules."), "success")
        return redirect(url_for(".rounds", competition=competition))
    return page("judging/manage/round.html", form, competition=competition, round=None)


@blueprint.route("/rounds/<key:round>", methods=["GET", "POST"])
def round_edit(competition: Competition, round: Round) -> Any:
    kind = RoundForm if round.position > 1 else FirstRoundForm
    form = kind(
        data={
            "name": round.name,
            "takes": round.takes.value,
            "best": round.best,
            "among": "each" if round.in_each else "all",
            "challenges": [str(each.id) for each in round.challenges],
        }
    )
    form.offer(competition.challenges)
    if form.validate_on_submit() and form.attempt(actions.edit, round, by=me(), **form.fields):
        flash(_("Saved in the draft of its rules."), "success")
        return redirect(url_for(".rounds", competition=competition))
    return page("judging/manage/round.html", form, competition=competition, round=round)


@blueprint.post("/rounds/<key:round>/move")
def round_move(competition: Competition, round: Round) -> Any:
    actions.move(
        round,
        up=request.form.get("direction") == "up",
        seen=request.form.get("seen", ""),
        by=me(),
    )
    flash(
        _("Moved. Dates stay with the place: look at them, and at how submissions come in."),
        "success",
    )
    return redirect(url_for(".rounds", competition=competition))


@blueprint.post("/rounds/<key:round>/removal")
def round_removal(competition: Competition, round: Round) -> Any:
    actions.remove(round, by=me())
    flash(_("The round is removed."), "success")
    return redirect(url_for(".rounds", competition=competition))


def way_on(competition: Competition, round: Round, obstacle: Obstacle) -> tuple[str, str] | None:
    """Where to do first what keeps a round from being selected, and the words of the link."""
    if isinstance(obstacle, actions.RoundWithoutRules):
        return (
            url_for(".rules", competition=competition, round=round.position),
            _("Rules of judging"),
        )
    if isinstance(obstacle, actions.RoundStillOpen):
        return url_for("manage.competitions.dates", competition=competition), _("Dates")
    if isinstance(obstacle, actions.NotItsTurn):
        before = next(each for each in competition.rounds if each.position == round.position - 1)
        return (
            url_for(".selection", competition=competition, round=before),
            _("Selection: %(round)s", round=before.name),
        )
    return None


@blueprint.route("/rounds/<key:round>/selection", methods=["GET", "POST"])
def selection(competition: Competition, round: Round) -> Any:
    """What the rule proposes, to be confirmed; afterwards what was selected, and why."""
    if (selected := selection_of(round)) is not None:
        return page(
            "judging/manage/selected.html",
            competition=competition,
            round=round,
            selection=selected,
            entries=sorted(selected.entries, key=lambda each: each.submission.team.name_key),
            considered=considered(selected),
            begun=scored_in(round),
            written=len(actions.written_in(round)),
            judged=round_of(competition),
        )
    try:
        slate = actions.slate_of(round)
    except Obstacle as obstacle:
        way, said = way_on(competition, round, obstacle) or ("", "")
        return page(
            "judging/manage/not_yet.html",
            competition=competition,
            round=round,
            obstacle=obstacle,
            way=way,
            said=said,
        )
    form = selection_form(slate)
    if form.validate_on_submit() and form.attempt(
        actions.confirm,
        round,
        form.entering,
        form.reasons,
        seen=form.seen.data or "",
        by=me(),
    ):
        flash(_("The submissions are selected. Only organizers see it."), "success")
        return redirect(url_for(".selection", competition=competition, round=round))
    form.seen.data = slate.digest
    return page(
        "judging/manage/selection.html",
        form,
        competition=competition,
        round=round,
        slate=slate,
        challenges=titles_in(competition),
    )


@blueprint.post("/rounds/<key:round>/selection/taking-back")
def selection_taking_back(competition: Competition, round: Round) -> Any:
    actions.take_back(round, confirmed="confirmed" in request.form, by=me())
    flash(_("The selection is taken back."), "success")
    return redirect(url_for(".selection", competition=competition, round=round))


@blueprint.post("/rounds/<key:round>/selection/announcement")
def selection_announcement(competition: Competition, round: Round) -> Any:
    actions.announce(round, by=me())
    flash(_("Announced. Every team that was considered gets a letter."), "success")
    return redirect(url_for(".selection", competition=competition, round=round))
