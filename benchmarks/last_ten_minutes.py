"""What the last ten minutes before a deadline cost, beside a bare control in the same run.

    python -m benchmarks.last_ten_minutes [--database sqlite|postgresql] [--teams 200]
        [--clients 1 16 64] [--rounds 2] [--seconds 4] [--minutes 20]

The site and the control are served alike, as in production: gunicorn, two processes of eight
threads, over loopback. The control is one route that reads the same form, one insert by the bare
driver, one durable commit. The clients are one process with connections that stay open.

The first table is "save a draft", by the door that the page's script uses, with 1, 16 and 64
clients at once, each writing for a team of its own: control and site in turn (A B A B), `--rounds`
times for `--seconds`. `of control` is the site's throughput in parts of the control's, `p99 ×` its
99th percentile in multiples of the control's.

The second is the last ten minutes themselves in `--minutes` seconds (the more the later), with the
worker running: each team saves eight times, sends a file of 1.5 MB in two pieces, hands in, saves
once more and hands in again.

`lost`: what was acknowledged and is not there afterwards, read back from the database. `doubled`:
what is there more often than it was sent. Times are in ms; `cpu` is the server's, per request.

PostgreSQL is looked for where the tests look (`TEST_POSTGRES`); the database made there is removed.
"""

import argparse
import asyncio
import json
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from urllib.parse import urlencode

import psycopg
from flask import Flask, request
from sqlalchemy import create_engine, select, text

from hackathon import create_app
from hackathon.extensions import db
from hackathon.ground.merging import fingerprint
from hackathon.ground.model import Model
from hackathon.post.models import Letter
from hackathon.submissions.models import File, Submission, Version
from hackathon.submissions.receipt import digest_of
from tests.conftest import POSTGRES, settings_for
from tests.world import World

PROCESSES, THREADS = 2, 8
PIECE = 1024 * 1024
SAVES = 8
FIELDS = ("title", "summary", "description")
WORDS = "A lamp that is seen from afar by whoever looks for help. " * 20

# -- the control -------------------------------------------------------------------------------


def control() -> Flask:
    """The least that a web application can do to keep what a form says."""
    app = Flask("control")
    at, local = os.environ["CONTROL"], threading.local()

    def connection() -> Any:
        if not hasattr(local, "connection"):
            if at.startswith("postgresql"):
                local.connection = psycopg.connect(at)
            else:
                local.connection = sqlite3.connect(at, timeout=30)
                local.connection.execute("PRAGMA journal_mode=WAL")
                local.connection.execute("PRAGMA synchronous=FULL")
        return local.connection

    mark = "%s" if at.startswith("postgresql") else "?"
    insert = f"INSERT INTO said (id, words) VALUES ({mark}, {mark})"

    @app.post("/")
    def say() -> Any:
        words = next(request.form[name] for name in FIELDS if name in request.form)
        connection().execute(insert, (secrets.token_hex(16), words))
        connection().commit()
        return {"saved": True}

    return app


# -- serving -----------------------------------------------------------------------------------


@dataclass
class Server:
    """A group of processes and the port that they answer on."""

    process: subprocess.Popen[bytes]
    port: int

    def cpu(self) -> float:
        """Seconds of processor time that the group has used; 0 where the system does not say."""
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                said = path.read_text().rpartition(")")[2].split()
                if int(said[2]) == self.process.pid:
                    ticks += int(said[11]) + int(said[12])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=os.environ | environment, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def served(app: str, environment: dict[str, str]) -> Iterator[Server]:
    """The application behind gunicorn, as the operators' page says."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--threads", str(THREADS), "--workers", str(PROCESSES)),
        *("--keep-alive", "75", "--log-level", "error", "--no-control-socket"),
    ]
    with started(command, environment) as process:
        until = time.monotonic() + 30
        while time.monotonic() < until and process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                break
            time.sleep(0.05)
        yield Server(process, port)


# -- what is there before ----------------------------------------------------------------------


@dataclass
class Writer:
    """Somebody signed in who writes for their team, and what the site acknowledged to them."""

    team: Any
    path: str
    cookie: str
    token: str
    said: dict[str, str] = field(default_factory=lambda: dict.fromkeys(FIELDS, ""))
    number: int = 0
    missing: str = "?"
    handed_in: list[dict[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def words(self, name: str) -> str:
        """Others than before: short for a title, a page for the description."""
        self.number += 1
        said = f"{self.number} {WORDS}"
        return {"title": said[:60], "summary": said[:400]}.get(name, said).strip()


def laid(app: Flask, teams: int) -> list[Writer]:
    """A competition with so many teams of four, each with a challenge and somebody signed in."""
    writers = []
    with app.app_context():
        Model.metadata.create_all(db.engine)
        world = World(app)
        competition = world.competition("jam", team_max=4)
        challenge = world.challenge(competition)
        for _ in range(teams):
            team = world.team(competition, 4, challenge=challenge)
            cookie, token = world.cookie(team.captain)
            path = f"/en/jam/teams/{team.id}/submission"
            writers.append(Writer(team.id, path, cookie, token))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return writers


# -- clients -----------------------------------------------------------------------------------


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """A connection that stays open, and how long each kind of request took on it, in seconds."""

    def __init__(self, port: int, took: dict[str, list[float]], errors: Counter[str]) -> None:
        self.port, self.took, self.errors = port, took, errors
        self.reader: asyncio.StreamReader | None = None

    async def ask(
        self, kind: str, method: str, path: str, body: bytes = b"", **headers: str
    ) -> Answer | None:
        """The answer, or None where there was none or it was no success: that is an error."""
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        begun = time.perf_counter()
        try:
            if self.reader is None or self.reader.at_eof():
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            answer = await asyncio.wait_for(self.answer(self.reader), 60)
        except (OSError, EOFError, TimeoutError) as error:
            self.errors[f"{kind}: {type(error).__name__}"] += 1
            self.reader = None
            return None
        self.took[kind].append(time.perf_counter() - begun)
        if answer.status >= 400:
            self.errors[f"{kind}: {answer.status}"] += 1
            return None
        return answer

    async def answer(self, reader: asyncio.StreamReader) -> Answer:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.reader = None
        return Answer(int(head[0].split()[1]), headers, body)


def form(**fields: str) -> tuple[bytes, str]:
    """The fields as a browser's script sends them, and the type that says so."""
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


async def save(line: Line, writer: Writer) -> None:
    """Save one more field of the draft, as the page's script does."""
    name = FIELDS[writer.number % len(FIELDS)]
    words = writer.words(name)
    bases = {f"base-{each}": fingerprint(said) for each, said in writer.said.items()}
    body, kind = form(csrf_token=writer.token, missing=writer.missing, **bases, **{name: words})
    answer = await line.ask(
        *("save", "POST", f"{writer.path}/draft", body),
        **{"Content_Type": kind, "Cookie": writer.cookie, "Accept": "application/json"},
    )
    told = json.loads(answer.body) if answer else {"saved": []}
    if name in told["saved"]:
        writer.said[name], writer.missing = words, told["missing"]
    elif answer:
        line.errors["save: not taken"] += 1


async def upload(line: Line, writer: Writer, content: bytes) -> None:
    """Send a file in pieces."""
    told = {"filename": "data.csv", "sha256": sha256(content).hexdigest()}
    metadata = ",".join(f"{k} {b64encode(v.encode()).decode()}" for k, v in told.items())
    ours = {"Cookie": writer.cookie, "X_CSRFToken": writer.token, "Tus_Resumable": "1.0.0"}
    begun = await line.ask(
        *("begin upload", "POST", f"{writer.path}/uploads"),
        **{**ours, "Upload_Length": str(len(content)), "Upload_Metadata": metadata},
    )
    if begun is None:
        return
    for offset in range(0, len(content), PIECE):
        piece = content[offset : offset + PIECE]
        last = offset + len(piece) == len(content)
        taken = await line.ask(
            *("last piece" if last else "piece", "PATCH", begun.headers["location"], piece),
            **{**ours, "Upload_Offset": str(offset)},
            Content_Type="application/offset+octet-stream",
        )
        if taken is None:
            return
    writer.files.append(told["sha256"])


async def hand_in(line: Line, writer: Writer) -> None:
    body, kind = form(csrf_token=writer.token)
    answer = await line.ask(
        *("hand in", "POST", f"{writer.path}/receipt", body),
        **{"Content_Type": kind, "Cookie": writer.cookie},
    )
    if answer and answer.status == 302:
        writer.handed_in.append(dict(writer.said))


async def control_save(line: Line, writer: Writer) -> None:
    """The same form to the control."""
    name = FIELDS[writer.number % len(FIELDS)]
    words = writer.words(name)
    bases = {f"base-{each}": fingerprint(said) for each, said in writer.said.items()}
    body, kind = form(csrf_token=writer.token, missing=writer.missing, **bases, **{name: words})
    await line.ask("save", "POST", "/", body, Content_Type=kind, Cookie=writer.cookie)


# -- measuring ---------------------------------------------------------------------------------


@dataclass
class Measured:
    """How long the requests of one kind took, in seconds, and in how much time all came."""

    took: list[float]
    seconds: float
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds

    def at(self, share: float) -> float:
        """A percentile in ms."""
        ordered = sorted(self.took)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def pressed(
    server: Server,
    writers: list[Writer],
    deed: Callable[[Line, Writer], Awaitable[None]],
    seconds: float,
    errors: Counter[str],
) -> Measured:
    """All of them at once, each again and again without a pause, for so long."""
    took: dict[str, list[float]] = defaultdict(list)

    async def run(writer: Writer) -> None:
        line = Line(server.port, took, errors)
        while time.perf_counter() < until:
            await deed(line, writer)

    async def together() -> None:
        await asyncio.gather(*(run(writer) for writer in writers))

    cpu, begun = server.cpu(), time.perf_counter()
    until = begun + seconds
    asyncio.run(together())
    spent = time.perf_counter() - begun
    requests = took["save"]
    return Measured(requests, spent, (server.cpu() - cpu) / max(1, len(requests)))


def last_ten_minutes(
    server: Server, writers: list[Writer], seconds: float, errors: Counter[str]
) -> dict[str, Measured]:
    """Everybody's last ten minutes, in so many seconds."""
    took: dict[str, list[float]] = defaultdict(list)
    chance = Random(0)

    async def run(number: int, writer: Writer, moments: list[float]) -> None:
        line = Line(server.port, took, errors)
        content = b"%d,lamp\n" % number * (3 * PIECE // 2 // len(b"%d,lamp\n" % number))
        deeds: list[Awaitable[None]] = [save(line, writer) for _ in range(SAVES)]
        deeds.insert(SAVES // 2, upload(line, writer, content))
        deeds += [hand_in(line, writer), save(line, writer), hand_in(line, writer)]
        for moment, deed in zip(moments, deeds, strict=True):
            await asyncio.sleep(max(0.0, begun + moment - time.perf_counter()))
            await deed

    async def together() -> None:
        await asyncio.gather(
            *(
                run(
                    number, each, sorted(seconds * chance.random() ** 0.5 for _ in range(SAVES + 4))
                )
                for number, each in enumerate(writers)
            )
        )

    begun = time.perf_counter()
    asyncio.run(together())
    spent = time.perf_counter() - begun
    return {kind: Measured(times, spent) for kind, times in took.items()}


# -- reading back ------------------------------------------------------------------------------


def lost_and_doubled(app: Flask, writers: list[Writer]) -> tuple[int, int]:
    """What was acknowledged and is not there, and what is there more often than acknowledged."""
    acknowledged: Counter[Any] = Counter()
    for writer in writers:
        acknowledged.update((writer.team, name, said) for name, said in writer.said.items() if said)
        acknowledged.update((writer.team, "file", digest) for digest in writer.files)
        for said in writer.handed_in:
            acknowledged[writer.team, "version", *said.values()] += 1
            acknowledged[writer.team, "letters", said["title"]] += 4
    with app.app_context():
        there = Counter(found(app))
        db.session.remove()
        db.engine.dispose()
    lost, doubled = acknowledged - there, there - acknowledged
    return lost.total(), doubled.total()


def found(app: Flask) -> Iterator[Any]:
    """The same of what the database and the storage hold."""
    names = {}
    storage = app.extensions["storage"]
    for row in db.session.scalars(select(Submission)):
        names[row.id] = row.team_id
        yield from (
            (row.team_id, name, getattr(row, name)) for name in FIELDS if getattr(row, name)
        )
    for file in db.session.scalars(select(File)):
        if storage.has(file.digest):
            yield names[file.submission_id], "file", file.digest
    titles = {}
    for version in db.session.scalars(select(Version)):
        team, content = names[version.submission_id], version.content
        titles[version.digest] = (team, "letters", content["title"])
        if digest_of(content) == version.digest:
            yield team, "version", *(content[name] for name in FIELDS)
    receipts = select(Letter.text).where(Letter.name == "submission_received")
    for letter in db.session.scalars(receipts):
        yield next(titles[word] for word in letter.split() if word in titles)


# -- all of it ---------------------------------------------------------------------------------


@contextmanager
def databases(kind: str, directory: Path) -> Iterator[tuple[str, str]]:
    """An empty one for the site and one for the control, removed in the end."""
    if kind == "sqlite":
        path = directory / "control.sqlite3"
        sqlite3.connect(path).execute("CREATE TABLE said (id TEXT PRIMARY KEY, words TEXT)")
        yield f"sqlite:///{directory / 'site.sqlite3'}", str(path)
        return
    names = [f"last_ten_minutes_{part}_{os.getpid()}" for part in ("site", "control")]
    engine = create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in names:
            connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            site, plain = (f"{POSTGRES}/{name}" for name in names)
            plain = plain.replace("+psycopg", "")
            with psycopg.connect(plain) as control:
                control.execute("CREATE TABLE said (id TEXT PRIMARY KEY, words TEXT)")
            yield site, plain
        finally:
            for name in names:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def measure(kind: str, options: argparse.Namespace) -> None:
    with (
        tempfile.TemporaryDirectory() as temporary,
        databases(kind, Path(temporary)) as (site_database, control_database),
    ):
        directory = Path(temporary)
        settings = settings_for(site_database, directory, mode="demo")
        app = create_app(settings)
        writers = laid(app, max([options.teams, *options.clients]))
        environment = {
            "HACKATHON_MODE": "demo",
            "SECRET_KEY": settings.secret_key,
            "DATA_DIR": temporary,
            "DATABASE_URL": site_database,
            "BASE_URL": settings.base_url,
            "CONTROL": control_database,
        }
        errors: Counter[str] = Counter()
        with (
            served("benchmarks.last_ten_minutes:control()", environment) as bare,
            served("wsgi:app", environment) as site,
        ):
            for clients in options.clients:
                some = writers[:clients]
                for server, deed in ((bare, control_save), (site, save)):  # warm
                    pressed(server, some, deed, 0.5, errors)
                rounds = []
                for _ in range(options.rounds):
                    control_round = pressed(
                        bare, plain(some), control_save, options.seconds, errors
                    )
                    rounds.append(
                        (control_round, pressed(site, some, save, options.seconds, errors))
                    )
                print_save(kind, clients, rounds)
            with started([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], environment):
                everybody = writers[: options.teams]
                begun, cpu = time.monotonic(), site.cpu()
                done = last_ten_minutes(site, everybody, options.minutes, errors)
                print_last_ten_minutes(kind, done, time.monotonic() - begun, site.cpu() - cpu)
        lost, doubled = lost_and_doubled(app, writers)
        said = ", ".join(f"{number} × {what}" for what, number in errors.items())
        print(f"{kind}: errors {said or 0}, lost {lost}, doubled {doubled}")


def plain(writers: list[Writer]) -> list[Writer]:
    """The same people to the control, which keeps other words of theirs."""
    return [Writer(each.team, each.path, each.cookie, each.token) for each in writers]


def print_save(kind: str, clients: int, rounds: list[tuple[Measured, Measured]]) -> None:
    parts = [ours.rate / control.rate for control, ours in rounds]
    times = [ours.at(0.99) / control.at(0.99) for control, ours in rounds]
    for name, each in (("control", 0), ("save", 1)):
        numbers = [pair[each] for pair in rounds]
        print(
            f"{kind:10} {clients:7} {name:12} {median(n.rate for n in numbers):9.0f} "
            + " ".join(f"{median(n.at(s) for n in numbers):7.1f}" for s in (0.5, 0.95, 0.99))
            + f" {1000 * median(n.cpu for n in numbers):6.2f}"
            + (
                f" {median(parts):6.2f} ({min(parts):.2f}–{max(parts):.2f})"
                f" {median(times):6.1f} ({min(times):.1f}–{max(times):.1f})"
                if each
                else ""
            ),
            flush=True,
        )


def print_last_ten_minutes(
    kind: str, done: dict[str, Measured], seconds: float, cpu: float
) -> None:
    for name, each in done.items():
        print(
            f"{kind:10} {'':7} {name:12} {each.rate:9.1f} "
            + " ".join(f"{each.at(share):7.1f}" for share in (0.5, 0.95, 0.99))
        )
    every = sum(len(each.took) for each in done.values())
    print(f"{kind:10} {every} requests in {seconds:.1f} s, {1000 * cpu / every:.1f} ms cpu each")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the last ten minutes before a deadline.")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--teams", type=int, default=200)
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 16, 64])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=4, help="of each round")
    parser.add_argument("--minutes", type=float, default=20, help="that the ten take, in seconds")
    options = parser.parse_args()
    print(
        f"{'database':10} {'clients':>7} {'request':12} {'a second':>9} {'p50':>7} {'p95':>7} "
        f"{'p99':>7} {'cpu':>6} {'of control':>17} {'p99 ×':>15}"
    )
    for kind in options.database or ["sqlite", "postgresql"]:
        measure(kind, options)


if __name__ == "__main__":
    main()
