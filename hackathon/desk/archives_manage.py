"""Everything of a competition as one ZIP, for organizers."""

from typing import Any

from flask import current_app, flash, redirect, url_for
from flask_babel import gettext as _

from ..accounts.queries import me
from ..competitions.models import Competition
from ..extensions import db
from ..ground.forms import page
from ..ground.paging import paginate
from . import making
from .forms import ArchiveForm
from .manage import blueprint
from .models import Archive


@blueprint.route("/archives", methods=["GET", "POST"])
def archives(competition: Competition) -> Any:
    form = ArchiveForm()
    if form.validate_on_submit() and form.attempt(
        making.ask_for_archive,
        competition,
        personal=form.people.data == "named",
        files=form.files.data,
        by=me(),
    ):
        flash(_("The archive is being made. This page shows how far it is."), "success")
        return redirect(url_for(".archives", competition=competition))
    return page(
        "desk/manage/archives.html",
        form,
        competition=competition,
        archives=paginate(db.session, making.archives_of(competition)),
    )


@blueprint.get("/archives/<key:archive>/file")
def archive_file(competition: Competition, archive: Archive) -> Any:
    kind = "with-personal-data" if archive.personal else "without-personal-data"
    name = f"{competition.slug}-{archive.created_at:%Y-%m-%d}-{kind}.zip"
    return current_app.extensions["storage"].download(archive.digest, name)


@blueprint.post("/archives/<key:archive>/removal")
def archive_removal(competition: Competition, archive: Archive) -> Any:
    making.take_back(archive, by=me())
    flash(_("The archive is gone."), "success")
    return redirect(url_for(".archives", competition=competition))
