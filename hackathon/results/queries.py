"""Reads about honours: what can be won, what was decided, what the world may see."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from statistics import fmean
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Challenge, Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.remember import once_per_request
from ..judging.conflicts import conflicts
from ..judging.models import Judge, Review, Score
from ..judging.queries import (
    competed,
    counted_version,
    ranking_of,
    rules_of,
)
from ..judging.rulebook import Criterion, Told
from ..mentoring.models import Mentor
from ..post.models import Letter
from ..registrations.models import Registration
from ..submissions.models import Submission, Translation, Version
from ..submissions.telling import Telling, published_translations
from ..teams.models import Membership, Team
from .models import (
    Announcement,
    Claim,
    Confirmation,
    Decision,
    Delivery,
    Honour,
    Prize,
    PrizeRuling,
    Reply,
    Span,
)


@dataclass(frozen=True)
class Project:
    """What a team handed in, as the world may see it, and the honours it received, best first."""

    version: Version
    honours: Sequence[Honour] = ()
    translations: Mapping[str, Translation] = field(default_factory=dict)

    @property
    def honour(self) -> Honour | None:
        """The best of them."""
        return next(iter(self.honours), None)

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


def _rank(honour: Honour) -> Any:
    """Which honour comes first: by the organizers' order of prizes, then by place."""
    prize = honour.prize
    return prize.position, prize.id, honour.place or 0


def competing(competition: Competition, submissions: Collection[uuid.UUID]) -> bool:
    """Was one of these handed in, and does it count?"""
    if not submissions:
        return False
    query = (
        competed(competition).where(Submission.id.in_(submissions)).with_only_columns(Version.id)
    )
    return db.session.scalar(query.order_by(None).limit(1)) is not None


def _given(competition: Competition) -> list[Honour]:
    """The honours of what counts, the best first."""
    query = (
        select(Honour)
        .join(Honour.submission)
        .where(Honour.competition_id == competition.id, Submission.stands)
    )
    return sorted(db.session.scalars(query), key=lambda h: (*_rank(h), h.submission_id))


def honours_by_submission(competition: Competition) -> dict[uuid.UUID, list[Honour]]:
    """What each honoured submission receives, the best first."""
    found: defaultdict[uuid.UUID, list[Honour]] = defaultdict(list)
    for honour in _given(competition):
        found[honour.submission_id].append(honour)
    return dict(found)


def honours_by_prize(competition: Competition) -> dict[uuid.UUID, list[Honour]]:
    """Who receives each prize that somebody does, by place, then by key."""
    found: defaultdict[uuid.UUID, list[Honour]] = defaultdict(list)
    for honour in _given(competition):
        found[honour.prize_id].append(honour)
    return dict(found)


def digest_of(honours: Iterable[Honour]) -> str:
    """Stands for what was decided: other decisions, another digest."""
    decisions = sorted(
        f"{h.prize_id} {h.submission_id} {h.place} {dict(h.citation)}" for h in honours
    )
    return hashlib.sha256("\n".join(decisions).encode()).hexdigest()


def honours_of(competition: Competition) -> list[tuple[Challenge | None, list[Project]]]:
    """The honoured projects: first those with prizes among all (no challenge), then those of each
    challenge; in each group the best first, with the honours of that group. Ask only behind
    `announced`."""
    given = honours_by_submission(competition)
    versions = db.session.scalars(competed(competition).where(Submission.id.in_(given)))
    projects = projects_from((version, given[version.submission_id]) for version in versions)
    groups: defaultdict[Challenge | None, list[Project]] = defaultdict(list)
    for project in projects:
        for challenge in (None, project.challenge):
            of_all = challenge is None
            own = [h for h in project.honours if (h.prize.span is Span.ALL) is of_all]
            if own:
                groups[challenge].append(replace(project, honours=own))
    for group in groups.values():
        group.sort(key=lambda p: (*_rank(p.honours[0]), p.team.name_key))
    return sorted(groups.items(), key=lambda item: item[0].number if item[0] else 0)


def uncited(competition: Competition) -> list[tuple[Project, Honour]]:
    """The honours whose citation is not there in both languages."""
    return [
        (project, honour)
        for _, projects in honours_of(competition)
        for project in projects
        for honour in project.honours
        if not honour.citation.complete
    ]


# -- prizes and decisions --------------------------------------------------------------------


def prizes_of(competition: Competition) -> list[Prize]:
    """In the organizers' order."""
    query = (
        select(Prize)
        .where(Prize.competition_id == competition.id)
        .options(joinedload(Prize.challenge), joinedload(Prize.partner))
        .order_by(Prize.position, Prize.id)
    )
    return list(db.session.scalars(query))


def is_given(prize: Prize) -> bool:
    """Does anybody receive it, also somebody who does not count any more?"""
    query = select(func.count()).where(Honour.prize_id == prize.id)
    return bool(db.session.scalar(query))


def last_rulings(competition: Competition) -> dict[uuid.UUID, PrizeRuling]:
    """What was last decided on each prize that was decided on."""
    query = (
        select(PrizeRuling)
        .join(PrizeRuling.prize)
        .where(Prize.competition_id == competition.id)
        .options(joinedload(PrizeRuling.by))
        .order_by(PrizeRuling.created_at, PrizeRuling.id)
    )
    return {ruling.prize_id: ruling for ruling in db.session.scalars(query)}


def rulings_on(prize: Prize) -> list[PrizeRuling]:
    """Everything that was decided on the prize, the newest first."""
    query = (
        select(PrizeRuling)
        .where(PrizeRuling.prize_id == prize.id)
        .options(joinedload(PrizeRuling.by))
        .order_by(PrizeRuling.created_at.desc(), PrizeRuling.id.desc())
    )
    return list(db.session.scalars(query))


def decisions_of(competition: Competition) -> list[Decision]:
    """What was sealed, the newest first."""
    query = (
        select(Decision)
        .where(Decision.competition_id == competition.id)
        .options(
            joinedload(Decision.by), joinedload(Decision.confirmation).joinedload(Confirmation.by)
        )
        .order_by(Decision.number.desc())
    )
    return list(db.session.scalars(query))


def last_decision(competition: Competition) -> Decision | None:
    return next(iter(decisions_of(competition)), None)


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """The names of those of these accounts that still exist, by their keys."""
    wanted = [uuid.UUID(key) for key in keys]
    query = select(User).where(User.id.in_(wanted), User.deleted_at.is_(None))
    return {str(user.id): user.name for user in db.session.scalars(query)}


# -- what the world sees ---------------------------------------------------------------------


def project_of(submission: Submission) -> Project | None:
    """What was handed in; None when nothing was."""
    version = counted_version(submission)
    if version is None:
        return None
    query = select(Honour).where(Honour.submission_id == submission.id)
    return projects_from([(version, sorted(db.session.scalars(query), key=_rank))])[0]


def project_by(team: Team) -> Project | None:
    submission = db.session.scalar(select(Submission).where(Submission.team_id == team.id))
    return project_of(submission) if submission else None


def projects_from(found: Iterable[tuple[Version, Sequence[Honour]]]) -> list[Project]:
    """Projects with what the organizers translated of them. One query, however many there are."""
    pairs = list(found)
    translations = published_translations(version.submission_id for version, _ in pairs)
    return [Project(v, honours, translations.get(v.submission_id, {})) for v, honours in pairs]


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


# -- what becomes of prizes ------------------------------------------------------------------

REMINDER_PAUSE = timedelta(days=1)


def to_hand_over(competition: Competition) -> list[Honour]:
    """The honours that come with something, with the team's answer and what was delivered: first
    those that still wait."""
    query = (
        select(Honour)
        .join(Honour.submission)
        .where(Honour.competition_id == competition.id, Submission.stands)
        .options(
            joinedload(Honour.submission)
            .joinedload(Submission.team)
            .selectinload(Team.memberships)
            .joinedload(Membership.registration)
            .joinedload(Registration.user),
            joinedload(Honour.prize).joinedload(Prize.partner),
            joinedload(Honour.claim).joinedload(Claim.by),
            joinedload(Honour.delivery).joinedload(Delivery.by),
        )
    )
    found = [honour for honour in db.session.scalars(query) if honour.prize.gift]
    return sorted(found, key=lambda h: (_step(h), *_rank(h), h.submission.team.name_key))


def _step(honour: Honour) -> int:
    """0: no answer; 1: accepted; 2: delivered; 3: declined."""
    if honour.delivery is not None:
        return 2
    if honour.claim is None:
        return 0
    return 1 if honour.claim.reply is Reply.ACCEPTED else 3


def prizes_of_team(team: Team) -> list[Honour]:
    """What the team won that comes with something. Ask only behind `announced`."""
    return [h for h in to_hand_over(team.competition) if h.submission.team_id == team.id]


def unanswered(competition: Competition) -> list[Honour]:
    """What teams won and have said nothing to."""
    return [h for h in to_hand_over(competition) if h.claim is None and h.delivery is None]


def reminded_of_prizes(competition: Competition) -> set[uuid.UUID]:
    """The people who had a reminder so recently that another would be a nuisance."""
    return set(
        db.session.scalars(
            select(Letter.recipient_id).where(
                Letter.name == "prize_unclaimed",
                Letter.competition_id == competition.id,
                Letter.recipient_id.is_not(None),
                Letter.created_at > now() - REMINDER_PAUSE,
            )
        )
    )


# -- who is told -----------------------------------------------------------------------------


def projects_with_members(competition: Competition) -> list[Project]:
    """Everything handed in, with the people to write to."""
    given = honours_by_submission(competition)
    versions = db.session.scalars(
        competed(competition).options(
            joinedload(Version.submission)
            .joinedload(Submission.team)
            .selectinload(Team.memberships)
            .joinedload(Membership.registration)
            .joinedload(Registration.user)
        )
    )
    return [Project(version, given.get(version.submission_id, ())) for version in versions]


def judges_and_mentors(competition: Competition) -> list[User]:
    """The people who accompanied or judged the teams, each once."""
    judges = select(Judge.user_id).where(
        Judge.competition_id == competition.id, Judge.dismissed_at.is_(None)
    )
    mentors = select(Mentor.user_id).where(Mentor.competition_id == competition.id)
    query = select(User).where(or_(User.id.in_(judges), User.id.in_(mentors)))
    return list(db.session.scalars(query.order_by(User.name, User.id)))
