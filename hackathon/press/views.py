"""The press pack for everyone, once the results are public: a page, and all of it as a ZIP."""

from typing import Any

from flask import Blueprint, Response, current_app, render_template

from ..competitions.models import Competition
from ..ground.packing import packed
from .documents import parts_of
from .models import PressPack
from .queries import Release, pack_of, release_of

blueprint = Blueprint("press", __name__, url_prefix="/<key:competition>")


@blueprint.get("/press")
def show(competition: Competition) -> Any:
    release = release_of(competition, pack_in(competition), beforehand=False)
    return render_template("press/show.html", competition=competition, release=release)


@blueprint.get("/press.zip")
def archive(competition: Competition) -> Any:
    return zipped(release_of(competition, pack_in(competition), beforehand=False))


def pack_in(competition: Competition) -> PressPack:
    """The pack, which there is behind each of these doors."""
    pack = pack_of(competition)
    assert pack is not None
    return pack


def zipped(release: Release) -> Response:
    """Read from the database now, from the storage while it is sent."""
    parts = parts_of(release)
    answer = Response(packed(parts, current_app.extensions["storage"]), mimetype="application/zip")
    name = f"{release.competition.slug}-press.zip"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
