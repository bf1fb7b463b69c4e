"""What was handed in counts, or does not for a while; everyone concerned hears of it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hackathon.accounts.models import User
from hackathon.competitions.models import Audience, Competition, Gate
from hackathon.desk.reminders import Readers
from hackathon.extensions import db
from hackathon.journal.models import Entry
from hackathon.judging.planning import Wish, plan
from hackathon.judging.queries import (
    counted_version,
    counted_versions,
    progress_by_judge,
    reviews_by,
)
from hackathon.post.models import Letter
from hackathon.submissions import actions, standing
from hackathon.submissions.models import Exclusion, Ground, Submission
from hackathon.teams.models import Team
from tests.world import World


@pytest.fixture
def competition(world: World) -> Competition:
    return world.competition("c")


@pytest.fixture
def submission(world: World, competition: Competition) -> Submission:
    return world.submission(world.team(competition, 2))


@pytest.fixture
def organizer(world: World, competition: Competition) -> User:
    return world.organizer(competition)


def letters() -> list[tuple[str, str]]:
    return sorted((x.name, x.address) for x in db.session.scalars(select(Letter)))


def deeds() -> list[str]:
    return list(db.session.scalars(select(Entry.deed).order_by(Entry.id)))


def to_all(name: str, team: Team) -> list[tuple[str, str]]:
    return sorted((name, person.email) for person in team.members)


def counts(submission: Submission) -> bool:
    """In Python and in the database alike."""
    db.session.expire_all()
    said = submission in db.session.scalars(select(Submission).where(Submission.stands)).all()
    assert submission.stands is said
    assert (counted_version(submission) is not None) is said
    return said


def test_withdrawn_and_taken_back(submission: Submission) -> None:
    team = submission.team
    captain, member = team.members
    assert counts(submission)
    standing.withdraw(team, by=member)
    assert not counts(submission)
    assert letters() == to_all("submission_withdrawn", team)
    with pytest.raises(standing.AlreadyExcluded):
        standing.withdraw(team, by=captain)
    standing.restore(team, by=captain)
    assert counts(submission)
    with pytest.raises(standing.NotExcluded):
        standing.restore(team, by=captain)
    standing.withdraw(team, by=captain)
    assert not counts(submission)
    assert deeds() == ["submission_withdrawn", "submission_restored", "submission_withdrawn"]
    assert len(submission.exclusions) == 2
    assert submission.versions[-1].number == 1


def test_handing_in_again_ends_a_withdrawal_even_of_the_same(submission: Submission) -> None:
    team = submission.team
    standing.withdraw(team, by=team.captain)
    first = actions.submit(team, by=team.captain)
    assert (first.number, counts(submission)) == (2, True)
    standing.withdraw(team, by=team.captain)
    second = actions.submit(team, by=team.captain)
    assert (second.number, second.digest) == (3, first.digest)
    assert counts(submission)
    assert all(exclusion.ended_by == team.captain for exclusion in submission.exclusions)


def test_disqualified_with_a_reason_that_the_team_reads(
    submission: Submission, organizer: User
) -> None:
    team = submission.team
    standing.disqualify(team, reason="It was built before the event.", by=organizer)
    assert not counts(submission)
    assert letters() == to_all("submission_disqualified", team)
    assert "It was built before the event." in db.session.scalars(select(Letter.text)).first()
    with pytest.raises(standing.AlreadyExcluded):
        standing.disqualify(team, reason="Again.", by=organizer)
    for deed in (actions.submit, standing.withdraw):
        with pytest.raises(actions.Disqualified):
            deed(team, by=team.captain)
    with pytest.raises(standing.NotExcluded):
        standing.restore(team, by=team.captain)
    standing.reinstate(team, reason="They showed us how.", by=organizer)
    assert counts(submission)
    assert letters() == to_all("submission_disqualified", team) + to_all(
        "submission_reinstated", team
    )
    assert deeds() == ["submission_disqualified", "submission_reinstated"]


def test_a_withdrawn_one_can_be_disqualified_and_both_must_end(
    submission: Submission, organizer: User
) -> None:
    team = submission.team
    standing.withdraw(team, by=team.captain)
    standing.disqualify(team, reason="Why.", by=organizer)
    assert submission.excluded().ground is Ground.DISQUALIFIED
    standing.reinstate(team, reason="Why not.", by=organizer)
    assert not counts(submission)
    standing.restore(team, by=team.captain)
    assert counts(submission)


def test_a_draft_has_nothing_to_withdraw(world: World, competition: Competition) -> None:
    team = world.team(competition)
    world.submission(team, handed_in=False)
    with pytest.raises(standing.NotHandedIn):
        standing.withdraw(team, by=team.captain)
    with pytest.raises(standing.NotHandedIn):
        standing.disqualify(team, reason="Why.", by=team.captain)


@pytest.mark.parametrize("ground", list(Ground))
def test_the_database_keeps_one_open_of_each_ground(submission: Submission, ground: Ground) -> None:
    for _ in range(2):
        db.session.add(Exclusion(submission=submission, ground=ground, reason="Why."))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.flush()


def test_what_does_not_count_is_judged_by_nobody(
    world: World, competition: Competition, submission: Submission, organizer: User
) -> None:
    other = world.submission(world.team(competition, 2))
    world.criterion(competition)
    judge, free = world.judge(competition), world.judge(competition)
    reviews = [world.review(judge, each) for each in (submission, other)]
    reminder = world.reminder(competition, Gate.JUDGING, Audience.JUDGES)
    client = world.client(judge.user)
    assert client.get(f"/en/c/judging/{reviews[0].id}").status_code == 200
    standing.disqualify(submission.team, reason="Why.", by=organizer)
    assert [version.submission for version in counted_versions(competition)] == [other]
    assert [review for review, _ in reviews_by(judge)] == [reviews[1]]
    assert progress_by_judge(competition)[judge.id].left == 1
    assert {each.submission for each in plan(competition, Wish(2)).proposal.added} == {other.id}
    answer = client.get(f"/en/c/judging/{reviews[0].id}")
    assert (answer.status_code, "withdrawn or disqualified" in answer.text) == (403, True)
    version = submission.versions[0].url_key
    path = f"/en/c/submissions/{submission.id}/versions/{version}"
    assert client.get(path).status_code == 403
    db.session.delete(reviews[1])
    db.session.flush()
    assert Readers(competition).of(reminder) == []
    assert free.id in {each.judge for each in plan(competition, Wish(2)).proposal.added}


# -- the pages -------------------------------------------------------------------------------


def test_the_team_withdraws_and_takes_it_back_by_its_page(
    world: World, submission: Submission
) -> None:
    team = submission.team
    page = f"/en/c/teams/{team.id}/submission"
    client = world.client(team.captain)
    assert "Withdraw it" in client.get(page).text
    assert client.post(f"{page}/withdrawal").location == page
    text = client.get(page).text
    assert "is withdrawn and does not count" in text and "Withdraw it" not in text
    assert client.post(f"{page}/withdrawal").status_code == 409
    assert client.post(f"{page}/restoration").location == page
    assert "is handed in and counts" in client.get(page).text


def test_after_the_deadline_the_team_changes_nothing(
    world: World, competition: Competition, submission: Submission
) -> None:
    team = submission.team
    for window in competition.windows:
        window.closes_at = datetime.now(UTC) - timedelta(seconds=1)
        window.opens_at = window.closes_at - timedelta(days=1)
    client = world.client(team.captain)
    for deed in ("withdrawal", "restoration", "automatic"):
        assert client.post(f"/en/c/teams/{team.id}/submission/{deed}").status_code == 403
    assert counts(submission)


def test_organizers_disqualify_and_reinstate_with_reasons(
    world: World, submission: Submission, organizer: User
) -> None:
    client = world.client(organizer)
    page = f"/en/c/manage/submissions/{submission.id}"
    answer = client.post(f"{page}/disqualification", data={"reason": " "})
    assert (answer.status_code, counts(submission)) == (422, True)
    client.post(f"{page}/disqualification", data={"reason": "Copied <b>work</b>."})
    assert not counts(submission)
    text = client.get(page).text
    assert "Copied &lt;b&gt;work&lt;/b&gt;." in text and "Disqualified" in text
    again = client.post(f"{page}/disqualification", data={"reason": "Mine too."})
    assert (again.status_code, "Mine too." in again.text) == (422, True)
    assert "Disqualified" in client.get("/en/c/manage/submissions").text
    assert "Disqualified" in client.get("/en/c/manage/submissions.csv").text
    team = world.client(submission.team.captain).get(f"/fr/c/teams/{submission.team_id}/submission")
    assert "Copied &lt;b&gt;work&lt;/b&gt;." in team.text
    client.post(f"{page}/reinstatement", data={"reason": "It was their own."})
    assert counts(submission)


def test_once_results_are_public_nobody_is_taken_out(
    world: World, competition: Competition, submission: Submission, organizer: User
) -> None:
    world.announcement(competition, datetime.now(UTC) - timedelta(hours=1))
    client: FlaskClient = world.client(organizer)
    page = f"/en/c/manage/submissions/{submission.id}/disqualification"
    assert client.post(page, data={"reason": "Late."}).status_code == 403
    assert counts(submission)
