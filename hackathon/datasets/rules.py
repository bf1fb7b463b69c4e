"""Whose data they are, and who holds them."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..competitions.rules import organizes_it
from ..ground.clock import now
from ..ground.rule import Rule
from ..ground.verdict import ALLOWED, HIDDEN, Verdict, forbidden
from ..teams.queries import team_of
from .queries import Hindrance, holding_of, offers_data, standing_of

HINDRANCES = {
    Hindrance.NOT_YET: _l("These data are not available yet."),
    Hindrance.OVER: _l("These data are no longer available."),
    Hindrance.EXPIRED: _l("The terms of these data have expired: nobody can take them any more."),
    Hindrance.NOT_ACCEPTED: _l("Agree to the terms in force first: they may have changed."),
}


@Rule
def data_offered(user: Any, *, competition: Any, **_: Any) -> Verdict:
    """Once any data set is public."""
    return ALLOWED if offers_data(competition) else HIDDEN


@Rule
def public_data(user: Any, *, data_set: Any, **_: Any) -> Verdict:
    return ALLOWED if data_set.public else HIDDEN


@Rule
def public_data_or_organizer(user: Any, *, competition: Any, data_set: Any, **_: Any) -> Verdict:
    """Before the data are public, organizers look at the page."""
    if data_set.public or organizes_it(user, competition=competition):
        return ALLOWED
    return HIDDEN


@Rule
def for_own_challenge(user: Any, *, competition: Any, data_set: Any, **_: Any) -> Verdict:
    """Data for every team, or for the challenge that one's own team has chosen."""
    if data_set.challenge_id is None:
        return ALLOWED
    team = team_of(user, competition)
    if team and team.challenge_id == data_set.challenge_id:
        return ALLOWED
    return forbidden(_l("These data are for the teams that chose the challenge they belong to."))


@Rule
def agreed(user: Any, *, data_set: Any, **_: Any) -> Verdict:
    """Agreed to the terms of the data set, and has not ended that."""
    if holding_of(user, data_set):
        return ALLOWED
    return forbidden(_l("You have not agreed to the terms of these data."))


@Rule
def public_terms(user: Any, *, data_terms: Any, **_: Any) -> Verdict:
    return ALLOWED if data_terms.published_at else HIDDEN


@Rule
def own_taking(user: Any, *, data_set: Any, taking: Any, **_: Any) -> Verdict:
    """One's own, of a file that is still there, under the terms that one agreed to last."""
    there = any(file.digest == taking.digest for file in data_set.files)
    if taking.acceptance.user_id != user.id or not there:
        return HIDDEN
    standing = standing_of(user, data_set)
    if hindrance := standing.hindrance:
        return forbidden(HINDRANCES[hindrance])
    if taking.acceptance.ended_at or now() >= taking.fetchable_until:
        return forbidden(_l("This link has expired. Take the file again on the page of the data."))
    return ALLOWED
