"""Data as participants and mentors meet them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import travel

from hackathon.accounts.models import User
from hackathon.datasets.models import Acceptance, DataSet, Statement, Taking
from hackathon.extensions import db
from hackathon.registrations.queries import registration_of
from hackathon.registrations.states import State
from hackathon.teams.models import Team
from tests.counting import cost
from tests.world import World


@pytest.fixture
def team(world: World) -> Team:
    competition = world.competition("jam")
    return world.team(competition, challenge=world.challenge(competition))


@pytest.fixture
def data_set(world: World, team: Team) -> DataSet:
    return world.data_set(team.competition, challenge=team.challenge)


@pytest.fixture
def client(world: World, team: Team) -> FlaskClient:
    return world.client(team.members[0])


def at(data_set: DataSet, page: str = "", language: str = "en") -> str:
    return f"/{language}/jam/data/{data_set.id}{page}"


def agree(client: FlaskClient, data_set: DataSet, **others: str) -> Any:
    data = {"version": str(data_set.terms.id), "agree": "y", **others}
    return client.post(at(data_set, "/acceptance"), data=data)


def take(client: FlaskClient, data_set: DataSet) -> Any:
    return client.post(at(data_set, f"/files/{data_set.files[0].id}/taking"))


def link_on(client: FlaskClient, data_set: DataSet) -> str:
    found = re.search(r'href="(/en/jam/data/[^"]+/takings/[^"]+)"', client.get(at(data_set)).text)
    assert found
    return found[1]


def taken(client: FlaskClient, data_set: DataSet) -> str:
    """The person's own link to the file they took."""
    agree(client, data_set)
    take(client, data_set)
    return link_on(client, data_set)


def test_a_person_agrees_takes_fetches_and_states(client: FlaskClient, data_set: DataSet) -> None:
    page = client.get(at(data_set)).text
    assert "Take this file" not in page and "I have read these terms" in page
    assert agree(client, data_set).location.endswith(at(data_set))
    assert "Take this file" in client.get(at(data_set)).text
    assert take(client, data_set).location.endswith(at(data_set))
    with client.get(link_on(client, data_set)) as answer:
        assert (answer.status_code, answer.data) == (200, b"a,b\n1,2\n")
        assert answer.headers["Content-Disposition"].startswith("attachment")
    answer = client.post(
        at(data_set, "/statement"), data={"copies": "deleted", "deleted_on": "2026-01-01"}
    )
    assert answer.location.endswith(at(data_set))
    said = db.session.scalars(select(Statement)).one()
    assert (said.kept, str(said.deleted_on)) == ("", "2026-01-01")
    assert "All copies deleted" in client.get(at(data_set)).text


def test_a_download_that_broke_off_goes_on(client: FlaskClient, data_set: DataSet) -> None:
    path = taken(client, data_set)
    with client.get(path) as whole:
        mark = whole.headers["ETag"]
    with client.get(path, headers={"Range": "bytes=4-", "If-Range": mark}) as rest:
        assert (rest.status_code, rest.data) == (206, b"1,2\n")


def test_a_link_is_of_one_person(world: World, client: FlaskClient, data_set: DataSet) -> None:
    path = taken(client, data_set)
    mate = world.client(db.session.scalars(select(Team)).one().members[1])
    assert mate.get(path).status_code == 404
    agree(mate, data_set)
    assert mate.get(path).status_code == 404
    assert world.client().get(path).status_code == 302
    altered = path[:-1] + ("0" if path[-1] != "0" else "1")
    assert client.get(altered).status_code == 404
    assert client.get(path + "x").status_code == 404
    other = world.data_set(data_set.competition)
    assert client.get(path.replace(str(data_set.id), str(other.id))).status_code == 404


def test_a_link_has_a_day(client: FlaskClient, data_set: DataSet) -> None:
    path = taken(client, data_set)
    with travel(datetime.now(UTC) + timedelta(hours=25)):
        for language, said in (("en", "This link has expired"), ("fr", "Ce lien a expiré")):
            answer = client.get(path.replace("/en/", f"/{language}/"))
            assert (answer.status_code, said in answer.text) == (403, True)


@pytest.mark.parametrize(
    "loss", ["team", "registration", "challenge", "withdrawn", "terms", "file"]
)
def test_a_link_is_shut_with_the_right_to_it(
    world: World, team: Team, client: FlaskClient, data_set: DataSet, loss: str
) -> None:
    path = taken(client, data_set)
    match loss:
        case "team":
            db.session.delete(team.memberships[0])
        case "registration":
            registration = registration_of(team.members[0], team.competition)
            assert registration is not None
            registration.state = State.WITHDRAWN
        case "challenge":
            team.challenge = world.challenge(team.competition)
        case "withdrawn":
            data_set.published_at = None
        case "terms":
            world.terms(data_set)
        case "file":
            db.session.delete(data_set.files[0])
    with client.get(path) as answer:
        assert answer.status_code in (403, 404)
    db.session.expire_all()
    assert client.get(at(data_set, "/statement")).status_code == 200  # the duty stays


def test_a_statement_shuts_the_link_for_good(client: FlaskClient, data_set: DataSet) -> None:
    path = taken(client, data_set)
    client.post(at(data_set, "/statement"), data={"copies": "deleted", "deleted_on": "2026-01-01"})
    assert client.get(path).status_code == 403
    agree(client, data_set)
    assert client.get(path).status_code == 403


def test_who_withdrew_states_and_lands_on_a_page_that_opens(
    team: Team, client: FlaskClient, data_set: DataSet
) -> None:
    taken(client, data_set)
    db.session.delete(team.memberships[0])
    answer = client.post(
        at(data_set, "/statement"), data={"copies": "deleted", "deleted_on": "2026-01-01"}
    )
    assert client.get(answer.location).status_code == 200


def test_terms_accepted_in_one_tab_while_others_are_published(
    world: World, client: FlaskClient, data_set: DataSet
) -> None:
    old = data_set.terms
    new = world.terms(data_set)
    answer = agree(client, data_set, version=str(old.id))
    assert answer.status_code == 422
    assert "The terms changed while you read them" in answer.text
    assert f'value="{new.id}"' in answer.text
    assert db.session.scalars(select(Acceptance)).all() == []
    assert agree(client, data_set).status_code == 302


@pytest.mark.parametrize("version", ["", "nonsense", "\x00"])
def test_an_agreement_to_nothing_is_none(
    client: FlaskClient, data_set: DataSet, version: str
) -> None:
    assert agree(client, data_set, version=version).status_code == 422


def test_a_yes_needs_its_box(client: FlaskClient, data_set: DataSet) -> None:
    answer = client.post(at(data_set, "/acceptance"), data={"version": str(data_set.terms.id)})
    assert answer.status_code == 422
    assert "You need to agree" in answer.text


def test_terms_that_expire_between_page_and_click(
    world: World, client: FlaskClient, data_set: DataSet
) -> None:
    world.terms(data_set, expires_at=datetime.now(UTC) + timedelta(hours=1))
    agree(client, data_set)
    with travel(datetime.now(UTC) + timedelta(hours=2)):
        answer = take(client, data_set)
        assert (answer.status_code, "have expired" in answer.text) == (409, True)
    assert db.session.scalars(select(Taking)).all() == []


def test_the_warning_comes_first_and_nothing_is_shown_by_accident(
    client: FlaskClient, data_set: DataSet
) -> None:
    page = client.get(at(data_set)).text
    warning, description = page.index("⟦warning⟧"), page.index("⟦description⟧")
    assert warning < page.index("<details>") < page.index("⟦summary⟧") < description
    assert "⟦summary⟧" not in client.get("/en/jam/data/").text


def test_each_challenge_has_its_data(world: World, team: Team, data_set: DataSet) -> None:
    general = world.data_set(team.competition)
    draft = world.data_set(team.competition, published_at=None)
    other = world.team(team.competition, challenge=world.challenge(team.competition))

    def seen(user: User) -> list[bool]:
        page = world.client(user).get("/en/jam/data/").text
        return [str(each.title) in page for each in (data_set, general, draft)]

    assert seen(team.members[0]) == [True, True, False]
    assert seen(other.members[0]) == [False, True, False]
    assert seen(world.mentor(team.competition).user) == [True, True, False]
    assert world.client(other.members[0]).get(at(data_set)).status_code == 403
    organizer = world.client(world.organizer(team.competition))
    assert organizer.get(at(draft)).status_code == 200
    assert agree(organizer, draft).status_code == 404


def test_without_data_there_is_no_page(client: FlaskClient) -> None:
    assert client.get("/en/jam/data/").status_code == 404
    assert "/en/jam/data/" not in client.get("/en/jam/").text


def test_a_link_elsewhere_is_shown_once_it_is_taken(client: FlaskClient, data_set: DataSet) -> None:
    data_set.link = "https://data.example/table"
    assert data_set.link not in client.get(at(data_set)).text
    agree(client, data_set)
    assert data_set.link not in client.get(at(data_set)).text
    assert client.post(at(data_set, "/link")).status_code == 302
    assert data_set.link in client.get(at(data_set)).text
    taking = db.session.scalars(select(Taking)).one()
    assert (taking.name, taking.digest) == ("https://data.example/table", None)
    assert client.get(at(data_set, f"/takings/{taking.id}")).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"copies": "kept", "deleted_on": "2026-01-01"},
        {"copies": "deleted", "deleted_on": ""},
        {"copies": "deleted", "deleted_on": "2999-01-01"},
        {"copies": "deleted", "deleted_on": "31/31/31"},
        {"copies": "other", "deleted_on": "2026-01-01"},
    ],
)
def test_a_statement_that_says_too_little(
    client: FlaskClient, data_set: DataSet, wrong: dict[str, str]
) -> None:
    taken(client, data_set)
    assert client.post(at(data_set, "/statement"), data=wrong).status_code == 422
    assert db.session.scalars(select(Statement)).all() == []


def test_words_beside_a_full_deletion_are_not_a_copy_kept(
    client: FlaskClient, data_set: DataSet
) -> None:
    taken(client, data_set)
    data = {"copies": "deleted", "deleted_on": "2026-01-01", "kept": "nothing"}
    client.post(at(data_set, "/statement"), data=data)
    assert db.session.scalars(select(Statement)).one().kept == ""


def test_pages_cost_the_same_for_many(
    app: Any, world: World, team: Team, client: FlaskClient, data_set: DataSet
) -> None:
    taken(client, data_set)
    paths = ("/en/jam/data/", at(data_set), at(data_set, "/statement"))
    one = [cost(app, client, path) for path in paths]
    for _ in range(3):
        world.data_set(team.competition)
        world.data_file(data_set, b"another")
        world.acceptance(data_set, team.members[0], ended_at=datetime.now(UTC))
    assert [cost(app, client, path) for path in paths] == one
