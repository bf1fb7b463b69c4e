"""Files sent over bad lines, through a browser and past a killed site."""

import http.cookiejar
import os
import re
import socket
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest
from playwright.sync_api import Route
from sqlalchemy import select

from hackathon import create_app
from hackathon.extensions import db
from hackathon.ground.model import Model
from hackathon.submissions.models import File
from tests.browser import Person, Site
from tests.conftest import settings_for
from tests.journeys.test_kill import running
from tests.submissions import samples
from tests.world import PASSWORD, World

# Odd in length, so that the last block of the digest is not full.
TEXT = b"".join(b"%d,lamp\n" % n for n in range(150_000))


def begin(app: Any) -> tuple[str, str]:
    """A team that can send files: its captain's address and its page of files."""
    with app.app_context():
        world = World(app)
        competition = world.competition("jam")
        team = world.team(competition, challenge=world.challenge(competition))
        found = team.captain.email, f"/jam/teams/{team.id}/submission/files"
        db.session.commit()
        db.session.remove()
    return found


def files(app: Any) -> list[tuple[str, int, str]]:
    with app.app_context():
        rows = db.session.scalars(select(File).order_by(File.name)).all()
        found = [(row.name, row.size, row.digest) for row in rows]
        db.session.remove()
    return found


def chosen(person: Person, *paths: Path) -> None:
    person.page.locator("main input[type=file]").set_input_files(list(paths))
    person.page.get_by_role("button", name=re.compile("^(Add|Ajouter)$")).click()


@pytest.mark.browser
def test_a_browser_sends_files_over_a_line_that_breaks(
    site: Site, someone: Callable[..., Person], tmp_path: Path
) -> None:
    email, page = begin(site.app)
    data, report = tmp_path / "data.csv", tmp_path / "report.pdf"
    data.write_bytes(TEXT)
    report.write_bytes(samples.PDF)
    captain = someone()
    captain.signs_in(email)
    captain.goes_to(page)
    pieces = 0

    def breaks(route: Route) -> None:
        nonlocal pieces
        pieces += route.request.method == "PATCH"
        if route.request.method == "PATCH" and pieces == 3:
            route.abort("connectionreset")
        else:
            route.continue_()

    captain.page.route("**/submission/uploads/**", breaks)
    chosen(captain, data, report)
    captain.sees("data.csv is added to the draft.")
    captain.sees("report.pdf is added to the draft.")
    assert pieces > 4
    assert files(site.app) == [
        ("data.csv", len(TEXT), sha256(TEXT).hexdigest()),
        ("report.pdf", len(samples.PDF), sha256(samples.PDF).hexdigest()),
    ]
    # The same again is not sent again.
    sent = pieces
    chosen(captain, data)
    captain.sees("data.csv was here already.")
    assert pieces == sent


@pytest.mark.browser
def test_a_browser_pauses_loads_anew_and_goes_on_in_french(
    site: Site, someone: Callable[..., Person], tmp_path: Path
) -> None:
    email, page = begin(site.app)
    data, other = tmp_path / "data.csv", tmp_path / "page.csv"
    data.write_bytes(TEXT)
    other.write_bytes(samples.HTML)
    captain = someone(language="fr", viewport={"width": 390, "height": 800})
    captain.signs_in(email)
    captain.goes_to(page)
    offsets: list[int] = []
    stopped = True

    def stops(route: Route) -> None:
        if route.request.method == "PATCH":
            offsets.append(int(route.request.headers["upload-offset"]))
            if stopped and len(offsets) == 2:
                return  # no answer, ever
        route.continue_()

    captain.page.route("**/submission/uploads/**", stops)
    chosen(captain, data)
    captain.sees("de 1,7\u00a0Mo")
    captain.page.locator('.uploads progress[value]:not([value="0"])').wait_for()
    captain.presses("Pause: data.csv")
    captain.sees("En pause")
    assert captain.fits()
    assert captain.page.evaluate("document.activeElement.hasAttribute('data-resume')")
    stopped = False
    captain.page.reload()
    captain.sees("Pas encore arrivés en entier")
    offsets.clear()
    chosen(captain, data)
    captain.sees("data.csv est ajouté")
    assert offsets[0] > 0
    assert files(site.app) == [("data.csv", len(TEXT), sha256(TEXT).hexdigest())]
    # What is refused says why, and stays to be read.
    chosen(captain, other)
    captain.sees("Refusé\u00a0: page.csv")
    assert captain.page.locator(".upload-refused").count() == 1
    assert len(files(site.app)) == 1


class Sender:
    """A program that signs in and speaks the protocol, and asks again while the site is away."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.token = ""

    def ask(self, method: str, path: str, data: bytes | None = None, **headers: str) -> Any:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given |= {"X-CSRFToken": self.token, "Tus-Resumable": "1.0.0"}
        request = Request(self.address + path, data, given, method=method)
        until = time.monotonic() + 60
        while True:
            try:
                return self.opener.open(request, timeout=20)
            except HTTPError as error:
                return error
            except (URLError, OSError):
                assert time.monotonic() < until, "the site did not come back"
                time.sleep(0.1)

    def token_on(self, path: str) -> None:
        with self.ask("GET", path) as page:
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())
        assert found is not None
        self.token = found[1]

    def sign_in(self, email: str) -> None:
        self.token_on("/en/account/sign-in")
        fields = {"email": email, "password": PASSWORD, "csrf_token": self.token}
        self.ask("POST", "/en/account/sign-in", urlencode(fields).encode()).close()

    def offset(self, place: str) -> int:
        with self.ask("HEAD", place) as answer:
            return int(answer.headers["Upload-Offset"])

    def send(self, place: str, offset: int, piece: bytes) -> int:
        kind = "application/offset+octet-stream"
        with self.ask(
            "PATCH", place, piece, Upload_Offset=str(offset), Content_Type=kind
        ) as answer:
            return int(answer.status)


def test_an_upload_goes_on_after_the_site_was_killed(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    database = f"sqlite:///{tmp_path / 'hackathon.sqlite3'}"
    app = create_app(settings_for(database, tmp_path, base_url=address))
    with app.app_context():
        Model.metadata.create_all(db.engine)
    email, page = begin(app)
    environment = os.environ | {
        "HACKATHON_MODE": "test",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database,
        "BASE_URL": address,
    }
    command = [
        *(sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--threads", "4", "--no-control-socket"),
    ]
    with running(command, environment) as web:
        sender = Sender(address)
        sender.sign_in(email)
        sender.token_on(f"/en{page}")
        coded = f"filename {b64encode(b'data.csv').decode()}"
        uploads = f"/en{page.removesuffix('files')}uploads"
        with sender.ask(
            "POST", uploads, b"", Upload_Length=str(len(TEXT)), Upload_Metadata=coded
        ) as begun:
            assert begun.status == 201
            place = begun.headers["Location"]
        assert sender.send(place, 0, TEXT[:400_000]) == 204
        web.kill()
        web.start()
        assert sender.offset(place) == 400_000
        # A piece on whose way the site is killed: the rest of it is sent with the next.
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(f"PATCH {place} HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nx".encode())
        web.kill()
        line.close()
        web.start()
        assert sender.offset(place) == 400_000
        assert sender.send(place, 400_000, TEXT[400_000:1_400_000]) == 204
        # The last piece is sent again when nobody knows whether it arrived; that does no harm.
        assert sender.send(place, 1_400_000, TEXT[1_400_000:]) == 204
        assert sender.send(place, 1_400_000, TEXT[1_400_000:]) == 404
    assert files(app) == [("data.csv", len(TEXT), sha256(TEXT).hexdigest())]
    with app.app_context():
        db.engine.dispose()
