"""Reads about the people's choice. Those that count are for after the close: see `counted`."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from ..accounts.models import User
from ..accounts.queries import key_of, person_with
from ..competitions.models import Competition, Gate
from ..competitions.queries import opening_of
from ..competitions.timetable import Opening
from ..extensions import db
from ..gallery.models import Audience
from ..gallery.queries import gallery_of, projects_on_show
from ..gallery.queries import is_open as gallery_open
from ..gallery.queries import opens_at as gallery_opens_at
from ..ground.clock import now
from ..ground.remember import once_per_request
from ..results.queries import Project, disclosure_of, projects_from
from ..submissions.models import Submission
from ..teams.queries import team_of
from . import tally
from .marks import address_mark, token_digest
from .models import (
    Ballot,
    BallotLink,
    Electorate,
    Flag,
    FlagNote,
    Poll,
    SetAside,
    Vote,
    Voter,
    flag_ballot,
)
from .shuffling import shuffled


@once_per_request
def poll_of(competition: Competition) -> Poll | None:
    """The competition's poll, also while only organizers know of it."""
    return db.session.scalar(select(Poll).where(Poll.competition_id == competition.id))


def opening_of_poll(poll: Poll) -> Opening:
    return opening_of(poll.competition, Gate.PUBLIC_VOTE)


def open_vote(competition: Competition) -> Opening | None:
    """The opening of the people's choice, while people vote."""
    poll = poll_of(competition)
    if poll is None or poll.published_at is None or poll.parted_at is not None:
        return None
    opening = opening_of_poll(poll)
    return opening if opening.is_open and gallery_open(competition) else None


def shown_to_voters(poll: Poll, electorate: Electorate) -> bool:
    """Will the gallery show the projects to everybody who votes, as soon as they vote?"""
    shown_from, opening = gallery_opens_at(poll.competition), opening_of_poll(poll)
    registered = electorate is Electorate.REGISTERED
    needed = Audience.REGISTERED if registered else Audience.PUBLIC
    return (
        gallery_of(poll.competition).audience.reach >= needed.reach
        and shown_from is not None
        and opening.opens_at is not None
        and shown_from <= opening.opens_at
    )


# -- what is voted on ------------------------------------------------------------------------


@once_per_request
def candidates(competition: Competition) -> list[Project]:
    """The projects that people may vote for: those on show, without what they were honoured for."""
    versions = db.session.scalars(projects_on_show(competition))
    return projects_from((version, ()) for version in versions)


def candidates_for(poll: Poll, voter: uuid.UUID) -> list[Project]:
    """The same in the order of this voter alone; `voter` is what `identity_of` says."""
    return shuffled(
        candidates(poll.competition),
        seed=poll.seed,
        voter=voter,
        key=lambda project: project.submission.id,
    )


def own_submission(person: User | None, competition: Competition) -> uuid.UUID | None:
    """The submission of the person's own team, for which they cannot vote."""
    team = team_of(person, competition) if person else None
    if team is None:
        return None
    return db.session.scalar(select(Submission.id).where(Submission.team_id == team.id))


# -- who votes -------------------------------------------------------------------------------


def link_in(token: str, *, competition: Competition, **_: Any) -> BallotLink | None:
    """The link that a letter holds; None once its ballot has been cut from its voter."""
    link = db.session.scalar(
        select(BallotLink)
        .join(BallotLink.voter)
        .join(Voter.poll)
        .where(BallotLink.digest == token_digest(token), Poll.competition_id == competition.id)
        .options(joinedload(BallotLink.voter).joinedload(Voter.poll))
    )
    if link is not None:
        link.token = token
    return link


def voter_for(poll: Poll, *, person: User | None, address: str) -> Voter | None:
    """Whoever has a ballot, or asked for one, with this account or this address."""
    mark = address_mark(poll, address)
    mine = Voter.user_id == person.id if person else None
    with_it = or_(Voter.mark == mark, Voter.address == address)
    return db.session.scalar(
        select(Voter)
        .where(Voter.poll_id == poll.id, with_it if mine is None else or_(mine, with_it))
        # Of two, as after a change of address, the account's own.
        .order_by(*([mine.desc()] if mine is not None else []), Voter.created_at)
        .limit(1)
    )


def person_behind(voter: Voter) -> User | None:
    """The account of the voter: the one they voted with, or the one that has their address."""
    return voter.user or (person_with(voter.address) if voter.address else None)


def identity_of(*, person: User | None, voter: Voter | None) -> uuid.UUID:
    """What a voter's order hangs on: the account where there is one, so that link and account
    show the same."""
    known = person or voter
    assert known is not None
    return known.id


def chosen_by(voter: Voter | None) -> list[uuid.UUID]:
    """The submissions that the voter's ballot names, in the order in which they were chosen."""
    if voter is None:
        return []
    return list(
        db.session.scalars(
            select(Vote.submission_id)
            .join(Vote.ballot)
            .where(Ballot.voter_id == voter.id)
            .order_by(Vote.created_at, Vote.id)
        )
    )


# -- counting --------------------------------------------------------------------------------


def counted(poll: Poll) -> bool:
    """May anybody see counts? Not before the close, nor before the ballots were looked through.

    A close that was moved after that makes them secret again.
    """
    opening = opening_of_poll(poll)
    return (
        poll.examined_at is not None
        and opening.closes_at is not None
        and opening.closes_at <= poll.examined_at <= now()
    )


@dataclass(frozen=True)
class Result:
    """A project's votes: those of all ballots, and those of ballots not set aside."""

    project: Project
    cast: int
    place: tally.Place | None
    place_of_all: tally.Place | None

    @property
    def votes(self) -> int:
        return self.place.votes if self.place else 0


@dataclass(frozen=True)
class Outcome:
    """How the poll came out, the best first; projects that share a place in the order of teams.

    `ballots` have at least one vote; `aside` of them do not count.
    """

    results: list[Result]
    ballots: int
    aside: int

    @property
    def counting(self) -> int:
        return self.ballots - self.aside

    @property
    def winners(self) -> list[Result]:
        return self.first(1)

    def first(self, places: int) -> list[Result]:
        """Those that came in on the first places."""
        return [r for r in self.results if r.place and r.place.place <= places]


def outcome_of(poll: Poll) -> Outcome:
    """Ask only where `counted`."""
    cast, counting = _votes_of(poll)
    projects = candidates(poll.competition)
    keys = [project.submission.id for project in projects]
    places_of_all = tally.places({key: cast[key] for key in keys})
    places = tally.places({key: counting[key] for key in keys})
    results = [
        Result(project, cast[key], places.get(key), places_of_all.get(key))
        for key, project in zip(keys, projects, strict=True)
    ]
    results.sort(key=lambda result: (-result.votes, result.project.team.name_key))
    filled_in = exists().where(Vote.ballot_id == Ballot.id)
    ballots, aside = db.session.execute(
        select(func.count(Ballot.id), func.count(SetAside.id))
        .select_from(Ballot)
        .outerjoin(SetAside, (SetAside.ballot_id == Ballot.id) & SetAside.ended_at.is_(None))
        .where(Ballot.poll_id == poll.id, filled_in)
    ).one()
    return Outcome(results, ballots, aside)


def _votes_of(poll: Poll) -> tuple[Counter[uuid.UUID], Counter[uuid.UUID]]:
    """By submission, the votes of all ballots and those of ballots not set aside."""
    rows = db.session.execute(
        select(Vote.submission_id, func.count(), func.count(SetAside.id))
        .join(Vote.ballot)
        .outerjoin(SetAside, (SetAside.ballot_id == Ballot.id) & SetAside.ended_at.is_(None))
        .where(Ballot.poll_id == poll.id)
        .group_by(Vote.submission_id)
    ).all()
    cast = Counter({key: number for key, number, _ in rows})
    return cast, Counter({key: number - aside for key, number, aside in rows})


def votes_of(competition: Competition) -> dict[uuid.UUID, int] | None:
    """The votes of each submission that people could vote for, once anybody may see counts."""
    poll = poll_of(competition)
    if poll is None or not counted(poll):
        return None
    return {result.project.submission.id: result.votes for result in outcome_of(poll).results}


def public_outcome(competition: Competition) -> Outcome | None:
    """The outcome, where everybody may see it."""
    poll = poll_of(competition)
    return outcome_of(poll) if poll and outcome_is_public(poll) else None


def outcome_is_public(poll: Poll) -> bool:
    """Released and counted, and all of the jury's results public: never before those, nor while
    some are withdrawn, since it ranks projects of every challenge."""
    announced = disclosure_of(poll.competition).settled
    return announced and poll.released_at is not None and counted(poll)


# -- flags -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """A flag in a list: how many ballots it names, how many are set aside, how many notes."""

    flag: Flag
    ballots: int
    aside: int
    notes: int


def flags_of(poll: Poll) -> Select[tuple[Flag]]:
    """The largest first."""
    size = (
        select(func.count())
        .select_from(flag_ballot)
        .where(flag_ballot.c.flag_id == Flag.id)
        .correlate(Flag)
        .scalar_subquery()
    )
    return (
        select(Flag).where(Flag.poll_id == poll.id).order_by(size.desc(), Flag.begins_at, Flag.id)
    )


def findings(flags: Iterable[Flag]) -> list[Finding]:
    """The flags of one page with their figures, with as many queries for one as for many."""
    shown = list(flags)
    keys = [flag.id for flag in shown]
    sizes = {
        key: (ballots, aside)
        for key, ballots, aside in db.session.execute(
            select(flag_ballot.c.flag_id, func.count(), func.count(SetAside.id))
            .outerjoin(
                SetAside,
                (SetAside.ballot_id == flag_ballot.c.ballot_id) & SetAside.ended_at.is_(None),
            )
            .where(flag_ballot.c.flag_id.in_(keys))
            .group_by(flag_ballot.c.flag_id)
        )
    }
    notes = {
        key: number
        for key, number in db.session.execute(
            select(FlagNote.flag_id, func.count())
            .where(FlagNote.flag_id.in_(keys))
            .group_by(FlagNote.flag_id)
        )
    }
    return [Finding(f, *sizes.get(f.id, (0, 0)), notes.get(f.id, 0)) for f in shown]


def flag_in(key: str, *, competition: Competition, **_: Any) -> Flag | None:
    wanted = key_of(key)
    return wanted and db.session.scalar(
        select(Flag)
        .join(Flag.poll)
        .where(Flag.id == wanted, Poll.competition_id == competition.id)
        .options(
            joinedload(Flag.poll).joinedload(Poll.competition),
            selectinload(Flag.ballots),
            selectinload(Flag.notes).joinedload(FlagNote.by),
        )
    )


def standing_asides(ballots: Iterable[Ballot]) -> dict[uuid.UUID, SetAside]:
    """By ballot, what keeps it from counting; counting, no entry."""
    rows = db.session.scalars(
        select(SetAside)
        .where(SetAside.ballot_id.in_([b.id for b in ballots]), SetAside.ended_at.is_(None))
        .options(joinedload(SetAside.by))
    )
    return {row.ballot_id: row for row in rows}


def asides_of(poll: Poll) -> Select[tuple[SetAside]]:
    """Every setting aside of the poll, also those that were taken back, the newest first."""
    return (
        select(SetAside)
        .join(SetAside.ballot)
        .where(Ballot.poll_id == poll.id)
        .options(
            joinedload(SetAside.ballot), joinedload(SetAside.by), joinedload(SetAside.ended_by)
        )
        .order_by(SetAside.created_at.desc(), SetAside.id.desc())
    )


def aside_in(key: str, *, competition: Competition, **_: Any) -> SetAside | None:
    wanted = key_of(key)
    return wanted and db.session.scalar(
        select(SetAside)
        .join(SetAside.ballot)
        .join(Ballot.poll)
        .where(SetAside.id == wanted, Poll.competition_id == competition.id)
        .options(contains_eager(SetAside.ballot).contains_eager(Ballot.poll))
    )
