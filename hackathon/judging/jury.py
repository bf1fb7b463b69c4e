"""Reads about who judges: invitations, personal links, terms, and when judges are there."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from ..accounts.actions import fingerprint
from ..accounts.models import Manner, SignIn, User
from ..competitions.models import Competition
from ..competitions.timetable import Opening
from ..extensions import db
from ..ground.clock import now
from ..ground.remember import once_per_request
from .models import Judge, JudgeInvitation, JudgeTerms, LinkUse, TermsAcceptance, Way


class Secret:
    """An invitation named by the secret of its letter, which is only known from the address."""

    def __init__(self, token: str, invitation: JudgeInvitation) -> None:
        self.url_key, self.invitation = token, invitation


def invitation_with(token: str, *, competition: Competition, **_: Any) -> Secret | None:
    """Whatever became of it: whether it still opens something is for the door to say."""
    invitation = db.session.scalar(
        select(JudgeInvitation).where(
            JudgeInvitation.digest == fingerprint(token),
            JudgeInvitation.competition_id == competition.id,
        )
    )
    return Secret(token, invitation) if invitation else None


def invitations_of(competition: Competition) -> Select[tuple[JudgeInvitation]]:
    """Those who are asked and those who said no, the newest first."""
    return (
        select(JudgeInvitation)
        .where(
            JudgeInvitation.competition_id == competition.id,
            JudgeInvitation.accepted_at.is_(None),
        )
        .order_by(JudgeInvitation.created_at.desc(), JudgeInvitation.id)
    )


def invitation_counts(competition: Competition) -> tuple[int, int]:
    """How many were asked and are not judges; and of how many an answer may still come."""
    awaited = (
        JudgeInvitation.declined_at.is_(None)
        & JudgeInvitation.revoked_at.is_(None)
        & (JudgeInvitation.expires_at > now())
    )
    everyone, waiting = db.session.execute(
        select(func.count(), func.count().filter(awaited)).where(
            JudgeInvitation.competition_id == competition.id,
            JudgeInvitation.accepted_at.is_(None),
        )
    ).one()
    return everyone, waiting


def waiting_for(competition: Competition, address: str) -> JudgeInvitation | None:
    """The invitation to this address that has no answer yet and was not revoked."""
    return db.session.scalar(
        invitations_of(competition).where(
            JudgeInvitation.address == address,
            JudgeInvitation.declined_at.is_(None),
            JudgeInvitation.revoked_at.is_(None),
        )
    )


def asked_addresses(competition: Competition) -> tuple[set[str], set[str]]:
    """The addresses that were asked and have said yes, no or nothing yet; and those of judges."""
    asked = db.session.scalars(
        select(JudgeInvitation.address).where(
            JudgeInvitation.competition_id == competition.id, JudgeInvitation.revoked_at.is_(None)
        )
    )
    judges = db.session.scalars(
        select(User.email)
        .join(Judge, Judge.user_id == User.id)
        .where(Judge.competition_id == competition.id, Judge.dismissed_at.is_(None))
    )
    return set(asked), set(judges)


# -- personal links --------------------------------------------------------------------------


def links_of(competition: Competition) -> dict[uuid.UUID, JudgeInvitation]:
    """The personal link of each judge who came by one, by the key of the judge."""
    rows = db.session.scalars(
        select(JudgeInvitation)
        .where(
            JudgeInvitation.competition_id == competition.id,
            JudgeInvitation.way == Way.LINK,
            JudgeInvitation.judge_id.is_not(None),
        )
        .order_by(JudgeInvitation.renewed_at, JudgeInvitation.id)
    )
    return {invitation.judge_id: invitation for invitation in rows if invitation.judge_id}


def is_guest(user: User) -> bool:
    """Somebody who judges by a personal link and has no account of their own."""
    if user.confirmed_at is not None:
        return False
    by_link = (
        select(JudgeInvitation.id)
        .join(JudgeInvitation.judge)
        .where(Judge.user_id == user.id, JudgeInvitation.way == Way.LINK)
    )
    return db.session.scalar(by_link.limit(1)) is not None


def came_by_link(user: Any) -> bool:
    """Is this a session that a personal link opened?"""
    return bool(user.is_authenticated and user.here and user.here.manner is Manner.PERSONAL)


@once_per_request
def link_behind(sign_in: SignIn) -> JudgeInvitation | None:
    """The personal link that opened this session, while it opens anything."""
    return db.session.scalar(
        select(JudgeInvitation)
        .join(LinkUse, LinkUse.invitation_id == JudgeInvitation.id)
        .join(JudgeInvitation.judge)
        .join(Judge.user)
        .where(
            LinkUse.sign_in_id == sign_in.id,
            JudgeInvitation.revoked_at.is_(None),
            JudgeInvitation.expires_at > now(),
            Judge.dismissed_at.is_(None),
            User.confirmed_at.is_(None),
        )
    )


def sessions_of(invitation: JudgeInvitation) -> list[SignIn]:
    """Where the personal link is in use, the last used first."""
    query = (
        select(SignIn)
        .join(LinkUse, LinkUse.sign_in_id == SignIn.id)
        .where(LinkUse.invitation_id == invitation.id, SignIn.ended_at.is_(None))
        .order_by(SignIn.seen_at.desc())
    )
    return list(db.session.scalars(query))


# -- terms -----------------------------------------------------------------------------------


@once_per_request
def terms_of(competition: Competition) -> JudgeTerms | None:
    """The version that judges accept today; None where nothing is asked."""
    return db.session.scalar(
        select(JudgeTerms)
        .where(JudgeTerms.competition_id == competition.id)
        .order_by(JudgeTerms.version.desc())
        .limit(1)
    )


def before(judge_id: Any, competition_id: Any) -> ColumnElement[bool]:
    """Inside a statement: the terms that the judge has to accept before they open anything."""
    every = aliased(JudgeTerms)
    newest = select(func.max(every.version)).where(every.competition_id == competition_id)
    accepted = exists().where(
        TermsAcceptance.judge_id == judge_id, TermsAcceptance.terms_id == JudgeTerms.id
    )
    return and_(
        JudgeTerms.competition_id == competition_id,
        JudgeTerms.version == newest.scalar_subquery(),
        ~accepted,
    )


_BEFORE = select(JudgeTerms).where(before(bindparam("judge"), bindparam("competition")))


@once_per_request
def terms_before(judge: Judge) -> JudgeTerms | None:
    """What the judge has to accept before they open anything; None when they have, or need not."""
    return db.session.scalar(_BEFORE, {"judge": judge.id, "competition": judge.competition_id})


def acceptance_of(judge: Judge, terms: JudgeTerms) -> TermsAcceptance | None:
    """When the judge accepted this very version."""
    return db.session.scalar(
        select(TermsAcceptance).where(
            TermsAcceptance.judge_id == judge.id, TermsAcceptance.terms_id == terms.id
        )
    )


def acceptances_in(competition: Competition) -> dict[uuid.UUID, TermsAcceptance]:
    """The newest version that each judge accepted, by the key of the judge."""
    rows = db.session.scalars(
        select(TermsAcceptance)
        .join(TermsAcceptance.terms)
        .where(JudgeTerms.competition_id == competition.id)
        .options(contains_eager(TermsAcceptance.terms))
        .order_by(JudgeTerms.version)
    )
    return {acceptance.judge_id: acceptance for acceptance in rows}


def versions_of(competition: Competition) -> list[JudgeTerms]:
    """Every version of the terms, the newest first."""
    query = (
        select(JudgeTerms)
        .where(JudgeTerms.competition_id == competition.id)
        .order_by(JudgeTerms.version.desc())
    )
    return list(db.session.scalars(query))


# -- when they are there ---------------------------------------------------------------------


def is_away(judge: Judge, opening: Opening) -> bool:
    """Do the days that the judge named and the time of judging have no day in common?"""
    zone = ZoneInfo(judge.competition.zone)
    if judge.available_from and opening.closes_at:
        last = opening.closes_at.astimezone(zone).date()
        if judge.available_from > last:
            return True
    if judge.available_until and opening.opens_at:
        return judge.available_until < opening.opens_at.astimezone(zone).date()
    return False


def all_judges(competition: Competition) -> list[Judge]:
    """Dismissed ones too, by name, with their people; for the table to take away."""
    query = (
        select(Judge)
        .join(Judge.user)
        .where(Judge.competition_id == competition.id)
        .options(joinedload(Judge.user), selectinload(Judge.challenges))
        .order_by(User.name, Judge.id)
    )
    return list(db.session.scalars(query))
