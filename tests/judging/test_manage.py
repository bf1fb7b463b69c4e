"""Organizers and their jury."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.judging.models import Judge, Review
from hackathon.judging.queries import Wish, plan
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


PAGES = ("judges", "judges/new", "conflicts", "reviews", "reviews/proposal", "ranking")


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


def test_a_judge_with_scores_is_dismissed_only_when_confirmed(desk: Desk) -> None:
    judge = desk.judge()
    desk.world.review(judge, desk.submission(), 4, 4)
    refused = desk.post(f"judges/{judge.id}/dismissal")
    assert refused.status_code == 409
    assert "This judge has given scores." in refused.text
    assert judge.dismissed_at is None
    assert desk.post(f"judges/{judge.id}/dismissal", confirmed="1").status_code == 302
    assert judge.dismissed_at is not None
    page = desk.get("judges").text
    assert "Dismissed" in page
    assert "1 completed review that counts" in page


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
    assert desk.post("conflicts", **{**given, "reason": ""}).status_code == 422
    assert desk.post("conflicts", **{**given, "team": "no-team"}).status_code == 422
    assert desk.post("conflicts", **given).status_code == 302
    assert desk.post("conflicts", **given).status_code == 422  # known already
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
    assert desk.post("conflicts", **given).status_code == 422


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
