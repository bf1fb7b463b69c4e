"""Organizers write samples, publish them, and learn from what judges gave."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hackathon.accounts.models import User
from hackathon.calibration.models import Sample
from hackathon.competitions.models import Criterion
from hackathon.extensions import db
from hackathon.post.models import Letter
from tests.calibration.conftest import Bench
from tests.counting import cost
from tests.ground.test_pictures import picture as drawn

TEXTS = {
    f"{name}-{language}": f"{name} in {language}"
    for name in ("title", "summary", "description")
    for language in ("en", "fr")
}


@pytest.fixture
def organizer(bench: Bench) -> User:
    return bench.world.organizer(bench.competition)


@pytest.fixture
def desk(bench: Bench, organizer: User) -> FlaskClient:
    return bench.world.client(organizer)


def letters(name: str) -> list[Letter]:
    return list(db.session.scalars(select(Letter).filter_by(name=name)))


def place(bench: Bench) -> str:
    return f"{bench.desk}/{bench.sample.id}"


# -- writing ---------------------------------------------------------------------------------


def test_a_sample_is_written_published_and_announced_once(bench: Bench, desk: FlaskClient) -> None:
    data = {**TEXTS, "repository": "https://code.example/x", "position": "1"}
    answer = desk.post(f"{bench.desk}/new", data=data)
    assert answer.status_code == 302
    written = db.session.scalars(select(Sample).where(Sample.position == 1)).one()
    assert (written.title.fr, written.round) == ("title in fr", bench.competition.rounds[0])
    assert "title in en" not in bench.client.get(bench.home).text
    key = written.id
    address = f"{bench.desk}/{key}"
    assert answer.location == address
    assert "title in en" in desk.get(address).text
    desk.post(f"{address}/publication")
    assert written.published_at is not None
    assert written.required_at is None
    desk.post(f"{address}/publication", data={"required": "yes"})
    desk.post(f"{address}/publication")
    desk.post(f"{address}/publication", data={"required": "yes"})
    assert written.required_at is not None
    [letter] = letters("sample_published")
    assert letter.address == bench.judge.user.email
    assert "title in en" in bench.client.get(bench.home).text
    desk.post(f"{address}/withdrawal")
    assert (written.published_at, written.required_at) == (None, None)
    desk.post(f"{address}/publication")
    assert len(letters("sample_published")) == 1
    desk.post(f"{address}/withdrawal")
    assert desk.post(f"{address}/removal").status_code == 302
    assert db.session.get(Sample, key) is None


def test_a_sample_lacks_a_language_until_it_is_published(bench: Bench, desk: FlaskClient) -> None:
    answer = desk.post(f"{bench.desk}/new", data={"summary-en": "kept words"})
    assert answer.status_code == 422
    assert "kept words" in answer.text
    desk.post(f"{bench.desk}/new", data={"title-en": "half", "position": "7"})
    half = db.session.scalars(select(Sample).where(Sample.position == 7)).one()
    answer = desk.post(f"{bench.desk}/{half.id}/publication")
    assert answer.status_code == 409
    assert "in both languages first" in answer.text
    assert half.published_at is None


def test_without_criteria_there_is_nothing_to_score(bench: Bench, desk: FlaskClient) -> None:
    bench.sample.published_at = None
    for criterion in bench.criteria:
        criterion.removed_at = datetime.now(UTC)
    bench.world.rules(bench.competition)
    answer = desk.post(f"{place(bench)}/publication")
    assert (answer.status_code, bench.sample.published_at) == (409, None)
    assert "Publish the rules of judging first" in desk.get(place(bench)).text


def test_what_was_scored_stays_as_it_was_read(bench: Bench, desk: FlaskClient) -> None:
    bench.others((3, 3))
    before = bench.sample.title
    answer = desk.post(f"{place(bench)}/edit", data=TEXTS)
    assert answer.status_code == 422
    assert "stays as they read it" in answer.text
    assert bench.sample.title == before
    unchanged = {
        f"{name}-{language}": text
        for name in ("title", "summary", "description")
        for language, text in getattr(bench.sample, name)
    }
    data = {**unchanged, "repository": bench.sample.repository, "position": "4"}
    assert desk.post(f"{place(bench)}/edit", data=data).status_code == 302
    assert bench.sample.position == 4
    file = f"{place(bench)}/files/{bench.sample.files[0].id}/removal"
    assert desk.post(file).status_code == 409
    bench.sample.published_at = None
    assert desk.post(f"{place(bench)}/removal").status_code == 409
    assert len(bench.sample.files) == 1


def test_a_sample_of_an_earlier_round_is_not_published_any_more(
    bench: Bench, desk: FlaskClient
) -> None:
    work = bench.world.submission(bench.world.team(bench.competition))
    bench.world.round(bench.competition, work)
    bench.sample.published_at = None
    page = desk.get(place(bench)).text
    assert "for an earlier round of judging" in page
    assert "/publication" not in page
    for data in ({}, {"required": "yes"}):
        answer = desk.post(f"{place(bench)}/publication", data=data)
        assert answer.status_code == 409
        assert "This sample was for an earlier round of judging" in answer.text
    assert bench.sample.published_at is None
    assert letters("sample_published") == []


def test_what_judges_see_is_withdrawn_before_it_is_removed(bench: Bench, desk: FlaskClient) -> None:
    assert desk.post(f"{place(bench)}/removal").status_code == 409
    assert db.session.get(Sample, bench.sample.id) is not None


def sent(name: str, octets: bytes, **others: str) -> dict[str, Any]:
    captions = {"caption-en": "a map", "caption-fr": "une carte"}
    return {"file": (io.BytesIO(octets), name), **captions, **others}


def test_files_and_pictures_are_looked_into(bench: Bench, desk: FlaskClient) -> None:
    address = f"{place(bench)}/files"
    assert desk.post(address, data=sent("map.png", drawn())).status_code == 302
    picture = next(file for file in bench.sample.files if file.name == "map.png")
    shown = f"{bench.address}/files/{picture.id}?shown=1"
    with bench.client.get(shown) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert 'alt="a map"' in bench.client.get(bench.address).text
    for name, octets in (
        ("map.png", drawn()),
        ("other.png", b"%PDF-1.4 no picture"),
        ("page.html", b"<script>"),
        ("empty.pdf", b""),
    ):
        answer = desk.post(address, data=sent(name, octets))
        assert answer.status_code == 422, name
        assert "une carte" in answer.text
    answer = desk.post(address, data=sent("more.pdf", b"%PDF-1.4", **{"caption-fr": ""}))
    assert answer.status_code == 422
    assert len(bench.sample.files) == 2
    assert desk.post(f"{address}/{picture.id}/removal").status_code == 302
    assert [file.name for file in bench.sample.files] == ["⟦sample.pdf⟧"]


def test_a_reference_is_said_changed_and_taken_back(bench: Bench, desk: FlaskClient) -> None:
    first, second = (criterion.id.hex for criterion in bench.criteria)
    address = f"{place(bench)}/reference"
    why = {f"reason_{first}-en": "clear", f"reason_{first}-fr": "clair"}
    desk.post(address, data={f"criterion_{first}": "4", f"criterion_{second}": "0", **why})
    [reference] = bench.sample.references
    assert (reference.score, reference.levels, reference.reason.fr) == (4, 5, "clair")
    page = desk.get(address).text
    assert "clair" in page
    assert desk.post(address, data={f"criterion_{first}": "9"}).status_code == 422
    half = {**why, f"criterion_{first}": "4", f"reason_{first}-fr": ""}
    assert desk.post(address, data=half).status_code == 422
    desk.post(address, data={f"criterion_{first}": "2", f"criterion_{second}": "5", **why})
    assert sorted(each.score for each in bench.sample.references) == [2, 5]
    desk.post(address, data={f"criterion_{first}": "0", f"criterion_{second}": "0"})
    assert bench.sample.references == []


# -- learning --------------------------------------------------------------------------------


def test_organizers_see_who_is_apart_and_what_is_unclear(bench: Bench, desk: FlaskClient) -> None:
    others = bench.others((1, 3), (3, 3), (3, 3), (5, 3))
    others[3].judge.user.name = "Odile Tremblay"
    others[3].note = "what is impact?"
    bench.world.sample_review(bench.judge, bench.sample)  # begun alone
    page = desk.get(f"{place(bench)}/levels").text
    assert f"Judges are most divided on “{bench.criteria[0].name.en}”" in page
    assert "4 judges have completed" in page
    assert "what is impact?" in page
    assert "at least 2 levels above the others" in page
    assert page.index("Odile Tremblay") < page.rindex("about as the others")
    french = desk.get(f"{place(bench)}/levels".replace("/en/", "/fr/", 1)).text
    assert "above the others" not in french


def test_an_organizer_who_judges_scores_first(bench: Bench, organizer: User) -> None:
    bench.others((1, 1), (2, 2), (3, 3))
    bench.world.reference(bench.sample, bench.criteria[0], 3, "because")
    judge = bench.world.judge(bench.competition, user=organizer)
    client = bench.world.client(organizer)
    for part in ("levels", "reference", "lesson"):
        assert client.get(f"{place(bench)}/{part}").status_code == 403
    page = client.get(place(bench)).text
    assert "You are a judge yourself" in page
    assert "⟦because⟧" not in page
    bench.world.sample_review(judge, bench.sample, 3, 3)
    for part in ("levels", "reference", "lesson"):
        assert client.get(f"{place(bench)}/{part}").status_code == 200


def test_the_lesson_is_told_once_to_who_has_scored(bench: Bench, desk: FlaskClient) -> None:
    [other] = bench.others((3, 3))
    address = f"{place(bench)}/lesson"
    words = {"lesson-en": "Impact is meant so.", "lesson-fr": "L’effet s’entend ainsi."}
    desk.post(address, data=words)
    assert bench.sample.lesson_published_at is None
    assert letters("sample_lesson") == []
    for missing in ({"lesson-fr": ""}, {"lesson-en": "", "lesson-fr": ""}):
        answer = desk.post(address, data={**words, **missing, "publish": "y"})
        assert answer.status_code == 422
    for _ in range(2):
        desk.post(address, data={**words, "publish": "y"})
    assert [letter.address for letter in letters("sample_lesson")] == [other.judge.user.email]
    assert "Impact is meant so." in bench.world.client(other.judge.user).get(bench.address).text
    assert "Impact is meant so." not in bench.client.get(bench.address).text


def test_the_chair_alone_tells_judges(bench: Bench, desk: FlaskClient) -> None:
    chair = bench.world.organizer(bench.competition)
    bench.world.chair(chair, bench.competition)
    address = f"{place(bench)}/lesson"
    assert desk.get(address).status_code == 403
    assert bench.world.client(chair).get(address).status_code == 200


def test_reminders_go_to_who_has_not_completed(bench: Bench, desk: FlaskClient) -> None:
    bench.others((3, 3))
    gone = bench.world.judge(bench.competition, dismissed_at=datetime.now(UTC))
    bench.world.sample_review(bench.judge, bench.sample)
    assert bench.judge.user.name in desk.get(bench.desk).text
    for _ in range(2):
        assert desk.post(f"{bench.desk}/reminders").status_code == 302
    [letter] = letters("sample_reminder")
    assert letter.address == bench.judge.user.email != gone.user.email
    assert bench.sample.title.en in letter.text


def test_a_sample_of_another_competition_is_not_found(bench: Bench, desk: FlaskClient) -> None:
    elsewhere = bench.world.competition()
    bench.world.criterion(elsewhere)
    theirs = bench.world.sample(elsewhere)
    assert desk.get(f"{bench.desk}/{theirs.id}").status_code == 404
    assert bench.client.get(f"{bench.home}/{theirs.id}").status_code == 404
    file = f"{bench.address}/files/{theirs.files[0].id}"
    assert bench.client.get(file).status_code == 404


def test_pages_cost_the_same_for_many(bench: Bench, desk: FlaskClient) -> None:
    bench.others((1, 1), (2, 2), (3, 3))
    bench.world.reference(bench.sample, bench.criteria[0], 3)
    pages = (bench.desk, place(bench), f"{place(bench)}/levels", f"{place(bench)}/reference")
    one = [cost(bench.world.app, desk, path) for path in pages]
    bench.others(*[(3, 3)] * 6)
    for _ in range(3):
        more = bench.world.sample(bench.competition)
        bench.world.sample_review(bench.judge, more, 3, 3)
    assert [cost(bench.world.app, desk, path) for path in pages] == one


def test_the_room_is_empty_at_first(bench: Bench, desk: FlaskClient) -> None:
    db.session.delete(bench.sample)
    assert "No samples yet" in desk.get(bench.desk).text
    assert bench.client.get(bench.home).status_code == 404


def test_a_reference_on_another_scale_is_marked(bench: Bench, desk: FlaskClient) -> None:
    criterion: Criterion = bench.criteria[0]
    bench.world.reference(bench.sample, criterion, 3).levels = 7
    assert "on another scale than today’s" in desk.get(place(bench)).text
    bench.world.sample_review(bench.judge, bench.sample, 3, 3)
    assert "the level that you gave" not in bench.client.get(bench.address).text
