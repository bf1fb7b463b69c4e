"""Deciding, announcing, taking back, telling."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Extension
from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.results import actions, publishing
from hackathon.results.models import Announcement, Grade, Honour
from tests.world import World, both

SOON = timedelta(hours=2)


def later(by: timedelta = SOON) -> datetime:
    return datetime.now(UTC) + by


def honours(competition: Any) -> dict[Any, tuple[Grade, Localized]]:
    rows = db.session.scalars(select(Honour).where(Honour.competition_id == competition.id))
    return {row.submission: (row.grade, row.citation) for row in rows}


def deeds(competition: Any) -> list[str]:
    query = select(Entry).where(Entry.competition_id == competition.id).order_by(Entry.id)
    return [entry.deed for entry in db.session.scalars(query)]


@pytest.fixture
def competition(world: World) -> Any:
    return world.competition(gates="closed")


@pytest.fixture
def organizer(world: World, competition: Any) -> Any:
    return world.organizer(competition)


@pytest.fixture
def submission(world: World, competition: Any) -> Any:
    return world.submission(world.team(competition))


def announcements() -> list[Announcement]:
    return list(db.session.scalars(select(Announcement)))


def test_decisions_are_kept_and_may_change(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    other = world.submission(world.team(competition))
    won, good = (Grade.WINNER, both("first")), (Grade.OUTSTANDING, both("second"))
    actions.decide(competition, {submission: won, other: good}, by=organizer)
    assert honours(competition) == {submission: won, other: good}
    changed = actions.decide(
        competition, {submission: (None, Localized()), other: good}, by=organizer
    )
    assert honours(competition) == {other: good}
    assert [honour.submission for honour in changed] == [submission]
    assert actions.decide(competition, {other: good}, by=organizer) == []
    assert deeds(competition) == ["honours_decided", "honours_decided"]
    (first, _) = db.session.scalars(
        select(Entry).where(Entry.competition_id == competition.id).order_by(Entry.id)
    )
    assert first.actor_id == organizer.id
    assert first.details == {
        "winners": submission.versions[0].content["title"],
        "outstanding": other.versions[0].content["title"],
    }


def test_a_citation_may_wait_until_the_announcement(
    competition: Any, organizer: Any, submission: Any
) -> None:
    actions.decide(competition, {submission: (Grade.WINNER, Localized(en="Good"))}, by=organizer)
    with pytest.raises(actions.CitationMissing) as obstacle:
        publishing.release(competition, publish_at=later(), by=organizer)
    title = submission.versions[0].content["title"]
    assert str(obstacle.value) == (
        f"These citations must be written in both languages: {title} (French)."
    )
    assert announcements() == []


def test_once_the_moment_is_set_the_page_stays_complete(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    world.honour(submission)
    publishing.release(competition, publish_at=later(), by=organizer)
    halved = {submission: (Grade.WINNER, Localized(fr="Bravo"))}
    with pytest.raises(actions.CitationMissing), db.session.begin_nested():
        actions.decide(competition, halved, by=organizer)
    with pytest.raises(actions.NobodyHonoured), db.session.begin_nested():
        actions.decide(competition, {submission: (None, Localized())}, by=organizer)
    assert honours(competition) == {submission: (Grade.WINNER, both("citation"))}
    actions.decide(competition, {submission: (Grade.OUTSTANDING, both("other"))}, by=organizer)
    assert honours(competition) == {submission: (Grade.OUTSTANDING, both("other"))}


def test_without_honours_there_is_nothing_to_announce(
    competition: Any, organizer: Any, submission: Any
) -> None:
    with pytest.raises(actions.NobodyHonoured):
        publishing.release(competition, publish_at=later(), by=organizer)


def test_nothing_is_announced_before_judging_closes(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    world.honour(submission)
    for gates in ("open", "upcoming"):
        world.set_gates(competition, gates)
        with pytest.raises(publishing.StillJudging):
            publishing.release(competition, publish_at=later(timedelta(days=60)), by=organizer)
    world.set_gates(competition, "closed")
    judging = next(w for w in competition.windows if w.gate.value == "judging")
    world.add(Extension(window=judging, closes_at=later(), reason=both("reason"), by=organizer))
    db.session.refresh(judging)
    with pytest.raises(publishing.StillJudging):
        publishing.release(competition, publish_at=later(), by=organizer)


def test_the_past_is_refused(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    world.honour(submission)
    with pytest.raises(publishing.InThePast):
        publishing.release(competition, publish_at=later(-timedelta(seconds=1)), by=organizer)


def test_a_moment_can_be_moved_and_taken_back(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    world.honour(submission)
    first = publishing.release(competition, publish_at=later(), by=organizer)
    moment = later(timedelta(days=1))
    assert publishing.release(competition, publish_at=moment, by=organizer) is first
    assert [a.publish_at for a in announcements()] == [moment]
    publishing.cancel(competition, by=organizer)
    assert announcements() == []
    with pytest.raises(publishing.NotPlanned):
        publishing.cancel(competition, by=organizer)
    assert deeds(competition) == ["results_scheduled", "results_scheduled", "results_cancelled"]


def test_what_is_public_stays(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    world.honour(submission)
    world.announcement(competition, later(-timedelta(seconds=1)))
    for deed in (
        lambda: actions.decide(competition, {submission: (None, Localized())}, by=organizer),
        lambda: publishing.release(competition, publish_at=later(), by=organizer),
        lambda: publishing.cancel(competition, by=organizer),
    ):
        with pytest.raises(actions.AlreadyPublic):
            deed()
    assert honours(competition) == {submission: (Grade.WINNER, both("citation"))}


def letters_to(user: Any) -> list[Letter]:
    return list(db.session.scalars(select(Letter).where(Letter.recipient_id == user.id)))


def test_every_member_is_told_in_their_language_once(
    world: World, competition: Any, organizer: Any
) -> None:
    winners, good, others, late = (world.team(competition) for _ in range(4))
    winners.members[1].language = "fr"
    won, outstanding = world.submission(winners), world.submission(good)
    world.submission(others)
    world.submission(late, handed_in=False)
    world.honour(won)
    world.honour(outstanding, Grade.OUTSTANDING)
    mentor, judge = world.mentor(competition, others), world.judge(competition)
    world.mentor(competition, user=judge.user)
    announcement = publishing.release(competition, by=organizer)

    assert publishing.tell_teams_when_announced() == 8
    assert publishing.tell_teams_when_announced() == 0
    assert announcement.letters_at is not None
    expected = {
        **{person: "results_winner" for person in winners.members},
        **{person: "results_outstanding" for person in good.members},
        **{person: "results_thanks" for person in others.members},
        **{person: "results_public" for person in (mentor.user, judge.user)},
    }
    assert {person: [each.name for each in letters_to(person)] for person in expected} == {
        person: [name] for person, name in expected.items()
    }
    assert [letters_to(person) for person in late.members] == [[], []]
    english, french = (letters_to(person)[0] for person in winners.members)
    assert (english.language, french.language) == ("en", "fr")
    slug = competition.slug
    for letter, citation in ((english, "⟦citation⟧"), (french, "⟦citation (fr)⟧")):
        assert citation in letter.text
        assert won.versions[0].content["title"] in letter.text
        lines = letter.text.split("\n")
        assert f"http://localhost/{letter.language}/{slug}/results" in lines
        assert f"http://localhost/{letter.language}/{slug}/teams/{winners.id}/results" in lines
    assert deeds(competition) == ["results_scheduled", "results_announced"]


def test_nobody_is_told_before_the_moment(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    world.honour(submission)
    publishing.release(competition, publish_at=later(), by=organizer)
    assert publishing.tell_teams_when_announced() == 0
    assert list(db.session.scalars(select(Letter))) == []


def test_a_moment_whose_letters_are_written_is_not_taken_back(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    """Even by a request that arrived before it and was held up."""
    world.honour(submission)
    announcement = world.announcement(competition, later())
    announcement.letters_at = datetime.now(UTC)
    db.session.flush()
    with pytest.raises(actions.AlreadyPublic):
        publishing.cancel(competition, by=organizer)
