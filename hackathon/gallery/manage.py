"""Opening the gallery, seeing it beforehand, and keeping projects out of it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import db
from ..ground.forms import page
from ..ground.paging import paginate
from ..judging.queries import competed
from ..results.preview import shown_ahead
from ..results.queries import disclosure_of, moment_asked
from ..submissions.models import Submission
from . import actions
from .forms import AUDIENCE_NAMES, GalleryForm, ProjectFilter, ReasonForm
from .models import Withheld
from .queries import (
    amounts_of,
    exhibit_of,
    gallery_of,
    gallery_page,
    is_open,
    lets_more_in,
    opening_ahead,
    opening_told,
    rows_of,
)
from .views import Way

blueprint = Blueprint("gallery", __name__)

PREVIEW = Way(
    "manage.gallery.preview", "manage.gallery.project", "submissions.shown", "submissions.file"
)
# The same once all results are public.
HONOURED = Way(
    "manage.gallery.honoured",
    "manage.gallery.honoured_project",
    "submissions.shown",
    "submissions.file",
    "manage.results.preview",
)


@blueprint.get("/gallery")
def index(competition: Competition) -> Any:
    """What holds now, and every project with what it lacks."""
    versions = paginate(db.session, competed(competition))
    gallery = gallery_of(competition)
    return render_template(
        "gallery/manage/index.html",
        competition=competition,
        gallery=gallery,
        audience=AUDIENCE_NAMES[gallery.audience],
        opened=is_open(competition),
        opens_at=opening_told(competition),
        amounts=amounts_of(competition, files=gallery.files),
        versions=versions,
        rows=rows_of(versions),
    )


@blueprint.route("/gallery/settings", methods=["GET", "POST"])
def edit(competition: Competition) -> Any:
    """What lets more people see more is first said in words, then done."""
    form = GalleryForm(obj=gallery_of(competition), meta={"zone": competition.zone})
    asks = False
    if form.validate_on_submit():
        asks = lets_more_in(competition, **form.wanted) and form.sure.data != form.mark
        if not asks and form.attempt(actions.settle, competition, **form.wanted, by=me()):
            flash(_("Saved. It holds from now on."), "success")
            return redirect(url_for(".index", competition=competition))
        form.sure.data = form.mark
    return page(
        "gallery/manage/edit.html",
        form,
        competition=competition,
        asks=asks,
        wanted=form.wanted if asks else None,
        amounts=amounts_of(competition, files=form.wanted["files"]) if asks else None,
    )


@blueprint.get("/gallery/preview")
def preview(competition: Competition) -> Any:
    """The projects' page, as it will be on the day it opens."""
    return shown_ahead(competition, lambda: _page(competition, PREVIEW), opening_ahead(competition))


@blueprint.get("/gallery/preview/<key:submission>")
def project(competition: Competition, submission: Submission) -> Any:
    """A project's page, likewise."""
    return shown_ahead(
        competition,
        lambda: _page_of(competition, submission, PREVIEW),
        opening_ahead(competition),
    )


@blueprint.get("/gallery/preview/results")
def honoured(competition: Competition) -> Any:
    """The projects' page, as it will be with the results."""
    at = moment_asked(competition, request.args.get("at", ""))
    return shown_ahead(competition, lambda: _page(competition, HONOURED), at)


@blueprint.get("/gallery/preview/results/<key:submission>")
def honoured_project(competition: Competition, submission: Submission) -> Any:
    """A project's page, likewise."""
    at = moment_asked(competition, request.args.get("at", ""))
    return shown_ahead(competition, lambda: _page_of(competition, submission, HONOURED), at)


def _page(competition: Competition, way: Way) -> Any:
    form = ProjectFilter(competition)
    return render_template(
        "gallery/index.html",
        competition=competition,
        form=form,
        wanted=form.wanted,
        projects=gallery_page(competition, form.wanted),
        way=way,
        honoured_first=disclosure_of(competition).tells_something,
        public=False,
        card={},
        previewing=True,
    )


def _page_of(competition: Competition, submission: Submission, way: Way) -> Any:
    exhibit = exhibit_of(competition, submission)
    return render_template(
        "gallery/project.html",
        competition=competition,
        exhibit=exhibit,
        project=exhibit.project,
        files=gallery_of(competition).files,
        way=way,
        public=False,
        card={},
        described=None,
        previewing=True,
    )


@blueprint.route("/gallery/<key:submission>/withholding", methods=["GET", "POST"])
def withholding(competition: Competition, submission: Submission) -> Any:
    return _change(competition, submission, actions.withhold, _("The project is kept out."))


@blueprint.route("/gallery/<key:submission>/withholding/end", methods=["GET", "POST"])
def withholding_end(competition: Competition, submission: Submission) -> Any:
    return _change(
        competition, submission, actions.show_again, _("The project is shown like the others.")
    )


def _change(
    competition: Competition, submission: Submission, deed: Callable[..., Withheld], done: str
) -> Any:
    form = ReasonForm()
    if form.validate_on_submit() and form.attempt(
        deed, submission, reason=form.reason.data, by=me()
    ):
        flash(done, "success")
        return redirect(url_for(".index", competition=competition))
    return page(
        "gallery/manage/withholding.html",
        form,
        competition=competition,
        submission=submission,
        team=submission.team,
        withholding=deed is actions.withhold,
    )
