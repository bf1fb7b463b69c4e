"""The composer's pages."""

from typing import Any

import pytest

from hackathon.extensions import db
from hackathon.questions.models import Kind, Question, Questionnaire
from hackathon.questions.queries import questions_in
from tests.counting import cost
from tests.world import World

NEW = "/en/c/manage/questions/new?questionnaire={}&kind={}"
WORDS = {"label-en": "Which?", "label-fr": "Lequel ?", "personal": "y"}


def only(competition: Any, questionnaire: str = "registration") -> Question:
    [question] = questions_in(competition, Questionnaire(questionnaire))
    return question


def option(row: str, words: str, **others: str) -> dict[str, str]:
    given = {"label-en": words, "label-fr": words and f"{words} (fr)"}
    return {f"{row}_{name}": value for name, value in (given | others).items()}


def test_a_choice_is_composed_and_edited(world: World) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    data = WORDS | option("new_1", "Red", lets_in="y") | option("new_2", "Blue", position="5")
    data |= {"required": "y", "required_from": "2021-05-08T10:00", "shown_to": "mentors"}
    answer = client.post(NEW.format("registration", "one"), data=data)
    assert (answer.status_code, answer.location) == (302, "/en/c/manage/questions")
    question = only(competition)
    assert [(o.key, o.position) for o in question.options] == [("blue", 5), ("red", 10)]
    assert (question.lets_in, question.shown_to) == (["red"], ["mentors"])
    assert question.required_from.isoformat() == "2021-05-08T14:00:00+00:00"
    path = f"/en/c/manage/questions/{question.id}"
    page = client.get(path).text
    assert 'value="2021-05-08T10:00"' in page
    again = WORDS | option("option_blue", "Azure") | option("option_red", "", position="1")
    assert client.post(path, data=again).status_code == 302
    assert [(o.key, o.label.en) for o in only(competition).options] == [("blue", "Azure")]
    assert only(competition).lets_in == []


def test_an_old_page_takes_back_nothing_that_a_colleague_set(world: World) -> None:
    competition = world.competition("c")
    question = world.question(competition, Kind.ONE, "red", "blue", "green")
    client = world.client(world.organizer(competition))
    path = f"/en/c/manage/questions/{question.id}"
    rows = {}
    for key in ("red", "blue", "green"):
        rows |= option(f"option_{key}", key)
    old = WORDS | rows | {"let_in": ""}
    assert 'name="let_in" type="hidden" value=""' in client.get(path).text
    colleague = WORDS | rows | {"let_in": "", "option_red_lets_in": "y", "option_blue_lets_in": "y"}
    assert client.post(path, data=colleague).status_code == 302
    assert only(competition).lets_in == ["red", "blue"]
    assert 'name="let_in" type="hidden" value="red blue"' in client.get(path).text
    assert client.post(path, data=old | {"option_green_lets_in": "y"}).status_code == 302
    assert only(competition).lets_in == ["red", "blue", "green"]
    gone = WORDS | rows | {"let_in": "red blue green", "option_green_lets_in": "y"}
    assert client.post(path, data=gone).status_code == 302
    assert only(competition).lets_in == ["green"]
    assert client.post(path, data=WORDS | rows | {"let_in": "red green \x00 no"}).status_code == 302
    assert only(competition).lets_in == []


def test_an_old_page_leaves_what_a_colleague_said_of_yes_and_no(world: World) -> None:
    competition = world.competition("c")
    question = world.question(competition, Kind.YES_NO, lets_in=["yes"])
    client = world.client(world.organizer(competition))
    path = f"/en/c/manage/questions/{question.id}"
    assert client.post(path, data=WORDS | {"let_in": ""}).status_code == 302
    assert only(competition).lets_in == ["yes"]
    assert client.post(path, data=WORDS | {"let_in": "yes"}).status_code == 302
    assert only(competition).lets_in == []


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("questionnaire", [Questionnaire.REGISTRATION, Questionnaire.TEAM])
def test_there_is_a_form_for_every_kind(world: World, kind: Kind, questionnaire: str) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    data = WORDS | option("new_1", "A")
    assert client.get(NEW.format(questionnaire, kind)).status_code == 200
    assert client.post(NEW.format(questionnaire, kind), data=data).status_code == 302
    assert only(competition, questionnaire).kind is kind
    assert client.get("/fr/c/manage/questions/preview").status_code == 200


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CONSENT])
def test_a_submission_is_asked_every_kind_but_consent(world: World, kind: Kind) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    address = NEW.format("submission", kind)
    chosen = world.challenge(competition)
    data = WORDS | option("new_1", "A") | {"required": "y", "of_challenge": str(chosen.id)}
    assert client.post(address, data=data).status_code == 302
    question = only(competition, "submission")
    assert (question.kind, question.required, question.challenge) == (kind, True, chosen)
    preview = client.get("/en/c/manage/questions/preview").text
    assert ("Needed to hand in." in preview, "Only the organizers read" in preview) == (True, True)


def test_no_consent_is_offered_of_a_submission(world: World) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    page = client.get("/en/c/manage/questions").text
    menus = page.split("<select")[1:]
    assert ['value="consent"' in menu for menu in menus] == [True, True, False]
    client.post(NEW.format("submission", "consent"), data=WORDS)
    assert only(competition, "submission").kind is Kind.SHORT


def test_personal_information_and_files_never_go_public(world: World) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    public = {name: WORDS[name] for name in ("label-en", "label-fr")}
    public["shown_to"] = ["judges", "public"]
    answer = client.post(NEW.format("submission", "short"), data=public | {"personal": "y"})
    assert (answer.status_code, "never shown to everyone" in answer.text) == (422, True)
    assert client.post(NEW.format("submission", "file"), data=public).status_code == 422
    for elsewhere in ("team", "registration"):
        assert client.post(NEW.format(elsewhere, "short"), data=public).status_code == 422
    assert client.post(NEW.format("submission", "short"), data=public).status_code == 302
    assert only(competition, "submission").shown_to == ["judges", "public"]


def test_a_condition_is_composed(world: World) -> None:
    competition = world.competition("c")
    parent = world.question(competition, Kind.ONE, "a", "b")
    other = world.question(competition)
    client = world.client(world.organizer(competition))
    new = NEW.format("registration", "short")
    mixed = {"follows": [f"{parent.key}:a", f"{other.key}:"]}
    answer = client.post(new, data=WORDS | mixed)
    assert answer.status_code == 422
    assert "Choose answers to one question only." in answer.text
    client.post(new, data=WORDS | {"follows": [f"{parent.key}:a", f"{parent.key}:b"]})
    question = questions_in(competition, Questionnaire.REGISTRATION)[-1]
    assert (question.parent_id, question.parent_answers) == (parent.id, ["a", "b"])
    # It cannot be chosen as what its own parent follows.
    assert question.key not in client.get(f"/en/c/manage/questions/{parent.id}").text


@pytest.mark.parametrize(
    ("kind", "wrong", "said"),
    [
        ("short", {"label-fr": ""}, "write everything in both languages"),
        ("number", {"least": "5", "most": "2"}, "This cannot be less than the smallest."),
        ("number", {"step": "0"}, "A step is more than nothing."),
        ("number", {"most": "1e999"}, "in figures"),
        ("date", {"earliest": "2021-05-08", "latest": "2021-05-01"}, "before the earliest"),
        ("file", {"endings": "exe"}, "One of these is not offered any more."),
        ("long", {"characters": "999999"}, "Number must be between 1 and 10000."),
    ],
)
def test_what_cannot_be_asked(world: World, kind: str, wrong: Any, said: str) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    answer = client.post(NEW.format("registration", kind), data=WORDS | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert questions_in(competition, Questionnaire.REGISTRATION) == []


def test_odd_addresses_make_the_plainest_question(world: World) -> None:
    competition = world.competition("c")
    client = world.client(world.organizer(competition))
    assert "Short text" in client.get(NEW.format("x", "<b>")).text


def test_buttons_move_retire_restore_and_remove(world: World) -> None:
    competition = world.competition("c")
    first, second = world.question(competition), world.question(competition)
    client = world.client(world.organizer(competition))
    path = f"/en/c/manage/questions/{second.id}"
    client.post(f"{path}/move", data={"direction": "up"})
    assert questions_in(competition, Questionnaire.REGISTRATION) == [second, first]
    client.post(f"{path}/retirement")
    assert second.retired_at is not None
    client.post(f"{path}/restoration")
    assert second.retired_at is None
    client.post(f"{path}/removal")
    assert questions_in(competition, Questionnaire.REGISTRATION) == [first]


def test_pages_cost_the_same_for_one_and_for_many(world: World) -> None:
    competition = world.competition("c")
    organizer, user = world.organizer(competition), world.participant(competition)

    def costs() -> list[int]:
        db.session.commit()
        return [
            *(
                cost(world.app, world.client(organizer), f"/en/c/manage/{page}")
                for page in ("questions", "questions/preview", "answers", "answers.csv")
            ),
            cost(world.app, world.client(user), "/en/c/registration/answers"),
        ]

    world.question(competition, Kind.ONE, "a", "b")
    before = costs()
    for _ in range(4):
        world.question(competition, Kind.SEVERAL, "a", "b")
        world.participant(competition)
    assert costs() == before
