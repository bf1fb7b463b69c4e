"""Reads about honours: what the ranking proposes, what was decided, what the world may see."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from statistics import fmean
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Challenge, Competition
from ..extensions import db
from ..ground.remember import once_per_request
from ..judging.conflicts import conflicts
from ..judging.models import Judge, Review, Score
from ..judging.queries import (
    Outcome,
    Row,
    competed,
    counted_version,
    ranking_of,
    rules_of,
)
from ..judging.record import Method
from ..judging.rulebook import Criterion, Told
from ..mentoring.models import Mentor
from ..registrations.models import Registration
from ..submissions.models import Submission, Translation, Version
from ..submissions.telling import Telling, published_translations
from ..teams.models import Membership, Team
from .models import Announcement, Grade, Honour


@dataclass(frozen=True)
class Project:
    """What a team handed in, as the world may see it, and the honour it received."""

    version: Version
    honour: Honour | None = None
    translations: Mapping[str, Translation] = field(default_factory=dict)

    @property
    def telling(self) -> Telling:
        """Title, summary and warning in the reader's language, where they were translated."""
        return Telling(self.version.content, self.translations)

    @property
    def submission(self) -> Submission:
        return self.version.submission

    @property
    def team(self) -> Team:
        return self.version.submission.team

    @property
    def challenge(self) -> Challenge:
        return self.version.challenge

    @property
    def title(self) -> str:
        return self.version.content["title"]

    @property
    def summary(self) -> str:
        return self.version.content["summary"]

    @property
    def description(self) -> str:
        """Markdown."""
        return self.version.content["description"]

    @property
    def language(self) -> str:
        """The one the team wrote in."""
        return self.version.content["language"]

    @property
    def links(self) -> list[tuple[str, str]]:
        """(`repository`, `demonstration` or `video`, address) of those there are."""
        names = ("repository", "demonstration", "video")
        found = [(name, self.version.content.get(name, "")) for name in names]
        return [(name, address) for name, address in found if address]

    @property
    def warning(self) -> str:
        """What people should know before they read on; empty where there is nothing."""
        return self.version.content.get("warning", "")

    @property
    def pictures(self) -> list[dict[str, Any]]:
        """What the version froze of each, the cover first; see submissions/receipt.py."""
        found = [file for file in self.version.content["files"] if file.get("drawn")]
        return sorted(found, key=lambda file: not file.get("cover"))

    @property
    def cover(self) -> dict[str, Any] | None:
        """The picture that stands for the project: the team's choice, else its first."""
        return next(iter(self.pictures), None)

    @property
    def files(self) -> list[dict[str, Any]]:
        """What was handed in beside the pictures."""
        return [file for file in self.version.content["files"] if not file.get("drawn")]


# -- what was decided ------------------------------------------------------------------------


@once_per_request
def announcement_of(competition: Competition) -> Announcement | None:
    return db.session.scalar(
        select(Announcement).where(Announcement.competition_id == competition.id)
    )


def competing(competition: Competition, submissions: Collection[uuid.UUID]) -> bool:
    """Was one of these handed in, and does it count?"""
    if not submissions:
        return False
    query = (
        competed(competition).where(Submission.id.in_(submissions)).with_only_columns(Version.id)
    )
    return db.session.scalar(query.order_by(None).limit(1)) is not None


def honours_by_submission(competition: Competition) -> dict[uuid.UUID, Honour]:
    query = select(Honour).where(Honour.competition_id == competition.id)
    return {honour.submission_id: honour for honour in db.session.scalars(query)}


def digest_of(honours: Mapping[uuid.UUID, Honour]) -> str:
    """Stands for what was decided: other decisions, another digest."""
    decisions = sorted(f"{h.submission_id} {h.grade} {dict(h.citation)}" for h in honours.values())
    return hashlib.sha256("\n".join(decisions).encode()).hexdigest()


def honours_of(competition: Competition) -> list[tuple[Challenge, list[Project]]]:
    """The honoured projects of each challenge, winners first. Ask only behind `announced`."""
    rows = db.session.execute(
        competed(competition)
        .add_columns(Honour)
        .join(Honour, Honour.submission_id == Submission.id)
    )
    order = list(Grade)
    projects = sorted(
        projects_from((version, honour) for version, honour in rows),
        key=lambda p: (p.challenge.number, order.index(p.honour.grade), p.team.name_key),
    )
    return [(c, list(found)) for c, found in groupby(projects, key=lambda p: p.challenge)]


def uncited(competition: Competition) -> list[Project]:
    """The honoured projects whose citation is not there in both languages."""
    return [
        project
        for _, projects in honours_of(competition)
        for project in projects
        if project.honour and not project.honour.citation.complete
    ]


# -- what the ranking proposes ---------------------------------------------------------------


@dataclass(frozen=True)
class Tie:
    """Submissions of a challenge that share the place on which an honour depends."""

    challenge: Challenge
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Close:
    """Two neighbours whom the reviews cannot tell apart, and an honour lies between them.

    `probability`: that the one ahead is truly better.
    """

    ahead: Row
    behind: Row
    probability: float


@dataclass(frozen=True)
class Proposal:
    """The first of each challenge as winner, the next as outstanding; where they tie, nothing.

    Nothing either where the rules leave it to the jury's deliberation.
    """

    grades: dict[uuid.UUID, Grade]
    ties: tuple[Tie, ...]
    close: tuple[Close, ...]


def proposal_from(outcome: Outcome) -> Proposal:
    grades: dict[uuid.UUID, Grade] = {}
    ties = []
    if outcome.method is Method.DELIBERATION:
        return Proposal({}, (), ())
    for challenge, rows in outcome.by_challenge():
        for place, grade in enumerate(Grade, 1):
            there = tuple(row for row in rows if row.place == place)
            if len(there) == 1:
                grades[there[0].submission.id] = grade
            elif there:
                ties.append(Tie(challenge, there))
    rows_by_id = outcome.submissions
    close = tuple(
        Close(rows_by_id[pair.ahead], rows_by_id[pair.behind], pair.probability)
        for pair in outcome.told.undecided
        if grades.get(pair.ahead) and grades[pair.ahead] is not grades.get(pair.behind)
    )
    return Proposal(grades, tuple(ties), close)


# -- what the world sees ---------------------------------------------------------------------


def project_of(submission: Submission) -> Project | None:
    """What was handed in; None when nothing was."""
    version = counted_version(submission)
    if version is None:
        return None
    honour = db.session.scalar(select(Honour).where(Honour.submission_id == submission.id))
    return projects_from([(version, honour)])[0]


def project_by(team: Team) -> Project | None:
    submission = db.session.scalar(select(Submission).where(Submission.team_id == team.id))
    return project_of(submission) if submission else None


def projects_from(found: Iterable[tuple[Version, Honour | None]]) -> list[Project]:
    """Projects with what the organizers translated of them. One query, however many there are."""
    pairs = list(found)
    translations = published_translations(version.submission_id for version, _ in pairs)
    return [Project(v, honour, translations.get(v.submission_id, {})) for v, honour in pairs]


@dataclass(frozen=True)
class Mean:
    """On one criterion: the submission's mean and that of all submissions, each counting once.

    None without scores. `most` is the highest level.
    """

    criterion: Criterion
    own: float | None
    field: float | None
    most: int


def profile_of(submission: Submission, competition: Competition) -> list[Mean]:
    """How the submission did on each criterion, by the reviews that count."""
    barred, rules, version = (
        conflicts(competition),
        rules_of(competition),
        counted_version(submission),
    )
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
    means = {key: fmean(scores) for key, scores in given.items()}
    return [
        Mean(
            criterion,
            own=means.get((criterion.id, submission.id)),
            field=_mean(mean for (key, _), mean in means.items() if key == criterion.id),
            most=max(criterion.scale, default=5),
        )
        for criterion in (rules.criteria_for(version.challenge_id) if rules and version else [])
    ]


@dataclass(frozen=True)
class Seen:
    """Where a submission stands among those of its challenge that were reviewed: its place of
    `among`, and the third (1 is the upper one) in which that lies."""

    place: int
    among: int

    @property
    def third(self) -> int:
        return min(3, (self.place - 1) * 3 // self.among + 1)


def told_to_teams(competition: Competition) -> tuple[Told, ...]:
    """What the rules promise teams to see with the results."""
    rules = rules_of(competition)
    return rules.told if rules else ()


def standing_of(submission: Submission, competition: Competition) -> Seen | None:
    """The place by the rules; None without a review that counts."""
    outcome = ranking_of(competition)
    own = outcome.submissions.get(submission.id)
    if own is None or own.place is None:
        return None
    rows = [row for row in outcome.rows if row.challenge is own.challenge and row.place is not None]
    return Seen(own.place, len(rows))


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return fmean(found) if found else None


def comments_on(submission: Submission, competition: Competition) -> list[str]:
    """What judges wrote for the team.

    Without names, and in an order that is always the same but tells nothing of who or when.
    """
    reviews = _counted(submission, competition)
    return [review.comment for review in reviews if review.comment]


def remarks_on(
    submission: Submission, competition: Competition
) -> list[tuple[Criterion, list[str]]]:
    """What judges wrote on single criteria for the team to read, in an order that tells nothing."""
    rules = rules_of(competition)
    reviews = _counted(submission, competition)
    found = []
    for criterion in rules.criteria if rules else ():
        said = [
            score.comment
            for review in reviews
            for score in review.scores
            if score.criterion_id == criterion.id and score.comment
        ]
        if criterion.comment_shown and said:
            found.append((criterion, said))
    return found


def _counted(submission: Submission, competition: Competition) -> list[Review]:
    barred = conflicts(competition, submission=submission)
    reviews = db.session.scalars(
        select(Review)
        .where(Review.submission_id == submission.id, Review.completed_at.is_not(None))
        .options(selectinload(Review.scores))
    )
    counted = [r for r in reviews if (r.judge_id, r.submission_id) not in barred]
    return sorted(counted, key=lambda review: hashlib.sha256(review.id.bytes).digest())


# -- who is told -----------------------------------------------------------------------------


def projects_with_members(competition: Competition) -> list[Project]:
    """Everything handed in, with the people to write to."""
    rows = db.session.execute(
        competed(competition)
        .add_columns(Honour)
        .outerjoin(Honour, Honour.submission_id == Submission.id)
        .options(
            joinedload(Version.submission)
            .joinedload(Submission.team)
            .selectinload(Team.memberships)
            .joinedload(Membership.registration)
            .joinedload(Registration.user)
        )
    )
    return [Project(version, honour) for version, honour in rows]


def judges_and_mentors(competition: Competition) -> list[User]:
    """The people who accompanied or judged the teams, each once."""
    judges = select(Judge.user_id).where(
        Judge.competition_id == competition.id, Judge.dismissed_at.is_(None)
    )
    mentors = select(Mentor.user_id).where(Mentor.competition_id == competition.id)
    query = select(User).where(or_(User.id.in_(judges), User.id.in_(mentors)))
    return list(db.session.scalars(query.order_by(User.name, User.id)))
