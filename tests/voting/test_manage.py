"""The people's choice as organizers run it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.voting.examining import examine
from hackathon.voting.models import Ballot, Electorate, Flag, Poll, SetAside
from tests.counting import cost
from tests.house.test_html import Page
from tests.voting.conftest import Vote
from tests.world import World

GIVEN = {"electorate": "accounts", "votes": "3", "teams_vote": "y", "crew_votes": "y"}


def test_from_nothing_to_an_announced_vote(world: World) -> None:
    competition = world.competition(gates="upcoming")
    browser = world.client(world.organizer(competition))
    base = f"/en/{competition.slug}/manage/vote"
    assert browser.get(base).location.endswith("/manage/vote/rules")
    assert browser.post(f"{base}/publication").status_code == 409
    assert browser.post(f"{base}/rules", data=GIVEN).status_code == 302
    poll = db.session.scalars(select(Poll)).one()
    assert (poll.electorate, poll.votes, poll.judges_vote) == (Electorate.ACCOUNTS, 3, False)
    page = browser.get(base).text
    assert "Not announced yet" in page
    assert "The gallery does not show the projects to all voters" in page
    answer = browser.post(f"{base}/publication")
    assert answer.status_code == 409 and "The gallery must show" in answer.text
    world.gallery(competition)
    assert browser.post(f"{base}/publication").status_code == 302
    page = browser.get(base).text
    assert "Announce the people’s choice" not in page
    assert Page(page).faults == []
    assert Page(browser.get(f"{base}/rules").text).faults == []


@pytest.mark.parametrize("votes", ["", "0", "11", "many", "9" * 400])
def test_odd_rules_are_told_beside_the_field(vote: Vote, votes: str) -> None:
    browser = vote.world.client(vote.world.organizer(vote.competition))
    answer = browser.post(f"{vote.manage}/rules", data={**GIVEN, "votes": votes})
    assert answer.status_code == 422
    assert 'id="votes-error"' in answer.text
    answer = browser.post(f"{vote.manage}/rules", data={**GIVEN, "electorate": "martians"})
    assert answer.status_code == 422


def test_rules_of_an_open_vote_are_refused_kindly(vote: Vote) -> None:
    browser = vote.world.client(vote.world.organizer(vote.competition))
    answer = browser.post(f"{vote.manage}/rules", data=GIVEN)
    assert answer.status_code == 422
    assert "its rules stay as they were announced" in answer.text
    assert vote.manage + "/rules" not in browser.get(vote.manage).text


@pytest.fixture
def counted(vote: Vote) -> Vote:
    """Two ballots for the first project from one mailbox, one for the second."""
    a, b, *_ = vote.projects
    for address in ("ana@gmail.com", "a.na@gmail.com"):
        vote.world.ballot(vote.world.voter(vote.poll, address=address), a)
    vote.world.ballot(vote.world.voter(vote.poll), b)
    vote.close()
    examine(vote.poll)
    return vote


def test_a_flag_is_looked_into_and_ballots_set_aside_by_two_organizers(counted: Vote) -> None:
    one, other = (
        counted.world.client(counted.world.organizer(counted.competition)) for _ in range(2)
    )
    page = one.get(counted.manage).text
    assert "Several ways to write one mailbox" in page and "ana@" not in page
    assert Page(page).faults == []
    there = f"{counted.manage}/flags/{counted_flag()}"
    assert Page(one.get(there).text).faults == []
    assert one.post(f"{there}/note", data={"text": ""}).status_code == 422
    assert one.post(f"{there}/note", data={"text": "They wrote to us."}).status_code == 302
    form = one.get(f"{there}/set-aside").text
    assert Page(form).faults == []
    keys = [b.id for b in db.session.scalars(select(Ballot).order_by(Ballot.created_at))]
    for wrong in ({"reason": "why"}, {"ballots": [keys[0]]}, {"ballots": [keys[2]], "reason": "x"}):
        assert one.post(f"{there}/set-aside", data=wrong).status_code == 422
    data = {"ballots": [keys[1]], "reason": "The person asked us to."}
    assert one.post(f"{there}/set-aside", data=data).status_code == 302
    page = other.get(there).text
    assert "They wrote to us." in page and "The person asked us to." in page
    record = other.get(f"{counted.manage}/set-aside")
    assert Page(record.text).faults == [] and "Let it count again" in record.text
    aside = db.session.scalars(select(SetAside)).one()
    assert other.post(f"{counted.manage}/set-aside/{aside.id}/end").status_code == 302
    assert other.post(f"{counted.manage}/set-aside/{aside.id}/end").status_code == 409
    assert "Counts again" in one.get(f"{counted.manage}/set-aside").text
    assert "They wrote to us." not in one.get(f"/en/{counted.competition.slug}/manage/journal").text


def counted_flag() -> Any:
    return db.session.scalars(select(Flag.id)).one()


def test_the_outcome_is_released_and_kept_back(counted: Vote) -> None:
    browser = counted.world.client(counted.world.organizer(counted.competition))
    assert browser.post(f"{counted.manage}/release").status_code == 302
    page = browser.get(counted.manage).text
    assert "It comes out at the moment of the results." in page
    assert Page(page).faults == []
    assert browser.post(f"{counted.manage}/release/end").status_code == 302
    assert browser.post(f"{counted.manage}/release/end").status_code == 409
    assert "Release the outcome" in browser.get(counted.manage).text


def test_things_of_another_competition_are_not_there(
    counted: Vote, vote_of: Callable[..., Vote]
) -> None:
    other = vote_of()
    other.close()
    examine(other.poll)
    browser = other.world.client(other.world.organizer(other.competition))
    flag = counted_flag()
    for path in (f"flags/{flag}", f"flags/{flag}/note", "flags/none", "flags/%00"):
        assert browser.get(f"{other.manage}/{path}").status_code == 404
    ballot = db.session.scalars(select(Ballot)).first()
    aside = other.world.add(SetAside(ballot=ballot, reason="why"))
    assert browser.post(f"{other.manage}/set-aside/{aside.id}/end").status_code == 404


def test_lists_cost_as_much_for_many_as_for_one(app: Any, counted: Vote) -> None:
    browser = counted.world.client(counted.world.organizer(counted.competition))
    flag = counted_flag()
    paths = (counted.manage, f"{counted.manage}/flags/{flag}", f"{counted.manage}/set-aside")
    ballots = list(db.session.scalars(select(Ballot)))
    counted.world.set_aside(counted.world.flag(counted.poll, ballots[0]), ballots[0])
    before = [cost(app, browser, path) for path in paths]
    for _ in range(8):
        ballot = counted.world.ballot(counted.world.voter(counted.poll), *counted.projects[:2])
        raised = counted.world.flag(counted.poll, ballot, *ballots)
        organizer = counted.world.organizer(counted.competition)
        counted.world.set_aside(raised, ballot, by=organizer)
    assert [cost(app, browser, path) for path in paths] == before
