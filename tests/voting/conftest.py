"""A vote that is open: its competition, its projects on show, and its poll."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from hackathon.competitions.models import Competition, Gate
from hackathon.submissions.models import Submission
from hackathon.voting.models import Poll
from tests.world import World


@dataclass
class Vote:
    """`projects` are handed in by teams of two; `poll` gives three votes."""

    world: World
    competition: Competition
    poll: Poll
    projects: list[Submission]

    def close(self) -> None:
        self.world.set_gates(self.competition, "closed", Gate.PUBLIC_VOTE)

    @property
    def page(self) -> str:
        return f"/en/{self.competition.slug}/vote"

    @property
    def manage(self) -> str:
        return f"/en/{self.competition.slug}/manage/vote"


@pytest.fixture
def vote_of(world: World) -> Callable[..., Vote]:
    def make(projects: int = 4, **rules: Any) -> Vote:
        competition = world.competition()
        world.set_gates(competition, "closed", Gate.SUBMISSION)
        world.gallery(competition)
        made = [world.submission(world.team(competition)) for _ in range(projects)]
        return Vote(world, competition, world.poll(competition, **rules), made)

    return make


@pytest.fixture
def vote(vote_of: Callable[..., Vote]) -> Vote:
    return vote_of()
