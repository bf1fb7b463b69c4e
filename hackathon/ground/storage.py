"""Files, kept by what is in them: the name of a file on disk is its SHA-256."""

import hashlib
import os
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from flask import Response, send_file


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
        answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return answer


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
