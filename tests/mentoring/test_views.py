"""The mentors for everyone, a mentor's own pages, and a team's."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from hackathon.competitions.models import Competition, Gate
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.mentoring.models import Mentor
from hackathon.mentoring.queries import needs_of
from tests.counting import queries
from tests.world import World


@pytest.fixture
def competition(world: World) -> Competition:
    return world.competition("here")


def named(html: str) -> list[str]:
    """The people on a page, in order."""
    return re.findall(r'class="person-name">([^<]+)', html)


def test_everyone_sees_who_the_mentors_are(world: World, competition: Competition) -> None:
    field = world.expertise(competition)
    ben = world.person("Ben", organization="⟦Institute⟧")
    world.mentor(competition, user=ben, expertise=[field])
    world.mentor(competition, user=world.person("Ana"))
    world.mentor(world.competition(), user=world.person("Elsewhere"))
    page = world.client().get("/en/here/mentors").text
    assert named(page) == ["⟦Ana⟧", "⟦Ben⟧"]
    assert "⟦Institute⟧" in page
    assert str(field.label) in page
    assert "⟦headline⟧" in page
    assert ben.email not in page
    french = world.client().get("/fr/here/mentors").text
    assert "⟦headline (fr)⟧" in french
    assert "Mentorat et expertise" in french


def test_the_list_narrows_by_expertise_and_language(world: World, competition: Competition) -> None:
    law, data = world.expertise(competition), world.expertise(competition)
    world.mentor(competition, user=world.person("Ana"), expertise=[law], languages=["fr"])
    world.mentor(competition, user=world.person("Ben"), expertise=[law, data], languages=["en"])
    world.mentor(competition, user=world.person("Cleo"), expertise=[data])

    def shown(**asked: Any) -> list[str]:
        answer = world.client().get("/en/here/mentors", query_string=asked)
        assert answer.status_code == 200
        return named(answer.text)

    everyone = ["⟦Ana⟧", "⟦Ben⟧", "⟦Cleo⟧"]
    assert shown(expertise=law.id) == ["⟦Ana⟧", "⟦Ben⟧"]
    assert shown(language="fr") == ["⟦Ana⟧", "⟦Cleo⟧"]
    assert shown(expertise=data.id, language="fr") == ["⟦Cleo⟧"]
    assert shown(expertise=law.id, language="") == ["⟦Ana⟧", "⟦Ben⟧"]
    foreign = world.expertise(world.competition())
    for odd in ({"expertise": foreign.id}, {"expertise": "'; --"}, {"language": "%"}):
        assert shown(**odd) == everyone


def test_the_list_has_pages(world: World, competition: Competition) -> None:
    for number in range(51):
        world.mentor(competition, user=world.person(f"Mentor {number:02}"))
    assert len(named(world.client().get("/en/here/mentors").text)) == 50
    assert named(world.client().get("/en/here/mentors?page=2").text) == ["⟦Mentor 50⟧"]


def test_the_list_costs_the_same_for_many(
    app: Flask, world: World, competition: Competition
) -> None:
    def cost() -> int:
        with queries(app) as sent:
            world.client().get("/en/here/mentors")
        return len(sent)

    world.mentor(competition, expertise=[world.expertise(competition)])
    one = cost()
    for _ in range(5):
        world.mentor(competition, expertise=[world.expertise(competition)])
    assert cost() == one


def test_a_mentor_edits_their_own_profile(world: World, competition: Competition) -> None:
    field, foreign = world.expertise(competition), world.expertise(world.competition())
    mentor = world.mentor(competition, world.team(competition))
    client = world.client(mentor.user)
    typed = {
        "headline-en": "Statistician",
        "headline-fr": "Statisticienne",
        "languages": ["fr"],
        "expertise": [str(field.id)],
        "capacity": "4",
    }
    assert client.post("/en/here/mentors/me", data=typed).status_code == 302
    assert mentor.headline == Localized(en="Statistician", fr="Statisticienne")
    assert (mentor.languages, mentor.expertise, mentor.capacity) == (["fr"], [field], 4)

    for wrong, field_name in [
        ({"languages": []}, "languages"),
        ({"languages": ["de"]}, "languages"),
        ({"capacity": "0"}, "capacity"),  # below the one team they have
        ({"capacity": "51"}, "capacity"),
        ({"capacity": "many"}, "capacity"),
        ({"expertise": [str(foreign.id)]}, "expertise"),
    ]:
        answer = client.post("/en/here/mentors/me", data={**typed, **wrong})
        assert answer.status_code == 422, wrong
        assert f'id="{field_name}-error"' in answer.text
    assert (mentor.languages, mentor.expertise, mentor.capacity) == (["fr"], [field], 4)


def test_a_mentor_sees_the_people_of_their_teams_alone(
    world: World, competition: Competition
) -> None:
    team, other = world.team(competition, 3, about="⟦about us⟧"), world.team(competition, 2)
    team.challenge = world.challenge(competition)
    mentor = world.mentor(competition, team)
    page = world.client(mentor.user).get("/en/here/mentors/me/teams").text
    assert team.name in page
    assert other.name not in page
    assert "⟦about us⟧" in page
    assert str(team.challenge.title) in page
    for member in team.members:
        assert member.email in page
    for member in other.members:
        assert member.email not in page


def test_a_mentors_teams_cost_the_same_for_many(
    app: Flask, world: World, competition: Competition
) -> None:
    def cost(teams: int) -> int:
        mentor = world.mentor(competition, *(world.team(competition, 3) for _ in range(teams)))
        client = world.client(mentor.user)
        with queries(app) as sent:
            assert client.get("/en/here/mentors/me/teams").status_code == 200
        return len(sent)

    assert cost(1) == cost(4)


def test_a_team_reaches_its_mentors(world: World, competition: Competition) -> None:
    team, other = world.team(competition), world.team(competition)
    mentor, stranger = world.mentor(competition, team), world.mentor(competition, other)
    page = world.client(team.members[1]).get(f"/en/here/teams/{team.id}/mentors").text
    assert mentor.user.email in page
    assert stranger.user.email not in page
    apart = world.client(other.captain).get(f"/en/here/teams/{team.id}/mentors")
    assert apart.status_code == 403
    elsewhere = world.competition("there")
    assert world.client(team.captain).get(f"/en/there/teams/{team.id}/mentors").status_code == 404
    assert elsewhere.id != competition.id


def test_a_team_says_what_it_needs(world: World, competition: Competition) -> None:
    team = world.team(competition)
    fields = [world.expertise(competition) for _ in range(6)]
    foreign = world.expertise(world.competition())
    path = f"/en/here/teams/{team.id}/needs"
    client = world.client(team.members[1])

    def post(*chosen: Any) -> int:
        data = {"expertise": [str(each.id) for each in chosen], "csrf_token": "-"}
        return client.post(path, data=data).status_code

    assert post(*fields[:5]) == 302
    assert needs_of([team])[team.id] == fields[:5]
    assert post(*fields) == 422
    assert post(foreign) == 422
    assert needs_of([team])[team.id] == fields[:5]
    assert client.get(path).text.count(" checked") == 5
    assert post() == 302
    assert needs_of([team]) == {}


def test_needs_stand_once_judging_is_over(world: World, competition: Competition) -> None:
    team, field = world.team(competition), world.expertise(competition)
    client = world.client(team.captain)
    path, data = f"/en/here/teams/{team.id}/needs", {"expertise": str(field.id)}
    world.set_gates(competition, "upcoming", Gate.JUDGING)
    assert client.post(path, data=data).status_code == 302
    world.set_gates(competition, "closed", Gate.JUDGING)
    answer = client.post(path, data={"csrf_token": "-"})
    assert answer.status_code == 403
    assert 'data-refusal="closed"' in answer.text
    assert needs_of([team])[team.id] == [field]
    assert f"/en/here/teams/{team.id}/needs" not in (
        client.get(f"/en/here/teams/{team.id}/mentors").text
    )


def test_only_mentors_have_a_mentors_pages(world: World, competition: Competition) -> None:
    elsewhere = world.mentor(world.competition())
    for path in ("/en/here/mentors/me", "/en/here/mentors/me/teams"):
        assert world.client(elsewhere.user).get(path).status_code == 403
        assert world.client().get(path).status_code == 302
    assert db.session.scalar(select(func.count()).select_from(Mentor)) == 1
