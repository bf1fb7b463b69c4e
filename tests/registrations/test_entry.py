"""Organizers set how people come to a place, answer applications, and let people in again."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import select

from hackathon.competitions.models import Approval, Competition
from hackathon.extensions import db
from hackathon.post.models import Letter
from hackathon.registrations.models import Registration
from hackathon.registrations.states import State
from tests.counting import cost
from tests.world import World

MANAGE = "/en/c/manage"
SETTINGS = {
    "capacity": "20",
    "approval": "by_hand",
    "waitlist": "y",
    "offer_hours": "24",
    "offers_after_close": "y",
}


@pytest.fixture
def competition(world: World) -> Competition:
    return world.competition("c", approval=Approval.BY_HAND, capacity=3, waitlist=True)


@pytest.fixture
def organizer(world: World, competition: Competition) -> Any:
    return world.client(world.organizer(competition))


def applied(world: World, competition: Competition) -> Registration:
    return world.registration(world.person("Applicant"), competition, State.APPLIED)


def letters() -> set[tuple[str, str]]:
    return {(x.name, x.address) for x in db.session.scalars(select(Letter))}


def test_the_settings_are_kept(competition: Competition, organizer: Any) -> None:
    page = organizer.get(f"{MANAGE}/registration").text
    assert 'value="by_hand"' in page
    answer = organizer.post(f"{MANAGE}/registration", data=SETTINGS)
    assert answer.location == f"{MANAGE}/registration"
    db.session.refresh(competition)
    assert (competition.capacity, competition.approval) == (20, Approval.BY_HAND)
    assert (competition.waitlist, competition.offer_hours) == (True, 24)
    assert competition.offers_after_close
    unset = {"capacity": "", "approval": "automatic", "offer_hours": "2"}
    organizer.post(f"{MANAGE}/registration", data=unset)
    db.session.refresh(competition)
    assert (competition.capacity, competition.approval) == (None, Approval.AUTOMATIC)
    assert not (competition.waitlist or competition.offers_after_close)


@pytest.mark.parametrize(
    "change, field",
    [
        ({"capacity": "-1"}, "capacity"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "many"}, "capacity"),
        ({"capacity": "1"}, "capacity"),  # two people are in
        ({"approval": "nobody"}, "approval"),
        ({"offer_hours": "1"}, "offer_hours"),
        ({"offer_hours": "721"}, "offer_hours"),
        ({"offer_hours": ""}, "offer_hours"),
    ],
)
def test_what_is_wrong_is_said_beside_it(
    world: World, competition: Competition, organizer: Any, change: dict[str, str], field: str
) -> None:
    for _ in range(2):
        world.participant(competition)
    answer = organizer.post(f"{MANAGE}/registration", data={**SETTINGS, **change})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    db.session.refresh(competition)
    assert competition.capacity == 3


def test_too_few_places_are_refused_with_the_number(
    world: World, competition: Competition, organizer: Any
) -> None:
    for _ in range(2):
        world.participant(competition)
    answer = organizer.post(f"{MANAGE}/registration", data={**SETTINGS, "capacity": "1"})
    assert "2 people have a place or an offer of one" in answer.text


def test_many_are_approved_at_once(world: World, competition: Competition, organizer: Any) -> None:
    people = [applied(world, competition) for _ in range(5)]
    page = organizer.get(f"{MANAGE}/applications").text
    places = [page.index(person.user.email) for person in people]
    assert places == sorted(places)  # the oldest first
    chosen = [str(person.id) for person in people[:4]]
    answer = organizer.post(f"{MANAGE}/applications", data={"chosen": chosen, "answer": "approve"})
    assert answer.location == f"{MANAGE}/applications"
    assert [person.state for person in people] == [
        *[State.REGISTERED] * 3,
        State.WAITLISTED,
        State.APPLIED,
    ]


def test_many_are_declined_for_a_reason(
    world: World, competition: Competition, organizer: Any
) -> None:
    people = [applied(world, competition) for _ in range(2)]
    given = {"chosen": [str(person.id) for person in people], "answer": "decline"}
    answer = organizer.post(f"{MANAGE}/applications", data=given)
    assert answer.status_code == 422
    assert "Write the reason: the people read it." in answer.text
    assert answer.text.count("checked") == 2  # the choice is kept
    answer = organizer.post(f"{MANAGE}/applications", data={**given, "reason": "Too far away."})
    assert answer.status_code == 302
    assert {person.state for person in people} == {State.DECLINED}
    assert letters() == {("declined", person.user.email) for person in people}


def test_who_was_answered_meanwhile_does_not_stop_the_others(
    world: World, competition: Competition, organizer: Any
) -> None:
    first, second = applied(world, competition), applied(world, competition)
    organizer.post(f"{MANAGE}/people/{first.id}/approval")
    given = {"chosen": [str(first.id), str(second.id)], "reason": "Too late.", "answer": "decline"}
    answer = organizer.post(f"{MANAGE}/applications", data=given)
    assert answer.status_code == 302
    assert (first.state, second.state) == (State.REGISTERED, State.DECLINED)
    again = organizer.post(f"{MANAGE}/applications", data=given)
    assert again.status_code == 422
    assert "not a valid choice" not in again.text


@pytest.mark.parametrize("chosen", [[], ["nobody"], ["00000000-0000-0000-0000-000000000000"]])
def test_an_answer_to_nobody_is_refused(
    world: World, competition: Competition, organizer: Any, chosen: list[str]
) -> None:
    person = applied(world, competition)
    given = {"chosen": chosen, "answer": "approve"}
    assert organizer.post(f"{MANAGE}/applications", data=given).status_code == 422
    assert person.state is State.APPLIED


def test_without_enough_places_nobody_is_approved(
    world: World, competition: Competition, organizer: Any
) -> None:
    competition.waitlist, competition.capacity = False, 1
    people = [applied(world, competition) for _ in range(2)]
    chosen = [str(person.id) for person in people]
    answer = organizer.post(f"{MANAGE}/applications", data={"chosen": chosen, "answer": "approve"})
    assert answer.status_code == 422
    assert "There are not enough free places" in answer.text
    assert {person.state for person in people} == {State.APPLIED}
    assert letters() == set()


def test_one_is_answered_on_their_page(
    world: World, competition: Competition, organizer: Any
) -> None:
    yes, no = applied(world, competition), applied(world, competition)
    path = f"{MANAGE}/people"
    page = organizer.get(f"{path}/{yes.id}").text
    assert f"{path}/{yes.id}/approval" in page
    assert f"{path}/{yes.id}/decline" in page
    assert f"{path}/{yes.id}/reinstatement" not in page
    assert organizer.post(f"{path}/{yes.id}/approval").location == f"{path}/{yes.id}"
    assert organizer.post(f"{path}/{no.id}/decline").status_code == 422
    assert organizer.post(f"{path}/{no.id}/decline", data={"reason": "Full."}).status_code == 302
    assert (yes.state, no.state) == (State.REGISTERED, State.DECLINED)
    # Another organizer's older page: nothing changes, and it says so.
    assert organizer.post(f"{path}/{no.id}/approval").status_code == 302
    assert "answered in the meantime" in organizer.get(f"{path}/{no.id}").text
    assert no.state is State.DECLINED


def test_a_person_is_let_in_again(world: World, competition: Competition, organizer: Any) -> None:
    world.set_gates(competition, "closed")
    gone = world.registration(world.person(), competition, State.WITHDRAWN)
    path = f"{MANAGE}/people/{gone.id}"
    assert f"{path}/reinstatement" in organizer.get(path).text
    assert "is offered a place" in organizer.get(f"{path}/reinstatement").text
    assert organizer.post(f"{path}/reinstatement").status_code == 422
    answer = organizer.post(f"{path}/reinstatement", data={"reason": "A mistake."})
    assert answer.location == path
    assert gone.state is State.OFFERED
    page = organizer.get(path).text
    assert "A mistake." in page
    assert "The place is kept until" in page
    answer = organizer.post(f"{path}/reinstatement", data={"reason": "Again."})
    assert answer.status_code == 422
    assert "The registration now stands at: Place offered." in answer.text


@pytest.mark.parametrize("state", list(State))
def test_the_page_of_a_person_in_any_state(
    world: World, competition: Competition, organizer: Any, state: State
) -> None:
    person = world.registration(world.person(), competition, state)
    page = organizer.get(f"{MANAGE}/people/{person.id}").text
    assert str(state.label) in page
    assert ("/withdrawal" in page) is state.live
    assert ("/approval" in page) is (state is State.APPLIED)
    ended = state in (State.DECLINED, State.LAPSED, State.WITHDRAWN)
    assert ("/reinstatement" in page) is ended


def test_the_list_counts_every_state_and_the_table_tells_it(
    world: World, competition: Competition, organizer: Any
) -> None:
    world.participant(competition)
    applied(world, competition)
    waiting = [world.waiting(competition) for _ in range(2)]
    page = organizer.get(f"{MANAGE}/people").text
    for choice in ("Registered (1)", "Application under review (1)", "On the waitlist (2)"):
        assert choice in page
    assert "One person waits for your answer" in page
    answer = organizer.get(f"{MANAGE}/people.csv?state=waitlisted")
    head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["Email"] for row in told] == [each.user.email for each in waiting]
    assert {(row["State"], row["Registered at (UTC)"]) for row in told} == {("On the waitlist", "")}


@pytest.mark.parametrize("path", ["applications", "registration", "people?state=all"])
def test_pages_cost_the_same_whatever_their_length(
    world: World, competition: Competition, organizer: Any, path: str
) -> None:
    costs = set()
    for size in (1, 6):
        for _ in range(size):
            applied(world, competition)
            world.waiting(competition)
        costs.add(cost(world.app, organizer, f"{MANAGE}/{path}"))
    assert len(costs) == 1
