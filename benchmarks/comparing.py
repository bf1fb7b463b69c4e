"""Judging by comparing: our choice of pairs and our strengths against Gavel's, at the same visits.

    python -m benchmarks.comparing [--events 150] [--seed 0] [--only accuracy time load]
        [--database sqlite|postgresql] [--clients 1 16 64] [--seconds 4] [--answers 8] [--hour 40]

The events are those of `benchmarks.judging`: 60 projects in 3 challenges and 15 judges, who look at
18 projects each, or at 36. Each compares what they see with the project before. "Cannot say" means
that both seem alike within a third of a standard deviation of quality; Gavel knows no such answer.
`visits` is the largest difference between two projects of one event. Targets stand beside what was
measured; ± is one standard error.

`load`: the site behind gunicorn, served and measured as in last_ten_minutes.py, from which the
parts come, beside a route that reads the same form and makes one durable insert. First 1, 16 and 64
judges answer as fast as they are answered, by the pages of the site: `save` is the answer alone,
`cpu` and the rate hold the page before it too. Then 150 judges at 60 tables answer every few
seconds, 64 requests at once at most; every seventh answer is sent twice, as a line that breaks
would. Afterwards it is read back from the database: `lost` is what was acknowledged and is not
there, `doubled` what is there more often than it was said, and judges at two tables.
"""

import argparse
import asyncio
import re
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from flask import Flask
from sqlalchemy import func, select

from hackathon import create_app
from hackathon.comparisons.models import Call, Visit
from hackathon.comparisons.pairing import Table, next_project, outdated
from hackathon.comparisons.queries import visits_of
from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.ground.model import Model
from hackathon.judging.strength import Comparison, Fit, Outcome, Said, fit, standings
from tests.conftest import settings_for
from tests.world import World

from .judging import VISITS, best, tau, told
from .jury import CHALLENGE, JUDGES, KINDS, SUBMISSIONS, Event, Floats, simulate
from .last_ten_minutes import (
    Line,
    Measured,
    databases,
    form,
    pressed,
    print_last_ten_minutes,
    print_save,
    served,
)
from .rivals import gavel

ALIKE = 1 / 3
GROUPS = dict(enumerate(CHALLENGE.tolist()))


# -- accuracy ----------------------------------------------------------------------------------


def walk(event: Event, visits: int, alike: float) -> tuple[list[Comparison], int]:
    """Judges go in turn where the product sends them; the answers, and how fair the visits were."""
    barred = {(each.judge, each.submission) for each in event.conflicts}
    seen = np.zeros(SUBMISSIONS, dtype=int)
    ways: list[list[int]] = [[] for _ in range(JUDGES)]
    answers: list[Comparison] = []
    known: Fit | None = None
    reckoned = 0
    for visit in range(visits):
        judge = visit % JUDGES
        own = ways[judge]
        there = [way[-1] for other, way in enumerate(ways) if other != judge and way]
        tables = [
            Table(s, int(seen[s]), there.count(s), over=s in own)
            for s in range(SUBMISSIONS)
            if (judge, s) not in barred
        ]
        if answers and (
            known is None or outdated(len(answers) - reckoned, len(answers), SUBMISSIONS)
        ):
            known, reckoned = fit(answers, near=known), len(answers)
        before = own[-1] if own else None
        project = next_project(tables, before=before, fit=known, lot=(event.seed, judge))
        if project is None:
            continue
        if before is not None:
            lead = event.seen[project, judge] - event.seen[before, judge]
            said = Said.LATER if lead > 0 else Said.EARLIER
            if abs(lead) < alike * event.spread[judge]:
                said = Said.NEITHER
            answers.append(Comparison(judge, before, project, said))
        own.append(project)
        seen[project] += 1
    return answers, int(seen.max() - seen.min())


def values_of(outcome: Outcome) -> Floats:
    found = outcome.fit
    return np.array([found.strength[found.row[s]] for s in range(SUBMISSIONS)])


def covered(outcome: Outcome, truth: Floats) -> float:
    hits = [
        each.low <= 1 + np.sum(truth[each.group == CHALLENGE] > truth[each.submission]) <= each.high
        for each in outcome.standings
        if each.low is not None and each.high is not None
    ]
    return float(np.mean(hits))


def print_accuracy(seeds: range) -> None:
    print(f"{'judges':8} {'visits':>6} {'method':26} {'tau':>6} {'':6} {'first':>6} {'top 3':>6}")
    for name, least in (("typical", {1: 0.589, 2: 0.707}), ("harsh", {1: 0.520, 2: 0.639})):
        events = [simulate(KINDS[name], seed) for seed in seeds]
        for times in (1, 2):
            visits = times * VISITS
            rows = {"Gavel": [gavel(event, visits) for event in events]}
            covers: dict[str, list[float]] = {}
            apart = {}
            for method, alike in (("ours", 0.0), ("ours, with “cannot say”", ALIKE)):
                walks = [walk(event, visits, alike) for event in events]
                outcomes = [
                    standings(answers, range(SUBMISSIONS), groups=GROUPS) for answers, _ in walks
                ]
                rows[method] = [values_of(outcome) for outcome in outcomes]
                covers[method] = [
                    covered(o, e.truth) for o, e in zip(outcomes, events, strict=True)
                ]
                apart[method] = max(fair for _, fair in walks)
            taus = {}
            for method, values in rows.items():
                pairs = list(zip(values, events, strict=True))
                taus[method] = np.array([tau(each, event.truth) for each, event in pairs])
                found = np.array([best(each, event.truth) for each, event in pairs])
                error = taus[method].std() / len(events) ** 0.5
                print(
                    f"{name:8} {visits:6} {method:26} {taus[method].mean():6.3f} ±{error:.3f} "
                    f"{found[:, 0].mean():6.2f} {found[:, 1].mean():6.2f}",
                    flush=True,
                )
            for method in apart:
                own, target = taus[method].mean(), least[times]
                error = float(taus[method].std()) / len(events) ** 0.5
                told(f"tau, {method}", f">= {target}", own, own >= target, error)
                lead = taus[method] - taus["Gavel"]
                error = float(lead.std()) / len(events) ** 0.5
                told("  above Gavel here", ">= 0", lead.mean(), lead.mean() >= 0, error)
                told("  visits apart", "<= 2", apart[method], apart[method] <= 2)
                cover = np.array(covers[method])
                error = float(cover.std()) / len(events) ** 0.5
                mean = cover.mean()
                told("  coverage of the 90 % intervals", ">= 0.88", mean, mean >= 0.88, error)


# -- time --------------------------------------------------------------------------------------


def print_time() -> None:
    print("\nTime of a ranking with its draws, CPU seconds; 150 judges who see 30 projects each")
    for projects in (60, 500):
        random = np.random.default_rng(0)
        quality, answers = random.standard_normal(projects), []
        for judge in range(150):
            way = random.choice(projects, 31, replace=False).tolist()
            seen = quality[way] + 0.9 * random.standard_normal(len(way))
            for k in range(30):
                said = Said.LATER if seen[k + 1] > seen[k] else Said.EARLIER
                answers.append(Comparison(judge, way[k], way[k + 1], said))
        spent = []
        for _ in range(3):
            started = time.process_time()
            standings(answers, range(projects), groups={s: s % 3 for s in range(projects)})
            spent.append(time.process_time() - started)
        seconds = min(spent)
        told(f"{projects} projects, {len(answers)} answers", "<= 1", seconds, seconds <= 1)


# -- load --------------------------------------------------------------------------------------

CROWD, TABLES, AT_ONCE = 150, 60, 64
SENT_TWICE = 7  # every so manieth answer
AT = "/en/jam/comparisons"
_FIELD = re.compile(rb'name="(visit|mark)"[^>]*value="([^"]+)"')


@dataclass
class Walker:
    """A judge who is signed in, and the marks of the answers that were acknowledged."""

    key: Any
    cookie: str
    token: str
    marks: list[str] = field(default_factory=list)

    async def look(self, line: Line, kind: str = "page") -> dict[str, str]:
        """What the form of the page would send; begins where the judge is at no table."""
        answer = await line.ask(kind, "GET", AT, Cookie=self.cookie)
        found = dict(_FIELD.findall(answer.body)) if answer else {}
        if not found:
            return {}
        word = "later" if answer and b'value="later"' in answer.body else "seen"
        return {key.decode(): value.decode() for key, value in found.items()} | {"word": word}

    async def press(self, line: Line, kind: str, path: str, **fields: str) -> bool:
        body, type_ = form(csrf_token=self.token, **fields)
        headers = {"Content_Type": type_, "Cookie": self.cookie}
        return await line.ask(kind, "POST", path, body, **headers) is not None

    async def answer(self, line: Line) -> None:
        """Look where one is, and say that this one is better."""
        said = await self.look(line)
        if not said:
            await self.press(line, "begin", f"{AT}/next")
            said = await self.look(line)
        if not said:
            line.errors["nothing left"] += 1
        elif await self.press(line, "save", f"{AT}/answer", **said):
            self.marks.append(said["mark"])
            if len(self.marks) % SENT_TWICE == 0:
                await self.press(line, "again", f"{AT}/answer", **said)


@dataclass
class Client:
    """Somebody with a connection, who answers for one judge after the other."""

    walkers: list[Walker]
    turn: int = 0

    def next(self) -> Walker:
        self.turn += 1
        return self.walkers[self.turn % len(self.walkers)]


async def answer(line: Line, client: Client) -> None:
    await client.next().answer(line)


async def control_answer(line: Line, client: Client) -> None:
    await client.next().press(line, "save", "/", title="later")


def laid(app: Flask) -> list[Walker]:
    with app.app_context():
        Model.metadata.create_all(db.engine)
        world = World(app)
        competition = world.competition("jam")
        world.comparisons(competition)
        for number in range(TABLES):
            world.stand(world.submission(world.team(competition, 1)), str(number + 1))
        judges = [world.judge(competition) for _ in range(CROWD)]
        walkers = [Walker(judge.id, *world.cookie(judge.user)) for judge in judges]
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return walkers


def demonstrations(
    port: int, walkers: list[Walker], answers: int, seconds: float, errors: Counter[str]
) -> dict[str, Measured]:
    """Everybody's way from table to table in so many seconds; at most AT_ONCE at a time."""
    took: dict[str, list[float]] = defaultdict(list)
    chance = Random(0)

    async def walk(walker: Walker, moments: list[float], doing: asyncio.Semaphore) -> None:
        line = Line(port, took, errors)
        for moment in moments:
            await asyncio.sleep(max(0.0, begun + moment - time.perf_counter()))
            async with doing:
                await walker.answer(line)

    async def together() -> None:
        doing = asyncio.Semaphore(AT_ONCE)
        moments = [sorted(seconds * chance.random() for _ in range(answers)) for _ in walkers]
        await asyncio.gather(*(walk(w, m, doing) for w, m in zip(walkers, moments, strict=True)))

    begun = time.perf_counter()
    asyncio.run(together())
    spent = time.perf_counter() - begun
    return {kind: Measured(times, spent) for kind, times in took.items()}


def read_back(app: Flask, walkers: list[Walker]) -> tuple[int, int, int]:
    """What is lost and doubled, and by how many visits projects differ."""
    with app.app_context():
        there = Counter(str(mark) for mark in db.session.scalars(select(Call.mark)))
        said = {mark for walker in walkers for mark in walker.marks}
        counted = select(Call.visit_id).group_by(Call.visit_id).having(func.count() > 1)
        now = (
            select(Visit.judge_id)
            .where(Visit.ended_at.is_(None))
            .group_by(Visit.judge_id)
            .having(func.count() > 1)
        )
        lost = len(said - there.keys())
        doubled = there.total() - len(said) + lost
        doubled += sum(len(db.session.execute(each).all()) for each in (counted, now))
        visits, _ = visits_of(db.session.scalars(select(Competition)).one())
        db.session.remove()
        db.engine.dispose()
    return lost, doubled, max(visits.values()) - min(visits.values())


def print_load(kinds: list[str], options: argparse.Namespace) -> None:
    print(
        f"\n{'database':10} {'clients':>7} {'request':12} {'a second':>9} {'p50':>7} {'p95':>7} "
        f"{'p99':>7} {'cpu':>6} {'of control':>17} {'p99 ×':>15}"
    )
    for kind in kinds:
        with (
            tempfile.TemporaryDirectory(prefix="comparing-") as temporary,
            databases(kind, Path(temporary)) as (site_database, control_database),
        ):
            crowd(kind, Path(temporary), site_database, control_database, options)


def crowd(
    kind: str, directory: Path, site_at: str, control_at: str, options: argparse.Namespace
) -> None:
    settings = settings_for(site_at, directory, mode="demo")
    app = create_app(settings)
    walkers = laid(app)
    environment = {
        "HACKATHON_MODE": "demo",
        "SECRET_KEY": settings.secret_key,
        "DATA_DIR": str(directory),
        "DATABASE_URL": site_at,
        "BASE_URL": settings.base_url,
        "CONTROL": control_at,
    }
    errors: Counter[str] = Counter()
    with (
        served("benchmarks.last_ten_minutes:control()", environment) as bare,
        served("wsgi:app", environment) as site,
    ):
        press: Any = pressed
        for clients in options.clients:
            some = [Client(walkers[number::clients]) for number in range(clients)]
            press(bare, some, control_answer, 0.5, errors)  # warm
            press(site, some, answer, 0.5, errors)
            rounds = [
                (
                    press(bare, some, control_answer, options.seconds, errors),
                    press(site, some, answer, options.seconds, errors),
                )
            ]
            print_save(kind, clients, rounds)
        begun, cpu = time.monotonic(), site.cpu()
        done = demonstrations(site.port, walkers, options.answers, options.hour, errors)
        print_last_ten_minutes(kind, done, time.monotonic() - begun, site.cpu() - cpu)
    lost, doubled, apart = read_back(app, walkers)
    names = ", ".join(f"{number} × {what}" for what, number in errors.items())
    taken = sum(len(walker.marks) for walker in walkers)
    print(f"{kind}: {taken} answers, errors {names or 0}")
    told("lost and doubled", "= 0", lost + doubled, lost + doubled == 0)
    told("visits apart", "<= 2", apart, apart <= 2)
    slow = max(done[name].at(0.99) for name in ("page", "save"))
    told("p99 of page and answer, 150 judges, ms", "<= 500", slow, slow <= 500)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure judging by comparing.")
    parser.add_argument("--events", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0, help="of the first event")
    parser.add_argument("--only", nargs="*", choices=("accuracy", "time", "load"), default=())
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 16, 64])
    parser.add_argument("--seconds", type=float, default=4, help="of each round")
    parser.add_argument("--answers", type=int, default=8, help="of each of 150 judges")
    parser.add_argument("--hour", type=float, default=40, help="that 150 judges take, in seconds")
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.events)
    wanted = options.only or ("accuracy", "time", "load")
    if "accuracy" in wanted:
        print(f"{len(seeds)} events a row, seeds {seeds.start} to {seeds.stop - 1}; ± is one error")
        print_accuracy(seeds)
    if "time" in wanted:
        print_time()
    if "load" in wanted:
        print_load(options.database or ["sqlite", "postgresql"], options)


if __name__ == "__main__":
    main()
