"""Doors find what an address names, ask their rule, and refuse in one of four ways."""

from typing import Any

import pytest
from flask import Flask
from flask_login import LoginManager

from hackathon.competitions.timetable import Opening
from hackathon.extensions import babel, db
from hackathon.ground.doors import Doors, KeyConverter
from hackathon.ground.rule import Rule, anyone
from hackathon.ground.verdict import HIDDEN, SIGN_IN, Verdict, closed, forbidden
from hackathon.ground.way import goes_on
from tests.world import Story, World


def small_app() -> Flask:
    app = Flask("small", static_folder=None)
    app.url_map.converters["key"] = KeyConverter
    app.add_url_rule("/", "front", lambda: "front")
    app.add_url_rule("/<key:thing>", "thing", lambda thing: thing)
    babel.init_app(app)
    LoginManager(app).user_loader(lambda _key: None)
    return app


FINDERS = {"thing": lambda key, **_: key}


def test_policy_routes_and_finders_fit() -> None:
    Doors({"front": anyone, "thing": anyone}, FINDERS).hang(small_app())


@pytest.mark.parametrize(
    "policy, finders, complaint",
    [
        ({"front": anyone}, FINDERS, "Endpoints without a rule: thing"),
        (
            {"front": anyone, "thing": anyone, "gone": anyone},
            FINDERS,
            "Rules without an endpoint: gone",
        ),
        ({"front": anyone, "thing": anyone}, {}, "Arguments without a finder: thing"),
    ],
)
def test_otherwise_the_site_does_not_start(policy: Any, finders: Any, complaint: str) -> None:
    with pytest.raises(RuntimeError, match=complaint):
        Doors(policy, finders).hang(small_app())


def test_two_doors_at_one_address_do_not_start() -> None:
    app = small_app()
    app.add_url_rule("/<key:other>", "other", lambda other: other)
    doors = Doors(dict.fromkeys(["front", "thing", "other"], anyone), FINDERS | {"other": None})
    with pytest.raises(RuntimeError, match="Doors at one address: thing and other"):
        doors.hang(app)


def test_finders_are_asked_from_left_to_right_with_what_was_found() -> None:
    asked: list[Any] = []

    def find(key: str, **found: Any) -> str | None:
        asked.append((key, dict(found)))
        return None if key == "none" else key.upper()

    app = small_app()
    app.add_url_rule("/<key:thing>/<key:part>", "part", lambda thing, part: thing + part)
    doors = Doors(dict.fromkeys(["front", "thing", "part"], anyone), {"thing": find, "part": find})
    doors.init_app(app, sign_in="front")
    doors.hang(app)
    client = app.test_client()
    assert client.get("/a/b").text == "AB"
    assert asked == [("a", {}), ("b", {"thing": "A"})]
    asked.clear()
    assert client.get("/none/b").status_code == 404
    assert asked == [("none", {})]


# -- on the site -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    [
        *("nobody", "00000000-0000-0000-0000-000000000000", "a%00b", "%00", "x" * 3000),
        *("%F0%9F%92%A9", "..%5C..", "'%20OR%201=1--", "%ff%fe"),
    ],
)
def test_what_does_not_exist_is_not_found(world: World, key: str) -> None:
    story = Story(world)
    client = story.client("administrator")
    for path in (
        f"/en/{key}/",
        f"/en/{key}/manage/",
        f"/en/the-competition/challenges/{key}",
        f"/en/the-competition/documents/{key}",
        f"/en/the-competition/manage/dates/{key}",
        f"/en/the-competition/manage/letters/{key}",
    ):
        assert client.get(path).status_code == 404, path
    assert client.post(f"/en/the-competition/manage/partners/{key}/removal").status_code == 404


def test_what_belongs_to_another_competition_is_not_found(world: World) -> None:
    here, there = world.competition("here"), world.competition("there")
    challenge, document = world.challenge(there), world.document(there)
    letter, partner = world.letter(there), world.partner(there)
    client = world.client(world.administrator())
    for part in (
        f"challenges/{challenge.id}",
        f"documents/{document.id}",
        f"manage/challenges/{challenge.id}",
        f"manage/documents/{document.id}",
        f"manage/letters/{letter.id}",
        f"manage/partners/{partner.id}",
    ):
        with client.get(f"/en/there/{part}") as answer:
            assert answer.status_code == 200, part
        assert client.get(f"/en/{here.slug}/{part}").status_code == 404, part
    answer = client.post(f"/en/{here.slug}/manage/partners/{partner.id}/removal")
    assert answer.status_code == 404
    assert there.partners == [partner]


@pytest.fixture
def refusing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make the door to a competition's dates answer with a verdict."""

    def refuse(verdict: Verdict) -> None:
        policy = app.jinja_env.globals["can"].__self__.policy  # type: ignore[attr-defined]
        monkeypatch.setitem(policy, "competitions.dates", Rule(lambda user, **_: verdict, "no"))

    return refuse


def test_the_four_refusals(world: World, refusing: Any) -> None:
    world.competition("c")
    client = world.client()

    refusing(HIDDEN)
    assert client.get("/en/c/dates").status_code == 404

    refusing(SIGN_IN)
    answer = client.get("/en/c/dates")
    assert (answer.status_code, answer.location) == (
        302,
        "/en/account/sign-in?next=/en/c/dates",
    )

    refusing(forbidden("Because <I> say so."))
    answer = client.get("/en/c/dates")
    assert answer.status_code == 403
    assert "Because &lt;I&gt; say so." in answer.text

    refusing(closed("Much too late.", Opening("submission", None)))
    answer = client.get("/en/c/dates")
    assert answer.status_code == 403
    assert "Much too late." in answer.text
    assert 'data-refusal="closed"' in answer.text


def test_signing_in_leads_on_to_where_one_was_going(world: World) -> None:
    competition = world.competition("c")
    user = world.organizer(competition)
    client = world.client()
    answer = client.get("/fr/c/manage/journal?page=2&q=%C3%A9t%C3%A9")
    assert answer.status_code == 302
    assert answer.location.startswith("/fr/account/sign-in?next=")
    form = client.get(answer.location)
    assert 'name="next" value="/fr/c/manage/journal?page=2&amp;q=%C3%A9t%C3%A9"' in form.text
    typed = {"email": user.email, "password": "correct horse battery"}
    signed_in = client.post(answer.location, data=typed)
    assert signed_in.location == "/fr/c/manage/journal?page=2&q=%C3%A9t%C3%A9"
    assert client.get(signed_in.location).status_code == 200


def test_what_was_being_posted_is_not_repeated_by_a_link(world: World) -> None:
    world.competition("c")
    answer = world.client().post("/en/c/manage/publication")
    assert answer.location == "/en/account/sign-in"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "You are not signed in any more"), ("fr", "session a pris fin")]
)
def test_what_was_typed_before_the_session_ended_is_given_back(
    world: World, language: str, said: str
) -> None:
    world.competition("c")
    typed = {"name": "Boussole du Nord", "about": "", "languages": ["en", "fr"]}
    answer = world.client().post(f"/{language}/c/teams/new", data=typed)
    assert (answer.status_code, said in answer.text) == (403, True)
    assert "\nBoussole du Nord</textarea>" in answer.text
    assert answer.text.count("<textarea") == 1
    assert f'href="/{language}/account/sign-in"' in answer.text


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\tevil/../\\evil.example",
        "/\n/evil.example",
        "\n//evil.example",
        " //evil.example",
        "/\x00/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "//[",
        "///evil.example",
        "/en/\r\nSet-Cookie: a=b",
        "",
    ],
)
def test_a_way_on_leads_nowhere_else(app: Flask, world: World, wanted: str) -> None:
    with app.test_request_context("/", query_string={"next": wanted}):
        assert goes_on() == ""
    user = world.person()
    typed = {"email": user.email, "password": "correct horse battery", "next": wanted}
    assert world.client().post("/en/account/sign-in", data=typed).location == "/en/home"


def test_a_way_on_within_the_site(app: Flask) -> None:
    for wanted in ("/", "/fr/c/équipes?x=1&y=//z#w", "/en/c/?next=https://evil.example"):
        with app.test_request_context("/", query_string={"next": wanted}):
            assert goes_on() == wanted


def test_can_asks_the_same_rule_with_what_the_page_stands_on(world: World) -> None:
    competition = world.competition("c", published_at=None)
    organizer = world.organizer(competition)
    db.session.commit()
    assert world.client(world.person()).get("/en/c/").status_code == 404
    page = world.client(organizer).get("/en/c/")
    assert page.status_code == 200
    assert "/en/c/challenges" in page.text
