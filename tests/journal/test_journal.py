"""Who did what: written with the deed, read in the reader's words."""

from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from hackathon.competitions.models import Gate
from hackathon.extensions import db
from hackathon.journal.actions import record
from hackathon.journal.deeds import GATES, Deed, sentence
from hackathon.journal.models import Entry
from tests.world import World


def test_an_entry_keeps_who_what_and_details(world: World) -> None:
    ana, competition = world.person("Ana"), world.competition("c")
    entry = record(
        Deed.DEADLINE_EXTENDED, by=ana, competition=competition, subject="x" * 400, before="then"
    )
    db.session.commit()
    db.session.expire_all()
    assert (entry.deed, entry.actor, entry.competition_id) == (
        "deadline_extended",
        ana,
        competition.id,
    )
    assert (entry.subject, entry.details) == ("x" * 300, {"before": "then"})


def test_an_entry_outlives_its_actor(world: World) -> None:
    ana = world.person("Ana")
    entry = record(Deed.ACCOUNT_CREATED, by=ana)
    db.session.flush()
    db.session.delete(ana)
    db.session.flush()
    db.session.refresh(entry)
    assert entry.actor_id is None
    assert sentence(entry, "America/Toronto") == "The system created an account."


@pytest.mark.parametrize("locale, said", [("en_CA", "created"), ("fr_CA", "a créé")])
def test_sentences_in_both_languages(app: Flask, world: World, locale: str, said: str) -> None:
    hostile = "100 % %(actor)s {0} <b>"
    entry = record(Deed.COMPETITION_CREATED, by=world.person("Ana"), subject=hostile)
    db.session.flush()
    with app.test_request_context(), force_locale(locale):
        assert said in sentence(entry, "America/Toronto")
        assert hostile in sentence(entry, "America/Toronto")


@pytest.mark.parametrize(
    "locale, said",
    [
        (
            "en_CA",
            "⟦Person 1⟧ extended a deadline (registration), "
            "from Monday, April 26, 2021, 11:59\u00a0p.m. EDT (UTC−4) "
            "to Monday, May 3, 2021, 11:59\u00a0p.m. EDT (UTC−4).",
        ),
        (
            "fr_CA",
            "⟦Person 1⟧ a prolongé une échéance (inscription), "
            "du lundi 26 avril 2021, 23\u00a0h\u00a059 HAE (UTC−4) "
            "au lundi 3 mai 2021, 23\u00a0h\u00a059 HAE (UTC−4).",
        ),
    ],
)
def test_gates_and_moments_in_words(app: Flask, world: World, locale: str, said: str) -> None:
    entry = record(
        Deed.DEADLINE_EXTENDED,
        by=world.person(),
        gate="registration",
        until_now="2021-04-27T03:59:00+00:00",
        from_now_on="2021-05-04T03:59:00+00:00",
    )
    db.session.flush()
    with app.test_request_context(), force_locale(locale):
        assert sentence(entry, "America/Toronto") == said


def test_every_gate_has_its_word() -> None:
    assert set(GATES) == {*Gate, "sign_ups"}  # a session has its own close


@pytest.mark.parametrize("deed", list(Deed))
def test_every_deed_is_a_whole_sentence(app: Flask, world: World, deed: Deed) -> None:
    assert len(deed.value) <= Entry.__table__.c.deed.type.length
    for locale in ("en_CA", "fr_CA"):
        with app.test_request_context(), force_locale(locale):
            said = str(deed.sentence)
            assert said.endswith((".", ": %(reason)s")), said


def test_the_vocabulary_is_closed() -> None:
    values: list[Any] = [deed.value for deed in Deed]
    assert len(values) == len(set(values))
    with pytest.raises(ValueError):
        Deed("something_else")
