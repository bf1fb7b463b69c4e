"""What the judging room reads: conflicts, plans and the ranking."""

from datetime import UTC, datetime
from typing import Any

from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.judging.conflicts import Ground, Interest, conflicts, interests
from hackathon.judging.models import Judge
from hackathon.judging.queries import (
    Progress,
    Wish,
    counted_version,
    counted_versions,
    judge_of,
    judges_of,
    plan,
    progress_by_judge,
    progress_by_submission,
    ranking_of,
    review_of,
    reviews_by,
)
from hackathon.mentoring.models import Pairing
from hackathon.submissions.models import Submission, Version
from tests.counting import queries
from tests.world import World


def dismissed(judge: Judge) -> Judge:
    judge.dismissed_at = datetime.now(UTC)
    return judge


def again(world: World, submission: Submission, **changes: Any) -> Version:
    """The submission handed in a second time."""
    first = submission.versions[0]
    version = world.add(
        Version(
            submission=submission,
            number=2,
            challenge=first.challenge,
            content={**first.content, **changes},
            digest="f" * 64,
        )
    )
    world.add(submission)
    return version


def test_a_dismissed_judge_is_none(world: World) -> None:
    competition = world.competition()
    judge = world.judge(competition)
    assert judge_of(judge.user, competition) is judge
    assert judge_of(judge.user, world.competition()) is None
    gone = dismissed(world.judge(competition))
    assert judge_of(gone.user, competition) is None
    assert judges_of(competition) == [judge]


def test_the_last_version_of_what_was_handed_in_counts(world: World) -> None:
    competition = world.competition()
    twice = world.submission(world.team(competition, name_key="b"))
    once = world.submission(world.team(competition, name_key="a"))
    draft = world.submission(world.team(competition), handed_in=False)
    world.submission(world.team(world.competition()))
    second = again(world, twice, title="better")
    assert counted_versions(competition) == [once.versions[0], second]
    assert counted_version(twice) is second
    assert counted_version(draft) is None


def test_reviews_stay_in_their_order_while_they_are_done(world: World) -> None:
    competition = world.competition()
    world.criterion(competition)
    judge = world.judge(competition)
    first, second = (world.submission(world.team(competition, name_key=key)) for key in ("a", "b"))
    done, open_one = world.review(judge, first, 3), world.review(judge, second)
    world.review(world.judge(competition), second)
    assert reviews_by(judge) == [(done, first.versions[0]), (open_one, second.versions[0])]
    assert review_of(judge, first) is done
    assert progress_by_judge(competition)[judge.id] == Progress(done=1, assigned=2)
    assert progress_by_submission(competition)[second.id] == Progress(done=0, assigned=2)


# -- conflicts of interest -------------------------------------------------------------------


def with_every_conflict(world: World, competition: Competition) -> dict[str, tuple[Any, Any]]:
    """Judges and submissions that know each other in each way."""
    cases = {}
    submission = world.submission(world.team(competition))
    judge = world.judge(competition)
    world.conflict(judge.user, submission.team).reason = "my cousin"
    cases["declared"] = judge, submission

    submission = world.submission(world.team(competition))
    judge = world.judge(competition)
    mentor = world.mentor(competition, user=judge.user)
    world.add(Pairing(mentor=mentor, team=submission.team))
    cases["mentor"] = judge, submission

    submission = world.submission(world.team(competition))
    cases["member"] = world.judge(competition, user=submission.team.members[1]), submission

    submission = world.submission(world.team(competition))
    submission.team.members[1].organization = "  ÉCOLE   du Nord"
    person = world.person(organization="École du nord")
    cases["organization"] = world.judge(competition, user=person), submission
    return cases


EXPECTED = {
    "declared": [Interest(Ground.DECLARED, "my cousin")],
    "mentor": [Interest(Ground.MENTOR)],
    "member": [Interest(Ground.MEMBER)],
    "organization": [Interest(Ground.ORGANIZATION, "École du nord")],
}


def test_every_conflict_is_found(world: World) -> None:
    competition = world.competition()
    cases = with_every_conflict(world, competition)
    world.judge(competition, user=world.person(organization=""))
    world.submission(world.team(competition)).team.members[0].organization = ""
    elsewhere = world.competition()
    world.judge(elsewhere, user=world.person(organization="École du Nord"))
    assert conflicts(competition) == {
        (judge.id, submission.id): EXPECTED[name] for name, (judge, submission) in cases.items()
    }
    assert conflicts(elsewhere) == {}


def test_one_pair_is_asked_alone(world: World) -> None:
    competition = world.competition()
    cases = with_every_conflict(world, competition)
    for name, (judge, submission) in cases.items():
        assert interests(judge, submission) == EXPECTED[name]
        assert conflicts(competition, judge=judge) == {(judge.id, submission.id): EXPECTED[name]}
    free = cases["declared"][0], cases["mentor"][1]
    assert interests(*free) == []


def test_a_pairing_of_another_competition_is_no_conflict(world: World) -> None:
    """The same person may mentor there and judge here."""
    here, there = world.competition(), world.competition()
    judge = world.judge(here)
    world.mentor(there, world.team(there), user=judge.user)
    world.submission(world.team(here))
    assert conflicts(here) == {}


def test_conflicts_take_the_same_queries_for_one_and_for_many(world: World) -> None:
    few, many = world.competition(), world.competition()
    with_every_conflict(world, few)
    for _ in range(3):
        with_every_conflict(world, many)
    with queries(world.app) as for_few:
        conflicts(few)
    with queries(world.app) as for_many:
        assert len(conflicts(many)) == 4 * 3 + 3 * 3 - 3
    assert len(for_few) == len(for_many) == 1


# -- who reads what --------------------------------------------------------------------------


def test_a_plan_keeps_what_is_assigned_and_avoids_conflicts(world: World) -> None:
    competition = world.competition()
    first, second = (world.submission(world.team(competition)) for _ in range(2))
    world.submission(world.team(competition), handed_in=False)
    one, two, three = (world.judge(competition) for _ in range(3))
    world.review(one, first)
    world.conflict(two.user, first.team)
    found = plan(competition, Wish(2))
    pairs = {(each.judge, each.submission) for each in found.proposal.assignments}
    assert (one.id, first.id) in pairs
    assert {judge for judge, key in pairs if key == first.id} == {one.id, three.id}
    assert len({judge for judge, key in pairs if key == second.id}) == 2
    assert found.proposal.shortfalls == ()
    assert plan(competition, Wish(2)).digest == found.digest
    assert plan(competition, Wish(1)).digest != found.digest


def test_a_plan_asks_who_reads_the_language_of_the_last_version(world: World) -> None:
    competition = world.competition()
    submission = world.submission(world.team(competition))
    again(world, submission, language="fr")
    world.judge(competition, languages=["en"])
    reader = world.judge(competition, languages=["fr"])
    added = plan(competition, Wish(2)).proposal.added
    assert {(each.judge, each.submission) for each in added} == {(reader.id, submission.id)}


def test_what_a_dismissed_judge_completed_counts_in_a_plan(world: World) -> None:
    competition = world.competition()
    world.criterion(competition)
    submission = world.submission(world.team(competition))
    world.review(dismissed(world.judge(competition)), submission, 4)
    world.judge(competition)
    assert plan(competition, Wish(1)).proposal.added == frozenset()
    assert len(plan(competition, Wish(2)).proposal.added) == 1


# -- the ranking -----------------------------------------------------------------------------


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
