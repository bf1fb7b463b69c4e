"""Who sees the projects: really knocked at, for every audience and role."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.gallery.models import Audience
from tests.world import ROLES, Story, World

CREW = {
    *("mentor of this team", "mentor of another", "judge", "judge with a conflict"),
    *("organizer", "administrator"),
}
REGISTERED = {"participant", "captain", "member", "member of another team"}
LET_IN = {
    Audience.OFF: set(),
    Audience.CREW: CREW,
    Audience.REGISTERED: CREW | REGISTERED,
    Audience.PUBLIC: set(ROLES),
}


def paths(story: Story) -> list[str]:
    project = f"/en/the-competition/projects/{story.things['submission'].id}"
    return [
        "/en/the-competition/projects",
        project,
        f"{project}/pictures/{story.things['file'].digest}",
    ]


@pytest.mark.parametrize("audience", Audience)
def test_each_audience_is_let_in_and_nobody_else(world: World, audience: Audience) -> None:
    story = Story(world)
    story.enter("closed")
    world.gallery(story.competition, audience)
    for path in paths(story):
        seen = {}
        for role in ROLES:
            with story.client(role).get(path) as answer:
                seen[role] = answer.status_code
        others = 404 if audience is Audience.OFF else 403
        asked = 302 if audience in (Audience.CREW, Audience.REGISTERED) else others
        expected = {
            role: 200 if role in LET_IN[audience] else (asked if role == "visitor" else others)
            for role in ROLES
        }
        if audience is Audience.CREW and path != paths(story)[0]:
            expected["judge with a conflict"] = 403  # is not shown this project
        assert seen == expected, path


def test_before_it_opens_not_even_organizers_find_it(world: World) -> None:
    story = Story(world)
    story.enter("closed")
    moment = datetime.now(UTC) + timedelta(minutes=10)
    world.gallery(story.competition, opens_at=moment)
    for shift, status in ((-1, 404), (0, 200)):
        with time_machine.travel(moment + timedelta(microseconds=shift), tick=False):
            for path in paths(story):
                for role in ("visitor", "captain", "judge", "organizer", "administrator"):
                    with story.client(role).get(path) as answer:
                        assert answer.status_code == status, (shift, path, role)


def test_by_default_it_opens_with_the_results(world: World) -> None:
    story = Story(world)
    for era, status in (("open", 404), ("closed", 404), ("results", 200)):
        story.enter(era)
        for path in paths(story):
            with story.client("visitor").get(path) as answer:
                assert answer.status_code == status, (era, path)


def test_nobody_looks_while_work_can_still_be_handed_in(world: World) -> None:
    """An extension that comes after the gallery was dated shuts it again."""
    story = Story(world)
    story.enter("closed")
    world.gallery(story.competition)
    page = paths(story)[0]
    assert story.client("visitor").get(page).status_code == 200
    world.extension(story.competition, Gate.SUBMISSION, timedelta(days=2))
    db.session.expire_all()
    for role in ("visitor", "captain", "organizer"):
        assert story.client(role).get(page).status_code == 404


def test_what_does_not_count_or_is_withheld_is_gone_with_its_files(
    world: World, client: Any
) -> None:
    competition = world.competition("c", gates="closed")
    world.gallery(competition, files=True)
    kept, gone = (
        world.submission(world.team(competition)),
        world.submission(world.team(competition)),
    )
    picture = world.shown(gone)
    draft = world.submission(world.team(competition), handed_in=False)
    file = world.file(draft)
    base = "/en/c/projects"
    assert client.get(f"{base}/{gone.id}").status_code == 200
    with client.get(f"{base}/{gone.id}/pictures/{picture.digest}") as answer:
        assert answer.status_code == 200
    withheld = world.withheld(gone)
    for path in (f"{gone.id}", f"{gone.id}/pictures/{picture.digest}", f"{draft.id}"):
        assert client.get(f"{base}/{path}").status_code == 404, path
    assert client.get(f"{base}/{draft.id}/files/{file.digest}").status_code == 404
    page = client.get(base).text
    assert kept.title in page
    assert gone.title not in page
    assert draft.title not in page
    withheld.ended_at = datetime.now(UTC)
    assert gone.title in client.get(base).text


def test_files_are_given_out_only_where_organizers_say_so(world: World, client: Any) -> None:
    competition = world.competition("c", gates="closed")
    gallery = world.gallery(competition)
    submission = world.submission(world.team(competition))
    picture = world.shown(submission)
    report, later = world.file(submission), world.file(submission, b"%PDF-1.4 of the draft")
    version = submission.versions[0]
    entry = {"name": report.name, "size": report.size, "sha256": report.digest}
    version.content = {**version.content, "files": [*version.content["files"], entry]}
    base = f"/en/c/projects/{submission.id}"
    assert client.get(f"{base}/files/{report.digest}").status_code == 404
    assert report.digest not in client.get(base).text
    gallery.files = True
    with client.get(f"{base}/files/{report.digest}", headers={"Range": "bytes=0-3"}) as answer:
        assert (answer.status_code, answer.data) == (206, b"%PDF")
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert report.digest in client.get(base).text
    # What a picture was made from keeps its place and device; the draft is nobody's business.
    assert client.get(f"{base}/files/{picture.digest}").status_code == 404
    assert client.get(f"{base}/files/{later.digest}").status_code == 404
    for odd in ("0" * 64, "nonsense", "%00", "a" * 5000):
        assert client.get(f"{base}/files/{odd}").status_code == 404
        assert client.get(f"{base}/pictures/{odd}").status_code == 404


def test_a_shared_cache_keeps_no_picture(world: World, client: Any) -> None:
    competition = world.competition("c", gates="closed")
    gallery = world.gallery(competition)
    submission = world.submission(world.team(competition))
    path = f"/en/c/projects/{submission.id}/pictures/{world.shown(submission).digest}"
    with client.get(path) as answer:
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.mimetype == "image/webp"
        tag = answer.headers["ETag"]
    with client.get(path, headers={"If-None-Match": tag}) as answer:
        assert answer.status_code == 304
    gallery.audience = Audience.OFF
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 404
