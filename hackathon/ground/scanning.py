"""Asking ClamAV, over its own protocol, whether a file holds something bad.

The client libraries there are have had no release for years; the part we need is a few lines.
"""

import socket
import struct
from contextlib import closing
from typing import IO

_PIECE = 256 * 1024
_LENGTH = struct.Struct("!L")


class Away(Exception):
    """ClamAV gave no verdict: it is away, too slow, or takes no file that large."""


class Scanner:
    """`address` is `host:port`, or the path of a socket on this machine."""

    def __init__(self, address: str, *, required: bool = False, patience: float = 60) -> None:
        self.address, self.required, self.patience = address, required, patience

    def finds(self, stream: IO[bytes]) -> str:
        """The name of what is in it; empty when it is clean. Raises Away.

        The stream ends where it began.
        """
        stream.seek(0)
        try:
            with closing(self._connected()) as line:
                line.sendall(b"zINSTREAM\0")
                while chunk := stream.read(_PIECE):
                    line.sendall(_LENGTH.pack(len(chunk)) + chunk)
                line.sendall(_LENGTH.pack(0))
                said = b""
                while not said.endswith(b"\0") and len(said) < 4096:
                    if not (more := line.recv(4096)):
                        break
                    said += more
        except OSError as error:
            raise Away(str(error)) from error
        finally:
            stream.seek(0)
        verdict = said.rstrip(b"\0").decode(errors="replace").removeprefix("stream: ")
        if verdict == "OK":
            return ""
        if verdict.endswith(" FOUND"):
            return verdict.removesuffix(" FOUND")
        raise Away(verdict or "no answer")

    def _connected(self) -> socket.socket:
        if "/" in self.address:
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(self.patience)
            try:
                line.connect(self.address)
            except OSError:
                line.close()
                raise
            return line
        host, _colon, port = self.address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), self.patience)
