"""Deciding, announcing, taking back, telling."""

import json
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
from hackathon.results.actions import Given
from hackathon.results.models import (
    Announcement,
    Decision,
    Grade,
    Honour,
    PrizeKind,
    PrizeRuling,
    Reply,
    Span,
)
from hackathon.results.proposing import Award
from hackathon.results.queries import last_decision
from hackathon.submissions.standing import disqualify, reinstate
from tests.world import World, both

SOON = timedelta(hours=2)


def later(by: timedelta = SOON) -> datetime:
    return datetime.now(UTC) + by


def honours(prize: Any) -> dict[Any, Given]:
    rows = db.session.scalars(select(Honour).where(Honour.prize_id == prize.id))
    return {row.submission: Given(row.place, row.citation) for row in rows}


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
    prize = world.prize(competition)
    other = world.submission(world.team(competition))
    won, shared = Given(1, both("first")), Given(1, both("second"))
    first = actions.decide(
        prize, {submission: won, other: shared}, reason="Both are.", by=organizer
    )
    assert first is not None and first.departs
    assert honours(prize) == {submission: won, other: shared}
    proposed = [Award(other.id, 1)]
    actions.decide(prize, {other: shared}, proposed=proposed, by=organizer)
    assert honours(prize) == {other: shared}
    assert actions.decide(prize, {other: shared}, proposed=proposed, by=organizer) is None
    assert deeds(competition) == ["prize_decided", "prize_decided"]
    rulings = db.session.scalars(
        select(PrizeRuling).order_by(PrizeRuling.created_at, PrizeRuling.id)
    ).all()
    assert [(r.reason, r.departs, r.by) for r in rulings] == [
        ("Both are.", True, organizer),
        ("", False, organizer),
    ]
    told = db.session.scalars(select(Entry).order_by(Entry.id)).all()
    assert (told[-1].actor_id, told[-1].subject) == (organizer.id, "⟦Winner⟧")
    assert told[-1].details == {"projects": other.versions[0].content["title"]}


def test_a_project_may_receive_several_prizes(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    special = world.prize(competition, PrizeKind.SPECIAL, Span.ALL)
    prize = world.prize(competition)
    actions.decide(prize, {submission: Given(1, both("one"))}, reason="So.", by=organizer)
    actions.decide(special, {submission: Given(None, both("two"))}, reason="So.", by=organizer)
    assert (len(honours(prize)), len(honours(special))) == (1, 1)


def test_what_departs_from_the_proposal_needs_its_reason(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    prize = world.prize(competition)
    other = world.submission(world.team(competition))
    given = {submission: Given(1, both("citation"))}
    for proposed in ([], [Award(other.id, 1)], [Award(submission.id, 2)]):
        with pytest.raises(actions.ReasonMissing), db.session.begin_nested():
            actions.decide(prize, given, proposed=proposed, reason=" ", by=organizer)
    actions.decide(prize, given, proposed=[Award(submission.id, 1)], by=organizer)
    assert honours(prize) == given


def test_a_prize_goes_to_so_many_and_has_so_many_places(
    world: World, competition: Any, organizer: Any
) -> None:
    challenge = world.challenge(competition)
    works = []
    for _ in range(3):
        team = world.team(competition)
        team.challenge = challenge
        works.append(world.submission(team))
    two = world.prize(competition, PrizeKind.OUTSTANDING, number=2)
    given = {work: Given(None, both("citation")) for work in works}
    with pytest.raises(actions.TooManyInChallenge) as obstacle:
        actions.decide(two, given, reason="All.", by=organizer)
    assert str(obstacle.value) == ("This prize is for fewer projects: at most 2 in each challenge.")
    del given[works[0]]
    actions.decide(two, given, reason="Two.", by=organizer)
    assert honours(two) == given
    with pytest.raises(actions.FewerThanGiven):
        actions.save_prize(two, number=1, by=organizer)
    with pytest.raises(actions.PrizeGiven):
        actions.save_prize(two, kind=PrizeKind.SPECIAL, by=organizer)
    with pytest.raises(actions.PrizeGiven):
        actions.remove_prize(two, by=organizer)
    places = world.prize(competition, number=2)
    for place in (0, 3, None):
        with pytest.raises(actions.NoSuchPlace):
            actions.decide(places, {works[0]: Given(place, both("x"))}, reason="x", by=organizer)
    with pytest.raises(actions.NoSuchPlace):
        actions.decide(two, {works[0]: Given(1, both("x"))}, reason="x", by=organizer)


def test_who_is_tied_to_a_project_does_not_decide_on_what_it_could_receive(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    elsewhere = world.submission(world.team(competition))
    elsewhere.team.challenge = world.challenge(competition)
    elsewhere.versions[0].challenge = elsewhere.team.challenge
    db.session.flush()
    given = {submission: Given(1, both("citation"))}
    here = world.prize(competition, span=Span.ONE, challenge=submission.versions[0].challenge)
    mentor = world.mentor(competition, elsewhere.team)
    actions.decide(here, given, reason="So.", by=mentor.user)
    world.conflict(organizer, submission.team)
    for prize in (here, world.prize(competition), world.prize(competition, span=Span.ALL)):
        with pytest.raises(actions.OwnInterest):
            actions.decide(prize, given, reason="So.", by=organizer)
    with pytest.raises(actions.OwnInterest):
        actions.decide(here, {}, reason="So.", by=submission.team.captain)


def test_a_citation_may_wait_until_the_announcement(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    given = {submission: Given(1, Localized(en="Good"))}
    actions.decide(world.prize(competition), given, reason="So.", by=organizer)
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
    prize = world.honour(submission).prize
    publishing.release(competition, publish_at=later(), by=organizer)
    halved = {submission: Given(1, Localized(fr="Bravo"))}
    with pytest.raises(actions.CitationMissing), db.session.begin_nested():
        actions.decide(prize, halved, reason="So.", by=organizer)
    with pytest.raises(actions.NobodyHonoured), db.session.begin_nested():
        actions.decide(prize, {}, reason="So.", by=organizer)
    assert honours(prize) == {submission: Given(1, both("citation"))}
    actions.decide(prize, {submission: Given(1, both("other"))}, reason="So.", by=organizer)
    assert honours(prize) == {submission: Given(1, both("other"))}
    assert [d.number for d in db.session.scalars(select(Decision))] == [1, 2]  # sealed anew


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
        with pytest.raises(actions.StillJudging):
            publishing.release(competition, publish_at=later(timedelta(days=60)), by=organizer)
    world.set_gates(competition, "closed")
    judging = next(w for w in competition.windows if w.gate.value == "judging")
    world.add(Extension(window=judging, closes_at=later(), reason=both("reason"), by=organizer))
    db.session.refresh(judging)
    with pytest.raises(actions.StillJudging):
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
    assert deeds(competition) == [
        *("decision_sealed", "results_scheduled", "results_scheduled", "results_cancelled")
    ]


def test_what_is_public_stays(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    prize = world.honour(submission).prize
    world.announcement(competition, later(-timedelta(seconds=1)))
    for deed in (
        lambda: actions.decide(prize, {}, reason="So.", by=organizer),
        lambda: actions.save_prize(prize, number=2, by=organizer),
        lambda: actions.remove_prize(prize, by=organizer),
        lambda: actions.seal(competition, by=organizer),
        lambda: publishing.release(competition, publish_at=later(), by=organizer),
        lambda: publishing.cancel(competition, by=organizer),
    ):
        with pytest.raises(actions.AlreadyPublic):
            deed()
    assert honours(prize) == {submission: Given(1, both("citation"))}


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
    assert deeds(competition) == ["decision_sealed", "results_scheduled", "results_announced"]


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


def test_who_did_not_count_when_others_were_chosen_does_not_come_back(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    """Disqualified, they stand on no page on which the prize could be taken from them."""
    prize = world.honour(submission).prize
    other = world.submission(world.team(competition))
    disqualify(submission.team, reason="So.", by=organizer)
    assert actions.decide(prize, {other: Given(1, both("c"))}, reason="So.", by=organizer)
    reinstate(submission.team, reason="So.", by=organizer)
    assert honours(prize) == {other: Given(1, both("c"))}


def test_a_prize_of_who_does_not_count_can_be_taken_back_and_removed(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    prize = world.honour(submission).prize
    disqualify(submission.team, reason="So.", by=organizer)
    with pytest.raises(actions.PrizeGiven):
        actions.remove_prize(prize, by=organizer)
    assert actions.decide(prize, {}, by=organizer)
    actions.remove_prize(prize, by=organizer)
    assert db.session.scalars(select(Honour)).all() == []


# -- a second person -------------------------------------------------------------------------


def test_one_seals_and_another_confirms(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    other = world.organizer(competition)
    world.honour(submission)
    actions.ask_for_confirmation(competition, needed=True, by=organizer)
    with pytest.raises(actions.NotSealed):
        publishing.release(competition, by=organizer)
    decision = actions.seal(competition, by=organizer)
    with pytest.raises(actions.SealedAlready):
        actions.seal(competition, by=other)
    with pytest.raises(actions.NotConfirmed):
        publishing.release(competition, by=other)
    with pytest.raises(actions.SamePerson):
        actions.confirm(decision, by=organizer)
    actions.confirm(decision, by=other)
    with pytest.raises(actions.ConfirmedAlready):
        actions.confirm(decision, by=other)
    publishing.release(competition, publish_at=later(), by=organizer)
    assert deeds(competition) == [
        *("confirmation_asked", "decision_sealed", "decision_confirmed", "results_scheduled")
    ]


def test_what_is_changed_is_confirmed_anew(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    other = world.organizer(competition)
    prize = world.honour(submission).prize
    actions.ask_for_confirmation(competition, needed=True, by=organizer)
    first = actions.seal(competition, by=organizer)
    actions.confirm(first, by=other)
    publishing.release(competition, publish_at=later(), by=organizer)
    given = {submission: Given(1, both("other"))}
    with pytest.raises(actions.AnnouncementPlanned):
        actions.decide(prize, given, reason="So.", by=organizer)
    publishing.cancel(competition, by=organizer)
    actions.decide(prize, given, reason="So.", by=organizer)
    with pytest.raises(actions.NotSealed):
        publishing.release(competition, by=organizer)
    second = actions.seal(competition, by=other)
    with pytest.raises(actions.NotConfirmed):
        publishing.release(competition, by=organizer)
    third = world.organizer(competition)
    world.conflict(third, submission.team)
    with pytest.raises(actions.OwnInterest):
        actions.confirm(second, by=third)
    actions.confirm(second, by=organizer)
    publishing.release(competition, by=organizer)
    last = last_decision(competition)
    assert last is second and last.number == 2
    assert first.digest != second.digest


def test_an_older_decision_is_not_confirmed(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    prize = world.honour(submission).prize
    decision = actions.seal(competition, by=organizer)
    actions.decide(prize, {submission: Given(1, both("x"))}, reason="So.", by=organizer)
    with pytest.raises(actions.OutOfDate):
        actions.confirm(decision, by=world.organizer(competition))


def test_what_a_decision_rests_on_is_sealed_anew_when_it_changes(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    """The prizes stay as they are; a review that is set aside changes what they rest on."""
    other = world.organizer(competition)
    world.criterion(competition)
    db.session.expire(competition, ["criteria"])
    review = world.review(world.judge(competition), submission, 4)
    world.honour(submission)
    actions.ask_for_confirmation(competition, needed=True, by=organizer)
    first = actions.seal(competition, by=organizer)
    world.conflict(review.judge.user, submission.team)
    with pytest.raises(actions.OutOfDate):
        actions.confirm(first, by=other)
    second = actions.seal(competition, by=organizer)
    with pytest.raises(actions.SealedAlready):
        actions.seal(competition, by=organizer)
    actions.confirm(second, by=other)
    world.review(world.judge(competition), submission, 2)
    with pytest.raises(actions.NotSealed):
        publishing.release(competition, by=organizer)


def test_a_release_seals_what_the_prizes_rest_on_now(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    world.honour(submission)
    world.criterion(competition)
    db.session.expire(competition, ["criteria"])
    world.review(world.judge(competition), submission, 4)
    actions.seal(competition, by=organizer)
    publishing.release(competition, publish_at=later(), by=organizer)
    assert len(sealed(competition)) == 1
    publishing.cancel(competition, by=organizer)
    world.review(world.judge(competition), submission, 2)
    publishing.release(competition, by=organizer)
    assert [len(each["ranking"]["reviews"]) for each in sealed(competition)] == [1, 2]


def sealed(competition: Any) -> list[Any]:
    query = select(Decision.content).where(Decision.competition_id == competition.id)
    return [json.loads(each) for each in db.session.scalars(query.order_by(Decision.number))]


def test_confirmation_is_not_turned_off_once_something_is_sealed(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    world.honour(submission)
    actions.ask_for_confirmation(competition, needed=True, by=organizer)
    actions.ask_for_confirmation(competition, needed=False, by=organizer)
    actions.ask_for_confirmation(competition, needed=True, by=organizer)
    actions.seal(competition, by=organizer)
    with pytest.raises(actions.ConfirmationStays):
        actions.ask_for_confirmation(competition, needed=False, by=organizer)


# -- afterwards ------------------------------------------------------------------------------


def test_a_team_takes_its_prize_and_gets_it(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    honour, captain = world.honour(submission), submission.team.captain
    actions.respond(honour, reply=Reply.ACCEPTED, contact="A, 1 Main St", by=captain)
    assert honour.claim is not None and honour.claim.contact == "A, 1 Main St"
    actions.respond(honour, reply=Reply.DECLINED, contact="A, 1 Main St", by=captain)
    assert honour.claim.contact == ""
    with pytest.raises(actions.Declined):
        actions.deliver(honour, delivered_at=later(-SOON), by=organizer)
    actions.respond(honour, reply=Reply.ACCEPTED, contact="A", by=captain)
    with pytest.raises(actions.InTheFuture):
        actions.deliver(honour, delivered_at=later(), by=organizer)
    actions.deliver(honour, delivered_at=later(-SOON), note="By post", by=organizer)
    with pytest.raises(actions.DeliveredAlready):
        actions.respond(honour, reply=Reply.DECLINED, by=captain)
    assert deeds(competition) == [
        *("prize_accepted", "prize_declined", "prize_accepted", "prize_delivered")
    ]


def test_an_honour_alone_is_not_claimed(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    honour = world.honour(submission, prize=world.prize(competition, gift=Localized()))
    for deed in (
        lambda: actions.respond(honour, reply=Reply.ACCEPTED, contact="A", by=organizer),
        lambda: actions.deliver(honour, delivered_at=later(-SOON), by=organizer),
    ):
        with pytest.raises(actions.NothingToClaim):
            deed()
    assert actions.remind_of_prizes(competition, by=organizer) == 0


def test_captains_are_reminded_once_a_day(
    world: World, competition: Any, organizer: Any, submission: Any
) -> None:
    honour = world.honour(submission)
    answered = world.honour(world.submission(world.team(competition)))
    actions.respond(answered, reply=Reply.ACCEPTED, contact="A", by=organizer)
    assert actions.remind_of_prizes(competition, by=organizer) == 0  # it would tell the result
    world.announcement(competition, later(-timedelta(seconds=1)))
    assert actions.remind_of_prizes(competition, by=organizer) == 1
    (letter,) = letters_to(submission.team.captain)
    slug, team = competition.slug, submission.team
    assert f"/{slug}/teams/{team.id}/prizes/{honour.id}" in letter.text
    assert actions.remind_of_prizes(competition, by=organizer) == 0


def test_the_usual_prizes_are_those_that_there_were(competition: Any, organizer: Any) -> None:
    found = actions.define_usual_prizes(competition, by=organizer)
    assert [(p.grade, p.span, p.name.fr) for p in found] == [
        (Grade.WINNER, Span.EACH, "Projet gagnant"),
        (Grade.OUTSTANDING, Span.EACH, "Projet remarquable"),
    ]
    assert actions.define_usual_prizes(competition, by=organizer) == []
