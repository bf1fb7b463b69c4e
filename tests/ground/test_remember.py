"""Facts asked many times in one request are looked up once, until something is written."""

from types import SimpleNamespace
from typing import Any

from flask import Flask

from hackathon.extensions import db
from hackathon.ground.remember import foretell, once_per_request
from tests.world import World

asked: list[Any] = []


@once_per_request
def question(thing: Any, other: Any = None) -> int:
    asked.append(thing)
    return len(asked)


@once_per_request
def another(thing: Any) -> str:
    return "another"


def test_the_same_question_about_the_same_thing_is_asked_once(app: Flask) -> None:
    asked.clear()
    with app.test_request_context():
        first = question(SimpleNamespace(id=1))
        assert question(SimpleNamespace(id=1)) == first == 1
        assert question(SimpleNamespace(id=2)) == 2
        assert question(SimpleNamespace(id=1), "other") == 3
        assert another(SimpleNamespace(id=1)) == "another"
    with app.test_request_context():
        assert question(SimpleNamespace(id=1)) == 4


def test_no_answer_is_an_answer(app: Flask) -> None:
    calls: list[int] = []

    @once_per_request
    def nothing(thing: int) -> None:
        calls.append(thing)

    with app.test_request_context():
        assert (nothing(1), nothing(1), calls) == (None, None, [1])


def test_it_forgets_after_a_flush_and_after_a_rollback(app: Flask, world: World) -> None:
    asked.clear()
    with app.test_request_context():
        question(1)
        world.person()
        assert question(1) == 2
        savepoint = db.session.begin_nested()
        assert question(1) == 2
        savepoint.rollback()
        assert question(1) == 3


def test_what_was_found_on_the_way_is_not_asked_until_something_is_written(
    app: Flask, world: World
) -> None:
    asked.clear()
    with app.test_request_context():
        foretell(question, SimpleNamespace(id=1), answer=7)
        assert (question(SimpleNamespace(id=1)), question(1)) == (7, 7)
        assert question(2) == 1
        world.person()
        assert question(1) == 2
    foretell(question, 1, answer=7)  # outside a request there is nothing to tell
    assert question(1) == 3


def test_outside_a_request_it_always_asks() -> None:
    asked.clear()
    assert (question(1), question(1)) == (1, 2)
