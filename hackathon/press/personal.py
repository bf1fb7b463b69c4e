"""What the press pack holds about people: whom the press may ask, and who is quoted."""

from sqlalchemy import select

from ..competitions.models import Competition
from ..extensions import db
from ..ground.localized import Localized
from ..ground.personal import Share
from .models import PressPack


def expire(competition: Competition) -> dict[str, int]:
    """The contact. What was said in public, and by whom, stays said."""
    packs = db.session.scalars(
        select(PressPack).where(PressPack.competition_id == competition.id)
    ).all()
    emptied = [pack for pack in packs if pack.contact]
    for pack in emptied:
        pack.contact = Localized()
    db.session.flush()
    return {"press_contacts": len(emptied)}


SHARE = Share(holdings=(), expire=expire)
