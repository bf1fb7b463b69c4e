"""Reads about follow-ups: when they fall due, whom they reach, what was answered, what is shown."""

import calendar
import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..competitions.queries import end_of
from ..extensions import db
from ..ground.clock import now
from ..judging.queries import competed
from ..registrations.models import Registration
from ..results.queries import disclosure_of
from ..submissions.models import Submission
from ..teams.models import Membership, Team
from .models import FollowUp, FollowUpAnswer, FollowUpLink, FollowUpRefusal, HeldBack

TIME_TO_ANSWER = timedelta(days=30)
"""How long links have to work at least before the personal data of the competition go."""


def months_later(moment: datetime, months: int, zone: str) -> datetime:
    """The same day and hour on the clock of `zone`; the last day of a month that has it not."""
    wall = moment.astimezone(ZoneInfo(zone))
    year, month = divmod(wall.month - 1 + months, 12)
    year, month = wall.year + year, month + 1
    day = min(wall.day, calendar.monthrange(year, month)[1])
    return wall.replace(year=year, month=month, day=day).astimezone(UTC)


def due_at(competition: Competition, months: int) -> datetime | None:
    """When letters that many months after the end go out; None while there is no end."""
    end = end_of(competition)
    return months_later(end, months, competition.zone) if end else None


def forgotten_at(competition: Competition) -> datetime | None:
    """When the competition's personal data go, and the links with them."""
    end = end_of(competition)
    return end + timedelta(days=competition.personal_days) if end else None


def in_time(competition: Competition, months: int) -> bool:
    """Is there time to answer before the personal data go?"""
    due, gone = due_at(competition, months), forgotten_at(competition)
    return due is not None and gone is not None and due + TIME_TO_ANSWER <= gone


def falls_due(follow_up: FollowUp) -> bool:
    """Is it time to write? Never before the results are public, nor once there is too little time
    left to answer in."""
    competition = follow_up.competition
    due, gone = due_at(competition, follow_up.months), forgotten_at(competition)
    return (
        due is not None
        and gone is not None
        and due <= now()
        and now() + TIME_TO_ANSWER <= gone
        and disclosure_of(competition).tells(None)
    )


def readers(follow_up: FollowUp) -> Select[tuple[User, Team]]:
    """Who still has to get the letter: in a team whose work counts, with an account, without a
    word that they want none."""
    competition = follow_up.competition
    teams = competed(competition).order_by(None).with_only_columns(Submission.team_id)
    refused = select(FollowUpRefusal.id).where(
        FollowUpRefusal.competition_id == competition.id, FollowUpRefusal.user_id == User.id
    )
    asked = select(FollowUpLink.id).where(
        FollowUpLink.follow_up_id == follow_up.id, FollowUpLink.user_id == User.id
    )
    return (
        select(User, Team)
        .join(Registration, Registration.user_id == User.id)
        .join(Membership, Membership.registration_id == Registration.id)
        .join(Team, Team.id == Membership.team_id)
        .where(
            Team.id.in_(teams),
            User.deleted_at.is_(None),
            User.confirmed_at.is_not(None),
            ~refused.exists(),
            ~asked.exists(),
        )
        .order_by(User.id)
    )


# -- links -----------------------------------------------------------------------------------


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def link_with(token: str, *, competition: Competition, **_: Any) -> FollowUpLink | None:
    """The link that a letter holds."""
    link = db.session.scalar(
        select(FollowUpLink)
        .join(FollowUpLink.follow_up)
        .where(
            FollowUpLink.digest == token_digest(token),
            FollowUp.competition_id == competition.id,
        )
        .options(
            contains_eager(FollowUpLink.follow_up),
            joinedload(FollowUpLink.user),
            joinedload(FollowUpLink.team),
        )
    )
    if link is not None:
        link.token = token
    return link


def submission_behind(link: FollowUpLink) -> Submission | None:
    """The work that the link's person may speak of: of the team they are still in, if it stands."""
    return db.session.scalar(
        select(Submission)
        .join(Membership, Membership.team_id == Submission.team_id)
        .join(Registration, Registration.id == Membership.registration_id)
        .where(
            Submission.team_id == link.team_id,
            Submission.stands,
            Registration.user_id == link.user_id,
        )
    )


def refused(person: User, competition: Competition) -> bool:
    return (
        db.session.scalar(
            select(FollowUpRefusal.id).where(
                FollowUpRefusal.competition_id == competition.id,
                FollowUpRefusal.user_id == person.id,
            )
        )
        is not None
    )


# -- answers ---------------------------------------------------------------------------------


def answer_to(follow_up: FollowUp, submission: Submission) -> FollowUpAnswer | None:
    """As it stands now, also for who waited for somebody else of the team."""
    return db.session.scalar(
        select(FollowUpAnswer)
        .where(
            FollowUpAnswer.follow_up_id == follow_up.id,
            FollowUpAnswer.submission_id == submission.id,
        )
        .execution_options(populate_existing=True)
    )


def _held_back() -> ColumnElement[bool]:
    return (
        select(HeldBack.id)
        .where(HeldBack.answer_id == FollowUpAnswer.id, HeldBack.ended_at.is_(None))
        .exists()
    )


def held_back(answer: FollowUpAnswer) -> HeldBack | None:
    """Why the answer is kept off the page now, if it is."""
    return held_backs([answer]).get(answer.id)


def held_backs(answers: Collection[FollowUpAnswer]) -> dict[uuid.UUID, HeldBack]:
    rows = db.session.scalars(
        select(HeldBack)
        .where(HeldBack.answer_id.in_([a.id for a in answers]), HeldBack.ended_at.is_(None))
        .options(joinedload(HeldBack.by))
    )
    return {row.answer_id: row for row in rows}


def answers_shown(submission: Submission) -> list[FollowUpAnswer]:
    """What the project's page tells of what became of it, in the order of time. Ask only where the
    project itself is on show."""
    return list(
        db.session.scalars(
            select(FollowUpAnswer)
            .join(FollowUpAnswer.follow_up)
            .where(
                FollowUpAnswer.submission_id == submission.id,
                FollowUpAnswer.agreed_at.is_not(None),
                ~_held_back(),
            )
            .options(contains_eager(FollowUpAnswer.follow_up))
            .order_by(FollowUp.months)
        )
    )


def answers_in(competition: Competition) -> Select[tuple[FollowUpAnswer]]:
    """Every answer, the newest first."""
    return (
        select(FollowUpAnswer)
        .join(FollowUpAnswer.follow_up)
        .where(FollowUp.competition_id == competition.id)
        .options(
            contains_eager(FollowUpAnswer.follow_up),
            joinedload(FollowUpAnswer.submission).joinedload(Submission.team),
            joinedload(FollowUpAnswer.agreed_by),
        )
        .order_by(FollowUpAnswer.saved_at.desc(), FollowUpAnswer.id)
    )


def answer_in(key: str, *, competition: Competition, **_: Any) -> FollowUpAnswer | None:
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    return db.session.scalar(answers_in(competition).where(FollowUpAnswer.id == wanted))


# -- for organizers --------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """A follow-up as organizers see it: how many have had a letter, how many teams answered."""

    follow_up: FollowUp
    due_at: datetime | None
    in_time: bool
    letters: int
    answers: int


def plans_of(competition: Competition) -> list[Plan]:
    follow_ups = db.session.scalars(
        select(FollowUp).where(FollowUp.competition_id == competition.id).order_by(FollowUp.months)
    ).all()
    keys = [each.id for each in follow_ups]
    letters, answers = (
        dict(
            db.session.execute(
                select(kind.follow_up_id, func.count())
                .where(kind.follow_up_id.in_(keys))
                .group_by(kind.follow_up_id)
            ).all()
        )
        for kind in (FollowUpLink, FollowUpAnswer)
    )
    return [
        Plan(
            each,
            due_at(competition, each.months),
            in_time(competition, each.months),
            letters.get(each.id, 0),
            answers.get(each.id, 0),
        )
        for each in follow_ups
    ]
