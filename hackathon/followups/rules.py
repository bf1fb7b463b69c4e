"""Who may say what became of a project: whoever holds the letter, while they are in the team."""

from typing import Any

from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict
from .queries import submission_behind


@Rule
def speaks_for_team(user: Any, *, follow_up_link: Any, **_: Any) -> Verdict:
    """The link is the person's; it tells nothing once they left the team or deleted the account."""
    if follow_up_link.user.deleted_at is not None:
        return HIDDEN
    return ALLOWED if submission_behind(follow_up_link) else HIDDEN


@Rule
def not_forgotten(user: Any, *, follow_up_link: Any, **_: Any) -> Verdict:
    return HIDDEN if follow_up_link.user.deleted_at is not None else ALLOWED
