"""Reads about samples, and about what judges gave them."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.remember import once_per_request
from ..judging.models import Judge, Review
from ..judging.queries import REMINDER_PAUSE, judge_of, judges_of, round_of, rules_in
from ..judging.rulebook import Criterion
from ..post.models import Letter
from .comparing import Levels, Line, Spread, lines, most_divided, overall, spread
from .models import OnCriterion, Sample, SampleFile, SampleReview

# -- samples ---------------------------------------------------------------------------------


def _of_round(competition: Competition) -> Select[tuple[Sample]]:
    return (
        select(Sample)
        .where(Sample.round_id == round_of(competition).id)
        .order_by(Sample.position, Sample.created_at, Sample.id)
    )


def samples_of(competition: Competition) -> list[Sample]:
    """Those of the round that is judged, drafts among them."""
    return list(db.session.scalars(_of_round(competition)))


@once_per_request
def published_samples(competition: Competition) -> list[Sample]:
    """What the judges are shown: the required ones first."""
    query = _of_round(competition).where(Sample.published_at.is_not(None))
    return sorted(
        db.session.scalars(query.options(selectinload(Sample.references))),
        key=lambda sample: sample.required_at is None,
    )


def file_in(key: str, *, sample: Sample, **_: object) -> SampleFile | None:
    return next((file for file in sample.files if file.url_key == key), None)


def criteria_for(sample: Sample) -> list[Criterion]:
    """What the sample is scored by: what is asked of every submission, and of those to its
    challenge where it has one."""
    rules = rules_in(sample.round_id)
    return rules.criteria_for(sample.challenge_id) if rules else []


# -- a judge ---------------------------------------------------------------------------------


@once_per_request
def samples_before(judge: Judge) -> list[Sample]:
    """What the judge has to score before submissions. Nothing once they have begun with those:
    a sample that comes later locks nobody out in the middle."""
    done = exists().where(
        SampleReview.sample_id == Sample.id,
        SampleReview.judge_id == judge.id,
        SampleReview.completed_at.is_not(None),
    )
    begun = exists().where(
        Review.judge_id == judge.id,
        Review.round_id == Sample.round_id,
        or_(Review.touched_at.is_not(None), Review.completed_at.is_not(None)),
    )
    query = _of_round(judge.competition).where(Sample.required_at.is_not(None), ~done, ~begun)
    return list(db.session.scalars(query))


def samples_first(user: User, competition: Competition) -> list[Sample]:
    """For the pages of judging: what the person has to score before, as a judge."""
    judge = judge_of(user, competition)
    return samples_before(judge) if judge else []


@once_per_request
def sample_review_of(judge: Judge, sample: Sample) -> SampleReview | None:
    return db.session.scalar(
        select(SampleReview)
        .where(SampleReview.judge_id == judge.id, SampleReview.sample_id == sample.id)
        .options(selectinload(SampleReview.scores))
    )


def own_reviews(judge: Judge) -> dict[uuid.UUID, SampleReview]:
    """What the judge began, by sample."""
    query = select(SampleReview).where(SampleReview.judge_id == judge.id)
    return {review.sample_id: review for review in db.session.scalars(query)}


def anchored(user: User, sample: Sample) -> bool:
    """Would what others gave influence the person? A judge who has yet to score it."""
    judge = judge_of(user, sample.competition)
    if judge is None or sample.published_at is None:
        return False
    review = sample_review_of(judge, sample)
    return review is None or review.completed_at is None


# -- comparing -------------------------------------------------------------------------------


def completed_for(sample: Sample) -> list[SampleReview]:
    """The completed ones that are compared: of judges who were not dismissed."""
    return _completed([sample.id])[sample.id]


def _completed(samples: Collection[uuid.UUID]) -> defaultdict[uuid.UUID, list[SampleReview]]:
    rows = db.session.scalars(
        select(SampleReview)
        .join(SampleReview.judge)
        .where(
            SampleReview.sample_id.in_(samples),
            SampleReview.completed_at.is_not(None),
            Judge.dismissed_at.is_(None),
        )
        .options(
            selectinload(SampleReview.scores),
            joinedload(SampleReview.judge).joinedload(Judge.user),
        )
        .order_by(SampleReview.completed_at, SampleReview.id)
    )
    found: defaultdict[uuid.UUID, list[SampleReview]] = defaultdict(list)
    for review in rows:
        found[review.sample_id].append(review)
    return found


def levels_in(criteria: Iterable[Criterion], rows: Iterable[OnCriterion]) -> Levels:
    """The levels that were chosen on the scales of today."""
    scales = {each.id: len(each.levels) for each in criteria}
    return {
        row.criterion_id: row.score for row in rows if scales.get(row.criterion_id) == row.levels
    }


def standing_of(
    sample: Sample, review: SampleReview, completed: Sequence[SampleReview] | None = None
) -> list[Line]:
    """Where the judge stands, criterion by criterion."""
    criteria = criteria_for(sample)
    found = completed_for(sample) if completed is None else completed
    others = [levels_in(criteria, each.scores) for each in found if each.id != review.id]
    return lines(
        [criterion.id for criterion in criteria],
        levels_in(criteria, review.scores),
        others,
        levels_in(criteria, sample.references),
    )


def whole_of(judge: Judge, samples: Collection[Sample]) -> float | None:
    """How far the judge is above the others on average, over all samples that they completed."""
    completed = _completed([sample.id for sample in samples])
    found: list[Line] = []
    for sample in samples:
        own = next((each for each in completed[sample.id] if each.judge_id == judge.id), None)
        if own is not None:
            found += standing_of(sample, own, completed[sample.id])
    return overall(found)


# -- organizers ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A judge's levels of a sample, and how far from the others; `apart` is None with too few."""

    review: SampleReview
    levels: Levels
    lines: dict[uuid.UUID, Line]
    apart: float | None


@dataclass(frozen=True)
class Gathered:
    """All that the judges gave a sample. Who is farthest from the others stands first."""

    criteria: list[Criterion]
    spreads: dict[uuid.UUID, Spread]
    references: Levels
    told: list[Told]
    unclear: list[Criterion]

    @property
    def columns(self) -> list[tuple[Criterion, dict[int, int]]]:
        """How often each level was given, for a picture."""
        return [(each, self.spreads[each.id].counts) for each in self.criteria]

    @property
    def most(self) -> int:
        return max((max(counts.values()) for _, counts in self.columns), default=0) or 1


def gathered(sample: Sample) -> Gathered:
    criteria, completed = criteria_for(sample), completed_for(sample)
    levels = {review.id: levels_in(criteria, review.scores) for review in completed}
    spreads = {
        each.id: spread(each.scale, [own[each.id] for own in levels.values() if each.id in own])
        for each in criteria
    }
    told = []
    for review in completed:
        found = standing_of(sample, review, completed)
        by_criterion = {line.criterion: line for line in found}
        told.append(Told(review, levels[review.id], by_criterion, overall(found)))
    unclear = most_divided(spreads)
    return Gathered(
        criteria,
        spreads,
        levels_in(criteria, sample.references),
        sorted(told, key=lambda each: -abs(each.apart or 0)),
        [each for each in criteria if each.id in unclear],
    )


def completed_numbers(samples: Collection[Sample]) -> dict[uuid.UUID, int]:
    """By how many judges each sample is completed."""
    return {key: len(reviews) for key, reviews in _completed([each.id for each in samples]).items()}


def left_by_judge(competition: Competition) -> dict[Judge, list[Sample]]:
    """The judges who have published samples to complete, by name, and which."""
    samples = published_samples(competition)
    rows = db.session.execute(
        select(SampleReview.judge_id, SampleReview.sample_id).where(
            SampleReview.sample_id.in_([sample.id for sample in samples]),
            SampleReview.completed_at.is_not(None),
        )
    )
    done = {(judge, sample) for judge, sample in rows}
    left = {
        judge: [sample for sample in samples if (judge.id, sample.id) not in done]
        for judge in judges_of(competition)
    }
    return {judge: waiting for judge, waiting in left.items() if waiting}


def reminded_lately(competition: Competition) -> set[uuid.UUID]:
    return set(
        db.session.scalars(
            select(Letter.recipient_id).where(
                Letter.name == "sample_reminder",
                Letter.competition_id == competition.id,
                Letter.recipient_id.is_not(None),
                Letter.created_at > now() - REMINDER_PAUSE,
            )
        )
    )
