"""The competition's clock, and the reader's own beside it."""

from collections.abc import Callable

import pytest

from hackathon.extensions import db
from tests.browser import Person, Site
from tests.world import World

pytestmark = pytest.mark.browser


def test_the_readers_own_hour(site: Site, someone: Callable[..., Person]) -> None:
    with site.app.app_context():
        world = World(site.app)
        world.competition("the-jam")
        far, near = world.person(zone="America/Vancouver"), world.person(zone="America/Toronto")
        db.session.commit()
        addresses = far.email, near.email
    west, east = someone(), someone()
    for person, address in zip((west, east), addresses, strict=True):
        person.signs_in(address)
        person.goes_to("/the-jam/dates")
    shown = west.page.locator(".local-time").first.inner_text()
    assert "where you are" in shown
    assert "UTC−" in shown
    assert east.page.locator(".local-time").count() == 0  # the same hour needs no saying twice
