"""Letters about samples. None says what anybody gave."""

from collections.abc import Sequence

from ..ground.clock import now
from ..judging.models import Judge
from ..judging.queries import judging_of
from ..post.actions import write
from .models import Sample


def _to_judge(name: str, judge: Judge, **context: object) -> None:
    opening = judging_of(judge.competition)
    closes_at = opening.closes_at if opening.closes_at and opening.closes_at > now() else None
    write(
        name,
        to=judge.user,
        competition=judge.competition,
        closes_at=closes_at,
        by_link=judge.user.confirmed_at is None,
        **context,
    )


def sample_published(judge: Judge, sample: Sample) -> None:
    _to_judge("sample_published", judge, sample=sample)


def sample_reminder(judge: Judge, samples: Sequence[Sample]) -> None:
    _to_judge("sample_reminder", judge, samples=samples)


def sample_lesson(judge: Judge, sample: Sample) -> None:
    """To a judge who has scored the sample: there is something to read about it."""
    _to_judge("sample_lesson", judge, sample=sample)
