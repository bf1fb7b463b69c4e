"""Where a prize should go is told to who wrote it, and forgotten."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.results import actions
from hackathon.results.models import Claim, Delivery, Reply
from hackathon.results.personal import SHARE
from tests.world import World


@pytest.fixture
def claimed(world: World) -> Any:
    competition = world.competition(gates="closed")
    honour = world.honour(world.submission(world.team(competition)))
    captain = honour.submission.team.captain
    actions.respond(honour, reply=Reply.ACCEPTED, contact="Ada, 1 Main St", by=captain)
    actions.deliver(
        honour, delivered_at=datetime.now(UTC), note="To Ada", by=world.organizer(competition)
    )
    return honour


def test_who_answered_reads_what_they_wrote(claimed: Any) -> None:
    (holding,) = SHARE.holdings
    (row,) = db.session.scalars(holding.rows(claimed.claim.by))
    told = {fact.key: str(fact.in_words(row)) for fact in holding.facts}
    assert (told["prize"], told["reply"], told["contact"]) == (
        *("⟦Winner⟧", "Accepted", "Ada, 1 Main St"),
    )


def test_who_leaves_takes_the_address_along(claimed: Any) -> None:
    SHARE.forget(claimed.claim.by)
    db.session.expire_all()
    claim = db.session.scalars(select(Claim)).one()
    assert (claim.contact, claim.by, claim.reply) == ("", None, Reply.ACCEPTED)


def test_addresses_and_notes_expire_and_the_rest_stays(claimed: Any) -> None:
    competition = claimed.prize.competition
    assert SHARE.expire(competition) == {"prize_contacts": 2}
    assert SHARE.expire(competition) == {"prize_contacts": 0}
    db.session.expire_all()
    assert db.session.scalars(select(Claim)).one().contact == ""
    delivery = db.session.scalars(select(Delivery)).one()
    assert (delivery.note, delivery.delivered_at is not None) == ("", True)
