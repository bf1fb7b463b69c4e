"""What the doors of a review ask about it, in one question: a judge who scores knocks at them every
few seconds."""

import uuid
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager, joinedload, load_only
from sqlalchemy.orm.attributes import set_committed_value

from ..competitions.models import Competition, Round
from ..extensions import db
from ..ground.remember import foretell
from ..submissions.models import Submission
from .jury import before, terms_before
from .models import Judge, JudgeTerms, Review, RulesVersion, Stoppage
from .queries import challenge_judged, holds, of_last_version, round_key, round_of, version_in
from .stopping import stoppage_seen, stops

_REVIEW = (
    select(
        Review,
        Round,  # the one that is judged, which may be a later one
        RulesVersion,
        Stoppage,
        JudgeTerms,
        of_last_version(Review.submission_id).correlate(Review).scalar_subquery(),
    )
    .join(Review.judge)
    .join(Review.submission)
    .join(Round, Round.id == round_key(bindparam("competition")))
    .outerjoin(RulesVersion, holds(Review.round_id))
    .outerjoin(Stoppage, stops(Review.round_id))
    .outerjoin(JudgeTerms, before(Judge.id, Judge.competition_id))
    .where(Review.id == bindparam("key"), Judge.competition_id == bindparam("competition"))
    .options(
        contains_eager(Review.judge),
        # Judges read a version of it; the draft beside it can be long.
        contains_eager(Review.submission).options(
            load_only(Submission.team_id, Submission.competition_id),
            joinedload(Submission.exclusions),
        ),
    )
)


def review_in(key: str, *, competition: Competition, **_: Any) -> Review | None:
    """The review that an address names."""
    try:
        asked = {"key": uuid.UUID(key), "competition": competition.id}
    except ValueError:
        return None
    found = db.session.execute(_REVIEW, asked).unique().one_or_none()
    if found is None:
        return None
    review: Review = found[0]
    _, judged, version, stoppage, terms, challenge = found
    if review.round_id == judged.id:
        set_committed_value(review, "round", judged)
    foretell(round_of, competition, answer=judged)
    foretell(version_in, review.round_id, answer=version)
    foretell(stoppage_seen, review.round_id, answer=stoppage)
    foretell(terms_before, review.judge, answer=terms)
    foretell(challenge_judged, review.submission, answer=challenge)
    return review
