"""Questions about a challenge: asked, answered to one or to everyone."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hackathon.accounts.models import User
from hackathon.competitions.models import Challenge, Inquiry
from hackathon.extensions import db
from hackathon.post.models import Letter
from tests.counting import cost
from tests.world import World, both

BOTH = {
    "answer-en": "Yes.",
    "answer-fr": "Oui.",
    "question-en": "May we?",
    "question-fr": "Peut-on ?",
}


@pytest.fixture
def challenge(world: World) -> Challenge:
    return world.challenge(world.competition("jam"))


@pytest.fixture
def asker(world: World, challenge: Challenge) -> User:
    return world.participant(challenge.competition, "Asker")


@pytest.fixture
def organizer(world: World, challenge: Challenge) -> FlaskClient:
    return world.client(world.organizer(challenge.competition))


def at(challenge: Challenge, page: str = "", language: str = "en") -> str:
    return f"/{language}/jam/challenges/{challenge.id}{page}"


def ask(client: FlaskClient, challenge: Challenge, text: str = "May we?") -> Inquiry:
    assert client.post(at(challenge, "/questions/new"), data={"text": text}).status_code == 302
    return db.session.scalars(select(Inquiry)).one()


def answer(client: FlaskClient, inquiry: Inquiry, **data: str) -> Any:
    return client.post(f"/en/jam/manage/inquiries/{inquiry.id}", data=data)


def test_everyone_reads_a_public_answer_and_nobody_the_name(
    world: World, challenge: Challenge, asker: User, organizer: FlaskClient
) -> None:
    inquiry = ask(world.client(asker), challenge)
    visitor = world.client()
    assert "May we?" not in visitor.get(at(challenge)).text
    assert "Waiting for an answer" in world.client(asker).get(at(challenge)).text
    assert asker.name in organizer.get("/en/jam/manage/inquiries").text
    assert answer(organizer, inquiry, **BOTH, publish="1").status_code == 302
    page = visitor.get(at(challenge, language="fr")).text
    assert "Peut-on ?" in page and "Oui." in page and asker.name not in page
    letter = db.session.scalars(select(Letter)).one()
    assert (letter.name, letter.address) == ("inquiry_answered", asker.email)
    assert "Yes." in letter.text


def test_a_private_answer_is_read_by_the_asker_alone(
    world: World, challenge: Challenge, asker: User, organizer: FlaskClient
) -> None:
    inquiry = ask(world.client(asker), challenge)
    assert answer(organizer, inquiry, **{"answer-en": "Of course."}).status_code == 302
    assert "Of course." in world.client(asker).get(at(challenge)).text
    for other in (None, world.participant(challenge.competition)):
        page = world.client(other).get(at(challenge)).text
        assert "Of course." not in page and "May we?" not in page


def test_a_challenge_that_people_asked_about_is_not_removed(
    world: World, challenge: Challenge, asker: User, organizer: FlaskClient
) -> None:
    inquiry = ask(world.client(asker), challenge)
    refused = organizer.post(f"/en/jam/manage/challenges/{challenge.id}/removal")
    assert "This is in use" in refused.text
    assert db.session.scalars(select(Inquiry)).one() is inquiry


def test_what_everyone_reads_is_in_both_languages(
    world: World, challenge: Challenge, organizer: FlaskClient
) -> None:
    inquiry = world.inquiry(challenge)
    half = {name: text for name, text in BOTH.items() if name != "question-fr"}
    assert answer(organizer, inquiry, **half, publish="1").status_code == 422
    assert answer(organizer, inquiry, **{"answer-fr": "Oui."}).status_code == 422
    db.session.refresh(inquiry)
    assert inquiry.answered_at is None
    assert db.session.scalars(select(Letter)).all() == []


def test_a_letter_for_what_is_new_alone(
    world: World, challenge: Challenge, organizer: FlaskClient
) -> None:
    inquiry = world.inquiry(challenge)
    for _ in range(2):
        answer(organizer, inquiry, **BOTH, publish="1")
    assert len(db.session.scalars(select(Letter)).all()) == 1
    answer(organizer, inquiry, **{**BOTH, "answer-en": "Yes, do."}, publish="1")
    assert len(db.session.scalars(select(Letter)).all()) == 2


def test_an_answer_is_taken_back(
    world: World, challenge: Challenge, organizer: FlaskClient
) -> None:
    inquiry = world.inquiry(challenge)
    answer(organizer, inquiry, **BOTH, publish="1")
    assert "Yes." in world.client().get(at(challenge)).text
    organizer.post(f"/en/jam/manage/inquiries/{inquiry.id}/withdrawal")
    assert "Yes." not in world.client().get(at(challenge)).text


def test_words_for_one_person_do_not_become_public_by_an_old_page(
    world: World, challenge: Challenge, organizer: FlaskClient
) -> None:
    inquiry = world.inquiry(challenge)
    answer(organizer, inquiry, **BOTH, publish="1")
    refused = answer(organizer, inquiry, **{**BOTH, "answer-en": "Between us."})
    assert refused.status_code == 422
    assert "Between us." in refused.text and "Save for everyone" in refused.text
    assert "Between us." not in world.client().get(at(challenge)).text


@pytest.mark.parametrize("text", ["", "   ", "a" * 2001])
def test_a_question_that_says_nothing_or_too_much(
    world: World, challenge: Challenge, asker: User, text: str
) -> None:
    page = world.client(asker).post(at(challenge, "/questions/new"), data={"text": text})
    assert (page.status_code, text.strip() in page.text) == (422, True)


def test_whoever_asked_may_be_gone(
    world: World, challenge: Challenge, organizer: FlaskClient
) -> None:
    inquiry = world.inquiry(challenge, asker=None)
    assert "No longer kept" in organizer.get("/en/jam/manage/inquiries").text
    assert answer(organizer, inquiry, **BOTH, publish="1").status_code == 302


def test_pages_cost_the_same_for_many(
    app: Any, world: World, challenge: Challenge, asker: User, organizer: FlaskClient
) -> None:
    def more() -> None:
        told = {"question": both("q"), "answer": both("a")}
        at = challenge.created_at
        world.inquiry(challenge, asker=asker, **told, answered_at=at, published_at=at)
        world.inquiry(challenge)

    more()
    client = world.client(asker)
    pages = ((client, "/en/jam/challenges/%s"), (organizer, "/en/jam/manage/inquiries"))
    paths = [(who, path.replace("%s", str(challenge.id))) for who, path in pages]
    one = [cost(app, who, path) for who, path in paths]
    for _ in range(3):
        more()
    assert [cost(app, who, path) for who, path in paths] == one
