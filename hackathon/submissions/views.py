"""A team's work: its draft, files and receipts; and what its mentors say of it."""

from typing import Any

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import generate_csrf

from ..accounts.queries import me
from ..competitions.models import Competition, Gate
from ..ground.doors import asks_for_json
from ..ground.forms import Form, page
from ..ground.i18n import moment_text
from ..ground.merging import fingerprint, written
from ..ground.receiving import FilesRefused, Received, receive
from ..ground.scans import download
from ..ground.transaction import let_go, stands
from ..journal.actions import note_viruses
from ..mentoring.queries import mentor_of
from ..questions.models import Question, Reader
from ..teams.models import Team
from ..teams.queries import opening_for, team_of
from ..teams.rules import member
from . import actions
from .answers import Said, answers_for, answers_in, files_of, standing, submission_questions
from .asks import LABELS, Part
from .drafting import DraftForm, draft_form, field_choices, field_names
from .forms import FilesForm, SubmitForm, feedback_form
from .models import Submission, Version
from .pictures import may_be_shown
from .queries import (
    Attachment,
    charges_of,
    criteria_of,
    differs,
    draft_of,
    feedback_by,
    late,
    missing_parts,
    needed_parts,
    sent_feedback,
    submission_of,
)
from .receipt import latest, statements
from .receipt import written as drafted
from .rules import reader_of
from .telling import telling_of
from .translating import work_of
from .uploads import arrived, unfinished_of

blueprint = Blueprint("submissions", __name__, url_prefix="/<key:competition>")
blueprint.add_app_template_filter(statements)
blueprint.add_app_template_filter(LABELS.get, "part_label")

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
    submission, opening = submission_of(team), opening_for(team, Gate.SUBMISSION)
    draft = drafted(submission) if submission else {}
    counts = submission.handed_in.content if submission and submission.handed_in else {"files": []}
    reader = reader_of(me(), competition, team)
    answers = answers_in(counts, competition, reader)
    return page(
        "submissions/show.html",
        form,
        competition=competition,
        team=team,
        submission=submission,
        draft=draft,
        draft_answers=answers_in(draft, competition, reader),
        answers=answers,
        files=files_of(counts, answers),
        field_names=field_names(team),
        field_choices=field_choices(team),
        prints=prints_for(team, submission),
        needed=needed_parts(team, submission),
        missing=missing_parts(team, submission),
        changed=submission is not None and differs(submission),
        opening=opening,
        late=late(submission.handed_in, opening) if submission and submission.handed_in else None,
        exclusion=submission.excluded() if submission else None,
        translated=work_of(submission) if submission else None,
        feedback=sent_feedback(submission) if submission else [],
    )


def prints_for(team: Team, submission: Submission | None) -> dict[str, str] | None:
    """Of what is saved, by field, for a member's device to compare with what it kept; None for
    other readers."""
    if not member(me(), competition=team.competition, team=team):
        return None
    saved = standing(submission, field_names(team)) if submission else {}
    return {name: fingerprint(value) for name, value in saved.items()}


@blueprint.route("/teams/<key:team>/submission/draft", methods=["GET", "POST"])
def edit(competition: Competition, team: Team) -> Any:
    """The draft. A script may ask for JSON: it then saves field by field, by the same rules."""
    if asks_for_json() and request.method == "POST":
        return autosave(team)
    submission = draft_of(team)
    form = draft_form(team, submission)
    if asks_for_json():
        return as_saved(form, team, submission)
    preview = "preview" in request.form
    if any(file.data for file in form.files):
        let_go()  # looking into files takes its time
    if preview:
        form.hold_files()
    elif form.validate_on_submit():
        mine, received = form.decided, form.received
        saved = form.attempt(actions.edit, team, mine, form.bases, received=received, by=me())
        if saved and form.settle(saved.submission, saved.merge.conflicts):
            flash(_("The draft is saved. It counts once you hand it in."), "success")
            return redirect(url_for(".show", competition=competition, team=team))
    if (preview or form.errors) and request.method == "POST":
        form.keep_disputes(submission)
        refusals = [file.refusal for file in form.files if file.refusal]
        if note_viruses(refusals, competition=competition, subject=team.name, by=me()):
            stands()
    saved_now = draft_of(team)
    missing = missing_parts(team, saved_now)
    return page(
        "submissions/edit.html",
        form,
        competition=competition,
        team=team,
        last_saved=last_saved(saved_now, competition),
        needed=needed_parts(team, saved_now),
        missing=missing,
        lacking=lacking(missing),
        field_names=field_names(team),
        field_choices=field_choices(team),
        preview=form.content if preview else None,
        answers=previewed(form, team) if preview else [],
        opening=opening_for(team, Gate.SUBMISSION),
    )


def autosave(team: Team) -> Any:
    """What came of each field that a script sent. Nothing is handed in, and no letter written.

    This is what a site is asked most in the last minutes: nothing is read or drawn in vain.
    """
    questions, preview = submission_questions(team.competition), request.form.get("preview")
    # Which questions are asked hangs on the answers; the rest of the draft is read under the lock.
    form = draft_form(team, draft_of(team) if questions or preview else None)
    if preview:
        answers, content = previewed(form, team), form.content
        return {
            "preview": render_template("submissions/preview.html", preview=content, answers=answers)
        }
    form.validate()
    closes = closing(team)
    mine = {name: value for name, value in form.mine.items() if not form[name].errors}
    saved = actions.edit(team, mine, form.bases, by=me())
    conflicts = saved.merge.conflicts
    now_there = standing(saved.submission, mine)
    gone = _("This is not asked any more, or the answer stands still now. It could not be saved.")
    if request.form.get("leaving") and not conflicts and not form.errors:
        flash(_("The draft is saved. It counts once you hand it in."), "success")
    return {
        "saved": [
            name
            for name, value in mine.items()
            if name not in conflicts and fingerprint(now_there[name]) == fingerprint(value)
        ],
        "errors": {name: " ".join(map(str, form[name].errors)) for name in form.errors if name}
        | dict.fromkeys(form.strays, gone),
        "conflicts": list(conflicts),
        "closes": closes,
        **told(form, team, saved.submission, questions),
    }


def previewed(form: DraftForm, team: Team) -> list[Said]:
    return answers_in(form.content, team.competition)


def as_saved(form: DraftForm, team: Team, saved: Submission | None) -> Any:
    """What is saved now, and for whom: for a script that comes back after a pause."""
    answer = jsonify(token=generate_csrf(), closes=closing(team), **told(form, team, saved))
    answer.vary.add("Accept")
    return answer


def told(
    form: DraftForm, team: Team, saved: Submission | None, questions: list[Question] | None = None
) -> dict[str, Any]:
    """The draft as it is saved, with what a form that shows it must know.

    What is missing is drawn only for a page that shows something else as missing (`missing`).
    """
    missing = missing_parts(team, saved, questions)
    values = standing(saved, form.typed) if saved else {n: form.value(n) for n in form.typed}
    answer = {
        "person": str(me().id),
        "fields": {n: {"value": written(v), "base": fingerprint(v)} for n, v in values.items()},
        "at": saved.edited_at.isoformat() if saved and saved.edited_at else None,
        "by": saved.edited_by.name if saved and saved.edited_by else "",
        "last": last_saved(saved, team.competition),
        "missing": " ".join(missing),
        "lacking": lacking(missing),
    }
    if request.form.get("missing") != answer["missing"]:
        answer["needs"] = render_template(
            "submissions/needs.html",
            competition=team.competition,
            team=team,
            needed=needed_parts(team, saved, questions),
            missing=missing,
        )
    return answer


def last_saved(saved: Submission | None, competition: Competition) -> str:
    if saved is None or saved.edited_by is None or saved.edited_at is None:
        return ""
    return _(
        "The draft was last saved by %(person)s, %(moment)s.",
        person=saved.edited_by.name,
        moment=moment_text(saved.edited_at, competition.zone),
    )


def lacking(missing: list[Part | Question]) -> str:
    """How much is missing, in a line that stays in sight while one writes."""
    number = len(missing)
    if not number:
        return _("Nothing is missing to hand in.")
    return ngettext("One thing is missing to hand in.", "%(num)d things are missing.", number)


def closing(team: Team) -> str | None:
    closes_at = opening_for(team, Gate.SUBMISSION).closes_at
    return closes_at.isoformat() if closes_at else None


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
        if note_viruses(refusal.refusals, competition=team.competition, subject=team.name, by=me()):
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
    answers = answers_for(version, reader_of(me(), competition, submission.team))
    return render_template(
        "submissions/version.html",
        competition=competition,
        submission=submission,
        version=version,
        answers=answers,
        files=files_of(version.content, answers),
        late=late(version, opening_for(submission.team, Gate.SUBMISSION)),
    )


@blueprint.get("/submissions/<key:submission>/files/<key:file>")
def file(competition: Competition, submission: Submission, file: Attachment) -> Any:
    return download(file.digest, file.name)


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
    before = feedback_by(mentor, submission) if submission else None
    content = latest(submission) if submission else None
    form = feedback_form(criteria_of(team), before)
    sent_before = before is not None and before.sent_at is not None
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
                flash(_("Sent. The team sees it and is told by email."), "success")
            return redirect(url_for(".feedback", competition=competition, team=team))
    content = latest(submission) if submission else {}
    return page(
        "submissions/feedback.html",
        form,
        competition=competition,
        team=team,
        submission=submission,
        content=content,
        answers=answers_in(content, competition, Reader.MENTORS),
        telling=telling_of(submission.id, content) if submission and content else None,
        sent_before=sent_before,
        opening=opening_for(team, Gate.FEEDBACK),
    )
