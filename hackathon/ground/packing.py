"""A ZIP that is sent while it is made: no more of it is held than one piece of one file."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from .storage import Storage

PIECE = 64 * 1024

Part = tuple[str, bytes | str]
"""A name inside the ZIP, and its octets, or the SHA-256 under which the storage has them."""


class _Outlet(io.RawIOBase):
    """Takes what the ZIP writes, until it is sent on."""

    def __init__(self) -> None:
        self.octets = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, octets: Any) -> int:
        self.octets += octets
        return len(octets)

    def taken(self) -> bytes:
        octets = bytes(self.octets)
        self.octets.clear()
        return octets


def packed(
    parts: Iterable[Part], storage: Storage, *, compression: int = zipfile.ZIP_STORED
) -> Iterator[bytes]:
    """The ZIP, piece by piece. A file that is gone from the storage is left out."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", compression) as archive:
        for name, content in parts:
            if isinstance(content, bytes):
                archive.writestr(name, content)
                yield outlet.taken()
                continue
            try:
                source = storage.open(content)
            except FileNotFoundError:
                continue
            with source, archive.open(name, "w", force_zip64=True) as inside:
                while piece := source.read(PIECE):
                    inside.write(piece)
                    yield outlet.taken()
    yield outlet.taken()
