"""Reads about honours: what can be won, what was decided, what the world may see."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..accounts.queries import key_of
from ..competitions.models import Challenge, Competition
from ..extensions import db
from ..ground.clock import now
from ..ground.keeping import kept_by_edition
from ..ground.remember import once_per_request
from ..judging.models import Judge
from ..judging.queries import competed, counted_version
from ..mentoring.models import Mentor
from ..post.models import Letter
from ..registrations.models import Registration
from ..submissions.models import Submission, Translation, Version
from ..submissions.telling import Telling, published_translations
from ..teams.models import Membership, Team
from .disclosure import Disclosure, Scope
from .models import (
    Amendment,
    Announcement,
    Change,
    Claim,
    Confirmation,
    Decision,
    Delivery,
    Grade,
    Honour,
    Prize,
    PrizeRuling,
    Reply,
    Span,
)
from .preview import foresight


@dataclass(frozen=True)
class Project:
    """What a team handed in, as the world may see it, and the honours it received, best first."""

    version: Version
    honours: Sequence[Honour] = ()
    translations: Mapping[str, Translation] = field(default_factory=dict)

    @property
    def honour(self) -> Honour | None:
        """The best of them."""
        return next(iter(self.honours), None)

    @property
    def telling(self) -> Telling:
        """Title, summary and warning in the reader's language, where they were translated."""
        return Telling(self.version.content, self.translations)

    @property
    def submission(self) -> Submission:
        return self.version.submission

    @property
    def team(self) -> Team:
        return self.version.submission.team

    @property
    def challenge(self) -> Challenge:
        return self.version.challenge

    @property
    def title(self) -> str:
        return self.version.content["title"]

    @property
    def summary(self) -> str:
        return self.version.content["summary"]

    @property
    def description(self) -> str:
        """Markdown."""
        return self.version.content["description"]

    @property
    def language(self) -> str:
        """The one the team wrote in."""
        return self.version.content["language"]

    @property
    def links(self) -> list[tuple[str, str]]:
        """(`repository`, `demonstration` or `video`, address) of those there are."""
        names = ("repository", "demonstration", "video")
        found = [(name, self.version.content.get(name, "")) for name in names]
        return [(name, address) for name, address in found if address]

    @property
    def warning(self) -> str:
        """What people should know before they read on; empty where there is nothing."""
        return self.version.content.get("warning", "")

    @property
    def pictures(self) -> list[dict[str, Any]]:
        """What the version froze of each, the cover first; see submissions/receipt.py."""
        found = [file for file in self.version.content["files"] if file.get("drawn")]
        return sorted(found, key=lambda file: not file.get("cover"))

    @property
    def cover(self) -> dict[str, Any] | None:
        """The picture that stands for the project: the team's choice, else its first."""
        return next(iter(self.pictures), None)

    @property
    def files(self) -> list[dict[str, Any]]:
        """What was handed in beside the pictures."""
        return [file for file in self.version.content["files"] if not file.get("drawn")]


# -- what was decided ------------------------------------------------------------------------


# Asked by every page with a menu, so written down once.
_MOMENTS = select(
    Announcement.competition_id, Announcement.challenge_id, Announcement.publish_at
).where(Announcement.competition_id.in_(bindparam("competitions", expanding=True)))


@once_per_request
def announcements_of(competition: Competition) -> list[Announcement]:
    """In the order of their moments."""
    return list(
        db.session.scalars(
            select(Announcement)
            .where(Announcement.competition_id == competition.id)
            .options(joinedload(Announcement.challenge))
            .order_by(Announcement.publish_at, Announcement.id)
        )
    )


def competing(competition: Competition, submissions: Collection[uuid.UUID]) -> bool:
    """Was one of these handed in, and does it count?"""
    if not submissions:
        return False
    query = (
        competed(competition).where(Submission.id.in_(submissions)).with_only_columns(Version.id)
    )
    return db.session.scalar(query.order_by(None).limit(1)) is not None


def announcement_of(
    competition: Competition, challenge: Challenge | None = None
) -> Announcement | None:
    """The one for this challenge alone; without, the one for all that has no moment of its own."""
    key = challenge.id if challenge else None
    found = (each for each in announcements_of(competition) if each.challenge_id == key)
    return next(found, None)


@kept_by_edition
@once_per_request
def _moments(competition: Competition) -> Mapping[Scope, datetime]:
    """Since when, or from when on, which results are public."""
    rows = db.session.execute(_MOMENTS, {"competitions": [competition.id]})
    return {challenge: moment for _, challenge, moment in rows}


def _open_withdrawals() -> Select[tuple[Scope]]:
    return select(Amendment.challenge_id).where(
        Amendment.kind == Change.WITHDRAWAL, Amendment.ended_at.is_(None)
    )


_WITHDRAWN = _open_withdrawals().where(Amendment.competition_id == bindparam("competition"))


@kept_by_edition
@once_per_request
def _withdrawn(competition: Competition) -> frozenset[Scope]:
    return frozenset(db.session.scalars(_WITHDRAWN, {"competition": competition.id}))


def _of(competition: Competition) -> ColumnElement[bool]:
    return Amendment.competition_id == competition.id


def disclosure_of(competition: Competition) -> Disclosure:
    """What of the results may be known now: the one question to ask before anything is shown."""
    ahead = foresight()
    looks = ahead is not None and ahead.competition_id == competition.id
    if looks and ahead and ahead.at is None:
        return Disclosure(now(), {None: now()})
    at = ahead.at if looks and ahead and ahead.at else now()
    disclosure = Disclosure(at, _moments(competition))
    if not disclosure.begun:
        return disclosure
    return replace(disclosure, withdrawn=_withdrawn(competition))


def results_out(competition: Competition) -> bool:
    """Is what concerns all challenges public now?"""
    return disclosure_of(competition).tells(None)


def more_to_come(competition: Competition) -> bool:
    """Do prizes among all projects come out later than those that are public?"""
    if disclosure_of(competition).reached(None):
        return False
    return any(prize.span is Span.ALL for prize in prizes_of(competition))


class Stand(StrEnum):
    """How a team stands at a moment: honoured, told that it is not, or waiting."""

    HONOURED = "honoured"
    TOLD = "told"
    WAITING = "waiting"


@dataclass(frozen=True)
class Ahead:
    """What can be chosen over a preview. `at` is the moment of the preview, one of `moments` that
    are planned, or None; `teams` has one team for each way to stand then."""

    at: datetime | None
    moments: Sequence[datetime]
    teams: Mapping[Stand, Team]


def moments_ahead(competition: Competition) -> list[datetime]:
    """When more of the results comes out, in order; empty where all comes at once."""
    moments = sorted({each.publish_at for each in announcements_of(competition)})
    return [moment for moment in moments if moment > now()] if len(moments) > 1 else []


def moment_asked(competition: Competition, written: str) -> datetime | None:
    """The planned moment that an address names; None: when all is public."""
    return next((m for m in moments_ahead(competition) if m.isoformat() == written), None)


def looking_ahead(competition: Competition) -> Ahead:
    """Asked inside a preview."""
    ahead, disclosure = foresight(), disclosure_of(competition)
    honoured = known_honours(competition)
    found: dict[Stand, uuid.UUID] = {}
    for submission, challenge, team in db.session.execute(
        competed(competition).with_only_columns(
            Version.submission_id, Version.challenge_id, Submission.team_id
        )
    ):
        stand = Stand.TOLD if disclosure.tells(challenge) else Stand.WAITING
        found.setdefault(Stand.HONOURED if submission in honoured else stand, team)
    teams = {team.id: team for team in db.session.scalars(_teams(found.values()))}
    return Ahead(
        ahead.at if ahead else None,
        moments_ahead(competition),
        {stand: teams[found[stand]] for stand in Stand if stand in found},
    )


def _teams(keys: Iterable[uuid.UUID]) -> Select[tuple[Team]]:
    return select(Team).where(Team.id.in_(list(keys)))


_ALL_WITHDRAWN = (
    _open_withdrawals()
    .where(Amendment.competition_id.in_(bindparam("competitions", expanding=True)))
    .with_only_columns(Amendment.competition_id, Amendment.challenge_id)
)


def disclosures_of(competitions: Iterable[Competition]) -> dict[uuid.UUID, Disclosure]:
    """Of many competitions at once, by their keys."""
    keys = [competition.id for competition in competitions]
    moments: defaultdict[uuid.UUID, dict[Scope, datetime]] = defaultdict(dict)
    withdrawn: defaultdict[uuid.UUID, set[Scope]] = defaultdict(set)
    for key, challenge, moment in db.session.execute(_MOMENTS, {"competitions": keys}):
        moments[key][challenge] = moment
    # Only what has been seen can have been withdrawn.
    begun = [key for key in moments if min(moments[key].values()) <= now()]
    gone = db.session.execute(_ALL_WITHDRAWN, {"competitions": begun}) if begun else ()
    for key, challenge in gone:
        withdrawn[key].add(challenge)
    return {key: Disclosure(now(), moments[key], frozenset(withdrawn[key])) for key in keys}


_HANDED_IN_FOR = (
    select(Version.challenge_id)
    .join(Version.submission)
    .where(Submission.team_id == bindparam("team"))
    .order_by(Version.number.desc())
    .limit(1)
)


@once_per_request
def told_to_team(team: Team) -> bool:
    """Are the results of the team's challenge public? Of who handed nothing in: all of them."""
    challenge = db.session.scalar(_HANDED_IN_FOR, {"team": team.id})
    return disclosure_of(team.competition).tells(challenge)


def amendments_of(competition: Competition) -> list[Amendment]:
    """Withdrawals and corrections, the latest first."""
    return list(
        db.session.scalars(
            select(Amendment)
            .where(_of(competition))
            .options(
                joinedload(Amendment.challenge),
                joinedload(Amendment.by),
                joinedload(Amendment.ended_by),
            )
            .order_by(Amendment.created_at.desc(), Amendment.id.desc())
        )
    )


def amendment_at(key: str, *, competition: Competition, **_: Any) -> Amendment | None:
    return db.session.scalar(select(Amendment).where(Amendment.id == key_of(key), _of(competition)))


def _rank(honour: Honour) -> Any:
    """Which honour comes first: by the organizers' order of prizes, then by place."""
    prize = honour.prize
    return prize.position, prize.id, honour.place or 0


def _given(competition: Competition) -> list[Honour]:
    """The honours of what counts, the best first."""
    query = (
        select(Honour)
        .join(Honour.submission)
        .where(Honour.competition_id == competition.id, Submission.stands)
    )
    return sorted(db.session.scalars(query), key=lambda h: (*_rank(h), h.submission_id))


def honours_by_submission(competition: Competition) -> dict[uuid.UUID, list[Honour]]:
    """What each honoured submission receives, the best first."""
    found: defaultdict[uuid.UUID, list[Honour]] = defaultdict(list)
    for honour in _given(competition):
        found[honour.submission_id].append(honour)
    return dict(found)


@once_per_request
def known_honours(competition: Competition) -> dict[uuid.UUID, list[Honour]]:
    """What is public of them, by submission, the best first; before that, nothing is read."""
    disclosure = disclosure_of(competition)
    if not disclosure.begun:
        return {}
    given = honours_by_submission(competition)
    challenges = _challenges_of(given, competition) if given else {}
    known = {
        key: [h for h in honours if is_public(h, challenges.get(key), disclosure)]
        for key, honours in given.items()
    }
    return {key: honours for key, honours in known.items() if honours}


def _challenges_of(
    submissions: Collection[uuid.UUID], competition: Competition
) -> dict[uuid.UUID, uuid.UUID]:
    """The challenge of each of these that counts."""
    rows = db.session.execute(
        competed(competition)
        .where(Submission.id.in_(submissions))
        .order_by(None)
        .with_only_columns(Version.submission_id, Version.challenge_id)
    )
    return {submission: challenge for submission, challenge in rows}


def public_grades(
    competition: Competition, challenges: Mapping[uuid.UUID, Scope], told: Collection[Scope]
) -> dict[uuid.UUID, set[Grade]]:
    """How submissions to these challenges rank whose honours are among what is `told`. Read in
    columns: see `kept_by_edition`."""
    found: defaultdict[uuid.UUID, set[Grade]] = defaultdict(set)
    if told:
        for submission, kind, span in db.session.execute(
            select(Honour.submission_id, Prize.kind, Prize.span)
            .join(Honour.prize)
            .where(Honour.competition_id == competition.id)
        ):
            challenge = challenges.get(submission)
            if challenge in told and (None if span is Span.ALL else challenge) in told:
                found[submission].add(kind.grade)
    return found


def scopes_told(competition: Competition) -> frozenset[Scope]:
    """Everything whose results are public; None among it: what concerns all challenges."""
    disclosure = disclosure_of(competition)
    if not disclosure.begun:
        return frozenset()
    scopes = (None, *(challenge.id for challenge in competition.challenges))
    return frozenset(scope for scope in scopes if disclosure.tells(scope))


def scope_of(honour: Honour, challenge: Scope) -> Scope:
    """With which results an honour comes out that a submission to this challenge receives."""
    return None if honour.prize.span is Span.ALL else challenge


def is_public(honour: Honour, challenge: Scope, disclosure: Disclosure) -> bool:
    """Of a challenge whose results are withdrawn, what concerns all challenges is hidden too."""
    return disclosure.tells(challenge) and disclosure.tells(scope_of(honour, challenge))


def honours_by_prize(competition: Competition) -> dict[uuid.UUID, list[Honour]]:
    """Who receives each prize that somebody does, by place, then by key."""
    found: defaultdict[uuid.UUID, list[Honour]] = defaultdict(list)
    for honour in _given(competition):
        found[honour.prize_id].append(honour)
    return dict(found)


def digest_of(honours: Iterable[Honour]) -> str:
    """Stands for what was decided: other decisions, another digest."""
    decisions = sorted(
        f"{h.prize_id} {h.submission_id} {h.place} {dict(h.citation)}" for h in honours
    )
    return hashlib.sha256("\n".join(decisions).encode()).hexdigest()


def honours_of(competition: Competition) -> list[tuple[Challenge | None, list[Project]]]:
    """The honoured projects: first those with prizes among all (no challenge), then those of each
    challenge; in each group the best first, with the honours of that group: for organizers, at any
    time."""
    given = honours_by_submission(competition)
    versions = db.session.scalars(competed(competition).where(Submission.id.in_(given)))
    projects = projects_from((version, given[version.submission_id]) for version in versions)
    groups: defaultdict[Challenge | None, list[Project]] = defaultdict(list)
    for project in projects:
        for challenge in (None, project.challenge):
            of_all = challenge is None
            own = [h for h in project.honours if (h.prize.span is Span.ALL) is of_all]
            if own:
                groups[challenge].append(replace(project, honours=own))
    for group in groups.values():
        group.sort(key=lambda p: (*_rank(p.honours[0]), p.team.name_key))
    return sorted(groups.items(), key=lambda item: item[0].number if item[0] else 0)


def public_honours_of(competition: Competition) -> list[tuple[Challenge | None, list[Project]]]:
    """The same, of what is public."""
    disclosure = disclosure_of(competition)
    if not disclosure.begun:
        return []
    groups = [
        (each, [project for project in projects if disclosure.tells(project.challenge.id)])
        for each, projects in honours_of(competition)
        if disclosure.tells(each.id if each else None)
    ]
    return [(each, projects) for each, projects in groups if projects]


def uncited(competition: Competition) -> list[tuple[Project, Honour]]:
    """The honours whose citation is not there in both languages."""
    return [
        (project, honour)
        for _, projects in honours_of(competition)
        for project in projects
        for honour in project.honours
        if not honour.citation.complete
    ]


# -- prizes and decisions --------------------------------------------------------------------


def prizes_of(competition: Competition) -> list[Prize]:
    """In the organizers' order."""
    query = (
        select(Prize)
        .where(Prize.competition_id == competition.id)
        .options(joinedload(Prize.challenge), joinedload(Prize.partner))
        .order_by(Prize.position, Prize.id)
    )
    return list(db.session.scalars(query))


def is_given(prize: Prize) -> bool:
    """Does anybody receive it, also somebody who does not count any more?"""
    query = select(func.count()).where(Honour.prize_id == prize.id)
    return bool(db.session.scalar(query))


def last_rulings(competition: Competition) -> dict[uuid.UUID, PrizeRuling]:
    """What was last decided on each prize that was decided on."""
    query = (
        select(PrizeRuling)
        .join(PrizeRuling.prize)
        .where(Prize.competition_id == competition.id)
        .options(joinedload(PrizeRuling.by))
        .order_by(PrizeRuling.created_at, PrizeRuling.id)
    )
    return {ruling.prize_id: ruling for ruling in db.session.scalars(query)}


def rulings_on(prize: Prize) -> list[PrizeRuling]:
    """Everything that was decided on the prize, the newest first."""
    query = (
        select(PrizeRuling)
        .where(PrizeRuling.prize_id == prize.id)
        .options(joinedload(PrizeRuling.by))
        .order_by(PrizeRuling.created_at.desc(), PrizeRuling.id.desc())
    )
    return list(db.session.scalars(query))


def decisions_of(competition: Competition) -> list[Decision]:
    """What was sealed, the newest first."""
    query = (
        select(Decision)
        .where(Decision.competition_id == competition.id)
        .options(
            joinedload(Decision.by), joinedload(Decision.confirmation).joinedload(Confirmation.by)
        )
        .order_by(Decision.number.desc())
    )
    return list(db.session.scalars(query))


def last_decision(competition: Competition) -> Decision | None:
    return next(iter(decisions_of(competition)), None)


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """The names of those of these accounts that still exist, by their keys."""
    wanted = [uuid.UUID(key) for key in keys]
    query = select(User).where(User.id.in_(wanted), User.deleted_at.is_(None))
    return {str(user.id): user.name for user in db.session.scalars(query)}


# -- what the world sees ---------------------------------------------------------------------


def project_of(submission: Submission) -> Project | None:
    """What was handed in, with the honours that are public; None when nothing was handed in."""
    version = counted_version(submission)
    if version is None:
        return None
    given = known_honours(version.challenge.competition)
    return projects_from([(version, given.get(submission.id, ()))])[0]


def project_by(team: Team) -> Project | None:
    submission = db.session.scalar(select(Submission).where(Submission.team_id == team.id))
    return project_of(submission) if submission else None


def projects_from(found: Iterable[tuple[Version, Sequence[Honour]]]) -> list[Project]:
    """Projects with what the organizers translated of them. One query, however many there are."""
    pairs = list(found)
    translations = published_translations(version.submission_id for version, _ in pairs)
    return [Project(v, honours, translations.get(v.submission_id, {})) for v, honours in pairs]


# -- what becomes of prizes ------------------------------------------------------------------

REMINDER_PAUSE = timedelta(days=1)


def to_hand_over(competition: Competition) -> list[Honour]:
    """The public honours that come with something, with the team's answer and what was delivered:
    first those that still wait."""
    known = [honour.id for own in known_honours(competition).values() for honour in own]
    query = (
        select(Honour)
        .join(Honour.submission)
        .where(Honour.id.in_(known))
        .options(
            joinedload(Honour.submission)
            .joinedload(Submission.team)
            .selectinload(Team.memberships)
            .joinedload(Membership.registration)
            .joinedload(Registration.user),
            joinedload(Honour.prize).joinedload(Prize.partner),
            joinedload(Honour.claim).joinedload(Claim.by),
            joinedload(Honour.delivery).joinedload(Delivery.by),
        )
    )
    found = [honour for honour in db.session.scalars(query) if honour.prize.gift]
    return sorted(found, key=lambda h: (_step(h), *_rank(h), h.submission.team.name_key))


def _step(honour: Honour) -> int:
    """0: no answer; 1: accepted; 2: delivered; 3: declined."""
    if honour.delivery is not None:
        return 2
    if honour.claim is None:
        return 0
    return 1 if honour.claim.reply is Reply.ACCEPTED else 3


def prizes_of_team(team: Team) -> list[Honour]:
    """What the team won that comes with something, once that is public."""
    return [h for h in to_hand_over(team.competition) if h.submission.team_id == team.id]


def unanswered(competition: Competition) -> list[Honour]:
    """What teams won and have said nothing to."""
    return [h for h in to_hand_over(competition) if h.claim is None and h.delivery is None]


def reminded_of_prizes(competition: Competition) -> set[uuid.UUID]:
    """The people who had a reminder so recently that another would be a nuisance."""
    return set(
        db.session.scalars(
            select(Letter.recipient_id).where(
                Letter.name == "prize_unclaimed",
                Letter.competition_id == competition.id,
                Letter.recipient_id.is_not(None),
                Letter.created_at > now() - REMINDER_PAUSE,
            )
        )
    )


# -- who is told -----------------------------------------------------------------------------


def projects_with_members(competition: Competition) -> list[Project]:
    """Everything handed in, with the people to write to."""
    given = honours_by_submission(competition)
    versions = db.session.scalars(
        competed(competition).options(
            joinedload(Version.submission)
            .joinedload(Submission.team)
            .selectinload(Team.memberships)
            .joinedload(Membership.registration)
            .joinedload(Registration.user)
        )
    )
    return [Project(version, given.get(version.submission_id, ())) for version in versions]


def judges_and_mentors(competition: Competition) -> list[User]:
    """The people who accompanied or judged the teams, each once."""
    judges = select(Judge.user_id).where(
        Judge.competition_id == competition.id, Judge.dismissed_at.is_(None)
    )
    mentors = select(Mentor.user_id).where(Mentor.competition_id == competition.id)
    query = select(User).where(or_(User.id.in_(judges), User.id.in_(mentors)))
    return list(db.session.scalars(query.order_by(User.name, User.id)))
