"""What the people's choice holds about a person, until ballots are cut from their voters."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from ..accounts.models import User
from ..competitions.models import Competition
from ..extensions import db
from ..ground.personal import Fact, Holding, Share
from .actions import part_voters
from .models import Ballot, Flag, FlagNote, Poll, Vote, Voter
from .queries import opening_of_poll


def _of(person: User) -> object:
    return or_(Voter.user_id == person.id, Voter.address == person.email)


def forget(person: User) -> None:
    """Before the close the ballot goes with its voter. Later it is cut from them, and counts."""
    voters = db.session.scalars(
        select(Voter)
        .where(_of(person))
        .options(joinedload(Voter.poll).joinedload(Poll.competition))
    ).all()
    counted = [v.id for v in voters if opening_of_poll(v.poll).settled]
    waiting = [v.id for v in voters if v.id not in counted]
    db.session.execute(delete(Ballot).where(Ballot.voter_id.in_(waiting)))
    db.session.execute(delete(Voter).where(Voter.id.in_(waiting)))
    part_voters(counted)


def expire(competition: Competition) -> dict[str, int]:
    """Who voted; and what organizers wrote about flags, which may name somebody."""
    polls = select(Poll.id).where(Poll.competition_id == competition.id)
    known = select(Voter.id).where(Voter.poll_id.in_(polls), Voter.parted_at.is_(None))
    number = db.session.scalar(select(func.count()).select_from(known.subquery())) or 0
    part_voters(known)
    flags = select(Flag.id).where(Flag.poll_id.in_(polls))
    db.session.execute(delete(FlagNote).where(FlagNote.flag_id.in_(flags)))
    return {"voters": number}


def _projects(ballot: Ballot) -> list[str]:
    """The teams whose projects the ballot names."""
    return [vote.submission.team.name for vote in ballot.votes]


SHARE = Share(
    holdings=(
        Holding(
            "voters",
            _l("Where you vote in the people’s choice"),
            Voter,
            lambda person: (
                select(Voter)
                .where(_of(person))
                .options(joinedload(Voter.poll).joinedload(Poll.competition))
            ),
            (
                Fact("competition", _l("Competition"), "poll.competition.name"),
                Fact("address", _l("Email")),
                Fact("created_at", _l("Since")),
            ),
            stays=_l(
                "After the close, a fingerprint of your address, so that nobody votes twice; it "
                "leads to nothing that you chose."
            ),
        ),
        Holding(
            "ballots",
            _l("Your ballots in the people’s choice"),
            Ballot,
            lambda person: (
                select(Ballot)
                .join(Ballot.voter)
                .where(_of(person))
                .options(
                    joinedload(Ballot.poll).joinedload(Poll.competition),
                    selectinload(Ballot.votes).joinedload(Vote.submission),
                )
            ),
            (
                Fact("competition", _l("Competition"), "poll.competition.name"),
                Fact("projects", _l("You voted for the projects of these teams"), _projects),
                Fact("created_at", _l("First vote")),
                Fact("network", _l("Fingerprint of your network")),
            ),
            stays=_l(
                "After the close, the ballot itself: it counts, and nothing tells any more that "
                "it is yours. Before the close it is deleted."
            ),
        ),
    ),
    forget=forget,
    expire=expire,
)
