"""`flask --app wsgi serve`, for real: what `make run` comes down to."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import create_engine, text

SERVE = (sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port")
PATIENCE = 60  # seconds; a start takes a few


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path) -> dict[str, str]:
    settings = ("DATABASE_URL", "BASE_URL", "SECRET_KEY", "MAIL_URL", "MAIL_FROM", "REDIS_URL")
    given = {name: value for name, value in os.environ.items() if name not in settings}
    return given | {"HACKATHON_MODE": "demo", "DATA_DIR": str(data_dir)}


@contextmanager
def served(data_dir: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The site, from the moment it answers; killed with all it started if it is still there."""
    process = subprocess.Popen(
        [*SERVE, str(port)],
        env=environment(data_dir),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        until = time.monotonic() + PATIENCE
        while read(port, "/healthz") is None:
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < until, "the site does not answer"
            time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def read(port: int, path: str) -> str | None:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return str(answer.read().decode())
    except (URLError, ConnectionError):
        return None


def change(data_dir: Path, statement: str) -> None:
    engine = create_engine(f"sqlite:///{data_dir / 'hackathon.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_the_demo_is_served_stops_when_told_and_keeps_its_data(tmp_path: Path) -> None:
    port = free_port()
    with served(tmp_path, port) as process:
        assert "DataJam Against Exploitation" in (read(port, "/en/") or "")
        assert "DataJam contre l’exploitation" in (read(port, "/fr/") or "")
        assert "Eleven days to put data to work" in (read(port, "/en/datajam-2021/") or "")
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 0, said
    assert f"http://127.0.0.1:{port}/en/" in said
    assert "organizer      solene.baril.achour@organizers.example" in said
    assert "datajam-demo" in said

    change(tmp_path, "UPDATE competition SET slug = 'moved'")
    with served(tmp_path, port) as process:
        assert "Eleven days to put data to work" in (read(port, "/en/moved/") or "")
        assert read(port, "/en/datajam-2021/") is None
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=PATIENCE)[0]
    assert process.returncode == 0, said


def refused(data_dir: Path, port: int) -> str:
    """What the command says when it cannot serve."""
    answer = subprocess.run(
        [*SERVE, str(port)],
        env=environment(data_dir),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert answer.returncode == 1, answer.stdout
    return answer.stderr


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert refused(tmp_path, port) == (
            f"Error: 127.0.0.1:{port} cannot be used (Address already in use). "
            f"Choose another port: make run PORT={port + 1}\n"
        )


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    said = refused(tmp_path / "file" / "data", free_port())
    assert said == (
        "The settings are not usable:\n"
        f"  - DATA_DIR {tmp_path / 'file' / 'data'} cannot be written: Not a directory.\n"
    )
