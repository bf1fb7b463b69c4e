"""The pages of teams, as their people use them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.post.models import Letter
from hackathon.registrations.queries import registration_of
from hackathon.teams.models import Allowance, Ending, Invitation, Team
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
    assert "1 free place" in page.text
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


def test_a_full_challenge_is_shown_and_cannot_be_chosen(world: World) -> None:
    competition = world.competition("c")
    full, free = world.challenge(competition), world.challenge(competition)
    full.quota, free.quota = 1, 3
    taker = world.team(competition, challenge=full)
    team = world.team(competition)
    client, path = world.client(team.captain), f"/fr/c/teams/{team.id}/challenge"
    page = client.get(path).text
    assert "3 places libres." in page
    assert "Complet" in page
    assert page.count("disabled") == 1
    answer = client.post(path, data={"challenge": str(full.id)})
    assert answer.status_code == 422
    assert 'id="challenge-error"' in answer.text
    assert team.challenge is None
    own = world.client(taker.captain)
    keep = own.post(f"/fr/c/teams/{taker.id}/challenge", data={"challenge": str(full.id)})
    assert keep.status_code == 302


def test_after_the_lock_a_captain_asks_and_takes_it_back(world: World) -> None:
    competition = world.competition("c")
    one, two = world.challenge(competition), world.challenge(competition)
    team = world.team(competition, challenge=one)
    client, path = world.client(team.captain), f"/en/c/teams/{team.id}/challenge/request"
    assert client.get(path).status_code == 403
    world.set_gates(competition, "closed", Gate.CHALLENGE_CHOICE)
    assert path in client.get(f"/en/c/teams/{team.id}").text
    for wrong in ({}, {"reason": "x"}, {"reason": "x", "challenge": str(one.id)}):
        answer = client.post(path, data=wrong)
        assert answer.status_code == 422
    form = {"reason": "⟦Our data⟧", "challenge": str(two.id)}
    assert client.post(path, data=form).location == f"/en/c/teams/{team.id}"
    assert "⟦Our data⟧" in client.get(path).text
    answer = client.post(path, data=form)
    assert answer.status_code == 422
    assert "have not answered yet" in answer.text
    assert client.post(f"{path}/withdrawal").status_code == 302
    assert client.post(f"{path}/withdrawal").status_code == 409
    world.set_gates(competition, "closed", Gate.SUBMISSION)
    assert client.get(path).status_code == 403


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
    form = {"days": "3", "most_uses": "2"}
    assert client.post(f"{path}/link", data=form).status_code == 302
    letter = db.session.scalars(select(Letter)).one()
    by_letter, link = db.session.scalars(select(Invitation).order_by(Invitation.created_at))
    assert (letter.address, letter.language) == ("guest@example.org", "fr")
    assert f"http://localhost/fr/c/invitations/{by_letter.token}" in letter.text
    page = client.get(path)
    assert f"http://localhost/fr/c/invitations/{link.token}" in page.text
    shown = page.text.replace(f"{by_letter.token}/revocation", "")
    assert by_letter.token not in shown.replace(f"{by_letter.token}/letter", "")
    client.post(f"{path}/{link.token}/revocation")
    assert link.state == "revoked"


@pytest.mark.parametrize(
    "wrong",
    [{}, {"days": "2"}, {"days": "x"}, {"most_uses": "9"}, {"most_uses": "-1"}, {"most_uses": "x"}],
    ids=str,
)
def test_a_link_is_made_of_what_is_offered(world: World, wrong: Any) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    client = world.client(team.captain)
    form = {"days": "7", "most_uses": "0"} | wrong if wrong else {}
    answer = client.post(f"/en/c/teams/{team.id}/invitations/link", data=form)
    assert answer.status_code == 422
    assert db.session.scalars(select(Invitation)).all() == []


def test_the_page_says_who_came_by_which_link(world: World) -> None:
    competition = world.competition("c", team_max=9)
    team = world.team(competition)
    client = world.client(team.captain)
    path = f"/en/c/teams/{team.id}/invitations"
    client.post(f"{path}/link", data={"days": "7", "most_uses": "3"})
    [link] = db.session.scalars(select(Invitation))
    guest = world.participant(competition, "Guest")
    world.client(guest).post(f"/en/c/invitations/{link.token}/acceptance")
    page = client.get(path).text
    assert "Uses: 1 of at most 3" in page
    assert guest.name in page
    costs = []
    for _ in range(2):
        with queries(world.app) as seen:
            assert client.get(path).status_code == 200
        costs.append(len(seen))
        for _ in range(3):
            world.invitation(team)
    assert costs[0] == costs[1]


def test_the_sixth_link_is_refused_on_the_page(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    client = world.client(team.captain)
    path = f"/fr/c/teams/{team.id}/invitations"
    for _ in range(5):
        world.invitation(team)
    assert 'name="days"' not in client.get(path).text
    answer = client.post(f"{path}/link", data={"days": "7", "most_uses": "0"})
    assert answer.status_code == 422
    assert "au plus 5 liens" in answer.text


def test_an_expired_letter_can_be_sent_again(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    past = datetime.now(UTC) - timedelta(days=1)
    letter = world.invitation(team, "a@example.org", expires_at=past)
    client = world.client(team.captain)
    path = f"/en/c/teams/{team.id}/invitations"
    assert "Expired" in client.get(path).text
    answer = client.post(f"{path}/{letter.token}/letter")
    assert answer.location == path
    assert letter.waiting


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
    ("state", "said", "dit"),
    [
        ("expired", "This invitation has expired", "Cette invitation a expiré"),
        ("revoked", "This invitation was revoked", "Cette invitation a été annulée"),
        ("used", "This invitation is used up", "Cette invitation a déjà servi"),
        ("declined", "This invitation was declined", "Cette invitation a été déclinée"),
        ("full", "This team is full", "Cette équipe est complète"),
        ("closed", "Teams cannot be changed at this time", "Les équipes ne peuvent pas changer"),
    ],
)
@pytest.mark.parametrize("address", ["", "a@example.org"], ids=["link", "letter"])
def test_an_invitation_that_cannot_be_accepted_says_why(
    world: World, address: str, state: str, said: str, dit: str
) -> None:
    competition = world.competition("c")
    team = world.team(competition, 3 if state == "full" else 2)
    link = world.invitation(team, address) if address else world.invitation(team)
    user = world.participant(competition)
    if state == "expired":
        link.expires_at = datetime.now(UTC)
    elif state in set(Ending):
        link.closed_at, link.closed_as = datetime.now(UTC), Ending(state)
    elif state == "closed":
        world.set_gates(competition, "closed", Gate.TEAM_CHANGES)
    client = world.client(user)
    path = f"/en/c/invitations/{link.token}"
    page = client.get(path)
    assert page.status_code == 200
    assert said in page.text
    assert dit in client.get(path.replace("/en/", "/fr/")).text
    assert "/acceptance" not in page.text
    assert client.post(f"{path}/acceptance").status_code in (403, 409)
    assert team_of(user, competition) is None


def test_foreign_and_altered_tokens_are_not_found(world: World) -> None:
    world.competition("c")
    foreign = world.invitation(world.team(world.competition("d")))
    for token in (foreign.token, "no-such-token", foreign.token.upper(), "%00", "x" * 500):
        for language in ("en", "fr"):
            path = f"/{language}/c/invitations/{token}"
            assert says(world.client().get(path), 404, "missing", language)
            assert world.client(world.person()).post(f"{path}/acceptance").status_code == 404


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


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "hand the captaincy over first"), ("fr", "confiez d’abord ce rôle")],
)
def test_a_captain_who_goes_is_led_to_hand_over_first(
    world: World, language: str, said: str
) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    client = world.client(team.captain)
    captaincy = f"/{language}/c/teams/{team.id}/captaincy"
    for path in (f"teams/{team.id}/departure", "registration/withdrawal"):
        answer = client.post(f"/{language}/c/{path}")
        assert answer.location == captaincy
        assert said in client.get(captaincy).text
    assert registration_of(team.captain, competition) is not None
    member = team.memberships[1]
    answer = client.post(captaincy, data={"membership": str(member.id)})
    assert answer.location == f"/{language}/c/teams/{team.id}"
    db.session.expire_all()
    assert team.captain == member.registration.user


# -- two tabs, double clicks and the back button ----------------------------------------------

LANGUAGES = pytest.mark.parametrize("language", ["en", "fr"])
SAID = {
    "not captain": ("Only the captain of this team", "Cela revient à la ou au capitaine"),
    "not member": ("for the members of this team", "aux membres de cette équipe"),
    "in a team": ("You are already in a team", "Vous êtes déjà dans une équipe"),
    "gone": ("not in the team any more", "ne fait plus partie de l’équipe"),
    "full": ("This team is full", "Cette équipe est complète"),
    "missing": ("There is no such page", "Cette page n’existe pas"),
}


def says(answer: Any, status: int, what: str, language: str) -> bool:
    return (answer.status_code, SAID[what][language == "fr"] in answer.text) == (status, True)


@LANGUAGES
def test_founding_a_team_twice(world: World, language: str) -> None:
    """A double click, or the button once more after going back."""
    client = world.client(world.participant(world.competition("c")))
    path = f"/{language}/c/teams/new"
    assert client.post(path, data=TEAM).status_code == 302
    again = client.post(path, data=TEAM | {"about": "Written in the other tab."})
    assert says(again, 403, "in a team", language)
    assert "Written in the other tab.</textarea>" in again.text
    assert len(db.session.scalars(select(Team)).all()) == 1


@LANGUAGES
def test_leaving_twice(world: World, language: str) -> None:
    team = world.team(world.competition("c"))
    client = world.client(team.members[1])
    path = f"/{language}/c/teams/{team.id}/departure"
    assert client.post(path).status_code == 302
    assert says(client.post(path), 403, "not member", language)


@LANGUAGES
def test_removing_someone_who_has_just_left(world: World, language: str) -> None:
    team = world.team(world.competition("c"), 3)
    place = team.memberships[2]
    path = f"/{language}/c/teams/{team.id}/members/{place.id}/removal"
    leaver, captain = world.client(team.members[2]), world.client(team.captain)
    leaver.post(f"/en/c/teams/{team.id}/departure")
    assert says(captain.post(path, data={"reason": "x"}), 404, "missing", language)


@LANGUAGES
def test_handing_over_to_someone_who_has_just_left(world: World, language: str) -> None:
    team = world.team(world.competition("c"), 3)
    captain, leaver = world.client(team.captain), world.client(team.members[2])
    heir = str(team.memberships[2].id)
    leaver.post(f"/en/c/teams/{team.id}/departure")
    path = f"/{language}/c/teams/{team.id}/captaincy"
    assert says(captain.post(path, data={"membership": heir}), 422, "gone", language)
    assert team.captain is not None


@LANGUAGES
def test_handing_over_twice(world: World, language: str) -> None:
    team = world.team(world.competition("c"))
    client, heir = world.client(team.captain), str(team.memberships[1].id)
    path = f"/{language}/c/teams/{team.id}/captaincy"
    assert client.post(path, data={"membership": heir}).status_code == 302
    assert says(client.post(path, data={"membership": heir}), 403, "not captain", language)


@LANGUAGES
def test_accepting_twice_and_after_the_last_place(world: World, language: str) -> None:
    competition = world.competition("c")
    team = world.team(competition)  # two of three
    link = world.invitation(team)
    first, second = (world.client(world.participant(competition)) for _ in range(2))
    path = f"/{language}/c/invitations/{link.token}/acceptance"
    assert first.post(path).status_code == 302
    assert says(first.post(path), 403, "in a team", language)
    assert says(second.post(path), 409, "full", language)


@LANGUAGES
def test_a_captain_cannot_remove_themself(world: World, language: str) -> None:
    team = world.team(world.competition("c"))
    own = team.memberships[0]
    path = f"/{language}/c/teams/{team.id}/members/{own.id}/removal"
    answer = world.client(team.captain).post(path, data={"reason": "x"})
    assert answer.status_code == 422
    assert team.captain == own.registration.user


@LANGUAGES
def test_the_last_member_goes_twice(world: World, language: str) -> None:
    competition = world.competition("c")
    team = world.team(competition, 1)
    client, path = world.client(team.captain), f"/{language}/c/teams/{team.id}/departure"
    assert client.post(path).status_code == 302
    assert db.session.scalars(select(Team)).all() == []
    assert says(client.post(path), 404, "missing", language)
    assert client.post(f"/{language}/c/registration/withdrawal").status_code == 302


@LANGUAGES
def test_an_old_form_renames_to_a_name_that_was_taken_meanwhile(
    world: World, language: str
) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    world.team(competition, name="Boussole", name_key="boussole")
    client = world.client(team.captain)
    answer = client.post(f"/{language}/c/teams/{team.id}/edit", data=TEAM)
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert "Nous cartographions." in answer.text


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
