"""Reads about submissions and feedback."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Challenge, Competition, Criterion, Gate, Round
from ..competitions.queries import opening_of
from ..competitions.timetable import Opening
from ..extensions import db
from ..mentoring.models import Mentor, Pairing
from ..mentoring.queries import mentor_of
from ..questions.models import Kind, Question
from ..registrations.models import Registration
from ..teams.models import Allowance, Membership, Team
from ..teams.queries import opening_for
from .answers import answers_in, needed_answers, with_answers
from .asks import OF_THE_CAPTAIN, OTHER_LICENCE, Part, required
from .models import Exclusion, Feedback, Remark, Submission, Version
from .receipt import frozen, same, written
from .telling import Telling, tellings

# -- one team's work -------------------------------------------------------------------------


def submission_of(team: Team) -> Submission | None:
    """The team's submission, with its answers, files and versions."""
    return db.session.scalar(
        select(Submission)
        .where(Submission.team_id == team.id)
        .options(
            with_answers(),
            selectinload(Submission.files),
            selectinload(Submission.versions).joinedload(Version.by),
            selectinload(Submission.versions).joinedload(Version.challenge),
            selectinload(Submission.exclusions).options(
                joinedload(Exclusion.by), joinedload(Exclusion.ended_by)
            ),
            joinedload(Submission.edited_by),
        )
    )


# Asked whenever a draft is saved, so written down once.
_DRAFT = (
    select(Submission)
    .where(Submission.team_id == bindparam("team"))
    .options(joinedload(Submission.edited_by), joinedload(Submission.answers))
)


def draft_of(team: Team) -> Submission | None:
    """The team's submission, its answers and who changed it last: all that writing needs."""
    return db.session.scalars(_DRAFT, {"team": team.id}).unique().one_or_none()


def needed_parts(
    team: Team, submission: Submission | None, questions: list[Question] | None = None
) -> list[Part | Question]:
    """What must be there to hand in, in the order of the form; a question stands for its answer.

    `questions` are those of the competition, where they have been read.
    """
    parts = required(team.competition.submission_asks)
    own = [part for part in parts if part not in OF_THE_CAPTAIN]
    return [*own, *needed_answers(team, submission, questions), *OF_THE_CAPTAIN]


def missing_parts(
    team: Team, submission: Submission | None, questions: list[Question] | None = None
) -> list[Part | Question]:
    """What still stands between the team and handing in."""
    answered = {row.question_id for row in submission.answers} if submission else set()

    def present(part: Part | Question) -> bool:
        match part:
            case Question():
                return part.id in answered
            case Part.CHALLENGE:
                return team.challenge_id is not None
            case Part.TEAM:
                return not team.too_small
            case Part.LICENCE if submission and submission.licence == OTHER_LICENCE:
                return bool(submission.licence_other)
        return bool(submission and getattr(submission, part))

    return [part for part in needed_parts(team, submission, questions) if not present(part)]


def differs(submission: Submission) -> bool:
    """Has the draft changed since it was last handed in, or was it never?"""
    last = submission.handed_in
    if last is None or submission.team.challenge is None:
        return True
    return not same(frozen(submission), last.content)


@dataclass(frozen=True)
class Attachment:
    """A file of the draft or of any version, found by its SHA-256.

    `answers` are the keys of the questions that it answers; it is for whoever reads one of them.
    Without any, it is for all who read the work.
    """

    name: str
    digest: str
    size: int
    answers: frozenset[str] = frozenset()

    @property
    def url_key(self) -> str:
        return self.digest


def attachment_of(submission: Submission, digest: str) -> Attachment | None:
    """The file that the team added, even if only an earlier version still has it."""
    for file in submission.files:
        if file.digest == digest:
            return Attachment(file.name, file.digest, file.size)
    for version in reversed(submission.versions):
        for entry in version.content["files"]:
            if entry["sha256"] == digest:
                return Attachment(entry["name"], digest, entry["size"])
    return _answer_with(submission, digest)


def _answer_with(submission: Submission, digest: str) -> Attachment | None:
    """The file as an answer, of the draft or of a version."""
    rows = [row for row in submission.answers if row.kind is Kind.FILE]
    found = [(row.question_id.hex, row.value) for row in rows]
    for version in reversed(submission.versions):
        answers = answers_in(version.content, submission.competition)
        found += [(each.key, each.value) for each in answers if each.file]
    found = [(key, value) for key, value in found if value["digest"] == digest]
    if not found:
        return None
    _key, value = found[0]
    return Attachment(value["name"], digest, value["size"], frozenset(key for key, _v in found))


@dataclass(frozen=True)
class Receipt:
    """That something was received `at`, and by how much after the team's deadline, if it was."""

    at: datetime
    late: timedelta | None


def late(version: Version, opening: Opening) -> timedelta | None:
    """By how much the version came after the deadline that its team has now."""
    return None if version.automatic else opening.late(version.created_at)


def received(competition: Competition, digest: str) -> list[Receipt]:
    """When versions with this fingerprint were handed in."""
    versions = db.session.scalars(
        select(Version)
        .join(Version.submission)
        .where(Submission.competition_id == competition.id, Version.digest == digest)
        .options(contains_eager(Version.submission).joinedload(Submission.team))
        .order_by(Version.created_at)
    )
    return [
        Receipt(each.created_at, late(each, opening_for(each.submission.team, Gate.SUBMISSION)))
        for each in versions
    ]


# -- many teams' work ------------------------------------------------------------------------


class Progress(StrEnum):
    """How far a team has come."""

    NONE = "none"
    DRAFT = "draft"
    HANDED_IN = "handed_in"


@dataclass(frozen=True)
class Row:
    """A team and its work; `feedback` counts what its mentors have sent.

    `late` is by how much the last version came after the team's deadline, if it did.
    """

    team: Team
    submission: Submission | None
    missing: list[Part | Question]
    feedback: int
    late: timedelta | None = None

    @property
    def progress(self) -> Progress:
        if self.submission is None:
            return Progress.NONE
        return Progress.HANDED_IN if self.submission.handed_in else Progress.DRAFT


def teams_by(
    competition: Competition,
    progress: Progress | None = None,
    challenge: Challenge | None = None,
) -> Select[tuple[Team]]:
    """The teams of the competition by name: all, or those so far, or with that challenge."""
    begun = exists().where(Submission.team_id == Team.id)
    handed_in = begun.where(Version.submission_id == Submission.id)
    query = (
        select(Team)
        .where(Team.competition_id == competition.id)
        .options(joinedload(Team.challenge))
        .order_by(Team.name_key)
    )
    if challenge is not None:
        query = query.where(Team.challenge_id == challenge.id)
    match progress:
        case Progress.NONE:
            return query.where(~begun)
        case Progress.DRAFT:
            return query.where(begun, ~handed_in)
        case Progress.HANDED_IN:
            return query.where(handed_in)
    return query


def rows_of(teams: Iterable[Team], *, contents: bool = False) -> list[Row]:
    """How far these teams have come, in their order, in a constant number of queries.

    The versions come without what they say, unless `contents` asks for it.
    """
    teams = list(teams)
    versions = selectinload(Submission.versions)
    how = joinedload(Version.challenge) if contents else defer(Version.content)
    answers = with_answers() if contents else selectinload(Submission.answers)
    query = (
        select(Submission)
        .where(Submission.team_id.in_([team.id for team in teams]))
        .options(versions.options(how), answers, selectinload(Submission.exclusions))
    )
    submissions = {each.team_id: each for each in db.session.scalars(query)}
    allowances = {
        each.team_id: each
        for each in db.session.scalars(
            select(Allowance).where(
                Allowance.team_id.in_(submissions), Allowance.gate == Gate.SUBMISSION
            )
        )
    }

    def late_of(team: Team) -> timedelta | None:
        submission = submissions.get(team.id)
        if submission is None or submission.handed_in is None:
            return None
        own = allowances.get(team.id)
        return late(submission.handed_in, opening_of(team.competition, Gate.SUBMISSION, own))

    sent = dict(
        db.session.execute(
            select(Submission.team_id, func.count())
            .join(Feedback, Feedback.submission_id == Submission.id)
            .where(Submission.team_id.in_(submissions), Feedback.sent_at.is_not(None))
            .group_by(Submission.team_id)
        ).all()
    )
    return [
        Row(
            team,
            submissions.get(team.id),
            missing_parts(team, submissions.get(team.id)),
            sent.get(team.id, 0),
            late_of(team),
        )
        for team in teams
    ]


def totals_of(competition: Competition) -> dict[Progress, int]:
    """How many teams have come how far."""
    teams = select(func.count(Team.id)).where(Team.competition_id == competition.id)
    begun = select(func.count(Submission.id)).where(Submission.competition_id == competition.id)
    handed_in = begun.where(exists().where(Version.submission_id == Submission.id))
    every, some, done = (db.session.scalar(query) or 0 for query in (teams, begun, handed_in))
    return {
        Progress.NONE: every - some,
        Progress.DRAFT: some - done,
        Progress.HANDED_IN: done,
    }


def members_to_tell(team: Team) -> list[User]:
    """The people of the team, in one query."""
    return list(
        db.session.scalars(
            select(User)
            .join(Registration, Registration.user_id == User.id)
            .join(Membership, Membership.registration_id == Registration.id)
            .where(Membership.team_id == team.id)
            .order_by(Membership.created_at)
        )
    )


# -- feedback --------------------------------------------------------------------------------


def criteria_of(team: Team) -> list[Criterion]:
    """By what the team's work will be judged in the first round, as the rules were published, each
    with its levels."""
    return list(
        db.session.scalars(
            select(Criterion)
            .where(
                Criterion.competition_id == team.competition_id,
                Criterion.round_id.in_(select(Round.id).where(Round.position == 1)),
                Criterion.published_at.is_not(None),
                Criterion.removed_at.is_(None),
                or_(
                    Criterion.challenge_id.is_(None),
                    Criterion.challenge_id == team.challenge_id,
                ),
            )
            .options(selectinload(Criterion.levels))
            .order_by(Criterion.position, Criterion.id)
        )
    )


def feedback_by(mentor: Mentor, submission: Submission) -> Feedback | None:
    """The mentor's own words on it, sent or not."""
    return db.session.scalar(
        select(Feedback)
        .where(Feedback.mentor_id == mentor.id, Feedback.submission_id == submission.id)
        .options(selectinload(Feedback.remarks))
    )


def sent_feedback(submission: Submission) -> list[Feedback]:
    """What mentors have sent, in the order it came; what is unsent stays with its mentor."""
    return list(
        db.session.scalars(
            select(Feedback)
            .where(Feedback.submission_id == submission.id, Feedback.sent_at.is_not(None))
            .options(
                joinedload(Feedback.mentor).joinedload(Mentor.user),
                selectinload(Feedback.remarks).joinedload(Remark.criterion),
            )
            .order_by(Feedback.sent_at)
        )
    )


@dataclass(frozen=True)
class Charge:
    """A team that a mentor accompanies: its work and what its draft says of itself, the mentor's
    own feedback on it, and until when it can be written."""

    row: Row
    telling: Telling | None
    feedback: Feedback | None
    opening: Opening

    @property
    def team(self) -> Team:
        return self.row.team


def charges_of(user: User, competition: Competition) -> list[Charge]:
    """The teams that the person accompanies in the competition."""
    mentor = mentor_of(user, competition)
    if mentor is None:
        return []
    teams = db.session.scalars(
        teams_by(competition)
        .join(Pairing, Pairing.team_id == Team.id)
        .where(Pairing.mentor_id == mentor.id)
    ).all()
    given = {
        each.submission_id: each
        for each in db.session.scalars(select(Feedback).where(Feedback.mentor_id == mentor.id))
    }
    allowances = {
        each.team_id: each
        for each in db.session.scalars(
            select(Allowance).where(
                Allowance.team_id.in_([team.id for team in teams]),
                Allowance.gate == Gate.FEEDBACK,
            )
        )
    }
    rows = rows_of(teams)
    told = tellings({r.submission.id: written(r.submission) for r in rows if r.submission})
    return [
        Charge(
            row,
            told.get(row.submission.id) if row.submission else None,
            given.get(row.submission.id) if row.submission else None,
            opening_of(competition, Gate.FEEDBACK, allowances.get(row.team.id)),
        )
        for row in rows
    ]


def challenge_numbered(competition: Competition, number: Any) -> Challenge | None:
    """The challenge that a filter names, if there is one."""
    return next((c for c in competition.challenges if str(c.number) == str(number)), None)
