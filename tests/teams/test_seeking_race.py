"""Requests answered at the same moment, on a database that really commits."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.mergers import actions as merging
from hackathon.post.models import Letter
from hackathon.registrations.models import Registration
from hackathon.registrations.queries import registration_of
from hackathon.teams import actions, completing, seeking
from hackathon.teams.completing import completion_of
from hackathon.teams.models import (
    Invitation,
    JoinRequest,
    Membership,
    Merger,
    Outcome,
    Seeker,
    Side,
    Team,
)
from tests.teams.test_race import at_once, meanwhile, members, on_postgresql, site  # noqa: F401
from tests.world import World

CROWD = 12


def test_one_of_many_requests_gets_the_last_place(site: Flask) -> None:  # noqa: F811
    with site.app_context():
        world = World(site)
        competition = world.competition(team_max=5)
        team = world.team(competition, 4)
        people = [world.participant(competition) for _ in range(CROWD)]
        keys = [world.join_request(registration_of(each, competition), team).id for each in people]
        team_id = team.id
        db.session.commit()
        db.session.remove()

    def accept(key: Any) -> None:
        request = db.session.get(JoinRequest, key)
        seeking.accept(request, answer="", by=request.team.captain)

    answers = at_once(site, [lambda key=key: accept(key) for key in keys])
    assert answers["done"] == 1
    assert answers.total() == CROWD
    assert set(answers) <= {"done", "TeamFull", "RequestOver"}
    with site.app_context():
        outcomes = list(db.session.scalars(select(JoinRequest.outcome)))
        assert members(team_id) == 5
        assert outcomes.count(Outcome.ACCEPTED) == 1
        assert outcomes.count(Outcome.FULL) == CROWD - 1


def test_two_people_and_two_teams_cross_without_waiting_for_each_other(
    site: Flask,  # noqa: F811
) -> None:
    """Each accepts another one of two people who asked both: nobody is in two teams."""
    with site.app_context():
        world = World(site)
        competition = world.competition(team_max=3)
        teams = [world.team(competition, 2) for _ in range(2)]
        people = [registration_of(world.participant(competition), competition) for _ in range(2)]
        keys = [world.join_request(person, team).id for person in people for team in teams]
        db.session.commit()
        db.session.remove()

    def accept(key: Any) -> None:
        request = db.session.get(JoinRequest, key)
        seeking.accept(request, answer="", by=request.team.captain)

    answers = at_once(site, [lambda key=key: accept(key) for key in keys])
    assert answers["done"] == 2
    assert set(answers) <= {"done", "TeamFull", "RequestOver", "AlreadyInTeam"}
    with site.app_context():
        assert None not in set(db.session.scalars(select(JoinRequest.outcome)))
        assert len(db.session.scalars(select(Membership)).all()) == 6


def test_a_completion_confirmed_twice_happens_once(site: Flask) -> None:  # noqa: F811
    with site.app_context():
        world = World(site)
        competition = world.competition(team_max=3)
        team = world.team(competition, 1)
        organizer = world.organizer(competition)
        person = registration_of(world.participant(competition), competition)
        world.seeker(person)
        digest = completion_of(competition).digest
        kinds = type(competition), type(organizer)
        places, here, by, team_id = (
            {person.id: team.id},
            competition.id,
            organizer.id,
            team.id,
        )
        db.session.commit()
        db.session.remove()

    def confirm() -> None:
        completing.complete(
            db.session.get(kinds[0], here),
            places,
            digest=digest,
            everyone=False,
            any_team=False,
            by=db.session.get(kinds[1], by),
        )

    assert at_once(site, [confirm] * 4) == {"done": 1, "CompletionChanged": 3}
    with site.app_context():
        assert members(team_id) == 2
        assert db.session.get(Team, team_id).captain is not None


@on_postgresql
def test_a_completion_sees_what_somebody_has_just_said(site: Flask) -> None:  # noqa: F811
    with site.app_context():
        world = World(site)
        competition = world.competition(team_max=3)
        team, organizer = world.team(competition, 1), world.organizer(competition)
        person = registration_of(world.participant(competition), competition)
        seeker = world.seeker(person)
        kinds = type(competition), type(organizer)
        keys = competition.id, organizer.id, seeker.id
        places = {person.id: team.id}
        db.session.commit()
        db.session.remove()

    def speak_french_only() -> None:
        db.session.get(Seeker, keys[2]).languages = ["fr"]

    with site.app_context():
        competition = db.session.get(kinds[0], keys[0])
        shown = completion_of(competition)
        digest = shown.digest
        meanwhile(site, speak_french_only)
        with pytest.raises(completing.CompletionChanged):
            completing.complete(
                competition,
                places,
                digest=digest,
                everyone=False,
                any_team=False,
                by=db.session.get(kinds[1], keys[1]),
            )


def in_turn(site: Flask, key: Any, deeds: list[Callable[[], Any]]) -> Counter[str]:  # noqa: F811
    """Hold a request until each deed, one after the other, waits for somebody."""
    answers: list[Counter[str]] = []
    with site.app_context():
        db.session.get(JoinRequest, key, with_for_update=True)
        waiting = [
            threading.Thread(target=lambda deed=deed: answers.append(at_once(site, [deed])))
            for deed in deeds
        ]
        for thread in waiting:
            thread.start()
            thread.join(1)
        db.session.rollback()
    for thread in waiting:
        thread.join(20)
    return sum(answers, Counter())


def asking_both(world: World, *teams: Team) -> tuple[Any, list[Any]]:
    """Somebody who asked these teams, with a link into yet another; and their requests."""
    competition = teams[0].competition
    person = registration_of(world.participant(competition), competition)
    requests = [world.join_request(person, team).id for team in teams]
    link = world.invitation(world.team(competition, 1))
    return (link.id, person.id), requests


def join(keys: Any) -> None:
    link, person = keys
    actions.accept(db.session.get(Invitation, link), db.session.get(Registration, person))


@on_postgresql
def test_who_joins_and_who_merges_do_not_wait_for_each_other(site: Flask) -> None:  # noqa: F811
    with site.app_context():
        world = World(site)
        competition = world.competition(team_max=4)
        stays, goes = world.team(competition, 2), world.team(competition, 2)
        merger, captain, kind = world.merger(stays, goes).id, goes.captain.id, type(goes.captain)
        newcomer, requests = asking_both(world, stays, goes)
        db.session.commit()
        db.session.remove()

    def merge() -> None:
        merging.accept(db.session.get(Merger, merger), by=db.session.get(kind, captain))

    assert in_turn(site, requests[0], [lambda: join(newcomer), merge]) == {"done": 2}


@on_postgresql
def test_who_joins_and_who_completes_do_not_wait_for_each_other(site: Flask) -> None:  # noqa: F811
    with site.app_context():
        world = World(site)
        competition = world.competition(team_min=2, team_max=2)
        second = world.team(competition, 1, name_key="b")
        first = world.team(competition, 1, name_key="a")
        newcomer, requests = asking_both(world, second, first)
        people = [registration_of(world.participant(competition), competition) for _ in range(2)]
        for person in people:
            world.seeker(person)
        places = {people[0].id: first.id, people[1].id: second.id}
        organizer = world.organizer(competition)
        kinds, keys = (type(competition), type(organizer)), (competition.id, organizer.id)
        digest = completion_of(competition).digest
        db.session.commit()
        db.session.remove()

    def complete() -> None:
        completing.complete(
            db.session.get(kinds[0], keys[0]),
            places,
            digest=digest,
            everyone=False,
            any_team=False,
            by=db.session.get(kinds[1], keys[1]),
        )

    answers = in_turn(site, requests[0], [lambda: join(newcomer), complete])
    assert set(answers) <= {"done", "CompletionChanged"}


@on_postgresql
def test_who_waited_for_a_merger_writes_of_the_team_there_is_now(site: Flask) -> None:  # noqa: F811
    with site.app_context():
        world = World(site)
        competition = world.competition(team_max=8)
        stays, goes = world.team(competition, 2), world.team(competition, 2)
        world.submission(stays, handed_in=False)
        merger = world.merger(stays, goes, name_of=Side.ASKED, work_of=Side.PROPOSER)
        newcomer, _ = asking_both(world, stays)
        keys, names = (merger.id, goes.captain.id), (stays.name, goes.name)
        kind = type(goes.captain)
        db.session.commit()
        db.session.remove()

        merging.accept(db.session.get(Merger, keys[0]), by=db.session.get(kind, keys[1]))
        answers: list[Counter[str]] = []
        waiting = threading.Thread(
            target=lambda: answers.append(at_once(site, [lambda: join(newcomer)]))
        )
        waiting.start()
        waiting.join(1)  # it waits for the requests to the team
        db.session.commit()
        waiting.join(20)
        assert answers == [{"done": 1}]
        [letter] = db.session.scalars(select(Letter).where(Letter.name == "join_request_settled"))
        assert names[1] in letter.text
        assert names[0] not in letter.text
