"""Reads about certificates: who earns one, who has one, how many are drawn, what one confirms."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..accounts.queries import key_of
from ..competitions.models import Competition
from ..extensions import db
from ..ground.localized import Localized
from ..ground.remember import once_per_request
from ..judging.models import Judge, Review
from ..judging.queries import competed
from ..mentoring.models import Mentor, Pairing
from ..registrations.models import Registration
from ..results.models import Grade, Honour
from ..results.queries import disclosure_of, known_honours
from ..submissions.models import Feedback, Submission, Version
from ..teams.models import Membership, Team
from ..workshops.models import Session, Speaker, session_speaker
from .models import (
    Certificate,
    CertificateLogo,
    CertificateStyle,
    CertificateWish,
    Condition,
    Kind,
    Omission,
    Paper,
    Signatory,
)
from .numbers import typed, well_formed

GRADES = {Kind.WINNER: Grade.WINNER, Kind.OUTSTANDING: Grade.OUTSTANDING}
EARNED = tuple(kind for kind in Kind if not kind.by_hand)
MOST_SESSIONS = 3  # that a speaker's certificate names


# -- how they look ---------------------------------------------------------------------------


@once_per_request
def kept_style_of(competition: Competition) -> CertificateStyle | None:
    """None as long as the organizers have said nothing of certificates."""
    return db.session.scalar(
        select(CertificateStyle).where(CertificateStyle.competition_id == competition.id)
    )


def style_of(competition: Competition) -> CertificateStyle:
    """What the organizers chose, or what is chosen as long as they have not."""
    return kept_style_of(competition) or CertificateStyle(
        competition_id=competition.id,
        paper=Paper.LETTER,
        accent="#0f5560",
        occasion=Localized(),
        participants=Condition.HANDED_IN,
        mentors=Condition.ACCOMPANIED,
        judges=Condition.COMPLETED,
    )


def signatories_of(competition: Competition) -> list[Signatory]:
    return list(
        db.session.scalars(
            select(Signatory)
            .where(Signatory.competition_id == competition.id)
            .order_by(Signatory.position, Signatory.id)
        )
    )


def logos_of(competition: Competition) -> list[CertificateLogo]:
    return list(
        db.session.scalars(
            select(CertificateLogo)
            .where(CertificateLogo.competition_id == competition.id)
            .order_by(CertificateLogo.position, CertificateLogo.id)
        )
    )


# -- who earns one ---------------------------------------------------------------------------


def condition_of(style: CertificateStyle, kind: Kind) -> Condition | None:
    """What the organizers chose for the kind; None where there is no choice."""
    chosen = {
        Kind.PARTICIPANT: style.participants,
        Kind.MENTOR: style.mentors,
        Kind.JUDGE: style.judges,
    }
    return chosen.get(kind)


def announced(competition: Competition) -> bool:
    """Are any results public? Each honour counts once those of its challenge are."""
    return disclosure_of(competition).begun


def tells_of(competition: Competition, person: User | None) -> bool:
    """Are the results public in which this person could be honoured, or, of who is in no team with
    a challenge, any?"""
    disclosure = disclosure_of(competition)
    challenge = person and db.session.scalar(
        select(Team.challenge_id)
        .join(Membership, Membership.team_id == Team.id)
        .join(Registration, Registration.id == Membership.registration_id)
        .where(Team.competition_id == competition.id, Registration.user_id == person.id)
    )
    return disclosure.tells(challenge) if challenge else disclosure.tells_something


def earners(competition: Competition, kind: Kind) -> Select[Any]:
    """The people (speakers for their kind) who earn one: also who has it, or is left out."""
    if kind is Kind.SPEAKER:
        spoke = (
            select(session_speaker.c.speaker_id)
            .join(Session, Session.id == session_speaker.c.session_id)
            .where(Session.cancelled_at.is_(None))
        )
        return (
            select(Speaker)
            .where(Speaker.competition_id == competition.id, Speaker.id.in_(spoke))
            .order_by(func.lower(Speaker.name), Speaker.id)
        )
    return (
        select(User)
        .where(User.deleted_at.is_(None), User.id.in_(_keys(competition, kind)))
        .order_by(func.lower(User.name), User.id)
    )


def _keys(competition: Competition, kind: Kind) -> Select[Any]:
    """The accounts that earn one of this kind."""
    match kind:
        case Kind.PARTICIPANT:
            return _participants(competition, style_of(competition).participants)
        case Kind.WINNER | Kind.OUTSTANDING:
            honoured = _members(competition).join(
                Submission, Submission.team_id == Membership.team_id
            )
            known = known_honours(competition).items()
            return honoured.where(
                Submission.id.in_(
                    [key for key, own in known if any(h.grade is GRADES[kind] for h in own)]
                )
            )
        case Kind.MENTOR:
            return _mentors(competition, style_of(competition).mentors)
        case Kind.JUDGE:
            return _judges(competition, style_of(competition).judges)
        case _:
            return select(User.id).where(False)


def _members(competition: Competition) -> Select[Any]:
    return (
        select(Registration.user_id)
        .join(Membership, Membership.registration_id == Registration.id)
        .where(Membership.competition_id == competition.id)
    )


def _participants(competition: Competition, condition: Condition) -> Select[Any]:
    if condition is Condition.REGISTERED:
        return select(Registration.user_id).where(
            Registration.competition_id == competition.id, Registration.takes_part
        )
    if condition is Condition.IN_TEAM:
        return _members(competition)
    handed_in = exists().where(Version.submission_id == Submission.id)
    return (
        _members(competition)
        .join(Submission, Submission.team_id == Membership.team_id)
        .where(Submission.stands, handed_in)
    )


def _mentors(competition: Competition, condition: Condition) -> Select[Any]:
    mentors = select(Mentor.user_id).where(Mentor.competition_id == competition.id)
    gave = exists().where(Feedback.mentor_id == Mentor.id, Feedback.sent_at.is_not(None))
    if condition is Condition.GAVE_FEEDBACK:
        return mentors.where(gave)
    if condition is Condition.ACCOMPANIED:
        return mentors.where(or_(gave, exists().where(Pairing.mentor_id == Mentor.id)))
    return mentors


def _judges(competition: Competition, condition: Condition) -> Select[Any]:
    """Those dismissed earn nothing by themselves."""
    of_judge = Review.judge_id == Judge.id
    judges = select(Judge.user_id).where(
        Judge.competition_id == competition.id,
        Judge.dismissed_at.is_(None),
        exists().where(of_judge, Review.completed_at.is_not(None)),
    )
    if condition is Condition.COMPLETED_ALL:
        still_due = exists().where(
            of_judge,
            Review.completed_at.is_(None),
            Review.submission_id == Submission.id,
            Submission.stands,
        )
        return judges.where(~still_due)
    return judges


def waiting(competition: Competition, kind: Kind) -> Select[Any]:
    """Who earns one, never had one, and is not left out.

    Whoever's was revoked is not: organizers issue that one again by hand.
    """
    of_kind = Certificate.kind == kind, Certificate.competition_id == competition.id
    omitted = Omission.kind == kind, Omission.competition_id == competition.id
    if kind is Kind.SPEAKER:
        has = exists().where(*of_kind, Certificate.speaker_id == Speaker.id)
        left_out = exists().where(*omitted, Omission.speaker_id == Speaker.id)
    else:
        has = exists().where(*of_kind, Certificate.user_id == User.id)
        left_out = exists().where(*omitted, Omission.user_id == User.id)
    return earners(competition, kind).where(~has, ~left_out)


def earner_in(key: str, *, competition: Competition, certificate_kind: Kind, **_: Any) -> Any:
    """The person or speaker of this key who earns a certificate of the kind."""
    model = Speaker if certificate_kind is Kind.SPEAKER else User
    return db.session.scalar(
        earners(competition, certificate_kind).where(model.id == key_of(key)).order_by(None)
    )


def wishes_of(
    competition: Competition, people: Collection[Any]
) -> dict[uuid.UUID, CertificateWish]:
    """What these people want to be called, by their keys."""
    query = select(CertificateWish).where(
        CertificateWish.competition_id == competition.id,
        CertificateWish.user_id.in_([person.id for person in people]),
    )
    return {wish.user_id: wish for wish in db.session.scalars(query)}


def wish_of(person: User, competition: Competition) -> CertificateWish | None:
    return wishes_of(competition, [person]).get(person.id)


def omissions_of(competition: Competition, kind: Kind) -> list[Omission]:
    return list(
        db.session.scalars(
            select(Omission)
            .where(Omission.competition_id == competition.id, Omission.kind == kind)
            .options(
                joinedload(Omission.user), joinedload(Omission.speaker), joinedload(Omission.by)
            )
            .order_by(Omission.created_at, Omission.id)
        )
    )


def facts_of(competition: Competition, kind: Kind) -> dict[uuid.UUID, dict[str, Any]]:
    """What is so of each person (each speaker) and stands on their certificate, by their keys."""
    if kind is Kind.SPEAKER:
        return _sessions_by_speaker(competition)
    if kind not in (Kind.PARTICIPANT, *GRADES):
        return {}
    projects = {}
    if kind in GRADES:
        versions = db.session.scalars(competed(competition))
        given = known_honours(competition)
        projects = {
            v.submission.team_id: {
                **_project(v),
                "prizes": _prizes(given.get(v.submission_id, ()), kind),
            }
            for v in versions
        }
    members = (
        select(Registration.user_id, Team.id, Team.name)
        .join(Membership, Membership.registration_id == Registration.id)
        .join(Team, Team.id == Membership.team_id)
        .where(Membership.competition_id == competition.id)
    )
    return {
        person: {"team": name, **projects.get(team, {})}
        for person, team, name in db.session.execute(members)
    }


def facts_now(certificate: Certificate) -> dict[str, Any]:
    """What is so of its holder today; what it says, where nothing of that is known."""
    known = facts_of(certificate.competition, certificate.kind)
    facts = known.get(certificate.user_id or certificate.speaker_id or certificate.id)
    if facts is None or (certificate.kind in GRADES and not facts.get("prizes")):
        return certificate.facts
    return facts


def _prizes(honours: Iterable[Honour], kind: Kind) -> list[dict[str, Any]]:
    """Those of its grade, as a certificate of this kind names them."""
    return [
        {"name": dict(h.prize.name), "place": h.place if h.prize.number > 1 else None}
        for h in honours
        if h.grade is GRADES[kind]
    ]


def _project(version: Version) -> dict[str, Any]:
    return {"project": version.content["title"], "challenge": dict(version.challenge.title)}


def _sessions_by_speaker(competition: Competition) -> dict[uuid.UUID, dict[str, Any]]:
    found: defaultdict[uuid.UUID, list[dict[str, str]]] = defaultdict(list)
    rows = db.session.execute(
        select(session_speaker.c.speaker_id, Session.title)
        .join(Session, Session.id == session_speaker.c.session_id)
        .where(Session.competition_id == competition.id, Session.cancelled_at.is_(None))
        .order_by(Session.starts_at, Session.id)
    )
    for speaker, title in rows:
        found[speaker].append(dict(title))
    return {speaker: {"sessions": titles[:MOST_SESSIONS]} for speaker, titles in found.items()}


# -- who has one -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """Of the certificates of a kind: those that hold, and of them drawn, faulty and told of."""

    issued: int = 0
    drawn: int = 0
    faulty: int = 0
    told: int = 0
    asked: int = 0
    tellable: int = 0  # drawn, of people with an account, and no letter wanted yet
    ended: int = 0


def tallies_of(competition: Competition) -> dict[Kind, Tally]:
    def count(*which: ColumnElement[bool]) -> Any:
        return func.coalesce(func.sum(case((and_(*which), 1), else_=0)), 0)

    holds = Certificate.ended_at.is_(None)
    drawn = Certificate.digest != ""
    account = Certificate.user_id.is_not(None)
    rows = db.session.execute(
        select(
            Certificate.kind,
            count(holds),
            count(holds, drawn),
            count(holds, ~drawn, Certificate.fault != ""),
            count(holds, Certificate.told_at.is_not(None)),
            count(holds, Certificate.asked_at.is_not(None)),
            count(holds, account, Certificate.asked_at.is_(None)),
            count(~holds),
        )
        .where(Certificate.competition_id == competition.id)
        .group_by(Certificate.kind)
    )
    return {kind: Tally(*map(int, numbers)) for kind, *numbers in rows}


def waiting_counts(competition: Competition) -> dict[Kind, int]:
    """How many would get one now, by kind."""
    return {
        kind: db.session.scalar(
            select(func.count()).select_from(waiting(competition, kind).order_by(None).subquery())
        )
        or 0
        for kind in EARNED
    }


def certificates_in(
    competition: Competition, *, kind: Kind | None = None, search: str = "", state: str = ""
) -> Select[Any]:
    """`state`: `holds`, `undrawn`, `unearned`, `ended`, or all. `search` looks into names and
    numbers."""
    query = (
        select(Certificate)
        .where(Certificate.competition_id == competition.id)
        .order_by(func.lower(Certificate.name), Certificate.id)
    )
    if kind:
        query = query.where(Certificate.kind == kind)
    if search:
        number = typed(search)
        query = query.where(
            or_(
                Certificate.name.icontains(search, autoescape=True),
                *([Certificate.number.startswith(number, autoescape=True)] if number else []),
            )
        )
    if state == "ended":
        return query.where(Certificate.ended_at.is_not(None))
    if state == "undrawn":
        return query.where(Certificate.ended_at.is_(None), Certificate.digest == "")
    if state == "unearned":
        return query.where(Certificate.ended_at.is_(None), _unearned(competition))
    if state == "holds":
        return query.where(Certificate.ended_at.is_(None))
    return query


def _unearned(competition: Competition) -> ColumnElement[bool]:
    """It says of somebody what the public results do not: these were withdrawn or corrected since.

    What was issued by hand has reasons of its own, and so has what replaced it. What is of old
    names no prizes.
    """
    honours = known_honours(competition)
    members = (
        _members(competition)
        .join(Submission, Submission.team_id == Membership.team_id)
        .where(Submission.id.in_(honours))
        .with_only_columns(Registration.user_id, Submission.id)
    )
    earned = {
        (kind, person): prizes
        for person, submission in db.session.execute(members)
        for kind in GRADES
        if (prizes := _prizes(honours[submission], kind))
    }
    rows = db.session.execute(
        select(Certificate.id, Certificate.kind, Certificate.user_id, Certificate.facts).where(
            Certificate.competition_id == competition.id,
            Certificate.kind.in_(GRADES),
            Certificate.user_id.is_not(None),
            Certificate.ended_at.is_(None),
            Certificate.id.not_in(_by_hand(competition)),
        )
    )
    return Certificate.id.in_(
        [
            key
            for key, kind, person, facts in rows
            if (prizes := earned.get((kind, person))) is None
            or facts.get("prizes", prizes) != prizes
        ]
    )


def _by_hand(competition: Competition) -> set[uuid.UUID]:
    """The certificates of honours that organizers gave somebody by hand, or in the place of such a
    one. A replacement has a reason too, which says nothing of how the first one came about."""
    rows = db.session.execute(
        select(Certificate.id, Certificate.reason, Certificate.replaced_by_id)
        .where(Certificate.competition_id == competition.id, Certificate.kind.in_(GRADES))
        .order_by(Certificate.created_at, Certificate.id)
    ).all()
    instead = {new for _, _, new in rows if new}
    found = {key for key, reason, _ in rows if reason and key not in instead}
    for key, _, new in rows:  # the earlier first
        if key in found and new:
            found.add(new)
    return found


def unearned_in(competition: Competition) -> int:
    """How many certificates of honours have to be looked at."""
    query = certificates_in(competition, state="unearned").order_by(None)
    return db.session.scalar(query.with_only_columns(func.count(Certificate.id))) or 0


def drawn_files(competition: Competition, kind: Kind | None) -> list[tuple[Kind, str, str, str]]:
    """(kind, name, number, SHA-256) of every certificate that holds and is drawn."""
    query = certificates_in(competition, kind=kind, state="holds").where(Certificate.digest != "")
    columns = (Certificate.kind, Certificate.name, Certificate.number, Certificate.digest)
    return [tuple(row) for row in db.session.execute(query.with_only_columns(*columns))]


def certificates_of(person: User) -> list[Certificate]:
    """Everything the person has or had, in every competition, the newest first."""
    return list(
        db.session.scalars(
            select(Certificate)
            .where(Certificate.user_id == person.id)
            .options(joinedload(Certificate.competition))
            .order_by(Certificate.created_at.desc(), Certificate.id)
        )
    )


@once_per_request
def has_part(person: User, competition: Competition) -> bool:
    """Takes part, accompanies, judges, or has a certificate."""
    parts = [
        select(kind.id).where(kind.user_id == person.id, kind.competition_id == competition.id)
        for kind in (Registration, Mentor, Judge, Certificate)
    ]
    parts[0] = parts[0].where(Registration.takes_part)  # who waits for a place has none yet
    return db.session.execute(union_all(*parts).limit(1)).first() is not None


_CERTIFYING = select(
    CertificateStyle.competition_id,
    exists().where(
        Certificate.competition_id == CertificateStyle.competition_id,
        Certificate.user_id == bindparam("person"),
        Certificate.ended_at.is_(None),
    ),
).where(CertificateStyle.competition_id.in_(bindparam("competitions", expanding=True)))


def certifying(person: User, competitions: Collection[uuid.UUID]) -> list[tuple[uuid.UUID, bool]]:
    """Those of the competitions (by their keys) that give certificates, and has the person one?"""
    asked = {"person": person.id, "competitions": [*competitions]}
    return [(key, certified) for key, certified in db.session.execute(_CERTIFYING, asked)]


# -- what one confirms -----------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """A number as somebody typed it. `certificate` is None where nothing is confirmed."""

    number: str
    mistyped: bool
    certificate: Certificate | None = None


def check(text: str, *, competition: Competition, **_: Any) -> Check:
    """What there is to say of a number. Of who is forgotten, nothing: not even that they were."""
    number = typed(text)
    if not well_formed(number):
        return Check(number, mistyped=True)
    return Check(
        number,
        mistyped=False,
        certificate=db.session.scalar(
            select(Certificate).where(
                Certificate.number == number,
                Certificate.competition_id == competition.id,
                Certificate.name != "",
            )
        ),
    )


def certificate_with(token: str, *, competition: Competition, **_: Any) -> Certificate | None:
    """The certificate that this link brings, while it holds."""
    return db.session.scalar(
        select(Certificate).where(
            Certificate.token == token,
            Certificate.competition_id == competition.id,
            Certificate.ended_at.is_(None),
        )
    )
