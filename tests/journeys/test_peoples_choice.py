"""A visitor votes in French on a phone, without a script, and changes their mind; the organizers
see nothing of it before the close, and the counts after it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from tests.browser import PHONE, Person, Site
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def laid(site: Site) -> tuple[str, list[str]]:
    """A vote that is about to be announced: its organizer, and the titles of its projects."""
    with site.app.app_context():
        world = World(site.app)
        competition = world.competition("jam")
        world.set_gates(competition, "closed", *(g for g in Gate if g is not Gate.PUBLIC_VOTE))
        world.set_gates(competition, "upcoming", Gate.PUBLIC_VOTE)
        world.gallery(competition)
        projects = [world.submission(world.team(competition)) for _ in range(3)]
        found = world.organizer(competition).email, [project.title for project in projects]
        db.session.commit()
        db.session.remove()
    return found


def card(person: Person, title: str) -> Locator:
    return person.page.locator("article", has=person.page.get_by_role("heading", name=title))


def test_a_visitor_votes_and_the_organizer_waits(
    site: Site, someone: Callable[..., Person], laid: tuple[str, list[str]]
) -> None:
    organizer_address, titles = laid
    organizer = someone()
    organizer.signs_in(organizer_address)
    organizer.goes_to("/jam/manage/vote")
    organizer.page.get_by_label("Votes for each voter").select_option("2")
    organizer.submits()
    organizer.presses("Announce the people’s choice")
    organizer.sees("The people’s choice is announced.")

    site.move_to(datetime.now(UTC) + timedelta(days=2))
    organizer.goes_to("/jam/manage/vote")
    before = organizer.page.locator("main").inner_text()

    visitor = someone(language="fr", viewport=PHONE, scripts=False)
    visitor.goes_to("/jam/")
    visitor.page.locator("main").get_by_role("link", name="Voter", exact=True).click()
    assert visitor.fits()
    visitor.follows("Voter avec mon adresse courriel")
    visitor.fills(email="lou@example.org")
    visitor.submits()
    visitor.sees("un courriel est en route")
    visitor.goes_to(site.link_for("lou@example.org", "ballot_link"))
    assert visitor.fits()
    visitor.sees("Il vous reste 2 voix.")
    for title in titles[:2]:
        card(visitor, title).get_by_role("button").click()
    visitor.sees("Vous avez donné toutes vos voix.")
    # They change their mind: the third instead of the first.
    card(visitor, titles[0]).get_by_role("button").click()
    card(visitor, titles[2]).get_by_role("button").click()
    assert visitor.page.get_by_text("Votre voix", exact=True).count() == 2

    organizer.goes_to("/jam/manage/vote")
    now = organizer.page.locator("main").inner_text()
    assert [line for line in now.split("\n") if "minute" not in line] == [
        line for line in before.split("\n") if "minute" not in line
    ]
    assert "What came out" not in now

    site.move_to(datetime.now(UTC) + timedelta(days=21))
    organizer.goes_to("/jam/manage/vote")
    if "sign-in" in organizer.page.url:
        organizer.signs_in(organizer_address)
        organizer.goes_to("/jam/manage/vote")
    rows = {
        title: organizer.page.locator("#outcome tr", has_text=title).inner_text()
        for title in titles
    }
    assert "1 (tied)" in rows[titles[1]] and "1 (tied)" in rows[titles[2]]
    assert "—" in rows[titles[0]]
    visitor.goes_to("/jam/vote")
    visitor.sees("Le vote est terminé")
