"""Comparisons that are open: their competition, projects at tables, and judges."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from hackathon.comparisons.models import ComparisonSession, Stand
from hackathon.competitions.models import Competition
from hackathon.judging.models import Judge
from tests.world import World


@dataclass
class Fair:
    """`stands` are numbered 1, 2, 3 …; `judges` read both languages and are in no conflict."""

    world: World
    competition: Competition
    session: ComparisonSession
    stands: list[Stand]
    judges: list[Judge]

    @property
    def page(self) -> str:
        return f"/en/{self.competition.slug}/comparisons"

    @property
    def manage(self) -> str:
        return f"/en/{self.competition.slug}/manage/comparisons"


def lay(world: World, projects: int = 4, judges: int = 2, **session: Any) -> Fair:
    competition = world.competition()
    made = [world.submission(world.team(competition, 1)) for _ in range(projects)]
    return Fair(
        world,
        competition,
        world.comparisons(competition, **session),
        [world.stand(each, str(number)) for number, each in enumerate(made, 1)],
        [world.judge(competition) for _ in range(judges)],
    )


@pytest.fixture
def fair_of(world: World) -> Callable[..., Fair]:
    return lambda *numbers, **session: lay(world, *numbers, **session)


@pytest.fixture
def fair(world: World) -> Fair:
    return lay(world)
