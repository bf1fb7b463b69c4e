"""Organizers who take reviews away while judges save them, on a database that really commits."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from hackathon.accounts.models import User
from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.judging import actions, rulebook
from hackathon.judging.models import Judge, Review, RulesVersion
from hackathon.judging.planning import Manner, Wish, plan
from hackathon.judging.queries import draft_of, rules_of, version_in_force
from hackathon.judging.replacing import replacement, take_over
from hackathon.judging.scoring import COMPLETE, DONE, field_of
from hackathon.submissions.models import Submission
from tests.teams import test_race as races
from tests.world import World

site, at_once, meanwhile = races.site, races.at_once, races.meanwhile


class Table:
    """A judge with one review, and another one, full, whose review could move to a third."""

    def __init__(self, site: Flask) -> None:
        with site.app_context():
            world = World(site)
            competition = world.competition()
            world.criterion(competition, 100)
            judge, full, friend = (
                world.judge(competition, capacity=capacity) for capacity in (1, 1, 3)
            )
            mine, theirs = (world.submission(world.team(competition)) for _ in range(2))
            world.conflict(friend.user, mine.team)
            self.review, self.other = world.review(judge, mine).id, world.review(full, theirs).id
            self.competition, self.judge, self.work = competition.id, judge.id, mine.id
            self.organizer = world.organizer(competition).id
            db.session.commit()
            db.session.remove()

    def save(self, key: Any, **more: str) -> None:
        review = db.session.get_one(Review, key)
        rules = rules_of(review.round.competition, review.round)
        assert rules is not None
        said = {field_of(rules.criteria[0].id): 4, **more}
        actions.score(review, list(rules.criteria), (), said, by=review.judge.user)

    def complete(self) -> None:
        self.save(self.review, **{COMPLETE: DONE})

    def begin_the_other(self) -> None:
        self.save(self.other)

    @property
    def by(self) -> User:
        return db.session.get_one(User, self.organizer)

    def dismiss(self) -> None:
        actions.dismiss(db.session.get_one(Judge, self.judge), confirmed=True, by=self.by)

    def declare_conflict(self) -> None:
        judge, work = (
            db.session.get_one(Judge, self.judge),
            db.session.get_one(Submission, self.work),
        )
        actions.declare_conflict(judge, work.team, reason="a cousin", by=self.by)


@races.on_postgresql
@pytest.mark.parametrize("deed", [Table.dismiss, Table.declare_conflict])
def test_a_review_completed_at_that_moment_stays(
    site: Flask,
    deed: Callable[[Table], None],
) -> None:
    table = Table(site)
    with site.test_request_context():
        looked_at = db.session.get_one(Review, table.review)
        assert looked_at.completed_at is None
        meanwhile(site, table.complete)
        deed(table)
        db.session.commit()
    with site.app_context():
        kept = db.session.get(Review, table.review)
        assert kept is not None
        assert kept.completed_at is not None


@races.on_postgresql
def test_what_others_began_at_that_moment_makes_no_room(site: Flask) -> None:
    table = Table(site)
    with site.test_request_context():
        judge = db.session.get_one(Judge, table.judge)
        looked_at = db.session.get_one(Review, table.other)
        assert looked_at.touched_at is None
        shown = replacement(judge)
        assert len(shown.removed) == 1
        meanwhile(site, table.begin_the_other)
        with pytest.raises(actions.PlanChanged):
            take_over(judge, None, ends=True, digest=shown.digest, by=table.by)
        db.session.rollback()


@races.on_postgresql
def test_a_repair_waits_for_who_begins(site: Flask) -> None:
    """What a plan takes away as not begun, nobody can begin while it is carried out."""
    table = Table(site)
    wish = Wish(1, Manner.REPAIR)
    with site.app_context():
        db.session.delete(db.session.get_one(Review, table.review))
        db.session.delete(db.session.get_one(Judge, table.judge))
        db.session.commit()
        competition = db.session.get_one(Competition, table.competition)
        digest = plan(competition, wish).digest
        assert len(plan(competition, wish).proposal.removed) == 1
        db.session.remove()

    held = threading.Event()

    def begin() -> None:
        table.begin_the_other()
        held.set()
        time.sleep(1.5)  # the plan is made meanwhile

    def assign() -> None:
        held.wait()
        with site.test_request_context():
            competition = db.session.get_one(Competition, table.competition)
            actions.assign(competition, wish=wish, digest=digest, by=table.by)
            db.session.commit()

    assert at_once(site, [begin, assign]) == {"done": 1, "PlanChanged": 1}


@races.on_postgresql
def test_rules_published_twice_at_once_are_one_version(site: Flask) -> None:
    table = Table(site)
    with site.app_context():
        competition = db.session.get_one(Competition, table.competition)
        competition.criteria[0].name = Localized(en="Other", fr="Autre")
        db.session.commit()
        seen = rulebook.digest(draft_of(competition))
        db.session.remove()

    def publish() -> None:
        with site.test_request_context():
            competition = db.session.get_one(Competition, table.competition)
            round_ = competition.rounds[0]
            assert version_in_force(competition, round_).number == 1
            why = Localized(en="Clearer.", fr="Plus clair.")
            barrier.wait()
            actions.publish_rules(competition, digest=seen, reason=why, by=table.by, round_=round_)
            db.session.commit()

    barrier = threading.Barrier(2)
    assert at_once(site, [publish, publish]) == {"done": 1, "NothingNew": 1}
    with site.app_context():
        assert db.session.scalar(select(func.count()).select_from(RulesVersion)) == 2
