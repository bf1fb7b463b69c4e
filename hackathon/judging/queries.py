"""Reads about rounds and their rules, judges and their reviews."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Competition, Round
from ..competitions.queries import opening_of
from ..competitions.timetable import Opening, State
from ..extensions import db
from ..ground.by_content import Made
from ..ground.clock import now
from ..ground.remember import once_per_request
from ..post.models import Letter
from ..registrations.models import Registration
from ..submissions.models import Submission, Version
from ..teams.models import Membership, Team
from . import rulebook
from .conflicts import Pair, conflicts, withheld_from
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
from .rulebook import Rules

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
    """See `sitting`."""
    return list(db.session.scalars(sitting(competition)))


def dismissed_judges(competition: Competition) -> list[Judge]:
    """Those who judge no longer, the last one first; what they completed counts."""
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
    return with_works(query.where(*competes(competition, round_)).order_by(Team.name_key))


def competes(competition: Competition, round_: Round | None) -> list[ColumnElement[bool]]:
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
        .where(*competes(competition, round_))
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
    before any were published by the draft. Empty where those of any can."""
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
    """Which submissions came into a later round, once that is confirmed."""
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
    """Did it come into the round? Whether it still stands is not asked."""
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
    """See `competed`: without a round, of the whole competition."""
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


@once_per_request
def yet_to_review(user: User, competition: Competition) -> frozenset[uuid.UUID]:
    """The submissions of which the person, who may organize too, has a review of their own to
    complete while judging goes on: what others say of them would sway it."""
    judge = judge_of(user, competition)
    if judge is None or judging_of(competition).state is State.CLOSED:
        return frozenset()
    mine = select(Review.submission_id).where(
        Review.judge_id == judge.id,
        Review.round_id == round_of(competition).id,
        Review.completed_at.is_(None),
    )
    return frozenset(db.session.scalars(mine))


def reviews_withheld_from(user: User, competition: Competition) -> frozenset[uuid.UUID]:
    """The submissions of whose reviews the person learns nothing: those from which they are barred
    as a judge, and those that they have yet to review."""
    return withheld_from(user, competition) | yet_to_review(user, competition)


def own_first(user: User, competition: Competition) -> int:
    """How many of these are withheld only until the person has reviewed them."""
    return len(yet_to_review(user, competition) - withheld_from(user, competition))


def abstention_of(judge: Judge, submission: Submission) -> Abstention | None:
    """Why the judge gave it back, if they did."""
    return db.session.scalar(
        select(Abstention).where(
            Abstention.judge_id == judge.id, Abstention.submission_id == submission.id
        )
    )


def abstentions(
    competition: Competition, *, submission: Submission | None = None
) -> dict[Pair, Abstention]:
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
    """How many reviews the judge completed, and in how many others they said something, of whatever
    round."""
    said = or_(
        exists().where(Score.review_id == Review.id),
        Review.touched_at.is_not(None),
        *(words != "" for words in (Review.comment, Review.note, Review.own_note)),
    )
    completed, begun = db.session.execute(
        select(
            func.count(Review.completed_at),
            func.count().filter(Review.completed_at.is_(None), said),
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
    """How many of the reviews assigned are completed. Those in conflict are apart: `idle` ones
    take room and count for nothing, and nobody waits for them."""

    done: int = 0
    assigned: int = 0
    idle: int = 0

    @property
    def left(self) -> int:
        return self.assigned - self.done

    @property
    def load(self) -> int:
        return self.assigned + self.idle


def progress_by_judge(
    competition: Competition, round_: Round | None = None
) -> defaultdict[uuid.UUID, Progress]:
    return _progress(competition, lambda pair: pair[0], round_)


def progress_by_submission(
    competition: Competition, round_: Round | None = None
) -> defaultdict[uuid.UUID, Progress]:
    return _progress(competition, lambda pair: pair[1], round_)


def _progress(
    competition: Competition, of: Callable[[Pair], uuid.UUID], round_: Round | None
) -> defaultdict[uuid.UUID, Progress]:
    rows = db.session.execute(
        select(Review.judge_id, Review.submission_id, Review.completed_at.is_not(None))
        .join(Review.judge)
        .join(Review.submission)
        .where(
            Judge.competition_id == competition.id,
            Review.round_id == (round_ or round_of(competition)).id,
            Submission.stands,
        )
    )
    barred = conflicts(competition)
    done, assigned, idle = Counter[uuid.UUID](), Counter[uuid.UUID](), Counter[uuid.UUID]()
    for judge_id, submission_id, completed in rows:
        pair = (judge_id, submission_id)
        if pair in barred:
            idle[of(pair)] += 1
            continue
        assigned[of(pair)] += 1
        done[of(pair)] += completed
    found: defaultdict[uuid.UUID, Progress] = defaultdict(Progress)
    for key in assigned.keys() | idle.keys():
        found[key] = Progress(done[key], assigned[key], idle[key])
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


def seed_of(competition: Competition) -> int:
    """Chance that everyone can repeat: the same for a competition, always."""
    return competition.id.int % 2**32
