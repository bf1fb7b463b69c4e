"""The worker: round after round, whatever happens, until it is told to stop."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from hackathon import worker
from hackathon.extensions import db
from hackathon.post.models import Letter
from hackathon.worker import do_what_is_due, work
from tests.apps import own_app
from tests.world import World


def test_letters_leave_and_the_worker_ends_on_stop(tmp_path: Path) -> None:
    with own_app(tmp_path) as app:
        letter = World(app).letter(World(app).competition("c"))
        db.session.commit()
        stop = threading.Event()

        def run() -> None:
            with app.app_context():
                work(stop)

        thread = threading.Thread(target=run)
        thread.start()
        deadline = time.monotonic() + 10
        sent_at = None
        while sent_at is None and time.monotonic() < deadline:
            time.sleep(0.02)
            sent_at = letter.sent_at
            db.session.rollback()  # reading it took the lock that the worker waits for
        stop.set()
        thread.join(10)
        assert sent_at is not None
        assert not thread.is_alive()


def test_nothing_is_done_after_stop(world: World) -> None:
    letter = world.letter(world.competition("c"))
    db.session.commit()
    stop = threading.Event()
    stop.set()
    work(stop)
    assert db.session.get(Letter, letter.id).sent_at is None


def test_a_database_that_is_away_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, rounds = threading.Event(), []

    def away() -> int:
        rounds.append("away")
        if len(rounds) == 3:
            stop.set()
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(worker, "do_what_is_due", away)
    monkeypatch.setattr(worker, "PAUSE", 0.001)
    work(stop)
    assert len(rounds) == 3


def test_a_chore_that_fails_rests_and_the_others_go_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    competition: Any = world.competition("c")
    db.session.commit()
    tries: list[str] = []

    def fails() -> int:
        world.letter(competition)
        db.session.flush()
        tries.append("fails")
        raise ValueError("a fault of ours")

    def works() -> int:
        tries.append("works")
        return 0

    hours = [0.0]
    monkeypatch.setattr(worker, "CHORES", (fails, works))
    monkeypatch.setattr(worker, "monotonic", lambda: 3600 * hours[0])
    assert do_what_is_due() == 0  # the letter of the chore that failed was undone
    assert do_what_is_due() == 0
    assert tries == ["fails", "works", "works"]
    hours[0] += 1
    do_what_is_due()
    assert tries[3:] == ["fails", "works"]


def test_a_round_says_how_much_was_done(world: World) -> None:
    competition: Any = world.competition("c")
    world.letter(competition)
    world.letter(competition)
    assert (do_what_is_due(), do_what_is_due()) == (2, 0)
