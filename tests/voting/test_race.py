"""Many ballots at once, on a database that really commits: nothing doubled, nothing lost."""

from collections import Counter
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.post.models import Letter
from hackathon.submissions.models import Submission
from hackathon.voting import actions
from hackathon.voting.models import Ballot, BallotLink, Poll, Vote, Voter
from tests.teams import test_race as races
from tests.world import World

site = races.site

CROWD = 64


def lay(world: World, projects: int, **rules: Any) -> tuple[Poll, list[Any]]:
    competition = world.competition("c")
    world.set_gates(competition, "closed", Gate.SUBMISSION)
    world.gallery(competition)
    made = [world.submission(world.team(competition, 1)) for _ in range(projects)]
    return world.poll(competition, **rules), [each.id for each in made]


def counts() -> dict[str, int]:
    return {
        kind.__tablename__: db.session.scalar(select(func.count(kind.id)))
        for kind in (Voter, Ballot, Vote)
    }


def test_sixty_four_people_vote_at_once(site: Flask) -> None:
    """Half with accounts, half with links; everyone presses the button twice."""
    with site.app_context():
        world = World(site)
        poll, projects = lay(world, 3, votes=1)
        people = [
            (world.client(world.person()), f"/en/c/vote/ballot/{projects[n % 3]}")
            for n in range(CROWD // 2)
        ]
        for n in range(CROWD // 2):
            link = world.ballot_link(world.voter(poll))
            people.append((world.client(), f"/en/c/ballots/{link.token}/{projects[n % 3]}"))
        db.session.commit()
        db.session.remove()
    said: Counter[int] = Counter()

    def press(browser: Any, path: str) -> None:
        said[browser.post(path).status_code] += 1
        said[browser.post(path).status_code] += 1

    races.at_once(site, [lambda person=person: press(*person) for person in people])
    assert said == {302: 2 * CROWD}
    with site.app_context():
        assert counts() == {"voter": CROWD, "ballot": CROWD, "vote": CROWD}
        given = db.session.execute(
            select(Vote.submission_id, func.count()).group_by(Vote.submission_id)
        )
        assert sorted(number for _, number in given) == [20, 22, 22]


def test_one_person_in_many_tabs_gives_no_vote_twice(site: Flask) -> None:
    """Eight tabs, four projects, two votes: two stand, the others are refused."""
    with site.app_context():
        world = World(site)
        _, projects = lay(world, 4, votes=2)
        person = world.person()
        browsers = [(world.client(person), projects[n % 4]) for n in range(8)]
        db.session.commit()
        db.session.remove()
    said: Counter[int] = Counter()

    def press(browser: Any, project: Any) -> None:
        said[browser.post(f"/en/c/vote/ballot/{project}").status_code] += 1

    races.at_once(site, [lambda one=one: press(*one) for one in browsers])
    assert said == {302: 4, 409: 4}
    with site.app_context():
        assert counts() == {"voter": 1, "ballot": 1, "vote": 2}


def test_one_address_asked_for_many_times_is_one_voter(site: Flask) -> None:
    with site.app_context():
        poll, _ = lay(World(site), 1)
        key = poll.id
        db.session.commit()
        db.session.remove()

    def ask() -> None:
        poll = db.session.get_one(Poll, key)
        actions.ask_for_link(poll, address="ana@example.org", language="en")

    assert races.at_once(site, [ask] * 16) == {"done": 16}
    with site.app_context():
        assert counts() == {"voter": 1, "ballot": 0, "vote": 0}
        letters = db.session.scalar(select(func.count(Letter.id)))
        links = db.session.scalar(select(func.count(BallotLink.id)))
        assert letters == links == actions.LINKS_AN_HOUR


def test_who_votes_while_ballots_are_cut_is_cut_or_refused(site: Flask) -> None:
    """Nobody is left who is tied to a ballot."""
    with site.app_context():
        world = World(site)
        poll, projects = lay(world, 1)
        voters = [world.voter(poll).id for _ in range(24)]
        key = poll.id
        db.session.commit()
        db.session.remove()

    def vote(voter: Any) -> None:
        actions.vote(
            db.session.get_one(Voter, voter),
            db.session.get_one(Submission, projects[0]),
            ip_address=None,
        )

    deeds = [lambda voter=voter: vote(voter) for voter in voters]
    deeds.insert(12, lambda: actions.part(db.session.get_one(Poll, key)))
    answers = races.at_once(site, deeds)
    assert set(answers) <= {"done", "BallotCut"}
    assert sum(answers.values()) == 25
    with site.app_context():
        assert db.session.scalars(select(Ballot).where(Ballot.voter_id.is_not(None))).all() == []
        assert counts()["ballot"] == answers["done"] - 1
