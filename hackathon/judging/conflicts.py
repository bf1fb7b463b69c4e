"""Conflicts of interest: what is known of them, what was decided, and what follows.

Whatever is known about a judge and a team is an interest with its ground. An interest bars the
judge from the team's submission until the chair of judging rules otherwise; `conflicts` are the
pairs that are barred, `findings` all that is known, decided or not.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Competition, Organizer
from ..extensions import db
from ..ground.folding import folded
from ..ground.model import JSONType, UTCDateTime
from ..ground.remember import once_per_request
from ..mentoring.models import Conflict, Mentor, Objection, Pairing, objection_person
from ..registrations.models import Registration
from ..submissions.models import Feedback, Submission
from ..teams.models import Invitation, InvitationUse, JoinRequest, Membership, Team
from ..workshops.models import Session, SignUp
from .domains import organization_of
from .models import Chair, Declaration, Judge, Ruling


class Ground(StrEnum):
    """What an interest rests on: it was declared, or the rows themselves tell; the strongest
    first."""

    MEMBER = "member"
    MENTOR = "mentor"
    DECLARED = "declared"
    RULED = "ruled"  # the chair barred the judge, and what it rested on is gone
    TEAM = "team"  # the team says so
    EARLIER_TEAM = "earlier_team"
    MET = "met"  # one accompanied the other's team once, as a mentor
    SESSION = "session"  # both had a seat among few
    REVIEWED = "reviewed"
    MESSAGED = "messaged"
    ORGANIZATION = "organization"
    DOMAIN = "domain"


FEW = 12
"""A session with no more seats than that is one in which people speak with each other."""

STRONG = frozenset({Ground.MEMBER, Ground.MENTOR, Ground.DECLARED, Ground.RULED})
"""These bar by themselves; the others bar until somebody decides."""


@dataclass(frozen=True)
class Interest:
    """Why a judge may not judge a submission; `detail` is the reason given, or what the two have
    in common. `since` is when it was said, or happened last, where rows tell."""

    ground: Ground
    detail: str = ""
    since: datetime | None = field(default=None, compare=False)

    @property
    def sign(self) -> str:
        """What a ruling calls it by: its ground, and what stands for its detail without the words,
        which may be forgotten."""
        return f"{self.ground}:{hashlib.sha256(folded(self.detail).encode()).hexdigest()[:16]}"


class State(StrEnum):
    TO_DECIDE = "to_decide"  # bars meanwhile
    BARS = "bars"
    FREE = "free"


@dataclass(frozen=True)
class Finding:
    """What is known about a judge and a submission, and the ruling that counts."""

    interests: tuple[Interest, ...]
    ruling: Ruling | None = None

    @property
    def final(self) -> bool:
        """Nobody judges their own team, whatever is decided."""
        return any(each.ground is Ground.MEMBER for each in self.interests)

    @property
    def undecided(self) -> tuple[Interest, ...]:
        """The interests that the ruling was not about, or that came again after it. One that names
        a ground alone, as they once did, was about all that it could rest on."""
        if self.ruling is None:
            return self.interests
        decided = self.ruling.grounds
        return tuple(
            each
            for each in self.interests
            if not (each.ground is Ground.RULED or each.ground in decided or each.sign in decided)
            or (each.since is not None and each.since > self.ruling.created_at)
        )

    @property
    def state(self) -> State:
        if self.final or (self.ruling and self.ruling.bars):
            return State.BARS
        if any(each.ground in STRONG for each in self.undecided):
            return State.BARS
        return State.TO_DECIDE if self.undecided else State.FREE

    @property
    def digest(self) -> str:
        """Stands for what somebody decides on: something new known or ruled, another digest."""
        told = [self.ruling.id if self.ruling else None, *self.interests]
        return hashlib.sha256(repr(told).encode()).hexdigest()

    @property
    def bars(self) -> bool:
        return self.state is not State.FREE


Pair = tuple[uuid.UUID, uuid.UUID]


def findings(
    competition: Competition, *, judge: Judge | None = None, submission: Submission | None = None
) -> dict[Pair, Finding]:
    """What is known between judges and submissions: (judge id, submission id) → finding.

    Of the whole competition, or of one judge or submission. One query, and one more where the chair
    has ruled.
    """
    scope = (judge is not None, submission is not None)
    asked = {
        "competition": competition.id,
        "judge": judge.id if judge is not None else None,
        "submission": submission.id if submission is not None else None,
    }
    found: defaultdict[Pair, dict[Interest, Interest]] = defaultdict(dict)
    of_judges: list[Any] = []
    of_teams: list[Any] = []
    ruled = False
    told = db.session.execute(_told_of(*scope), asked)
    for judge_id, submission_id, what, detail, since, address in told:
        if what == _JUDGE:
            of_judges.append((judge_id, detail, address))
        elif what == _TEAM:
            of_teams.append((submission_id, detail, address))
        elif what == _RULING:
            ruled = True
        else:
            interest, known = Interest(Ground(what), detail, since), found[judge_id, submission_id]
            before = known.get(interest)
            if before is None or (since and before.since and since > before.since):
                known[interest] = interest
    for pair, interest in _in_common(of_judges, of_teams):
        found[pair][interest] = interest
    rulings: dict[Pair, Ruling] = {}
    for submission_id, ruling in db.session.execute(_rulings_of(*scope), asked) if ruled else ():
        rulings[ruling.judge_id, submission_id] = ruling
    for pair, ruling in rulings.items():
        if ruling.bars and pair not in found:
            ruled_so = Interest(Ground.RULED, ruling.reason)
            found[pair] = {ruled_so: ruled_so}
    order = list(Ground)
    return {
        pair: Finding(
            tuple(sorted(them.values(), key=lambda each: (order.index(each.ground), each.detail))),
            rulings.get(pair),
        )
        for pair, them in found.items()
    }


def conflicts(
    competition: Competition, *, judge: Judge | None = None, submission: Submission | None = None
) -> dict[Pair, list[Interest]]:
    """The pairs that are barred, with what stands between them; asked as `findings`."""
    found = findings(competition, judge=judge, submission=submission)
    return {pair: list(finding.interests) for pair, finding in found.items() if finding.bars}


@once_per_request
def finding_of(judge: Judge, submission: Submission) -> Finding:
    """What is known about this judge and this submission."""
    found = findings(judge.competition, judge=judge, submission=submission)
    return found.get((judge.id, submission.id), Finding(()))


def interests(judge: Judge, submission: Submission) -> list[Interest]:
    """What keeps this judge from this submission; nothing when nothing does."""
    found = finding_of(judge, submission)
    return list(found.interests) if found.bars else []


# -- what the rows tell ----------------------------------------------------------------------


# What the rows tell beside grounds: who the people are, and that there are rulings.
_JUDGE, _TEAM, _RULING = "of_judge", "of_team", "ruling"


def _scope(one_judge: bool, one_submission: bool) -> tuple[ColumnElement[bool], ...]:
    """Which judges, and which submissions: of a competition, or one of it."""
    return (
        Judge.id == bindparam("judge")
        if one_judge
        else Judge.competition_id == bindparam("competition"),
        Submission.id == bindparam("submission")
        if one_submission
        else Submission.competition_id == bindparam("competition"),
    )


# Asked at each save of a review and each answer at a table, so written once.


@cache
def _told_of(one_judge: bool, one_submission: bool) -> Any:
    """All that the rows tell, in one question."""
    jury, works = _scope(one_judge, one_submission)
    ruled = (
        _told(_RULING)
        .join(Ruling, Ruling.judge_id == Judge.id)
        .join(Submission, Submission.team_id == Ruling.team_id)
    )
    return union_all(
        *(query.where(jury, works) for query in (*_told_by_rows(), ruled)),
        *_people(jury, works),
    )


@cache
def _rulings_of(one_judge: bool, one_submission: bool) -> Any:
    """What the chair decided, in its order."""
    return (
        select(Submission.id, Ruling)
        .join(Submission, Submission.team_id == Ruling.team_id)
        .join(Judge, Judge.id == Ruling.judge_id)
        .where(*_scope(one_judge, one_submission))
        .order_by(Ruling.created_at, Ruling.id)
    )


def _told(what: str, detail: Any = "", since: Any = None) -> Select[Any]:
    """One row of the answer: judge, submission, what is told of them, in which words and since
    when; an address only of people."""
    words = literal(detail) if isinstance(detail, str) else detail
    moment = null().cast(UTCDateTime()) if since is None else since
    return select(
        Judge.id,
        Submission.id,
        literal(what).label("what"),
        words.label("detail"),
        moment.label("since"),
        literal("").label("address"),
    ).select_from(Judge)


def _people(jury: Any, works: Any) -> Iterable[Select[Any]]:
    """The judges, and whoever is in a team of the submissions."""
    nobody, never = null().cast(Uuid()), null().cast(UTCDateTime())
    who = (User.organization, never, User.email)
    yield select(Judge.id, nobody, literal(_JUDGE), *who).join(Judge.user).where(jury)
    yield (
        select(nobody, Submission.id, literal(_TEAM), *who)
        .join(Membership, Membership.team_id == Submission.team_id)
        .join(Registration, Registration.id == Membership.registration_id)
        .join(User, User.id == Registration.user_id)
        .where(works)
    )


def _told_by_rows() -> Iterable[Select[Any]]:
    """One question for each way in which rows link a judge with a submission's team."""
    yield from _with_this_team()
    yield _with_a_team_they_advised()
    yield from _once_in_one_team()
    yield from _met()
    yield from _wrote_to_each_other()


def _with_this_team() -> Iterable[Select[Any]]:
    """Bound to it: as they or it said, as a mentor, by feedback on its work, or in it."""
    yield (
        _told(Ground.DECLARED, Conflict.reason, Conflict.created_at)
        .join(Conflict, Conflict.user_id == Judge.user_id)
        .join(Submission, Submission.team_id == Conflict.team_id)
    )
    yield (
        _told(Ground.MENTOR, since=Pairing.created_at)
        .join(Mentor, Mentor.user_id == Judge.user_id)
        .join(Pairing, Pairing.mentor_id == Mentor.id)
        .join(Submission, Submission.team_id == Pairing.team_id)
    )
    yield (
        _told(Ground.REVIEWED, since=Feedback.sent_at)
        .join(Mentor, Mentor.user_id == Judge.user_id)
        .join(Feedback, Feedback.mentor_id == Mentor.id)
        .join(Submission, Submission.id == Feedback.submission_id)
        .where(Feedback.sent_at.is_not(None))
    )
    yield (
        _told(Ground.MEMBER)
        .join(Registration, Registration.user_id == Judge.user_id)
        .join(Membership, Membership.registration_id == Registration.id)
        .join(Submission, Submission.team_id == Membership.team_id)
    )
    yield (
        _told(Ground.TEAM, Objection.reason, Objection.created_at)
        .join(objection_person, objection_person.c.user_id == Judge.user_id)
        .join(Objection, Objection.id == objection_person.c.objection_id)
        .join(Submission, Submission.team_id == Objection.team_id)
    )


def _with_a_team_they_advised() -> Select[Any]:
    """Gave feedback to another team, of which somebody is in this one."""
    advised = aliased(Submission)
    return _onward(
        _told(Ground.REVIEWED, Team.name, Feedback.sent_at)
        .join(Mentor, Mentor.user_id == Judge.user_id)
        .join(Feedback, Feedback.mentor_id == Mentor.id)
        .join(advised, advised.id == Feedback.submission_id)
        .join(Team, Team.id == advised.team_id)
        .where(Feedback.sent_at.is_not(None))
    )


def _once_in_one_team() -> Iterable[Select[Any]]:
    """This one, which they left, or another one of this site."""
    yield (
        _told(Ground.EARLIER_TEAM, Team.name)
        .join(Registration, Registration.user_id == Judge.user_id)
        .join(InvitationUse, InvitationUse.registration_id == Registration.id)
        .join(Invitation, Invitation.id == InvitationUse.invitation_id)
        .join(Team, Team.id == Invitation.team_id)
        .join(Submission, Submission.team_id == Team.id)
        .where(
            ~exists().where(
                Membership.registration_id == Registration.id, Membership.team_id == Team.id
            )
        )
    )
    yield _onward(
        _told(Ground.EARLIER_TEAM, Team.name)
        .join(Registration, Registration.user_id == Judge.user_id)
        .join(Membership, Membership.registration_id == Registration.id)
        .join(Team, Team.id == Membership.team_id)
    )


def _met() -> Iterable[Select[Any]]:
    """The judge was the mentor of a team with somebody of this one, or the other way round; or both
    had a seat in a small session. Who speaks in one has no account, so rows tell nothing."""
    yield _onward(
        _told(Ground.MET, Team.name)
        .join(Mentor, Mentor.user_id == Judge.user_id)
        .join(Pairing, Pairing.mentor_id == Mentor.id)
        .join(Team, Team.id == Pairing.team_id)
    )
    yield _to_team_of(
        Mentor.user_id,
        _told(Ground.MET, Team.name)
        .join(Registration, Registration.user_id == Judge.user_id)
        .join(Membership, Membership.registration_id == Registration.id)
        .join(Team, Team.id == Membership.team_id)
        .join(Pairing, Pairing.team_id == Team.id)
        .join(Mentor, Mentor.id == Pairing.mentor_id),
    )
    seat = aliased(SignUp)
    yield _to_team_of(
        seat.user_id,
        _told(Ground.SESSION, _in_both_languages(Session.title))
        .join(SignUp, SignUp.user_id == Judge.user_id)
        .join(Session, Session.id == SignUp.session_id)
        .join(seat, seat.session_id == Session.id)
        .where(
            Session.capacity <= FEW,
            Session.cancelled_at.is_(None),
            SignUp.confirmed_at.is_not(None),
            seat.confirmed_at.is_not(None),
        ),
    )


def _wrote_to_each_other() -> Iterable[Select[Any]]:
    """About a team: asked to join this one, were invited to it, or invited one another."""
    yield (
        _told(Ground.MESSAGED, Team.name, JoinRequest.created_at)
        .join(Registration, Registration.user_id == Judge.user_id)
        .join(JoinRequest, JoinRequest.registration_id == Registration.id)
        .join(Team, Team.id == JoinRequest.team_id)
        .join(Submission, Submission.team_id == Team.id)
    )
    yield (
        _told(Ground.MESSAGED, Team.name, Invitation.created_at)
        .join(User, User.id == Judge.user_id)
        .join(Invitation, or_(Invitation.to_id == User.id, Invitation.address == User.email))
        .join(Team, Team.id == Invitation.team_id)
        .join(Submission, Submission.team_id == Team.id)
    )
    for ours, theirs in (
        (Invitation.by_id, Invitation.to_id),
        (Invitation.to_id, Invitation.by_id),
    ):
        yield _to_team_of(
            theirs,
            _told(Ground.MESSAGED, Team.name, Invitation.created_at)
            .join(Invitation, ours == Judge.user_id)
            .join(Team, Team.id == Invitation.team_id),
        )


def _to_team_of(person: Any, query: Select[Any]) -> Select[Any]:
    """On to the submission of the team that the other person, given by the key of their account, is
    in."""
    entry, place = aliased(Registration), aliased(Membership)
    return (
        query.join(entry, entry.user_id == person)
        .join(place, place.registration_id == entry.id)
        .join(Submission, Submission.team_id == place.team_id)
        .where(person != Judge.user_id)
    )


def _onward(to_team: Select[Any]) -> Select[Any]:
    """From a team to the submissions of every other one in which somebody of it is."""
    theirs, person = aliased(Membership), aliased(Registration)
    query = to_team.join(theirs, theirs.team_id == Team.id).join(
        person, person.id == theirs.registration_id
    )
    return _to_team_of(person.user_id, query).where(Submission.team_id != Team.id)


def _in_both_languages(title: Any) -> ColumnElement[str]:
    """A title inside a statement, for whoever reads the finding."""
    words = type_coerce(title, JSONType)
    english, french = (words[name].as_string() for name in ("en", "fr"))
    return case(
        (english != french, english + " / " + french),
        else_=func.coalesce(english, french, ""),
    )


def _in_common(
    of_judges: Iterable[Any], of_teams: Iterable[Any]
) -> Iterable[tuple[Pair, Interest]]:
    """The organization or the domain of the address that a judge shares with somebody in a team;
    both come with key, organization and address.

    Compared here and not in the database, whose lower case knows no accents everywhere.
    """
    named: defaultdict[str, set[uuid.UUID]] = defaultdict(set)
    reached: defaultdict[str, set[uuid.UUID]] = defaultdict(set)
    for submission_id, name, address in of_teams:
        named[_plain(name)].add(submission_id)
        reached[organization_of(address)].add(submission_id)
    named.pop("", None)
    reached.pop("", None)
    for judge_id, name, address in of_judges:
        together = named.get(_plain(name), set())
        for submission_id in sorted(together):
            yield (judge_id, submission_id), Interest(Ground.ORGANIZATION, " ".join(name.split()))
        domain = organization_of(address)
        for submission_id in sorted(reached.get(domain, ())):
            yield (judge_id, submission_id), Interest(Ground.DOMAIN, domain)


def _plain(organization: str | None) -> str:
    return folded(" ".join(organization.split())) if organization else ""


# -- what was declared and decided -----------------------------------------------------------


def declared_conflict(user: User, team: Team) -> Conflict | None:
    """What was said of the two by themselves or by an organizer, and is not lifted."""
    return db.session.scalar(
        select(Conflict).where(Conflict.user_id == user.id, Conflict.team_id == team.id)
    )


@once_per_request
def declared(judge: Judge, submission: Submission) -> bool:
    """Did the judge say whether they are in conflict with it?"""
    query = select(Declaration.id).where(
        Declaration.judge_id == judge.id, Declaration.submission_id == submission.id
    )
    return db.session.scalar(query.limit(1)) is not None


def answers_of(judge: Judge) -> dict[uuid.UUID, Declaration]:
    """The judge's last answer about each submission, by its id."""
    rows = db.session.scalars(
        select(Declaration)
        .where(Declaration.judge_id == judge.id)
        .order_by(Declaration.created_at, Declaration.id)
    )
    return {row.submission_id: row for row in rows}


def rulings_on(judge: Judge, team: Team) -> list[Ruling]:
    """Everything the chair decided about the two, the last first."""
    return list(
        db.session.scalars(
            select(Ruling)
            .where(Ruling.judge_id == judge.id, Ruling.team_id == team.id)
            .options(joinedload(Ruling.by))
            .order_by(Ruling.created_at.desc(), Ruling.id.desc())
        )
    )


def objections_of(team: Team) -> list[Objection]:
    """Whom the team named, the first first."""
    return list(
        db.session.scalars(
            select(Objection)
            .where(Objection.team_id == team.id)
            .options(joinedload(Objection.by), selectinload(Objection.people))
            .order_by(Objection.created_at, Objection.id)
        )
    )


def objections_in(competition: Competition) -> list[Objection]:
    """What teams say, what nobody has looked at first."""
    return list(
        db.session.scalars(
            select(Objection)
            .join(Objection.team)
            .where(Team.competition_id == competition.id)
            .options(
                joinedload(Objection.team),
                joinedload(Objection.by),
                joinedload(Objection.settled_by),
                selectinload(Objection.people),
            )
            .order_by(Objection.settled_at.is_not(None), Team.name_key, Objection.created_at)
        )
    )


def concerns(objection: Objection, person: User) -> bool:
    """Is the objection about this person, as far as anybody can tell? Then they do not read it."""
    return person in objection.people or folded(person.name) in folded(objection.about)


# -- the chair of judging --------------------------------------------------------------------


def chairs_of(competition: Competition) -> list[Chair]:
    """Who chairs the judging, in the order in which they were named."""
    return list(
        db.session.scalars(
            select(Chair)
            .join(Chair.organizer)
            .where(Organizer.competition_id == competition.id)
            .options(joinedload(Chair.organizer).joinedload(Organizer.user))
            .order_by(Chair.created_at, Chair.id)
        )
    )


@once_per_request
def chaired_by(competition: Competition) -> frozenset[uuid.UUID]:
    """The people who chair the judging; without any, every organizer decides."""
    return frozenset(chair.organizer.user_id for chair in chairs_of(competition))


def _bound(user: User, team_id: Any) -> ColumnElement[bool]:
    """The person declared a conflict with the team, accompanies it, is in it, or is objected to."""
    return or_(
        exists().where(Conflict.user_id == user.id, Conflict.team_id == team_id),
        exists().where(
            Pairing.team_id == team_id, Pairing.mentor_id == Mentor.id, Mentor.user_id == user.id
        ),
        exists().where(
            Membership.team_id == team_id,
            Membership.registration_id == Registration.id,
            Registration.user_id == user.id,
        ),
        exists().where(
            Objection.team_id == team_id,
            Objection.id == objection_person.c.objection_id,
            objection_person.c.user_id == user.id,
        ),
    )


@once_per_request
def partial(user: User, team: Team) -> bool:
    """Is the person bound to the team themself, as a judge or not?"""
    if db.session.scalar(select(_bound(user, team.id))):
        return True
    submission = db.session.scalar(select(Submission).where(Submission.team_id == team.id))
    return submission is not None and submission.id in withheld_from(user, team.competition)


@once_per_request
def partial_in(user: User, competition: Competition) -> bool:
    """Is the person bound to any team whose work competes?"""
    query = select(Submission.id).where(
        Submission.competition_id == competition.id,
        Submission.stands,
        Submission.versions.any(),
        _bound(user, Submission.team_id),
    )
    if db.session.scalar(query.limit(1)) is not None:
        return True
    return bool(withheld_from(user, competition))


# -- what a judge in conflict is not shown ---------------------------------------------------


@once_per_request
def withheld_from(user: User, competition: Competition) -> frozenset[uuid.UUID]:
    """The submissions from which the person is barred as a judge: nothing that is said of them in
    confidence is for them, though they organize the competition too. Empty for who is no judge."""
    judge = db.session.scalar(
        select(Judge).where(
            Judge.user_id == user.id,
            Judge.competition_id == competition.id,
            Judge.dismissed_at.is_(None),
        )
    )
    if judge is None:
        return frozenset()
    return frozenset(submission for _, submission in conflicts(competition, judge=judge))
