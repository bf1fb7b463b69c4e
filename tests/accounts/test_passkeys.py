"""What is asked of passkeys, and which answers count."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hackathon.accounts.passkeys import Key, Site, answered, invitation, made, named_in, question
from tests.passkey import Device

SITE = Site("http://localhost", "Hackathon")
PERSON = {"person": b"p" * 16, "address": "ana@example.org", "name": "Ana", "known": []}


def key_of(device: Device) -> Key:
    options = invitation(SITE, **PERSON)
    key = made(SITE, device.makes(options), options["challenge"])
    assert key is not None
    return key


def test_what_is_asked() -> None:
    options = invitation(SITE, **{**PERSON, "known": ["YWJj"]})
    assert options["rp"] == {"name": "Hackathon", "id": "localhost"}
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert [each["id"] for each in options["excludeCredentials"]] == ["YWJj"]
    asked = question(SITE)
    assert (asked["rpId"], asked["allowCredentials"]) == ("localhost", [])
    assert asked["userVerification"] == "required"
    assert asked["challenge"] != question(SITE)["challenge"]


def test_a_passkey_is_made_and_answers() -> None:
    device = Device()
    key = key_of(device)
    options = question(SITE)
    answer = device.answers(options)
    assert named_in(answer) == key.credential
    assert answered(SITE, answer, options["challenge"], key) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8000"},
        {"verified": False},
    ],
    ids=str,
)
def test_answers_for_elsewhere_or_unverified_do_not_count(wrong: dict[str, Any]) -> None:
    device = Device()
    key = key_of(device)
    vars(device).update(wrong)
    options, asked = invitation(SITE, **PERSON), question(SITE)
    assert made(SITE, device.makes(options), options["challenge"]) is None
    assert answered(SITE, device.answers(asked), asked["challenge"], key) is None


def test_answers_to_another_question_or_by_another_key_do_not_count() -> None:
    device, other = Device(), Device()
    key = key_of(device)
    asked, again = question(SITE), question(SITE)
    assert answered(SITE, device.answers(asked), again["challenge"], key) is None
    other.id = device.id
    assert answered(SITE, other.answers(asked), asked["challenge"], key) is None
    assert made(SITE, device.makes(asked), again["challenge"]) is None


def test_a_copied_key_that_counts_backwards_does_not_count() -> None:
    device = Device()
    key = key_of(device)
    asked = question(SITE)
    answer = device.answers(asked)
    ahead = Key(key.credential, key.public_key, 7)
    assert answered(SITE, answer, asked["challenge"], ahead) is None


@given(
    st.one_of(
        st.text(max_size=60),
        st.recursive(
            st.one_of(st.none(), st.integers(), st.text(max_size=9)),
            lambda inner: st.dictionaries(
                st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON"]), inner
            ),
        ).map(json.dumps),
    )
)
def test_whatever_is_sent_is_answered(sent: str) -> None:
    key = Key("YWJj", b"", 0)
    assert made(SITE, sent, "YWJj") is None
    assert answered(SITE, sent, "YWJj", key) is None
    assert isinstance(named_in(sent), str)


def test_a_site_that_is_a_number_has_none() -> None:
    assert [Site(url, "x").has_name for url in ("https://a.example", "http://localhost:1")] == [
        True,
        True,
    ]
    assert [Site(url, "x").has_name for url in ("http://127.0.0.1:8000", "http://[::1]")] == [
        False,
        False,
    ]
