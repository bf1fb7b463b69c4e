"""Stored files that no row names go after a day; what is named or put again meanwhile stays."""

import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from hackathon.desk import forgetting
from hackathon.desk.models import DailyChore
from hackathon.extensions import db
from hackathon.ground.storage import Disk, Storage
from hackathon.questions.models import Kind
from hackathon.registrations.models import Answer
from hackathon.registrations.queries import registration_of
from tests.world import Story, World

LONG_AGO = timedelta(days=2)


@pytest.fixture
def storage(app: Flask, tmp_path: Path) -> Iterator[Storage]:
    """A storage of its own, since the site's holds the files of other tests."""
    shared, own = app.extensions["storage"], Disk(tmp_path / "files")
    app.extensions["storage"] = own
    yield own
    app.extensions["storage"] = shared


def put(storage: Storage, content: bytes, age: timedelta = LONG_AGO) -> str:
    digest = storage.keep(io.BytesIO(content), 1000).digest
    grow_old(storage, digest, age)
    return digest


def grow_old(storage: Storage, digest: str, age: timedelta = LONG_AGO) -> None:
    moment = (datetime.now(UTC) - age).timestamp()
    os.utime(storage.path(digest), (moment, moment))


def files(storage: Storage) -> set[str]:
    return {path.name for path in storage.directory.rglob("*") if path.is_file()}


def test_everything_that_a_row_names_stays(storage: Storage, world: World) -> None:
    """In every room: what stands on disk after the whole story is named by some column."""
    Story(world)
    there = files(storage)
    for digest in there:
        grow_old(storage, digest)
    assert (forgetting.sweep(), files(storage)) == (0, there)


def test_what_was_never_sent_and_what_was_forgotten_goes(storage: Storage, world: World) -> None:
    competition = world.competition()
    entry = registration_of(world.participant(competition), competition)
    world.document(competition)
    value = world.sent(b"%PDF-1.4 a letter of intent")
    world.answer(entry, world.question(competition, Kind.FILE), value)
    grow_old(storage, value["digest"])
    lost, fresh = put(storage, b"lost"), put(storage, b"fresh", timedelta(hours=23))
    broken = storage.directory / "tmp-of-an-upload-that-broke-off"
    broken.write_bytes(b"half")
    os.utime(broken, (0, 0))
    assert forgetting.sweep() == 2
    assert {value["digest"], fresh} <= files(storage)
    assert not {lost, broken.name} & files(storage)
    db.session.execute(delete(Answer).where(Answer.registration_id == entry.id))
    assert forgetting.sweep() == 1
    assert value["digest"] not in files(storage)


def test_a_database_that_names_nothing_is_the_wrong_one(storage: Storage, world: World) -> None:
    digest = put(storage, b"of another database")
    assert (forgetting.sweep(), files(storage)) == (0, {digest})


@pytest.mark.parametrize("how", ["put again", "refreshed"])
def test_a_file_put_while_it_is_swept_stays(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Between the look at its age and the deletion, the same content arrives once more."""
    content = b"the same twice"
    digest = put(storage, content)
    replace = os.replace

    def late(source: Any, target: Any) -> None:
        if str(target).endswith(".aside"):
            monkeypatch.setattr(os, "replace", replace)
            if how == "put again":
                storage.keep(io.BytesIO(content), 1000)
            else:
                assert storage.refresh(digest)
        replace(source, target)

    monkeypatch.setattr(os, "replace", late)
    assert storage.sweep(set(), datetime.now(UTC) - timedelta(days=1)) == 0
    assert storage.path(digest).read_bytes() == content
    assert files(storage) == {digest}


def test_a_sweep_that_was_cut_off_is_taken_up(storage: Storage) -> None:
    wanted, lost = put(storage, b"wanted"), put(storage, b"lost")
    for digest in (wanted, lost):
        os.replace(storage.path(digest), storage.directory / f"{digest}.aside")
    assert storage.sweep({wanted}, datetime.now(UTC)) == 1
    assert files(storage) == {wanted}


def test_once_a_day(storage: Storage, world: World) -> None:
    world.document(world.competition())
    assert (put(storage, b"one"), forgetting.sweep_daily())[1] == 1
    put(storage, b"another")
    assert forgetting.sweep_daily() == 0
    chore = db.session.query(DailyChore).filter_by(name="sweep").one()
    chore.done_at -= timedelta(days=1)
    db.session.flush()
    assert forgetting.sweep_daily() == 1
