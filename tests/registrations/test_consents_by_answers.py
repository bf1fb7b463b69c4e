"""A yes to a document, asked as a question: the ledger says to which version, and until when."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Document
from hackathon.extensions import db
from hackathon.questions.models import Kind, Question, Questionnaire
from hackathon.registrations import actions
from hackathon.registrations.models import ConsentText, Registration
from hackathon.registrations.queries import ledger_of, registration_of, texts_to_agree
from tests.world import World, both

ENTRY = {"of_age": "y", "residence": "QC"}
ANSWERS = "/en/c/registration/answers"
NOTHING = {"other": "field"}  # a form with every box empty


def stored(world: World, content: bytes) -> str:
    return world.app.extensions["storage"].keep(io.BytesIO(content), 1000).digest


@pytest.fixture
def charter(world: World) -> Question:
    competition = world.competition("c")
    document = world.document(competition)
    document.digest = stored(world, b"%PDF-1.4 the first charter")
    db.session.flush()
    return world.question(competition, Kind.CONSENT, document_id=document.id)


def revise(world: World, question: Question) -> Document:
    """A new file takes the place of the document's."""
    assert question.document is not None
    question.document.digest = stored(world, b"%PDF-1.4 the second charter")
    db.session.flush()
    return question.document


def said(registration: Registration) -> list[Any]:
    return [row.value and row.value["version"] for row in registration.answers]


def told(user: Any) -> list[tuple[int, bool]]:
    """(version, in force) of what the person agreed to, the newest first."""
    return [(row.text.version, row.withdrawn_at is None) for row in ledger_of(user)]


def test_the_answer_names_the_version(world: World, charter: Question) -> None:
    user, first = world.person(), charter.document.digest
    data = ENTRY | {f"q_{charter.key}": "y"}
    assert world.client(user).post("/en/c/registration/new", data=data).status_code == 302
    entry = registration_of(user, charter.competition)
    [row] = entry.answers
    assert row.value == {"version": 1, "words": charter.words}
    [consent] = ledger_of(user)
    assert (consent.text.question_id, consent.text.digest) == (charter.id, first)
    assert consent.text.title == charter.label
    assert texts_to_agree(user) == []  # nobody is asked for it beside the question


def test_a_new_version_leaves_the_old_answer(world: World, charter: Question) -> None:
    early, late = (world.participant(charter.competition) for _ in range(2))
    data = {f"q_{charter.key}": "y"}
    client = world.client(early)
    client.post(ANSWERS, data=data)
    before = stored(world, b"%PDF-1.4 the first charter")
    revise(world, charter)
    page = client.get(ANSWERS).text
    assert "Your agreement is to version 1 and stays so" in page
    client.post(ANSWERS, data=data)  # the tick stays, and so does what it meant
    world.client(late).post(ANSWERS, data=data)
    entries = [registration_of(user, charter.competition) for user in (early, late)]
    assert [said(entry) for entry in entries] == [[1], [2]]
    client.post(ANSWERS, data=NOTHING)
    assert told(early) == [(1, False)]
    client.post(ANSWERS, data=data)
    assert told(early) == [(2, True), (1, False)]
    first = ledger_of(early)[1].text
    with client.get(f"/en/c/consents/{first.id}/document") as file:
        assert file.data == b"%PDF-1.4 the first charter"
        assert file.headers["ETag"].strip('"') == before


def test_other_words_are_another_version(world: World, charter: Question) -> None:
    competition = charter.competition
    users = [world.participant(competition) for _ in range(3)]
    data = {f"q_{charter.key}": "y"}
    for number, user in enumerate(users):
        world.client(user).post(ANSWERS, data=data)
        charter.label = both("Say yes once more?" if number else "Say yes?")
        db.session.flush()
    texts = db.session.scalars(select(ConsentText).order_by(ConsentText.version)).all()
    assert [(text.version, str(text.title)) for text in texts] == [
        (1, str(texts[0].title)),
        (2, str(both("Say yes?"))),
        (3, str(both("Say yes once more?"))),
    ]


def test_who_read_the_document_before_it_changed_is_asked_to_look(
    world: World, charter: Question
) -> None:
    user = world.participant(charter.competition)
    client = world.client(user)
    seen = client.get(ANSWERS).text.split('name="seen" type="hidden" value="')[1].split('"')[0]
    revise(world, charter)
    sent = client.post(ANSWERS, data={f"q_{charter.key}": "y", "seen": seen})
    assert sent.status_code == 422
    assert ledger_of(user) == []


def test_leaving_and_coming_back(world: World, charter: Question) -> None:
    user = world.participant(charter.competition)
    client = world.client(user)
    client.post(ANSWERS, data={f"q_{charter.key}": "y"})
    entry = registration_of(user, charter.competition)
    actions.withdraw(entry, by=user)
    assert (told(user), entry.answers) == ([(1, False)], [])
    client.post("/en/c/registration/new", data=ENTRY | {f"q_{charter.key}": "y"})
    assert (told(user), said(entry)) == ([(1, True), (1, False)], [1])


def test_the_ledger_shows_it_everywhere(world: World, charter: Question) -> None:
    competition = charter.competition
    user = world.participant(competition)
    client, organizer = world.client(user), world.client(world.organizer(competition))
    client.post(ANSWERS, data={f"q_{charter.key}": "y"})
    entry, [consent] = registration_of(user, competition), ledger_of(user)
    link = f"/en/c/consents/{consent.text.id}"
    for page in (
        client.get("/en/my-data/agreements").text,
        client.get("/en/c/registration").text,
        organizer.get(f"/en/c/manage/people/{entry.id}").text,
        organizer.get("/en/c/manage/consents").text,
    ):
        assert link in page
    for page in (
        client.get("/en/c/registration").text,
        organizer.get(f"/en/c/manage/people/{entry.id}").text,
        organizer.get("/en/c/manage/answers.csv").text,
    ):
        assert "Yes, to version 1" in page
    assert charter.document.digest in client.get(link).text
    assert "Oui, à la version" in client.get("/fr/c/registration").text


def test_only_the_answer_gives_it_and_takes_it_back(world: World, charter: Question) -> None:
    competition = charter.competition
    user, organizer = world.participant(competition), world.organizer(competition)
    client, hand = world.client(user), world.client(organizer)
    client.post(ANSWERS, data={f"q_{charter.key}": "y"})
    [consent] = ledger_of(user)
    refused = "This stands in an answer"
    for deed in ("agreement", "revocation"):
        assert refused in client.post(f"/en/c/consents/{consent.text.id}/{deed}").text
    words = {"title-en": "a", "title-fr": "a", "body-en": "b", "body-fr": "b"}
    version = hand.post(f"/en/c/manage/consents/{consent.text.id}/version", data=words)
    assert refused in version.text
    # An organizer answers many things for people, but agrees to nothing.
    entry = registration_of(user, competition)
    path = f"/en/c/manage/people/{entry.id}/answers"
    assert "Nobody agrees to a document for others" in hand.get(path).text
    hand.post(path, data=NOTHING)
    assert told(user) == [(1, True)]


def test_an_old_yes_without_a_version_stays_one(world: World, charter: Question) -> None:
    user = world.participant(charter.competition)
    entry = registration_of(user, charter.competition)
    world.answer(entry, charter, True)
    client = world.client(user)
    client.post(ANSWERS, data={f"q_{charter.key}": "y"})
    assert ([row.value for row in entry.answers], ledger_of(user)) == ([True], [])
    client.post(ANSWERS, data=NOTHING)
    assert entry.answers == []


def test_a_yes_for_the_team_stands_with_who_said_it(world: World) -> None:
    competition = world.competition("c")
    question = world.question(competition, Kind.CONSENT, questionnaire=Questionnaire.TEAM)
    team = world.team(competition, 3)
    one, other = team.members[1:]
    path, data = f"/en/c/teams/{team.id}/answers", {f"q_{question.key}": "y"}
    world.client(one).post(path, data=data)
    assert ([row.value["version"] for row in team.answers], told(one)) == ([1], [(1, True)])
    world.client(other).post(path, data=NOTHING)
    assert (team.answers, told(one), told(other)) == ([], [(1, False)], [])
    world.client(one).post(path, data=data)
    world.client(one).post("/en/c/registration/withdrawal")
    db.session.expire_all()
    assert (team.answers, told(one)) == ([], [(1, False), (1, False)])


def test_a_team_that_goes_ends_its_yes(world: World) -> None:
    competition = world.competition("c")
    question = world.question(competition, Kind.CONSENT, questionnaire=Questionnaire.TEAM)
    team = world.team(competition)
    captain = team.members[0]
    world.client(captain).post(f"/en/c/teams/{team.id}/answers", data={f"q_{question.key}": "y"})
    organizer = world.client(world.organizer(competition))
    organizer.post(f"/en/c/manage/teams/{team.id}/dissolution")
    assert told(captain) == [(1, False)]
    assert ledger_of(captain)[0].withdrawn_at <= datetime.now(UTC)
