"""Judging by comparing: our choice of pairs and our strengths against Gavel's, at the same visits.

    python -m benchmarks.comparing [--events 150] [--seed 0] [--only accuracy time load]
        [--database sqlite|postgresql]

The events are those of `benchmarks.judging`: 60 projects in 3 challenges and 15 judges, who look at
18 projects each, or at 36. Each compares what they see with the project before. "Cannot say" means
that both seem alike within a third of a standard deviation of quality; Gavel knows no such answer.
`visits` is the largest difference between two projects of one event. Targets stand beside what was
measured; ± is one standard error.

`load`: 150 judges at 60 tables answer as fast as they are answered, each by the pages of the site
(the page, then the answer), 16 of them at any moment, in one process. Afterwards it is counted that
nobody is at two tables, nothing was lost or doubled, and the visits are fair.
"""

import argparse
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import numpy as np
from sqlalchemy import func, select

from hackathon import create_app
from hackathon.comparisons.models import Call, Visit
from hackathon.comparisons.pairing import Table, next_project, outdated
from hackathon.comparisons.queries import visits_of
from hackathon.extensions import db
from hackathon.ground.model import Model
from hackathon.judging.strength import Comparison, Fit, Outcome, Said, fit, standings
from tests.conftest import new_database, settings_for
from tests.world import World

from .judging import VISITS, best, tau, told
from .jury import CHALLENGE, JUDGES, KINDS, SUBMISSIONS, Event, Floats, simulate
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


def print_time(_: range) -> None:
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

CROWD, TABLES, ANSWERS, AT_ONCE = 150, 60, 3, 16


def print_load(kind: str) -> Callable[[range], None]:
    def measure(_: range) -> None:
        print(f"\n{CROWD} judges at {TABLES} tables, {ANSWERS} answers each, {kind}")
        with tempfile.TemporaryDirectory(prefix="comparing-") as directory:
            crowd(kind, Path(directory))

    return measure


def crowd(kind: str, directory: Path) -> None:
    site = create_app(settings_for(new_database(kind, directory), directory))
    site.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with site.app_context():
        Model.metadata.create_all(db.engine)
        world = World(site)
        competition = world.competition("c")
        world.comparisons(competition)
        for number in range(TABLES):
            world.stand(world.submission(world.team(competition, 1)), str(number + 1))
        judges = [world.judge(competition) for _ in range(CROWD)]
        browsers = [world.client(judge.user) for judge in judges]
        keys = [judge.id for judge in judges]
        db.session.commit()
        competition_id = competition.id
        db.session.remove()
    spent: list[float] = []
    lock = threading.Lock()

    def current(judge_id: uuid.UUID) -> tuple[str, bool]:
        with site.app_context():
            visit = db.session.scalars(
                select(Visit).where(Visit.judge_id == judge_id, Visit.ended_at.is_(None))
            ).one()
            return str(visit.id), visit.earlier_id is not None

    def go(number: int) -> None:
        browser, judge_id = browsers[number], keys[number]
        assert browser.post("/en/c/comparisons/next").status_code == 302
        for _ in range(ANSWERS):
            visit, compares = current(judge_id)
            word = "later" if compares else "seen"
            started = time.perf_counter()
            page = browser.get("/en/c/comparisons")
            sent = {"visit": visit, "mark": str(uuid.uuid4()), "word": word}
            answer = browser.post("/en/c/comparisons/answer", data=sent)
            took = time.perf_counter() - started
            assert (page.status_code, answer.status_code) == (200, 302)
            with lock:
                spent.append(took)

    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(go, range(CROWD)))
    seconds = time.perf_counter() - started
    rate, slow = len(spent) / seconds, sorted(spent)[int(0.99 * len(spent))]
    print(f"  {rate:.0f} answers a second; page and answer {median(spent):.2f} s, p99 {slow:.2f} s")
    # 150 judges with five minutes a visit answer once every two seconds, all together.
    told("answers a second", ">= 2", rate, rate >= 2)
    with site.app_context():
        db.session.expire_all()
        visits, visitors = visits_of(db.session.get_one(type(competition), competition_id))
        calls = db.session.scalar(select(func.count(Call.id))) or 0
        told("answers taken down, once each", f"= {CROWD * ANSWERS}", calls, calls == len(spent))
        there = sum(visitors.values())
        told("judges at one table each", f"= {CROWD}", there, there == CROWD)
        apart = max(visits.values()) - min(visits.values())
        told("visits apart", "<= 2", apart, apart <= 2)
        db.session.remove()
        db.engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure judging by comparing.")
    parser.add_argument("--events", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0, help="of the first event")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--only", nargs="*", choices=("accuracy", "time", "load"), default=())
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.events)
    print(f"{options.events} events a row, seeds {seeds.start} to {seeds.stop - 1}; ± is one error")
    tables = {
        "accuracy": print_accuracy,
        "time": print_time,
        "load": print_load(options.database),
    }
    for name in options.only or tables:
        tables[name](seeds)


if __name__ == "__main__":
    main()
