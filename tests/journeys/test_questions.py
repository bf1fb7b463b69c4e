"""Questions that follow others, shown and hidden as answers are given."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from hackathon.extensions import db
from hackathon.questions.models import Kind
from hackathon.registrations.queries import registration_of
from tests.browser import Person, Site
from tests.world import World

pytestmark = pytest.mark.browser


def test_a_file_sent_before_is_an_answer(site: Site, someone: Callable[..., Person]) -> None:
    with site.app.app_context():
        world = World(site.app)
        competition = world.competition("the-jam")
        user = world.participant(competition)
        sent = world.question(competition, Kind.FILE)
        follower = world.question(competition, parent_id=sent.id)
        world.answer(registration_of(user, competition), sent, world.sent())
        db.session.commit()
        address, name = user.email, f"q_{follower.key}"
    person = someone()
    person.signs_in(address)
    person.goes_to("/the-jam/registration/answers")
    field = person.page.locator(f"[name={name}]")
    expect(field).to_be_visible()
    person.page.get_by_label("Take this file away").check()
    expect(field).to_be_hidden()
