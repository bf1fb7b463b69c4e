"""Nothing leaks before the moment, and at the moment everything is there."""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests.doors import address, doors
from tests.world import ROLES, Story, World

KNOWING = {"organizer", "administrator"}
SECRETS = {
    "en": re.compile(r"⟦citation⟧|\bWinner\b|\bOutstanding\b"),
    "fr": re.compile(r"⟦citation \(fr\)⟧|\bProjet gagnant\b|\bProjet remarquable\b"),
}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_door_tells_a_moment_too_early(
    app: Any, world: World, connection: Any, language: str
) -> None:
    story = Story(world)
    story.enter("closed")
    moment = datetime.now(UTC) + timedelta(minutes=10)
    story.announced.publish_at = moment
    paths = {
        address(app, route, story, language)
        for method, route in doors(app)
        if method == "GET" and route.endpoint not in ("static", "healthz")
    }
    told = set()
    with time_machine.travel(moment - timedelta(microseconds=1), tick=False):
        for path in sorted(paths):
            for role in ROLES:
                if role not in KNOWING:
                    with story.undone(connection), story.client(role).open(path) as answer:
                        found = SECRETS[language].findall(text_of(answer))
                        told |= {(path, role, secret) for secret in found}
    assert told == set()


def text_of(answer: Any) -> str:
    """Every word of a page or a file; of an archive, those of the files in it."""
    if answer.mimetype != "application/zip":
        return str(answer.data.decode(errors="replace"))
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return "".join(archive.read(n).decode(errors="replace") for n in archive.namelist())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_at_the_moment_everyone_may_know(app: Any, world: World, language: str) -> None:
    story = Story(world)
    story.enter("closed")
    moment = datetime.now(UTC) + timedelta(minutes=10)
    story.announced.publish_at = moment
    seen = {}
    for shift in (-1, 0):
        with time_machine.travel(moment + timedelta(microseconds=shift), tick=False):
            for role in ROLES:
                answer = story.client(role).get(f"/{language}/the-competition/results")
                seen[shift, role] = set(SECRETS[language].findall(answer.text))
    citation, winner = {
        "en": ("⟦citation⟧", "Winner"),
        "fr": ("⟦citation (fr)⟧", "Projet gagnant"),
    }[language]
    assert seen == {(-1, role): set() for role in ROLES} | {
        (0, role): {citation, winner} for role in ROLES
    }
