"""Organizers and their jury."""

import hashlib
import json
import re
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Competition
from hackathon.deliberation.models import Discussion
from hackathon.extensions import db
from hackathon.ground.paging import PER_PAGE
from hackathon.judging.actions import CouldRead, assign
from hackathon.judging.forms import moves_in
from hackathon.judging.models import Judge, Review, RulesVersion
from hackathon.judging.outcome import compared, ranking_of
from hackathon.judging.planning import Manner, Wish, matrix, plan
from hackathon.judging.queries import rules_of
from hackathon.mentoring.models import Conflict
from hackathon.post.models import Letter
from hackathon.submissions.models import Submission
from tests.counting import queries
from tests.world import World


class Desk:
    """A competition with two criteria, and its organizer at the desk."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition: Competition = world.competition()
        world.criterion(self.competition), world.criterion(self.competition)
        self.challenge = world.challenge(self.competition)
        self.client = world.client(world.organizer(self.competition))

    def path(self, rest: str, language: str = "en") -> str:
        return f"/{language}/{self.competition.slug}/manage/judging/{rest}"

    def get(self, rest: str, language: str = "en") -> Any:
        return self.client.get(self.path(rest, language))

    def post(self, rest: str, **data: Any) -> Any:
        return self.client.post(self.path(rest), data=data)

    def submission(self) -> Submission:
        return self.world.submission(self.world.team(self.competition, challenge=self.challenge))

    def judge(self, **others: Any) -> Judge:
        return self.world.judge(self.competition, **others)


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


PAGES = (
    "rules",
    "rules/edit",
    "judges",
    "judges/new",
    "conflicts",
    "reviews",
    "reviews/proposal",
    "ranking",
)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("rest", PAGES)
def test_pages_speak_before_there_is_anything(desk: Desk, rest: str, language: str) -> None:
    assert desk.get(rest, language).status_code == 200


def test_a_judge_is_appointed_by_address(desk: Desk) -> None:
    person = desk.world.person()
    assert desk.post("judges/new", email="nobody@example.org").status_code == 422
    given = {"email": person.email, "languages": ["en", "fr"], "capacity": "6"}
    answer = desk.post("judges/new", **given)
    assert (answer.status_code, answer.location) == (302, desk.path("judges"))
    judge = db.session.scalars(select(Judge)).one()
    assert (judge.user, judge.languages, judge.capacity) == (person, ["en", "fr"], 6)
    again = desk.post("judges/new", **given)
    assert again.status_code == 422
    assert "already" in again.text
    unknown = desk.post("judges/new", **{**given, "email": "nobody@example.org"})
    assert unknown.status_code == 422
    assert "Ask the person to sign up" in unknown.text
    assert "nobody@example.org" in unknown.text


@pytest.mark.parametrize(
    "changes",
    [
        {"languages": []},
        {"languages": ["de"]},
        {"capacity": "-1"},
        {"capacity": "501"},
        {"capacity": "x"},
        {"capacity": ""},
    ],
)
def test_what_a_judge_can_read_is_checked(desk: Desk, changes: dict[str, Any]) -> None:
    judge = desk.judge()
    given = {"languages": ["fr"], "capacity": "2", **changes}
    assert desk.post(f"judges/{judge.id}", **given).status_code == 422
    assert (judge.languages, judge.capacity) == (["en", "fr"], 5)


def test_a_judge_is_edited(desk: Desk) -> None:
    judge = desk.judge()
    answer = desk.post(f"judges/{judge.id}", languages=["fr"], capacity="2")
    assert answer.status_code == 302
    assert (judge.languages, judge.capacity) == (["fr"], 2)


def test_no_review_goes_once_its_results_are_public(desk: Desk) -> None:
    review = desk.world.review(desk.judge(), desk.submission(), 4, 4)
    desk.world.announcement(desk.competition, datetime.now(UTC) - timedelta(hours=1))
    answer = desk.post(f"reviews/removal/{review.id}", confirmed="1")
    assert (answer.status_code, "what they rest on" in answer.text) == (403, True)
    assert db.session.scalars(select(Review)).all() == [review]


def test_a_judge_with_scores_is_dismissed_only_when_confirmed(desk: Desk) -> None:
    judge = desk.judge()
    desk.world.review(judge, desk.submission(), 4, 4)
    refused = desk.post(f"judges/{judge.id}/dismissal")
    assert refused.status_code == 409
    assert "This judge has given scores or written comments." in refused.text
    assert judge.dismissed_at is None
    assert desk.post(f"judges/{judge.id}/dismissal", confirmed="1").status_code == 302
    assert judge.dismissed_at is not None
    page = desk.get("judges").text
    assert "Dismissed" in page
    assert "1 completed review that counts" in page


def test_a_judge_with_scores_of_an_earlier_round_can_be_dismissed(desk: Desk) -> None:
    """The page offers the confirmation that the deed asks for, whatever round the scores are of."""
    judge, work = desk.judge(), desk.submission()
    desk.world.review(judge, work, 4, 4)
    desk.world.round(desk.competition, work)
    assert 'name="confirmed"' in desk.get(f"judges/{judge.id}").text
    idle = desk.judge()
    desk.world.review(idle, work, round_=desk.competition.rounds[0])
    assert 'name="confirmed"' not in desk.get(f"judges/{idle.id}").text
    assert desk.post(f"judges/{idle.id}/dismissal").status_code == 302


def test_the_list_shows_load_progress_and_organization(desk: Desk) -> None:
    judge = desk.judge(capacity=7)
    judge.user.organization = "⟦A bank⟧"
    desk.world.review(judge, desk.submission(), 4, 4)
    desk.world.review(judge, desk.submission())
    page = desk.get("judges").text
    for words in ("⟦A bank⟧", "2 of 7", "1 / 2", "1 of 2", "Remind 1 judge"):
        assert words in page
    desk.world.set_gates(desk.competition, "closed")
    assert "Late" in desk.get("judges").text


def test_reminders_are_sent_once(desk: Desk) -> None:
    desk.world.review(desk.judge(), desk.submission())
    for _ in range(2):
        assert desk.post("judges/reminders").status_code == 302
    assert len(db.session.scalars(select(Letter)).all()) == 1
    assert "reminded within the hour" in desk.get("judges").text


def test_conflicts_are_declared_listed_and_lifted(desk: Desk) -> None:
    judge, submission = desk.judge(), desk.submission()
    other = desk.world.judge(desk.competition, user=submission.team.captain)
    given = {"judge": str(judge.id), "team": str(submission.team_id), "reason": "⟦a cousin⟧"}
    assert desk.post("conflicts/new", **{**given, "reason": ""}).status_code == 422
    assert desk.post("conflicts/new", **{**given, "team": "no-team"}).status_code == 422
    assert desk.post("conflicts/new", **given).status_code == 302
    assert desk.post("conflicts/new", **given).status_code == 422  # known already
    page = desk.get("conflicts").text
    assert "⟦a cousin⟧" in page
    assert other.user.name in page
    assert "Is a member of the team" in page
    conflict = db.session.scalars(select(Conflict)).one()
    assert desk.post(f"conflicts/{conflict.id}/lifting").status_code == 302
    assert db.session.scalars(select(Conflict)).all() == []


def test_rows_of_another_competition_are_not_found(desk: Desk) -> None:
    elsewhere = Desk(desk.world)
    judge, submission = elsewhere.judge(), elsewhere.submission()
    review = elsewhere.world.review(judge, submission)
    conflict = elsewhere.world.conflict(judge.user, submission.team)
    own = desk.submission()
    for rest in (
        f"judges/{judge.id}",
        f"judges/{judge.id}/dismissal",
        f"conflicts/{conflict.id}/lifting",
        f"reviews/{own.id}/{judge.id}",
        f"reviews/removal/{review.id}",
    ):
        assert desk.post(rest, confirmed="1").status_code == 404
    assert desk.get(f"reviews/{submission.id}").status_code == 404
    given = {"judge": str(judge.id), "team": str(own.team_id), "reason": "x"}
    assert desk.post("conflicts/new", **given).status_code == 422


def test_a_proposal_is_shown_then_confirmed(desk: Desk) -> None:
    judge, submission = desk.judge(), desk.submission()
    answer = desk.get("reviews/proposal?wanted=1")
    digest = plan(desk.competition, Wish(1)).digest
    assert digest in answer.text
    assert "1 new review." in answer.text
    assert judge.user.name in answer.text
    assert db.session.scalars(select(Review)).all() == []
    done = desk.post("reviews/proposal", wanted="1", digest=digest)
    assert (done.status_code, done.location) == (302, desk.path("reviews"))
    review = db.session.scalars(select(Review)).one()
    assert (review.judge, review.submission) == (judge, submission)
    assert "There is nothing to add" in desk.get("reviews/proposal?wanted=1").text


def test_a_proposal_that_changed_meanwhile_is_shown_again(desk: Desk) -> None:
    judge, submission = desk.judge(), desk.submission()
    digest = plan(desk.competition, Wish(1)).digest
    desk.world.conflict(judge.user, submission.team)
    replacement = desk.judge()
    answer = desk.post("reviews/proposal", wanted="1", digest=digest)
    assert answer.status_code == 422
    assert "Something changed since" in answer.text
    assert replacement.user.name in answer.text
    assert plan(desk.competition, Wish(1)).digest in answer.text
    assert db.session.scalars(select(Review)).all() == []


def test_a_proposal_says_who_is_left_without_and_why(desk: Desk) -> None:
    desk.submission(), desk.judge(languages=["fr"])
    page = desk.get("reviews/proposal?wanted=1").text
    assert "1 review is missing." in page
    assert "Too few judges read its language." in page


def test_a_long_proposal_is_shown_by_its_beginning_and_confirmed_whole(desk: Desk) -> None:
    judge = desk.judge(capacity=100)
    works = [desk.submission() for _ in range(PER_PAGE + 1)]
    lacking = desk.submission()
    desk.world.conflict(judge.user, lacking.team)
    page = desk.get("reviews/proposal?wanted=1").text
    listed = page[page.index('id="submissions-caption"') :]
    assert lacking.team.name in listed  # what lacks something comes first
    assert sum(f">{work.team.name}<" in listed for work in works) == 9
    assert page.count("<option ") == 1 + 10 + 2 * 2
    assert "Show all 52" in page
    alone = "reviews/proposal?wanted=1&list=submissions"
    whole = desk.get(alone).text
    assert sum(f">{work.team.name}</th>" in whole for work in works) == PER_PAGE - 1
    assert "wanted=1&amp;list=submissions&amp;page=2" in whole
    last = desk.get(f"{alone}&page=2").text
    assert 'id="judges-caption"' not in last
    there = next(work for work in works if f">{work.team.name}</th>" in last)
    change = f"{alone}&page=2&submission={there.id}&drop={judge.id}&add="
    assert desk.get(change).status_code == 302
    found = plan(desk.competition, Wish(1))
    assert desk.post("reviews/proposal", wanted="1", digest=found.digest).status_code == 302
    assert len(db.session.scalars(select(Review)).all()) == PER_PAGE + 1


@pytest.mark.parametrize("wanted", ["0", "21", "x", ""])
def test_a_number_of_reviews_that_makes_no_sense_is_refused(desk: Desk, wanted: str) -> None:
    assert desk.get(f"reviews/proposal?wanted={wanted}").status_code == 422
    assert desk.post("reviews/proposal", wanted=wanted, digest="x").status_code == 422


def test_a_review_is_added_and_withdrawn_by_hand(desk: Desk) -> None:
    submission = desk.submission()
    free, english = desk.judge(), desk.judge(languages=["fr"])
    barred = desk.judge()
    desk.world.conflict(barred.user, submission.team).reason = "⟦a cousin⟧"
    page = desk.get(f"reviews/{submission.id}").text
    assert "Declared: ⟦a cousin⟧" in page
    assert "Does not read its language" in page
    assert f"/{barred.id}" not in page
    for judge, despite, status in (
        (free, {}, 302),
        (free, {}, 409),
        (barred, {"despite": "1"}, 409),
        (english, {}, 409),
        (english, {"despite": "1"}, 302),
    ):
        answer = desk.post(f"reviews/{submission.id}/{judge.id}", **despite)
        assert answer.status_code == status
    assert len(free.reviews) == len(english.reviews) == 1
    assert desk.post(f"reviews/removal/{free.reviews[0].id}").status_code == 302
    db.session.expire_all()
    assert free.reviews == []


def test_organizers_read_scores_comments_and_notes(desk: Desk) -> None:
    submission = desk.submission()
    review = desk.world.review(desk.judge(), submission, 4, 2)
    review.note = "⟦between us⟧"
    page = desk.get(f"reviews/{submission.id}").text
    assert "⟦comment⟧" in page
    assert "⟦between us⟧" in page
    assert "<dd>4</dd>" in page
    refused = desk.post(f"reviews/removal/{review.id}")
    assert refused.status_code == 409
    assert desk.post(f"reviews/removal/{review.id}", confirmed="1").status_code == 302
    assert db.session.scalars(select(Review)).all() == []


def test_the_ranking_says_what_it_knows(desk: Desk) -> None:
    submissions = [desk.submission() for _ in range(3)]
    strict, kind = desk.judge(), desk.judge()
    for level, submission in enumerate(submissions, 1):
        desk.world.review(strict, submission, level, level)
        desk.world.review(kind, submission, level + 2, level + 2)
    page = desk.get("ranking").text
    assert "Only a little can be corrected" in page
    assert "fewer than ten reviews each" in page
    assert "Scored 2.0 below the others on the same projects." in page
    assert "Scored 2.0 above the others on the same projects." in page
    best, worst = (page.index(f"{submissions[n].team.name}</a>") for n in (2, 0))
    assert best < worst
    assert "4.00" in page
    desk.world.conflict(kind.user, submissions[0].team)
    assert "1 completed review is in conflict" in desk.get("ranking").text


def test_what_a_dismissed_judge_said_is_still_ranked(desk: Desk) -> None:
    judge = desk.judge()
    desk.world.review(judge, desk.submission(), 4, 4)
    judge.dismissed_at = datetime.now(UTC)
    page = desk.get("ranking").text
    assert "4.00" in page
    assert "A single judge did all the reviews" in page


@pytest.mark.parametrize("rest", ["judges", "conflicts", "reviews", "reviews/proposal", "ranking"])
def test_lists_take_the_same_queries_for_one_and_for_many(desk: Desk, rest: str) -> None:
    def more() -> None:
        judge, mine = desk.judge(), desk.submission()
        desk.world.review(judge, mine, 3, 4)
        desk.world.review(judge, desk.submission(), 2, 4)
        desk.world.conflict(judge.user, desk.submission().team)
        desk.world.mentor(desk.competition, desk.submission().team, user=judge.user)
        gone = desk.judge()
        gone.dismissed_at = datetime.now(UTC)

    more()
    with queries(desk.world.app) as one:
        assert desk.get(rest).status_code == 200
    for _ in range(3):
        more()
    with queries(desk.world.app) as many:
        assert desk.get(rest).status_code == 200
    assert len(one) == len(many)


def test_a_submission_takes_the_same_queries_for_one_and_for_many(desk: Desk) -> None:
    submission = desk.submission()

    def more() -> None:
        desk.world.review(desk.judge(), submission, 3, 4)
        desk.judge()

    more()
    with queries(desk.world.app) as one:
        desk.get(f"reviews/{submission.id}")
    for _ in range(3):
        more()
    with queries(desk.world.app) as many:
        desk.get(f"reviews/{submission.id}")
    assert len(one) == len(many)


# -- a second wave, a repair, changes by hand --------------------------------------------------


def close_race(desk: Desk) -> tuple[list[Judge], list[Submission]]:
    """Four submissions by four judges with room, the first two neck and neck."""
    judges, submissions = [desk.judge() for _ in range(4)], [desk.submission() for _ in range(4)]
    for submission, levels in zip(submissions, ((4, 4), (4, 4), (2, 2), (1, 1)), strict=True):
        for judge in judges[:2]:
            desk.world.review(judge, submission, *levels)
    return judges, submissions


def test_a_second_wave_is_shown_then_confirmed(desk: Desk) -> None:
    judges, submissions = close_race(desk)
    assert "Show a second wave" in desk.get("reviews").text
    page = desk.get("reviews/proposal?manner=wave&wanted=4").text
    found = plan(desk.competition, Wish(4, Manner.WAVE))
    assert found.digest in page
    assert len(found.proposal.added) == sum(found.more.values()) == 4
    assert found.more[submissions[0].id] == found.more[submissions[1].id] == 2
    assert {each.judge for each in found.proposal.added} == {each.id for each in judges[2:]}
    given = {"manner": "wave", "wanted": "4", "digest": found.digest}
    assert desk.post("reviews/proposal", **given).status_code == 302
    assert len(db.session.scalars(select(Review)).all()) == 12


def test_a_second_wave_is_no_larger_than_the_judges_have_room_for(desk: Desk) -> None:
    judges, submissions = close_race(desk)
    for judge in judges:
        judge.capacity = 4
    judges[2].capacity, judges[3].capacity = 1, 0
    found = plan(desk.competition, Wish(20, Manner.WAVE))
    assert sum(found.more.values()) == len(found.proposal.added) == 1
    assert {each.submission for each in found.proposal.added} < {s.id for s in submissions[:2]}
    assert found.proposal.shortfalls == ()


def test_a_second_wave_without_reviews_gives_nothing(desk: Desk) -> None:
    desk.judge(), desk.submission()
    page = desk.get("reviews/proposal?manner=wave&wanted=4").text
    assert "No further review would tell more" in page
    assert "There is nothing to add" in page


def test_a_repair_moves_what_is_not_begun_and_nothing_else(desk: Desk) -> None:
    old, new = desk.submission(), desk.submission()
    full, barred = desk.judge(capacity=1), desk.judge()
    desk.world.conflict(barred.user, new.team)
    withdrawn = desk.world.review(full, old).id
    found = plan(desk.competition, Wish(1, Manner.REPAIR))
    assert {(each.judge, each.submission) for each in found.proposal.added} == {
        (full.id, new.id),
        (barred.id, old.id),
    }
    given = {"manner": "repair", "wanted": "1", "digest": found.digest}
    assert "1 review is withdrawn." in desk.get("reviews/proposal?manner=repair&wanted=1").text
    assert desk.post("reviews/proposal", **given).status_code == 302
    letters = [letter.name for letter in db.session.scalars(select(Letter))]
    assert sorted(letters) == ["review_removed", "reviews_assigned", "reviews_assigned"]
    db.session.expire_all()
    assert db.session.get(Review, withdrawn) is None
    (moved,) = full.reviews
    desk.world.score(moved, desk.competition.criteria[0], 3)
    desk.world.review(barred, desk.submission())
    barred.capacity = 1
    db.session.flush()
    assert plan(desk.competition, Wish(1, Manner.REPAIR)).proposal.removed == frozenset()


def test_a_repair_leaves_what_a_judge_has_written_in(desk: Desk) -> None:
    """A review is begun by its first word, not only by its first level."""
    old, new = desk.submission(), desk.submission()
    full, barred = desk.judge(capacity=1), desk.judge()
    desk.world.conflict(barred.user, new.team)
    review = desk.world.review(full, old)
    assert len(plan(desk.competition, Wish(1, Manner.REPAIR)).proposal.removed) == 1
    review.comment, review.touched_at = "⟦Long thought⟧", datetime.now(UTC)
    db.session.flush()
    assert plan(desk.competition, Wish(1, Manner.REPAIR)).proposal.removed == frozenset()


def test_a_change_by_hand_says_what_it_costs_and_is_confirmed(desk: Desk) -> None:
    judge, other = desk.judge(capacity=1), desk.judge(languages=["fr"])
    first, second = desk.submission(), desk.submission()
    (given,) = plan(desk.competition, Wish(1)).proposal.added
    left = second if given.submission == first.id else first
    address = f"reviews/proposal?wanted=1&submission={left.id}&drop=&add={judge.id}"
    answer = desk.get(address)
    assert answer.status_code == 302
    page = desk.client.get(answer.location).text
    assert f"{judge.user.name} reads {left.team.name}" in page
    assert "Load of the judge: 1, then 2 of 1" in page
    assert "Reviews of the submission: 0, then 1" in page
    assert "differ by 2 instead of 1" in page
    assert "More than the judge can take." in page
    move = f"add.{judge.id}.{left.id}"
    found = plan(desk.competition, Wish(1, Manner.FILL, moves_in([move])))
    assert found.digest in page
    wanted = {"wanted": "1", "digest": found.digest}
    assert desk.post("reviews/proposal", **wanted).status_code == 422  # without the change
    assert desk.post("reviews/proposal", **wanted, move=move).status_code == 302
    assert {each.submission_id for each in db.session.scalars(select(Review))} == {
        first.id,
        second.id,
    }
    assert other.reviews == []


@pytest.mark.parametrize(
    ("drop", "add", "said"),
    [
        ("", "", "Choose a judge to add, one to leave out, or both."),
        ("", "reader", "This judge reads it already."),
        ("free", "", "This judge does not read it."),
        ("begun", "", "This review has scores."),
        ("", "barred", "This judge has a conflict of interest with the team."),
    ],
)
def test_a_change_that_cannot_be_is_refused_beside_the_field(
    desk: Desk, drop: str, add: str, said: str
) -> None:
    submission = desk.submission()
    people = {name: desk.judge() for name in ("reader", "free", "begun", "barred")}
    desk.world.review(people["reader"], submission)
    desk.world.review(people["begun"], submission, 3, 3)
    desk.world.conflict(people["barred"].user, submission.team)
    chosen = {name: people[who].id if who else "" for name, who in (("drop", drop), ("add", add))}
    answer = desk.get(
        f"reviews/proposal?wanted=2&submission={submission.id}"
        f"&drop={chosen['drop']}&add={chosen['add']}"
    )
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "wanted=1&manner=magic",
        "wanted=1&move=add.x.y&move=%00&move=add..&move=drop.1.2.3",
        "wanted=1&submission=nothing&add=x&drop=y",
        "wanted=1&submission=%00",
        "manner=wave&wanted=999999999999999999999",
        "manner=wave&wanted=0",
        "wanted=1" + "&move=add.6a6f6e2e-0000-4000-8000-000000000000."
        "6a6f6e2e-0000-4000-8000-000000000001" * 60,
    ],
)
def test_an_address_made_up_does_no_harm(desk: Desk, query: str) -> None:
    desk.judge(), desk.submission()
    assert desk.get(f"reviews/proposal?{query}").status_code in (200, 422)
    assert db.session.scalars(select(Review)).all() == []


def test_the_picture_has_the_longer_side_as_rows(desk: Desk) -> None:
    judges = [desk.judge(), desk.judge(languages=["fr"])]
    judges[1].user.name = "⟦Zoé⟧"
    submissions = [desk.submission() for _ in range(3)]
    desk.world.conflict(judges[0].user, submissions[0].team)
    desk.world.review(judges[0], submissions[1])
    drawn = matrix(plan(desk.competition, Wish(1)))
    assert drawn is not None
    assert drawn.by_judge is False
    assert drawn.columns == [judge.user.name for judge in judges]
    marks = {name: dict(zip(drawn.columns, row, strict=True)) for name, row, _ in drawn.rows}
    reader, french = (judge.user.name for judge in judges)
    assert [marks[each.team.name][reader] for each in submissions] == ["conflict", "kept", "new"]
    assert {marks[each.team.name][french] for each in submissions} == {"language"}
    loads = {name: load for name, _, load in drawn.rows}
    assert [loads[each.team.name] for each in submissions] == [0, 1, 1]
    for _ in range(2):
        desk.judge()
    drawn = matrix(plan(desk.competition, Wish(1)))
    assert drawn is not None
    assert drawn.by_judge is True
    assert len(drawn.rows) == 4


# -- a long ranking ----------------------------------------------------------------------------


def teams_in(page: str, table: str) -> list[str]:
    """The teams of a table of the ranking, in its order."""
    rows = page.partition(f'<table class="table table-cards" id="{table}"')[2]
    return re.findall(r'<th scope="row">\s*<a [^>]+>([^<]+)</a>', rows.partition("</table>")[0])


def test_a_long_ranking_shows_its_first_rows_and_has_pages(desk: Desk) -> None:
    judges = [desk.judge(), desk.judge()]
    for number in range(53):
        submission = desk.submission()
        for shift, judge in enumerate(judges):
            desk.world.review(judge, submission, 1 + number % 4 + shift, 1 + number // 14 + shift)
    names = [row.team.name for row in ranking_of(desk.competition).overall]
    with queries(desk.world.app) as few:
        page = desk.get("ranking").text
    assert teams_in(page, "overall") == names[:10]
    assert teams_in(page, f"challenge-{desk.challenge.number}") == names[:10]
    assert page.count(">Show all 53</a>") == 2
    with queries(desk.world.app) as many:
        alone = desk.get("ranking?list=overall").text
    assert len(few) == len(many)
    assert teams_in(alone, "overall") == names[:50]
    assert (teams_in(alone, "judges"), "What if?</h2>" in alone) == ([], False)
    assert teams_in(desk.get("ranking?list=overall&page=2").text, "overall") == names[50:]
    of_challenge = desk.get(f"ranking?list={desk.challenge.number}&page=2").text
    assert teams_in(of_challenge, f"challenge-{desk.challenge.number}") == names[50:]
    assert desk.get("ranking?list=nothing").text.count(">Show all 53</a>") == 2
    assert (
        f"?without={judges[0].id}&amp;list=overall"
        in desk.get(f"ranking?without={judges[0].id}").text
    )


# -- what if -----------------------------------------------------------------------------------


def test_what_if_shows_another_ranking_and_keeps_nothing(desk: Desk) -> None:
    judges, submissions = close_race(desk)
    kind = desk.world.review(judges[2], submissions[2], 5, 5)
    first, second = desk.competition.criteria
    plain = desk.get("ranking").text
    assert "This is not the result" not in plain
    assert "Show what would be" in plain
    page = desk.get(f"ranking?without={judges[2].id}&criterion_{first.id.hex}=20").text
    assert "This is not the result" in page
    assert f"<li>Without {judges[2].user.name}</li>" in page
    assert f"{first.name.en}: a weight of 20 instead of 50" in page
    means = {
        row.team.name: row.mean for row in ranking_of(desk.competition, without=kind.judge_id).rows
    }
    assert means[submissions[2].team.name] == 2.0
    assert ranking_of(desk.competition).submissions[submissions[2].id].mean == 3.0
    desk.world.review(judges[3], submissions[3], 5, 1)
    without = ranking_of(desk.competition, weights={first.id: 0})
    assert without.submissions[submissions[3].id].mean == 1.0
    assert set(without.basis.criteria) == {second.id}
    assert f"{first.name.en}" in desk.get(f"ranking?criterion_{first.id.hex}=0").text
    assert desk.get("ranking").text.count("This is not the result") == 0


@pytest.mark.parametrize("text", ["-1", "1001", "x", "9" * 30])
def test_weights_that_make_no_sense_are_refused(desk: Desk, text: str) -> None:
    close_race(desk)
    first, second = (criterion.id.hex for criterion in desk.competition.criteria)
    answer = desk.get(f"ranking?criterion_{first}={text}")
    assert answer.status_code == 422
    assert "This is not the result" not in answer.text
    nothing = desk.get(f"ranking?criterion_{first}=0&criterion_{second}=0")
    assert nothing.status_code == 422
    assert "At least one criterion must count." in nothing.text
    assert desk.get("ranking?without=%00").status_code == 422


def test_ties_are_called_ties(desk: Desk) -> None:
    close_race(desk)
    page = desk.get("ranking").text
    assert "share rank 1: it is a tie." in page


def test_a_judge_s_scores_stand_beside_those_of_the_others(desk: Desk) -> None:
    strict, kind, submission = desk.judge(), desk.judge(), desk.submission()
    desk.world.review(strict, submission, 2, 3)
    alone = desk.submission()
    desk.world.review(strict, alone, 1, 1)
    desk.world.review(kind, submission, 5, 4)
    assert [
        (each.row.submission, each.own, each.others)
        for each in compared(ranking_of(desk.competition), strict)
    ] == [(submission, 2.5, 4.5), (alone, 1.0, None)]
    page = desk.get(f"judges/{strict.id}").text
    assert "−2.00" in page
    assert "Nobody else yet" in page
    assert "Their scores" not in desk.get(f"judges/{desk.judge().id}").text


def test_what_was_ranked_is_kept_until_anything_changes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    judges, submissions = close_race(desk)
    once = ranking_of(desk.competition).told
    assert ranking_of(desk.competition).told is once
    review = judges[0].reviews[0]
    review.scores[0].score = 1
    db.session.flush()
    changed = ranking_of(desk.competition).told
    assert changed is not once
    desk.world.conflict(judges[0].user, submissions[0].team)
    assert ranking_of(desk.competition).told is not changed


def test_the_record_of_a_ranking_is_written_and_verified(desk: Desk, tmp_path: Path) -> None:
    close_race(desk)
    runner, file = desk.world.app.test_cli_runner(), tmp_path / "ranking.json"
    slug = desk.competition.slug
    written = runner.invoke(args=["judging", "record", slug, str(file)])
    assert written.exit_code == 0, written.output
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert digest in written.output
    same = runner.invoke(args=["judging", "verify", str(file)])
    assert (same.exit_code, digest in same.output) == (0, True)
    told = json.loads(file.read_bytes())
    shown = ranking_of(desk.competition)
    assert {each["submission"]: each["place"] for each in told["result"]} == {
        str(row.submission.id): row.place for row in shown.rows
    }
    file.write_bytes(file.read_bytes().replace(b'"place":1', b'"place":2'))
    other = runner.invoke(args=["judging", "verify", str(file)])
    assert (other.exit_code, "Differs: the ranking." in other.output) == (1, True)
    assert "Computed then and now by code" in other.output
    file.write_bytes(b"\x00")
    assert "no record" in runner.invoke(args=["judging", "verify", str(file)]).output
    assert runner.invoke(args=["judging", "record", "nowhere", str(file)]).exit_code == 1


# -- the rules -------------------------------------------------------------------------------


def seen(page: str) -> str:
    """The digest that the form of publication carries."""
    return page.split('name="seen" type="hidden" value="')[1].split('"')[0]


def test_a_draft_is_set_up_and_published(desk: Desk) -> None:
    for version in db.session.scalars(select(RulesVersion)):
        db.session.delete(version)
    _, second = desk.competition.criteria
    second.weight = 40
    db.session.flush()
    page = desk.get("rules").text
    assert "come to 90%, not to 100%." in page
    assert "Publish version" not in page
    second.weight = 50
    db.session.flush()
    settings = {
        "name-en": "Final",
        "name-fr": "Finale",
        "method": "mean",
        "tie_1": f"criterion:{second.id}",
        "tie_3": "deliberation",
        "told": ["band", "comments"],
    }
    assert desk.post("rules/edit", **settings).location.endswith("/rules?round=1")
    assert rules_of(desk.competition) is None
    page = desk.get("rules").text
    assert "Publish version 1" in page
    assert f"The higher mean on “{second.name}”" in page
    assert desk.post("rules", seen=seen(page)).status_code == 302
    held = rules_of(desk.competition)
    assert held is not None
    assert (held.name.fr, held.method, held.ties, [t.value for t in held.told]) == (
        "Finale",
        "mean",
        (f"criterion:{second.id}", "deliberation"),
        ["band", "comments"],
    )
    assert "Version 1 is public" in desk.get("rules").text


def test_another_draft_than_the_one_seen_is_shown_first(desk: Desk) -> None:
    first, second = desk.competition.criteria
    first.weight, second.weight = 60, 40
    db.session.flush()
    known = seen(desk.get("rules").text)
    first.weight, second.weight = 70, 30
    db.session.flush()
    reason = {"reason-en": "Why.", "reason-fr": "Pourquoi."}
    refused = desk.post("rules", seen=known, **reason)
    assert refused.status_code == 422
    assert "Somebody else has changed the rules meanwhile." in refused.text
    assert "Pourquoi." in refused.text
    again = seen(refused.text)
    missing = desk.post("rules", seen=again, **{"reason-en": "Why."})
    assert (missing.status_code, 'id="reason-fr-error"' in missing.text) == (422, True)
    assert desk.post("rules", seen=again, **reason).status_code == 302


@pytest.mark.parametrize(
    "change, words",
    [
        ({"method": "luck"}, "Not a valid choice"),
        ({"told": ["place", "band"]}, "the place tells both"),
        ({"method": "deliberation", "told": ["place"]}, "no places to tell"),
        ({"tie_1": "criterion:1"}, "Not a valid choice"),
        ({"name-en": "", "name-fr": ""}, "Please fill this in."),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    desk: Desk, change: dict[str, Any], words: str
) -> None:
    settings = {"name-en": "Final", "name-fr": "Finale", "method": "mean"}
    answer = desk.post("rules/edit", **{**settings, **change})
    assert (answer.status_code, words in answer.text) == (422, True)


def test_what_was_used_says_that_it_must_stay(desk: Desk) -> None:
    first = desk.competition.criteria[0]
    desk.world.score(desk.world.review(desk.judge(), desk.submission()), first, 4)
    first.levels = first.levels[:4]
    db.session.flush()
    page = desk.get("rules").text
    assert f"Judges have used “{first.name}” already" in page
    assert "Publish version" not in page


def test_a_no_stands_on_the_submission_and_beside_the_ranking(desk: Desk) -> None:
    condition, submission = desk.world.condition(desk.competition), desk.submission()
    review = desk.world.review(desk.judge(), submission, 3, 4)
    desk.world.answer_to(review, condition, "Another subject.")
    review.scores[0].comment = "A remark."
    db.session.flush()
    page = desk.get(f"reviews/{submission.id}").text
    assert "Another subject." in page and "A remark." in page
    page = desk.get("ranking").text
    assert f"says no to “{condition.name}”: Another subject." in page
    assert "1 no to a condition" in page


def test_the_ranking_names_ties_and_what_broke_them(desk: Desk) -> None:
    judge, first = desk.judge(), desk.competition.criteria[0]
    for levels in ((5, 2), (2, 5)):
        desk.world.review(judge, desk.submission(), *levels)
    desk.world.rules(desk.competition, method="mean", ties=["second_wave"])
    assert "By the rules a second wave of reviews decides." in desk.get("ranking").text
    desk.world.rules(desk.competition, ties=[f"criterion:{first.id}"])
    page = desk.get("ranking").text
    assert f"The higher mean on “{first.name}”" in page
    assert "By the rules this decides the rank: Plain weighted mean." in page


# -- an organizer who judges -----------------------------------------------------------------


def test_figures_wait_for_the_own_review_of_an_organizer_who_judges(desk: Desk) -> None:
    work, other = desk.submission(), desk.submission()
    judge = desk.judge()
    for each in (work, other):
        desk.world.review(judge, each, 4, 2)
    organizer = desk.world.organizer(desk.competition)
    desk.client = desk.world.client(organizer)
    seat = desk.judge(user=organizer)
    mine = desk.world.review(seat, work)
    pages = ("ranking", f"judges/{judge.id}", "discussions")
    for path in pages:
        page = desk.get(path).text
        main = page[page.index("<main") :]
        assert "Hidden: your own reviews come first" in main, path
        assert work.team.name not in main, path
        assert other.team.name in main, path
    for path in ("", f"/prizes/{desk.world.prize(desk.competition).id}/decision"):
        answer = desk.client.get(f"/en/{desk.competition.slug}/manage/results{path}")
        assert answer.status_code == 403
        assert "Complete your own reviews first" in answer.text
    archives = f"/en/{desk.competition.slug}/manage/archives"  # which hold every review
    assert desk.client.get(archives).status_code == 403
    answer = desk.get("reviews/proposal?manner=wave&wanted=2")
    assert "You have reviews of your own to complete" in answer.text
    shown = desk.get(f"reviews/{work.id}").text
    assert "Your own review comes first" in shown
    assert judge.user.name in shown  # who reads it is for organizers to know at any time
    mine.completed_at = datetime.now(UTC)
    db.session.flush()
    for path in pages:
        page = desk.get(path).text
        assert "Hidden" not in page
        assert work.team.name in page
    mine.completed_at = None
    desk.world.set_gates(desk.competition, "closed")
    assert work.team.name in desk.get("ranking").text


def test_who_can_read_the_others_changes_the_own_review_only_with_a_reason(desk: Desk) -> None:
    work = desk.submission()
    organizer, other = (desk.world.organizer(desk.competition) for _ in range(2))
    review = desk.world.review(desk.judge(user=organizer), work, 3, 2)
    first = next(each for each in review.scores if each.score == 3)
    field = f"criterion_{first.criterion_id.hex}"
    address = f"/en/{desk.competition.slug}/judging/{review.id}"
    for person in (organizer, other):  # who organizes reads what others say
        assert desk.world.client(person).get(desk.path(f"reviews/{work.id}")).status_code == 200
    browser = desk.world.client(organizer)
    assert "only from a discussion" in browser.get(address).text
    answer = browser.post(address, data={field: "5", "note": "For us"})
    assert answer.status_code == 422
    assert "It changes only from a discussion, with a reason." in answer.text
    assert "For us" in answer.text
    db.session.expire_all()
    assert first.score == 3
    assert browser.post(address, data={"note": "For us"}).status_code == 302
    # A judge who does not organize can read nothing, and changes theirs as before.
    theirs = desk.world.review(desk.judge(), work, 3, 2)
    path = f"/en/{desk.competition.slug}/judging/{theirs.id}"
    judge = desk.world.client(theirs.judge.user)
    assert "only from a discussion" not in judge.get(path).text
    assert judge.post(path, data={field: "5"}).status_code == 302
    # In a discussion it does, and what it was stays on record.
    desk.world.add(Discussion(competition=desk.competition, submission=work, round=review.round))
    levels = {f"criterion_{each.criterion_id.hex}": str(each.score) for each in review.scores}
    revised = {**levels, field: "5", "comment": "", "reason": "I had not seen the annex."}
    assert browser.post(f"{address}/revision", data=revised).status_code == 302
    assert first.score == 5


def test_no_organizer_takes_a_review_back_to_read_and_begins_anew(desk: Desk) -> None:
    work, free = desk.submission(), desk.submission()
    organizer, other = (desk.world.organizer(desk.competition) for _ in range(2))
    seat, judge = desk.judge(user=organizer), desk.judge()
    review = desk.world.review(seat, work, 3, 2)
    desk.client = desk.world.client(organizer)
    removal = f"reviews/removal/{review.id}"
    assert desk.post(removal, confirmed="1").status_code == 403
    assert removal not in desk.get(f"reviews/{work.id}").text
    desk.world.review(judge, work, 4, 4)
    assert (
        desk.world.client(other).post(desk.path(removal), data={"confirmed": "1"}).status_code
        == 302
    )
    # By hand, in a proposal, or in the place of another.
    assert "Others have reviewed" in desk.post(f"reviews/{work.id}/{seat.id}").text
    wish = Wish(2, Manner.REPAIR)
    for person, outcome in ((organizer, pytest.raises(CouldRead)), (other, nullcontext())):
        with outcome, db.session.begin_nested(), desk.world.app.test_request_context():
            digest = plan(desk.competition, wish).digest
            assign(desk.competition, wish=wish, digest=digest, by=person)
    assert {each.submission for each in seat.reviews} == {work, free}
