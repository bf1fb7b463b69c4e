"""Data to work with: reading about them, agreeing to their terms, taking them, and giving word of
the copies."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from ..accounts.queries import caller, me
from ..competitions.models import Competition
from ..extensions import limiter
from ..ground.clock import now
from ..ground.doors import doors
from ..ground.forms import page
from ..ground.scans import download as fetched
from . import actions
from .forms import AcceptanceForm, StatementForm
from .models import DataFile, DataSet, Taking, Terms
from .queries import accepted_by, data_sets_of, history_of, standing_of
from .rules import HINDRANCES

blueprint = Blueprint("datasets", __name__, url_prefix="/<key:competition>/data")


some = limiter.shared_limit(
    "30 per minute; 200 per hour", scope="data", key_func=caller, methods=["POST"]
)


def to_data_set(data_set: DataSet) -> Response:
    return redirect(url_for(".show", competition=data_set.competition, data_set=data_set))


@blueprint.get("/")
def index(competition: Competition) -> Any:
    """What the reader may see: data for every team, and those of their own challenge."""
    shown = [
        each
        for each in data_sets_of(competition)
        if each.public and doors().can("datasets.show", data_set=each)
    ]
    return render_template(
        "datasets/index.html",
        competition=competition,
        data_sets=shown,
        accepted=accepted_by(me(), competition),
    )


@blueprint.get("/<key:data_set>")
def show(competition: Competition, data_set: DataSet) -> Any:
    return sheet(data_set, AcceptanceForm())


def sheet(data_set: DataSet, form: AcceptanceForm) -> Any:
    """Everything about one data set, and where the reader stands with it."""
    return page(
        "datasets/show.html",
        form.show(data_set.terms),
        competition=data_set.competition,
        data_set=data_set,
        standing=standing_of(me(), data_set),
        history=history_of(me(), data_set),
        hindrances=HINDRANCES,
    )


@blueprint.get("/<key:data_set>/terms/<key:data_terms>")
def terms(competition: Competition, data_set: DataSet, data_terms: Terms) -> Any:
    """One version, in force or replaced, as people agreed to it."""
    return render_template(
        "datasets/terms.html", competition=competition, data_set=data_set, terms=data_terms
    )


@blueprint.post("/<key:data_set>/acceptance")
@some
def acceptance(competition: Competition, data_set: DataSet) -> Any:
    form = AcceptanceForm()
    if form.validate_on_submit() and form.attempt(
        actions.accept, data_set, form.terms_of(data_set), by=me()
    ):
        flash(_("Your agreement is noted. You can take the data now."), "success")
        return to_data_set(data_set)
    return sheet(data_set, form)


@blueprint.post("/<key:data_set>/files/<key:data_file>/taking")
@some
def taking(competition: Competition, data_set: DataSet, data_file: DataFile) -> Any:
    """Note that the person takes the file. They fetch it by a link of their own."""
    actions.take(data_set, data_file, by=me())
    flash(_("It is noted that you take this file. Your link to it stands beside its name."))
    return to_data_set(data_set)


@blueprint.post("/<key:data_set>/link")
@some
def link(competition: Competition, data_set: DataSet) -> Any:
    """Note that the person takes the data that lie elsewhere, and show where."""
    if data_set.link:
        actions.take(data_set, None, by=me())
    return to_data_set(data_set)


@blueprint.get("/<key:data_set>/takings/<key:taking>")
def download(competition: Competition, data_set: DataSet, taking: Taking) -> Any:
    """The file that was taken. A download that broke off goes on where it stopped."""
    assert taking.digest is not None  # the door shows no link
    return fetched(taking.digest, taking.name)


@blueprint.route("/<key:data_set>/statement", methods=["GET", "POST"])
@some
def statement(competition: Competition, data_set: DataSet) -> Any:
    """What became of the copies. Open to whoever agreed, also after they left the competition."""
    today = now().astimezone(ZoneInfo(competition.zone)).date()
    form = StatementForm(data={"deleted_on": today})
    if form.validate_on_submit() and form.attempt(
        actions.state,
        data_set,
        deleted_on=form.deleted_on.data,
        today=today,
        kept=form.remains,
        by=me(),
    ):
        flash(_("Thank you. Your statement is noted, and your agreement has ended."), "success")
        return redirect(after_statement(competition, data_set))
    return page(
        "datasets/statement.html",
        form,
        competition=competition,
        data_set=data_set,
        standing=standing_of(me(), data_set),
        today=today,
    )


def after_statement(competition: Competition, data_set: DataSet) -> str:
    """The page of the data for whoever still reads it, else the person's home."""
    if doors().can("datasets.show", data_set=data_set):
        return url_for(".show", competition=competition, data_set=data_set)
    return url_for("competitions.challenges", competition=competition)
