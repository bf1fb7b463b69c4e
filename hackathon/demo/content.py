"""The written content of the DataJam, and whom a visitor of the demo may become."""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

PASSWORD = "datajam-demo"  # of everyone in the demo

DATAJAM = Path(__file__).parent / "datajam"


@cache
def content(name: str) -> dict[str, Any]:
    """`datajam/<name>.toml`."""
    return tomllib.loads((DATAJAM / f"{name}.toml").read_text(encoding="utf-8"))


ZONE = ZoneInfo(content("competition")["zone"])


class Role(StrEnum):
    """The parts that the banner offers."""

    CAPTAIN = "captain"
    PARTICIPANT = "participant"
    MENTOR = "mentor"
    JUDGE = "judge"
    ORGANIZER = "organizer"
    ADMINISTRATOR = "administrator"


@cache
def offered() -> dict[Role, str]:
    """The address of the person who plays each role."""
    found = {
        Role.CAPTAIN if person.get("captain") else Role(group.removesuffix("s")): person["email"]
        for group, people in content("people").items()
        for person in people
        if person.get("sign_in")
    }
    return {role: found[role] for role in Role}
