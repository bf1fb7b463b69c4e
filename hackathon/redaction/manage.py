"""The desk at which organizers take out of a work what says whose it is."""

from collections import Counter
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition, Round
from ..competitions.queries import round_at
from ..competitions.timetable import State
from ..ground.forms import page
from ..ground.paging import paginate_rows
from ..ground.receiving import FilesRefused, Received, receive
from ..ground.scans import download, without_virus
from ..ground.transaction import let_go, stands
from ..journal.actions import note_viruses
from ..submissions.models import Submission
from . import actions
from .forms import DeskForm, ReplacementForm, desk_form
from .giveaways import pieces
from .models import Copy, Redaction
from .queries import (
    desk_of,
    last_version,
    lots_of,
    redaction_of,
    rows_of,
    standings,
    wants_blind,
)
from .words import KINDS

blueprint = Blueprint("redaction", __name__, url_prefix="/redaction")
blueprint.add_app_template_filter(KINDS.get, "giveaway_name")
blueprint.add_app_template_filter(pieces, "giveaway_pieces")


@blueprint.get("")
def index(competition: Competition) -> Any:
    """What waits, what is to do, and what is cleared; what judges of no blind round can come to
    read stands last. The roof hands in which they can, since judging is a later room."""
    wanted = wants_blind(competition)
    found = standings(competition) if wanted else {}
    awaited = current_app.extensions["read_blindly"](competition) & found.keys()
    shown = paginate_rows(sorted(found, key=lambda each: each not in awaited))
    return render_template(
        "redaction/manage/index.html",
        competition=competition,
        shown=shown,
        rows=rows_of(competition, {key: found[key] for key in shown}),
        awaited=awaited,
        spared=len(found) - len(awaited),
        counts=Counter(found[each] for each in awaited),
        wanted=wanted,
        judged=(judged := judged_round(competition)),
        over=current_app.extensions["judging_of"](competition).state is State.CLOSED,
        later=[each for each in competition.rounds[judged.position :] if each.blind],
    )


def judged_round(competition: Competition) -> Round:
    """Known by its gate, since judging is a later room."""
    gate = current_app.extensions["judging_of"](competition).gate
    return next(each for each in competition.rounds if each.gate is gate)


def opened(submission: Submission) -> Redaction:
    """The redaction of the version that counts, once the site has prepared it."""
    version = last_version(submission)
    found = redaction_of(version) if version else None
    if found is None:
        abort(404)
    return found


@blueprint.route("/<key:submission>", methods=["GET", "POST"])
def show(competition: Competition, submission: Submission) -> Any:
    """One work: what was found in it, and what judges will read."""
    redaction = opened(submission)
    form = desk_form(desk_of(redaction))
    if redaction.cleared_at is None and form.validate_on_submit():
        kept = form.attempt(
            actions.decide,
            redaction,
            seen=form.seen.data or "",
            stands=form.stands.data or [],
            texts=form.texts,
            links=form.links,
            files=form.files,
            by=me(),
        )
        if kept and request.form.get("deed") != "clear":
            flash(_("Saved. Judges cannot open it yet."), "success")
            return redirect(url_for(".show", competition=competition, submission=submission))
        if kept:
            seen = desk_of(redaction).digest
            if form.attempt(actions.clear, redaction, seen=seen, by=me()):
                flash(_("Cleared. Judges can open it now."), "success")
                return redirect(url_for(".index", competition=competition))
            stands()  # what was decided is kept, and drawn as it now is
            kept_form = desk_form(desk_of(redaction), formdata=None)
            kept_form.form_errors = form.form_errors
            form = kept_form
    return desk_page(competition, submission, redaction, form)


def desk_page(
    competition: Competition, submission: Submission, redaction: Redaction, form: DeskForm
) -> Any:
    form.desk = desk = desk_of(redaction)
    form.seen.data = desk.digest
    return page(
        "redaction/manage/show.html",
        form,
        competition=competition,
        submission=submission,
        redaction=redaction,
        desk=desk,
        number=lots_of(competition).get(submission.id),
    )


@blueprint.post("/<key:submission>/reopening")
def reopening(competition: Competition, submission: Submission) -> Any:
    actions.reopen(opened(submission), by=me())
    flash(_("Taken back. Judges cannot open it until it is cleared again."), "success")
    return redirect(url_for(".show", competition=competition, submission=submission))


@blueprint.get("/<key:submission>/files/<key:copy>")
def copy(competition: Competition, submission: Submission, copy: Copy) -> Any:
    """The file as judges get it."""
    if not copy.digest:
        abort(404)
    without_virus(copy.original)
    return download(copy.digest, copy.name)


@blueprint.route("/<key:submission>/files/<key:copy>/replacement", methods=["GET", "POST"])
def replacement(competition: Competition, submission: Submission, copy: Copy) -> Any:
    """Send a file that judges get instead of this one."""
    form = ReplacementForm()
    if form.validate_on_submit():
        received = looked_into(form, competition, submission)
        redaction = opened(submission)
        if received and form.attempt(actions.replace, redaction, copy, received, by=me()):
            flash(_("Judges get this file instead."), "success")
            return redirect(url_for(".show", competition=competition, submission=submission))
    return page(
        "redaction/manage/replacement.html",
        form,
        competition=competition,
        submission=submission,
        copy=copy,
    )


def looked_into(
    form: ReplacementForm, competition: Competition, submission: Submission
) -> Received | None:
    """The one file, if it is good; else the form says what is wrong."""
    if len(form.uploads) != 1:
        form.refuse(_("Choose one file."), "files")
        return None
    settings, extensions = current_app.config["SETTINGS"], current_app.extensions
    let_go()  # looking into files takes its time
    try:
        found = receive(
            form.uploads,
            storage=extensions["storage"],
            limit=settings.upload_limit,
            scanner=extensions["scanner"],
        )
    except FilesRefused as refusal:
        form.refuse(str(refusal), refusal.field)
        if note_viruses(
            refusal.refusals, competition=competition, subject=submission.team.name, by=me()
        ):
            stands()
        return None
    return found[0]


@blueprint.post("/unblinding")
def unblinding(competition: Competition) -> Any:
    """Of the round that the page showed."""
    asked = request.form.get("round")
    shown = round_at(competition, asked) if asked else judged_round(competition)
    if shown is None:  # never another one in its place: there is no way back
        raise actions.RoundGone
    actions.unblind(shown, by=me())
    flash(_("Judges see from now on whose work they judged."), "success")
    return redirect(url_for(".index", competition=competition))
