"""Requests answered at the same moment, on a database that really commits."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.registrations.queries import registration_of
from hackathon.teams import completing, seeking
from hackathon.teams.completing import completion_of
from hackathon.teams.models import (
    JoinRequest,
    Membership,
    Outcome,
    Seeker,
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
