"""What the holder has, and what anyone learns of a number."""

from typing import Any

import pytest
from flask import Flask

from hackathon.certificates.models import Ending, Kind
from hackathon.certificates.numbers import new_number
from tests.counting import cost
from tests.world import World


@pytest.fixture
def competition(world: World) -> Any:
    competition = world.competition("contest", gates="closed")
    world.certificate_style(competition)
    return competition


def test_a_number_confirms_what_is_on_the_paper_and_no_more(
    world: World, client: Any, competition: Any
) -> None:
    person = world.participant(competition, "Renée")
    certificate = world.certificate(competition, person, facts={"team": "Secret team"})
    page = client.get(f"/en/contest/certificates/{certificate.number}")
    assert page.status_code == 200
    assert "This certificate is valid" in page.text and "Renée" in page.text
    assert "noindex" in page.headers["X-Robots-Tag"] and 'content="noindex' in page.text
    for hidden in (person.email, "Secret team", str(person.id), str(certificate.id)):
        assert hidden not in page.text
    typed = client.get(f"/fr/contest/certificates/{certificate.shown_number.lower()}")
    assert "Ce certificat est valide" in typed.text


def test_wrong_revoked_replaced_and_forgotten_give_each_their_answer(
    world: World, client: Any, competition: Any
) -> None:
    def answer(number: str) -> tuple[int, str]:
        page = client.get(f"/en/contest/certificates/{number}")
        return page.status_code, page.text

    ended = {"ended_at": competition.created_at}
    revoked = world.certificate(competition, ending=Ending.REVOKED, end_reason="Why", **ended)
    replaced = world.certificate(competition, ending=Ending.REPLACED, **ended)
    forgotten = world.certificate(competition, ending=Ending.FORGOTTEN, name="", **ended)
    elsewhere = world.certificate(world.competition())
    status, text = answer(revoked.number)
    assert status == 200 and "This certificate was revoked" in text
    assert "Why" not in text and revoked.name not in text
    assert "This certificate was replaced" in answer(replaced.number)[1]
    for number in (forgotten.number, elsewhere.number, new_number()):
        status, text = answer(number)
        assert status == 404 and "Not confirmed" in text
    wrong = "3" if revoked.number[0] == "2" else "2"
    status, text = answer(wrong + revoked.number[1:])
    assert status == 404 and "This is not a number of ours" in text


@pytest.mark.parametrize("typed", ["'; DROP", "%E0%A4", "x" * 5000, "..%2f..", "é"])
def test_odd_numbers_are_mistyped(client: Any, competition: Any, typed: str) -> None:
    assert client.get(f"/en/contest/certificates/{typed}").status_code == 404


def test_typing_a_number_leads_to_its_page(world: World, client: Any, competition: Any) -> None:
    certificate = world.certificate(competition)
    typed = certificate.shown_number.lower()
    answer = client.get("/en/contest/certificates", query_string={"number": f" {typed} "})
    assert answer.headers["Location"] == f"/en/contest/certificates/{certificate.number}"
    for nothing in ("", "\x00", "---"):
        page = client.get("/en/contest/certificates", query_string={"number": nothing})
        assert page.status_code == 200


def test_only_the_holder_and_organizers_get_the_file(world: World, competition: Any) -> None:
    person = world.participant(competition)
    certificate = world.certificate(competition, person)
    path = f"/en/contest/certificates/{certificate.id}/file"
    for holder in (person, world.organizer(competition)):
        with world.client(holder).get(path) as answer:
            assert answer.data.startswith(b"%PDF")
            assert "attachment" in answer.headers["Content-Disposition"]
            assert certificate.shown_number in answer.headers["Content-Disposition"]
    for other in (world.participant(competition), world.organizer(world.competition())):
        assert world.client(other).get(path).status_code == 403
    assert world.client().get(path).status_code == 302


def test_who_has_no_account_gets_it_by_a_link_that_ends(
    world: World, client: Any, competition: Any
) -> None:
    certificate = world.certificate(competition, kind=Kind.SPEAKER)
    path = f"/en/contest/certificates/link/{certificate.token}"
    with client.get(path) as answer:
        assert answer.data.startswith(b"%PDF")
    assert client.get(f"{path}x").status_code == 404
    certificate.ended_at, certificate.ending = certificate.created_at, Ending.REVOKED
    assert client.get(path).status_code == 404


def test_one_says_how_one_is_called(world: World, competition: Any) -> None:
    person = world.participant(competition)
    person.name = "Renee"
    certificate = world.certificate(competition, person)
    browser = world.client(person)
    path = "/en/contest/certificates/name"
    assert 'value="Renee"' in browser.get(path).text
    refused = browser.post(path, data={"name": "Ann 😀", "speaks": "both"})
    assert refused.status_code == 422
    assert "😀" in refused.text and "No typeface of ours" in refused.text
    assert browser.post(path, data={"name": " ", "speaks": "both"}).status_code == 422
    assert browser.post(path, data={"name": "Ann", "speaks": "de"}).status_code == 422
    assert browser.post(path, data={"name": "N" * 121, "speaks": "fr"}).status_code == 422
    assert browser.post(path, data={"name": "Renée 李", "speaks": "fr"}).status_code == 302
    assert (certificate.name, certificate.edition) == ("Renée 李", 2)
    assert "It is being drawn" in browser.get("/en/my-certificates").text


def test_my_certificates_cost_the_same_for_one_and_many(
    app: Flask, world: World, competition: Any
) -> None:
    person = world.participant(competition)
    browser = world.client(person)
    world.certificate(competition, person)
    one = cost(app, browser, "/en/my-certificates")
    for kind in (Kind.WINNER, Kind.MENTOR, Kind.VOLUNTEER):
        world.certificate(competition, person, kind)
    assert cost(app, browser, "/en/my-certificates") == one
