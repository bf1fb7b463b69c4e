"""Another judge in the place of one: who can, what moves, what stays, who is told."""

from typing import Any

import pytest
from sqlalchemy import select

from hackathon.accounts.models import User
from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.ground.clock import now
from hackathon.journal.models import Entry
from hackathon.judging.actions import NotJudging, PlanChanged
from hackathon.judging.models import Judge, Review
from hackathon.judging.replacing import (
    NothingToHandOver,
    Why,
    candidates,
    replacement,
    take_over,
)
from hackathon.post.models import Letter
from hackathon.submissions.models import Submission
from tests.counting import cost
from tests.world import World


class Table:
    """A judge who leaves three reviews: two not begun, one with a score."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition: Competition = world.competition()
        self.criterion = world.criterion(self.competition)
        self.by: User = world.organizer(self.competition)
        self.judge = self.sits("Leaving")
        self.works = [self.submission(f"Team {name}") for name in "abc"]
        self.reviews = [world.review(self.judge, work) for work in self.works]
        world.score(self.reviews[2], self.criterion, 4)

    def sits(self, name: str, **others: Any) -> Judge:
        return self.world.judge(self.competition, user=self.world.person(name), **others)

    def submission(self, name: str) -> Submission:
        team = self.world.team(self.competition, name=name, name_key=name.casefold())
        return self.world.submission(team)

    def readers(self) -> dict[str, list[str]]:
        """Who reviews what, by team."""
        rows = db.session.scalars(select(Review)).all()
        found = {work.team.name: [] for work in self.works}
        for row in rows:
            found.setdefault(row.submission.team.name, []).append(row.judge.user.name)
        return {team: sorted(names) for team, names in found.items()}

    def address(self, to: object = "") -> str:
        page = f"/en/{self.competition.slug}/manage/judging/judges/{self.judge.id}/replacement"
        return f"{page}?to={to}" if to else page

    def letters(self) -> list[tuple[str, str]]:
        found = db.session.scalars(select(Letter))
        return sorted((each.name, each.address) for each in found)

    def taken_over(self, successor: Judge | None, *, ends: bool = True, digest: str = "") -> Any:
        with self.world.app.test_request_context():
            digest = digest or replacement(self.judge, successor).digest
            return take_over(self.judge, successor, ends=ends, digest=digest, by=self.by)


@pytest.fixture
def table(world: World) -> Table:
    return Table(world)


def test_one_takes_all_and_the_first_is_dismissed(table: Table) -> None:
    new = table.sits("New")
    found = replacement(table.judge, new)
    assert [row[0].submission.team.name for row in found.rows()] == ["Team a", "Team b", "Team c"]
    assert [(row[1], row[2], row[3]) for row in found.rows()] == [
        (new, False, None),
        (new, False, None),
        (new, True, None),
    ]
    table.taken_over(new)
    assert table.readers() == {f"Team {name}": [new.user.name] for name in "abc"}
    assert db.session.scalars(select(Review)).all()[0].scores == []
    assert table.judge.dismissed_at is not None
    assert table.letters() == sorted(
        [("judge_dismissed", table.judge.user.email), ("reviews_assigned", new.user.email)]
    )
    deeds = [entry.deed for entry in db.session.scalars(select(Entry).order_by(Entry.id))]
    assert deeds == ["review_removed"] * 3 + ["judge_replaced", "judge_dismissed"]
    kept = [entry.details["scores"] for entry in db.session.scalars(select(Entry).limit(3))]
    assert {str(table.criterion.id): 4} in kept


def test_what_is_completed_stays_with_the_first(table: Table) -> None:
    table.reviews[0].completed_at = now()
    new = table.sits("New")
    table.taken_over(new, ends=False)
    assert table.readers()["Team a"] == [table.judge.user.name]
    assert table.readers()["Team b"] == [new.user.name]
    assert table.judge.dismissed_at is None
    assert table.letters() == sorted(
        [("reviews_assigned", new.user.email), ("reviews_taken_over", table.judge.user.email)]
    )


def test_why_somebody_cannot_take_over(table: Table) -> None:
    a, b, c = table.works
    other = table.world.challenge(table.competition)
    reads = table.sits("Reads it")
    table.world.review(reads, a)
    back = table.sits("Gave back")
    table.world.abstention(back, b)
    friend = table.sits("Friend")
    table.world.conflict(friend.user, c.team)
    full = table.sits("Full", capacity=1)
    french = table.sits("French", languages=["fr"])
    apart = table.sits("Apart", challenges=[other])
    table.sits("Gone", dismissed_at=now())
    found = {each.judge.user.name: each for each in candidates(table.judge)}
    assert set(found) == {j.user.name for j in (reads, back, friend, full, french, apart)}
    assert found[reads.user.name].against == {a.id: Why.READS}
    assert found[back.user.name].against == {b.id: Why.BACK}
    assert found[friend.user.name].against == {c.id: Why.CONFLICT}
    assert found[full.user.name].takes == (a.id,)
    assert found[full.user.name].against == dict.fromkeys((b.id, c.id), Why.CAPACITY)
    assert found[french.user.name].reasons == {Why.LANGUAGE: 3}
    assert found[apart.user.name].reasons == {Why.CHALLENGE: 3}
    assert [each.judge for each in candidates(table.judge)][-1].user.name in (
        french.user.name,
        apart.user.name,
    )


def test_what_one_cannot_take_is_spread_among_the_others(table: Table) -> None:
    new, helper = table.sits("New", capacity=2), table.sits("Helper")
    table.taken_over(new)
    assert table.readers() == {
        "Team a": [new.user.name],
        "Team b": [new.user.name],
        "Team c": [helper.user.name],
    }


def test_others_make_room_by_what_they_have_not_begun(table: Table) -> None:
    """Only the friend is free, and is in conflict with what is left; so the other two trade."""
    full, friend = table.sits("Full", capacity=1), table.sits("Friend", capacity=3)
    theirs = table.submission("Team d")
    table.world.review(full, theirs)
    table.world.conflict(friend.user, table.works[0].team)
    found = replacement(table.judge)
    assert [(v.submission.team.name, one, two) for v, one, two in found.others()] == [
        ("Team d", full, friend)
    ]
    table.taken_over(None)
    assert table.readers() == {
        "Team a": [full.user.name],
        "Team b": [friend.user.name],
        "Team c": [friend.user.name],
        "Team d": [friend.user.name],
    }
    assert ("review_removed", full.user.email) in table.letters()


def test_what_nobody_can_take_is_said_before(table: Table) -> None:
    full = table.sits("Full", capacity=2)
    found = replacement(table.judge, full)
    assert [each.submission for each in found.shortfalls] == [table.works[2].id]
    page = table.world.client(table.by).get(table.address(full.id)).text
    assert "1 submission is left with fewer reviews" in page
    assert "no room left" in page
    table.taken_over(full)
    assert table.readers()["Team c"] == []


def test_only_what_was_shown_is_done(table: Table) -> None:
    new = table.sits("New")
    shown = replacement(table.judge, new).digest
    table.reviews[0].completed_at = now()
    db.session.flush()
    with pytest.raises(PlanChanged):
        table.taken_over(new, digest=shown)
    assert table.readers()["Team b"] == [table.judge.user.name]


def test_nothing_to_hand_over_and_nobody_to_take_it(table: Table) -> None:
    gone = table.sits("Gone", dismissed_at=now())
    with pytest.raises(NotJudging):
        replacement(table.judge, gone)
    for review in table.reviews:
        review.completed_at = now()
    db.session.flush()
    with pytest.raises(NothingToHandOver):
        table.taken_over(table.sits("New"))


def test_a_review_in_conflict_of_another_stays_where_it_is(table: Table) -> None:
    new, other = table.sits("New"), table.sits("Other")
    table.world.review(other, table.works[0])
    table.world.conflict(other.user, table.works[0].team)
    found = replacement(table.judge, new)
    assert (found.removed, len(found.added)) == (frozenset(), 3)


def test_the_pages_lead_from_the_judge_to_the_deed(table: Table) -> None:
    new = table.sits("New")
    browser = table.world.client(table.by)
    edit = table.address().removesuffix("/replacement")
    assert table.address() in browser.get(edit).text
    page = browser.get(table.address()).text
    assert new.user.name in page
    assert "3 of 3" in page
    digest = replacement(table.judge, new).digest
    assert digest in browser.get(table.address(new.id)).text
    wrong = browser.post(table.address(), data={"to": new.id, "digest": "x", "ends": "yes"})
    assert (wrong.status_code, digest in wrong.text) == (422, True)
    data = {"to": new.id, "digest": digest, "ends": "yes"}
    assert browser.post(table.address(), data=data).status_code == 302
    assert table.readers()["Team a"] == [new.user.name]
    assert "no longer a judge" in browser.get(table.address()).text
    assert browser.post(table.address(), data=data).status_code == 200


def test_an_organizer_in_conflict_reads_no_name(table: Table) -> None:
    table.world.judge(table.competition, user=table.by)
    table.world.conflict(table.by, table.works[1].team)
    new = table.sits("New")
    page = table.world.client(table.by).get(table.address(new.id)).text
    assert ("Team a" in page, "Team b" in page, "Hidden from you" in page) == (True, False, True)


def test_many_cost_as_much_as_one(table: Table) -> None:
    new = table.sits("New")
    browser = table.world.client(table.by)
    one = cost(table.world.app, browser, table.address(new.id))
    for number in range(4):
        other = table.sits(f"Other {number}")
        table.world.review(other, table.submission(f"Team {number}"))
        table.world.review(table.judge, table.submission(f"Team x{number}"))
    assert cost(table.world.app, browser, table.address(new.id)) == one
