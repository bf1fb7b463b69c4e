"""After the close: what is flagged, what is secret again, and when ballots are cut."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select

from hackathon.competitions.models import Gate, Window
from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.voting import actions
from hackathon.voting.examining import (
    CALM,
    PARTED_AFTER,
    examine,
    examine_closed_polls,
    part_old_polls,
)
from hackathon.voting.models import Ballot, Flag, SetAside, Sign, Voter
from hackathon.voting.queries import counted
from tests.voting.conftest import Vote

MINUTE = timedelta(minutes=1)


def cast(
    vote: Vote, since: datetime, *projects: Any, address: str = "", network: str = ""
) -> Ballot:
    number = vote.world.number()
    voter = vote.world.voter(vote.poll, address=address or f"v{number}@host{number}.example")
    return vote.world.ballot(
        voter, *projects, created_at=since, network=network or f"network {number}"
    )


def flags() -> dict[Sign, list[Flag]]:
    found: dict[Sign, list[Flag]] = {}
    for flag in db.session.scalars(select(Flag).order_by(Flag.begins_at)):
        found.setdefault(flag.sign, []).append(flag)
    return found


def usual(vote: Vote, number: int = 60) -> None:
    """Ballots of all sorts, over ten days before the close."""
    draw = Random(1)
    for _ in range(number):
        names = draw.sample(vote.projects, 2)
        cast(vote, now() - timedelta(days=2 + 8 * draw.random()), *names)


def test_what_is_usual_raises_no_flag(vote: Vote) -> None:
    usual(vote)
    vote.close()
    assert examine(vote.poll) == []
    assert counted(vote.poll)


def test_each_sign_is_found_and_says_no_more_than_it_must(vote: Vote) -> None:
    usual(vote)
    a, b, c, _ = vote.projects
    since = now() - timedelta(days=5)
    one = cast(vote, since, a, b, address="ana.li@gmail.com")
    two = cast(vote, since + MINUTE, a, c, address="anali+2@gmail.com")
    later = since + timedelta(hours=30)
    from_network = [cast(vote, later + n * MINUTE / 2, b, c, network="n") for n in range(12)]
    later += timedelta(hours=30)
    of_domain = [
        cast(vote, later + n * MINUTE / 2, a, c, address=f"x{n}@mill.example") for n in range(12)
    ]
    later += timedelta(hours=30)
    alone = [cast(vote, later + n * MINUTE / 2, c) for n in range(12)]
    vote.close()
    examine(vote.poll)
    found = flags()
    assert {sign: [set(f.ballots) for f in each] for sign, each in found.items()} == {
        Sign.ADDRESS: [{one, two}],
        Sign.NETWORK: [set(from_network)],
        Sign.DOMAIN: [set(of_domain)],
        Sign.ALONE: [set(alone)],
    }
    assert found[Sign.ADDRESS][0].details == {"ballots": 2}
    assert set(found[Sign.NETWORK][0].details) == {"ballots", "usual"}
    assert found[Sign.DOMAIN][0].details["domain"] == "mill.example"
    assert found[Sign.ALONE][0].details["submission"] == str(c.id)
    assert found[Sign.NETWORK][0].begins_at == from_network[0].created_at


def test_accounts_are_looked_at_by_their_address_too(vote: Vote) -> None:
    world = vote.world
    user = world.person(email="ana+jam@example.org")
    ballots = [
        world.ballot(world.voter(vote.poll, user), vote.projects[0]),
        world.ballot(world.voter(vote.poll, address="ana@example.org"), vote.projects[0]),
    ]
    vote.close()
    (flag,) = examine(vote.poll)
    assert (flag.sign, set(flag.ballots)) == (Sign.ADDRESS, set(ballots))


def test_with_one_vote_no_ballot_is_odd_for_naming_one_project(
    vote_of: Callable[..., Vote],
) -> None:
    vote = vote_of(votes=1)
    since = now() - timedelta(days=5)
    for number in range(20):
        cast(vote, since + number * MINUTE / 4, vote.projects[0])
    vote.close()
    assert examine(vote.poll) == []


def test_empty_ballots_are_none(vote: Vote) -> None:
    for number in range(20):
        cast(vote, now() - timedelta(days=4) + number * MINUTE / 10, network="n")
    vote.close()
    assert examine(vote.poll) == []


def test_the_worker_waits_for_calm_looks_once_and_again_after_another_close(vote: Vote) -> None:
    assert examine_closed_polls() == 0
    window = db.session.scalars(select(Window).filter_by(gate=Gate.PUBLIC_VOTE)).one()
    window.closes_at = now() - CALM + timedelta(seconds=20)
    db.session.flush()
    assert examine_closed_polls() == 0
    window.closes_at = now() - CALM
    db.session.flush()
    assert examine_closed_polls() == 1
    assert examine_closed_polls() == 0
    assert counted(vote.poll)
    vote.world.extension(vote.competition, Gate.PUBLIC_VOTE)
    db.session.expire_all()
    assert not counted(vote.poll)  # open again, and all counts are secret again
    assert examine_closed_polls() == 0


def test_what_nobody_announced_is_not_looked_at(vote_of: Callable[..., Vote]) -> None:
    vote_of(published_at=None).close()
    assert examine_closed_polls() == 0


def test_a_second_look_keeps_notes_and_what_was_set_aside(vote: Vote) -> None:
    organizer = vote.world.organizer(vote.competition)
    since = now() - timedelta(days=4)
    first = cast(vote, since, vote.projects[0], address="ana@gmail.com")
    cast(vote, since, vote.projects[0], address="a.na@gmail.com")
    vote.close()
    (flag,) = examine(vote.poll)
    actions.note(flag, text="A note.", by=organizer)
    actions.set_aside(flag, [first], reason="why", by=organizer)
    third = cast(vote, since + MINUTE, vote.projects[0], address="an.a@gmail.com")
    (again,) = examine(vote.poll)
    assert again.id == flag.id
    assert [n.text for n in again.notes] == ["A note."]
    assert third in again.ballots
    assert db.session.scalar(select(func.count(SetAside.id))) == 1
    db.session.delete(third)
    for ballot in list(again.ballots)[1:]:
        ballot.votes.clear()
    db.session.flush()
    assert examine(vote.poll) == []


def test_ballots_are_cut_a_week_after_the_close(vote: Vote) -> None:
    cast(vote, now() - timedelta(days=12), vote.projects[0])
    vote.close()
    examine(vote.poll)
    assert part_old_polls() == 0
    window = db.session.scalars(select(Window).filter_by(gate=Gate.PUBLIC_VOTE)).one()
    window.closes_at = now() - PARTED_AFTER
    db.session.flush()
    assert part_old_polls() == 1
    assert part_old_polls() == 0
    assert db.session.scalars(select(Ballot.voter_id)).all() == [None]
    assert db.session.scalars(select(Voter.address)).all() == [None]
