"""What people type: kept, cleaned, refused beside the field."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from hackathon.extensions import db
from hackathon.ground.forms import (
    Address,
    Form,
    LocalizedField,
    LongText,
    Text,
    WallClock,
    WebAddress,
    as_drawn,
    on_the_clock,
)
from hackathon.ground.localized import Localized
from hackathon.ground.obstacle import Obstacle
from tests.world import World

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
PERSIAN = "می\u200cخواهم"
ASTRONAUT = "👩🏽\u200d🚀"


class Everything(Form):
    line = Text("Line", required=False, most=20)
    lines = LongText("Lines", required=False, most=20)
    site = WebAddress("Site")
    mail = Address("Mail")
    at = WallClock("At", required=False)


class Required(Form):
    line = Text("Line")
    lines = LongText("Lines")
    at = WallClock("At")


class Texts(Form):
    any = LocalizedField("Any")
    all = LocalizedField("All", complete=True, long=True)
    none = LocalizedField("None", required=False, most=5)


@pytest.fixture(autouse=True)
def request_context(app: Flask) -> Iterator[None]:
    with app.test_request_context(method="POST"):
        yield


def filled(kind: Any, zone: str = "America/Toronto", **typed: Any) -> Any:
    form = kind(MultiDict(typed), meta={"csrf": False, "zone": zone})
    form.validate()
    return form


def typed(name: str, text: str, zone: str = "America/Toronto") -> Any:
    return filled(Everything, zone, **{name: text})[name]


@pytest.mark.parametrize(
    "text, kept",
    [
        ("  Ana  Lee ", "Ana Lee"),
        ("a\x00b\tc\r\nd\x1b[0m", "a b c d [0m"),
        ("evil\u202etxt", "evil txt"),
        ("l’« été »", "l’« été »"),
        ("e\u0301\u0323", "e\u0301\u0323"),
        ("שלום", "שלום"),
        (PERSIAN, PERSIAN),
        (ASTRONAUT, ASTRONAUT),
        ("<script>alert(1)", "<script>alert(1)"),
        ("'; DROP TABLE--", "'; DROP TABLE--"),
        ("", ""),
    ],
)
def test_one_line(text: str, kept: str) -> None:
    field = typed("line", text)
    assert (field.data, field.errors) == (kept, [])


def test_several_lines() -> None:
    assert typed("lines", "\r\n a\r\n\r\nb\x00\n ").data == "a\n\nb"


@pytest.mark.parametrize("name", ["line", "lines"])
def test_too_long_is_refused_and_kept(name: str) -> None:
    assert typed(name, "é" * 20).errors == []
    field = typed(name, "é" * 21)
    assert (field.data, field.errors) == ("é" * 21, ["At most 20 characters."])
    assert typed(name, "x" * 500_000).errors == ["At most 20 characters."]


@pytest.mark.parametrize("blank", ["", " ", "\t\r\n", "\x00", "\u00a0\u2003"])
def test_blanks_do_not_fill_a_field_in(blank: str) -> None:
    form = filled(Required, line=blank, lines=blank, at=blank)
    assert form.line.errors == form.lines.errors == ["Please fill this in."]
    assert form.at.data is None
    assert len(form.at.errors) == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "http://example.org:8080/a?b=c#d",
        "https://münchen.example/ü",
        "HTTPS://EXAMPLE.ORG",
        "https://[::1]/",
        "",
    ],
)
def test_web_addresses(address: str) -> None:
    field = typed("site", address)
    assert (field.data, field.errors) == (address, [])


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "/path",
        "example.org",
        "https://",
        "https:///path",
        "https://user:secret@example.org",
        "https://bank.example@evil.example",
        "https://exa mple.org",
        "https://[::1",
        "https://example.org:port",
        "https://example.org:99999",
        "ftp://example.org",
        "https://example.org/" + "x" * 500,
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    assert typed("site", address).errors != []


@pytest.mark.parametrize(
    "text, kept",
    [(" Ana.LEE@Example.ORG ", "ana.lee@example.org"), ("a@bücher.example", "a@bücher.example")],
)
def test_mail_addresses(text: str, kept: str) -> None:
    field = typed("mail", text)
    assert (field.data, field.errors) == (kept, [])


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "a@", "@b", "a@b", "a b@c.example", "a@b..example", "é@example.org"),
        *("a@b.example\nBcc: c@d.example", "a@b.example,c@d.example", "a\x00@b.example"),
        "x" * 255 + "@b.example",
    ],
)
def test_other_mail_addresses_are_refused(text: str) -> None:
    assert typed("mail", text).errors != []


# -- the clock -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, moment",
    [
        ("2026-05-08T10:30", datetime(2026, 5, 8, 14, 30, tzinfo=UTC)),
        ("2026-01-08T10:30:15", datetime(2026, 1, 8, 15, 30, 15, tzinfo=UTC)),
        ("2026-03-08T01:59:59", datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC)),
        ("2026-03-08T03:00", datetime(2026, 3, 8, 7, tzinfo=UTC)),
        ("2026-11-01T00:59:59", datetime(2026, 11, 1, 4, 59, 59, tzinfo=UTC)),
        ("2026-11-01T02:00", datetime(2026, 11, 1, 7, tzinfo=UTC)),
    ],
)
def test_a_moment_on_the_competitions_clock(text: str, moment: datetime) -> None:
    field = typed("at", text)
    assert (field.data, field.errors) == (moment, [])


@pytest.mark.parametrize(
    "text", ["2026-03-08T02:00", "2026-03-08T02:59:59", "2026-11-01T01:00", "2026-11-01T01:59:59"]
)
def test_what_the_clock_skips_or_repeats_is_refused_and_kept(text: str) -> None:
    field = typed("at", text)
    assert field.data is None
    assert field.errors == ["The clock changes at that time, so it does not exist or exists twice."]
    assert field._value() == text


@pytest.mark.parametrize(
    "zone, text",
    [
        ("Asia/Tokyo", "0001-01-01T00:00"),
        ("America/Toronto", "9999-12-31T23:59"),
        ("America/Toronto", "2026-02-30T10:00"),
        ("America/Toronto", "tomorrow"),
        ("America/Toronto", "2026-05-08T10:30Z"),
    ],
)
def test_what_is_no_moment_is_refused_and_kept(zone: str, text: str) -> None:
    field = typed("at", text, zone)
    assert field.data is None
    assert len(field.errors) == 1
    assert field._value() == text


def test_a_moment_is_shown_on_the_competitions_clock() -> None:
    form = Everything(
        data={"at": datetime(2026, 5, 8, 14, 30, tzinfo=UTC)},
        meta={"csrf": False, "zone": "America/Vancouver"},
    )
    assert form.at._value() == "2026-05-08T07:30"


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)),
    st.sampled_from(["America/Toronto", "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
)
def test_a_clock_shows_what_was_typed_or_it_was_refused(wall: datetime, zone: str) -> None:
    info = ZoneInfo(zone)
    moment = on_the_clock(wall, info)
    showing = {
        candidate
        for fold in (0, 1)
        if (candidate := wall.replace(tzinfo=info, fold=fold).astimezone(UTC))
        .astimezone(info)
        .replace(tzinfo=None)
        == wall
    }
    assert showing == {moment} if moment else len(showing) != 1


def test_fields_come_in_the_order_in_which_they_are_drawn() -> None:
    form = filled(Everything)
    drawn = (
        '<p id="mail-help"></p><input id="mail"><input id="at"><input id="line-en"><i id="liner">'
    )
    assert [field.name for field in as_drawn(form, drawn)][:3] == ["mail", "at", "line"]
    assert [field.name for field in as_drawn(form, "")] == [field.name for field in form]


# -- two languages ---------------------------------------------------------------------------


def texts(**given: str) -> Any:
    return filled(Texts, **{name.replace("_", "-"): text for name, text in given.items()})


def test_each_error_stands_beside_its_language() -> None:
    form = texts(any_en="Team", all_fr="Équipe", none_fr="123456")
    assert form.any.data == Localized(en="Team")
    assert form.any.errors == {} or not any(part.errors for part in form.any)
    assert [list(part.errors) for part in form.all] == [["Write this too."], []]
    assert [list(part.errors) for part in form.none] == [[], ["At most 5 characters."]]
    assert form.none.data == Localized(fr="123456")
    assert form.all.data == Localized(fr="Équipe")


def test_nothing_at_all() -> None:
    form = texts()
    for name in ("any", "all"):
        assert [list(p.errors) for p in form[name]] == [["Please fill this in."]] * 2
    assert [list(p.errors) for p in form.none] == [[], []]
    assert form.none.data == Localized()


def test_blanks_are_missing() -> None:
    form = texts(any_en=" ", any_fr="\t", all_en="x", all_fr=" \n ")
    assert [list(p.errors) for p in form.any] == [["Please fill this in."]] * 2
    assert [list(p.errors) for p in form.all] == [[], ["Write this too."]]


def test_complete() -> None:
    form = texts(any_fr="x", all_en="a", all_fr="b")
    assert (form.validate(), form.errors) == (True, {})


def test_it_shows_the_thing_and_gives_it_back() -> None:
    class Thing:
        any = Localized(en="Team", fr="Équipe")
        all = none = Localized()

    thing = Thing()
    form = Texts(obj=thing, meta={"csrf": False})
    assert form.any.data == thing.any
    assert form.any.form.fr._value() == "Équipe"
    form = Texts(MultiDict({"any-en": "New", "any-fr": ""}), obj=thing, meta={"csrf": False})
    form.any.populate_obj(thing, "any")
    assert thing.any == Localized(en="New")


# -- attempts --------------------------------------------------------------------------------


class InTheWay(Obstacle):
    sentence = "There are %(count)d."
    field = "line"


class Elsewhere(Obstacle):
    sentence = "Not now."
    field = "no_such_field"


def test_an_attempt_gives_what_the_action_made(world: World) -> None:
    form = filled(Required, line="a", lines="b", at="2026-05-08T10:30")
    assert form.attempt(world.person, "Ana").name == "⟦Ana⟧"
    assert form.errors == {}


@pytest.mark.parametrize(
    "obstacle, errors",
    [(InTheWay(count=3), {"line": ["There are 3."]}), (Elsewhere(), {"": ["Not now."]})],
)
def test_an_obstacle_becomes_an_error_and_its_half_done_deed_is_undone(
    world: World, obstacle: Obstacle, errors: Any
) -> None:
    form = filled(Required, line="a", lines="b", at="2026-05-08T10:30")
    competition = world.competition(capacity=10)

    def action() -> None:
        competition.capacity = 20
        db.session.flush()
        raise obstacle

    assert form.attempt(action) is None
    assert form.errors == errors
    assert competition.capacity == 10


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://example.org/a?b#c", None),
        ("http://example.org:8080", None),
        ("https://école.example/données", None),
        ("example.org/a", "Write a whole address"),
        ("example.org:80", "Write a whole address"),
        ("//example.org", "Write a whole address"),
        ("javascript:alert(1)", "Only addresses that begin with"),
        ("ftp://example.org", "Only addresses that begin with"),
        ("https://ana:secret@example.org", "Leave the name and password"),
        ("https://ana@example.org", "Leave the name and password"),
        ("https://", "the name of a site is missing"),
        ("https:///a", "the name of a site is missing"),
        ("https://example.org:0", "the name of a site is missing"),
        ("https://example.org:99999", "not well formed"),
        ("https://[x", "not well formed"),
        ("see https://example.org", "An address has no spaces"),
        ("https://example.org/" + "a" * 500, "At most 500 characters."),
    ],
)
def test_an_address_is_told_what_is_wrong_with_it(address: str, said: str | None) -> None:
    form = filled(Everything, site=address, mail="a@example.org")
    form.validate()
    errors = " ".join(map(str, form.site.errors))
    assert (said in errors) if said else (errors == "")


@pytest.mark.parametrize("figures", ["9" * 400, "-" + "1" * 400, "1" * 21])
def test_a_number_of_hundreds_of_figures_is_refused_kindly(world: World, figures: str) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    typed = {"number": figures, "title-en": "Heat", "summary-en": "s", "description-en": "d"}
    answer = client.post("/en/c/manage/challenges/new", data=typed)
    assert answer.status_code == 422
    assert 'id="number-error"' in answer.text
    assert figures in answer.text
