"""What the judging hour costs, beside a bare control in the same run.

    python -m benchmarks.judging_hour [--database sqlite|postgresql] [--judges 150]
        [--submissions 60] [--each 5] [--clients 1 16 64] [--rounds 2] [--seconds 4] [--hour 30]

Served and measured as in last_ten_minutes.py, from which the parts come: gunicorn, two processes of
eight threads, over loopback, beside a route that reads the same form and makes one durable insert.

The first table is "save one touch of a review", by the door that the page's script uses, with 1,
16 and 64 judges at once, each in reviews of their own; control and site in turn (A B A B). `of
control` is the site's throughput in parts of the control's, `p99 ×` its 99th percentile in
multiples of it.

The second is the hour itself in `--hour` seconds: every judge opens each of their reviews, gives
a level on every criterion, writes, thinks again, completes, and changes one thing more; 64
requests at once at most. In each review the last save is sent a second time, as a line that
breaks would, and the first one comes once more at the end, when its field may say something else:
neither may change anything.

`lost`: what was acknowledged and is not there afterwards, read back from the database. `doubled`:
what a repeated save changed, scores that stand twice, and reviews completed twice in the journal.
Times are in ms; `cpu` is the server's, per request.
"""

import argparse
import asyncio
import json
import secrets
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from hackathon import create_app
from hackathon.extensions import db
from hackathon.ground.merging import fingerprint
from hackathon.ground.model import Model
from hackathon.journal.deeds import Deed
from hackathon.journal.models import Entry
from hackathon.judging.models import Review, Score
from hackathon.judging.scoring import field_of, said
from tests.conftest import settings_for
from tests.world import World

from .last_ten_minutes import (
    Line,
    Measured,
    databases,
    form,
    pressed,
    print_save,
    served,
)

CRITERIA = 4
AT_ONCE = 64
WORDS = "What convinces, what is missing, and what the team could do next. " * 3


@dataclass
class Sheet:
    """A review as its judge's page knows it: what was acknowledged, by field."""

    key: Any
    path: str
    said: dict[str, str]
    number: int = 0
    sent: list[tuple[bytes, str, str]] = field(default_factory=list)  # body, type, field


@dataclass
class Seat:
    """A judge who is signed in, and their reviews."""

    cookie: str
    token: str
    sheets: list[Sheet]
    fields: list[str]
    turn: int = 0

    def next(self) -> Sheet:
        self.turn += 1
        return self.sheets[self.turn % len(self.sheets)]


def laid(app: Flask, judges: int, submissions: int, each: int) -> list[Seat]:
    """A competition in which every judge has `each` submissions to review."""
    seats = []
    with app.app_context():
        Model.metadata.create_all(db.engine)
        world = World(app)
        competition = world.competition("jam", team_max=4)
        names = [field_of(world.criterion(competition, 25).id) for _ in range(CRITERIA)]
        challenge = world.challenge(competition)
        works = [
            world.submission(world.team(competition, 4, challenge=challenge))
            for _ in range(submissions)
        ]
        for number in range(judges):
            judge = world.judge(competition, capacity=each)
            cookie, token = world.cookie(judge.user)
            sheets = []
            for turn in range(each):
                review = world.review(judge, works[(number * each + turn) % submissions])
                path = f"/en/jam/judging/{review.id}"
                start = dict.fromkeys([*names, "comment", "note", "own_note", "complete"], "")
                sheets.append(Sheet(review.id, path, start))
            seats.append(Seat(cookie, token, sheets, names))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return seats


def touch(seat: Seat, sheet: Sheet, name: str, text: str) -> tuple[bytes, str]:
    """One change as the page's script sends it."""
    bases = {f"base-{each}": fingerprint(saved) for each, saved in sheet.said.items()}
    named = {f"touch-{name}": secrets.token_hex(6)}
    return form(csrf_token=seat.token, **bases, **named, **{name: text})


def another(seat: Seat, sheet: Sheet) -> tuple[str, str]:
    """A field and what it says now: a level other than before, or words."""
    sheet.number += 1
    turn = sheet.number % (CRITERIA + 1)
    if turn == CRITERIA:
        return "comment", f"{sheet.number} {WORDS}".strip()
    name = seat.fields[turn]
    before = int(sheet.said[name] or 3)
    return name, str(before % 5 + 1)


async def send(line: Line, seat: Seat, sheet: Sheet, name: str, text: str, kind: str) -> None:
    body, type_ = touch(seat, sheet, name, text)
    answer = await line.ask(
        *(kind, "POST", sheet.path, body),
        **{"Content_Type": type_, "Cookie": seat.cookie, "Accept": "application/json"},
    )
    told = json.loads(answer.body) if answer else {"saved": []}
    if name in told["saved"]:
        sheet.said[name] = text
        sheet.sent.append((body, type_, name))
    elif answer:
        line.errors[f"{kind}: not taken"] += 1


async def save(line: Line, seat: Seat) -> None:
    """One touch more."""
    sheet = seat.next()
    await send(line, seat, sheet, *another(seat, sheet), kind="save")


async def control_save(line: Line, seat: Seat) -> None:
    """The same form to the control."""
    sheet = seat.next()
    name, text = another(seat, sheet)
    body, type_ = form(
        csrf_token=seat.token,
        **{f"base-{each}": fingerprint(saved) for each, saved in sheet.said.items()},
        title=f"{name} {text}",
    )
    await line.ask("save", "POST", "/", body, Content_Type=type_, Cookie=seat.cookie)


async def repeat(line: Line, seat: Seat, sheet: Sheet, which: int) -> None:
    """A save that was acknowledged, once more, as it was: nothing may come of it."""
    body, type_, _name = sheet.sent[which]
    await line.ask(
        *("repeated", "POST", sheet.path, body),
        **{"Content_Type": type_, "Cookie": seat.cookie, "Accept": "application/json"},
    )


def judging_hour(
    port: int, seats: list[Seat], seconds: float, errors: Counter[str]
) -> dict[str, Measured]:
    """Every judge's hour, in so many seconds; at most AT_ONCE requests at a time."""
    took: dict[str, list[float]] = defaultdict(list)
    chance = Random(0)

    async def run(seat: Seat, moments: list[float]) -> None:
        line = Line(port, took, errors)
        steps = plan_of(seat)
        for moment, (sheet, kind) in zip(moments, steps, strict=True):
            await asyncio.sleep(max(0.0, begun + moment - time.perf_counter()))
            async with doing:
                if kind == "open":
                    await line.ask("open", "GET", sheet.path, Cookie=seat.cookie)
                elif kind == "complete":
                    await send(line, seat, sheet, "complete", "yes", "complete")
                elif kind in ("again", "later"):
                    which = -1 if kind == "again" else 0
                    if sheet.sent:
                        await repeat(line, seat, sheet, which)
                else:
                    name, text = (kind, "4") if kind in seat.fields else another(seat, sheet)
                    await send(line, seat, sheet, name, text, "save")

    async def together() -> None:
        nonlocal doing
        doing = asyncio.Semaphore(AT_ONCE)
        runs = []
        for seat in seats:
            number = len(plan_of(seat))
            runs.append(run(seat, sorted(seconds * chance.random() for _ in range(number))))
        await asyncio.gather(*runs)

    doing: Any = None
    begun = time.perf_counter()
    asyncio.run(together())
    spent = time.perf_counter() - begun
    return {kind: Measured(times, spent) for kind, times in took.items()}


def plan_of(seat: Seat) -> list[tuple[Sheet, str]]:
    """What one judge does, review by review: always so many steps."""
    steps: list[tuple[Sheet, str]] = []
    for sheet in seat.sheets:
        steps.append((sheet, "open"))
        steps += [(sheet, name) for name in seat.fields]
        steps += [(sheet, "more")] * 4
        steps += [(sheet, "again"), (sheet, "complete"), (sheet, "more"), (sheet, "later")]
    return steps


def lost_and_doubled(app: Flask, seats: list[Seat]) -> tuple[int, int]:
    """What was acknowledged and is not what is there; what stands or was done twice."""
    lost = doubled = 0
    with app.app_context():
        for seat in seats:
            for sheet in seat.sheets:
                there = said(db.session.get_one(Review, sheet.key))
                for name, text in sheet.said.items():
                    value = there.get(name)
                    lost += fingerprint(value) != fingerprint(text) and not (
                        value is None and text == ""
                    )
        twice = (
            select(func.count())
            .select_from(Score)
            .group_by(Score.review_id, Score.criterion_id)
            .having(func.count() > 1)
        )
        doubled += len(db.session.execute(twice).all())
        completed = db.session.scalar(
            select(func.count()).select_from(Entry).where(Entry.deed == Deed.REVIEW_COMPLETED.value)
        )
        complete = sum(sheet.said["complete"] == "yes" for seat in seats for sheet in seat.sheets)
        doubled += abs((completed or 0) - complete)
        db.session.remove()
        db.engine.dispose()
    return lost, doubled


def measure(kind: str, options: argparse.Namespace) -> None:
    with (
        tempfile.TemporaryDirectory() as temporary,
        databases(kind, Path(temporary)) as (site_database, control_database),
    ):
        settings = settings_for(site_database, Path(temporary), mode="demo")
        app = create_app(settings)
        judges = max([options.judges, *options.clients])
        seats = laid(app, judges, options.submissions, options.each)
        environment = {
            "HACKATHON_MODE": "demo",
            "SECRET_KEY": settings.secret_key,
            "DATA_DIR": temporary,
            "DATABASE_URL": site_database,
            "BASE_URL": settings.base_url,
            "CONTROL": control_database,
        }
        errors: Counter[str] = Counter()
        with (
            served("benchmarks.last_ten_minutes:control()", environment) as bare,
            served("wsgi:app", environment) as site,
        ):
            for clients in options.clients:
                some: Any = seats[:clients]
                plain: Any = [
                    Seat(
                        s.cookie,
                        s.token,
                        [Sheet(x.key, x.path, dict(x.said)) for x in s.sheets],
                        s.fields,
                    )
                    for s in some
                ]
                press: Any = pressed
                press(bare, plain, control_save, 0.5, errors)  # warm
                press(site, some, save, 0.5, errors)
                rounds = [
                    (
                        press(bare, plain, control_save, options.seconds, errors),
                        press(site, some, save, options.seconds, errors),
                    )
                    for _ in range(options.rounds)
                ]
                print_save(kind, clients, rounds)
            begun, cpu = time.monotonic(), site.cpu()
            done = judging_hour(site.port, seats[: options.judges], options.hour, errors)
            spent, cpu = time.monotonic() - begun, site.cpu() - cpu
            for name, each in done.items():
                times = " ".join(f"{each.at(share):7.1f}" for share in (0.5, 0.95, 0.99))
                print(f"{kind:10} {'':7} {name:12} {each.rate:9.1f} {times}")
            every = sum(len(each.took) for each in done.values())
            print(
                f"{kind:10} {every} requests in {spent:.1f} s, {1000 * cpu / every:.1f} ms cpu each"
            )
        lost, doubled = lost_and_doubled(app, seats)
        told = ", ".join(f"{number} × {what}" for what, number in errors.items())
        print(f"{kind}: errors {told or 0}, lost {lost}, doubled {doubled}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the judging hour.")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--judges", type=int, default=150)
    parser.add_argument("--submissions", type=int, default=60)
    parser.add_argument("--each", type=int, default=5, help="reviews of one judge")
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 16, 64])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=4, help="of each round")
    parser.add_argument("--hour", type=float, default=30, help="that the hour takes, in seconds")
    options = parser.parse_args()
    print(
        f"{'database':10} {'clients':>7} {'request':12} {'a second':>9} {'p50':>7} {'p95':>7} "
        f"{'p99':>7} {'cpu':>6} {'of control':>17} {'p99 ×':>15}"
    )
    for kind in options.database or ["sqlite", "postgresql"]:
        measure(kind, options)


if __name__ == "__main__":
    main()
