"""Many people at once, each with a connection of their own, on a database that really commits."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import close_all_sessions

from hackathon import create_app
from hackathon.extensions import db
from hackathon.ground.model import Model
from hackathon.registrations import actions as registrations
from hackathon.registrations.models import Registration
from hackathon.registrations.queries import registration_of
from hackathon.teams import actions
from hackathon.teams.models import Membership, Team
from tests.conftest import new_database, settings_for
from tests.world import World

CROWD = 16


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A site of its own, whose requests commit."""
    data_dir = tmp_path / f"race-{request.param}-{request.node.originalname[5:25]}"
    data_dir.mkdir()
    site = create_app(settings_for(new_database(request.param, data_dir), data_dir))
    site.config["WTF_CSRF_ENABLED"] = False
    with site.app_context():
        Model.metadata.create_all(db.engine)
    yield site
    close_all_sessions()
    with site.app_context():
        db.engine.dispose()


def at_once(site: Flask, deeds: list[Callable[[], Any]]) -> Counter[str]:
    """Do them all from threads that start together; counts the answers by name."""
    barrier = threading.Barrier(len(deeds))
    answers: list[str] = []

    def do(deed: Callable[[], Any]) -> None:
        with site.app_context():
            barrier.wait()
            try:
                deed()
                db.session.commit()
                answers.append("done")
            except Exception as error:
                db.session.rollback()
                answers.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(answers)


def test_one_of_many_gets_the_last_place_in_a_team(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        competition = world.competition(team_max=5)
        team = world.team(competition, 4)
        link = world.invitation(team)
        browsers = [world.client(world.participant(competition)) for _ in range(CROWD)]
        team_id, path = team.id, f"/en/{competition.slug}/invitations/{link.token}/acceptance"
        db.session.commit()
        db.session.remove()

    said: Counter[tuple[int, bool]] = Counter()

    def join(browser: Any) -> None:
        answer = browser.post(path)
        said[answer.status_code, "This team is full" in answer.text] += 1

    at_once(site, [lambda browser=browser: join(browser) for browser in browsers])
    assert said == {(302, False): 1, (409, True): CROWD - 1}
    with site.app_context():
        assert members(team_id) == 5


def test_one_of_many_teams_gets_a_person(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        competition = world.competition(team_max=5)
        registration = registration_of(world.participant(competition), competition)
        links = [world.invitation(world.team(competition, 1)) for _ in range(8)]
        key, tokens = registration.id, [link.id for link in links]
        db.session.commit()
        db.session.remove()

    def join(token: Any) -> None:
        invitation = db.session.get(type(links[0]), token)
        actions.accept(invitation, db.session.get(Registration, key))

    answers = at_once(site, [lambda token=token: join(token) for token in tokens])
    assert answers == {"done": 1, "AlreadyInTeam": 7}


def test_one_of_many_gets_the_last_place_in_a_competition(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        competition = world.competition(capacity=3)
        for _ in range(2):
            world.participant(competition)
        people = [world.person() for _ in range(CROWD)]
        keys, place = [person.id for person in people], competition.id
        kinds = type(people[0]), type(competition)
        db.session.commit()
        db.session.remove()

    def enter(key: Any) -> None:
        person, competition = db.session.get(kinds[0], key), db.session.get(kinds[1], place)
        registrations.register(competition, by=person, residence="QC", agreed=[])

    answers = at_once(site, [lambda key=key: enter(key) for key in keys])
    assert answers == {"done": 1, "CompetitionFull": CROWD - 1}


def test_two_who_leave_and_are_removed_leave_one_gap(site: Flask) -> None:
    """A member leaves in one tab while the captain takes them out in another."""
    with site.app_context():
        world = World(site)
        team = world.team(world.competition(), 3)
        place, captain, person = team.memberships[2].id, team.captain.id, team.members[2].id
        kind, team_id = type(team.captain), team.id
        db.session.commit()
        db.session.remove()

    def membership() -> Membership:
        found = db.session.get(Membership, place)
        if found is None:  # as the door would have found, a moment later
            raise actions.NotMember
        return found

    def leave() -> None:
        actions.leave(membership(), by=db.session.get(kind, person))

    def remove() -> None:
        actions.remove(membership(), reason="Gone.", by=db.session.get(kind, captain))

    assert at_once(site, [leave, remove]) == {"done": 1, "NotMember": 1}
    with site.app_context():
        assert members(team_id) == 2
        assert db.session.get(Team, team_id).captain is not None


def members(team_id: Any) -> int:
    query = select(func.count()).select_from(Membership).where(Membership.team_id == team_id)
    return db.session.scalar(query)
