"""The ranking, from rows."""

from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.judging.models import Judge
from hackathon.judging.outcome import ranking_of
from hackathon.judging.queries import (
    review_of,
)
from hackathon.submissions.models import Submission
from tests.judging.test_queries import again, dismissed
from tests.world import World


def judged(world: World, competition: Competition) -> tuple[list[Submission], list[Judge]]:
    """Three submissions to one challenge, read by two judges; criteria weigh 70 and 30."""
    world.criterion(competition, 70), world.criterion(competition, 30)
    challenge = world.challenge(competition)
    submissions = [world.submission(world.team(competition, challenge=challenge)) for _ in range(3)]
    judges = [world.judge(competition) for _ in range(2)]
    for judge, shift in zip(judges, (0, 1), strict=True):
        for submission, (one, two) in zip(submissions, ((1, 2), (3, 4), (2, 1)), strict=True):
            world.review(judge, submission, one + shift, two + shift)
    return submissions, judges


def test_a_ranking_is_kept_until_something_it_rests_on_changes(world: World) -> None:
    competition = world.competition()
    (low, best, _), (judge, other) = judged(world, competition)
    review = review_of(judge, low)
    assert review is not None
    found = [ranking_of(competition).figures]

    def changed() -> bool:
        """Not the one before, and that one is kept."""
        found.append(ranking_of(competition).figures)
        assert ranking_of(competition).figures is found[-1]
        return found[-1] is not found[-2]

    assert not changed()
    review.comment = "Other words decide nothing."
    db.session.flush()
    assert not changed()
    review.scores[0].score = 5
    db.session.flush()
    assert changed()
    assert found[-1].means[low.id][review.scores[0].criterion_id] == 3.5
    review.completed_at = None
    db.session.flush()
    assert changed()
    world.conflict(other.user, best.team)
    assert changed()
    version = again(world, low)
    assert changed()
    assert found[-1].versions[low.id] == version.id
    world.rules(competition, method="mean")
    assert changed()
    world.criterion(competition, 10)
    assert changed()
    world.submission(world.team(competition, challenge=low.team.challenge))
    assert changed()


def test_the_ranking_has_the_plain_mean_and_the_places(world: World) -> None:
    competition = world.competition()
    (low, best, middle), _ = judged(world, competition)
    unread = world.submission(world.team(competition, challenge=low.team.challenge))
    outcome = ranking_of(competition)
    assert [row.submission for row in outcome.rows] == [best, middle, low, unread]
    assert [row.team for row in outcome.rows] == [s.team for s in (best, middle, low, unread)]
    means = [round(row.mean, 9) if row.mean is not None else None for row in outcome.rows]
    assert means == [3.8, 2.2, 1.8, None]
    assert [row.place for row in outcome.rows] == [1, 2, 3, None]
    assert [row.reviews for row in outcome.rows] == [2, 2, 2, 0]
    assert [row.interval is None for row in outcome.rows] == [False, False, False, True]
    assert outcome.by_challenge() == [(low.team.challenge, list(outcome.rows))]
    assert outcome.set_aside == 0
    assert ranking_of(competition).told == outcome.told


def test_each_challenge_is_ranked_by_itself_and_all_together(world: World) -> None:
    competition = world.competition()
    (low, best, middle), judges = judged(world, competition)
    alone = world.submission(world.team(competition))
    for judge in judges:
        world.review(judge, alone, 3, 3)
    outcome = ranking_of(competition)
    assert [c for c, _ in outcome.by_challenge()] == [
        low.team.challenge,
        alone.team.challenge,
    ]
    assert {row.submission: row.place for row in outcome.rows} == {
        best: 1,
        middle: 2,
        low: 3,
        alone: 1,
    }
    assert [row.submission for row in outcome.overall] == [best, alone, middle, low]


def test_only_completed_reviews_without_conflict_count(world: World) -> None:
    competition = world.competition()
    (_, best, _), judges = judged(world, competition)
    stranger = world.judge(competition)
    begun = world.review(stranger, best, 1, 1)
    begun.completed_at = None
    assert next(r for r in ranking_of(competition).rows if r.submission is best).reviews == 2
    world.conflict(judges[0].user, best.team)
    outcome = ranking_of(competition)
    row = next(row for row in outcome.rows if row.submission is best)
    assert (row.reviews, row.mean) == (1, 4.3)
    assert outcome.set_aside == 1


def test_what_a_dismissed_judge_completed_counts(world: World) -> None:
    competition = world.competition()
    _, judges = judged(world, competition)
    before = ranking_of(competition).told
    dismissed(judges[0])
    assert ranking_of(competition).told == before


def test_a_competition_without_anything_has_an_empty_ranking(world: World) -> None:
    competition = world.competition()
    assert ranking_of(competition).rows == ()
    submission = world.submission(world.team(competition))  # and no criteria
    assert [row.submission for row in ranking_of(competition).rows] == [submission]
