"""What is asked in one question about a person is what every room would answer by itself."""

import pytest
from flask import Flask, g

from hackathon.extensions import db
from hackathon.ground.remember import forget_answers
from hackathon.standing import _meet
from tests.counting import cost
from tests.world import ROLES, Story, World


@pytest.mark.parametrize("role", [role for role in ROLES if role != "visitor"])
def test_what_is_foretold_is_what_the_rooms_say(app: Flask, world: World, role: str) -> None:
    story = Story(world)
    story.world.gallery(story.competition)
    story.things["judge"].dismissed_at = story.competition.published_at
    db.session.flush()
    person, elsewhere = story.people[role], world.competition("somewhere-else")
    for competition in (story.competition, elsewhere):
        with app.test_request_context():
            forget_answers()
            _meet(person, competition)
            told = dict(g.answers)
        for (question, *keys), answer in told.items():
            things = (person, competition)[2 - len(keys) :]
            assert question(*things) == answer, question.__name__
        assert {question.__name__ for question, *_ in told} == {
            *("organizes", "entry_of", "membership_of", "mentor_of", "judge_of"),
            *("chosen_gallery", "poll_of", "offers_pack", "offers_data"),
        }


@pytest.mark.parametrize("role", ["participant", "captain", "member of another team"])
def test_a_page_with_a_menu_asks_few_questions(app: Flask, world: World, role: str) -> None:
    story = Story(world)
    client = story.client(role)
    db.session.expunge_all()
    costs = {path: cost(app, client, f"/en/the-competition/{path}") for path in ("dates", "rules")}
    assert costs == {"dates": 5, "rules": 7}
