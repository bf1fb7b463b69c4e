"""Two devices of a judge that save the same review at once, on a database that really commits."""

import threading
import time
from typing import Any

from flask import Flask

from hackathon.extensions import db
from hackathon.ground.merging import fingerprint
from hackathon.judging import actions
from hackathon.judging.models import Review, ReviewChange
from hackathon.judging.queries import rules_of
from hackathon.judging.scoring import field_of
from tests.teams import test_race as races
from tests.world import World

site = races.site


def test_who_waited_for_the_other_device_finds_what_it_left(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        competition = world.competition()
        first, second = (field_of(world.criterion(competition).id) for _ in range(2))
        review = world.review(world.judge(competition), world.submission(world.team(competition)))
        key = review.id
        db.session.commit()
        db.session.remove()
    found: list[Any] = []
    asks = threading.Event()

    def save(**mine: Any) -> Any:
        review = db.session.get_one(Review, key)
        rules = rules_of(review.round.competition, review.round)
        assert rules is not None
        bases = dict.fromkeys(mine, fingerprint(None))
        asked = (rules.criteria, rules.conditions, mine, bases)
        return actions.score(review, *asked, by=review.judge.user)

    def other() -> None:
        with site.app_context():
            db.session.get_one(Review, key)  # as the door reads it
            asks.set()
            scored = save(**{first: 2, second: 3, "comment": "late"})
            db.session.commit()
            found.append((set(scored.merge.taken), set(scored.merge.conflicts)))
            db.session.remove()

    with site.app_context():
        save(**{first: 4, "note": "early"})  # holds the review until it commits
        waiting = threading.Thread(target=other)
        waiting.start()
        asks.wait(30)
        time.sleep(0.3)
        db.session.commit()
        waiting.join(60)
        assert found == [({second, "comment"}, {first})]
        (change,) = db.session.query(ReviewChange).all()
        assert change.after == {first: 4, "note": "early", second: 3, "comment": "late"}
