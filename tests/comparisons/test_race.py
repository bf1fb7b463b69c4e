"""Many judges at once, on a database that really commits: nobody at two tables, nothing doubled."""

import uuid
from collections import Counter, defaultdict
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from hackathon.accounts.models import User
from hackathon.comparisons import actions
from hackathon.comparisons.models import Call, ComparisonSession, Stand, Visit, Word
from hackathon.comparisons.queries import visit_now, visits_of
from hackathon.extensions import db
from hackathon.judging.models import Judge
from tests.comparisons.conftest import lay
from tests.teams import test_race as races
from tests.world import World

site = races.site

CROWD = 24


def number_of(kind: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count(kind.id)).where(*conditions)) or 0


def test_a_crowd_of_judges_is_spread_evenly(site: Flask) -> None:
    """Everyone begins, then answers three times, each button pressed twice at once."""
    with site.app_context():
        fair = lay(World(site), 8, CROWD)
        session, judges = fair.session.id, [judge.id for judge in fair.judges]
        db.session.commit()
        db.session.remove()

    def begin(key: Any) -> None:
        actions.send_on(
            db.session.get_one(ComparisonSession, session), db.session.get_one(Judge, key)
        )

    def answer(key: Any, visit: Any, mark: Any, word: Word) -> None:
        judge = db.session.get_one(Judge, key)
        actions.say(
            db.session.get_one(ComparisonSession, session),
            judge,
            visit,
            mark=mark,
            word=word,
            by=judge.user,
        )

    assert races.at_once(site, [lambda k=k: begin(k) for k in judges for _ in "ab"]) == {
        "done": 2 * CROWD
    }
    for turn in range(3):
        with site.app_context():
            here = [
                (key, visit_now(db.session.get_one(Judge, key)).id, uuid.uuid4()) for key in judges
            ]
            db.session.remove()
        word = Word.LATER if turn else Word.SEEN
        deeds = [lambda one=one, w=word: answer(*one, w) for one in here for _ in "ab"]
        assert races.at_once(site, deeds) == {"done": 2 * CROWD}
        with site.app_context():
            assert number_of(Visit, Visit.ended_at.is_(None)) == CROWD
            assert number_of(Call) == CROWD * (turn + 1)
            visits, _ = visits_of(db.session.get_one(ComparisonSession, session).competition)
            assert sum(visits.values()) == CROWD * (turn + 2)
            fairly_sent()
            words_kept()
            db.session.remove()


def words_kept() -> None:
    """Every visit keeps the word of its call that counts, and no other has one."""
    kept = {visit.id: visit.word for visit in db.session.scalars(select(Visit)) if visit.word}
    calls = db.session.scalars(select(Call).where(Call.undone_at.is_(None)))
    assert kept == {call.visit_id: call.word for call in calls}


def fairly_sent() -> None:
    """Every judge was sent by what was so at that moment, and not by what another changed."""
    visits, seen = Counter[Any](), defaultdict[Any, set[Any]](set)
    here: dict[Any, Any] = {}
    stands = set(db.session.scalars(select(Stand.id)))
    for visit in db.session.scalars(select(Visit).order_by(Visit.id)):
        judge, chosen = visit.judge_id, visit.stand_id
        left = stands - seen[judge]
        least = min(visits[key] for key in stands)
        assert visits[chosen] <= max(least + 1, min(visits[key] for key in left))
        there = Counter(place for other, place in here.items() if other != judge)
        assert there[chosen] <= min(there[k] for k in left if visits[k] <= visits[chosen])
        seen[judge].add(chosen)
        here[judge] = chosen
        visits[chosen] += 1


def test_of_two_answers_at_once_under_two_marks_one_counts(site: Flask) -> None:
    with site.app_context():
        fair = lay(World(site), 4, 1)
        visit = actions.send_on(fair.session, fair.judges[0])
        assert visit is not None
        session, judge, key = fair.session.id, fair.judges[0].id, visit.id
        db.session.commit()
        db.session.remove()

    def press() -> None:
        row = db.session.get_one(Judge, judge)
        actions.say(
            db.session.get_one(ComparisonSession, session),
            row,
            key,
            mark=uuid.uuid4(),
            word=Word.SEEN,
            by=row.user,
        )

    assert races.at_once(site, [press] * 6) == {"done": 1, "MovedOn": 5}
    with site.app_context():
        assert (number_of(Call), number_of(Visit)) == (1, 2)


def test_undo_and_the_next_answer_at_once_leave_one_table(site: Flask) -> None:
    """Whoever is first, the judge is at one table and every call is whole."""
    with site.app_context():
        fair = lay(World(site), 6, 8)
        rows = []
        for judge in fair.judges:
            visit = actions.send_on(fair.session, judge)
            assert visit is not None
            call = actions.say(
                fair.session, judge, visit.id, mark=uuid.uuid4(), word=Word.SEEN, by=judge.user
            )
            second = visit_now(judge)
            assert second is not None
            rows.append((judge.id, call.id, second.id))
        session = fair.session.id
        db.session.commit()
        db.session.remove()

    def undo(judge: Any, call: Any, _: Any) -> None:
        actions.undo(
            db.session.get_one(ComparisonSession, session),
            db.session.get_one(Judge, judge),
            call,
        )

    def answer(judge: Any, _: Any, visit: Any) -> None:
        row = db.session.get_one(Judge, judge)
        actions.say(
            db.session.get_one(ComparisonSession, session),
            row,
            visit,
            mark=uuid.uuid4(),
            word=Word.NEITHER,
            by=row.user,
        )

    deeds = [lambda one=one, d=d: d(*one) for one in rows for d in (undo, undo, answer)]
    said: Counter[str] = races.at_once(site, deeds)
    assert set(said) <= {"done", "NotLast", "MovedOn"}
    with site.app_context():
        for judge, _, _ in rows:
            assert number_of(Visit, Visit.judge_id == judge, Visit.ended_at.is_(None)) == 1
            counted = number_of(
                Call,
                Call.undone_at.is_(None),
                Call.visit_id.in_(select(Visit.id).where(Visit.judge_id == judge)),
            )
            assert counted in (0, 2)  # undone, or both stand
        words_kept()


def test_a_close_among_answers_leaves_nobody_at_a_table(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        fair = lay(world, 6, 12)
        rows = []
        for judge in fair.judges:
            visit = actions.send_on(fair.session, judge)
            assert visit is not None
            rows.append((judge.id, visit.id))
        session, organizer = fair.session.id, world.organizer(fair.competition).id
        db.session.commit()
        db.session.remove()

    def answer(judge: Any, visit: Any) -> None:
        row = db.session.get_one(Judge, judge)
        actions.say(
            db.session.get_one(ComparisonSession, session),
            row,
            visit,
            mark=uuid.uuid4(),
            word=Word.SEEN,
            by=row.user,
        )

    def close() -> None:
        by = db.session.get_one(User, organizer)
        actions.close_comparisons(db.session.get_one(ComparisonSession, session), by=by)

    deeds: list[Any] = [lambda one=one: answer(*one) for one in rows]
    deeds.insert(6, close)
    said = races.at_once(site, deeds)
    assert set(said) <= {"done", "NotOpen"}
    with site.app_context():
        assert number_of(Visit, Visit.ended_at.is_(None)) == 0
        assert number_of(Call) == said["done"] - 1
