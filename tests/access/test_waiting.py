"""Who waits for a place, or has left, is no participant: every door treats them as a stranger."""

from typing import Any

from hackathon.access import POLICY
from hackathon.registrations.states import State
from tests.world import Story, World

# The doors that anyone with a registration may go through, whatever became of it.
OWN = {
    "registrations.show",
    "registrations.confirmation",
    "registrations.agreement",
    "registrations.revocation",
    "teams.withdrawal",
}
WHILE_IT_LASTS = {"registrations.answers"}


def test_who_does_not_take_part_is_treated_as_a_stranger(world: World) -> None:
    story = Story(world)

    def opens_for(person: Any) -> dict[str, bool]:
        with world.app.test_request_context():
            return {name: bool(rule(person, **story.things)) for name, rule in POLICY.items()}

    to_stranger = opens_for(story.people["stranger"])
    for state in State:
        person = world.registration(world.person(), story.competition, state).user
        to_person = opens_for(person)
        different = {name for name in POLICY if to_person[name] != to_stranger[name]}
        own = OWN | WHILE_IT_LASTS if state.live else OWN
        assert all(to_person[name] for name in own)
        if state is State.REGISTERED:
            assert different > own
        else:
            assert different == own, state
