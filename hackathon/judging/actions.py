"""Publishing the rules, appointing judges, giving them work, and taking down what they say."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from ..accounts.actions import NoAccount
from ..accounts.models import User
from ..accounts.queries import person_with
from ..competitions.models import Challenge, Competition, Organizer, Round
from ..competitions.queries import organizers_of, organizes
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.merging import Merged, fingerprint
from ..ground.obstacle import Obstacle
from ..ground.remember import forget_answers
from ..journal.actions import record
from ..journal.deeds import Deed
from ..mentoring.models import Conflict, Objection
from ..submissions.models import Submission
from ..submissions.queries import submission_of
from ..teams.models import Team
from . import letters, rulebook
from .conflicts import (
    answers_of,
    chairs_of,
    concerns,
    conflicts,
    declared_conflict,
    finding_of,
    interests,
    objections_of,
    partial,
    withheld_from,
)
from .models import (
    Abstention,
    Chair,
    Declaration,
    Judge,
    Problem,
    Review,
    ReviewChange,
    RulesVersion,
    Ruling,
    Stand,
    Stoppage,
    Trouble,
)
from .planning import Plan, Wish, plan
from .queries import (
    abstention_of,
    counted_version,
    counted_versions,
    draft_of,
    given_by,
    is_in,
    judges_of,
    left_out,
    limit_of,
    problems_by,
    progress_by_judge,
    reminded_lately,
    review_of,
    reviews_between,
    round_of,
    scored_in,
    teams_judged,
    used_in,
    version_in_force,
)
from .rulebook import Rules
from .scoring import (
    COMPLETE,
    DONE,
    Lack,
    lacking,
    levels_over_time,
    noted,
    opinions,
    put,
    remember,
    said,
    spoiling,
    together,
)
from .stopping import JudgingStopped, stops


class AlreadyJudge(Obstacle):
    sentence = _l("This person is a judge of this competition already.")
    field = "email"


class JudgeHasScores(Obstacle):
    sentence = _l(
        "This judge has given scores or written comments. Confirm that you know it: the completed "
        "reviews stay and count, what is not completed is deleted."
    )


class ReviewHolds(Obstacle):
    sentence = _l(
        "The judge has written in this review. Confirm that you know it: what they wrote is "
        "deleted."
    )


class ConflictKnown(Obstacle):
    sentence = _l("This conflict of interest is declared already.")


class RuledMeanwhile(Obstacle):
    sentence = _l("Something changed since this page was shown: look at it again, then decide.")


class OwnTeam(Obstacle):
    sentence = _l("Nobody judges their own team, so there is nothing to decide.")


class NothingKnown(Obstacle):
    sentence = _l("Nothing is known between this judge and this team.")


class ObjectionKnown(Obstacle):
    sentence = _l("Your team has named this judge already.")
    field = "judge"


class ManyObjections(Obstacle):
    sentence = _l("This is as many as a team can name. Write to the organizers instead.")


class InConflict(Obstacle):
    sentence = _l("This judge has a conflict of interest with the team.")


class LanguageNotRead(Obstacle):
    sentence = _l("This judge does not read the language of the submission. Confirm to add anyway.")


class ChallengeNotRead(Obstacle):
    sentence = _l("This judge does not read submissions to this challenge. Confirm to add anyway.")


class JudgeFull(Obstacle):
    sentence = _l("This judge has as many reviews as they can take. Raise their capacity first.")


class ReviewThere(Obstacle):
    sentence = _l("This judge has the submission to review already.")


class CouldRead(Obstacle):
    sentence = _l(
        "Others have reviewed %(titles)s, which you can read as an organizer. Let another "
        "organizer give that to you, or give it to another judge."
    )


class NotHandedIn(Obstacle):
    sentence = _l("This team has not handed anything in.")


class NotInRound(Obstacle):
    sentence = _l("This submission is not in the round that is judged now.")


class NotJudging(Obstacle):
    sentence = _l("This person is no longer a judge.")


class PlanChanged(Obstacle):
    sentence = _l(
        "Something changed since the proposal was made. This is the new one: look at it, then "
        "confirm."
    )


class ReviewWithdrawn(Obstacle):
    sentence = _l("This review was withdrawn from you in the meantime.")


class ReviewDone(Obstacle):
    sentence = _l(
        "You completed this review, and it counts. If it should not, write to the organizers with "
        "“Report a problem”."
    )


class GivenBack(Obstacle):
    sentence = _l("This judge gave the submission back. Confirm to give it to them again.")


class AlreadySettled(Obstacle):
    sentence = _l("Another organizer settled this in the meantime. Their answer is shown here.")
    field = "answer"


class RulesChanged(Obstacle):
    sentence = _l(
        "Somebody else has changed the rules meanwhile. This is how they stand now: look at them, "
        "then publish."
    )


class RulesIncomplete(Obstacle):
    sentence = _l("The rules cannot be published yet. What is missing stands above.")


class RoundOver(Obstacle):
    sentence = _l(
        "The submissions of the next round are selected, so the challenges of this one stay."
    )


class ReviewsLeftOut(Obstacle):
    sentence = _l(
        "Judges have reviews of submissions to other challenges in this round: %(teams)s. Withdraw "
        "these reviews first, or take their challenges in."
    )


class NothingNew(Obstacle):
    sentence = _l("The rules are published just as they stand here.")


class ReasonMissing(Obstacle):
    sentence = _l("A change of published rules needs its reason, in both languages.")


class ScoresMeaningless(Obstacle):
    sentence = _l(
        "Judges have used this already: %(names)s. It must stay as it is, with its scale, its "
        "challenge and who reads its comments. Its words and its weight can change."
    )


# -- the rules -------------------------------------------------------------------------------


def edit_rules(
    competition: Competition, *, by: User, round_: Round | None = None, **fields: Any
) -> Round:
    """Change what the draft says beside criteria and conditions. Nobody is told until it is
    published."""
    round_ = round_ or round_of(competition)
    for name, value in fields.items():
        setattr(round_, name, value)
    db.session.flush()
    record(Deed.RULES_EDITED, by=by, competition=competition, subject=str(round_.name))
    return round_


def publish_rules(
    competition: Competition,
    *,
    digest: str,
    reason: Localized,
    by: User,
    round_: Round | None = None,
) -> RulesVersion:
    """Make the draft the rules that hold, as a new version. `digest` stands for what was seen.

    From the second version on a reason is wanted in both languages, and judges get a letter; once
    scores are given, so do the teams, and no score may lose its meaning.
    """
    round_ = round_ or round_of(competition)
    lock(round_)
    wait_for_scores(round_)
    db.session.refresh(competition, ["criteria", "conditions", "challenges"])
    draft, before = draft_of(competition, round_), version_in_force(competition, round_)
    if rulebook.digest(draft) != digest:
        raise RulesChanged
    if before is not None and before.digest == digest:
        raise NothingNew
    if rulebook.amiss(draft, {each.id: each.title for each in competition.challenges}):
        raise RulesIncomplete
    if round_.position == 1:
        keep_in(round_, draft.reach.challenges if draft.reach else ())
    frozen = scored_in(round_)
    if before is not None:
        if not reason.complete:
            raise ReasonMissing
        _keep_meaning(rulebook.read(before.content), draft, used_in(round_))
    version = RulesVersion(
        round=round_,
        number=before.number + 1 if before else 1,
        content=rulebook.content(draft),
        digest=digest,
        reason=reason if before else Localized(),
        by=by,
        published_at=now(),
    )
    db.session.add(version)
    for piece in (*round_.criteria, *round_.conditions):
        piece.published_at = piece.published_at or now()
    db.session.flush()
    record(
        Deed.RULES_PUBLISHED,
        by=by,
        competition=competition,
        subject=str(round_.name),
        number=version.number,
    )
    if before is not None:
        for judge in judges_of(competition):
            letters.rules_changed(judge.user, version)
        for team in teams_judged(competition) if frozen else ():
            for member in team.members:
                letters.rules_changed(member, version)
    return version


def keep_in(round_: Round, limit: Collection[uuid.UUID]) -> None:
    """May the first round take submissions to these challenges alone? Raises RoundOver,
    ReviewsLeftOut."""
    if set(limit) == set(limit_of(round_)):
        return
    if round_of(round_.competition) is not round_:
        raise RoundOver
    if teams := left_out(round_, limit):
        raise ReviewsLeftOut(teams=", ".join(team.name for team in teams))


def wait_for_scores(round_: Round) -> None:
    """Whoever is saving a review now comes first, so that what it used is known."""
    db.session.execute(
        select(Review.id).where(Review.round_id == round_.id).order_by(Review.id).with_for_update()
    )


def _keep_meaning(before: Rules, after: Rules, used: Collection[uuid.UUID]) -> None:
    if names := rulebook.made_meaningless(before, after, used):
        raise ScoresMeaningless(names=", ".join(str(name) for name in names))


# -- judges ----------------------------------------------------------------------------------


def appoint(
    competition: Competition,
    *,
    email: str,
    languages: list[str],
    capacity: int,
    challenges: Collection[Challenge] = (),
    by: User,
) -> Judge:
    """Make the person with this address a judge, again if they were one before.

    Without `challenges` they read those of any.
    """
    user = person_with(email)
    if user is None:
        raise NoAccount
    judge = db.session.scalar(
        select(Judge).where(Judge.competition_id == competition.id, Judge.user_id == user.id)
    )
    if judge is None:
        judge = Judge(competition=competition, user=user)
        db.session.add(judge)
    elif judge.dismissed_at is None:
        raise AlreadyJudge
    judge.dismissed_at = None
    judge.languages, judge.capacity = languages, capacity
    judge.challenges = list(challenges)
    db.session.flush()
    record(Deed.JUDGE_APPOINTED, by=by, competition=competition, subject=user.name)
    letters.judge_appointed(judge)
    return judge


def edit(
    judge: Judge,
    *,
    languages: list[str],
    capacity: int,
    challenges: Collection[Challenge] = (),
    by: User,
) -> Judge:
    """What the judge can be given from now on; what they were given stays."""
    judge.languages, judge.capacity = languages, capacity
    judge.challenges = list(challenges)
    db.session.flush()
    record(Deed.JUDGE_EDITED, by=by, competition=judge.competition, subject=judge.user.name)
    return judge


def dismiss(judge: Judge, *, confirmed: bool, by: User) -> Judge:
    """End the judge's part. Completed reviews stay and count; the others are withdrawn, and the
    journal keeps their scores."""
    lock(judge)
    if judge.dismissed_at is not None:
        raise NotJudging
    if any(given_by(judge)) and not confirmed:
        raise JudgeHasScores
    for review in open_reviews(judge):
        withdraw(review, by=by)
    judge.dismissed_at = now()
    db.session.flush()
    record(Deed.JUDGE_DISMISSED, by=by, competition=judge.competition, subject=judge.user.name)
    letters.judge_dismissed(judge)
    return judge


def remind(competition: Competition, *, by: User) -> int:
    """Write to judges with reviews to do, unless they had a reminder lately; returns how many."""
    lock(competition)
    progress, lately = progress_by_judge(competition), reminded_lately(competition)
    waiting = [
        judge
        for judge in judges_of(competition)
        if progress[judge.id].left and judge.user_id not in lately
    ]
    for judge in waiting:
        letters.judging_reminder(judge, progress[judge.id].left)
    if waiting:
        record(Deed.JUDGES_REMINDED, by=by, competition=competition, count=len(waiting))
    db.session.flush()
    return len(waiting)


# -- conflicts of interest -------------------------------------------------------------------


MOST_OBJECTIONS = 20


def declare_conflict(judge: Judge, team: Team, *, reason: str, by: User) -> Conflict:
    """Keep the judge from the team. A review not completed is withdrawn; a completed one stays
    for the record and does not count."""
    with _telling([judge.user] if judge.user_id != by.id else [], team):
        conflict = _declared(judge, team, reason, by)
    _let_go(judge, team, by=by)
    return conflict


def declare(judge: Judge, said: Mapping[Submission, str | None], *, by: User) -> int:
    """The judge answers whether they are in conflict: the reason for each submission, or None.

    A conflict ends the review as in `recuse`. Returns how many answers are new.
    """
    lock(judge)
    before, new, free = answers_of(judge), 0, 0
    for submission, reason in said.items():
        known = before.get(submission.id)
        if reason is not None:
            _recused(judge, submission, reason, by=by)
        elif known is None:
            _answered(judge, submission, Stand.NONE)
            free += 1
        else:
            continue
        new += 1
    db.session.flush()
    if free:
        record(Deed.NO_CONFLICT_DECLARED, by=by, competition=judge.competition, count=free)
    return new


def recuse(review: Review, *, reason: str, by: User) -> Conflict:
    """The judge says that they cannot judge this; the organizers are told."""
    conflict = _recused(review.judge, review.submission, reason, by=by)
    db.session.flush()
    return conflict


def lift_conflict(conflict: Conflict, *, by: User) -> None:
    with _telling([conflict.user], conflict.team):
        db.session.delete(conflict)
        db.session.flush()
    record(
        Deed.CONFLICT_LIFTED,
        by=by,
        competition=conflict.team.competition,
        subject=f"{conflict.user.name} – {conflict.team.name}",
    )


def rule(
    judge: Judge, submission: Submission, *, bars: bool, reason: str, seen: str, by: User
) -> Ruling:
    """Decide whether what is known about the two bars the judge; the latest ruling counts.

    `seen` stands for what the chair decided on (`Finding.digest`). Barred, a review that is not
    completed is withdrawn; a completed one stays for the record and does not count.
    """
    lock(judge)
    finding, team = finding_of(judge, submission), submission.team
    if finding.final:
        raise OwnTeam
    if not finding.interests:
        raise NothingKnown
    if finding.digest != seen:
        raise RuledMeanwhile
    ruling = Ruling(
        judge=judge,
        team=team,
        bars=bars,
        reason=reason,
        grounds=sorted({each.sign for each in finding.interests}),
        by=by,
    )
    with _telling([judge.user], team):
        db.session.add(ruling)
        db.session.flush()
    record(
        Deed.CONFLICT_BARS if bars else Deed.CONFLICT_WAIVED,
        by=by,
        competition=judge.competition,
        subject=f"{judge.user.name} – {team.name}",
    )
    if bars:
        _let_go(judge, team, by=by)
    return ruling


def name_chairs(
    competition: Competition, organizers: Collection[Organizer], *, by: User
) -> list[Chair]:
    """These organizers decide on conflicts of interest; without any, every organizer does."""
    lock(competition)
    present = chairs_of(competition)
    if {chair.organizer_id for chair in present} != {each.id for each in organizers}:
        for chair in present:
            if chair.organizer not in organizers:
                db.session.delete(chair)
        known = {chair.organizer_id for chair in present}
        db.session.add_all(
            Chair(organizer=each, by=by) for each in organizers if each.id not in known
        )
        db.session.flush()
        names = ", ".join(each.user.name for each in organizers)
        if names:
            record(Deed.CHAIRS_NAMED, by=by, competition=competition, subject=names)
        else:
            record(Deed.CHAIRS_ENDED, by=by, competition=competition)
    return chairs_of(competition)


def name_judges(competition: Competition, *, to_teams: bool, by: User) -> None:
    """Whether teams see who judges, so that they can say whom they are in conflict with."""
    lock(competition)
    if (competition.judges_named_at is not None) == to_teams:
        return
    competition.judges_named_at = now() if to_teams else None
    db.session.flush()
    deed = Deed.JUDGES_NAMED if to_teams else Deed.JUDGES_UNNAMED
    record(deed, by=by, competition=competition)


def object_to(team: Team, *, judge: Judge | None, about: str, reason: str, by: User) -> Objection:
    """The team says whom it is in conflict with: a judge it sees, or somebody in its own words,
    whom the organizers look for among the judges. Until somebody decides, that bars the judge."""
    if db.session.scalar(select(Team.id).where(Team.id == team.id).with_for_update()) is None:
        raise NothingKnown
    known = objections_of(team)
    if len(known) >= MOST_OBJECTIONS:
        raise ManyObjections
    if judge and any(judge.user in each.people for each in known):
        raise ObjectionKnown
    objection = Objection(
        team=team,
        about=judge.user.name if judge else about,
        reason=reason,
        by=by,
        people=[judge.user] if judge else [],
        settled_at=now() if judge else None,
    )
    db.session.add(objection)
    db.session.flush()
    record(Deed.OBJECTION_MADE, by=by, competition=team.competition, subject=team.name)
    for person in _deciders(objection):
        letters.objection_made(person, objection)
    return objection


def _deciders(objection: Objection) -> list[User]:
    """Who chairs the judging, or every organizer where nobody does; without whom it is about, and
    who is bound to the team."""
    competition = objection.team.competition
    chairs = [chair.organizer.user for chair in chairs_of(competition)]
    people = chairs or [organizer.user for organizer in organizers_of(competition)]
    return [
        person
        for person in people
        if not concerns(objection, person) and not partial(person, objection.team)
    ]


def withdraw_objection(objection: Objection, *, by: User) -> None:
    team = objection.team
    with _telling(objection.people, team):
        db.session.delete(objection)
        db.session.flush()
    record(Deed.OBJECTION_WITHDRAWN, by=by, competition=team.competition, subject=team.name)


def settle(objection: Objection, judges: Iterable[Judge], *, by: User) -> Objection:
    """Say which judges the team means; none is an answer too."""
    with _telling(objection.people, objection.team):
        objection.people = [judge.user for judge in judges]
        objection.settled_at, objection.settled_by = now(), by
        db.session.flush()
    record(
        Deed.OBJECTION_SETTLED,
        by=by,
        competition=objection.team.competition,
        subject=objection.team.name,
    )
    return objection


@contextmanager
def _telling(people: Iterable[User], team: Team) -> Iterator[None]:
    """Write to those of these judges for whom what happens inside opens a review again, or sets a
    completed one aside: one that is open then goes, with a letter of its own. Once results are
    public, nothing that a review says counts any more or less."""
    submission, competition = submission_of(team), team.competition
    over = current_app.extensions["results_out"](competition)
    seats = [] if over else [seat for seat in judges_of(competition) if seat.user in {*people}]
    reviews = [review for seat in seats if submission and (review := review_of(seat, submission))]
    before = conflicts(competition, submission=submission) if reviews else {}
    yield
    after = conflicts(competition, submission=submission) if reviews else {}
    for review in reviews:
        pair = review.judge_id, review.submission_id
        if pair in before and pair not in after:
            letters.review_open_again(review)
        elif pair in after and pair not in before and review.completed_at is not None:
            letters.review_set_aside(review)


def _recused(judge: Judge, submission: Submission, reason: str, *, by: User) -> Conflict:
    team, reviews = submission.team, reviews_between(judge, submission)
    conflict = _declared(judge, team, reason, by)
    _answered(judge, submission, Stand.CONFLICT)
    if reviews:
        for review in open_reviews(judge, submission):
            withdraw(review, by=by)
        for organizer in organizers_of(judge.competition):
            letters.conflict_declared(organizer.user, judge, team, reason)
    return conflict


def _answered(judge: Judge, submission: Submission, said: Stand) -> None:
    db.session.add(Declaration(judge=judge, submission=submission, said=said))


def _declared(judge: Judge, team: Team, reason: str, by: User) -> Conflict:
    """Said again after it was ruled to be none, it is a new one."""
    known = declared_conflict(judge.user, team)
    if known is not None:
        submission = submission_of(team)
        if submission is None or finding_of(judge, submission).bars:
            raise ConflictKnown
        db.session.delete(known)
        db.session.flush()
    conflict = Conflict(user=judge.user, team=team, reason=reason, by=by)
    db.session.add(conflict)
    db.session.flush()
    record(
        Deed.CONFLICT_DECLARED,
        by=by,
        competition=judge.competition,
        subject=f"{judge.user.name} – {team.name}",
    )
    return conflict


def _let_go(judge: Judge, team: Team, *, by: User) -> None:
    """Withdraw what is not completed, of whatever round, and tell the judge."""
    submission = submission_of(team)
    if submission is None:
        return
    open_ones = open_reviews(judge, submission)
    for review in open_ones:
        withdraw(review, by=by)
    if open_ones:
        letters.review_removed(judge, submission)


# -- who reads what --------------------------------------------------------------------------


def assign(competition: Competition, *, wish: Wish, digest: str, by: User) -> Plan:
    """Carry out the plan that was shown, and return it.

    Raises PlanChanged when the same question has another answer by now.
    """
    lock(competition)
    wait_for_scores(round_of(competition))
    found = plan(competition, wish)
    if found.digest != digest:
        raise PlanChanged
    check_unread(
        {x.submission for x in found.proposal.added if found.judges[x.judge].user_id == by.id},
        competition,
    )
    for each in found.proposal.removed:
        judge, version = found.judges[each.judge], found.versions[each.submission]
        review = review_of(judge, version.submission)
        if review is not None and review.completed_at is None:
            withdraw(review, by=by)
            letters.review_removed(judge, version.submission)
    round_id = round_of(competition).id
    new: dict[Any, int] = {}
    for each in found.proposal.added:
        db.session.add(
            Review(judge_id=each.judge, submission_id=each.submission, round_id=round_id)
        )
        new[each.judge] = new.get(each.judge, 0) + 1
    db.session.flush()
    for judge_id, number in new.items():
        letters.reviews_assigned(found.judges[judge_id], number)
    record(Deed.REVIEWS_ASSIGNED, by=by, competition=competition, count=sum(new.values()))
    return found


def add_review(judge: Judge, submission: Submission, *, despite: bool, by: User) -> Review:
    """Give one judge one submission, by hand; `despite` its language or challenge, and although
    they gave it back."""
    lock(judge)
    round_ = round_of(judge.competition)
    lock(round_)
    version = counted_version(submission)
    if version is None:
        raise NotHandedIn
    if round_ is not round_of(judge.competition) or not is_in(submission, round_):
        raise NotInRound
    if judge.dismissed_at is not None:
        raise NotJudging
    if review_of(judge, submission):
        raise ReviewThere
    if interests(judge, submission):
        raise InConflict
    if version.content["language"] not in judge.languages and not despite:
        raise LanguageNotRead
    if not judge.reads(version.challenge) and not despite:
        raise ChallengeNotRead
    load = (
        select(func.count())
        .select_from(Review)
        .where(Review.judge_id == judge.id, Review.round_id == round_.id)
    )
    if (db.session.scalar(load) or 0) >= judge.capacity:
        raise JudgeFull
    if (back := abstention_of(judge, submission)) is not None:
        if not despite:
            raise GivenBack
        db.session.delete(back)
    if judge.user_id == by.id:
        check_unread({submission.id}, judge.competition)
    review = Review(judge=judge, submission=submission, round=round_)
    db.session.add(review)
    db.session.flush()
    record(
        Deed.REVIEW_ADDED,
        by=by,
        competition=judge.competition,
        subject=f"{judge.user.name} – {submission.team.name}",
    )
    letters.reviews_assigned(judge, 1)
    return review


def check_unread(own: Collection[uuid.UUID], competition: Competition) -> None:
    """Nobody gives themselves what they could read reviews of. Raises CouldRead."""
    read = select(Review.submission_id).where(
        Review.submission_id.in_(own),
        Review.round_id == round_of(competition).id,
        Review.completed_at.is_not(None),
    )
    if own and (found := set(db.session.scalars(read))):
        versions = counted_versions(competition)
        titles = [each.content["title"] for each in versions if each.submission_id in found]
        raise CouldRead(titles=", ".join(titles))


def remove_review(review: Review, *, confirmed: bool, by: User) -> None:
    """Take one submission from one judge, by hand. The journal keeps the scores that go, what else
    the judge wrote is lost."""
    if not lock(review):
        return
    if review.holds and not confirmed:
        raise ReviewHolds
    judge, submission = review.judge, review.submission
    withdraw(review, by=by)
    if judge.dismissed_at is None:
        letters.review_removed(judge, submission)


def open_reviews(judge: Judge, submission: Submission | None = None) -> list[Review]:
    """What the judge has not completed, of whatever round, or of one submission. Whoever completes
    one at this moment comes first, and keeps it."""
    query = select(Review).where(Review.judge_id == judge.id, Review.completed_at.is_(None))
    if submission is not None:
        query = query.where(Review.submission_id == submission.id)
    return list(
        db.session.scalars(
            query.order_by(Review.id).with_for_update().execution_options(populate_existing=True)
        )
    )


def withdraw(review: Review, *, by: User) -> None:
    """Delete the review; the journal keeps its scores, and of a completed one how they came to
    be."""
    judge = review.judge
    completed = review.completed_at and {
        "completed_at": review.completed_at.isoformat(),
        "history": levels_over_time(review),
    }
    record(
        Deed.REVIEW_REMOVED,
        by=by,
        competition=judge.competition,
        subject=f"{judge.user.name} – {review.submission.team.name}",
        scores={str(score.criterion_id): score.score for score in review.scores},
        **(completed or {}),
    )
    db.session.delete(review)
    db.session.flush()


def abstain(review: Review, *, reason: str, by: User) -> Abstention:
    """The judge gives the submission back without judging it: their scores go, the journal keeps
    them, and the organizers are told. Raises ReviewDone."""
    _held(review)
    if review.completed_at is not None:
        raise ReviewDone
    judge, submission = review.judge, review.submission
    back = abstention_of(judge, submission)
    if back is None:
        back = Abstention(judge=judge, submission=submission)
        db.session.add(back)
    back.reason = reason
    about = {"competition": judge.competition, "subject": submission.team.name}
    record(Deed.REVIEW_GIVEN_BACK, by=by, **about)
    withdraw(review, by=by)
    for person in _told_of(submission):
        letters.review_given_back(person, back)
    return back


def report(review: Review, *, kind: Trouble, text: str, by: User) -> Problem:
    """The judge says what keeps them from judging the submission; the organizers are told.

    The same words twice are the same report.
    """
    _held(review)
    judge, submission = review.judge, review.submission
    for known in problems_by(judge, submission):
        if (known.kind, known.text, known.settled_at) == (kind, text, None):
            return known
    problem = Problem(judge=judge, submission=submission, kind=kind, text=text)
    db.session.add(problem)
    db.session.flush()
    about = {"competition": judge.competition, "subject": submission.team.name}
    record(Deed.PROBLEM_REPORTED, by=by, **about)
    for person in _told_of(submission):
        letters.problem_reported(person, problem)
    return problem


def _told_of(submission: Submission) -> list[User]:
    """The organizers who may hear what judges say of the submission: not who, as a judge, is kept
    from it by a conflict of interest."""
    competition = submission.competition
    people = [organizer.user for organizer in organizers_of(competition)]
    return [each for each in people if submission.id not in withheld_from(each, competition)]


def settle_problem(problem: Problem, *, answer: str, by: User) -> Problem:
    """An organizer says what came of it; the judge is told. Raises AlreadySettled."""
    db.session.execute(select(Problem.id).where(Problem.id == problem.id).with_for_update())
    db.session.refresh(problem)
    if problem.settled_at is not None:
        raise AlreadySettled
    problem.answer, problem.settled_at, problem.settled_by = answer, now(), by
    db.session.flush()
    team = problem.submission.team
    record(Deed.PROBLEM_SETTLED, by=by, competition=problem.judge.competition, subject=team.name)
    letters.problem_settled(problem)
    return problem


# -- scores ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scored:
    """What became of a save: see scoring.together. `lacking` is, by field, what the review would
    need: to be completed as was asked, or to stay complete with what was not taken therefore."""

    merge: Merged
    again: set[str]
    lacking: Mapping[str, Lack]


def score(
    review: Review,
    criteria: Sequence[rulebook.Criterion],
    conditions: Sequence[rulebook.Condition],
    mine: Mapping[str, Any],
    bases: Mapping[str, str] = MappingProxyType({}),
    touches: Mapping[str, list[str]] = MappingProxyType({}),
    *,
    reasoned: bool = False,
    by: User,
) -> Scored:
    """Put down what the judge thinks, by field; the same twice is the same once.

    `bases` are the fingerprints of what they began from: what was changed on another device
    meanwhile stays, and where both changed the same field nothing of it is saved. Without a base
    the field is written over. Once completed, a review stays complete: it can change, but what
    would make it lack something is not taken. It is completed only when all that came with it was.
    A level or comment that changes once the judge could read a discussion, or as an organizer the
    other reviews, lacks its why, unless this is `reasoned`; the roof hands in `discussed`, since
    discussions are a later room.
    """
    last = _held(review)
    before, at = said(review), now()
    known = {name: fingerprint(before.get(name)) for name in mine} | dict(bases)
    merge, again = together(before, mine, known, touches, review.touches)
    complete = merge.taken.pop(COMPLETE, "") == DONE
    merge.conflicts.pop(COMPLETE, None)  # done on both: there is no going back to choose
    lacks = lacking(criteria, conditions, {**before, **merge.taken})
    if review.completed_at:
        lacked = lacking(criteria, conditions, before)
        lacks = {name: lack for name, lack in lacks.items() if lacked.get(name) != lack}
        changed = [] if reasoned else opinions(merge.taken)
        if changed and current_app.extensions["discussed"](review):
            lacks |= dict.fromkeys(changed, Lack.WHY)
        elif changed and organizes(review.judge.user, review.judge.competition):
            lacks |= dict.fromkeys(changed, Lack.READ)
        for name in spoiling(lacks):
            merge.taken.pop(name, None)
    put(review, {**before, **merge.taken}, merge.taken)
    if complete and not lacks and not merge.conflicts:
        merge.taken[COMPLETE], review.completed_at = DONE, at
        _note(Deed.REVIEW_COMPLETED, review, by)
    if merge.taken:
        review.touched_at = at
        review.touches = noted(review.touches, touches, merge.taken)
        if new := remember(last, before, said(review), at):
            new.review_id = review.id
            db.session.add(new)
            if before[COMPLETE]:
                _note(Deed.REVIEW_CHANGED, review, by)
    db.session.flush()
    wanted = complete or review.completed_at is not None
    return Scored(merge, again, lacks if wanted else {})


def _note(deed: Deed, review: Review, by: User) -> None:
    team = review.submission.team
    record(deed, by=by, competition=review.judge.competition, subject=team.name)


_LOCKED = select(Review.id).where(Review.id == bindparam("review")).with_for_update()
# A statement of its own: one that waited for a lock still sees what hung on the row before.
_AS_LEFT = (
    select(Review, ReviewChange, Stoppage.id)
    .outerjoin(
        ReviewChange,
        ReviewChange.id
        == select(ReviewChange.id)
        .where(ReviewChange.review_id == Review.id)
        .order_by(ReviewChange.created_at.desc(), ReviewChange.id.desc())
        .limit(1)
        .correlate(Review)
        .scalar_subquery(),
    )
    .outerjoin(Stoppage, stops(Review.round_id))
    .where(Review.id == bindparam("review"))
    .options(joinedload(Review.scores), joinedload(Review.answers))
    .execution_options(populate_existing=True)
)


def _held(review: Review) -> ReviewChange | None:
    """Wait for other devices, and for who stops the round; read the review as they left it, and
    give its last change."""
    asked = {"review": review.id}
    if db.session.scalar(_LOCKED, asked) is None:
        raise ReviewWithdrawn
    _, change, stoppage = db.session.execute(_AS_LEFT, asked).unique().one()
    if stoppage is not None:
        raise JudgingStopped
    found: ReviewChange | None = change
    return found


def lock(row: Competition | Judge | Review | Round) -> bool:
    """Wait for whoever changes what hangs on this row at the same moment; False if it is gone.

    What was asked before the wait may be old by then, and is asked anew."""
    kind = type(row)
    found = db.session.scalar(select(kind.id).where(kind.id == row.id).with_for_update())
    if found is not None:
        db.session.refresh(row)
    forget_answers()
    return found is not None
