"""Bringing together what several people put into one form at the same time.

Each field goes by itself. Nobody's words are replaced by words of somebody who had not seen them.

Pure: plain values in, plain values out. A value is None, text, a number, true or false, a list of
keys in any order, or a dict.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


def written(value: Any) -> str:
    """The value as a field of a form holds it: one text, the same for the same value."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case list():
            return "\n".join(sorted(value))
        case dict():
            return json.dumps(value, sort_keys=True)
    return f"{Decimal(str(value)):f}"


def fingerprint(value: Any) -> str:
    """What a form carries instead of the value that it was drawn with."""
    return hashlib.sha256(written(value).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Conflict:
    """A field that two people changed to different values. `theirs` is what stays saved."""

    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merged:
    """`taken` is what to save; `conflicts` stay as they are until the writer has chosen."""

    taken: dict[str, Any]
    conflicts: dict[str, Conflict]


def merged(saved: Mapping[str, Any], mine: Mapping[str, Any], bases: Mapping[str, str]) -> Merged:
    """What becomes of each of my fields.

    `bases` are the fingerprints of what I began from. A field without one is taken only where
    nothing is saved yet.
    """
    taken, conflicts = {}, {}
    for name, value in mine.items():
        base, theirs = bases.get(name, fingerprint("")), saved.get(name)
        if fingerprint(value) in (fingerprint(theirs), base):
            continue  # the same, or I changed nothing
        if fingerprint(theirs) == base:
            taken[name] = value  # nobody else changed anything
        else:
            conflicts[name] = Conflict(value, theirs)
    return Merged(taken, conflicts)


def together(conflict: Conflict) -> str:
    """Both texts, one after the other, to be edited into one."""
    mine, theirs = written(conflict.mine), written(conflict.theirs)
    between = "\n\n" if "\n" in mine + theirs else " / "
    return between.join(text for text in (mine, theirs) if text)
