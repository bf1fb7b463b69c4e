"""What discussions among judges hold about a person."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.orm import contains_eager, joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.personal import Fact, Holding, Share
from ..judging.models import Judge, Review
from .models import Contribution, Discussion, Revision


def forget(person: User) -> None:
    """What was said goes. That a review was changed, and from what to what, stays with it."""
    db.session.execute(delete(Contribution).where(Contribution.by_id == person.id))
    own = select(Review.id).join(Review.judge).where(Judge.user_id == person.id)
    db.session.execute(update(Revision).where(Revision.review_id.in_(own)).values(reason=FORGOTTEN))
    db.session.flush()


def expire(competition: Competition) -> dict[str, int]:
    """What judges and organizers said to each other, and why reviews were changed."""
    here = select(Discussion.id).where(Discussion.competition_id == competition.id)
    remarks = db.session.execute(delete(Contribution).where(Contribution.discussion_id.in_(here)))
    revisions = db.session.execute(
        update(Revision)
        .where(Revision.discussion_id.in_(here), Revision.reason != FORGOTTEN)
        .values(reason=FORGOTTEN)
    )
    return {"contributions": remarks.rowcount, "revisions": revisions.rowcount}


FORGOTTEN = "–"  # a reason whose time has come

SHARE = Share(
    holdings=(
        Holding(
            "contributions",
            _l("What you said in discussions among judges"),
            Contribution,
            lambda person: (
                select(Contribution)
                .join(Contribution.discussion)
                .where(Contribution.by_id == person.id)
                .options(contains_eager(Contribution.discussion).joinedload(Discussion.competition))
                .order_by(Contribution.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "discussion.competition.name"),
                Fact("submission", _l("Number of the submission"), "discussion.submission_id"),
                Fact("text", _l("Text")),
                Fact("created_at", _l("Written")),
            ),
        ),
        Holding(
            "revisions",
            _l("Reviews you changed after a discussion"),
            Revision,
            lambda person: (
                select(Revision)
                .join(Revision.review)
                .join(Review.judge)
                .where(Judge.user_id == person.id)
                .options(
                    contains_eager(Revision.review),
                    joinedload(Revision.discussion).joinedload(Discussion.competition),
                )
                .order_by(Revision.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "discussion.competition.name"),
                Fact("submission", _l("Number of the submission"), "review.submission_id"),
                Fact("reason", _l("Reason")),
                Fact("before", _l("Before")),
                Fact("after", _l("After")),
                Fact("created_at", _l("Written")),
            ),
            stays=_l("What the review said before and after, without your reason."),
        ),
        Holding(
            "discussions",
            _l("Discussions among judges that you opened"),
            Discussion,
            lambda person: (
                select(Discussion)
                .where(Discussion.by_id == person.id)
                .options(joinedload(Discussion.competition))
                .order_by(Discussion.created_at)
            ),
            (
                Fact("competition", _l("Competition"), "competition.name"),
                Fact("submission", _l("Number of the submission"), "submission_id"),
                Fact("named", _l("Judges see each other’s names")),
                Fact("created_at", _l("Since")),
                Fact("closed_at", _l("Until")),
            ),
            stays=_l("The discussion, without your name."),
        ),
    ),
    forget=forget,
    expire=expire,
)
