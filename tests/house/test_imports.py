"""The rooms stand in the order of the story, and an import may only point back."""

import ast
import importlib
from pathlib import Path

import pytest

PACKAGE = Path("hackathon")
GROUND = ("ground", "post", "journal")
ROOMS = (
    *(
        "accounts",
        "competitions",
        "questions",
        "registrations",
        "teams",
        "datasets",
        "workshops",
        "mentoring",
    ),
    *("submissions", "mergers", "checks", "redaction", "judging", "calibration", "deliberation"),
    *("comparisons", "results"),
    *("gallery", "voting", "certificates", "followups", "news", "press", "desk", "demo"),
)
ROOF = ("__init__", "__main__", "access", "standing", "navigation", "kept", "cli", "worker")
# What a room offers to later ones.
OFFERED = {
    *("models", "queries", "rules", "actions", "personal", "presence"),
    *("residence", "states", "timetable", "timetabling", "settling", "matching", "receipt"),
    *("assignment", "conflicts", "ranking", "strength", "rulebook", "scoring", "saving", "record"),
    *("planning", "outcome", "stopping", "blind"),
    *("asks", "answers", "telling", "marks", "numbers"),
    *("asking", "fields", "words", "tallies", "eligibility", "preview"),
    *("proposing", "deciding", "disclosure", "sealing", "revising"),
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> list[tuple[list[str], ast.stmt]]:
    """What a file imports of our own, as paths below the package."""
    found = []
    parts = list(path.relative_to(PACKAGE).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level:
            base = parts[: len(parts) - node.level] + (node.module or "").split(".")
        elif (node.module or "").split(".")[0] == PACKAGE.name:
            base = (node.module or "").split(".")[1:]
        else:
            continue
        base = [part for part in base if part]
        names = [[*base, alias.name] if len(base) < 2 else base for alias in node.names]
        found += [(name, node) for name in names]
    return found


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


@pytest.mark.parametrize("path", modules(), ids=str)
def test_imports_point_back(path: Path) -> None:
    room = room_of(path)
    if room in ROOF:
        return
    for target, node in imports(path):
        where = f"{path}:{node.lineno} imports {'.'.join(target)}"
        other = target[0]
        assert other not in ROOF, f"{where}: nobody knows the roof"
        if other in ("extensions", "config") or other == room:
            continue
        if room in GROUND or room == "extensions":
            assert other in GROUND, f"{where}: the ground knows no room"
        elif other not in GROUND:
            assert ROOMS.index(other) < ROOMS.index(room), f"{where}: forward"
            assert len(target) > 1 and target[1] in OFFERED, f"{where}: not offered to other rooms"


@pytest.mark.parametrize("path", modules(), ids=str)
def test_imports_stand_at_the_top(path: Path) -> None:
    """An import inside a function hides a circle."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not inside, f"{path}:{inside[0].lineno}" if inside else ""


@pytest.mark.parametrize("path", sorted(Path("benchmarks").glob("[!_]*.py")), ids=str)
def test_benchmarks_find_what_they_measure(path: Path) -> None:
    importlib.import_module(f"benchmarks.{path.stem}")
