"""Judging stopped for a while, and going on."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.actions import extend_deadline
from ..competitions.models import Competition, Round
from ..competitions.queries import opening_of
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..ground.remember import once_per_request
from ..journal.actions import record
from ..journal.deeds import Deed
from . import letters
from .models import Review, Stoppage
from .queries import judges_of, round_of

_MINUTE = timedelta(minutes=1)


class JudgingStopped(Obstacle):
    sentence = _l("The organizers have stopped judging for a while. Nothing was changed.")


class StoppedAlready(Obstacle):
    sentence = _l("Judging is stopped already.")


class GoesOnAlready(Obstacle):
    sentence = _l("Judging goes on already.")


def stops(round_id: Any) -> ColumnElement[bool]:
    """Inside a statement: what stops the round just now."""
    return and_(Stoppage.round_id == round_id, Stoppage.ended_at.is_(None))


_NOW = select(Stoppage).where(stops(bindparam("round")))


def stoppage_in(round_id: uuid.UUID) -> Stoppage | None:
    """What stops the round just now. Asked anew each time, so that it counts behind a lock."""
    return db.session.scalar(_NOW, {"round": round_id})


@once_per_request
def stoppage_seen(round_id: uuid.UUID) -> Stoppage | None:
    """The same as a door sees it."""
    return stoppage_in(round_id)


def stoppage_of(competition: Competition) -> Stoppage | None:
    """What stops the round that is judged."""
    return stoppage_in(round_of(competition).id)


def stoppages_of(competition: Competition) -> list[Stoppage]:
    """Every time that the round that is judged was stopped, the last first."""
    query = (
        select(Stoppage)
        .where(Stoppage.round_id == round_of(competition).id)
        .options(joinedload(Stoppage.by), joinedload(Stoppage.ended_by))
        .order_by(Stoppage.created_at.desc())
    )
    return list(db.session.scalars(query))


def going_on(round_id: uuid.UUID) -> None:
    """Raises JudgingStopped. For an action that holds what it changes."""
    if stoppage_in(round_id):
        raise JudgingStopped


def close_with_lost_time(stoppage: Stoppage) -> datetime | None:
    """When the gate would close if what was lost until now came on top, in whole minutes.

    None where nothing was lost: it was not open when it was stopped, or is not yet.
    """
    opening = opening_of(stoppage.round.competition, stoppage.round.gate)
    if opening.opens_at is None or opening.closes_at is None:
        return None
    since = max(stoppage.created_at, opening.opens_at)
    if not since < min(opening.closes_at, now()):
        return None
    minutes = -(-(now() - since) // _MINUTE)
    return opening.closes_at + minutes * _MINUTE


def stop(competition: Competition, *, reason: Localized, by: User) -> Stoppage:
    """Take nothing more that judges say, until it goes on; they are told by letter, and why.

    Whoever is saving a review at this moment comes first, whole. Raises StoppedAlready.
    """
    round_ = _locked(competition)
    if stoppage_in(round_.id):
        raise StoppedAlready
    db.session.execute(
        select(Review.id).where(Review.round_id == round_.id).order_by(Review.id).with_for_update()
    )
    stoppage = Stoppage(round=round_, reason=reason, by=by)
    db.session.add(stoppage)
    db.session.flush()
    record(Deed.JUDGING_STOPPED, by=by, competition=competition, subject=str(round_.name))
    for judge in judges_of(competition):
        letters.judging_stopped(judge, stoppage)
    return stoppage


def go_on(competition: Competition, *, extended: bool, seen: str, by: User) -> Stoppage:
    """Judging goes on; `extended`: the gate closes later by what was lost. Judges get a letter.

    `seen` is the stop that was looked at, so that a second click ends no later one. Raises
    GoesOnAlready, and what extending raises.
    """
    round_ = _locked(competition)
    stoppage = stoppage_in(round_.id)
    if stoppage is None or str(stoppage.id) != seen:
        raise GoesOnAlready
    later = close_with_lost_time(stoppage) if extended else None
    stoppage.ended_at, stoppage.ended_by = now(), by
    db.session.flush()
    record(Deed.JUDGING_GOES_ON, by=by, competition=competition, subject=str(round_.name))
    jury = judges_of(competition)
    if later:
        extend_deadline(
            competition,
            round_.gate,
            closes_at=later,
            reason=stoppage.reason,
            readers=[judge.user for judge in jury],
            by=by,
        )
    for judge in jury:
        letters.judging_goes_on(judge)
    return stoppage


def _locked(competition: Competition) -> Round:
    """One who stops or goes on waits for another."""
    round_ = round_of(competition)
    db.session.execute(select(Round.id).where(Round.id == round_.id).with_for_update())
    return round_
