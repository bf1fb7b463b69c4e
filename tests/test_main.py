"""What was written down by a site is checked without one: no settings, no database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from hackathon.__main__ import checks
from hackathon.judging import ranking
from hackathon.judging.record import Method, record

FILE = record(
    criteria={"care": ranking.Criterion(1, 1, 5)},
    reviews={"r": ranking.Review("judge", "work", {"care": 4})},
    submissions={"work": "challenge"},
    set_aside=(),
    method=Method.MEAN,
    seed=1,
    code="then",
)


def test_a_record_is_checked_without_a_site(tmp_path: Path) -> None:
    """As a doubter does, in a folder of their own and with nothing of the site around."""
    (tmp_path / "ranking.json").write_bytes(FILE)
    found = subprocess.run(
        [sys.executable, "-m", "hackathon", "judging", "verify", "ranking.json"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path.cwd()), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith("The same, octet for octet")
    assert [each.name for each in tmp_path.iterdir()] == ["ranking.json"]


@pytest.mark.parametrize("kind", ["results", "archive"])
def test_what_is_something_else_is_refused(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "ranking.json"
    file.write_bytes(FILE)
    found = CliRunner().invoke(checks(), [kind, "verify", str(file)])
    assert found.exit_code == 1
    assert found.output.startswith("Error: This is no")


def test_nothing_else_is_offered() -> None:
    """What writes, or asks a database, belongs to the site."""
    offered = {name: list(group.commands) for name, group in checks().commands.items()}
    assert offered == {name: ["verify"] for name in ("judging", "results", "archive")}
