"""Setting the people's choice up, voting in it, and letting its outcome go out."""

import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from ..accounts.models import User
from ..accounts.queries import person_with
from ..competitions.models import Competition
from ..competitions.timetable import State
from ..extensions import db
from ..ground.clock import now
from ..ground.obstacle import Obstacle
from ..journal.actions import record
from ..journal.deeds import Deed
from ..submissions.models import Submission
from . import letters
from .marks import address_mark, network_mark, token_digest
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
)
from .queries import (
    candidates,
    counted,
    opening_of_poll,
    outcome_is_public,
    shown_to_voters,
    standing_asides,
    voter_for,
)

LINKS_AN_HOUR, LINKS_A_DAY = 3, 8
"""How many letters one address gets, so that nobody's mailbox can be filled by way of us."""


class VoteBegan(Obstacle):
    sentence = _l("The vote has opened, so its rules stay as they were announced.")


class NoDates(Obstacle):
    sentence = _l("Set first when the people’s choice opens and closes, under “Dates”.")


class GalleryShut(Obstacle):
    sentence = _l(
        "The gallery must show the projects to everyone who votes, from the moment the vote opens. "
        "Set that first, under “Gallery”."
    )


class VoteOver(Obstacle):
    sentence = _l("The dates of the people’s choice have passed.")


class NoPoll(Obstacle):
    sentence = _l("Say first who votes, and with how many votes.")


class NotCounted(Obstacle):
    sentence = _l("The ballots are counted after the close. Try again in a few minutes.")


class Released(Obstacle):
    sentence = _l("The outcome has been released, so what counts cannot change any more.")


class NotReleased(Obstacle):
    sentence = _l("The outcome has not been released.")


class VotesUsedUp(Obstacle):
    sentence = _l("You have given all your votes. Take one back first.")


class BallotCut(Obstacle):
    sentence = _l("The ballots were counted and can no longer be changed.")


class NoBallotChosen(Obstacle):
    sentence = _l("Choose at least one ballot.")
    field = "ballots"


class ChangedMeanwhile(Obstacle):
    sentence = _l("Somebody has changed this meanwhile: look at the page again.")


class AlreadyCounts(Obstacle):
    sentence = _l("This ballot counts already: look at the page again.")


# -- setting it up ---------------------------------------------------------------------------


def set_up(
    competition: Competition,
    *,
    electorate: Electorate,
    votes: int,
    teams_vote: bool,
    crew_votes: bool,
    judges_vote: bool,
    by: User,
) -> Poll:
    """Make the poll, or change its rules, until it has opened. Raises VoteBegan.

    A ballot cannot be there before. Refusing from the first ballot on would tell that there is one.
    """
    poll = _held(competition)
    if poll is None:
        poll = Poll(competition=competition)
        db.session.add(poll)
    elif poll.published_at is not None and opening_of_poll(poll).state not in (
        State.UNANNOUNCED,
        State.UPCOMING,
    ):
        raise VoteBegan
    elif poll.published_at is not None and not shown_to_voters(poll, electorate):
        raise GalleryShut
    poll.electorate, poll.votes = electorate, votes
    poll.teams_vote, poll.crew_votes, poll.judges_vote = teams_vote, crew_votes, judges_vote
    db.session.flush()
    record(Deed.POLL_SET_UP, by=by, competition=competition, votes=votes)
    return poll


def publish(poll: Poll, *, by: User) -> Poll:
    """From now on everybody reads who votes, when and how. Raises NoDates, VoteOver or
    GalleryShut."""
    _hold(poll)
    if poll.published_at is not None:
        return poll
    opening = opening_of_poll(poll)
    if opening.closes_at is None:
        raise NoDates
    if opening.state is State.CLOSED:
        raise VoteOver
    if not shown_to_voters(poll, poll.electorate):
        raise GalleryShut
    poll.published_at = now()
    record(Deed.POLL_PUBLISHED, by=by, competition=poll.competition)
    db.session.flush()
    return poll


def _held(competition: Competition) -> Poll | None:
    """The poll, if any, held; two who set one up at once wait for each other."""
    db.session.execute(
        select(Competition.id)
        .where(Competition.id == competition.id)
        .with_for_update(key_share=True)
    )
    return db.session.scalar(
        select(Poll)
        .where(Poll.competition_id == competition.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def _hold(poll: Poll) -> None:
    _lock(poll, key_share=True)


def _lock(row: Poll | Voter | SetAside, **how: bool) -> None:
    """Hold a row, and see it as it is now."""
    kind = type(row)
    db.session.scalar(
        select(kind)
        .where(kind.id == row.id)
        .with_for_update(**how)
        .execution_options(populate_existing=True)
    )


# -- voting ----------------------------------------------------------------------------------


def ask_for_link(poll: Poll, *, address: str, language: str) -> Poll:
    """Send the address a letter with a link to its ballot. The answer is the same for every one.

    Past the limit no letter goes out, and nobody who asks learns it: the earlier ones still work.
    """
    voter = _voter(poll, person=person_with(address), address=address)
    if voter.parted_at is not None:
        return poll
    sent = select(func.count(BallotLink.id)).where(BallotLink.voter_id == voter.id)
    for most, time in ((LINKS_AN_HOUR, timedelta(hours=1)), (LINKS_A_DAY, timedelta(days=1))):
        if (db.session.scalar(sent.where(BallotLink.created_at > now() - time)) or 0) >= most:
            return poll
    token = secrets.token_urlsafe(32)
    db.session.add(BallotLink(voter=voter, digest=token_digest(token)))
    db.session.flush()
    letters.ballot_link(poll, token=token, address=address, language=language)
    return poll


def voter_of(poll: Poll, *, person: User) -> Voter:
    """The person as a voter; made now if they have not voted yet."""
    return _voter(poll, person=person, address=person.email)


def _voter(poll: Poll, *, person: User | None, address: str) -> Voter:
    """One voter for an account and its address, however many ask at once; held."""
    _share(poll)
    voter = voter_for(poll, person=person, address=address)
    if voter is None:
        voter = Voter(
            poll=poll,
            mark=address_mark(poll, address),
            user_id=person.id if person else None,
            address=None if person else address,
        )
        try:
            with db.session.begin_nested():
                db.session.add(voter)
        except IntegrityError:  # another tab was first
            voter = voter_for(poll, person=person, address=address)
            if voter is None:
                raise
    _hold_voter(voter)
    if person and voter.user_id is None and voter.parted_at is None:
        voter.user_id, voter.address = person.id, None  # they voted before they had an account
        db.session.flush()
    return voter


def _share(poll: Poll) -> None:
    """Voters share the poll, and whoever cuts the ballots from them waits for that."""
    _lock(poll, read=True)


def _hold_voter(voter: Voter) -> None:
    _lock(voter, key_share=True)


def vote(voter: Voter, submission: Submission, *, ip_address: str | None) -> Ballot:
    """Give the project one of the voter's votes; twice is once. Raises VotesUsedUp, BallotCut.

    Who has one vote only moves it.
    """
    ballot = _ballot(voter, ip_address)
    if any(given.submission_id == submission.id for given in ballot.votes):
        return ballot
    # A project that is not voted on any more gives its vote back.
    still = {project.submission.id for project in candidates(voter.poll.competition)}
    ballot.votes[:] = [given for given in ballot.votes if given.submission_id in still]
    if voter.poll.votes == 1:
        ballot.votes.clear()
        db.session.flush()
    elif len(ballot.votes) >= voter.poll.votes:
        raise VotesUsedUp
    ballot.votes.append(Vote(submission_id=submission.id))
    db.session.flush()
    return ballot


def take_vote_back(voter: Voter, submission: Submission, *, ip_address: str | None) -> Ballot:
    """A ballot without votes is as good as none."""
    ballot = _ballot(voter, ip_address)
    ballot.votes[:] = [given for given in ballot.votes if given.submission_id != submission.id]
    db.session.flush()
    return ballot


def _ballot(voter: Voter, ip_address: str | None) -> Ballot:
    """The voter's ballot, as it is now; the voter is held, so that two tabs follow each other."""
    poll = voter.poll
    _share(poll)
    _hold_voter(voter)
    if poll.parted_at is not None or voter.parted_at is not None:
        raise BallotCut
    ballot = db.session.scalar(
        select(Ballot).where(Ballot.voter_id == voter.id).execution_options(populate_existing=True)
    )
    if ballot is None:
        ballot = Ballot(poll=poll, voter=voter, network=network_mark(poll, ip_address))
        db.session.add(ballot)
        db.session.flush()
    return ballot


# -- cutting ballots from their voters -------------------------------------------------------


def part(poll: Poll) -> None:
    """Cut every ballot from its voter, for good: nobody can tell any more who chose what.

    What stays of a voter is the fingerprint of an address; of a ballot, its votes.
    """
    _hold(poll)
    if poll.parted_at is None:
        part_voters(select(Voter.id).where(Voter.poll_id == poll.id))
        poll.parted_at = now()
        db.session.flush()


def part_voters(keys: Any) -> None:
    """The same for these voters alone; `keys` selects them."""
    db.session.flush()
    without_memory = {"synchronize_session": False}
    for deed in (
        delete(BallotLink).where(BallotLink.voter_id.in_(keys)),
        # Its network before its voter, by which it is found.
        update(Ballot).where(Ballot.voter_id.in_(keys)).values(network=None, voter_id=None),
        update(Voter)
        .where(Voter.id.in_(keys), Voter.parted_at.is_(None))
        .values(user_id=None, address=None, parted_at=now()),
    ):
        db.session.execute(deed.execution_options(**without_memory))
    db.session.expire_all()


# -- what counts -----------------------------------------------------------------------------


def note(flag: Flag, *, text: str, by: User) -> FlagNote:
    """Write down what was found out about a flag."""
    written = FlagNote(flag=flag, text=text, by=by)
    db.session.add(written)
    record(Deed.FLAG_NOTED, by=by, competition=flag.poll.competition, subject=flag.name)
    db.session.flush()
    return written


def set_aside(flag: Flag, ballots: Collection[Ballot], *, reason: str, by: User) -> list[SetAside]:
    """Do not count these ballots of the flag. Raises Released, NoBallotChosen, ChangedMeanwhile."""
    _changeable(flag.poll)
    if not ballots:
        raise NoBallotChosen
    named = {ballot.id for ballot in flag.ballots}
    if any(ballot.id not in named for ballot in ballots) or standing_asides(ballots):
        raise ChangedMeanwhile
    rows = [SetAside(ballot=ballot, flag=flag, reason=reason, by=by) for ballot in ballots]
    db.session.add_all(rows)
    record(
        Deed.BALLOTS_SET_ASIDE,
        by=by,
        competition=flag.poll.competition,
        subject=flag.name,
        count=len(rows),
        reason=reason,
    )
    db.session.flush()
    return rows


def count_again(aside: SetAside, *, by: User) -> SetAside:
    """Take back that a ballot does not count. Raises Released, AlreadyCounts."""
    poll = aside.ballot.poll
    _changeable(poll)
    _lock(aside, key_share=True)
    if aside.ended_at is not None:
        raise AlreadyCounts
    aside.ended_at, aside.ended_by = now(), by
    record(Deed.BALLOT_COUNTS_AGAIN, by=by, competition=poll.competition, subject=aside.ballot.name)
    db.session.flush()
    return aside


def release(poll: Poll, *, by: User) -> Poll:
    """Let the outcome go out with the results, or at once where they are public.

    From here on nothing moves: every ballot is cut from its voter. Raises NotCounted.
    """
    _hold(poll)
    if poll.released_at is not None:
        return poll
    if not counted(poll):
        raise NotCounted
    part(poll)
    poll.released_at, poll.released_by = now(), by
    record(Deed.POLL_RELEASED, by=by, competition=poll.competition)
    db.session.flush()
    return poll


def hold_back(poll: Poll, *, by: User) -> Poll:
    """Take the release back, as long as nobody has seen the outcome. Raises Released."""
    _hold(poll)
    if poll.released_at is None:
        raise NotReleased
    if outcome_is_public(poll):
        raise Released
    poll.released_at = poll.released_by = None
    record(Deed.POLL_HELD_BACK, by=by, competition=poll.competition)
    db.session.flush()
    return poll


def _changeable(poll: Poll) -> None:
    _hold(poll)
    if poll.released_at is not None:
        raise Released
    if not counted(poll):
        raise NotCounted
