"""Files, kept by what is in them: the name under which a file is stored is its SHA-256."""

import hashlib
import os
import re
import tempfile
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import IO, Any

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

_DIGEST = re.compile(r"[0-9a-f]{64}")

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


class Storage(ABC):
    """Files named by their content. The same file twice is one file.

    What is asked for and not there raises FileNotFoundError.
    """

    @abstractmethod
    def keep(self, stream: IO[bytes], limit: int) -> Stored:
        """Write the stream down, durably. Raises TooLarge past `limit` octets."""

    @abstractmethod
    def open(self, digest: str) -> IO[bytes]:
        """The file, to read and to seek in."""

    @abstractmethod
    def size(self, digest: str) -> int:
        """Its octets, by which one also learns whether it is there."""

    @abstractmethod
    def delete(self, digest: str) -> None:
        """Remove the file; one that is not there is no fault."""

    @abstractmethod
    def refresh(self, digest: str) -> bool:
        """Make the file count as put now; False when it is not there any more."""

    @abstractmethod
    def sweep(self, named: Collection[str], before: datetime) -> int:
        """Delete what is not named and was last put before the moment; returns how many."""

    @abstractmethod
    def digests(self) -> Iterator[str]:
        """Of all files there are."""

    def has(self, digest: str) -> bool:
        try:
            self.size(digest)
        except FileNotFoundError:
            return False
        return True

    def copy_from(self, other: "Storage") -> int:
        """Keep what another storage has and this one lacks; returns how many files that was."""
        copied = 0
        for digest in other.digests():
            if not self.has(digest):
                with other.open(digest) as file:
                    copied += self.keep(file, other.size(digest)).digest == digest
        return copied

    def download(self, digest: str, name: str) -> Response:
        """The file as a download: a browser never shows or runs it, and can go on after a break."""
        answer = self._answer(
            digest, mimetype="application/octet-stream", as_attachment=True, download_name=name
        )
        answer.headers["Cache-Control"] = "private, no-cache"
        return answer

    def show(self, digest: str, mimetype: str) -> Response:
        """A file that we made ourselves, for a browser to draw."""
        answer = self._answer(digest, mimetype=mimetype)
        answer.headers["Cache-Control"] = "private, no-cache"
        return answer

    def _answer(self, digest: str, **how: Any) -> Response:
        file = self.open(digest)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        # The same address may hold another file tomorrow, or be shut.
        answer = send_file(file, **how, etag=digest, max_age=0, conditional=False)
        answer.content_length = size
        try:
            answer.make_conditional(request.environ, accept_ranges=True, complete_length=size)
        except RequestedRangeNotSatisfiable:
            file.close()
            raise
        return answer


class Disk(Storage):
    """A directory of this machine."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, digest: str) -> Path:
        return self.directory / digest[:2] / digest

    def keep(self, stream: IO[bytes], limit: int) -> Stored:
        self.directory.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.directory, delete=False) as file:
            try:
                stored = measured(stream, file, limit)
                file.flush()
                os.fsync(file.fileno())
                target = self.path(stored.digest)
                target.parent.mkdir(exist_ok=True)
                os.replace(file.name, target)
            except BaseException:
                os.unlink(file.name)
                raise
        return stored

    def refresh(self, digest: str) -> bool:
        try:
            os.utime(self.path(digest))
        except FileNotFoundError:
            return False
        return True

    def sweep(self, named: Collection[str], before: datetime) -> int:
        """What is put again meanwhile stays: a file is moved aside and looked at once more."""
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

    def open(self, digest: str) -> IO[bytes]:
        return self.path(digest).open("rb")

    def size(self, digest: str) -> int:
        return self.path(digest).stat().st_size

    def delete(self, digest: str) -> None:
        self.path(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        return (path.name for path in self.directory.glob("??/*") if _DIGEST.fullmatch(path.name))


def measured(stream: IO[bytes], into: IO[bytes], limit: int) -> Stored:
    """Copy the stream, counting and fingerprinting on the way. Raises TooLarge."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(64 * 1024):
        size += len(chunk)
        if size > limit:
            raise TooLarge
        digest.update(chunk)
        into.write(chunk)
    return Stored(digest.hexdigest(), size)


def storage_at(address: str, directory: Path) -> Storage:
    """The storage that the operator chose: `s3://…`, or this directory when nothing is said."""
    if not address:
        return Disk(directory)
    # Its library is an extra, and heavy: only who asks for it loads it.
    s3: Storage = import_module(f"{__package__}.s3").S3.at(address)
    return s3


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
