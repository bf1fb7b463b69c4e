"""Codes of an app and codes on paper."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from passlib.totp import TOTP

from hackathon.accounts.second_factor import (
    address,
    digest_of,
    new_codes,
    new_secret,
    seal,
    step_of,
    unseal,
)

# The vectors of RFC 6238, cut to six figures.
RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VECTORS = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")]


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize("seconds, code", VECTORS)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert step_of(RFC, code, at(seconds)) == seconds // 30


@pytest.mark.parametrize(
    "late, taken", [(-60, False), (-30, True), (-1, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_be_one_step_off(late: int, taken: bool) -> None:
    moment = at(1_800_000_000)
    code = TOTP(key=RFC).generate(time=moment).token
    assert (step_of(RFC, code, moment + timedelta(seconds=late)) is not None) == taken


def test_a_code_is_taken_once_and_none_before_it_after_it() -> None:
    moment = at(1_800_000_000)
    before, code = (
        TOTP(key=RFC).generate(time=moment - timedelta(seconds=late)).token for late in (30, 0)
    )
    step = step_of(RFC, code, moment)
    assert step == 1_800_000_000 // 30
    assert step_of(RFC, code, moment, step) is None
    assert step_of(RFC, before, moment, step) is None
    assert step_of(RFC, before, moment, step - 2) == step - 1


@given(st.text(max_size=40))
def test_whatever_is_typed_is_answered(typed: str) -> None:
    assert step_of(RFC, typed, at(59)) in (None, 1)


def test_an_app_reads_who_and_where() -> None:
    secret = new_secret()
    assert re.fullmatch(r"[A-Z2-7]{32}", secret)
    found = address(secret, person="ana@example.org", site="Hackathon: été")
    assert found.startswith("otpauth://totp/Hackathon%20%C3%A9t%C3%A9:ana@example.org?secret=")
    assert secret in found


def test_secrets_are_sealed_with_the_key_of_the_site() -> None:
    sealed = seal(RFC, "a key")
    assert RFC not in sealed and len(sealed) <= 300
    assert unseal(sealed, "a key") == RFC
    assert unseal(sealed, "another key") is None
    assert unseal(sealed[:-3] + "abc", "a key") is None
    assert unseal("", "a key") is None


def test_recovery_codes() -> None:
    codes = new_codes()
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[a-km-z2-9]{5}-[a-km-z2-9]{5}", code) for code in codes)
    assert digest_of("k7mwp-3xq9a", "key") == digest_of(" K7MWP 3xq9a ", "key")
    assert digest_of("k7mwp-3xq9a", "key") != digest_of("k7mwp-3xq9a", "other")
    assert digest_of("k7mwp-3xq9a", "key") != digest_of("k7mwp-3xq9b", "key")
