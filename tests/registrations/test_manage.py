"""Organizers write the texts that people agree to."""

from sqlalchemy import select

from hackathon.extensions import db
from hackathon.registrations.models import ConsentText
from tests.counting import queries
from tests.world import World

WORDS = {"title-en": "Privacy", "title-fr": "Vie privée", "body-en": "Text", "body-fr": "Texte"}


def versions() -> list[tuple[str, int, bool]]:
    rows = db.session.scalars(select(ConsentText).order_by(ConsentText.version))
    return [(text.key, text.version, text.published_at is not None) for text in rows]


def test_a_text_is_written_published_and_superseded(world: World) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    answer = client.post("/en/c/manage/consents/new", data=WORDS | {"key": "privacy"})
    assert answer.location == "/en/c/manage/consents"
    text = db.session.scalars(select(ConsentText)).one()
    path = f"/en/c/manage/consents/{text.id}"
    client.post(f"{path}/edit", data=WORDS | {"title-en": "Your privacy", "required": "y"})
    assert (text.title.en, text.required) == ("Your privacy", True)
    client.post(f"{path}/publication")
    assert versions() == [("privacy", 1, True)]
    answer = client.get(f"{path}/edit")
    assert answer.location == f"{path}/version"
    assert client.post(f"{path}/edit", data=WORDS).status_code == 302
    assert text.title.en == "Your privacy"
    client.post(f"{path}/version", data=WORDS)
    assert versions() == [("privacy", 1, True), ("privacy", 2, False)]


def test_a_draft_can_be_deleted_and_a_published_text_cannot(world: World) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    client.post("/en/c/manage/consents/new", data=WORDS | {"key": "privacy"})
    draft = db.session.scalars(select(ConsentText)).one()
    client.post(f"/en/c/manage/consents/{draft.id}/deletion")
    assert versions() == []
    text = world.consent_text(competition)
    answer = client.post(f"/en/c/manage/consents/{text.id}/deletion")
    assert answer.status_code == 409
    assert versions() == [("rules", 1, True)]


def test_short_names_are_short(world: World) -> None:
    client = world.client(world.organizer(world.competition("c")))
    for key in ["", " ", "Über", "a b", "x" * 41, "<b>"]:
        answer = client.post("/en/c/manage/consents/new", data=WORDS | {"key": key})
        assert answer.status_code == 422
    assert versions() == []


def test_a_text_in_one_language_is_not_published(world: World) -> None:
    client = world.client(world.organizer(world.competition("c")))
    client.post(
        "/fr/c/manage/consents/new", data={"key": "rules", "title-fr": "Règles", "body-fr": "R"}
    )
    text = db.session.scalars(select(ConsentText)).one()
    answer = client.post(f"/fr/c/manage/consents/{text.id}/publication")
    assert answer.status_code == 409
    assert versions() == [("rules", 1, False)]


def test_the_list_costs_the_same_whatever_its_length(world: World) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    world.consent_text(competition, "one")
    with queries(world.app) as few:
        assert client.get("/en/c/manage/consents").status_code == 200
    for number in range(6):
        world.consent_text(competition, f"text-{number}")
    with queries(world.app) as many:
        assert client.get("/en/c/manage/consents").status_code == 200
    assert len(few) == len(many)
