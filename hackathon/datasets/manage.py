"""Offering data, for organizers: what, under which terms, and who took them."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import db
from ..ground.forms import page
from ..ground.obstacle import Obstacle
from ..ground.paging import paginate
from ..ground.receiving import Received
from ..ground.tables import csv_file
from ..ground.transaction import let_go, stands
from ..journal.actions import note_viruses
from . import actions
from .forms import DataFilesForm, DataSetForm, TermsForm
from .models import Acceptance, DataFile, DataSet
from .queries import Lack, agreed_to, data_sets_of, expiry_of, lacks, ledger_of, tallies_of

blueprint = Blueprint("datasets", __name__)


def to_data_set(data_set: DataSet) -> Response:
    return redirect(url_for(".show", competition=data_set.competition, data_set=data_set))


@blueprint.get("/data")
def index(competition: Competition) -> Any:
    data_sets = data_sets_of(competition)
    return render_template(
        "datasets/manage/index.html",
        competition=competition,
        data_sets=data_sets,
        tallies=tallies_of(data_sets),
    )


@blueprint.route("/data/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    return write(competition, DataSet(competition_id=competition.id))


@blueprint.route("/data/<key:data_set>/edit", methods=["GET", "POST"])
def edit(competition: Competition, data_set: DataSet) -> Any:
    return write(competition, data_set)


def write(competition: Competition, data_set: DataSet) -> Any:
    challenges = competition.challenges
    form = DataSetForm(obj=data_set, meta={"zone": competition.zone})
    form.offer(challenges, data_set.challenge_id)
    if form.validate_on_submit() and form.attempt(
        actions.save_data_set, data_set, by=me(), **form.fields(challenges)
    ):
        flash(_("Saved."), "success")
        return to_data_set(data_set)
    return page("datasets/manage/edit.html", form, competition=competition, data_set=data_set)


@blueprint.get("/data/<key:data_set>")
def show(competition: Competition, data_set: DataSet) -> Any:
    return workbench(data_set, DataFilesForm())


def workbench(data_set: DataSet, form: DataFilesForm) -> Any:
    """Everything that one data set needs, in the order in which it is made."""
    return page(
        "datasets/manage/show.html",
        form,
        competition=data_set.competition,
        data_set=data_set,
        lacks=lacks(data_set),
        needs=list(Lack),
        tally=tallies_of([data_set])[data_set.id],
        limit=current_app.config["SETTINGS"].upload_limit,
    )


@blueprint.post("/data/<key:data_set>/files")
def files(competition: Competition, data_set: DataSet) -> Any:
    form = DataFilesForm()
    if form.validate_on_submit():
        received = looked_into(form, data_set)
        if received and form.attempt(actions.add_files, data_set, received, by=me()):
            number = len(received)
            flash(ngettext("The file is added.", "%(num)d files are added.", number), "success")
            return to_data_set(data_set)
    return workbench(data_set, form)


def looked_into(form: DataFilesForm, data_set: DataSet) -> list[Received]:
    """The files, if all of them are good; else the form says what is wrong."""
    let_go()  # looking into files takes its time
    extensions = current_app.extensions
    try:
        return actions.receive(
            [(file.filename, file.stream) for file in form.files.data],
            storage=extensions["storage"],
            limit=current_app.config["SETTINGS"].upload_limit,
            scanner=extensions["scanner"],
        )
    except Obstacle as refusal:
        form.refuse(str(refusal), refusal.field)
        there = {"competition": data_set.competition, "subject": data_set.title}
        if note_viruses([refusal], **there, by=me()):
            stands()
        return []


@blueprint.post("/data/<key:data_set>/files/<key:data_file>/removal")
def file_removal(competition: Competition, data_set: DataSet, data_file: DataFile) -> Any:
    actions.remove_file(data_file, by=me())
    flash(_("The file is removed. Nobody can fetch it any more."), "success")
    return to_data_set(data_set)


@blueprint.route("/data/<key:data_set>/terms", methods=["GET", "POST"])
def terms(competition: Competition, data_set: DataSet) -> Any:
    """The version in force, those before it, and the draft of the next."""
    form = TermsForm.of(data_set.draft or data_set.terms, competition.zone)
    if form.validate_on_submit() and form.attempt(
        actions.write_terms, data_set, by=me(), **form.terms
    ):
        flash(_("The draft is saved."), "success")
        return redirect(url_for(".terms", competition=competition, data_set=data_set))
    return page(
        "datasets/manage/terms.html",
        form,
        competition=competition,
        data_set=data_set,
        agreed=agreed_to(data_set),
        expiry_of=expiry_of,
    )


@blueprint.post("/data/<key:data_set>/terms/publication")
def terms_publication(competition: Competition, data_set: DataSet) -> Any:
    actions.publish_terms(data_set, by=me())
    flash(_("These terms are in force. Whoever wants to take more agrees to them first."))
    return to_data_set(data_set)


@blueprint.post("/data/<key:data_set>/publication")
def publication(competition: Competition, data_set: DataSet) -> Any:
    actions.publish_data_set(data_set, by=me())
    flash(_("The data are public for those whom they concern."), "success")
    return to_data_set(data_set)


@blueprint.post("/data/<key:data_set>/withdrawal")
def withdrawal(competition: Competition, data_set: DataSet) -> Any:
    actions.withdraw_data_set(data_set, by=me())
    flash(_("The data are hidden. Nobody can fetch them any more."), "success")
    return to_data_set(data_set)


@blueprint.post("/data/<key:data_set>/deletion")
def deletion(competition: Competition, data_set: DataSet) -> Any:
    actions.delete_data_set(data_set, by=me())
    flash(_("The data set is deleted."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.get("/data/<key:data_set>/people")
def people(competition: Competition, data_set: DataSet) -> Any:
    """Who agreed to what, took what, and stated what became of it."""
    return render_template(
        "datasets/manage/people.html",
        competition=competition,
        data_set=data_set,
        ledger=paginate(db.session, ledger_of(data_set)),
        tally=tallies_of([data_set])[data_set.id],
    )


@blueprint.get("/data/<key:data_set>/people.csv")
def people_table(competition: Competition, data_set: DataSet) -> Any:
    head = [
        *(_("Name"), _("Email"), _("Version of the terms"), _("Agreed at"), _("Ended at")),
        *(_("File"), _("SHA-256"), _("Taken at"), _("Stated at"), _("Deleted on"), _("Kept")),
    ]
    zone = ZoneInfo(competition.zone)
    entries = db.session.scalars(ledger_of(data_set))
    return csv_file("data", head, (line for entry in entries for line in lines(entry, zone)))


def lines(entry: Acceptance, zone: ZoneInfo) -> Iterator[list[Any]]:
    """One line for each file taken under an acceptance, or one alone when nothing was."""

    def clock(at: Any) -> str:
        return at.astimezone(zone).isoformat(timespec="seconds") if at else ""

    who = (entry.user.name, entry.user.email) if entry.user else ("", "")
    said = entry.statement
    for taking in entry.takings or [None]:
        yield [
            *(*who, entry.terms.version, clock(entry.created_at), clock(entry.ended_at)),
            *((taking.name, taking.digest, clock(taking.created_at)) if taking else ("", "", "")),
            *((clock(said.created_at), said.deleted_on, said.kept) if said else ("", "", "")),
        ]


@blueprint.post("/data/<key:data_set>/reminders")
def reminders(competition: Competition, data_set: DataSet) -> Any:
    count = actions.remind(data_set, by=me())
    flash(
        ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", count)
        if count
        else _("Nobody is to be asked now: one letter a day is enough."),
        "success" if count else "message",
    )
    return redirect(url_for(".people", competition=competition, data_set=data_set))
