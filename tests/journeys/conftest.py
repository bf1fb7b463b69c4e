"""A site, a browser, and people who walk."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import Person, Site, launch


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    site = Site(tmp_path, monkeypatch)
    yield site
    site.close()


@pytest.fixture
def someone(site: Site, browser: Browser) -> Iterator[Callable[..., Person]]:
    """Makes people; at the end none of their pages may have complained."""
    people: list[Person] = []

    def make(**how: Any) -> Person:
        people.append(Person(site, browser, **how))
        return people[-1]

    yield make
    for person in people:
        assert person.errors == []
        person.context.close()
