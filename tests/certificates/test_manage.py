"""Organizers issue, look after and hand out certificates."""

import io
import zipfile
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.certificates.forms import contrast_on_white
from hackathon.certificates.models import (
    Certificate,
    CertificateLogo,
    CertificateStyle,
    Ending,
    Kind,
    Omission,
    Paper,
    Signatory,
)
from hackathon.extensions import db
from tests.certificates.test_drawing import OPENS, SVG
from tests.counting import cost
from tests.world import World

BASE = "/en/contest/manage/certificates"


@pytest.fixture
def competition(world: World) -> Any:
    return world.competition("contest", gates="closed")


@pytest.fixture
def browser(world: World, competition: Any) -> Any:
    return world.client(world.organizer(competition))


STYLE = {
    "paper": "a4",
    "accent": "#123456",
    "occasion-en": "Online",
    "occasion-fr": "En ligne",
    "participants": "in_team",
    "mentors": "every_mentor",
    "judges": "completed_all",
}


def test_the_look_is_kept_and_shown(world: World, competition: Any, browser: Any) -> None:
    assert browser.get(f"{BASE}/look").status_code == 200
    assert browser.post(f"{BASE}/look", data=STYLE).status_code == 302
    style = db.session.scalars(select(CertificateStyle)).one()
    assert (style.paper, style.accent, style.occasion.fr) == (Paper.A4, "#123456", "En ligne")
    for wrong in ({"accent": "#ffee00"}, {"accent": "red"}, {"occasion-fr": ""}, {"mentors": "x"}):
        refused = browser.post(f"{BASE}/look", data=STYLE | wrong)
        assert refused.status_code == 422, wrong
    assert round(contrast_on_white("#000000"), 1) == 21.0


def test_the_sample_is_a_picture_and_a_file(world: World, competition: Any, browser: Any) -> None:
    world.signatory(competition)
    world.certificate_logo(competition)
    assert browser.get(f"{BASE}/sample.png").data.startswith(b"\x89PNG")
    for asked in ("", "?kind=winner&speaks=fr", "?kind=odd&speaks=odd"):
        assert browser.get(f"{BASE}/sample.pdf{asked}").data.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("name", "octets", "said"),
    [
        ("logo.svg", SVG, None),
        ("logo.svg", OPENS + b'<image href="/etc/passwd" width="1" height="1"/></svg>', "picture"),
        ("logo.png", b"<html>", "picture"),
        ("", b"", "Choose a file"),
    ],
)
def test_a_logo_is_drawn_anew_or_refused(
    browser: Any, competition: Any, name: str, octets: bytes, said: str | None
) -> None:
    sent = {"name-en": "Body", "name-fr": "Organisme", "picture": (io.BytesIO(octets), name)}
    answer = browser.post(f"{BASE}/logos/new", data=sent)
    if said is None:
        assert answer.status_code == 302
        assert db.session.scalars(select(CertificateLogo)).one().drawn
    else:
        assert answer.status_code == 422 and said in answer.text
        assert 'value="Organisme"' in answer.text
        assert db.session.scalars(select(CertificateLogo)).all() == []


def test_who_signs_is_written_changed_and_removed(browser: Any, competition: Any) -> None:
    sent = {"name": "Ann", "title-en": "Chair", "title-fr": "Présidente", "position": "2"}
    assert browser.post(f"{BASE}/signatories/new", data=sent).status_code == 302
    row = db.session.scalars(select(Signatory)).one()
    assert (row.name, row.title.fr, row.drawn) == ("Ann", "Présidente", "")
    picture = {"picture": (io.BytesIO(SVG), "s.svg")}
    browser.post(f"{BASE}/signatories/{row.id}", data=sent | picture)
    assert row.drawn
    kept = row.drawn
    browser.post(f"{BASE}/signatories/{row.id}", data=sent | {"name": "Anne"})
    assert (row.name, row.drawn) == ("Anne", kept)
    for _ in range(3):
        browser.post(f"{BASE}/signatories/new", data=sent)
    assert browser.post(f"{BASE}/signatories/new", data=sent).status_code == 422
    browser.post(f"{BASE}/signatories/{row.id}/removal")
    assert len(db.session.scalars(select(Signatory)).all()) == 3


def test_issuing_leaving_out_and_letting_in(world: World, competition: Any, browser: Any) -> None:
    team = world.team(competition)
    world.submission(team)
    member = team.members[1]
    page = browser.get(f"{BASE}/kinds/participant").text
    assert "2 people would get one" in page and member.name in page
    path = f"{BASE}/kinds/participant/{member.id}"
    assert browser.post(path, data={"reason": ""}).status_code == 422
    assert browser.post(path, data={"reason": "Asked for it."}).status_code == 302
    assert "Asked for it." in browser.get(f"{BASE}/kinds/participant").text
    assert browser.post(f"{BASE}/kinds/participant/issue").status_code == 302
    assert [each.user for each in db.session.scalars(select(Certificate))] == [team.members[0]]
    assert browser.post(f"{BASE}/kinds/participant/issue").status_code == 409
    row = db.session.scalars(select(Omission)).one()
    browser.post(f"{BASE}/omissions/{row.id}/end")
    assert "One person would get one" in browser.get(f"{BASE}/kinds/participant").text
    stranger = world.person()
    assert browser.get(f"{BASE}/kinds/participant/{stranger.id}").status_code == 404
    assert browser.get(f"{BASE}/kinds/odd").status_code == 404


def test_the_overview_tells_progress(world: World, competition: Any, browser: Any) -> None:
    for drawn in (True, True, False):
        world.certificate(competition, drawn=drawn)
    world.certificate(competition, drawn=False, fault="why not")
    page = browser.get(BASE).text
    assert "2 of 4" in page and "One certificate cannot be drawn" in page
    assert 'data-refresh="3"' in page
    assert "no key" in page
    listed = browser.get(f"{BASE}/issued?state=undrawn").text
    assert "why not" in listed


def test_pages_cost_the_same_for_one_and_many(
    app: Flask, world: World, competition: Any, browser: Any
) -> None:
    pages = [BASE, f"{BASE}/issued", f"{BASE}/kinds/participant"]

    def people(count: int) -> None:
        for _ in range(count):
            team = world.team(competition, 3)
            world.submission(team)
            world.certificate(competition, team.members[0])
            world.omission(competition, team.members[1])

    people(1)
    few = [cost(app, browser, page) for page in pages]
    people(5)
    assert [cost(app, browser, page) for page in pages] == few


def test_one_certificate_from_correction_to_replacement(
    world: World, competition: Any, browser: Any
) -> None:
    certificate = world.certificate(competition, name="Ann")
    path = f"{BASE}/issued/{certificate.id}"
    assert f"/certificates/link/{certificate.token}" in browser.get(path).text
    sent = {"name": "Anne", "speaks": "fr"}
    assert browser.post(f"{path}/correction", data=sent).status_code == 302
    assert (certificate.name, certificate.edition) == ("Anne", 2)
    assert ">Ann<" in browser.get(path).text
    assert browser.post(f"{path}/replacement", data={"name": "An", "reason": ""}).status_code == 422
    answer = browser.post(f"{path}/replacement", data={"name": "An", "reason": "Typo."})
    new = certificate.replaced_by
    assert answer.headers["Location"].endswith(f"/issued/{new.id}")
    assert browser.post(f"{path}/revocation", data={"reason": "Late."}).status_code == 422
    assert certificate.ending is Ending.REPLACED
    browser.post(f"{BASE}/issued/{new.id}/revocation", data={"reason": "A mistake."})
    assert new.ending is Ending.REVOKED
    assert "A mistake." in browser.get(f"{BASE}/issued/{new.id}").text
    assert browser.post(f"{BASE}/issued/{new.id}/drawing").status_code == 409


def test_by_hand_and_what_is_wrong_stands_beside_the_field(
    world: World, competition: Any, browser: Any
) -> None:
    given = {"kind": "volunteer", "speaks": "both", "reason": "Chairs."}
    for sent, said in (
        ({"name": ""}, "Write the name"),
        ({"name": "Ann 😀"}, "No typeface of ours"),
        ({"address": "nobody@example.org"}, "No account has this address"),
        ({"address": "odd"}, "Write a whole address"),
        ({"name": "Ann", "kind": "winner"}, "not public yet"),
        ({"name": "Ann", "reason": " "}, "Please fill this in"),
    ):
        refused = browser.post(f"{BASE}/new", data=given | sent)
        assert refused.status_code == 422 and said in refused.text, sent
    assert browser.post(f"{BASE}/new", data=given | {"name": "Ann"}).status_code == 302
    row = db.session.scalars(select(Certificate)).one()
    assert (row.kind, row.name, row.reason) == (Kind.VOLUNTEER, "Ann", "Chairs.")


def test_the_archive_holds_what_is_drawn_and_holds(
    world: World, competition: Any, browser: Any
) -> None:
    first = world.certificate(competition, name="Ann/../é")
    world.certificate(competition, drawn=False)
    gone = {"ended_at": competition.created_at, "ending": Ending.REVOKED}
    world.certificate(competition, **gone)
    world.certificate(competition, kind=Kind.JUDGE)
    archive = zipfile.ZipFile(io.BytesIO(browser.get(f"{BASE}/all.zip").data))
    assert archive.testzip() is None
    names = archive.namelist()
    assert len(names) == 2 and all(".." not in name for name in names)
    assert {name.split("/")[0] for name in names} == {"participant", "judge"}
    assert archive.read(names[0]).startswith(b"%PDF")
    one = zipfile.ZipFile(io.BytesIO(browser.get(f"{BASE}/all.zip?kind=participant").data))
    assert len(one.namelist()) == 1 and first.number in one.namelist()[0]


def test_letters_are_asked_for_once(world: World, competition: Any, browser: Any) -> None:
    certificate = world.certificate(competition, world.participant(competition))
    browser.post(f"{BASE}/letters")
    assert certificate.asked_at is not None
    browser.post(f"{BASE}/letters")
    assert "told already" in browser.get(BASE).text
