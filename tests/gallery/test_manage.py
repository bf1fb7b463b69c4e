"""The gallery from the organizers' side."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.gallery.models import Audience, Gallery, Withheld
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from tests.counting import cost
from tests.world import World, marked


@pytest.fixture
def competition(world: World) -> Any:
    return world.competition("c", gates="closed")


@pytest.fixture
def organizer(world: World, competition: Any) -> FlaskClient:
    return world.client(world.organizer(competition))


SETTINGS = "/en/c/manage/gallery/settings"


def chosen() -> Gallery | None:
    return db.session.scalar(select(Gallery))


def test_showing_more_is_first_said_in_words(
    world: World, competition: Any, organizer: FlaskClient
) -> None:
    team = world.team(competition)
    world.shown(world.submission(team))
    world.named(team.captain, team)
    world.submission(world.team(competition))
    wanted = {"audience": "public", "opens_at": "2031-05-04T12:00", "files": "y"}
    page = organizer.post(SETTINGS, data=wanted)
    assert page.status_code == 200
    assert chosen() is None
    assert "everyone on the internet" in page.text
    assert "2 projects, 1 picture, 0 files to download, 1 name" in page.text
    assert "May 4, 2031" in page.text
    # What was read is what is done: a later change of mind asks again.
    sure = {"sure": "public 2031-05-04T16:00:00+00:00 True"}
    other = {**wanted, **sure, "opens_at": "2030-05-04T12:00"}
    assert organizer.post(SETTINGS, data=other).status_code == 200
    assert chosen() is None
    assert organizer.post(SETTINGS, data={**wanted, **sure}).status_code == 302
    gallery = chosen()
    assert (gallery.audience, gallery.files) == (Audience.PUBLIC, True)
    assert gallery.opens_at == datetime(2031, 5, 4, 16, tzinfo=UTC)
    (entry,) = db.session.scalars(select(Entry).filter_by(deed="gallery_dated"))
    assert "everyone on the internet" in organizer.get("/en/c/manage/journal").text
    assert entry.details["audience"] == "public"


def test_showing_less_needs_no_question(
    world: World, competition: Any, organizer: FlaskClient
) -> None:
    world.gallery(competition, files=True)
    for audience in ("registered", "crew", "off"):
        answer = organizer.post(SETTINGS, data={"audience": audience, "opens_at": ""})
        assert answer.status_code == 302
        assert chosen().audience == audience
    assert (chosen().files, chosen().opens_at) == (False, None)


@pytest.mark.parametrize(
    "field, typed",
    [
        ("opens_at", "2031-03-09T02:30"),  # the clock skips it
        ("opens_at", "tomorrow"),
        ("opens_at", "\x00"),
        ("audience", "martians"),
        ("audience", ""),
    ],
)
def test_bad_settings_are_refused_beside_their_field(
    competition: Any, organizer: FlaskClient, field: str, typed: str
) -> None:
    given = {"audience": "public", "opens_at": "2031-05-04T12:00", field: typed}
    answer = organizer.post(SETTINGS, data=given)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert chosen() is None


def test_a_project_is_kept_out_and_shown_again_with_letters(
    world: World, competition: Any, organizer: FlaskClient, client: FlaskClient
) -> None:
    world.gallery(competition)
    submission = world.submission(world.team(competition))
    page, base = f"/en/c/projects/{submission.id}", f"/en/c/manage/gallery/{submission.id}"
    assert organizer.post(f"{base}/withholding", data={"reason": " "}).status_code == 422
    assert organizer.get(f"{base}/withholding").status_code == 200
    assert organizer.post(f"{base}/withholding", data={"reason": "A name in it"}).status_code == 302
    assert client.get(page).status_code == 404
    assert organizer.get(f"/en/c/manage/gallery/preview/{submission.id}").status_code == 404
    assert "A name in it" in organizer.get("/en/c/manage/gallery").text
    again = organizer.post(f"{base}/withholding", data={"reason": "Twice"})
    assert again.status_code == 422
    assert organizer.post(f"{base}/withholding/end", data={"reason": "Gone now"}).status_code == 302
    assert client.get(page).status_code == 200
    assert organizer.post(f"{base}/withholding/end", data={"reason": "Again"}).status_code == 422
    (row,) = db.session.scalars(select(Withheld))
    assert (row.reason, row.end_reason, row.ended_at is not None) == (
        "A name in it",
        "Gone now",
        True,
    )
    letters = db.session.scalars(select(Letter).order_by(Letter.created_at)).all()
    assert [letter.name for letter in letters] == [
        *(["project_withheld"] * 2),
        *(["project_shown_again"] * 2),
    ]
    assert {letter.address for letter in letters} == {
        person.email for person in submission.team.members
    }
    assert "A name in it" in letters[0].text
    assert "Gone now" in letters[-1].text


def test_the_list_says_what_each_project_lacks(
    world: World, competition: Any, organizer: FlaskClient
) -> None:
    bare = world.submission(world.team(competition))
    version = bare.versions[0]
    undescribed = {"name": "photo.JPG", "size": 3, "sha256": "0" * 64}
    version.content = {**version.content, "files": [undescribed]}
    page = organizer.get("/en/c/manage/gallery").text
    assert "A cover" in page
    assert "The description of 1 picture" in page
    world.shown(bare)
    page = organizer.get("/en/c/manage/gallery").text
    assert "A cover" not in page
    assert "The description of" not in page


def test_the_preview_is_the_page_as_it_will_be(
    world: World, competition: Any, organizer: FlaskClient, client: FlaskClient
) -> None:
    honoured = world.submission(world.team(competition))
    world.shown(honoured)
    world.honour(honoured)
    world.submission(world.team(competition))
    preview = organizer.get("/en/c/manage/gallery/preview").text
    assert "Winner" in preview  # it opens with the results
    assert f"/en/c/manage/gallery/preview/{honoured.id}" in preview
    one = organizer.get(f"/en/c/manage/gallery/preview/{honoured.id}").text
    assert marked("citation") in one
    digest = honoured.versions[0].content["files"][0]["sha256"]
    with organizer.get(f"/en/c/submissions/{honoured.id}/pictures/{digest}") as answer:
        assert answer.status_code == 200
    assert "/en/c/projects/" not in preview + one
    # Before the results, the preview hides what the page will hide.
    world.gallery(competition, opens_at=datetime.now(UTC) - timedelta(minutes=1))
    assert "Winner" not in organizer.get("/en/c/manage/gallery/preview").text
    one = organizer.get(f"/en/c/manage/gallery/preview/{honoured.id}").text
    assert marked("citation") not in one
    assert client.get("/en/c/manage/gallery/preview").status_code == 302


def test_many_projects_cost_as_many_queries_as_one(
    app: Any, world: World, competition: Any, organizer: FlaskClient
) -> None:
    def another() -> None:
        team = world.team(competition)
        world.withheld(world.submission(team))
        world.named(team.captain, team)

    another()
    paths = ("/en/c/manage/gallery", "/en/c/manage/gallery/preview")
    few = [cost(app, organizer, path) for path in (*paths, *paths)][2:]
    for _ in range(5):
        another()
    assert [cost(app, organizer, path) for path in paths] == few


@pytest.mark.parametrize("address", ["/en/c/results", "/en/c/"])
def test_of_an_honoured_project_that_is_kept_out_only_the_team_is_named(
    world: World, competition: Any, client: FlaskClient, address: str
) -> None:
    """The jury's decision stands; what the team wrote is what may be seen by nobody."""
    world.announcement(competition, datetime.now(UTC) - timedelta(seconds=1))
    submission = world.submission(world.team(competition))
    version = submission.versions[-1]
    version.content = {**version.content, "summary": "Where she lives."}
    world.honour(submission)
    world.withheld(submission)
    page = client.get(address).text
    assert submission.team.name in page
    assert "⟦citation⟧" in page
    assert submission.title not in page
    assert "Where she lives." not in page


def test_organizers_see_which_projects_are_translated(
    world: World, competition: Any, organizer: FlaskClient
) -> None:
    submission = world.submission(world.team(competition))
    assert "Translated by the organizers" not in organizer.get("/en/c/manage/gallery").text
    world.translation(submission)
    assert "Translated by the organizers" in organizer.get("/en/c/manage/gallery").text
