"""Reads about judges, their reviews, and the ranking that comes of them."""

import hashlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, Criterion
from ..extensions import db
from ..ground.clock import now
from ..ground.remember import once_per_request
from ..mentoring.models import Conflict, Mentor, Pairing
from ..post.models import Letter
from ..registrations.models import Registration
from ..submissions.models import Submission, Version
from ..teams.models import Membership, Team
from . import assignment, ranking
from .models import Judge, Review, Score

REMINDER_PAUSE = timedelta(hours=1)

# -- judges and their reviews ----------------------------------------------------------------


@once_per_request
def judge_of(user: User, competition: Competition) -> Judge | None:
    """The person as a judge of the competition, unless dismissed."""
    return db.session.scalar(
        select(Judge).where(
            Judge.user_id == user.id,
            Judge.competition_id == competition.id,
            Judge.dismissed_at.is_(None),
        )
    )


@once_per_request
def review_of(judge: Judge, submission: Submission) -> Review | None:
    """What the judge was given to read, if it is this."""
    return db.session.scalar(
        select(Review).where(Review.judge_id == judge.id, Review.submission_id == submission.id)
    )


def sitting(competition: Competition) -> Select[tuple[Judge]]:
    """The judges who were not dismissed, by name."""
    return (
        select(Judge)
        .join(Judge.user)
        .where(Judge.competition_id == competition.id, Judge.dismissed_at.is_(None))
        .options(joinedload(Judge.user))
        .order_by(User.name, Judge.id)
    )


def judges_of(competition: Competition) -> list[Judge]:
    return list(db.session.scalars(sitting(competition)))


def dismissed_judges(competition: Competition) -> list[Judge]:
    query = (
        select(Judge)
        .where(Judge.competition_id == competition.id, Judge.dismissed_at.is_not(None))
        .options(joinedload(Judge.user))
        .order_by(Judge.dismissed_at.desc())
    )
    return list(db.session.scalars(query))


def competed(competition: Competition) -> Select[tuple[Version]]:
    """What is judged: of every submission that stands, the last version handed in; by team."""
    latest = (
        select(func.max(Version.number))
        .where(Version.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    return (
        select(Version)
        .join(Version.submission)
        .join(Submission.team)
        .where(
            Submission.competition_id == competition.id,
            Submission.stands,
            Version.number == latest,
        )
        .options(
            joinedload(Version.submission).joinedload(Submission.team),
            joinedload(Version.challenge),
        )
        .order_by(Team.name_key)
    )


def counted_versions(competition: Competition) -> list[Version]:
    return list(db.session.scalars(competed(competition)))


def counted_version(submission: Submission) -> Version | None:
    """The version that is judged; None when nothing was handed in, or it does not count."""
    return db.session.scalar(
        select(Version)
        .join(Version.submission)
        .where(Version.submission_id == submission.id, Submission.stands)
        .options(joinedload(Version.challenge))
        .order_by(Version.number.desc())
        .limit(1)
    )


def reviews_by(judge: Judge) -> list[tuple[Review, Version]]:
    """What the judge reads, each with the version that counts: to do first, then by team."""
    rows = db.session.execute(
        competed(judge.competition)
        .add_columns(Review)
        .join(Review, Review.submission_id == Submission.id)
        .where(Review.judge_id == judge.id)
    )
    found = [(review, version) for version, review in rows]
    return sorted(found, key=lambda pair: pair[0].completed_at is not None)


def reviews_for(submission: Submission) -> list[Review]:
    """Everything judges said of the submission, dismissed judges included."""
    query = (
        select(Review)
        .where(Review.submission_id == submission.id)
        .options(joinedload(Review.judge).joinedload(Judge.user), selectinload(Review.scores))
        .order_by(Review.created_at, Review.id)
    )
    return list(db.session.scalars(query))


def criteria_of(competition: Competition) -> list[Criterion]:
    query = (
        select(Criterion)
        .where(Criterion.competition_id == competition.id)
        .options(selectinload(Criterion.levels))
        .order_by(Criterion.position, Criterion.id)
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class Progress:
    """How many of the reviews assigned are completed."""

    done: int = 0
    assigned: int = 0

    @property
    def left(self) -> int:
        return self.assigned - self.done


def progress_by_judge(competition: Competition) -> defaultdict[uuid.UUID, Progress]:
    return _progress(competition, Review.judge_id)


def progress_by_submission(competition: Competition) -> defaultdict[uuid.UUID, Progress]:
    return _progress(competition, Review.submission_id)


def _progress(competition: Competition, of: Any) -> defaultdict[uuid.UUID, Progress]:
    rows = db.session.execute(
        select(of, func.count(Review.completed_at), func.count())
        .join(Review.judge)
        .join(Review.submission)
        .where(Judge.competition_id == competition.id, Submission.stands)
        .group_by(of)
    )
    found: defaultdict[uuid.UUID, Progress] = defaultdict(Progress)
    found.update((key, Progress(done, assigned)) for key, done, assigned in rows)
    return found


def reminded_lately(competition: Competition) -> set[uuid.UUID]:
    """The people who had a reminder so recently that another would be a nuisance."""
    return set(
        db.session.scalars(
            select(Letter.recipient_id).where(
                Letter.name == "judging_reminder",
                Letter.competition_id == competition.id,
                Letter.recipient_id.is_not(None),
                Letter.created_at > now() - REMINDER_PAUSE,
            )
        )
    )


# -- conflicts of interest -------------------------------------------------------------------


class Ground(StrEnum):
    """What a conflict of interest rests on: it was declared, or the rows themselves tell."""

    DECLARED = "declared"
    MENTOR = "mentor"
    MEMBER = "member"
    ORGANIZATION = "organization"


@dataclass(frozen=True)
class Interest:
    """Why a judge may not judge a submission; `detail` is the reason given or the organization."""

    ground: Ground
    detail: str = ""


Pair = tuple[uuid.UUID, uuid.UUID]


def conflicts(
    competition: Competition, *, judge: Judge | None = None, submission: Submission | None = None
) -> dict[Pair, list[Interest]]:
    """What stands between judges and submissions: (judge id, submission id) → reasons.

    Of the whole competition, or of one judge or submission. Always the same number of queries.
    """
    found: defaultdict[Pair, list[Interest]] = defaultdict(list)

    def rows(*columns: Any, joins: Iterable[tuple[Any, Any]]) -> Any:
        query = select(Judge.id, Submission.id, *columns).select_from(Judge)
        for target, condition in joins:
            query = query.join(target, condition)
        query = query.where(
            Judge.competition_id == competition.id, Submission.competition_id == competition.id
        )
        if judge is not None:
            query = query.where(Judge.id == judge.id)
        if submission is not None:
            query = query.where(Submission.id == submission.id)
        return db.session.execute(query)

    declared = [
        (Conflict, Conflict.user_id == Judge.user_id),
        (Submission, Submission.team_id == Conflict.team_id),
    ]
    accompanies = [
        (Mentor, Mentor.user_id == Judge.user_id),
        (Pairing, Pairing.mentor_id == Mentor.id),
        (Submission, Submission.team_id == Pairing.team_id),
    ]
    belongs = [
        (Registration, Registration.user_id == Judge.user_id),
        (Membership, Membership.registration_id == Registration.id),
        (Submission, Submission.team_id == Membership.team_id),
    ]
    for judge_id, submission_id, reason in rows(Conflict.reason, joins=declared):
        found[judge_id, submission_id].append(Interest(Ground.DECLARED, reason))
    for judge_id, submission_id in rows(joins=accompanies):
        found[judge_id, submission_id].append(Interest(Ground.MENTOR))
    for judge_id, submission_id in rows(joins=belongs):
        found[judge_id, submission_id].append(Interest(Ground.MEMBER))
    for pair, organization in _colleagues(competition, judge, submission):
        found[pair].append(Interest(Ground.ORGANIZATION, organization))
    return dict(found)


def _colleagues(
    competition: Competition, judge: Judge | None, submission: Submission | None
) -> list[tuple[Pair, str]]:
    """Judges and submissions of whose team somebody is of the judge's organization.

    Compared here and not in the database, whose lower case knows no accents everywhere.
    """
    of_judges = select(Judge.id, User.organization).join(Judge.user)
    of_judges = of_judges.where(Judge.competition_id == competition.id, User.organization != "")
    of_teams = (
        select(Submission.id, User.organization)
        .join(Membership, Membership.team_id == Submission.team_id)
        .join(Registration, Registration.id == Membership.registration_id)
        .join(User, User.id == Registration.user_id)
        .where(Submission.competition_id == competition.id, User.organization != "")
        .distinct()
    )
    if judge is not None:
        of_judges = of_judges.where(Judge.id == judge.id)
    if submission is not None:
        of_teams = of_teams.where(Submission.id == submission.id)
    there: defaultdict[str, set[uuid.UUID]] = defaultdict(set)
    for submission_id, name in db.session.execute(of_teams):
        there[_plain(name)].add(submission_id)
    return [
        ((judge_id, submission_id), name)
        for judge_id, name in db.session.execute(of_judges)
        for submission_id in sorted(there.get(_plain(name), ()))
    ]


def _plain(organization: str) -> str:
    return " ".join(organization.split()).casefold()


@once_per_request
def interests(judge: Judge, submission: Submission) -> list[Interest]:
    """What stands between this judge and this submission."""
    found = conflicts(judge.competition, judge=judge, submission=submission)
    return found.get((judge.id, submission.id), [])


def declared_conflicts(competition: Competition) -> list[Conflict]:
    """What was declared of people who judge, by team."""
    query = (
        select(Conflict)
        .join(Conflict.team)
        .join(Judge, Judge.user_id == Conflict.user_id)
        .where(Team.competition_id == competition.id, Judge.competition_id == competition.id)
        .options(joinedload(Conflict.user), joinedload(Conflict.team), joinedload(Conflict.by))
        .order_by(Team.name_key, Conflict.created_at)
    )
    return list(db.session.scalars(query))


def declared_conflict(user: User, team: Team) -> Conflict | None:
    return db.session.scalar(
        select(Conflict).where(Conflict.user_id == user.id, Conflict.team_id == team.id)
    )


# -- who reads what --------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """A proposal of who reads what, and the names for it.

    `digest` stands for what would change: two plans with the same digest do the same.
    """

    wanted: int
    proposal: assignment.Proposal
    judges: dict[uuid.UUID, Judge]
    versions: dict[uuid.UUID, Version]

    @property
    def digest(self) -> str:
        changes = [
            *(f"+{each.judge}/{each.submission}" for each in self.proposal.added),
            *(f"-{each.judge}/{each.submission}" for each in self.proposal.removed),
        ]
        return hashlib.sha256("\n".join(sorted(changes)).encode()).hexdigest()


def plan(competition: Competition, wanted: int) -> Plan:
    """Who could read what, so that every submission handed in has `wanted` reviews.

    Reviews already assigned stay, but for those in conflict. What dismissed judges completed
    counts. The same rows give the same plan.
    """
    judges = {judge.id: judge for judge in judges_of(competition)}
    versions = {version.submission_id: version for version in counted_versions(competition)}
    barred = conflicts(competition)
    kept, had = set(), Counter[uuid.UUID]()
    for review in db.session.scalars(
        select(Review)
        .join(Review.judge)
        .where(Judge.competition_id == competition.id, Review.submission_id.in_(versions))
    ):
        if review.judge_id in judges:
            kept.add(assignment.Assignment(review.judge_id, review.submission_id))
        elif review.completed_at and (review.judge_id, review.submission_id) not in barred:
            had[review.submission_id] += 1
    proposal = assignment.propose(
        [
            assignment.Submission(key, frozenset([v.content["language"]]), v.challenge_id)
            for key, v in versions.items()
        ],
        [assignment.Judge(key, j.capacity, frozenset(j.languages)) for key, j in judges.items()],
        wanted={key: max(0, wanted - had[key]) for key in versions},
        conflicts=[assignment.Assignment(*pair) for pair in barred],
        kept=kept,
        seed=seed_of(competition),
    )
    return Plan(wanted, proposal, judges, versions)


def seed_of(competition: Competition) -> int:
    """Chance that everyone can repeat: the same for a competition, always."""
    return competition.id.int % 2**32


# -- the ranking -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """Where a submission stands, in its challenge or in the whole competition.

    `mean` is the plain weighted mean, `corrected` the estimate that allows for who judged it;
    both in points of the criteria's scale. Its place lies between `low` and `high` with 90 %;
    `first` and `podium` are probabilities. None where no review counts.
    """

    submission: Submission
    team: Team
    challenge: Challenge
    version: Version
    reviews: int
    mean: float | None
    mean_place: int | None
    corrected: float | None
    place: int | None
    low: int | None
    high: int | None
    first: float
    podium: float

    @property
    def interval(self) -> tuple[int, int] | None:
        return None if self.low is None or self.high is None else (self.low, self.high)


@dataclass(frozen=True)
class Outcome:
    """The ranking of a competition, for its organizers' eyes.

    `rows`: challenge by challenge, best first, without reviews last; `overall`: the same
    submissions in one list. `told` is what the model says about judges and doubts, within the
    challenges, with ids for keys; `judges` and `submissions` give these ids their rows.
    `set_aside` counts completed reviews that are in conflict and do not count.
    """

    rows: tuple[Row, ...]
    overall: tuple[Row, ...]
    told: ranking.Ranking
    judges: dict[uuid.UUID, Judge]
    set_aside: int

    def by_challenge(self) -> list[tuple[Challenge, list[Row]]]:
        return [(c, list(rows)) for c, rows in groupby(self.rows, key=lambda row: row.challenge)]

    @property
    def submissions(self) -> dict[uuid.UUID, Row]:
        return {row.submission.id: row for row in self.rows}


def ranking_of(competition: Competition) -> Outcome:
    """Rank everything handed in by the completed reviews that are in no conflict."""
    versions = {version.submission_id: version for version in counted_versions(competition)}
    criteria = criteria_of(competition)
    barred = conflicts(competition)
    scores: defaultdict[uuid.UUID, dict[Any, float]] = defaultdict(dict)
    for review_id, criterion_id, score in db.session.execute(
        select(Score.review_id, Score.criterion_id, Score.score)
        .join(Score.review)
        .join(Review.judge)
        .where(Judge.competition_id == competition.id, Review.completed_at.is_not(None))
    ):
        scores[review_id][criterion_id] = score
    completed = db.session.execute(
        select(Review.id, Review.judge_id, Review.submission_id)
        .join(Review.judge)
        .join(Review.submission)
        .where(
            Judge.competition_id == competition.id,
            Review.completed_at.is_not(None),
            Submission.stands,
        )
    ).all()
    reviews = [
        ranking.Review(judge_id, submission_id, scores[review_id])
        for review_id, judge_id, submission_id in completed
        if submission_id in versions and (judge_id, submission_id) not in barred
    ]
    # Without criteria nothing can have been scored, but the ranking wants to be told of one.
    scales = _scales(criteria, reviews) or {None: ranking.Criterion(1, 1, 5)}
    asked = {"submissions": versions, "seed": seed_of(competition)}
    challenges = {key: version.challenge_id for key, version in versions.items()}
    within = ranking.rank(reviews, scales, groups=challenges, **asked)
    across = ranking.rank(reviews, scales, **asked)

    def rows(found: ranking.Ranking) -> list[Row]:
        return [_row(versions[standing.submission], standing) for standing in found.standings]

    return Outcome(
        rows=tuple(sorted(rows(within), key=lambda row: row.challenge.number)),
        overall=tuple(rows(across)),
        told=within,
        judges={
            judge.id: judge
            for judge in db.session.scalars(
                select(Judge)
                .where(Judge.competition_id == competition.id)
                .options(joinedload(Judge.user))
            )
        },
        set_aside=len(completed) - len(reviews),
    )


def _scales(
    criteria: list[Criterion], reviews: list[ranking.Review]
) -> dict[Any, ranking.Criterion]:
    """Each criterion's weight and scale, from its levels; widened by scores given under others."""
    given: defaultdict[Any, set[float]] = defaultdict(set)
    for review in reviews:
        for key, score in review.scores.items():
            given[key].add(score)
    scales = {}
    for criterion in criteria:
        ends = {level.score for level in criterion.levels} | given[criterion.id] or {1, 5}
        low, high = min(ends), max(ends)
        scales[criterion.id] = ranking.Criterion(criterion.weight, low, max(high, low + 1))
    return scales


def _row(version: Version, standing: ranking.Standing) -> Row:
    return Row(
        submission=version.submission,
        team=version.submission.team,
        challenge=version.challenge,
        version=version,
        reviews=standing.reviews,
        mean=standing.mean,
        mean_place=standing.mean_place,
        corrected=standing.estimate,
        place=standing.place,
        low=standing.low,
        high=standing.high,
        first=standing.first,
        podium=standing.podium,
    )
