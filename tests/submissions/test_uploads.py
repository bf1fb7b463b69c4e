"""Files that come in pieces: as the protocol says, whatever breaks on the way."""

import base64
import io
import threading
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from time_machine import travel

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.ground.model import uuid7
from hackathon.ground.pieces import LARGEST_PIECE, write_at
from hackathon.journal.models import Entry
from hackathon.submissions import uploads
from hackathon.submissions.actions import MOST_FILES
from hackathon.submissions.models import File, Upload
from hackathon.teams.models import Team
from hackathon.worker import do_what_is_due
from tests.apps import own_app
from tests.counting import queries
from tests.submissions import samples
from tests.world import World

TEXT = b"name,value\n" + b"lamp,1\n" * 40


@pytest.fixture
def team(world: World) -> Team:
    competition = world.competition("jam")
    return world.team(competition, challenge=world.challenge(competition))


@pytest.fixture
def client(world: World, team: Team) -> FlaskClient:
    return world.client(team.members[1])


def at(team: Team, page: str = "/uploads", language: str = "en") -> str:
    return f"/{language}/jam/teams/{team.id}/submission{page}"


def announced(name: str, size: Any, **told: str) -> dict[str, str]:
    pairs = {"filename": name, **told}
    coded = (f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())
    return {"Upload-Length": str(size), "Upload-Metadata": ",".join(coded)}


def begin(client: FlaskClient, team: Team, name: str, size: Any, **told: str) -> Any:
    return client.post(at(team), headers=announced(name, size, **told))


def begun(client: FlaskClient, team: Team, name: str, content: bytes, **told: str) -> str:
    answer = begin(client, team, name, len(content), **told)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    return str(answer.location)


def send(client: FlaskClient, place: str, offset: Any, piece: bytes, **headers: str) -> Any:
    given = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    return client.patch(place, data=piece, headers={**given, **headers})


def whole(client: FlaskClient, team: Team, name: str, content: bytes, **told: str) -> Any:
    return send(client, begun(client, team, name, content, **told), 0, content)


def offset(client: FlaskClient, place: str) -> int:
    answer = client.head(place)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    return int(answer.headers["Upload-Offset"])


def names() -> list[str]:
    return list(db.session.scalars(select(File.name).order_by(File.name)))


def part_files(app: Flask) -> list[str]:
    return sorted(path.name for path in (app.config["SETTINGS"].data_dir / "uploads").glob("*"))


# -- as it should be -----------------------------------------------------------------------------


def test_a_file_comes_in_pieces_and_stands_in_the_draft(
    app: Flask, team: Team, client: FlaskClient
) -> None:
    place = begun(client, team, "data.csv", TEXT, sha256=sha256(TEXT).hexdigest())
    assert offset(client, place) == 0
    first = send(client, place, 0, TEXT[:100])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "100")
    assert (first.data, first.mimetype) == (b"", None)
    assert offset(client, place) == 100
    assert names() == []
    page = client.get(at(team, "/files")).text
    assert "data.csv" in page
    last = send(client, place, 100, TEXT[100:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(TEXT)))
    file = db.session.scalars(select(File)).one()
    assert (file.name, file.size, file.digest) == ("data.csv", len(TEXT), sha256(TEXT).hexdigest())
    assert (file.by, file.submission.team) == (team.members[1], team)
    with client.get(f"/en/jam/submissions/{file.submission_id}/files/{file.digest}") as answer:
        assert answer.data == TEXT
    assert client.head(place).status_code == 404
    assert db.session.scalars(select(Upload)).all() == []
    assert Path(place).name.replace("-", "") not in part_files(app)


def test_the_site_says_what_it_speaks(app: Flask, team: Team, client: FlaskClient) -> None:
    answer = client.options(at(team))
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,expiration,termination"
    assert answer.headers["Tus-Max-Size"] == str(app.config["SETTINGS"].upload_limit)
    other = client.post(at(team), headers={**announced("a.csv", 3), "Tus-Resumable": "0.2.2"})
    assert (other.status_code, other.headers["Tus-Version"]) == (412, "1.0.0")


def test_anyone_in_the_team_goes_on_and_nobody_else(
    world: World, team: Team, client: FlaskClient
) -> None:
    place = begun(client, team, "data.csv", TEXT)
    other = world.team(team.competition)
    stranger = world.client(other.members[0])
    assert send(stranger, place, 0, TEXT).status_code == 403
    theirs = place.replace(str(team.id), str(other.id))
    assert send(stranger, theirs, 0, TEXT).status_code == 404
    assert stranger.delete(place).status_code == 403
    send(client, place, 0, TEXT[:9])
    assert send(world.client(team.members[0]), place, 9, TEXT[9:]).status_code == 204
    assert names() == ["data.csv"]


def test_an_upload_is_given_up(app: Flask, team: Team, client: FlaskClient) -> None:
    place = begun(client, team, "data.csv", TEXT)
    send(client, place, 0, TEXT[:9])
    assert client.delete(place).status_code == 204
    assert [client.head(place).status_code, send(client, place, 9, b"x").status_code] == [404, 404]
    assert Path(place).name.replace("-", "") not in part_files(app)


def test_pieces_cost_the_same_whatever_has_come(
    app: Flask, team: Team, client: FlaskClient
) -> None:
    place = begun(client, team, "data.csv", TEXT)
    with queries(app) as first:
        send(client, place, 0, TEXT[:9])
    for number in range(9, 40):
        send(client, place, number, TEXT[number : number + 1])
    with queries(app) as later:
        send(client, place, 40, TEXT[40:49])
    assert len(later) == len(first)


# -- announced badly -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "size", "status", "words"),
    [
        ("film.mp4", 2 * 1024**3, 413, "larger than"),
        ("film.mp4", 25 * 1024 * 1024 + 1, 413, "larger than"),
        ("empty.pdf", 0, 422, "is empty"),
        ("page.html", 10, 422, "not accepted"),
        ("report", 10, 422, "needs a name"),
        ("a.pdf", "ten", 400, "length"),
        ("a.pdf", -1, 400, "length"),
        ("a.pdf", "", 400, "length"),
        ("a.pdf", "9" * 30, 400, "length"),
        ("a.pdf", "１０", 400, "length"),
    ],
)
def test_what_can_be_refused_before_it_is_sent_is_refused_then(
    app: Flask, team: Team, client: FlaskClient, name: str, size: Any, status: int, words: str
) -> None:
    before = part_files(app)
    size = size.encode().decode("latin-1") if isinstance(size, str) else size
    answer = begin(client, team, name, size)
    assert (answer.status_code, words in answer.json["error"]) == (status, True)
    assert (db.session.scalars(select(Upload)).all(), part_files(app)) == ([], before)


def test_a_file_may_be_announced_as_large_as_the_limit(team: Team, client: FlaskClient) -> None:
    assert begin(client, team, "film.mp4", 25 * 1024 * 1024).status_code == 201


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/data.csv", "data.csv"),
        ("da\nta\r\n.csv", "data.csv"),
        ("evil\u202efdp\u200f.csv", "evilfdp.csv"),
        ("C:\\me\\data.csv", "data.csv"),
    ],
)
def test_names_are_made_safe(team: Team, client: FlaskClient, given: str, kept: str) -> None:
    assert whole(client, team, given, TEXT).status_code == 204
    assert names() == [kept]


def test_metadata_that_are_no_base64_are_refused(team: Team, client: FlaskClient) -> None:
    for odd in ("filename data.csv", "filename ////", "filename é"):
        headers = {"Upload-Length": "3", "Upload-Metadata": odd.encode().decode("latin-1")}
        assert client.post(at(team), headers=headers).status_code == 400, odd


def test_there_are_limits_for_a_team_and_for_the_site(
    monkeypatch: pytest.MonkeyPatch, app: Flask, world: World, team: Team, client: FlaskClient
) -> None:
    for number in range(uploads.MOST_UNFINISHED):
        begun(client, team, f"{number}.csv", TEXT)
    refused = begin(client, team, "more.csv", 5)
    assert (refused.status_code, "not finished" in refused.json["error"]) == (422, True)
    other = world.team(team.competition)
    room = sum(db.session.scalars(select(Upload.size))) + 5
    monkeypatch.setitem(vars(app.config["SETTINGS"]), "upload_room", room)
    theirs = world.client(other.members[0])
    place = at(other)
    assert theirs.post(place, headers=announced("a.csv", 6)).status_code == 507
    assert theirs.post(place, headers=announced("a.csv", 5)).status_code == 201


def test_a_full_submission_takes_a_file_only_in_the_place_of_another(
    team: Team, client: FlaskClient
) -> None:
    for number in range(MOST_FILES):
        assert whole(client, team, f"{number}.csv", TEXT + b"%d" % number).status_code == 204
    assert begin(client, team, "more.csv", 5).status_code == 422
    assert whole(client, team, "3.csv", TEXT).status_code == 204
    assert len(names()) == MOST_FILES


# -- sent badly ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset_said", "piece", "status"),
    [
        (11, TEXT[11:], 409),  # one too far
        (9, TEXT[9:], 409),  # one too near
        (0, TEXT[:10], 409),  # sent again
        (10, TEXT[10:] + b"x", 422),  # one too many
        ("ten", b"x", 400),
        (-1, b"x", 400),
        (10, b"x" * (LARGEST_PIECE + 1), 413),
    ],
)
def test_a_piece_that_does_not_fit_changes_nothing(
    team: Team, client: FlaskClient, offset_said: Any, piece: bytes, status: int
) -> None:
    place = begun(client, team, "data.csv", TEXT)
    send(client, place, 0, TEXT[:10])
    assert send(client, place, offset_said, piece).status_code == status
    assert offset(client, place) == 10
    assert send(client, place, 10, TEXT[10:]).status_code == 204
    assert names() == ["data.csv"]


def test_a_piece_says_that_it_is_octets(team: Team, client: FlaskClient) -> None:
    place = begun(client, team, "data.csv", TEXT)
    assert send(client, place, 0, b"x", **{"Content-Type": "text/csv"}).status_code == 415


@pytest.mark.parametrize("lost", ["row", "octets"])
def test_after_a_crash_the_shorter_of_file_and_row_is_trusted(
    app: Flask, team: Team, client: FlaskClient, lost: str
) -> None:
    place = begun(client, team, "data.csv", TEXT)
    send(client, place, 0, TEXT[:50])
    if lost == "row":  # the octets were written, and the transaction was not
        db.session.execute(update(Upload).values(received=20))
    else:
        key = db.session.scalars(select(Upload.id)).one()
        with uploads.parts().hold(key) as part:
            part.truncate(20)
    assert offset(client, place) == 20
    assert send(client, place, 20, TEXT[20:]).status_code == 204
    assert [file.digest for file in db.session.scalars(select(File))] == [sha256(TEXT).hexdigest()]


def test_while_one_piece_is_written_another_waits(team: Team, client: FlaskClient) -> None:
    place = begun(client, team, "data.csv", TEXT)
    key = db.session.scalars(select(Upload.id)).one()
    with uploads.parts().hold(key):
        assert send(client, place, 0, TEXT).status_code == 423
    assert send(client, place, 0, TEXT).status_code == 204


# -- hostile content -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("report.pdf", samples.HTML, "web page"),
        ("report.pdf", samples.HTML + samples.PDF, "web page"),
        ("notes.md", samples.SVG, "web page"),
        ("archive.zip", samples.PDF + samples.ZIP, "what is in it is a .pdf file"),
        ("picture.png", samples.ZIP, "what is in it is a .zip file"),
        ("notes.txt", b"a\x00b", "something else or damaged"),
    ],
)
def test_what_is_not_what_it_says_is_refused_at_the_end_and_forgotten(
    app: Flask, team: Team, client: FlaskClient, name: str, content: bytes, words: str
) -> None:
    place = begun(client, team, name, content)
    answer = send(client, place, 0, content)
    assert (answer.status_code, words in answer.json["error"]) == (422, True)
    assert client.head(place).status_code == 404
    assert (names(), db.session.scalars(select(Upload)).all()) == ([], [])
    assert Path(place).name.replace("-", "") not in part_files(app)


def test_two_files_mixed_are_found_out(team: Team, client: FlaskClient) -> None:
    place = begun(client, team, "data.csv", TEXT, sha256=sha256(TEXT).hexdigest())
    send(client, place, 0, TEXT[:50])
    answer = send(client, place, 50, b"x" * (len(TEXT) - 50))
    assert (answer.status_code, "another file" in answer.json["error"]) == (422, True)
    assert (names(), client.head(place).status_code) == ([], 404)


def test_a_submission_that_filled_up_meanwhile_keeps_the_upload(
    team: Team, client: FlaskClient
) -> None:
    place = begun(client, team, "late.csv", TEXT)
    for number in range(MOST_FILES):
        whole(client, team, f"{number}.csv", TEXT + b"%d" % number)
    assert send(client, place, 0, TEXT).status_code == 422
    gone = db.session.scalars(select(File).where(File.name == "1.csv")).one()
    client.post(at(team, f"/files/{gone.digest}/removal"))
    at_hand = offset(client, place)
    assert send(client, place, at_hand, TEXT[at_hand:]).status_code == 204
    assert "late.csv" in names()


# -- known already -------------------------------------------------------------------------------


def known(client: FlaskClient, team: Team, content: bytes, name: str = "data.csv") -> Any:
    told = {"sha256": sha256(content).hexdigest(), "name": name}
    return client.post(at(team, "/known-file"), data=told).json["known"]


def test_a_file_that_the_team_has_is_not_sent_twice(
    world: World, team: Team, client: FlaskClient
) -> None:
    assert known(client, team, TEXT) is False
    whole(client, team, "data.csv", TEXT)
    file = db.session.scalars(select(File)).one()
    assert known(client, team, TEXT, "again.csv") is True
    assert names() == ["data.csv"]
    client.post(at(team, f"/files/{file.digest}/removal"))
    assert (names(), known(client, team, TEXT)) == ([], False)


def test_nobody_learns_what_other_teams_have(world: World, team: Team, client: FlaskClient) -> None:
    whole(client, team, "data.csv", TEXT)
    other = world.team(team.competition)
    theirs = world.client(other.members[0])
    assert known(theirs, other, TEXT) is False
    assert names() == ["data.csv"]


def test_a_file_known_from_a_version_comes_back_under_a_name_that_fits(
    world: World, team: Team, client: FlaskClient
) -> None:
    submission = world.submission(team)
    digest = sha256(TEXT).hexdigest()
    version = submission.handed_in
    version.content = {
        **version.content,
        "files": [{"name": "old.csv", "size": len(TEXT), "sha256": digest}],
    }
    assert known(client, team, TEXT, "page.html") is False
    assert known(client, team, TEXT, "../new.csv") is True
    assert names() == ["new.csv"]


@pytest.mark.parametrize("odd", ["", "x", "A" * 64, "g" * 64, "\x00" * 64])
def test_odd_digests_are_known_to_nobody(team: Team, client: FlaskClient, odd: str) -> None:
    answer = client.post(at(team, "/known-file"), data={"sha256": odd, "name": "a.csv"})
    assert (answer.status_code, answer.json) == (200, {"known": False})


# -- time ----------------------------------------------------------------------------------------


def closing(team: Team) -> datetime:
    return next(w.closes_at for w in team.competition.windows if w.gate is Gate.SUBMISSION)


def test_what_ends_after_the_deadline_does_not_count(team: Team, client: FlaskClient) -> None:
    place = begun(client, team, "data.csv", TEXT)
    with travel(closing(team) - timedelta(seconds=1), tick=False):
        place = begun(client, team, "data.csv", TEXT)
        send(client, place, 0, TEXT[:50])
    with travel(closing(team), tick=False):
        late = send(client, place, 50, TEXT[50:])
        assert (late.status_code, "Submissions are not open." in late.text) == (403, True)
        assert begin(client, team, "b.csv", 5).status_code == 403
        assert client.head(place).status_code == 403
    assert names() == []


def test_within_the_grace_it_counts_and_is_noted_once(team: Team, client: FlaskClient) -> None:
    team.competition.grace_seconds = 60
    with travel(closing(team) - timedelta(seconds=1), tick=False):
        place = begun(client, team, "data.csv", TEXT)
        send(client, place, 0, TEXT[:50])
    with travel(closing(team) + timedelta(seconds=30), tick=False):
        assert offset(client, place) == 50
        assert send(client, place, 50, TEXT[50:70]).status_code == 204
        assert db.session.scalars(select(Entry)).all() == []
        assert send(client, place, 70, TEXT[70:]).status_code == 204
    assert names() == ["data.csv"]
    entry = db.session.scalars(select(Entry)).one()
    assert (entry.deed, entry.actor, entry.details["seconds"]) == (
        *("let_in_late", team.members[1]),
        30,
    )
    with travel(closing(team) + timedelta(seconds=60), tick=False):
        assert begin(client, team, "b.csv", 5).status_code == 403


def test_what_nobody_goes_on_with_is_forgotten(app: Flask, team: Team, client: FlaskClient) -> None:
    with travel(datetime.now(UTC), tick=False) as clock:
        place = begun(client, team, "data.csv", TEXT)
        clock.shift(uploads.LIFETIME - timedelta(seconds=1))
        assert send(client, place, 0, TEXT[:9]).status_code == 204  # which prolongs it
        clock.shift(uploads.LIFETIME - timedelta(seconds=1))
        uploads.sweep()
        assert offset(client, place) == 9
        clock.shift(timedelta(seconds=1))
        assert client.head(place).status_code == 404
        do_what_is_due()
        assert db.session.scalars(select(Upload)).all() == []
        assert Path(place).name.replace("-", "") not in part_files(app)


def test_octets_that_no_row_knows_go_too(app: Flask, context: None) -> None:
    with uploads.parts().hold(key := uuid7()) as part:
        write_at(part, 0, b"left by a crash")
    uploads.sweep()
    assert key.hex in part_files(app)
    with travel(datetime.now(UTC) + 2 * uploads.LIFETIME + timedelta(minutes=1), tick=False):
        uploads.sweep()
    assert part_files(app) == []


# -- at once -------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with own_app(tmp_path, request.param) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        yield app


def test_of_two_last_pieces_at_once_one_adds_the_file(site: Flask) -> None:
    world = World(site)
    competition = world.competition("jam")
    team = world.team(competition, challenge=world.challenge(competition))
    people = [world.client(person) for person in team.members]
    place = begun(people[0], team, "data.csv", TEXT)
    send(people[0], place, 0, TEXT[:50])
    together = threading.Barrier(2)
    answers: list[int] = []

    def go(client: FlaskClient) -> None:
        with site.app_context():
            together.wait()
            answers.append(send(client, place, 50, TEXT[50:]).status_code)
            db.session.remove()

    threads = [threading.Thread(target=go, args=[client]) for client in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 204 in answers
    assert set(answers) <= {204, 404, 409, 410, 423}, answers
    assert names() == ["data.csv"]
    assert db.session.scalars(select(Upload)).all() == []


# -- bombs ---------------------------------------------------------------------------------------


def test_a_zip_bomb_is_kept_packed(app: Flask, team: Team, client: FlaskClient) -> None:
    """A thousandth of what it unpacks to; nothing of it is unpacked, here or on its way out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.txt", b"\0" * 50_000_000)
    bomb = stream.getvalue()
    assert len(bomb) < 250_000
    tracemalloc.start()
    assert whole(client, team, "bomb.zip", bomb).status_code == 204
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 20_000_000
    assert [file.size for file in db.session.scalars(select(File))] == [len(bomb)]


def test_a_document_whose_kind_would_unpack_to_much_is_no_document(
    team: Team, client: FlaskClient
) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", b" " * 50_000_000)
    answer = whole(client, team, "report.odt", stream.getvalue())
    assert (answer.status_code, "what is in it is a .zip file" in answer.json["error"]) == (
        422,
        True,
    )


def test_a_picture_that_is_a_page_too_is_only_ever_a_download(
    team: Team, client: FlaskClient
) -> None:
    polyglot = samples.PNG + samples.HTML
    assert whole(client, team, "both.png", polyglot).status_code == 204
    file = db.session.scalars(select(File)).one()
    with client.get(f"/en/jam/submissions/{file.submission_id}/files/{file.digest}") as answer:
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
