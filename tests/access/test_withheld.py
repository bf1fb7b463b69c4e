"""An organizer who judges too knocks at every door: nothing tells of a work with which they are in
conflict, nor of what others say of one that they have yet to review."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hackathon.deliberation.models import Contribution
from hackathon.extensions import db
from hackathon.judging.models import Review
from hackathon.submissions.models import Submission, Translation, Version
from hackathon.teams.models import TeamAnswer
from tests.doors import address, doors
from tests.world import Story, World, marked

# Where the title stands all the same, and why.
SHOWN = {
    "manage.comparisons.plan": "printed, to be put up in the hall for everyone",
}
WORK = marked("work withheld")
ANSWER = marked("answer withheld")


def told(rows: list[Any], names: tuple[str, ...], words: str) -> None:
    for row in rows:
        for name in names:
            setattr(row, name, words)


@pytest.fixture
def story(world: World) -> Story:
    """Whatever the team's work and its answers say is told apart from everything else."""
    story = Story(world)
    submission: Submission = story.things["submission"]
    parts = ("title", "summary", "description")
    told([submission], parts, WORK)
    for version in db.session.query(Version).filter_by(submission=submission):
        version.content = {**version.content, **dict.fromkeys(parts, WORK)}
    told(
        db.session.query(Translation).filter_by(submission=submission).all(),
        ("title", "of_title", "summary", "of_summary"),
        WORK,
    )
    for answer in db.session.query(TeamAnswer).filter_by(team=story.team):
        if isinstance(answer.value, str):
            answer.value = ANSWER
    db.session.flush()
    return story


def speaking(story: Story, *words: str) -> set[str]:
    """The pages that the organizer can open and that say one of these."""
    client = story.world.client(story.people["organizer"])
    found = set()
    for method, route in doors(story.world.app):
        if method != "GET":
            continue
        with client.get(address(story.world.app, route, story)) as answer:
            if answer.status_code == 200 and any(
                word.encode() in answer.get_data() for word in words
            ):
                found.add(route.endpoint)
    return found


def test_nothing_tells_an_organizer_in_conflict_of_the_work(story: Story) -> None:
    organizer = story.people["organizer"]
    assert organizer is not None
    everything = speaking(story, WORK, ANSWER)
    assert everything >= {
        "manage.submissions.index",
        "manage.submissions.translations",
        "manage.gallery.index",
        "manage.teams.answers_file",
        "teams.show",
        "teams.answers",
    }
    story.world.judge(story.competition, user=organizer)
    story.world.conflict(organizer, story.team)
    assert speaking(story, WORK, ANSWER) == set(SHOWN)


SAID = marked("what another judge says")


def test_nothing_tells_an_organizer_what_others_say_before_their_own_review(story: Story) -> None:
    organizer = story.people["organizer"]
    assert organizer is not None
    review: Review = story.things["review"]
    for name in ("comment", "note", "own_note"):
        setattr(review, name, SAID)
    review.scores[0].comment = SAID
    for remark in db.session.query(Contribution).all():
        remark.text = SAID
    db.session.flush()
    read = {
        "manage.judging.show",
        "manage.deliberation.show",
        "manage.results.comment",
    }
    assert speaking(story, SAID) >= read
    seat = story.world.judge(story.competition, user=organizer)
    mine = story.world.review(seat, story.things["submission"])
    assert speaking(story, SAID) == set()
    mine.completed_at = datetime.now(UTC)
    assert speaking(story, SAID) >= read
    mine.completed_at = None
    story.enter("closed")
    assert speaking(story, SAID) >= read
