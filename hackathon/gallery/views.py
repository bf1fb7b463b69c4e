"""The projects, as the world sees them; and for each team, how its own will appear."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import Form, page
from ..ground.pictures import MIMETYPE
from ..ground.scans import download
from ..judging.conflicts import withheld_from
from ..results.queries import disclosure_of
from ..submissions.models import Submission
from ..submissions.queries import Attachment
from ..teams.models import Team
from . import actions
from .forms import NameForm, ProjectFilter
from .models import Audience
from .queries import (
    exhibit_of,
    gallery_of,
    gallery_page,
    is_open,
    names_of,
    naming_of,
    opening_told,
    picture_on_show,
    project_of,
    withheld_now,
)
from .sharing import card_of, described, picture_to_share, whole

blueprint = Blueprint("gallery", __name__, url_prefix="/<key:competition>")


@dataclass(frozen=True)
class Way:
    """The endpoints by which a page leads to a project, its pictures and its files."""

    index: str
    project: str
    picture: str
    file: str
    results: str = "results.index"


OPEN = Way("gallery.index", "gallery.project", "gallery.picture", "gallery.file")


@blueprint.get("/projects")
def index(competition: Competition) -> Any:
    """Everything on show, in pages."""
    form = ProjectFilter(competition)
    title = _("Projects of %(competition)s", competition=competition.name)
    public = gallery_of(competition).audience is Audience.PUBLIC
    address = whole("gallery.index", competition=competition)
    return render_template(
        "gallery/index.html",
        competition=competition,
        form=form,
        wanted=form.wanted,
        projects=gallery_page(competition, form.wanted, withheld=withheld_here(competition)),
        way=OPEN,
        honoured_first=disclosure_of(competition).tells_something,
        public=public,
        card=card_of(title, competition.summary, address) if public else {},
    )


def withheld_here(competition: Competition) -> frozenset[Any]:
    """What a judge in conflict does not meet in a gallery for the crew; see `unbiased`."""
    crew = gallery_of(competition).audience is Audience.CREW
    if not crew or disclosure_of(competition).tells(None):
        return frozenset()
    return withheld_from(me(), competition)


@blueprint.get("/projects/<key:submission>")
def project(competition: Competition, submission: Submission) -> Any:
    exhibit = exhibit_of(competition, submission)
    shown = exhibit.project
    public = gallery_of(competition).audience is Audience.PUBLIC
    told: dict[str, Any] = {"card": {}, "described": None}
    if public:
        alt = shown.cover["alt"] if shown.cover else ""
        image = picture_to_share(shown, competition)
        address = whole("gallery.project", competition=competition, submission=submission)
        told["card"] = card_of(shown.telling.title, shown.telling.summary, address, image, alt)
        told["described"] = described(shown, competition)
    return render_template(
        "gallery/project.html",
        competition=competition,
        exhibit=exhibit,
        project=shown,
        files=gallery_of(competition).files,
        way=OPEN,
        public=public,
        **told,
    )


@blueprint.get("/projects/<key:submission>/pictures/<key:file>")
def picture(competition: Competition, submission: Submission, file: Attachment) -> Any:
    """Our own copy. Browsers alone keep it, and ask each time whether they still may show it."""
    copy = picture_on_show(submission, file.digest)
    return current_app.extensions["storage"].show(copy, MIMETYPE)


@blueprint.get("/projects/<key:submission>/files/<key:file>")
def file(competition: Competition, submission: Submission, file: Attachment) -> Any:
    return download(file.digest, file.name)


# -- the team ----------------------------------------------------------------------------------


@blueprint.get("/teams/<key:team>/gallery")
def own(competition: Competition, team: Team) -> Any:
    """How the project will appear, from when and to whom; and whether one is named with it."""
    return _own(competition, team, NameForm(data={"written": me().name}))


@blueprint.post("/teams/<key:team>/gallery/name")
def naming(competition: Competition, team: Team) -> Any:
    form = NameForm()
    if form.validate_on_submit() and form.attempt(
        actions.name, team, written=form.written.data, by=me()
    ):
        flash(_("Your name stands with the project, wherever the project is shown."), "success")
        return redirect(url_for(".own", competition=competition, team=team))
    return _own(competition, team, form)


@blueprint.post("/teams/<key:team>/gallery/name/end")
def naming_end(competition: Competition, team: Team) -> Any:
    actions.unname(team, by=me())
    flash(_("You are not named with the project."), "success")
    return redirect(url_for(".own", competition=competition, team=team))


def _own(competition: Competition, team: Team, form: Form) -> Any:
    shown = project_of(team)
    return page(
        "gallery/own.html",
        form,
        competition=competition,
        team=team,
        project=shown,
        withheld=withheld_now(shown.submission) if shown else None,
        gallery=gallery_of(competition),
        opened=is_open(competition),
        opens_at=opening_told(competition),
        naming=naming_of(me(), team),
        names=names_of(team),
        way=Way("gallery.index", "gallery.project", "submissions.shown", "submissions.file"),
    )
