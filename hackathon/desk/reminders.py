"""Reminders: whom they reach, and when each goes out.

The moment is computed from the timetable, never stored, so an extension moves it by itself and a
team with a later close of its own is reminded before that one.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Select, func, null, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import (
    ROUND_GATES,
    Audience,
    Competition,
    Extension,
    Gate,
    Organizer,
    Reminded,
    Reminder,
    ReminderRound,
    Round,
    Window,
)
from ..competitions.queries import opening_of
from ..competitions.timetable import Opening, reminder_due
from ..extensions import db
from ..ground.clock import now
from ..judging.models import Judge, Review
from ..mentoring.models import Mentor, Pairing
from ..registrations.models import Registration
from ..registrations.states import State
from ..submissions.models import Feedback, Submission, Version
from ..teams.models import Allowance, Membership, Team

# Whom a reminder of a gate may reach, the nearest to the matter first. Whoever has an account and
# never asked to take part is nobody's business; whoever is on the waitlist can only wait.
AUDIENCES = {
    Gate.REGISTRATION: (Audience.UNCONFIRMED, Audience.SMALL_TEAMS, Audience.ORGANIZERS),
    Gate.TEAM_CHANGES: (Audience.TEAMLESS, Audience.SMALL_TEAMS, Audience.ORGANIZERS),
    Gate.CHALLENGE_CHOICE: (Audience.CAPTAINS, Audience.MEMBERS, Audience.ORGANIZERS),
    Gate.SUBMISSION: (Audience.CAPTAINS, Audience.MEMBERS, Audience.ORGANIZERS),
    Gate.FEEDBACK: (Audience.MENTORS, Audience.ORGANIZERS),
    Gate.JUDGING: (Audience.JUDGES, Audience.ORGANIZERS),
    Gate.SECOND_ROUND: (Audience.JUDGES, Audience.ORGANIZERS),
    Gate.THIRD_ROUND: (Audience.JUDGES, Audience.ORGANIZERS),
    Gate.PUBLIC_VOTE: (Audience.ORGANIZERS,),  # whether somebody has voted is secret
}

MONTH = 43200  # minutes: the most that a reminder goes before its close


@dataclass
class Reader:
    """A person to remind: as what, before which close, and of which teams (none: of oneself)."""

    user: User
    audience: Audience
    closes_at: datetime
    teams: list[Team] = field(default_factory=list)


class Readers:
    """Whom the reminders of a competition reach as of now; every question is asked once."""

    def __init__(self, competition: Competition) -> None:
        self.competition = competition
        self.found: dict[tuple[Gate, Audience], list[Any]] = {}

    @cached_property
    def allowances(self) -> dict[tuple[Gate, uuid.UUID], Allowance]:
        rows = db.session.scalars(
            select(Allowance).join(Team).where(Team.competition_id == self.competition.id)
        )
        return {(row.gate, row.team_id): row for row in rows}

    def openings(self, gate: Gate) -> list[Opening]:
        """The gate as everyone has it, and as teams with an allowance do."""
        own = [row for (of, _), row in self.allowances.items() if of is gate]
        return [opening_of(self.competition, gate, row) for row in (None, *own)]

    def of(self, reminder: Reminder, closes_at: datetime | None = None) -> list[Reader]:
        """Each person once for each close; with `closes_at`, those who have that one."""
        gate = reminder.gate
        found: dict[tuple[uuid.UUID, datetime], Reader] = {}
        for audience in AUDIENCES[gate]:
            if audience.value not in reminder.audience:
                continue
            for user, team in self._rows(gate, audience):
                allowance = self.allowances.get((gate, team.id)) if team else None
                close = opening_of(self.competition, gate, allowance).closes_at
                if close is None or (closes_at is not None and close != closes_at):
                    continue
                reader = found.setdefault((user.id, close), Reader(user, audience, close))
                if team and reader.audience is audience:
                    reader.teams.append(team)
        return list(found.values())

    def _rows(self, gate: Gate, audience: Audience) -> list[Any]:
        key = (gate, audience)
        if key not in self.found:
            query = QUERIES[audience](self.competition, gate).order_by(User.name, User.id)
            self.found[key] = list(db.session.execute(query))
        return self.found[key]


# -- who has not done it: (person, team) or (person, None) -----------------------------------


def unconfirmed(competition: Competition, gate: Gate) -> Select[Any]:
    """Who was offered a place and has not taken it, or not in time."""
    return (
        select(User, null())
        .join(Registration, Registration.user_id == User.id)
        .where(
            Registration.competition_id == competition.id,
            Registration.state.in_([State.OFFERED, State.LAPSED]),
        )
    )


def teamless(competition: Competition, gate: Gate) -> Select[Any]:
    return (
        select(User, null())
        .join(Registration, Registration.user_id == User.id)
        .outerjoin(Membership, Membership.registration_id == Registration.id)
        .where(
            Registration.competition_id == competition.id,
            Registration.takes_part,
            Membership.id.is_(None),
        )
    )


def small_teams(competition: Competition, gate: Gate) -> Select[Any]:
    size = (
        select(func.count())
        .select_from(Membership)
        .where(Membership.team_id == Team.id)
        .correlate(Team)
        .scalar_subquery()
    )
    return _in_teams(competition).where(size < competition.team_min)


def members(competition: Competition, gate: Gate) -> Select[Any]:
    """Of teams without a challenge, or that have not handed in."""
    query = _in_teams(competition)
    if gate is Gate.CHALLENGE_CHOICE:
        return query.where(Team.challenge_id.is_(None))
    handed_in = select(Version.id).join(Submission).where(Submission.team_id == Team.id)
    return query.where(~handed_in.exists())


def captains(competition: Competition, gate: Gate) -> Select[Any]:
    return members(competition, gate).where(Membership.captain)


def _in_teams(competition: Competition) -> Select[Any]:
    return (
        select(User, Team)
        .join(Registration, Registration.user_id == User.id)
        .join(Membership, Membership.registration_id == Registration.id)
        .join(Team, Team.id == Membership.team_id)
        .where(Team.competition_id == competition.id)
    )


def mentors(competition: Competition, gate: Gate) -> Select[Any]:
    """With each team that has work to read and no feedback of theirs yet."""
    sent = select(Feedback.id).where(
        Feedback.mentor_id == Mentor.id,
        Feedback.submission_id == Submission.id,
        Feedback.sent_at.is_not(None),
    )
    return (
        select(User, Team)
        .join(Mentor, Mentor.user_id == User.id)
        .join(Pairing, Pairing.mentor_id == Mentor.id)
        .join(Team, Team.id == Pairing.team_id)
        .join(Submission, Submission.team_id == Team.id)
        .where(Mentor.competition_id == competition.id, ~sent.exists())
    )


def judges(competition: Competition, gate: Gate) -> Select[Any]:
    open_review = (
        select(Review.id)
        .join(Review.submission)
        .join(Review.round)
        .where(
            Review.judge_id == Judge.id,
            Review.completed_at.is_(None),
            Submission.stands,
            Round.position == ROUND_GATES.index(gate) + 1,
        )
    )
    return (
        select(User, null())
        .join(Judge, Judge.user_id == User.id)
        .where(
            Judge.competition_id == competition.id,
            Judge.dismissed_at.is_(None),
            open_review.exists(),
        )
    )


def organizers(competition: Competition, gate: Gate) -> Select[Any]:
    return (
        select(User, null())
        .join(Organizer, Organizer.user_id == User.id)
        .where(Organizer.competition_id == competition.id)
    )


QUERIES: dict[Audience, Callable[[Competition, Gate], Select[Any]]] = {
    Audience.UNCONFIRMED: unconfirmed,
    Audience.TEAMLESS: teamless,
    Audience.SMALL_TEAMS: small_teams,
    Audience.MEMBERS: members,
    Audience.CAPTAINS: captains,
    Audience.MENTORS: mentors,
    Audience.JUDGES: judges,
    Audience.ORGANIZERS: organizers,
}


# -- when ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """A reminder as organizers see it.

    `due_at` is when it goes out for the present close, None when that has passed unsent or was
    never to come; `readers` is how many it reaches as of now; `rounds` are those that went out,
    each with how many letters.
    """

    reminder: Reminder
    opening: Opening
    due_at: datetime | None
    readers: int
    rounds: list[tuple[ReminderRound, int]]

    @property
    def sent(self) -> bool:
        """Has it gone out for the present close?"""
        return any(
            row.closes_at == self.opening.closes_at and row.finished_at for row, _ in self.rounds
        )


def plans_of(competition: Competition) -> list[Plan]:
    """The reminders of the competition in the order of the story, then of time."""
    reminders = db.session.scalars(
        select(Reminder)
        .where(Reminder.competition_id == competition.id)
        .options(selectinload(Reminder.rounds), joinedload(Reminder.by))
    ).all()
    counts = dict(
        db.session.execute(
            select(Reminded.round_id, func.count())
            .join(ReminderRound)
            .join(Reminder)
            .where(Reminder.competition_id == competition.id)
            .group_by(Reminded.round_id)
        ).all()
    )
    readers = Readers(competition)
    plans = []
    for reminder in sorted(
        reminders, key=lambda r: (list(Gate).index(r.gate), -r.minutes_before, r.created_at)
    ):
        opening = opening_of(competition, reminder.gate)
        plans.append(
            Plan(
                reminder,
                opening,
                reminder_due(opening, reminder.before, reminder.created_at),
                len({reader.user.id for reader in readers.of(reminder)}),
                [(row, counts.get(row.id, 0)) for row in reminder.rounds],
            )
        )
    return plans


def closes_due(reminder: Reminder, readers: Readers) -> list[datetime]:
    """The closes before which it should go out now and has not."""
    finished = {row.closes_at for row in reminder.rounds if row.finished_at}
    due = set()
    for opening in readers.openings(reminder.gate):
        due_at = reminder_due(opening, reminder.before, reminder.created_at)
        if opening.is_open and due_at is not None and due_at <= opening.at:
            due.add(opening.closes_at)
    return sorted(close for close in due if close is not None and close not in finished)


def reminders_before_a_close() -> Iterable[Reminder]:
    """Those of public competitions whose gate, or one team's, has yet to close."""
    moment = now()
    windows = select(Window.id).where(
        Window.competition_id == Reminder.competition_id, Window.gate == Reminder.gate
    )
    extended = windows.join(Extension).where(
        Extension.closes_at > moment, Extension.undone_at.is_(None)
    )
    allowed = (
        select(Allowance.id)
        .join(Team)
        .where(
            Team.competition_id == Reminder.competition_id,
            Allowance.gate == Reminder.gate,
            Allowance.closes_at > moment,
        )
    )
    return db.session.scalars(
        select(Reminder)
        .join(Competition)
        .where(
            Competition.published_at <= moment,
            or_(
                windows.where(Window.closes_at > moment).exists(),
                extended.exists(),
                allowed.exists(),
            ),
        )
        .options(
            selectinload(Reminder.rounds),
            joinedload(Reminder.competition)
            .selectinload(Competition.windows)
            .selectinload(Window.extensions),
        )
        .order_by(Reminder.id)
    ).all()
