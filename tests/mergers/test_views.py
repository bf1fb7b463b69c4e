"""The pages on which two captains, or organizers, make two teams one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.teams.models import Allowance, Merger, Team
from tests.counting import cost
from tests.world import World, both

PLAN = {"name_of": "proposer", "captain_of": "asked", "message": "⟦Let us⟧"}


def two(world: World) -> tuple[Any, Team, Team]:
    competition = world.competition("c")
    return competition, world.team(competition, 1), world.team(competition, 2)


def test_from_the_team_to_one_team(world: World) -> None:
    _, team, other = two(world)
    asks, answers = world.client(team.captain), world.client(other.captain)
    captain = other.captain
    listed = f"/en/c/teams/{team.id}/mergers"
    assert listed in asks.get(f"/en/c/teams/{team.id}").text
    assert f"{listed}/{other.id}" in asks.get(listed).text
    answer = asks.post(f"{listed}/{other.id}", data=PLAN)
    [merger] = db.session.scalars(select(Merger))
    path = f"/en/c/mergers/{merger.id}"
    assert answer.location == path
    assert f"{path}/withdrawal" in asks.get(path).text
    assert path in answers.get(f"/en/c/teams/{other.id}/mergers").text
    page = answers.get(path).text
    for words in ("⟦Let us⟧", f"{path}/acceptance", f"{path}/refusal", team.name, other.name):
        assert words in page
    answer = answers.post(f"{path}/acceptance")
    [one] = db.session.scalars(select(Team))
    assert answer.location == f"/en/c/teams/{one.id}"
    assert (one.name, one.captain) == (team.name, captain)
    assert answers.post(f"{path}/acceptance").status_code == 404  # once more, by the back button


def test_declining_with_a_word_and_asking_too_much(world: World) -> None:
    _, team, other = two(world)
    merger = world.merger(team, other)
    client, path = world.client(other.captain), f"/fr/c/mergers/{merger.id}"
    answer = client.post(f"{path}/refusal", data={"answer": "x" * 1001})
    assert answer.status_code == 422
    assert "x" * 1001 in answer.text
    answer = client.post(f"{path}/refusal", data={"answer": "⟦Non merci⟧"})
    assert answer.location == f"/fr/c/teams/{other.id}"
    assert "⟦Non merci⟧" in world.client(team.captain).get(path).text
    assert client.post(f"{path}/acceptance").status_code == 409


@pytest.mark.parametrize(
    "wrong", [{"name_of": "x"}, {"captain_of": ""}, {"message": "x" * 1001}], ids=str
)
def test_what_is_wrong_is_said(world: World, wrong: Any) -> None:
    _, team, other = two(world)
    client = world.client(team.captain)
    answer = client.post(f"/en/c/teams/{team.id}/mergers/{other.id}", data=PLAN | wrong)
    assert answer.status_code == 422
    assert db.session.scalars(select(Merger)).all() == []


def test_who_is_neither_captain_sees_nothing(world: World) -> None:
    competition, team, other = two(world)
    merger = world.merger(team, other)
    outsider = world.client(world.team(competition).captain)
    member = world.client(other.members[1])
    for client in (outsider, member):
        assert client.get(f"/en/c/mergers/{merger.id}").status_code == 403
        assert client.post(f"/en/c/mergers/{merger.id}/acceptance").status_code == 403
    proposer = world.client(team.captain)
    assert proposer.post(f"/en/c/mergers/{merger.id}/acceptance").status_code == 403
    assert proposer.post(f"/en/c/mergers/{merger.id}/withdrawal").status_code == 302


def test_a_team_is_not_merged_with_itself_or_a_foreign_one(world: World) -> None:
    competition, team, _ = two(world)
    foreign = world.team(world.competition("d"))
    organizer = world.client(world.organizer(competition))
    for other in (team.id, foreign.id, "x"):
        path = f"/teams/{team.id}/mergers/{other}"
        assert world.client(team.captain).get(f"/en/c{path}").status_code == 404
        assert organizer.get(f"/en/c/manage{path}").status_code == 404


def test_a_proposal_that_does_not_fit_any_more_says_so(world: World) -> None:
    _, team, other = two(world)
    merger = world.merger(team, other)
    world.submission(other, handed_in=False)
    client, path = world.client(other.captain), f"/en/c/mergers/{merger.id}"
    page = client.get(path).text
    assert "The teams have changed" in page
    assert f"{path}/acceptance" not in page
    assert client.post(f"{path}/acceptance").status_code == 409


def test_organizers_choose_what_stays_and_give_a_reason(world: World) -> None:
    competition, team, other = two(world)
    team.challenge, other.challenge = (world.challenge(competition) for _ in range(2))
    for each in (team, other):
        world.submission(each, handed_in=False)
    client = world.client(world.organizer(competition))
    path = f"/en/c/manage/teams/{team.id}/mergers"
    assert f"{path}/{other.id}" in client.get(path).text
    form = {"name_of": "asked", "captain_of": "asked", "challenge_of": "asked", "work_of": "asked"}
    assert client.post(f"{path}/{other.id}", data=form).status_code == 422
    assert client.post(f"{path}/{other.id}", data=form | {"work_of": ""}).status_code == 422
    wanted = other.id
    answer = client.post(f"{path}/{other.id}", data=form | {"reason": "⟦small⟧"})
    assert answer.location == f"/en/c/manage/teams/{wanted}"
    assert [one.id for one in db.session.scalars(select(Team))] == [wanted]


def test_the_pages_cost_the_same_whatever_the_number_of_teams(world: World) -> None:
    competition, team, other = two(world)
    world.merger(other, team)
    pages = {
        f"/en/c/teams/{team.id}/mergers": world.client(team.captain),
        f"/en/c/manage/teams/{team.id}/mergers": world.client(world.organizer(competition)),
    }
    for path, client in pages.items():
        few = cost(world.app, client, path)
        for _ in range(4):
            world.submission(world.team(competition, 2))
        assert cost(world.app, client, path) == few


def test_both_teams_can_be_changed_or_they_stay_two(world: World) -> None:
    """One of them was given more time; the other cannot be changed any more."""
    competition = world.competition("c", team_max=5)
    team, other = world.team(competition), world.team(competition)
    merger = world.merger(team, other)
    client, there = world.client(other.captain), f"/en/c/mergers/{merger.id}"
    world.set_gates(competition, "closed", Gate.TEAM_CHANGES)
    more_time(world, other)
    page = client.get(there)
    assert (page.status_code, f"{there}/acceptance" in page.text) == (200, False)
    assert client.post(f"{there}/acceptance").status_code == 403
    assert db.session.scalars(select(Team)).all() == [team, other]
    more_time(world, team)
    assert client.post(f"{there}/acceptance").status_code == 302


def more_time(world: World, team: Team) -> None:
    until = datetime.now(UTC) + timedelta(days=9)
    world.add(
        Allowance(team=team, gate=Gate.TEAM_CHANGES, closes_at=until, reason=both("more time"))
    )
