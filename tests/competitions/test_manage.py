"""Organizers prepare everything from the site."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.competitions.models import Competition, Gate, Organizer
from hackathon.competitions.queries import competition_at, opening_of
from hackathon.extensions import db
from hackathon.ground.i18n import moment_text
from hackathon.ground.localized import Localized
from hackathon.journal.models import Entry
from tests.counting import cost
from tests.world import World, both

MANAGE = "/en/c/manage"


@pytest.fixture
def competition(world: World) -> Competition:
    return world.competition("c")


@pytest.fixture
def organizer(world: World, competition: Competition) -> Any:
    return world.client(world.organizer(competition))


def texts(**given: str) -> dict[str, str]:
    """name="x" as name-en="x en" and name-fr="x fr"."""
    return {
        f"{name}-{code}": text and f"{text} {code}"
        for name, text in given.items()
        for code in ("en", "fr")
    }


def wrong(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return re.findall(r'id="([\w-]+)-error"', answer.text)


SETTINGS = {
    "slug": "c",
    "zone": "America/Vancouver",
    "other_clock": "y",
    "team_min": "1",
    "team_max": "4",
    "size_warning_hours": "48",
    "personal_days": "365",
    "minimum_age": "",
    "country": "",
    **texts(name="Name", tagline="Tag", summary="Sum", description="Desc", how_to_enter="How"),
}


# -- the competition itself ------------------------------------------------------------------


def test_an_administrator_begins_a_competition(world: World) -> None:
    administrator = world.administrator()
    client = world.client(administrator)
    typed = {"slug": "datajam-2021", "zone": "America/Toronto", "name-en": "DataJam", "name-fr": ""}
    answer = client.post("/en/new-competition", data=typed)
    assert answer.location == "/en/datajam-2021/manage/edit"
    assert client.get(answer.location).status_code == 200
    made = competition_at("datajam-2021")
    assert made is not None
    assert (made.name, made.zone) == (Localized(en="DataJam"), "America/Toronto")
    assert world.client().get("/en/datajam-2021/").status_code == 404
    assert wrong(client.post("/en/new-competition", data=typed)) == ["slug"]


@pytest.mark.parametrize(
    "slug",
    [
        *("en", "fr", "static", "account", "healthz", "home", "new-competition"),
        *("", "A", "a b", "a--b", "-a", "a-", "a/b", "é", "a.b", "..", "x" * 61, "a\x00b", "<key"),
    ],
)
def test_an_address_is_plain_and_not_the_sites_own(world: World, slug: str) -> None:
    client = world.client(world.administrator())
    typed = {"slug": slug, "zone": "UTC", "name-en": "x"}
    assert wrong(client.post("/en/new-competition", data=typed)) == ["slug"]


def test_editing(organizer: Any, competition: Competition) -> None:
    answer = organizer.post(f"{MANAGE}/edit", data={**SETTINGS, "slug": "renamed", "country": "CA"})
    assert answer.location == "/en/renamed/manage/edit"
    db.session.refresh(competition)
    assert competition.name == Localized(en="Name en", fr="Name fr")
    assert competition.zone == "America/Vancouver"
    assert (competition.country, competition.team_max) == ("CA", 4)
    assert competition.size_warning_hours == 48


def test_another_clock_is_asked_about_and_moves_nothing(
    organizer: Any, competition: Competition
) -> None:
    before = [(window.opens_at, window.closes_at) for window in competition.windows]
    close = opening_of(competition, Gate.SUBMISSION).closes_at
    asked = organizer.post(f"{MANAGE}/edit", data={**SETTINGS, "other_clock": ""})
    assert wrong(asked) == ["zone"]
    for zone in ("America/Toronto", "America/Vancouver"):
        assert moment_text(close, zone) in asked.text
    assert (competition.zone, competition.name.en) == ("America/Toronto", "⟦Competition 1⟧")

    assert organizer.post(f"{MANAGE}/edit", data=SETTINGS).status_code == 302
    assert competition.zone == "America/Vancouver"
    assert [(window.opens_at, window.closes_at) for window in competition.windows] == before
    assert "from the clock of America/Toronto to that of America/Vancouver" in (
        organizer.get(f"{MANAGE}/journal").text
    )
    # The same clock once more is no change.
    assert organizer.post(f"{MANAGE}/edit", data={**SETTINGS, "other_clock": ""}).status_code == 302


@pytest.mark.parametrize(
    "typed, kept", [("0", 0), ("600", 600), ("", 0), ("601", None), ("-1", None), ("1.5", None)]
)
def test_the_grace(organizer: Any, competition: Competition, typed: str, kept: int | None) -> None:
    answer = organizer.post(f"{MANAGE}/edit", data={**SETTINGS, "grace_seconds": typed})
    assert answer.status_code == (422 if kept is None else 302)
    assert "grace_seconds-error" in answer.text or kept is not None
    assert competition.grace_seconds == (kept or 0)


@pytest.mark.parametrize(
    "change, fields",
    [
        ({"team_min": "5"}, ["team_max"]),
        ({"team_min": "0"}, ["team_min"]),
        ({"size_warning_hours": "-1"}, ["size_warning_hours"]),
        ({"team_max": "9" * 30}, ["team_max"]),
        ({"zone": "Mars"}, ["zone"]),
        ({"country": "FR"}, ["country"]),
        ({"name-en": "", "name-fr": " "}, ["name-en", "name-fr"]),
        ({"slug": "other"}, ["slug"]),
    ],
)
def test_what_is_wrong_is_said_beside_it(
    world: World, organizer: Any, competition: Competition, change: Any, fields: list[str]
) -> None:
    world.competition("other")
    before = competition.name
    assert wrong(organizer.post(f"{MANAGE}/edit", data={**SETTINGS, **change})) == fields
    db.session.refresh(competition)
    assert (competition.slug, competition.name) == ("c", before)


def test_what_was_typed_is_kept_when_it_is_refused(organizer: Any) -> None:
    typed = {**SETTINGS, "description-fr": "", "name-en": "<b>&"}
    answer = organizer.post(f"{MANAGE}/edit", data=typed)
    assert answer.status_code == 422
    assert "must be written in both languages: description." in answer.text
    assert 'value="&lt;b&gt;&amp;"' in answer.text
    assert "How fr</textarea>" in answer.text


def test_publishing(world: World) -> None:
    draft = world.competition("c", published_at=None, how_to_enter=Localized(en="x"))
    organizer = world.client(world.organizer(draft))
    refused = organizer.post(f"{MANAGE}/publication")
    assert refused.status_code == 409
    assert "how to enter" in refused.text
    draft.how_to_enter = both("x")
    assert world.client().get("/en/c/").status_code == 404
    assert organizer.post(f"{MANAGE}/publication").location == "/en/c/"
    assert world.client().get("/en/c/").status_code == 200


# -- dates -----------------------------------------------------------------------------------


def test_dates_are_typed_on_the_competitions_clock(world: World) -> None:
    draft = world.competition("c", published_at=None)
    organizer = world.client(world.organizer(draft))
    typed = {"opens_at": "2030-05-01T12:00", "closes_at": "2030-05-09T23:59"}
    answer = organizer.post(f"{MANAGE}/dates/submission", data=typed)
    assert answer.location == f"{MANAGE}/dates"
    opening = opening_of(draft, Gate.SUBMISSION)
    assert (opening.opens_at, opening.closes_at) == (
        datetime(2030, 5, 1, 16, tzinfo=UTC),
        datetime(2030, 5, 10, 3, 59, tzinfo=UTC),
    )
    assert 'value="2030-05-09T23:59"' in organizer.get(f"{MANAGE}/dates/submission").text
    for change, fields in (
        ({"closes_at": typed["opens_at"]}, ["closes_at"]),
        ({"closes_at": "2030-03-10T02:30"}, ["closes_at"]),
        ({"opens_at": "", "closes_at": " "}, ["opens_at", "closes_at"]),
    ):
        refused = organizer.post(f"{MANAGE}/dates/submission", data={**typed, **change})
        assert wrong(refused) == fields


def test_public_dates_are_not_changed(organizer: Any, competition: Competition) -> None:
    before = opening_of(competition, Gate.SUBMISSION).closes_at
    typed = {"opens_at": "2030-05-01T12:00", "closes_at": "2030-05-09T23:59"}
    assert wrong(organizer.post(f"{MANAGE}/dates/submission", data=typed)) == ["closes_at"]
    db.session.refresh(competition)
    assert opening_of(competition, Gate.SUBMISSION).closes_at == before


# -- pieces ----------------------------------------------------------------------------------

PIECES = {
    "challenges": {
        "number": "1",
        **texts(title="Heat", summary="s", description="d"),
    },
    "partners": {
        "kind": "funder",
        "position": "",
        "website": "https://partner.example",
        **texts(name="Fund", short="", description=""),
    },
    "criteria": {
        "weight": "40",
        "position": "",
        **texts(name="Idea", description="d"),
        **texts(level_1="a", level_2="b", level_3="c", level_4="d", level_5="e"),
    },
}


def pieces(kind: str) -> list[Any]:
    competition = competition_at("c")
    db.session.refresh(competition)
    return list(getattr(competition, kind))


@pytest.mark.parametrize("kind", PIECES)
def test_a_piece_is_made_edited_and_removed(organizer: Any, kind: str) -> None:
    typed, here = PIECES[kind], f"{MANAGE}/{kind}"
    title = "title" if kind == "challenges" else "name"
    assert organizer.post(f"{here}/new", data=typed).location == here
    (piece,) = pieces(kind)
    assert getattr(piece, title).en == typed[f"{title}-en"]

    page = organizer.get(f"{here}/{piece.id}").text
    for name, text in typed.items():
        if text and name != "kind":
            assert f'value="{text}"' in page or f"{text}</textarea>" in page, name
    changed = {**typed, f"{title}-fr": "Changé"}
    assert organizer.post(f"{here}/{piece.id}", data=changed).location == here
    db.session.refresh(piece)
    assert getattr(piece, title) == Localized(en=typed[f"{title}-en"], fr="Changé")

    assert organizer.post(f"{here}/{piece.id}/removal").location == here
    assert pieces(kind) == []
    rows = db.session.scalars(select(Entry).order_by(Entry.id)).all()
    assert [row.deed for row in rows] == ["competition_edited"] * 2 + ["piece_removed"]
    assert {row.competition_id for row in rows} == {competition_at("c").id}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "kind, change, fields",
    [
        ("challenges", {"number": "0"}, ["number"]),
        ("challenges", {"number": "7"}, ["number"]),  # taken
        ("challenges", {"title-en": "", "title-fr": ""}, ["title-en", "title-fr"]),
        ("partners", {"website": "javascript:alert(1)"}, ["website"]),
        ("partners", {"kind": "friend"}, ["kind"]),
        ("partners", {"position": "1000"}, ["position"]),
        ("criteria", {"weight": "0"}, ["weight"]),
        ("criteria", {"weight": "1e3"}, ["weight"]),
        ("criteria", {"level_3-en": "", "level_3-fr": ""}, ["level_3-en", "level_3-fr"]),
    ],
)
def test_a_wrong_piece_is_not_made(
    world: World,
    organizer: Any,
    competition: Competition,
    kind: str,
    change: dict[str, str],
    fields: list[str],
) -> None:
    world.challenge(competition).number = 7
    before = len(pieces(kind))
    answer = organizer.post(f"{MANAGE}/{kind}/new", data={**PIECES[kind], **change})
    assert wrong(answer) == fields
    assert len(pieces(kind)) == before


def test_what_is_in_use_stays(world: World, organizer: Any, competition: Competition) -> None:
    challenge = world.challenge(competition)
    world.team(competition, challenge=challenge)
    answer = organizer.post(f"{MANAGE}/challenges/{challenge.id}/removal")
    assert answer.status_code == 409
    assert "in use" in answer.text
    assert pieces("challenges") == [challenge]


# -- documents -------------------------------------------------------------------------------


def sent(content: bytes = b"%PDF", name: str = "note.pdf") -> dict[str, Any]:
    return {**texts(title="Note"), "language": "", "file": (io.BytesIO(content), name)}


def test_a_document_is_sent_downloaded_replaced_and_removed(
    app: Flask, organizer: Any, competition: Competition
) -> None:
    here = f"{MANAGE}/documents"
    answer = organizer.post(f"{here}/new", data=sent(b"<script>", "../é\u202e<note>.html"))
    assert answer.location == here
    (document,) = pieces("documents")
    assert (document.file_name, document.size, document.language) == ("énote.html", 8, None)

    with app.test_client().get(f"/fr/c/documents/{document.id}") as download:
        assert (download.data, download.mimetype) == (b"<script>", "application/octet-stream")
        assert download.headers["Content-Disposition"].startswith("attachment")
        assert download.headers["X-Content-Type-Options"] == "nosniff"

    # Without a file the one there is stays; with another it is replaced at the same address.
    assert (
        organizer.post(
            f"{here}/{document.id}", data={**texts(title="New"), "language": ""}
        ).location
        == here
    )
    db.session.refresh(document)
    assert (document.title.en, document.size) == ("New en", 8)
    organizer.post(f"{here}/{document.id}", data=sent(b"second"))
    with app.test_client().get(f"/en/c/documents/{document.id}") as download:
        assert download.data == b"second"
        assert "max-age=3" not in download.headers["Cache-Control"]
    assert organizer.post(f"{here}/{document.id}/removal").location == here
    assert pieces("documents") == []


@pytest.mark.parametrize(
    "content, name", [(b"", "empty.pdf"), (b"x", ".."), (b"x" * 101, "large.pdf")]
)
def test_an_empty_nameless_or_large_file_is_refused(
    app: Flask,
    organizer: Any,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    name: str,
) -> None:
    small = replace(app.config["SETTINGS"], upload_limit=100)
    monkeypatch.setitem(app.config, "SETTINGS", small)
    assert wrong(organizer.post(f"{MANAGE}/documents/new", data=sent(content, name))) == ["file"]
    assert pieces("documents") == []
    assert organizer.post(f"{MANAGE}/documents/new", data=sent(b"x" * 100)).status_code == 302


def test_a_document_needs_a_file(organizer: Any) -> None:
    typed = {**texts(title="Note"), "language": "fr"}
    assert wrong(organizer.post(f"{MANAGE}/documents/new", data=typed)) == ["file"]


def test_more_than_the_site_takes_is_refused_kindly(
    app: Flask, organizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    answer = organizer.post(f"{MANAGE}/documents/new", data=sent(b"x" * 1001))
    assert answer.status_code == 413
    assert "<h1>" in answer.text


# -- organizers ------------------------------------------------------------------------------


def test_organizers(world: World, organizer: Any, competition: Competition) -> None:
    ana = world.person("Ana")
    here = f"{MANAGE}/organizers"
    assert wrong(organizer.post(here, data={"email": "nobody@example.org"})) == ["email"]
    assert wrong(organizer.post(here, data={"email": ""})) == ["email"]
    assert organizer.post(here, data={"email": ana.email}).location == here
    client = world.client(ana)
    assert "⟦Ana⟧" in client.get(here).text
    first, second = db.session.scalars(select(Organizer).order_by(Organizer.id)).all()
    assert client.post(f"{here}/{first.id}/dismissal").location == here
    assert organizer.get(here).status_code == 403
    refused = client.post(f"{here}/{second.id}/dismissal")
    assert refused.status_code == 409
    assert "at least one organizer" in refused.text
    assert client.get(here).status_code == 200


# -- costs -----------------------------------------------------------------------------------


def test_lists_cost_the_same_however_long(
    app: Flask, world: World, organizer: Any, competition: Competition
) -> None:
    paths = [f"{MANAGE}/{kind}" for kind in (*PIECES, "documents", "organizers", "dates")]

    def more() -> None:
        world.challenge(competition)
        world.partner(competition)
        world.criterion(competition)
        world.document(competition)
        world.organizer(competition)

    more()
    one = {path: cost(app, organizer, path) for path in paths}
    for _ in range(4):
        more()
    assert {path: cost(app, organizer, path) for path in paths} == one
    assert max(one.values()) < 15


# -- a second factor for organizers ----------------------------------------------------------

EDIT = "/en/the-one/manage/edit"


def test_organizers_without_a_second_factor_are_led_to_one(world: World) -> None:
    competition = world.competition("the-one", second_factor_required=True)
    team = world.team(competition)
    user = world.organizer(competition)
    by_password, by_passkey = world.client(user), world.client(user, factor_at=datetime.now(UTC))
    for path in (EDIT, "/en/the-one/manage/", f"/en/the-one/teams/{team.id}"):
        answer = by_password.get(path)
        assert answer.location == f"/en/account/security/factor?next={path}"
        assert by_passkey.get(path).status_code == 200
    page = by_password.get(f"/en/account/security/factor?next={EDIT}").text
    assert f"/en/account/security/codes/on?next={EDIT}" in page
    # The way there shows in the menu, and everyone else goes where they went.
    assert "/en/the-one/manage/" in by_password.get("/en/the-one/").text
    assert world.client(team.captain).get(f"/en/the-one/teams/{team.id}").status_code == 200
    assert world.client(world.person()).get(EDIT).status_code == 403


def test_a_draft_shows_to_nobody_who_has_not_given_it(world: World) -> None:
    competition = world.competition("the-one", second_factor_required=True, published_at=None)
    user = world.organizer(competition)
    by_password, by_passkey = world.client(user), world.client(user, factor_at=datetime.now(UTC))
    for path in ("/en/the-one/", "/en/the-one/challenges", "/en/the-one/rules"):
        assert "/account/security/factor" in by_password.get(path).location, path
        assert by_passkey.get(path).status_code == 200, path
        assert world.client(world.person()).get(path).status_code == 404, path


def test_administrators_need_it_too(world: World) -> None:
    world.competition("the-one", second_factor_required=True)
    assert "/factor" in world.client(world.administrator()).get(EDIT).location


def test_who_asks_for_it_has_one(world: World) -> None:
    competition = world.competition("the-one")
    user = world.organizer(competition)
    client = world.client(user, factor_at=datetime.now(UTC))
    page = client.get(EDIT).text
    typed = dict(re.findall(r'<input[^>]* name="([\w-]+)"[^>]* value="([^"]*)"', page))
    typed |= {"second_factor_required": "y"}
    refused = client.post(EDIT, data=typed)
    assert refused.status_code == 422
    assert re.findall(r'id="(\w+)-error"', refused.text) == ["second_factor_required"]
    world.passkey(user)
    client.post(EDIT, data=typed)
    db.session.refresh(competition)
    assert competition.second_factor_required
