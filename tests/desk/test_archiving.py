"""The archive of a competition: what is in it, what is not, in how much memory; and checking it."""

import io
import json
import tracemalloc
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, insert, select

from hackathon import create_app
from hackathon.desk import making
from hackathon.desk.archiving import sheets_of, words, write_archive
from hackathon.desk.models import Archive
from hackathon.desk.personal import ARCHIVED_WORDS, NEVER_ARCHIVED
from hackathon.desk.verifying import NotAnArchive, faults_in
from hackathon.extensions import db
from hackathon.ground.model import Model, uuid7
from hackathon.ground.storage import NAMES_FILES
from hackathon.journal.models import Entry
from tests.conftest import new_database, settings_for
from tests.house.test_html import Page
from tests.world import Story, World


def written(world: World, competition: Any, **how: Any) -> bytes:
    file = io.BytesIO()
    told = {"id": competition.id, "slug": competition.slug, "name": competition.name}
    given = {"personal": True, "files": True, "infected": set(), **how}
    storage = world.app.extensions["storage"]
    write_archive(file, db.session.connection(), storage, told, **given)
    return file.getvalue()


def entries(data: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name) for name in archive.namelist()}


def rows(data: bytes, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in entries(data)[f"rows/{table}.jsonl"].splitlines()]


# -- what goes in ----------------------------------------------------------------------------


def test_what_is_declared_exists() -> None:
    tables = Model.metadata.tables
    for table, names in ARCHIVED_WORDS.items():
        assert names <= set(tables[table].columns.keys()), table
    for name in NEVER_ARCHIVED:
        table, _, column = name.partition(".")
        assert table in tables, name
        assert not column or column in tables[table].columns, name


def test_every_column_that_could_be_a_secret_stays_out() -> None:
    """What names no stored file, and is as long as a secret or called like one."""
    harmless = {
        "comparison_call.mark": "of a press of a button, so that a repeat is none",
        "competition.zone": "the name of a clock",
        "data_taking.digest": "what was taken",
        "decision.digest": "of words that were sealed",
        "decision.state": "stands for prizes and honours",
        "finding.mark": "of evidence, which the archive holds",
        "round_selection.digest": "of the record of a ranking, which the archive holds",
        "rules_version.digest": "of the rules, which the archive holds",
        "submission_version.digest": "of the words, which the archive holds",
    }
    for sheet in sheets_of(personal=True):
        for column in sheet.columns:
            called = any(w in column.name for w in ("token", "secret", "password", "seed", "mark"))
            long = isinstance(column.type, String) and column.type.length == 64
            if (called or long) and column.info != NAMES_FILES and not column.foreign_keys:
                assert f"{sheet.name}.{column.name}" in harmless, column


def test_an_archive_holds_this_competition_alone(world: World) -> None:
    story = Story(world)
    other = world.competition()
    foreign = world.submission(world.team(other))
    data = written(world, story.competition)
    assert faults_in(io.BytesIO(data)) == []
    everything = b"".join(entries(data).values())
    assert str(foreign.id).encode() not in everything
    assert str(other.id).encode() not in everything
    assert {row["id"] for row in rows(data, "competition")} == {str(story.competition.id)}
    for table in ("team", "membership", "submission_version", "score", "vote", "remark", "level"):
        assert rows(data, table), table
    people = rows(data, "people")
    assert story.people["captain"].email in {row["email"] for row in people}
    assert "accessibility" not in people[0] and "password" not in people[0]
    assert "voter" not in {name.split("/")[-1].split(".")[0] for name in entries(data)}
    assert set(rows(data, "ballot")[0]) == {"id", "created_at", "poll_id"}
    assert any(name.startswith("files/") for name in entries(data))
    assert "## Tables" in entries(data)["README.md"].decode()
    assert "- `id`: key\n" in entries(data)["README.md"].decode()
    assert "## Tables" in entries(data)["LISEZMOI.md"].decode()


def test_without_personal_data_nobody_can_be_told(world: World) -> None:
    story = Story(world)
    data = written(world, story.competition, personal=False)
    assert faults_in(io.BytesIO(data)) == []
    everything = b"".join(entries(data).values()).decode(errors="replace")
    assert "rows/people.jsonl" not in entries(data)
    for person in filter(None, story.people.values()):
        assert person.name not in everything, person.name
        assert person.email not in everything
        assert str(person.id) not in everything
    assert "@example.org" not in everything
    assert "reason" not in rows(data, "set_aside")[0]
    assert rows(data, "extension")[0]["reason"]["en"] == "⟦reason⟧"  # written for everyone
    withdrawn = rows(data, "amendment")[0]
    assert withdrawn["note"]["en"] and "end_note" in withdrawn and "before" not in withdrawn
    labels = {row["user_id"] for row in rows(data, "judge")}
    assert labels <= {row["actor_id"] for row in rows(data, "journal_entry")} | labels
    assert all(label.startswith("person-") for label in labels) and len(labels) == 3
    again = written(world, story.competition, personal=False)
    assert {row["user_id"] for row in rows(again, "judge")} & labels == set()
    kept = rows(data, "submission_version")[0]
    assert kept["content"]["title"]


def test_no_words_are_kept_that_nobody_declared() -> None:
    for sheet in sheets_of(personal=False):
        for column in sheet.columns:
            if words(column):
                assert column.name in ARCHIVED_WORDS[sheet.name]


def test_infected_and_lost_files_are_named_and_left_out(world: World) -> None:
    story = Story(world)
    with_all = entries(written(world, story.competition))
    digests = sorted(n.removeprefix("files/") for n in with_all if n.startswith("files/"))
    data = written(world, story.competition, infected={digests[0]})
    assert f"files/{digests[0]}" not in entries(data)
    assert json.loads(entries(data)["manifest.json"])["left_out"] == [digests[0]]
    assert digests[0] in entries(data)["README.md"].decode()
    assert faults_in(io.BytesIO(data)) == []
    bare = entries(written(world, story.competition, files=False))
    assert not any(name.startswith("files/") for name in bare)


def test_ten_thousand_rows_need_no_more_memory_than_a_thousand(world: World) -> None:
    competition = world.competition()
    peaks = []
    for number in (1000, 9000):
        db.session.execute(
            insert(Entry),
            [
                {
                    "id": uuid7(),
                    "competition_id": competition.id,
                    "deed": "team_created",
                    "subject": f"Team {n} " + "x" * 250,
                    "details": {},
                }
                for n in range(number)
            ],
        )
        db.session.expire_all()
        target = io.BytesIO()
        storage = world.app.extensions["storage"]
        told = {"id": competition.id, "slug": "c", "name": competition.name}
        tracemalloc.start()
        write_archive(
            target,
            db.session.connection(),
            storage,
            told,
            personal=True,
            files=True,
            infected=set(),
        )
        peaks.append(tracemalloc.get_traced_memory()[1] - len(target.getvalue()))
        tracemalloc.stop()
    assert len(rows(target.getvalue(), "journal_entry")) == 10_000
    # 9,000 rows of 300 octets would be more than 2.7 million.
    assert peaks[1] - peaks[0] < 1_000_000


# -- checking --------------------------------------------------------------------------------


def changed(data: bytes, change: Any) -> io.BytesIO:
    """The archive with its entries as `change` leaves them."""
    inside = entries(data)
    change(inside)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in inside.items():
            archive.writestr(name, content)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda e: e.update({"rows/team.jsonl": e["rows/team.jsonl"] + b"{}\n"}), "not what was"),
        (lambda e: e.pop("README.md"), "is missing"),
        (lambda e: e.update({"extra.txt": b"x"}), "not in the manifest"),
    ],
)
def test_a_changed_archive_is_found_out(world: World, change: Any, said: str) -> None:
    data = written(world, Story(world).competition)
    (fault,) = faults_in(changed(data, change))
    assert said in fault


def test_what_is_no_archive_is_said_kindly(app: Any, world: World, tmp_path: Path) -> None:
    for data in (b"", b"PK", b"x" * 1000, b"\x00"):
        with pytest.raises(NotAnArchive):
            faults_in(io.BytesIO(data))
    bare = io.BytesIO()
    with zipfile.ZipFile(bare, "w") as archive:
        archive.writestr("manifest.json", "[]")
    with pytest.raises(NotAnArchive):
        faults_in(bare)
    good = tmp_path / "good.zip"
    good.write_bytes(written(world, world.competition()))
    run = app.test_cli_runner().invoke(args=["archive", "verify", str(good)])
    assert (run.exit_code, "Everything is as written" in run.output) == (0, True)
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"no archive")
    assert app.test_cli_runner().invoke(args=["archive", "verify", str(bad)]).exit_code == 1


# -- asking and getting ----------------------------------------------------------------------


def test_organizers_ask_see_progress_and_only_the_maker_downloads(world: World) -> None:
    competition = world.competition("c")
    maker, other = world.organizer(competition), world.organizer(competition)
    browser = world.client(maker)
    page = browser.get("/en/c/manage/archives")
    assert Page(page.text).faults == []
    assert browser.post("/en/c/manage/archives", data={"people": "x"}).status_code == 422
    sent = {"people": "labels", "files": "y"}
    assert browser.post("/en/c/manage/archives", data=sent).status_code == 302
    assert browser.post("/en/c/manage/archives", data=sent).status_code == 422  # one at a time
    waiting = db.session.scalars(select(Archive)).one()
    assert (waiting.personal, waiting.files, waiting.by) == (False, True, maker)
    assert "data-refresh" in browser.get("/en/c/manage/archives").text
    assert browser.post(f"/en/c/manage/archives/{waiting.id}/removal").status_code == 302
    made = world.archive(competition, maker)
    page = browser.get("/en/c/manage/archives")
    assert Page(page.text).faults == []
    assert made.digest in page.text
    address = f"/en/c/manage/archives/{made.id}/file"
    with browser.get(address) as answer:
        assert answer.data == b"PK an archive"
        assert "without-personal-data.zip" in answer.headers["Content-Disposition"]
    assert world.client(other).get(address).status_code == 404
    made.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    assert browser.get(address).status_code == 404
    assert making.let_go_of_archives() == 1
    assert making.let_go_of_archives() == 0


# -- the worker ------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A site of its own, whose transactions really end, with an archive that waits."""
    app = create_app(settings_for(new_database(request.param, tmp_path), tmp_path))
    with app.app_context():
        Model.metadata.create_all(db.engine)
        world = World(app)
        competition = world.competition("c")
        world.submission(world.team(competition))
        organizer = world.organizer(competition)
        making.ask_for_archive(competition, personal=True, files=True, by=organizer)
        db.session.commit()
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_worker_makes_it_once(site: Any) -> None:
    assert making.make_archives() == 1
    assert making.make_archives() == 0
    archive = db.session.scalars(select(Archive)).one()
    assert archive.offered
    assert archive.step == archive.steps > 50
    with site.extensions["storage"].open(archive.digest) as file:
        assert faults_in(file) == []
        data = (file.seek(0), file.read())[1]
    assert len(rows(data, "submission")) == 1
    deeds = list(db.session.scalars(select(Entry.deed).order_by(Entry.id)))
    assert deeds[-2:] == ["archive_asked_personal", "archive_made"]


def test_where_a_worker_died_another_goes_on_after_a_while(site: Any) -> None:
    archive = db.session.scalars(select(Archive)).one()
    archive.claimed_until = datetime.now(UTC) + timedelta(minutes=1)
    db.session.commit()
    assert making.make_archives() == 0
    archive.claimed_until = datetime.now(UTC) - timedelta(minutes=1)
    db.session.commit()
    assert making.make_archives() == 1
    assert db.session.scalars(select(Archive)).one().offered


def test_one_that_is_taken_back_meanwhile_is_not_offered(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take_back_first(*given: Any, **how: Any) -> None:
        archive = db.session.scalars(select(Archive)).one()
        making.take_back(archive, by=archive.by)
        db.session.commit()
        write_archive(*given, **how)

    monkeypatch.setattr(making, "write_archive", take_back_first)
    making.make_archives()
    archive = db.session.scalars(select(Archive)).one()
    assert not archive.offered and archive.finished_at


def test_a_fault_is_written_down_and_the_worker_goes_on(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(making, "write_archive", fail)
    assert making.make_archives() == 1
    assert db.session.scalars(select(Archive)).one().failed_at is not None
    assert making.make_archives() == 0
