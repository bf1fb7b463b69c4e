"""Pictures of the project: shown once they are described, and only in our own copy."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from hackathon.extensions import db
from hackathon.submissions import actions
from hackathon.submissions.models import File
from hackathon.submissions.queries import differs, submission_of
from hackathon.teams.models import Team
from tests.ground.test_pictures import bomb, picture
from tests.submissions.test_uploads import at
from tests.world import World


@pytest.fixture
def team(world: World) -> Team:
    competition = world.competition("jam")
    return world.team(competition, challenge=world.challenge(competition))


@pytest.fixture
def client(world: World, team: Team) -> FlaskClient:
    return world.client(team.members[1])


def added(client: FlaskClient, team: Team, name: str, content: bytes) -> File:
    sent = {"files": [(io.BytesIO(content), name)]}
    assert client.post(at(team, "/files"), data=sent).status_code == 302
    return db.session.scalars(select(File).where(File.name == name)).one()


def describe(client: FlaskClient, team: Team, file: File, **said: str) -> Any:
    return client.post(at(team, f"/files/{file.digest}/picture"), data=said)


def place(file: File) -> str:
    return f"/en/jam/submissions/{file.submission_id}/pictures/{file.digest}"


def test_a_picture_is_shown_once_it_is_described(team: Team, client: FlaskClient) -> None:
    file = added(client, team, "map.png", picture())
    assert client.get(place(file)).status_code == 404
    assert "Not shown yet" in client.get(at(team, "/files")).text
    answer = describe(client, team, file, alt="  ")
    assert (answer.status_code, "Please fill this in" in answer.text) == (422, True)
    assert describe(client, team, file, alt="A map <b>of</b> stops", cover="y").status_code == 302
    page = client.get(at(team, "")).text
    assert 'alt="A map &lt;b&gt;of&lt;/b&gt; stops" lang="en" width="40" height="20"' in page
    with client.get(place(file)) as shown:
        assert shown.mimetype == "image/webp"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert "attachment" not in shown.headers.get("Content-Disposition", "")
        assert shown.data != picture()
        with Image.open(io.BytesIO(shown.data)) as drawn:
            assert drawn.format == "WEBP"
    with client.get(place(file).replace("/pictures/", "/files/")) as sent:
        assert (sent.data, sent.mimetype) == (picture(), "application/octet-stream")
        assert sent.headers["Content-Disposition"].startswith("attachment")


def test_there_is_one_cover(team: Team, client: FlaskClient) -> None:
    one, other = (
        added(client, team, name, picture(size=size))
        for name, size in (("a.png", (30, 20)), ("b.png", (31, 20)))
    )
    describe(client, team, one, alt="one", cover="y")
    describe(client, team, other, alt="other", cover="y")
    covers = select(File.name).where(File.cover)
    assert db.session.scalars(covers).all() == ["b.png"]
    page = client.get(at(team, "")).text
    assert page.index('alt="other"') < page.index('alt="one"')
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(update(File).values(cover=True))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(update(File).values(alt=""))


def test_pictures_are_frozen_with_their_words_and_old_versions_stay_equal(
    world: World, team: Team, client: FlaskClient
) -> None:
    submission = world.submission(team, handed_in=False)
    file = added(client, team, "map.png", picture())
    first = actions.submit(team, by=team.captain)
    plain = {"name": "map.png", "size": len(picture()), "sha256": file.digest}
    assert first.content["files"] == [plain]
    describe(client, team, file, alt="A map")
    found = submission_of(team)
    assert found is not None and differs(found)
    second = actions.submit(team, by=team.captain)
    [entry] = second.content["files"]
    assert (entry["alt"], entry["picture"], entry["cover"]) == ("A map", True, False)
    assert client.post(at(team, f"/files/{file.digest}/picture/removal")).status_code == 302
    assert client.post(at(team, f"/files/{file.digest}/removal")).status_code == 302
    submission = found
    page = f"/en/jam/submissions/{submission.id}/versions"
    assert 'alt="A map"' in client.get(f"{page}/{second.id}").text
    assert "<img" not in client.get(f"{page}/{first.id}").text
    with client.get(f"/en/jam/submissions/{submission.id}/pictures/{plain['sha256']}") as shown:
        assert shown.status_code == 200


@pytest.mark.parametrize(
    ("content", "words"),
    [(bomb(50_001, 1000), "million pixels"), (picture()[:60], "no picture that can be shown")],
)
def test_bombs_and_damage_are_refused_kindly_and_the_words_stay(
    team: Team, client: FlaskClient, content: bytes, words: str
) -> None:
    file = added(client, team, "map.png", content)
    answer = describe(client, team, file, alt="My words")
    assert (answer.status_code, words in answer.text) == (422, True)
    assert 'value="My words"' in answer.text
    assert client.get(place(file)).status_code == 404


def test_other_files_are_no_pictures(team: Team, client: FlaskClient) -> None:
    file = added(client, team, "data.csv", b"a,b\n")
    assert client.get(at(team, f"/files/{file.digest}/picture")).status_code == 404
    assert describe(client, team, file, alt="x").status_code == 404


def test_only_readers_of_the_work_see_its_pictures(
    world: World, team: Team, client: FlaskClient
) -> None:
    file = added(client, team, "map.png", picture())
    describe(client, team, file, alt="A map")
    other = world.team(team.competition)
    assert world.client(other.captain).get(place(file)).status_code == 403
    assert world.client().get(place(file)).status_code == 302
    mentor = world.mentor(team.competition, team)
    with world.client(mentor.user).get(place(file)) as shown:
        assert shown.status_code == 200
