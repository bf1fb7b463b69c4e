"""What each team reads about its own work: its place, its profile, what judges wrote to it.

What the rules of judging promise decides which of these there are. Figures of a field are told
only where it is large enough to hide in, and comments only once an organizer has read them. Once
the results are public, all of it comes from the record by which they came out: see kept.py.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean, quantiles

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from ..accounts.models import User
from ..competitions.models import Competition, Round
from ..extensions import db
from ..ground.folding import folded
from ..judging.conflicts import conflicts
from ..judging.models import Judge, Review, Score
from ..judging.outcome import ranking_of
from ..judging.queries import (
    competed,
    counted_version,
    criteria_of,
    judged_rounds,
    last_round_of,
    last_rounds,
    reviews_for,
    rules_of,
)
from ..judging.rulebook import Criterion, Rules, Told
from ..submissions.models import Submission, Version
from .kept import Kept, kept_of
from .models import Release

FEWEST = 5
"""Of fewer projects, no figures of the field are told."""


def told_to(submission: Submission) -> tuple[Told, ...]:
    """What the rules promise its team to see with the results: those of the last round in which it
    was judged, of which everything here is told."""
    rules = _rules_of(submission)
    return rules.told if rules else ()


def _rules_of(submission: Submission) -> Rules | None:
    kept = kept_of(submission)
    return kept.rules if kept else rules_of(submission.competition, last_round_of(submission))


def told_to_teams(competition: Competition) -> tuple[Told, ...]:
    """What the rules promise to some team, be it by those of an earlier round."""
    held = [rules_of(competition, each) for each in judged_rounds(competition)]
    return tuple(each for each in Told if any(rules and each in rules.told for rules in held))


# -- its place -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """Where a submission stands among those of its challenge that have a place: its place of
    `among`, the third (1 is the upper one) in which that lies, whether others share it, and
    between which places it lies with 90 %."""

    place: int
    among: int
    shared: bool = False
    low: int | None = None
    high: int | None = None

    @property
    def third(self) -> int:
        return min(3, (self.place - 1) * 3 // self.among + 1)


def standing_of(submission: Submission, competition: Competition) -> Seen | None:
    """The place by the rules; None without a review, or a comparison, that counts."""
    if kept := kept_of(submission):
        return _standing_in(kept, submission)
    outcome = ranking_of(competition, round_=last_round_of(submission))
    own = outcome.submissions.get(submission.id)
    if own is None or own.place is None:
        return None
    rows = [row for row in outcome.rows if row.challenge is own.challenge and row.place is not None]
    shared = sum(row.place == own.place for row in rows) > 1
    return Seen(own.place, len(rows), shared, own.low, own.high)


def _standing_in(kept: Kept, submission: Submission) -> Seen | None:
    own = kept.row_of(submission)
    if own["place"] is None:
        return None
    places = [
        row["place"]
        for row in kept.ranking["result"]
        if row["group"] == own["group"] and row["place"] is not None
    ]
    low, high = kept.interval_of(own)
    return Seen(own["place"], len(places), places.count(own["place"]) > 1, low, high)


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
    kept, rules, version = kept_of(submission), _rules_of(submission), counted_version(submission)
    given = _levels_in(kept) if kept else _levels_now(competition, last_round_of(submission))
    means: defaultdict[uuid.UUID, dict[uuid.UUID, float]] = defaultdict(dict)
    for (criterion_id, submission_id), scores in given.items():
        means[criterion_id][submission_id] = fmean(scores)
    return [
        _mean(criterion, means[criterion.id], submission)
        for criterion in (rules.criteria_for(version.challenge_id) if rules and version else [])
    ]


Given = Mapping[tuple[uuid.UUID, uuid.UUID], list[float]]
"""By criterion and submission, what the reviews that count give."""


def _levels_in(kept: Kept) -> Given:
    given: defaultdict[tuple[uuid.UUID, uuid.UUID], list[float]] = defaultdict(list)
    for review in kept.ranking["reviews"].values():
        for criterion, level in review["scores"].items():
            given[uuid.UUID(criterion), uuid.UUID(review["submission"])].append(level)
    return given


def _levels_now(competition: Competition, round_: Round) -> Given:
    barred = conflicts(competition)
    given: defaultdict[tuple[uuid.UUID, uuid.UUID], list[float]] = defaultdict(list)
    for criterion_id, score, judge_id, submission_id in db.session.execute(
        select(Score.criterion_id, Score.score, Review.judge_id, Review.submission_id)
        .join(Score.review)
        .join(Review.submission)
        .where(
            Review.round_id == round_.id,
            Review.completed_at.is_not(None),
            Submission.stands,
        )
    ):
        if (judge_id, submission_id) not in barred:
            given[criterion_id, submission_id].append(score)
    return given


def _mean(criterion: Criterion, means: dict[uuid.UUID, float], submission: Submission) -> Mean:
    levels = criterion.scale or (1, 5)
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
    return [release.text for release in _released(submission, competition) if not release.score]


def remarks_on(
    submission: Submission, competition: Competition
) -> list[tuple[Criterion, list[str]]]:
    """The same, of what they wrote on single criteria where the rules show it to teams."""
    rules = _rules_of(submission)
    released = [r for r in _released(submission, competition) if r.score]
    found = []
    for criterion in rules.criteria if rules else ():
        said = [r.text for r in released if r.score.criterion_id == criterion.id]
        if criterion.comment_shown and said:
            found.append((criterion, said))
    return found


def _released(submission: Submission, competition: Competition) -> list[Release]:
    """Of the reviews that count. Once public, what was released stays until somebody reads what the
    judge wrote instead."""
    kept = kept_of(submission)
    barred = conflicts(competition, submission=submission)
    rows = db.session.scalars(
        select(Release)
        .join(Release.review)
        .where(
            Review.submission_id == submission.id,
            Review.round_id == last_round_of(submission).id,
            Review.completed_at.is_not(None),
            Release.released_at.is_not(None),
        )
        .options(contains_eager(Release.review), joinedload(Release.score))
    )
    counted = [
        each
        for each in rows
        if (
            kept.holds(each.review_id)
            if kept
            else each.original == each.written
            and (each.review.judge_id, each.review.submission_id) not in barred
        )
    ]
    return sorted(counted, key=lambda each: hashlib.sha256(each.review_id.bytes).digest())


def fingerprint(text: str) -> str:
    """Stands for the very words that somebody read."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Comment:
    """What a judge wrote to a team, on the whole or on a criterion, and what became of it.

    `release` is None until somebody has read these very words. `names` are of people that they
    seem to contain.
    """

    review: Review
    score: Score | None
    criterion: Criterion | None
    release: Release | None
    names: tuple[str, ...]

    @property
    def key(self) -> str:
        return (self.score or self.review).id.hex

    @property
    def original(self) -> str:
        return self.score.comment if self.score else self.review.comment

    @property
    def text(self) -> str:
        """What the team would read."""
        return self.release.text if self.release and self.release.text else self.original


def comments_to_read(submission: Submission, competition: Competition) -> list[Comment]:
    """Every comment that counts, in the order of their reviews."""
    barred = conflicts(competition, submission=submission)
    shown = _shown_criteria(competition)
    reviews = [
        review
        for review in reviews_for(submission, last_round_of(submission))
        if review.completed_at and (review.judge_id, review.submission_id) not in barred
    ]
    releases = {
        (each.review_id, each.score_id): each
        for each in db.session.scalars(
            select(Release)
            .where(Release.review_id.in_([review.id for review in reviews]))
            .options(joinedload(Release.by))
        )
    }
    people = _names(submission, competition)

    def comment(review: Review, score: Score | None, text: str) -> Comment:
        release = releases.get((review.id, score.id if score else None))
        return Comment(
            review,
            score,
            shown[score.criterion_id] if score else None,
            release if release and release.original == text else None,
            tuple(name for name in people if _says(text, name)),
        )

    found = []
    for review in reviews:
        if review.comment:
            found.append(comment(review, None, review.comment))
        for score in review.scores:
            if score.comment and score.criterion_id in shown:
                found.append(comment(review, score, score.comment))
    return found


def _shown_criteria(competition: Competition) -> dict[uuid.UUID, Criterion]:
    """The criteria whose comments are for the team, of whatever round."""
    criteria = [c for each in judged_rounds(competition) for c in criteria_of(competition, each)]
    return {each.id: each for each in criteria if each.comment_shown}


def _names(submission: Submission, competition: Competition) -> list[str]:
    """Of those whom a judge might name: the team, and those who judge."""
    judges = db.session.scalars(
        select(User.name)
        .join(Judge, Judge.user_id == User.id)
        .where(Judge.competition_id == competition.id)
    )
    return sorted({*judges, *(member.name for member in submission.team.members)})


def _says(text: str, name: str) -> bool:
    """Does the text contain the first or the last word of the name?"""
    words = set(folded(text).replace("’", " ").replace("'", " ").split())
    bare = {word.strip('.,;:!?()«»“”"') for word in words}
    parts = folded(name).split()
    return any(len(part) > 2 and part in bare for part in {*parts[:1], *parts[-1:]})


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
    first, last = competition.rounds[0], last_rounds(competition)
    counted = (Judge.competition_id == competition.id, Review.completed_at.is_not(None))
    whole = (
        select(Review.judge_id, Review.submission_id, Review.round_id, Review.comment, Release)
        .join(Review.judge)
        .outerjoin(Release, (Release.review_id == Review.id) & Release.score_id.is_(None))
        .where(*counted, Review.comment != "")
    )
    single = (
        select(Review.judge_id, Review.submission_id, Review.round_id, Score.comment, Release)
        .join(Score.review)
        .join(Review.judge)
        .outerjoin(Release, Release.score_id == Score.id)
        .where(*counted, Score.comment != "", Score.criterion_id.in_(_shown_criteria(competition)))
    )
    for judge, submission, round_id, text, release in (
        *db.session.execute(whole),
        *db.session.execute(single),
    ):
        told = last.get(submission, first).id == round_id
        if told and (judge, submission) not in barred:
            known = release if release and release.original == text else None
            place = 0 if known is None else 1 if known.released_at else 2
            counts[submission][place] += 1
    found = [
        Pile(version, *counts[version.submission_id])
        for version in db.session.scalars(competed(competition))
        if version.submission_id in counts
    ]
    return sorted(found, key=lambda pile: not pile.waiting)


def waiting_in(piles: Iterable[Pile]) -> int:
    return sum(pile.waiting for pile in piles)
