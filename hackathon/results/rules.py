"""When the results are public."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict, forbidden
from ..judging.conflicts import withheld_from
from ..judging.rules import unconflicted
from .queries import competing, disclosure_of, known_honours, told_to_team


@Rule
def announced(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """From the moment of the first announcement on. Before it, not even organizers come in here.

    It stays so when results are withdrawn: the page then says why.
    """
    return ALLOWED if disclosure_of(competition).begun else HIDDEN


@Rule
def nothing_announced(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Once results were public, what they rest on stays."""
    if disclosure_of(competition).begun:
        return forbidden(_l("The results were announced, so what they rest on stays."))
    return ALLOWED


@Rule
def read_once_announced(
    user: Any, *, competition: Any, changing: bool = False, **_: Any
) -> Verdict:
    """Once results were public, it can be read and no longer changed."""
    return nothing_announced(user, competition=competition) if changing else ALLOWED


@Rule
def all_announced(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Everything is public, and nothing of it withdrawn."""
    return ALLOWED if disclosure_of(competition).settled else HIDDEN


@Rule
def announced_to_team(user: Any, *, team: Any, **_: Any) -> Verdict:
    """The results of the challenge that the team worked on are public."""
    return ALLOWED if told_to_team(team) else HIDDEN


@Rule
def honour_told(user: Any, *, competition: Any, honour: Any, **_: Any) -> Verdict:
    """What it is given is public, and not only other results of the same challenge."""
    known = known_honours(competition).get(honour.submission_id, ())
    return ALLOWED if honour in known else HIDDEN


@Rule
def results_hidden(user: Any, *, submission: Any = None, review: Any = None, **_: Any) -> Verdict:
    """What counts may change as long as the results that it is part of are not public."""
    if told_to_team((submission or review.submission).team):
        return forbidden(_l("The results are public, so what they rest on cannot change any more."))
    return ALLOWED


@Rule
def impartial(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Until the results are public, no judge in conflict with a team that competes learns of the
    honours or decides on them, though they organize the competition too."""
    if disclosure_of(competition).settled:
        return ALLOWED
    if competing(competition, withheld_from(user, competition)):
        return forbidden(
            _l(
                "As a judge you have a conflict of interest with a team that competes, so others "
                "decide on the honours and announce them."
            )
        )
    return ALLOWED


@Rule
def apart(user: Any, *, competition: Any, **things: Any) -> Verdict:
    """Until the results are public, a judge in conflict is not shown the project."""
    if disclosure_of(competition).tells(None):
        return ALLOWED
    return unconflicted(user, competition=competition, **things)
