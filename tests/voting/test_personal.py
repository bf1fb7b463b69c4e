"""What is held of a voter, and how it is forgotten before and after the close."""

from typing import Any

from sqlalchemy import func, select

from hackathon.accounts.models import User
from hackathon.desk.forgetting import delete_account
from hackathon.desk.personal import held
from hackathon.extensions import db
from hackathon.voting.examining import examine
from hackathon.voting.models import Ballot, FlagNote, Voter
from hackathon.voting.models import Vote as Given
from hackathon.voting.personal import SHARE, expire
from tests.voting.conftest import Vote


def number(kind: Any) -> int:
    return db.session.scalar(select(func.count(kind.id))) or 0


def voted(vote: Vote) -> User:
    person = vote.world.person()
    voter = vote.world.voter(vote.poll, person)
    vote.world.ballot(voter, *vote.projects[:2], network="n")
    vote.world.ballot_link(voter)
    return person


def test_a_person_reads_their_ballot(vote: Vote) -> None:
    person = voted(vote)
    assert {h.key: n for h, n in held(person) if h.key in ("voters", "ballots")} == {
        "voters": 1,
        "ballots": 1,
    }
    (holding,) = (h for h in SHARE.holdings if h.key == "ballots")
    row = db.session.scalars(holding.rows(person)).one()
    told = {fact.key: fact.of(row) for fact in holding.facts}
    assert told["projects"] == [project.team.name for project in vote.projects[:2]]
    assert told["network"] == "n"


def test_before_the_close_the_ballot_goes_with_the_account(vote: Vote) -> None:
    person = voted(vote)
    guest = vote.world.voter(vote.poll, address="guest@example.org")
    vote.world.ballot(guest, vote.projects[0])
    delete_account(person)
    assert (number(Voter), number(Ballot), number(Given)) == (1, 1, 1)


def test_after_the_close_it_counts_and_is_nobodys(vote: Vote) -> None:
    person = voted(vote)
    vote.close()
    examine(vote.poll)
    delete_account(person)
    ballot = db.session.scalars(select(Ballot)).one()
    assert (ballot.voter_id, ballot.network, len(ballot.votes)) == (None, None, 2)
    voter = db.session.scalars(select(Voter)).one()
    assert (voter.user_id, voter.address) == (None, None)
    assert voter.parted_at is not None
    assert [n for h, n in held(person) if h.key in ("voters", "ballots")] == []


def test_a_guest_who_got_an_account_is_found_by_the_address(vote: Vote) -> None:
    voter = vote.world.voter(vote.poll, address="ana@example.org")
    vote.world.ballot(voter, vote.projects[0])
    person = vote.world.person(email="ana@example.org")
    assert {h.key for h, _ in held(person)} >= {"voters", "ballots"}
    delete_account(person)
    assert (number(Voter), number(Ballot)) == (0, 0)


def test_in_time_every_voter_is_forgotten_and_every_vote_stays(vote: Vote) -> None:
    voted(vote)
    vote.world.ballot(vote.world.voter(vote.poll), vote.projects[0])
    flag = vote.world.flag(vote.poll)
    vote.world.add(FlagNote(flag=flag, text="A note that names somebody."))
    assert expire(vote.competition) == {"voters": 2}
    assert expire(vote.competition) == {"voters": 0}
    assert number(Given) == 3
    assert db.session.scalars(select(Ballot.voter_id)).all() == [None, None]
    assert number(FlagNote) == 0
