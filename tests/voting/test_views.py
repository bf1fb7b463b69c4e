"""The people's choice as people meet it: by account, by the link in a letter, on many pages."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.gallery.models import Audience
from hackathon.gallery.queries import gallery_of
from hackathon.ground import pace
from hackathon.ground.clock import now
from hackathon.post.models import Letter
from hackathon.voting import actions
from hackathon.voting.examining import examine
from hackathon.voting.models import Ballot, BallotLink, Electorate, Voter
from hackathon.voting.models import Vote as Given
from tests.counting import cost
from tests.house.test_html import Page
from tests.voting.conftest import Vote


def given() -> list[uuid.UUID]:
    return list(db.session.scalars(select(Given.submission_id).order_by(Given.created_at)))


def link_in(letter: Letter) -> str:
    found = re.search(r"http://localhost(/\S+/ballots/\S+)", letter.text)
    assert found
    return found[1]


def shown(html: str) -> list[str]:
    """The projects of a ballot, in their order."""
    return re.findall(r'id="project-([0-9a-f-]{36})"', html)


# -- by account ------------------------------------------------------------------------------


def test_a_ballot_by_account(vote: Vote) -> None:
    browser = vote.world.client(vote.world.person())
    assert "Open my ballot" in browser.get(vote.page).text
    page = browser.get(f"{vote.page}/ballot")
    assert "You have 3 votes left." in page.text
    assert Page(page.text).faults == []
    a, b = vote.projects[:2]
    for project in (a, b):
        answer = browser.post(f"{vote.page}/ballot/{project.id}", data={"place": "1"})
        assert answer.location.endswith(f"/vote/ballot?page=1#project-{project.id}")
    page = browser.get(f"{vote.page}/ballot").text
    assert "You have one vote left." in page
    assert page.count("Your vote<") == 2
    assert Page(page).faults == []
    browser.post(f"{vote.page}/ballot/{a.id}/removal")
    assert given() == [b.id]


def test_looking_makes_no_voter(vote: Vote) -> None:
    vote.world.client(vote.world.person()).get(f"{vote.page}/ballot")
    assert db.session.scalar(select(func.count(Voter.id))) == 0


def test_used_up_votes_are_refused_kindly_and_buttons_say_so(vote_of: Callable[..., Vote]) -> None:
    vote = vote_of(votes=2)
    browser = vote.world.client(vote.world.person())
    for project in vote.projects[:2]:
        browser.post(f"{vote.page}/ballot/{project.id}")
    page = browser.get(f"{vote.page}/ballot").text
    assert "You have given all your votes." in page
    assert page.count("All your votes are given: take one back first.") == 2
    answer = browser.post(f"{vote.page}/ballot/{vote.projects[2].id}")
    assert answer.status_code == 409
    assert "Take one back first." in answer.text
    assert len(given()) == 2


def test_a_single_vote_is_moved_with_one_button(vote_of: Callable[..., Vote]) -> None:
    vote = vote_of(votes=1)
    browser = vote.world.client(vote.world.person())
    for project in vote.projects[:2]:
        browser.post(f"{vote.page}/ballot/{project.id}")
    assert given() == [vote.projects[1].id]
    assert browser.get(f"{vote.page}/ballot").text.count("Move my vote here") == 3


def test_ones_own_team_gets_no_vote(vote: Vote) -> None:
    own = vote.projects[0]
    browser = vote.world.client(own.team.captain)
    assert "Your own team’s project" in browser.get(f"{vote.page}/ballot").text
    answer = browser.post(f"{vote.page}/ballot/{own.id}")
    assert (answer.status_code, given()) == (403, [])
    assert browser.post(f"{vote.page}/ballot/{vote.projects[1].id}").status_code == 302


PARTS = {
    "stranger": lambda vote: vote.world.person(),
    "participant": lambda vote: vote.world.participant(vote.competition),
    "member": lambda vote: vote.projects[0].team.captain,
    "mentor": lambda vote: vote.world.mentor(vote.competition).user,
    "organizer": lambda vote: vote.world.organizer(vote.competition),
    "judge": lambda vote: vote.world.judge(vote.competition).user,
}
RULES = {
    "by default": ({}, {"stranger", "participant", "member", "mentor", "organizer"}),
    "judges too": ({"judges_vote": True}, set(PARTS)),
    "no teams": ({"teams_vote": False}, {"stranger", "participant", "mentor", "organizer"}),
    "no crew": ({"crew_votes": False}, {"stranger", "participant", "member"}),
    "accounts": (
        {"electorate": Electorate.ACCOUNTS},
        {"stranger", "participant", "member", "mentor", "organizer"},
    ),
    "registered": (
        {"electorate": Electorate.REGISTERED},
        {"participant", "member", "mentor", "organizer"},
    ),
    "the public": (
        {"electorate": Electorate.REGISTERED, "teams_vote": False, "crew_votes": False},
        {"participant"},
    ),
}


@pytest.mark.parametrize("rules", RULES)
def test_who_votes(vote_of: Callable[..., Vote], rules: str) -> None:
    changed, expected = RULES[rules]
    vote = vote_of(**changed)
    project = vote.projects[1]
    voted = set()
    for name, part in PARTS.items():
        browser = vote.world.client(part(vote))
        answer = browser.post(f"{vote.page}/ballot/{project.id}")
        assert answer.status_code in (302, 403)
        assert (browser.get(f"{vote.page}/ballot").status_code == 200) == (
            answer.status_code == 302
        )
        if answer.status_code == 302:
            voted.add(name)
        else:
            assert "You do not vote here" in browser.get(vote.page).text
    assert voted == expected
    assert vote.world.client().get(f"{vote.page}/ballot").status_code == 302  # to sign in
    by_address = vote.poll.electorate is Electorate.ADDRESSES
    assert vote.world.client().get(f"{vote.page}/email").status_code == (200 if by_address else 404)


def test_a_judge_who_organizes_too_needs_both_parts_allowed(vote: Vote) -> None:
    user = vote.world.organizer(vote.competition)
    vote.world.judge(vote.competition, user=user)
    answer = vote.world.client(user).get(f"{vote.page}/ballot")
    assert answer.status_code == 403
    assert "Judges of this competition do not vote" in answer.text


@pytest.mark.parametrize("state", ["closed", "upcoming"])
def test_outside_its_time_nobody_votes(vote: Vote, state: str) -> None:
    vote.world.set_gates(vote.competition, state, Gate.PUBLIC_VOTE)
    link = vote.world.ballot_link(vote.world.voter(vote.poll))
    browser = vote.world.client(vote.world.person())
    there = f"/en/{vote.competition.slug}/ballots/{link.token}"
    for method, path in (
        *(("get", f"{vote.page}/ballot"), ("get", there), ("get", f"{vote.page}/email")),
        *(("post", f"{vote.page}/ballot/{vote.projects[0].id}"), ("post", f"{vote.page}/email")),
        *(("post", f"{there}/{vote.projects[0].id}"),),
    ):
        answer = getattr(browser, method)(path)
        assert answer.status_code == 403, path
        assert 'data-refusal="closed"' in answer.text
    assert given() == []
    page = browser.get(vote.page)
    assert page.status_code == 200
    assert ("The vote is over" in page.text) == (state == "closed")


def test_while_the_gallery_is_shut_nobody_votes(vote: Vote) -> None:
    """As when submissions are extended into the vote: work must not be seen by other teams."""
    vote.world.set_gates(vote.competition, "open", Gate.SUBMISSION)
    browser = vote.world.client(vote.world.person())
    assert browser.get(f"{vote.page}/ballot").status_code == 403
    assert browser.post(f"{vote.page}/ballot/{vote.projects[0].id}").status_code == 403
    assert "The vote waits" in browser.get(vote.page).text
    vote.world.set_gates(vote.competition, "closed", Gate.SUBMISSION)
    gallery_of(vote.competition).audience = Audience.REGISTERED
    db.session.flush()
    assert browser.get(f"{vote.page}/ballot").status_code == 403


def test_a_poll_that_is_not_announced_is_not_there(vote_of: Callable[..., Vote]) -> None:
    vote = vote_of(published_at=None)
    for user in (None, vote.world.person(), vote.world.organizer(vote.competition)):
        browser = vote.world.client(user)
        assert browser.get(vote.page).status_code == 404
        assert browser.get(f"{vote.page}/ballot").status_code == 404
        assert "/vote" not in browser.get(f"/en/{vote.competition.slug}/").text.replace(
            "/manage/vote", ""
        )


def test_projects_that_are_not_on_show_get_no_vote(vote: Vote) -> None:
    browser = vote.world.client(vote.world.person())
    draft = vote.world.submission(vote.world.team(vote.competition), handed_in=False)
    elsewhere = vote.world.submission(vote.world.team(vote.world.competition()))
    for key in (draft.id, elsewhere.id, uuid.uuid4(), "no-key", "%00"):
        assert browser.post(f"{vote.page}/ballot/{key}").status_code == 404
    assert given() == []


# -- by address ------------------------------------------------------------------------------


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    naps: list[float] = []
    monkeypatch.setattr(pace, "sleep", naps.append)
    return naps


def test_a_visitor_votes_with_the_link_from_the_letter(vote: Vote, slow: list[float]) -> None:
    browser = vote.world.client()
    assert "Vote with my email address" in browser.get(vote.page).text
    page = browser.get(vote.page.replace("/en/", "/fr/") + "/email")
    assert Page(page.text).faults == []
    answer = browser.post(
        vote.page.replace("/en/", "/fr/") + "/email", data={"email": " Ana@Example.org "}
    )
    assert answer.status_code == 302
    (letter,) = db.session.scalars(select(Letter))
    assert (letter.address, letter.language) == ("ana@example.org", "fr")
    there = link_in(letter)
    phone = vote.world.client()
    for _ in range(3):  # a mail scanner looks, too
        assert phone.get(there).status_code == 200
    assert db.session.scalar(select(func.count(Ballot.id))) == 0
    assert phone.post(f"{there}/{vote.projects[2].id}").status_code == 302
    assert phone.post(f"{there}/{vote.projects[0].id}").status_code == 302
    assert phone.post(f"{there}/{vote.projects[2].id}/removal").status_code == 302
    assert given() == [vote.projects[0].id]
    assert Page(phone.get(there).text).faults == []


def test_the_answer_tells_nothing_of_the_address(vote: Vote, slow: list[float]) -> None:
    """An account, a judge, a guest who has voted, somebody new, and one who asks too often."""
    world = vote.world
    known = world.person(email="known@example.org")
    judge = world.judge(vote.competition, user=world.person(email="judge@example.org"))
    voter = world.voter(vote.poll, address="guest@example.org")
    world.ballot(voter, vote.projects[0])
    often = world.voter(vote.poll, address="often@example.org")
    for _ in range(actions.LINKS_A_DAY):
        world.ballot_link(often)
    asked = (known.email, judge.user.email, voter.address, often.address, "new@example.org")
    seen = set()
    for address in asked:
        browser = world.client()
        answer = browser.post(f"{vote.page}/email", data={"email": address})
        page = re.sub(r'data-now="[^"]*"', "", browser.get(vote.page).text)
        seen.add((answer.status_code, answer.location, page))
    assert len(seen) == 1
    assert len(slow) == 5 and min(slow) > 0


@pytest.mark.parametrize("typed", ["", "nobody", "a@b", "x\x00@example.org", "é@example.org"])
def test_what_is_no_address_is_told_beside_the_field(vote: Vote, typed: str, slow: Any) -> None:
    answer = vote.world.client().post(f"{vote.page}/email", data={"email": typed})
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert db.session.scalar(select(func.count(Voter.id))) == 0


def test_the_link_of_an_excluded_address_says_why(vote: Vote, slow: Any) -> None:
    judge = vote.world.judge(vote.competition, user=vote.world.person(email="judge@example.org"))
    vote.world.client().post(f"{vote.page}/email", data={"email": judge.user.email})
    (letter,) = db.session.scalars(select(Letter))
    answer = vote.world.client().get(link_in(letter))
    assert answer.status_code == 403
    assert "Judges of this competition do not vote" in answer.text
    assert vote.world.client().post(f"{link_in(letter)}/{vote.projects[0].id}").status_code == 403


def test_the_link_knows_the_team_of_its_address(vote: Vote, slow: Any) -> None:
    captain = vote.projects[0].team.captain
    vote.world.client().post(f"{vote.page}/email", data={"email": captain.email})
    (letter,) = db.session.scalars(select(Letter))
    browser = vote.world.client()
    assert browser.post(f"{link_in(letter)}/{vote.projects[0].id}").status_code == 403
    assert browser.post(f"{link_in(letter)}/{vote.projects[1].id}").status_code == 302
    # The account shows the same ballot, in the same order.
    mine = vote.world.client(captain).get(f"{vote.page}/ballot").text
    assert shown(mine) == shown(browser.get(link_in(letter)).text)
    assert mine.count("Your vote<") == 1


def test_links_that_lead_nowhere(vote: Vote, vote_of: Callable[..., Vote]) -> None:
    link = vote.world.ballot_link(vote.world.voter(vote.poll))
    browser, slug = vote.world.client(), vote.competition.slug
    assert browser.get(f"/en/{slug}/ballots/{link.token}").status_code == 200
    assert browser.get(f"/en/{slug}/ballots/{link.digest}").status_code == 404
    assert browser.get(f"/en/{slug}/ballots/{'x' * 3000}").status_code == 404
    assert browser.get(f"/en/{slug}/ballots/%00").status_code == 404
    other = vote_of()
    assert browser.get(f"/en/{other.competition.slug}/ballots/{link.token}").status_code == 404
    vote.world.add(link)
    actions.part(vote.poll)
    assert browser.get(f"/en/{slug}/ballots/{link.token}").status_code == 404
    assert db.session.scalar(select(func.count(BallotLink.id))) == 0


# -- many projects ---------------------------------------------------------------------------


def test_pages_keep_order_and_choice(vote_of: Callable[..., Vote]) -> None:
    vote = vote_of(projects=0)
    team = vote.world.team(vote.competition, 1)
    vote.projects[:] = [vote.world.submission(team)]
    for _ in range(29):
        vote.projects.append(vote.world.submission(vote.world.team(vote.competition, 1)))
    one, other = (vote.world.client(vote.world.person()) for _ in range(2))
    first = shown(one.get(f"{vote.page}/ballot").text)
    second = shown(one.get(f"{vote.page}/ballot?page=2").text)
    assert (len(first), len(second)) == (24, 6)
    assert set(first + second) == {str(project.id) for project in vote.projects}
    assert shown(one.get(f"{vote.page}/ballot").text) == first
    assert shown(other.get(f"{vote.page}/ballot").text) != first
    answer = one.post(f"{vote.page}/ballot/{second[0]}", data={"place": "2"})
    assert answer.location.endswith(f"?page=2#project-{second[0]}")
    back = one.get(f"{vote.page}/ballot").text
    assert shown(back) == first
    assert "You have 2 votes left." in back
    chosen = next(p for p in vote.projects if str(p.id) == second[0])
    assert chosen.title in back  # among one's votes, on every page
    version = chosen.versions[-1]
    version.content = {**version.content, "title": "Feux de détresse"}
    db.session.commit()
    found = shown(one.get(f"{vote.page}/ballot", query_string={"search": "detresse feux"}).text)
    assert found == [second[0]]
    nothing = one.get(f"{vote.page}/ballot", query_string={"search": "zzz\x00"}).text
    assert "No project is found" in nothing


@pytest.mark.parametrize("place", ["9999999", "-1", "2#x", "é", "//evil.example"])
def test_the_way_back_leads_to_the_ballot(vote: Vote, place: str) -> None:
    browser = vote.world.client(vote.world.person())
    key = vote.projects[0].id
    answer = browser.post(f"{vote.page}/ballot/{key}", data={"place": place})
    assert answer.location.endswith(f"/vote/ballot#project-{key}")


def test_a_ballot_of_many_costs_as_much_as_one_of_one(
    app: Any, vote_of: Callable[..., Vote]
) -> None:
    costs = []
    for projects in (1, 12):
        vote = vote_of(projects=projects, votes=10)
        browser = vote.world.client(vote.world.person())
        for project in vote.projects[:10]:
            browser.post(f"{vote.page}/ballot/{project.id}")
        costs.append(cost(app, browser, f"{vote.page}/ballot"))
    assert costs[0] == costs[1]


# -- on other pages --------------------------------------------------------------------------


def test_the_front_page_leads_there_while_it_is_open(vote: Vote) -> None:
    front = f"/en/{vote.competition.slug}/"
    browser = vote.world.client()
    page = browser.get(front).text
    assert "Vote in the people’s choice" in page and "data-countdown" in page
    assert Page(page).faults == []
    vote.close()
    assert "Vote in the people’s choice" not in browser.get(front).text


def test_the_outcome_stands_beside_the_results_once_both_are_public(vote: Vote) -> None:
    a, b, c, d = vote.projects
    for projects in ([a, b], [b, c], [a]):
        vote.world.ballot(vote.world.voter(vote.poll), *projects)
    vote.close()
    examine(vote.poll)
    organizer = vote.world.organizer(vote.competition)
    browser, results = vote.world.client(), f"/en/{vote.competition.slug}/results"
    actions.release(vote.poll, by=organizer)
    assert browser.get(results).status_code == 404
    assert a.title not in browser.get(vote.page).text
    vote.world.announcement(vote.competition, now())
    page = browser.get(results).text
    assert page.count("People’s choice award, tied") == 2
    assert all(project.title in page for project in (a, b, c))
    assert d.title not in page
    assert "3 ballots counted." in page
    assert Page(page).faults == []
    assert a.title in browser.get(vote.page).text
    # One challenge is withdrawn, and the outcome ranks its projects among the others.
    withdrawn = vote.world.withdrawal(vote.competition, challenge=a.versions[0].challenge)
    assert 'id="peoples-choice"' not in browser.get(results).text
    assert a.title not in browser.get(vote.page).text
    withdrawn.ended_at = now()
    db.session.flush()
    assert 'id="peoples-choice"' in browser.get(results).text


def test_results_without_a_release_say_nothing_of_it(vote: Vote) -> None:
    vote.world.ballot(vote.world.voter(vote.poll), vote.projects[0])
    vote.close()
    examine(vote.poll)
    vote.world.announcement(vote.competition, now())
    page = vote.world.client().get(f"/en/{vote.competition.slug}/results").text
    assert 'id="peoples-choice"' not in page
