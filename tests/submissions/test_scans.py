"""The virus scanner: a real clamd with one signature of our own, and one that is away."""

import hashlib
import io
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import travel

from hackathon.config import Settings, SettingsError
from hackathon.extensions import db
from hackathon.ground.scanning import Away, Scanner
from hackathon.ground.scans import PAUSE, Scan, ScanState, VirusInIt, download, scans_of
from hackathon.journal.deeds import sentence
from hackathon.journal.models import Entry
from hackathon.questions.models import Kind, Questionnaire
from hackathon.registrations.queries import registration_of
from hackathon.submissions import uploads
from hackathon.submissions.models import File, Upload
from hackathon.submissions.scans import scan_waiting
from hackathon.teams.models import Team
from tests.submissions.test_uploads import at, begun, known, offset, send
from tests.world import Story, World

# In two, so that no scanner takes this file for what it speaks of.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
AWAY = "127.0.0.1:9"
TEXT = b"name,value\nlamp,1\n"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The socket of a clamd that knows the one test file everyone agrees on."""
    if shutil.which("clamd") is None:
        pytest.skip("no clamd: nothing was scanned by a real scanner")
    place = tmp_path_factory.mktemp("clamd")
    (place / "signatures").mkdir()
    (place / "signatures" / "own.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    path = place / "socket"
    (place / "clamd.conf").write_text(
        f"Foreground yes\nLocalSocket {path}\nDatabaseDirectory {place / 'signatures'}\n"
        "StreamMaxLength 1M\n"
    )
    log = (place / "log").open("w")
    process = subprocess.Popen(
        ["clamd", "-c", str(place / "clamd.conf")], stdout=log, stderr=log, start_new_session=True
    )
    try:
        until = time.monotonic() + 60
        while not path.exists():
            assert process.poll() is None, (place / "log").read_text()
            assert time.monotonic() < until, "clamd did not start"
            time.sleep(0.1)
        yield str(path)
    finally:
        process.kill()
        process.wait()
        log.close()


@pytest.fixture
def team(world: World) -> Team:
    return world.team(world.competition("jam"))


@pytest.fixture
def client(world: World, team: Team) -> FlaskClient:
    return world.client(team.members[1])


@pytest.fixture
def scanner(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The site asks this scanner; `required` or not."""

    def use(address: str, required: bool = False) -> None:
        found = Scanner(address, required=required)
        monkeypatch.setitem(app.extensions, "scanner", found)

    return use


def add(client: FlaskClient, team: Team, name: str, content: bytes) -> Any:
    return client.post(at(team, "/files"), data={"files": [(io.BytesIO(content), name)]})


def state() -> list[tuple[str, str]]:
    return [(scan.state.value, scan.virus) for scan in db.session.scalars(select(Scan))]


def asked() -> int:
    """As the worker does: what was done stands before the next."""
    done = scan_waiting()
    db.session.commit()
    return done


def told() -> list[str]:
    return [sentence(entry, "UTC") for entry in db.session.scalars(select(Entry))]


# -- the protocol --------------------------------------------------------------------------------


@pytest.mark.clamav
def test_a_real_scanner_tells_good_from_bad_and_what_is_too_large(clamd: str) -> None:
    scanner = Scanner(clamd)
    stream = io.BytesIO(TEXT)
    assert (scanner.finds(stream), stream.tell()) == ("", 0)
    assert "Eicar-Test" in scanner.finds(io.BytesIO(EICAR))
    with pytest.raises(Away):
        scanner.finds(io.BytesIO(b"x" * 2_000_000))


@pytest.mark.parametrize("address", [AWAY, "/nowhere/clamd.sock"])
def test_a_scanner_that_is_away_gives_no_verdict(address: str) -> None:
    with pytest.raises(Away):
        Scanner(address, patience=1).finds(io.BytesIO(TEXT))


def test_the_settings_are_understood_or_named(tmp_path: Path) -> None:
    given = {"HACKATHON_MODE": "test", "DATA_DIR": str(tmp_path)}
    for good in ("127.0.0.1:3310", "/run/clamav/clamd.ctl"):
        settings = Settings.from_environment({**given, "CLAMAV": good, "CLAMAV_AWAY": "refuse"})
        assert (settings.clamav, settings.clamav_required) == (good, True)
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({**given, "CLAMAV": "clamd", "CLAMAV_AWAY": "shrug"})
    assert [fault.split()[0] for fault in error.value.faults] == ["CLAMAV", "CLAMAV_AWAY"]


# -- files that come -----------------------------------------------------------------------------


@pytest.mark.clamav
def test_a_clean_file_is_taken_and_a_virus_refused_and_noted(
    clamd: str, scanner: Any, team: Team, client: FlaskClient
) -> None:
    scanner(clamd)
    assert add(client, team, "clean.csv", TEXT).status_code == 302
    assert state() == [("clean", "")]
    answer = add(client, team, "bad.txt", EICAR)
    assert (answer.status_code, "bad.txt holds a virus" in answer.text) == (422, True)
    assert [file.name for file in db.session.scalars(select(File))] == ["clean.csv"]
    assert told() == [
        f"A virus (Eicar-Test.UNOFFICIAL) was found in a file for {team.name}: bad.txt."
    ]


@pytest.mark.clamav
def test_a_virus_that_comes_in_pieces_is_refused_and_noted(
    clamd: str, scanner: Any, team: Team, client: FlaskClient
) -> None:
    scanner(clamd)
    place = begun(client, team, "bad.txt", EICAR)
    assert send(client, place, 0, EICAR[:30]).status_code == 204
    answer = send(client, place, 30, EICAR[30:])
    assert (answer.status_code, "holds a virus" in answer.json["error"]) == (422, True)
    assert (db.session.scalars(select(Upload)).all(), len(told())) == ([], 1)


def test_without_a_scanner_nothing_is_said(team: Team, client: FlaskClient) -> None:
    assert add(client, team, "bad.txt", EICAR).status_code == 302
    assert (state(), scan_waiting()) == ([], 0)
    assert "viruses" not in client.get(at(team, "/files")).text


def test_where_a_verdict_is_required_nothing_is_taken_without(
    scanner: Any, team: Team, client: FlaskClient
) -> None:
    scanner(AWAY, required=True)
    answer = add(client, team, "a.csv", TEXT)
    assert (answer.status_code, "cannot be checked" in answer.text) == (422, True)
    place = begun(client, team, "a.csv", TEXT)
    assert send(client, place, 0, TEXT[:5]).status_code == 204
    assert send(client, place, 5, TEXT[5:]).status_code == 422
    assert offset(client, place) == 5  # kept: the last piece can be sent again
    scanner(AWAY)
    assert send(client, place, 5, TEXT[5:]).status_code == 204


@pytest.mark.clamav
def test_what_came_while_it_was_away_is_scanned_later(
    clamd: str, scanner: Any, world: World, team: Team, client: FlaskClient
) -> None:
    scanner(AWAY)
    assert add(client, team, "bad.txt", EICAR).status_code == 302
    assert add(client, team, "good.csv", TEXT).status_code == 302
    assert state() == [("waiting", "")] * 2
    page = client.get(at(team, "")).text
    assert page.count("Not checked for viruses yet") == 2
    assert asked() == 0  # not at once again
    with travel(datetime.now(UTC) + PAUSE + timedelta(seconds=1), tick=False):
        assert asked() == 0  # still away
    scanner(clamd)
    with travel(datetime.now(UTC) + 2 * PAUSE + timedelta(seconds=5), tick=False):
        assert [asked(), asked(), asked()] == [1, 1, 0]
    assert sorted(state()) == [("clean", ""), ("infected", "Eicar-Test.UNOFFICIAL")]
    assert told() == [
        f"A virus (Eicar-Test.UNOFFICIAL) was found in a file for {team.name}: bad.txt."
    ]
    bad, good = (
        db.session.scalars(select(File).where(File.name == name)).one()
        for name in ("bad.txt", "good.csv")
    )
    page = client.get(at(team, "")).text
    assert ("Virus found" in page, "Not checked" in page, bad.digest in page) == (True, False, True)
    place = f"/en/jam/submissions/{bad.submission_id}/files"
    answer = client.get(f"{place}/{bad.digest}")
    assert (answer.status_code, "A virus was found" in answer.text) == (409, True)
    with client.get(f"{place}/{good.digest}") as taken:
        assert taken.data == TEXT
    assert known(client, team, EICAR, "again.txt") is False


def test_a_file_handed_in_is_found_in_its_version(scanner: Any, world: World, team: Team) -> None:
    scanner(AWAY)
    from_before = world.submission(team).handed_in
    digest = "a" * 64
    entry = {"name": "old.txt", "size": 1, "sha256": digest}
    from_before.content = {**from_before.content, "files": [entry]}
    assert uploads.known_file(team, digest, "new.txt") is not None
    world.add(Scan(digest=digest, state=ScanState.INFECTED, virus="x", tried_at=datetime.now(UTC)))
    assert uploads.known_file(team, digest, "new.txt") is None
    assert scans_of([entry]) == {digest: "infected"}


# -- files of every room -------------------------------------------------------------------------


class Pretend:
    """A scanner that finds what it is told to find, or is away."""

    required = False

    def __init__(self) -> None:
        self.away = False

    def finds(self, stream: Any) -> str:
        if self.away:
            raise Away
        octets = stream.read()
        stream.seek(0)
        return "Eicar" if EICAR in octets else ""


@pytest.fixture
def pretend(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Pretend:
    found = Pretend()
    monkeypatch.setitem(app.extensions, "scanner", found)
    return found


Place = tuple[Any, str, dict[str, Any], str, str]
"""Who sends, where to, the rest of the form, the field of the file, and for whom or what it is."""


def places(world: World) -> dict[str, Place]:
    competition = world.competition("jam")
    person = world.participant(competition)
    team = world.team(competition)
    asked = world.question(competition, Kind.FILE)
    of_team = world.question(competition, Kind.FILE, questionnaire=Questionnaire.TEAM)
    entry = registration_of(person, competition)
    organizer = world.organizer(competition)
    data_set = world.data_set(competition)
    titled = {"title-en": "Note", "title-fr": "Note", "language": ""}
    field, field_of_team = f"q_{asked.key}", f"q_{of_team.key}"
    manage = "/en/jam/manage"
    return {
        "answer": (person, "/en/jam/registration/answers", {}, field, person.name),
        "answer by hand": (
            *(organizer, f"{manage}/people/{entry.id}/answers"),
            *({}, field, person.name),
        ),
        "answer of a team": (
            *(team.captain, f"/en/jam/teams/{team.id}/answers"),
            *({}, field_of_team, team.name),
        ),
        "data": (organizer, f"{manage}/data/{data_set.id}/files", {}, "files", str(data_set.title)),
        "document": (organizer, f"{manage}/documents/new", titled, "file", "Note"),
    }


WHERE = ["answer", "answer by hand", "answer of a team", "data", "document"]


@pytest.mark.parametrize("where", WHERE)
def test_a_virus_is_refused_and_flagged_wherever_it_comes(
    world: World, pretend: Pretend, where: str
) -> None:
    who, path, form, field, subject = places(world)[where]
    client = world.client(who)
    answer = client.post(path, data={**form, field: (io.BytesIO(b"a " + EICAR), "bad.txt")})
    assert (answer.status_code, "bad.txt holds a virus" in answer.text) == (422, True)
    assert told() == [f"A virus (Eicar) was found in a file for {subject}: bad.txt."]
    assert state() == []
    good = client.post(path, data={**form, field: (io.BytesIO(TEXT), "good.txt")})
    assert good.status_code == 302
    assert state() == [("clean", "")]


@pytest.mark.parametrize("where", WHERE)
def test_what_came_while_the_scanner_was_away_is_found_later_and_given_to_nobody(
    app: Flask, world: World, pretend: Pretend, where: str
) -> None:
    who, path, form, field, subject = places(world)[where]
    pretend.away = True
    client = world.client(who)
    sent = {**form, field: (io.BytesIO(b"a " + EICAR), "bad.txt")}
    assert client.post(path, data=sent).status_code == 302
    assert state() == [("waiting", "")]
    pretend.away = False
    with travel(datetime.now(UTC) + PAUSE + timedelta(seconds=1), tick=False):
        assert asked() == 1
    assert state() == [("infected", "Eicar")]
    assert told()[-1] == f"A virus (Eicar) was found in a file for {subject}: bad.txt."
    [digest] = db.session.scalars(select(Scan.digest))
    with app.test_request_context("/"), pytest.raises(VirusInIt):
        download(digest, "bad.txt")


def test_no_door_gives_out_what_is_infected(world: World, pretend: Pretend) -> None:
    story = Story(world)
    things = story.things
    named = {
        f"/registrations/{things['registration'].id}/answers/{things['question'].id}": "letter.pdf",
        f"/teams/{story.team.id}/answers/{things['question'].id}": "letter.pdf",
        f"/documents/{things['document'].id}": "concept-note.txt",
        f"/consents/{things['consent_text'].id}/document": "rules.pdf",
        f"/data/{things['data_set'].id}/takings/{things['taking'].id}": ".csv",
    }
    clients = {path: story.client("captain" if "/data/" in path else "organizer") for path in named}
    digests = set()
    for path, name in named.items():
        with clients[path].get(f"/en/the-competition{path}") as answer:
            assert answer.status_code == 200, path
            assert name in answer.headers["Content-Disposition"], path
            digests.add(hashlib.sha256(answer.data).hexdigest())
    for digest in digests:
        infected = {"state": ScanState.INFECTED, "virus": "x", "tried_at": datetime.now(UTC)}
        world.add(Scan(digest=digest, **infected))
    for path in named:
        answer = clients[path].get(f"/en/the-competition{path}")
        assert answer.status_code == 409, path
        assert "A virus was found in this file (x)" in answer.text, path
    file = things["data_file"]
    take = f"/en/the-competition/data/{things['data_set'].id}/files/{file.id}/taking"
    assert story.client("captain").post(take).status_code == 409


def test_a_held_file_keeps_what_the_scanner_said(world: World, pretend: Pretend) -> None:
    """Refused for something else, the form carries the file, and its verdict with it."""
    competition = world.competition("jam")
    person = world.participant(competition)
    file = world.question(competition, Kind.FILE)
    number = world.question(competition, Kind.NUMBER)
    client, path = world.client(person), "/en/jam/registration/answers"
    sent = {f"q_{file.key}": (io.BytesIO(TEXT), "good.txt"), f"q_{number.key}": "many"}
    refused = client.post(path, data=sent)
    assert (refused.status_code, state()) == (422, [])
    [held] = re.findall(rf'name="q_{file.key}-held"[^>]*value="([^"]+)"', refused.text)
    again = {f"q_{file.key}-held": held, f"q_{number.key}": "3"}
    assert client.post(path, data=again).status_code == 302
    assert state() == [("clean", "")]
