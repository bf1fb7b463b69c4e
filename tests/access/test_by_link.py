"""A judge's personal link opens judging in its competition, and no other door of the site."""

from typing import Any

import pytest

from hackathon.access import BY_LINK, LINKS_COME_IN, POLICY
from hackathon.extensions import db
from hackathon.judging.models import TermsAcceptance
from tests.doors import address, doors
from tests.world import Story, World

# What a link opens only for who may: here nobody's answers are shown, and it is somebody else's.
NOT_HERS = {"registrations.answer_file", "submissions.shown", "submissions.file"}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_every_door_of_the_site_is_knocked_at(app: Any, world: World, connection: Any) -> None:
    story = Story(world)
    invitation = world.guest_judge(story.competition, "hers")
    judge = invitation.judge
    # In her account there would be more: she organizes, is an administrator, takes part.
    judge.user.administrator_since = judge.user.created_at
    terms = world.judge_terms(story.competition, 2)
    world.add(TermsAcceptance(judge=judge, terms=terms, language="en"))
    story.things["review"] = world.review(judge, story.things["submission"])
    db.session.commit()
    opened = set()
    for method, route in doors(app):
        with story.undone(connection):
            answer = world.by_link(invitation).open(address(app, route, story), method=method)
            assert answer.status_code != 500
            if answer.status_code not in (403, 404):
                opened.add(route.endpoint)
            elif answer.status_code == 403 and route.endpoint not in BY_LINK | LINKS_COME_IN:
                assert "You came in by a personal link" in answer.text, route.endpoint
            answer.close()
    assert opened <= BY_LINK | LINKS_COME_IN
    assert opened >= {"judging.index", "judging.review", "judging.own", "judging.terms"}
    assert opened >= {"submissions.version", "accounts.sign_out", "static"}


def test_the_list_names_doors_that_there_are() -> None:
    assert (BY_LINK | LINKS_COME_IN) - set(POLICY) == {
        name for name in BY_LINK if name.startswith("demo.")
    }


def test_another_competition_stays_shut(world: World) -> None:
    here, there = world.competition(), world.competition()
    invitation = world.guest_judge(here, "hers")
    world.judge(there, user=invitation.judge.user)
    client = world.by_link(invitation)
    assert client.get(f"/en/{here.slug}/judging").status_code == 200
    answer = client.get(f"/en/{there.slug}/judging")
    assert answer.status_code == 403
    assert "for another competition" in answer.text
    assert client.get(f"/fr/{here.slug}/judging").status_code == 200
