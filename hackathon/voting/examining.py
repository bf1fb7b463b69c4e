"""Looking the ballots through after the close, and cutting them from their voters in time."""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ..extensions import db
from ..ground.clock import now
from ..journal.actions import record
from ..journal.deeds import Deed
from .actions import part
from .bursts import bursts
from .likeness import domain_of, likeness
from .models import Ballot, Flag, Poll, Sign, Voter
from .queries import counted, opening_of_poll

CALM = timedelta(minutes=2)
"""After the close, until whoever pressed in time has surely been heard."""

PARTED_AFTER = timedelta(days=7)
"""After the close; sooner when the outcome is released. Until then it could be opened again."""


def examine_closed_polls() -> int:
    """Look through the ballots of every poll that has closed since the last look."""
    done = 0
    for poll in _polls(Poll.parted_at.is_(None)):
        closes_at = opening_of_poll(poll).closes_at
        if closes_at is not None and closes_at + CALM <= now() and not counted(poll):
            examine(poll)
            done += 1
    return done


def part_old_polls() -> int:
    """Cut the ballots of every poll that closed long enough ago from their voters."""
    done = 0
    for poll in _polls(Poll.parted_at.is_(None), Poll.examined_at.is_not(None)):
        closes_at = opening_of_poll(poll).closes_at
        if closes_at is not None and closes_at + PARTED_AFTER <= now() and counted(poll):
            part(poll)
            done += 1
    return done


def _polls(*conditions: Any) -> list[Poll]:
    """Held, so that of two workers only one does it."""
    return list(
        db.session.scalars(
            select(Poll)
            .where(Poll.published_at.is_not(None), *conditions)
            .with_for_update(skip_locked=True)
        )
    )


@dataclass
class Found:
    """A flag to be: its mark is a fingerprint of `name`, the same at every look."""

    sign: Sign
    name: str
    ballots: list[Ballot]
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        return hashlib.sha256(f"{self.sign}/{self.name}".encode()).hexdigest()


def examine(poll: Poll) -> list[Flag]:
    """Raise the poll's flags anew. One raised again keeps its notes; one that is not goes."""
    ballots = [ballot for ballot in _ballots(poll) if ballot.votes]
    known = {
        flag.mark: flag for flag in db.session.scalars(select(Flag).where(Flag.poll_id == poll.id))
    }
    flags = []
    for found in _findings(poll, ballots):
        flag = known.pop(found.mark, None) or Flag(poll=poll, mark=found.mark, sign=found.sign)
        db.session.add(flag)
        flag.ballots, flag.details = found.ballots, found.details
        flag.begins_at = min(ballot.created_at for ballot in found.ballots)
        flag.ends_at = max(ballot.created_at for ballot in found.ballots)
        flags.append(flag)
    for flag in known.values():
        db.session.delete(flag)
    poll.examined_at = now()
    record(Deed.BALLOTS_EXAMINED, by=None, competition=poll.competition, flags=len(flags))
    db.session.flush()
    return flags


def _ballots(poll: Poll) -> list[Ballot]:
    return list(
        db.session.scalars(
            select(Ballot)
            .where(Ballot.poll_id == poll.id)
            .options(
                joinedload(Ballot.voter).joinedload(Voter.user),
                selectinload(Ballot.votes),
            )
            .order_by(Ballot.created_at, Ballot.id)
        )
    )


def _findings(poll: Poll, ballots: list[Ballot]) -> Iterator[Found]:
    """Addresses that are alike, then bursts: by network, by domain, and for one project alone."""
    addresses = {ballot.id: found for ballot in ballots if (found := _address(ballot))}
    alike: defaultdict[str, list[Ballot]] = defaultdict(list)
    for ballot in ballots:
        if ballot.id in addresses:
            alike[likeness(addresses[ballot.id])].append(ballot)
    for same in alike.values():
        if len(same) > 1:
            # Not the address, and nothing it could be guessed from: the first of the ballots.
            yield Found(Sign.ADDRESS, str(same[0].id), same, {"ballots": len(same)})
    opening = opening_of_poll(poll)
    assert opening.opens_at is not None and opening.closes_at is not None
    begins, ends = opening.opens_at, opening.closes_at

    def found(sign: Sign, groups: dict[uuid.UUID, Any], told: str = "") -> Iterator[Found]:
        rows = [ballot for ballot in ballots if groups.get(ballot.id) is not None]
        for burst in bursts([(b.created_at, groups[b.id]) for b in rows], begins, ends):
            details = {"ballots": len(burst.places), "usual": round(burst.usual, 2)}
            if told:
                details[told] = str(burst.group)
            name = f"{rows[burst.places[0]].id}"
            yield Found(sign, name, [rows[place] for place in burst.places], details)

    yield from found(Sign.NETWORK, {b.id: b.network for b in ballots})
    yield from found(Sign.DOMAIN, {k: domain_of(a) for k, a in addresses.items()}, "domain")
    if poll.votes > 1:  # with one vote, every ballot names one project alone
        yield from found(
            Sign.ALONE,
            {b.id: b.votes[0].submission_id for b in ballots if len(b.votes) == 1},
            "submission",
        )


def _address(ballot: Ballot) -> str | None:
    """The address of a ballot's voter, as long as we know it."""
    voter = ballot.voter
    if voter is None:
        return None
    return voter.user.email if voter.user else voter.address
