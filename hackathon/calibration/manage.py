"""Samples, as organizers write them, publish them and learn from them."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import page
from ..ground.kinds import ending_of
from ..ground.obstacle import Obstacle
from ..ground.pictures import ENDINGS, Copy, drawn_anew
from ..ground.receiving import Received, receive
from ..ground.transaction import let_go, stands
from ..journal.actions import note_viruses
from ..judging.queries import round_of
from . import actions, words
from .forms import LessonForm, SampleFileForm, references_form, sample_form
from .models import Sample, SampleFile
from .queries import (
    anchored,
    completed_for,
    completed_numbers,
    criteria_for,
    gathered,
    left_by_judge,
    samples_of,
)

blueprint = Blueprint("calibration", __name__, url_prefix="/calibration")


@blueprint.get("")
def index(competition: Competition) -> Any:
    """Every sample of the round, and which judges have some to complete."""
    samples = samples_of(competition)
    return render_template(
        "calibration/manage/index.html",
        competition=competition,
        samples=samples,
        completed=completed_numbers(samples),
        left=left_by_judge(competition),
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new(competition: Competition) -> Any:
    form = sample_form(competition.challenges)
    if form.validate_on_submit() and (
        sample := form.attempt(
            actions.add_sample, competition, by=me(), **form.fields(competition.challenges)
        )
    ):
        flash(_("The sample is written. Judges do not see it yet."), "success")
        return to_sample(sample)
    return page("calibration/manage/edit.html", form, competition=competition, sample=None)


@blueprint.get("/<key:sample>")
def show(competition: Competition, sample: Sample) -> Any:
    return workbench(competition, sample, SampleFileForm())


def workbench(competition: Competition, sample: Sample, form: SampleFileForm) -> Any:
    return page(
        "calibration/manage/show.html",
        form,
        competition=competition,
        sample=sample,
        criteria=criteria_for(sample),
        completed=len(completed_for(sample)),
        anchored=anchored(me(), sample),
        earlier=sample.round_id != round_of(competition).id,
        limit=current_app.config["SETTINGS"].upload_limit,
    )


def to_sample(sample: Sample) -> Any:
    return redirect(url_for(".show", competition=sample.competition, sample=sample))


@blueprint.route("/<key:sample>/edit", methods=["GET", "POST"])
def edit(competition: Competition, sample: Sample) -> Any:
    form = sample_form(competition.challenges, sample)
    if form.validate_on_submit() and form.attempt(
        actions.edit_sample, sample, by=me(), **form.fields(competition.challenges)
    ):
        flash(_("Saved."), "success")
        return to_sample(sample)
    return page("calibration/manage/edit.html", form, competition=competition, sample=sample)


@blueprint.post("/<key:sample>/files")
def files(competition: Competition, sample: Sample) -> Any:
    form = SampleFileForm()
    if form.validate_on_submit() and (looked := looked_into(form, sample)):
        received, copy = looked
        if form.attempt(
            actions.add_file, sample, received, copy, caption=form.caption.data, by=me()
        ):
            flash(ngettext("The file is added.", "%(num)d files are added.", 1), "success")
            return to_sample(sample)
    return workbench(competition, sample, form)


def looked_into(form: SampleFileForm, sample: Sample) -> tuple[Received, Copy | None] | None:
    """The file, with our copy of a picture, if it is good; else the form says what is wrong."""
    sent, extensions = form.file.data, current_app.extensions
    there = {"competition": sample.competition, "subject": sample.title}
    let_go()  # looking into it takes its time
    try:
        [received] = receive(
            [(sent.filename, sent.stream)],
            storage=extensions["storage"],
            limit=current_app.config["SETTINGS"].upload_limit,
            scanner=extensions["scanner"],
        )
        sent.stream.seek(0)
        picture = ending_of(received.name) in ENDINGS
        return received, drawn_anew(sent.stream) if picture else None
    except Obstacle as refusal:
        form.refuse(str(refusal), "file")
        if note_viruses(getattr(refusal, "refusals", [refusal]), **there, by=me()):
            stands()
        return None


@blueprint.post("/<key:sample>/files/<key:sample_file>/removal")
def file_removal(competition: Competition, sample: Sample, sample_file: SampleFile) -> Any:
    actions.remove_file(sample_file, by=me())
    flash(_("Removed."), "success")
    return to_sample(sample)


@blueprint.route("/<key:sample>/reference", methods=["GET", "POST"])
def reference(competition: Competition, sample: Sample) -> Any:
    """Which level the organizers find right on each criterion, and why."""
    criteria = criteria_for(sample)
    form = references_form(criteria, {each.criterion_id: each for each in sample.references})
    if form.validate_on_submit() and form.attempt(
        actions.set_references, sample, form.given, by=me()
    ):
        flash(_("Saved."), "success")
        return to_sample(sample)
    return page(
        "calibration/manage/reference.html",
        form,
        competition=competition,
        sample=sample,
        hints={
            criterion.id: {level.score: level.description for level in criterion.levels}
            for criterion in criteria
        },
    )


@blueprint.post("/<key:sample>/publication")
def publication(competition: Competition, sample: Sample) -> Any:
    """Offered; or required, where the button says so."""
    required = bool(request.form.get("required"))
    actions.publish(sample, required=required, by=me())
    flash(
        _("Judges score this sample before they score submissions.")
        if required
        else _("Judges can score this sample first."),
        "success",
    )
    return to_sample(sample)


@blueprint.post("/<key:sample>/withdrawal")
def withdrawal(competition: Competition, sample: Sample) -> Any:
    actions.withdraw(sample, by=me())
    flash(_("Judges see this sample no more. What they gave is kept."), "success")
    return to_sample(sample)


@blueprint.post("/<key:sample>/removal")
def removal(competition: Competition, sample: Sample) -> Any:
    actions.remove(sample, by=me())
    flash(_("Removed."), "success")
    return redirect(url_for(".index", competition=competition))


@blueprint.post("/reminders")
def reminders(competition: Competition) -> Any:
    number = actions.remind(competition, by=me())
    flash(
        ngettext(
            "%(num)s reminder is on its way.",
            "%(num)s reminders are on their way.",
            number,
        )
        if number
        else _("Nobody needs a reminder now: one an hour is enough."),
        "success" if number else "info",
    )
    return redirect(url_for(".index", competition=competition))


@blueprint.get("/<key:sample>/levels")
def levels(competition: Competition, sample: Sample) -> Any:
    """What the judges gave, where they are divided, and who is far from the others."""
    return render_template(
        "calibration/manage/levels.html",
        competition=competition,
        sample=sample,
        found=gathered(sample),
        of_judge=words.of_judge,
    )


@blueprint.route("/<key:sample>/lesson", methods=["GET", "POST"])
def lesson(competition: Competition, sample: Sample) -> Any:
    """What was learned, for the judges who have scored the sample."""
    form = LessonForm(
        data={"lesson": sample.lesson, "publish": sample.lesson_published_at is not None}
    )
    if form.validate_on_submit() and form.attempt(
        actions.write_lesson, sample, form.lesson.data, publish=form.publish.data, by=me()
    ):
        flash(
            _("The judges who have completed this sample read it.")
            if form.publish.data
            else _("Saved. Judges do not read it yet."),
            "success",
        )
        return to_sample(sample)
    return page("calibration/manage/lesson.html", form, competition=competition, sample=sample)
