import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.mentoring.models import Pairing
from hackathon.submissions import actions
from hackathon.submissions.models import Submission, Translation
from tests.counting import cost
from tests.world import World, marked


def hidden(page: str) -> dict[str, str]:
    return dict(
        re.findall(r'type="hidden" (?:id="of" )?name="(of|base-\w+)" value="(\w*)"', page)
    ) | {name: value for name, value in re.findall(r'name="(of)"[^>]*value="(\w+)"', page)}


def desk(world: World) -> tuple[Submission, Any, str]:
    competition = world.competition("jam")
    submission = world.submission(world.team(competition))
    client = world.client(world.organizer(competition))
    return submission, client, f"/en/jam/manage/submissions/{submission.id}/translation"


def only() -> Translation:
    return db.session.scalars(select(Translation).execution_options(populate_existing=True)).one()


def test_the_desk_shows_how_far_each_is_and_can_be_filtered(world: World) -> None:
    competition = world.competition("jam")
    works = [world.submission(world.team(competition)) for _ in range(4)]
    todo, draft, stale, done = (work.title for work in works)
    world.translation(works[1], published_at=None)
    world.translation(works[2], of_title="Before")
    world.translation(works[3])
    world.submission(world.team(competition), handed_in=False)
    client = world.client(world.organizer(competition))

    def listed(query: str = "") -> list[str]:
        page = client.get(f"/en/jam/manage/submissions/translations{query}").text
        return [title for title in (todo, draft, stale, done) if title in page]

    assert listed() == [todo, draft, stale, done]
    assert listed("?state=to_do") == [todo]
    assert listed("?state=draft") == [draft]
    assert listed("?state=out_of_date") == [stale]
    assert listed("?state=done") == [done]
    assert listed("?state=odd&page=odd") == [todo, draft, stale, done]


def test_from_nothing_to_public_and_back(world: World) -> None:
    submission, client, path = desk(world)
    page = client.get(path).text
    assert submission.title in page
    words = {"title": "Un titre", "summary": "Un résumé"}
    sent = {**hidden(page), **words, "deed": "publish"}
    assert client.post(path, data=sent).status_code == 302
    assert (only().title, only().summary, only().language) == ("Un titre", "Un résumé", "fr")
    assert only().published_at is not None
    assert client.post(f"{path}/withdrawal").status_code == 302
    assert only().published_at is None
    assert client.post(f"{path}/withdrawal").status_code == 409


def test_what_is_missing_is_said_beside_the_field_and_nothing_is_lost(world: World) -> None:
    _, client, path = desk(world)
    sent = {**hidden(client.get(path).text), "title": "Un titre", "deed": "publish"}
    answer = client.post(path, data={**sent, "summary": ""})
    assert answer.status_code == 422
    assert "The translation needs a summary before it is published." in answer.text
    assert "Un titre" in answer.text
    long = client.post(path, data={**sent, "summary": "x" * 1001})
    assert (long.status_code, "At most 1000 characters." in long.text) == (422, True)
    assert db.session.scalars(select(Translation)).all() == []
    assert hidden(long.text) == hidden(answer.text) == hidden(client.get(path).text)


def test_two_organizers_at_once_see_each_others_words(world: World) -> None:
    submission, client, path = desk(world)
    other = world.client(world.organizer(submission.team.competition))
    drawn = hidden(client.get(path).text)
    other.post(path, data={**drawn, "title": "Le leur", "summary": "Deux", "deed": "save"})
    mine = {**drawn, "title": "Le mien", "summary": "", "deed": "publish"}
    refused = client.post(path, data=mine)
    assert refused.status_code == 422
    assert "Le leur" in refused.text
    assert 'value="Le mien"' in refused.text
    assert only().title == "Le leur"
    # What I had not touched is drawn as they saved it: sending the page again takes nothing back.
    again = {
        **mine,
        **hidden(refused.text),
        "summary": re.findall(r"<textarea[^>]*>\s*(.*?)</", refused.text, re.S)[0],
    }
    assert again["summary"] == "Deux"
    assert client.post(path, data=again).status_code == 302
    assert (only().title, only().summary) == ("Le mien", "Deux")


def test_a_text_handed_in_while_one_writes_is_shown_first(world: World) -> None:
    submission, client, path = desk(world)
    sent = {**hidden(client.get(path).text), "title": "T", "summary": "S", "deed": "publish"}
    submission.title = "Entirely new"
    actions.submit(submission.team, by=submission.team.captain)
    db.session.commit()
    refused = client.post(path, data=sent)
    assert (refused.status_code, "Entirely new" in refused.text) == (422, True)
    assert client.post(path, data={**sent, **hidden(refused.text)}).status_code == 302
    assert only().of_title == "Entirely new"


def test_the_page_shows_what_changed_since(world: World) -> None:
    submission, client, path = desk(world)
    world.translation(submission, of_title="Before")
    page = client.get(path).text
    assert "The team has changed its text since" in page
    assert "Before" in re.findall(r"<del>.*?</del>", page, re.S)[0]


@pytest.mark.parametrize(
    "junk", ["\x00", "\u202e" * 10, "x" * 100_000, "<script>alert(1)</script>"]
)
def test_hostile_words_are_words(world: World, junk: str) -> None:
    _, client, path = desk(world)
    sent = {**hidden(client.get(path).text), "title": junk, "summary": junk, "deed": "publish"}
    answer = client.post(path, data=sent)
    assert answer.status_code in (302, 422)
    assert "<script>alert" not in client.get(path).text
    odd = {"title": "T", "summary": "S", "of": junk, "base-title": junk, "deed": junk}
    assert client.post(path, data=odd).status_code == 422


def test_nothing_handed_in_has_no_page(world: World) -> None:
    competition = world.competition("jam")
    draft = world.submission(world.team(competition), handed_in=False)
    client = world.client(world.organizer(competition))
    assert client.get(f"/en/jam/manage/submissions/{draft.id}/translation").status_code == 404


def test_many_works_cost_no_more_than_one(app: Flask, world: World) -> None:
    competition = world.competition("jam")
    client = world.client(world.organizer(competition))
    mentor, judge = world.mentor(competition), world.judge(competition)
    world.announcement(competition, datetime.now(UTC) - timedelta(days=1))
    world.set_gates(competition, "closed", Gate.SUBMISSION)  # before, no gallery is open
    readers = {
        "/fr/jam/manage/submissions/translations": client,
        "/fr/jam/mentoring/submissions": world.client(mentor.user),
        "/fr/jam/judging": world.client(judge.user),
        "/fr/jam/results": world.client(),
        "/fr/jam/projects": world.client(),
    }

    def costs() -> list[int]:
        submission = world.submission(world.team(competition))
        world.add(Pairing(mentor=mentor, team=submission.team, fit=1))
        world.review(judge, world.submission(world.team(competition)))
        world.honour(submission)
        world.translation(submission)
        db.session.commit()
        return [cost(app, reader, path) for path, reader in readers.items()]

    costs()
    assert costs() == costs()


# -- who reads it ------------------------------------------------------------------------------


def pages(world: World, submission: Submission) -> dict[str, str]:
    """What each reader finds, in French, where the work is shown."""
    competition, team = submission.team.competition, submission.team
    mentor = world.mentor(competition, team)
    review = world.review(world.judge(competition), submission)
    world.honour(submission)
    world.announcement(competition, datetime.now(UTC) - timedelta(days=1))
    world.set_gates(competition, "closed", Gate.SUBMISSION)  # before, no gallery is open
    asks = {
        f"/teams/{team.id}/submission": team.captain,
        "/mentoring/submissions": mentor.user,
        f"/teams/{team.id}/submission/feedback": mentor.user,
        "/judging": review.judge.user,
        f"/judging/{review.id}": review.judge.user,
        "/": None,
        "/results": None,
        "/projects": None,
        f"/projects/{submission.id}": None,
    }
    found = {}
    for path, person in asks.items():
        answer = world.client(person).get(f"/fr/jam{path}")
        assert answer.status_code == 200, path
        found[path] = answer.text
    return found


def test_readers_see_the_translation_its_label_and_the_original(world: World) -> None:
    submission, _, _ = desk(world)
    world.translation(submission)
    for path, page in pages(world, submission).items():
        shown = rf'lang="fr"[^>]*>(<a[^>]*>)?{marked("titre")}<'
        assert re.search(shown, page), path
        assert submission.title in page, path
        assert "l’équipe organisatrice" in page, path


@pytest.mark.parametrize("stale", [False, True])
def test_a_draft_or_a_stale_translation_shows_nowhere(world: World, stale: bool) -> None:
    submission, _, _ = desk(world)
    if stale:
        world.translation(submission, of_title="Before", of_summary="Before")
    else:
        world.translation(submission, published_at=None)
    found = pages(world, submission)
    own = found.pop(f"/teams/{submission.team.id}/submission")
    assert (marked("titre") in own) is stale  # its team sees what is public, and that it is stale
    for path, page in found.items():
        assert marked("titre") not in page, path
        assert marked("résumé") not in page, path
        assert submission.title in page, path


def test_only_the_part_that_changed_is_withheld(world: World) -> None:
    submission, _, _ = desk(world)
    world.translation(submission, of_title="Before")
    page = pages(world, submission)[f"/projects/{submission.id}"]
    assert (marked("titre") in page, marked("résumé") in page) == (False, True)


def test_receipts_and_versions_know_nothing_of_it(world: World) -> None:
    submission, _, _ = desk(world)
    world.translation(submission)
    captain = world.client(submission.team.captain)
    version = submission.versions[0]
    base = f"/fr/jam/submissions/{submission.id}/versions/{version.id}"
    for path in (base, f"{base}/content.json", f"/fr/jam/receipts?digest={version.digest}"):
        answer = captain.get(path)
        assert answer.status_code == 200, path
        assert marked("titre") not in answer.text, path
