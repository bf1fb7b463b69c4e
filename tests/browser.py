"""A real site and a real browser for the journeys.

`Site` serves the application on loopback from a file database, with tokens checked as in
production, and a clock that the journey moves. `Person` is someone with a browser of their own.
"""

import re
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, Playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from hackathon import create_app
from hackathon.extensions import db
from hackathon.ground import clock
from hackathon.ground.model import Model
from hackathon.post.models import Letter
from hackathon.worker import do_what_is_due
from tests.conftest import settings_for
from tests.world import PASSWORD

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
]
PHONE = {"width": 375, "height": 812}
DESKTOP = {"width": 1280, "height": 900}


def on_the_whole_page(look: Callable[..., Any]) -> Callable[..., Any]:
    """A look at once, which waits for nothing, taken when all of the page has come.

    A click returns when the next page has begun to come: on a busy machine, with half its form.
    """

    @wraps(look)
    def waiting(locator: Locator, *args: Any, **options: Any) -> Any:
        locator.page.wait_for_load_state("domcontentloaded")
        return look(locator, *args, **options)

    return waiting


for name in ("all", "count", "all_inner_texts", "all_text_contents", "evaluate_all", "is_visible"):
    setattr(Locator, name, on_the_whole_page(getattr(Locator, name)))


def launch(playwright: Playwright) -> Browser:
    """Chromium from the system, or a skip where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium")
    return playwright.chromium.launch(executable_path=path, args=FLAGS)


class MovedClock(datetime):
    """The present, moved by what the journey says."""

    moved = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.moved


class Site:
    """The application, served on a free port of this machine."""

    def __init__(self, data_dir: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> None:
        monkeypatch.setattr(clock, "datetime", MovedClock)
        MovedClock.moved = timedelta()
        self.app: Flask = create_app(
            settings_for(f"sqlite:///{data_dir / 'site.sqlite3'}", data_dir, **settings)
        )
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.app.config["BASE_URL"] = self.address
        with self.app.app_context():
            Model.metadata.create_all(db.engine)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def move_to(self, moment: datetime) -> None:
        """Let the site believe that it is this moment, and do what has fallen due."""
        MovedClock.moved = moment - datetime.now(UTC)
        self.work()

    def work(self) -> None:
        """What the worker does."""
        with self.app.app_context():
            while do_what_is_due():
                pass
            db.session.remove()

    def letters_to(self, address: str) -> list[Letter]:
        """What has arrived, the newest first."""
        self.work()
        with self.app.app_context():
            letters = db.session.scalars(
                select(Letter)
                .where(Letter.address == address, Letter.sent_at.is_not(None))
                .order_by(Letter.created_at.desc(), Letter.id.desc())
            ).all()
            db.session.expunge_all()
        return list(letters)

    def link_for(self, address: str, name: str) -> str:
        """The first link of the newest letter of that name."""
        letter = next(letter for letter in self.letters_to(address) if letter.name == name)
        found = re.search(rf"{re.escape(self.address)}\S+", letter.text)
        assert found, letter.text
        return found[0]


class Person:
    """Someone with a browser: what they do is said in the words of the page."""

    def __init__(
        self,
        site: Site,
        browser: Browser,
        language: str = "en",
        viewport: dict[str, int] | None = None,
        *,
        scripts: bool = True,
    ) -> None:
        self.site = site
        self.language = language
        self.context = browser.new_context(
            viewport=viewport or DESKTOP,  # type: ignore[arg-type]
            locale={"en": "en-CA", "fr": "fr-CA"}[language],
            java_script_enabled=scripts,
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(30_000)  # a cold page on a busy machine
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda m: self.errors.append(m.text) if "Content Security" in m.text else None,
        )

    def goes_to(self, path: str) -> None:
        address = path if path.startswith("http") else f"{self.site.address}/{self.language}{path}"
        self.page.goto(address)

    def sees(self, text: str) -> bool:
        self.page.get_by_text(text).first.wait_for(state="attached")
        return True

    def fills(self, **fields: str) -> None:
        """By the field's name."""
        for name, value in fields.items():
            self.page.locator(f"main [name='{name}']").fill(value)

    def presses(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click()

    def submits(self) -> None:
        """The page's own form, by its main button."""
        self.page.locator("main form button[type=submit]").first.click()

    def follows(self, label: str) -> None:
        self.page.get_by_role("link", name=label).first.click()

    def signs_in(self, email: str, password: str = PASSWORD) -> None:
        self.goes_to("/account/sign-in")
        self.fills(email=email, password=password)
        self.submits()
        self.page.wait_for_url(re.compile("/home"))

    def fits(self) -> bool:
        """Nothing sticks out at the side."""
        widths = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        return bool(widths[0] <= widths[1])
