"""The challenge beyond choosing it: quotas, requests after the lock, reminders, the balance."""

from typing import Any

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.teams import actions, choice
from hackathon.teams.queries import last_request_of, shares_of
from tests.counting import cost
from tests.world import World


def deeds() -> list[str]:
    return list(db.session.scalars(select(Entry.deed)))


def letters() -> list[tuple[str, str]]:
    return sorted((x.name, x.address) for x in db.session.scalars(select(Letter)))


# -- quotas ----------------------------------------------------------------------------------


def test_as_many_teams_as_the_quota(world: World) -> None:
    competition = world.competition()
    challenge, other = world.challenge(competition), world.challenge(competition)
    challenge.quota = 1
    first, second = world.team(competition), world.team(competition)
    actions.choose_challenge(first, challenge, by=first.captain)
    actions.choose_challenge(first, challenge, by=first.captain)  # what it has, it keeps
    with pytest.raises(actions.ChallengeFull):
        actions.choose_challenge(second, challenge, by=second.captain)
    actions.choose_challenge(first, other, by=first.captain)
    actions.choose_challenge(second, challenge, by=second.captain)
    assert [(s.teams, s.people, s.places_left) for s in shares_of(competition)] == [
        (1, 2, 0),
        (1, 2, None),
    ]


def test_a_quota_is_not_set_below_what_is_taken(world: World) -> None:
    competition = world.competition()
    organizer, challenge = world.organizer(competition), world.challenge(competition)
    for _ in range(2):
        world.team(competition, challenge=challenge)
    with pytest.raises(choice.QuotaBelowTaken):
        choice.set_quota(challenge, 1, by=organizer)
    choice.set_quota(challenge, 2, by=organizer)
    choice.set_quota(challenge, 2, by=organizer)
    choice.set_quota(challenge, None, by=organizer)
    assert deeds() == ["quota_set", "quota_lifted"]


@pytest.mark.parametrize("wrong", ["0", "-1", "x", "99999999", "1"])
def test_a_wrong_quota_is_said_beside_the_field(world: World, wrong: str) -> None:
    competition = world.competition("c")
    challenge = world.challenge(competition)
    for _ in range(2):
        world.team(competition, challenge=challenge)
    client = world.client(world.organizer(competition))
    answer = client.post(f"/en/c/manage/challenges/{challenge.id}/quota", data={"quota": wrong})
    assert answer.status_code == 422
    assert 'id="quota-error"' in answer.text
    assert f'value="{wrong}"' in answer.text
    assert challenge.quota is None


# -- requests --------------------------------------------------------------------------------


def asked(world: World, **quota: Any) -> Any:
    """A team of two on challenge 1 that asked for challenge 2, and an organizer."""
    competition = world.competition("c")
    one, two = world.challenge(competition), world.challenge(competition)
    two.quota = quota.get("quota")
    team = world.team(competition, challenge=one)
    request = choice.ask(team, two, reason="⟦Our data⟧", by=team.captain)
    return team, request, world.organizer(competition)


def test_one_open_request_a_team(world: World) -> None:
    team, request, organizer = asked(world)
    with pytest.raises(choice.AlreadyAsked):
        choice.ask(team, request.challenge, reason="Again.", by=team.captain)
    with pytest.raises(choice.AlreadyThatChallenge):
        choice.ask(team, team.challenge, reason="Same.", by=team.captain)
    choice.refuse(request, answer="No.", by=organizer)
    again = choice.ask(team, request.challenge, reason="Please.", by=team.captain)
    assert last_request_of(team) == again


def test_granting_gives_the_challenge_and_tells_the_team(world: World) -> None:
    team, request, organizer = asked(world)
    wanted = request.challenge
    choice.grant(request, answer="⟦Of course⟧", beyond_quota=False, by=organizer)
    assert (team.challenge, request.open) == (wanted, False)
    assert letters() == sorted(("challenge_request_answered", p.email) for p in team.members)
    assert "⟦Of course⟧" in db.session.scalars(select(Letter.text)).first()
    assert deeds() == ["challenge_requested", "challenge_request_granted"]
    with pytest.raises(choice.RequestOver):
        choice.refuse(request, answer="", by=organizer)


def test_refusing_changes_nothing(world: World) -> None:
    team, request, organizer = asked(world)
    before = team.challenge
    choice.refuse(request, answer="", by=organizer)
    assert (team.challenge, request.open) == (before, False)
    assert [name for name, _ in letters()] == ["challenge_request_answered"] * 2
    assert deeds() == ["challenge_requested", "challenge_request_refused"]


def test_what_is_taken_back_cannot_be_granted(world: World) -> None:
    team, request, _organizer = asked(world)
    choice.take_back(request, by=team.captain)
    assert last_request_of(team) is None
    assert deeds() == ["challenge_requested", "challenge_request_taken_back"]


def test_granting_keeps_to_the_quota_unless_told(world: World) -> None:
    team, request, organizer = asked(world, quota=1)
    world.team(team.competition, challenge=request.challenge)
    client = world.client(organizer)
    path = f"/en/c/manage/challenge-requests/{request.id}"
    assert "This challenge is full" in client.get(path).text
    answer = client.post(path, data={"grant": "1", "answer": "⟦fine⟧"})
    assert answer.status_code == 422
    assert "have chosen this challenge" in answer.text
    assert "⟦fine⟧" in answer.text
    answer = client.post(path, data={"grant": "1", "beyond_quota": "y"})
    assert answer.location == "/en/c/manage/teams/challenges"
    assert team.challenge_id == request.challenge_id
    answer = client.post(path, data={"refuse": "1"})  # the back button, the other one
    assert answer.status_code == 422
    assert "answered or taken back" in answer.text


# -- the balance -----------------------------------------------------------------------------


def test_the_undecided_are_reminded_once_an_hour(world: World) -> None:
    competition = world.competition("c")
    world.team(competition, challenge=world.challenge(competition))
    team = world.team(competition)
    client = world.client(world.organizer(competition))
    page = client.get("/en/c/manage/teams/challenges").text
    assert team.name in page
    for _ in range(2):
        client.post("/en/c/manage/teams/challenges/reminder")
    assert letters() == [("challenge_reminder", team.captain.email)]
    assert deeds() == ["undecided_reminded"]
    assert "/challenge" in db.session.scalars(select(Letter.text)).one()
    world.set_gates(competition, "closed", Gate.CHALLENGE_CHOICE)
    late = world.team(competition)
    choice.remind_undecided(competition, by=late.captain)
    assert ("challenge_reminder", late.captain.email) in letters()


def test_the_balance_costs_the_same_whatever_the_number_of_teams(world: World) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    challenge = world.challenge(competition)
    costs = []
    for _ in range(2):
        for _ in range(2):
            world.challenge_request(world.team(competition, challenge=challenge), challenge)
            world.team(competition)
        costs.append(cost(world.app, client, "/en/c/manage/teams/challenges"))
    assert costs[0] == costs[1]


def test_a_team_keeps_a_full_challenge_that_it_has_by_now(world: World) -> None:
    competition = world.competition()
    challenge = world.challenge(competition)
    challenge.quota = 1
    team, organizer = world.team(competition), world.organizer(competition)
    request = world.challenge_request(team, challenge)
    actions.choose_challenge(team, challenge, by=organizer)
    choice.grant(request, answer="", beyond_quota=False, by=organizer)
    assert (team.challenge, request.open) == (challenge, False)
