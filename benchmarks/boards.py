"""What the organizers' pages about judging cost, with many submissions and reviews.

    python -m benchmarks.boards [--database sqlite|postgresql] [--submissions 200 1000]
        [--each 5] [--asks 10] [--only ranking …]

Lays so many submissions with `--each` complete reviews each, a judge for every five or six of
them, and asks for each page as an organizer, in this process; in turn with a bare control
("hello"), which answers in the same way (A B A B).

`queries` and `kB`, compressed, are those of one answer. `cpu` is this process's time in ms, median
of `--asks`; `× hello` is the same in multiples of the control's, with its range. A ranking that was
computed once is kept, as on a site: the first answer is not among those measured, but stands in
`first`.
"""

import argparse
import gzip
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from benchmarks.last_ten_minutes import databases
from benchmarks.the_moment import hello
from hackathon import create_app
from hackathon.extensions import db
from hackathon.ground.model import Model
from hackathon.judging.models import Declaration, Review, Score
from hackathon.submissions.models import Submission
from tests.conftest import settings_for
from tests.counting import cost
from tests.world import World

CHALLENGES, CRITERIA = 3, 4
JUDGES = {200: 40, 1000: 150}

PAGES = {
    "judges": "judging/judges",
    "coverage": "judging/judges/coverage",
    "who reads what": "judging/reviews",
    "a proposal": "judging/reviews/proposal?wanted=6",
    "its submissions": "judging/reviews/proposal?wanted=6&list=submissions&page=2",
    "a submission": "judging/reviews/{submission}",
    "a judge": "judging/judges/{judge}",
    "conflicts": "judging/conflicts",
    "ranking": "judging/ranking",
    "what if": "judging/ranking?without={judge}",
    "discussions": "judging/discussions",
    "blind judging": "redaction",
    "calibration": "calibration",
    "results": "results",
    "a prize": "results/prizes/{prize}/decision",
    "its second page": "results/prizes/{prize}/decision?page=2",
    "submissions": "submissions",
}


@dataclass(frozen=True)
class Laid:
    organizer: FlaskClient
    paths: dict[str, str]


def laid(app: Flask, submissions: int, each: int) -> Laid:
    """A competition that was judged, and its organizer."""
    chance = Random(0)
    with app.app_context():
        Model.metadata.create_all(db.engine)
        world = World(app)
        competition = world.competition("jam")
        round_ = competition.rounds[0]
        round_.blind = True  # in the draft: the desk of redaction has them all
        challenges = [world.challenge(competition) for _ in range(CHALLENGES)]
        criteria = [world.criterion(competition, 25) for _ in range(CRITERIA)]
        judges = [
            world.judge(competition, capacity=100)
            for _ in range(JUDGES.get(submissions, max(8, submissions // 6)))
        ]
        severity = {judge.id: chance.gauss(0, 0.6) for judge in judges}
        works: list[Submission] = [
            world.submission(world.team(competition, 1, challenge=challenges[n % CHALLENGES]))
            for n in range(submissions)
        ]
        moment = datetime.now(UTC)
        for work in works:
            quality = chance.gauss(3.2, 0.8)
            for judge in chance.sample(judges, each):
                review = Review(judge=judge, submission=work, round=round_, completed_at=moment)
                review.comment = "What convinces, and what is missing."
                db.session.add_all([review, Declaration(judge=judge, submission=work, said="none")])
                for criterion in criteria:
                    seen = quality + severity[judge.id] + chance.gauss(0, 0.8)
                    level = min(5, max(1, round(seen)))
                    db.session.add(Score(review=review, criterion=criterion, score=level))
        prize = world.prize(competition)
        names = {
            "submission": works[0].id,
            "judge": judges[0].id,
            "prize": prize.id,
        }
        organizer = world.client(world.organizer(competition))
        paths = {name: f"/en/jam/manage/{path.format(**names)}" for name, path in PAGES.items()}
        db.session.commit()
        db.session.remove()
    return Laid(organizer, paths)


def cpu_of(ask: Callable[[], Any]) -> float:
    """Processor time of one answer, in ms."""
    begun = time.process_time()
    ask()
    return 1000 * (time.process_time() - begun)


def line(app: Flask, client: FlaskClient, path: str, options: Any) -> str:
    """What one page costs, in turn with the control."""
    bare = hello().test_client()
    first = cpu_of(lambda: client.get(path))
    queries = cost(app, client, path)
    size = len(gzip.compress(client.get(path).data, 6))
    took, least = [], []
    for _ in range(options.asks):
        least.append(median(cpu_of(lambda: bare.get("/")) for _ in range(20)))
        took.append(cpu_of(lambda: client.get(path)))
    ratios = [mine / theirs for mine, theirs in zip(took, least, strict=True)]
    return (
        f"{queries:7} {first:8.0f} {median(took):8.1f} {median(ratios):7.0f} "
        f"({min(ratios):.0f}–{max(ratios):.0f}) {size / 1000:7.1f}"
    )


def measure(kind: str, submissions: int, options: Any) -> None:
    with (
        tempfile.TemporaryDirectory() as temporary,
        databases(kind, Path(temporary)) as (database, _control),
    ):
        app = create_app(settings_for(database, Path(temporary)))
        found = laid(app, submissions, options.each)
        for name, path in found.paths.items():
            if not options.only or name in options.only:
                told = line(app, found.organizer, path, options)
                print(f"{kind:10} {submissions:6} {name:15} {told}", flush=True)
        with app.app_context():
            db.engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the organizers' pages about judging.")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--submissions", type=int, nargs="*", default=[200, 1000])
    parser.add_argument("--each", type=int, default=5, help="reviews of a submission")
    parser.add_argument("--asks", type=int, default=10, help="of each page")
    parser.add_argument("--only", nargs="*", choices=PAGES, help="these pages")
    options = parser.parse_args()
    print(
        f"{'database':10} {'works':>6} {'page':15} {'queries':>7} {'first':>8} {'cpu':>8} "
        f"{'× hello':>7} {'(range)':7} {'kB':>7}"
    )
    for kind in options.database or ["sqlite", "postgresql"]:
        for submissions in options.submissions:
            measure(kind, submissions, options)


if __name__ == "__main__":
    main()
