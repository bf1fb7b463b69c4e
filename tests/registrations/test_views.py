"""The pages of registering."""

from typing import Any

import pytest

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.registrations.queries import consents_of, registration_of
from tests.world import World


def entry(*texts: Any, **others: str) -> dict[str, str]:
    given = {f"consent_{text.id.hex}": "y" for text in texts}
    return {"of_age": "y", "residence": "QC"} | given | others


def test_a_person_registers(world: World) -> None:
    competition, user = world.competition("c"), world.person()
    text = world.consent_text(competition)
    answer = world.client(user).post("/en/c/registration/new", data=entry(text))
    assert (answer.status_code, answer.location) == (302, "/en/c/registration")
    registration = registration_of(user, competition)
    assert [c.text.version for c in consents_of(registration)] == [1]
    page = world.client(user).get("/en/c/registration")
    assert "version 1" in page.text


@pytest.mark.parametrize(
    ("language", "label", "too_young", "abroad"),
    [
        (
            "en",
            "I am 18 or older",
            "This competition is for people aged 18 or older.",
            "This competition is for people who live in Canada, so you cannot enter it.",
        ),
        (
            "fr",
            "J’ai 18 ans ou plus",
            "Cette compétition s’adresse aux personnes de 18 ans ou plus.",
            "Cette compétition s’adresse aux personnes qui vivent au Canada\u00a0: "
            "vous ne pouvez donc pas y participer.",
        ),
    ],
)
def test_who_cannot_enter_is_told_why(
    world: World, language: str, label: str, too_young: str, abroad: str
) -> None:
    competition, user = world.competition("c"), world.person()
    client = world.client(user)
    page = client.get(f"/{language}/c/registration/new")
    assert label in page.text
    answer = client.post(f"/{language}/c/registration/new", data={"residence": "outside"})
    assert answer.status_code == 422
    assert too_young in answer.text
    assert abroad in answer.text
    assert registration_of(user, competition) is None


def test_abroad_is_welcome_where_the_competition_is_for_everyone(world: World) -> None:
    competition, user = world.competition("c", country=None, minimum_age=None), world.person()
    world.client(user).post("/en/c/registration/new", data={"residence": "outside"})
    assert registration_of(user, competition).residence == "outside"


def test_needed_consents_are_needed_and_others_are_free(world: World) -> None:
    competition, user = world.competition("c"), world.person()
    needed = world.consent_text(competition)
    free = world.consent_text(competition, "photo", required=False)
    client = world.client(user)
    answer = client.post("/en/c/registration/new", data=entry(free))
    assert answer.status_code == 422
    assert "You need to agree to this to take part." in answer.text
    assert client.post("/en/c/registration/new", data=entry(needed)).status_code == 302
    assert [c.text.key for c in consents_of(registration_of(user, competition))] == ["rules"]


@pytest.mark.parametrize("residence", ["", "XX", "qc", "<script>", "QC" * 200])
def test_unknown_places_are_refused(world: World, residence: str) -> None:
    competition, user = world.competition("c"), world.person()
    answer = world.client(user).post("/en/c/registration/new", data=entry(residence=residence))
    assert answer.status_code == 422
    assert registration_of(user, competition) is None


def test_full_is_said_kindly(world: World) -> None:
    competition = world.competition("c", capacity=1)
    world.participant(competition)
    answer = world.client(world.person()).post("/en/c/registration/new", data=entry())
    assert answer.status_code == 422
    assert "Every place in this competition is taken." in answer.text


def test_after_the_deadline_with_its_history(world: World) -> None:
    competition = world.competition("c")
    world.set_gates(competition, "closed", Gate.REGISTRATION)
    answer = world.client(world.person()).post("/en/c/registration/new", data=entry())
    assert answer.status_code == 403
    assert "Registration is not open." in answer.text
    assert "Closed on" in answer.text


def test_who_is_registered_is_sent_to_the_status(world: World) -> None:
    user = world.participant(world.competition("c"))
    answer = world.client(user).get("/en/c/registration/new")
    assert (answer.status_code, answer.location) == (302, "/en/c/registration")


def test_goes_on_to_a_page_of_this_site_only(world: World) -> None:
    world.competition("c")
    for wanted, reached in [
        ("/en/c/teams", "/en/c/teams"),
        ("https://evil.example/", "/en/c/registration"),
        ("//evil.example", "/en/c/registration"),
    ]:
        data = entry(next=wanted)
        answer = world.client(world.person()).post("/en/c/registration/new", data=data)
        assert answer.location == reached


def test_consents_change_on_the_status_page(world: World) -> None:
    competition = world.competition("c")
    user = world.participant(competition)
    photo = world.consent_text(competition, "photo", required=False)
    client = world.client(user)
    path = f"/en/c/consents/{photo.id}"
    assert f"{path}/agreement" in client.get("/en/c/registration").text
    assert client.post(f"{path}/agreement").location == "/en/c/registration"
    assert f"{path}/revocation" in client.get("/en/c/registration").text
    assert client.post(f"{path}/revocation").location == "/en/c/registration"
    assert consents_of(registration_of(user, competition)) == []


def test_withdrawing_from_the_page(world: World) -> None:
    competition = world.competition("c")
    user = world.participant(competition)
    answer = world.client(user).post("/en/c/registration/withdrawal")
    assert answer.location == "/en/c/"
    assert registration_of(user, competition) is None


def test_a_draft_text_is_not_public(world: World) -> None:
    competition = world.competition("c")
    text = world.consent_text(competition)
    path = f"/en/c/consents/{text.id}"
    assert world.client().get(path).status_code == 200
    text.published_at = None
    db.session.commit()
    assert world.client().get(path).status_code == 404
    assert world.client(world.organizer(competition)).get(path).status_code == 200
