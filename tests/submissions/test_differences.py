"""Two versions as one text: nothing of either is lost or made up."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hackathon.submissions.differences import FileChange, Kind, Run, differences, runs

TEXT = st.text(alphabet="ab é\n.", max_size=60)


@given(TEXT, TEXT)
@example("", "")
@example("same\n", "same\n")
@example("a\r\nb", "a\nb")
def test_both_texts_can_be_read_off(before: str, after: str) -> None:
    found = runs(before, after)
    assert "".join(run.text for run in found if run.kind is not Kind.ADDED) == before
    assert "".join(run.text for run in found if run.kind is not Kind.REMOVED) == after
    assert all(run.text for run in found)
    kinds = [run.kind for run in found]
    assert all(one is not other for one, other in pairwise(kinds))


def test_words_change_within_a_line() -> None:
    assert runs("One.\nIt shines by night.\n", "One.\nIt shines by day.\n") == [
        Run(Kind.SAME, "One.\nIt shines by "),
        Run(Kind.REMOVED, "night"),
        Run(Kind.ADDED, "day"),
        Run(Kind.SAME, ".\n"),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 10_000, "a b " * 5_000),  # minutes, if every word were an anchor
        (" ".join(map(str, range(4000))), " ".join(map(str, range(4000, 0, -1)))),
    ],
)
def test_long_and_hostile_texts(before: str, after: str) -> None:
    found = runs(before, after)
    assert "".join(run.text for run in found if run.kind is not Kind.ADDED) == before
    assert "".join(run.text for run in found if run.kind is not Kind.REMOVED) == after


def content(**others: Any) -> dict[str, Any]:
    return {"title": "A", "language": "en", "files": [], "challenge": {"number": 1}, **others}


def file(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "sha256": digest, "size": 1}


def test_fields_and_files() -> None:
    kept, old, new, gone = (
        file("k.csv", "k"),
        file("r.pdf", "1"),
        file("r.pdf", "2"),
        file("g.csv", "g"),
    )
    found = differences(
        content(files=[kept, old, gone]),
        content(title="B", licence="MIT", files=[kept, new, file("n.csv", "n")]),
    )
    assert found.texts == {
        "title": [Run(Kind.REMOVED, "A"), Run(Kind.ADDED, "B")],
        "licence": [Run(Kind.ADDED, "MIT")],  # a field that the earlier version did not have
    }
    assert found.files == [
        FileChange("g.csv", gone, None),
        FileChange("n.csv", None, file("n.csv", "n")),
        FileChange("r.pdf", old, new),
    ]
    assert not differences(content(video=""), content())
