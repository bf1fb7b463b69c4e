"""What the judging room reads of judges, what they were given, and their conflicts."""

from datetime import UTC, datetime
from typing import Any

from hackathon.competitions.models import Competition
from hackathon.judging.conflicts import Ground, Interest, conflicts, interests
from hackathon.judging.models import Judge
from hackathon.judging.queries import (
    Progress,
    counted_version,
    counted_versions,
    judge_of,
    judges_of,
    progress_by_judge,
    progress_by_submission,
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
