"""Lines that break, drip or never end, against real processes: no half is saved, nobody waits."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon import create_app
from hackathon.accounts.models import User
from hackathon.extensions import db
from hackathon.ground.model import Model
from tests.conftest import settings_for

MEGABYTE = 1024 * 1024
THREADS = 8
SECRET = "long+enough+a+word"
FORM = "application/x-www-form-urlencoded"


class Site:
    """One process that answers, and the database behind it."""

    def __init__(self, app: Flask, port: int, process: subprocess.Popen[bytes]) -> None:
        self.app, self.port, self.process = app, port, process

    def line(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def post(self, length: int | None, *, cookie: str = "") -> bytes:
        """The head of a form that signs somebody up."""
        size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
        head = ["POST /en/account/new HTTP/1.1", "Host: 127.0.0.1", size, f"Content-Type: {FORM}"]
        return "\r\n".join([*head, f"Cookie: {cookie}", "", ""]).encode()

    def form(self) -> tuple[str, str]:
        """The token of the form and the cookie that goes with it."""
        asked = HTTPConnection("127.0.0.1", self.port, timeout=20)
        asked.request("GET", "/en/account/new")
        with closing(asked), asked.getresponse() as answer:
            token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
            cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
        assert token is not None
        return token[1], cookie

    def addresses(self) -> list[str]:
        with self.app.app_context():
            found = list(db.session.scalars(select(User.email)))
            db.session.remove()
        return found

    def memory(self) -> int:
        """Octets that the processes hold."""
        pids = subprocess.run(
            ["pgrep", "-g", str(self.process.pid)], capture_output=True, text=True, check=True
        ).stdout.split()
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids]
        return sum(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("site")
    database = f"sqlite:///{directory / 'hackathon.sqlite3'}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    app = create_app(settings_for(database, directory, base_url=address))
    with app.app_context():
        Model.metadata.create_all(db.engine)
    told = {
        "HACKATHON_MODE": "test",
        "DATA_DIR": str(directory),
        "DATABASE_URL": database,
        "BASE_URL": address,
    }
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "tests.journeys.impatient:app"),
            *("--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"),
            *("--threads", str(THREADS), "--log-level", "error", "--no-control-socket"),
        ],
        env=os.environ | told,
        start_new_session=True,
    )
    try:
        found = Site(app, port, process)
        for _ in range(300):
            with suppress(OSError):
                found.line().close()
                break
            time.sleep(0.1)
        yield found
    finally:
        os.killpg(process.pid, 9)
        process.wait()
        with app.app_context():
            db.engine.dispose()


def status(line: socket.socket) -> str:
    """Of the answer, or nothing where the line was cut without one."""
    with suppress(OSError):
        return line.recv(65536).decode("latin-1").partition("\r\n")[0]
    return ""


def test_a_form_cut_in_the_middle_of_a_text_saves_nothing(site: Site) -> None:
    token, cookie = site.form()
    body = f"csrf_token={token}&email=cut@example.org&password={SECRET}&name=Marie".encode()
    with site.line() as line:
        line.sendall(site.post(len(body) + len("-Christine"), cookie=cookie) + body)
        line.shutdown(socket.SHUT_WR)
        assert " 400 " in status(line)
    assert site.addresses() == []
    with site.line() as line:
        line.sendall(site.post(len(body + b"-Christine"), cookie=cookie) + body + b"-Christine")
        assert " 302 " in status(line)
    assert site.addresses() == ["cut@example.org"]


def test_a_chunk_that_never_ends_saves_nothing(site: Site) -> None:
    token, cookie = site.form()
    body = f"csrf_token={token}&email=chunk@example.org&password={SECRET}&name=A".encode()
    with site.line() as line:
        line.sendall(site.post(None, cookie=cookie) + f"{len(body):x}\r\n".encode() + body)
        line.shutdown(socket.SHUT_WR)
        status(line)
    assert "chunk@example.org" not in site.addresses()


def test_more_drips_than_threads_hold_the_site_up_for_moments_only(site: Site) -> None:
    lines = [site.line() for _ in range(2 * THREADS)]
    for line in lines:
        line.sendall(site.post(100_000) + b"name=")
    asked = HTTPConnection("127.0.0.1", site.port, timeout=20)
    asked.request("GET", "/healthz")
    with closing(asked), asked.getresponse() as answer:
        assert answer.status == 200
    for line in lines:
        assert " 408 " in status(line)
        line.close()


@pytest.mark.parametrize("length", [2 * 1024 * MEGABYTE, None])
def test_two_gigabytes_are_refused_and_fill_nothing(site: Site, length: int | None) -> None:
    site.form()
    before = site.memory()
    chunk = b"x" * MEGABYTE
    sent = 0
    with site.line() as line:
        line.sendall(site.post(length))
        with suppress(OSError):  # the site hangs up
            while sent < 2 * 1024 * MEGABYTE:
                framed = chunk if length else f"{MEGABYTE:x}\r\n".encode() + chunk + b"\r\n"
                line.sendall(framed)
                sent += MEGABYTE
    assert sent < 64 * MEGABYTE
    assert site.memory() - before < 64 * MEGABYTE
