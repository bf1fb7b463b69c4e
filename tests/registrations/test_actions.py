"""Entering and leaving a competition; the texts people agree to."""

from typing import Any

import pytest
from sqlalchemy import select

from hackathon.extensions import db
from hackathon.ground.localized import Localized
from hackathon.journal.models import Entry
from hackathon.post.models import Letter
from hackathon.registrations import actions
from hackathon.registrations.models import Consent, Registration
from hackathon.registrations.queries import (
    consent_texts_in_force,
    consents_of,
    count_of,
    places_left,
    registration_of,
)
from hackathon.registrations.states import State
from tests.world import World, both


def letters() -> list[tuple[str, str]]:
    return [(x.name, x.address) for x in db.session.scalars(select(Letter))]


def deeds() -> list[str]:
    return list(db.session.scalars(select(Entry.deed)))


def register(competition: Any, user: Any, *texts: Any, residence: str = "QC") -> Registration:
    return actions.register(competition, by=user, residence=residence, agreed=texts)


def test_registering_keeps_the_version_agreed_to(world: World) -> None:
    competition, user = world.competition(), world.person()
    text = world.consent_text(competition)
    registration = register(competition, user, text, residence="ON")
    assert registration_of(user, competition) == registration
    assert (registration.residence, registration.state) == ("ON", State.REGISTERED)
    assert [(c.text.key, c.text.version) for c in consents_of(registration)] == [("rules", 1)]
    assert letters() == [("registered", user.email)]
    assert deeds() == ["registered"]


def test_registering_twice_is_once(world: World) -> None:
    competition, user = world.competition(), world.person()
    assert register(competition, user) == register(competition, user)
    assert count_of(competition) == 1
    assert letters() == [("registered", user.email)]


def test_no_more_than_the_capacity(world: World) -> None:
    competition = world.competition(capacity=1)
    first = world.participant(competition)
    assert places_left(competition) == 0
    with pytest.raises(actions.CompetitionFull):
        register(competition, world.person())
    actions.withdraw(registration_of(first, competition), by=first)
    register(competition, world.person())
    assert count_of(competition) == 1


def test_after_a_withdrawal_the_same_row_serves_again(world: World) -> None:
    competition, user = world.competition(), world.person()
    rules = world.consent_text(competition)
    photo = world.consent_text(competition, "photo", required=False)
    first = register(competition, user, rules, photo)
    actions.withdraw(first, by=user)
    assert registration_of(user, competition) is None
    assert consents_of(first) == []
    again = register(competition, user, rules, residence="NU")
    assert again.id == first.id
    assert again.residence == "NU"
    assert [c.text.key for c in consents_of(again)] == ["rules"]
    assert len(list(db.session.scalars(select(Consent)))) == 3
    assert letters() == [
        ("registered", user.email),
        ("withdrawn", user.email),
        ("registered", user.email),
    ]
    assert deeds() == ["registered", "registration_withdrawn", "registered"]


def test_what_was_free_can_be_given_and_taken_back(world: World) -> None:
    competition, user = world.competition(), world.person()
    rules = world.consent_text(competition)
    photo = world.consent_text(competition, "photo", required=False)
    registration = register(competition, user, rules)
    actions.agree(registration, photo, by=user)
    assert [c.text.key for c in consents_of(registration)] == ["rules", "photo"]
    actions.take_back(registration, photo, by=user)
    actions.take_back(registration, photo, by=user)
    assert [c.text.key for c in consents_of(registration)] == ["rules"]
    with pytest.raises(actions.ConsentNeeded):
        actions.take_back(registration, rules, by=user)
    assert deeds() == ["registered", "consent_given", "consent_taken_back"]


def test_a_newer_version_can_be_agreed_to_and_an_older_not(world: World) -> None:
    competition, user = world.competition(), world.person()
    first = world.consent_text(competition)
    registration = register(competition, user, first)
    second = actions.write_text(
        competition, key="rules", title=both("t"), body=both("b"), required=True, by=user
    )
    with pytest.raises(actions.TextSuperseded):
        actions.agree(registration, second, by=user)
    actions.publish_text(second, by=user)
    actions.agree(registration, second, by=user)
    assert [c.text.version for c in consents_of(registration)] == [1, 2]
    with pytest.raises(actions.TextSuperseded):
        actions.agree(registration, first, by=user)


def test_a_new_wording_is_a_new_version(world: World) -> None:
    competition, organizer = world.competition(), world.person()
    first = world.consent_text(competition)
    draft = actions.write_text(
        competition, key="rules", title=both("t"), body=both("b"), required=True, by=organizer
    )
    assert draft.version == 2
    assert consent_texts_in_force(competition) == [first]
    actions.publish_text(draft, by=organizer)
    assert consent_texts_in_force(competition) == [draft]


def test_a_published_text_is_never_edited_or_deleted(world: World) -> None:
    competition, organizer = world.competition(), world.person()
    text = world.consent_text(competition)
    with pytest.raises(actions.TextPublished):
        actions.edit_text(text, title=both("x"), body=both("x"), required=False, by=organizer)
    with pytest.raises(actions.TextPublished):
        actions.delete_text(text, by=organizer)
    with pytest.raises(actions.TextPublished):
        actions.publish_text(text, by=organizer)


def test_publishing_asks_for_both_languages(world: World) -> None:
    competition, organizer = world.competition(), world.person()
    draft = actions.write_text(
        competition,
        key="privacy",
        title=Localized(en="Privacy"),
        body=both("b"),
        required=True,
        by=organizer,
    )
    with pytest.raises(actions.NeedsBothLanguages):
        actions.publish_text(draft, by=organizer)
    actions.edit_text(draft, title=both("p"), body=both("b"), required=True, by=organizer)
    assert actions.publish_text(draft, by=organizer).published_at is not None
