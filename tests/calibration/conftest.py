"""Judges before a sample."""

from typing import Any

import pytest

from hackathon.calibration.models import Sample, SampleReview
from hackathon.competitions.models import Competition
from hackathon.judging.models import Judge
from tests.world import World


class Bench:
    """A competition with two criteria, an offered sample, and a judge to score it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition: Competition = world.competition()
        self.criteria = [world.criterion(self.competition) for _ in range(2)]
        self.sample: Sample = world.sample(self.competition)
        self.judge: Judge = world.judge(self.competition)
        self.client = world.client(self.judge.user)

    @property
    def home(self) -> str:
        return f"/en/{self.competition.slug}/judging/samples"

    @property
    def address(self) -> str:
        return f"{self.home}/{self.sample.id}"

    @property
    def desk(self) -> str:
        return f"/en/{self.competition.slug}/manage/calibration"

    def require(self) -> None:
        self.sample.required_at = self.sample.published_at

    def said(self, *levels: int | None, **others: str) -> dict[str, Any]:
        """What the form sends."""
        chosen = {
            f"criterion_{criterion.id.hex}": str(level)
            for criterion, level in zip(self.criteria, levels, strict=False)
            if level is not None
        }
        return {**chosen, "note": "", "deed": "save", **others}

    def others(self, *levels: tuple[int, int]) -> list[SampleReview]:
        """Judges who have completed it."""
        judges = [self.world.judge(self.competition) for _ in levels]
        return [
            self.world.sample_review(judge, self.sample, *given)
            for judge, given in zip(judges, levels, strict=True)
        ]


@pytest.fixture
def bench(world: World) -> Bench:
    return Bench(world)
