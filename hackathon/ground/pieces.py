"""Files that come in pieces over a bad line.

A piece is the body of a PATCH. It is taken in before anyone asks the database, and for only so long
(ground/arriving.py): a slow line holds up nobody. What has come of a file lies in a part file of
its own.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

from flask import Flask, abort, g, request
from werkzeug.exceptions import ClientDisconnected, RequestTimeout

LARGEST_PIECE = 1024 * 1024
_PART = re.compile(r"[0-9a-f]{32}")


def init_app(app: Flask) -> None:
    """Take in the body of every PATCH; the view finds it as `g.piece`."""

    @app.before_request
    def take_in() -> None:
        if request.method == "PATCH":
            g.piece = _as_far_as_it_came()


def _as_far_as_it_came() -> bytes:
    """The body, or as much of it as came before the line broke or the time was over.

    Nothing that came is thrown away: who sent it asks where to go on.
    """
    if (request.content_length or 0) > LARGEST_PIECE:
        abort(413)
    came = bytearray()
    try:
        while chunk := request.stream.read(64 * 1024):
            came += chunk
            if len(came) > LARGEST_PIECE:  # a body that does not say its length
                abort(413)
    except (ClientDisconnected, RequestTimeout, OSError):
        pass
    return bytes(came)


class Busy(Exception):
    """Another piece of the same file is being written at this moment."""


class Parts:
    """A directory of part files, each named by the key of its upload."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, key: UUID) -> Path:
        return self.directory / key.hex

    def size(self, key: UUID) -> int:
        """How much of it is on disk."""
        try:
            return self.path(key).stat().st_size
        except FileNotFoundError:
            return 0

    @contextmanager
    def hold(self, key: UUID) -> Iterator[IO[bytes]]:
        """The part file, for one holder at a time, whatever process or thread asks.

        Raises Busy. The system lets go of what a killed process held.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path(key), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy from None
            yield file

    def remove(self, key: UUID) -> None:
        self.path(key).unlink(missing_ok=True)

    def remove_older_than(self, moment: datetime) -> int:
        """Remove what got no piece since then; returns how many."""
        removed = 0
        for path in self.directory.glob("*") if self.directory.is_dir() else ():
            try:
                if _PART.fullmatch(path.name) and path.stat().st_mtime < moment.timestamp():
                    path.unlink()
                    removed += 1
            except FileNotFoundError:
                pass  # finished at this moment
        return removed


def write_at(file: IO[bytes], offset: int, piece: bytes) -> int:
    """Put the piece there, durably; returns where the file then ends.

    What lay beyond, from a crash between file and row, goes.
    """
    file.truncate(offset)
    file.seek(offset)
    file.write(piece)
    file.flush()
    os.fsync(file.fileno())
    return offset + len(piece)
