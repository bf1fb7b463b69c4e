"""Preparing a competition: its texts, dates, challenges, partners, documents and criteria."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import inspect

from ..accounts.queries import me
from ..extensions import db
from ..ground.forms import Form, page
from ..ground.localized import Localized
from ..ground.paging import asked, paginate
from ..ground.receiving import FileRefused, Received, scan
from ..ground.scans import note_scan
from ..ground.storage import TooLarge, safe_name
from ..ground.transaction import let_go, stands
from ..journal.actions import note_viruses
from . import actions
from .forms import (
    GATE_NAMES,
    AnswerForm,
    AppointmentForm,
    ChallengeForm,
    CompetitionForm,
    ConditionForm,
    CriterionForm,
    DocumentForm,
    PartnerForm,
    WindowForm,
)
from .models import (
    Challenge,
    Comment,
    Competition,
    Condition,
    Criterion,
    Document,
    Extension,
    Gate,
    Inquiry,
    Organizer,
    Partner,
    PartnerKind,
    Round,
)
from .queries import (
    gates_of,
    inquiries_of,
    opening_of,
    organizers_of,
    round_at,
    timetable_of,
    undoable_extensions,
)

blueprint = Blueprint("competitions", __name__)


# -- the competition itself ------------------------------------------------------------------


@blueprint.route("/edit", methods=["GET", "POST"])
def edit(competition: Competition) -> Any:
    form = CompetitionForm(obj=competition)
    if form.validate_on_submit() and form.attempt(
        actions.edit_competition, competition, by=me(), **fields_of(form)
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".edit", competition=competition))
    zones = available_timezones()
    return page(
        "competitions/manage/edit.html",
        form,
        competition=competition,
        zones=sorted(zones),
        timetable=timetable_of(competition),
        other_clock=form.zone.data in zones - {competition.zone},
    )


def fields_of(form: Form) -> dict[str, Any]:
    """What was typed, without the token; no country is None, no position or grace 0."""
    data = {name: value for name, value in form.data.items() if name != "csrf_token"}
    if "country" in data:
        data["country"] = data["country"] or None
    for number in ("position", "grace_seconds"):
        if number in data:
            data[number] = data[number] or 0
    return data


@blueprint.post("/publication")
def publication(competition: Competition) -> Any:
    actions.publish_competition(competition, by=me())
    flash(_("The competition is public."), "success")
    return redirect(url_for("desk.front", competition=competition))


# -- dates -----------------------------------------------------------------------------------


@blueprint.get("/dates")
def dates(competition: Competition) -> Any:
    return render_template(
        "competitions/manage/dates.html",
        competition=competition,
        openings=[opening_of(competition, gate) for gate in gates_of(competition)],
        undoable=undoable_extensions(competition),
    )


@blueprint.post("/dates/extensions/<key:extension>/undoing")
def undoing(competition: Competition, extension: Extension) -> Any:
    actions.undo_extension(extension, by=me())
    flash(_("The extension is undone, and its letters stay here."), "success")
    return redirect(url_for(".dates", competition=competition))


@blueprint.route("/dates/<key:gate>", methods=["GET", "POST"])
def window(competition: Competition, gate: Gate) -> Any:
    """Announce when a gate opens and closes."""
    opening = opening_of(competition, gate)
    form = WindowForm(obj=opening, meta={"zone": competition.zone})
    if form.validate_on_submit() and form.attempt(
        actions.announce_window,
        competition,
        gate,
        opens_at=form.opens_at.data,
        closes_at=form.closes_at.data,
        by=me(),
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".dates", competition=competition))
    return page(
        "competitions/manage/window.html",
        form,
        competition=competition,
        opening=opening,
        gate=gate,
        gate_name=GATE_NAMES[gate],
    )


# -- challenges, partners, criteria and conditions: kinds of pieces, kept in the same way -----


@dataclass(frozen=True)
class Kind:
    """What the pages of one kind of piece need."""

    name: str
    many: str
    model: Any
    form: Any
    title: Any
    new: Any
    name_of: Callable[[Any], str]
    save: Callable[..., Any] = actions.save
    page: str = "competitions/manage/piece.html"


def save_criterion(criterion: Criterion, *, by: Any, subject: str, **fields: Any) -> Criterion:
    return actions.save_criterion(criterion, by=by, **fields)


KINDS = (
    Kind(
        "challenge",
        "challenges",
        Challenge,
        ChallengeForm,
        _l("Challenges"),
        _l("New challenge"),
        lambda challenge: str(challenge.title),
    ),
    Kind(
        "partner",
        "partners",
        Partner,
        PartnerForm,
        _l("Partners"),
        _l("New partner"),
        lambda partner: str(partner.name),
    ),
    Kind(
        "criterion",
        "criteria",
        Criterion,
        CriterionForm,
        _l("Criteria"),
        _l("New criterion"),
        lambda criterion: str(criterion.name),
        save_criterion,
        "competitions/manage/criterion.html",
    ),
    Kind(
        "condition",
        "conditions",
        Condition,
        ConditionForm,
        _l("Conditions"),
        _l("New condition"),
        lambda condition: str(condition.name),
        actions.save_of_rules,
    ),
)


def written(piece: Any) -> dict[str, Any]:
    """What the form of a piece shows of it."""
    said = {each.key: getattr(piece, each.key) for each in inspect(piece).mapper.column_attrs}
    for level in getattr(piece, "levels", []):
        said[f"level_{level.score}"], said[f"word_{level.score}"] = level.description, level.word
    if isinstance(piece, Criterion):
        said["challenge_id"] = str(piece.challenge_id or "")
    return said


def criterion_in(form: CriterionForm) -> dict[str, Any]:
    plain = ("name", "description", "weight", "comment_shown")
    return {
        **{name: form[name].data for name in plain},
        "position": form.position.data or 0,
        "comment": Comment(form.comment.data or Comment.NO),
        "challenge_id": UUID(form.challenge_id.data) if form.challenge_id.data else None,
        "levels": form.levels,
    }


def add_pages(kind: Kind) -> None:
    """The list of one kind, and its pages to make, edit and remove one."""

    of_round = kind.model in (Criterion, Condition)

    def round_wanted(competition: Competition) -> Round | None:
        """Of what belongs to a round: the one that the address asks for, else the first."""
        first = competition.rounds[0] if competition.rounds else None
        return (round_at(competition, asked("round")["round"]) or first) if of_round else None

    def index(competition: Competition) -> Any:
        round_ = round_wanted(competition)
        return render_template(
            "competitions/manage/pieces.html",
            competition=competition,
            kind=kind,
            round=round_,
            pieces=getattr(round_ or competition, kind.many),
        )

    def write(competition: Competition, piece: Any, form: Any) -> Any:
        if kind.model is Criterion:
            form.offer(competition.challenges)
        if form.validate_on_submit():
            fields = criterion_in(form) if kind.model is Criterion else fields_of(form)
            if kind.model is Partner:
                fields["kind"] = PartnerKind(fields["kind"])
            subject = str(fields.get("title") or fields.get("name"))
            if form.attempt(kind.save, piece, by=me(), subject=subject, **fields):
                flash(_("Saved."), "success")
                return list_with(competition, piece)
        return page(kind.page, form, competition=competition, kind=kind, piece=piece)

    def new(competition: Competition) -> Any:
        piece = kind.model(competition_id=competition.id)
        if round_ := round_wanted(competition):
            piece.round_id = round_.id
        return write(competition, piece, kind.form())

    def edit(competition: Competition, **named: Any) -> Any:
        piece = named[kind.name]
        return write(competition, piece, kind.form(data=written(piece)))

    def removal(competition: Competition, **named: Any) -> Any:
        piece = named[kind.name]
        back = list_with(competition, piece)
        actions.remove(piece, by=me(), subject=kind.name_of(piece))
        flash(_("Removed."), "success")
        return back

    def list_with(competition: Competition, piece: Any) -> Any:
        """The list that the piece stands in."""
        later = [r.position for r in competition.rounds[1:] if of_round and r.id == piece.round_id]
        there = {"round": later[0]} if later else {}
        return redirect(url_for(f".{kind.many}", competition=competition, **there))

    one = f"/{kind.many}/<key:{kind.name}>"
    both = ["GET", "POST"]
    blueprint.add_url_rule(f"/{kind.many}", kind.many, index)
    blueprint.add_url_rule(f"/{kind.many}/new", f"{kind.name}_new", new, methods=both)
    blueprint.add_url_rule(one, f"{kind.name}_edit", edit, methods=both)
    blueprint.add_url_rule(f"{one}/removal", f"{kind.name}_removal", removal, methods=["POST"])


for kind in KINDS:
    add_pages(kind)


# -- documents -------------------------------------------------------------------------------


@blueprint.get("/documents")
def documents(competition: Competition) -> Any:
    return render_template("competitions/manage/documents.html", competition=competition)


@blueprint.route("/documents/new", methods=["GET", "POST"])
def document_new(competition: Competition) -> Any:
    return write_document(competition, Document(competition_id=competition.id), DocumentForm())


@blueprint.route("/documents/<key:document>", methods=["GET", "POST"])
def document_edit(competition: Competition, document: Document) -> Any:
    return write_document(competition, document, DocumentForm(obj=document))


def write_document(competition: Competition, document: Document, form: DocumentForm) -> Any:
    if form.validate_on_submit():
        fields = {
            "title": form.title.data,
            "language": form.language.data or None,
            "position": form.position.data or 0,
        }
        if form.file.data:
            if received := keep_file(form, competition):
                fields |= {
                    "file_name": received.name,
                    "digest": received.digest,
                    "size": received.size,
                }
                note_scan(received)
        elif not document.digest:
            form.refuse(_("Choose a file."), "file")
        if not form.errors and form.attempt(
            actions.save, document, by=me(), subject=str(form.title.data), **fields
        ):
            flash(_("Saved."), "success")
            return redirect(url_for(".documents", competition=competition))
    return page(
        "competitions/manage/document.html", form, competition=competition, document=document
    )


def keep_file(form: DocumentForm, competition: Competition) -> Received | None:
    """Store what was sent; an error of the form when it is too large, empty or holds a virus."""
    sent = form.file.data
    limit = current_app.config["SETTINGS"].upload_limit
    extensions = current_app.extensions
    let_go()  # looking into it takes its time
    try:
        scanned = scan(safe_name(sent.filename), sent.stream, extensions["scanner"])
        stored = extensions["storage"].keep(sent.stream, limit)
    except FileRefused as refusal:
        form.refuse(str(refusal), "file")
        there = {"competition": competition, "subject": form.title.data}
        if note_viruses([refusal], **there, by=me()):
            stands()
        return None
    except TooLarge:
        form.refuse(_("This file is too large."), "file")
        return None
    name = safe_name(sent.filename)
    if not stored.size or not name:
        form.refuse(_("This file is empty or has no name."), "file")
        return None
    return Received(name, stored.digest, stored.size, scanned)


@blueprint.post("/documents/<key:document>/removal")
def document_removal(competition: Competition, document: Document) -> Any:
    actions.remove(document, by=me(), subject=str(document.title))
    flash(_("Removed."), "success")
    return redirect(url_for(".documents", competition=competition))


# -- questions about a challenge -------------------------------------------------------------


@blueprint.get("/inquiries")
def inquiries(competition: Competition) -> Any:
    return render_template(
        "competitions/manage/inquiries.html",
        competition=competition,
        inquiries=paginate(db.session, inquiries_of(competition)),
    )


@blueprint.route("/inquiries/<key:inquiry>", methods=["GET", "POST"])
def inquiry(competition: Competition, inquiry: Inquiry) -> Any:
    """Answer the asker alone, or everyone."""
    asked = inquiry.question or Localized(**{inquiry.language: inquiry.text})
    form = AnswerForm(data={"question": asked, "answer": inquiry.answer})
    if form.validate_on_submit() and form.attempt(
        actions.answer_inquiry,
        inquiry,
        question=form.question.data,
        answer=form.answer.data,
        publish=form.publish.data,
        by=me(),
    ):
        flash(_("The answer is saved."), "success")
        return redirect(url_for(".inquiries", competition=competition))
    return page("competitions/manage/inquiry.html", form, competition=competition, inquiry=inquiry)


@blueprint.post("/inquiries/<key:inquiry>/withdrawal")
def inquiry_withdrawal(competition: Competition, inquiry: Inquiry) -> Any:
    actions.withdraw_inquiry(inquiry, by=me())
    flash(_("Only the person who asked sees the answer now."), "success")
    return redirect(url_for(".inquiry", competition=competition, inquiry=inquiry))


# -- organizers ------------------------------------------------------------------------------


@blueprint.route("/organizers", methods=["GET", "POST"])
def organizers(competition: Competition) -> Any:
    form = AppointmentForm()
    if form.validate_on_submit() and form.attempt(
        actions.appoint_organizer, competition, email=form.email.data, by=me()
    ):
        flash(_("Saved."), "success")
        return redirect(url_for(".organizers", competition=competition))
    return page(
        "competitions/manage/organizers.html",
        form,
        competition=competition,
        organizers=organizers_of(competition),
    )


@blueprint.post("/organizers/<key:organizer>/dismissal")
def dismissal(competition: Competition, organizer: Organizer) -> Any:
    actions.dismiss_organizer(organizer, by=me())
    flash(_("This person does not organize the competition any more."), "success")
    return redirect(url_for(".organizers", competition=competition))
