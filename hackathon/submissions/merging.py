"""Bringing together what several people wrote into one form at the same time.

Each field goes by itself. Nobody's words are replaced by words of somebody who had not seen them.

Pure: plain values in, plain values out.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass


def fingerprint(value: str) -> str:
    """What a form carries instead of the value that it was drawn with."""
    return hashlib.sha256(value.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Conflict:
    """A field that two people changed to different words. `theirs` is what stays saved."""

    mine: str
    theirs: str


@dataclass(frozen=True)
class Merged:
    """`taken` is what to save; `conflicts` stay as they are until the writer has chosen."""

    taken: dict[str, str]
    conflicts: dict[str, Conflict]


def merged(saved: Mapping[str, str], mine: Mapping[str, str], bases: Mapping[str, str]) -> Merged:
    """What becomes of each of my fields.

    `bases` are the fingerprints of what I began from. A field without one is taken only where
    nothing is saved yet.
    """
    taken, conflicts = {}, {}
    for name, value in mine.items():
        base, theirs = bases.get(name, fingerprint("")), saved[name]
        if value == theirs or fingerprint(value) == base:
            continue  # the same words, or I changed nothing
        if fingerprint(theirs) == base:
            taken[name] = value  # nobody else changed anything
        else:
            conflicts[name] = Conflict(value, theirs)
    return Merged(taken, conflicts)


def together(conflict: Conflict) -> str:
    """Both texts, one after the other, to be edited into one."""
    between = "\n\n" if "\n" in conflict.mine + conflict.theirs else " / "
    return between.join(text for text in (conflict.mine, conflict.theirs) if text)
