"""A judge scores a sample on the phone before anything else, and reads where they stand."""

from collections.abc import Callable

import pytest

from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.judging.scoring import field_of
from tests.browser import PHONE, Person, Site
from tests.world import World

pytestmark = pytest.mark.browser


def test_a_sample_comes_first_on_the_phone(site: Site, someone: Callable[..., Person]) -> None:
    with site.app.app_context():
        world = World(site.app)
        competition = world.competition("the-jam")
        criteria = [world.criterion(competition) for _ in range(2)]
        fields = [field_of(criterion.id) for criterion in criteria]
        first = criteria[0].name.en
        sample = world.sample(competition, required_at=now())
        for _ in range(3):
            world.sample_review(world.judge(competition), sample, 2, 3)
        judge = world.judge(competition)
        email = judge.user.email
        team = world.team(competition, name="ada", name_key="ada")
        review = f"/the-jam/judging/{world.review(judge, world.submission(team)).id}"
        title, address = sample.title.en, f"/the-jam/judging/samples/{sample.id}"
        db.session.commit()
        db.session.remove()

    ana = someone(viewport=PHONE)
    ana.signs_in(email)
    ana.goes_to(review)
    assert ana.sees("First, a sample")
    assert ana.page.locator("[data-levels]").count() == 0
    ana.goes_to("/the-jam/judging")
    ana.page.get_by_role("link", name=title).click()
    ana.page.wait_for_url(f"**{address}")
    saved = ana.page.locator("[data-draft-state] [data-state=saved]")
    ana.page.locator(f".level:has([name='{fields[0]}'][value='4'])").click()
    saved.wait_for(state="visible")
    ana.presses("Complete the sample")
    ana.page.locator(".field-error", has_text="Choose a level.").wait_for()
    ana.page.locator(f"[name='{fields[1]}'][value='1']").focus()
    ana.page.keyboard.press("3")
    ana.presses("Complete the sample")
    ana.page.get_by_role("heading", name="Where you stand").wait_for()
    assert ana.sees(f"You scored at least 2 levels above the others on {first}.")
    assert ana.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    ana.goes_to(review)
    assert ana.page.locator("[data-levels]").count() == 2
