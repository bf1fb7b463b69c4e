"""Who scores samples, who sees what of them, and what waits for them."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict, first, forbidden
from ..judging.conflicts import chaired_by
from ..judging.queries import round_of
from ..judging.rules import seat_of
from .queries import anchored, published_samples, samples_before


@Rule
def samples_there(user: Any, *, competition: Any, **_: Any) -> Verdict:
    return ALLOWED if published_samples(competition) else HIDDEN


@Rule
def sample_published(user: Any, *, sample: Any, **_: Any) -> Verdict:
    return ALLOWED if sample.published_at else HIDDEN


@Rule
def of_this_round(user: Any, *, competition: Any, sample: Any, **_: Any) -> Verdict:
    if sample.round_id == round_of(competition).id:
        return ALLOWED
    return forbidden(_l("This sample was for an earlier round of judging."))


@Rule
def calibrated(user: Any, *, competition: Any, review: Any = None, **_: Any) -> Verdict:
    """A judge who has scored the samples that are required, or had begun before they were."""
    if review is not None and review.touched_at is not None:
        return ALLOWED  # without a question: each touch of a review asks
    judge = seat_of(user, competition, review)
    if judge is None or not samples_before(judge):
        return ALLOWED
    return first("calibration.index", competition=competition)


@Rule
def unanchored(user: Any, *, sample: Any, **_: Any) -> Verdict:
    """No judge who has yet to score the sample, so that nobody leans on the others."""
    if anchored(user, sample):
        return forbidden(
            _l("You are a judge yourself: score this sample first, then you see what others gave.")
        )
    return ALLOWED


@Rule
def tells_judges(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Chairs the judging, or organizes where nobody does."""
    chairs = chaired_by(competition)
    if not chairs or user.id in chairs:
        return ALLOWED
    return forbidden(_l("The chair of judging tells the judges what was learned."))
