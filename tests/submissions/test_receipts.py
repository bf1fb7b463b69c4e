"""Anyone can check a receipt, and learns nothing else by it."""

import hashlib
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from time_machine import travel

from hackathon.competitions.models import Competition, Gate
from hackathon.competitions.queries import opening_of
from hackathon.extensions import db
from hackathon.post.models import Letter
from hackathon.submissions import actions, standing
from hackathon.submissions.models import Version
from hackathon.teams.models import Team
from tests.counting import cost
from tests.world import World


@pytest.fixture
def competition(world: World) -> Competition:
    return world.competition("c")


@pytest.fixture
def version(world: World, competition: Competition) -> Version:
    team = world.team(competition, 2, challenge=world.challenge(competition))
    submission = world.submission(team, handed_in=False)
    world.file(submission)
    return actions.submit(submission.team, by=submission.team.captain)


def test_a_receipt_is_found_by_anyone_and_says_when_alone(world: World, version: Version) -> None:
    page = world.client().get(f"/en/c/receipts?digest={version.digest}")
    at = version.created_at.strftime("%Y-%m-%d %H:%M:%S")
    assert page.status_code == 200
    assert "Received" in page.text and f"{at} UTC" in page.text and "in time" in page.text
    team = version.submission.team
    for secret in (team.name, version.content["title"], team.captain.name, str(team.id)):
        assert secret not in page.text
    spaced = " ".join(version.digest[i : i + 8] for i in range(0, 64, 8)).upper()
    french = world.client().get(f"/fr/c/receipts?digest={spaced}").text
    assert "Un travail portant cette empreinte a été remis" in french


def test_withdrawn_or_not_is_not_told(world: World, version: Version) -> None:
    path = f"/en/c/receipts?digest={version.digest}"
    before = world.client().get(path).text
    standing.withdraw(version.submission.team, by=version.submission.team.captain)
    after = world.client().get(path).text
    assert [line for line in after.split("\n") if "data-now" not in line] == [
        line for line in before.split("\n") if "data-now" not in line
    ]


@pytest.mark.parametrize(
    "asked",
    ["x", "g" * 64, "a" * 63, "a" * 65, "a" * 5000, "é" * 64, "<script>", "\u202e" + "a" * 63],
)
def test_what_is_no_fingerprint_gets_a_kind_error(
    world: World, competition: Competition, asked: str
) -> None:
    page = world.client().get("/en/c/receipts", query_string={"digest": asked})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert "Not received" not in page.text and "<script>x" not in page.text


def test_of_another_competition_or_unknown_is_not_received(world: World, version: Version) -> None:
    world.competition("other")
    for path in (
        f"/en/other/receipts?digest={version.digest}",
        f"/en/c/receipts?digest={'0' * 64}",
    ):
        page = world.client().get(path)
        assert (page.status_code, "Not received" in page.text) == (200, True)


def test_what_came_by_grace_says_by_how_much(world: World, version: Version) -> None:
    competition = version.submission.team.competition
    competition.grace_seconds = 120
    team: Team = version.submission.team
    close = opening_of(competition, Gate.SUBMISSION).closes_at
    with travel(close + timedelta(seconds=65), tick=False):
        version.submission.title = "Better"
        late = actions.submit(team, by=team.captain)
        db.session.commit()
        page = world.client().get(f"/en/c/receipts?digest={late.digest}")
        assert "Late by 1 minute 5 seconds" in page.text
        french = world.client(team.captain).get(f"/fr/c/teams/{team.id}/submission")
        assert "1 minute 5 secondes" in french.text
        client = world.client(world.organizer(competition))
        assert "Late by 1 minute 5 seconds" in client.get("/en/c/manage/submissions").text
        assert ",65," in client.get("/en/c/manage/submissions.csv").text
        shown = client.get(f"/en/c/manage/submissions/{version.submission_id}").text
        assert shown.count("Late by") == 1
    world.extension(competition, Gate.SUBMISSION, closes_at=close + timedelta(hours=1))
    page = world.client().get(f"/en/c/receipts?digest={late.digest}")
    assert "Late by" not in page.text  # by the deadline that holds now, it was in time


def test_the_content_behind_the_fingerprint(world: World, version: Version) -> None:
    submission = version.submission
    path = f"/en/c/submissions/{submission.id}/versions/{version.url_key}/content.json"
    answer = world.client(submission.team.captain).get(path)
    assert hashlib.sha256(answer.data).hexdigest() == version.digest
    assert answer.mimetype == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    stranger = world.client(world.participant(submission.team.competition))
    assert stranger.get(path).status_code == 403


def test_the_receipt_in_the_letter_leads_to_the_page(world: World, version: Version) -> None:
    letter = db.session.scalars(select(Letter)).first()
    assert f"http://localhost/en/c/receipts?digest={version.digest}" in letter.text
    for file in version.content["files"]:
        assert file["sha256"] in letter.text


def test_what_changed_between_versions(app: Flask, world: World, version: Version) -> None:
    submission = version.submission
    for title in ("Two <b>", "Three"):
        submission.title = title
        actions.submit(submission.team, by=submission.team.captain)
    db.session.commit()
    first, second, third = submission.versions
    client = world.client(submission.team.captain)
    path = f"/en/c/submissions/{submission.id}/versions"
    page = client.get(f"{path}/{third.url_key}/changes").text
    assert "Compared with version 2" in page and "Three</ins>" in page and "&lt;" in page
    page = client.get(f"{path}/{third.url_key}/changes?since=1").text
    assert "Compared with version 1" in page
    for odd in ("3", "9", "-1", "x", "1" * 400):
        page = client.get(f"{path}/{third.url_key}/changes?since={odd}").text
        assert "Compared with version 2" in page
    assert "This is the first version" in client.get(f"{path}/{first.url_key}/changes").text
    few = cost(app, client, f"{path}/{second.url_key}/changes")
    assert cost(app, client, f"{path}/{third.url_key}/changes") == few
    organizer = world.client(world.organizer(submission.team.competition))
    assert organizer.get(f"{path}/{third.url_key}/changes").status_code == 200
    stranger = world.client(world.participant(submission.team.competition))
    assert stranger.get(f"{path}/{third.url_key}/changes").status_code == 403
