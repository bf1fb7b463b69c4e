"""What prizes hold about a person: where they asked that theirs be sent."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.personal import Fact, Holding, Share
from .models import Claim, Delivery, Honour, Reply

REPLIES = {Reply.ACCEPTED: _l("Accepted"), Reply.DECLINED: _l("Declined")}


def forget(person: User) -> None:
    """Where it should go is forgotten; that the team answered stays, it is the team's."""
    db.session.execute(update(Claim).where(Claim.by_id == person.id).values(contact="", by_id=None))


def expire(competition: Competition) -> dict[str, int]:
    """Where prizes were to go, and what was noted when they were handed over."""
    own = select(Honour.id).where(Honour.competition_id == competition.id)
    contacts = db.session.execute(
        update(Claim).where(Claim.honour_id.in_(own), Claim.contact != "").values(contact="")
    )
    notes = db.session.execute(
        update(Delivery).where(Delivery.honour_id.in_(own), Delivery.note != "").values(note="")
    )
    return {"prize_contacts": contacts.rowcount + notes.rowcount}  # type: ignore[attr-defined]


SHARE = Share(
    holdings=(
        Holding(
            "prizes",
            _l("Prizes that you answered for your team"),
            Claim,
            lambda person: (
                select(Claim)
                .where(Claim.by_id == person.id)
                .options(joinedload(Claim.honour).joinedload(Honour.prize))
                .order_by(Claim.created_at)
            ),
            (
                Fact("prize", _l("Prize"), "honour.title"),
                Fact("reply", _l("Reply"), words=REPLIES.get),
                Fact("contact", _l("Where it should go")),
                Fact("created_at", _l("Written")),
            ),
            stays=_l("That the team took or declined the prize: without your name or the address."),
        ),
    ),
    forget=forget,
    expire=expire,
)
