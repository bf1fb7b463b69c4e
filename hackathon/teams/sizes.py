"""Teams below the minimum: told before team changes close, allowed to stay as they are."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ..accounts.models import User
from ..extensions import db
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..journal.deeds import Deed
from . import letters
from .actions import TeamGone, lock, note
from .models import SizeExemption, SizeWarning, Team
from .queries import exemption_of, teams_to_warn

BATCH = 50  # teams warned in one round of the worker


class LargeEnough(Obstacle):
    sentence = _l("This team has enough people by now. Nothing needs to be allowed.")


class NotExempt(Obstacle):
    sentence = _l("This was taken back already.")


def warn_small_teams() -> int:
    """Tell the members of teams below the minimum that changes soon close; once for each close.

    Returns how many teams were told. They are held in the order in which everyone holds teams.
    """
    due = sorted(teams_to_warn(BATCH), key=lambda each: each[0].id)
    return sum(_warn(team, closes_at) for team, closes_at in due)


def _warn(team: Team, closes_at: datetime) -> bool:
    """The team is locked, so that of two workers one writes."""
    try:
        lock(team)
    except TeamGone:
        return False
    known = select(SizeWarning.id).where(
        SizeWarning.team_id == team.id, SizeWarning.closes_at == closes_at
    )
    if not team.too_small or db.session.scalar(known):
        return False
    db.session.add(SizeWarning(team_id=team.id, closes_at=closes_at))
    db.session.flush()
    note(Deed.SMALL_TEAM_WARNED, team, None, closes_at=closes_at.isoformat())
    letters.team_too_small(team, closes_at)
    return True


def allow(team: Team, *, reason: Localized, by: User) -> SizeExemption:
    """Let the team stay below the minimum, and tell its people why. A second reason replaces."""
    lock(team)
    if len(team.memberships) >= team.competition.team_min:
        raise LargeEnough
    exemption = exemption_of(team)
    if exemption is None:
        exemption = SizeExemption(team=team)
        db.session.add(exemption)
    exemption.reason, exemption.by = reason, by
    db.session.flush()
    db.session.refresh(team, ["exempt"])
    note(Deed.SIZE_ALLOWED, team, by)
    letters.size_allowed(exemption)
    return exemption


def take_back(team: Team, *, by: User) -> Team:
    """The minimum holds for the team again, and its people are told."""
    lock(team)
    exemption = exemption_of(team)
    if exemption is None:
        raise NotExempt
    db.session.delete(exemption)
    db.session.flush()
    db.session.refresh(team, ["exempt"])
    note(Deed.SIZE_HOLDS_AGAIN, team, by)
    letters.size_holds_again(team)
    return team
