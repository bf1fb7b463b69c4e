"""Asking people to judge, their yes or no, the personal links, and the terms they accept."""

import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from ..accounts.actions import end_sign_in, fingerprint
from ..accounts.models import SignIn, User
from ..accounts.personal import nobodys_password
from ..accounts.queries import person_with
from ..competitions.models import Challenge, Competition
from ..competitions.queries import organizers_of
from ..extensions import db
from ..ground.clock import now
from ..ground.localized import Localized
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..post.personal import forget_about
from . import letters
from .actions import AlreadyJudge, NotJudging
from .jury import acceptance_of, is_guest, sessions_of, terms_of, waiting_for
from .models import (
    LINK_LASTS,
    Judge,
    JudgeInvitation,
    JudgeTerms,
    LinkUse,
    Standing,
    TermsAcceptance,
    Way,
)

LASTS = timedelta(days=30)  # an invitation to who has or makes an account


class AlreadyInvited(Obstacle):
    sentence = _l("This person is invited already. You can send the invitation once more.")
    field = "email"


class InvitationOver(Obstacle):
    sentence = _l("This invitation was answered, revoked or has expired in the meantime.")


class HasAccount(Obstacle):
    sentence = _l(
        "There is an account with this address. Sign in with it, then open the invitation again."
    )


class OwnAccount(Obstacle):
    sentence = _l("This judge has an account by now and signs in with it.")


class NoLink(Obstacle):
    sentence = _l("This judge signs in with an account, so there is no link to renew or revoke.")


class InUse(Obstacle):
    sentence = _l("This link is in use on another device. Confirm that you move here.")


class TermsUnchanged(Obstacle):
    sentence = _l("These are the words of the version in force: nothing was published.")


class NewerTerms(Obstacle):
    sentence = _l("There is a newer version of this text: read that one.")


# -- invitations -----------------------------------------------------------------------------


def invite(
    competition: Competition,
    *,
    email: str,
    name: str,
    organization: str,
    language: str,
    languages: list[str],
    challenges: Collection[Challenge],
    capacity: int,
    way: Way,
    one_device: bool,
    by: User,
) -> JudgeInvitation:
    """Ask somebody to judge, by letter in `language` ("both" for English and French).

    Whoever has an account is asked to use it, whatever the `way`: a link that others might hold
    opens nobody's account. Raises AlreadyJudge and AlreadyInvited.
    """
    db.session.scalar(select(Competition.id).filter_by(id=competition.id).with_for_update())
    address = email.strip().lower()
    known = person_with(address)
    if known is not None and db.session.scalar(
        select(Judge.id).where(
            Judge.competition_id == competition.id,
            Judge.user_id == known.id,
            Judge.dismissed_at.is_(None),
        )
    ):
        raise AlreadyJudge
    if waiting_for(competition, address):
        raise AlreadyInvited
    if known is not None and not is_guest(known):
        way = Way.ACCOUNT
    token = secrets.token_urlsafe(32)
    invitation = JudgeInvitation(
        competition=competition,
        address=address,
        name=name,
        organization=organization,
        language=language,
        languages=languages,
        challenges=list(challenges),
        capacity=capacity,
        way=way,
        one_device=one_device,
        digest=fingerprint(token),
        expires_at=_ends(way),
        renewed_at=now(),
    )
    db.session.add(invitation)
    db.session.flush()
    record(Deed.JUDGE_INVITED, by=by, competition=competition, subject=name)
    letters.judge_invitation(invitation, token)
    return invitation


def renew(invitation: JudgeInvitation, *, send: bool, by: User) -> str:
    """Make a new secret, which takes the place of the old one, and return it.

    It goes by letter, or is for whoever asks to hand on. What the old one opened ends.
    """
    _hold(invitation)
    judge = invitation.judge
    if invitation.declined_at is not None:
        raise InvitationOver
    if judge is not None:
        if invitation.way is Way.ACCOUNT:
            raise NoLink
        if judge.dismissed_at is not None:
            raise NotJudging
        if judge.user.confirmed_at is not None:
            raise OwnAccount
    other = waiting_for(invitation.competition, invitation.address)
    if judge is None and other is not None and other.id != invitation.id:
        raise AlreadyInvited
    token = secrets.token_urlsafe(32)
    _end_sessions(invitation)
    forget_about([invitation.id])
    invitation.digest, invitation.revoked_at = fingerprint(token), None
    invitation.renewed_at, invitation.expires_at = now(), _ends(invitation.way)
    db.session.flush()
    deed = Deed.JUDGE_LINK_SENT if send else Deed.JUDGE_LINK_SHOWN
    record(deed, by=by, competition=invitation.competition, subject=invitation.name)
    if send:
        letters.judge_invitation(invitation, token)
    return token


def revoke(invitation: JudgeInvitation, *, by: User) -> None:
    """The invitation, or the personal link of a judge, opens nothing any more."""
    _hold(invitation)
    if invitation.judge is not None and invitation.way is Way.ACCOUNT:
        raise NoLink
    if invitation.revoked_at is not None or invitation.declined_at is not None:
        raise InvitationOver
    _end_sessions(invitation)
    forget_about([invitation.id])
    invitation.revoked_at = now()
    db.session.flush()
    record(
        Deed.JUDGE_LINK_REVOKED,
        by=by,
        competition=invitation.competition,
        subject=invitation.name,
    )


def _ends(way: Way) -> datetime:
    return now() + (LINK_LASTS if way is Way.LINK else LASTS)


def accept(
    invitation: JudgeInvitation,
    *,
    by: User | None,
    language: str,
    offered: int | None = None,
    available_from: date | None = None,
    available_until: date | None = None,
    availability: str = "",
) -> Judge:
    """Say yes, and become a judge: with the account of who is signed in (`by`), else by the link.

    Raises InvitationOver, AlreadyJudge, and HasAccount where the address has an account by now.
    """
    _hold(invitation)
    if invitation.standing is not Standing.INVITED:
        raise InvitationOver
    if by is None and invitation.way is Way.ACCOUNT:
        raise HasAccount
    user = by or _guest(invitation, language)
    judge = db.session.scalar(
        select(Judge).where(
            Judge.competition_id == invitation.competition_id, Judge.user_id == user.id
        )
    )
    if judge is None:
        judge = Judge(competition=invitation.competition, user=user)
        db.session.add(judge)
    elif judge.dismissed_at is None:
        raise AlreadyJudge
    else:
        _end_links(judge)
    judge.dismissed_at = None
    judge.languages, judge.capacity = list(invitation.languages), invitation.capacity
    judge.challenges = list(invitation.challenges)
    judge.offered, judge.availability = offered, availability
    judge.available_from, judge.available_until = available_from, available_until
    if by is not None:
        invitation.way = Way.ACCOUNT
        by.organization = by.organization or invitation.organization or None
    db.session.flush()
    invitation.judge, invitation.accepted_at = judge, now()
    db.session.flush()
    record(Deed.JUDGE_ACCEPTED, by=user, competition=judge.competition, subject=user.name)
    letters.judge_appointed(judge)
    return judge


def _guest(invitation: JudgeInvitation, language: str) -> User:
    """The person behind a personal link: a row without a password that anybody knows."""
    known = person_with(invitation.address)
    if known is not None:
        if not is_guest(known):
            raise HasAccount
        return known
    guest = User(
        email=invitation.address,
        name=invitation.name,
        password=nobodys_password(),
        language=language if invitation.language == "both" else invitation.language,
        organization=invitation.organization or None,
        fs_uniquifier=secrets.token_hex(32),
    )
    db.session.add(guest)
    db.session.flush()
    return guest


def decline(invitation: JudgeInvitation, *, words: str) -> JudgeInvitation:
    """Say no, with a word or without one. The organizers are told."""
    _hold(invitation)
    if invitation.standing is not Standing.INVITED:
        raise InvitationOver
    invitation.declined_at, invitation.words = now(), words
    db.session.flush()
    record(
        Deed.JUDGE_DECLINED,
        by=None,
        competition=invitation.competition,
        subject=invitation.name,
    )
    for organizer in organizers_of(invitation.competition):
        letters.judge_declined(organizer.user, invitation)
    return invitation


# -- personal links --------------------------------------------------------------------------


def ready(invitation: JudgeInvitation, *, moving: bool) -> User:
    """Whom the personal link signs in now.

    Raises InvitationOver, and InUse where one device at a time is wished, another is in use, and
    nobody has said that they move; else the other is signed out.
    """
    _hold(invitation)
    judge = invitation.judge
    if (
        judge is None
        or judge.dismissed_at is not None
        or invitation.way is not Way.LINK
        or invitation.standing is not Standing.ACCEPTED
    ):
        raise InvitationOver
    if judge.user.confirmed_at is not None:
        raise HasAccount
    if invitation.one_device and sessions_of(invitation):
        if not moving:
            raise InUse
        _end_sessions(invitation)
    return judge.user


def note_use(invitation: JudgeInvitation, sign_in: SignIn) -> None:
    """This sign-in came by the link, so it opens a judge's doors alone."""
    db.session.add(LinkUse(invitation=invitation, sign_in=sign_in))
    db.session.flush()


def _end_sessions(invitation: JudgeInvitation) -> None:
    for sign_in in sessions_of(invitation):
        end_sign_in(sign_in)
    db.session.flush()


def _end_links(judge: Judge) -> None:
    """Those of before a dismissal would open everything again beside the one that organizers see,
    and stay when they revoke that."""
    query = select(JudgeInvitation).where(
        JudgeInvitation.judge_id == judge.id,
        JudgeInvitation.way == Way.LINK,
        JudgeInvitation.revoked_at.is_(None),
    )
    for link in db.session.scalars(query.with_for_update()):
        _end_sessions(link)
        link.revoked_at = now()


def _hold(invitation: JudgeInvitation) -> None:
    """One answer, one renewal, one arrival at a time."""
    db.session.scalar(
        select(JudgeInvitation.id).where(JudgeInvitation.id == invitation.id).with_for_update()
    )
    db.session.refresh(invitation)


# -- what a judge says of themself -----------------------------------------------------------


def tell(
    judge: Judge,
    *,
    offered: int | None,
    available_from: date | None,
    available_until: date | None,
    availability: str,
    organization: str,
    by: User,
) -> Judge:
    """How many the judge could take and when they are there; the organizers see it."""
    judge.offered, judge.availability = offered, availability
    judge.available_from, judge.available_until = available_from, available_until
    judge.user.organization = organization or None
    db.session.flush()
    record(Deed.JUDGE_TOLD, by=by, competition=judge.competition)
    return judge


# -- terms -----------------------------------------------------------------------------------


def publish_terms(competition: Competition, *, body: Localized, by: User) -> JudgeTerms:
    """From now on every judge is asked for this version before they open anything."""
    db.session.scalar(select(Competition.id).filter_by(id=competition.id).with_for_update())
    newest = terms_of(competition)
    if newest is not None and newest.body == body:
        raise TermsUnchanged
    terms = JudgeTerms(
        competition=competition, version=newest.version + 1 if newest else 1, body=body
    )
    db.session.add(terms)
    db.session.flush()
    record(Deed.JUDGE_TERMS_PUBLISHED, by=by, competition=competition, version=terms.version)
    return terms


def accept_terms(judge: Judge, *, version: int, language: str, by: User) -> TermsAcceptance:
    """Say yes to what was read; the same twice is once. Raises NewerTerms."""
    db.session.scalar(select(Judge.id).where(Judge.id == judge.id).with_for_update())
    terms = terms_of(judge.competition)
    if terms is None or terms.version != version:
        raise NewerTerms
    if known := acceptance_of(judge, terms):
        return known
    acceptance = TermsAcceptance(judge=judge, terms=terms, language=language)
    db.session.add(acceptance)
    db.session.flush()
    record(Deed.JUDGE_TERMS_ACCEPTED, by=by, competition=judge.competition, version=terms.version)
    return acceptance
