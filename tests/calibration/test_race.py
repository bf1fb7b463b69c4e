"""Two devices of a judge, and organizers meanwhile, on a database that really commits."""

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from hackathon.calibration import actions
from hackathon.calibration.models import Sample, SampleReview, SampleScore
from hackathon.calibration.queries import criteria_for
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.judging.models import Judge
from hackathon.judging.scoring import COMPLETE, DONE, field_of
from hackathon.post.models import Letter
from tests.teams import test_race as races
from tests.world import World

site = races.site


class Desk:
    def __init__(self, site: Flask) -> None:
        with site.app_context():
            world = World(site)
            competition = world.competition()
            self.fields = [field_of(world.criterion(competition).id) for _ in range(2)]
            sample, judge = world.sample(competition), world.judge(competition)
            self.sample, self.judge = sample.id, judge.id
            self.organizer = world.organizer(competition).id
            db.session.commit()
            db.session.remove()

    def here(self) -> tuple[Sample, Judge]:
        return db.session.get_one(Sample, self.sample), db.session.get_one(Judge, self.judge)

    def score(self, **fields: Any) -> None:
        sample, judge = self.here()
        asked = (criteria_for(sample), fields, {}, {})
        actions.score(sample, judge, *asked, by=judge.user)

    def edit(self) -> None:
        sample, judge = self.here()
        actions.edit_sample(sample, title=Localized(en="Other", fr="Autre"), by=judge.user)

    def publish(self) -> None:
        sample, judge = self.here()
        actions.publish(sample, required=True, by=judge.user)


def test_two_devices_that_begin_at_once_fill_one_row(site: Flask) -> None:
    desk = Desk(site)
    first, second = desk.fields
    deeds = [lambda name=name: desk.score(**{name: 4}) for name in (first, second) for _ in "abc"]
    assert races.at_once(site, deeds) == {"done": 6}
    with site.app_context():
        assert db.session.scalar(select(func.count(SampleReview.id))) == 1
        assert list(db.session.scalars(select(SampleScore.score))) == [4, 4]


def test_what_is_completed_is_what_was_read(site: Flask) -> None:
    """Whoever is first: either the text changed before, or it stays."""
    desk = Desk(site)
    done = {name: 3 for name in desk.fields} | {COMPLETE: DONE}
    answers = races.at_once(site, [lambda: desk.score(**done), desk.edit])
    assert answers in ({"done": 2}, {"done": 1, "SampleScored": 1})
    with site.app_context():
        changed = db.session.get_one(Sample, desk.sample).title.en == "Other"
        assert changed is (answers == {"done": 2})


def test_published_twice_at_once_it_is_announced_once(site: Flask) -> None:
    desk = Desk(site)
    with site.app_context():
        sample = db.session.get_one(Sample, desk.sample)
        sample.published_at = sample.announced_at = None
        db.session.commit()
        db.session.remove()
    assert races.at_once(site, [desk.publish] * 4) == {"done": 4}
    with site.app_context():
        written = select(func.count(Letter.id)).where(Letter.name == "sample_published")
        assert db.session.scalar(written) == 1
