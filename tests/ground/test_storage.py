"""Files by content; names without tricks; downloads that a browser neither shows nor runs."""

import hashlib
import io
from pathlib import Path

import pytest
from flask import Flask

from hackathon.ground.storage import Disk, Stored, TooLarge, safe_name


def files(storage: Disk) -> list[Path]:
    return sorted(path for path in storage.directory.rglob("*") if path.is_file())


def test_the_same_file_twice_is_one_file(tmp_path: Path) -> None:
    storage = Disk(tmp_path / "files")
    content = bytes(range(256)) * 1000
    digest = hashlib.sha256(content).hexdigest()
    for _ in range(2):
        assert storage.keep(io.BytesIO(content), len(content)) == Stored(digest, len(content))
    assert files(storage) == [storage.path(digest)]
    assert storage.path(digest).read_bytes() == content


def test_one_octet_too_many_leaves_nothing(tmp_path: Path) -> None:
    storage = Disk(tmp_path)
    with pytest.raises(TooLarge):
        storage.keep(io.BytesIO(b"x" * 100_001), 100_000)
    assert files(storage) == []
    assert storage.keep(io.BytesIO(b"x" * 100_000), 100_000).size == 100_000


def test_a_broken_upload_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(10)

    storage = Disk(tmp_path)
    with pytest.raises(ConnectionResetError):
        storage.keep(Broken(b"x" * 100), 1000)
    assert files(storage) == []


@pytest.mark.parametrize(
    "given, kept",
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ana\\report.pdf", "report.pdf"),
        ("/abs/olute.txt", "olute.txt"),
        (".htaccess", "htaccess"),
        ("...hidden", "hidden"),
        ("..", ""),
        ("/", ""),
        ("", ""),
        (None, ""),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("a\x00b\r\nc\x7f.pdf", "abc.pdf"),
        ('<a>:"b|c?d*.txt', "abcd.txt"),
        ("E\u0301tude  finale.pdf", "\u00c9tude finale.pdf"),
        ("数据.zip", "数据.zip"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 300, "x" * 120),
        ("a." + "y" * 300, "a." + "y" * 118),
    ],
)
def test_safe_names(given: str | None, kept: str) -> None:
    assert safe_name(given) == kept


def test_a_download_is_never_shown_or_run_or_kept(app: Flask, tmp_path: Path) -> None:
    storage = Disk(tmp_path)
    stored = storage.keep(io.BytesIO(b"<script>alert(1)</script>"), 1000)
    with app.test_request_context():
        answer = storage.download(stored.digest, "pièce « jointe ».html")
        answer.direct_passthrough = False
        assert answer.get_data() == b"<script>alert(1)</script>"
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert "filename*=UTF-8''pi%C3%A8ce" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["ETag"] == f'"{stored.digest}"'
        answer.close()
    with app.test_request_context(headers={"If-None-Match": f'"{stored.digest}"'}):
        answer = storage.download(stored.digest, "x")
        assert answer.status_code == 304
        answer.close()
