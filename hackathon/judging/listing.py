"""A list of people to invite as judges, as organizers paste it from a spreadsheet.

One person a line: name, address, languages, numbers of challenges, capacity, organization; the last
four may be empty. Cells stand apart by tabs, semicolons or commas, whichever the first line has.
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email

MOST_LINES = 500
_HEAD = {"name", "nom", "address", "adresse", "email", "e-mail", "courriel"}
_LANGUAGES = {
    "en": ("en",),
    "english": ("en",),
    "anglais": ("en",),
    "fr": ("fr",),
    "french": ("fr",),
    "français": ("fr",),
    "francais": ("fr",),
    "both": ("en", "fr"),
    "bilingual": ("en", "fr"),
    "bilingue": ("en", "fr"),
}
_MOST = {"name": 120, "address": 254, "organization": 200}


class Fault(StrEnum):
    """What is wrong with a line."""

    CELLS = "cells"
    NAME = "name"
    ADDRESS = "address"
    TWICE = "twice"
    LANGUAGES = "languages"
    CHALLENGES = "challenges"
    CAPACITY = "capacity"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was read; `challenges` are numbers, none of them means any.

    `faults` say what keeps it from being an invitation.
    """

    number: int
    text: str
    name: str = ""
    address: str = ""
    languages: tuple[str, ...] = ()
    challenges: tuple[int, ...] = ()
    capacity: int = 0
    organization: str = ""
    faults: tuple[Fault, ...] = ()


def read(
    text: str, *, challenges: Collection[int], capacity: int, most_capacity: int
) -> list[Line]:
    """The lines that say something, in their order; a line of headings is left out.

    `challenges` are the numbers there are; `capacity` is for lines that name none.
    """
    rows = [(number, row.strip()) for number, row in enumerate(text.splitlines(), 1) if row.strip()]
    if not rows:
        return []
    mark = max("\t;,", key=rows[0][1].count)
    found, seen = [], set[str]()
    for number, row in rows:
        cells = _cells(row, mark)
        if not found and "@" not in row and {cell.casefold() for cell in cells} & _HEAD:
            continue
        line = _line(number, row, cells, set(challenges), capacity, most_capacity, seen)
        seen.add(line.address)
        found.append(line)
    return found


def _cells(row: str, mark: str) -> list[str]:
    """None of them where the row is nothing that a spreadsheet writes."""
    try:
        return [" ".join(cell.split()) for cell in next(csv.reader([row], delimiter=mark))]
    except csv.Error:
        return []


def _line(
    number: int,
    text: str,
    cells: list[str],
    challenges: set[int],
    capacity: int,
    most_capacity: int,
    seen: set[str],
) -> Line:
    if not 2 <= len(cells) <= 6:
        return Line(number, text, faults=(Fault.CELLS,))
    name, address, spoken, numbers, load, organization = [*cells, "", "", "", ""][:6]
    faults = []
    if not name or len(name) > _MOST["name"] or not name.isprintable():
        faults.append(Fault.NAME)
    address = address.lower()
    if not _is_address(address):
        faults.append(Fault.ADDRESS)
    elif address in seen:
        faults.append(Fault.TWICE)
    languages: tuple[str, ...] = ("en", "fr")
    if spoken:
        words = [_LANGUAGES.get(word.casefold()) for word in _words(spoken)]
        languages = tuple(sorted({code for codes in words if codes for code in codes}))
        if None in words or not languages:
            faults.append(Fault.LANGUAGES)
    wanted = [_whole(word.lstrip("#")) for word in _words(numbers)]
    if any(each not in challenges for each in wanted):
        faults.append(Fault.CHALLENGES)
    most = _whole(load) if load else capacity
    if most is None or most > most_capacity:
        faults.append(Fault.CAPACITY)
    if len(organization) > _MOST["organization"] or not organization.isprintable():
        faults.append(Fault.ORGANIZATION)
    return Line(
        number,
        text,
        name,
        address,
        languages,
        tuple(sorted({each for each in wanted if each is not None})),
        most or 0,
        organization,
        tuple(faults),
    )


def _is_address(address: str) -> bool:
    if len(address) > _MOST["address"]:
        return False
    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return False
    return True


def _words(cell: str) -> list[str]:
    for mark in ",;/+&":
        cell = cell.replace(mark, " ")
    return cell.split()


def _whole(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() and len(word) < 6 else None
