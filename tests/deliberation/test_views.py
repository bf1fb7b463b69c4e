"""Judges talk about a submission and change their minds, through the doors."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.deliberation.models import Contribution, Discussion, Revision
from hackathon.deliberation.queries import voices
from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.ground.paging import PER_PAGE
from hackathon.post.models import Letter
from tests.counting import cost
from tests.world import World


class Panel:
    """A submission that three judges reviewed and a fourth is about to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition = competition = world.competition("jam")
        self.criterion = world.criterion(competition)
        self.organizer = world.organizer(competition)
        self.team = world.team(competition, 2)
        self.submission = world.submission(self.team)
        self.judges = [world.judge(competition, user=world.person(f"J{n}")) for n in range(4)]
        levels: list[tuple[int, ...]] = [(1,), (5,), (3,), ()]
        self.reviews = [
            world.review(judge, self.submission, *level)
            for judge, level in zip(self.judges, levels, strict=True)
        ]
        db.session.commit()

    def path(self, number: int, what: str = "discussion") -> str:
        return f"/en/jam/judging/{self.reviews[number].id}/{what}"

    def client(self, number: int) -> Any:
        return self.world.client(self.judges[number].user)

    def chair(self) -> Any:
        return self.world.client(self.organizer)

    def opened(self, **others: Any) -> Any:
        found = self.world.discussion(self.submission, **others)
        db.session.commit()
        return found


@pytest.fixture
def panel(app: Any, world: World) -> Panel:
    return Panel(world)


def test_organizers_open_what_divides_the_judges(panel: Panel) -> None:
    page = panel.chair().get("/en/jam/manage/judging/discussions")
    assert f'value="{panel.submission.id}"' in page.text
    ticked = {"submissions": [str(panel.submission.id)], "named": "y"}
    answer = panel.chair().post("/en/jam/manage/judging/discussions", data=ticked)
    assert answer.status_code == 302
    letters = db.session.scalars(select(Letter).filter_by(name="discussion_opened")).all()
    assert {letter.recipient_id for letter in letters} == {j.user_id for j in panel.judges[:3]}
    assert all('/discussion">' in letter.html for letter in letters)
    again = panel.chair().post("/en/jam/manage/judging/discussions", data=ticked)
    assert "Choose at least one submission that is not discussed yet." in again.text


def test_what_is_ticked_stays_so_from_page_to_page(panel: Panel) -> None:
    for _ in range(PER_PAGE):
        panel.world.submission(panel.world.team(panel.competition, 0))
    path, key = "/en/jam/manage/judging/discussions", str(panel.submission.id)
    chair = panel.chair()
    assert f'<button type="submit" name="turn" value="2" formaction="{path}?page=2"' in (
        chair.get(path).text
    )
    second = chair.post(f"{path}?page=2", data={"submissions": [key], "turn": "2"})
    assert second.status_code == 200
    assert f'<input type="hidden" name="submissions" value="{key}">' in second.text
    assert "1 submission on another page is ticked too." in second.text
    assert 'name="named" type="checkbox" value="y">' in second.text  # was not ticked
    assert db.session.scalars(select(Discussion)).all() == []
    first = chair.post(path, data={"submissions": [key], "turn": "1"}).text
    assert f'value="{key}" id="s-{key}" checked' in first
    assert chair.post(f"{path}?page=2", data={"submissions": [key]}).status_code == 302
    [opened] = db.session.scalars(select(Discussion)).all()
    assert opened.submission_id == panel.submission.id


def test_every_row_says_how_its_discussion_stands(panel: Panel) -> None:
    alone = panel.world.submission(panel.world.team(panel.competition, 2))
    db.session.commit()
    page = panel.chair().get("/en/jam/manage/judging/discussions").text
    assert '<span class="soft">None</span>' in page  # no label without a word, on the phone
    assert "Fewer than two reviews" in page and f'value="{alone.id}"' not in page


def test_without_anything_to_discuss_there_is_nothing_to_open(panel: Panel) -> None:
    words = "Open the discussions"
    assert words in panel.chair().get("/en/jam/manage/judging/discussions").text
    panel.opened()
    assert words not in panel.chair().get("/en/jam/manage/judging/discussions").text


def test_levels_to_change_look_as_they_did_when_they_were_given(panel: Panel) -> None:
    panel.opened()
    buttons = [
        re.findall(r'<span class="level-words">(.*?)</span>', panel.client(0).get(path).text)
        for path in (panel.path(0, "revision"), f"/en/jam/judging/{panel.reviews[0].id}")
    ]
    assert len(buttons[0]) == 5
    assert buttons[0] == buttons[1]


def test_what_was_said_names_its_clock(panel: Panel) -> None:
    discussion = panel.opened()
    chairs = f"/en/jam/manage/judging/discussions/{discussion.id}"
    assert "All times are on the clock of" not in panel.chair().get(chairs).text
    panel.world.contribution(discussion, panel.reviews[1])
    db.session.commit()
    for page in (panel.chair().get(chairs), panel.client(0).get(panel.path(0))):
        assert page.text.count("All times are on the clock of") == 1


def test_the_french_letter_has_its_space_before_the_colon(panel: Panel) -> None:
    panel.judges[0].user.language = "fr"
    db.session.commit()
    ticked = {"submissions": [str(panel.submission.id)], "named": "y"}
    panel.chair().post("/en/jam/manage/judging/discussions", data=ticked)
    letter = db.session.scalars(
        select(Letter).filter_by(name="discussion_opened", recipient_id=panel.judges[0].user_id)
    ).one()
    assert f"{panel.team.name}\u00a0:\nhttp" in letter.text


@pytest.mark.parametrize("sent", [[], ["nonsense"], ["0190aaaa-0000-7000-8000-000000000000"]])
def test_what_is_no_submission_opens_nothing(panel: Panel, sent: list[str]) -> None:
    answer = panel.chair().post("/en/jam/manage/judging/discussions", data={"submissions": sent})
    assert answer.status_code == 422
    assert db.session.scalars(select(Letter).filter_by(name="discussion_opened")).all() == []


def test_who_has_not_completed_a_review_reads_nothing(panel: Panel) -> None:
    assert panel.client(0).get(panel.path(0)).status_code == 404  # nothing is discussed
    panel.opened()
    assert panel.client(0).get(panel.path(0)).status_code == 200
    refused = panel.client(3).get(panel.path(3))
    assert refused.status_code == 403
    assert "Complete your own review first" in refused.text
    assert panel.client(1).get(panel.path(0)).status_code == 403  # another's review


def test_a_judge_finds_what_is_discussed(panel: Panel) -> None:
    path = "/en/jam/judging/discussions"
    assert panel.client(0).get(path).status_code == 403
    discussion = panel.opened()
    page = panel.client(0).get(path)
    assert f'href="{panel.path(0)}"' in page.text and panel.team.name in page.text
    assert path in panel.client(0).get("/en/jam/judging").text  # the menu leads there
    assert panel.path(0) in panel.client(0).get(f"/en/jam/judging/{panel.reviews[0].id}").text
    assert panel.client(3).get(path).status_code == 403  # not done with the own review
    panel.world.conflict(panel.judges[1].user, panel.team)
    db.session.commit()
    assert panel.client(1).get(path).status_code == 403
    discussion.closed_at = discussion.created_at
    db.session.commit()
    assert "Discussion closed" in panel.client(0).get(path).text


def test_a_judge_in_conflict_is_neither_heard_nor_let_in(panel: Panel) -> None:
    panel.opened()
    panel.world.conflict(panel.judges[1].user, panel.team)
    db.session.commit()
    assert panel.client(1).get(panel.path(1)).status_code == 403
    page = panel.client(0).get(panel.path(0))
    assert panel.judges[2].user.name in page.text
    assert panel.judges[1].user.name not in page.text


def test_an_organizer_who_may_not_judge_the_team_stays_out(panel: Panel) -> None:
    discussion = panel.opened()
    judge = panel.world.judge(panel.competition, user=panel.organizer)
    panel.world.conflict(judge.user, panel.team)
    db.session.commit()
    path = f"/en/jam/manage/judging/discussions/{discussion.id}"
    for method, address in (("GET", path), ("POST", path), ("POST", f"{path}/close")):
        assert panel.chair().open(address, method=method).status_code == 403
    assert panel.team.name not in panel.chair().get("/en/jam/manage/judging/discussions").text


def test_names_are_shown_or_letters(panel: Panel) -> None:
    discussion = panel.opened(named=False)
    panel.world.contribution(discussion, panel.reviews[1])
    panel.world.contribution(discussion)
    db.session.commit()
    page = panel.client(0).get(panel.path(0)).text
    assert "Judge B" in page and "An organizer" in page
    for name in (panel.judges[1].user.name, panel.judges[2].user.name, "Chair"):
        assert name not in page
    chairs = panel.chair().get(f"/en/jam/manage/judging/discussions/{discussion.id}").text
    assert panel.judges[1].user.name in chairs and "Chair" in chairs


def test_a_letter_stays_whoever_completes_or_is_barred_later(panel: Panel) -> None:
    """What was said to Judge B is not read as said to another."""
    discussion = panel.opened(named=False)
    first, second, third, late = panel.reviews
    late.completed_at, late.created_at = datetime.now(UTC), first.created_at - timedelta(days=1)
    panel.world.score(late, panel.criterion, 2)
    panel.world.conflict(first.judge.user, panel.team)
    db.session.commit()
    with panel.world.app.test_request_context():
        found = [(voice.letter, voice.review) for voice in voices(discussion)]
    assert found == [("B", second), ("C", third), ("D", late)]


def test_a_remark_tells_the_others_once_in_a_while(panel: Panel) -> None:
    panel.opened()
    for text in ("They left the north out.", "And the ethics?"):
        answer = panel.client(0).post(panel.path(0), data={"text": text})
        assert answer.status_code == 302
    said = db.session.scalars(select(Contribution).order_by(Contribution.created_at)).all()
    assert [each.text for each in said] == ["They left the north out.", "And the ethics?"]
    letters = db.session.scalars(select(Letter).filter_by(name="discussion_goes_on")).all()
    assert sorted(str(each.recipient_id) for each in letters) == sorted(
        str(judge.user_id) for judge in panel.judges[1:3]
    )
    assert all("north" not in each.text for each in letters)


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001])
def test_a_remark_that_says_nothing_or_too_much_is_refused(panel: Panel, text: str) -> None:
    panel.opened()
    answer = panel.client(0).post(panel.path(0), data={"text": text})
    assert answer.status_code == 422
    assert db.session.scalars(select(Contribution)).all() == []


def test_a_closed_discussion_is_read_and_no_more(panel: Panel) -> None:
    discussion = panel.opened()
    path = f"/en/jam/manage/judging/discussions/{discussion.id}"
    assert panel.chair().post(f"{path}/close").status_code == 302
    assert panel.client(0).get(panel.path(0)).status_code == 200
    assert panel.client(0).post(panel.path(0), data={"text": "late"}).status_code == 403
    assert panel.client(0).get(panel.path(0, "revision")).status_code == 403
    assert panel.chair().post(path, data={"text": "late"}).status_code == 403
    assert panel.chair().post(f"{path}/reopening").status_code == 302
    assert panel.client(0).post(panel.path(0), data={"text": "in time"}).status_code == 302


def revised(panel: Panel, level: str, reason: str) -> Any:
    field = f"criterion_{panel.criterion.id.hex}"
    said = {field: level, "comment": "Better than I thought.", "reason": reason}
    return panel.client(0).post(panel.path(0, "revision"), data=said)


def test_a_review_changes_with_a_reason_also_after_judging(panel: Panel) -> None:
    panel.opened()
    panel.world.set_gates(panel.competition, "closed")
    db.session.commit()
    assert revised(panel, "3", "The others showed me the annex.").status_code == 302
    revision = db.session.scalars(select(Revision)).one()
    key = str(panel.criterion.id)
    assert revision.before["scores"] == {key: 1}
    assert revision.after == {"scores": {key: 3}, "comment": "Better than I thought."}
    assert [score.score for score in panel.reviews[0].scores] == [3]
    for page in (panel.client(1).get(panel.path(1)), panel.client(0).get(panel.path(0))):
        assert "1, then 3" in page.text and "The others showed me the annex." in page.text


@pytest.mark.parametrize(
    "level, reason", [("3", ""), ("", "because"), ("9", "because"), ("x", "because")]
)
def test_a_change_without_reason_or_level_is_refused(panel: Panel, level: str, reason: str) -> None:
    panel.opened()
    answer = revised(panel, level, reason)
    assert answer.status_code == 422
    assert "Better than I thought." in answer.text
    assert db.session.scalars(select(Revision)).all() == []
    assert [score.score for score in panel.reviews[0].scores] == [1]


def test_no_review_changes_once_its_results_are_public(panel: Panel) -> None:
    panel.opened()
    panel.world.announcement(panel.competition, datetime.now(UTC) - timedelta(hours=1))
    db.session.commit()
    answer = revised(panel, "3", "The others showed me the annex.")
    assert (answer.status_code, "what they rest on" in answer.text) == (403, True)
    assert [score.score for score in panel.reviews[0].scores] == [1]
    assert "Change my review" not in panel.client(0).get(panel.path(0)).text


WHY = "This submission is discussed. Change this from the discussion, with a reason."


@pytest.mark.parametrize("closed", [False, True])
def test_a_discussed_review_changes_by_its_form_only_in_what_is_no_opinion(
    panel: Panel, closed: bool
) -> None:
    field, review = f"criterion_{panel.criterion.id.hex}", panel.reviews[0]
    address, comment = f"/en/jam/judging/{review.id}", review.comment
    browser = panel.client(0)
    assert browser.post(address, data={field: "2"}).status_code == 302  # nobody talks of it yet
    panel.opened(closed_at=now() if closed else None)
    page = browser.get(address).text
    assert (panel.path(0, "revision") in page) is not closed
    assert ("unless the discussion is opened again" in page) is closed
    said = {field: "4", "comment": "Typed and kept", "note": "For the organizers"}
    answer = browser.post(address, data=said)
    assert (answer.status_code, answer.text.count(WHY) >= 2) == (422, True)
    assert "Typed and kept" in answer.text and "For the organizers" in answer.text
    script = browser.post(
        address, data={field: "5", "own_note": "Mine"}, headers={"Accept": "application/json"}
    ).get_json()
    assert (script["errors"], script["saved"]) == ({field: WHY}, ["own_note"])
    db.session.expire_all()
    assert [score.score for score in review.scores] == [2]
    assert (review.comment, review.own_note) == (comment, "Mine")
    # The same levels once more are no change.
    same = {field: "2", "comment": comment, "note": "Other"}
    assert browser.post(address, data=same).status_code == 302
    assert review.note == "Other"


def test_whoever_is_not_complete_yet_says_what_they_think(panel: Panel) -> None:
    panel.opened()
    field = f"criterion_{panel.criterion.id.hex}"
    address = f"/en/jam/judging/{panel.reviews[3].id}"
    browser = panel.client(3)
    assert "only with a reason" not in browser.get(address).text
    for level in ("4", "3"):
        assert browser.post(address, data={field: level, "deed": "save"}).status_code == 302
    done = {"comment": "For the team", "deed": "complete"}
    assert browser.post(address, data={field: "3", **done}).status_code == 302
    assert WHY in browser.post(address, data={field: "1"}).text


def test_a_revision_keeps_what_the_review_said_before_the_discussion(panel: Panel) -> None:
    panel.opened()
    field = f"criterion_{panel.criterion.id.hex}"
    panel.client(0).post(f"/en/jam/judging/{panel.reviews[0].id}", data={field: "4"})
    assert revised(panel, "5", "The others showed me the annex.").status_code == 302
    revision = db.session.scalars(select(Revision)).one()
    key = str(panel.criterion.id)
    assert (revision.before["scores"], revision.after["scores"]) == ({key: 1}, {key: 5})


def test_no_change_is_no_revision(panel: Panel) -> None:
    panel.opened()
    field = f"criterion_{panel.criterion.id.hex}"
    said = {field: "1", "comment": panel.reviews[0].comment, "reason": "None."}
    answer = panel.client(0).post(panel.path(0, "revision"), data=said)
    assert "Nothing is different" in answer.text
    assert db.session.scalars(select(Revision)).all() == []


def test_more_judges_and_remarks_cost_no_more_queries(app: Any, panel: Panel) -> None:
    discussion = panel.opened()
    panel.world.contribution(discussion, panel.reviews[1])
    panel.world.revision(discussion, panel.reviews[1])
    db.session.commit()
    client = panel.client(0)
    few = cost(app, client, panel.path(0))
    for number in range(6):
        judge = panel.world.judge(panel.competition, user=panel.world.person(f"More{number}"))
        review = panel.world.review(judge, panel.submission, 2)
        panel.world.contribution(discussion, review)
        panel.world.revision(discussion, review)
    db.session.commit()
    assert cost(app, client, panel.path(0)) == few


def test_more_submissions_cost_the_list_no_more_queries(app: Any, panel: Panel) -> None:
    client, path = panel.chair(), "/en/jam/manage/judging/discussions"
    panel.opened()
    few = cost(app, client, path)
    for _ in range(4):
        other = panel.world.submission(panel.world.team(panel.competition, 1))
        for judge in panel.judges[:2]:
            panel.world.review(judge, other, 4)
        panel.world.discussion(other)
    db.session.commit()
    assert cost(app, client, path) == few
