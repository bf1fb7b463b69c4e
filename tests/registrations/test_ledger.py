"""The ledger of consents: every yes is a row, and what was said stays said."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from hackathon.extensions import db
from hackathon.registrations import actions
from hackathon.registrations.models import Consent
from hackathon.registrations.queries import ledger_of, registration_of, texts_to_agree
from hackathon.registrations.states import State
from tests.counting import cost
from tests.world import World


def test_a_yes_given_again_is_a_row_of_its_own(world: World) -> None:
    competition, user = world.competition(), world.person()
    rules = world.consent_text(competition)
    photo = world.consent_text(competition, "photo", required=False)
    registration = actions.register(competition, by=user, residence="QC", agreed=[rules, photo])
    actions.take_back(registration, photo, by=user)
    first = next(row for row in ledger_of(user) if row.text == photo)
    given, taken_back = first.created_at, first.withdrawn_at
    actions.agree(registration, photo, by=user)
    actions.agree(registration, photo, by=user)  # twice is once
    again, *earlier = (row for row in ledger_of(user) if row.text == photo)
    assert (again.withdrawn_at, len(earlier)) == (None, 1)
    assert (earlier[0].created_at, earlier[0].withdrawn_at) == (given, taken_back)
    assert again.created_at >= taken_back


def test_leaving_and_coming_back_stands_in_the_ledger(world: World) -> None:
    competition, user = world.competition(), world.person()
    rules = world.consent_text(competition)
    registration = actions.register(competition, by=user, residence="QC", agreed=[rules])
    actions.withdraw(registration, by=user)
    actions.register(competition, by=user, residence="QC", agreed=[rules])
    assert [row.withdrawn_at is None for row in ledger_of(user)] == [True, False]


def test_one_open_yes_to_a_text(world: World) -> None:
    competition = world.competition()
    registration = registration_of(world.participant(competition), competition)
    text = world.consent_text(competition)
    world.consent(registration, text).withdrawn_at = datetime.now(UTC)
    world.consent(registration, text)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(Consent(registration_id=registration.id, consent_text_id=text.id))


def test_what_is_still_to_agree_to(world: World) -> None:
    competition, elsewhere = world.competition(), world.competition()
    user, other = world.participant(competition), world.participant(elsewhere)
    registration = registration_of(user, competition)
    first = world.consent_text(competition)
    world.consent_text(competition, "photo", required=False)
    world.consent(registration, first)
    assert texts_to_agree(user) == []
    newer = world.consent_text(competition, version=2)
    draft = world.consent_text(competition, version=3)
    draft.published_at = None
    db.session.flush()
    assert (texts_to_agree(user), texts_to_agree(user, elsewhere)) == ([newer], [])
    assert texts_to_agree(other) == []
    consent = world.consent(registration, newer)
    assert texts_to_agree(user) == []
    consent.withdrawn_at = datetime.now(UTC)
    db.session.flush()
    assert texts_to_agree(user) == [newer]
    registration.state = State.WITHDRAWN
    db.session.flush()
    assert texts_to_agree(user) == []


def test_home_and_registration_ask_for_the_newer_text(world: World) -> None:
    competition = world.competition()
    client = world.client(world.participant(competition))
    text = world.consent_text(competition)
    asked = "There is a newer text to read and agree to"
    pages = ("/en/home", f"/en/{competition.slug}/registration")
    assert [asked in client.get(page).text for page in pages] == [True, True]
    client.post(f"/en/{competition.slug}/consents/{text.id}/agreement")
    assert [asked in client.get(page).text for page in pages] == [False, False]


def test_the_persons_page_and_the_organizers(world: World) -> None:
    """Both show what was taken back, and lead to the text that was read."""
    competition = world.competition()
    user, organizer = world.participant(competition), world.organizer(competition)
    registration = registration_of(user, competition)
    old, new = world.consent_text(competition), world.consent_text(competition, version=2)
    world.consent(registration, old).withdrawn_at = datetime.now(UTC)
    world.consent(registration, new)
    other = registration_of(world.participant(competition), competition)
    world.consent(other, world.consent_text(competition, "elsewhere"))
    person = f"/en/{competition.slug}/manage/people/{registration.id}"
    for client, path in (
        (world.client(user), "/en/my-data/agreements"),
        (world.client(organizer), person),
    ):
        page = client.get(path).text
        assert f"/en/{competition.slug}/consents/{old.id}" in page
        assert "version 1" in page
        assert "version 2" in page
        assert page.count("In force") == 1
        assert "elsewhere" not in page
    nothing = world.client(world.person()).get("/en/my-data/agreements").text
    assert "You have not agreed to anything yet" in nothing


def test_the_cost_of_the_pages_does_not_grow(app: Flask, world: World) -> None:
    competition = world.competition()
    user: Any = world.participant(competition)
    client = world.client(user)
    world.consent(registration_of(user, competition), world.consent_text(competition))
    world.consent_text(competition, "asked")
    paths = ("/en/my-data/agreements", "/en/my-data", "/en/my-data/deletion")
    before = [cost(app, client, path) for path in paths]
    for number in range(3):
        there = world.competition()
        registration = world.registration(user, there)
        world.consent(registration, world.consent_text(there))
        world.consent_text(competition, f"asked-{number}")
        world.team(competition)
    assert [cost(app, client, path) for path in paths] == before
