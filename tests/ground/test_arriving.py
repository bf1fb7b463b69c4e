"""A body comes whole and in time, or is refused; on real sockets."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask, request
from werkzeug.serving import make_server

from hackathon.ground import arriving

HEAD = (
    "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Of a site that says how long the text in the form is."""
    monkeypatch.setattr(arriving, "PATIENCE", 0.4)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 2_000_000
    app.wsgi_app = arriving.whole(app.wsgi_app)  # type: ignore[method-assign]

    @app.post("/")
    def length() -> str:
        return f"{len(request.form['text'])} letters"

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def answer(line: socket.socket) -> str:
    said = b""
    while chunk := line.recv(4096):
        said += chunk
    return said.decode()


@pytest.fixture
def line(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        yield line


@pytest.mark.parametrize("size", [0, 1, 100, 200_000])
def test_a_form_comes_whole(line: Any, size: int) -> None:
    line.sendall(f"{HEAD}Content-Length: {size + 5}\r\n\r\ntext=".encode() + b"x" * size)
    assert answer(line).endswith(f"{size} letters")


@pytest.mark.parametrize("came", [5, 30, 70_000])
def test_a_form_whose_line_broke_is_no_shorter_form(line: Any, came: int) -> None:
    line.sendall(f"{HEAD}Content-Length: 100005\r\n\r\ntext=".encode() + b"x" * came)
    line.shutdown(socket.SHUT_WR)
    assert " 400 " in answer(line).splitlines()[0]


def test_a_form_that_drips_is_refused(line: Any) -> None:
    line.sendall(f"{HEAD}Content-Length: 100\r\n\r\ntext=".encode())
    line.settimeout(0.05)
    for _ in range(90):  # the patience is eight of them
        line.sendall(b"x")
        with suppress(TimeoutError):
            assert b" 408 " in line.recv(4096).splitlines()[0]
            break
    else:
        raise AssertionError("it was waited for")


def test_who_sends_much_may_take_longer(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "SLOWEST", 100_000)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(f"{HEAD}Content-Length: 300005\r\n\r\ntext=".encode())
        for _ in range(6):  # 0.6 s, of 0.4 + 3
            line.sendall(b"x" * 50_000)
            time.sleep(0.1)
        assert answer(line).endswith("300000 letters")


def test_many_slow_lines_are_watched_by_one_thread(port: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(20)]
    for line in lines:
        line.sendall(f"{HEAD}Content-Length: 100\r\n\r\ntext=".encode())
    end = time.monotonic() + 10
    while not (watching := [each.name for each in threading.enumerate()].count("arriving")):
        assert time.monotonic() < end
    assert watching == 1
    for line in lines:
        assert " 408 " in answer(line).splitlines()[0]
        line.close()
