"""A piece is taken in whole or as far as it came, on a real socket."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g
from werkzeug.serving import make_server

from hackathon.ground import arriving, pieces
from hackathon.ground.model import uuid7
from hackathon.ground.pieces import LARGEST_PIECE, Busy, Parts, write_at

HEAD = "PATCH / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """To a site that says how much of the piece it has."""
    monkeypatch.setattr(arriving, "PATIENCE", 0.3)
    app = Flask(__name__)
    app.wsgi_app = arriving.whole(app.wsgi_app)  # type: ignore[method-assign]
    pieces.init_app(app)

    @app.patch("/")
    def piece() -> str:
        return f"{len(g.piece)} octets"

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as line:
        yield line
    server.shutdown()
    thread.join()
    server.server_close()


def answer(line: socket.socket) -> str:
    said = b""
    while chunk := line.recv(4096):
        said += chunk
    return said.decode()


def test_a_piece_comes_whole(line: socket.socket) -> None:
    line.sendall(f"{HEAD}Content-Length: 100000\r\n\r\n".encode() + b"x" * 100_000)
    assert answer(line).endswith("100000 octets")


def test_of_a_line_that_breaks_what_came_is_kept(line: socket.socket) -> None:
    line.sendall(f"{HEAD}Content-Length: 100\r\n\r\n".encode() + b"x" * 30)
    line.shutdown(socket.SHUT_WR)
    assert answer(line).endswith("30 octets")


def test_a_drip_ends_with_the_patience(line: socket.socket) -> None:
    began = time.monotonic()
    line.sendall(f"{HEAD}Content-Length: 100\r\n\r\n".encode())
    for _ in range(4):
        line.sendall(b"x")
        time.sleep(0.02)
    assert answer(line).endswith("4 octets")
    assert time.monotonic() - began < 5


def test_too_large_a_piece_is_refused_before_it_comes(line: socket.socket) -> None:
    line.sendall(f"{HEAD}Content-Length: {LARGEST_PIECE + 1}\r\n\r\n".encode())
    assert " 413 " in answer(line).splitlines()[0]


def test_a_part_has_one_holder_and_is_cut_where_it_goes_on(tmp_path: Path) -> None:
    parts, key = Parts(tmp_path / "parts"), uuid7()
    assert parts.size(key) == 0
    with parts.hold(key) as part:
        assert write_at(part, 0, b"twelve chars") == 12
        assert write_at(part, 6, b"!") == 7
        with pytest.raises(Busy), parts.hold(key):
            pass
    with parts.hold(key) as part:
        assert part.read() == b"twelve!"
    assert parts.size(key) == 7
    parts.remove(key)
    parts.remove(key)
    assert parts.size(key) == 0
