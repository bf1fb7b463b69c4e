"""What changed from one version of a submission to another. Pure: plain values in and out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Run:
    """A stretch of text that is in both, or in one alone."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class FileChange:
    """A file that came, went (`after` or `before` is None), or was replaced under its name."""

    name: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True)
class Differences:
    """`texts`: the changed fields, in the order of the newer version; `files`: by name."""

    texts: dict[str, list[Run]]
    files: list[FileChange]

    def __bool__(self) -> bool:
        return bool(self.texts or self.files)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Differences:
    """Between the contents of two versions; fields that are not text are compared whole."""
    names = [name for name in {**after, **before} if name not in ("files", "challenge")]
    texts = {
        name: runs(str(before.get(name) or ""), str(after.get(name) or ""))
        for name in names
        if (before.get(name) or "") != (after.get(name) or "")
    }
    return Differences(texts, _files(before["files"], after["files"]))


def runs(before: str, after: str) -> list[Run]:
    """The two texts as one, line by line and, in lines that changed, word by word.

    All that is not ADDED, put together, is `before`; all that is not REMOVED is `after`.
    """
    lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Run] = []
    for kind, old, new in _parts(*lines):
        if kind is Kind.SAME:
            found.append(Run(kind, "".join(old)))
            continue
        for part, was, now in _parts(*(_words("".join(each)) for each in (old, new))):
            if part is Kind.SAME:
                found.append(Run(part, "".join(was)))
            else:
                found += [Run(Kind.REMOVED, "".join(was)), Run(Kind.ADDED, "".join(now))]
    return list(_joined(run for run in found if run.text))


def _parts(before: list[str], after: list[str]) -> Iterator[tuple[Kind, list[str], list[str]]]:
    """Stretches that are the same, or (any other kind) where one takes the place of the other."""
    # Frequent words are no anchors: without that, a text of one word repeated takes minutes.
    for tag, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        yield Kind.SAME if tag == "equal" else Kind.ADDED, before[a:b], after[c:d]


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _joined(found: Iterator[Run]) -> Iterator[Run]:
    """Neighbours of one kind as one run."""
    last: Run | None = None
    for run in found:
        if last and last.kind is run.kind:
            last = Run(run.kind, last.text + run.text)
            continue
        if last:
            yield last
        last = run
    if last:
        yield last


def _files(before: list[Any], after: list[Any]) -> list[FileChange]:
    had, has = ({file["name"]: file for file in files} for files in (before, after))
    return [
        FileChange(name, had.get(name), has.get(name))
        for name in sorted({*had, *has})
        if had.get(name, {}).get("sha256") != has.get(name, {}).get("sha256")
    ]
