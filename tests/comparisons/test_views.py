import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.comparisons import actions
from hackathon.comparisons.models import Call, Word
from hackathon.comparisons.queries import comparisons_of, fit_for_pairing, visit_now
from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.mentoring.models import Conflict
from tests.comparisons.conftest import Fair
from tests.counting import cost, queries


def sent_by(page: Any, **others: str) -> dict[str, str]:
    """What the form on the page sends with a button."""
    fields = dict(re.findall(r'name="(visit|mark|call)" type="hidden" value="([^"]+)"', page.text))
    fields |= dict(re.findall(r'type="hidden" name="(call)" value="([^"]+)"', page.text))
    return fields | others


def test_a_judge_walks_by_the_buttons(fair: Fair) -> None:
    judge = fair.judges[0]
    browser = fair.world.client(judge.user)
    home = browser.get(f"/en/{fair.competition.slug}/judging").text
    assert f'href="{fair.page}">Compare projects at their tables</a>' in home
    begin = browser.get(fair.page)
    assert "Begin: where do I go?" in begin.text
    assert browser.post(f"{fair.page}/next").status_code == 302
    first = browser.get(fair.page)
    stand = visit_now(judge).stand
    assert stand.submission.team.name in first.text
    assert re.search(r"until\s+<time[^>]*>[^<]*\(UTC[^<]*</time>", first.text)
    assert 'value="seen"' in first.text
    assert 'value="later"' not in first.text
    browser.post(f"{fair.page}/answer", data=sent_by(first, word="seen"))
    second = browser.get(fair.page)
    assert stand.submission.team.name in second.text
    assert visit_now(judge).stand.submission.team.name in second.text
    browser.post(f"{fair.page}/answer", data=sent_by(second, word="earlier"))
    (said,) = comparisons_of(fair.competition)
    assert (said.earlier, said.said.value) == (stand.submission_id, "earlier")
    third = browser.get(fair.page)
    browser.post(f"{fair.page}/undo", data=sent_by(third))
    assert comparisons_of(fair.competition) == []
    history = browser.get(f"{fair.page}/history")
    assert history.text.count("Undone") == 1
    assert "<del>The one before is better</del>" in history.text


def test_before_the_first_project_nobody_has_seen_one(fair: Fair) -> None:
    """French has no plural for nothing: it would read as one."""
    browser = fair.world.client(fair.judges[0].user)
    page = fair.page.replace("/en/", "/fr/")
    assert "Vous avez vu" not in browser.get(page).text
    actions.send_on(fair.session, fair.judges[0])
    visit = visit_now(fair.judges[0])
    assert "Vous avez vu" not in browser.get(page).text
    actions.say(
        fair.session,
        fair.judges[0],
        visit.id,
        mark=uuid.uuid4(),
        word=Word.SEEN,
        by=fair.judges[0].user,
    )
    assert "Vous avez vu un projet." in browser.get(page).text


def test_until_when_is_an_hour_in_french_too(fair: Fair) -> None:
    """What stands before an hour is another word than before a day."""
    actions.send_on(fair.session, fair.judges[0])
    shown = fair.world.client(fair.judges[0].user).get(fair.page.replace("/en/", "/fr/")).text
    assert re.search(r"jusqu’à\s+<time", shown)
    assert "jusqu’au" not in shown


def test_what_is_sent_twice_counts_once_and_what_is_stale_is_said(fair: Fair) -> None:
    judge = fair.judges[0]
    browser = fair.world.client(judge.user)
    browser.post(f"{fair.page}/next")
    data = sent_by(browser.get(fair.page), word="seen")
    for _ in range(2):
        assert browser.post(f"{fair.page}/answer", data=data).status_code == 302
    assert "another table" not in browser.get(fair.page).text
    stale = data | {"mark": str(uuid.uuid4())}
    browser.post(f"{fair.page}/answer", data=stale)
    assert "You are at another table by now." in browser.get(fair.page).text
    assert len(db.session.scalars(select(Call)).all()) == 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"visit": "x", "mark": "y", "word": "seen"},
        {"visit": str(uuid.uuid4()), "mark": str(uuid.uuid4()), "word": "best"},
        {"visit": str(uuid.uuid4()), "mark": str(uuid.uuid4()), "word": "conflict"},
        {"visit": "0" * 5000, "mark": "\x00", "word": "\x00"},
    ],
)
def test_nonsense_is_refused_kindly(fair: Fair, data: dict[str, str]) -> None:
    browser = fair.world.client(fair.judges[0].user)
    browser.post(f"{fair.page}/next")
    assert browser.post(f"{fair.page}/answer", data=data).status_code == 302
    assert "was not understood" in browser.get(fair.page).text
    assert db.session.scalars(select(Call)).all() == []


def test_a_conflict_needs_a_reason_and_is_declared(fair: Fair) -> None:
    judge = fair.judges[0]
    browser = fair.world.client(judge.user)
    browser.post(f"{fair.page}/next")
    team = visit_now(judge).stand.submission.team
    page = browser.get(f"{fair.page}/conflict")
    assert team.name in page.text
    refused = browser.post(f"{fair.page}/conflict", data=sent_by(page, reason=" "))
    assert refused.status_code == 422
    browser.post(f"{fair.page}/conflict", data=sent_by(page, reason="My cousin"))
    assert [each.team_id for each in db.session.scalars(select(Conflict))] == [team.id]
    assert visit_now(judge).stand.submission.team != team


def test_the_page_says_what_is_closed_paused_or_gone(fair: Fair) -> None:
    judge = fair.judges[0]
    organizer = fair.world.organizer(fair.competition)
    browser = fair.world.client(judge.user)
    browser.post(f"{fair.page}/next")
    stand = visit_now(judge).stand
    actions.take_out(fair.session, stand, reason="ill", by=organizer)
    assert "This project is no longer shown" in browser.get(fair.page).text
    browser.post(f"{fair.page}/next")
    assert visit_now(judge).stand != stand
    pause = fair.world.pause(fair.session)
    assert str(pause.message["en"]) in browser.get(fair.page).text
    actions.close_comparisons(fair.session, by=organizer)
    assert "The comparisons are closed" in browser.get(fair.page).text
    closed = browser.post(f"{fair.page}/next")
    assert (closed.status_code, 'data-refusal="closed"' in closed.text) == (403, True)


def test_nothing_is_taken_when_judging_has_closed(fair: Fair) -> None:
    browser = fair.world.client(fair.judges[0].user)
    fair.world.set_gates(fair.competition, "closed", Gate.JUDGING)
    assert browser.post(f"{fair.page}/next").status_code == 403
    assert "The comparisons are closed" in browser.get(fair.page).text


def test_without_comparisons_there_is_no_page(world: Any) -> None:
    competition = world.competition()
    browser = world.client(world.judge(competition).user)
    assert browser.get(f"/en/{competition.slug}/comparisons").status_code == 404
    assert "Comparisons" not in browser.get(f"/en/{competition.slug}/judging").text


def has_seen_nearly_all(fair: Fair) -> Any:
    """The first judge, with two projects left; the others are at their first."""
    judge = fair.judges[0]
    for each in fair.judges:
        actions.send_on(fair.session, each)
    for _ in range(len(fair.stands) - 2):
        visit = visit_now(judge)
        word = Word.LATER if visit.earlier else Word.SEEN
        actions.say(fair.session, judge, visit.id, mark=uuid.uuid4(), word=word, by=judge.user)
    return judge


def test_a_judges_pages_ask_the_same_however_much_there_is(fair_of: Callable[..., Fair]) -> None:
    counts = []
    for projects, judges in ((4, 2), (12, 8)):
        fair = fair_of(projects, judges)
        judge = has_seen_nearly_all(fair)
        browser = fair.world.client(judge.user)
        app = fair.world.app
        counts.append([cost(app, browser, path) for path in (fair.page, f"{fair.page}/history")])
    assert counts[0] == counts[1]


def test_an_answer_asks_the_same_however_much_there_is(fair_of: Callable[..., Fair]) -> None:
    """And little of it while others wait."""
    counts = []
    for projects, judges in ((4, 2), (12, 8)):
        fair = fair_of(projects, judges)
        judge = has_seen_nearly_all(fair)
        fit_for_pairing(fair.competition)
        browser = fair.world.client(judge.user)
        said = {"visit": visit_now(judge).id, "mark": uuid.uuid4(), "word": "later"}
        with queries(fair.world.app) as sent:
            assert browser.post(f"{fair.page}/answer", data=said).status_code == 302
        locked = next(n for n, each in enumerate(sent) if "comparison_session.id =" in each)
        counts.append((locked, len(sent) - locked))
    assert counts == [(14, 11), (14, 11)]
