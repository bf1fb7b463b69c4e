"""Opening discussions, taking part in them, and changing one's mind."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..judging.actions import score
from ..judging.models import Review
from ..judging.queries import round_of
from ..judging.rulebook import Criterion
from ..judging.scoring import field_of
from ..submissions.models import Submission
from . import letters
from .models import Contribution, Discussion, Revision
from .queries import heard, told_lately


class NothingChosen(Obstacle):
    sentence = _l("Choose at least one submission that is not discussed yet.")
    field = "submissions"


class DiscussionClosed(Obstacle):
    sentence = _l("The discussion was closed in the meantime.")


class NothingRevised(Obstacle):
    sentence = _l("Nothing is different from what your review says already.")


def open_discussions(
    competition: Competition, submissions: Iterable[Submission], *, named: bool, by: User
) -> list[Discussion]:
    """Let the judges of these submissions talk, and tell each of them once.

    Those that are discussed already are left as they are. Raises NothingChosen.
    """
    db.session.execute(
        select(Competition.id).where(Competition.id == competition.id).with_for_update()
    )
    round_ = round_of(competition)
    there = set(
        db.session.scalars(select(Discussion.submission_id).where(Discussion.round_id == round_.id))
    )
    new = [each for each in submissions if each.id not in there]
    if not new:
        raise NothingChosen
    discussions = [
        Discussion(competition=competition, submission=each, round=round_, named=named, by=by)
        for each in new
    ]
    db.session.add_all(discussions)
    db.session.flush()
    reviews: defaultdict[User, list[Review]] = defaultdict(list)
    for discussion in discussions:
        for review in heard(discussion):
            if review.judge.dismissed_at is None:
                reviews[review.judge.user].append(review)
        record(Deed.DISCUSSION_OPENED, by=by, **_about(discussion))
    for person, own in reviews.items():
        letters.discussion_opened(person, competition, own)
    return discussions


def close(discussion: Discussion, *, by: User) -> Discussion:
    _locked(discussion)
    if discussion.closed_at is None:
        discussion.closed_at = now()
        db.session.flush()
        record(Deed.DISCUSSION_CLOSED, by=by, **_about(discussion))
    return discussion


def reopen(discussion: Discussion, *, by: User) -> Discussion:
    _locked(discussion)
    if discussion.closed_at is not None:
        discussion.closed_at = None
        db.session.flush()
        record(Deed.DISCUSSION_REOPENED, by=by, **_about(discussion))
    return discussion


def remark(
    discussion: Discussion, text: str, *, review: Review | None = None, by: User
) -> Contribution:
    """Say something: as the judge whose review it is, or without one as an organizer.

    The other judges get a letter, unless they had one lately. Raises DiscussionClosed.
    """
    _locked(discussion)
    if discussion.closed_at is not None:
        raise DiscussionClosed
    said = Contribution(discussion=discussion, review=review, by=by, text=text)
    db.session.add(said)
    lately = told_lately(discussion)
    for other in heard(discussion):
        judge = other.judge
        if judge.dismissed_at is None and judge.user_id not in {by.id, *lately}:
            letters.discussion_goes_on(judge.user, discussion, other)
    db.session.flush()
    return said


def revise(
    review: Review,
    discussion: Discussion,
    *,
    levels: Mapping[Criterion, int | None],
    comment: str,
    reason: str,
    by: User,
) -> Revision:
    """Change a completed review after what was said, with before and after on record.

    Raises DiscussionClosed, NothingRevised, and what scoring raises.
    """
    _locked(discussion)
    if discussion.closed_at is not None:
        raise DiscussionClosed
    before = said_in(review)
    said = {field_of(criterion.id): level for criterion, level in levels.items()}
    saved = score(review, list(levels), (), {**said, "comment": comment}, reasoned=True, by=by)
    after = said_in(review)
    if saved.lacking or before == after:
        raise NothingRevised
    revision = Revision(
        discussion=discussion, review=review, reason=reason, before=before, after=after
    )
    db.session.add(revision)
    db.session.flush()
    record(Deed.REVIEW_REVISED, by=by, **_about(discussion))
    return revision


def said_in(review: Review) -> dict[str, Any]:
    """What a review says, as a revision keeps it."""
    scores = {str(each.criterion_id or each.criterion.id): each.score for each in review.scores}
    return {"scores": dict(sorted(scores.items())), "comment": review.comment}


def _about(discussion: Discussion) -> dict[str, Any]:
    return {
        "competition": discussion.competition,
        "subject": discussion.submission.team.name,
    }


def _locked(discussion: Discussion) -> None:
    """Wait for whoever closes it, or speaks, at the same moment."""
    db.session.execute(
        select(Discussion.id).where(Discussion.id == discussion.id).with_for_update()
    )
    db.session.refresh(discussion)
