"""Every door, really knocked at by every role, in every era; what was seen is committed.

`matrix.txt` is written anew by `python -m pytest tests/access --write-matrix`; a change of access
is then a readable diff.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.doors import address, doors
from tests.world import ROLES, Story, World

MATRIX = Path(__file__).with_name("matrix.txt")
PEOPLE = "\n".join(f"  {number:2} {role}" for number, role in enumerate(ROLES, 1))
LEGEND = f"""\
Who gets through which door. One line a door; one letter a role, in this order:

{PEOPLE}

  + goes in   s asked to sign in   - refused   0 not found   x closed at this time

open: every gate is open. closed: every gate has closed. results: closed, and results announced.
always: the same in all three.
"""
# Who is through the door may still be told that what they sent is not enough.
THROUGH = {200, 204, 302, 304, 400, 409, 415, 422}
ERAS = ("open", "closed", "results")


def outcome(answer: Any) -> str:
    if answer.status_code == 404:
        return "0"
    if answer.status_code == 403:
        return "x" if 'data-refusal="closed"' in answer.text else "-"
    if answer.status_code == 302 and "/account/sign-in" in answer.headers["Location"]:
        return "s"
    assert answer.status_code in THROUGH, (answer.request.url, answer.status)
    return "+"


def observe(app: Any, story: Story, connection: Any) -> str:
    knocks = [(method, route, address(app, route, story)) for method, route in doors(app)]
    seen: dict[str, list[str]] = {}
    for era in ERAS:
        story.enter(era)
        seen[era] = [knock(story, connection, method, path) for method, _, path in knocks]
    width = max(len(route.rule) for _, route, _ in knocks)
    lines = []
    for number, (method, route, _) in enumerate(knocks):
        by_era = {era: seen[era][number] for era in ERAS}
        if len(set(by_era.values())) == 1:
            by_era = {"always": by_era["open"]}
        told = "   ".join(f"{era} {row}" for era, row in by_era.items())
        lines.append(f"{method:6} {route.rule:{width}} {told}")
    return LEGEND + "\n" + "\n".join(lines) + "\n"


def knock(story: Story, connection: Any, method: str, path: str) -> str:
    """What each role meets at the door, one letter a role."""
    row = ""
    for role in ROLES:
        with story.undone(connection), story.client(role).open(path, method=method) as answer:
            row += outcome(answer)
    return row


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_doors_open_as_the_matrix_says(
    app: Any, world: World, connection: Any, request: pytest.FixtureRequest
) -> None:
    seen = observe(app, Story(world), connection)
    if request.config.getoption("--write-matrix"):
        MATRIX.write_text(seen)
    assert seen == MATRIX.read_text()
