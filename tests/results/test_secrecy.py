"""Nothing leaks before the moment, and at the moment everything is there."""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, select

from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.results.models import Announcement, Grade, Honour
from hackathon.submissions.models import Submission
from tests.doors import address, doors
from tests.world import ROLES, Story, World

KNOWING = {"organizer", "administrator"}
SECRETS = {
    "en": re.compile(r"⟦citation⟧|\bWinner\b|\bOutstanding\b|\bplace \d+ of\b|⟦told⟧"),
    "fr": re.compile(
        r"⟦citation \(fr\)⟧|\bProjet gagnant\b|\bProjet remarquable\b|\bplace \d+ sur\b|⟦told⟧"
    ),
}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_door_tells_a_moment_too_early(
    app: Any, world: World, connection: Any, language: str
) -> None:
    """Each team's honour, its place, what judges wrote to it: nothing of it, for nobody."""
    story = Story(world)
    moment = prepare(world, story)
    paths = {
        address(app, route, story, language)
        for method, route in doors(app)
        if method == "GET" and route.endpoint not in ("static", "healthz")
    }
    told = set()
    with time_machine.travel(moment - timedelta(microseconds=1), tick=False):
        for path in sorted(paths):
            for role in ROLES:
                if role not in KNOWING:
                    with story.undone(connection), story.client(role).open(path) as answer:
                        found = SECRETS[language].findall(text_of(answer))
                        told |= {(path, role, secret) for secret in found}
    assert told == set()


def prepare(world: World, story: Story) -> datetime:
    """Everything is decided and read, and waits for its moment, which comes back."""
    story.enter("closed")
    competition, work = story.competition, story.things["submission"]
    db.session.expire(competition, ["criteria"])
    criteria = competition.rounds[0].criteria
    for _ in range(5):
        team = world.team(competition)
        team.challenge = story.team.challenge
        world.review(story.things["judge"], world.submission(team), *(2 for _ in criteria))
    review = story.things["review"]
    review.comment, review.completed_at = "⟦judge’s⟧", datetime.now(UTC)
    given = {score.criterion_id: score for score in review.scores}
    for criterion in criteria:
        score = given.get(criterion.id) or world.score(review, criterion, 5)
        score.score = 5
    world.release(review, "⟦told⟧")
    world.rules(competition, told=["place", "profile", "comments"])
    world.gallery(competition)
    world.named(story.team.captain, story.team)
    world.decision(competition, story.things["decision"].by)
    moment = datetime.now(UTC) + timedelta(minutes=10)
    story.announced.publish_at = moment
    world.announcement(competition, moment, work.versions[0].challenge)
    return moment


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_no_octet_tells_who_won(app: Any, world: World, connection: Any) -> None:
    """Whether one team won or another, or nobody: the same pages, files, feeds and headers."""
    story = Story(world)
    moment = prepare(world, story)
    work = story.things["submission"]
    rival = next(
        each for each in db.session.scalars(select(Submission)) if each.team is not story.team
    )
    paths = sorted(
        address(app, route, story)
        for method, route in doors(app)
        if method == "GET"
        and "/manage" not in route.rule
        and (route.rule.startswith("/<key:competition>") or route.endpoint.startswith("desk."))
    )
    paths += [f"/en/the-competition/projects{query}" for query in ("?award=winner", "?search=⟦")]
    roles = ("visitor", "captain", "member of another team", "mentor of this team", "judge")
    people = {role: story.client(role) for role in roles}

    def seen() -> dict[tuple[str, str], Any]:
        found = {}
        for role, browser in people.items():
            for path in paths:
                with story.undone(connection), browser.open(path) as answer:
                    headers = {k: v for k, v in answer.headers if k != "Set-Cookie"}
                    found[role, path] = (answer.status_code, headers, text_of(answer))
        return found

    with time_machine.travel(moment - timedelta(microseconds=1), tick=False):
        one = seen()
        db.session.execute(delete(Honour))
        world.honour(rival, Grade.OUTSTANDING).citation = Localized(en="Longer " * 50, fr="Long")
        db.session.commit()
        other = seen()
        db.session.execute(delete(Honour))
        db.session.execute(delete(Announcement))
        db.session.commit()
        nobody = seen()
    assert {key for key in one if one[key] != other[key]} == set()
    assert {key for key in one if one[key] != nobody[key]} == set()
    ok = {path for (_, path), (status, _, _) in one.items() if status == 200}
    assert len(ok) > 40  # it did look at pages
    assert f"/en/the-competition/projects/{work.id}" in ok
    kept = {headers.get("Cache-Control") for status, headers, _ in one.values() if status == 200}
    assert kept <= {"private, no-cache", "no-store"}


def test_organizers_alone_see_beforehand(app: Any, world: World) -> None:
    story = Story(world)
    prepare(world, story)
    base = "/en/the-competition/manage"
    team, work = story.team.id, story.things["submission"].id
    paths = [
        *(f"{base}/results/preview{rest}" for rest in ("", f"/teams/{team}")),
        f"{base}/results/preview/teams/{team}/letter",
        *(f"{base}/gallery/preview/results{rest}" for rest in ("", f"/{work}")),
    ]
    seen = {
        (role, path): bool(SECRETS["en"].search(story.client(role).get(path).text))
        for role in ROLES
        for path in paths
    }
    assert {role for (role, _), told in seen.items() if told} == KNOWING
    assert all(seen[role, path] for role in KNOWING for path in paths)


def text_of(answer: Any) -> str:
    """Every word of a page or a file; of an archive, those of the files in it."""
    if answer.mimetype != "application/zip":
        return str(answer.data.decode(errors="replace"))
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return "".join(archive.read(n).decode(errors="replace") for n in archive.namelist())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_at_the_moment_everyone_may_know(app: Any, world: World, language: str) -> None:
    story = Story(world)
    story.enter("closed")
    moment = datetime.now(UTC) + timedelta(minutes=10)
    story.announced.publish_at = moment
    seen = {}
    for shift in (-1, 0):
        with time_machine.travel(moment + timedelta(microseconds=shift), tick=False):
            for role in ROLES:
                answer = story.client(role).get(f"/{language}/the-competition/results")
                seen[shift, role] = set(SECRETS[language].findall(answer.text))
    citation, winner = {
        "en": ("⟦citation⟧", "Winner"),
        "fr": ("⟦citation (fr)⟧", "Projet gagnant"),
    }[language]
    assert seen == {(-1, role): set() for role in ROLES} | {
        (0, role): {citation, winner} for role in ROLES
    }
