"""Files that people send: looked into, then written down."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

from flask_babel import lazy_gettext as _l

from .i18n import file_size
from .kinds import ACCEPTED, ending_of, kind_of
from .obstacle import Obstacle
from .scanning import Away, Scanner
from .storage import Storage, TooLarge, safe_name


class FileRefused(Obstacle):
    """What is wrong with one file; its `name` is among the facts."""

    field = "files"


class Nameless(FileRefused):
    sentence = _l("A file needs a name with an ending, such as report.pdf.")


class UnknownEnding(FileRefused):
    sentence = _l("%(name)s: files that end in .%(ending)s are not accepted.")


class WebPage(FileRefused):
    sentence = _l(
        "%(name)s holds a web page or an SVG picture, which are not accepted. Pack it in a ZIP."
    )


class NotWhatItSays(FileRefused):
    sentence = _l("%(name)s ends in .%(ending)s, but what is in it is a .%(kind)s file.")


class Unrecognized(FileRefused):
    sentence = _l("%(name)s ends in .%(ending)s, but what is in it is something else or damaged.")


class Empty(FileRefused):
    sentence = _l("%(name)s is empty.")


class FileTooLarge(FileRefused):
    sentence = _l("%(name)s is larger than %(limit)s. Hand in a link to it instead.")


class Infected(FileRefused):
    sentence = _l(
        "%(name)s holds a virus (%(virus)s). Clean the computer that it comes from first."
    )


class CannotBeScanned(FileRefused):
    sentence = _l(
        "%(name)s cannot be checked for viruses at the moment. Try again in a few minutes."
    )


class FilesRefused(FileRefused):
    """Everything that is wrong with the files that came together; none was added."""

    def __init__(self, refusals: list[FileRefused]) -> None:
        super().__init__()
        self.refusals = refusals

    def __str__(self) -> str:
        return " ".join(str(each) for each in self.refusals)


@dataclass(frozen=True)
class Received:
    """A file that is on disk and good; no row names it yet.

    `scanned` is False when that has still to be done, and None where nothing scans.
    """

    name: str
    digest: str
    size: int
    scanned: bool | None = None


def receive(
    files: Iterable[tuple[str | None, IO[bytes]]],
    *,
    storage: Storage,
    limit: int,
    scanner: Scanner | None = None,
) -> list[Received]:
    """Check the files and write them down. Asks no database: hold none while this takes its time.

    `limit` is in octets, for each file. Raises FilesRefused with every reason.
    """
    received: list[Received] = []
    refusals: list[FileRefused] = []
    for given, stream in files:
        try:
            received.append(_receive_one(safe_name(given), stream, storage, limit, scanner))
        except FileRefused as refusal:
            refusals.append(refusal)
    if refusals:
        raise FilesRefused(refusals)
    return received


def check_announced(name: str, size: int, limit: int) -> str:
    """What can be said of a file before it comes; returns the ending. Raises FileRefused."""
    ending = ending_of(name)
    if not ending:
        raise Nameless
    if ending not in ACCEPTED:
        raise UnknownEnding(name=name, ending=ending)
    if size == 0:
        raise Empty(name=name)
    if size > limit:
        raise FileTooLarge(name=name, limit=file_size(limit))
    return ending


def _receive_one(
    name: str, stream: IO[bytes], storage: Storage, limit: int, scanner: Scanner | None
) -> Received:
    ending = check_announced(name, stream.seek(0, 2), limit)
    kind = kind_of(stream)
    if kind == "page":
        raise WebPage(name=name)
    if kind not in ACCEPTED[ending]:
        known = kind and kind != "text"
        raise (NotWhatItSays if known else Unrecognized)(name=name, ending=ending, kind=kind)
    scanned = scan(name, stream, scanner)
    try:
        stored = storage.keep(stream, limit)
    except TooLarge as error:
        raise FileTooLarge(name=name, limit=file_size(limit)) from error
    return Received(name, stored.digest, stored.size, scanned)


def scan(name: str, stream: IO[bytes], scanner: Scanner | None) -> bool | None:
    """What Received says of it. Raises Infected, and CannotBeScanned where that is required."""
    if scanner is None:
        return None
    try:
        virus = scanner.finds(stream)
    except Away as error:
        if scanner.required:
            raise CannotBeScanned(name=name) from error
        return False
    if virus:
        raise Infected(name=name, virus=virus)
    return True
