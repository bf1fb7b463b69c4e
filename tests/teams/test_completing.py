"""Completing a competition's teams: the proposal over rows, by hand, and confirming it."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.registrations.models import Registration
from hackathon.registrations.queries import registration_of
from hackathon.teams import completing
from hackathon.teams.completing import completion_of
from hackathon.teams.completion import New, Reason
from hackathon.teams.models import JoinRequest, Outcome, Seeker, Team
from hackathon.teams.queries import place_of
from tests.counting import cost
from tests.world import World

PATH = "/en/c/manage/teams/completion"


@pytest.fixture
def competition(world: World) -> Competition:
    """For teams of 2 to 3."""
    return world.competition("c")


def entry(world: World, competition: Competition) -> Registration:
    found = registration_of(world.participant(competition), competition)
    assert found
    return found


def seeking(world: World, competition: Competition, **others: Any) -> Registration:
    registration = entry(world, competition)
    world.seeker(registration, **others)
    return registration


def complete(competition: Competition, places: Any, by: Any, **asked: bool) -> list[Team]:
    asked = {"everyone": False, "any_team": False, **asked}
    found = completion_of(competition, **asked)
    return completing.complete(competition, places, digest=found.digest, by=by, **asked)


def letters() -> list[tuple[str, str]]:
    return sorted((x.name, x.address) for x in db.session.scalars(select(Letter)))


def test_who_seeks_is_placed_and_others_when_asked_for(
    world: World, competition: Competition
) -> None:
    one, other = seeking(world, competition), entry(world, competition)
    team = world.team(competition, 1)
    found = completion_of(competition)
    assert (found.people, found.teams) == ([one], [team])
    assert found.proposal.places == {one.id: team.id}
    both = completion_of(competition, everyone=True)
    assert both.people == [one, other]
    assert both.proposal.places == {one.id: team.id, other.id: team.id}


def test_teams_that_do_not_look_are_left_alone_unless_asked_for(
    world: World, competition: Competition
) -> None:
    person, team = seeking(world, competition), world.team(competition, 2)
    assert completion_of(competition).proposal.left == {person.id: Reason.NO_PLACE}
    assert completion_of(competition, any_team=True).proposal.places == {person.id: team.id}
    world.vacancy(team)
    assert completion_of(competition).proposal.places == {person.id: team.id}


def test_friends_who_name_each_other_are_together(world: World, competition: Competition) -> None:
    team = world.team(competition, 1)
    one, alone, other = (seeking(world, competition) for _ in range(3))
    for row, friend in ((one, other), (other, one), (alone, one)):
        seeker = db.session.scalars(select(Seeker).filter_by(registration_id=row.id)).one()
        seeker.friends = [friend.user.email]
    places = completion_of(competition).proposal.places
    assert places == {one.id: New(1), alone.id: team.id, other.id: New(1)}


def test_confirming_places_everyone_and_tells_them(world: World, competition: Competition) -> None:
    small, other = world.team(competition, 1), world.team(competition, 2)
    first, second, third = (seeking(world, competition) for _ in range(3))
    request = world.join_request(first, other)
    organizer = world.organizer(competition)
    places = {first.id: small.id, second.id: New(1), third.id: New(1)}
    teams = complete(competition, places, organizer)
    assert teams[0] == small
    assert small.members == [small.captain, first.user]
    founded = teams[1]
    assert (founded.name, founded.languages) == ("Team 1", ["en"])
    assert founded.members == [second.user, third.user]  # who seeks longest is the captain
    assert founded.captain == second.user
    assert request.outcome is Outcome.PLACED
    assert db.session.scalars(select(Seeker)).all() == []
    assert letters() == sorted(
        [
            *(("placed_in_team", p.user.email) for p in (first, second, third)),
            ("team_completed", small.captain.email),
            ("join_request_settled", other.captain.email),
        ]
    )
    [entry] = db.session.scalars(select(Entry).filter_by(deed="completion_confirmed"))
    assert entry.details == {"people": 3, "teams": 1}
    texts = {x.address: x.text for x in db.session.scalars(select(Letter))}
    assert "you are its captain" in texts[second.user.email]
    assert second.user.name in texts[third.user.email]


def test_a_new_team_takes_a_name_that_is_free_in_its_captains_language(
    world: World, competition: Competition
) -> None:
    world.team(competition, 2, name="Équipe 1", name_key="équipe 1")
    people = [seeking(world, competition, languages=["fr"]) for _ in range(2)]
    people[0].user.language = "fr"
    [team] = complete(competition, {p.id: New(1) for p in people}, world.organizer(competition))
    assert (team.name, team.languages) == ("Équipe 2", ["fr"])


@pytest.mark.parametrize(
    ("languages", "number", "obstacle"),
    [
        (["en"], 1, completing.TeamTooSmall),
        (["en"], 4, completing.TeamTooLarge),
        (["fr"], 2, completing.TeamWithoutLanguage),
    ],
)
def test_what_breaks_a_rule_is_not_confirmed(
    world: World, competition: Competition, languages: list[str], number: int, obstacle: Any
) -> None:
    people = [seeking(world, competition) for _ in range(number)]
    db.session.scalars(select(Seeker)).all()[0].languages = languages
    places = {person.id: New(1) for person in people}
    with pytest.raises(obstacle):
        complete(competition, places, world.organizer(competition))


def test_nobody_is_placed_by_an_empty_confirmation(world: World, competition: Competition) -> None:
    seeking(world, competition)
    with pytest.raises(completing.NobodyPlaced):
        complete(competition, {}, world.organizer(competition))


def test_what_changed_in_between_is_noticed(world: World, competition: Competition) -> None:
    team, person = world.team(competition, 1), seeking(world, competition)
    by = world.organizer(competition)
    seen = completion_of(competition).digest

    def confirm() -> Any:
        return completing.complete(
            competition,
            {person.id: team.id},
            digest=seen,
            everyone=False,
            any_team=False,
            by=by,
        )

    with pytest.raises(completing.CompletionChanged):
        seeking(world, competition)
        confirm()
    changes = [
        lambda: setattr(team, "languages", ["fr"]),
        lambda: world.join(world.person(), team),
        lambda: world.vacancy(team),
        lambda: setattr(competition, "team_max", 4),
    ]
    for change in changes:
        before = completion_of(competition).digest
        change()
        db.session.flush()
        assert completion_of(competition).digest != before


# -- the page --------------------------------------------------------------------------------


def sent(page: str) -> dict[str, str]:
    """What the page's form would send as it stands."""
    found = {
        name: re.search(r'value="([^"]*)" selected', options)
        for name, options in re.findall(r'name="(place-[^"]+)">(.*?)</select>', page, re.DOTALL)
    }
    [digest] = re.findall(r'name="digest" value="([^"]+)"', page)
    return {"digest": digest, **{name: m[1] if m else "" for name, m in found.items()}}


def test_an_organizer_confirms_the_proposal(world: World, competition: Competition) -> None:
    team, person = world.team(competition, 1), seeking(world, competition)
    client = world.client(world.organizer(competition))
    form = sent(client.get(PATH).text)
    assert form[f"place-{person.id}"] == str(team.id)
    answer = client.post(PATH, data=form | {"deed": "confirm"})
    assert answer.location == "/en/c/manage/teams"
    place = place_of(person)
    assert place is not None
    assert place.team == team


def test_by_hand_the_sizes_and_languages_are_judged_anew(
    world: World, competition: Competition
) -> None:
    team, person = world.team(competition, 1, languages=["fr"]), seeking(world, competition)
    client = world.client(world.organizer(competition))
    form = sent(client.get(PATH).text)
    form |= {f"place-{person.id}": str(team.id), "deed": "look"}
    page = client.post(PATH, data=form)
    assert page.status_code == 200
    assert "No shared language" in page.text
    assert sent(page.text)[f"place-{person.id}"] == str(team.id)
    refused = client.post(PATH, data=form | {"deed": "confirm"})
    assert refused.status_code == 422
    assert "would have no language that all its people share" in refused.text
    assert place_of(person) is None


def test_an_old_page_is_shown_anew(world: World, competition: Competition) -> None:
    world.team(competition, 1)
    seeking(world, competition)
    client = world.client(world.organizer(competition))
    form = sent(client.get(PATH).text)
    late = seeking(world, competition)
    answer = client.post(PATH, data=form | {"deed": "confirm"})
    assert answer.status_code == 422
    assert "Something changed since you saw the proposal" in answer.text
    assert f"place-{late.id}" in sent(answer.text)
    assert letters() == []


@pytest.mark.parametrize("odd", ["", "nowhere", "new-", "new-x", "new-²", "new-99999999"])
def test_an_odd_place_breaks_nothing(world: World, competition: Competition, odd: str) -> None:
    person = seeking(world, competition)
    client = world.client(world.organizer(competition))
    form = sent(client.get(PATH).text) | {f"place-{person.id}": odd, "deed": "confirm"}
    assert client.post(PATH, data=form).status_code == 422


def test_the_page_without_anybody(world: World, competition: Competition) -> None:
    client = world.client(world.organizer(competition))
    assert client.get(PATH).status_code == 200
    assert client.post(PATH, data={"deed": "confirm", "digest": "x"}).status_code == 422
    entry(world, competition)
    assert "One person has no team and does not look for one." in client.get(PATH).text


def test_the_page_costs_the_same_for_one_and_for_many(
    app: Flask, world: World, competition: Competition
) -> None:
    skill, challenge = world.expertise(competition), world.challenge(competition)
    client = world.client(world.organizer(competition))

    def more() -> None:
        team = world.team(competition, 1, challenge=challenge)
        world.vacancy(team, skills=[skill])
        seeking(world, competition, skills=[skill], interests=[challenge])
        entry(world, competition)

    more()
    few = cost(app, client, f"{PATH}?everyone=y")
    for _ in range(4):
        more()
    assert cost(app, client, f"{PATH}?everyone=y") == few
    assert db.session.scalars(select(JoinRequest)).all() == []
