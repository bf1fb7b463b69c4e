"""The banner, the one-click roles and the mailbox: in the demo alone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from hackathon import create_app
from hackathon.access import DEMO_POLICY
from hackathon.accounts import actions as accounts
from hackathon.accounts.models import User
from hackathon.demo.content import PASSWORD, Role, offered
from hackathon.demo.laying import lay
from hackathon.demo.phases import Phase
from hackathon.demo.queries import phase_now
from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.ground.model import Model
from hackathon.post.actions import Recipient, write
from hackathon.post.models import Letter
from hackathon.teams.models import Team
from tests.conftest import Client, settings_for

FRONT = "/en/datajam-2021/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    data_dir = tmp_path_factory.mktemp("demo")
    app = create_app(settings_for(f"sqlite:///{data_dir / 'demo.sqlite3'}", data_dir, mode="demo"))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Client
    with app.app_context():
        Model.metadata.create_all(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(autouse=True)
def building(request: pytest.FixtureRequest) -> Iterator[None]:
    """The event lies in its building phase at the beginning of every test of the site."""
    if "site" not in request.fixturenames:
        yield
        return
    with request.getfixturevalue("site").app_context():
        lay(Phase.BUILDING, now())
        db.session.commit()
        yield
        db.session.remove()


def phase_of_event() -> Phase | None:
    db.session.rollback()
    return phase_now()


def person(client: FlaskClient) -> str | None:
    """The address of whoever is signed in."""
    with client.session_transaction() as session:
        key = session.get("_user_id")
    db.session.rollback()
    return db.session.scalar(select(User.email).where(User.fs_uniquifier == key)) if key else None


def become(client: FlaskClient, role: str, here: str = "/datajam-2021/") -> Any:
    return client.post("/en/demo/sign-in", data={"role": role, "here": here})


def move(client: FlaskClient, phase: str, here: str = "/datajam-2021/") -> Any:
    return client.post("/en/demo/phase", data={"phase": phase, "here": here})


def write_letters(*addresses: str) -> None:
    for number, address in enumerate(addresses):
        reader = Recipient(address, f"Reader {number}", "fr" if number % 2 else "en")
        write("account_exists", to=reader)
    db.session.commit()


# Only in the demo


@pytest.mark.parametrize("mode", ["test", "production"])
def test_no_other_site_has_the_doors_of_the_demo(mode: str, tmp_path: Path) -> None:
    app = create_app(
        settings_for(
            f"sqlite:///{tmp_path / 'site.sqlite3'}",
            tmp_path,
            mode=mode,
            base_url="https://hackathon.example",
            mail_url="smtp://mail.example",
        )
    )
    assert not {rule.endpoint for rule in app.url_map.iter_rules()} & set(DEMO_POLICY)
    assert "demo" not in app.blueprints
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        Model.metadata.create_all(db.engine)
        client = app.test_client()
        assert "demo-banner" not in client.get("/en/", base_url="https://hackathon.example").text
        for path in ("/en/demo/phase", "/en/demo/sign-in"):
            answer = client.post(path, data={"role": "organizer", "phase": "judging"})
            assert answer.status_code == 404
        assert client.get("/en/demo/mailbox").status_code == 404
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("mode", ["test", "production"])
def test_the_command_refuses_elsewhere(mode: str, tmp_path: Path) -> None:
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'site.sqlite3'}", tmp_path, mode=mode))
    answer = app.test_cli_runner().invoke(args=["demo"])
    assert answer.exit_code == 1
    assert "only with HACKATHON_MODE=demo" in answer.output


def test_the_command_lays_the_event(site: Flask) -> None:
    for given, phase in (["--phase", "judging"], "judging"), (["--as-published"], "results"):
        answer = site.test_cli_runner().invoke(args=["demo", *given])
        assert answer.exit_code == 0, answer.output
        assert phase_of_event() == phase
    answer = site.test_cli_runner().invoke(args=["demo"])
    assert (answer.exit_code, phase_of_event()) == (0, "building")


# The banner


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("The people and projects are made up.", "Phase: Building", "Choose a role")),
        ("fr", ("Les personnes et les projets sont fictifs.", "Choisir un rôle")),
    ],
)
def test_every_page_says_that_it_is_a_demo(
    site: Flask, language: str, words: tuple[str, ...]
) -> None:
    client = site.test_client()
    for path in ("", "datajam-2021/", "account/sign-in", "demo/mailbox", "no/such/page"):
        page = client.get(f"/{language}/{path}").text
        assert 'class="demo-banner"' in page
        assert all(word in page for word in words), path


def test_the_banner_marks_the_phase_and_the_role(site: Flask) -> None:
    client = site.test_client()
    become(client, "judge")
    page = client.get(FRONT).text
    marked = re.findall(r'name="(\w+)" value="(\w+)"\s+aria-current="true"', page)
    assert marked == [("phase", "building"), ("role", "judge")]


def test_a_button_without_its_token_does_nothing(site: Flask) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    try:
        client = site.test_client()
        assert move(client, "judging").status_code == 409
        assert phase_of_event() == Phase.BUILDING
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(FRONT).text)
        assert token is not None
        client.post("/en/demo/phase", data={"phase": "judging", "csrf_token": token[1]})
        assert phase_of_event() == Phase.JUDGING
    finally:
        site.config["WTF_CSRF_ENABLED"] = False


def test_a_page_asks_the_same_however_much_there_is(site: Flask) -> None:
    """The banner costs one query."""
    client = site.test_client()
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    client.get("/en/account/sign-in")
    assert len([each for each in asked if each.startswith("SELECT")]) == 1


# Phases


@pytest.mark.parametrize("phase", list(Phase))
def test_one_click_moves_the_event(site: Flask, phase: Phase) -> None:
    answer = move(site.test_client(), phase)
    assert (answer.status_code, answer.location) == (302, FRONT)
    assert phase_of_event() == phase


def test_the_event_goes_back_to_where_it_was(site: Flask) -> None:
    move(site.test_client(), "published")
    assert phase_of_event() == Phase.RESULTS
    page = site.test_client().get("/fr/datajam-2021/dates").text
    assert re.search(r"lundi 3 mai 2021,?\sà?\s?23\sh\s59", page)


@pytest.mark.parametrize("phase", ["", "nonsense", "BUILDING"])
def test_an_unknown_phase_moves_nothing(site: Flask, phase: str) -> None:
    assert move(site.test_client(), phase).status_code == 400
    assert phase_of_event() == Phase.BUILDING


@pytest.mark.parametrize("role", list(Role))
def test_who_is_signed_in_stays_so_in_another_phase(site: Flask, role: Role) -> None:
    client = site.test_client()
    become(client, role)
    move(client, "judging")
    assert person(client) == offered()[role]
    assert client.get("/en/home").status_code == 200


def test_someone_who_is_not_there_any_more_is_signed_out(site: Flask) -> None:
    accounts.create_account(
        email="new@example.org", name="New", password="a good password", language="en", goes_on=""
    )
    user = accounts.person_with("new@example.org")
    assert user is not None
    accounts.confirm_address(user)
    db.session.commit()
    client = site.test_client()
    client.post(
        "/en/account/sign-in", data={"email": "new@example.org", "password": "a good password"}
    )
    assert person(client) == "new@example.org"
    move(client, "judging")
    assert person(client) is None
    assert client.get("/en/home").status_code == 302


def test_one_comes_back_to_where_one_was(site: Flask) -> None:
    client = site.test_client()
    assert move(client, "judging", "/datajam-2021/dates?x=1").location == (
        "/en/datajam-2021/dates?x=1"
    )
    fr = client.post("/fr/demo/phase", data={"phase": "results", "here": "/datajam-2021/rules"})
    assert fr.location == "/fr/datajam-2021/rules"


@pytest.mark.parametrize(
    "here", ["", "nowhere", "/no/such/page", "//evil.example/", "/demo/phase", "/home"]
)
def test_else_one_comes_to_the_front_page(site: Flask, here: str) -> None:
    assert move(site.test_client(), "judging", here).location == FRONT


def test_a_page_that_the_role_may_not_see_is_left(site: Flask) -> None:
    client = site.test_client()
    become(client, "organizer")
    desk = "/datajam-2021/manage/"
    assert become(client, "organizer", desk).location == f"/en{desk}"
    assert become(client, "captain", desk).location == FRONT


def test_the_address_of_a_team_outlives_the_move(site: Flask) -> None:
    before = db.session.scalars(select(Team.id).order_by(Team.name)).all()
    move(site.test_client(), "results")
    db.session.rollback()
    assert db.session.scalars(select(Team.id).order_by(Team.name)).all() == before


# Roles


@pytest.mark.parametrize("role", list(Role))
def test_one_click_signs_in(site: Flask, role: Role) -> None:
    client = site.test_client()
    assert become(client, role).location == FRONT
    assert person(client) == offered()[role]


def test_the_password_signs_in_too(site: Flask) -> None:
    client = site.test_client()
    given = {"email": offered()[Role.MENTOR], "password": PASSWORD}
    assert client.post("/en/account/sign-in", data=given).location == "/en/home"


def test_an_unknown_role_signs_nobody_in(site: Flask) -> None:
    client = site.test_client()
    assert become(client, "root").status_code == 400
    assert person(client) is None


def test_a_role_whose_person_is_gone_says_so(site: Flask) -> None:
    user = db.session.scalars(select(User).where(User.email == offered()[Role.JUDGE])).one()
    user.email = "other@example.org"
    db.session.commit()
    client = site.test_client()
    become(client, "judge")
    assert person(client) is None
    assert "This person is no longer there." in client.get(FRONT).text


# The mailbox


def test_an_empty_mailbox_says_how_to_fill_it(site: Flask) -> None:
    assert "No emails yet" in site.test_client().get("/en/demo/mailbox").text
    assert "Aucun courriel" in site.test_client().get("/fr/demo/mailbox").text


def test_the_mailbox_shows_the_newest_first_and_one_reader_alone(site: Flask) -> None:
    write_letters("ana@example.org", "bo@example.org", "ana@example.org")
    client = site.test_client()
    shown = re.findall(
        r'data-label="To" translate="no">([^<]+)<', client.get("/en/demo/mailbox").text
    )
    assert shown == ["ana@example.org", "bo@example.org", "ana@example.org"]
    page = client.get("/en/demo/mailbox?address=BO@").text
    assert re.findall(r'data-label="To" translate="no">([^<]+)<', page) == ["bo@example.org"]
    assert "No email to this address" in client.get("/en/demo/mailbox?address=%25").text


def test_a_long_mailbox_has_pages(site: Flask) -> None:
    write_letters(*(f"reader{number}@example.org" for number in range(26)))
    client = site.test_client()
    first = client.get("/en/demo/mailbox").text
    assert (first.count("<tr>"), "reader0@example.org" in first) == (26, False)
    assert "reader0@example.org" in client.get("/en/demo/mailbox?page=2").text


def test_an_account_can_be_confirmed_without_a_mail_server(site: Flask) -> None:
    client = site.test_client()
    given = {"email": "me@example.org", "name": "Me", "password": "long enough for all"}
    client.post("/en/account/new", data=given)
    page = client.get("/en/demo/mailbox?address=me@example.org").text
    letter = re.search(r'href="(/en/demo/mailbox/[^"]+)"', page)
    assert letter is not None
    link = re.search(
        r'href="http://localhost(/en/account/confirmation/[^"]+)"', client.get(letter[1]).text
    )
    assert link is not None
    assert client.post(link[1]).status_code == 302
    assert person(client) == "me@example.org"


def test_what_a_person_typed_stays_text(site: Flask) -> None:
    write("account_exists", to=Recipient("x@example.org", "<script>alert(1)</script>", "en"))
    db.session.commit()
    letter = db.session.scalars(select(Letter)).one()
    page = site.test_client().get(f"/en/demo/mailbox/{letter.id}").text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("key", ["nonsense", "01890000-0000-7000-8000-000000000000"])
def test_a_letter_that_is_not_there(site: Flask, key: str) -> None:
    assert site.test_client().get(f"/en/demo/mailbox/{key}").status_code == 404
