"""What teams are asked, and who reads it."""

import re
from html import unescape
from typing import Any

import pytest

from hackathon.extensions import db
from hackathon.questions.models import Kind, Questionnaire
from hackathon.teams.queries import team_answers_of
from tests.counting import cost
from tests.world import World

TEAM = {"questionnaire": Questionnaire.TEAM}


def test_any_member_answers_for_the_challenge_of_the_team(world: World) -> None:
    competition = world.competition("c")
    team, challenge = world.team(competition), world.challenge(competition)
    question = world.question(competition, **TEAM, challenge_id=challenge.id)
    path, data = f"/en/c/teams/{team.id}", {f"q_{question.key}": "our answer"}
    member = world.client(team.members[1])
    assert "Questions for your team" not in member.get(path).text
    member.post(f"{path}/answers", data=data)
    assert team.answers == []
    team.challenge = challenge
    assert "Questions for your team" in member.get(path).text
    assert member.post(f"{path}/answers", data=data).location == path
    assert [row.value for row in team.answers] == ["our answer"]
    assert (
        "our answer"
        in world.client(world.organizer(competition)).get("/en/c/manage/team-answers.csv").text
    )
    # Another challenge hides the answer; coming back brings it again.
    team.challenge = world.challenge(competition)
    assert [each.row for each in team_answers_of(team) if each.row is None] == []


def hidden(page: str) -> dict[str, str]:
    """What a form carries unseen."""
    found = re.findall(r'name="(seen|before)" type="hidden" value="([^"]*)"', page)
    assert len(found) == 2
    return {name: unescape(value) for name, value in found}


def test_two_members_with_the_same_page_lose_nothing(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition, 2)
    one, other = (world.question(competition, **TEAM) for _ in range(2))
    several = world.question(competition, Kind.SEVERAL, "a", "b", **TEAM)
    path = f"/en/c/teams/{team.id}/answers"
    ana, luc = (world.client(person) for person in team.members)
    drawn = hidden(ana.get(path).text)

    def names(*values: Any) -> dict[str, Any]:
        return {f"q_{q.key}": v for q, v in zip((one, other, several), values, strict=True)}

    def answers() -> dict[str, Any]:
        db.session.expire_all()
        return {row.question_id.hex: row.value for row in team.answers}

    choice = several.options[0].key
    assert ana.post(path, data=names("Ana's", "", [choice]) | drawn).status_code == 302
    # Luc's page is older: what he left empty stays, what he wrote is added.
    assert luc.post(path, data=names("", "Luc's", []) | drawn).status_code == 302
    assert answers() == {one.key: "Ana's", other.key: "Luc's", several.key: [choice]}
    # He writes over hers: he sees hers first, and keeps his own words.
    refused = luc.post(path, data=names("Luc's too", "Luc's", []) | drawn)
    assert refused.status_code == 422
    text = unescape(refused.text)
    assert "Somebody else has answered this meanwhile: “Ana's”" in text
    assert 'value="Luc\'s too"' in text
    assert text.count('aria-invalid="true"') == 1
    assert answers()[one.key] == "Ana's"
    again = luc.post(path, data=names("Luc's too", "Luc's", []) | hidden(refused.text))
    assert again.status_code == 302
    assert answers() == {one.key: "Luc's too", other.key: "Luc's", several.key: [choice]}
    # Taking an answer away is an answer too.
    fresh = hidden(ana.get(path).text)
    assert ana.post(path, data=names("", "Luc's", []) | fresh).status_code == 302
    assert answers() == {other.key: "Luc's"}


@pytest.mark.parametrize("before", ["", "[]", "{", "null", '{"x": 1}', "1" * 5000])
def test_marks_that_were_altered_are_no_marks(world: World, before: str) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    question = world.question(competition, **TEAM)
    client = world.client(team.captain)
    data = {f"q_{question.key}": "word", "before": before}
    assert client.post(f"/en/c/teams/{team.id}/answers", data=data).status_code == 302
    assert [row.value for row in team.answers] == ["word"]


@pytest.mark.parametrize("shown", [True, False])
def test_mentors_and_judges_read_what_is_shown_to_them(world: World, shown: bool) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    readers = ["mentors", "judges"] if shown else []
    ours = world.question(competition, **TEAM, shown_to=readers)
    mine = world.question(competition, Kind.FILE, shown_to=readers)
    entry = team.memberships[1].registration
    world.team_answer(team, ours, "for the readers")
    world.answer(entry, mine, world.sent())
    mentor, judge = world.mentor(competition, team), world.judge(competition)
    review = world.review(judge, world.submission(team))
    for user, path in [(mentor.user, "mentors/me/teams"), (judge.user, f"judging/{review.id}")]:
        client = world.client(user)
        page = client.get(f"/en/c/{path}").text
        assert ("for the readers" in page, "letter.pdf" in page) == (shown, shown)
        with client.get(f"/en/c/registrations/{entry.id}/answers/{mine.id}") as file:
            assert file.status_code == (200 if shown else 403)


def test_the_pages_cost_the_same_for_one_and_for_many(world: World) -> None:
    competition = world.competition("c")
    teams = [world.team(competition, 3) for _ in range(3)]
    mentor = world.mentor(competition, teams[0], capacity=5)
    field = world.question(competition, Kind.ONE, "a", "b", shown_to=["mentors"])

    def answered(team: Any) -> None:
        for place in team.memberships:
            world.answer(place.registration, field, "a")

    answered(teams[0])
    before = cost(world.app, world.client(mentor.user), "/en/c/mentors/me/teams")
    second = world.mentor(competition, *teams, capacity=5)
    for team in teams[1:]:
        answered(team)
    assert cost(world.app, world.client(second.user), "/en/c/mentors/me/teams") == before
