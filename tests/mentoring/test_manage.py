"""The organizers' pages of mentoring."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from hackathon.competitions.models import Competition, Expertise
from hackathon.extensions import db
from hackathon.mentoring.models import Conflict, Mentor, Pairing, team_need
from hackathon.post.models import Letter
from hackathon.registrations.queries import registration_of
from tests.counting import queries
from tests.world import World, marked


@pytest.fixture
def competition(world: World) -> Competition:
    return world.competition("here")


@pytest.fixture
def client(world: World, competition: Competition) -> Any:
    return world.client(world.organizer(competition))


def pairs() -> set[tuple[Any, Any]]:
    return {(p.mentor_id, p.team_id) for p in db.session.scalars(select(Pairing))}


def rows(html: str) -> list[str]:
    """The names of a table's rows, in order."""
    return [
        re.sub(r"<[^>]+>", "", name).strip().split("\n")[0]
        for name in re.findall(r'<th scope="row"[^>]*>(.*?)</th>', html, re.DOTALL)
    ]


# -- mentors ---------------------------------------------------------------------------------


def test_mentors_are_searched_and_shown_with_their_load(
    world: World, competition: Competition, client: Any
) -> None:
    ana = world.person("Ana", email="ana@lab.example", organization="⟦100% Data⟧")
    world.mentor(competition, world.team(competition), user=ana, capacity=3)
    world.mentor(competition, user=world.person("Ben"), capacity=0)
    page = client.get("/en/here/manage/mentors").text
    assert rows(page) == ["⟦Ana⟧", "⟦Ben⟧"]
    assert "1 of 3" in page
    assert page.count("Full") == 1
    for search, found in [
        ("ANA", ["⟦Ana⟧"]),
        ("lab.example", ["⟦Ana⟧"]),
        ("100%", ["⟦Ana⟧"]),
        ("%", ["⟦Ana⟧"]),
        ("_", []),
        ("nobody", []),
    ]:
        shown = client.get("/en/here/manage/mentors", query_string={"search": search}).text
        assert rows(shown) == found, search


def test_appointing_by_address(world: World, competition: Competition, client: Any) -> None:
    user, field = world.person("Ana"), world.expertise(competition)
    path = "/en/here/manage/mentors/new"
    typed = {"email": user.email.upper(), "languages": ["en", "fr"], "capacity": "2"}
    unknown = client.post(path, data={**typed, "email": "nobody@example.org"})
    assert unknown.status_code == 422
    assert "Nobody has an account with this address yet" in unknown.text
    assert "nobody@example.org" in unknown.text
    assert client.post(path, data={**typed, "expertise": [str(field.id)]}).status_code == 302
    mentor = db.session.scalars(select(Mentor)).one()
    assert (mentor.user, mentor.languages, mentor.expertise) == (user, ["en", "fr"], [field])
    assert client.post(path, data=typed).status_code == 422
    assert [letter.name for letter in db.session.scalars(select(Letter))] == ["mentor_appointed"]


def test_editing_and_dismissing(world: World, competition: Competition, client: Any) -> None:
    mentor = world.mentor(competition, world.team(competition))
    path = f"/en/here/manage/mentors/{mentor.id}"
    typed = {"headline-en": "New", "languages": ["fr"], "capacity": "1"}
    assert client.post(path, data={**typed, "capacity": "0"}).status_code == 422
    assert client.post(path, data=typed).status_code == 302
    assert (mentor.headline.en, mentor.languages, mentor.capacity) == ("New", ["fr"], 1)
    assert client.post(f"{path}/dismissal").status_code == 302
    assert list(db.session.scalars(select(Mentor))) == []
    assert client.get(path).status_code == 404


def test_nothing_of_another_competition_is_found(
    world: World, competition: Competition, client: Any
) -> None:
    elsewhere = world.competition()
    mentor, team = world.mentor(elsewhere), world.team(elsewhere)
    conflict, field = world.conflict(mentor.user, team), world.expertise(elsewhere)
    ours, our_team = world.mentor(competition), world.team(competition)
    for method, path in [
        ("GET", f"mentors/{mentor.id}"),
        ("GET", "mentors/not-a-key"),
        ("POST", f"mentors/{mentor.id}/dismissal"),
        ("GET", f"mentors/expertise/{field.id}"),
        ("POST", f"mentors/expertise/{field.id}/removal"),
        ("POST", f"mentors/conflicts/{conflict.id}/lifting"),
        ("GET", f"pairings/{team.id}"),
        ("POST", f"pairings/{our_team.id}/{mentor.id}"),
        ("POST", f"pairings/{team.id}/{ours.id}"),
        ("POST", f"pairings/{our_team.id}/{mentor.id}/end"),
    ]:
        answer = client.open(f"/en/here/manage/{path}", method=method)
        assert answer.status_code == 404, path
    typed = {"mentor": str(mentor.id), "team": str(our_team.id), "reason": "r"}
    assert client.post("/en/here/manage/mentors/conflicts/new", data=typed).status_code == 422
    typed = {"mentor": str(ours.id), "team": str(team.id), "reason": "r"}
    assert client.post("/en/here/manage/mentors/conflicts/new", data=typed).status_code == 422
    assert db.session.scalars(select(Conflict)).all() == [conflict]


# -- expertise -------------------------------------------------------------------------------


def test_expertise_is_listed_in_order_with_its_uses(
    world: World, competition: Competition, client: Any
) -> None:
    path = "/en/here/manage/mentors/expertise"
    typed = {"label-en": "⟦Law⟧", "label-fr": "⟦Droit⟧", "position": "2"}
    assert client.post(f"{path}/new", data={**typed, "label-fr": ""}).status_code == 422
    assert client.post(f"{path}/new", data=typed).status_code == 302
    assert 'value="3"' in client.get(f"{path}/new").text  # the next place
    first = {"label-en": "⟦Data⟧", "label-fr": "⟦Données⟧", "position": "1"}
    assert client.post(f"{path}/new", data=first).status_code == 302
    data, law = db.session.scalars(select(Expertise).order_by(Expertise.position))
    world.mentor(competition, expertise=[law])
    world.mentor(competition, expertise=[law])
    team = world.team(competition)
    db.session.execute(insert(team_need).values(team_id=team.id, expertise_id=law.id))
    world.seeker(registration_of(world.participant(competition), competition), skills=[law])
    world.vacancy(team, skills=[law])
    page = client.get(path).text
    assert rows(page) == ["⟦Data⟧", "⟦Law⟧"]
    figures = re.findall(r'class="num" data-label="[^"]+">(\d+)<', page)
    assert figures == ["0", "0", "0", "2", "1", "2"]
    asked = client.get(f"{path}/{law.id}").text
    assert "2 mentors, from the needs of 1 team, and from 2 entries on the team board" in asked
    assert "⟦Droit⟧" in client.get(path.replace("/en/", "/fr/")).text

    assert client.post(f"{path}/{data.id}", data={**first, "position": "9"}).status_code == 302
    assert rows(client.get(path).text) == ["⟦Law⟧", "⟦Data⟧"]
    assert client.post(f"{path}/{law.id}/removal").status_code == 302
    assert db.session.scalars(select(Expertise)).all() == [data]


# -- pairings --------------------------------------------------------------------------------


def test_teams_without_a_mentor_are_found(
    world: World, competition: Competition, client: Any
) -> None:
    served = world.team(competition, name=marked("Alpha"), name_key="alpha")
    world.team(competition, name=marked("Beta"), name_key="beta")
    world.mentor(competition, served)
    path = "/en/here/manage/pairings"
    assert rows(client.get(path).text) == ["⟦Alpha⟧", "⟦Beta⟧"]
    assert rows(client.get(f"{path}?without=yes").text) == ["⟦Beta⟧"]
    assert rows(client.get(f"{path}?search=alp").text) == ["⟦Alpha⟧"]
    assert "No team matches" in client.get(f"{path}?search=alp&without=yes").text


def test_pairing_by_hand(world: World, competition: Competition, client: Any) -> None:
    team = world.team(competition)
    mentor = world.mentor(competition)
    path = f"/en/here/manage/pairings/{team.id}"
    assert client.post(f"{path}/{mentor.id}").status_code == 302
    assert pairs() == {(mentor.id, team.id)}
    assert client.post(f"{path}/{mentor.id}").status_code == 409
    assert client.post(f"{path}/{mentor.id}/end").status_code == 302
    assert pairs() == set()
    assert client.post(f"{path}/{mentor.id}/end").status_code == 409


def test_what_stands_against_is_shown_and_refused(
    world: World, competition: Competition, client: Any
) -> None:
    team = world.team(competition, languages=["fr"])
    conflicted, full = world.mentor(competition), world.mentor(competition, capacity=0)
    apart = world.mentor(competition, languages=["en"])
    world.conflict(conflicted.user, team)
    path = f"/en/here/manage/pairings/{team.id}"
    page = client.get(path).text
    for sentence in (
        "A conflict of interest stands between this mentor and the team.",
        "This mentor accompanies as many teams as they can.",
        "This mentor and the team have no language in common.",
    ):
        assert page.count(sentence) == 1
    assert re.findall(r'<form [^>]*action="[^"]*/pairings/[^"]+/([^"/]+)"', page) == [str(apart.id)]
    for mentor in (conflicted, full, apart):
        assert client.post(f"{path}/{mentor.id}").status_code == 409
    aside = {"language_aside": "yes"}
    for mentor in (conflicted, full):
        assert client.post(f"{path}/{mentor.id}", data=aside).status_code == 409
    assert pairs() == set()
    assert client.post(f"{path}/{apart.id}", data=aside).status_code == 302
    assert pairs() == {(apart.id, team.id)}


# -- matching --------------------------------------------------------------------------------


def digest(html: str) -> str:
    return re.search(r'name="digest" value="([0-9a-f]{64})"', html)[1]


def test_the_proposal_is_seen_then_confirmed(
    world: World, competition: Competition, client: Any
) -> None:
    field = world.expertise(competition)
    team = world.team(competition)
    french = world.team(competition, languages=["fr"])
    db.session.execute(insert(team_need).values(team_id=team.id, expertise_id=field.id))
    mentor = world.mentor(competition, languages=["en"], expertise=[field])
    path = "/en/here/manage/pairings/matching"
    page = client.get(path).text
    assert "1 of 2" in page
    assert "Very good fit" in page
    assert "Proved optimal" in page
    assert "No mentor shares a language with the team." in page
    assert "Optimum prouvé" in client.get(path.replace("/en/", "/fr/")).text
    assert pairs() == set()
    sent = {"wanted": "1", "digest": digest(page)}
    assert client.post(path, data=sent).status_code == 302
    assert pairs() == {(mentor.id, team.id)}
    kept = client.get(path).text
    assert "Kept" in kept
    assert french.name in kept
    assert 'name="digest"' not in kept  # nothing left to confirm
    assert client.post(path, data=sent).status_code == 422


def test_a_proposal_overtaken_is_shown_anew(
    world: World, competition: Competition, client: Any
) -> None:
    team = world.team(competition)
    mentor = world.mentor(competition)
    path = "/en/here/manage/pairings/matching"
    seen = digest(client.get(path).text)
    world.conflict(mentor.user, team)
    better = world.mentor(competition)
    answer = client.post(path, data={"wanted": "1", "digest": seen})
    assert answer.status_code == 422
    assert "Something changed since you saw the proposal" in answer.text
    assert better.user.name in answer.text
    assert pairs() == set()
    assert client.post(path, data={"wanted": "1"}).status_code == 422
    fresh = digest(answer.text)
    assert client.post(path, data={"wanted": "2", "digest": fresh}).status_code == 422
    assert client.post(path, data={"wanted": "1", "digest": fresh}).status_code == 302
    assert pairs() == {(better.id, team.id)}


@pytest.mark.parametrize(
    ("asked", "wanted"), [("2", 2), ("0", 1), ("99", 5), ("-1", 1), ("²", 1), ("x", 1), ("", 1)]
)
def test_how_many_are_wanted(
    competition: Competition, client: Any, asked: str, wanted: int
) -> None:
    page = client.get("/en/here/manage/pairings/matching", query_string={"wanted": asked}).text
    assert re.search(r'name="wanted"[^>]* value="(\d+)"', page)[1] == str(wanted)


# -- conflicts -------------------------------------------------------------------------------


def test_conflicts_of_mentors_are_declared_and_lifted(
    world: World, competition: Competition, client: Any
) -> None:
    team = world.team(competition)
    mentor = world.mentor(competition, user=world.person("Ana"))
    judge = world.judge(competition)
    world.conflict(judge.user, team)  # shown where judges are
    path = "/en/here/manage/mentors/conflicts"
    assert "No conflict of interest is declared" in client.get(path).text
    typed = {"mentor": str(mentor.id), "team": str(team.id), "reason": "⟦colleagues⟧"}
    assert client.post(f"{path}/new", data={**typed, "reason": ""}).status_code == 422
    assert client.post(f"{path}/new", data=typed).status_code == 302
    page = client.get(path).text
    assert rows(page) == ["⟦Ana⟧"]
    assert "⟦colleagues⟧" in page
    assert client.post(f"{path}/new", data=typed).status_code == 422
    conflict = db.session.scalars(select(Conflict).where(Conflict.user == mentor.user)).one()
    assert client.post(f"{path}/{conflict.id}/lifting").status_code == 302
    assert [each.user for each in db.session.scalars(select(Conflict))] == [judge.user]


# -- what it costs ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "mentors",
        "mentors/expertise",
        "mentors/conflicts",
        "mentors/conflicts/new",
        "pairings",
        "pairings/{team}",
        "pairings/matching?wanted=2",
    ],
)
def test_lists_cost_the_same_for_many(
    app: Flask, world: World, competition: Competition, client: Any, path: str
) -> None:
    def add() -> Any:
        team, field = world.team(competition, 2), world.expertise(competition)
        db.session.execute(insert(team_need).values(team_id=team.id, expertise_id=field.id))
        mentor = world.mentor(competition, team, expertise=[field])
        world.conflict(mentor.user, world.team(competition, 2))
        return team

    def cost() -> int:
        address = f"/en/here/manage/{path.format(team=first.id)}"
        with queries(app) as sent:
            assert client.get(address).status_code == 200
        return len(sent)

    first = add()
    one = cost()
    for _ in range(4):
        add()
    assert cost() == one
