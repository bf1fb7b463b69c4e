"""What the doors of a review ask about it, in one question: a judge who scores knocks at them every
few seconds. What is seldom there is asked for by its key alone."""

import uuid
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from ..competitions.models import Competition, Round
from ..extensions import db
from ..ground.by_content import Made
from ..ground.keeping import NUMBER
from ..ground.remember import foretell
from ..submissions.models import Exclusion, Submission
from .conflicts import Finding, finding_of, findings
from .jury import before, terms_before
from .models import Judge, JudgeTerms, Review, RulesVersion, Stoppage
from .queries import challenge_judged, holds, of_last_version, round_key, round_of, version_in
from .stopping import stoppage_seen, stops

_REVIEW = (
    select(
        Review,
        Round,  # the one that is judged, which may be a later one
        RulesVersion,
        of_last_version(Review.submission_id).correlate(Review).scalar_subquery(),
        Stoppage.id,
        JudgeTerms.id,
        exists().where(Exclusion.submission_id == Review.submission_id),
        NUMBER.scalar_subquery(),
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
        contains_eager(Review.submission).load_only(Submission.team_id, Submission.competition_id),
    )
)
_nothing_known: Made[bool] = Made(4096)


def review_in(key: str, *, competition: Competition, **_: Any) -> Review | None:
    """The review that an address names."""
    try:
        asked = {"key": uuid.UUID(key), "competition": competition.id}
    except ValueError:
        return None
    found = db.session.execute(_REVIEW, asked).one_or_none()
    if found is None:
        return None
    review: Review = found[0]
    _, judged, version, challenge, stoppage, terms, excluded, edition = found
    if review.round_id == judged.id:
        set_committed_value(review, "round", judged)
    if not excluded:
        set_committed_value(review.submission, "exclusions", [])
    foretell(round_of, competition, answer=judged)
    foretell(version_in, review.round_id, answer=version)
    foretell(challenge_judged, review.submission, answer=challenge)
    if stoppage is None:
        foretell(stoppage_seen, review.round_id, answer=None)
    if terms is None:
        foretell(terms_before, review.judge, answer=None)
    if current_app.config["KEEP_PAGES"] and _free(review, edition):
        foretell(finding_of, review.judge, review.submission, answer=Finding(()))
    return review


def _free(review: Review, edition: Any) -> bool:
    """Is nothing known between the judge and the submission? That is the dearest question, and its
    answer stays while the edition does, which counts up with all that could be known."""
    judge, submission = review.judge, review.submission
    return _nothing_known.of(
        (edition, judge.id, submission.id),
        lambda: not findings(judge.competition, judge=judge, submission=submission),
    )
