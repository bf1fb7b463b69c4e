"""Describing pictures, and showing our own copies of them."""

from typing import Any

from flask import abort, current_app, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from ..accounts.queries import me
from ..competitions.models import Competition
from ..ground.forms import Form, Text, page
from ..ground.obstacle import Obstacle
from ..ground.pictures import MIMETYPE
from ..teams.models import Team
from . import pictures as actions
from .models import Submission
from .queries import Attachment
from .views import blueprint


class PictureForm(Form):
    alt = Text(
        _l("What the picture shows"),
        most=300,
        description=_l(
            "In the language of your text, for people who cannot see it: what matters in it, in a "
            "sentence. “Map of the stops, the dark ones red” says more than “screenshot”."
        ),
    )
    cover = BooleanField(
        _l("The cover of the project"), description=_l("It stands first. There is one cover.")
    )


@blueprint.route("/teams/<key:team>/submission/files/<key:file>/picture", methods=["GET", "POST"])
def picture(competition: Competition, team: Team, file: Attachment) -> Any:
    """Say what a picture shows, so that it can be shown."""
    row = actions.file_in_draft(team, file.digest)
    if row is None or not actions.may_be_shown(row):
        abort(404)
    form = PictureForm(obj=row)
    if form.validate_on_submit():
        try:
            copy = actions.draw(file.digest)
        except Obstacle as obstacle:
            form.refuse(str(obstacle))
        else:
            told = {"alt": form.alt.data, "cover": form.cover.data}
            if form.attempt(actions.show, team, file.digest, copy, **told, by=me()):
                flash(_("The picture is shown with the draft."), "success")
                return redirect(url_for(".files", competition=competition, team=team))
    row = actions.file_in_draft(team, file.digest)
    return page(
        "submissions/picture.html",
        form,
        competition=competition,
        team=team,
        file=file,
        shown=bool(row and row.drawn),
    )


@blueprint.post("/teams/<key:team>/submission/files/<key:file>/picture/removal")
def picture_removal(competition: Competition, team: Team, file: Attachment) -> Any:
    actions.hide(team, file.digest, by=me())
    flash(_("The picture is no longer shown. Its file stays in the draft."), "success")
    return redirect(url_for(".files", competition=competition, team=team))


@blueprint.get("/submissions/<key:submission>/pictures/<key:file>")
def shown(competition: Competition, submission: Submission, file: Attachment) -> Any:
    """Our own copy, which a browser may draw; what was sent is never more than a download."""
    copy = actions.copy_of(submission, file.digest)
    if not copy:
        abort(404)
    return current_app.extensions["storage"].show(copy, MIMETYPE)
