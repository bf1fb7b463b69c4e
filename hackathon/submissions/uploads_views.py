"""Resumable uploads as the tus protocol 1.0 has them (https://tus.io): core, creation, expiration
and termination; and the question whether the team has a file already.

Refusals are told in JSON, since a script or a program reads them; pages have their own form.
"""

import base64
import binascii
import uuid
from email.utils import format_datetime
from typing import Any

from flask import (
    Response,
    after_this_request,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    request,
    url_for,
)
from flask_babel import gettext as _

from ..accounts.queries import caller, me
from ..competitions.models import Competition
from ..extensions import db, limiter
from ..ground.obstacle import Obstacle
from ..ground.pieces import Busy
from ..ground.receiving import (
    CannotBeScanned,
    FileRefused,
    FilesRefused,
    FileTooLarge,
    receive,
)
from ..ground.transaction import let_go, stands
from ..journal.actions import note_viruses
from ..teams.models import Team
from . import uploads as actions
from .models import Upload
from .views import blueprint

TUS = "1.0.0"
PIECE = "application/offset+octet-stream"
STATUSES = {
    FileTooLarge: 413,
    actions.WrongOffset: 409,
    actions.UploadGone: 410,
    actions.NoRoom: 507,
}

# A submission has few files; who sends one again and again is a machine.
some = limiter.shared_limit("200 per hour", scope="uploads", key_func=caller, methods=["POST"])


@blueprint.route(
    "/teams/<key:team>/submission/uploads",
    methods=["POST", "OPTIONS"],
    provide_automatic_options=False,
)
@some
def uploads(competition: Competition, team: Team) -> Any:
    """Announce a file: its length, and in the metadata its name and, if known, its SHA-256."""
    if request.method == "OPTIONS":
        return spoken(Response(status=204), most=current_app.config["SETTINGS"].upload_limit)
    if refusal := other_version():
        return refusal
    told = metadata(request.headers.get("Upload-Metadata", ""))
    length = request.headers.get("Upload-Length", "")
    if told is None or not (length.isascii() and length.isdigit() and len(length) < 19):
        return refused(_("Say the length and the name of the file first."), 400)
    try:
        upload = actions.begin(
            team,
            name=told.get("filename", ""),
            size=int(length),
            digest=told.get("sha256", ""),
            by=me(),
        )
    except Obstacle as obstacle:
        return obstructed(obstacle)
    at = url_for(".upload", competition=competition, team=team, upload=upload)
    return spoken(Response(status=201, headers={"Location": at}), upload)


@blueprint.route("/teams/<key:team>/submission/uploads/<key:upload>", methods=["GET", "PATCH"])
def upload(competition: Competition, team: Team, upload: Upload) -> Any:
    """How much has arrived, and the next piece."""
    if refusal := other_version():
        return refusal
    if request.method == "PATCH":
        return piece(team, upload)
    offset = actions.arrived(upload)
    answer = spoken(jsonify(name=upload.name, offset=offset), upload)
    answer.headers["Upload-Length"] = str(upload.size)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.delete("/teams/<key:team>/submission/uploads/<key:upload>")
def upload_end(competition: Competition, team: Team, upload: Upload) -> Any:
    actions.give_up(upload.id)
    forget_part(upload.id)
    return spoken(Response(status=204))


@blueprint.post("/teams/<key:team>/submission/uploads/<key:upload>/removal")
def upload_removal(competition: Competition, team: Team, upload: Upload) -> Any:
    """The same, by the button of the page."""
    actions.give_up(upload.id)
    forget_part(upload.id)
    flash(_("The upload is given up."), "success")
    return redirect(url_for(".files", competition=competition, team=team))


@blueprint.post("/teams/<key:team>/submission/known-file")
@some
def known_file(competition: Competition, team: Team) -> Any:
    """Has the team a file with this SHA-256? Then it stands in the draft now, and need not come."""
    digest, name = request.form.get("sha256", ""), request.form.get("name", "")
    try:
        found = actions.add_known(team, digest=digest, name=name, by=me())
    except Obstacle as obstacle:
        return obstructed(obstacle)
    if found:
        flash(_("%(name)s was here already. It stands in the draft.", name=found.name), "success")
    return jsonify(known=found is not None)


def piece(team: Team, upload: Upload) -> Response:
    """Write the piece down; with the last one, look into the file and add it to the draft."""
    if request.mimetype != PIECE:
        return refused(_("A piece of a file is sent as octets."), 415)
    offset = request.headers.get("Upload-Offset", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 19):
        return refused(_("Say where the piece goes on."), 400)
    parts, key, name = actions.parts(), upload.id, upload.name
    try:
        with parts.hold(key) as part:
            upload = actions.append(upload, part, offset=int(offset), piece=g.piece)
            if upload.received < upload.size:
                return spoken(Response(status=204), upload)
            size = upload.size
            # Looking into it takes its time, and no other piece can come while the part is held.
            let_go()
            settings, extensions = current_app.config["SETTINGS"], current_app.extensions
            try:
                [received] = receive(
                    [(name, part)],
                    storage=extensions["storage"],
                    limit=settings.upload_limit,
                    scanner=extensions["scanner"],
                )
                with db.session.begin_nested():
                    actions.finish(team, key, received, by=me())
            except (FilesRefused, actions.NotAsAnnounced) as refusal:
                if may_be_tried_again(refusal):
                    raise
                there = {"competition": team.competition, "subject": team.name}
                note_viruses(getattr(refusal, "refusals", ()), **there, by=me())
                # It would be refused again: nobody need go on with it.
                actions.give_up(key)
                stands()
                forget_part(key)
                return obstructed(refusal)
    except Busy:
        return refused(_("Another piece of this file is arriving. Wait a moment."), 423)
    except Obstacle as obstacle:
        return obstructed(obstacle)
    forget_part(key)
    flash(_("%(name)s is added to the draft.", name=name), "success")
    answer = spoken(Response(status=204))
    answer.headers["Upload-Offset"] = str(size)
    return answer


def may_be_tried_again(refusal: FileRefused) -> bool:
    """Only the scanner was away: what came is kept, and the last piece can be sent again."""
    return any(isinstance(each, CannotBeScanned) for each in getattr(refusal, "refusals", ()))


# -- how it is said ------------------------------------------------------------------------------


def spoken(response: Response, upload: Upload | None = None, most: int | None = None) -> Response:
    """With the headers of the protocol."""
    response.headers["Tus-Resumable"] = TUS
    if not response.is_json:
        response.headers.pop("Content-Type", None)  # it has no words, and is no page
    if upload is not None:
        response.headers["Upload-Offset"] = str(actions.arrived(upload))
        response.headers["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    if most is not None:
        response.headers["Tus-Version"] = TUS
        response.headers["Tus-Extension"] = "creation,expiration,termination"
        response.headers["Tus-Max-Size"] = str(most)
    return response


def refused(sentence: str, status: int) -> Response:
    answer: Response = jsonify(error=sentence)
    answer.status_code = status
    return spoken(answer)


def obstructed(obstacle: Obstacle) -> Response:
    return refused(str(obstacle), STATUSES.get(type(obstacle), 422))


def other_version() -> Response | None:
    """The refusal of a client that speaks another version of the protocol."""
    if request.headers.get("Tus-Resumable", TUS) == TUS:
        return None
    answer = refused(_("This site speaks version %(version)s of tus.", version=TUS), 412)
    answer.headers["Tus-Version"] = TUS
    return answer


def metadata(header: str) -> dict[str, str] | None:
    """`filename d29y…,sha256 YWI…` in plain words; None where it is malformed."""
    told = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        key, _space, value = pair.partition(" ")
        try:
            told[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            return None
    return told


def forget_part(key: uuid.UUID) -> None:
    """Remove the octets once the row is sure to be gone."""
    parts = actions.parts()

    @after_this_request
    def remove(response: Response) -> Response:
        if response.status_code < 400 or g.get("stands", False):
            parts.remove(key)
        return response
