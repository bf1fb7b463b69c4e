"""The last second before the deadline: everybody hands in at once, and processes are killed.

Real gunicorn with two processes, a real worker, both databases, SIGKILL. Some click twice, some
come late, and whoever gets no answer tries again until there is one.
"""

import http.client
import os
import re
import signal
import socket
import sys
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from hackathon.competitions.models import Gate, Window
from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.submissions.models import File, Submission, Version
from hackathon.submissions.receipt import canonical
from hackathon.teams.models import Team
from tests.apps import own_app
from tests.conftest import SECRET
from tests.journeys.test_kill import Killed, running
from tests.world import World

IN_TIME, BY_GRACE, TOO_LATE = 64, 6, 6  # teams
CLICK_TWICE = 16  # of those in time
GRACE = 90  # seconds, so that a slow machine has answered everybody by then
PATIENCE = 120  # seconds until somebody who gets no answer gives up
TEXT = b"".join(b"%d,lamp\n" % n for n in range(100_000))
PIECES = 6
DONE, AGAIN = "handed in", "was handed in before"


class Browser:
    """A person's: signed in, with the token of a page that they opened before."""

    def __init__(self, port: int, team: Team, world: World) -> None:
        self.port, self.key, self.path = port, team.id, f"/en/jam/teams/{team.id}/submission"
        self.person = team.captain.id
        self.cookie, self.token = world.cookie(team.captain)
        self.outcomes: list[str] = []
        self.broken = 0

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Raises OSError or HTTPException where the line breaks before the answer is there."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, body, {"Cookie": self.cookie, **given})
            answer = line.getresponse()
            return answer.status, dict(answer.headers), answer.read().decode()
        finally:
            line.close()

    def insist(self, attempt: Callable[[], Any]) -> Any:
        """Again and again, as long as the line breaks."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return attempt()
            except (OSError, http.client.HTTPException):
                self.broken += 1
                assert time.monotonic() < until, "the site did not come back"
                time.sleep(0.05)

    def hand_in(self) -> None:
        fields = urlencode({"csrf_token": self.token}).encode()
        kind = "application/x-www-form-urlencoded"
        status, _, page = self.insist(
            lambda: self.ask("POST", f"{self.path}/receipt", fields, Content_Type=kind)
        )
        if status == 302:
            self.outcomes.append(DONE)
        elif status == 422 and "which is safely handed in and counts" in page:
            self.outcomes.append(AGAIN)
        elif status == 403 and "Submissions are not open." in page:
            self.outcomes.append("closed")
        else:
            self.outcomes.append(f"{status}: {page}")

    def upload(self, pauses: float) -> None:
        """A file in pieces; what the site has of it is asked after a line that broke."""
        ours = {"X_CSRFToken": self.token, "Tus_Resumable": "1.0.0"}
        told = f"filename {b64encode(b'data.csv').decode()}"
        begun = self.insist(
            lambda: self.ask(
                *("POST", f"{self.path}/uploads"),
                **ours,
                Upload_Length=str(len(TEXT)),
                Upload_Metadata=told,
            )
        )
        assert begun[0] == 201, begun
        place, size = urlsplit(begun[1]["Location"]).path, len(TEXT) // PIECES + 1

        def piece() -> bool:
            status, headers, _ = self.ask("HEAD", place, **ours)
            if status == 404:
                return True  # the answer to the last piece was lost
            offset = int(headers["Upload-Offset"])
            part = TEXT[offset : offset + size]
            kind = "application/offset+octet-stream"
            status, _, said = self.ask(
                *("PATCH", place, part), **ours, Upload_Offset=str(offset), Content_Type=kind
            )
            assert status in (204, 409, 423), said  # another process may hold it for a moment yet
            return status == 204 and offset + len(part) == len(TEXT)

        while not self.insist(piece):
            time.sleep(pauses)


def children(process: Killed) -> set[int]:
    """The processes that gunicorn started."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if path.read_text().rpartition(")")[2].split()[1] == str(process.process.pid):
                found.add(int(path.parent.name))
    return found


def wait_for(what: Callable[[], Any]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until
        db.session.rollback()
        time.sleep(0.1)


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def all_at_once(
    web: Killed,
    worker: Killed,
    closes_at: datetime,
    in_time: list[Browser],
    by_grace: list[Browser],
    uploader: Browser,
) -> None:
    """What happens around the close, each thing at its moment in seconds after it."""
    chance, began = Random(7), children(web)
    deeds: list[tuple[float, Callable[[], Any]]] = [(-1.5, lambda: uploader.upload(0.5))]
    for number, browser in enumerate(in_time):
        moment = -chance.uniform(0.1, 1)
        deeds += [(moment, browser.hand_in)] * (2 if number < CLICK_TWICE else 1)
    deeds += [(chance.uniform(0.1, 1), browser.hand_in) for browser in by_grace]
    deeds.append((-0.4, lambda: os.kill(min(began), signal.SIGKILL)))
    deeds += [(-0.3, worker.kill), (-0.1, worker.start)]
    faults: list[BaseException] = []

    def at(moment: float, deed: Callable[[], Any]) -> None:
        time.sleep(max(0.0, (closes_at - datetime.now(UTC)).total_seconds() + moment))
        try:
            deed()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=at, args=deed) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(began & children(web)) == 1  # one was killed, and replaced


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_last_second_loses_and_doubles_nothing(tmp_path: Path, kind: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with own_app(tmp_path, kind, base_url=address) as app:
        world = World(app)
        competition = world.competition("jam", grace_seconds=GRACE)
        challenge = world.challenge(competition)

        def somebody() -> Browser:
            team = world.team(competition, challenge=challenge)
            world.submission(team, handed_in=False)
            return Browser(port, team, world)

        in_time, by_grace, too_late = (
            [somebody() for _ in range(number)] for number in (IN_TIME, BY_GRACE, TOO_LATE)
        )
        uploader = somebody()
        db.session.commit()
        environment = os.environ | {
            "HACKATHON_MODE": "test",
            "SECRET_KEY": SECRET,
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            "BASE_URL": address,
        }
        web_command = [
            *(sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--threads", "8", "--workers", "2"),
            *("--log-level", "error", "--no-control-socket"),
        ]
        worker_command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        with (
            running(web_command, environment) as web,
            running(worker_command, environment) as worker,
        ):
            wait_for(lambda: answers(port) and len(children(web)) == 2)
            uploader.insist(lambda: uploader.ask("GET", "/en/jam/"))
            closes_at = now() + timedelta(seconds=2.5)
            db.session.execute(
                update(Window).where(Window.gate == Gate.SUBMISSION).values(closes_at=closes_at)
            )
            db.session.commit()
            all_at_once(web, worker, closes_at, in_time, by_grace, uploader)
            # The same again when the grace is over, without waiting for it.
            competition.grace_seconds = 1
            db.session.commit()
            for browser in too_late:
                browser.hand_in()
            assert [each.outcomes for each in too_late] == [["closed"]] * TOO_LATE
            look(app, closes_at, in_time, by_grace, uploader)


def look(
    app: Flask,
    closes_at: datetime,
    in_time: list[Browser],
    by_grace: list[Browser],
    uploader: Browser,
) -> None:
    """Is everything there that was acknowledged, once, and all of it true?"""
    everybody = [*in_time, *by_grace]
    assert {outcome for each in everybody for outcome in each.outcomes} <= {DONE, AGAIN}
    versions: dict[Any, list[Version]] = {}
    for version in db.session.scalars(select(Version).join(Version.submission)):
        versions.setdefault(version.submission.team_id, []).append(version)
    # One each, however often it was sent.
    assert {key: len(found) for key, found in versions.items()} == {e.key: 1 for e in everybody}
    for browser in in_time[:CLICK_TWICE]:
        assert len(browser.outcomes) == 2
        assert browser.outcomes.count(DONE) <= 1
    assert all(
        found.created_at < closes_at + timedelta(seconds=GRACE) for [found] in versions.values()
    )
    true_receipts(in_time + by_grace, versions)
    one_letter_each(versions)
    in_the_journal(versions, closes_at, uploader)
    file = db.session.scalars(
        select(File).join(File.submission).where(Submission.team_id == uploader.key)
    ).one()
    assert (file.name, file.size, file.digest) == ("data.csv", len(TEXT), sha256(TEXT).hexdigest())
    with app.extensions["storage"].open(file.digest) as kept:
        assert kept.read() == TEXT


def true_receipts(browsers: list[Browser], versions: dict[Any, list[Version]]) -> None:
    """On the team's page, by the fingerprint, and of the content itself."""
    for browser in browsers:
        [version] = versions[browser.key]
        assert version.digest in browser.ask("GET", browser.path)[2]
        place = f"/en/jam/submissions/{version.submission_id}/versions/{version.id}/content.json"
        status, _, content = browser.ask("GET", place)
        assert (status, sha256(content.encode()).hexdigest()) == (200, version.digest)
        assert canonical(version.content) == content.encode()
        _, _, page = browser.ask("GET", f"/en/jam/receipts?digest={version.digest}")
        assert page.count(f'datetime="{version.created_at.isoformat()}"') >= 1


def one_letter_each(versions: dict[Any, list[Version]]) -> None:
    """To everyone in the team, delivered, with the fingerprint that stands in the database."""
    # What the killed worker held is free again when its lease has run out.
    db.session.execute(
        update(Letter)
        .where(Letter.claimed_until.is_not(None), Letter.sent_at.is_(None))
        .values(claimed_until=now() - timedelta(seconds=1))
    )
    db.session.commit()
    unsent = select(func.count()).select_from(Letter).where(Letter.sent_at.is_(None))
    wait_for(lambda: db.session.scalar(unsent) == 0)
    letters = db.session.scalars(select(Letter).where(Letter.name == "submission_received")).all()
    told = Counter((letter.recipient_id, digest_in(letter.text)) for letter in letters)
    assert told == {
        (person.id, version.digest): 1
        for [version] in versions.values()
        for person in version.submission.team.members
    }


def digest_in(text: str) -> str:
    [found] = set(re.findall(r"\b[0-9a-f]{64}\b", text))
    return str(found)


def in_the_journal(
    versions: dict[Any, list[Version]], closes_at: datetime, uploader: Browser
) -> None:
    """Each hand-in once; and who came by grace, once."""
    entries = db.session.scalars(select(Entry)).all()
    handed_in = Counter(
        (each.actor_id, each.details["digest"])
        for each in entries
        if each.deed == "submission_handed_in"
    )
    assert handed_in == {(found.by_id, found.digest): 1 for [found] in versions.values()}
    late = Counter(each.actor_id for each in entries if each.deed == "let_in_late")
    came_late = [found.by_id for [found] in versions.values() if found.created_at >= closes_at]
    assert late == Counter([*came_late, uploader.person])
    assert len(came_late) >= BY_GRACE
