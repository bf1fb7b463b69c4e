"""Reads about judges, their reviews, and the ranking that comes of them."""

import hashlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from functools import cache, cached_property
from itertools import groupby, pairwise
from statistics import fmean, pstdev
from types import MappingProxyType
from typing import Any

from flask import current_app
from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    bindparam,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, Round
from ..competitions.queries import opening_of
from ..competitions.timetable import Opening
from ..extensions import db
from ..ground.by_content import Made
from ..ground.clock import now
from ..ground.remember import once_per_request
from ..post.models import Letter
from ..registrations.models import Registration
from ..submissions.models import Submission, Version
from ..teams.models import Membership, Team
from . import assignment, ranking, rulebook, strength
from .conflicts import Pair, conflicts
from .models import (
    Abstention,
    ConditionAnswer,
    Declaration,
    Entry,
    Judge,
    JudgeInvitation,
    Problem,
    Review,
    ReviewChange,
    RulesVersion,
    Score,
    Selection,
    Way,
)
from .record import Method, code_version, record, rests_on_comparisons
from .rulebook import Rules
from .ties import Place, places

REMINDER_PAUSE = timedelta(hours=1)

SAID_OF_WORK = ("problem_reported", "review_given_back")
"""Letters to organizers that hold what a judge says of a submission."""

# -- the rules -------------------------------------------------------------------------------


def round_key(competition_id: Any) -> ScalarSelect[uuid.UUID]:
    """The key of the round that is judged, inside a statement: the last one whose submissions were
    selected, else the first."""
    judged = aliased(Round)  # so that it is another one than that of the statement around it
    return (
        select(judged.id)
        .outerjoin(Selection, Selection.round_id == judged.id)
        .where(
            judged.competition_id == competition_id,
            or_(judged.position == 1, Selection.id.is_not(None)),
        )
        .order_by(judged.position.desc())
        .limit(1)
        .scalar_subquery()
    )


_ROUND = select(Round).where(Round.id == round_key(bindparam("competition")))


@once_per_request
def round_of(competition: Competition) -> Round:
    """The round that is judged: see `round_key`. Reads that take a `round_` mean this one where
    none is given."""
    return db.session.scalars(_ROUND, {"competition": competition.id}).one()


def judging_of(competition: Competition) -> Opening:
    """When the round that is judged is open."""
    return opening_of(competition, round_of(competition).gate)


def judged_rounds(competition: Competition) -> list[Round]:
    """The round that is judged, and those before it."""
    last = round_of(competition).position
    return [each for each in competition.rounds if each.position <= last]


def versions_of(competition: Competition, round_: Round | None = None) -> list[RulesVersion]:
    """Every version of the rules of a round that was published, the last one first."""
    query = (
        select(RulesVersion)
        .where(RulesVersion.round_id == (round_ or round_of(competition)).id)
        .options(joinedload(RulesVersion.by))
        .order_by(RulesVersion.number.desc())
    )
    return list(db.session.scalars(query))


def holds(round_id: Any) -> ColumnElement[bool]:
    """Inside a statement: the last version of the rules of the round that was published."""
    every = aliased(RulesVersion)
    last = select(every.id).where(every.round_id == round_id).order_by(every.number.desc()).limit(1)
    return RulesVersion.id == last.scalar_subquery()


_HOLDS = select(RulesVersion).where(holds(bindparam("round")))


@once_per_request
def version_in(round_id: uuid.UUID) -> RulesVersion | None:
    """The last version of the rules of the round that was published."""
    return db.session.scalar(_HOLDS, {"round": round_id})


def version_in_force(competition: Competition, round_: Round | None = None) -> RulesVersion | None:
    """The last version of the rules of a round that was published."""
    return version_in((round_ or round_of(competition)).id)


_read: Made[Rules] = Made(64)


def rules_in(round_id: uuid.UUID) -> Rules | None:
    """The rules that hold in the round; None before they are published."""
    version = version_in(round_id)
    return _read.of(version.digest, lambda: rulebook.read(version.content)) if version else None


def rules_of(competition: Competition, round_: Round | None = None) -> Rules | None:
    """The same, of the round that is judged where none is given."""
    return rules_in((round_ or round_of(competition)).id)


def criteria_of(competition: Competition, round_: Round | None = None) -> list[rulebook.Criterion]:
    """Every criterion of the rules that hold, those of single challenges among them."""
    rules = rules_of(competition, round_)
    return list(rules.criteria) if rules else []


def draft_of(competition: Competition, round_: Round | None = None) -> Rules:
    """What the next version of the rules would say."""
    round_ = round_ or round_of(competition)
    return rulebook.drafted(round_, round_.criteria, round_.conditions)


def used_in(round_: Round) -> set[uuid.UUID]:
    """The criteria that have scores and the conditions that have answers."""
    scored = select(Score.criterion_id).join(Score.review).where(Review.round_id == round_.id)
    answered = (
        select(ConditionAnswer.condition_id)
        .join(ConditionAnswer.review)
        .where(Review.round_id == round_.id)
    )
    return {*db.session.scalars(scored.distinct()), *db.session.scalars(answered.distinct())}


def scored_in(round_: Round) -> bool:
    """Has anybody given a score yet? From then on the rules are frozen."""
    query = select(Score.id).join(Score.review).where(Review.round_id == round_.id).limit(1)
    return db.session.scalar(query) is not None


def in_use(round_: Round) -> bool:
    """Was anything announced, selected or given to judges in it?"""
    return any(
        db.session.scalar(select(kind.id).where(kind.round_id == round_.id).limit(1))
        for kind in (Review, RulesVersion, Selection)
    )


@dataclass(frozen=True)
class Refusal:
    """A judge says that a submission does not meet a condition, and why."""

    judge: Judge
    condition: rulebook.Condition
    reason: str


def refusals_in(
    competition: Competition, round_: Round | None = None
) -> dict[uuid.UUID, list[Refusal]]:
    """What judges said no to in completed reviews without a conflict, by submission."""
    rules = rules_of(competition, round_)
    known = {each.id: each for each in rules.conditions} if rules else {}
    if not known:
        return {}
    barred = conflicts(competition)
    found: defaultdict[uuid.UUID, list[Refusal]] = defaultdict(list)
    for answer in db.session.scalars(
        select(ConditionAnswer)
        .join(ConditionAnswer.review)
        .join(Review.judge)
        .where(
            Judge.competition_id == competition.id,
            Review.completed_at.is_not(None),
            ConditionAnswer.met.is_(False),
            ConditionAnswer.condition_id.in_(known),
        )
        .options(joinedload(ConditionAnswer.review).joinedload(Review.judge).joinedload(Judge.user))
        .order_by(ConditionAnswer.created_at, ConditionAnswer.id)
    ):
        review = answer.review
        if (review.judge_id, review.submission_id) not in barred:
            found[review.submission_id].append(
                Refusal(review.judge, known[answer.condition_id], answer.reason)
            )
    return dict(found)


# -- judges and their reviews ----------------------------------------------------------------


@once_per_request
def judge_of(user: User, competition: Competition) -> Judge | None:
    """The person as a judge of the competition, unless dismissed."""
    return db.session.scalar(_JUDGE, {"user": user.id, "competition": competition.id})


_JUDGE = select(Judge).where(
    Judge.user_id == bindparam("user"),
    Judge.competition_id == bindparam("competition"),
    Judge.dismissed_at.is_(None),
)


@once_per_request
def review_of(judge: Judge, submission: Submission, round_: Round | None = None) -> Review | None:
    """What the judge was given to read in a round, if it is this."""
    return db.session.scalar(
        select(Review).where(
            Review.judge_id == judge.id,
            Review.submission_id == submission.id,
            Review.round_id == (round_ or round_of(judge.competition)).id,
        )
    )


@once_per_request
def reviews_between(judge: Judge, submission: Submission) -> list[Review]:
    """The judge's reviews of the submission, in every round that both were in."""
    return list(
        db.session.scalars(
            select(Review)
            .join(Review.round)
            .where(Review.judge_id == judge.id, Review.submission_id == submission.id)
            .order_by(Round.position)
        )
    )


def sitting(competition: Competition) -> Select[tuple[Judge]]:
    """The judges who were not dismissed, by name, with the challenges they read."""
    return (
        select(Judge)
        .join(Judge.user)
        .where(Judge.competition_id == competition.id, Judge.dismissed_at.is_(None))
        .options(joinedload(Judge.user), selectinload(Judge.challenges))
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


def guests_of(competitions: Collection[Competition]) -> list[User]:
    """Those who judged by a personal link in one of these competitions and in no other."""
    keys = [competition.id for competition in competitions]
    elsewhere = aliased(Judge)
    query = (
        select(User)
        .join(Judge, Judge.user_id == User.id)
        .join(JudgeInvitation, JudgeInvitation.judge_id == Judge.id)
        .where(
            Judge.competition_id.in_(keys),
            JudgeInvitation.way == Way.LINK,
            User.confirmed_at.is_(None),
            User.deleted_at.is_(None),
            ~select(elsewhere.id)
            .where(elsewhere.user_id == User.id, elsewhere.competition_id.not_in(keys))
            .exists(),
        )
        .distinct()
    )
    return list(db.session.scalars(query))


def competed(competition: Competition, round_: Round | None = None) -> Select[tuple[Version]]:
    """What competes: of every submission that stands, the last version handed in; by team. With a
    round, only what came into it."""
    query = select(Version).join(Version.submission).join(Submission.team)
    return with_works(query.where(*_competes(competition, round_)).order_by(Team.name_key))


def _competes(competition: Competition, round_: Round | None) -> list[ColumnElement[bool]]:
    """What limits versions, joined with their submissions, to those that compete."""
    return [
        Submission.competition_id == competition.id,
        Submission.stands,
        Version.number == _latest(Version),
        *came_into(round_),
    ]


def competing_teams(competition: Competition, round_: Round) -> Select[Any]:
    """Of what competes the id, its team's name and its key, and the challenge's id; by team."""
    return (
        select(
            cast(Submission.id, String).label("submission"),
            *(Team.name, Team.name_key, cast(Version.challenge_id, String).label("challenge")),
        )
        .select_from(Version)
        .join(Version.submission)
        .join(Submission.team)
        .where(*_competes(competition, round_))
        .order_by(Team.name_key)
    )


def with_works(versions: Select[tuple[Version]]) -> Select[tuple[Version]]:
    """With what every list of them shows: submission, team and challenge."""
    return versions.options(
        joinedload(Version.submission).joinedload(Submission.team),
        joinedload(Version.challenge),
    )


def _latest(version: Any) -> ScalarSelect[int]:
    """The number of the last version of the same submission, inside a statement about `version`."""
    numbered = aliased(Version)
    return (
        select(func.max(numbered.number))
        .where(numbered.submission_id == version.submission_id)
        .correlate(version)
        .scalar_subquery()
    )


@once_per_request
def limit_of(round_: Round) -> tuple[uuid.UUID, ...]:
    """The challenges whose submissions alone can come into the round: by the rules that hold, and
    before any were published by the draft. None means those of any."""
    version = version_in_force(round_.competition, round_)
    if version is None:
        return tuple(each.id for each in round_.challenges)
    reach = version.content.get("reach") or {"challenges": []}
    return tuple(uuid.UUID(each) for each in reach["challenges"])


def came_into(round_: Round | None) -> list[ColumnElement[bool]]:
    """What limits submissions to those of a round: in the first its challenges, later what was
    selected."""
    if round_ is None:
        return []
    if round_.position == 1:
        if not (limit := limit_of(round_)):
            return []
        last = aliased(Version)
        answers = select(last.submission_id).where(
            last.number == _latest(last), last.challenge_id.in_(limit)
        )
        return [Submission.id.in_(answers)]
    selected = select(Entry.submission_id).join(Entry.selection)
    return [Submission.id.in_(selected.where(Selection.round_id == round_.id, Entry.enters))]


def left_out(round_: Round, limit: Collection[uuid.UUID]) -> list[Team]:
    """The teams whose submissions judges were given in the round, to none of these challenges."""
    query = (
        select(Team)
        .join(Submission, Submission.team_id == Team.id)
        .join(Version, Version.submission_id == Submission.id)
        .where(
            exists().where(Review.submission_id == Submission.id, Review.round_id == round_.id),
            Version.number == _latest(Version),
            Version.challenge_id.not_in(limit),
        )
        .order_by(Team.name_key)
    )
    return list(db.session.scalars(query)) if limit else []


def selection_of(round_: Round) -> Selection | None:
    return db.session.scalar(select(Selection).where(Selection.round_id == round_.id))


def considered(selection: Selection) -> list[tuple[Team, bool]]:
    """The teams whose submissions could come into the round and still stand, with whether they do;
    by name."""
    round_ = selection.round
    competition = round_.competition
    before = counted_versions(competition, competition.rounds[round_.position - 2])
    limit = limit_of(round_)
    versions = [each for each in before if not limit or each.challenge_id in limit]
    entering = {each.submission_id for each in selection.entries if each.enters}
    return [
        (version.submission.team, version.submission_id in entering)
        for version in sorted(
            [*versions, *straight_in(round_)], key=lambda each: each.submission.team.name_key
        )
    ]


def straight_in(round_: Round) -> list[Version]:
    """What comes into a later round without having been judged: to challenges that it takes and no
    round before it took; by team."""
    competition = round_.competition
    limits = [limit_of(each) for each in competition.rounds[: round_.position - 1]]
    if not all(limits):
        return []
    judged, limit = {key for each in limits for key in each}, limit_of(round_)
    return [
        version
        for version in counted_versions(competition)
        if version.challenge_id not in judged and (not limit or version.challenge_id in limit)
    ]


def selections_of(competition: Competition) -> list[Selection]:
    """What was selected for each later round, in their order."""
    query = (
        select(Selection)
        .join(Selection.round)
        .where(Round.competition_id == competition.id)
        .options(
            contains_eager(Selection.round),
            selectinload(Selection.entries),
            joinedload(Selection.by),
        )
        .order_by(Round.position)
    )
    return list(db.session.scalars(query))


def is_in(submission: Submission, round_: Round) -> bool:
    query = select(Submission.id).where(Submission.id == submission.id, *came_into(round_))
    return db.session.scalar(query) is not None


@once_per_request
def last_rounds(competition: Competition) -> dict[uuid.UUID, Round]:
    """The last round into which each submission came that got beyond the first, by its id."""
    rows = db.session.execute(
        select(Entry.submission_id, Round)
        .join(Entry.selection)
        .join(Selection.round)
        .where(Round.competition_id == competition.id, Entry.enters)
        .order_by(Round.position)
    )
    return {submission_id: round_ for submission_id, round_ in rows}


def last_round_of(submission: Submission) -> Round:
    """The last round into which the submission came."""
    competition = submission.competition
    return last_rounds(competition).get(submission.id) or competition.rounds[0]


def counted_versions(competition: Competition, round_: Round | None = None) -> list[Version]:
    return list(db.session.scalars(competed(competition, round_)))


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


def of_last_version(submission_id: Any) -> Select[tuple[uuid.UUID | None]]:
    """The challenge of the last version that was handed in."""
    return (
        select(Version.challenge_id)
        .where(Version.submission_id == submission_id)
        .order_by(Version.number.desc())
        .limit(1)
    )


_CHALLENGE = of_last_version(bindparam("submission"))


@once_per_request
def challenge_judged(submission: Submission) -> uuid.UUID | None:
    """The challenge of the version that is judged, of a submission that counts."""
    return db.session.scalar(_CHALLENGE, {"submission": submission.id})


def teams_judged(competition: Competition) -> list[Team]:
    """The teams whose submissions are judged, with their members, by name."""
    query = (
        select(Team)
        .join(Submission, Submission.team_id == Team.id)
        .where(
            Submission.competition_id == competition.id,
            Submission.stands,
            Submission.versions.any(),
        )
        .options(
            selectinload(Team.memberships)
            .joinedload(Membership.registration)
            .joinedload(Registration.user)
        )
        .order_by(Team.name_key)
    )
    return list(db.session.scalars(query))


def reviews_by(judge: Judge, round_: Round | None = None) -> list[tuple[Review, Version]]:
    """What the judge reads, each with the version that counts, by team: an order that stays."""
    rows = db.session.execute(
        competed(judge.competition)
        .add_columns(Review)
        .join(Review, Review.submission_id == Submission.id)
        .where(
            Review.judge_id == judge.id,
            Review.round_id == (round_ or round_of(judge.competition)).id,
        )
    )
    return [(review, version) for version, review in rows]


@dataclass(frozen=True)
class Neighbours:
    """Where one review stands among all that its judge has to do: those before and after it, the
    next one that is not completed, its place, and how many there are."""

    before: Review | None
    after: Review | None
    to_do: Review | None
    place: int
    number: int


def neighbours_of(
    review: Review, arranged: Callable[[list[Review]], list[Review]] = list
) -> Neighbours:
    """By team, or as they are `arranged`: an order that stays while reviews are completed. What is
    barred is left out."""
    judge = review.judge
    query = (
        select(Review)
        .join(Review.submission)
        .join(Submission.team)
        .where(Review.judge_id == judge.id, Review.round_id == review.round_id, Submission.stands)
        .order_by(Team.name_key)
    )
    barred = conflicts(judge.competition, judge=judge)
    row = arranged(
        [each for each in db.session.scalars(query) if (judge.id, each.submission_id) not in barred]
    )
    at = row.index(review)
    around = [*row[at + 1 :], *row[:at]]
    return Neighbours(
        before=row[at - 1] if at else None,
        after=row[at + 1] if at + 1 < len(row) else None,
        to_do=next((each for each in around if each.completed_at is None), None),
        place=at + 1,
        number=len(row),
    )


def abstention_of(judge: Judge, submission: Submission) -> Abstention | None:
    return db.session.scalar(
        select(Abstention).where(
            Abstention.judge_id == judge.id, Abstention.submission_id == submission.id
        )
    )


def abstentions(
    competition: Competition, *, submission: Submission | None = None
) -> dict["Pair", Abstention]:
    """What judges gave back: (judge id, submission id) → why. Of the competition, or of one
    submission."""
    query = (
        select(Abstention)
        .join(Abstention.judge)
        .where(Judge.competition_id == competition.id)
        .options(
            contains_eager(Abstention.judge).joinedload(Judge.user),
            joinedload(Abstention.submission).joinedload(Submission.team),
        )
        .order_by(Abstention.created_at)
    )
    if submission is not None:
        query = query.where(Abstention.submission_id == submission.id)
    return {(each.judge_id, each.submission_id): each for each in db.session.scalars(query)}


def problems_of(
    competition: Competition, withheld: Collection[uuid.UUID] = frozenset()
) -> Select[tuple[Problem]]:
    """What judges reported: what is open first, then what was settled last. Without the `withheld`
    submissions."""
    return (
        select(Problem)
        .join(Problem.judge)
        .where(Judge.competition_id == competition.id, Problem.submission_id.not_in(withheld))
        .options(
            contains_eager(Problem.judge).joinedload(Judge.user),
            joinedload(Problem.submission).joinedload(Submission.team),
            joinedload(Problem.settled_by),
        )
        .order_by(Problem.settled_at.is_not(None), Problem.settled_at.desc(), Problem.created_at)
    )


SILENT = timedelta(hours=12)
"""After which a review that was begun and not completed is odd."""


def silent_reviews(
    competition: Competition, withheld: Collection[uuid.UUID] = frozenset()
) -> list[Review]:
    """The reviews that were begun, are not completed, and were not touched for `SILENT`; the
    longest silent first. Without those of the `withheld` submissions."""
    query = (
        select(Review)
        .join(Review.judge)
        .join(Review.submission)
        .where(
            Judge.competition_id == competition.id,
            Judge.dismissed_at.is_(None),
            Submission.stands,
            Review.round_id == round_of(competition).id,
            Review.completed_at.is_(None),
            Review.touched_at < now() - SILENT,
            Review.submission_id.not_in(withheld),
        )
        .options(
            contains_eager(Review.judge).joinedload(Judge.user),
            contains_eager(Review.submission).joinedload(Submission.team),
        )
        .order_by(Review.touched_at)
    )
    return list(db.session.scalars(query))


def spread_of(
    judge: Judge, criteria: Collection[rulebook.Criterion]
) -> list[tuple[rulebook.Criterion, dict[int, int]]]:
    """How often the judge gave each level of each criterion, in what they have scored so far."""
    query = (
        select(Score.criterion_id, Score.score, func.count())
        .join(Score.review)
        .join(Review.submission)
        .where(
            Review.judge_id == judge.id,
            Submission.stands,
            Score.criterion_id.in_([each.id for each in criteria]),
        )
        .group_by(Score.criterion_id, Score.score)
    )
    given: defaultdict[uuid.UUID, dict[int, int]] = defaultdict(dict)
    for criterion_id, level, number in db.session.execute(query):
        given[criterion_id][level] = number
    return [
        (each, {level.score: given[each.id].get(level.score, 0) for level in each.levels})
        for each in criteria
    ]


def given_by(judge: Judge) -> tuple[int, int]:
    """How many reviews the judge completed, and to how many others they gave a level, of whatever
    round."""
    scored = exists().where(Score.review_id == Review.id)
    completed, begun = db.session.execute(
        select(
            func.count(Review.completed_at),
            func.count().filter(Review.completed_at.is_(None), scored),
        ).where(Review.judge_id == judge.id)
    ).one()
    return completed, begun


def changes_of(review: Review) -> list[ReviewChange]:
    """How the review came to say what it says, the last change first."""
    query = (
        select(ReviewChange)
        .where(ReviewChange.review_id == review.id)
        .order_by(ReviewChange.created_at.desc(), ReviewChange.id.desc())
    )
    return list(db.session.scalars(query))


def problems_by(judge: Judge, submission: Submission) -> list[Problem]:
    """What the judge reported about the submission, the first first."""
    query = (
        select(Problem)
        .where(Problem.judge_id == judge.id, Problem.submission_id == submission.id)
        .order_by(Problem.created_at)
    )
    return list(db.session.scalars(query))


def undeclared(judge: Judge, *, everything: bool = False) -> list[Version]:
    """What the judge has to read, or could have to, and did not yet say whether they are in
    conflict with it; by team. What they are barred from already is not asked."""
    mine = (
        Review.judge_id == judge.id,
        Review.submission_id == Submission.id,
        Review.round_id == round_of(judge.competition).id,
    )
    query = competed(judge.competition).where(
        ~exists().where(
            Declaration.judge_id == judge.id, Declaration.submission_id == Submission.id
        ),
        ~exists().where(*mine, Review.completed_at.is_not(None)),
    )
    if not everything:
        query = query.where(exists().where(*mine))
    barred = conflicts(judge.competition, judge=judge)
    return [
        version
        for version in db.session.scalars(query)
        if (judge.id, version.submission_id) not in barred
    ]


def organizations_of(submissions: Iterable[Submission]) -> dict[uuid.UUID, list[str]]:
    """Which organizations the people of each submission's team come from, by its id."""
    found: defaultdict[uuid.UUID, list[str]] = defaultdict(list)
    for submission_id, name in db.session.execute(
        select(Submission.id, User.organization)
        .join(Membership, Membership.team_id == Submission.team_id)
        .join(Registration, Registration.id == Membership.registration_id)
        .join(User, User.id == Registration.user_id)
        .where(
            Submission.id.in_([submission.id for submission in submissions]),
            User.organization.is_not(None),
            User.organization != "",
        )
        .order_by(User.organization)
        .distinct()
    ):
        found[submission_id].append(name)
    return dict(found)


def reviews_for(submission: Submission, round_: Round | None = None) -> list[Review]:
    """Everything judges said of the submission in a round, dismissed judges included."""
    round_ = round_ or round_of(submission.competition)
    query = (
        select(Review)
        .where(Review.submission_id == submission.id, Review.round_id == round_.id)
        .options(
            joinedload(Review.judge).joinedload(Judge.user),
            selectinload(Review.scores),
            selectinload(Review.answers),
            selectinload(Review.changes),
        )
        .order_by(Review.created_at, Review.id)
    )
    return list(db.session.scalars(query))


def completed_reviews(competition: Competition) -> set[Pair]:
    """(judge id, submission id) of the reviews that are completed, of whatever round."""
    rows = db.session.execute(
        select(Review.judge_id, Review.submission_id)
        .join(Review.judge)
        .where(Judge.competition_id == competition.id, Review.completed_at.is_not(None))
    )
    return {(judge_id, submission_id) for judge_id, submission_id in rows}


def submissions_by_id(competition: Competition) -> dict[uuid.UUID, Submission]:
    """Every submission with its team, drafts too."""
    query = (
        select(Submission)
        .where(Submission.competition_id == competition.id)
        .options(joinedload(Submission.team))
    )
    return {submission.id: submission for submission in db.session.scalars(query)}


@dataclass(frozen=True)
class Progress:
    """How many of the reviews assigned are completed."""

    done: int = 0
    assigned: int = 0

    @property
    def left(self) -> int:
        return self.assigned - self.done


def progress_by_judge(
    competition: Competition, round_: Round | None = None
) -> defaultdict[uuid.UUID, Progress]:
    return _progress(competition, Review.judge_id, round_)


def progress_by_submission(
    competition: Competition, round_: Round | None = None
) -> defaultdict[uuid.UUID, Progress]:
    return _progress(competition, Review.submission_id, round_)


def _progress(
    competition: Competition, of: Any, round_: Round | None
) -> defaultdict[uuid.UUID, Progress]:
    rows = db.session.execute(
        select(of, func.count(Review.completed_at), func.count())
        .join(Review.judge)
        .join(Review.submission)
        .where(
            Judge.competition_id == competition.id,
            Review.round_id == (round_ or round_of(competition)).id,
            Submission.stands,
        )
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


# -- who reads what --------------------------------------------------------------------------


class Manner(StrEnum):
    """What a proposal is for: so many reviews for everyone, mending, or more where it counts."""

    FILL = "fill"
    REPAIR = "repair"
    WAVE = "wave"


@dataclass(frozen=True)
class Wish:
    """What the organizers ask of a proposal.

    `number` is how many reviews each submission should have, in a second wave how many further ones
    there are in all. `moves` are changes made by hand to what comes of that.
    """

    number: int
    manner: Manner = Manner.FILL
    moves: tuple["Move", ...] = ()


@dataclass(frozen=True)
class Move:
    """By hand: one judge reads one submission, or does not."""

    judge: uuid.UUID
    submission: uuid.UUID
    adds: bool

    @property
    def pair(self) -> assignment.Assignment:
        return assignment.Assignment(self.judge, self.submission)


@dataclass(frozen=True)
class Plan:
    """A proposal of who reads what, and the names for it.

    `digest` stands for what would change: two plans with the same digest do the same. `more` are
    the further reviews that a second wave gives. `given_back` are the pairs of
    which the judge abstained, among those `barred`. `moved` are the moves by hand that still make
    sense, each with the proposal before it.
    """

    wish: Wish
    proposal: assignment.Proposal
    judges: dict[uuid.UUID, Judge]
    versions: dict[uuid.UUID, Version]
    barred: frozenset[assignment.Assignment]
    begun: frozenset[assignment.Assignment]
    given_back: frozenset[assignment.Assignment]
    more: dict[uuid.UUID, int]
    moved: tuple[tuple[Move, assignment.Proposal], ...]

    @property
    def digest(self) -> str:
        changes = [
            *(f"+{each.judge}/{each.submission}" for each in self.proposal.added),
            *(f"-{each.judge}/{each.submission}" for each in self.proposal.removed),
        ]
        return hashlib.sha256("\n".join(sorted(changes)).encode()).hexdigest()

    @property
    def readers(self) -> dict[uuid.UUID, list[tuple[Judge, bool]]]:
        """Who reads each submission, by name, and whether that is new."""
        found: defaultdict[uuid.UUID, list[tuple[Judge, bool]]] = defaultdict(list)
        for each in self.proposal.assignments:
            new = each in self.proposal.added
            found[each.submission].append((self.judges[each.judge], new))
        for panel in found.values():
            panel.sort(key=lambda reader: reader[0].user.name)
        return dict(found)

    @property
    def links(self) -> list[tuple[Challenge, Challenge, int]]:
        """How many judges connect each two challenges, the weakest link first."""
        by_id = {version.challenge_id: version.challenge for version in self.versions.values()}
        found = assignment.links(
            self.proposal.assignments,
            {key: version.challenge_id for key, version in self.versions.items()},
        )
        rows = [
            (*sorted((by_id[one], by_id[two]), key=lambda c: c.number), count)
            for (one, two), count in found.items()
        ]
        return sorted(rows, key=lambda row: (row[2], row[0].number, row[1].number))


def plan(competition: Competition, wish: Wish) -> Plan:
    """Who could read what. Moves that make no sense any more are left out.

    Reviews already assigned stay, but for those in conflict, and in a repair those not begun that
    must make room. What dismissed judges completed counts. The same rows give the same plan.
    """
    judges = {judge.id: judge for judge in judges_of(competition)}
    round_ = round_of(competition)
    versions = {each.submission_id: each for each in counted_versions(competition, round_)}
    barred = conflicts(competition)
    begun_ids = set(
        db.session.scalars(
            select(Score.review_id).join(Score.review).where(Review.round_id == round_.id)
        )
    )
    kept, begun, had = set(), set(), Counter[uuid.UUID]()
    for review in db.session.scalars(
        select(Review).where(Review.round_id == round_.id, Review.submission_id.in_(versions))
    ):
        if review.judge_id in judges:
            pair = assignment.Assignment(review.judge_id, review.submission_id)
            kept.add(pair)
            if review.completed_at or review.touched_at or review.id in begun_ids:
                begun.add(pair)
        elif review.completed_at and (review.judge_id, review.submission_id) not in barred:
            had[review.submission_id] += 1
    submissions = [
        assignment.Submission(key, frozenset([v.content["language"]]), v.challenge_id)
        for key, v in versions.items()
    ]
    jury = [seat(judge) for judge in judges.values()]
    back = frozenset(assignment.Assignment(*pair) for pair in abstentions(competition))
    avoided = frozenset(assignment.Assignment(*pair) for pair in barred) | (back - kept)
    more: dict[uuid.UUID, int] = {}
    wanted = {key: max(0, wish.number - had[key]) for key in versions}
    if wish.manner is Manner.WAVE:
        sits = Counter(each.submission for each in kept - avoided)
        more = _second_wave(competition, wish.number, submissions, jury, avoided, sits, had)
        wanted = {key: sits[key] + more.get(key, 0) for key in versions}
    asked: dict[str, Any] = {"wanted": wanted, "conflicts": avoided}
    seed = seed_of(competition)
    if wish.manner is Manner.REPAIR:
        proposal = assignment.repair(
            submissions, jury, current=kept, begun=begun, seed=seed, **asked
        )
    else:
        proposal = assignment.propose(submissions, jury, kept=kept, seed=seed, **asked)
    moved = []
    for move in wish.moves:
        there = move.pair in proposal.assignments
        known = move.judge in judges and move.submission in versions
        if not known or there == move.adds or move.pair in (avoided if move.adds else begun):
            continue
        moved.append((move, proposal))
        change = {"add" if move.adds else "remove": {move.pair}}
        proposal = assignment.adjusted(proposal, submissions, jury, given=kept, **change, **asked)
    return Plan(
        wish=wish,
        proposal=proposal,
        judges=judges,
        versions=versions,
        barred=avoided,
        begun=frozenset(begun),
        given_back=back - kept,
        more=more,
        moved=tuple(moved),
    )


def seat(judge: Judge) -> assignment.Judge:
    """The judge as the assignment sees them."""
    return assignment.Judge(
        judge.id,
        judge.capacity,
        frozenset(judge.languages),
        frozenset(challenge.id for challenge in judge.challenges) or None,
    )


def _second_wave(
    competition: Competition,
    extra: int,
    submissions: list[assignment.Submission],
    jury: list[assignment.Judge],
    avoided: Collection[assignment.Assignment],
    sits: Mapping[uuid.UUID, int],
    had: Mapping[uuid.UUID, int],
) -> dict[uuid.UUID, int]:
    """How many further reviews each submission gets, by what is doubtful in the ranking of now.

    `sits` counts the reviews by judges who still sit, `had` those of dismissed ones. What has no
    review yet is in no doubt that a second wave would resolve. No more than the judges have
    room for, so that what little there is goes where it tells the most.
    """
    told = ranking_of(competition).told
    if not told.quality_sd:
        return {}
    by_key = {each.key: each for each in submissions}
    doubts = {}
    for standing in told.standings:
        if not standing.reviews:
            continue
        key = standing.submission
        able = sum(
            not assignment.stands_against(
                judge,
                by_key[key],
                conflict=assignment.Assignment(judge.key, key) in avoided,
                load=0,
            )
            for judge in jury
        )
        reviews = sits.get(key, 0) + had.get(key, 0)
        doubts[key] = assignment.Doubt(
            standing.first, standing.podium, reviews, able + had.get(key, 0)
        )
    room = sum(judge.capacity for judge in jury) - sum(sits.values())
    noise = (told.noise_sd / told.quality_sd) ** 2
    return assignment.second_wave(doubts, min(extra, max(0, room)), noise=noise)


@dataclass(frozen=True)
class Effect:
    """What one move by hand changes, each as it was before and is after.

    `load` of the judge and `panel` of the submission count reviews; `spread` is the difference
    between the largest and the smallest load, `parts` the groups of submissions that no judge
    links, `link` the judges who connect the two challenges with the weakest link (None with one
    challenge). `against` is what speaks against the judge.
    """

    move: Move
    judge: Judge
    version: Version
    load: tuple[int, int]
    panel: tuple[int, int]
    spread: tuple[int, int]
    parts: tuple[int, int]
    link: tuple[int, int] | None
    against: tuple[assignment.Reason, ...]


def effects(found: Plan) -> list[Effect]:
    """What each move made by hand costs, in their order."""
    challenge = {key: version.challenge_id for key, version in found.versions.items()}
    stages = pairwise([*(before for _, before in found.moved), found.proposal])
    told = []
    for (move, before), both in zip(found.moved, stages, strict=True):
        judge, version = found.judges[move.judge], found.versions[move.submission]
        weakest = [
            min(assignment.links(p.assignments, challenge).values(), default=0) for p in both
        ]
        against = assignment.stands_against(
            seat(judge),
            assignment.Submission(
                move.submission, frozenset([version.content["language"]]), version.challenge_id
            ),
            conflict=False,
            load=before.loads[move.judge],
        )
        told.append(
            Effect(
                move=move,
                judge=judge,
                version=version,
                load=_pair(p.loads[move.judge] for p in both),
                panel=_pair(
                    sum(each.submission == move.submission for each in p.assignments) for p in both
                ),
                spread=_pair(max(p.loads.values()) - min(p.loads.values()) for p in both),
                parts=_pair(len(p.parts) for p in both),
                link=_pair(weakest) if len(set(challenge.values())) > 1 else None,
                against=tuple(against) if move.adds else (),
            )
        )
    return told


def _pair(values: Iterable[int]) -> tuple[int, int]:
    before, after = values
    return before, after


MOST_CELLS = 4000
"""Of the picture of a proposal: what is larger is told in lists alone."""


@dataclass(frozen=True)
class Matrix:
    """Who reads what as a picture, the longer side making the rows: name, marks by column, load.

    A mark is `new`, `kept`, `gone`, `conflict`, `back` (given back), `challenge`, `language` or
    nothing.
    """

    by_judge: bool
    columns: list[str]
    rows: list[tuple[str, list[str], int]]


def matrix(found: Plan, withheld: Collection[uuid.UUID] = frozenset()) -> Matrix | None:
    """None when there is nothing to draw, or too much. Without the `withheld` submissions."""
    judges = list(found.judges.items())
    versions = [each for each in found.versions.items() if each[0] not in withheld]
    if not 0 < len(judges) * len(versions) <= MOST_CELLS:
        return None
    versions.sort(key=lambda item: (item[1].challenge.number, item[1].submission.team.name_key))
    proposal = found.proposal

    def mark(judge_id: uuid.UUID, submission_id: uuid.UUID) -> str:
        pair = assignment.Assignment(judge_id, submission_id)
        if pair in proposal.assignments:
            return "new" if pair in proposal.added else "kept"
        if pair in found.barred:
            return "back" if pair in found.given_back else "conflict"
        if pair in proposal.removed:
            return "gone"
        version, judge = found.versions[submission_id], found.judges[judge_id]
        if not judge.reads(version.challenge):
            return "challenge"
        return "" if version.content["language"] in judge.languages else "language"

    jury = [(judge.user.name, key) for key, judge in judges]
    works = [(version.submission.team.name, key) for key, version in versions]
    by_judge = len(jury) >= len(works)
    down, across = (jury, works) if by_judge else (works, jury)
    rows = []
    for name, row in down:
        marks = [mark(row, key) if by_judge else mark(key, row) for _, key in across]
        rows.append((name, marks, sum(each in ("new", "kept") for each in marks)))
    return Matrix(by_judge, [name for name, _ in across], rows)


def usual_reviews(competition: Competition) -> int:
    """How many reviews a submission usually has: what a repair brings everyone back to."""
    counts = [each.assigned for each in progress_by_submission(competition).values()]
    return Counter(counts).most_common(1)[0][0] if counts else 0


def seed_of(competition: Competition) -> int:
    """Chance that everyone can repeat: the same for a competition, always."""
    return competition.id.int % 2**32


# -- the ranking -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """Where a submission stands, in its challenge or in the whole competition.

    `mean` is the plain weighted mean, `corrected` the estimate that allows for who judged it;
    both in points of the criteria's scale, and with the place that each would give alone. `decided`
    is the place by the rules: their method, then their ways to break ties. `duel` is what
    comparisons say, where these decide or break ties. The place by them, where they decide, else
    the corrected one, lies between `low` and `high` with 90 %; `first` and `podium` are
    probabilities. None where no review counts, or no comparison where these decide.
    """

    submission: Submission
    team: Team
    challenge: Challenge
    version: Version
    reviews: int
    mean: float | None
    mean_place: int | None
    corrected: float | None
    corrected_place: int | None
    decided: Place
    duel: ranking.Standing | None
    low: int | None
    high: int | None
    first: float
    podium: float

    @property
    def place(self) -> int | None:
        return self.decided.place

    @property
    def interval(self) -> tuple[int, int] | None:
        return None if self.low is None or self.high is None else (self.low, self.high)


Levels = Mapping[uuid.UUID, Mapping[uuid.UUID, float | None]]
"""By review and criterion."""


@dataclass(frozen=True)
class Basis:
    """What a ranking rests on, by ids: nothing else decides it.

    `reviews` are those that count; `set_aside` the completed ones that are in conflict. So with
    `comparisons`, in the order in which they were said; they are None where nothing rests on them.
    """

    criteria: Mapping[uuid.UUID, ranking.Criterion]
    reviews: Mapping[uuid.UUID, ranking.Review]
    groups: Mapping[uuid.UUID, uuid.UUID]
    set_aside: frozenset[uuid.UUID]
    comparisons: Mapping[uuid.UUID, strength.Comparison] | None
    comparisons_set_aside: frozenset[uuid.UUID]
    seed: int

    def without(self, judge: uuid.UUID | None, weights: Mapping[uuid.UUID, int]) -> "Basis":
        """The same without a judge, and with other weights: 0 leaves the criterion out."""
        criteria = {
            key: replace(each, weight=weights.get(key, each.weight))
            for key, each in self.criteria.items()
            if weights.get(key, each.weight)
        }
        reviews = {
            key: replace(
                each, scores={c: value for c, value in each.scores.items() if c in criteria}
            )
            for key, each in self.reviews.items()
            if each.judge != judge
        }
        comparisons = self.comparisons and {
            key: each for key, each in self.comparisons.items() if each.judge != judge
        }
        return replace(self, criteria=criteria, reviews=reviews, comparisons=comparisons)

    def saying(self, instead: Levels) -> "Basis":
        """The same with other levels for some; None stands for no level."""
        reviews = dict(self.reviews)
        for key, levels in instead.items():
            if key in reviews:
                said = {**reviews[key].scores, **levels}
                scores = {c: v for c, v in said.items() if v is not None and c in self.criteria}
                reviews[key] = replace(reviews[key], scores=scores)
        return replace(self, reviews=reviews)

    @property
    def digest(self) -> str:
        told = hashlib.sha256(repr((self.seed, sorted(self.set_aside))).encode())
        for part in (self.criteria, self.groups):
            told.update(repr(sorted(part.items(), key=lambda item: item[0].int)).encode())
        for key in sorted(self.reviews, key=lambda key: key.int):
            each = self.reviews[key]
            scores = sorted(each.scores.items(), key=lambda item: item[0].int)
            told.update(repr((key.int, each.judge.int, each.submission.int, scores)).encode())
        return told.hexdigest()

    def rank(self) -> ranking.Ranking:
        """Kept in the process under the digest of all this: the same again costs nothing."""
        return _ranked.of(
            self.digest,
            lambda: ranking.rank(
                self.reviews.values(),
                # Without criteria nothing can have been scored, but the ranking asks for one.
                self.criteria or {None: ranking.Criterion(1, 1, 5)},
                submissions=self.groups,
                groups=self.groups,
                seed=self.seed,
            ),
        )

    def compare(self) -> strength.Outcome | None:
        """What the comparisons say, where anything rests on them."""
        if self.comparisons is None:
            return None
        return strengths(self.comparisons.values(), self.groups, self.seed)


def strengths(
    given: Iterable[strength.Comparison], groups: Mapping[uuid.UUID, uuid.UUID], seed: int
) -> strength.Outcome:
    """Places by comparisons, kept in the process as a ranking is."""
    given = sorted(given, key=repr)
    rests_on = (given, sorted(groups.items(), key=lambda item: item[0].int), seed)
    digest = hashlib.sha256(repr(rests_on).encode()).hexdigest()
    return _compared.of(digest, lambda: strength.standings(given, groups, groups=groups, seed=seed))


_ranked: Made[ranking.Ranking] = Made(16)
_compared: Made[strength.Outcome] = Made(16)
_figured: Made["Figures"] = Made(4)


@dataclass(frozen=True, slots=True)
class Placed:
    """A submission's figures in a list, by ids; `Row` is the same with what people read."""

    key: uuid.UUID
    group: uuid.UUID
    standing: ranking.Standing
    decided: Place
    duel: ranking.Standing | None

    @property
    def place(self) -> int | None:
        return self.decided.place


@dataclass(frozen=True)
class Figures:
    """All of a ranking that is the same for everyone who asks, by ids: kept in the process.

    `rows`: challenge by challenge, best first; `overall`: the same submissions in one list.
    `versions` is what counts of each, by the submission's id.
    """

    basis: Basis
    told: ranking.Ranking
    compared: strength.Outcome | None
    rows: tuple[Placed, ...]
    overall: tuple[Placed, ...]
    versions: Mapping[uuid.UUID, uuid.UUID]

    @cached_property
    def spreads(self) -> dict[uuid.UUID, tuple[int, float | None]]:
        """How many reviews with scores a submission has, and the standard deviation of their plain
        means, None with fewer than two; nothing of what has none."""
        given: defaultdict[uuid.UUID, list[float]] = defaultdict(list)
        for review in self.basis.reviews.values():
            if review.scores:
                given[review.submission].append(ranking.plain_mean(review, self.basis.criteria))
        return {
            key: (len(means), pstdev(means) if len(means) > 1 else None)
            for key, means in given.items()
        }

    @cached_property
    def means(self) -> dict[uuid.UUID, dict[uuid.UUID, float]]:
        given: defaultdict[uuid.UUID, defaultdict[uuid.UUID, list[float]]]
        given = defaultdict(lambda: defaultdict(list))
        for review in self.basis.reviews.values():
            for criterion, score in review.scores.items():
                given[review.submission][criterion].append(score)
        return {
            key: {criterion: fmean(scores) for criterion, scores in each.items()}
            for key, each in given.items()
        }


@dataclass(frozen=True)
class Outcome:
    """The ranking of a competition, for its organizers' eyes.

    `rows`: challenge by challenge, best first, without reviews last; `overall`: the same
    submissions in one list; both with `others`, which did not come into the round, at their end.
    `told` is what the model says about judges and doubts, within the challenges, with ids for
    keys, and `compared` what comparisons say where these decide or break ties; `judges` and
    `submissions` give these ids their rows.
    `means` are the plain means of each submission on each criterion. `method` is the one that
    decides by the rules, and `ties` the ways to break ties.

    What a page does not show is not loaded: `lists` and `in_one_list` have figures alone, of which
    `rows_of` makes rows.
    """

    round: Round
    figures: Figures
    criteria: list[rulebook.Criterion]
    method: Method
    ties: tuple[str, ...]
    others: tuple[Row, ...] = ()
    _works: dict[uuid.UUID, Version] = field(default_factory=dict, repr=False, compare=False)

    def rows_of(self, placed: Iterable[Placed]) -> list[Row]:
        """What is not loaded yet comes in one query."""
        placed, versions = list(placed), self.figures.versions
        lacking = [versions[each.key] for each in placed if each.key not in self._works]
        if lacking:
            query = with_works(select(Version).where(Version.id.in_(lacking)))
            self._works.update((each.submission_id, each) for each in db.session.scalars(query))
        by_duel = self.method is Method.COMPARISONS
        return [
            _row(self._works[x.key], x.standing, x.decided, x.duel, by_duel=by_duel)
            for x in placed
            if x.key in self._works  # else deleted a moment ago
        ]

    @property
    def told(self) -> ranking.Ranking:
        return self.figures.told

    @property
    def compared(self) -> strength.Outcome | None:
        return self.figures.compared

    @property
    def basis(self) -> Basis:
        return self.figures.basis

    @property
    def means(self) -> dict[uuid.UUID, dict[uuid.UUID, float]]:
        return self.figures.means

    @property
    def lists(self) -> list[list[Placed]]:
        """One of each challenge."""
        return [list(each) for _, each in groupby(self.figures.rows, key=lambda row: row.group)]

    @property
    def in_one_list(self) -> Sequence[Placed]:
        return self.figures.overall

    @cached_property
    def placed(self) -> dict[uuid.UUID, Placed]:
        return {each.key: each for each in self.figures.rows}

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        rows = [*self.rows_of(self.figures.rows), *self.others]
        return tuple(sorted(rows, key=lambda row: row.challenge.number))

    @cached_property
    def overall(self) -> tuple[Row, ...]:
        return (*self.rows_of(self.figures.overall), *self.others)

    @cached_property
    def judges(self) -> dict[uuid.UUID, Judge]:
        of_all = Judge.competition_id == self.round.competition_id
        query = select(Judge).where(of_all).options(joinedload(Judge.user))
        return {judge.id: judge for judge in db.session.scalars(query)}

    def by_challenge(self) -> list[tuple[Challenge, list[Row]]]:
        return [(c, list(rows)) for c, rows in groupby(self.rows, key=lambda row: row.challenge)]

    def tied(self) -> list[list[Placed]]:
        """Those who share a place of their challenge though the ways to break ties were tried."""
        return [
            [self.placed[key] for key in (row.key, *row.decided.still)]
            for row in self.figures.rows
            if row.decided.still and row.key.int < min(key.int for key in row.decided.still)
        ]

    @property
    def names(self) -> dict[str, Any]:
        """What the criteria are called that break ties."""
        return {f"criterion:{each.id}": each.name for each in self.criteria}

    def parted(self) -> list[Placed]:
        """Those whose figure others have too, and whom a way to break ties put in their place."""
        return [row for row in self.figures.rows if row.decided.broken_by]

    @cached_property
    def submissions(self) -> dict[uuid.UUID, Row]:
        return {row.submission.id: row for row in self.rows}

    @property
    def heard(self) -> list[uuid.UUID]:
        """The judges of whom anything counts."""
        said = self.basis.comparisons or {}
        judges = [report.judge for report in self.told.judges]
        return list(dict.fromkeys([*judges, *(each.judge for each in said.values())]))

    @property
    def undecided(self) -> tuple[ranking.Undecided, ...]:
        """Neighbours in a challenge whom what decides cannot tell apart."""
        if self.compared is not None and self.method is Method.COMPARISONS:
            return self.compared.undecided
        return self.told.undecided

    @property
    def unlinked(self) -> list[Challenge | None]:
        """Where comparisons leave no place, since none leads from some projects to the others: a
        challenge, or None for all challenges together."""
        if self.compared is None:
            return []
        lists = [(None, list(self.overall)), *self.by_challenge()]
        return [
            challenge
            for challenge, rows in lists
            if not self.compared.linked(row.submission.id for row in rows)
        ]

    @property
    def set_aside(self) -> int:
        """How many completed reviews are in conflict and do not count."""
        return len(self.basis.set_aside)


def ranking_of(
    competition: Competition,
    *,
    round_: Round | None = None,
    without: uuid.UUID | None = None,
    weights: Mapping[uuid.UUID, int] = MappingProxyType({}),
    instead: Levels = MappingProxyType({}),
    withheld: Collection[uuid.UUID] = frozenset(),
) -> Outcome:
    """Rank what came into a round by its completed reviews that are in no conflict.

    Or what would be: without a judge, with other weights, or had reviews said something else
    `instead`. `withheld` submissions are left out
    of everything, as if they had not been handed in: for who may learn nothing of them.

    What it rests on is read as it stands, ids as text; the rest is done only if that is new.
    """
    round_ = round_ or round_of(competition)
    rules = rules_of(competition, round_)
    criteria = list(rules.criteria) if rules else []
    method, ways = (rules.method, rules.ties) if rules else (Method.CORRECTED, ())
    barred = conflicts(competition).keys()
    competing = [tuple(row) for row in db.session.execute(_competing(competition, round_))]
    completed = [tuple(row) for row in db.session.execute(_completed(round_, criteria))]
    said = comparisons_said(competition) if rests_on_comparisons(method, ways) else None
    seed = seed_of(competition)
    rests_on = (
        *(competing, completed, sorted((j.int, s.int) for j, s in barred)),
        *(sorted(key.int for key in withheld), said, seed, method, ways),
        [(each.id, each.weight, each.scale, each.challenge) for each in criteria],
        *(without, sorted((key.int, weight) for key, weight in weights.items()), dict(instead)),
    )
    digest = hashlib.sha256(repr(rests_on).encode()).hexdigest()

    def make() -> Figures:
        read = cache(uuid.UUID)
        versions, groups, numbers = {}, {}, {}
        for key, version, challenge, number in competing:
            if (submission := uuid.UUID(key)) not in withheld:
                versions[submission] = uuid.UUID(version)
                groups[submission] = read(challenge)
                numbers[groups[submission]] = number
        basis = _basis(criteria, completed, groups, barred, withheld, seed)
        if said is not None:
            basis = _with_comparisons(basis, said, barred)
        asked = basis.without(without, weights) if without or weights else basis
        if instead:
            asked = asked.saying(instead)
        return _figures(asked, versions, numbers, method, ways)

    return Outcome(round_, _figured.of(digest, make), criteria, method, ways)


def _competing(competition: Competition, round_: Round) -> Select[Any]:
    """Of what competes the ids of submission, version and challenge, and the challenge's number."""
    return (
        select(
            cast(Submission.id, String).label("submission"),
            cast(Version.id, String).label("version"),
            cast(Version.challenge_id, String).label("challenge"),
            Challenge.number,
        )
        .select_from(Version)
        .join(Version.submission)
        .join(Version.challenge)
        .where(*_competes(competition, round_))
        .order_by(Submission.id)
    )


def _completed(round_: Round, criteria: Iterable[rulebook.Criterion]) -> Select[Any]:
    """Of the completed reviews the ids of review, judge and submission, and the levels on each
    criterion: the database turns scores into columns, so that there is one row for each review."""
    keys = [each.id for each in criteria]
    levels = (func.max(case((Score.criterion_id == key, Score.score))) for key in keys)
    return (
        select(
            cast(Review.id, String).label("review"),
            cast(Review.judge_id, String).label("judge"),
            cast(Review.submission_id, String).label("submission"),
            *(level.label(f"level_{number}") for number, level in enumerate(levels)),
        )
        .join(Review.submission)
        .outerjoin(Review.scores)
        .where(
            Review.round_id == round_.id,
            Review.completed_at.is_not(None),
            Submission.stands,
        )
        .group_by(Review.id)
        .order_by(Review.id)
    )


def _basis(
    criteria: list[rulebook.Criterion],
    completed: Iterable[Sequence[Any]],
    groups: Mapping[uuid.UUID, uuid.UUID],
    barred: Collection[Pair],
    withheld: Collection[uuid.UUID],
    seed: int,
) -> Basis:
    reviews, aside, read = {}, set(), cache(uuid.UUID)
    for review, judge, submission, *levels in completed:
        key, judge_id, submission_id = uuid.UUID(review), read(judge), read(submission)
        if submission_id in groups and (judge_id, submission_id) not in barred:
            scores = {
                criterion.id: level
                for criterion, level in zip(criteria, levels, strict=True)
                if level is not None
            }
            reviews[key] = ranking.Review(judge_id, submission_id, scores)
        elif submission_id not in withheld:
            aside.add(key)
    return Basis(
        criteria=_scales(criteria, reviews.values()),
        reviews=reviews,
        groups=groups,
        set_aside=frozenset(aside),
        comparisons=None,
        comparisons_set_aside=frozenset(),
        seed=seed,
    )


def _figures(
    basis: Basis,
    versions: Mapping[uuid.UUID, uuid.UUID],
    numbers: Mapping[uuid.UUID, int],
    method: Method,
    ways: tuple[str, ...],
) -> Figures:
    told, duels = basis.rank(), basis.compare()

    def placed(
        standings: Collection[ranking.Standing], alike: Collection[ranking.Standing]
    ) -> list[Placed]:
        decided = places(
            standings,
            by=method,
            ways=ways,
            reviews=basis.reviews.values(),
            compared=duels,
        )
        beside = {each.submission: each for each in alike}
        found = [
            Placed(
                each.submission,
                basis.groups[each.submission],
                each,
                decided[each.submission],
                beside.get(each.submission),
            )
            for each in standings
        ]
        return sorted(found, key=lambda row: (row.place is None, row.place or 0))

    rows = placed(told.standings, duels.standings if duels else ())
    return Figures(
        basis=basis,
        told=told,
        compared=duels,
        rows=tuple(sorted(rows, key=lambda row: numbers[row.group])),
        overall=tuple(placed(told.overall, duels.overall if duels else ())),
        versions=versions,
    )


def comparisons_said(competition: Competition) -> Mapping[uuid.UUID, strength.Comparison]:
    """The roof hands in `comparisons_of`, since comparisons are a later room."""
    said: Mapping[uuid.UUID, strength.Comparison]
    said = current_app.extensions["comparisons_of"](competition)
    return said


def _with_comparisons(
    basis: Basis, said: Mapping[uuid.UUID, strength.Comparison], barred: Collection[Pair]
) -> Basis:
    said = {
        key: each
        for key, each in said.items()
        if each.earlier in basis.groups and each.later in basis.groups
    }
    aside = frozenset(
        key
        for key, each in said.items()
        if (each.judge, each.earlier) in barred or (each.judge, each.later) in barred
    )
    return replace(
        basis,
        comparisons={key: each for key, each in said.items() if key not in aside},
        comparisons_set_aside=aside,
    )


def record_of(
    competition: Competition, method: Method | None = None, *, round_: Round | None = None
) -> bytes:
    """The bytes of what the ranking rests on, by the method of the rules or another: see `record`.

    They name the version of the rules that holds, and say where that was blind.
    """
    outcome = ranking_of(competition, round_=round_)
    version = version_in_force(competition, outcome.round)
    basis, method = outcome.basis, method or outcome.method
    if basis.comparisons is None and method is Method.COMPARISONS:
        basis = _with_comparisons(
            basis, comparisons_said(competition), conflicts(competition).keys()
        )
    return record(
        criteria=basis.criteria or {"": ranking.Criterion(1, 1, 5)},
        reviews=basis.reviews,
        submissions=basis.groups,
        set_aside=basis.set_aside | basis.comparisons_set_aside,
        method=method,
        seed=basis.seed,
        code=code_version(),
        ties=outcome.ties,
        rules=_named(version) if version else None,
        comparisons=basis.comparisons,
    )


def _named(version: RulesVersion) -> dict[str, Any]:
    """The rules by which it came about, and whether judges did not see whose work they read."""
    blind = {"blind": True} if version.content.get("blind") else {}
    return {"version": version.number, "digest": version.digest, **blind}


@dataclass(frozen=True)
class Compared:
    """A judge's plain mean for a submission beside that of the others; None where nobody else
    completed a review."""

    row: Row
    own: float
    others: float | None


def compared(outcome: Outcome, judge: Judge) -> list[Compared]:
    """What a judge gave beside what the others gave, the furthest from them first.

    In the points of the criteria, which is a scale of 0 to 100 where they have different ones.
    """
    reviews = [each for each in outcome.basis.reviews.values() if each.scores]
    own = {each.submission for each in reviews if each.judge == judge.id}
    given: defaultdict[uuid.UUID, dict[uuid.UUID, float]] = defaultdict(dict)
    for review in reviews:
        if review.submission in own:
            mean = ranking.plain_mean(review, outcome.basis.criteria)
            given[review.submission][review.judge] = mean
    found = []
    for row in outcome.rows_of(outcome.placed[key] for key in given):
        means = given[row.submission.id]
        others = [mean for key, mean in means.items() if key != judge.id]
        found.append(Compared(row, means[judge.id], fmean(others) if others else None))
    return sorted(
        found,
        key=lambda each: (
            -abs(each.own - each.others) if each.others is not None else 1.0,
            each.row.team.name_key,
        ),
    )


def _scales(
    criteria: list[rulebook.Criterion], reviews: Iterable[ranking.Review]
) -> dict[Any, ranking.Criterion]:
    """Each criterion's weight and scale, from its levels; widened by scores given under others."""
    given: defaultdict[Any, set[float]] = defaultdict(set)
    for review in reviews:
        for key, score in review.scores.items():
            given[key].add(score)
    scales = {}
    for criterion in criteria:
        ends = set(criterion.scale) | given[criterion.id] or {1, 5}
        low, high = min(ends), max(ends)
        scales[criterion.id] = ranking.Criterion(
            criterion.weight, low, max(high, low + 1), criterion.challenge
        )
    return scales


def unranked(version: Version) -> Row:
    """Of what no review counts for."""
    return Row(
        submission=version.submission,
        team=version.submission.team,
        challenge=version.challenge,
        version=version,
        reviews=0,
        mean=None,
        mean_place=None,
        corrected=None,
        corrected_place=None,
        decided=Place(None),
        duel=None,
        low=None,
        high=None,
        first=0.0,
        podium=0.0,
    )


def _row(
    version: Version,
    standing: ranking.Standing,
    decided: Place,
    duel: ranking.Standing | None,
    *,
    by_duel: bool,
) -> Row:
    told = duel if by_duel and duel is not None else standing
    return Row(
        submission=version.submission,
        team=version.submission.team,
        challenge=version.challenge,
        version=version,
        reviews=standing.reviews,
        mean=standing.mean,
        mean_place=standing.mean_place,
        corrected=standing.estimate,
        corrected_place=standing.place,
        decided=decided,
        duel=duel,
        low=told.low,
        high=told.high,
        first=told.first,
        podium=told.podium,
    )
