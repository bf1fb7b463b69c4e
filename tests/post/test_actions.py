"""Letters are written whole, in their reader's language."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from hackathon.extensions import db
from hackathon.ground import clock
from hackathon.post.actions import Recipient, address, write
from tests.world import World

ROOT = Path(__file__).parent.parent.parent


def test_a_letter_is_a_row_with_all_that_delivery_needs(world: World) -> None:
    user, competition = world.person("Ana"), world.competition("c")
    due = clock.now() + timedelta(days=1)
    letter = write("organizer_appointed", to=user, competition=competition, due_at=due)
    db.session.flush()
    assert (letter.name, letter.address, letter.recipient_id) == (
        "organizer_appointed",
        user.email,
        user.id,
    )
    assert (letter.competition_id, letter.language, letter.due_at) == (competition.id, "en", due)
    assert (letter.sent_at, letter.claimed_until, letter.attempts) == (None, None, 0)
    assert letter.subject == f"You organize {competition.name}"
    assert letter.text == (
        f"Hello {user.name},\n\n"
        f"You are now one of the organizers of {competition.name}. "
        "Everything is prepared and followed from here:\n\n"
        "http://localhost/en/c/manage/"
    )


def test_every_address_stands_alone_on_its_line() -> None:
    """Only so does it become a link, and one that no mail program cuts."""
    tag = r"(\{%[^%]*%\})*"
    alone = re.compile(rf"{tag}\{{\{{ link\([^}}]*\) \}}\}}{tag}")
    for template in (ROOT / "templates" / "letters").glob("*.txt"):
        for line in template.read_text(encoding="utf-8").splitlines():
            assert "{{ link(" not in line or alone.fullmatch(line.strip()), (template.name, line)


def test_someone_without_an_account_gets_letters_too(world: World) -> None:
    to = Recipient(email="guest@example.org", name="Invitée", language="fr")
    letter = write("password_changed", to=to)
    db.session.flush()
    assert (letter.recipient_id, letter.address, letter.language) == (
        None,
        "guest@example.org",
        "fr",
    )
    assert letter.due_at <= clock.now()
    assert "Bonjour" in letter.text


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "name",
    ["<b>Ana</b>", "Ana & Co", 'O\'Neil "x"', "http://localhost/evil", "إيمان", "%(x)s {{ 1 }}"],
)
def test_what_people_typed_stays_text(world: World, language: str, name: str) -> None:
    letter = write("password_changed", to=world.person(name, language=language))
    assert name in letter.text
    assert "<b>Ana" not in letter.html
    links = re.findall(r'<a href="([^"]*)"', letter.html)
    assert {link.rsplit("/", 1)[-1] for link in links} == {"reset", "localhost"}
    assert not re.search(r"<script|<img|\son\w+=", letter.html)


def test_the_subject_is_one_line(world: World) -> None:
    competition = world.competition("c")
    for language in ("en", "fr"):
        text = competition.name[language]
        assert text
    letter = write(
        "organizer_appointed",
        to=world.person("a\r\nBcc: evil@example.org"),
        competition=competition,
    )
    assert "\n" not in letter.subject and len(letter.subject) <= 300


@pytest.mark.parametrize("name", ["account_exists", "password_changed"])
def test_letters_are_whole_in_both_languages(world: World, name: str) -> None:
    written = [write(name, to=world.person(language=language)) for language in ("en", "fr")]
    for letter in written:
        assert letter.subject and "\n\n" in letter.text
        assert "\n\n\n" not in letter.text
        assert not re.search(r"%\(|{{|}}|&#\d+;|None", letter.text)
    assert written[0].subject != written[1].subject


def test_addresses_are_public_ones_whoever_asks(app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setitem(app.config, "BASE_URL", "https://example.org:8443")
    with app.test_request_context(base_url="http://evil.example/fr"):
        assert (
            address("accounts.sign_in", "en", next="/en/c/?a=1&b=é")
            == "https://example.org:8443/en/account/sign-in?next=/en/c/?a%3D1%26b%3D%C3%A9"
        )
    with app.app_context():
        assert address("accounts.sign_in", "fr") == "https://example.org:8443/fr/account/sign-in"
