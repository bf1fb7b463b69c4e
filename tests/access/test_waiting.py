"""Who waits for a place, or has left, is no participant: every door treats them as a stranger."""

from typing import Any

import pytest

from hackathon.extensions import db
from hackathon.registrations.states import State
from tests.access.test_matrix import outcome
from tests.doors import address, doors
from tests.world import Story, World

# The doors that anyone with a registration may go through, whatever became of it.
OWN = {
    "registrations.show",
    "registrations.confirmation",
    "registrations.agreement",
    "registrations.revocation",
    "teams.withdrawal",
}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("state", [state for state in State if state is not State.REGISTERED])
def test_who_does_not_take_part_meets_what_a_stranger_meets(
    app: Any, world: World, connection: Any, state: State
) -> None:
    story = Story(world)
    person = world.registration(world.person(), story.competition, state).user
    db.session.commit()
    different = set()
    for method, route in doors(app):
        path = address(app, route, story)
        seen = []
        for user in (story.people["stranger"], person):
            with story.undone(connection), world.client(user).open(path, method=method) as answer:
                seen.append(outcome(answer))
        if seen[0] != seen[1]:
            different.add(route.endpoint)
            assert seen == ["-", "+"], (method, path)
    assert different == OWN
