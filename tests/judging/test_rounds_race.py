"""Two at once: organizers who confirm, and a score that meets a selection taken back."""

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from hackathon import create_app
from hackathon.accounts.models import User
from hackathon.competitions.models import Round
from hackathon.extensions import db
from hackathon.ground.model import Model
from hackathon.judging import rounds
from hackathon.judging.actions import score
from hackathon.judging.models import Review, Score, Selection
from hackathon.judging.queries import rules_of
from hackathon.judging.scoring import field_of
from tests.conftest import new_database, settings_for
from tests.judging.test_rounds import Final
from tests.world import World


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A site of its own, whose transactions really end."""
    app = create_app(settings_for(new_database(request.param, tmp_path), tmp_path))
    with app.app_context():
        Model.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def at_once(site: Any, *deeds: Callable[[], Any]) -> Counter[str]:
    """What became of each, by the name of its obstacle."""
    barrier, found = threading.Barrier(len(deeds)), []

    def do(deed: Callable[[], Any]) -> None:
        with site.test_request_context("/en/"):
            barrier.wait()
            try:
                deed()
                db.session.commit()
                found.append("done")
            except Exception as error:
                db.session.rollback()
                found.append(type(error).__name__)
            db.session.remove()

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return Counter(found)


def test_two_organizers_confirm_one_selection(site: Any) -> None:
    final = Final(World(site))
    with site.test_request_context("/en/"):
        digest = rounds.slate_of(final.round).digest
    key, who, works = final.round.id, final.organizer.id, [final.works[0].id]
    db.session.remove()

    def confirm() -> None:
        by = db.session.get_one(User, who)
        rounds.confirm(db.session.get_one(Round, key), works, {}, seen=digest, by=by)

    assert at_once(site, confirm, confirm) == {"done": 1, "AlreadySelected": 1}
    assert db.session.scalar(select(func.count()).select_from(Selection)) == 1


def test_a_score_and_a_selection_taken_back(site: Any) -> None:
    """Whichever comes first, the other is told: never a score without its selection."""
    world = World(site)
    final = Final(world)
    world.selection(final.round, final.works[0])
    review = world.review(final.judges[0], final.works[0], round_=final.round)
    key, who, its = final.round.id, final.organizer.id, review.id
    db.session.commit()
    db.session.remove()

    def give() -> None:
        mine = db.session.get_one(Review, its)
        rules = rules_of(mine.round.competition, mine.round)
        assert rules is not None
        said = {field_of(rules.criteria[0].id): 4}
        score(mine, list(rules.criteria), (), said, by=mine.judge.user)

    def take_back() -> None:
        rounds.take_back(db.session.get_one(Round, key), by=db.session.get_one(User, who))

    answers = at_once(site, give, take_back)
    scores = db.session.scalar(
        select(func.count()).select_from(Score).join(Score.review).where(Review.round_id == key)
    )
    selections = db.session.scalar(select(func.count()).select_from(Selection))
    assert answers["done"] == 1
    assert (scores, selections) in {(1, 1), (0, 0)}
