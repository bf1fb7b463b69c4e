"""Files, kept by what is in them: the name of a file on disk is its SHA-256."""

import hashlib
import os
import tempfile
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from flask import Response, send_file

NAMES_FILES = {"names_files": True}
"""The `info` of a column that names stored files by their SHA-256, alone or somewhere in JSON.

What no such column names is swept.
"""


class TooLarge(Exception):
    """More came than the limit allows."""


@dataclass(frozen=True)
class Stored:
    """What arrived: its SHA-256 in hex and its size in octets."""

    digest: str
    size: int


class Storage:
    """A directory of files named by their content. The same file twice is one file."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, digest: str) -> Path:
        return self.directory / digest[:2] / digest

    def keep(self, stream: IO[bytes], limit: int) -> Stored:
        """Write the stream down, durably. Raises TooLarge past `limit` octets."""
        self.directory.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self.directory, delete=False) as file:
            try:
                while chunk := stream.read(64 * 1024):
                    size += len(chunk)
                    if size > limit:
                        raise TooLarge
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
                target = self.path(digest.hexdigest())
                target.parent.mkdir(exist_ok=True)
                os.replace(file.name, target)
            except BaseException:
                os.unlink(file.name)
                raise
        return Stored(digest.hexdigest(), size)

    def refresh(self, digest: str) -> bool:
        """Make the file count as put now; False when it is not there any more."""
        try:
            os.utime(self.path(digest))
        except FileNotFoundError:
            return False
        return True

    def sweep(self, named: Collection[str], before: datetime) -> int:
        """Delete what is not named and was last put before the moment; returns how many.

        What is put again meanwhile stays: a file is moved aside and looked at once more.
        """
        for aside in self.directory.glob("*.aside"):  # an earlier sweep was cut off
            os.replace(aside, self.path(aside.stem))
        there = [path for path in self.directory.rglob("*") if path.is_file()]
        unnamed = [path for path in there if path.name not in named]
        return sum(self._remove(path, before) for path in unnamed)

    def _remove(self, path: Path, before: datetime) -> bool:
        """Delete the file unless it was put since the moment."""
        aside = self.directory / f"{path.name}.aside"
        try:
            if _last_put(path) >= before:
                return False
            os.replace(path, aside)
        except FileNotFoundError:  # an upload that has just been finished, under its own name
            return False
        if _last_put(aside) >= before:
            os.replace(aside, path)
            return False
        aside.unlink()
        return True

    def download(self, digest: str, name: str) -> Response:
        """The file as a download: a browser never shows or runs it."""
        answer = send_file(
            self.path(digest),
            mimetype="application/octet-stream",
            as_attachment=True,
            download_name=name,
            etag=digest,
            max_age=0,  # the same address may hold another file tomorrow, or be shut
        )
        answer.headers["Cache-Control"] = "private, no-cache"
        return answer


def _last_put(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def safe_name(name: str | None, most: int = 120) -> str:
    """The name people gave, without paths, control characters or tricks of direction."""
    base = PurePosixPath((name or "").replace("\\", "/")).name
    text = unicodedata.normalize("NFC", base)
    text = "".join(c for c in text if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    text = " ".join(text.split()).lstrip(".")
    stem, dot, ending = text.rpartition(".")
    if not dot:
        return text[:most]
    return f"{stem[: most - len(ending) - 1]}.{ending}" if len(ending) < 12 else text[:most]
