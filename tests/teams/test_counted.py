"""One page for organizers: what people and what teams answered, counted."""

from typing import Any

from flask import Flask

from hackathon.questions.models import Kind, Questionnaire
from hackathon.registrations.queries import registration_of
from tests.counting import cost
from tests.world import World

PAGE = "/en/c/manage/answers"
OURS = {"questionnaire": Questionnaire.TEAM}


def test_both_questionnaires_on_one_page(world: World) -> None:
    competition = world.competition("c")
    field = world.question(competition, Kind.ONE, "study", "work", personal=False)
    size = world.question(competition, Kind.NUMBER, **OURS, personal=False)
    secret = world.question(competition, Kind.COUNTRY, **OURS)
    team, other = world.team(competition), world.team(competition)
    world.answer(registration_of(team.members[0], competition), field, "study")
    world.team_answer(team, size, 3)
    world.team_answer(other, size, 6)
    world.team_answer(team, secret, "IS")
    client = world.client(world.organizer(competition))
    page = client.get(PAGE).text
    assert "1 of 4 who are asked have answered." in page
    assert "2 of 2 who are asked have answered." in page
    assert "4.5" in page
    assert "Not told apart, since that would show what few people answered." in page
    table = client.get("/en/c/manage/answers-counted.csv").text
    for text in (page, table):
        assert "Iceland" not in text
    assert "One of several,4,1,⟦study⟧,1" in table
    assert "Numeric value,2,2,Median,4.5" in table
    assert client.get("/fr/c/manage/answers").status_code == 200


def test_who_lacks_it_can_be_teams(world: World) -> None:
    competition = world.competition("c")
    question = world.question(competition, required=True, **OURS)
    team, silent = world.team(competition), world.team(competition)
    world.team_answer(team, question, "here")
    client = world.client(world.organizer(competition))
    path = f"{PAGE}/{question.id}/lacking"
    assert path in client.get(PAGE).text
    page = client.get(path).text
    assert (silent.name in page, team.name in page) == (True, False)


def test_a_teams_question_of_one_challenge_is_asked_of_its_teams(world: World) -> None:
    competition = world.competition("c")
    challenge = world.challenge(competition)
    world.question(competition, **OURS, challenge_id=challenge.id)
    team = world.team(competition)
    world.team(competition)
    team.challenge = challenge
    page = world.client(world.organizer(competition)).get(PAGE).text
    assert "0 of 1 who are asked have answered." in page


def test_the_page_costs_the_same_for_one_and_for_many(app: Flask, world: World) -> None:
    competition = world.competition("c")
    kinds: list[Any] = [Kind.ONE, Kind.COUNTRY, Kind.NUMBER]
    asked = [
        world.question(competition, kind, *(["a"] if kind is Kind.ONE else []), **of)
        for kind in kinds
        for of in ({}, OURS)
    ]

    def answered() -> None:
        team = world.team(competition)
        entry = registration_of(team.members[0], competition)
        for question in asked:
            value = {"one": "a", "country": "FR", "number": 1}[question.kind]
            if question.questionnaire is Questionnaire.TEAM:
                world.team_answer(team, question, value)
            else:
                world.answer(entry, question, value)

    client = world.client(world.organizer(competition))
    answered()
    before = [cost(app, client, path) for path in (PAGE, "/en/c/manage/answers-counted.csv")]
    for _ in range(4):
        answered()
    world.question(competition, Kind.SEVERAL, "a", "b")
    after = [cost(app, client, path) for path in (PAGE, "/en/c/manage/answers-counted.csv")]
    assert after == before
