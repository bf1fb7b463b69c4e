"""What the moment costs at which results come out, and the pages that everybody reads then.

    python -m benchmarks.the_moment [--database sqlite|postgresql] [--teams 200 1000]
        [--clients 64] [--requests 1000] [--rounds 3] [--seconds 1]

The site and a bare control ("hello") are served alike, as in production: gunicorn, two processes of
eight threads, over loopback.

The first table is the server's processor time for each page, in multiples of the control's, taken
in turn (A B A B): median and range of `--rounds`. Signed out, pages are kept; `drawn` is what they
cost in the request that draws them, `signed in` what they cost somebody with a team. At last the
person's own home.

The second is the moment itself: `--clients` ask the page of the results again and again, from a
second before the moment on, until it is a second past and they have asked `--requests` times at the
least. Every page says when it was asked for: `too early` counts what was told before the moment,
`too late` what was not told after it, and `errors` what was neither 200 nor 404. Times are in ms.
"""

import argparse
import asyncio
import re
import tempfile
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask

from benchmarks.last_ten_minutes import Answer, Line, Measured, Server, databases, served
from hackathon import create_app
from hackathon.extensions import db
from hackathon.ground.model import Model
from hackathon.results.models import Announcement, Grade
from tests.conftest import settings_for
from tests.world import World, both

CHALLENGES = 3
HONOURS = 12
PAGES = {
    "home": "/en/jam/",
    "agenda": "/en/jam/agenda",
    "gallery": "/en/jam/projects",
    "results": "/en/jam/results",
}
HOME = "/en/home"
SECRET = "honour"


def hello() -> Flask:
    """The least that a web application can answer."""
    app = Flask("hello")
    app.add_url_rule("/", "hello", lambda: "Hello")
    return app


def laid(app: Flask, teams: int) -> tuple[Any, str]:
    """A competition with so many projects on show; its announcement, and somebody's cookie."""
    with app.app_context():
        Model.metadata.create_all(db.engine)
        world = World(app)
        competition = world.competition("jam", gates="closed")
        challenges = [world.challenge(competition) for _ in range(CHALLENGES)]
        for number in range(teams):
            team = world.team(competition, challenge=challenges[number % CHALLENGES])
            work = world.submission(team)
            if number < HONOURS:
                grade = Grade.WINNER if number < CHALLENGES else Grade.OUTSTANDING
                world.honour(work, grade).citation = both(f"{SECRET} {number}")
        for _ in range(60):
            world.session(competition)
        world.gallery(competition)
        announcement = world.announcement(competition, datetime.now(UTC) - timedelta(hours=1))
        cookie, _token = world.cookie(team.captain)
        db.session.commit()
        key = announcement.id
        db.session.remove()
        db.engine.dispose()
    return key, cookie


def publish_at(app: Flask, key: Any, moment: datetime) -> None:
    with app.app_context():
        db.session.get_one(Announcement, key).publish_at = moment
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


# -- what a page costs -------------------------------------------------------------------------


def cpu_of(
    server: Server, path: str, seconds: float, *, anew: bool = False, **headers: str
) -> float:
    """Processor time of one answer, from asking one after the other for so long; `anew`, each time
    by another address, so that no page is there yet."""
    took: dict[str, list[float]] = defaultdict(list)
    errors: Counter[str] = Counter()

    async def ask() -> None:
        line = Line(server.port, took, errors)
        for _ in range(8):  # both processes know the page
            await line.ask("warm", "GET", path, **headers)
        nonlocal begun
        begun = server.cpu()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            await line.ask(
                "page", "GET", f"{path}?{len(took['page'])}" if anew else path, **headers
            )

    begun = 0.0
    asyncio.run(ask())
    if errors:
        raise RuntimeError(f"{path}: {dict(errors)}")
    return (server.cpu() - begun) / len(took["page"])


def costs(kind: str, teams: int, bare: Server, site: Server, cookie: str, options: Any) -> None:
    signed_in = {"Cookie": cookie}
    ways: dict[str, dict[str, Any]] = {
        "signed out": {},
        "drawn": {"anew": True},
        "signed in": signed_in,
    }
    measured = [(page, path, *way) for page, path in PAGES.items() for way in ways.items()]
    for page, path, way, how in [*measured, ("own home", HOME, "signed in", signed_in)]:
        ratios = []
        for _ in range(options.rounds):
            least = cpu_of(bare, "/", options.seconds)
            ratios.append(cpu_of(site, path, options.seconds, **how) / least)
        print(
            f"{kind:10} {teams:6} {page:8} {way:11} {median(ratios):7.1f} × hello "
            f"({min(ratios):.1f}–{max(ratios):.1f})",
            flush=True,
        )


# -- the moment --------------------------------------------------------------------------------


def across(server: Server, moment: datetime, options: Any) -> tuple[Measured, Counter[str]]:
    """Everybody asks from before the moment until after it."""
    took: dict[str, list[float]] = defaultdict(list)
    found: Counter[str] = Counter()

    async def ask() -> None:
        line = Patient(server.port, took, Counter())
        while datetime.now(UTC) < moment + timedelta(seconds=1) or (
            len(took["page"]) < options.requests
        ):
            answer = await line.ask("page", "GET", PAGES["results"])
            status = answer.headers["status"] if answer else ""
            page = answer.body.decode() if answer else ""
            asked_at = re.search(r'data-now="([^"]+)"', page)
            told = page.count(f"⟦{SECRET} ")
            if status not in ("200", "404") or asked_at is None:
                found["errors"] += 1
            elif datetime.fromisoformat(asked_at[1]) < moment:
                found["before"] += 1
                found["too early"] += bool(told) or status == "200"
            else:
                found["after"] += 1
                found["too late"] += told != HONOURS

    async def together() -> None:
        await asyncio.gather(*(ask() for _ in range(options.clients)))

    cpu, begun = server.cpu(), time.perf_counter()
    asyncio.run(together())
    spent = time.perf_counter() - begun
    pages = took["page"]
    return Measured(pages, spent, (server.cpu() - cpu) / max(1, len(pages))), found


class Patient(Line):
    """To whom a page that is not there is an answer, too."""

    async def answer(self, reader: asyncio.StreamReader) -> Answer:
        answer = await super().answer(reader)
        answer.headers["status"] = str(answer.status)
        answer.status = 200
        return answer


def measure(kind: str, teams: int, options: Any) -> None:
    with (
        tempfile.TemporaryDirectory() as temporary,
        databases(kind, Path(temporary)) as (database, control),
    ):
        settings = settings_for(
            *(database, Path(temporary)),
            mode="production",
            base_url="https://hackathon.example",
            mail_url="smtp://127.0.0.1:25",
        )
        app = create_app(settings)
        key, cookie = laid(app, teams)
        environment = {
            "HACKATHON_MODE": settings.mode,
            "SECRET_KEY": settings.secret_key,
            "DATA_DIR": temporary,
            "DATABASE_URL": database,
            "BASE_URL": settings.base_url,
            "MAIL_URL": settings.mail_url,
            "MAIL_FROM": settings.mail_from,
            "CONTROL": control,
        }
        with (
            served("benchmarks.the_moment:hello()", environment) as bare,
            served("wsgi:app", environment) as site,
        ):
            costs(kind, teams, bare, site, cookie, options)
            moment = datetime.now(UTC) + timedelta(seconds=2)
            publish_at(app, key, moment)
            time.sleep(1)
            done, found = across(site, moment, options)
        print(
            f"{kind:10} {teams:6} the moment: {found['before']} before, {found['after']} after, "
            f"too early {found['too early']}, too late {found['too late']}, "
            f"errors {found['errors']}; {done.rate:.0f} a second, "
            + ", ".join(f"p{s:.0%}"[:-1] + f" {done.at(s):.0f}" for s in (0.5, 0.95, 0.99))
            + f" ms, {1000 * done.cpu:.2f} ms cpu each",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the moment at which results come out.")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--teams", type=int, nargs="*", default=[200, 1000])
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1, help="of each round")
    options = parser.parse_args()
    for kind in options.database or ["sqlite", "postgresql"]:
        for teams in options.teams:
            measure(kind, teams, options)


if __name__ == "__main__":
    main()
