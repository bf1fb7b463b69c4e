"""What the docs name is there: pages, pictures, commands, settings, rooms."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

from hackathon.__main__ import checks
from hackathon.demo.phases import Phase
from tests.house.test_imports import ROOF, ROOMS

DOCS = sorted((*Path().glob("*.md"), *Path("docs").rglob("*.md")))
TEXTS = {path: path.read_text() for path in DOCS}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# Pages that both languages have, with the same parts.
PAIRS = [
    *(
        (f"participants/{english}.md", f"participants/{french}.md")
        for english, french in (
            ("README", "LISEZMOI"),
            ("account", "compte"),
            ("comparing", "comparer"),
            ("data-sets", "jeux-de-donnees"),
            ("deadlines", "echeances"),
            ("files", "fichiers"),
            ("privacy", "vie-privee"),
            ("results", "resultats"),
            ("submission", "soumission"),
            ("voting", "vote"),
        )
    ),
    ("judges/README.md", "judges/LISEZMOI.md"),
    ("judges/scoring.md", "judges/notation.md"),
]


def anchors(text: str) -> set[str]:
    """The headings of a page, as addresses name them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def written(pattern: str) -> set[str]:
    """What the docs say in that form, wherever they do."""
    return {found for text in TEXTS.values() for found in re.findall(pattern, text)}


@pytest.mark.parametrize("path", DOCS, ids=str)
def test_links_lead_somewhere(path: Path) -> None:
    for target in LINK.findall(TEXTS[path]):
        if target.startswith(("http://", "https://")):
            continue
        page, _, anchor = target.partition("#")
        other = path.parent / page if page else path
        assert other.exists(), target
        assert not anchor or anchor in anchors(other.read_text()), target


def test_every_page_and_picture_is_led_to() -> None:
    named = {
        (path.parent / target.partition("#")[0]).resolve()
        for path, text in TEXTS.items()
        for target in LINK.findall(text)
    }
    there = {file.resolve() for file in Path("docs").rglob("*") if file.is_file()}
    assert there - named == set()


@pytest.mark.parametrize("english, french", PAIRS)
def test_both_languages_have_the_same_parts(english: str, french: str) -> None:
    def parts(page: str) -> list[str]:
        return [
            part.partition(" ")[0]
            for part in re.findall(r"^(?:#+|!|-|\d+\.|\|) ?", Path("docs", page).read_text(), re.M)
        ]

    assert parts(french) == parts(english)


def test_commands_are_there(app: Flask) -> None:
    commands = written(r"flask --app wsgi ([a-z-]+(?: (?:record|verify|key|deliver|upgrade))?)")
    ours = {
        f"{name} {part}".strip()
        for name, command in app.cli.commands.items()
        for part in ("", *getattr(command, "commands", ()))
    }
    assert commands - ours - {"db revision"} == set()
    checked = written(r"python -m hackathon (\w+ \w+)")
    assert checked == {f"{name} verify" for name in checks().commands}


def test_benchmarks_are_there_and_told_of() -> None:
    told = written(r"python -m benchmarks\.(\w+)")
    runnable = {
        path.stem
        for path in Path("benchmarks").glob("*.py")
        if '__name__ == "__main__"' in path.read_text()
    }
    assert told == runnable


def test_files_and_names_in_them_are_there() -> None:
    for room, file, name in written(r"`(\w+)/(\w+\.py)(?::(\w+))?`"):
        path = Path("hackathon", room, file)
        path = path if path.exists() else Path(room, file)
        assert path.exists(), path
        names = {
            node.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
        assert not name or name in names, f"{path}:{name}"


def test_every_file_of_the_rooms_of_judging_can_be_found() -> None:
    text = TEXTS[Path("docs/developers/judging.md")]
    anatomy = {
        *re.findall(r"^\| `(\w+)\.py` \|", TEXTS[Path("docs/architecture.md")], re.MULTILINE)
    }
    for room in ("redaction", "judging", "calibration", "deliberation", "comparisons", "results"):
        for path in Path("hackathon", room).glob("[!_]*.py"):
            parts = re.sub(r"_(manage|views|forms)$", "", path.stem)
            named = f"`{room}/{path.name}" in text or f"`{room}/{parts}.py" in text
            assert named or parts in anatomy, path


def test_targets_of_make_are_there() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", Path("Makefile").read_text(), re.MULTILINE))
    assert written(r"(?:`|    )make ([a-z]+)") - targets == set()


def test_every_setting_is_told() -> None:
    source = Path("hackathon/config.py").read_text()
    read = set(re.findall(r'"([A-Z][A-Z_]+[A-Z])"', source))
    text = TEXTS[Path("docs/operators/README.md")]
    table = "\n".join(re.findall(r"^\| (`[A-Z_`, ]+`) \|", text, re.MULTILINE))
    assert set(re.findall(r"[A-Z_]+", table)) == read


def test_phases_of_the_demo_are_those_that_are_told() -> None:
    line = re.search(
        r"demo --phase (\w+) +# or ([\w, ]+)", TEXTS[Path("docs/organizers/datajam.md")]
    )
    assert line
    assert [line[1], *line[2].split(", ")] == list(Phase)


def test_the_architecture_names_the_rooms_in_their_order() -> None:
    text = TEXTS[Path("docs/architecture.md")]
    story = re.search(r"    accounts(?:.*\n)+?\n", text)
    assert story
    assert tuple(re.findall(r"\w+", story[0])) == ROOMS
    roof = re.search(r"the roof \(([^)]+)\)", text)
    assert roof
    assert tuple(re.findall(r"\w+", roof[1])) == ROOF
