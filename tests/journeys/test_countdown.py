"""The time left, by the server's clock, where the device's is wrong; and what is read aloud."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from tests.browser import Person, Site
from tests.world import World

pytestmark = pytest.mark.browser

HEARD = """
window.heard = [];
new MutationObserver(() => window.heard.push(document.getElementById("status").textContent))
  .observe(document.getElementById("status"), { childList: true });
"""


@pytest.fixture
def closes_at(site: Site) -> Iterator[datetime]:
    """A competition in which registration alone is announced, for two days and five seconds."""
    with site.app.app_context():
        competition = World(site.app).competition("the-jam")
        for window in list(competition.windows):
            if window.gate is not Gate.REGISTRATION:
                competition.windows.remove(window)
        window = competition.windows[0]
        window.closes_at = datetime.now(UTC) + timedelta(days=2, seconds=30)
        moment = window.closes_at
        db.session.commit()
        db.session.remove()
    yield moment


def left(page: Page) -> str:
    return " ".join(page.locator(".countdown").first.inner_text().split())


@pytest.mark.parametrize("wrong", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=400)])
def test_a_wrong_device_clock_changes_nothing(
    site: Site, someone: Callable[..., Person], closes_at: datetime, wrong: timedelta
) -> None:
    person = someone()
    person.page.clock.install(time=datetime.now(UTC) + wrong)
    person.goes_to("/the-jam/dates")
    assert left(person.page) == "2 days 0 hours 0 minutes"
    # Going back shows the page from memory or anew: the time left is right either way.
    person.page.clock.fast_forward(1_000)
    person.goes_to("/the-jam/rules")
    person.page.go_back()
    assert left(person.page) == "2 days 0 hours 0 minutes"


@pytest.mark.parametrize(
    "language, said",
    [
        (
            "en",
            [
                "Registration: 1 day left",
                "Registration: 1 hour left",
                "Registration: 10 minutes left",
                "Registration: 1 minute left",
                "Registration: Closed",
            ],
        ),
        (
            "fr",
            [
                "Inscription\u00a0: il reste 1\u00a0jour",
                "Inscription\u00a0: il reste 1\u00a0heure",
                "Inscription\u00a0: il reste 10\u00a0minutes",
                "Inscription\u00a0: il reste 1\u00a0minute",
                "Inscription\u00a0: Fermé",
            ],
        ),
    ],
)
def test_what_a_screen_reader_hears(
    site: Site,
    someone: Callable[..., Person],
    closes_at: datetime,
    language: str,
    said: list[str],
) -> None:
    person = someone(language=language)
    page: Any = person.page
    page.clock.install(time=datetime.now(UTC) + timedelta(hours=1))
    person.goes_to("/the-jam/dates")
    assert page.locator(".countdown").first.get_attribute("aria-hidden") == "true"
    assert page.locator("#status").get_attribute("role") == "status"
    page.evaluate(HEARD)
    page.clock.run_for(5_000)
    assert page.evaluate("heard") == []  # nothing at first, nothing from second to second
    for hours in (24.1, 23.2, 0.6, 0.095):
        page.clock.fast_forward(int(hours * 3_600_000))
        page.clock.run_for(2_000)
    page.clock.run_for(180_000)
    assert page.evaluate("heard") == said
    assert left(page) == said[-1].split(": ")[-1].split("\u00a0: ")[-1]
