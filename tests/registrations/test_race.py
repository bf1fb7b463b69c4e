"""Many people and two workers at once, on databases that really commit."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from hackathon.accounts.models import User
from hackathon.competitions.models import Competition
from hackathon.extensions import db
from hackathon.post.models import Letter
from hackathon.questions.fields import Filled
from hackathon.questions.models import Kind
from hackathon.registrations import actions
from hackathon.registrations.models import Consent, ConsentText, Registration
from hackathon.registrations.queries import entry_of, sheet_for
from hackathon.registrations.states import State
from tests.apps import own_app
from tests.teams.test_race import at_once
from tests.world import World

CROWD = 64


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A site of its own, whose transactions really end."""
    with own_app(tmp_path, request.param) as app:
        yield app


def given(site: Flask, waiting: int = 0, people: int = 0, **settings: Any) -> tuple[Any, list[Any]]:
    """The keys of a competition and of people who have not entered it."""
    world = World(site)
    competition = world.competition(**settings)
    for _ in range(waiting):
        world.waiting(competition)
    crowd = [world.person().id for _ in range(people)]
    key = competition.id
    db.session.commit()
    db.session.remove()
    return key, crowd


def states() -> Counter[State]:
    return Counter(db.session.scalars(select(Registration.state)))


@pytest.mark.parametrize("waitlist", [True, False])
def test_a_crowd_rushes_for_the_last_place(site: Flask, waitlist: bool) -> None:
    key, crowd = given(site, people=CROWD, capacity=1, waitlist=waitlist)

    def enter(person: Any) -> None:
        actions.register(
            db.session.get(Competition, key),
            by=db.session.get(User, person),
            residence="QC",
            agreed=[],
        )

    answers = at_once(site, [lambda person=person: enter(person) for person in crowd])
    if waitlist:
        assert answers == {"done": CROWD}
        assert states() == {State.REGISTERED: 1, State.WAITLISTED: CROWD - 1}
        turns = sorted(db.session.scalars(select(Registration.turn).where(Registration.turn > 0)))
        assert turns == list(range(1, CROWD))
    else:
        assert answers == {"done": 1, "CompetitionFull": CROWD - 1}
        assert states() == {State.REGISTERED: 1}


def test_workers_at_once_offer_each_place_once(site: Flask) -> None:
    given(site, waiting=6, capacity=3, waitlist=True)
    answers = at_once(site, [actions.offer_free_places] * 4)
    assert answers == {"done": 4}
    offered = db.session.scalars(
        select(Registration).filter_by(state=State.OFFERED).order_by(Registration.created_at)
    ).all()
    everyone = db.session.scalars(select(Registration).order_by(Registration.created_at)).all()
    assert offered == everyone[:3]
    told = Counter(db.session.scalars(select(Letter.address).filter_by(name="place_offered")))
    assert told == {each.user.email: 1 for each in offered}


def test_workers_at_once_end_each_offer_once(site: Flask) -> None:
    world = World(site)
    competition = world.competition(capacity=2, waitlist=True)
    for _ in range(2):
        offered = world.registration(world.person(), competition, State.OFFERED)
        offered.offered_until = offered.moved_at - actions.GRACE
    following = [world.waiting(competition).id for _ in range(3)]
    db.session.commit()
    db.session.remove()

    def round_of_chores() -> None:
        for chore in (actions.lapse_offers, actions.offer_free_places, actions.remind_of_offers):
            chore()
            db.session.commit()

    assert at_once(site, [round_of_chores] * 3) == {"done": 3}
    with site.app_context():
        round_of_chores()
    assert states() == {State.LAPSED: 2, State.OFFERED: 2, State.WAITLISTED: 1}
    assert db.session.get(Registration, following[2]).state is State.WAITLISTED
    names = Counter(db.session.scalars(select(Letter.name)))
    assert names == {"offer_lapsed": 2, "place_offered": 2}


def test_yes_and_no_from_two_tabs_leave_one_answer(site: Flask) -> None:
    """Whichever comes first, the person is out in the end, and the place is free."""
    world = World(site)
    competition = world.competition(capacity=1, waitlist=True)
    key = world.registration(world.person(), competition, State.OFFERED).id
    db.session.commit()
    db.session.remove()

    def confirm() -> None:
        offered = db.session.get(Registration, key)
        actions.confirm(offered, agreed=[], by=offered.user)

    def let_go() -> None:
        offered = db.session.get(Registration, key)
        actions.withdraw(offered, by=offered.user)

    answers = at_once(site, [confirm, let_go])
    assert answers in ({"done": 2}, {"done": 1, "OfferOver": 1})
    assert states() == {State.WITHDRAWN: 1}


def test_a_double_click_confirms_once(site: Flask) -> None:
    world = World(site)
    key = world.registration(world.person(), world.competition(), State.OFFERED).id
    db.session.commit()
    db.session.remove()

    def confirm() -> None:
        offered = db.session.get(Registration, key)
        actions.confirm(offered, agreed=[], by=offered.user)

    assert at_once(site, [confirm] * 4) == {"done": 4}
    assert states() == {State.REGISTERED: 1}
    assert list(db.session.scalars(select(Letter.name))) == ["registered"]


def test_a_double_click_registers_once(site: Flask) -> None:
    """Both requests have looked before either has the lock, and both end on the same page."""
    site.config["WTF_CSRF_ENABLED"] = False
    world = World(site)
    world.competition("c", minimum_age=None)
    browser = world.client(world.person())
    browsers = [browser, *(site.test_client() for _ in range(3))]
    cookie = browser.get_cookie("session")
    for other in browsers[1:]:
        other.set_cookie("session", cookie.value)
    db.session.commit()
    db.session.remove()
    places: Counter[str] = Counter()

    def click(client: Any) -> None:
        answer = client.post("/en/c/registration/new", data={"residence": "QC"})
        places[answer.location] += 1

    at_once(site, [lambda client=client: click(client) for client in browsers])
    assert places == {"/en/c/registration": 4}
    assert states() == {State.REGISTERED: 1}
    assert list(db.session.scalars(select(Letter.name))) == ["registered"]


def test_the_first_yeses_to_a_document_make_one_version(site: Flask) -> None:
    world = World(site)
    competition = world.competition()
    question = world.question(competition, Kind.CONSENT)
    entries = [world.registration(world.person(), competition).id for _ in range(12)]
    key = question.key
    db.session.commit()
    db.session.remove()

    def agree(entry: Any) -> None:
        registration = db.session.get_one(Registration, entry)
        sheet = sheet_for(registration.competition, registration)
        actions.answer(registration, Filled(sheet, {key: True}), by=registration.user)

    answers = at_once(site, [lambda entry=entry: agree(entry) for entry in entries])
    assert answers == {"done": 12}
    [text] = db.session.scalars(select(ConsentText))
    agreed = db.session.scalars(select(Consent.consent_text_id)).all()
    assert (text.version, agreed) == (1, [text.id] * 12)


@pytest.mark.parametrize("deed", ["agree", "answer"])
def test_nothing_is_said_once_the_person_has_left(site: Flask, deed: str) -> None:
    """The registration ends after the page's door was passed, and before the deed."""
    world = World(site)
    competition = world.competition()
    text, question = world.consent_text(competition), world.question(competition)
    user = world.participant(competition)
    registration = entry_of(user, competition)
    actions.withdraw(registration, by=user)
    db.session.commit()
    db.session.refresh(user)
    set_committed_value(registration, "state", State.REGISTERED)  # as it was read before
    with pytest.raises(actions.NotEntered):
        if deed == "agree":
            actions.agree(registration, text, by=user)
        else:
            filled = Filled(sheet_for(competition, registration), {question.key: "words"})
            actions.answer(registration, filled, by=user)
