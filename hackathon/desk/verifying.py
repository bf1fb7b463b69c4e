"""Checking an archive against its own manifest, from the file alone."""

import hashlib
import json
import zipfile
from collections import Counter
from typing import IO, Any

from ..ground.packing import PIECE
from .archiving import FORMAT, MANIFEST

MOST_MANIFEST = 500 * 1024 * 1024


class NotAnArchive(Exception):
    """The file is no archive of a competition; the message says why."""


def faults_in(file: IO[bytes]) -> list[str]:
    """What is not as the manifest says, in plain English; nothing when all is. Raises NotAnArchive.

    Nothing is unpacked, and no more than a piece of an entry is held at once.
    """
    try:
        archive = zipfile.ZipFile(file)
        info = archive.getinfo(MANIFEST)
        if info.file_size > MOST_MANIFEST:
            raise NotAnArchive("its manifest is too large")
        manifest = json.loads(archive.read(info))
        listed = {str(each["name"]): each for each in manifest["entries"]}
        tables, known = dict(manifest["tables"]), manifest["format"]
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, OSError) as error:
        raise NotAnArchive(str(error) or type(error).__name__) from error
    if known != FORMAT:
        raise NotAnArchive(f"its format {known} is not the one known here, {FORMAT}")
    names = [each.filename for each in archive.infolist() if each.filename != MANIFEST]
    faults = [f"{name}: is there twice" for name, times in Counter(names).items() if times > 1]
    faults += [f"{name}: is missing" for name in listed if name not in set(names)]
    for name in sorted(set(names)):
        if name not in listed:
            faults.append(f"{name}: is not in the manifest")
            continue
        faults += _faults(archive, name, listed[name], tables)
    return faults


def _faults(
    archive: zipfile.ZipFile, name: str, said: dict[str, Any], tables: dict[str, Any]
) -> list[str]:
    digest, size, lines = hashlib.sha256(), 0, 0
    try:
        with archive.open(name) as entry:
            while piece := entry.read(PIECE):
                digest.update(piece)
                size += len(piece)
                lines += piece.count(b"\n")
    except (zipfile.BadZipFile, OSError, EOFError, ValueError) as error:
        return [f"{name}: cannot be read ({error})"]
    found = digest.hexdigest()
    if found != said.get("sha256") or size != said.get("size"):
        return [f"{name}: is not what was written: SHA-256 {found}"]
    if name.startswith("files/") and name != f"files/{found}":
        return [f"{name}: is not the file that its name says"]
    sheet = name.removeprefix("rows/").removesuffix(".jsonl")
    if name.endswith(".jsonl") and tables.get(sheet) != lines:
        return [f"{name}: has {lines} rows instead of {tables.get(sheet)}"]
    return []
