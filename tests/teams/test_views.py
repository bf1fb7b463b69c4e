"""The pages of teams, as their people use them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.post.models import Letter
from hackathon.registrations.queries import registration_of
from hackathon.teams.models import Allowance, Invitation, Team
from hackathon.teams.queries import team_of
from tests.counting import queries
from tests.world import World, both

TEAM = {"name": "Boussole", "languages": ["fr", "en"], "about": "Nous cartographions."}


def test_a_participant_founds_a_team(world: World) -> None:
    competition = world.competition("c")
    user = world.participant(competition)
    answer = world.client(user).post("/fr/c/teams/new", data=TEAM)
    team = db.session.scalars(select(Team)).one()
    assert answer.location == f"/fr/c/teams/{team.id}"
    assert (team.name, team.languages, team.about) == tuple(TEAM.values())
    assert team.captain == user
    assert world.client(user).get("/fr/c/team").location == answer.location


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 81},
        {"languages": []},
        {"languages": ["de"]},
        {"about": "x" * 1001},
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(world: World, wrong: Any) -> None:
    competition = world.competition("c")
    client = world.client(world.participant(competition))
    answer = client.post("/en/c/teams/new", data=TEAM | wrong)
    assert answer.status_code == 422
    assert db.session.scalars(select(Team)).all() == []
    assert (TEAM | wrong)["about"] in answer.text


def test_a_taken_name_is_said_beside_the_field(world: World) -> None:
    competition = world.competition("c")
    world.team(competition, name="Boussole", name_key="boussole")
    client = world.client(world.participant(competition))
    answer = client.post("/en/c/teams/new", data=TEAM | {"name": "BOUSSOLE"})
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert "Another team has this name already." in answer.text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "שלום", "🦊🦊", "e\u0301\u0302"])
def test_hostile_and_strange_names_are_only_text(world: World, name: str) -> None:
    competition = world.competition("c")
    user = world.participant(competition)
    client = world.client(user)
    answer = client.post("/en/c/teams/new", data=TEAM | {"name": name, "about": name})
    page = client.get(answer.location)
    assert team_of(user, competition).name == name
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_others_see_the_list_and_not_the_team(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition, about="⟦We map.⟧", challenge=world.challenge(competition))
    client = world.client(world.participant(competition))
    page = client.get("/en/c/teams")
    assert "We map." in page.text
    assert "One free place" in page.text
    assert "Member" not in page.text.replace("2 members", "")
    assert client.get(f"/en/c/teams/{team.id}").status_code == 403


def test_a_team_of_another_competition_is_not_found(world: World) -> None:
    competition = world.competition("c")
    team = world.team(world.competition("d"))
    client = world.client(world.organizer(competition))
    for path in (f"teams/{team.id}", f"manage/teams/{team.id}", "teams/not-a-key"):
        assert client.get(f"/en/c/{path}").status_code == 404


def test_the_list_costs_the_same_whatever_its_length(world: World) -> None:
    competition = world.competition("c")
    client = world.client(world.participant(competition))
    world.team(competition, 2, challenge=world.challenge(competition))
    with queries(world.app) as few:
        assert client.get("/en/c/teams").status_code == 200
    for _ in range(5):
        world.team(competition, 3, challenge=world.challenge(competition))
    with queries(world.app) as many:
        assert client.get("/en/c/teams").status_code == 200
    assert len(few) == len(many)


def test_a_team_page_costs_the_same_whatever_its_size(world: World) -> None:
    competition = world.competition("c", team_max=9)
    costs = []
    for size in (2, 8):
        team = world.team(competition, size)
        world.invitation(team)
        client = world.client(team.captain)
        with queries(world.app) as seen:
            assert client.get(f"/en/c/teams/{team.id}").status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1]


# -- the challenge ---------------------------------------------------------------------------


def test_the_captain_chooses_exactly_one_challenge(world: World) -> None:
    competition = world.competition("c")
    one, two = world.challenge(competition), world.challenge(competition)
    foreign = world.challenge(world.competition("d"))
    team = world.team(competition)
    client = world.client(team.captain)
    path = f"/en/c/teams/{team.id}/challenge"
    for wrong in ({}, {"challenge": ""}, {"challenge": str(foreign.id)}, {"challenge": "x"}):
        assert client.post(path, data=wrong).status_code == 422
    assert team.challenge is None
    for challenge in (one, two):
        answer = client.post(path, data={"challenge": str(challenge.id)})
        assert answer.location == f"/en/c/teams/{team.id}"
        assert team.challenge_id == challenge.id
    world.set_gates(competition, "closed", Gate.CHALLENGE_CHOICE)
    answer = client.post(path, data={"challenge": str(one.id)})
    assert answer.status_code == 403
    assert "The challenge cannot be chosen at this time." in answer.text
    assert team.challenge_id == two.id


def test_a_teams_own_allowance_counts_at_the_door(world: World) -> None:
    competition = world.competition("c", gates="closed")
    challenge = world.challenge(competition)
    team = world.team(competition)
    path = f"/en/c/teams/{team.id}/challenge"
    client = world.client(team.captain)
    assert client.get(path).status_code == 403
    world.add(
        Allowance(
            team=team,
            gate=Gate.CHALLENGE_CHOICE,
            closes_at=datetime.now(UTC) + timedelta(hours=1),
            reason=both("why"),
            created_at=datetime.now(UTC) - timedelta(hours=1),
        )
    )
    assert client.post(path, data={"challenge": str(challenge.id)}).status_code == 302
    assert team.challenge_id == challenge.id


# -- invitations -----------------------------------------------------------------------------


def test_a_letter_and_a_link(world: World) -> None:
    competition = world.competition("c", team_max=5)
    team = world.team(competition)
    client = world.client(team.captain)
    path = f"/fr/c/teams/{team.id}/invitations"
    assert client.post(path, data={"address": "not an address"}).status_code == 422
    assert client.post(path, data={"address": "guest@example.org"}).status_code == 302
    assert client.post(path, data={"address": "guest@example.org"}).status_code == 422
    assert client.post(f"{path}/link").status_code == 302
    letter = db.session.scalars(select(Letter)).one()
    by_letter, link = db.session.scalars(select(Invitation).order_by(Invitation.created_at))
    assert (letter.address, letter.language) == ("guest@example.org", "fr")
    assert f"http://localhost/fr/c/invitations/{by_letter.token}" in letter.text
    page = client.get(path)
    assert f"http://localhost/fr/c/invitations/{link.token}" in page.text
    assert by_letter.token not in page.text.replace(f"{by_letter.token}/revocation", "")
    client.post(f"{path}/{link.token}/revocation")
    assert not link.waiting


def test_an_invitation_of_another_team_is_not_revoked(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    foreign = world.invitation(world.team(competition))
    path = f"/en/c/teams/{team.id}/invitations/{foreign.token}/revocation"
    assert world.client(team.captain).post(path).status_code == 404
    assert foreign.waiting


def test_from_the_link_through_registration_into_the_team(world: World) -> None:
    competition = world.competition("c", minimum_age=None)
    team = world.team(competition)
    link = world.invitation(team)
    path = f"/en/c/invitations/{link.token}"
    page = world.client().get(path)
    assert f"/en/account/sign-in?next={path}" in page.text
    assert f"/en/account/new?next={path}" in page.text
    user = world.person()
    client = world.client(user)
    assert f"/en/c/registration/new?next={path}" in client.get(path).text
    assert f"{path}/acceptance" not in client.get(path).text
    answer = client.post("/en/c/registration/new", data={"residence": "QC", "next": path})
    assert answer.location == path
    assert f"{path}/acceptance" in client.get(path).text
    answer = client.post(f"{path}/acceptance")
    assert answer.location == f"/en/c/teams/{team.id}"
    assert team_of(user, competition) == team


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("expired", "This invitation does not work any more"),
        ("revoked", "This invitation does not work any more"),
        ("full", "This team is full"),
        ("closed", "Teams cannot be changed at this time"),
    ],
)
def test_an_invitation_that_cannot_be_accepted_says_why(
    world: World, state: str, said: str
) -> None:
    competition = world.competition("c")
    team = world.team(competition, 3 if state == "full" else 2)
    link = world.invitation(team)
    user = world.participant(competition)
    if state == "expired":
        link.expires_at = datetime.now(UTC)
    elif state == "revoked":
        link.closed_at = datetime.now(UTC)
    elif state == "closed":
        world.set_gates(competition, "closed", Gate.TEAM_CHANGES)
    client = world.client(user)
    path = f"/en/c/invitations/{link.token}"
    page = client.get(path)
    assert page.status_code == 200
    assert said in page.text
    assert "/acceptance" not in page.text
    assert client.post(f"{path}/acceptance").status_code in (403, 409)
    assert team_of(user, competition) is None


def test_foreign_and_altered_tokens_are_not_found(world: World) -> None:
    world.competition("c")
    foreign = world.invitation(world.team(world.competition("d")))
    for token in (foreign.token, "no-such-token", foreign.token.upper(), "%00", "x" * 500):
        assert world.client().get(f"/en/c/invitations/{token}").status_code == 404


def test_declining(world: World) -> None:
    competition = world.competition("c")
    invitation = world.invitation(world.team(competition), "a@example.org")
    client = world.client(world.person())
    answer = client.post(f"/en/c/invitations/{invitation.token}/refusal")
    assert answer.location == "/en/c/"
    assert not invitation.waiting


# -- leaving ---------------------------------------------------------------------------------


def test_a_member_leaves(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    member = team.members[1]
    answer = world.client(member).post(f"/en/c/teams/{team.id}/departure")
    assert answer.location == "/en/c/teams"
    assert team_of(member, competition) is None


def test_a_captain_is_told_to_hand_over_first(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    client = world.client(team.captain)
    for path in (f"teams/{team.id}/departure", "registration/withdrawal"):
        answer = client.post(f"/en/c/{path}")
        assert answer.status_code == 409
        assert "hand the captaincy over first" in answer.text
    assert registration_of(team.captain, competition) is not None
    member = team.memberships[1]
    answer = client.post(f"/en/c/teams/{team.id}/captaincy", data={"membership": str(member.id)})
    assert answer.location == f"/en/c/teams/{team.id}"
    db.session.expire_all()
    assert team.captain == member.registration.user


def test_the_captaincy_goes_to_members_only(world: World) -> None:
    competition = world.competition("c")
    team, other = world.team(competition), world.team(competition)
    path = f"/en/c/teams/{team.id}/captaincy"
    client = world.client(team.captain)
    own = team.memberships[0]
    for wrong in (other.memberships[1].id, own.id, "x", ""):
        assert client.post(path, data={"membership": str(wrong)}).status_code == 422


def test_removing_a_member_asks_for_a_reason(world: World) -> None:
    competition = world.competition("c")
    team, other = world.team(competition), world.team(competition)
    member = team.memberships[1]
    user = member.registration.user
    client = world.client(team.captain)
    path = f"/en/c/teams/{team.id}/members/{member.id}/removal"
    assert client.post(path, data={"reason": " "}).status_code == 422
    foreign = f"/en/c/teams/{team.id}/members/{other.memberships[1].id}/removal"
    assert client.post(foreign, data={"reason": "x"}).status_code == 404
    assert client.post(path, data={"reason": "Never came."}).status_code == 302
    assert team_of(user, competition) is None
    assert client.post(path, data={"reason": "Again."}).status_code == 404


def test_nothing_changes_after_the_gate(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    captain, member = team.members
    world.set_gates(competition, "closed", Gate.TEAM_CHANGES)
    knocks = [
        (captain, f"teams/{team.id}/edit"),
        (captain, f"teams/{team.id}/invitations"),
        (captain, f"teams/{team.id}/captaincy"),
        (captain, f"teams/{team.id}/members/{team.memberships[1].id}/removal"),
        (member, f"teams/{team.id}/departure"),
        (member, "registration/withdrawal"),
    ]
    for person, path in knocks:
        answer = world.client(person).post(f"/en/c/{path}", data=TEAM | {"reason": "x"})
        assert answer.status_code == 403
        assert "Teams cannot be changed at this time." in answer.text
        assert "Closed on" in answer.text
    assert len(team.members) == 2
