"""Complete drafts that are handed in at the deadline, where organizers allow it and teams ask."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import selectinload

from ..accounts.models import User
from ..competitions.models import Competition, Gate, Window
from ..competitions.queries import opening_of
from ..competitions.timetable import Opening
from ..extensions import db
from ..ground.clock import now
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..teams.models import Allowance, Team
from ..teams.queries import opening_for
from . import letters
from .actions import TeamGone, hold, submit
from .models import Submission, Version
from .queries import missing_parts

PATIENCE = timedelta(minutes=1)
"""After the close: what was sent in time may still be arriving."""

BATCH = 20  # teams in one round of the worker


class NotOffered(Obstacle):
    sentence = _l("The organizers of this competition do not offer this.")


class AlreadyHandedIn(Obstacle):
    sentence = _l("Your team has handed in already. From now on only you decide what counts.")


def allow(competition: Competition, *, allowed: bool, by: User) -> Competition:
    """Organizers say whether drafts may be handed in by themselves."""
    if competition.automatic_submission is not allowed:
        competition.automatic_submission = allowed
        deed = Deed.AUTOMATIC_ALLOWED if allowed else Deed.AUTOMATIC_ENDED
        record(deed, by=by, competition=competition)
    return competition


def ask(team: Team, *, wanted: bool, by: User) -> Submission:
    """The team wants its draft handed in at the deadline if it is complete then, or no longer."""
    submission = hold(team)
    if wanted and not team.competition.automatic_submission:
        raise NotOffered
    if wanted and submission.handed_in:
        raise AlreadyHandedIn
    if (submission.automatic_at is not None) is not wanted:
        submission.automatic_at = now() if wanted else None
        db.session.flush()
        deed = Deed.AUTOMATIC_ASKED if wanted else Deed.AUTOMATIC_NOT_ASKED
        record(deed, by=by, competition=team.competition, subject=team.name)
    return submission


def hand_in_drafts() -> int:
    """Hand in what teams asked for and never handed in, a little after their deadline.

    Whoever's draft is not complete is told what was missing. Returns how many drafts were looked
    at; each is looked at once.
    """
    done = 0
    for competition in _with_drafts_waiting():
        if not _over(opening_of(competition, Gate.SUBMISSION)):
            continue
        for team in _teams_waiting(competition):
            done += _hand_in(team)
    return done


def _hand_in(team: Team) -> bool:
    """The team is held, so that of two workers one does it."""
    try:
        submission = hold(team)
    except TeamGone:
        return False
    waits = submission.automatic_at and not submission.handed_in
    if not waits or not _over(opening_for(team, Gate.SUBMISSION)):
        return False
    submission.automatic_at = None
    missing = missing_parts(team, submission)
    if missing:
        record(Deed.DRAFT_INCOMPLETE, by=None, competition=team.competition, subject=team.name)
        letters.draft_incomplete(team, missing)
        db.session.flush()
    else:
        submit(team, by=None)
    return True


def _over(opening: Opening) -> bool:
    return opening.settled and (opening.late(opening.at) or timedelta(0)) >= PATIENCE


def _waits() -> list[ColumnElement[bool]]:
    return [
        Submission.automatic_at.is_not(None),
        ~exists().where(Version.submission_id == Submission.id),
    ]


def _with_drafts_waiting() -> list[Competition]:
    draft = select(Submission.id).where(Submission.competition_id == Competition.id, *_waits())
    return list(
        db.session.scalars(
            select(Competition)
            .where(Competition.automatic_submission, draft.exists())
            .options(selectinload(Competition.windows).selectinload(Window.extensions))
        )
    )


def _teams_waiting(competition: Competition) -> list[Team]:
    """Those without a later deadline of their own."""
    later = exists().where(
        Allowance.team_id == Team.id,
        Allowance.gate == Gate.SUBMISSION,
        Allowance.closes_at > now() - PATIENCE - competition.grace,
    )
    return list(
        db.session.scalars(
            select(Team)
            .join(Submission, Submission.team_id == Team.id)
            .where(Team.competition_id == competition.id, *_waits(), ~later)
            .order_by(Team.id)
            .limit(BATCH)
        )
    )
