"""Organizers decide, look at the page, and announce."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.results.models import Announcement, Grade, Honour
from tests.counting import queries
from tests.world import World

BASE = "/en/contest/manage/results"


@pytest.fixture
def competition(world: World) -> Any:
    competition = world.competition("contest", gates="closed")
    world.criterion(competition)
    db.session.expire(competition, ["criteria"])
    return competition


@pytest.fixture
def browser(world: World, competition: Any) -> Any:
    return world.client(world.organizer(competition))


def honours() -> dict[Any, tuple[Grade, Localized]]:
    return {h.submission: (h.grade, h.citation) for h in db.session.scalars(select(Honour))}


def wall(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("America/Toronto")).strftime("%Y-%m-%dT%H:%M")


def answer(submission: Any, grade: str, en: str = "", fr: str = "") -> dict[str, str]:
    key = submission.id.hex
    return {f"grade_{key}": grade, f"citation_{key}-en": en, f"citation_{key}-fr": fr}


def test_nothing_handed_in_says_so(browser: Any) -> None:
    assert "Nothing was handed in" in browser.get(BASE).text
    assert "Nobody is honoured yet" in browser.get(f"{BASE}/announcement").text


def test_the_proposal_is_selected_and_not_saved(
    world: World, competition: Any, browser: Any
) -> None:
    judge, challenge = world.judge(competition), world.challenge(competition)
    submissions = []
    for level in (5, 3, 1):
        team = world.team(competition)
        team.challenge = challenge
        submissions.append(world.submission(team))
        world.review(judge, submissions[-1], level)
    plain = browser.get(BASE).text
    assert plain.count('<option selected value="">') == 3
    proposed = browser.get(f"{BASE}?proposed=1").text
    assert proposed.count('<option selected value="winner">') == 1
    assert proposed.count('<option selected value="outstanding">') == 1
    assert "Nothing is saved until you save it." in proposed
    assert honours() == {}


def test_decisions_are_saved_and_shown_again(world: World, competition: Any, browser: Any) -> None:
    first, second = (world.submission(world.team(competition)) for _ in range(2))
    sent = answer(first, "winner", "Clear.", "Clair.") | answer(second, "outstanding", "Bold.")
    assert browser.post(BASE, data=sent).status_code == 302
    assert honours() == {
        first: (Grade.WINNER, Localized(en="Clear.", fr="Clair.")),
        second: (Grade.OUTSTANDING, Localized(en="Bold.")),
    }
    page = browser.get(BASE).text
    assert "Clair." in page
    assert '<span class="badge badge-warning">Missing</span>' in page
    assert browser.post(BASE, data=answer(first, "") | answer(second, "")).status_code == 302
    assert honours() == {}


def test_two_organizers_at_once_do_not_undo_each_other_unaware(
    world: World, competition: Any, browser: Any
) -> None:
    submission = world.submission(world.team(competition))
    found = re.search(r'name="seen"[^>]* value="(\w+)"', browser.get(BASE).text)
    assert found
    other = {"seen": found[1]} | answer(submission, "winner", "Theirs.", "Le leur.")
    assert browser.post(BASE, data=other).status_code == 302
    mine = {"seen": found[1]} | answer(submission, "outstanding", "Mine.", "Le mien.")
    refused = browser.post(BASE, data=mine)
    assert refused.status_code == 422
    assert "Somebody else has decided meanwhile." in refused.text
    assert "Le mien." in refused.text
    assert honours()[submission][0] is Grade.WINNER
    found = re.search(r'name="seen"[^>]* value="(\w+)"', refused.text)
    assert found
    assert browser.post(BASE, data=mine | {"seen": found[1]}).status_code == 302
    assert honours()[submission] == (Grade.OUTSTANDING, Localized(en="Mine.", fr="Le mien."))


def test_an_unknown_grade_is_refused(world: World, competition: Any, browser: Any) -> None:
    submission = world.submission(world.team(competition))
    assert browser.post(BASE, data=answer(submission, "best")).status_code == 422
    assert honours() == {}


def test_a_submission_of_another_competition_stays_untouched(
    world: World, competition: Any, browser: Any
) -> None:
    foreign = world.submission(world.team(world.competition()))
    world.submission(world.team(competition))
    browser.post(BASE, data=answer(foreign, "winner", "x", "x"))
    assert honours() == {}


def test_a_moment_is_set_moved_and_cancelled(world: World, competition: Any, browser: Any) -> None:
    world.honour(world.submission(world.team(competition)))
    for days in (1, 2):
        moment = (datetime.now(UTC) + timedelta(days=days)).replace(second=0, microsecond=0)
        assert (
            browser.post(f"{BASE}/announcement", data={"publish_at": wall(moment)}).status_code
            == 302
        )
        assert [a.publish_at for a in db.session.scalars(select(Announcement))] == [moment]
    page = browser.get(f"{BASE}/announcement?scope=").text
    assert wall(moment) in page
    assert "Eastern Time" in page
    assert browser.post(f"{BASE}/cancellation").status_code == 302
    assert db.session.scalars(select(Announcement)).all() == []
    assert browser.post(f"{BASE}/cancellation").status_code == 409


def test_a_moment_in_the_past_or_skipped_by_the_clock_is_refused(
    world: World, competition: Any, browser: Any
) -> None:
    world.honour(world.submission(world.team(competition)))
    for moment in ("2021-05-25T12:00", "2031-03-09T02:30", "", "soon"):
        sent = browser.post(f"{BASE}/announcement", data={"publish_at": moment})
        assert sent.status_code == 422, moment
    assert db.session.scalars(select(Announcement)).all() == []


def test_publish_now_shows_it_at_once(
    world: World, competition: Any, browser: Any, client: Any
) -> None:
    world.honour(world.submission(world.team(competition)))
    assert client.get("/en/contest/results").status_code == 404
    sent = browser.post(f"{BASE}/publication")
    assert sent.headers["Location"] == "/en/contest/results"
    assert "⟦citation⟧" in client.get("/en/contest/results").text
    assert browser.post(f"{BASE}/publication").status_code == 409
    assert "cannot be changed any more" in browser.get(BASE).text
    page = browser.get(f"{BASE}/announcement").text
    assert "Being written" in page
    assert "Publish now" not in page


def test_a_missing_citation_is_named(world: World, competition: Any, browser: Any) -> None:
    submission = world.submission(world.team(competition))
    world.honour(submission).citation = Localized(en="Good")
    sent = browser.post(f"{BASE}/publication")
    assert sent.status_code == 409
    title = submission.versions[0].content["title"]
    assert f"{title} (French)" in sent.text
    assert "Citations are missing" in browser.get(f"{BASE}/announcement").text


def test_judging_still_open_is_said(world: World, competition: Any, browser: Any) -> None:
    world.honour(world.submission(world.team(competition)))
    world.set_gates(competition, "open")
    moment = wall(datetime.now(UTC) + timedelta(days=30))
    sent = browser.post(f"{BASE}/announcement", data={"publish_at": moment})
    assert sent.status_code == 422
    assert "Judging is not over" in sent.text


def test_scores_stay_with_the_organizers(
    world: World, competition: Any, browser: Any, client: Any
) -> None:
    """The public pages name no score and no place."""
    submission = world.submission(world.team(competition))
    world.review(world.judge(competition), submission, 4)
    world.honour(submission)
    assert "corrected mean" in browser.get(BASE).text
    world.announcement(competition, datetime.now(UTC) - timedelta(seconds=1))
    for path in ("", "/projects", f"/{submission.id}"):
        assert "mean" not in client.get(f"/en/contest/results{path}").text


@pytest.mark.parametrize(
    "path", ["", "?proposed=1", "/announcement", "/preview", "/teams", "/comments"]
)
def test_many_submissions_cost_as_many_queries_as_one(
    app: Any, world: World, competition: Any, browser: Any, path: str
) -> None:
    judge = world.judge(competition, capacity=50)

    def another() -> None:
        submission = world.submission(world.team(competition))
        world.honour(submission)
        world.review(judge, submission, 3)

    another()
    browser.get(BASE + path)
    with queries(app) as one:
        browser.get(BASE + path)
    for _ in range(5):
        another()
    with queries(app) as many:
        browser.get(BASE + path)
    assert len(many) == len(one)
