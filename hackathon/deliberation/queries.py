"""Reads about discussions."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from string import ascii_uppercase

from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.remember import once_per_request
from ..judging.conflicts import conflicts
from ..judging.models import Review
from ..judging.outcome import Outcome, Placed, ranking_of
from ..judging.queries import (
    counted_version,
    judge_of,
    reviews_for,
    reviews_withheld_from,
    round_of,
    rules_of,
)
from ..judging.rulebook import Criterion
from ..post.models import Letter
from ..submissions.models import Submission
from .models import Contribution, Discussion, Revision

LETTER_PAUSE = timedelta(hours=3)
"""A person gets at most one letter about new remarks on a submission in this time."""


@once_per_request
def discussion_of(review: Review) -> Discussion | None:
    """Where what the review is about is talked of, in its round."""
    return db.session.scalar(
        select(Discussion).where(
            Discussion.submission_id == review.submission_id,
            Discussion.round_id == review.round_id,
        )
    )


def discussed(review: Review) -> bool:
    """Could its judge read what the others say, once it is complete?"""
    return discussion_of(review) is not None


def criteria_for(discussion: Discussion) -> Sequence[Criterion]:
    """By the rules that hold in its round, for the challenge of the submission."""
    submission = discussion.submission
    rules, version = (
        rules_of(discussion.competition, discussion.round),
        counted_version(submission),
    )
    return rules.criteria_for(version.challenge_id) if rules and version else ()


@dataclass(frozen=True)
class Voice:
    """A review in the discussion, under the name that the others see."""

    review: Review
    letter: str
    levels: dict[uuid.UUID, int]


def voices(discussion: Discussion) -> list[Voice]:
    """The completed reviews that count, each with a letter: A for the one that was completed first,
    and so on. So nobody's letter moves when another completes theirs, or is barred."""
    submission = discussion.submission
    barred = conflicts(discussion.competition, submission=submission)
    completed = [
        (review.completed_at, review.id, review)
        for review in reviews_for(submission, discussion.round)
        if review.completed_at is not None
    ]
    return [
        Voice(review, letter_for(number), {each.criterion_id: each.score for each in review.scores})
        for number, (_, _, review) in enumerate(sorted(completed))
        if (review.judge_id, submission.id) not in barred
    ]


def heard(discussion: Discussion) -> list[Review]:
    """The reviews of those who discuss."""
    return [voice.review for voice in voices(discussion)]


def letter_for(number: int) -> str:
    """A … Z, AA, AB …"""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(ascii_uppercase))
        letters = ascii_uppercase[rest] + letters
    return letters


def remarks_in(discussion: Discussion) -> list[Contribution]:
    query = (
        select(Contribution)
        .where(Contribution.discussion_id == discussion.id)
        .options(joinedload(Contribution.by))
        .order_by(Contribution.created_at, Contribution.id)
    )
    return list(db.session.scalars(query))


def revisions_in(discussion: Discussion) -> list[Revision]:
    query = (
        select(Revision)
        .where(Revision.discussion_id == discussion.id)
        .order_by(Revision.created_at, Revision.id)
    )
    return list(db.session.scalars(query))


@once_per_request
def discussed_by(user: User, competition: Competition) -> list[tuple[Review, Discussion]]:
    """The person's completed reviews of what is or was discussed, open discussions first."""
    judge = judge_of(user, competition)
    if judge is None:
        return []
    rows = db.session.execute(
        select(Review, Discussion)
        .join(
            Discussion,
            and_(
                Discussion.submission_id == Review.submission_id,
                Discussion.round_id == Review.round_id,
            ),
        )
        .where(Review.judge_id == judge.id, Review.completed_at.is_not(None))
        .options(joinedload(Discussion.submission).joinedload(Submission.team))
        .order_by(Discussion.created_at, Discussion.id)
    ).all()
    barred = {submission for _, submission in conflicts(competition, judge=judge)} if rows else ()
    found = [(review, each) for review, each in rows if each.submission_id not in barred]
    return sorted(found, key=lambda row: row[1].closed_at is not None)


@dataclass(frozen=True)
class Candidate:
    """A submission that could be discussed, and what speaks for it, by its figures in the ranking.

    `reviews` are those that count. `spread` is the standard deviation of their plain means, in
    points of the ranking's scale; None with fewer than two. `undecided`: its place beside a
    neighbour's is not told apart.
    """

    placed: Placed
    reviews: int
    spread: float | None
    undecided: bool
    discussion: Discussion | None
    remarks: int
    revisions: int


def candidates(competition: Competition, reader: User) -> tuple[Outcome, list[Candidate]]:
    """Everything that is judged and the reader may hear of, what divides its judges most first;
    and the ranking, which makes rows of those that are shown."""
    outcome = ranking_of(competition, withheld=reviews_withheld_from(reader, competition))
    undecided = {key for pair in outcome.undecided for key in (pair.ahead, pair.behind)}
    discussions = {
        discussion.submission_id: discussion
        for discussion in db.session.scalars(
            select(Discussion).where(Discussion.round_id == round_of(competition).id)
        )
    }
    said, changed = (_counts(competition, kind) for kind in (Contribution, Revision))
    found = []
    for row in outcome.figures.rows:
        key = row.key
        reviews, spread = outcome.figures.spreads.get(key, (0, None))
        discussion = discussions.get(key)
        found.append(
            Candidate(
                row,
                reviews,
                spread,
                key in undecided,
                discussion,
                said.get(discussion.id, 0) if discussion else 0,
                changed.get(discussion.id, 0) if discussion else 0,
            )
        )
    return outcome, sorted(found, key=lambda each: -(each.spread or 0))


def _counts(
    competition: Competition, kind: type[Contribution] | type[Revision]
) -> dict[uuid.UUID, int]:
    rows = db.session.execute(
        select(kind.discussion_id, func.count())
        .join(kind.discussion)
        .where(Discussion.competition_id == competition.id)
        .group_by(kind.discussion_id)
    )
    return {key: count for key, count in rows}


def told_lately(discussion: Discussion) -> set[uuid.UUID]:
    """Whom another letter about new remarks would only bother."""
    return set(
        db.session.scalars(
            select(Letter.recipient_id).where(
                Letter.name == "discussion_goes_on",
                Letter.occasion_id == discussion.id,
                Letter.recipient_id.is_not(None),
                Letter.created_at > now() - LETTER_PAUSE,
            )
        )
    )
