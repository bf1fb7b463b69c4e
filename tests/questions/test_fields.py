"""The form, against what people and others send."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.questions.fields import Sheet
from hackathon.questions.models import Kind
from hackathon.questions.queries import questions_in
from hackathon.registrations.actions import withdraw
from hackathon.registrations.queries import registration_of, sheet_for
from tests.submissions import samples
from tests.world import World, both

DAY = timedelta(days=1)


def send(world: World, user: Any, data: dict[str, Any], language: str = "en") -> Any:
    given = {"of_age": "y", "residence": "QC"} | data
    return world.client(user).post(
        f"/{language}/c/registration/new", data=given, content_type="multipart/form-data"
    )


def kept(user: Any, competition: Any) -> list[Any] | None:
    entry = registration_of(user, competition)
    return [row.value for row in entry.answers] if entry else None


@pytest.mark.parametrize(
    ("kind", "sent", "stored"),
    [
        (Kind.SHORT, " a\u202eb\x00 ", "a b"),
        (Kind.SHORT, "👩🏽‍🔬 Zoë", "👩🏽‍🔬 Zoë"),
        (Kind.LONG, "one\r\ntwo\x00", "one\ntwo"),
        (Kind.ONE, "a", "a"),
        (Kind.SEVERAL, ["b", "a", "a"], ["a", "b"]),
        (Kind.YES_NO, "no", False),
        (Kind.NUMBER, "1 234,50", 1234.5),
        (Kind.NUMBER, "-3", -3),
        (Kind.DATE, "2021-05-08", "2021-05-08"),
        (Kind.COUNTRY, "FR", "FR"),
        (Kind.PROVINCE, "NU", "NU"),
    ],
)
def test_an_answer_of_each_kind(world: World, kind: Kind, sent: Any, stored: Any) -> None:
    competition, user = world.competition("c"), world.person()
    question = world.question(
        competition, kind, *(["a", "b"] if kind in ("one", "several") else [])
    )
    assert send(world, user, {f"q_{question.key}": sent}).status_code == 302
    assert kept(user, competition) == [stored]
    page = world.client(user).get("/en/c/registration/answers")
    assert page.status_code == 200
    assert send(world, user, {}).status_code == 302  # registered already: sent to the status


@pytest.mark.parametrize(
    ("kind", "sent", "said"),
    [
        (Kind.SHORT, "x" * 201, "At most 200 characters."),
        (Kind.LONG, "x" * 2001, "At most 2000 characters."),
        (Kind.ONE, "c", "This is not offered any more."),
        (Kind.ONE, "\x00", "This is not offered any more."),
        (Kind.SEVERAL, ["a", "<b>"], "One of these is not offered any more."),
        (Kind.YES_NO, "maybe", "This is not offered any more."),
        *(
            (Kind.NUMBER, each, "in figures")
            for each in ("1e999", "NaN", "inf", "٣", "1.2.3", "=1")
        ),
        (Kind.NUMBER, "11", "This can be at most 10."),
        (Kind.NUMBER, "2.5", "This must go in steps of 2."),
        *((Kind.DATE, each, "such as 2021-05-08") for each in ("0000-01-01", "2021-02-30", "x")),
        (Kind.DATE, "9999-12-31", "Choose a day from January 1, 1900"),
        (Kind.COUNTRY, "ZZ", "This is not offered any more."),
        (Kind.PROVINCE, "FR", "This is not offered any more."),
    ],
)
def test_what_is_refused(world: World, kind: Kind, sent: Any, said: str) -> None:
    competition, user = world.competition("c"), world.person()
    options = ["a", "b"] if kind in ("one", "several") else []
    limits = {"least": 0, "most": 10, "step": 2} if kind is Kind.NUMBER else {}
    question = world.question(competition, kind, *options, limits=limits)
    answer = send(world, user, {f"q_{question.key}": sent})
    assert answer.status_code == 422
    assert said in answer.text
    assert kept(user, competition) is None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("page.html", samples.HTML, "are not accepted"),
        ("letter.pdf", samples.HTML, "web page"),
        ("letter.pdf", samples.PNG, "is a .png file"),
        ("picture.png", samples.PNG, "Send a file that ends in .pdf."),
        ("letter.pdf", samples.PDF + b"x" * 2_000, "A file can have at most 1.0\u00a0kB."),
        ("letter.pdf", b"", "is empty"),
    ],
)
def test_files_that_are_refused(world: World, name: str, content: bytes, said: str) -> None:
    competition, user = world.competition("c"), world.person()
    endings = [] if name == "page.html" else ["pdf"]
    question = world.question(competition, Kind.FILE, limits={"size": 1_000, "endings": endings})
    answer = send(world, user, {f"q_{question.key}": (io.BytesIO(content), name)})
    assert answer.status_code == 422
    assert said in answer.text


def test_a_file_is_kept_replaced_and_taken_away(world: World) -> None:
    competition, user = world.competition("c"), world.person()
    question = world.question(competition, Kind.FILE)
    name, path = f"q_{question.key}", "/en/c/registration/answers"
    send(world, user, {name: (io.BytesIO(samples.PDF), "a.pdf")})
    client = world.client(user)
    assert "a.pdf" in client.get(path).text
    client.post(path, data={})
    assert [value["name"] for value in kept(user, competition)] == ["a.pdf"]
    entry = registration_of(user, competition)
    file = f"/en/c/registrations/{entry.id}/answers/{question.id}"
    with client.get(file) as sent:
        assert sent.data == samples.PDF
    assert world.client(world.participant(competition)).get(file).status_code == 403
    client.post(path, data={f"{name}-removal": "y"})
    assert kept(user, competition) == []
    assert client.get(file).status_code == 404


def test_what_does_not_apply_is_ignored(world: World) -> None:
    competition, user = world.competition("c"), world.person()
    field = world.question(competition, Kind.ONE, "study", "other")
    which = world.question(
        competition, Kind.NUMBER, parent_id=field.id, parent_answers=["other"], required=True
    )
    data = {f"q_{field.key}": "study", f"q_{which.key}": "not a number"}
    assert send(world, user, data).status_code == 302
    assert kept(user, competition) == ["study"]
    another = world.person()
    answer = send(world, another, {f"q_{field.key}": "other"})
    assert answer.status_code == 422
    assert "Please fill this in." in answer.text
    assert f'data-asks-if="q_{field.key}" data-asks-for="other"' in answer.text
    assert "Only if you answered “⟦other⟧” to “" in answer.text


def test_an_old_form_is_told_that_the_questions_changed(world: World) -> None:
    competition, user = world.competition("c"), world.person()
    first, second = world.question(competition), world.question(competition)
    seen = Sheet(questions_in(competition, "registration")).fingerprint
    second.retired_at = datetime.now(UTC)
    data = {f"q_{first.key}": "kept words", f"q_{second.key}": "gone", "seen": seen}
    answer = send(world, user, data)
    assert answer.status_code == 422
    assert "The questions were changed while you were writing." in answer.text
    assert "kept words" in answer.text
    assert registration_of(user, competition) is None
    fresh = Sheet(questions_in(competition, "registration")).fingerprint
    assert fresh in answer.text
    assert send(world, user, data | {"seen": fresh}).status_code == 302
    assert kept(user, competition) == ["kept words"]


def test_an_old_form_is_told_that_an_answer_stands_still_by_now(world: World) -> None:
    competition = world.competition("c")
    user = world.participant(competition)
    question = world.question(competition)
    entry = registration_of(user, competition)
    world.answer(entry, question, "large")
    data = {f"q_{question.key}": "small", "seen": sheet_for(competition, entry).fingerprint}
    question.frozen_after = datetime.now(UTC) - DAY
    answer = world.client(user).post("/en/c/registration/answers", data=data)
    assert answer.status_code == 422
    assert "The questions were changed while you were writing." in answer.text
    assert "This answer can no longer be changed here." in answer.text


def test_needed_from_a_moment_on(world: World) -> None:
    competition, user = world.competition("c"), world.person()
    question = world.question(competition, required=True, required_from=datetime.now(UTC) + DAY)
    assert send(world, user, {}).status_code == 302
    question.required_from = datetime.now(UTC) - DAY
    client = world.client(user)
    assert "An answer is missing" in client.get("/en/c/registration").text
    organizer = world.client(world.organizer(competition))
    assert "Who lacks it" in organizer.get("/en/c/manage/answers").text
    lacking = organizer.get(f"/en/c/manage/answers/{question.id}/lacking")
    assert user.name in lacking.text
    client.post("/en/c/registration/answers", data={f"q_{question.key}": "here"})
    assert "An answer is missing" not in client.get("/en/c/registration").text


def test_nothing_is_asked_for_once_the_competition_is_over(world: World) -> None:
    competition = world.competition("c")
    client = world.client(world.participant(competition))
    world.question(competition, required=True)
    assert "An answer is missing" in client.get("/en/c/registration").text
    world.set_gates(competition, "closed")
    assert "An answer is missing" not in client.get("/en/c/registration").text


def test_a_frozen_answer_stands_for_the_person_and_not_for_organizers(world: World) -> None:
    competition = world.competition("c")
    user = world.participant(competition)
    question = world.question(competition, frozen_after=datetime.now(UTC) - DAY)
    entry = registration_of(user, competition)
    world.answer(entry, question, "large")
    client, data = world.client(user), {f"q_{question.key}": "small"}
    page = client.get("/en/c/registration/answers")
    assert "This answer can no longer be changed here." in page.text
    client.post("/en/c/registration/answers", data=data)
    assert kept(user, competition) == ["large"]
    organizer = world.client(world.organizer(competition))
    organizer.post(f"/en/c/manage/people/{entry.id}/answers", data=data)
    assert kept(user, competition) == ["small"]


def test_who_comes_back_finds_what_they_answered(world: World) -> None:
    competition = world.competition("c")
    user = world.participant(competition)
    still = world.question(competition, required=True, frozen_after=datetime.now(UTC) - DAY)
    other = world.question(competition)
    entry = registration_of(user, competition)
    world.answer(entry, still, "large")
    world.answer(entry, other, "before")
    withdraw(entry, by=user)
    page = world.client(user).get("/en/c/registration/new").text
    assert 'value="before"' in page
    assert "This answer can no longer be changed here." in page
    assert "large" in page
    assert send(world, user, {f"q_{other.key}": "after"}).status_code == 302
    assert sorted(kept(user, competition)) == ["after", "large"]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "⟦not for you⟧"), ("fr", "⟦not for you (fr)⟧")]
)
def test_an_answer_that_does_not_let_in(world: World, language: str, said: str) -> None:
    competition, user = world.competition("c"), world.person()
    question = world.question(
        competition, Kind.YES_NO, lets_in=["yes"], refusal=both("not for you"), required=True
    )
    name = f"q_{question.key}"
    answer = send(world, user, {name: "no"}, language)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'href="/{language}/c/agenda"' in answer.text
    assert kept(user, competition) is None
    assert send(world, user, {name: "yes"}).status_code == 302


def test_a_condition_of_taking_part_is_not_met_by_saying_nothing(world: World) -> None:
    competition, user = world.competition("c"), world.person()
    tomorrow = datetime.now(UTC) + DAY
    question = world.question(competition, Kind.YES_NO, lets_in=["yes"])
    world.question(competition, Kind.ONE, "a", lets_in=["a"], required=True, required_from=tomorrow)
    answer = send(world, user, {f"q_{question.key}": ""})
    assert answer.status_code == 422
    assert answer.text.count("Please fill this in.") == 4  # each in the summary and beside it
    assert kept(user, competition) is None
    page = world.client(world.organizer(competition)).get("/en/c/manage/questions").text
    assert page.count("Decides who can enter") == 2
    assert '<span class="soft">No</span>' not in page


def test_a_question_in_one_language_is_not_asked(world: World) -> None:
    competition = world.competition("c")
    world.question(competition, label=Localized(en="Only English?"))
    assert sheet_for(competition).drawn == []
    db.session.commit()
    assert "Only English?" not in world.client(world.person()).get("/fr/c/registration/new").text
