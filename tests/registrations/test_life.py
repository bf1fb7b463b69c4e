"""The life of a registration: applications, the waitlist, offers, leaving and coming back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hackathon.competitions.models import Approval, Competition, Gate
from hackathon.extensions import db
from hackathon.journal.deeds import sentence
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.registrations import actions
from hackathon.registrations.models import Registration
from hackathon.registrations.queries import (
    changes_of,
    consents_of,
    count_of,
    counts_of,
    entry_of,
    place_in_line,
    places_left,
)
from hackathon.registrations.states import State
from tests.world import World


def letters() -> list[tuple[str, str]]:
    """Name and address of every letter, in the order they were written."""
    return [(x.name, x.address) for x in db.session.scalars(select(Letter).order_by(Letter.id))]


def deeds() -> list[str]:
    return [x.deed for x in db.session.scalars(select(Entry).order_by(Entry.id))]


def enter(competition: Competition, user: Any, *texts: Any) -> Registration:
    return actions.register(competition, by=user, residence="QC", agreed=texts)


def states(*registrations: Registration) -> list[State]:
    return [registration.state for registration in registrations]


def full(world: World, *, waitlist: bool = True, **others: Any) -> Competition:
    """A competition of one place, which is taken."""
    competition = world.competition("c", capacity=1, waitlist=waitlist, **others)
    world.participant(competition)
    return competition


def hours(offered: Registration) -> int:
    """How long the offer holds."""
    return round((offered.offered_until - offered.moved_at) / timedelta(hours=1))


def later(**time: float) -> Any:
    return time_machine.travel(datetime.now(UTC) + timedelta(**time), tick=False)


# -- the waitlist ----------------------------------------------------------------------------


def test_a_full_competition_keeps_a_line(world: World) -> None:
    competition = full(world)
    people = [world.person() for _ in range(3)]
    waiting = [enter(competition, person) for person in people]
    assert states(*waiting) == [State.WAITLISTED] * 3
    assert [place_in_line(each) for each in waiting] == [1, 2, 3]
    assert not any(each.takes_part for each in waiting)
    assert letters() == [("waitlisted", person.email) for person in people]
    assert deeds() == ["waitlisted"] * 3
    last = db.session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert "Your place in line: 3." in last.text
    assert enter(competition, people[0]) is waiting[0]
    assert place_in_line(waiting[0]) == 1


def test_a_place_is_offered_to_the_next_in_order(world: World) -> None:
    competition = full(world)
    first, second = world.waiting(competition), world.waiting(competition)
    assert actions.offer_free_places() == 0
    (taken,) = [each for each in registrations(competition) if each.takes_part]
    actions.withdraw(taken, by=taken.user)
    assert places_left(competition) == 1
    assert actions.offer_free_places() == 1
    assert states(first, second) == [State.OFFERED, State.WAITLISTED]
    assert places_left(competition) == 0  # an offered place counts as taken
    assert hours(first) == 48
    assert place_in_line(second) == 1
    assert actions.offer_free_places() == 0
    assert letters() == [("withdrawn", taken.user.email), ("place_offered", first.user.email)]
    assert deeds() == ["registration_withdrawn", "place_offered"]


def test_nobody_new_overtakes_who_waits(world: World) -> None:
    """Between a withdrawal and the worker's next round a place is free, but not for newcomers."""
    competition = world.competition(capacity=2, waitlist=True)
    first = world.waiting(competition)
    newcomer = enter(competition, world.person())
    assert newcomer.state is State.WAITLISTED
    assert actions.offer_free_places() == 2
    assert states(first, newcomer) == [State.OFFERED] * 2
    competition.waitlist = False
    world.waiting(competition)
    with pytest.raises(actions.CompetitionFull):
        enter(competition, world.person())


def test_more_places_and_no_limit_serve_who_waits(world: World) -> None:
    competition, organizer = full(world), world.person()
    waiting = [world.waiting(competition) for _ in range(4)]
    settle(competition, organizer, capacity=3)
    assert actions.offer_free_places() == 2
    settle(competition, organizer, capacity=None)
    assert actions.offer_free_places() == 2
    assert states(*waiting) == [State.OFFERED] * 4


def test_what_is_confirmed_in_time_is_a_place(world: World) -> None:
    competition = world.competition()
    offered = world.registration(world.person(), competition, State.OFFERED)
    actions.confirm(offered, agreed=[], by=offered.user)
    assert offered.takes_part
    assert (offered.offered_until, offered.registered_at) == (None, offered.moved_at)
    actions.confirm(offered, agreed=[], by=offered.user)  # a double click
    assert letters() == [("registered", offered.user.email)]
    assert deeds() == ["place_confirmed"]


def test_an_offer_ends_at_its_moment_and_lapses_a_little_later(world: World) -> None:
    """The last second counts; in the minute that follows, neither a yes nor the worker acts."""
    competition = world.competition(capacity=1, waitlist=True)
    offered = world.registration(world.person(), competition, State.OFFERED)
    following = world.waiting(competition)
    end = offered.offered_until
    with time_machine.travel(end, tick=False):
        with pytest.raises(actions.OfferOver):
            actions.confirm(offered, agreed=[], by=offered.user)
        assert actions.lapse_offers() == 0
    with time_machine.travel(end + actions.GRACE, tick=False):
        assert (actions.lapse_offers(), actions.offer_free_places()) == (1, 1)
        assert states(offered, following) == [State.LAPSED, State.OFFERED]
        with pytest.raises(actions.OfferOver):
            actions.confirm(offered, agreed=[], by=offered.user)
        assert enter(competition, offered.user).state is State.WAITLISTED
        assert (actions.lapse_offers(), actions.offer_free_places()) == (0, 0)
    written = {"offer_lapsed", "place_offered", "waitlisted"}
    assert {name for name, _ in letters()} == set(deeds()) == written
    told = db.session.scalars(select(Entry).filter_by(deed="offer_lapsed")).one()
    assert sentence(told, competition.zone) == (
        f"The place offered to {offered.user.name} was not confirmed in time."
    )


def test_in_the_last_second_it_is_not_too_late(world: World) -> None:
    offered = world.registration(world.person(), world.competition(), State.OFFERED)
    with time_machine.travel(offered.offered_until - timedelta(seconds=1), tick=False):
        assert actions.confirm(offered, agreed=[], by=offered.user).takes_part


def test_a_reminder_goes_out_once_and_only_while_it_helps(world: World) -> None:
    competition = world.competition(capacity=3, waitlist=True)
    for _ in range(2):
        world.waiting(competition)
    confirmed = world.waiting(competition)
    assert actions.offer_free_places() == 3
    actions.confirm(confirmed, agreed=[], by=confirmed.user)
    assert confirmed.remind_at is None
    with later(hours=35):
        assert actions.remind_of_offers() == 0
    with later(hours=37):
        assert actions.remind_of_offers() == 2
        assert actions.remind_of_offers() == 0
    assert [name for name, _ in letters()].count("offer_reminder") == 2


def test_after_the_close_places_are_offered_only_if_organizers_want_it(world: World) -> None:
    competition = world.competition(capacity=1, waitlist=True)
    world.set_gates(competition, "closed", Gate.REGISTRATION)
    waiting = world.waiting(competition)
    assert actions.offer_free_places() == 0
    settle(competition, world.person(), capacity=1, offers_after_close=True, offer_hours=5)
    assert actions.offer_free_places() == 1
    assert hours(waiting) == 5


def test_leaving_the_line_or_an_offer(world: World) -> None:
    competition = world.competition(capacity=1, waitlist=True)
    offered = world.registration(world.person(), competition, State.OFFERED)
    first, second = world.waiting(competition), world.waiting(competition)
    actions.withdraw(first, by=first.user)
    assert place_in_line(second) == 1
    actions.withdraw(offered, by=offered.user)
    with pytest.raises(actions.OfferOver):  # the other tab
        actions.confirm(offered, agreed=[], by=offered.user)
    actions.withdraw(offered, by=offered.user)  # once more is once
    assert actions.offer_free_places() == 1
    assert second.state is State.OFFERED
    assert enter(competition, first.user).state is State.WAITLISTED
    assert [change.after for change in changes_of(first)] == [
        State.WAITLISTED,
        State.WITHDRAWN,
        State.WAITLISTED,
    ]


# -- approval by hand ------------------------------------------------------------------------


def test_people_apply_and_are_answered(world: World) -> None:
    competition = world.competition(approval=Approval.BY_HAND, capacity=1)
    organizer, people = world.organizer(competition), [world.person() for _ in range(2)]
    first, second = (enter(competition, person) for person in people)
    assert states(first, second) == [State.APPLIED] * 2
    assert actions.approve(competition, [first], by=organizer) == [first]
    assert actions.approve(competition, [first], by=organizer) == []  # answered meanwhile
    with pytest.raises(actions.NotEnoughPlaces):
        actions.approve(competition, [second], by=organizer)
    actions.decline(competition, [second], reason="No place left.", by=organizer)
    assert states(first, second) == [State.REGISTERED, State.DECLINED]
    with pytest.raises(actions.MoveRefused, match="Application declined"):
        enter(competition, second.user)
    assert letters() == [
        ("application_received", people[0].email),
        ("application_received", people[1].email),
        ("registered", people[0].email),
        ("declined", people[1].email),
    ]
    assert deeds() == ["applied", "applied", "application_approved", "application_declined"]
    letter = db.session.scalars(select(Letter).filter_by(name="declined")).one()
    assert "No place left." in letter.text
    (newest, oldest) = changes_of(second)
    assert (newest.before, newest.after, newest.by, newest.reason) == (
        State.APPLIED,
        State.DECLINED,
        organizer,
        "No place left.",
    )
    assert (oldest.before, oldest.after, oldest.by) == (None, State.APPLIED, people[1])


def test_who_is_approved_beyond_the_places_waits_in_order(world: World) -> None:
    competition = world.competition(approval=Approval.BY_HAND, capacity=1, waitlist=True)
    organizer = world.organizer(competition)
    people = [enter(competition, world.person()) for _ in range(3)]
    actions.approve(competition, list(reversed(people)), by=organizer)
    assert states(*people) == [State.REGISTERED, State.WAITLISTED, State.WAITLISTED]
    assert [place_in_line(each) for each in people] == [None, 1, 2]


def test_all_are_approved_or_none(world: World) -> None:
    competition = world.competition(approval=Approval.BY_HAND, capacity=1)
    people = [enter(competition, world.person()) for _ in range(2)]
    with pytest.raises(actions.NotEnoughPlaces), db.session.begin_nested():
        actions.approve(competition, people, by=world.person())
    db.session.expire_all()
    assert states(*people) == [State.APPLIED] * 2


def test_organizers_do_not_confirm_for_others_and_people_do_not_approve(world: World) -> None:
    competition = world.competition()
    waiting = world.waiting(competition)
    with pytest.raises(actions.MoveRefused, match="On the waitlist"):
        actions.reinstate(waiting, reason="A friend.", by=world.organizer(competition))


# -- coming back -----------------------------------------------------------------------------


def test_who_was_declined_can_be_let_in(world: World) -> None:
    competition = world.competition()
    declined = world.registration(world.person(), competition, State.DECLINED)
    actions.reinstate(declined, reason="A mistake of ours.", by=world.organizer(competition))
    assert declined.takes_part
    assert letters() == [("reinstated", declined.user.email)]
    letter = db.session.scalars(select(Letter)).one()
    assert "A mistake of ours." in letter.text
    assert "You are registered." in letter.text


@pytest.mark.parametrize("ended", [State.WITHDRAWN, State.LAPSED])
def test_who_left_is_offered_a_place_also_after_the_close(world: World, ended: State) -> None:
    """What they agreed to ended with the registration: they agree again as they confirm."""
    competition = world.competition(gates="closed")
    rules = world.consent_text(competition)
    gone = world.registration(world.person(), competition, ended)
    actions.reinstate(gone, reason="A mistake.", by=world.organizer(competition))
    assert gone.state is State.OFFERED
    assert hours(gone) == 48
    actions.confirm(gone, agreed=[rules], by=gone.user)
    assert gone.takes_part
    assert [consent.text for consent in consents_of(gone)] == [rules]
    assert [name for name, _ in letters()] == ["reinstated", "registered"]


def test_letting_in_again_does_not_make_places(world: World) -> None:
    competition, organizer = full(world, waitlist=False), world.person()
    gone = world.registration(world.person(), competition, State.WITHDRAWN)
    with pytest.raises(actions.NotEnoughPlaces):
        actions.reinstate(gone, reason="Please.", by=organizer)
    settle(competition, organizer, capacity=1, waitlist=True)
    actions.reinstate(gone, reason="Please.", by=organizer)
    assert (gone.state, place_in_line(gone)) == (State.WAITLISTED, 1)
    assert "Your place in line: 1." in db.session.scalars(select(Letter)).one().text


# -- settings and constraints ----------------------------------------------------------------


def test_there_cannot_be_fewer_places_than_are_taken(world: World) -> None:
    competition, organizer = world.competition(capacity=9), world.person()
    world.participant(competition)
    world.registration(world.person(), competition, State.OFFERED)
    with pytest.raises(actions.CapacityTooSmall, match="2 people have a place"):
        settle(competition, organizer, capacity=1)
    settle(competition, organizer, capacity=2)
    assert (competition.capacity, places_left(competition)) == (2, 0)


def test_every_state_is_counted(world: World) -> None:
    competition = world.competition()
    for state in State:
        world.registration(world.person(), competition, state)
    world.participant(competition)
    assert counts_of(competition) == dict.fromkeys(State, 1) | {State.REGISTERED: 2}
    assert count_of(competition) == 2


@pytest.mark.parametrize(
    "broken",
    [
        {"state": State.WAITLISTED},
        {"turn": 7},
        {"state": State.OFFERED},
        {"offered_until": datetime(2026, 5, 3, tzinfo=UTC)},
        {"remind_at": datetime(2026, 5, 3, tzinfo=UTC)},
        {"registered_at": None},
    ],
)
def test_the_database_refuses_what_must_never_be(world: World, broken: dict[str, Any]) -> None:
    competition = world.competition()
    registration = world.registration(world.person(), competition)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        for name, value in broken.items():
            setattr(registration, name, value)
    world.waiting(competition)


def test_two_people_never_have_the_same_turn(world: World) -> None:
    competition = world.competition()
    first, second = world.waiting(competition), world.waiting(competition)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        second.turn = first.turn


def test_entries_are_found_in_whatever_state(world: World) -> None:
    competition, user = world.competition(), world.person()
    assert entry_of(user, competition) is None
    gone = world.registration(user, competition, State.WITHDRAWN)
    assert entry_of(user, competition) is gone


def registrations(competition: Competition) -> list[Registration]:
    return list(db.session.scalars(select(Registration).filter_by(competition=competition)))


def settle(competition: Competition, by: Any, **changes: Any) -> Competition:
    given = {
        "capacity": None,
        "approval": Approval.AUTOMATIC,
        "waitlist": True,
        "offer_hours": 48,
        "offers_after_close": False,
    }
    return actions.edit_entry(competition, by=by, **{**given, **changes})
