"""A team's work: its draft, files and receipts; and what its mentors say of it."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.queries import me
from ..competitions.models import Competition, Gate
from ..ground.forms import Form, page
from ..ground.receiving import FilesRefused, Received, receive
from ..ground.transaction import let_go, stands
from ..mentoring.queries import mentor_of
from ..teams.models import Team
from ..teams.queries import opening_for, team_of
from . import actions
from .forms import DraftForm, FilesForm, SubmitForm, feedback_form
from .models import Submission, Version
from .pictures import may_be_shown
from .queries import (
    Attachment,
    Part,
    charges_of,
    criteria_of,
    differs,
    feedback_by,
    missing_parts,
    sent_feedback,
    submission_of,
)
from .scans import note_viruses, virus_in
from .uploads import arrived, unfinished_of

blueprint = Blueprint("submissions", __name__, url_prefix="/<key:competition>")

# -- the team ----------------------------------------------------------------------------------


@blueprint.get("/submission")
def own(competition: Competition) -> Any:
    """The work of one's own team, for links that do not know which it is."""
    return redirect(url_for(".show", competition=competition, team=team_of(me(), competition)))


@blueprint.get("/teams/<key:team>/submission")
def show(competition: Competition, team: Team) -> Any:
    return overview(competition, team, SubmitForm())


def overview(competition: Competition, team: Team, form: Form) -> Any:
    """What counts now, what the draft still needs, and everything around it."""
    submission = submission_of(team)
    return page(
        "submissions/show.html",
        form,
        competition=competition,
        team=team,
        submission=submission,
        parts=list(Part),
        missing=missing_parts(team, submission),
        changed=submission is not None and differs(submission),
        opening=opening_for(team, Gate.SUBMISSION),
        feedback=sent_feedback(submission) if submission else [],
    )


@blueprint.route("/teams/<key:team>/submission/draft", methods=["GET", "POST"])
def edit(competition: Competition, team: Team) -> Any:
    form = DraftForm(obj=submission_of(team))
    saved = None
    if form.validate_on_submit():
        if form.attempt(actions.edit, team, based_on=form.revision.data, by=me(), **form.fields()):
            flash(_("The draft is saved. It counts once you hand it in."), "success")
            return redirect(url_for(".show", competition=competition, team=team))
        saved = submission_of(team)
        form.rebase(saved.revision if saved else 0)
    return page(
        "submissions/edit.html",
        form,
        competition=competition,
        team=team,
        saved=saved,
        opening=opening_for(team, Gate.SUBMISSION),
    )


@blueprint.route("/teams/<key:team>/submission/files", methods=["GET", "POST"])
def files(competition: Competition, team: Team) -> Any:
    form = FilesForm()
    limit = current_app.config["SETTINGS"].upload_limit
    if form.validate_on_submit():
        uploads = [(file.filename, file.stream) for file in form.files.data]
        received = looked_into(form, team, uploads, limit)
        if received and form.attempt(actions.add_files, team, received, by=me()):
            number = len(received)
            flash(ngettext("The file is added.", "%(num)d files are added.", number), "success")
            return redirect(url_for(".files", competition=competition, team=team))
    submission = submission_of(team)
    return page(
        "submissions/files.html",
        form,
        competition=competition,
        team=team,
        submission=submission,
        uploads=unfinished_of(team),
        pictured=[file for file in submission.files if may_be_shown(file)] if submission else [],
        arrived=arrived,
        limit=limit,
        most=actions.MOST_FILES,
    )


def looked_into(form: FilesForm, team: Team, uploads: Any, limit: int) -> list[Received]:
    """The files, if all of them are good; else the form says what is wrong with which."""
    let_go()  # looking into files takes its time
    extensions = current_app.extensions
    try:
        return receive(
            uploads, storage=extensions["storage"], limit=limit, scanner=extensions["scanner"]
        )
    except FilesRefused as refusal:
        form.refuse(str(refusal), refusal.field)
        if note_viruses(team, refusal, by=me()):
            stands()
        return []


@blueprint.post("/teams/<key:team>/submission/files/<key:file>/removal")
def file_removal(competition: Competition, team: Team, file: Attachment) -> Any:
    actions.remove_file(team, file.digest, by=me())
    flash(_("The file is removed from the draft."), "success")
    return redirect(url_for(".files", competition=competition, team=team))


@blueprint.post("/teams/<key:team>/submission/receipt")
def receipt(competition: Competition, team: Team) -> Any:
    """Hand the draft in; the receipt stands on the submission's page and goes out by letter."""
    form = SubmitForm()
    if form.validate_on_submit():
        version = form.attempt(actions.submit, team, by=me())
        if version:
            flash(
                _("Version %(number)s is handed in. It counts now.", number=version.number),
                "success",
            )
            return redirect(url_for(".show", competition=competition, team=team))
    return overview(competition, team, form)


# -- readers -----------------------------------------------------------------------------------


@blueprint.get("/submissions/<key:submission>/versions/<key:version>")
def version(competition: Competition, submission: Submission, version: Version) -> Any:
    """One version as it was handed in."""
    return render_template(
        "submissions/version.html",
        competition=competition,
        submission=submission,
        version=version,
    )


@blueprint.get("/submissions/<key:submission>/files/<key:file>")
def file(competition: Competition, submission: Submission, file: Attachment) -> Any:
    if virus := virus_in(file.digest):
        raise actions.VirusInIt(virus=virus)
    return current_app.extensions["storage"].download(file.digest, file.name)


# -- mentors -----------------------------------------------------------------------------------


@blueprint.get("/mentoring/submissions")
def mentored(competition: Competition) -> Any:
    """The work of the teams that the mentor accompanies."""
    return render_template(
        "submissions/mentored.html",
        competition=competition,
        charges=charges_of(me(), competition),
    )


@blueprint.route("/teams/<key:team>/submission/feedback", methods=["GET", "POST"])
def feedback(competition: Competition, team: Team) -> Any:
    mentor = mentor_of(me(), competition)
    assert mentor is not None  # the door lets no one else in
    submission = submission_of(team)
    written = feedback_by(mentor, submission) if submission else None
    form = feedback_form(criteria_of(competition), written)
    sent_before = written is not None and written.sent_at is not None
    if form.validate_on_submit():
        saved = form.attempt(
            actions.write_feedback,
            mentor,
            submission,
            overall=form.overall.data or "",
            remarks=form.remarks(),
            send=form.send.data,
            by=me(),
        )
        if saved:
            if saved.sent_at is None:
                flash(_("Saved. The team sees it once you send it."), "success")
            else:
                flash(_("Sent. The team sees it and is told by letter."), "success")
            return redirect(url_for(".feedback", competition=competition, team=team))
    return page(
        "submissions/feedback.html",
        form,
        competition=competition,
        team=team,
        submission=submission,
        written=written,
        sent_before=sent_before,
        opening=opening_for(team, Gate.FEEDBACK),
    )
