"""Organizers see and help teams and people."""

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.post.models import Letter
from hackathon.registrations.queries import registration_of
from hackathon.registrations.states import State
from hackathon.teams.models import Allowance, Team
from hackathon.teams.queries import balance_of, team_of
from tests.counting import queries
from tests.world import World


def letters() -> set[tuple[str, str]]:
    return {(x.name, x.address) for x in db.session.scalars(select(Letter))}


@pytest.mark.parametrize("path", ["people", "people.csv", "teams"])
def test_lists_cost_the_same_whatever_their_length(world: World, path: str) -> None:
    competition = world.competition("c")
    text = world.consent_text(competition)
    client = world.client(world.organizer(competition))
    costs = []
    for size in (1, 6):
        for _ in range(size):
            team = world.team(competition, 2, challenge=world.challenge(competition))
            world.consent(team.memberships[0].registration, text)
        with queries(world.app) as seen:
            assert client.get(f"/en/c/manage/{path}").status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_people_are_found(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition, 1)
    free = world.person("Ada", email="ada@example.org")
    world.registration(free, competition).residence = "NU"
    gone = world.registration(world.person("Gone"), competition, State.WITHDRAWN).user
    waiting = world.waiting(competition).user
    client = world.client(world.organizer(competition))

    def found(query: str) -> set[str]:
        text = client.get(f"/en/c/manage/people?{query}").text
        return {p.email for p in (team.captain, free, gone, waiting) if p.email in text}

    assert found("") == {team.captain.email, free.email}
    assert found("search=ada") == {free.email}
    assert found("search=ADA@example") == {free.email}
    assert found("search=%25") == set()
    assert found("residence=NU") == {free.email}
    assert found("residence=QC") == {team.captain.email}
    assert found("team=with") == {team.captain.email}
    assert found("team=without") == {free.email}
    assert found("search=nobody") == set()
    assert found("state=withdrawn") == {gone.email}
    assert found("state=waitlisted") == {waiting.email}
    assert found("state=nonsense") == {team.captain.email, free.email}
    assert found("state=all") == {team.captain.email, free.email, gone.email, waiting.email}
    assert found("search=%00ada") == {free.email}


def test_the_table_to_take_away_has_no_formulas(world: World) -> None:
    competition = world.competition("c")
    text = world.consent_text(competition)
    user = world.person(organization="+1", email="a@example.org")
    user.name = "=cmd|' /C calc'!A0"
    world.consent(world.registration(user, competition), text)
    client = world.client(world.organizer(competition))
    answer = client.get("/en/c/manage/people.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == "attachment; filename=c-people.csv"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    head, row = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert head[-1] == "Agreed to rules, version"
    assert row[:5] == ["'=cmd|' /C calc'!A0", "a@example.org", "en", "QC", "'+1"]
    assert row[-1] == "1"


def test_teams_are_counted_and_found(world: World) -> None:
    competition = world.competition("c")
    challenge = world.challenge(competition)
    small = world.team(competition, 1, name="Small", name_key="small")
    world.team(competition, 2, name="Whole", name_key="whole", challenge=challenge)
    world.participant(competition)
    balance = balance_of(competition)
    assert (balance.teams, balance.small, balance.people, balance.teamless) == (2, 1, 4, 1)
    assert (balance.by_challenge, balance.undecided) == ([(challenge, 1)], 1)
    client = world.client(world.organizer(competition))

    def found(query: str) -> set[str]:
        text = client.get(f"/en/c/manage/teams?{query}").text
        return {name for name in ("Small", "Whole") if f">{name}</a>" in text}

    assert found("") == {"Small", "Whole"}
    assert found("size=small") == found("challenge=none") == found("search=SMA") == {small.name}
    assert found("size=complete") == found(f"challenge={challenge.number}") == {"Whole"}
    assert found("challenge=99") == found("challenge=²") - {"Small", "Whole"} == set()


def test_a_team_is_founded_for_somebody(world: World) -> None:
    competition = world.competition("c")
    user = world.participant(competition)
    client = world.client(world.organizer(competition))
    given = {"name": "Late", "languages": ["en"], "address": "nobody@example.org"}
    answer = client.post("/en/c/manage/teams/new", data=given)
    assert answer.status_code == 422
    assert "Only people who are registered can be in a team." in answer.text
    answer = client.post("/en/c/manage/teams/new", data=given | {"address": user.email})
    team = team_of(user, competition)
    assert answer.location == f"/en/c/manage/teams/{team.id}"
    assert letters() == {("added_to_team", user.email)}


def test_people_are_put_in_and_out_by_hand_after_the_gate(world: World) -> None:
    competition = world.competition("c", gates="closed")
    team, other = world.team(competition, 2), world.team(competition, 2)
    user = other.members[1]
    client = world.client(world.organizer(competition))
    path = f"/en/c/manage/teams/{team.id}/admission"
    assert client.post(path, data={"address": "nobody@example.org"}).status_code == 422
    assert client.post(path, data={"address": user.email.upper()}).status_code == 302
    assert team_of(user, competition) == team
    key = registration_of(user, competition).id
    answer = client.post(f"/en/c/manage/people/{key}", data={"team": str(other.id)})
    assert answer.location == f"/en/c/manage/people/{key}"
    assert team_of(user, competition) == other
    place, member = team.memberships[1].id, team.members[1]
    client.post(f"/en/c/teams/{team.id}/members/{place}/removal", data={"reason": "Asked."})
    assert len(team.members) == 1
    assert ("removed_from_team", member.email) in letters()


def test_nobody_is_put_in_a_full_team(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition, 3)
    user = world.participant(competition)
    client = world.client(world.organizer(competition))
    answer = client.post(f"/en/c/manage/teams/{team.id}/admission", data={"address": user.email})
    assert answer.status_code == 422
    assert "This team is full" in answer.text
    key = registration_of(user, competition).id
    answer = client.post(f"/en/c/manage/people/{key}", data={"team": str(team.id)})
    assert answer.status_code == 422


def test_more_time_for_one_team(world: World) -> None:
    competition = world.competition("c", gates="closed")
    team = world.team(competition)
    organizer = world.organizer(competition)
    client = world.client(organizer)
    path = f"/en/c/manage/teams/{team.id}/allowance"
    zone = ZoneInfo(competition.zone)
    until = (datetime.now(zone) + timedelta(days=2)).replace(hour=12, minute=0)
    given = {
        "gate": "submission",
        "closes_at": until.strftime("%Y-%m-%dT%H:%M"),
        "reason-en": "A power cut.",
        "reason-fr": "Une panne.",
    }
    early = {"closes_at": "2020-05-01T12:00"}
    for wrong in ({"reason-fr": ""}, early, {"closes_at": ""}, {"gate": "judging"}):
        assert client.post(path, data=given | wrong).status_code == 422
    assert client.post(path, data=given).location == f"/en/c/manage/teams/{team.id}"
    allowance = db.session.scalars(select(Allowance)).one()
    assert allowance.gate is Gate.SUBMISSION
    assert allowance.closes_at == until.replace(second=0, microsecond=0).astimezone(UTC)
    assert letters() == {("allowance_granted", p.email) for p in team.members}
    letter = db.session.scalars(select(Letter)).first()
    assert "A power cut." in letter.text
    page = client.get(f"/en/c/manage/teams/{team.id}")
    assert "A power cut." in page.text
    assert "more time (submissions), until" in page.text


def test_ending_a_registration_and_a_team(world: World) -> None:
    competition = world.competition("c", gates="closed")
    team = world.team(competition, 2)
    captain, member = team.members
    client = world.client(world.organizer(competition))
    key = registration_of(member, competition).id
    client.post(f"/en/c/manage/people/{key}/withdrawal")
    assert registration_of(member, competition) is None
    assert client.get(f"/en/c/manage/people/{key}").status_code == 200
    client.post(f"/en/c/manage/teams/{team.id}/dissolution")
    assert db.session.scalars(select(Team)).all() == []
    assert {("withdrawn", member.email), ("team_dissolved", captain.email)} <= letters()


def test_renaming_at_any_time(world: World) -> None:
    competition = world.competition("c", gates="closed")
    team = world.team(competition)
    client = world.client(world.organizer(competition))
    given = {"name": "New name", "languages": ["en"], "about": ""}
    client.post(f"/en/c/teams/{team.id}/edit", data=given)
    assert team.name == "New name"
    assert "New name" in client.get(f"/en/c/manage/teams/{team.id}").text


def test_who_sees_pronouns_and_needs(world: World) -> None:
    competition = world.competition("c")
    team = world.team(competition)
    member = team.members[1]
    member.pronouns, member.accessibility = "iel/they", "captions please"
    registration = next(m.registration for m in team.memberships if not m.captain)
    person = f"/en/c/manage/people/{registration.id}"
    organizer = world.client(world.organizer(competition))
    page = organizer.get(person).text
    assert "iel/they" in page and "captions please" in page
    shown = world.client(team.captain).get(f"/en/c/teams/{team.id}").text
    assert "(iel/they)" in shown and "captions please" not in shown
    registration.state = State.WITHDRAWN
    assert "captions please" not in organizer.get(person).text
