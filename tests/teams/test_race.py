"""Many people at once, each with a connection of their own, on a database that really commits."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import close_all_sessions

from hackathon import create_app
from hackathon.extensions import db
from hackathon.ground.model import Model
from hackathon.mergers import actions as merging
from hackathon.post.models import Letter
from hackathon.registrations import actions as registrations
from hackathon.registrations.models import Registration
from hackathon.registrations.queries import registration_of
from hackathon.registrations.states import State
from hackathon.teams import actions, choice
from hackathon.teams.models import Invitation, Membership, Merger, Team
from tests.conftest import new_database, settings_for
from tests.world import World

CROWD = 64


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


# Between a look and the deed that follows it, somebody else is let in only by PostgreSQL.
on_postgresql = pytest.mark.parametrize("site", ["postgresql"], indirect=True)


def meanwhile(site: Flask, deed: Callable[[], Any]) -> None:
    """Somebody else does it, and is done before we go on."""
    assert at_once(site, [deed]) == {"done": 1}


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


def test_one_of_many_gets_the_last_use_of_a_link(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        competition = world.competition(team_max=50)
        link = world.invitation(world.team(competition, 1), most_uses=1)
        people = [registration_of(world.participant(competition), competition) for _ in range(16)]
        keys, link_id = [person.id for person in people], link.id
        db.session.commit()
        db.session.remove()

    def join(key: Any) -> None:
        actions.accept(db.session.get(Invitation, link_id), db.session.get(Registration, key))

    answers = at_once(site, [lambda key=key: join(key) for key in keys])
    assert answers == {"done": 1, "InvitationUsed": 15}


def test_one_of_many_teams_gets_the_last_place_of_a_challenge(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        competition = world.competition(team_max=50)
        challenge = world.challenge(competition)
        challenge.quota = 3
        for _ in range(2):
            world.team(competition, 1, challenge=challenge)
        teams = [world.team(competition, 1) for _ in range(CROWD)]
        browsers = [world.client(team.captain) for team in teams]
        paths = [f"/fr/{competition.slug}/teams/{team.id}/challenge" for team in teams]
        key = challenge.id
        db.session.commit()
        db.session.remove()

    said: Counter[tuple[int, bool]] = Counter()

    def choose(browser: Any, path: str) -> None:
        answer = browser.post(path, data={"challenge": str(key)})
        said[answer.status_code, "Ce défi est complet" in answer.text] += 1

    rush = [
        lambda browser=browser, path=path: choose(browser, path)
        for browser, path in zip(browsers, paths, strict=True)
    ]
    at_once(site, rush)
    assert said == {(302, False): 1, (422, True): CROWD - 1}
    with site.app_context():
        assert db.session.scalar(select(func.count()).where(Team.challenge_id == key)) == 3


def test_two_captains_who_accept_each_other_make_one_team(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        competition = world.competition(team_max=4)
        one, other = world.team(competition, 2), world.team(competition, 2)
        mergers = [world.merger(one, other).id, world.merger(other, one).id]
        captains, kind = [other.captain.id, one.captain.id], type(one.captain)
        db.session.commit()
        db.session.remove()

    def accept(key: Any, captain: Any) -> None:
        found = db.session.get(Merger, key)
        if found is None:  # as the door would have found, a moment later
            raise merging.ProposalOver
        merging.accept(found, by=db.session.get(kind, captain))

    accepts = [
        lambda key=key, captain=captain: accept(key, captain)
        for key, captain in zip(mergers, captains, strict=True)
    ]
    answers = at_once(site, accepts)
    assert answers == {"done": 1, "ProposalOver": 1}
    with site.app_context():
        [team] = db.session.scalars(select(Team))
        assert (members(team.id), sum(place.captain for place in team.memberships)) == (4, 1)


def test_who_joins_while_two_teams_become_one_is_in_it_or_told_why(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        competition = world.competition(team_max=4)
        one, other = world.team(competition, 2), world.team(competition, 2)
        merger, kind, captain = world.merger(one, other).id, type(one.captain), other.captain.id
        links = [world.invitation(team).id for team in (one, other) for _ in range(4)]
        people = [registration_of(world.participant(competition), competition).id for _ in links]
        db.session.commit()
        db.session.remove()

    def merge() -> None:
        merging.accept(db.session.get(Merger, merger), by=db.session.get(kind, captain))

    def join(link: Any, person: Any) -> None:
        invitation = db.session.get(Invitation, link)
        if invitation is None:
            raise actions.TeamGone
        actions.accept(invitation, db.session.get(Registration, person))

    joins = [
        lambda link=link, person=person: join(link, person)
        for link, person in zip(links, people, strict=True)
    ]
    answers = at_once(site, [merge, *joins])
    assert sum(answers.values()) == 9
    assert set(answers) <= {"done", "TeamFull", "TeamGone", "TooManyTogether"}
    with site.app_context():
        teams = db.session.scalars(select(Team)).all()
        assert all(members(team.id) <= 4 for team in teams)
        assert all(sum(place.captain for place in team.memberships) == 1 for team in teams)
        joined = answers["done"] - (len(teams) == 1)
        assert sum(members(team.id) for team in teams) == 4 + joined


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


def test_nobody_withdraws_and_joins_at_once(site: Flask) -> None:
    """In one tab the person joins a team, in another they leave the competition."""
    with site.app_context():
        world = World(site)
        competition = world.competition(team_max=5)
        people = [registration_of(world.participant(competition), competition) for _ in range(16)]
        pairs = [(entry.id, world.invitation(world.team(competition, 1)).id) for entry in people]
        db.session.commit()
        db.session.remove()

    def join(entry: Any, link: Any) -> None:
        actions.accept(db.session.get(Invitation, link), db.session.get(Registration, entry))

    def withdraw(entry: Any) -> None:
        registration = db.session.get(Registration, entry)
        actions.withdraw(registration, by=registration.user)

    deeds = [lambda pair=pair: join(*pair) for pair in pairs]
    deeds += [lambda pair=pair: withdraw(pair[0]) for pair in pairs]
    answers = at_once(site, deeds)
    assert set(answers) <= {"done", "NotRegistered", "JoinedMeanwhile"}
    with site.app_context():
        members = select(Membership.registration_id)
        lost = select(Registration).where(Registration.id.in_(members), ~Registration.takes_part)
        assert db.session.scalars(lost).all() == []


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


def test_a_captain_is_reminded_once_however_often_the_button_is_pressed(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        competition = world.competition()
        for _ in range(4):
            world.team(competition, 1)
        organizer = world.organizer(competition)
        kinds, keys = (type(competition), type(organizer)), (competition.id, organizer.id)
        db.session.commit()
        db.session.remove()

    def remind() -> None:
        here, by = (db.session.get(kind, key) for kind, key in zip(kinds, keys, strict=True))
        choice.remind_undecided(here, by=by)

    assert at_once(site, [remind] * 4) == {"done": 4}
    with site.app_context():
        assert db.session.scalar(select(func.count()).select_from(Letter)) == 4


@on_postgresql
def test_who_withdraws_and_who_moves_entries_do_not_wait_for_each_other(site: Flask) -> None:
    """The worker ends an offer while the person turns it down."""
    with site.app_context():
        world = World(site)
        competition = world.competition()
        offered = world.registration(world.person(), competition, State.OFFERED)
        offered.offered_until = datetime.now(UTC) - timedelta(hours=1)
        entry = offered.id
        db.session.commit()
        db.session.remove()

    def withdraw() -> None:
        registration = db.session.get(Registration, entry)
        actions.withdraw(registration, by=registration.user)

    with site.app_context():
        held = db.session.get(Registration, entry).competition
        db.session.refresh(held, with_for_update={"key_share": True})  # as the worker does first
        answers: list[Counter[str]] = []
        other = threading.Thread(target=lambda: answers.append(at_once(site, [withdraw])))
        other.start()
        other.join(1)  # it waits for us
        assert registrations.lapse_offers() == 1
        db.session.commit()
        other.join(10)
        assert answers == [{"MoveRefused": 1}]


@on_postgresql
def test_who_was_made_captain_meanwhile_does_not_leave_the_team_without_one(site: Flask) -> None:
    with site.app_context():
        world = World(site)
        team = world.team(world.competition(), 3)
        place, captain, kind = team.memberships[1].id, team.captain.id, type(team.captain)
        db.session.commit()
        db.session.remove()

    def hand_over() -> None:
        actions.hand_over(db.session.get(Membership, place), by=db.session.get(kind, captain))

    with site.app_context():
        seen = db.session.get(Membership, place)  # as the door found it
        meanwhile(site, hand_over)
        with pytest.raises(actions.CaptainMustHandOver):
            actions.leave(seen, by=seen.registration.user)


@on_postgresql
def test_the_captaincy_is_handed_over_by_who_has_it_by_now(site: Flask) -> None:
    """Organizers hand it over in one tab while the captain does in another."""
    with site.app_context():
        world = World(site)
        team = world.team(world.competition(), 3)
        places = [place.id for place in team.memberships]
        captain, kind, team_id = team.captain.id, type(team.captain), team.id
        db.session.commit()
        db.session.remove()

    def hand_over(place: Any) -> None:
        actions.hand_over(db.session.get(Membership, place), by=db.session.get(kind, captain))

    with site.app_context():
        seen = [db.session.get(Membership, place) for place in places]
        meanwhile(site, lambda: hand_over(places[1]))
        actions.hand_over(seen[2], by=seen[0].registration.user)
        db.session.commit()
        team = db.session.get(Team, team_id)
        assert [place.id for place in team.memberships if place.captain] == [places[2]]


def members(team_id: Any) -> int:
    query = select(func.count()).select_from(Membership).where(Membership.team_id == team_id)
    return db.session.scalar(query)
