"""Who judges what; a conflict shuts the door, whoever declared it."""

from datetime import UTC, datetime

import pytest

from hackathon.ground.verdict import ALLOWED, Refusal
from hackathon.judging.rules import assigned_judge, before_judging_closes, judge
from hackathon.mentoring.models import Pairing
from tests.world import World


def test_judges_judge_here_until_dismissed(world: World) -> None:
    competition = world.competition()
    seat = world.judge(competition)
    assert judge(seat.user, competition=competition) == ALLOWED
    assert judge(seat.user, competition=world.competition()).refusal == Refusal.FORBIDDEN
    seat.dismissed_at = datetime.now(UTC)
    assert judge(seat.user, competition=competition).refusal == Refusal.FORBIDDEN


def test_a_submission_is_read_by_those_it_was_given_to(world: World) -> None:
    competition = world.competition()
    one, two = world.judge(competition), world.judge(competition)
    submission = world.submission(world.team(competition))
    review = world.review(one, submission)
    things = {"competition": competition}
    assert assigned_judge(one.user, submission=submission, **things) == ALLOWED
    assert assigned_judge(one.user, review=review, **things) == ALLOWED
    for other in (two.user, world.person()):
        assert not assigned_judge(other, submission=submission, **things)
        assert not assigned_judge(other, review=review, **things)


def test_one_does_ones_own_review_only(world: World) -> None:
    """Even when one reads the same submission."""
    competition = world.competition()
    one, two = world.judge(competition), world.judge(competition)
    submission = world.submission(world.team(competition))
    review = world.review(one, submission)
    world.review(two, submission)
    verdict = assigned_judge(two.user, competition=competition, review=review)
    assert verdict.refusal == Refusal.FORBIDDEN
    assert str(verdict.reason) == "This submission was not given to you to judge."


@pytest.mark.parametrize(
    ("ground", "reason"),
    [
        ("declared", "You have a conflict of interest with this team."),
        ("mentor", "You accompany this team as a mentor, so you do not judge it."),
        ("member", "You are a member of this team, so you do not judge it."),
        (
            "organization",
            "Somebody in this team is of the same organization as you, so you do not judge it.",
        ),
    ],
)
def test_a_conflict_shuts_the_door_with_its_reason(world: World, ground: str, reason: str) -> None:
    competition = world.competition()
    submission = world.submission(world.team(competition))
    person = submission.team.captain if ground == "member" else world.person()
    review = world.review(world.judge(competition, user=person), submission)
    match ground:
        case "declared":
            world.conflict(person, submission.team)
        case "mentor":
            mentor = world.mentor(competition, user=person)
            world.add(Pairing(mentor=mentor, team=submission.team))
        case "organization":
            person.organization = "A Bank"
            submission.team.captain.organization = "a bank"
    with world.app.test_request_context():
        for things in ({"submission": submission}, {"review": review}):
            verdict = assigned_judge(person, competition=competition, **things)
            assert (verdict.refusal, str(verdict.reason)) == (Refusal.FORBIDDEN, reason)


def test_a_conflict_is_declared_until_judging_closes(world: World) -> None:
    competition = world.competition(gates="upcoming")
    assert before_judging_closes(None, competition=competition) == ALLOWED
    world.set_gates(competition, "open")
    assert before_judging_closes(None, competition=competition) == ALLOWED
    world.set_gates(competition, "closed")
    verdict = before_judging_closes(None, competition=competition)
    assert verdict.refusal == Refusal.CLOSED
