"""What becomes of prizes: which teams have answered, and what has been handed over."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.clock import now
from ..ground.forms import page
from . import actions
from .forms import DeliveryForm
from .manage import blueprint
from .models import Honour
from .queries import to_hand_over


@blueprint.get("/results/deliveries")
def deliveries(competition: Competition) -> Any:
    """Every prize that comes with something, those that wait first."""
    return page(
        "results/manage/deliveries.html",
        competition=competition,
        honours=to_hand_over(competition),
    )


@blueprint.post("/results/deliveries/reminders")
def prize_reminders(competition: Competition) -> Any:
    count = actions.remind_of_prizes(competition, by=me())
    if count:
        flash(
            ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", count),
            "success",
        )
    else:
        flash(_("Nobody is left to remind today."), "info")
    return redirect(url_for(".deliveries", competition=competition))


@blueprint.route("/results/deliveries/<key:honour>", methods=["GET", "POST"])
def delivery(competition: Competition, honour: Honour) -> Any:
    """Note that a prize was handed over."""
    present = honour.delivery
    form = DeliveryForm(
        obj=present,
        data=None if present else {"delivered_at": now().replace(second=0, microsecond=0)},
        meta={"zone": competition.zone},
    )
    if form.validate_on_submit() and form.attempt(
        actions.deliver,
        honour,
        delivered_at=form.delivered_at.data,
        note=form.note.data or "",
        by=me(),
    ):
        flash(_("Noted: the prize was handed over."), "success")
        return redirect(url_for(".deliveries", competition=competition))
    return page("results/manage/delivery.html", form, competition=competition, honour=honour)
