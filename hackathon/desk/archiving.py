"""A competition as one ZIP: its rows as JSON Lines, its files by their digest, and a manifest.

Which rows belong to it is read off the foreign keys; what of them may go in stands in personal.py.
Rows are read from the database a few hundred at a time and written at once, so that memory does not
grow with their number.
"""

import hashlib
import hmac
import json
import re
import secrets
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import IO, Any

from flask import render_template
from flask_babel import force_locale
from sqlalchemy import JSON, Column, Connection, Date, String, Table, Text, Uuid, select, union
from sqlalchemy.types import Enum as EnumType

from ..accounts.models import User
from ..competitions.models import Competition
from ..ground.clock import now
from ..ground.i18n import LOCALES
from ..ground.localized import Localized, LocalizedType
from ..ground.model import Model
from ..ground.packing import PIECE
from ..ground.storage import NAMES_FILES, Storage
from .personal import ARCHIVED_OF_PEOPLE, ARCHIVED_WORDS, NEVER_ARCHIVED

FORMAT = 1
"""Grows when what stands in an archive changes its meaning."""
AT_ONCE = 500
MANIFEST = "manifest.json"
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
USERS, COMPETITIONS = User.__table__, Competition.__table__


@dataclass(frozen=True)
class Sheet:
    """A table as it is archived: the rows of one competition, and the columns that go in."""

    table: Table
    columns: tuple[Column[Any], ...]
    left_out: tuple[str, ...]

    @property
    def name(self) -> str:
        return str(self.table.name)


def sheets_of(*, personal: bool) -> list[Sheet]:
    """Every table that belongs to competitions, in the order in which rows refer to each other."""
    return [
        Sheet(
            table,
            tuple(c for c in table.columns if goes_in(c, personal=personal)),
            tuple(c.name for c in table.columns if not goes_in(c, personal=personal)),
        )
        for table in Model.metadata.sorted_tables
        if _way(table) is not None and table.name not in NEVER_ARCHIVED
    ]


def goes_in(column: Column[Any], *, personal: bool) -> bool:
    """Without personal data, words go in only where they are named in ARCHIVED_WORDS."""
    table = column.table.name
    if f"{table}.{column.name}" in NEVER_ARCHIVED:
        return False
    return personal or not words(column) or column.name in ARCHIVED_WORDS.get(table, set())


def words(column: Column[Any]) -> bool:
    """Could it hold what somebody wrote, or a day of their life? Codes of a closed list do not."""
    kind = column.type
    if isinstance(kind, EnumType):
        return False
    return isinstance(kind, String | Text | JSON | Date | LocalizedType)


def _way(table: Table, *, past: tuple[Table, ...] = ()) -> Column[Any] | None:
    """The column by which the rows belong to a competition, directly or through another table."""
    if table is COMPETITIONS:
        return table.c.id
    if table is USERS or table in past:
        return None
    if "competition_id" in table.c:
        return table.c.competition_id
    for column in table.columns:
        for key in column.foreign_keys:
            owner = key.column.table
            if not column.nullable and _way(owner, past=(*past, table)) is not None:
                return column
    return None


def rows_of(table: Table, competition_id: uuid.UUID, *wanted: Column[Any]) -> Any:
    """Selects these columns of the rows that belong to the competition."""
    column = _way(table)
    assert column is not None
    query = select(*wanted)
    if table is COMPETITIONS or column.name == "competition_id":
        return query.where(column == competition_id)
    owner = next(key.column for key in column.foreign_keys)
    return query.where(column.in_(rows_of(owner.table, competition_id, owner)))


def people_in(sheets: list[Sheet], competition_id: uuid.UUID) -> Any:
    """Selects the people to whom the rows refer."""
    named = [
        rows_of(sheet.table, competition_id, column)
        for sheet in sheets
        for column in sheet.columns
        if refers_to_person(column)
    ]
    return select(*(USERS.c[name] for name in ARCHIVED_OF_PEOPLE)).where(
        USERS.c.id.in_(union(*named)), USERS.c.deleted_at.is_(None)
    )


def refers_to_person(column: Column[Any]) -> bool:
    return any(key.column.table is USERS for key in column.foreign_keys)


# -- writing ---------------------------------------------------------------------------------


@dataclass
class Written:
    """What stands in the ZIP so far."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    digests: set[str] = field(default_factory=set)


def write_archive(
    into: IO[bytes],
    connection: Connection,
    storage: Storage,
    competition: dict[str, Any],
    *,
    personal: bool,
    files: bool,
    infected: set[str],
    told: Callable[[int, int], None] = lambda step, steps: None,
) -> None:
    """Write the ZIP. `competition` has `id`, `slug` and `name`; `told(step, steps)` hears how far
    it is: one step for each table, for the people, and for the files. `infected` files stay out.

    Without `personal`, a person is a label: a fingerprint under a key that is made here and kept
    nowhere, so that it is the same all through this archive and leads nowhere.
    """
    sheets, written = sheets_of(personal=personal), Written()
    steps = len(sheets) + 2
    key = secrets.token_bytes(32)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for step, sheet in enumerate(sheets, 1):
            query = rows_of(sheet.table, competition["id"], *sheet.columns)
            order = [sheet.table.c.id] if "id" in sheet.table.c else list(sheet.table.primary_key)
            lines = _lines(
                connection, query.order_by(*order), sheet, None if personal else key, written
            )
            _put(archive, f"rows/{sheet.name}.jsonl", lines, written)
            told(step, steps)
        if personal:
            _put(archive, "rows/people.jsonl", _people(connection, sheets, competition), written)
        told(len(sheets) + 1, steps)
        for digest in sorted(written.digests) if files else ():
            if digest in infected or not storage.has(digest):
                written.missing.append(digest)
                continue
            with storage.open(digest) as file:
                _put(archive, f"files/{digest}", iter(lambda f=file: f.read(PIECE), b""), written)
            told(len(sheets) + 1, steps)
        facts = {"personal": personal, "files": files, "made_at": _plain(now())}
        for language, name in (("en", "README.md"), ("fr", "LISEZMOI.md")):
            with force_locale(LOCALES[language]):
                text = render_template(
                    "desk/archive_readme.txt",
                    competition=competition["name"],
                    sheets=sheets,
                    kind=kind_of,
                    refers=_refers,
                    counts=written.tables,
                    missing=written.missing,
                    people=ARCHIVED_OF_PEOPLE,
                    **facts,
                )
            _put(archive, name, iter([text.encode()]), written)
        manifest = {
            "format": FORMAT,
            "competition": competition["slug"],
            **facts,
            "tables": written.tables,
            "left_out": written.missing,
            "entries": written.entries,
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    told(steps, steps)


def _put(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes], written: Written) -> None:
    """One entry, piece by piece, with its digest for the manifest."""
    digest, size, lines = hashlib.sha256(), 0, 0
    with archive.open(name, "w", force_zip64=True) as inside:
        for piece in pieces:
            inside.write(piece)
            digest.update(piece)
            size += len(piece)
            lines += name.endswith(".jsonl")
    if name.endswith(".jsonl"):
        written.tables[name.removeprefix("rows/").removesuffix(".jsonl")] = lines
    written.entries.append({"name": name, "size": size, "sha256": digest.hexdigest()})


def _lines(
    connection: Connection, query: Any, sheet: Sheet, key: bytes | None, written: Written
) -> Iterator[bytes]:
    """Each row as a line. What a row names as a stored file is noted."""
    people = {column.name for column in sheet.columns if refers_to_person(column)}
    naming = {column.name for column in sheet.columns if column.info == NAMES_FILES}
    for row in _read(connection, query):
        told = {name: _plain(value) for name, value in row.items()}
        for name in naming:
            written.digests.update(DIGEST.findall(json.dumps(told[name])))
        if key is not None:
            for name in people:
                told[name] = told[name] and label_of(key, told[name])
        yield _line(told)


def _people(
    connection: Connection, sheets: list[Sheet], competition: dict[str, Any]
) -> Iterator[bytes]:
    query = people_in(sheets, competition["id"]).order_by(USERS.c.id)
    for row in _read(connection, query):
        yield _line({name: _plain(value) for name, value in row.items()})


def _read(connection: Connection, query: Any) -> Any:
    return connection.execute(query, execution_options={"yield_per": AT_ONCE}).mappings()


def label_of(key: bytes, person: str) -> str:
    return "person-" + hmac.new(key, person.encode(), "sha256").hexdigest()[:16]


def _line(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    """Moments in UTC as ISO 8601, texts in two languages as {"en": …, "fr": …}."""
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Localized():
            return dict(value)
        case Enum():
            return value.value
        case uuid.UUID():
            return str(value)
        case _:
            return value


# -- describing ------------------------------------------------------------------------------


def kind_of(column: Column[Any]) -> str:
    """What a column holds, as a code that the README says in words."""
    kind = column.type
    if isinstance(kind, EnumType):
        return "code"
    if isinstance(kind, LocalizedType):
        return "localized"
    if isinstance(kind, Uuid):  # SQLite calls it text
        return "key"
    names = {"INTEGER": "number", "BIGINT": "number", "FLOAT": "number"}
    names |= {"BOOLEAN": "yes_no", "DATETIME": "moment", "DATE": "day", "JSON": "json"}
    return names.get(str(kind).split("(")[0].upper(), names.get(_visit(kind), "text"))


def _visit(kind: Any) -> str:
    return str(getattr(kind, "impl", kind)).split("(")[0].upper()


def _refers(column: Column[Any]) -> str:
    """The sheet to whose rows it refers; nothing when to none."""
    names = (key.column.table.name for key in column.foreign_keys)
    return next(("people" if name == USERS.name else name for name in names), "")
