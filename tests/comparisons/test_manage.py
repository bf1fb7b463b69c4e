import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from hackathon.comparisons import actions
from hackathon.comparisons.models import Absence, ComparisonSession, Pause, Stand, Word
from hackathon.comparisons.queries import board_of, hidden_from, in_human_order, visit_now
from hackathon.extensions import db
from tests.comparisons.conftest import Fair
from tests.counting import cost


def compare(fair: Fair, times: int = 3) -> None:
    """Every judge begins and answers."""
    for judge in fair.judges:
        actions.send_on(fair.session, judge)
        for _ in range(times):
            visit = visit_now(judge)
            if visit is None:
                break
            word = Word.LATER if visit.earlier else Word.SEEN
            actions.say(fair.session, judge, visit.id, mark=uuid.uuid4(), word=word, by=judge.user)


def test_an_organizer_sets_comparisons_up(world: Any) -> None:
    competition = world.competition()
    for _ in range(3):
        world.submission(world.team(competition, 1))
    browser = world.client(world.organizer(competition))
    manage = f"/en/{competition.slug}/manage/comparisons"
    assert browser.get(manage).headers["Location"].endswith("/settings")
    assert browser.post(f"{manage}/opening").status_code == 409
    for wrong in ("", "0", "121", "five", "9" * 400):
        assert browser.post(f"{manage}/settings", data={"minutes": wrong}).status_code == 422
    browser.post(f"{manage}/settings", data={"minutes": "7"})
    session = db.session.scalars(select(ComparisonSession)).one()
    assert (session.minutes, session.is_open) == (7, False)
    assert "3 projects have no table yet" in browser.get(manage).text
    tables = browser.get(f"{manage}/tables").text
    assert tables.index("Number the tables</h2>") < tables.index("<table")
    browser.post(f"{manage}/tables", data={"manner": "through"})
    assert "no table yet" not in browser.get(manage).text
    tables = browser.get(f"{manage}/tables").text
    assert tables.index("<table") < tables.index("Number the tables</h2>")
    stands = db.session.scalars(select(Stand)).all()
    assert sorted(stand.place for stand in stands) == ["1", "2", "3"]
    browser.post(f"{manage}/tables/{stands[0].id}", data={"place": "B-204"})
    assert "B-204" in browser.get(f"{manage}/plan").text
    browser.post(f"{manage}/opening")
    assert session.is_open
    assert browser.post(f"{manage}/pause", data={"message-en": "Lunch"}).status_code == 422
    browser.post(f"{manage}/pause", data={"message-en": "Lunch", "message-fr": "Dîner"})
    assert db.session.scalars(select(Pause)).one().message["fr"] == "Dîner"
    assert "Lunch" in browser.get(manage).text
    browser.post(f"{manage}/resumption")
    assert browser.post(f"{manage}/tables/{stands[0].id}/absence").status_code == 422
    browser.post(f"{manage}/tables/{stands[0].id}/absence", data={"reason": "Ill"})
    assert db.session.scalars(select(Absence)).one().ended_at is None
    assert "Not shown" in browser.get(manage).text
    browser.post(f"{manage}/tables/{stands[0].id}/return")
    assert db.session.scalars(select(Absence)).one().ended_at is not None
    browser.post(f"{manage}/closing")
    assert session.closed_at is not None


def test_the_board_tells_visits_judges_and_what_is_likely(fair_of: Callable[..., Fair]) -> None:
    fair = fair_of(5, 5)
    compare(fair, 4)
    late = fair.world.judge(fair.competition)
    board = board_of(fair.session)
    assert [each.exhibit.place for each in board.shown] == ["1", "2", "3", "4", "5"]
    assert sum(each.visits for each in board.shown) == 25
    assert board.comparisons == 15
    assert sum(each.row.standing.reviews for each in board.shown) == 30
    assert (board.count("active"), board.count("waiting")) == (5, 1)
    paces = {walker.judge.id: walker.pace.value for walker in board.walkers}
    assert paces[late.id] == "waiting"
    for judge in fair.judges:
        visit = visit_now(judge)
        visit.due_at = fair.competition.published_at
    db.session.flush()
    assert board_of(fair.session).count("silent") == 5
    page = fair.world.client(fair.world.organizer(fair.competition)).get(fair.manage)
    assert page.text.count("Silent") == 5


def test_an_organizer_in_conflict_is_shown_no_judgement_of_it(
    fair_of: Callable[..., Fair],
) -> None:
    fair = fair_of(4, 4)
    compare(fair, 4)
    organizer = fair.world.organizer(fair.competition)
    browser = fair.world.client(organizer)
    team = fair.stands[0].submission.team
    assert "Hidden from you" not in browser.get(fair.manage).text
    assert team.name in browser.get(f"{fair.manage}/history").text
    fair.world.conflict(organizer, team)
    assert hidden_from(organizer, fair.competition) == {fair.stands[0].submission_id}
    assert browser.get(fair.manage).text.count("Hidden from you") == 1
    history = browser.get(f"{fair.manage}/history").text
    assert team.name not in history
    assert fair.stands[1].submission.team.name in history


def test_the_history_marks_what_was_undone(fair: Fair) -> None:
    judge = fair.judges[0]
    visit = actions.send_on(fair.session, judge)
    assert visit is not None
    call = actions.say(
        fair.session, judge, visit.id, mark=uuid.uuid4(), word=Word.SEEN, by=judge.user
    )
    actions.undo(fair.session, judge, call.id)
    page = fair.world.client(fair.world.organizer(fair.competition)).get(f"{fair.manage}/history")
    assert page.text.count("Undone") == 1
    assert judge.user.name in page.text


def test_the_board_asks_the_same_however_much_there_is(fair_of: Callable[..., Fair]) -> None:
    counts = []
    for projects, judges in ((2, 1), (10, 6)):
        fair = fair_of(projects, judges)
        compare(fair, 1)
        browser = fair.world.client(fair.world.organizer(fair.competition))
        paths = (fair.manage, f"{fair.manage}/history", f"{fair.manage}/tables")
        counts.append([cost(fair.world.app, browser, path) for path in paths])
    assert counts[0] == counts[1]


def test_tables_stand_in_the_order_that_people_count() -> None:
    places = ["10", "2", "B-12", "B-3", "a1", "1"]
    assert sorted(places, key=in_human_order) == ["1", "2", "10", "a1", "B-3", "B-12"]
