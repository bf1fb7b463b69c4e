"""What a submission says, and how much of it a competition asks for.

Pure: plain values in, plain values out.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l


class Part(StrEnum):
    """What a submission says or rests on. What is written has the name of its column."""

    TITLE = "title"
    SUMMARY = "summary"
    DESCRIPTION = "description"
    REPOSITORY = "repository"
    DEMONSTRATION = "demonstration"
    VIDEO = "video"
    LICENCE = "licence"
    WARNING = "warning"
    DATA_USED = "data_used"
    PRIOR_WORK = "prior_work"
    AI_USE = "ai_use"
    CHALLENGE = "challenge"
    TEAM = "team"


class Need(StrEnum):
    """How much a competition wants a part."""

    NO = "no"  # not asked
    ASKED = "asked"
    REQUIRED = "required"  # to hand in


ALWAYS = (Part.TITLE, Part.SUMMARY, Part.DESCRIPTION)
LINKS = (Part.REPOSITORY, Part.DEMONSTRATION, Part.VIDEO)
STATEMENTS = (Part.LICENCE, Part.WARNING, Part.DATA_USED, Part.PRIOR_WORK, Part.AI_USE)
# What organizers choose of, and what holds until they do.
CHOOSABLE = {
    **dict.fromkeys(LINKS, Need.ASKED),
    **dict.fromkeys(STATEMENTS, Need.NO),
}
# What only the captain can bring about.
OF_THE_CAPTAIN = (Part.CHALLENGE, Part.TEAM)

LABELS = {
    Part.TITLE: _l("Title"),
    Part.SUMMARY: _l("Summary"),
    Part.DESCRIPTION: _l("Description"),
    Part.REPOSITORY: _l("Code"),
    Part.DEMONSTRATION: _l("Demonstration"),
    Part.VIDEO: _l("Video"),
    Part.LICENCE: _l("Licence"),
    Part.WARNING: _l("Content warning"),
    Part.DATA_USED: _l("Data used, and how"),
    Part.PRIOR_WORK: _l("Work from before"),
    Part.AI_USE: _l("Use of artificial intelligence"),
}

OTHER_LICENCE = "other"
LICENCES: dict[str, Any] = {
    "CC-BY-4.0": _l("Creative Commons Attribution 4.0 (CC BY)"),
    "CC-BY-SA-4.0": _l("Creative Commons Attribution-ShareAlike 4.0 (CC BY-SA)"),
    "CC0-1.0": _l("Creative Commons Zero 1.0: given to the public domain (CC0)"),
    "MIT": _l("MIT Licence"),
    "Apache-2.0": _l("Apache Licence 2.0"),
    "BSD-3-Clause": _l("BSD Licence, 3 clauses"),
    "MPL-2.0": _l("Mozilla Public Licence 2.0"),
    "GPL-3.0-or-later": _l("GNU General Public Licence 3.0 or later (GPL)"),
    "AGPL-3.0-or-later": _l("GNU Affero General Public Licence 3.0 or later (AGPL)"),
    OTHER_LICENCE: _l("Another licence"),
    "none": _l("All rights reserved"),
}


def needs(chosen: Mapping[str, str]) -> dict[Part, Need]:
    """How much each part is wanted, by what the organizers chose."""
    return {
        **dict.fromkeys(ALWAYS, Need.REQUIRED),
        **{part: Need(chosen.get(part, need)) for part, need in CHOOSABLE.items()},
        **dict.fromkeys(OF_THE_CAPTAIN, Need.REQUIRED),
    }


def asked(chosen: Mapping[str, str]) -> list[Part]:
    """The parts that a team writes, in the order of the form."""
    return [
        part
        for part, need in needs(chosen).items()
        if need is not Need.NO and part not in OF_THE_CAPTAIN
    ]


def required(chosen: Mapping[str, str]) -> list[Part]:
    """What must be there to hand in."""
    return [part for part, need in needs(chosen).items() if need is Need.REQUIRED]


def licence_name(key: str, other: str = "") -> str:
    """The licence as people read it; another one in the team's own words."""
    if key == OTHER_LICENCE and other:
        return other
    return str(LICENCES.get(key, key))
