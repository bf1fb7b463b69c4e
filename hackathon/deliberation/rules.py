"""Who takes part in a discussion, and while it is open."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict, forbidden
from ..judging.queries import round_of
from .queries import discussed_by, discussion_of


@Rule
def discusses(user: Any, *, review: Any, **_: Any) -> Verdict:
    """Who completed the review of a submission that is or was discussed. Only behind a door for
    the judge whose review it is."""
    if discussion_of(review) is None:
        return HIDDEN
    if review.completed_at is None:
        return forbidden(
            _l("Complete your own review first: then you see what the others say of it.")
        )
    return ALLOWED


@Rule
def in_discussions(user: Any, *, competition: Any, **_: Any) -> Verdict:
    if discussed_by(user, competition):
        return ALLOWED
    return forbidden(_l("Nothing that you judged is discussed."))


@Rule
def still_discussed(
    user: Any, *, competition: Any, review: Any = None, discussion: Any = None, **_: Any
) -> Verdict:
    found = discussion or discussion_of(review)
    if found and found.round_id != round_of(competition).id:
        return forbidden(_l("This round is over. Your review stays as it is."))
    if found and found.closed_at is None:
        return ALLOWED
    return forbidden(_l("This discussion is closed."))
