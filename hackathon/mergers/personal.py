"""What proposals to merge hold about a person."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.personal import Fact, Holding, Share
from ..registrations.models import Registration
from ..teams.models import Membership, Merger, Side
from .actions import take_back

SIDES = {Side.PROPOSER: _l("Yours"), Side.ASKED: _l("The other one")}


def forget(person: User) -> None:
    """Take back what the person proposes as captain still: nobody is left to carry it out."""
    led = (
        select(Membership.team_id)
        .join(Registration, Membership.registration_id == Registration.id)
        .where(Registration.user_id == person.id, Membership.captain)
    )
    for merger in db.session.scalars(
        select(Merger).where(Merger.team_id.in_(led), Merger.declined_at.is_(None))
    ).all():
        take_back(merger, by=person)


def expire(competition: Competition) -> dict[str, int]:
    """What captains wrote to each other; teams that did merge are in the journal."""
    gone = db.session.execute(delete(Merger).where(Merger.competition_id == competition.id))
    return {"mergers": gone.rowcount}  # type: ignore[attr-defined]


SHARE = Share(
    holdings=(
        Holding(
            "mergers",
            _l("Mergers you proposed"),
            Merger,
            lambda person: (
                select(Merger)
                .where(Merger.by_id == person.id)
                .options(joinedload(Merger.team), joinedload(Merger.other))
                .order_by(Merger.created_at)
            ),
            (
                Fact("team", _l("Team"), "team.name"),
                Fact("other", _l("Other team"), "other.name"),
                Fact("created_at", _l("Proposed")),
                Fact("name_of", _l("Whose name stays"), words=SIDES.get),
                Fact("captain_of", _l("Whose captain stays"), words=SIDES.get),
                Fact("challenge_of", _l("Whose challenge stays"), words=SIDES.get),
                Fact("work_of", _l("Whose work stays"), words=SIDES.get),
                Fact("message", _l("What you wrote")),
                Fact("answer", _l("What you were answered")),
                Fact("declined_at", _l("Declined")),
            ),
            stays=_l("The proposals of your team, made by “Deleted account”."),
        ),
    ),
    forget=forget,
    expire=expire,
)
