"""Many people at once want the last seats, on a database that really commits."""

from collections import Counter
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from hackathon.accounts.models import User
from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.post.models import Letter
from hackathon.workshops import actions
from hackathon.workshops.models import Place, Session, SignUp
from tests.teams import test_race as races
from tests.workshops.test_actions import plan, saturday
from tests.world import World

site = races.site

CROWD = 12


def confirmed() -> int:
    return db.session.scalar(select(func.count(SignUp.id)).where(SignUp.confirmed_at.is_not(None)))


def letters() -> int:
    return db.session.scalar(select(func.count(Letter.id)))


def test_as_many_seats_as_there_are_and_no_more(site: Flask) -> None:
    """Half of the crowd has accounts and presses the button, half confirms by letter."""
    with site.app_context():
        world = World(site)
        competition = world.competition("c")
        session = world.session(competition, capacity=3)
        there = f"/en/c/agenda/{session.id}/sign-up"
        people = [(world.client(world.person()), there) for _ in range(CROWD // 2)]
        for _ in range(CROWD // 2):
            seat = world.sign_up(session)
            seat.confirmed_at = None
            seat.created_at -= actions.HOLD  # no longer held
            people.append((world.client(), f"/en/c/sign-ups/{seat.token}"))
        db.session.commit()
        db.session.remove()

    said: Counter[tuple[int, bool]] = Counter()

    def take(browser: Any, path: str) -> None:
        answer = browser.post(path)
        said[answer.status_code, "Every seat of this session" in answer.text] += 1

    races.at_once(site, [lambda person=person: take(*person) for person in people])
    assert said == {(302, False): 3, (422, True): CROWD - 3}
    with site.app_context():
        assert confirmed() == 3


def test_one_of_many_guests_gets_the_last_seat_held(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        key = world.session(world.competition(), capacity=1).id
        db.session.commit()
        db.session.remove()

    def ask(number: int) -> None:
        actions.ask_for_seat(
            db.session.get(Session, key),
            name="Guest",
            address=f"guest{number}@example.org",
            language="en",
        )

    answers = races.at_once(site, [lambda n=n: ask(n) for n in range(CROWD)])
    assert answers == {"done": 1, "SessionFull": CROWD - 1}


def test_one_person_in_many_tabs_gets_one_seat(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        key, person = world.session(world.competition(), capacity=5).id, world.person().id
        db.session.commit()
        db.session.remove()

    def take() -> None:
        actions.sign_up(db.session.get(Session, key), by=db.session.get(User, person))

    assert races.at_once(site, [take] * 6) == {"done": 6}
    with site.app_context():
        assert (confirmed(), letters()) == (1, 1)


def test_a_seat_confirmed_in_many_tabs_is_told_of_once(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        seat = world.sign_up(world.session(world.competition("c"), capacity=1))
        seat.confirmed_at = None
        path = f"/en/c/sign-ups/{seat.token}"
        browsers = [world.client() for _ in range(6)]
        db.session.commit()
        db.session.remove()

    said: Counter[int] = Counter()

    def confirm(browser: Any) -> None:
        said[browser.post(path).status_code] += 1

    races.at_once(site, [lambda browser=browser: confirm(browser) for browser in browsers])
    assert said == {302: 6}
    with site.app_context():
        assert (confirmed(), letters()) == (1, 1)


def test_one_of_many_sessions_gets_the_room(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        competition = world.competition()
        key, room = competition.id, world.place(competition).id
        organizer = world.organizer(competition).id
        db.session.commit()
        db.session.remove()

    def schedule(number: int) -> None:
        place = db.session.get(Place, room)
        fields = plan(f"Panel {number}", saturday(12, number), saturday(14), place=place)
        here = db.session.get(Competition, key)
        actions.schedule(here, by=db.session.get(User, organizer), **fields)

    answers = races.at_once(site, [lambda n=n: schedule(n) for n in range(6)])
    assert answers == {"done": 1, "PlaceTaken": 5}
