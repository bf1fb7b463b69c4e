"""What judges changed after discussions, and what would be without it."""

from typing import Any

import pytest

from hackathon.competitions.models import Competition
from hackathon.deliberation.models import Revision
from hackathon.deliberation.revising import revised_in, revisions_of, undone
from hackathon.judging.models import Review
from hackathon.judging.outcome import ranking_of
from tests.counting import cost
from tests.world import World


class Talk:
    """Two judges gave a, b and c their levels, and may have changed them after a discussion."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.competition: Competition = world.competition()
        self.criterion = world.criterion(self.competition)
        challenge = world.challenge(self.competition)
        jury = [world.judge(self.competition) for _ in range(2)]
        self.works, self.reviews, self.discussions = {}, {}, {}
        for name, level in (("a", 4), ("b", 3), ("c", 2)):
            team = world.team(self.competition, challenge=challenge, name=f"⟦Team {name}⟧")
            self.works[name] = world.submission(team)
            self.reviews[name] = [world.review(j, self.works[name], level) for j in jury]

    def revised(self, review: Review, *steps: tuple[int | None, int]) -> None:
        """From level to level, each with a row; what the review says is the last one."""
        talks, submission = self.discussions, review.submission
        discussion = talks.get(submission.id) or self.world.discussion(submission)
        talks[submission.id] = discussion
        key = str(self.criterion.id)
        for before, after in steps:
            self.world.add(
                Revision(
                    discussion=discussion,
                    review=review,
                    reason="⟦because⟧",
                    before={"scores": {} if before is None else {key: before}, "comment": ""},
                    after={"scores": {key: after}, "comment": ""},
                )
            )
        assert [score.score for score in review.scores] == [steps[-1][1]]

    def told(self, **others: Any) -> tuple[int, list[tuple[list[str], list[str]]]]:
        withheld = others.get("withheld", frozenset())
        outcome = ranking_of(self.competition, withheld=withheld)
        found = revised_in(self.competition, outcome, withheld)
        return found.scores, [
            ([row.team.name for row in each.now], [row.team.name for row in each.then])
            for each in found.podiums
        ]


@pytest.fixture
def talk(world: World) -> Talk:
    return Talk(world)


A, B, C = (f"⟦Team {name}⟧" for name in "abc")


def test_without_revisions_there_is_nothing_to_tell(talk: Talk) -> None:
    assert talk.told() == (0, [])
    page = talk.world.client(talk.world.organizer(talk.competition)).get(
        f"/en/{talk.competition.slug}/manage/judging/ranking"
    )
    assert "revised after discussion" not in page.text


def test_a_podium_that_is_another_for_it_is_told(talk: Talk) -> None:
    for review in talk.reviews["a"]:
        talk.revised(review, (1, 4))
    assert talk.told() == (2, [([A, B, C], [B, C, A])])


def test_steps_go_back_to_the_first_word(talk: Talk) -> None:
    review = talk.reviews["a"][0]
    talk.revised(review, (1, 2), (2, 4))
    revisions = revisions_of(talk.competition, {review.id})
    assert undone(revisions) == {review.id: {talk.criterion.id: 1}}
    assert revisions_of(talk.competition, set()) == []


def test_a_level_that_was_not_there_is_none_again(talk: Talk) -> None:
    review = talk.reviews["c"][0]
    talk.revised(review, (None, 2))
    instead = undone(revisions_of(talk.competition, {review.id}))
    assert instead == {review.id: {talk.criterion.id: None}}
    basis = ranking_of(talk.competition, instead=instead).basis
    assert basis.reviews[review.id].scores == {}


def test_a_changed_comment_is_no_score(talk: Talk) -> None:
    review = talk.reviews["a"][0]
    talk.world.revision(talk.world.discussion(review.submission), review)
    assert talk.told() == (0, [])


def test_what_is_in_conflict_or_withheld_does_not_count(talk: Talk) -> None:
    review = talk.reviews["a"][0]
    talk.revised(review, (1, 4))
    assert talk.told(withheld=frozenset([review.submission_id])) == (0, [])
    talk.world.conflict(review.judge.user, review.submission.team)
    assert talk.told() == (0, [])


def test_the_ranking_says_it(talk: Talk) -> None:
    talk.revised(talk.reviews["b"][0], (2, 3))
    browser = talk.world.client(talk.world.organizer(talk.competition))
    path = f"/en/{talk.competition.slug}/manage/judging/ranking"
    page = browser.get(path).text
    assert "1 score was revised after discussion" in page
    assert "Without the revisions the podium would be the same." in page
    one = cost(talk.world.app, browser, path)
    talk.revised(talk.reviews["a"][0], (1, 4))
    assert cost(talk.world.app, browser, path) == one
