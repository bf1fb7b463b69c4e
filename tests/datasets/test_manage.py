"""Offering data, as organizers do it."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hackathon.competitions.models import Competition
from hackathon.datasets.models import DataSet
from hackathon.extensions import db
from tests.counting import cost
from tests.world import World

TEXTS = ("title", "summary", "description", "provenance", "licence")
WRITTEN = {
    f"{name}-{language}": f"{name} {language}" for name in TEXTS for language in ("en", "fr")
}


@pytest.fixture
def competition(world: World) -> Competition:
    return world.competition("jam")


@pytest.fixture
def client(world: World, competition: Competition) -> FlaskClient:
    return world.client(world.organizer(competition))


def only() -> DataSet:
    return db.session.scalars(select(DataSet)).one()


def at(page: str = "") -> str:
    return f"/en/jam/manage/data/{only().id}{page}"


def add(client: FlaskClient, *files: tuple[str, bytes]) -> Any:
    sent = [(io.BytesIO(content), name) for name, content in files]
    return client.post(at("/files"), data={"files": sent})


def test_a_data_set_from_the_first_word_to_publication(
    world: World, competition: Competition, client: FlaskClient
) -> None:
    challenge = world.challenge(competition)
    data = {**WRITTEN, "challenge": str(challenge.id), "available_until": "2999-01-01T12:00"}
    assert client.post("/en/jam/manage/data/new", data=data).location.endswith(at())
    assert (only().challenge, only().title.fr) == (challenge, "title fr")
    assert "Publish" not in client.get(at()).text
    assert client.post(at("/publication")).status_code == 409
    assert add(client, ("a.csv", b"a"), ("b.csv", b"b")).status_code == 302
    terms = {"body-en": "Terms", "body-fr": "Conditions", "expiry": "days", "days_after_end": "30"}
    assert client.post(at("/terms"), data=terms).status_code == 302
    assert only().draft is not None
    assert client.post(at("/terms/publication")).status_code == 302
    assert client.post(at("/publication")).status_code == 302
    assert only().public
    page = client.get(at("/edit")).text
    assert f'selected value="{challenge.id}"' in page


def test_terms_end_as_chosen(client: FlaskClient, world: World, competition: Competition) -> None:
    world.data_set(competition)
    words = {"body-en": "Terms", "body-fr": "Conditions"}
    for ends, field in (("days", "days_after_end"), ("moment", "expires_at")):
        answer = client.post(at("/terms"), data={**words, "expiry": ends})
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    data = {**words, "expiry": "moment", "days_after_end": "3", "expires_at": "2999-01-01T12:00"}
    assert client.post(at("/terms"), data=data).status_code == 302
    draft = only().draft
    assert draft is not None
    assert (draft.days_after_end, str(draft.expires_at)) == (None, "2999-01-01 17:00:00+00:00")
    page = client.get(at("/terms")).text
    assert 'value="2999-01-01T12:00"' in page
    data = {**words, "expiry": "never", "days_after_end": "3", "expires_at": "2999-01-01T12:00"}
    client.post(at("/terms"), data=data)
    draft = only().draft
    assert draft is not None and draft.expires_at is None


@pytest.mark.parametrize(
    "files", [[("empty.csv", b"")], [("same.csv", b"1"), ("same.csv", b"2")], [("..", b"x")], []]
)
def test_files_that_are_refused(
    client: FlaskClient, world: World, competition: Competition, files: list[tuple[str, bytes]]
) -> None:
    world.data_set(competition)
    answer = add(client, *files)
    assert answer.status_code == 422
    assert 'id="files-error"' in answer.text
    assert len(only().files) == 1


def test_who_took_what(client: FlaskClient, world: World, competition: Competition) -> None:
    data_set = world.data_set(competition)
    person, careful = world.participant(competition, "=Ada"), world.participant(competition)
    world.taking(world.acceptance(data_set, person))
    world.acceptance(data_set, careful)
    page = client.get(at("/people")).text
    assert "1 person holds copies" in page
    assert client.post(at("/reminders")).status_code == 302
    assert "Asked to state it" in client.get(at("/people")).text
    lines = client.get(at("/people.csv")).text.splitlines()
    assert len(lines) == 3
    assert data_set.files[0].digest in "".join(lines)


def test_what_was_taken_outlives_account_and_file(
    client: FlaskClient, world: World, competition: Competition
) -> None:
    data_set = world.data_set(competition)
    person = world.person("Gone")
    name = world.taking(world.acceptance(data_set, person)).name
    db.session.delete(data_set.files[0])
    db.session.delete(person)
    page = client.get(at("/people")).text
    assert "A deleted account" in page and name in page


def test_hidden_at_once(client: FlaskClient, world: World, competition: Competition) -> None:
    data_set = world.data_set(competition)
    person = world.client(world.participant(competition))
    assert person.get(f"/en/jam/data/{data_set.id}").status_code == 200
    assert client.post(at("/withdrawal")).status_code == 302
    assert person.get(f"/en/jam/data/{data_set.id}").status_code == 404
    assert client.post(at("/deletion")).status_code == 302
    assert db.session.scalars(select(DataSet)).all() == []


def test_things_of_another_data_set_are_not_found(
    client: FlaskClient, world: World, competition: Competition
) -> None:
    data_set, other = world.data_set(competition), world.data_set(competition)
    path = f"/en/jam/manage/data/{data_set.id}/files/{other.files[0].id}/removal"
    assert client.post(path).status_code == 404


def test_pages_cost_the_same_for_many(
    app: Any, client: FlaskClient, world: World, competition: Competition
) -> None:
    data_set = world.data_set(competition)
    path = f"/en/jam/manage/data/{data_set.id}"
    paths = ("/en/jam/manage/data", path, f"{path}/terms", f"{path}/people")

    def more() -> None:
        world.data_set(competition, challenge=world.challenge(competition))
        world.data_file(data_set, b"more")
        world.taking(world.acceptance(data_set, world.participant(competition)))

    more()
    one = [cost(app, client, each) for each in paths]
    for _ in range(3):
        more()
    assert [cost(app, client, each) for each in paths] == one


def test_published_terms_are_read_before_the_data_are_public(
    client: FlaskClient, world: World, competition: Competition
) -> None:
    data_set = world.data_set(competition, published_at=None)
    there = f"/en/jam/data/{data_set.id}/terms/{data_set.terms.id}"
    assert there in client.get(at("/terms")).text
    assert client.get(there).status_code == 200
    assert world.client(world.participant(competition)).get(there).status_code == 403
