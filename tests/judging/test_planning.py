"""Proposals of who reads what, from rows."""

from hackathon.judging.planning import Wish, plan
from tests.judging.test_queries import again, dismissed
from tests.world import World


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
