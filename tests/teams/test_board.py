"""The board and its pages, as people and teams that look for each other use them."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.post.models import Letter
from hackathon.registrations.queries import registration_of
from hackathon.teams.board import people_on_board, teams_on_board
from hackathon.teams.models import Invitation, JoinRequest, Outcome, Seeker, Vacancy
from tests.counting import cost
from tests.world import World, marked

SAID = {"languages": ["en"], "about": "I draw maps.", "friends": "Ana@b.example\n\nbo@b.example"}


def entry(world: World, competition: Any, name: str = "Participant") -> Any:
    return registration_of(world.participant(competition, name), competition)


def test_a_person_puts_themself_on_the_board(world: World) -> None:
    competition = world.competition("c")
    skill, challenge = world.expertise(competition), world.challenge(competition)
    client = world.client(world.participant(competition))
    data = SAID | {"skills": [skill.url_key], "interests": [challenge.url_key]}
    answer = client.post("/en/c/teams/board/looking", data=data)
    assert answer.location == "/en/c/teams/board"
    [seeker] = db.session.scalars(select(Seeker))
    assert seeker.friends == ["ana@b.example", "bo@b.example"]
    assert (seeker.skills, seeker.interests) == ([skill], [challenge])
    page = client.get("/en/c/teams/board/looking").text
    assert "ana@b.example\nbo@b.example" in page
    assert page.count("checked") == 3
    client.post("/en/c/teams/board/looking/end")
    assert db.session.scalars(select(Seeker)).all() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"languages": []}, "Choose at least one language."),
        ({"languages": ["de"]}, "languages-error"),
        ({"about": "x" * 501}, "At most 500 characters."),
        ({"friends": "ana, nobody"}, "“ana” is not a whole address."),
        ({"friends": "\n".join(f"p{n}@b.example" for n in range(5))}, "Name at most 4 people."),
        ({"skills": ["elsewhere"]}, "skills-error"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    world: World, wrong: Any, said: str
) -> None:
    competition = world.competition("c")
    world.expertise(competition)
    client = world.client(world.participant(competition))
    answer = client.post("/en/c/teams/board/looking", data=SAID | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert str((SAID | wrong)["about"]) in answer.text
    assert str((SAID | wrong)["friends"]).split("\n")[0] in answer.text
    assert db.session.scalars(select(Seeker)).all() == []


def test_the_board_shows_people_without_their_addresses(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    seeker = world.seeker(entry(world, competition, "Ana"), friends=["secret@b.example"])
    page = world.client(team.members[1]).get("/en/c/teams/board").text
    assert marked("Ana") in page
    assert seeker.about in page
    assert seeker.registration.user.email not in page
    assert "secret@b.example" not in page


def test_a_full_team_is_not_shown(world: World) -> None:
    competition = world.competition("c")
    full, free = world.team(competition, 3), world.team(competition, 2)
    for team in (full, free):
        world.vacancy(team)
    assert [row.team for row, _ in teams_on_board(competition)] == [free]


def test_the_best_fit_comes_first_and_is_said(world: World) -> None:
    competition = world.competition("c")
    law, data = world.expertise(competition), world.expertise(competition)
    challenge = world.challenge(competition)
    french = world.vacancy(world.team(competition, languages=["fr"]), skills=[law, data])
    plain = world.vacancy(world.team(competition))
    one = world.vacancy(world.team(competition), skills=[law])
    two = world.vacancy(world.team(competition, challenge=challenge), skills=[law])
    seeker = world.seeker(entry(world, competition), skills=[law, data], interests=[challenge])
    found = teams_on_board(competition, seeker=seeker)
    assert [row for row, _ in found] == [two, one, plain, french]
    assert (found[0][1].languages, found[0][1].skills) == (["en"], [law])
    assert found[0][1].challenge == challenge
    page = world.client(seeker.registration.user).get("/en/c/teams/board").text
    assert "The same challenge interests you." in page
    assert "No language in common" in page


def test_a_team_sees_who_has_what_it_wants_first(world: World) -> None:
    competition = world.competition("c")
    law = world.expertise(competition)
    team = world.team(competition)
    vacancy = world.vacancy(team, skills=[law])
    plain = world.seeker(entry(world, competition))
    lawyer = world.seeker(entry(world, competition), skills=[law])
    found = people_on_board(competition, team=team, vacancy=vacancy)
    assert [row for row, _ in found] == [lawyer, plain]


@pytest.mark.parametrize("show", ["teams", "people"])
def test_the_board_is_filtered(world: World, show: str) -> None:
    competition = world.competition("c")
    law, challenge = world.expertise(competition), world.challenge(competition)
    world.vacancy(world.team(competition, name=marked("Plain")))
    world.vacancy(
        world.team(competition, name=marked("Other"), languages=["fr"], challenge=challenge),
        skills=[law],
    )
    world.seeker(entry(world, competition, "Plain"))
    world.seeker(
        entry(world, competition, "Other"), languages=["fr"], skills=[law], interests=[challenge]
    )
    client = world.client(world.participant(competition))
    for asked in ("language=fr", f"challenge={challenge.number}", f"skill={law.id}"):
        page = client.get(f"/en/c/teams/board?show={show}&{asked}").text
        assert marked("Other") in page, asked
        assert marked("Plain") not in page, asked
    for odd in ("language=de", "challenge=%00", "skill=nothing", "page=99&show=other"):
        assert client.get(f"/en/c/teams/board?show={show}&{odd}").status_code == 200


def test_a_team_puts_itself_on_the_board(world: World) -> None:
    competition = world.competition("c")
    team, skill = world.team(competition), world.expertise(competition)
    client = world.client(team.captain)
    data = {"skills": [skill.url_key], "about": "Join us"}
    assert client.post(f"/en/c/teams/{team.id}/seeking", data=data).status_code == 302
    [vacancy] = db.session.scalars(select(Vacancy))
    assert (vacancy.team, vacancy.skills, vacancy.about) == (team, [skill], "Join us")
    assert "Edit our notice" in client.get(f"/en/c/teams/{team.id}").text
    client.post(f"/en/c/teams/{team.id}/seeking/end")
    assert db.session.scalars(select(Vacancy)).all() == []


def test_from_the_board_into_a_team_by_request(world: World) -> None:
    competition = world.competition("c")
    team, person = world.team(competition), entry(world, competition)
    world.vacancy(team)
    client, captain = world.client(person.user), world.client(team.captain)
    asked = client.post(f"/fr/c/teams/{team.id}/requests/new", data={"message": "Me voici"})
    assert asked.location == "/fr/c/teams/board"
    [request] = db.session.scalars(select(JoinRequest))
    page = captain.get(f"/en/c/teams/{team.id}").text
    assert "Me voici" in page
    answer = f"/en/c/teams/{team.id}/requests/{request.id}"
    assert answer in page
    assert "Me voici" in captain.get(answer).text
    gone = captain.post(answer, data={"deed": "accept", "answer": "Welcome"})
    assert gone.location == f"/en/c/teams/{team.id}"
    assert client.get("/en/c/team").location == f"/en/c/teams/{team.id}"
    assert "There is nothing to answer any more" in captain.get(answer).text


def test_what_was_written_stays_when_an_answer_meets_an_obstacle(world: World) -> None:
    competition = world.competition("c")
    team, person = world.team(competition, 3), entry(world, competition)
    request = world.join_request(person, team)
    answer = world.client(team.captain).post(
        f"/en/c/teams/{team.id}/requests/{request.id}",
        data={"deed": "accept", "answer": "Welcome aboard"},
    )
    assert answer.status_code == 422
    assert "This team is full" in answer.text
    assert "Welcome aboard" in answer.text
    assert request.outcome is None


def test_a_request_is_taken_back_by_its_sender_alone(world: World) -> None:
    competition = world.competition("c")
    team, person = world.team(competition), entry(world, competition)
    request = world.join_request(person, team)
    path = f"/en/c/requests/{request.id}/withdrawal"
    assert world.client(world.participant(competition)).post(path).status_code == 404
    client = world.client(person.user)
    assert "Withdraw the request" in client.get("/en/c/teams/board").text
    assert client.post(path).status_code == 302
    assert request.outcome is Outcome.WITHDRAWN


def test_a_request_to_another_team_is_not_found(world: World) -> None:
    competition = world.competition("c")
    team, other = world.team(competition), world.team(competition)
    request = world.join_request(entry(world, competition), other)
    client = world.client(team.captain)
    assert client.get(f"/en/c/teams/{team.id}/requests/{request.id}").status_code == 404
    assert client.get(f"/en/c/teams/{team.id}/requests/none").status_code == 404


def test_a_captain_invites_without_seeing_the_address(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    seeker = world.seeker(entry(world, competition, "Ana"))
    client = world.client(team.captain)
    answer = client.post(f"/en/c/teams/board/{seeker.id}/invitation")
    assert answer.location == "/en/c/teams/board?show=people"
    [invitation] = db.session.scalars(select(Invitation))
    [letter] = db.session.scalars(select(Letter))
    assert (letter.name, letter.address) == ("team_invitation", seeker.registration.user.email)
    for path in ("/en/c/teams/board", f"/en/c/teams/{team.id}/invitations"):
        page = client.get(path).text
        assert marked("Ana") in page
        assert seeker.registration.user.email not in page
    assert "Invited" in client.get("/en/c/teams/board").text
    assert client.post(f"/en/c/teams/board/{seeker.id}/invitation").status_code == 409
    joined = world.client(seeker.registration.user).post(
        f"/en/c/invitations/{invitation.token}/acceptance"
    )
    assert joined.status_code == 302


def test_when_teams_are_closed_the_board_can_still_be_read_and_left(world: World) -> None:
    competition = world.competition("c")
    seeker = world.seeker(entry(world, competition))
    world.set_gates(competition, "closed", Gate.TEAM_CHANGES)
    client = world.client(seeker.registration.user)
    page = client.get("/en/c/teams/board")
    assert page.status_code == 200
    assert "Edit my notice" not in page.text
    assert client.get("/en/c/teams/board/looking").status_code == 403
    assert client.post("/en/c/teams/board/looking/end").status_code == 302


def test_organizers_see_the_requests_of_a_team(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    request = world.join_request(entry(world, competition, "Ana"), team)
    page = world.client(world.organizer(competition)).get(f"/en/c/manage/teams/{team.id}").text
    assert marked("Ana") in page
    assert f"/requests/{request.id}" not in page


def test_the_board_costs_the_same_for_one_and_for_many(app: Flask, world: World) -> None:
    competition = world.competition("c")
    skill, challenge = world.expertise(competition), world.challenge(competition)
    team = world.team(competition)
    world.vacancy(team, skills=[skill])
    person = world.participant(competition)
    own = world.seeker(registration_of(person, competition), skills=[skill], interests=[challenge])
    client, captain = world.client(person), world.client(team.captain)

    def costs() -> list[int]:
        return [
            cost(app, browser, f"/en/c/teams/board?show={show}")
            for browser in (client, captain)
            for show in ("teams", "people")
        ]

    few = costs()
    for _ in range(3):
        other = world.team(competition, challenge=challenge)
        world.vacancy(other, skills=[skill])
        world.seeker(entry(world, competition), skills=[skill], interests=[challenge])
        world.join_request(own.registration, other)
    own_requests = costs()
    assert own_requests == few
    for _ in range(3):  # whom one can still ask
        world.vacancy(world.team(competition, challenge=challenge), skills=[skill])
    assert costs() == few


def test_a_teams_page_costs_the_same_for_one_and_for_many_requests(
    app: Flask, world: World
) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    world.join_request(entry(world, competition), team)
    captain, organizer = world.client(team.captain), world.client(world.organizer(competition))
    pages = ((captain, f"/en/c/teams/{team.id}"), (organizer, f"/en/c/manage/teams/{team.id}"))
    few = [cost(app, browser, path) for browser, path in pages]
    for _ in range(3):
        world.join_request(entry(world, competition), team)
    assert [cost(app, browser, path) for browser, path in pages] == few
