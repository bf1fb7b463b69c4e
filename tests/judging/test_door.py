"""What the doors of a review find on the way is what would be answered if it were asked."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Table
from sqlalchemy.sql.visitors import iterate

from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.ground.model import Model
from hackathon.ground.remember import forget_answers
from hackathon.judging.conflicts import _told_of, interests
from hackathon.judging.door import review_in
from hackathon.judging.jury import terms_before
from hackathon.judging.models import Review, TermsAcceptance
from hackathon.judging.queries import challenge_judged, round_of, version_in
from hackathon.judging.stopping import stoppage_seen
from hackathon.kept import DRAFTS, UNSEEN
from tests.apps import kept_site
from tests.conftest import new_database
from tests.counting import queries
from tests.world import World


def foretold(world: World, competition: Competition, review: Review) -> list[Any]:
    """The answers, of which only what is seldom there had to be asked for."""

    def answers() -> list[Any]:
        found = (
            round_of(there),
            version_in(named.round_id),
            stoppage_seen(named.round_id),
            terms_before(named.judge),
        )
        return [*(each and each.id for each in found), challenge_judged(named.submission)]

    db.session.commit()
    with world.app.test_request_context():
        forget_answers()  # of the request before
        there = db.session.get_one(Competition, competition.id)
        named = review_in(str(review.id), competition=there)
        assert named is not None
        with queries(world.app) as asked:
            told = answers()
        assert len(asked) == len([each for each in told[2:4] if each])
        forget_answers()
        assert told == answers()
    return told


def test_what_is_found_on_the_way_is_what_would_be_answered(world: World) -> None:
    competition = world.competition()
    challenge = world.challenge(competition)
    judge = world.judge(competition)
    work = world.submission(world.team(competition, challenge=challenge))
    review = world.review(judge, work)
    first = competition.rounds[0]
    assert foretold(world, competition, review) == [first.id, None, None, None, challenge.id]
    version, terms = world.rules(competition), world.judge_terms(competition)
    newest = world.judge_terms(competition, 2)
    stoppage = world.stoppage(competition)
    assert foretold(world, competition, review) == [
        *(first.id, version.id, stoppage.id, newest.id),
        challenge.id,
    ]
    for each in (terms, newest):
        world.add(TermsAcceptance(judge=judge, terms=each, language="en"))
    later = world.round(competition, work)
    final = world.review(judge, work, round_=later)
    held = version_in(later.id)
    told = foretold(world, competition, review)
    assert told == [later.id, version.id, stoppage.id, None, challenge.id]
    assert foretold(world, competition, final) == [
        *(later.id, held and held.id, None, None),
        challenge.id,
    ]


def test_a_review_of_another_competition_is_not_found(world: World) -> None:
    competition, other = world.competition(), world.competition()
    review = world.review(world.judge(competition), world.submission(world.team(competition)))
    assert review_in(str(review.id), competition=competition) is review
    assert review_in(str(review.id), competition=other) is None
    assert review_in("nonsense", competition=competition) is None


@pytest.fixture(params=["sqlite", "postgresql"])
def keeping(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A site that keeps answers, whose transactions really end."""
    app = kept_site(new_database(request.param, tmp_path), tmp_path)
    with app.app_context():
        Model.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def test_what_becomes_known_of_a_judge_counts_at_once(keeping: Flask) -> None:
    """That nothing was known is kept in the process, and only while nothing more is."""
    world = World(keeping)
    competition = world.competition()
    judge, team = world.judge(competition), world.team(competition)
    review = str(world.review(judge, world.submission(team)).id)

    def barred() -> bool:
        named = review_in(review, competition=competition)
        assert named is not None
        return bool(interests(named.judge, named.submission))

    def asked() -> tuple[bool, int]:
        """Whether the judge is barred, and how often all that may be known was asked for."""
        db.session.commit()
        with keeping.test_request_context(), queries(keeping) as sent:
            forget_answers()  # of the request before
            return barred(), len([each for each in sent if "UNION ALL" in each])

    assert asked() == (False, 1)
    assert asked() == (False, 0)
    conflict = world.conflict(judge.user, team)
    assert asked() == (True, 2)  # by the door that has to know, and by whoever reads what it is
    assert asked() == (True, 1)
    db.session.delete(conflict)
    assert asked() == (False, 1)
    assert asked() == (False, 0)


def test_what_is_known_of_a_judge_lies_in_tables_that_count() -> None:
    """Or doors would go by an answer that is no longer true."""
    read = {each.name for each in iterate(_told_of(True, True)) if isinstance(each, Table)}
    assert {"judge", "ruling", "conflict", "user", "submission"} <= read
    assert read.isdisjoint(UNSEEN)
    assert read & {*DRAFTS} == {"submission"}  # whose team stays the same
