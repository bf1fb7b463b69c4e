"""What organizers ask of submissions, and what follows from it."""

import csv
import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.submissions import actions
from hackathon.submissions.asks import CHOOSABLE, Part
from hackathon.submissions.models import Submission
from hackathon.submissions.queries import differs, missing_parts
from hackathon.submissions.receipt import frozen
from hackathon.teams.models import Team
from tests.world import World

ASKS = "/en/jam/manage/submissions/asks"
EVERYTHING = {part.value: "required" for part in CHOOSABLE}
TEXTS = {
    "repository": "https://code.example/lamp",
    "demonstration": "https://lamp.example",
    "video": "https://video.example/lamp",
    "licence": "MIT",
    "warning": "Bright light.",
    "data_used": "The *public* tables.",
    "prior_work": "Nothing.",
    "ai_use": "None.",
}


@pytest.fixture
def team(world: World) -> Team:
    competition = world.competition("jam")
    return world.team(competition, challenge=world.challenge(competition))


def draft(world: World, team: Team, **texts: str) -> Submission:
    submission = world.submission(team, handed_in=False)
    for name, text in {"demonstration": "", "video": "", **texts}.items():
        setattr(submission, name, text)
    db.session.flush()
    return submission


def test_until_organizers_choose_everything_is_as_before(world: World, team: Team) -> None:
    client = world.client(team.members[0])
    page = client.get(f"/en/jam/teams/{team.id}/submission/draft").text
    shown = [name for name in TEXTS if f' name="{name}"' in page]
    assert shown == ["repository", "demonstration", "video"]
    assert missing_parts(team, draft(world, team)) == []


def test_organizers_choose_and_the_deed_is_noted_once(world: World, team: Team) -> None:
    client = world.client(world.organizer(team.competition))
    page = client.get(ASKS).text
    assert [f'checked id="{name}"' in page for name in ("video-1", "licence-0")] == [True, True]
    assert client.post(ASKS, data=EVERYTHING).status_code == 302
    assert client.post(ASKS, data=EVERYTHING).status_code == 302
    db.session.refresh(team.competition)
    assert team.competition.submission_asks == EVERYTHING
    deeds = [entry.deed for entry in db.session.scalars(select(Entry))]
    assert deeds == ["submission_asks_changed"]
    odd = client.post(ASKS, data={**EVERYTHING, "licence": "perhaps"})
    assert odd.status_code == 422
    assert team.competition.submission_asks == EVERYTHING


@pytest.mark.parametrize("part", list(CHOOSABLE))
def test_what_is_required_stands_in_the_way_until_it_is_said(
    world: World, team: Team, part: Part
) -> None:
    team.competition.submission_asks = EVERYTHING
    submission = draft(world, team, **{**TEXTS, part.value: ""})
    assert missing_parts(team, submission) == [part]
    with pytest.raises(actions.OBSTACLES[part]):
        actions.submit(team, by=team.members[0])
    page = world.client(team.members[0]).get(f"/en/jam/teams/{team.id}/submission").text
    assert f'/draft#{part.value}"' in page
    setattr(submission, part, TEXTS[part])
    assert actions.submit(team, by=team.members[0]).content[part] == TEXTS[part]


def test_another_licence_must_be_named(world: World, team: Team) -> None:
    team.competition.submission_asks = {"licence": "required"}
    submission = draft(world, team, licence="other")
    assert missing_parts(team, submission) == [Part.LICENCE]
    submission.licence_other = "Licence Libre du Québec"
    version = actions.submit(team, by=team.members[0])
    assert version.content["licence_other"] == "Licence Libre du Québec"
    page = world.client(team.members[0]).get(f"/fr/jam/teams/{team.id}/submission").text
    assert "Licence Libre du Québec" in page


def test_what_is_not_asked_is_not_frozen_and_changes_no_fingerprint(
    world: World, team: Team
) -> None:
    submission = draft(world, team)
    actions.submit(team, by=team.members[0])
    team.competition.submission_asks = {"licence": "asked", "ai_use": "asked"}
    assert not differs(submission)
    submission.licence, submission.prior_work = "MIT", "not asked"
    assert differs(submission)
    assert {"licence", "prior_work", "ai_use"} & set(frozen(submission)) == {"licence"}
    team.competition.submission_asks = {"repository": "no"}
    assert frozen(submission)["repository"] == ""


def test_readers_see_the_warning_first_and_what_it_rests_on(world: World, team: Team) -> None:
    team.competition.submission_asks = {part: "asked" for part in EVERYTHING}
    submission = draft(world, team, **TEXTS)
    version = actions.submit(team, by=team.members[0])
    mentor, judge = world.mentor(team.competition, team), world.judge(team.competition)
    review = world.review(judge, submission)
    paths = {
        team.members[0]: [f"teams/{team.id}/submission"],
        mentor.user: [f"teams/{team.id}/submission", f"teams/{team.id}/submission/feedback"],
        judge.user: [f"judging/{review.id}", f"submissions/{submission.id}/versions/{version.id}"],
        world.organizer(team.competition): [f"manage/submissions/{submission.id}"],
    }
    for user, places in paths.items():
        for path in places:
            page = world.client(user).get(f"/en/jam/{path}").text
            assert page.index("Bright light.") < page.index(submission.summary)
            assert ("MIT Licence" in page, "<em>public</em>" in page) == (True, True)
    letters = db.session.scalars(select(Letter).where(Letter.name == "submission_received")).all()
    assert all("Licence: MIT Licence" in letter.text for letter in letters)
    assert len(letters) == len(team.members)


def test_old_versions_say_nothing_of_it(world: World, team: Team) -> None:
    submission = world.submission(team)
    team.competition.submission_asks = EVERYTHING
    client = world.client(team.members[0])
    version = submission.versions[0]
    page = client.get(f"/en/jam/submissions/{submission.id}/versions/{version.id}")
    assert (page.status_code, "Content warning" in page.text) == (200, False)


def test_the_table_has_what_is_asked(world: World, team: Team) -> None:
    team.competition.submission_asks = {"licence": "asked", "ai_use": "required"}
    draft(world, team, **TEXTS)
    world.team(team.competition)
    client = world.client(world.organizer(team.competition))
    answer = client.get("/en/jam/manage/submissions.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[-2:] for row in rows] == [
        ["Licence", "Use of artificial intelligence"],
        ["MIT Licence", "None."],
        ["", ""],
    ]


def test_the_page_says_who_can_do_what_is_missing(app: Flask, world: World) -> None:
    competition = world.competition("jam")
    team = world.team(competition, 2)
    competition.team_min = 3
    captain, other = team.members
    path = f"/en/jam/teams/{team.id}/submission"

    def says(user: Any) -> list[bool]:
        pages = [world.client(user).get(path + page).text for page in ("", "/draft")]
        words = (f"Your captain, {captain.name}, can choose it.", "can invite others.")
        return [words_of in page for page in pages for words_of in words]

    assert says(other) == [True] * 4
    assert says(captain) == [False] * 4
