"""What became of a project: the link without a password, the organizers' page, the project's."""

import re
from typing import Any

from sqlalchemy import func, select

from hackathon.extensions import db
from hackathon.followups.models import FollowUp, FollowUpAnswer, FollowUpRefusal
from hackathon.gallery.models import Audience
from hackathon.submissions.models import Submission
from hackathon.teams.models import Membership
from tests.counting import cost
from tests.followups.test_actions import ended, linked
from tests.house.test_html import Page
from tests.world import World

SENT = {
    "outcome": "used",
    "words": "A shelter uses it each day.",
    "language": "en",
    "address": "",
    "agreed": "y",
}


def page_of(link: Any, language: str = "en") -> str:
    return f"/{language}/{link.follow_up.competition.slug}/follow-up/{link.token}"


def test_a_visitor_with_the_letter_answers_changes_and_takes_it_back(
    world: World, client: Any
) -> None:
    _, one, _ = linked(world)
    world.gallery(one.follow_up.competition, Audience.PUBLIC)
    address = page_of(one)
    shown = client.get(address)
    assert shown.status_code == 200
    assert Page(shown.text).faults == []
    answer = client.post(address, data={**SENT, "seen": ""})
    assert (answer.status_code, answer.location) == (302, address)
    given = db.session.scalars(select(FollowUpAnswer)).one()
    project = f"/en/{one.follow_up.competition.slug}/projects/{given.submission_id}"
    assert SENT["words"] in client.get(project).text
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', client.get(address).text)
    assert seen and seen[1]
    late = client.post(address, data={**SENT, "words": "Other words here.", "seen": ""})
    assert late.status_code == 422
    assert "Other words here." in late.text
    changed = client.post(address, data={**SENT, "agreed": "", "seen": seen[1]})
    # An empty box is an unticked one.
    assert changed.status_code == 302
    assert SENT["words"] not in client.get(project).text
    client.post(f"{address}/withdrawal")
    assert db.session.scalar(select(func.count(FollowUpAnswer.id))) == 0


def test_bad_input_is_answered_beside_the_field(world: World, client: Any) -> None:
    _, one, _ = linked(world)
    for wrong in (
        {"outcome": ""},
        {"outcome": "no-such"},
        {"words": "x" * 2001},
        {"address": "javascript:alert(1)"},
        {"language": "xx"},
    ):
        answer = client.post(page_of(one), data={**SENT, "seen": "", **wrong})
        assert answer.status_code == 422, wrong
        assert "field-error" in answer.text
    assert db.session.scalar(select(func.count(FollowUpAnswer.id))) == 0


def test_who_left_the_team_opens_nothing_but_still_stops_letters(world: World, client: Any) -> None:
    _, one, _ = linked(world)
    gone = db.session.scalars(select(Membership)).all()
    for membership in gone:
        if membership.registration.user_id == one.user_id:
            db.session.delete(membership)
    db.session.flush()
    assert client.get(page_of(one)).status_code == 404
    assert client.get(page_of(one) + "/letters").status_code == 200
    assert db.session.scalar(select(func.count(FollowUpRefusal.id))) == 0  # looking stops nothing
    client.post(page_of(one) + "/letters/end")
    client.post(page_of(one) + "/letters/end")
    assert db.session.scalar(select(func.count(FollowUpRefusal.id))) == 1
    assert "no more of these letters" in client.get(page_of(one) + "/letters").text
    client.post(page_of(one) + "/letters/again")
    assert db.session.scalar(select(func.count(FollowUpRefusal.id))) == 0


def test_a_wrong_link_is_not_found(world: World, client: Any) -> None:
    _, one, _ = linked(world)
    assert client.get(page_of(one) + "x").status_code == 404


def test_organizers_plan_read_and_keep_out(world: World) -> None:
    follow_up, one, _ = linked(world)
    competition = follow_up.competition
    team = one.team
    answer = world.follow_up_answer(follow_up, _work(team))
    browser = world.client(world.organizer(competition))
    base = f"/en/{competition.slug}/manage/follow-ups"
    page = browser.get(base)
    assert Page(page.text).faults == []
    assert team.name in page.text
    refused = browser.post(f"{base}/new", data={"months": "60"})
    assert refused.status_code == 422
    assert "30 days to answer" in refused.text
    assert browser.post(f"{base}/new", data={"months": "x" * 30}).status_code == 422
    assert browser.post(f"{base}/new", data={"months": "8"}).status_code == 302
    planned = db.session.scalars(select(FollowUp).where(FollowUp.months == 8)).one()
    assert browser.post(f"{base}/{planned.id}/removal").status_code == 302
    holding = f"{base}/answers/{answer.id}/holding"
    assert browser.post(holding, data={"reason": ""}).status_code == 422
    browser.post(holding, data={"reason": "It names a person."})
    assert "It names a person." in browser.get(base).text
    assert browser.post(f"{holding}/end").status_code == 302
    assert "It names a person." not in browser.get(base).text


def _work(team: Any) -> Any:
    return db.session.scalars(select(Submission).where(Submission.team_id == team.id)).one()


def test_the_organizers_page_costs_the_same_for_many(app: Any, world: World) -> None:
    competition = ended(world)
    follow_up = world.follow_up(competition, 6)

    def more(number: int) -> None:
        for _ in range(number):
            world.follow_up_answer(follow_up, world.submission(world.team(competition, 1)))

    more(1)
    browser = world.client(world.organizer(competition))
    base = f"/en/{competition.slug}/manage/follow-ups"
    browser.get(base)
    one = cost(app, browser, base)
    more(8)
    assert cost(app, browser, base) == one
