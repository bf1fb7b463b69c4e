"""Web and worker are killed again and again while people sign up: no deed and no letter is lost.

Real processes, a file database, SIGKILL: what a power cut or the kernel's killer would do.
"""

import http.client
import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from sqlalchemy import func, select, update

from hackathon import create_app
from hackathon.accounts.models import User
from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.ground.model import Model
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from tests.conftest import settings_for

KILLS = [("web",), ("worker",), ("web", "worker"), ("web", "worker")]
AT_ONCE = 4  # people who sign up at the same time
PATIENCE = 300  # seconds for all of it, more than a lease; it takes about fifteen


class Killed:
    """A process that can be killed with all its children, and started anew."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.command, self.environment = command, environment
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[Killed]:
    killed = Killed(command, environment)
    try:
        yield killed
    finally:
        killed.kill()


def sign_up(address: str, number: int, until: float) -> None:
    """Sign up as a browser does, trying again until the site answers that it is done."""
    while time.monotonic() < until:
        browser = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
        try:
            if ask(browser, address, number).endswith("/account/letter-sent"):
                return
        except (URLError, OSError, http.client.HTTPException):
            time.sleep(0.05)  # killed under way: nobody knows whether it was done
    raise AssertionError(f"person {number} could not sign up")


def ask(browser: OpenerDirector, address: str, number: int) -> str:
    with browser.open(f"{address}/en/account/new", timeout=10) as page:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
    assert token is not None
    fields = {
        "name": f"Person {number}",
        "email": f"person{number}@example.org",
        "password": "a password of some length",
        "csrf_token": token[1],
    }
    answer = browser.open(f"{address}/en/account/new", urlencode(fields).encode(), timeout=10)
    with answer:
        return str(answer.url)


def test_no_letter_and_no_deed_is_lost_when_processes_are_killed(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    app = create_app(
        settings_for(f"sqlite:///{tmp_path / 'hackathon.sqlite3'}", tmp_path, base_url=address)
    )
    with app.app_context():
        Model.metadata.create_all(db.engine)
    environment = os.environ | {
        "HACKATHON_MODE": "test",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'hackathon.sqlite3'}",
        "BASE_URL": address,
    }
    web_command = [
        *(sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--threads", "8", "--no-control-socket"),
    ]
    worker_command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    until = time.monotonic() + PATIENCE
    numbers = count()
    over = threading.Event()
    done: list[int] = []
    lost: list[AssertionError] = []

    def people() -> None:
        while not over.is_set():
            number = next(numbers)
            try:
                sign_up(address, number, until)
                done.append(number)
            except AssertionError as error:
                lost.append(error)

    with (
        running(web_command, environment) as web,
        running(worker_command, environment) as worker,
    ):
        threads = [threading.Thread(target=people) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        chance = Random()
        for victims in KILLS:
            wanted = len(done) + AT_ONCE  # the site is up again, and everybody busy
            while len(done) < wanted and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.5))
            for name in victims:
                process = {"web": web, "worker": worker}[name]
                process.kill()
                process.start()
        over.set()
        for thread in threads:
            thread.join()
        assert lost == []

        with app.app_context():
            # A letter that a killed worker held is free again when its lease has run out.
            db.session.execute(
                update(Letter)
                .where(Letter.claimed_until.is_not(None), Letter.sent_at.is_(None))
                .values(claimed_until=now() - timedelta(seconds=1))
            )
            db.session.commit()
            while time.monotonic() < until and db.session.scalar(
                select(func.count()).select_from(Letter).where(Letter.sent_at.is_(None))
            ):
                db.session.rollback()
                time.sleep(0.1)

    with app.app_context():
        everyone = {f"person{number}@example.org" for number in done}
        assert len(everyone) >= AT_ONCE * len(KILLS)
        assert set(db.session.scalars(select(User.email))) == everyone
        deeds = Counter(
            db.session.scalars(
                select(User.email)
                .join(Entry, Entry.actor_id == User.id)
                .where(Entry.deed == "account_created")
            )
        )
        assert deeds == dict.fromkeys(everyone, 1)
        confirmations = Counter(
            db.session.scalars(select(Letter.address).where(Letter.name == "confirm_address"))
        )
        assert confirmations == dict.fromkeys(everyone, 1)
        letters = list(db.session.scalars(select(Letter)))
        assert [letter.address for letter in letters if letter.sent_at is None] == []
        assert all(letter.attempts >= 1 for letter in letters)
        db.session.remove()
        db.engine.dispose()
