"""What each team reads about its own work: its place, its profile, what judges wrote to it.

What the organizers set decides which of these there are. Figures of a field are told only where
it is large enough to hide in, and comments only once an organizer has read them.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, quantiles

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition, Criterion
from ..extensions import db
from ..ground.folding import folded
from ..ground.remember import once_per_request
from ..judging.models import Judge, Review, Score
from ..judging.queries import (
    competed,
    conflicts,
    criteria_of,
    ranking_of,
    reviews_for,
)
from ..submissions.models import Submission, Version
from .models import Release, Sheet, Standing

FEWEST = 5
"""Of fewer projects, neither places nor figures of the field are told."""
BANDS = (4, 3, 2)
"""The first quarter, the first third, the first half: the best of them is named."""


@once_per_request
def sheet_of(competition: Competition) -> Sheet:
    """What the organizers chose; before they did, the default, which is in no database."""
    chosen = db.session.scalar(select(Sheet).where(Sheet.competition_id == competition.id))
    return chosen or Sheet(
        competition_id=competition.id, standing=Standing.NOTHING, profile=True, comments=True
    )


# -- its place -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a project stands among the `of` projects of its challenge that were reviewed.

    `place` is None where only a band is told; `low` and `high` are the places between which it
    lies with 90 %. `part`: 4, 3 or 2 for the first quarter, third or half; None beyond these.
    """

    of: int
    place: int | None
    shared: bool
    low: int | None
    high: int | None
    part: int | None


def part_of(place: int, of: int) -> int | None:
    """The smallest band that the place is in: `place` of `of`, both from 1 on."""
    return next((part for part in BANDS if place * part <= of), None)


def place_of(submission: Submission, competition: Competition) -> Place | None:
    """What the team reads of its place; None where it reads nothing."""
    standing = sheet_of(competition).standing
    if standing is Standing.NOTHING:
        return None
    outcome = ranking_of(competition)
    row = outcome.submissions.get(submission.id)
    if row is None or row.place is None:
        return None
    field = [each for each in outcome.rows if each.challenge.id == row.challenge.id and each.place]
    if len(field) < FEWEST:
        return None
    part = part_of(row.place, len(field))
    if standing is Standing.BAND:
        return Place(len(field), None, False, None, None, part) if part else None
    shared = sum(each.place == row.place for each in field) > 1
    return Place(len(field), row.place, shared, row.low, row.high, part)


# -- its profile -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Mean:
    """On one criterion: the submission's mean, and the field of all submissions, each of which
    counts once: its mean, and the quartiles between which its middle half lies.

    None without scores; the field is None where fewer than `FEWEST` have scores. Levels go from
    `least` to `most`.
    """

    criterion: Criterion
    own: float | None
    field: float | None
    low: float | None
    high: float | None
    least: int
    most: int


def profile_of(submission: Submission, competition: Competition) -> list[Mean]:
    """How the submission did on each criterion, by the reviews that count."""
    barred = conflicts(competition)
    given: defaultdict[tuple[uuid.UUID, uuid.UUID], list[int]] = defaultdict(list)
    for criterion_id, score, judge_id, submission_id in db.session.execute(
        select(Score.criterion_id, Score.score, Review.judge_id, Review.submission_id)
        .join(Score.review)
        .join(Review.judge)
        .join(Review.submission)
        .where(
            Judge.competition_id == competition.id,
            Review.completed_at.is_not(None),
            Submission.stands,
        )
    ):
        if (judge_id, submission_id) not in barred:
            given[criterion_id, submission_id].append(score)
    means: defaultdict[uuid.UUID, dict[uuid.UUID, float]] = defaultdict(dict)
    for (criterion_id, submission_id), scores in given.items():
        means[criterion_id][submission_id] = fmean(scores)
    return [
        _mean(criterion, means[criterion.id], submission) for criterion in criteria_of(competition)
    ]


def _mean(criterion: Criterion, means: dict[uuid.UUID, float], submission: Submission) -> Mean:
    levels = [level.score for level in criterion.levels] or [1, 5]
    field = low = high = None
    if len(means) >= FEWEST:
        field = fmean(means.values())
        low, _, high = quantiles(means.values(), n=4, method="inclusive")
    own = means.get(submission.id)
    return Mean(criterion, own, field, low, high, min(levels), max(levels))


# -- what judges wrote -----------------------------------------------------------------------


def comments_on(submission: Submission, competition: Competition) -> list[str]:
    """What judges wrote for the team and an organizer released.

    Without names, and in an order that is always the same but tells nothing of who or when.
    """
    barred = conflicts(competition, submission=submission)
    rows = db.session.execute(
        select(Review, Release.text)
        .join(Release, Release.review_id == Review.id)
        .where(
            Review.submission_id == submission.id,
            Review.completed_at.is_not(None),
            Release.released_at.is_not(None),
            Release.original == Review.comment,
        )
    )
    counted = [(r, text) for r, text in rows if (r.judge_id, r.submission_id) not in barred]
    counted.sort(key=lambda pair: hashlib.sha256(pair[0].id.bytes).digest())
    return [text for _, text in counted]


def fingerprint(text: str) -> str:
    """Stands for the very words that somebody read."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Comment:
    """What a judge wrote to a team, and what became of it. `release` is None until somebody has
    read these very words. `names` are of people that they seem to contain."""

    review: Review
    release: Release | None
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """What the team would read."""
        return self.release.text if self.release and self.release.text else self.review.comment


def comments_to_read(submission: Submission, competition: Competition) -> list[Comment]:
    """Every comment that counts, in the order of their reviews."""
    barred = conflicts(competition, submission=submission)
    reviews = [
        review
        for review in reviews_for(submission)
        if review.completed_at
        and review.comment
        and (review.judge_id, review.submission_id) not in barred
    ]
    releases = {
        each.review_id: each
        for each in db.session.scalars(
            select(Release)
            .where(Release.review_id.in_([review.id for review in reviews]))
            .options(joinedload(Release.by))
        )
    }
    people = _names(submission, competition)
    return [
        Comment(
            review,
            _of_these_words(releases.get(review.id), review),
            tuple(name for name in people if _says(review.comment, name)),
        )
        for review in reviews
    ]


def _of_these_words(release: Release | None, review: Review) -> Release | None:
    return release if release and release.original == review.comment else None


def _names(submission: Submission, competition: Competition) -> list[str]:
    """Of those whom a judge might name: the team, and those who judge."""
    judges = db.session.scalars(
        select(User.name)
        .join(Judge, Judge.user_id == User.id)
        .where(Judge.competition_id == competition.id)
    )
    return sorted({*judges, *(member.name for member in submission.team.members)})


def _says(text: str, name: str) -> bool:
    """Does the text contain the name, its first or its last word?"""
    words = set(folded(text).replace("’", " ").replace("'", " ").split())
    parts = folded(name).split()
    bare = {word.strip('.,;:!?()«»“”"') for word in words}
    return any(len(part) > 2 and part in bare for part in {parts[0], parts[-1]}) if parts else False


@dataclass(frozen=True)
class Pile:
    """The comments on one submission: how many wait to be read, are released, are withheld."""

    version: Version
    waiting: int
    released: int
    withheld: int


def piles_of(competition: Competition) -> list[Pile]:
    """Every submission that has comments, those that wait first, then by team."""
    barred = conflicts(competition)
    counts: defaultdict[uuid.UUID, list[int]] = defaultdict(lambda: [0, 0, 0])
    for review, release in db.session.execute(
        select(Review, Release)
        .join(Review.judge)
        .outerjoin(Release, Release.review_id == Review.id)
        .where(
            Judge.competition_id == competition.id,
            Review.completed_at.is_not(None),
            Review.comment != "",
        )
    ):
        if (review.judge_id, review.submission_id) in barred:
            continue
        known = _of_these_words(release, review)
        place = 0 if known is None else 1 if known.released_at else 2
        counts[review.submission_id][place] += 1
    found = [
        Pile(version, *counts[version.submission_id])
        for version in db.session.scalars(competed(competition))
        if version.submission_id in counts
    ]
    return sorted(found, key=lambda pile: not pile.waiting)


def waiting_in(piles: Iterable[Pile]) -> int:
    return sum(pile.waiting for pile in piles)
