"""Judging stopped for a while: what is refused, what stays, who is told, and going on."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.accounts.models import User
from hackathon.calibration.actions import score as score_sample
from hackathon.calibration.models import SampleReview
from hackathon.calibration.queries import criteria_for
from hackathon.competitions.models import Competition, Extension, Gate
from hackathon.competitions.queries import opening_of
from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.ground.localized import Localized
from hackathon.judging import actions, stopping
from hackathon.judging.models import Judge, Review, Stoppage
from hackathon.judging.rules import not_stopped
from hackathon.judging.scoring import field_of
from hackathon.post.models import Letter
from tests.teams.test_race import at_once, on_postgresql, site  # noqa: F401
from tests.world import World

WHY = Localized(en="A leak", fr="Une fuite")


class Hour:
    """A judge who has begun a review, and an organizer."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition: Competition = world.competition()
        self.criterion = world.criterion(self.competition)
        self.judge: Judge = world.judge(self.competition)
        self.review: Review = world.review(
            self.judge, world.submission(world.team(self.competition))
        )
        self.organizer: User = world.organizer(self.competition)

    @property
    def field(self) -> str:
        return field_of(self.criterion.id)

    @property
    def address(self) -> str:
        return f"/en/{self.competition.slug}/judging/{self.review.id}"

    def desk(self, rest: str = "") -> str:
        return f"/en/{self.competition.slug}/manage/judging/judges/stop{rest}"

    def letters(self) -> list[tuple[str, str]]:
        db.session.expire_all()
        return sorted((each.name, each.address) for each in db.session.scalars(select(Letter)))


@pytest.fixture
def hour(world: World) -> Hour:
    return Hour(world)


def test_what_judges_say_is_refused_at_once_and_can_be_sent_again(hour: Hour) -> None:
    browser = hour.world.client(hour.judge.user)
    stoppage = hour.world.stoppage(hour.competition)
    page = browser.get(hour.address)
    assert page.status_code == 200
    assert str(stoppage.reason["en"]) in page.text
    said = {hour.field: "4", "comment": "Well begun", "deed": "save"}
    answer = browser.post(hour.address, data=said)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert 'data-refusal="stopped"' in answer.text
    assert str(stoppage.reason["en"]) in answer.text
    assert "Well begun" in answer.text
    script = browser.post(hour.address, data=said, headers={"Accept": "application/json"})
    assert (script.status_code, script.json["refusal"]) == (503, "stopped")
    assert hour.review.scores == []
    stoppage.ended_at = now()
    db.session.flush()
    assert browser.post(hour.address, data=said).status_code == 302
    db.session.refresh(hour.review)
    assert [score.score for score in hour.review.scores] == [4]


def test_conflicts_and_problems_are_said_meanwhile(hour: Hour) -> None:
    hour.world.stoppage(hour.competition)
    browser = hour.world.client(hour.judge.user)
    for rest in ("conflict", "problem", "abstention"):
        assert browser.get(f"{hour.address}/{rest}").status_code == 200


def test_discussions_change_no_review_meanwhile(hour: Hour) -> None:
    hour.world.score(hour.review, hour.criterion, 3)
    hour.review.completed_at = now()
    hour.world.discussion(hour.review.submission)
    browser = hour.world.client(hour.judge.user)
    revision = f"{hour.address}/revision"
    assert browser.get(revision).status_code == 200
    assert "Change my review" in browser.get(f"{hour.address}/discussion").text
    stoppage = hour.world.stoppage(hour.competition)
    assert browser.get(revision).status_code == 503
    page = browser.get(f"{hour.address}/discussion").text
    assert "Change my review" not in page
    assert str(stoppage.reason["en"]) in page


def test_answers_at_the_tables_wait_too(hour: Hour) -> None:
    hour.world.comparisons(hour.competition)
    stoppage = hour.world.stoppage(hour.competition)
    browser = hour.world.client(hour.judge.user)
    table = f"/en/{hour.competition.slug}/comparisons"
    assert browser.post(f"{table}/next").status_code == 503
    assert browser.post(f"{table}/answer", data={"word": "seen"}).status_code == 503
    assert str(stoppage.reason["en"]) in browser.get(table).text


def test_organizers_see_it_wherever_they_would_hurry_judges(hour: Hour) -> None:
    client, manage = hour.world.client(hour.organizer), f"/en/{hour.competition.slug}/manage"
    pages = (f"{manage}/", f"{manage}/judging/judges", f"{manage}/judging/judges/coverage")
    for path in pages:
        assert "Judging is stopped" not in client.get(path).text
    stopping.stop(hour.competition, reason=WHY, by=hour.organizer)
    db.session.commit()
    for path in pages:
        assert "Judging is stopped" in client.get(path).text
    assert "Remind 1 judge" not in client.get(pages[1]).text
    assert "Stop judging" not in client.get(pages[2]).text
    judge = hour.world.client(hour.judge.user).get(hour.address).text
    assert "Judging is stopped for a while" in judge
    assert "Judging is open until" not in judge


def test_samples_wait_too(hour: Hour) -> None:
    sample = hour.world.sample(hour.competition)
    stoppage = hour.world.stoppage(hour.competition)
    browser = hour.world.client(hour.judge.user)
    home = f"/en/{hour.competition.slug}/judging/samples"
    said = {hour.field: "4", "deed": "save"}
    answer = browser.post(f"{home}/{sample.id}", data=said)
    assert (answer.status_code, 'data-refusal="stopped"' in answer.text) == (503, True)
    script = browser.post(f"{home}/{sample.id}", data=said, headers={"Accept": "application/json"})
    assert (script.status_code, script.json["refusal"]) == (503, "stopped")
    assert db.session.scalars(select(SampleReview)).all() == []
    for address in (home, f"{home}/{sample.id}"):
        assert str(stoppage.reason["en"]) in browser.get(address).text
    # Nor of who was past the door when it stopped.
    with pytest.raises(stopping.JudgingStopped):
        asked = (criteria_for(sample), {hour.field: 4}, {}, {})
        score_sample(sample, hour.judge, *asked, by=hour.judge.user)
    stoppage.ended_at = now()
    db.session.flush()
    assert browser.post(f"{home}/{sample.id}", data=said).status_code == 302
    (review,) = db.session.scalars(select(SampleReview))
    assert [each.score for each in review.scores] == [4]


def test_another_competition_goes_on(hour: Hour) -> None:
    other = hour.world.competition()
    hour.world.stoppage(other)
    assert not not_stopped(hour.judge.user, competition=other)
    assert not_stopped(hour.judge.user, competition=hour.competition)
    assert not_stopped(hour.judge.user, competition=hour.competition, review=hour.review)


def test_one_button_stops_with_a_reason_in_both_languages(hour: Hour) -> None:
    browser = hour.world.client(hour.organizer)
    missing = browser.post(hour.desk(), data={"reason-en": "A leak"})
    assert missing.status_code == 422
    assert ("Write this too." in missing.text, "A leak" in missing.text) == (True, True)
    both = {"reason-en": "A leak", "reason-fr": "Une fuite"}
    answer = browser.post(hour.desk(), data=both)
    assert (answer.status_code, answer.location) == (302, hour.desk())
    stoppage = db.session.scalars(select(Stoppage)).one()
    assert (stoppage.reason, stoppage.by, stoppage.ended_at) == (WHY, hour.organizer, None)
    assert hour.letters() == [("judging_stopped", hour.judge.user.email)]
    again = browser.post(hour.desk(), data=both)
    assert (again.status_code, "stopped already" in again.text) == (422, True)
    assert "Judging is stopped" in browser.get(hour.desk()).text


def test_going_on_adds_what_was_lost(hour: Hour) -> None:
    before = opening_of(hour.competition, Gate.JUDGING).closes_at
    assert before is not None
    stoppage = hour.world.stoppage(
        hour.competition, created_at=now() - timedelta(minutes=30, seconds=10)
    )
    browser = hour.world.client(hour.organizer)
    data = {"seen": str(stoppage.id), "extended": "yes"}
    assert browser.post(hour.desk("/end"), data=data).status_code == 302
    extension = db.session.scalars(select(Extension)).one()
    assert extension.closes_at == before + timedelta(minutes=31)
    assert extension.reason == stoppage.reason
    db.session.refresh(stoppage)
    assert (stoppage.ended_by, stoppage.ended_at is not None) == (hour.organizer, True)
    judge = hour.judge.user.email
    assert hour.letters() == [("deadline_extended", judge), ("judging_goes_on", judge)]
    # Once more, it is over.
    again = browser.post(hour.desk("/end"), data=data)
    assert (again.status_code, "goes on already" in again.text) == (422, True)


def test_going_on_can_leave_the_deadline(hour: Hour) -> None:
    stoppage = hour.world.stoppage(hour.competition, created_at=now() - timedelta(hours=1))
    browser = hour.world.client(hour.organizer)
    page = browser.get(hour.desk()).text
    assert "with the lost time added" in page
    data = {"seen": str(stoppage.id), "extended": "no"}
    assert browser.post(hour.desk("/end"), data=data).status_code == 302
    assert db.session.scalars(select(Extension)).all() == []
    assert hour.letters() == [("judging_goes_on", hour.judge.user.email)]


def test_a_second_click_ends_no_later_stop(hour: Hour) -> None:
    first = hour.world.stoppage(hour.competition, ended_at=now())
    second = hour.world.stoppage(hour.competition)
    with hour.world.app.test_request_context(), pytest.raises(stopping.GoesOnAlready):
        stopping.go_on(hour.competition, extended=False, seen=str(first.id), by=hour.organizer)
    assert second.ended_at is None


def test_time_is_lost_only_while_judging_was_open(hour: Hour) -> None:
    opening = opening_of(hour.competition, Gate.JUDGING)
    assert opening.opens_at is not None
    assert opening.closes_at is not None
    early = hour.world.stoppage(
        hour.competition, created_at=opening.opens_at - timedelta(days=1), ended_at=now()
    )
    lost = -(-(now() - opening.opens_at) // timedelta(minutes=1)) * timedelta(minutes=1)
    assert stopping.close_with_lost_time(early) == opening.closes_at + lost
    hour.world.set_gates(hour.competition, "upcoming")
    assert stopping.close_with_lost_time(early) is None
    hour.world.set_gates(hour.competition, "closed")
    closed = opening_of(hour.competition, Gate.JUDGING).closes_at
    assert closed is not None
    late = hour.world.stoppage(hour.competition, created_at=closed + timedelta(seconds=1))
    assert stopping.close_with_lost_time(late) is None


@on_postgresql
@pytest.mark.parametrize("first", ["stop", "save"])
def test_a_save_and_a_stop_at_once(site: Flask, first: str) -> None:  # noqa: F811
    """Whichever holds the review first is done whole, and the other one knows of it."""
    with site.app_context():
        hour = Hour(World(site))
        keys = (hour.competition.id, hour.review.id, hour.organizer.id)
        field = hour.field
        db.session.commit()
        db.session.remove()
    held, answers = threading.Event(), []

    def done(deed: Callable[[Any, Any, Any], Any], *, leads: bool) -> None:
        if not leads:
            held.wait()
        with site.test_request_context():
            competition, review, by = (
                db.session.get(kind, key)
                for kind, key in zip((Competition, Review, User), keys, strict=True)
            )
            deed(competition, review, by)
            if leads:
                held.set()
                time.sleep(0.3)
            db.session.commit()
            answers.append(deed.__name__)

    def save(_competition: Any, review: Any, by: Any) -> None:
        actions.score(review, (), (), {field: 4}, by=by)

    def stop(competition: Any, _review: Any, by: Any) -> None:
        stopping.stop(competition, reason=WHY, by=by)

    said = at_once(
        site,
        [
            lambda: done(save, leads=first == "save"),
            lambda: done(stop, leads=first == "stop"),
        ],
    )
    if first == "save":
        assert (said, answers) == ({"done": 2}, ["save", "stop"])
    else:
        assert (said, answers) == ({"done": 1, "JudgingStopped": 1}, ["stop"])
