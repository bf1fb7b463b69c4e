"""A person's data as one ZIP: data.json for machines, data.html for people, and their own files."""

import json
import shutil
import tempfile
import zipfile
from datetime import date, datetime
from enum import Enum
from typing import IO, Any
from uuid import UUID

from flask import current_app, render_template
from flask_babel import gettext as _

from ..accounts.models import User
from ..extensions import db
from ..ground.clock import now
from ..ground.i18n import calendar_day, language, moment_text
from ..ground.localized import Localized
from ..ground.personal import Holding
from ..ground.storage import Storage, safe_name
from .personal import HOLDINGS

FORMAT = 1
"""Grows when a key of data.json changes its meaning."""
MOST_OCTETS = 500 * 1024 * 1024
"""Of all files together; what is beyond is named, not packed."""


def archive_of(person: User, storage: Storage, *, most: int = MOST_OCTETS) -> IO[bytes]:
    """The ZIP, in a temporary file of its own that is gone once it is closed."""
    collected = [
        (holding, list(db.session.scalars(holding.rows(person)).unique())) for holding in HOLDINGS
    ]
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        left_out = _pack_files(archive, collected, storage, most)
        archive.writestr("data.json", _for_machines(person, collected, left_out))
        archive.writestr("data.html", _for_people(person, collected, left_out))
    file.seek(0)
    return file


def _pack_files(
    archive: zipfile.ZipFile,
    collected: list[tuple[Holding, list[Any]]],
    storage: Storage,
    most: int,
) -> list[str]:
    """Put the person's own files in; returns the names of those that were too much or are gone."""
    packed: dict[str, int] = {}
    left_out = []
    for holding, rows in collected:
        for row in rows if holding.file else ():
            if (file := holding.file(row)) is None:
                continue
            name, digest = file
            if digest in packed:
                continue
            size = storage.size(digest) if storage.has(digest) else None
            if size is None or sum(packed.values()) + size > most:
                left_out.append(name)
                continue
            packed[digest] = size
            inside = f"files/{digest[:12]}-{safe_name(name)}"
            with storage.open(digest) as file, archive.open(inside, "w") as packed_file:
                shutil.copyfileobj(file, packed_file)
    return left_out


def _for_machines(
    person: User, collected: list[tuple[Holding, list[Any]]], left_out: list[str]
) -> str:
    """Moments in UTC as ISO 8601; texts in two languages as {"en": …, "fr": …}."""
    data = {
        "format": FORMAT,
        "site": current_app.config["BASE_URL"],
        "made_at": now(),
        "files_left_out": left_out,
        **{
            holding.key: [{fact.key: fact.of(row) for fact in holding.facts} for row in rows]
            for holding, rows in collected
        },
    }
    return json.dumps(data, default=_plain, ensure_ascii=False, indent=2)


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Localized():
            return dict(value)
        case Enum():
            return value.value
        case UUID():
            return str(value)
        case _:
            raise TypeError(type(value).__name__)


def _for_people(
    person: User, collected: list[tuple[Holding, list[Any]]], left_out: list[str]
) -> str:
    zone = person.zone or "UTC"
    return render_template(
        "desk/data.html",
        language=language(),
        person=person,
        made_at=moment_text(now(), zone),
        left_out=left_out,
        chapters=[
            (holding.title, [_lines(holding, row, zone) for row in rows])
            for holding, rows in collected
            if rows
        ],
        empty=[holding.title for holding, rows in collected if not rows],
    )


def _lines(holding: Holding, row: Any, zone: str) -> list[tuple[Any, str]]:
    return [(fact.label, _in_words(fact.in_words(row), zone)) for fact in holding.facts]


def _in_words(value: Any, zone: str) -> str:
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return moment_text(value, zone)
        case date():
            return calendar_day(value)
        case list():
            return ", ".join(str(each) for each in value)
        case _:
            return str(value)
