"""The same promises as the disk's, kept by a server that speaks S3 on loopback."""

import hashlib
import io
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import boto3
import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.config import Settings, SettingsError
from hackathon.desk.archive import archive_of
from hackathon.extensions import db
from hackathon.ground.s3 import IN_MEMORY, S3
from hackathon.ground.storage import Disk, Storage, Stored, TooLarge, storage_at
from hackathon.submissions.models import File
from tests.apps import own_app
from tests.submissions import samples
from tests.world import World

LONG = bytes(range(256)) * 8000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a store that holds nothing yet."""
    log = tmp_path_factory.mktemp("s3") / "log"
    kept = {name: os.environ.get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    os.environ |= dict.fromkeys(kept, "of-the-test")
    with log.open("w") as out:
        # Port 0: the server says which it got.
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
    try:
        until = time.monotonic() + 60
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text())):
            assert process.poll() is None and time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        with urlopen(found[0], timeout=30):
            pass
        yield found[0]
    finally:
        process.kill()
        process.wait()
        for name, value in kept.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@pytest.fixture
def address(server: str, request: pytest.FixtureRequest) -> str:
    bucket = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[:60].strip("-")
    boto3.client("s3", endpoint_url=server, region_name="us-east-1").create_bucket(Bucket=bucket)
    return f"s3://{bucket}/hackathon?endpoint={server}"


@pytest.fixture(params=["disk", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "disk":
        return Disk(tmp_path / "files")
    return S3.at(request.getfixturevalue("address"))


def test_a_file_is_kept_once_by_its_content(storage: Storage) -> None:
    for content in (b"", b"some words", b"x" * (IN_MEMORY + 1), b"some words"):
        digest = hashlib.sha256(content).hexdigest()
        assert storage.keep(io.BytesIO(content), len(content)) == Stored(digest, len(content))
        assert (storage.has(digest), storage.size(digest)) == (True, len(content))
        with storage.open(digest) as file:
            assert file.read() == content
    assert len(list(storage.digests())) == 3


def test_what_is_too_large_or_breaks_off_leaves_nothing(storage: Storage) -> None:
    with pytest.raises(TooLarge):
        storage.keep(io.BytesIO(b"x" * 101), 100)
    assert list(storage.digests()) == []


def test_one_can_seek_in_it(storage: Storage) -> None:
    digest = storage.keep(io.BytesIO(LONG), len(LONG)).digest
    with storage.open(digest) as file:
        assert file.read(3) == LONG[:3]
        file.seek(-5, io.SEEK_END)
        assert file.read() == LONG[-5:]
        file.seek(1_000_000)
        assert (file.read(7), file.tell()) == (LONG[1_000_000:1_000_007], 1_000_007)
        file.seek(len(LONG) + 5)
        assert file.read() == b""


def test_what_is_not_there_is_not_found(storage: Storage) -> None:
    digest = "0" * 64
    assert storage.has(digest) is False
    for ask in (storage.open, storage.size):
        with pytest.raises(FileNotFoundError):
            ask(digest)
    storage.delete(digest)


def test_what_nobody_names_is_swept_once_it_is_old(storage: Storage) -> None:
    named, lost = (storage.keep(io.BytesIO(content), 9).digest for content in (b"one", b"two"))
    moment = datetime.now(UTC)
    assert storage.sweep({named}, moment - timedelta(hours=1)) == 0
    assert storage.sweep({named}, moment + timedelta(hours=1)) == 1
    assert list(storage.digests()) == [named]
    assert storage.refresh(named) is True
    assert storage.refresh(lost) is False
    with storage.open(named) as file:
        assert file.read() == b"one"


def test_what_is_put_again_or_refreshed_is_not_swept(storage: Storage) -> None:
    again, refreshed = (storage.keep(io.BytesIO(content), 9).digest for content in (b"1", b"2"))
    time.sleep(1.1)  # a store counts whole seconds
    moment = datetime.now(UTC).replace(microsecond=0)
    storage.keep(io.BytesIO(b"1"), 9)
    assert storage.refresh(refreshed)
    assert storage.sweep(set(), moment) == 0
    assert set(storage.digests()) == {again, refreshed}


def test_a_file_can_be_deleted(storage: Storage) -> None:
    digest = storage.keep(io.BytesIO(b"x"), 1).digest
    storage.delete(digest)
    assert (storage.has(digest), list(storage.digests())) == (False, [])


@pytest.mark.parametrize(
    ("asked", "status", "sent"),
    [
        ({}, 200, LONG),
        ({"Range": "bytes=1000000-1000009"}, 206, LONG[1_000_000:1_000_010]),
        ({"Range": "bytes=-4"}, 206, LONG[-4:]),
        ({"Range": f"bytes={len(LONG)}-"}, 416, b""),
        ({"Range": "bytes=5-", "If-Range": '"another"'}, 200, LONG),
    ],
)
def test_a_download_goes_on_where_it_broke_off(
    app: Flask, storage: Storage, asked: dict[str, str], status: int, sent: bytes
) -> None:
    digest = storage.keep(io.BytesIO(LONG), len(LONG)).digest
    with app.test_request_context(headers=asked):
        if status == 416:
            with pytest.raises(Exception) as refusal:
                storage.download(digest, "x.bin")
            assert getattr(refusal.value, "code", None) == 416
            return
        answer = storage.download(digest, "x.bin")
        answer.direct_passthrough = False
        assert (answer.status_code, answer.get_data() == sent) == (status, True)
        assert answer.content_length == len(sent)
        assert answer.headers["Content-Disposition"] == "attachment; filename=x.bin"
        assert answer.headers["ETag"] == f'"{digest}"'
        answer.close()
    with app.test_request_context(headers={"If-None-Match": f'"{digest}"'}):
        answer = storage.download(digest, "x.bin")
        assert answer.status_code == 304
        answer.close()


def test_files_move_from_the_disk_to_the_bucket(address: str, tmp_path: Path) -> None:
    disk, bucket = Disk(tmp_path), S3.at(address)
    digests = {disk.keep(io.BytesIO(each), 10).digest for each in (b"one", b"two")}
    bucket.keep(io.BytesIO(b"two"), 10)
    assert bucket.copy_from(disk) == 1
    assert set(bucket.digests()) == digests
    assert bucket.copy_from(disk) == 0


def test_a_whole_site_keeps_its_files_there(address: str, tmp_path: Path) -> None:
    with own_app(tmp_path, storage=address) as site:
        site.config["WTF_CSRF_ENABLED"] = False
        world = World(site)
        team = world.team(world.competition("jam"))
        client = world.client(team.captain)
        sent = {"files": [(io.BytesIO(samples.PDF), "report.pdf")]}
        page = f"/en/jam/teams/{team.id}/submission/files"
        assert client.post(page, data=sent).status_code == 302
        file = db.session.scalars(select(File)).one()
        with client.get(f"/en/jam/submissions/{file.submission_id}/files/{file.digest}") as answer:
            assert answer.data == samples.PDF
        assert site.extensions["storage"].has(file.digest)
        assert not (tmp_path / "files").exists()
        moved = site.test_cli_runner().invoke(args=["move-files"])
        assert (moved.exit_code, "0 files copied" in moved.output) == (0, True)
        with (
            site.test_request_context("/en/"),
            archive_of(team.captain, site.extensions["storage"]) as packed,
            zipfile.ZipFile(packed) as mine,
        ):
            [name] = [each for each in mine.namelist() if each.startswith("files/")]
            assert mine.read(name) == samples.PDF


def test_the_setting_is_understood_or_named(tmp_path: Path) -> None:
    assert isinstance(storage_at("", tmp_path), Disk)
    for wrong in ("bucket", "s3:", "https://store.example/bucket"):
        with pytest.raises(SettingsError) as error:
            Settings.from_environment(
                {"HACKATHON_MODE": "test", "DATA_DIR": str(tmp_path), "STORAGE": wrong}
            )
        assert ["STORAGE" in fault for fault in error.value.faults] == [True]


def test_a_store_that_is_away_is_a_fault_and_not_a_missing_file() -> None:
    with pytest.raises(Exception) as error:
        S3.at("s3://bucket?endpoint=http://127.0.0.1:9").size("0" * 64)
    assert not isinstance(error.value, (FileNotFoundError, URLError))
