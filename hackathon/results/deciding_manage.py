"""What can be won, who receives it, and the decisions that are sealed and confirmed."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from ..accounts.queries import me
from ..competitions.models import Competition, Criterion
from ..competitions.queries import opening_of
from ..extensions import db
from ..ground.forms import page
from ..ground.paging import paginate_rows, turns
from ..judging.outcome import Outcome, ranking_of, with_everyone
from ..judging.record import code_version
from . import actions
from .deciding import (
    document_of,
    in_force,
    panels,
    revised_podiums,
    revised_scores,
    ties_of,
    ties_to,
)
from .forms import KIND_HINTS, ConfirmationAskedForm, PrizeForm, decision_form, said_of
from .manage import blueprint
from .means import KeyLost, means_for, site_key
from .models import Decision, Prize, Span
from .queries import (
    decisions_of,
    digest_of,
    disclosure_of,
    honours_by_prize,
    is_given,
    last_rulings,
    prizes_of,
    rulings_on,
)
from .sealing import public_part, verify, written


@blueprint.get("/results")
def index(competition: Competition) -> Any:
    """Every prize with who receives it and what the ranking says; the decision as it stands."""
    outcome = with_everyone(competition, ranking_of(competition))
    decisions = decisions_of(competition)
    votes, rulings = means_for(competition).votes, last_rulings(competition)
    found = panels(competition, outcome, votes=votes)
    given, overall = honours_by_prize(competition), paginate_rows(outcome.in_one_list)
    named = {honour.submission_id for honours in given.values() for honour in honours}
    named.update(*(panel.left_open for panel in found.values()))
    return page(
        "results/manage/index.html",
        competition=competition,
        outcome=outcome,
        overall=overall,
        rows=outcome.rows_of(overall),
        method=outcome.method,
        panels=found,
        prizes=prizes_of(competition),
        given=given,
        rulings=rulings,
        moved={
            key
            for key, ruling in rulings.items()
            if written(found[key].proposal.awards) != ruling.proposed
        },
        titles=titles_of(outcome, named),
        decisions=decisions,
        current=bool(decisions) and in_force(decisions[0], votes=votes, by=me()),
        disclosure=disclosure_of(competition),
        judging=opening_of(competition, competition.rounds[-1].gate),
    )


def titles_of(outcome: Outcome, keys: Iterable[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """What these projects are called, and in which language."""
    rows = outcome.rows_of(outcome.placed[key] for key in keys if key in outcome.placed)
    return {row.submission.id: row.version.content for row in rows}


# -- prizes ----------------------------------------------------------------------------------


@blueprint.route("/results/prizes", methods=["GET", "POST"])
def prizes(competition: Competition) -> Any:
    """What can be won; and whether a second person confirms."""
    form = ConfirmationAskedForm(
        data={"needed": "yes" if competition.second_person_confirms else "no"}
    )
    if form.validate_on_submit() and form.attempt(
        actions.ask_for_confirmation, competition, needed=form.needed.data == "yes", by=me()
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".prizes", competition=competition))
    return page(
        "results/manage/prizes.html",
        form,
        competition=competition,
        prizes=prizes_of(competition),
        given=honours_by_prize(competition),
        disclosure=disclosure_of(competition),
    )


@blueprint.post("/results/prizes/usual")
def usual_prizes(competition: Competition) -> Any:
    actions.define_usual_prizes(competition, by=me())
    flash(_("Two prizes are there. Change what they are called as you like."), "success")
    return redirect(url_for(".prizes", competition=competition))


@blueprint.route("/results/prizes/new", methods=["GET", "POST"])
def prize_new(competition: Competition) -> Any:
    following = max((prize.position for prize in prizes_of(competition)), default=0) + 1
    form = PrizeForm(competition, data={"position": following, "number": 1})
    return _write(competition, Prize(competition=competition), form)


@blueprint.route("/results/prizes/<key:prize>", methods=["GET", "POST"])
def prize(competition: Competition, prize: Prize) -> Any:
    among = str(prize.challenge_id) if prize.span is Span.ONE else prize.span.value
    chosen = {"among": among, "giver": str(prize.partner_id or "")}
    return _write(competition, prize, PrizeForm(competition, obj=prize, data=chosen))


def _write(competition: Competition, prize: Prize, form: PrizeForm) -> Any:
    if form.validate_on_submit() and form.attempt(
        actions.save_prize,
        prize,
        means=means_for(competition),
        by=me(),
        **form.fields,
    ):
        flash(_("The prize is saved."), "success")
        return redirect(url_for(".prizes", competition=competition))
    kept = prize.created_at is not None
    return page(
        "results/manage/prize.html",
        form,
        competition=competition,
        prize=prize if kept else None,
        given=kept and is_given(prize),
        kind_hints=KIND_HINTS,
    )


@blueprint.post("/results/prizes/<key:prize>/removal")
def prize_removal(competition: Competition, prize: Prize) -> Any:
    actions.remove_prize(prize, means=means_for(competition), by=me())
    flash(_("The prize is removed."), "success")
    return redirect(url_for(".prizes", competition=competition))


@blueprint.route("/results/prizes/<key:prize>/decision", methods=["GET", "POST"])
def decide(competition: Competition, prize: Prize) -> Any:
    """Who receives it: `?proposed` selects what is proposed. What is chosen and written stays so
    from page to page."""
    outcome, means = with_everyone(competition, ranking_of(competition)), means_for(competition)
    panel = panels(competition, outcome, votes=means.votes)[prize.id]
    honours = honours_by_prize(competition).get(prize.id, [])
    rulings = rulings_on(prize)
    ties = ties_to(panel, outcome, ties_of(me(), competition))
    proposed, sent = "proposed" in request.args, request.method == "POST"
    chosen = panel.proposed if proposed else {h.submission_id: h.place for h in honours}
    reason = rulings[0].reason if rulings and not proposed else ""
    shown = paginate_rows(panel.best_first)
    # Whoever is to receive it stands on every page, so that each page says all that is decided.
    drawn = {each.key for each in shown} | (said_of(request.form) if sent else chosen.keys())
    rows = outcome.rows_of(each for each in panel.best_first if each.key in drawn)
    form = decision_form(prize, rows, honours, {} if sent else chosen, reason=reason)
    if not turns() and form.validate_on_submit():
        decided = form.attempt(
            actions.decide,
            prize,
            form.given,
            proposed=panel.proposal.awards,
            reason=form.reason.data or "",
            seen=form.seen.data or None,
            means=means,
            by=me(),
        )
        if decided or not form.errors:
            flash(_("The decision is saved. Only organizers see it."), "success")
            return redirect(url_for(".index", competition=competition))
        # Who saves again knows what they replace.
        honours = honours_by_prize(competition).get(prize.id, [])
        form.seen.data = digest_of(honours)
    return page(
        "results/manage/decide.html",
        form,
        competition=competition,
        prize=prize,
        panel=panel,
        titles=titles_of(outcome, panel.left_open),
        shown=shown,
        groups=form.groups(panel),
        method=outcome.method,
        proposed=proposed,
        honours={honour.submission_id: honour for honour in honours},
        rulings=rulings,
        ties=ties,
        barred=any(tied.bars for _row, all_tied in ties for tied in all_tied),
        disclosure=disclosure_of(competition),
    )


# -- what is sealed --------------------------------------------------------------------------


@blueprint.post("/results/decisions")
def seal(competition: Competition) -> Any:
    decision = actions.seal(competition, means=means_for(competition), by=me())
    flash(_("Decision %(number)s is sealed.", number=decision.number), "success")
    return redirect(url_for(".decision", competition=competition, decision=decision))


@blueprint.get("/results/decisions/<key:decision>")
def decision(competition: Competition, decision: Decision) -> Any:
    """What the record says, who stands behind it, and whether it can be computed again."""
    document = document_of(decision)
    told = json.loads(document)
    try:
        key, lost = site_key(current_app), False
    except KeyLost:
        key, lost = None, True
    criteria = db.session.scalars(select(Criterion).filter_by(competition=competition))
    return page(
        "results/manage/decision.html",
        competition=competition,
        decision=decision,
        told=told,
        revised=revised_scores(told),
        podiums=revised_podiums(told["decision"]),
        criteria={str(each.id): each.name for each in criteria},
        challenges={str(each.id): each.title for each in competition.challenges},
        checked=verify(document),
        code=code_version(),
        size=len(document),
        site_key=public_part(key) if key else "",
        key_lost=lost,
        last=decisions_of(competition)[0] is decision,
        current=in_force(decision, votes=means_for(competition).votes, by=me()),
        disclosure=disclosure_of(competition),
    )


@blueprint.post("/results/decisions/<key:decision>/confirmation")
def confirmation(competition: Competition, decision: Decision) -> Any:
    actions.confirm(decision, means=means_for(competition), by=me())
    flash(_("You confirmed decision %(number)s.", number=decision.number), "success")
    return redirect(url_for(".decision", competition=competition, decision=decision))


@blueprint.get("/results/decisions/<key:decision>/record")
def decision_record(competition: Competition, decision: Decision) -> Any:
    answer = Response(document_of(decision), mimetype="application/json")
    answer.headers.set(
        "Content-Disposition",
        "attachment",
        filename=f"{competition.slug}-decision-{decision.number}.json",
    )
    return answer
