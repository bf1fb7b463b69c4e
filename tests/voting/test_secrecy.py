"""Before the close nobody learns anything of any ballot; after it, not who voted for what."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from time_machine import travel

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.post.models import Letter
from hackathon.voting import actions
from hackathon.voting.examining import examine
from hackathon.voting.models import BallotLink
from tests.doors import address, doors
from tests.voting.conftest import Vote
from tests.world import Story, World

# What changes from one look to the next by itself: tokens of forms, and the files that are zipped.
OF_ITSELF = re.compile(rb'value="[\w.-]{80,}"')
APART = {"static", "healthz", "desk.download", "security.codes_on", "security.passkey_new"}
ROLES = ("visitor", "participant", "organizer")


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_no_page_and_no_file_hangs_on_a_vote(app: Any, world: World, connection: Any) -> None:
    """The same octets for everybody, at every door there is, with fifty ballots more."""
    story = Story(world)
    closed = [gate for gate in Gate if gate is not Gate.PUBLIC_VOTE]
    world.set_gates(story.competition, "open")
    world.set_gates(story.competition, "closed", *closed)
    world.gallery(story.competition)
    poll = story.things["flag"].poll
    poll.examined_at = None
    db.session.commit()
    paths = sorted(
        {
            address(app, route, story)
            for method, route in doors(app)
            if method == "GET" and route.endpoint not in APART
        }
    )
    browsers = {role: story.client(role) for role in ROLES}

    def seen() -> dict[tuple[str, str], tuple[int, bytes]]:
        found = {}
        for role, browser in browsers.items():
            for path in paths:
                with browser.get(path) as answer:
                    found[role, path] = answer.status_code, OF_ITSELF.sub(b"", answer.data)
        return found

    with travel(datetime.now(UTC), tick=False):
        for browser in browsers.values():
            browser.get("/en/")  # a first look leaves the moment of the visit behind
        before = seen()
        for _ in range(50):
            voter = world.voter(poll)
            world.ballot_link(voter)
            world.ballot(voter, story.things["submission"], network="n")
        db.session.commit()
        after = seen()
    assert [key for key in before if before[key] != after[key]] == []
    assert sum(status == 200 for status, _ in before.values()) > 100
    ballot = before["participant", f"/en/{story.competition.slug}/vote/ballot"]
    assert ballot[0] == 200


def test_organizers_never_find_a_voter_or_a_link(vote: Vote) -> None:
    """Neither in their letters and journal, nor beside the flags, before and after the close."""
    organizer = vote.world.organizer(vote.competition)
    for name in ("Ana.Secret@gmail.com", "anasecret@gmail.com"):
        actions.ask_for_link(vote.poll, address=name.lower(), language="en")
        voter = vote.world.add(actions.voter_for(vote.poll, person=None, address=name.lower()))
        actions.vote(voter, vote.projects[0], ip_address="192.0.2.7")
    links = [link.digest for link in db.session.scalars(select(BallotLink))]
    letters = list(db.session.scalars(select(Letter.id)))
    vote.close()
    (flag,) = examine(vote.poll)
    browser = vote.world.client(organizer)
    base = f"/en/{vote.competition.slug}/manage"
    pages = {
        path: browser.get(path)
        for path in (
            *(f"{base}/letters", f"{base}/journal", f"{base}/", f"{base}/vote"),
            *(f"{vote.manage}/flags/{flag.id}", f"{vote.manage}/flags/{flag.id}/set-aside"),
        )
    }
    assert all(answer.status_code == 200 for answer in pages.values()), pages
    for answer in pages.values():
        text = answer.text.lower()
        assert "secret@" not in text and "ana.secret" not in text
        assert not any(digest in text for digest in links)
    for key in letters:
        assert browser.get(f"{base}/letters/{key}").status_code == 404
    # The flag tells of two ballots; that they are for the first project stands nowhere on it.
    title = vote.projects[0].title
    assert title in pages[f"{base}/vote"].text
    assert title not in pages[f"{vote.manage}/flags/{flag.id}"].text
