"""How far judging is: each cell, the pace, what is behind, what is withheld, what it costs."""

from datetime import timedelta
from typing import Any

import pytest

from hackathon.competitions.models import Competition
from hackathon.ground.clock import now
from hackathon.judging import replacing
from hackathon.judging.coverage import Cell, Tally, coverage_of, missing_at_close
from hackathon.judging.models import Review
from hackathon.judging.planning import MOST_CELLS
from hackathon.judging.queries import progress_by_judge
from hackathon.submissions.models import Submission
from tests.counting import cost, queries
from tests.world import World

HOUR = timedelta(hours=1)


@pytest.fixture
def competition(world: World) -> Competition:
    found = world.competition()
    world.criterion(found)
    return found


def submission(world: World, competition: Competition) -> Submission:
    return world.submission(world.team(competition))


def touched(review: Review, ago: timedelta, *, done: bool = False) -> Review:
    review.touched_at = now() - ago
    review.completed_at = now() - ago if done else None
    return review


def page_of(competition: Competition) -> str:
    return f"/en/{competition.slug}/manage/judging/judges/coverage"


def test_each_cell_says_where_it_stands(world: World, competition: Competition) -> None:
    judge, other = world.judge(competition), world.judge(competition)
    works = [submission(world, competition) for _ in range(7)]
    done, begun, silent, to_do, barred, back, _nothing = works
    touched(world.review(judge, done), HOUR, done=True)
    touched(world.review(judge, begun), HOUR)
    touched(world.review(judge, silent), 13 * HOUR)
    world.review(judge, to_do)
    touched(world.review(judge, barred), HOUR, done=True)
    world.conflict(judge.user, barred.team)
    world.abstention(judge, back)
    found = coverage_of(competition)
    expected = dict(zip((s.id for s in works), ("done", "begun", "silent", "to-do"), strict=False))
    expected |= {barred.id: "conflict", back.id: "back"}
    assert found.cells == {(judge.id, key): Cell(said) for key, said in expected.items()}
    assert found.by_judge[judge.id] == Tally(done=1, begun=1, silent=1, assigned=4)
    assert found.by_judge[other.id] == Tally()
    assert found.by_submission[done.id] == Tally(done=1, assigned=1)
    assert found.by_submission[barred.id] == Tally()
    assert found.all == found.by_judge[judge.id]


def test_what_dismissed_judges_completed_counts_for_its_submission(
    world: World, competition: Competition
) -> None:
    gone, work = world.judge(competition, dismissed_at=now()), submission(world, competition)
    touched(world.review(gone, work), HOUR, done=True)
    found = coverage_of(competition)
    assert (found.judges, found.cells) == ([], {})
    assert found.by_submission[work.id] == Tally(done=1, assigned=1)


def test_the_list_of_judges_counts_as_the_coverage_does(
    world: World, competition: Competition
) -> None:
    """Also once a judge was replaced, and beside reviews in conflict."""
    gone, heir, by = (
        world.judge(competition),
        world.judge(competition),
        world.organizer(competition),
    )
    works = [submission(world, competition) for _ in range(4)]
    touched(world.review(gone, works[0]), HOUR, done=True)
    world.review(gone, works[1])
    for work in works[2:]:
        touched(world.review(heir, work), HOUR, done=True)
    world.conflict(heir.user, works[3].team)
    plan = replacing.replacement(gone, heir)
    replacing.take_over(gone, heir, ends=True, digest=plan.digest, by=by)
    tallies, progress = coverage_of(competition).by_judge, progress_by_judge(competition)
    assert {key: (each.done, each.assigned) for key, each in tallies.items()} == {
        key: (each.done, each.assigned) for key, each in progress.items()
    }
    assert (progress[heir.id].left, progress[heir.id].load) == (1, 3)
    browser = world.client(by)
    for address in (page_of(competition), page_of(competition).removesuffix("/coverage")):
        assert "2 of 3" in browser.get(address).text


@pytest.mark.parametrize(
    ("done", "gone", "left", "missing"),
    [
        (10, 10 * HOUR, 10 * HOUR, 10),  # of 30
        (15, 10 * HOUR, 10 * HOUR, 0),
        (29, 10 * HOUR, HOUR, 0),  # never fewer than none
        (0, 10 * HOUR, HOUR, 30),
        (1, HOUR / 2, 10 * HOUR, None),  # no pace yet
        (12, 10 * HOUR, 0 * HOUR, 18),  # closed: what is missing
        (12, 0 * HOUR, 0 * HOUR, 18),
    ],
)
def test_the_pace_until_now_says_what_will_be_missing(
    done: int, gone: timedelta, left: timedelta, missing: int | None
) -> None:
    assert missing_at_close(done, 30, gone, left) == missing


@pytest.mark.parametrize(
    ("done", "share", "behind"), [(0, 0.4, False), (0, 0.5, True), (1, 0.9, False), (1, 1.0, True)]
)
def test_behind_is_less_than_the_share_of_the_time(done: int, share: float, behind: bool) -> None:
    assert Tally(done=done, assigned=2).behind(share) is behind


def test_stops_are_no_time_of_judging(world: World, competition: Competition) -> None:
    judge, work = world.judge(competition), submission(world, competition)
    world.review(judge, work)
    opened = next(w for w in competition.windows if w.gate == competition.rounds[0].gate)
    opened.opens_at, opened.closes_at = now() - 4 * HOUR, now() + 2 * HOUR
    assert coverage_of(competition).share == pytest.approx(4 / 6, abs=0.001)
    world.stoppage(competition, created_at=now() - 5 * HOUR, ended_at=now() - 3 * HOUR)
    world.stoppage(competition, created_at=now() - HOUR)
    assert coverage_of(competition).share == pytest.approx(2 / 4, abs=0.001)


def test_the_longer_side_makes_the_rows(world: World, competition: Competition) -> None:
    judges = [world.judge(competition, user=world.person(name)) for name in ("Ann", "Bea")]
    works = [submission(world, competition) for _ in range(3)]
    world.review(judges[1], works[0])
    found = coverage_of(competition).grid
    assert found is not None
    assert found.by_judge is False
    column = found.columns.index(judges[1].user.name)
    marks = {name: (row[column], left) for name, row, left in found.rows}
    assert marks[works[0].team.name] == ("to-do", 1)
    assert marks[works[1].team.name] == ("", 0)


def test_what_is_too_large_is_told_in_lists(
    world: World, competition: Competition, monkeypatch: Any
) -> None:
    world.review(world.judge(competition), submission(world, competition))
    browser = world.client(world.organizer(competition))
    assert "Who is how far with what" in browser.get(page_of(competition)).text
    assert MOST_CELLS == 4000
    monkeypatch.setattr("hackathon.judging.coverage.MOST_CELLS", 0)
    page = browser.get(page_of(competition)).text
    assert "Who is how far with what" not in page
    assert "the lists tell the same" in page


def test_a_script_is_sent_the_part_and_only_when_it_changed(
    world: World, competition: Competition
) -> None:
    review = world.review(world.judge(competition), submission(world, competition))
    browser = world.client(world.organizer(competition))
    whole = browser.get(page_of(competition))
    assert ("<html" in whole.text, whole.headers.get("ETag")) == (True, None)
    asks = {"X-Part": "coverage"}
    first = browser.get(page_of(competition), headers=asks)
    assert first.text.lstrip().startswith('<div id="coverage"')
    asks["If-None-Match"] = first.headers["ETag"]
    again = browser.get(page_of(competition), headers=asks)
    assert (again.status_code, again.data) == (304, b"")
    touched(review, HOUR)
    changed = browser.get(page_of(competition), headers=asks)
    assert (changed.status_code, changed.headers["ETag"] == first.headers["ETag"]) == (200, False)
    world.stoppage(competition)
    asks["If-None-Match"] = changed.headers["ETag"]
    assert "Judging is stopped" in browser.get(page_of(competition), headers=asks).text


def test_an_organizer_in_conflict_sees_nothing_of_the_submission(
    world: World, competition: Competition
) -> None:
    organizer = world.organizer(competition)
    world.judge(competition, user=organizer)
    hidden, shown = submission(world, competition), submission(world, competition)
    reader = world.judge(competition)
    for work in (hidden, shown):
        touched(world.review(reader, work), HOUR)
    world.conflict(organizer, hidden.team)
    page = world.client(organizer).get(page_of(competition)).text
    assert shown.team.name in page
    assert hidden.team.name not in page
    assert "0 of 1" in page


def test_many_cost_as_much_as_one(world: World, competition: Competition) -> None:
    judge, work = world.judge(competition), submission(world, competition)
    world.review(judge, work)
    browser = world.client(world.organizer(competition))
    one = cost(world.app, browser, page_of(competition))
    for _ in range(4):
        other = world.judge(competition)
        for _ in range(3):
            world.review(other, submission(world, competition))
    assert cost(world.app, browser, page_of(competition)) == one
    with queries(world.app) as sent:
        coverage_of(competition)
    assert len(sent) < 16
