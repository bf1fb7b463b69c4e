"""The body of a request comes whole and in time, or the request is refused.

Where the line breaks, a server hands over as much as came: without a look at the length, half a
text would be saved as if somebody had meant it. And whoever sends drop by drop would hold a thread
for as long as they like, so a body may take `PATIENCE` and what its size needs on a slow line.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import ClientDisconnected, RequestTimeout

PATIENCE = 30.0
"""Seconds that any body may take."""

SLOWEST = 8 * 1024
"""Octets a second, for what is larger."""

CHUNK = 64 * 1024  # taken at once, so that the time is looked at now and then


@dataclass(eq=False)
class Reading:
    """Something is read from a line, until a moment of `time.monotonic`."""

    line: Any
    end: float
    cut: bool = False


class Watch:
    """Shuts the lines whose time is over, from one thread for all of them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readings: set[Reading] = set()
        self._thread: threading.Thread | None = None

    @contextmanager
    def over(self, reading: Reading) -> Iterator[None]:
        """When its time is over, who reads finds that nothing more comes."""
        with self._changed:
            self._readings.add(reading)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="arriving", daemon=True)
                self._thread.start()
            elif len(self._readings) == 1:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._readings.discard(reading)

    def _look(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._readings)
                for reading in [each for each in self._readings if each.end <= time.monotonic()]:
                    self._readings.remove(reading)
                    reading.cut = True
                    with suppress(OSError):  # it may be gone already
                        reading.line.shutdown(socket.SHUT_RD)
            time.sleep(0.1)


watch = Watch()


class Body:
    """What a request brings, instead of the server's own stream.

    `length` is None for a body that does not say it; the server itself knows where such one ends.
    """

    def __init__(self, stream: Any, length: int | None, line: Any) -> None:
        self.stream, self.length = stream, length
        self.came = 0
        self.began = time.monotonic()
        self.reading = Reading(line, 0)

    def read(self, size: int = -1) -> bytes:
        """Some of it. Raises RequestTimeout, or ClientDisconnected where the line broke."""
        size = CHUNK if size < 0 else min(size, CHUNK)
        self.reading.end = self.began + PATIENCE + self.came / SLOWEST
        try:
            with watch.over(self.reading):
                data: bytes = self.stream.read(size)
        except OSError as error:
            raise ClientDisconnected from error
        self.came += len(data)
        if size and not data and (self.reading.cut or self.came < (self.length or 0)):
            raise RequestTimeout if self.reading.cut else ClientDisconnected
        return data


def whole(wsgi_app: Any) -> Any:
    """The application, whose requests have such a body where the server tells its socket."""

    def serve(environ: Any, start_response: Any) -> Any:
        line = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
        told = environ.get("CONTENT_LENGTH") or ""
        if line is not None and (told or environ.get("HTTP_TRANSFER_ENCODING")):
            length = int(told) if told.isdecimal() else None
            environ["wsgi.input"] = Body(environ["wsgi.input"], length, line)
        return wsgi_app(environ, start_response)

    return serve
