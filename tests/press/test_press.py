"""The press pack: nothing before the results, nothing that is kept out, in a page or in the ZIP."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.gallery.models import Audience
from hackathon.ground.localized import Localized
from hackathon.press import actions
from hackathon.press.documents import plain
from hackathon.press.models import PressPack
from hackathon.press.personal import SHARE
from hackathon.results.models import Announcement, Grade
from tests.counting import cost
from tests.house.test_html import Page
from tests.world import World, both

WORDS = {
    f"{name}-{code}": f"{name} {code} words"
    for name in ("introduction", "quote", "quoted", "contact", "terms")
    for code in ("en", "fr")
}


@pytest.fixture
def competition(world: World) -> Any:
    competition = world.competition("c", gates="closed")
    world.gallery(competition)
    world.announcement(competition, datetime.now(UTC) - timedelta(days=1))
    return competition


def winner(world: World, competition: Any, grade: Grade = Grade.WINNER, **content: Any) -> Any:
    """An honoured project with a picture, and its captain's name."""
    team = world.team(competition, 2)
    submission = world.submission(team)
    world.shown(submission, **content)
    world.honour(submission, grade)
    world.named(team.captain, team, f"Named {team.name}")
    return submission


def unpacked(client: Any, path: str = "/en/c/press.zip") -> dict[str, bytes]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def test_the_pack_tells_facts_winners_and_whom_to_ask(
    world: World, competition: Any, client: Any
) -> None:
    one = winner(world, competition)
    world.press_pack(competition, one)
    world.participant(competition)
    page = client.get("/en/c/press")
    assert page.status_code == 200
    assert Page(page.text).faults == []
    files = unpacked(client)
    assert set(files) == {
        *("press-release.md", "press-release.html", "communique.md", "communique.html"),
        *(name for name in files if name.startswith("pictures/01-") and name.endswith(".webp")),
    }
    assert len(files) == 5
    english, french = files["press-release.md"].decode(), files["communique.md"].decode()
    for text in (plain(one.title), plain(one.team.name), plain("⟦citation⟧"), "⟦contact⟧"):
        assert text in english, text
    assert "Participants: 3" in english
    assert "Teams: 1\n" in english
    assert plain("⟦citation (fr)⟧") in french
    assert "⟦introduction (fr)⟧" in french
    assert plain(f"Named {one.team.name}") in english
    picture = next(data for name, data in files.items() if name.startswith("pictures/"))
    assert picture[8:12] == b"WEBP"
    assert '<img src="pictures/01-' in files["press-release.html"].decode()


def test_of_several_honours_each_citation_says_for_what(
    world: World, competition: Any, client: Any
) -> None:
    one = winner(world, competition)
    world.press_pack(competition, one)
    text = unpacked(client)["press-release.md"].decode()
    assert f"\n> {plain('⟦citation⟧')}\n" in text
    world.honour(one, Grade.OUTSTANDING).citation = both("how")
    text = unpacked(client)["press-release.md"].decode()
    assert f"\n> **{plain('⟦Winner⟧')}:** {plain('⟦citation⟧')}\n" in text
    assert f"\n> **{plain('⟦Outstanding⟧')}:** {plain('⟦how⟧')}\n" in text


def test_nothing_is_there_while_results_of_a_challenge_are_withdrawn(
    world: World, competition: Any, client: Any
) -> None:
    """The organizers' words may name whom nobody should read of now."""
    work = winner(world, competition)
    world.press_pack(competition, winner(world, competition))
    amendment = world.withdrawal(competition, challenge=work.versions[0].challenge)
    assert [client.get(f"/en/c/press{end}").status_code for end in ("", ".zip")] == [404, 404]
    amendment.ended_at = datetime.now(UTC)
    db.session.flush()
    assert [client.get(f"/en/c/press{end}").status_code for end in ("", ".zip")] == [200, 200]


def test_nothing_is_there_before_the_moment(world: World, competition: Any, client: Any) -> None:
    world.press_pack(competition, winner(world, competition))
    moment = datetime.now(UTC) + timedelta(minutes=10)
    db.session.scalars(select(Announcement)).one().publish_at = moment
    db.session.flush()
    organizer = world.client(world.organizer(competition))
    with time_machine.travel(moment - timedelta(microseconds=1), tick=False):
        for browser in (client, organizer):
            assert browser.get("/en/c/press").status_code == 404
            assert browser.get("/en/c/press.zip").status_code == 404
        assert "For the press" not in client.get("/en/c/").text
        assert len(unpacked(organizer, "/en/c/manage/press/preview.zip")) == 5
    with time_machine.travel(moment, tick=False):
        assert client.get("/en/c/press").status_code == 200
        assert len(unpacked(client)) == 5


def test_unpublished_is_for_organizers_alone(world: World, competition: Any, client: Any) -> None:
    world.press_pack(competition, winner(world, competition), published_at=None)
    assert client.get("/en/c/press").status_code == 404
    assert client.get("/en/c/press.zip").status_code == 404
    assert client.get("/en/c/manage/press/preview.zip").status_code == 302


def test_what_is_withheld_is_not_in_the_octets(world: World, competition: Any, client: Any) -> None:
    kept = winner(world, competition, title="Embargoed title", summary="Embargoed summary")
    told = winner(world, competition, Grade.OUTSTANDING)
    picture = world.app.extensions["storage"].open(kept.versions[-1].content["files"][0]["drawn"])
    with picture:
        octets = picture.read()
    world.press_pack(competition, kept, told)
    everything = b"".join(unpacked(client).values())
    assert b"Embargoed title" in everything and octets in everything
    world.withheld(kept)
    name = f"Named {kept.team.name}"
    for browser, page, pack in (
        (client, "/{}/c/press", "/{}/c/press.zip"),
        (
            world.client(world.organizer(competition)),
            "/{}/c/manage/press/preview",
            "/{}/c/manage/press/preview.zip",
        ),
    ):
        for language in ("en", "fr"):
            shown = browser.get(page.format(language)).text
            files = unpacked(browser, pack.format(language))
            everything = shown.encode() + b"".join(files.values())
            assert b"Embargoed" not in everything
            assert name.encode() not in everything and plain(name).encode() not in everything
            assert kept.team.name.encode() in everything  # as the results name it
            assert plain(told.title).encode() in everything
    # The pictures of both are the same few pixels in tests, so they are counted, not compared.
    assert sum(name.startswith("pictures/") for name in unpacked(client)) == 1


@pytest.mark.parametrize("audience", [Audience.OFF, Audience.CREW, Audience.REGISTERED])
def test_where_the_gallery_is_not_for_everyone_no_picture_and_no_name_goes_out(
    world: World, client: Any, audience: Audience
) -> None:
    competition = world.competition("c", gates="closed")
    world.gallery(competition, audience)
    world.announcement(competition, datetime.now(UTC) - timedelta(days=1))
    one = winner(world, competition)
    world.press_pack(competition, one)
    files = unpacked(client)
    assert set(files) == {
        *("press-release.md", "press-release.html", "communique.md", "communique.html")
    }
    assert b"Named " not in b"".join(files.values())
    assert "Named " not in client.get("/en/c/press").text
    assert plain(one.title).encode() in files["press-release.md"]  # as the results do


def test_a_content_warning_is_said_first(world: World, competition: Any, client: Any) -> None:
    one = winner(world, competition, warning="Speaks of violence", summary="The summary of it")
    world.press_pack(competition, one)
    text = unpacked(client)["press-release.md"].decode()
    assert text.index("Speaks of violence") < text.index("The summary of it")
    assert "read the content warning first" in text


def test_what_people_typed_becomes_no_markup(world: World, competition: Any, client: Any) -> None:
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) # *b* `c`\n# Heading ../../x"
    world.press_pack(competition, winner(world, competition, title=evil, summary=evil))
    files = unpacked(client)
    html = files["press-release.html"].decode()
    assert "<script" not in html
    assert "javascript:" not in html.replace("[x](javascript:alert(1))", "")
    assert 'href="javascript' not in html
    assert "<h1>" not in html.split("<body>")[1].split("</h2>")[1]
    assert "\n# Heading" not in files["press-release.md"].decode()
    assert all(".." not in name and not name.startswith("/") for name in files)


def test_many_projects_cost_as_much_as_one(
    app: Any, world: World, competition: Any, client: Any
) -> None:
    pack = world.press_pack(competition, winner(world, competition))
    client.get("/en/c/press")
    one = cost(app, client, "/en/c/press")
    more = [winner(world, competition, Grade.OUTSTANDING) for _ in range(5)]
    db.session.delete(pack)
    db.session.flush()
    world.press_pack(competition, *more)
    assert cost(app, client, "/en/c/press") == one


# -- organizers ------------------------------------------------------------------------------


def test_organizers_compose_preview_publish_and_withdraw(
    world: World, competition: Any, client: Any
) -> None:
    one, two = winner(world, competition), winner(world, competition, Grade.OUTSTANDING)
    browser = world.client(world.organizer(competition))
    page = browser.get("/en/c/manage/press")
    assert Page(page.text).faults == []
    assert browser.get("/en/c/manage/press/preview").status_code == 404  # nothing there yet
    assert browser.post("/en/c/manage/press/publication").status_code == 409
    digest = one.versions[-1].content["files"][0]["sha256"]
    sent = {**WORDS, "projects": [str(one.id)], "pictures": [f"{one.id}/{digest}"], "seen": ""}
    saved = browser.post("/en/c/manage/press", data=sent)
    assert saved.status_code == 302
    pack = db.session.scalars(select(PressPack)).one()
    assert [(row.submission_id, row.pictures) for row in pack.projects] == [(one.id, [digest])]
    assert pack.introduction == Localized(en="introduction en words", fr="introduction fr words")
    again = browser.post("/en/c/manage/press", data={**sent, "introduction-en": "Overwritten"})
    assert again.status_code == 422
    assert "Overwritten" in again.text
    preview = browser.get("/en/c/manage/press/preview").text
    assert Page(preview).faults == []
    assert one.title in preview
    assert two.title not in preview
    assert client.get("/en/c/press").status_code == 404
    assert browser.post("/en/c/manage/press/publication").status_code == 302
    assert client.get("/en/c/press").status_code == 200
    db.session.refresh(pack)
    seen = actions.mark_of(pack)
    half = browser.post("/en/c/manage/press", data={**sent, "terms-fr": "", "seen": seen})
    assert half.status_code == 422  # what is public stays whole
    assert browser.post("/en/c/manage/press/withdrawal").status_code == 302
    assert client.get("/en/c/press").status_code == 404


def test_what_is_not_offered_is_not_taken(world: World, competition: Any) -> None:
    one, kept = winner(world, competition), winner(world, competition, Grade.OUTSTANDING)
    world.withheld(kept)
    plain_project = world.submission(world.team(competition))
    browser = world.client(world.organizer(competition))
    for key in (kept.id, plain_project.id, "x", "\x00"):
        sent = {**WORDS, "projects": [str(key)], "seen": ""}
        assert browser.post("/en/c/manage/press", data=sent).status_code == 422
    sent = {**WORDS, "projects": [str(one.id)], "pictures": [f"{kept.id}/{'0' * 64}"], "seen": ""}
    assert browser.post("/en/c/manage/press", data=sent).status_code == 422
    assert db.session.scalars(select(PressPack)).all() == []


def test_the_contact_goes_with_the_personal_data(world: World, competition: Any) -> None:
    pack = world.press_pack(competition, winner(world, competition))
    assert SHARE.expire(competition) == {"press_contacts": 1}
    assert not pack.contact
    assert pack.introduction == both("introduction")
    assert SHARE.expire(competition) == {"press_contacts": 0}
